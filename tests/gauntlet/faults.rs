//! What goes wrong, by seed: for every Transfert, status question and other call.
//!
//! Must never: break what the product is promised of the world — that within the grace every debit
//! has happened and is known to the status call, unless a test says otherwise.

use super::chance::Chance;
use std::time::Duration;

/// What happens to one Transfert. "Paid" tells whether and when money moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fault {
    pub name: &'static str,
    pub paid: Paid,
    pub end: End,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paid {
    Never,
    AtOnce,
    /// After this, whatever becomes of the call.
    Late,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    Success,
    SlowSuccess,
    /// As the document has it, but 202, amounts as text, in chunks, after a 100.
    OddSuccess,
    /// Says another receiver or amount than it paid.
    OtherEcho,
    /// Answers and closes without a word.
    SuccessAndClose,
    Hang,
    Reset,
    /// Half the answer, then the connection ends.
    Half,
    /// A whole answer with half a JSON in it.
    HalfJson,
    Html502,
    Failure500,
    Busy503,
    TooMany,
    TokenRefused,
    FullWallet,
    NoSuchReceiver,
    BadRequest,
    Redirect,
    Timeout408,
}

const fn fault(name: &'static str, paid: Paid, end: End) -> Fault {
    Fault { name, paid, end }
}

const FINE: Fault = fault("none", Paid::AtOnce, End::Success);

/// Weights of what befalls a Transfert, apart from nothing.
const TRANSFER: [(u64, Fault); 31] = [
    (4, fault("hang before debit", Paid::Never, End::Hang)),
    (4, fault("hang after debit", Paid::AtOnce, End::Hang)),
    (4, fault("reset before debit", Paid::Never, End::Reset)),
    (4, fault("reset after debit", Paid::AtOnce, End::Reset)),
    (6, fault("reset, then a late debit", Paid::Late, End::Reset)),
    (3, fault("hang, and a late debit", Paid::Late, End::Hang)),
    (3, fault("502 page, then a late debit", Paid::Late, End::Html502)),
    (2, fault("500, then a late debit", Paid::Late, End::Failure500)),
    (1, fault("too many, and a late debit", Paid::Late, End::TooMany)),
    (3, fault("half an answer after debit", Paid::AtOnce, End::Half)),
    (3, fault("half a JSON after debit", Paid::AtOnce, End::HalfJson)),
    (2, fault("half a JSON before debit", Paid::Never, End::HalfJson)),
    (2, fault("502 page", Paid::Never, End::Html502)),
    (2, fault("502 page after debit", Paid::AtOnce, End::Html502)),
    (2, fault("500", Paid::Never, End::Failure500)),
    (3, fault("500 after debit", Paid::AtOnce, End::Failure500)),
    (2, fault("503 after debit", Paid::AtOnce, End::Busy503)),
    (2, fault("503", Paid::Never, End::Busy503)),
    (2, fault("429", Paid::Never, End::TooMany)),
    (3, fault("401", Paid::Never, End::TokenRefused)),
    (1, fault("401 after debit", Paid::AtOnce, End::TokenRefused)),
    (4, fault("full wallet", Paid::Never, End::FullWallet)),
    (2, fault("no such receiver", Paid::Never, End::NoSuchReceiver)),
    (2, fault("bad request", Paid::Never, End::BadRequest)),
    (2, fault("307", Paid::Never, End::Redirect)),
    (2, fault("307 after debit", Paid::AtOnce, End::Redirect)),
    (2, fault("408 after debit", Paid::AtOnce, End::Timeout408)),
    (1, fault("another echo", Paid::AtOnce, End::OtherEcho)),
    (4, fault("odd success", Paid::AtOnce, End::OddSuccess)),
    (4, fault("slow success", Paid::AtOnce, End::SlowSuccess)),
    (4, fault("success and close", Paid::AtOnce, End::SuccessAndClose)),
];

/// What befalls a question (status, balance, token).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    None,
    Hang,
    Reset,
    Html502,
    Html404,
    /// A 404 in MonCash's words, but of another call.
    Stranger404,
    Half,
    Failure500,
    TooMany,
    TokenRefused,
    Slow,
    /// `transStatus` that is not on the list, or none in an envelope that says "successful".
    Pending,
    Envelope,
    Close,
}

