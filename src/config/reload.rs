//! The file read again while payoutd runs: what is taken at once, and what waits for the next start.
//!
//! Whose money moves, where, and where its memory lies is fixed for a process's life: `[moncash]`,
//! `[folders]`, and every section that [`TAKEN`] does not name. The rest is taken together or not at all.
//!
//! Must never: hand out a configuration in which one of the fixed settings moved, take anything from a file
//! that would not start, or show a value of a section that [`TAKEN`] does not name (it may hold a secret).

use super::{Config, ConfigError, Problem};
use std::collections::BTreeMap;

/// A key, by its section and its name.
pub type Key = (&'static str, &'static str);

/// What a key came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Value {
    /// What it means: two ways to write one thing are equal.
    pub(super) meaning: String,
    /// As it stands in the file; `None` where its default counts.
    pub(super) written: Option<String>,
}

/// What every key came to. Shown by nobody: a section may hold what is not to be seen.
#[derive(Clone, Default)]
pub struct Values(pub(super) BTreeMap<Key, Value>);

impl std::fmt::Debug for Values {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Values")
    }
}

/// The sections that are taken while payoutd runs. All others need a restart.
const TAKEN: [&str; 10] =
    ["engine", "intake", "columns", "safety", "balance", "limits", "guards", "approval", "reports", "reconcile"];

/// The sections by which it is decided who is paid, how much, when and by whose leave: their changes are
/// recorded in the ledger.
const MONEY: [&str; 5] = ["safety", "balance", "limits", "guards", "approval"];
/// And keys of other sections.
const MONEY_KEYS: [Key; 4] =
    [("engine", "hours"), ("engine", "days"), ("engine", "holidays"), ("intake", "start_after")];

/// How a value is called that does not stand in the file.
pub const DEFAULT: &str = "default";

/// One setting that is another now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changed {
    /// `[section] key`.
    pub key: String,
    pub from: String,
    pub to: String,
}

impl std::fmt::Display for Changed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {} (was {})", self.key, self.to, self.from)
    }
}

/// A file that was read again and found good.
#[derive(Clone, Debug)]
pub struct Reloaded {
    /// What payoutd goes by from now on: the fixed settings as they were.
    config: Config,
    /// What is another now.
    pub taken: Vec<Changed>,
    /// Keys that are changed in the file and stay as they were until the next start.
    pub needs_restart: Vec<String>,
}

impl Reloaded {
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// In words, for the journal and the service manager.
    pub fn words(&self) -> String {
        let list = |items: Vec<String>| items.join(", ");
        let taken = list(self.taken.iter().map(ToString::to_string).collect());
        let restart = list(self.needs_restart.clone());
        match (self.taken.is_empty(), self.needs_restart.is_empty()) {
            (true, true) => "nothing in it has changed".to_string(),
            (false, true) => format!("taken: {taken}"),
            (true, false) => format!("nothing taken; changed in the file but needs a restart: {restart}"),
            (false, false) => format!("taken: {taken}; changed in the file but needs a restart: {restart}"),
        }
    }
}

impl Config {
    /// Reads the file of this configuration again.
    ///
    /// # Errors
    /// As [`Config::load`]; and where the file is for another environment now, whose settings were weighed
    /// for other money. Then nothing of it is taken.
    pub fn reload(&self) -> Result<Reloaded, ConfigError> {
        let Some(file) = &self.file else {
            let what = "there is none to read again: payoutd was started without a file".to_string();
            return Err(ConfigError { file: None, problems: vec![Problem { line: None, key: String::new(), what }] });
        };
        self.take_over(Config::load(file)?)
    }

