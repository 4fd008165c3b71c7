//! One trial: a state folder with something damaged in it, the real ledger and the real engine on
//! it, and the judgement by what MonCash was asked to pay and by what a report would say.
//!
//! Must never: judge by anything that the product says about its own payments.

use super::clock::WorldClock;
use super::damage::Damage;
use super::house::{House, SECOND};
use super::moncash::{MonCash, MonCashLine};
use super::town::{Image, NEVER, Town, settings};
use payoutd::clock::Clock;
use payoutd::engine::{Bell, Engine, Until};
use payoutd::ledger::rows::{NewRow, ReportRow};
use payoutd::ledger::{FILE, Ledger, LedgerError, Reader, verify};
use payoutd::moncash::gateway::{Call, Gateway};
use payoutd::payout::batch::Batch;
use payoutd::payout::instruction::{Account, Instruction, Reference};
use payoutd::payout::reply::Reply;
use payoutd::payout::state::StateWord;
use sha2::{Digest, Sha256};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;

/// Long enough for every doubt to be settled.
const LIFE: std::time::Duration = std::time::Duration::from_secs(60);

/// Far more turns than a life has: the clock of a loop that never waits stands still.
const MOST_TURNS: u32 = 20_000;

/// Where damage was noticed first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Noticed {
    AtOpen,
    Suspicion,
    WhilePaying,
    InReport,
    ByVerifyOnly,
    Never,
}

pub struct Verdict {
    pub noticed: Noticed,
    pub by_verify: bool,
    /// What was said about it.
    pub words: String,
    /// Paid wrongly, or told wrongly, with nobody told.
    pub wrong: Vec<String>,
}

/// What came of a life on an image.
#[derive(Clone, Default)]
pub struct Outcome {
    pub sent: Vec<Instruction>,
    pub rows: BTreeMap<String, ReportRow>,
    pub batches: Vec<Batch>,
}

/// Writes down every Transfert as it would have arrived at MonCash.
struct Witness {
    line: MonCashLine,
    turns: Cell<u32>,
    sent: Rc<RefCell<Vec<Instruction>>>,
}

impl Gateway for Witness {
    fn transfer(&self, instruction: &Instruction) -> Call {
        self.sent.borrow_mut().push(instruction.clone());
        self.line.transfer(instruction)
    }

    fn status(&self, reference: &Reference) -> Call {
        self.line.status(reference)
    }

    fn balance(&self) -> Call {
        self.line.balance()
    }

    fn customer(&self, account: Account) -> Call {
        self.line.customer(account)
    }

    fn ready(&self) -> bool {
        self.turns.set(self.turns.get() + 1);
        assert!(self.turns.get() < MOST_TURNS, "the loop turns without waiting for anything");
        self.line.ready()
    }

    fn prepare(&self) -> Pin<Box<dyn Future<Output = Option<Reply>>>> {
        self.line.prepare()
    }
}

/// How a life ended.
enum End {
    NotOpened(LedgerError),
    Suspected(String),
    Stopped(String),
    Lived,
}

/// A life on an image as it is.
pub fn undamaged(town: &Town, image: &Image) -> Outcome {
    let folder = folder();
    image.put(folder.path());
    let (end, sent) = live(town, image, folder.path());
    assert!(matches!(end, End::Lived | End::Suspected(_)), "an undamaged ledger was not opened");
    read(folder.path(), sent).expect("an undamaged ledger is readable")
}

