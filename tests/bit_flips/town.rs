//! A ledger in the middle of its payrolls, made by the real engine: payouts in every state, five
//! batches that nobody may send from for five reasons, orders answered and waiting; and copies of
//! its state folder at several moments.
//!
//! Must never: write into the ledger but by the product.

use super::house::{self, House, SECOND, retry, rows};
use super::moncash::{Act, Said};
use super::pages::Map;
use super::{answers, trial};
use payoutd::engine::{Ending, Settings, Until};
use payoutd::ledger::FILE;
use payoutd::ledger::rows::NewRow;
use payoutd::payout::batch::{Approval, BatchEvent};
use payoutd::payout::order::{Target, Verb};
use payoutd::payout::state::{BatchId, StateWord};
use std::path::Path;
use std::time::Duration;

/// Short, so that a doubt is settled within a trial.
const GRACE: Duration = Duration::from_secs(20);

/// The state folder at one moment, as a disk holds it.
#[derive(Clone)]
pub struct Image {
    pub name: &'static str,
    pub files: Vec<(String, Vec<u8>)>,
    /// World time of the moment.
    pub at_ms: u64,
}

impl Image {
    pub fn of(name: &'static str, state: &Path, at_ms: u64) -> Image {
        let mut files: Vec<(String, Vec<u8>)> = std::fs::read_dir(state)
            .unwrap()
            .flatten()
            .map(|entry| (entry.file_name().to_string_lossy().into_owned(), std::fs::read(entry.path()).unwrap()))
            .filter(|(name, _)| !name.ends_with("-shm"))
            .collect();
        files.sort();
        Image { name, files, at_ms }
    }

    pub fn file(&self, name: &str) -> &[u8] {
        self.files.iter().find(|(of, _)| of == name).map_or(&[], |(_, bytes)| bytes)
    }

    pub fn wal() -> String {
        format!("{FILE}-wal")
    }

    pub fn put(&self, state: &Path) {
        for (name, bytes) in &self.files {
            std::fs::write(state.join(name), bytes).unwrap();
        }
    }

    pub fn map(&self) -> Map {
        Map::of(self.file(FILE), &trial::roots(self))
    }
}

pub struct Town {
    /// At rest: what was queued may go, all of the log is copied back.
    pub rest: Image,
    /// The same moment with the process just killed: the last commits lie in the log alone.
    pub killed: Image,
    /// Paused by a person.
    pub paused: Image,
    /// Called older than its last send, and nobody has looked.
    pub distrusted: Image,
    /// Earlier moments, the log copied back: what a lost write leaves.
    pub earlier: Vec<Vec<u8>>,
    /// What was dropped: every row that was ever admitted.
    pub dropped: Vec<NewRow>,
    /// Debited before the images were taken.
    pub debited: Vec<(String, i64)>,
}

/// What nobody may send from the images on: paid, declined, cancelled, held, on hold, awaiting
/// approval, not yet due.
pub const NEVER: [&str; 8] = ["C", "A", "D1", "H", "W", "S", "Q6", "Q7"];

pub fn settings() -> Settings {
    let mut settings = house::settings();
    tune(&mut settings);
    settings
}

/// Nothing is asked before a first Transfert: MonCash's memory must not cover for the ledger's.
fn tune(settings: &mut Settings) {
    settings.policy.check_first = false;
    settings.policy.proof.grace = GRACE;
    settings.policy.proof.not_found_answers = 2;
    settings.policy.ask_every = 2 * SECOND;
    settings.policy.ask_at_most_every = 5 * SECOND;
    settings.balance_lag = SECOND;
}

/// The same row with every cell filled.
fn full(mut row: NewRow) -> NewRow {
    row.name = format!("Person of {}", row.instruction.reference);
    row.instruction.description = "August".to_string();
    row
}

fn payroll(prefix: &str, n: u32, htg: i64) -> Vec<NewRow> {
    rows(prefix, n, htg).into_iter().map(full).collect()
}

struct Builder {
    house: House,
    dropped: Vec<NewRow>,
}

