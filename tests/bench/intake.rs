//! How fast a file of a million rows is taken in, and how fast it is checked, beside `sqlite3 .import`.
//!
//! Inside the clock of an intake: from the moment the file lies whole in the inbox of a running
//! `payoutd run` until it lies in `accepted/`, which is after the transaction that makes the batch visible
//! to the paying. So: noticing the file (settle and rescan are set to a few milliseconds), reading it once
//! to check every row, its duplicates and what the ledger knows of it, reading it again into the ledger,
//! digests, references and persons, every slice of it flushed (`synchronous=FULL`). Nothing is sent:
//! `start_after` lies hours ahead.
//!
//! Inside the clock of an import: one `sqlite3` process from start to end, with the same settings
//! (WAL, `synchronous=FULL`; else its own), into an empty `src/ledger/schema.sql`, laid out before. "Our own
//! DDL" is read as the table `payout` with its checks, indexes and triggers, and the table `reference`, by
//! which a reference is promised once: without it random references would be no slower than sequential
//! ones. The table `person`, which an intake fills too, is left out. `.import` cannot name columns, so the
//! file's five go through a view and its trigger. Unchecked: no row is looked at, nothing is hashed. A line
//! of its own tells what the table `payout` alone would take, which knows no reference again.
//!
//! Inside the clock of a check: one `payoutd check` from start to end, without a ledger.
//!
//! Must never: let one side find in the page cache what the other had to read: both come after the file
//! was written, in turns.

use super::house::{House, folder, payoutd, until};
use super::measure::{grouped, has, median, peak_of, run};
use super::table::Line;
use payoutd::clock::{Clock, SystemClock};
use payoutd::intake::admit::{Admission, Took};
use payoutd::intake::inbox::{Inbox, InboxSettings};
use payoutd::intake::terms::{AdmitSettings, FileRules, Guard};
use payoutd::ledger::{Identity, Ledger};
use payoutd::payout::aside::ZeroRows;
use payoutd::payout::money::Amount;
use payoutd::payroll::{ColumnNames, Limits};
use payoutd::words::Language;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

const ROWS: usize = 1_000_000;
const ROUNDS: usize = 3;
const SEED: u64 = 20_260_731;

/// Nothing is sent before the bench is over, and a file is noticed as soon as can be.
const SETTINGS: &str =
    "[intake]\nsettle = \"1ms\"\nrescan = \"10ms\"\nstart_after = \"24h\"\n[approval]\nabove = \"none\"\n";

/// What of our own DDL the columns of the file go into.
#[derive(Clone, Copy)]
enum Into {
    PayoutsAndReferences,
    PayoutsAlone,
}

impl Into {
    fn statements(self) -> String {
        let references = match self {
            Into::PayoutsAndReferences => {
                "INSERT INTO reference (reference, payout) VALUES (NEW.reference, last_insert_rowid());"
            }
            Into::PayoutsAlone => "",
        };
        format!("{INTO_PAYOUTS} {references} END;")
    }
}

const INTO_PAYOUTS: &str =
    "CREATE TEMP VIEW incoming AS SELECT reference, receiver, amount, description, name FROM payout;
    CREATE TEMP TRIGGER load INSTEAD OF INSERT ON incoming BEGIN
        INSERT INTO payout (batch, line, reference, receiver, amount, description, name, other, digest, state, events,
            attempts, may_have_been_paid)
        VALUES (1, 0, NEW.reference, NEW.receiver, CAST(round(NEW.amount * 100) AS INTEGER), NEW.description, NEW.name,
            '', x'', 'queued', 0, 0, 'no');";

/// A small generator of our own: the same file on every machine.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }
}

#[derive(Clone, Copy)]
enum References {
    Sequential,
    Random,
}