pub fn try_it(town: &Town, image: &Image, expected: &Outcome, damage: &Damage) -> Verdict {
    let folder = folder();
    image.put(folder.path());
    let path = folder.path().join(damage.file);
    let mut bytes = std::fs::read(&path).unwrap_or_default();
    damage.apply(&mut bytes);
    std::fs::write(&path, &bytes).unwrap();
    let (by_verify, verify_words) = match verify(folder.path(), &[]) {
        Ok(findings) => (!findings.is_clean(), findings.problems.first().cloned().unwrap_or_default()),
        Err(error) => (true, error.to_string()),
    };
    let _ = std::fs::remove_file(folder.path().join(format!("{FILE}-shm")));
    let already = image.name == "distrusted";
    let (end, sent) = live(town, image, folder.path());
    let mut wrong = Vec::new();
    let told = |noticed, words: String| (Some(noticed), words);
    let (noticed, words) = match end {
        End::NotOpened(error) => told(Noticed::AtOpen, error.to_string()),
        End::Suspected(_) if already => (None, String::new()),
        End::Suspected(why) => told(Noticed::Suspicion, why),
        End::Stopped(why) => told(Noticed::WhilePaying, why),
        End::Lived => (None, String::new()),
    };
    // Whatever was noticed: nobody is paid wrongly before.
    wrong.extend(paid_wrongly(town, image, &sent));
    let (noticed, words) = match (noticed, read(folder.path(), sent.clone())) {
        (Some(noticed), _) => (noticed, words),
        (None, Err(error)) => (Noticed::InReport, error.to_string()),
        (None, Ok(outcome)) => {
            wrong.extend(differs(&outcome, expected));
            let noticed = if by_verify { Noticed::ByVerifyOnly } else { Noticed::Never };
            (noticed, verify_words)
        }
    };
    Verdict { noticed, by_verify, words, wrong }
}

fn folder() -> tempfile::TempDir {
    support::folder(env!("CARGO_TARGET_TMPDIR"))
}

fn live(town: &Town, image: &Image, state: &std::path::Path) -> (End, Vec<Instruction>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    let sent: Rc<RefCell<Vec<Instruction>>> = Rc::default();
    let end = runtime.block_on(async {
        let clock = WorldClock::new();
        clock.sleep(std::time::Duration::from_millis(image.at_ms) + SECOND);
        let moncash = MonCash::new(clock.clone(), 1_000_000);
        for (reference, centimes) in &town.debited {
            moncash.pay_behind_our_back(reference, *centimes);
        }
        let opened = match Ledger::open(state, &House::identity(), clock.now()) {
            Ok(opened) => opened,
            Err(error) => return End::NotOpened(error),
        };
        let suspicion = opened.suspicion.clone();
        let witness = Rc::new(Witness { line: MonCashLine(moncash), turns: Cell::new(0), sent: sent.clone() });
        let mut engine = match Engine::open(opened.ledger, witness, clock.clone(), settings(), opened.suspicion) {
            Ok(engine) => engine,
            Err(error) => return End::NotOpened(error),
        };
        let (stop, wake) = (Bell::default(), Bell::default());
        match engine.run(Until::NothingMoves { for_at_most: Some(LIFE) }, &stop, &wake, &mut []).await {
            Err(error) => End::Stopped(error.to_string()),
            Ok(_) => suspicion.map_or(End::Lived, |why| End::Suspected(why.to_string())),
        }
    });
    let sent = sent.borrow().clone();
    (end, sent)
}

/// By MonCash's own books against the files that were dropped: what must not have happened.
fn paid_wrongly(town: &Town, image: &Image, sent: &[Instruction]) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut debits: BTreeMap<String, u32> = BTreeMap::new();
    for (reference, _) in &town.debited {
        *debits.entry(reference.clone()).or_default() += 1;
    }
    for order in sent {
        let reference = order.reference.to_string();
        let row = town.dropped.iter().map(|row| &row.instruction).find(|row| row.reference == order.reference);
        match row {
            None => wrong.push(format!("{reference} was sent and is in no file")),
            Some(row) if (row.receiver, row.amount) != (order.receiver, order.amount) => {
                wrong.push(format!("{reference} was sent with another receiver or amount than the file's"));
            }
            Some(_) => {}
        }
        *debits.entry(reference.clone()).or_default() += 1;
        let shut = ["paused", "distrusted"].contains(&image.name) || is_never(&reference) || reference == "Q8";
        if shut && !wrong.iter().any(|told| told.starts_with(&reference)) {
            wrong.push(format!("{reference} was sent although it must not be"));
        }
    }
    wrong.extend(
        debits.iter().filter(|(_, n)| **n > 1).map(|(reference, n)| format!("{reference} was debited {n} times")),
    );
    wrong
}