impl Builder {
    fn admit(&mut self, rows: &[NewRow], change: impl FnOnce(&mut BatchEvent)) -> BatchId {
        self.dropped.extend_from_slice(rows);
        let digest = trial::digest_of_next(&mut self.house, rows);
        self.house.admit_as(rows, |event| {
            if let BatchEvent::Admitted { rows_digest, .. } = event {
                rows_digest.clone_from(&digest);
            }
            change(event);
        })
    }

    /// The process dies, and a command applies what was ordered without sending.
    async fn obey(&mut self) {
        self.house.restart();
        assert_eq!(self.house.run_to_end(Until::OrdersObeyed).await.unwrap(), Ending::Done);
        self.house.crash();
    }

    fn image(&self, name: &'static str) -> Image {
        Image::of(name, self.house.folder.path(), self.house.clock.world_ms())
    }

    fn order_payout(&self, verb: Verb, reference: &str) {
        let payout = self.house.payout(reference);
        let seen = payout.state.word().as_str().to_string();
        self.house.post(verb, Target::Payout { id: payout.id.0, seen, seen_events: payout.events });
    }
}

pub async fn build() -> Town {
    let mut town = Builder { house: House::with(tune), dropped: Vec::new() };
    // Left in the middle of its payrolls; the trials judge what becomes of it.
    town.house.judged = false;
    town.admit(&payroll("C", 30, 100), |_| {});
    town.admit(&payroll("A", 4, 700), |_| {});
    let moncash = town.house.moncash.clone();
    moncash.script("A3", [Act::says(403, answers::refused(403, answers::FULL))]);
    let odd = answers::transfer_as("T-ODD", "11.00", "50937000001");
    moncash.script("A4", [Act { said: Said::Http(200, odd), ..Act::paid() }]);
    town.house
        .run_until(Duration::from_secs(120), |house| {
            house.word("C30") == StateWord::Paid
                && house.word("A2") == StateWord::Paid
                && house.word("A3") == StateWord::Declined
                && house.word("A4") == StateWord::Held
        })
        .await;
    town.house.crash();
    let first = town.image("first").file(FILE).to_vec();

    // Two calls are under way when the process dies: one of them paid.
    town.house.start();
    town.admit(&payroll("D", 2, 300), |_| {});
    moncash.script("D1", [Act { answer: Duration::from_secs(60), ..Act::paid_unheard() }]);
    moncash.script("D2", [Act { answer: Duration::from_secs(60), ..Act::lost() }]);
    town.house.run_until(SECOND * 30, |house| house.moncash.transfers_of("D2").len() == 1).await;
    town.house.crash();
    town.house.post(Verb::Pause, Target::House);
    town.obey().await;

    town.house.start();
    let hold = town.admit(&payroll("H", 3, 400), |_| {});
    town.admit(&payroll("W", 3, 500), |event| {
        if let BatchEvent::Admitted { approval, .. } = event {
            *approval = Approval::Awaited;
        }
    });
    town.admit(&[full(retry("A3.r2", "A3", 700))], |_| {});
    town.admit(&payroll("Q", 8, 600), |_| {});
    town.admit(&payroll("S", 2, 800), |event| {
        if let BatchEvent::Admitted { start, .. } = event {
            start.0 += 86_400_000;
        }
    });
    town.house.crash();
    let second = town.image("second").file(FILE).to_vec();
    town.house.post(Verb::Hold, Target::Batch { id: hold.0, seen: "waiting".to_string() });
    town.order_payout(Verb::Cancel, "Q6");
    town.order_payout(Verb::Hold, "Q7");
    town.obey().await;
    assert!(town.house.batch(hold).hold.is_some());
    let paused = town.image("paused");
    town.house.post(Verb::Resume, Target::House);
    town.obey().await;
    // An order that nobody has answered yet.
    town.order_payout(Verb::Hold, "Q8");
    town.house.start();
    let killed = town.image("killed");
    town.house.crash();
    let rest = town.image("rest");
    town.house.post(Verb::Distrust, Target::House);
    town.obey().await;
    let distrusted = town.image("distrusted");
    let debited = town
        .dropped
        .iter()
        .map(|row| &row.instruction)
        .filter(|order| moncash.debits_of(order.reference.as_str()) > 0)
        .map(|order| (order.reference.to_string(), order.amount.centimes()))
        .collect();
    Town { rest, killed, paused, distrusted, earlier: vec![first, second], dropped: town.dropped, debited }
}