/// About 65 bytes a row.
fn write_file(path: &Path, rows: usize, references: References) {
    let given = ["Marie", "Jean", "Rose", "Wilner", "Guerda", "Pierre", "Nadège", "Frantz"];
    let family = ["Pierre", "Joseph", "Charles", "Baptiste", "Etienne", "Louis", "Saint-Fleur", "Désir"];
    let mut dice = Dice(SEED);
    let mut file = BufWriter::new(std::fs::File::create(path).expect("a file"));
    writeln!(file, "reference,receiver,amount,description,name").expect("the header");
    for row in 0..rows {
        match references {
            References::Sequential => write!(file, "2026-07-{row:08},"),
            References::Random => write!(file, "P{:015x},", dice.next() >> 4),
        }
        .expect("a reference");
        let receiver = 30_000_000 + dice.below(20_000_000);
        let (gourdes, centimes) = (500 + dice.below(60_000), dice.below(100));
        let (first, last) = (given[dice.below(8) as usize], family[dice.below(8) as usize]);
        writeln!(file, "{receiver},{gourdes}.{centimes:02},Salary July 2026,{first} {last}").expect("a row");
    }
    file.into_inner().expect("it is written").sync_all().expect("it is on disk");
}

/// What was measured of one file in one round.
struct Round {
    intake: f64,
    import: f64,
    import_alone: f64,
    check: f64,
    intake_peak: u64,
    check_peak: u64,
}

impl Round {
    fn of(file: &Path) -> Round {
        let import_alone = import(file, Into::PayoutsAlone);
        let (intake, intake_peak) = intake(file);
        let (import, (check, check_peak)) = (import(file, Into::PayoutsAndReferences), check(file));
        Round { intake, import, import_alone, check, intake_peak, check_peak }
    }
}

/// Seconds, and the most memory that the daemon had.
fn intake(file: &Path) -> (f64, u64) {
    // Nobody listens there: nothing but the balance is asked for.
    let house = House::build("127.0.0.1:9", SETTINGS);
    std::fs::copy(file, house.path().join("july.csv")).expect("a copy");
    let mut daemon = house.start();
    until("payoutd is up", || house.place("STATUS.txt").exists());
    let began = Instant::now();
    std::fs::rename(house.path().join("july.csv"), house.place("inbox").join("july.csv")).expect("it is dropped");
    let accepted = house.place("accepted");
    until("the batch is admitted", || std::fs::read_dir(&accepted).expect("accepted/").next().is_some());
    let seconds = began.elapsed().as_secs_f64();
    let peak = peak_of(&daemon.0);
    daemon.end();
    (seconds, peak)
}

fn import(file: &Path, into: Into) -> f64 {
    let folder = folder();
    let database = folder.path().join("import.sqlite3");
    let schema = concat!(env!("CARGO_MANIFEST_DIR"), "/src/ledger/schema.sql");
    let laid =
        run(Command::new("sqlite3").arg(&database).args(["PRAGMA journal_mode = WAL", &format!(".read {schema}")]));
    assert!(laid.status.success(), "the schema is laid out");
    let load = format!(".import --csv --skip 1 '{}' incoming", file.display());
    let loaded =
        run(Command::new("sqlite3").arg(&database).args(["PRAGMA synchronous = FULL", &into.statements(), &load]));
    assert!(loaded.status.success(), "it is imported");
    loaded.wall.as_secs_f64()
}

fn check(file: &Path) -> (f64, u64) {
    let folder = folder();
    let checked = run(payoutd().arg("check").arg(file).current_dir(folder.path()).stderr(std::process::Stdio::null()));
    assert!(checked.status.success(), "the file is in order");
    (checked.wall.as_secs_f64(), checked.peak_kib)
}