fn is_never(reference: &str) -> bool {
    NEVER.iter().any(|prefix| {
        let digits = |rest: &str| rest.chars().all(|c| c.is_ascii_digit());
        reference == *prefix || (prefix.len() == 1 && reference.strip_prefix(prefix).is_some_and(digits))
    })
}

/// What would be told and done otherwise than on the undamaged ledger.
fn differs(outcome: &Outcome, expected: &Outcome) -> Vec<String> {
    let mut wrong = Vec::new();
    let names = |sent: &[Instruction]| {
        let mut names: Vec<String> = sent.iter().map(|order| order.reference.to_string()).collect();
        names.sort();
        names
    };
    if names(&outcome.sent) != names(&expected.sent) {
        wrong.push(format!("sent {:?} instead of {:?}", names(&outcome.sent), names(&expected.sent)));
    }
    for (reference, row) in &expected.rows {
        match outcome.rows.get(reference) {
            None => wrong.push(format!("{reference} is in no report")),
            Some(told) if told != row => wrong.push(format!("{reference} is told otherwise: {}", apart(told, row))),
            Some(_) => {}
        }
    }
    if outcome.rows.len() > expected.rows.len() {
        wrong.push("rows are told that nobody dropped".to_string());
    }
    let strip = |batches: &[Batch]| {
        let mut batches = batches.to_vec();
        batches.iter_mut().for_each(|batch| batch.last_event = 0);
        batches
    };
    let (ours, theirs) = (strip(&outcome.batches), strip(&expected.batches));
    if ours != theirs {
        let odd = ours.iter().zip(&theirs).find(|(a, b)| a != b);
        let odd = odd.map_or_else(|| format!("{} of {}", ours.len(), theirs.len()), |(a, b)| apart(a, b));
        wrong.push(format!("a batch is told otherwise: {odd}"));
    }
    wrong
}

/// Where two things begin to differ.
fn apart(told: &impl std::fmt::Debug, should: &impl std::fmt::Debug) -> String {
    const AROUND: usize = 60;
    let (told, should) = (format!("{told:?}"), format!("{should:?}"));
    let same = told.chars().zip(should.chars()).take_while(|(a, b)| a == b).count();
    let near = |text: &str| text.chars().skip(same.saturating_sub(AROUND)).take(2 * AROUND).collect::<String>();
    format!("…{}… instead of …{}…", near(&told), near(&should))
}

/// Every batch and every row as reports tell them.
fn read(state: &std::path::Path, sent: Vec<Instruction>) -> Result<Outcome, LedgerError> {
    let reader = Reader::open(state)?;
    let mut outcome = Outcome { sent, ..Outcome::default() };
    outcome.batches = reader.batches_latest(100)?;
    for batch in &outcome.batches {
        let rows = reader.rows(batch.id, None, 10_000)?;
        // What a report compares before it is put in place.
        let adds_up = StateWord::ALL.into_iter().all(|word| {
            let count = rows.iter().filter(|row| row.status == word).count();
            batch.tally.count(word) as usize == count
        });
        if !adds_up || rows.len() != batch.rows as usize {
            return Err(LedgerError::Contradiction(format!("the rows of batch {} do not add up", batch.id)));
        }
        for row in rows {
            let reference = row.reference.to_string();
            if outcome.rows.insert(reference.clone(), row).is_some() {
                return Err(LedgerError::Contradiction(format!("{reference} is told twice")));
            }
        }
    }
    Ok(outcome)
}

/// Name and root page of everything in an image's schema.
pub fn roots(image: &Image) -> Vec<(String, usize)> {
    with_database(image, |connection| {
        let mut statement = connection.prepare("SELECT name, rootpage FROM sqlite_schema WHERE rootpage > 0").unwrap();
        let found = statement
            .query_map([], |row| Ok((row.get(0)?, usize::try_from(row.get::<_, i64>(1)?).unwrap_or(0))))
            .unwrap();
        let mut roots: Vec<(String, usize)> = found.map(Result::unwrap).collect();
        roots.push(("sqlite_schema".to_string(), 1));
        roots
    })
}