    /// What becomes of this configuration when `read` stands in its file.
    pub(super) fn take_over(&self, read: Config) -> Result<Reloaded, ConfigError> {
        if read.moncash.environment != self.moncash.environment {
            let what = format!(
                "is \"{}\" in the file, and payoutd runs for \"{}\": that takes a restart, and nothing else of a file for \
                 other money is taken before",
                read.moncash.environment, self.moncash.environment
            );
            let problem = Problem { line: None, key: "[moncash] environment".to_string(), what };
            return Err(ConfigError { file: read.file, problems: vec![problem] });
        }
        let (mut taken, mut needs_restart, mut values) = (Vec::new(), Vec::new(), self.values.clone());
        for ((section, key), new) in &read.values.0 {
            let old = self.values.0.get(&(*section, *key));
            if old.is_some_and(|old| old.meaning == new.meaning) {
                continue;
            }
            let name = format!("[{section}] {key}");
            if !TAKEN.contains(section) {
                needs_restart.push(name);
                continue;
            }
            taken.push(Changed { key: name, from: shown(old), to: shown(Some(new)) });
            values.0.insert((*section, *key), new.clone());
        }
        // Whatever is not named here stays as it was; `every_setting_is_taken_or_told` holds this list
        // against TAKEN.
        let config = Config {
            engine: read.engine,
            intake: read.intake,
            columns: read.columns,
            safety: read.safety,
            balance: read.balance,
            limits: read.limits,
            guards: read.guards,
            approval: read.approval,
            reports: read.reports,
            reconcile: read.reconcile,
            values,
            ..self.clone()
        };
        Ok(Reloaded { config, taken, needs_restart })
    }

    /// The settings that touch money, as they stand in the file, by `[section] key`: what the ledger records.
    pub fn money_settings(&self) -> BTreeMap<String, String> {
        let of_money = |key: &Key| MONEY.contains(&key.0) || MONEY_KEYS.contains(key);
        let money = self.values.0.iter().filter(|(key, _)| of_money(key));
        money.map(|((section, key), value)| (format!("[{section}] {key}"), shown(Some(value)))).collect()
    }
}

