//! From a TOML file to a checked [`Config`]: every setting read, bounded and made whole, or the file
//! is refused with all its problems at once.
//!
//! Must never: guess what an unknown key meant, print the secret or a line that may hold it, or let
//! an environment that moves real money start on a default that a person has to choose.

mod check;
mod columns;
pub mod find;
mod guards;
pub mod metrics;
mod nearest;
pub mod notify;
mod read;
mod reader;
pub mod reload;
pub mod secret;
pub mod sections;
#[cfg(test)]
mod tests;
pub mod times;
mod units;
mod warnings;

pub use notify::{Notify, Way};
pub use secret::{Secret, SecretSource};
pub use sections::{
    AfterNotFound, Approval, Balance, Columns, Dialect, Engine, Environment, Folders, Guards, Intake, Limits, Moncash,
    PaidAlready, Reconcile, ReferenceFrom, ReferencePiece, Reports, Safety,
};
pub use units::Rate;

use std::fmt;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Largest configuration file that is read, in bytes. A real one has two thousand.
const LARGEST_FILE: u64 = 1_000_000;

/// Everything a person can set, checked. One field a section of the file.
#[derive(Clone, Debug)]
pub struct Config {
    /// The file it came from; `None` for [`Config::simulator_default`].
    pub file: Option<PathBuf>,
    /// What every key came to, as two readings of a file are compared by.
    values: reload::Values,
    pub moncash: Moncash,
    pub engine: Engine,
    pub folders: Folders,
    pub intake: Intake,
    pub columns: Columns,
    pub safety: Safety,
    pub balance: Balance,
    pub limits: Limits,
    pub guards: Guards,
    pub approval: Approval,
    pub reports: Reports,
    pub reconcile: Reconcile,
    pub metrics: metrics::Metrics,
    pub notify: Notify,
}

impl Config {
    /// Reads and checks a file. Relative paths in it count from the folder the file lies in.
    ///
    /// # Errors
    /// All problems of the file together, each with line, key and remedy.
    pub fn load(file: &Path) -> Result<Config, ConfigError> {
        let text = read_text(file).map_err(|what| ConfigError::of_file(file, what))?;
        Config::from_text(&text, file)
    }

    /// Checks a text as though it stood in `file`. Touches no disk.
    pub fn from_text(text: &str, file: &Path) -> Result<Config, ConfigError> {
        let folder = std::path::absolute(file).ok().and_then(|path| path.parent().map(Path::to_path_buf));
        let mut config = read::read(text, &folder.unwrap_or_default())
            .map_err(|problems| ConfigError { file: Some(file.to_path_buf()), problems })?;
        config.file = Some(file.to_path_buf());
        Ok(config)
    }

    /// What `payoutd run --simulator` runs on without a file: every default, no network and no
    /// money; `batches` and `state` lie in `folder` (the working directory).
    ///
    /// # Errors
    /// None in practice: a test holds that the defaults are good.
    pub fn simulator_default(folder: &Path) -> Result<Config, ConfigError> {
        read::read("[moncash]\nenvironment = \"simulator\"\n", folder)
            .map_err(|problems| ConfigError { file: None, problems })
    }

    /// The client secret, from the first place that has one. Read when a command is about to call
    /// MonCash, so that `check` and `status` work for people who may not see it.
    ///
    /// # Errors
    /// No place has one, or a file of it is open to others; says what to do.
    pub fn read_secret(&self) -> Result<Secret, ConfigError> {
        secret::read(&self.moncash).map_err(|problem| ConfigError { file: self.file.clone(), problems: vec![problem] })
    }

    /// What is allowed but worth a second look, for `payoutd doctor` and the start of `run`.
    pub fn warnings(&self) -> Vec<String> {
        warnings::of(self)
    }
}

/// One thing that is wrong, with its place and its remedy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Line in the file, from 1; `None` where something is missing.
    pub line: Option<usize>,
    /// `[section] key`, `[section]`, or empty where the whole file is meant.
    pub key: String,
    /// What is wrong and what to do.
    pub what: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.line, self.key.is_empty()) {
            (Some(line), false) => write!(f, "line {line}, {}: {}", self.key, self.what),
            (Some(line), true) => write!(f, "line {line}: {}", self.what),
            (None, false) => write!(f, "{}: {}", self.key, self.what),
            (None, true) => f.write_str(&self.what),
        }
    }
}

/// A configuration that cannot be used. Exit code 2.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError {
    pub file: Option<PathBuf>,
    pub problems: Vec<Problem>,
}

impl ConfigError {
    fn of_file(file: &Path, what: String) -> ConfigError {
        ConfigError { file: Some(file.to_path_buf()), problems: vec![Problem { line: None, key: String::new(), what }] }
    }
}

impl std::error::Error for ConfigError {}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.file {
            Some(file) => write!(f, "configuration {}", file.display())?,
            None => f.write_str("configuration")?,
        }
        match self.problems.as_slice() {
            [only] => write!(f, ": {only}"),
            many => {
                write!(f, " has {} problems:", many.len())?;
                many.iter().try_for_each(|problem| write!(f, "\n  {problem}"))
            }
        }
    }
}

fn read_text(file: &Path) -> Result<String, String> {
    let opened = std::fs::File::open(file).map_err(|e| match e.kind() {
        std::io::ErrorKind::NotFound => "there is no such file: check the path, or leave --config away".to_string(),
        std::io::ErrorKind::PermissionDenied => {
            "may not be read by this user: run as the daemon's user, or open it with chmod o+r (it holds no secret)"
                .to_string()
        }
        _ => format!("cannot be opened: {e}"),
    })?;
    let mut bytes = Vec::new();
    opened.take(LARGEST_FILE + 1).read_to_end(&mut bytes).map_err(|e| format!("cannot be read: {e}"))?;
    if bytes.len() as u64 > LARGEST_FILE {
        return Err("is larger than 1 MB: this is not a configuration file".to_string());
    }
    let text = String::from_utf8(bytes).map_err(|_| "is not UTF-8: save it as UTF-8".to_string())?;
    Ok(text.strip_prefix('\u{feff}').map(str::to_string).unwrap_or(text))
}
