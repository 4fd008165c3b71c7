//! The door of the house alone: a real inbox, a real ledger, and the admission driven slice by slice
//! under a time that the test turns, so that somebody can strike between any two slices.
//!
//! Must never: forgive a file that is nowhere, in two places, or changed.

use payoutd::intake::admit::{Admission, Took};
use payoutd::intake::terms::{AdmitSettings, FileRules, Guard};
use payoutd::intake::{Inbox, InboxSettings};
use payoutd::ledger::rows::ReportRow;
use payoutd::ledger::{Identity, Ledger};
use payoutd::payout::aside::ZeroRows;
use payoutd::payout::batch::Batch;
use payoutd::payout::moment::{BootMoment, Moment, Wall};
use payoutd::payout::money::Amount;
use payoutd::payroll::{ColumnNames, Limits};
use payoutd::words::Language;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

const SETTLE: Duration = Duration::from_secs(10);
const RESCAN: Duration = Duration::from_secs(30);

/// Slices after which something hangs: far more than any file here takes.
const MOST_SLICES: usize = 200_000;

pub struct House {
    pub folder: tempfile::TempDir,
    pub admission: Admission,
    pub ledger: Ledger,
    pub seconds: u64,
    /// What gave trouble on the way, in the product's words.
    pub troubles: Vec<String>,
    pub slices: usize,
}

/// A folder in memory where the machine has such: nothing here is about power cuts.
pub fn folder() -> tempfile::TempDir {
    support::folder(env!("CARGO_TARGET_TMPDIR"))
}

fn admission(batches: &Path) -> Admission {
    let limits = Limits {
        max_amount: Amount::from_centimes(7_500_000),
        min_amount: Amount::from_centimes(100),
        max_batch_amount: None,
        zero: ZeroRows::Refuse,
    };
    let settings = AdmitSettings {
        file: FileRules { limits, columns: ColumnNames::default() },
        language: Language::English,
        paid_already_within: None,
        paid_already: Guard::Warn,
        guards: payoutd::intake::guards::GuardSettings::off(),
        approval_above: None,
        start_after: Duration::ZERO,
        seed: 11,
    };
    Admission::new(Inbox::open(batches, InboxSettings { settle: SETTLE, rescan: RESCAN }).unwrap(), settings)
}

impl House {
    pub fn build() -> House {
        let folder = folder();
        let identity =
            Identity { environment: "sandbox".into(), host: "sandbox.example".into(), account: "client-1".into() };
        let ledger = Ledger::open(&folder.path().join("state"), &identity, moment(0)).unwrap().ledger;
        let admission = admission(&folder.path().join("batches"));
        House { folder, admission, ledger, seconds: 1, troubles: Vec::new(), slices: 0 }
    }

    /// The process was stopped, and is started again.
    pub fn start_again(&mut self) {
        self.admission = admission(&self.folder.path().join("batches"));
    }

    pub fn place(&self, of: &str) -> PathBuf {
        self.folder.path().join("batches").join(of)
    }

    pub fn drop_file(&self, name: impl AsRef<Path>, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.place("inbox").join(name);
        fs::write(&path, text).unwrap();
        path
    }

    pub fn slice(&mut self) -> Took {
        self.slices += 1;
        match self.admission.slice(&mut self.ledger, moment(self.seconds)) {
            Ok(took) => took,
            // As the daemon does: told, and tried again later from what lies in the folders.
            Err(error) => {
                self.troubles.push(error.to_string());
                self.admission.begin_anew();
                self.seconds += 10;
                Took::More
            }
        }
    }

    /// Until nothing will come by itself any more.
    pub fn run(&mut self) -> Vec<Took> {
        self.run_struck(|_, _| {})
    }

