//! What every command needs before it begins: the configuration, and saying which one it is.
//!
//! Must never: run on another file than the one it told.

use super::{Global, LogFormat, print};
use crate::config::find::{self, HERE, SYSTEM};
use crate::config::{Config, ConfigError, Environment, Problem};
use crate::files::users::{for_commands, owner_of};
use crate::ledger::Reader;
use std::cell::OnceCell;
use std::path::{Path, PathBuf};

/// How the system and SQLite say that a user may not.
const DENIED: [&str; 2] = ["ermission denied", "readonly database"];

/// The global flags, for commands.
#[derive(Clone, Debug)]
pub struct Context {
    named: Option<PathBuf>,
    log_format: LogFormat,
    /// The state folder of the configuration that was loaded.
    state: OnceCell<PathBuf>,
}

impl Context {
    pub fn new(global: &Global) -> Context {
        let log_format = global.log_format.unwrap_or(LogFormat::Text);
        Context { named: global.config.clone(), log_format, state: OnceCell::new() }
    }

    /// The configuration, told on stderr. Without a file, beside the ledger that `run --simulator` keeps
    /// in ./state: the simulator's defaults, so that one can look at it and give it orders.
    ///
    /// # Errors
    /// There is none, or it has problems.
    pub fn load(&self) -> Result<Config, ConfigError> {
        if find::find(self.named.as_deref()).is_none()
            && let Some(config) = simulators_own()
        {
            self.announce("configuration: none, the simulator's defaults (its ledger lies in ./state)", None);
            return Ok(config);
        }
        self.load_file()
    }

    /// The configuration from a file, told on stderr: for what may move real money.
    ///
    /// # Errors
    /// There is none, or it has problems.
    pub fn load_file(&self) -> Result<Config, ConfigError> {
        let file = find::find(self.named.as_deref()).ok_or_else(nothing_found)?;
        self.announce(&format!("configuration: {}", file.display()), Some(&file));
        let config = Config::load(&file)?;
        // Loaded once a command.
        let _ = self.state.set(config.folders.state.clone());
        Ok(config)
    }

    /// An error that is one only because another user ran the command says so first.
    pub fn blame_the_user(&self, error: anyhow::Error) -> anyhow::Error {
        let us = rustix::process::geteuid();
        let owner = self.state.get().and_then(|state| owner_of(state));
        let Some(owner) = owner.filter(|owner| *owner != us.as_raw() && !us.is_root()) else { return error };
        let text = format!("{error:#}");
        if !DENIED.iter().any(|words| text.contains(words)) {
            return error;
        }
        let (owner, us) = (for_commands(owner), for_commands(us.as_raw()));
        error.context(format!(
            "this ran as user {us}, and the ledger belongs to {owner}: run it as that user  (runuser -u {owner} -- payoutd …, or \
             sudo -u {owner} payoutd …)"
        ))
    }

    /// The configuration for `--simulator`: a file that is found must be one for the simulator, so
    /// that a rehearsal never takes the files that are meant to be paid. Without a file, the defaults
    /// with `batches` and `state` in the working directory.
    ///
    /// # Errors
    /// The file is for another environment, or has problems.
    pub fn load_for_simulator(&self) -> Result<Config, ConfigError> {
        if find::find(self.named.as_deref()).is_none() {
            self.announce("configuration: none, the simulator's defaults (./batches, ./state)", None);
            let here = std::env::current_dir().map_err(|e| error_of(None, format!("no working directory: {e}")))?;
            return Config::simulator_default(&here);
        }
        let config = self.load()?;
        if config.moncash.environment != Environment::Simulator {
            let what = format!(
                "is for environment \"{}\", which --simulator must not touch: leave --simulator away, or name a file \
                 with environment = \"simulator\" with --config",
                config.moncash.environment
            );
            return Err(error_of(config.file, what));
        }
        Ok(config)
    }

    /// The configuration for `check`, which a person may want for a file alone: without one, the
    /// defaults, with the ledger in ./state where there is one.
    ///
    /// # Errors
    /// The file that was found has problems.
    pub fn load_for_check(&self) -> Result<Config, ConfigError> {
        if find::find(self.named.as_deref()).is_some() {
            return self.load();
        }
        self.announce("configuration: none, the default limits (and the ledger in ./state, if there is one)", None);
        let here = std::env::current_dir().map_err(|e| error_of(None, format!("no working directory: {e}")))?;
        Config::simulator_default(&here)
    }

    /// Said on stderr whatever the log level, in the logs' format so that a reader of JSON lines is
    /// not disturbed.
    fn announce(&self, text: &str, file: Option<&Path>) {
        match self.log_format {
            LogFormat::Text => print::tell(text),
            LogFormat::Json => {
                let file = file.map(|file| file.display().to_string());
                print::tell(&serde_json::json!({ "level": "INFO", "message": text, "file": file }).to_string());
            }
        }
    }
}

/// The defaults, where a simulator's ledger lies in the working directory.
fn simulators_own() -> Option<Config> {
    let config = Config::simulator_default(&std::env::current_dir().ok()?).ok()?;
    let identity = Reader::open(&config.folders.state).ok()?.identity().ok()?;
    (identity.environment == Environment::Simulator.as_str()).then_some(config)
}

fn error_of(file: Option<PathBuf>, what: String) -> ConfigError {
    ConfigError { file, problems: vec![Problem { line: None, key: String::new(), what }] }
}

fn nothing_found() -> ConfigError {
    let what = format!(
        "there is none: looked for ./{HERE} and {SYSTEM}. Name one with --config FILE, or try without one: \
         payoutd demo, payoutd run --simulator"
    );
    error_of(None, what)
}
