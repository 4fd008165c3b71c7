//! An installation of the stories: folders, a configuration with a short grace, the built program; and
//! the judge, who believes the gateway's debits and the files that people read.
//!
//! Must never: ask the product's ledger what was paid, or end a process that is not its own.

use super::gateway::Gateway;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Far longer than anything here takes, on a busy machine too.
const DEADLINE: Duration = Duration::from_secs(180);
const LOOK: Duration = Duration::from_millis(10);
/// How long "not found" proves nothing in these stories.
pub const GRACE: Duration = Duration::from_secs(3);

/// What a command said.
#[derive(Debug)]
pub struct Said {
    pub code: i32,
    pub text: String,
}

impl Said {
    #[track_caller]
    pub fn ends(self, code: i32) -> Said {
        assert_eq!(self.code, code, "{}", self.text);
        self
    }

    #[track_caller]
    pub fn says(self, part: &str) -> Said {
        assert!(self.text.contains(part), "no {part:?} in\n{}", self.text);
        self
    }
}

/// A process of the test's own, which does not outlive it.
pub struct Process(Child);

impl Process {
    pub fn id(&self) -> i32 {
        i32::try_from(self.0.id()).expect("a process id")
    }

    pub fn kill(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }

    /// Its end, and the exit code; -1 where a signal ended it.
    #[allow(dead_code)]
    pub fn wait(&mut self) -> i32 {
        self.0.wait().expect("end").code().unwrap_or(-1)
    }