impl Trouble {
    pub fn name(self) -> &'static str {
        match self {
            Trouble::None => "question: none",
            Trouble::Hang => "question: hang",
            Trouble::Reset => "question: reset",
            Trouble::Html502 => "question: 502 page",
            Trouble::Html404 => "question: 404 page",
            Trouble::Stranger404 => "question: 404 of another call",
            Trouble::Half => "question: half an answer",
            Trouble::Failure500 => "question: 500",
            Trouble::TooMany => "question: 429",
            Trouble::TokenRefused => "question: 401",
            Trouble::Slow => "question: slow",
            Trouble::Pending => "question: pending",
            Trouble::Envelope => "question: envelope only",
            Trouble::Close => "question: answer and close",
        }
    }
}

/// The name of every kind of fault, of Transferts and of questions.
pub fn kinds() -> impl Iterator<Item = &'static str> {
    TRANSFER.iter().map(|(_, fault)| fault.name).chain(QUESTION.iter().map(|(_, trouble)| trouble.name()))
}

const QUESTION: [(u64, Trouble); 13] = [
    (2, Trouble::Hang),
    (3, Trouble::Reset),
    (2, Trouble::Html502),
    (3, Trouble::Html404),
    (3, Trouble::Stranger404),
    (2, Trouble::Half),
    (2, Trouble::Failure500),
    (1, Trouble::TooMany),
    (2, Trouble::TokenRefused),
    (3, Trouble::Slow),
    (2, Trouble::Pending),
    (2, Trouble::Envelope),
    (4, Trouble::Close),
];

/// How bad the world of a seed is.
#[derive(Clone, Copy, Debug)]
pub struct World {
    pub chance: Chance,
    /// Percent of Transferts that go wrong.
    pub transfers: u64,
    /// Percent of questions that go wrong.
    pub questions: u64,
    /// Longest time from a Transfert to its late debit.
    pub late: Duration,
    /// Longest time from a debit to the status call's knowing of it.
    pub lag: Duration,
    /// How old the balance is that is told.
    pub stale: Duration,
    /// How long a token lives, in seconds.
    pub token_life: u64,
    /// The status call finds nothing at all for so long, beginning with this Transfert.
    pub blind: Option<(u64, Duration)>,
    /// Fee of 3 % on top.
    pub fee: bool,
    /// Every status answer takes so long.
    pub slow_status: Duration,
    /// The first Transfert of this one is lost, whatever the seed says.
    pub lost: Option<&'static str>,
}

impl World {
    pub fn of(seed: u64) -> World {
        let chance = Chance(seed);
        let pick = |what: &str, under: u64| chance.below(under, what, "", 0);
        let blind = (pick("is it blind", 3) == 0)
            .then(|| (5 + pick("blind from", 30), Duration::from_millis(2000 + 250 * pick("blind for", 24))));
        World {
            chance,
            transfers: [10, 25, 40, 60][usize::try_from(pick("transfers", 4)).unwrap_or(0)],
            questions: [0, 8, 20][usize::try_from(pick("questions", 3)).unwrap_or(0)],
            late: Duration::from_millis(900),
            lag: Duration::from_millis(900),
            stale: Duration::from_millis(pick("stale", 900)),
            token_life: [5, 20, 59][usize::try_from(pick("token", 3)).unwrap_or(0)],
            blind,
            fee: pick("fee", 2) == 0,
            slow_status: Duration::ZERO,
            lost: None,
        }
    }

    pub fn transfer(&self, reference: &str, attempt: u64) -> Fault {
        if self.lost == Some(reference) && attempt == 0 {
            return fault("reset before debit", Paid::Never, End::Reset);
        }
        if self.chance.below(100, "transfer", reference, attempt) >= self.transfers {
            return FINE;
        }
        self.chance.weighted(&TRANSFER, "transfer fault", reference, attempt)
    }

    pub fn question(&self, kind: &str, whom: &str, n: u64) -> Trouble {
        if self.chance.below(100, kind, whom, n) >= self.questions {
            return Trouble::None;
        }
        self.chance.weighted(&QUESTION, "question fault", whom, n)
    }

    pub fn lateness(&self, reference: &str, attempt: u64) -> Duration {
        self.share(self.late, "late", reference, attempt)
    }

    pub fn status_lag(&self, reference: &str) -> Duration {
        if self.lost.is_some() {
            return self.lag;
        }
        if self.chance.below(2, "lags", reference, 0) == 0 {
            Duration::ZERO
        } else {
            self.share(self.lag, "lag", reference, 0)
        }
    }

    fn share(&self, longest: Duration, what: &str, whom: &str, n: u64) -> Duration {
        longest / 100 * u32::try_from(20 + self.chance.below(81, what, whom, n)).unwrap_or(100)
    }

    /// Whether the status call repeats a refusal, instead of never having heard of the transfer.
    pub fn repeats_refusal(&self, reference: &str) -> bool {
        self.chance.below(2, "repeats", reference, 0) == 0
    }
}