    /// The same, with somebody who strikes before each slice; he is told its number.
    pub fn run_struck(&mut self, mut strike: impl FnMut(&House, usize)) -> Vec<Took> {
        let mut done = Vec::new();
        let mut quiet = 0;
        for turn in 0.. {
            assert!(turn < MOST_SLICES && self.troubles.len() < 20, "it hangs: {:?}", self.troubles);
            strike(self, turn);
            match self.slice() {
                Took::More => {}
                Took::Nothing { look_again, pending } => {
                    self.seconds += look_again.as_secs().max(1);
                    // Once more, for what was changed while it was looked at.
                    quiet = if pending { 0 } else { quiet + 1 };
                    if quiet == 2 {
                        break;
                    }
                }
                other => done.push(other),
            }
        }
        done
    }

    /// Why a file of the inbox is left there.
    pub fn why_left(&self, name: &str) -> String {
        let left = self.admission.left().iter().find(|left| left.name == *name);
        left.map(|left| left.why.to_string()).unwrap_or_default()
    }

    pub fn names(&self, folder: &str) -> Vec<OsString> {
        let entries = fs::read_dir(self.place(folder)).unwrap();
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        names
    }

    pub fn batches(&self) -> Vec<Batch> {
        self.ledger.batches_latest(100_000).unwrap()
    }

    pub fn rows(&self, batch: &Batch) -> Vec<ReportRow> {
        let mut rows: Vec<ReportRow> = Vec::new();
        loop {
            let more = self.ledger.rows(batch.id, rows.last().map(|row| row.id), 2000).unwrap();
            if more.is_empty() {
                return rows;
            }
            rows.extend(more);
        }
    }

    /// How often these very bytes lie in the folders, reports left out: links are not followed.
    pub fn copies(&self, bytes: &[u8]) -> usize {
        let all = ["inbox", "processing", "accepted", "rejected"];
        let files = all.iter().flat_map(|folder| {
            let folder = self.place(folder);
            self.names_of(&folder).into_iter().map(move |name| folder.join(name))
        });
        files
            .filter(|path| fs::symlink_metadata(path).is_ok_and(|about| about.is_file()))
            .filter(|path| fs::read(path).is_ok_and(|there| there == bytes))
            .count()
    }

    fn names_of(&self, folder: &Path) -> Vec<OsString> {
        fs::read_dir(folder).map(|all| all.flatten().map(|it| it.file_name()).collect()).unwrap_or_default()
    }

    /// The codes in the errors file that lies beside a rejected file.
    pub fn codes(&self, name: &str) -> Vec<String> {
        let text = fs::read_to_string(self.place("rejected").join(format!("{name}.errors.csv"))).unwrap_or_default();
        let mut reader = csv::ReaderBuilder::new().from_reader(text.as_bytes());
        reader.records().map(|record| record.unwrap()[3].to_string()).collect()
    }
}

pub fn moment(seconds: u64) -> Moment {
    let ms = seconds * 1000;
    let wall = Wall(1_785_000_000_000 + i64::try_from(ms).unwrap());
    Moment { wall, boot: BootMoment { boot: 1, ms } }
}

/// A payroll of our own making; every row ten gourdes and its number in centimes.
pub fn payroll(prefix: &str, rows: u32) -> String {
    let mut text = String::from("reference,receiver,amount,note\n");
    for row in 1..=rows {
        text.push_str(&format!("{prefix}-{row:05},{},1{:03}.{:02},x\n", 30_000_000 + row, row / 100, row % 100));
    }
    text
}

/// Waits until the filesystem's clock, which is a coarse one, has passed a file's time of change, so
/// that whatever comes next is later.
pub fn wait_for_a_tick(path: &Path) {
    use std::os::unix::fs::MetadataExt;
    let changed = |path: &Path| fs::symlink_metadata(path).map(|it| (it.ctime(), it.ctime_nsec())).unwrap_or_default();
    let probe = tempfile::NamedTempFile::new_in(path.parent().unwrap().parent().unwrap()).unwrap();
    while changed(probe.path()) <= changed(path) {
        fs::write(probe.path(), "x").unwrap();
    }
}
