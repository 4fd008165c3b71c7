//! How a simulated MonCash behaves when no fault strikes.
//!
//! Must never: hold anything about a real account.

use super::faults::FaultPlan;
use super::people::Whom;
use super::share::Share;
use crate::payout::money::Amount;
use std::time::Duration;

/// A client id and its secret.
#[derive(Clone, PartialEq, Eq)]
pub struct Client {
    pub id: String,
    pub secret: String,
}

/// Without the secret, so that a stray `{:?}` gives nothing away.
impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Client({})", self.id)
    }
}

/// What Transfert does with a reference that was paid already. Nobody knows what MonCash does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Repeated {
    /// It pays again: the worst case.
    #[default]
    Pays,
    /// It refuses.
    Refused,
}

/// Everything that can be set.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The client of the prefunded account.
    pub client: Client,
    /// A client that may collect but not pay out: 403 "short code does not exist".
    pub collection_client: Option<Client>,
    /// Off: 403 "No short code for user account".
    pub payouts_enabled: bool,
    /// The prefunded balance at the start; 100 million HTG unless set.
    pub balance: Amount,
    /// Taken from the prefunded balance on top of each transfer, rounded up to the centime.
    pub fee_percent: Share,
    pub fee_fixed: Amount,
    /// Most that a wallet may hold; `None` for no limit. 100,000 HTG unless set, MonCash's own limit.
    pub wallet_limit: Option<Amount>,
    pub unknown: Vec<Whom>,
    pub inactive: Vec<Whom>,
    /// Wallets that are full from the start.
    pub full: Vec<Whom>,
    pub repeated: Repeated,
    /// How long a token lives. MonCash: 59 s.
    pub token_life: Duration,
    /// Shortest and longest time before an answer.
    pub latency: (Duration, Duration),
    /// How long after a payment the status call learns of it.
    pub status_lag: Duration,
    /// How old the balance that is read is.
    pub balance_lag: Duration,
    /// Whether the balance is printed as the digits of a binary fraction.
    pub long_balance: bool,
    /// Whether the status call tells why a transfer was refused, as the document's third sample
    /// suggests; otherwise it has never heard of it.
    pub status_tells_refusals: bool,
    /// Wall time at the model's millisecond 0, in milliseconds since 1970: for `timestamp` and so
    /// that two runs never give the same transaction id. 0: when the server starts.
    pub epoch_ms: u64,
    pub faults: FaultPlan,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            client: Client { id: "client_id".to_string(), secret: "client_secret".to_string() },
            collection_client: None,
            payouts_enabled: true,
            balance: Amount::from_centimes(10_000_000_000),
            fee_percent: Share::NONE,
            fee_fixed: Amount::ZERO,
            wallet_limit: Some(Amount::from_centimes(10_000_000)),
            unknown: Vec::new(),
            inactive: Vec::new(),
            full: Vec::new(),
            repeated: Repeated::Pays,
            token_life: Duration::from_secs(59),
            latency: (Duration::ZERO, Duration::ZERO),
            status_lag: Duration::ZERO,
            balance_lag: Duration::ZERO,
            long_balance: false,
            status_tells_refusals: false,
            epoch_ms: 0,
            faults: FaultPlan::default(),
        }
    }
}

impl Settings {
    /// What MonCash takes on top of a transfer.
    pub fn fee(&self, amount: Amount) -> Amount {
        self.fee_percent.of(amount).saturating_add(self.fee_fixed)
    }
}