    /// SIGTERM, and the exit code.
    pub fn stop(&mut self) -> i32 {
        signal(self.id(), rustix::process::Signal::TERM);
        self.0.wait().expect("end").code().unwrap_or(-1)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

pub fn signal(process: i32, signal: rustix::process::Signal) {
    let process = rustix::process::Pid::from_raw(process).expect("a process id");
    rustix::process::kill_process(process, signal).expect("signal");
}

pub struct House {
    pub folder: tempfile::TempDir,
}

impl House {
    /// With whole sections added to the configuration; it has `[approval]` and `[balance]` to itself.
    pub fn build(gateway: &Gateway, more: &str) -> House {
        // Below target/, where nobody who tidies the machine looks.
        let folder = support::folder(env!("CARGO_TARGET_TMPDIR"));
        let house = House { folder };
        fs::create_dir_all(house.path("batches/inbox")).expect("inbox");
        let text = format!(
            "[moncash]\nenvironment = \"sandbox\"\nbase_url = \"http://{}/Api\"\nclient_id = \"story\"\n\
             connect_timeout = \"5s\"\nrequest_timeout = \"10s\"\n\
             [engine]\ntransfers_per_second = 100\nqueries_per_second = 300\ndrain = \"2s\"\n\
             [intake]\nsettle = \"0s\"\nrescan = \"1s\"\n\
             [safety]\ngrace = \"{}s\"\nnot_found_answers = 2\nask_every = \"200ms\"\nask_at_most_every = \"1s\"\nmin_free = \"1MB\"\n\
             {more}",
            gateway.address,
            GRACE.as_secs()
        );
        fs::write(house.path("payoutd.toml"), text).expect("configuration");
        house
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_payoutd"));
        command.current_dir(self.folder.path()).stdin(Stdio::null()).env("PAYOUTD_CLIENT_SECRET", "open-sesame-story");
        for name in ["PAYOUTD_CONFIG", "PAYOUTD_LOG", "CREDENTIALS_DIRECTORY", "NOTIFY_SOCKET", "SUDO_USER"] {
            command.env_remove(name);
        }
        command
    }

    pub fn run(&self, line: &str) -> Said {
        self.run_in(line, &[])
    }

    /// With changes to the environment.
    pub fn run_in(&self, line: &str, environment: &[(&str, &str)]) -> Said {
        let words = line.split_whitespace();
        let out = self.command().args(words).envs(environment.iter().copied()).output().expect("run");
        let text = String::from_utf8_lossy(&out.stdout).into_owned() + &String::from_utf8_lossy(&out.stderr);
        Said { code: out.status.code().unwrap_or(-1), text }
    }

    pub fn run_words(&self, words: &[&str]) -> Said {
        let out = self.command().args(words).output().expect("run");
        let text = String::from_utf8_lossy(&out.stdout).into_owned() + &String::from_utf8_lossy(&out.stderr);
        Said { code: out.status.code().unwrap_or(-1), text }
    }

    pub fn once(&self) -> Said {
        self.run("run --once --for 120s")
    }

    pub fn start(&self, line: &str) -> Process {
        let log = fs::OpenOptions::new().create(true).append(true).open(self.path("journal")).expect("journal");
        let mut command = self.command();
        command.args(line.split_whitespace()).stdout(Stdio::null()).stderr(log);
        Process(command.spawn().expect("start"))
    }

    pub fn drop_file(&self, name: &str, text: &str) {
        let elsewhere = self.path("being-written");
        fs::write(&elsewhere, text).expect("write");
        fs::rename(elsewhere, self.path("batches/inbox").join(name)).expect("drop");
    }

    /// The newest of the files in a folder whose names end so.
    pub fn read(&self, folder: &str, ending: &str) -> String {
        let mut names = self.names(folder, ending);
        let name = names.pop().unwrap_or_else(|| panic!("nothing in {folder} ends in {ending}"));
        fs::read_to_string(self.path(folder).join(name)).expect("text")
    }

    pub fn names(&self, folder: &str, ending: &str) -> Vec<String> {
        let entries = fs::read_dir(self.path(folder)).into_iter().flatten().flatten();
        let mut names: Vec<String> = entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
        names.retain(|name| name.ends_with(ending));
        names.sort();
        names
    }

    /// Status and `may_have_been_paid` of every reference, over all reports; a later batch's row of one
    /// reference takes the place of an earlier one's.
    pub fn reports(&self) -> BTreeMap<String, (String, String)> {
        let mut told = BTreeMap::new();
        let mut names = self.names("batches/reports", ".report.csv");
        names.sort_by_key(|name| name.split('.').rev().find(|part| part.starts_with('B')).map(str::to_string));
        for name in names {
            let path = self.path("batches/reports").join(name);
            let mut reader = csv::ReaderBuilder::new().comment(Some(b'#')).from_path(path).expect("report");
            let header = reader.headers().expect("header").clone();
            let place = |name: &str| header.iter().position(|column| column == name).expect("column");
            let (reference, status, may) = (place("reference"), place("status"), place("may_have_been_paid"));
            for row in reader.records() {
                let row = row.expect("row");
                told.insert(row[reference].to_string(), (row[status].to_string(), row[may].to_string()));
            }
        }
        told
    }

    /// The judge. Everything is at rest: these references ended so, and were debited so often; nobody was
    /// debited twice; and no report says what is untrue.
    #[track_caller]
    pub fn ends(&self, gateway: &Gateway, ends: &[(&str, &str, usize)]) {
        self.until("the debits have landed", || gateway.at_rest());
        let told = self.reports();
        for (reference, status, debits) in ends {
            let report = told.get(*reference).map_or("not there", |(status, _)| status.as_str());
            assert_eq!((report, gateway.debits_of(reference)), (*status, *debits), "{reference}: report, debits");
        }
        assert!(gateway.paid_twice().is_empty(), "paid twice: {:?}\n{}", gateway.paid_twice(), self.journal());
        for (reference, (status, may)) in &told {
            let debits = gateway.debits_of(reference);
            let said = format!("{reference}: {status}, may have been paid: {may}, debited {debits} times");
            assert!(status != "paid" || debits == 1, "{said}");
            assert!(may != "no" || debits == 0, "{said}");
            assert!(!matches!(status.as_str(), "declined" | "queued") || debits == 0, "{said}");
        }
    }

    pub fn journal(&self) -> String {
        fs::read_to_string(self.path("journal")).unwrap_or_default()
    }

    #[track_caller]
    pub fn until(&self, what: &str, mut holds: impl FnMut() -> bool) {
        let end = Instant::now() + DEADLINE;
        while !holds() {
            assert!(Instant::now() < end, "never came: {what}\n{}", self.journal());
            std::thread::sleep(LOOK);
        }
    }
}

/// Copies a folder and everything in it.
pub fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("folder");
    for entry in fs::read_dir(from).expect("read").flatten() {
        let (path, to) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() { copy_folder(&path, &to) } else { fs::copy(&path, to).map(|_| ()).expect("copy") }
    }
}

/// People with a receiver and an amount of their own, others for another prefix: `PREFIX-1`…
pub fn payroll(prefix: &str, people: u32) -> String {
    let mut text = String::from("reference,receiver,amount,name\n");
    let first: u32 = 30_000_000 + prefix.bytes().map(u32::from).sum::<u32>() * 1000;
    for person in 1..=people {
        text.push_str(&format!("{prefix}-{person},{},{}.50,Person {person}\n", first + person, 100 + person));
    }
    text
}
