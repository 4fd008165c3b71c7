//! The settings, one struct a section of the file, one field a key, with its unit.
//!
//! Must never: hold a value that `read` and `check` have not bounded. Defaults stand in `read`.

use super::units::Rate;
use crate::payout::aside::ZeroRows;
use crate::payout::hours::PaymentHours;
use crate::payout::money::Amount;
use crate::payout::terms::{Act, SameNumber};
use crate::words::Language;
use jiff::civil::Time;
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

/// Whose money moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Environment {
    /// Nobody's: the simulator answers.
    Simulator,
    /// Nobody's: MonCash's test system answers.
    Sandbox,
    /// The prefunded account's.
    Live,
}

impl Environment {
    /// The word used in the file, in the ledger and in `status`.
    pub fn as_str(self) -> &'static str {
        match self {
            Environment::Simulator => "simulator",
            Environment::Sandbox => "sandbox",
            Environment::Live => "live",
        }
    }

    /// The host of MonCash's that belongs to it ("REST API HOST" of the API document).
    pub(super) fn host(self) -> Option<&'static str> {
        match self {
            Environment::Simulator => None,
            Environment::Sandbox => Some("sandbox.moncashbutton.digicelgroup.com"),
            Environment::Live => Some("moncashbutton.digicelgroup.com"),
        }
    }
}

impl fmt::Display for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// `[moncash]`: which account, where.
#[derive(Clone, Debug)]
pub struct Moncash {
    pub environment: Environment,
    /// Where the REST API is, without a slash at its end. `None` only with the simulator, and means
    /// the one inside this process.
    pub base_url: Option<String>,
    /// Client id of the prefunded account (not of the collection account).
    pub client_id: String,
    /// File with the secret, if one is named. Read by `Config::read_secret`.
    pub client_secret_file: Option<PathBuf>,
    /// For connecting, TLS included. Shorter than `request_timeout`.
    pub connect_timeout: Duration,
    /// For a whole call.
    pub request_timeout: Duration,
}

/// `[engine]`: how fast, how many at a time.
#[derive(Clone, Debug)]
pub struct Engine {
    /// Transfert calls.
    pub transfers_per_second: Rate,
    /// Status, balance and customer calls.
    pub queries_per_second: Rate,
    /// Calls under way at one moment.
    pub max_in_flight: usize,
    /// How long a stop waits for calls under way.
    pub drain: Duration,
    /// When money may leave, in local time.
    pub hours: PaymentHours,
}

/// `[folders]`: absolute paths.
#[derive(Clone, Debug)]
pub struct Folders {
    /// Holds `inbox`, `processing`, `accepted`, `rejected`, `reports`.
    pub batches: PathBuf,
    /// Holds the ledger. Nobody else writes there.
    pub state: PathBuf,
}

/// `[intake]`: when a file is taken, and when it is paid.
#[derive(Clone, Debug)]
pub struct Intake {
    /// A file is taken once its size and modification time stood still this long.
    pub settle: Duration,
    /// How often the inbox is looked through, whatever the kernel's hints say.
    pub rescan: Duration,
    /// Time to regret, between admission and the first Transfert.
    pub start_after: Duration,
    /// The sheet of a workbook that is paid from; `None`: the only one that holds anything.
    pub sheet: Option<String>,
    /// What becomes of rows whose amount is zero.
    pub zero: ZeroRows,
}

/// What follows when MonCash has said often enough that it knows nothing of a payout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AfterNotFound {
    /// It is sent again, under all the conditions of a proof.
    Retry,
    /// It is held for a person, unless the first call never left.
    Hold,
}

/// What the guard against paying a person twice does to a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PaidAlready {
    Hold,
    Warn,
}