/// Milliseconds of each slice of an admission, in this process: what a turn of the engine may have to wait.
fn slices(file: &Path) -> Vec<f64> {
    let folder = folder();
    let clock = SystemClock::new();
    let batches = folder.path().join("batches");
    let settings = InboxSettings { settle: Duration::from_millis(1), rescan: Duration::from_millis(10) };
    let inbox = Inbox::open(&batches, settings).expect("an inbox");
    let owner = Identity { environment: "simulator".into(), host: "127.0.0.1:9".into(), account: "bench".into() };
    let mut ledger = Ledger::open(&folder.path().join("state"), &owner, clock.now()).expect("a ledger").ledger;
    let limits = Limits {
        max_amount: Amount::from_centimes(7_500_000),
        min_amount: Amount::from_centimes(100),
        max_batch_amount: None,
        zero: ZeroRows::Refuse,
    };
    let mut admission = Admission::new(
        inbox,
        AdmitSettings {
            file: FileRules { limits, columns: ColumnNames::default() },
            language: Language::English,
            paid_already_within: Some(Duration::from_secs(20 * 86_400)),
            paid_already: Guard::Hold,
            guards: payoutd::intake::guards::GuardSettings::off(),
            approval_above: None,
            start_after: Duration::ZERO,
            seed: SEED,
        },
    );
    std::fs::copy(file, batches.join("inbox/july.csv")).expect("a copy");
    let mut slices = Vec::new();
    loop {
        let began = Instant::now();
        let took = admission.slice(&mut ledger, clock.now()).expect("a slice");
        slices.push(began.elapsed().as_secs_f64() * 1_000.0);
        match took {
            Took::More | Took::Nothing { .. } => {}
            Took::Admitted(_) => break,
            Took::Rejected(_) => panic!("the file is in order"),
        }
    }
    slices
}

fn slices_line(file: &Path) -> Line {
    let mut found = slices(file);
    found.sort_by(f64::total_cmp);
    let at = |part: f64| found[((found.len() - 1) as f64 * part) as usize];
    let told = format!("99 % within {:.1} ms, longest {:.1} ms", at(0.99), at(1.0));
    Line {
        ours: format!("{} slices", grouped(found.len() as f64)),
        told,
        ..Line::left_out("slices of that intake, between which the paying goes on", "")
    }
}

fn seconds(figure: f64) -> String {
    format!("{figure:.2} s")
}

pub fn measure() -> Vec<Line> {
    let folder = folder();
    let mut lines = Vec::new();
    let kinds = [
        (References::Sequential, "intake of 1,000,000 rows, sequential references"),
        (References::Random, "the same, random references"),
    ];
    let mut checks = None;
    for (references, what) in kinds {
        let file = folder.path().join("july.csv");
        write_file(&file, ROWS, references);
        if !has("sqlite3") {
            lines.push(Line::left_out(what, "sqlite3 is not there"));
            continue;
        }
        let rounds: Vec<Round> = (0..ROUNDS).map(|_| Round::of(&file)).collect();
        let of = |pick: &dyn Fn(&Round) -> f64| median(rounds.iter().map(pick).collect());
        let peak = |pick: &dyn Fn(&Round) -> u64| rounds.iter().map(pick).max().unwrap_or(0);
        let imported = format!("`.import`: {}", seconds(of(&|round| round.import)));
        let ratio = of(&|round| round.import / round.intake);
        let line = Line::ratio(what, seconds(of(&|round| round.intake)), imported.clone(), ratio, 1.0);
        lines.push(line.with_peak(peak(&|round| round.intake_peak)));
        let alone = format!("`.import` into the table of payouts alone: {}", seconds(of(&|round| round.import_alone)));
        let ratio_alone = of(&|round| round.import_alone / round.intake);
        let ours = seconds(of(&|round| round.intake));
        // Without `reference` the two kinds of file would not differ.
        lines.push(Line::ratio("the same, beside less", ours, alone, ratio_alone, 1.0).without_target());
        let (what, ratio) = ("`payoutd check` of the same file", of(&|round| round.import / round.check));
        let line = Line::ratio(what, seconds(of(&|round| round.check)), imported, ratio, 4.0);
        checks = Some(line.with_peak(peak(&|round| round.check_peak)));
    }
    lines.extend(checks);
    lines.push(slices_line(&folder.path().join("july.csv")));
    lines
}
