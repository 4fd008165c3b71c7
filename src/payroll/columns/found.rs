//! The columns of one header: what each could be, and which one is taken.
//!
//! Must never: take another column for one that the setting names.

use crate::payroll::fold::fold;
use crate::payroll::meaning::{self, Name, Other, Rivals, Role, Taken};
use crate::payroll::names::{self, ColumnNames, Known, Part};
use crate::payroll::problem::{Code, Problem, quote};
use crate::words::{Language, say};
use std::cmp::Reverse;

/// The places of payoutd's own words, where a file is in them: as its retry and `.new` files are. In English the
/// three that every row needs show it; in French and Kreyòl, where offices use the same words, the whole heading
/// of a retry file does.
pub(super) fn own_words(folded: &[String]) -> Option<[Option<usize>; Known::ALL.len()]> {
    let place_of = |known: Known| folded.iter().position(|key| *key == fold(known.own()));
    if Known::REQUIRED.iter().all(|known| place_of(*known).is_some()) {
        return Some(Known::ALL.map(place_of));
    }
    let headings = [
        say!("heading-reference"),
        say!("heading-receiver"),
        say!("heading-amount"),
        say!("heading-description"),
        say!("heading-name"),
        say!("heading-retry-of"),
    ];
    let is_retry = |language: &Language| {
        let heading = headings.iter().map(|heading| fold(&heading.text(*language)));
        folded.len() >= headings.len() && heading.eq(folded.iter().take(headings.len()).cloned())
    };
    Language::ALL.iter().any(is_retry).then(|| {
        let mut places = [None; Known::ALL.len()];
        let order = [Known::Reference, Known::Receiver, Known::Amount, Known::Description, Known::Name, Known::RetryOf];
        for (place, known) in order.into_iter().enumerate() {
            places[known.place()] = Some(place);
        }
        places
    })
}

/// A header while it is looked for columns.
pub(super) struct Found<'a> {
    pub line: u32,
    pub names: &'a [String],
    pub folded: &'a [String],
    pub wanted: &'a ColumnNames,
    /// Places of columns that nobody sees.
    pub hidden: &'a [usize],
    /// The file is in payoutd's own words: these are certain, whatever the setting says.
    pub own: Option<[Option<usize>; Known::ALL.len()]>,
}