/// `[safety]`: what keeps money from moving twice.
#[derive(Clone, Debug)]
pub struct Safety {
    /// Ask the status call before a reference's first Transfert too. Always true in live.
    pub check_first: bool,
    pub after_not_found: AfterNotFound,
    /// How long "not found" proves nothing after a call whose end was seen. At least 30 min in live.
    pub grace: Duration,
    /// How many "not found" after the grace make a proof.
    pub not_found_answers: u32,
    /// First wait between questions about a doubt; grows to `ask_at_most_every`.
    pub ask_every: Duration,
    pub ask_at_most_every: Duration,
    /// How long a doubt is asked about while MonCash is reachable; then it is held.
    pub ask_for: Duration,
    /// A payout not sent within this time of its admission is held.
    pub queued_for: Duration,
    /// Transferts for one reference, the first included; then held.
    pub attempts: u32,
    /// So many equal refusals in a row stop the sending.
    pub equal_refusals: u32,
    /// Messages of refusals that decline a payout after one accepted negative, besides those that the
    /// API document shows. Compared whole, without case.
    pub also_declines: Vec<String>,
    /// The same person and amount paid in another batch within this time is suspicious; `None` = off.
    pub paid_already_within: Option<Duration>,
    pub paid_already: PaidAlready,
    /// Free disk space in bytes under which nothing is sent.
    pub min_free: u64,
}

/// `[balance]`: what may be spent.
#[derive(Clone, Debug)]
pub struct Balance {
    /// The prefunded balance never goes under it through our doing.
    pub floor: Amount,
    /// MonCash's fee on top of each transfer, in parts per million of the amount (3 % is 30000).
    pub fee_ppm: u32,
    /// MonCash's fee on top of each transfer, whatever the amount.
    pub fee_fixed: Amount,
    /// How often the balance is read while it is too low.
    pub poll: Duration,
    /// How late a debit may show in a reading.
    pub balance_lag: Duration,
}

/// `[columns]`: what columns are called in the files of this house, besides the names that payoutd knows.
#[derive(Clone, Debug, Default)]
pub struct Columns {
    pub reference: Option<ReferenceFrom>,
    pub receiver: Option<Vec<String>>,
    pub amount: Option<Vec<String>>,
    pub description: Option<Vec<String>>,
    pub name: Option<Vec<String>>,
    pub retry_of: Option<Vec<String>>,
}

/// Where a row's reference comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReferenceFrom {
    /// The column of one of these names.
    Columns(Vec<String>),
    /// Put together where a file has no such column: texts, and cells of columns.
    Pieces(Vec<ReferencePiece>),
}

/// A piece of a reference that is put together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReferencePiece {
    Text(String),
    Column(String),
}

/// `[limits]`: what a batch file may order.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Most for one payout.
    pub max_amount: Amount,
    /// Least for one payout.
    pub min_amount: Amount,
    /// Most for one batch; `None` = no limit.
    pub max_batch_amount: Option<Amount>,
}

/// By whose habits the files for people are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Dialect {
    /// Commas, decimal points, receivers with 509.
    #[default]
    Plain,
    /// As the batch's file came: its separator, decimal mark and byte-order mark; receivers as 8 digits.
    AsReceived,
}

/// `[reports]`: what people read, and how it is written.
#[derive(Clone, Copy, Debug, Default)]
pub struct Reports {
    /// Of reports and retry files. An errors file always has its file's separator.
    pub dialect: Dialect,
    /// Of summaries, STATUS.txt, headings and reasons. Words for scripts stay what they are.
    pub language: Language,
}

/// `[reconcile]`: what is compared with MonCash without being asked for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Reconcile {
    /// At this time of the day, in the machine's zone, the days since the last one; `None`: only by hand.
    pub daily: Option<Time>,
    /// From this time on the first day of a month, the month before as a whole; `None`: only by hand.
    pub monthly: Option<Time>,
}

/// `[guards]`: what is looked for in a payroll before harm is done.
#[derive(Clone, Copy, Debug)]
pub struct Guards {
    pub same_number: SameNumber,
    pub missing: Act,
    pub new_people: Act,
    pub changed_number: Act,
    pub changed_amount: Act,
    /// How many times as much, or as little, is far; in hundredths.
    pub change_factor: u32,
    pub period: Act,
    pub new_layout: Act,
    pub over_wallet: Act,
    /// Most that a wallet may hold.
    pub wallet_limit: Amount,
    pub shortfall: Act,
    /// CustomerStatus of every receiver, in previews; never holds.
    pub customer_status: Act,
}

/// `[approval]`: which batches wait for a person.
#[derive(Clone, Debug)]
pub struct Approval {
    /// Where the batches of one day come to more, they wait for approval. `None`: none waits; zero: all do.
    pub above: Option<Amount>,
    /// Whoever dropped a batch does not approve it.
    pub four_eyes: bool,
}