/// What the image's ledger says, as its bytes lie in the file: name and bytes.
pub fn values(image: &Image) -> Vec<(String, Vec<u8>)> {
    const COLUMNS: [(&str, &str); 9] = [
        (
            "payout",
            "reference, receiver, amount, description, name, digest, state, first_sent_at, settled_at, \
          transaction_id, confirmed_by, held_for, words, may_have_been_paid, retry_of",
        ),
        ("event", "at, body, hash, kind"),
        ("batch", "file, sha256, amount, received, admitted, approval, hold, start, completed, freed"),
        ("meta", "environment, host, account"),
        ("standing", "body, balance, balance_at"),
        ("orders", "at, body, applied_at, outcome"),
        ("reference", "reference"),
        ("person", "receiver, amount"),
        ("tally", "state, amount"),
    ];
    let mut values: Vec<(String, Vec<u8>)> = Vec::new();
    with_database(image, |connection| {
        for (table, columns) in COLUMNS {
            for column in columns.split(',').map(str::trim) {
                let sql = format!("SELECT DISTINCT {column} FROM {table} WHERE {column} IS NOT NULL");
                let mut statement = connection.prepare(&sql).unwrap();
                let mut rows = statement.query([]).unwrap();
                while let Some(row) = rows.next().unwrap() {
                    let bytes = match row.get_ref(0).unwrap() {
                        rusqlite::types::ValueRef::Integer(number) => integer(number),
                        rusqlite::types::ValueRef::Text(bytes) | rusqlite::types::ValueRef::Blob(bytes) => {
                            bytes.to_vec()
                        }
                        _ => Vec::new(),
                    };
                    if bytes.len() > 1 {
                        values.push((format!("{table}.{column}"), bytes));
                    }
                }
            }
        }
    });
    values
}

/// As SQLite stores it: 1, 2, 3, 4, 6 or 8 bytes.
fn integer(number: i64) -> Vec<u8> {
    let fits = |bytes: u32| (number << (64 - 8 * bytes)) >> (64 - 8 * bytes) == number;
    let length = [1_u32, 2, 3, 4, 6].into_iter().find(|bytes| fits(*bytes)).unwrap_or(8);
    number.to_be_bytes()[8 - length as usize..].to_vec()
}

fn with_database<T>(image: &Image, ask: impl FnOnce(&rusqlite::Connection) -> T) -> T {
    let folder = folder();
    image.put(folder.path());
    ask(&rusqlite::Connection::open(folder.path().join(FILE)).unwrap())
}

/// The digest over the rows' digests, as the intake writes it into the admission. Worked out from
/// the format alone: `verify` must agree.
pub fn digest_of_next(house: &mut House, rows: &[NewRow]) -> String {
    let state = house.folder.path().to_path_buf();
    let connection =
        rusqlite::Connection::open_with_flags(state.join(FILE), rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    let count = |sql: &str| connection.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
    let first = count("SELECT coalesce(max(id), 0) + 1 FROM payout");
    let batch = count("SELECT next_batch FROM meta");
    let mut all = Sha256::new();
    all.update(b"payoutd rows 1");
    for (place, row) in rows.iter().enumerate() {
        let mut fields = Vec::new();
        let mut field = |bytes: &[u8]| {
            fields.extend_from_slice(&(bytes.len() as u64).to_be_bytes());
            fields.extend_from_slice(bytes);
        };
        let order = &row.instruction;
        field(b"payoutd row 1");
        field(&(first + i64::try_from(place).unwrap()).to_be_bytes());
        field(&batch.to_be_bytes());
        field(&i64::from(row.line).to_be_bytes());
        field(order.reference.as_str().as_bytes());
        field(&i64::from(order.receiver.local()).to_be_bytes());
        field(&order.amount.centimes().to_be_bytes());
        field(order.description.as_bytes());
        field(row.name.as_bytes());
        field(b"");
        field(order.retry_of.as_ref().map_or("", Reference::as_str).as_bytes());
        all.update(Sha256::digest(&fields));
    }
    all.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}
