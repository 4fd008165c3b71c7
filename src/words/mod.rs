//! What people read, in English, French and Kreyòl: one catalogue, a file for each topic in each
//! language (`en/`, `fr/`, `ht/`, Fluent syntax), and the [`say!`] that names a sentence of it.
//!
//! Must never: decide anything, or let a sentence be there in one language and not in another
//! (tests compare the keys and their values).

mod catalogue;
pub mod findings;
pub mod left;
mod line;
pub mod said;
mod saying;
mod told;

pub use line::one_line;
pub use said::said;
pub use saying::{Saying, Value};

use std::fmt;

/// What people read in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Language {
    #[default]
    English,
    French,
    Kreyol,
}

impl Language {
    pub const ALL: [Language; 3] = [Language::English, Language::French, Language::Kreyol];

    /// The code of ISO 639-1, as the configuration has it.
    pub fn code(self) -> &'static str {
        match self {
            Language::English => "en",
            Language::French => "fr",
            Language::Kreyol => "ht",
        }
    }

    pub fn of_code(code: &str) -> Option<Language> {
        Language::ALL.into_iter().find(|language| language.code() == code)
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// Names a sentence of the catalogue, with the values that stand in it:
/// `say!("rows-bad", rows = 3, file = name)`.
macro_rules! say {
    ($key:literal $(, $name:ident = $value:expr)* $(,)?) => {
        $crate::words::Saying::new($key, vec![$((stringify!($name), $crate::words::Value::from($value))),*])
    };
}
pub(crate) use say;

#[cfg(test)]
mod tests;
#[cfg(test)]
mod told_tests;
#[cfg(test)]
mod typography_tests;