impl Found<'_> {
    fn places(&self, is_it: impl Fn(&str) -> bool) -> Vec<usize> {
        let named = self.folded.iter().enumerate().filter(|(_, key)| !key.is_empty());
        named.filter(|(_, key)| is_it(key)).map(|(place, _)| place).collect()
    }

    fn own(&self, known: Known) -> Option<usize> {
        self.own.as_ref().and_then(|places| places.get(known.place()).copied().flatten())
    }

    /// What the setting names, where it has a say and the file has no such column.
    pub fn set_and_missing(&self, known: &[Known]) -> impl Iterator<Item = Known> {
        let is_missing = |known: &Known| {
            self.own(*known).is_none()
                && self.wanted.columns(*known).is_some()
                && self.places(|key| self.wanted.named(key) == Some(*known)).is_empty()
        };
        known.iter().copied().filter(is_missing)
    }

    /// What a column's name says for a role. A column that the setting gives a meaning has that one alone.
    fn says(&self, role: Role, place: usize) -> Name {
        let (known, by_name): (_, fn(&str) -> Name) = match role {
            Role::Wallet => (Known::Receiver, meaning::of_wallet),
            Role::Amount => (Known::Amount, meaning::of_amount),
        };
        match self.folded.get(place).and_then(|key| self.wanted.named(key)) {
            Some(set) if set == known => Name::Set,
            Some(_) => Name::Never,
            None => by_name(self.names.get(place).map_or("", String::as_str)),
        }
    }

    /// The column whose name says most for a role, of those that a person sees; the first of equals, as the others are
    /// watched. A hidden one only where there is no other, or where the setting names it: for the refusal.
    pub fn taken(&self, role: Role) -> Option<Taken> {
        let known = if role == Role::Wallet { Known::Receiver } else { Known::Amount };
        let taken =
            |place: usize, says| Taken { place, name: self.names.get(place).cloned().unwrap_or_default(), says };
        if let Some(place) = self.own(known) {
            return Some(taken(place, Name::Set));
        }
        let named = self.places(|_| true).into_iter().map(|place| (self.says(role, place), place));
        let named = named.filter(|(says, _)| *says >= Name::Plain);
        let best = named.max_by_key(|(says, place)| {
            let is_seen = !self.hidden.contains(place);
            (*says == Name::Set, is_seen, *says, Reverse(*place))
        });
        best.map(|(says, place)| taken(place, says))
    }

    pub fn rivals(&self, wallet: Taken, amount: Taken, other: &[usize]) -> Rivals {
        if self.own.is_some() {
            return Rivals::default();
        }
        let others = other.iter().map(|place| {
            let name = self.names.get(*place).map_or("", String::as_str);
            let hidden = self.hidden.contains(place);
            let (of_wallet, of_amount) = (self.says(Role::Wallet, *place), self.says(Role::Amount, *place));
            Other { place: *place, name, hidden, of_wallet, of_amount }
        });
        Rivals::new(wallet, amount, others)
    }

    /// The one column that is meant, of what a name alone decides; an error where there are two.
    pub fn one(&self, known: Known) -> Result<Option<usize>, Problem> {
        if let Some(place) = self.own(known) {
            return Ok(Some(place));
        }
        let set = self.places(|key| self.wanted.named(key) == Some(known));
        let free = |key: &str, meant: Option<Known>| self.wanted.named(key).is_none() && meant == Some(known);
        let own = self.places(|key| free(key, names::own(key)));
        let candidates = match (set.is_empty(), own.is_empty()) {
            (false, _) => set,
            (true, false) if known != Known::Reference => own,
            (true, _) => self.places(|key| free(key, names::meant(key))),
        };
        match candidates.as_slice() {
            [] => Ok(None),
            [place] => Ok(Some(*place)),
            [first, second, ..] => Err(self.ambiguous(known, *first, *second)),
        }
    }

    /// The column of the whole name, or those of its two halves.
    pub fn name(&self) -> Result<Vec<usize>, Problem> {
        if let Some(place) = self.one(Known::Name)? {
            return Ok(vec![place]);
        }
        let part =
            |wanted| self.places(|key| self.wanted.named(key).is_none() && names::part_of_name(key) == Some(wanted));
        let mut both = Vec::new();
        for part in [part(Part::Family), part(Part::Given)] {
            match part.as_slice() {
                [] => {}
                [place] => both.push(*place),
                [first, second, ..] => return Err(self.ambiguous(Known::Name, *first, *second)),
            }
        }
        both.sort_unstable();
        Ok(both)
    }

    fn ambiguous(&self, known: Known, first: usize, second: usize) -> Problem {
        let name = |place: usize| quote(self.names.get(place).map_or("", String::as_str));
        let text = say!("column-ambiguous", first = name(first), second = name(second), column = known.own());
        Problem::of_cell(self.line, &name(second), &name(second), Code::ColumnAmbiguous, text)
    }

    /// The column that the setting names is not there: no other one is taken for it.
    pub fn not_there(&self, known: Known) -> Problem {
        let wanted = self.wanted.columns(known).unwrap_or_default().join("\", \"");
        let text = say!("column-set-missing", column = known.own(), name = quote(&wanted));
        let value = quote(&self.names.join(", "));
        Problem { value, column: quote(&wanted), ..Problem::of_line(self.line, Code::ColumnMissing, text) }
    }

    pub fn missing(&self, missing: Vec<Known>) -> Problem {
        let wanted: Vec<&str> = missing.iter().map(|known| known.own()).collect();
        let names = self.names.iter().zip(self.folded);
        let other = names.filter(|(_, key)| names::may_be_another(key)).map(|(name, _)| quote(name)).next();
        let text = match other.filter(|_| missing != [Known::Amount]) {
            Some(other) => say!("column-missing-not-that", columns = wanted.join(", "), other = other),
            None => say!("column-missing", columns = wanted.join(", ")),
        };
        let value = quote(&self.names.join(", "));
        Problem { value, column: wanted.join(" "), ..Problem::of_line(self.line, Code::ColumnMissing, text) }
    }
}