fn shown(value: Option<&Value>) -> String {
    value.and_then(|value| value.written.clone()).unwrap_or_else(|| DEFAULT.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    const BASE: &str = "[moncash]\nenvironment = \"sandbox\"\nclient_id = \"me\"\n";

    fn read(text: &str) -> Config {
        Config::from_text(text, Path::new("/etc/payoutd/payoutd.toml")).expect("good")
    }

    /// Every key there is, each with another value than its default.
    const ALL: &str = "[moncash]\nenvironment = \"sandbox\"\nbase_url = \"https://moncash.example/Api\"\nclient_id = \"you\"\n\
        client_secret_file = \"s\"\nconnect_timeout = \"3s\"\nrequest_timeout = \"31s\"\n\
        [engine]\ntransfers_per_second = 7\nqueries_per_second = 7\nmax_in_flight = 7\ndrain = \"7s\"\nhours = \"06:00-20:00\"\n\
        days = \"mon-fri\"\nholidays = [\"2026-12-25\"]\n\
        [folders]\nbatches = \"b\"\nstate = \"s\"\n\
        [intake]\nsettle = \"7s\"\nrescan = \"7s\"\nstart_after = \"7s\"\nsheet = \"Paie\"\nzero = \"leave_out\"\n\
        [columns]\nreference = \"a\"\nreceiver = \"b\"\namount = \"c\"\ndescription = \"d\"\nname = \"e\"\nretry_of = \"f\"\n\
        [safety]\ncheck_first = false\nafter_not_found = \"hold\"\ngrace = \"7m\"\nnot_found_answers = 7\nask_every = \"7s\"\n\
        ask_at_most_every = \"7m\"\nask_for = \"7h\"\nqueued_for = \"7h\"\nattempts = 7\nequal_refusals = 7\n\
        also_declines = [\"Closed\"]\npaid_already_within = \"7d\"\npaid_already = \"warn\"\nmin_free = \"7MB\"\n\
        [balance]\nfloor = \"7.00\"\nfee_percent = \"7\"\nfee_fixed = \"7.00\"\npoll = \"7s\"\nbalance_lag = \"7s\"\n\
        [limits]\nmax_amount = \"7000.00\"\nmin_amount = \"7.00\"\nmax_batch_amount = \"70000.00\"\n\
        [guards]\nsame_number = \"hold\"\nmissing = \"hold\"\nnew_people = \"hold\"\nchanged_number = \"hold\"\n\
        changed_amount = \"hold\"\nchange_factor = \"7\"\nperiod = \"hold\"\nover_wallet = \"hold\"\nnew_layout = \"hold\"\nwallet_limit = \"7000.00\"\n\
        shortfall = \"hold\"\ncustomer_status = \"warn\"\n\
        [approval]\nabove = \"7.00\"\nfour_eyes = true\n\
        [reports]\nlanguage = \"fr\"\ndialect = \"as_received\"\n\
        [reconcile]\ndaily = \"07:00\"\nmonthly = \"07:00\"\n\
        [metrics]\nlisten = \"127.0.0.1:9464\"\n";

    /// The sections of a configuration that a reload takes.
    fn taken_of(c: &Config) -> String {
        format!(
            "{:?}",
            (
                (&c.engine, &c.intake, &c.columns, &c.safety, &c.balance),
                (&c.limits, &c.guards, &c.approval, &c.reports, &c.reconcile)
            )
        )
    }

    #[test]
    fn every_setting_is_taken_or_told() {
        let (old, new) = (read(BASE), read(ALL));
        let reloaded = old.take_over(new.clone()).expect("good");
        let taken: Vec<&str> = reloaded.taken.iter().map(|changed| changed.key.as_str()).collect();
        for (section, key) in old.values.0.keys() {
            let name = format!("[{section}] {key}");
            let (is_taken, is_told) = (taken.contains(&name.as_str()), reloaded.needs_restart.contains(&name));
            let same = old.values.0[&(*section, *key)].meaning == new.values.0[&(*section, *key)].meaning;
            // A section of its own that has no value in ALL says so here.
            assert!(
                same && !TAKEN.contains(section) || (is_taken != is_told),
                "{name}: taken and told is neither or both"
            );
            assert_eq!(is_taken, TAKEN.contains(section), "{name}");
        }
        assert_eq!(taken_of(reloaded.config()), taken_of(&new), "what is called taken is taken");
        let fixed = |c: &Config| format!("{:?}", (&c.file, &c.moncash, &c.folders));
        assert_eq!(fixed(reloaded.config()), fixed(&old), "what is fixed does not move");
        // What needs a restart is told again until there is one; what was taken is not.
        let again = reloaded.config().take_over(new).expect("good");
        assert_eq!((again.taken.len(), again.needs_restart), (0, reloaded.needs_restart));
    }

    #[test]
    fn two_ways_to_write_one_thing_are_no_change_and_a_default_may_be_written_out() {
        let old = read(BASE);
        let new = read(&format!("{BASE}[safety]\ngrace = \"1800s\"\n[engine]\ntransfers_per_second = 5.0\n"));
        let reloaded = old.take_over(new).expect("good");
        assert_eq!(reloaded.words(), "nothing in it has changed");
    }

    #[test]
    fn what_is_taken_is_told_with_both_values_and_what_is_not_only_by_its_name() {
        let reloaded = read(BASE).take_over(read(ALL)).expect("good");
        let words = reloaded.words();
        assert!(words.contains("[balance] floor \"7.00\" (was default)"), "{words}");
        assert!(
            words.contains("needs a restart: [folders] batches, [folders] state, [metrics] listen, [moncash] base_url"),
            "{words}"
        );
        assert!(!words.contains("moncash.example"), "{words}");
        assert_eq!(reloaded.config().money_settings()["[approval] above"], "\"7.00\"");
        assert!(!reloaded.config().money_settings().contains_key("[engine] drain"));
    }

    #[test]
    fn a_file_for_other_money_is_not_taken_at_all() {
        const LIVE: &str = "[moncash]\nenvironment = \"live\"\nclient_id = \"me\"\n[safety]\nafter_not_found = \"hold\"\n\
                            [balance]\nfee_percent = \"3\"\n[approval]\nabove = \"0\"\n";
        // Good for the sandbox, and never for live.
        let lax = read(&format!("{BASE}[safety]\ncheck_first = false\n"));
        let refused = read(LIVE).take_over(lax).expect_err("other money").to_string();
        assert!(refused.contains("takes a restart"), "{refused}");
    }
}
