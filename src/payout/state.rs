//! The states of a payout, the events that move it, and [`Payout::apply`], the only place where it
//! moves. Live, at start and in `payoutd verify` the same function folds the same events.
//!
//! Must never: lead from doubt back to queued, or from anything to `paid`, `declined` or
//! `cancelled` without the evidence or the order that the event carries.

use super::evidence::{StatusAnswer, TransferAnswer};
use super::instruction::Instruction;
use super::moment::{BootMoment, Wall};
use super::reply::{Outcome, Reply};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::time::Duration;

/// A payout's number in the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct PayoutId(pub i64);

/// A batch's number in the ledger; people see `B000012`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct BatchId(pub i64);

impl fmt::Display for BatchId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "B{:06}", self.0)
    }
}

impl BatchId {
    /// Reads `B000012`, in any case.
    pub fn parse(text: &str) -> Option<BatchId> {
        let digits = text.strip_prefix(['B', 'b'])?;
        let plain = digits.len() >= 6 && digits.bytes().all(|b| b.is_ascii_digit());
        plain.then(|| digits.parse().ok().map(BatchId)).flatten()
    }
}

/// Whether money may have moved for a payout, as a report says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MayHaveBeenPaid {
    No,
    Unknown,
    Yes,
}

impl MayHaveBeenPaid {
    pub fn word(self) -> &'static str {
        match self {
            MayHaveBeenPaid::No => "no",
            MayHaveBeenPaid::Unknown => "unknown",
            MayHaveBeenPaid::Yes => "yes",
        }
    }
}

/// Where the certainty of a payment comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConfirmedBy {
    Transfer,
    Status,
    Operator,
}

impl ConfirmedBy {
    pub fn word(self) -> &'static str {
        match self {
            ConfirmedBy::Transfer => "transfer",
            ConfirmedBy::Status => "status",
            ConfirmedBy::Operator => "operator",
        }
    }
}

/// Why a person must look at a payout.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HeldReason {
    /// MonCash knew the reference as paid before our first Transfert.
    ReferenceUsedBefore,
    /// An earlier payout of the same `retry_of` line is, or may be, paid.
    AncestorNotUnpaid,
    /// Waited longer than `queued_for`.
    TooOld,
    /// A person's `hold`.
    OnOrder,
    /// Asked for longer than `ask_for` without certainty.
    AskedTooLong,
    /// Answers that cannot both be true.
    Contradiction,
    /// MonCash says paid, but another receiver, amount or transaction than ours.
    EchoDiffers,
    /// MonCash says paid for a reference that we cannot show to have been unpaid before.
    PaidByWhom,
    /// Every allowed Transfert was used and none is known to have paid.
    AttemptsUsed,
    /// `after_not_found = "hold"`: not found after the grace, and policy leaves it to a person.
    NotFoundHold,
    /// A refusal that settings do not know how to read.
    RefusalUnclear,
}

impl HeldReason {
    /// Whether MonCash must have said paid for a payout in doubt to be held so.
    fn rests_on_said_paid(&self) -> bool {
        matches!(self, HeldReason::Contradiction | HeldReason::EchoDiffers | HeldReason::PaidByWhom)
    }

    /// A sentence for people: what happened and what to do.
    pub fn sentence(&self) -> &'static str {
        match self {
            HeldReason::ReferenceUsedBefore => {
                "MonCash already knows this reference as paid, before payoutd sent anything: find out who paid it; do not pay by hand"
            }
            HeldReason::AncestorNotUnpaid => {
                "the payout that this one repeats is, or may be, paid: look at it with 'payoutd explain'; do not pay by hand"
            }
            HeldReason::TooOld => {
                "waited longer than [safety] queued_for; nothing was sent: 'payoutd release' sends it, 'payoutd cancel' ends it"
            }
            HeldReason::OnOrder => {
                "held by a person's order; nothing was sent: 'payoutd release' sends it, 'payoutd cancel' ends it"
            }
            HeldReason::AskedTooLong => {
                "MonCash gave no certain answer in time; may already be paid, do not pay by hand: look in the MonCash portal, then 'payoutd resolve'"
            }
            HeldReason::Contradiction => {
                "MonCash's answers contradict each other; may already be paid, do not pay by hand: look in the MonCash portal, then 'payoutd resolve'"
            }
            HeldReason::EchoDiffers => {
                "MonCash says paid, but with another receiver, amount or transaction; do not pay by hand: look in the MonCash portal, then 'payoutd resolve'"
            }
            HeldReason::PaidByWhom => {
                "MonCash says paid, but payoutd cannot show that its own call did it; do not pay by hand: look in the MonCash portal, then 'payoutd resolve'"
            }
            HeldReason::AttemptsUsed => {
                "every allowed attempt was made without a certain answer; may already be paid, do not pay by hand: look in the MonCash portal, then 'payoutd resolve'"
            }
            HeldReason::NotFoundHold => {
                "MonCash does not find it, and [safety] after_not_found = \"hold\" leaves it to a person; may already be paid, do not pay by hand: look in the MonCash portal, then 'payoutd resolve'"
            }
            HeldReason::RefusalUnclear => {
                "MonCash refused it in words that payoutd does not know; look in the MonCash portal, then 'payoutd resolve'; do not pay by hand"
            }
        }
    }
}

/// What gives the right to open an attempt. Kept in the `sent` event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// First attempt; MonCash answered "not found" to `check_first` for the reference and for
    /// every ancestor. The raw answers.
    CheckedFirst { answers: Vec<Raw> },
    /// First attempt with `check_first` off.
    Unchecked,
    /// The attempt before verifiably never left; one accepted "not found" since.
    NeverLeft,
    /// A [`super::evidence::ProvenUnpaid`] of the attempt before, used up here.
    Proven { grace_ms: u64, not_found: u32, control: String },
}

/// A raw answer as the ledger keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Raw {
    /// HTTP status; none when no whole answer came.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub status: Option<u16>,
    /// The body, or what went wrong with the call.
    pub text: String,
    /// How long the call took, in milliseconds.
    pub ms: u64,
}

impl Raw {
    pub fn of(reply: &Reply) -> Raw {
        let (status, text) = match &reply.outcome {
            Outcome::Answered(http) => (Some(http.status), http.body.clone()),
            Outcome::NeverLeft(why) => (None, format!("never left: {why}")),
            Outcome::Lost(why) => (None, format!("no answer: {why}")),
        };
        Raw { status, text, ms: reply.ended.ms.saturating_sub(reply.asked.ms) }
    }
}

/// Who ordered something, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ByOrder {
    pub who: String,
    pub reason: String,
}

/// What stands against the sends to come of one payout in doubt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StandingOrder {
    Hold,
    Cancel,
}

/// What happens to one payout. The ledger stores `kind()` in a column and the rest as the body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// The intent to call Transfert. Committed before the call.
    Sent {
        attempt: u32,
        at: BootMoment,
        basis: Basis,
    },
    /// The end of the Transfert call was observed and settles nothing by itself.
    Answered {
        attempt: u32,
        at: BootMoment,
        answer: TransferAnswer,
        raw: Raw,
    },
    /// An answer of the status call about a payout in doubt.
    Asked {
        attempt: u32,
        asked: BootMoment,
        ended: BootMoment,
        token: u64,
        answer: StatusAnswer,
        raw: Raw,
    },
    Paid {
        by: ConfirmedBy,
        transaction: Option<String>,
        raw: Option<Raw>,
        #[serde(skip_serializing_if = "Option::is_none", default)]
        order: Option<ByOrder>,
    },
    Declined {
        words: String,
        raw: Raw,
    },
    Held {
        reason: HeldReason,
        money: MayHaveBeenPaid,
        /// What MonCash or the person said, for the reader.
        detail: String,
        raw: Option<Raw>,
        #[serde(skip_serializing_if = "Option::is_none", default)]
        order: Option<ByOrder>,
    },
    Cancelled {
        money: MayHaveBeenPaid,
        order: ByOrder,
    },
    /// A person lifted a hold of a payout for which nothing was ever sent.
    Released {
        order: ByOrder,
    },
    /// A person wants MonCash asked again about a held payout.
    Reopened {
        order: ByOrder,
        at: BootMoment,
    },
    /// The ledger may be older than its last send: nothing is known about what was sent.
    Suspected {
        why: String,
        at: BootMoment,
    },
    /// An order that stands against the sends to come; `None` lifts it.
    Ordered {
        standing: Option<StandingOrder>,
        order: ByOrder,
    },
}

impl Event {
    pub fn kind(&self) -> &'static str {
        match self {
            Event::Sent { .. } => "sent",
            Event::Answered { .. } => "answered",
            Event::Asked { .. } => "asked",
            Event::Paid { .. } => "paid",
            Event::Declined { .. } => "declined",
            Event::Held { .. } => "held",
            Event::Cancelled { .. } => "cancelled",
            Event::Released { .. } => "released",
            Event::Reopened { .. } => "reopened",
            Event::Suspected { .. } => "suspected",
            Event::Ordered { .. } => "ordered",
        }
    }

    /// The attempt that the event opens, for the ledger's "one `sent` an attempt".
    pub fn opens(&self) -> Option<u32> {
        match self {
            Event::Sent { attempt, .. } => Some(*attempt),
            _ => None,
        }
    }
}

/// Where a call of Transfert stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Call {
    /// Launched by this process, or by one that has not been told dead yet.
    UnderWay,
    /// Its end was observed.
    Ended { at: BootMoment, answer: TransferAnswer },
    /// The process died with it, or nobody knows; its end counts from this moment.
    Unobserved { from: BootMoment },
}

/// An attempt that was committed and is not settled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doubt {
    /// 1 for the first Transfert; 0 for a send that this ledger may have forgotten.
    pub attempt: u32,
    pub opened: BootMoment,
    pub call: Call,
    /// MonCash answered "not found" for this reference before attempt 1.
    pub unpaid_before: bool,
    /// Some attempt before this one may have left.
    pub earlier_ambiguous: bool,
    /// MonCash once said paid, in whatever form. Nothing that it says later takes that back: from
    /// here a payout is paid or held, and never sent again, declined or cancelled by itself.
    pub said_paid: bool,
    /// An order of a person against the sends to come.
    pub standing: Option<(StandingOrder, ByOrder)>,
    pub inquiry: Inquiry,
}

/// What the status call said so far about one doubt. Counts only what this process asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Inquiry {
    /// Questions answered or not, in this process: sets the wait before the next.
    pub questions: u32,
    /// When the last question was asked, whatever came of it.
    pub last_asked: Option<BootMoment>,
    /// "Not found" answers that count towards a proof, newest last; asked after the call's end.
    pub not_found: Vec<Negative>,
    /// When the newest of them came in: what a proof's freshness is reckoned by.
    pub not_found_heard: Option<BootMoment>,
    /// The status call said "successful" in this inquiry.
    pub successful: bool,
    /// Answers that repeat a refusal; negatives for a decline, never for a resend.
    pub refusals: Vec<Negative>,
    /// How long MonCash has been answering questions about this doubt, over all processes.
    pub reachable_for: Duration,
    /// When the last question was answered at all, on the wall clock.
    pub last_answered: Option<Wall>,
}

/// One accepted negative of the status call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Negative {
    pub asked: BootMoment,
    pub token: u64,
}

/// Longest stretch between two answers that counts as "MonCash was reachable".
const LONGEST_REACHABLE_STRETCH: Duration = Duration::from_secs(20 * 60);

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    Queued,
    InDoubt(Box<Doubt>),
    Paid { by: ConfirmedBy, transaction: Option<String> },
    Declined { words: String },
    Held { reason: HeldReason, money: MayHaveBeenPaid, detail: String, doubt: Option<Box<Doubt>> },
    Cancelled { money: MayHaveBeenPaid, reason: String },
}

impl State {
    pub fn word(&self) -> StateWord {
        match self {
            State::Queued => StateWord::Queued,
            State::InDoubt(_) => StateWord::InDoubt,
            State::Paid { .. } => StateWord::Paid,
            State::Declined { .. } => StateWord::Declined,
            State::Held { .. } => StateWord::Held,
            State::Cancelled { .. } => StateWord::Cancelled,
        }
    }

    pub fn may_have_been_paid(&self) -> MayHaveBeenPaid {
        match self {
            State::Queued | State::Declined { .. } => MayHaveBeenPaid::No,
            State::InDoubt(_) => MayHaveBeenPaid::Unknown,
            State::Paid { .. } => MayHaveBeenPaid::Yes,
            State::Held { money, .. } | State::Cancelled { money, .. } => *money,
        }
    }

    /// The sentence of a report's `reason` column.
    pub fn reason(&self) -> String {
        match self {
            State::Queued | State::Paid { .. } => String::new(),
            State::InDoubt(_) => "sent, no certain answer yet; may already be paid, do not pay by hand".to_string(),
            State::Declined { words } => words.clone(),
            State::Held { reason, detail, .. } if detail.is_empty() => reason.sentence().to_string(),
            State::Held { reason, detail, .. } => format!("{} ({detail})", reason.sentence()),
            State::Cancelled { reason, .. } => reason.clone(),
        }
    }
}

/// A state's word, as files, the ledger and `--json` have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StateWord {
    Queued,
    InDoubt,
    Paid,
    Declined,
    Held,
    Cancelled,
}

impl StateWord {
    pub const ALL: [StateWord; 6] = [
        StateWord::Queued,
        StateWord::InDoubt,
        StateWord::Paid,
        StateWord::Declined,
        StateWord::Held,
        StateWord::Cancelled,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            StateWord::Queued => "queued",
            StateWord::InDoubt => "in_doubt",
            StateWord::Paid => "paid",
            StateWord::Declined => "declined",
            StateWord::Held => "held",
            StateWord::Cancelled => "cancelled",
        }
    }

    pub fn parse(text: &str) -> Option<StateWord> {
        StateWord::ALL.into_iter().find(|word| word.as_str() == text)
    }
}

/// One row of a batch and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payout {
    pub id: PayoutId,
    pub batch: BatchId,
    /// Line in the user's file, header included.
    pub line: u32,
    pub instruction: Instruction,
    pub state: State,
    /// Events so far; the next one has this number plus one.
    pub events: u32,
    /// Transferts so far.
    pub attempts: u32,
    pub first_sent: Option<Wall>,
    pub settled: Option<Wall>,
    /// When a person last released it; the wait of `queued_for` counts from there.
    pub released: Option<Wall>,
}

/// An event that cannot happen to a payout in this state: the ledger contradicts itself.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("payout {id:?}, event {no}: '{kind}' cannot follow the state '{state}'", id = id.0)]
pub struct Contradiction {
    pub id: PayoutId,
    pub no: u32,
    pub kind: &'static str,
    pub state: &'static str,
}

impl Payout {
    /// A payout as it is admitted.
    pub fn admitted(id: PayoutId, batch: BatchId, line: u32, instruction: Instruction) -> Payout {
        Payout {
            id,
            batch,
            line,
            instruction,
            state: State::Queued,
            events: 0,
            attempts: 0,
            first_sent: None,
            settled: None,
            released: None,
        }
    }

    pub fn doubt(&self) -> Option<&Doubt> {
        match &self.state {
            State::InDoubt(doubt) => Some(doubt),
            _ => None,
        }
    }

    pub fn doubt_mut(&mut self) -> Option<&mut Doubt> {
        match &mut self.state {
            State::InDoubt(doubt) => Some(doubt),
            _ => None,
        }
    }

    /// What to commit at start, before anything else, when the process died with the call under
    /// way: its end was seen by nobody and counts from `start`. Without it the events could not be
    /// folded again, for nothing may follow a call that never ended.
    pub fn orphaned(&self, start: BootMoment) -> Option<Event> {
        let doubt = self.doubt()?;
        let why = "payoutd ended while the call was under way".to_string();
        let raw = Raw { status: None, text: format!("no answer: {why}"), ms: 0 };
        let answer = TransferAnswer::Unknown { why };
        (doubt.call == Call::UnderWay).then_some(Event::Answered { attempt: doubt.attempt, at: start, answer, raw })
    }

    /// At start, for a payout that was folded from its events: what the last process saw end in
    /// another boot counts from `start`, for a doubt that is held as well.
    pub fn inherit(&mut self, start: BootMoment) {
        match &mut self.state {
            State::InDoubt(doubt) | State::Held { doubt: Some(doubt), .. } => doubt.inherit(start),
            _ => {}
        }
    }

    /// Moves the payout. Refuses what cannot follow; then nothing has changed.
    pub fn apply(&mut self, event: &Event, at: Wall) -> Result<(), Contradiction> {
        let next = self.after(event, at).ok_or_else(|| Contradiction {
            id: self.id,
            no: self.events + 1,
            kind: event.kind(),
            state: self.state.word().as_str(),
        })?;
        self.events += 1;
        if let Event::Sent { attempt, .. } = event {
            self.attempts = *attempt;
            self.first_sent = self.first_sent.or(Some(at));
        }
        if let Event::Released { .. } | Event::Reopened { .. } = event {
            self.released = Some(at);
        }
        self.settled = match next {
            State::Paid { .. } | State::Declined { .. } | State::Cancelled { .. } => Some(self.settled.unwrap_or(at)),
            State::Queued | State::InDoubt(_) | State::Held { .. } => None,
        };
        self.state = next;
        Ok(())
    }

    /// The state after `event`, or `None` when it cannot follow.
    fn after(&self, event: &Event, at: Wall) -> Option<State> {
        match (&self.state, event) {
            (State::Queued, Event::Sent { attempt: 1, at, basis }) => match basis {
                Basis::CheckedFirst { .. } => Some(doubt_of(Doubt::opened(1, *at, true, false))),
                Basis::Unchecked => Some(doubt_of(Doubt::opened(1, *at, false, false))),
                Basis::NeverLeft | Basis::Proven { .. } => None,
            },
            (State::InDoubt(doubt), Event::Sent { attempt, at, basis }) => {
                let proven = matches!(basis, Basis::NeverLeft | Basis::Proven { .. });
                let follows =
                    doubt.attempt.checked_add(1) == Some(*attempt) && doubt.call != Call::UnderWay && !doubt.said_paid;
                (proven && follows && doubt.standing.is_none()).then(|| {
                    let ambiguous = doubt.earlier_ambiguous || !doubt.never_left();
                    // Attempt 0 was proven unpaid before attempt 1: so "not found" came first.
                    let unpaid_before = doubt.unpaid_before || doubt.attempt == 0;
                    doubt_of(Doubt::opened(*attempt, *at, unpaid_before, ambiguous))
                })
            }
            (State::InDoubt(doubt), Event::Answered { attempt, at, answer, .. }) => {
                let ours = *attempt == doubt.attempt && !matches!(doubt.call, Call::Ended { .. });
                ours.then(|| {
                    let mut doubt = doubt.clone();
                    doubt.said_paid |= matches!(answer, TransferAnswer::Paid { .. } | TransferAnswer::PaidOther { .. });
                    doubt.call = Call::Ended { at: *at, answer: answer.clone() };
                    State::InDoubt(doubt)
                })
            }
            (State::InDoubt(doubt), Event::Asked { attempt, asked, ended, token, answer, raw }) => {
                (*attempt == doubt.attempt).then(|| {
                    let mut doubt = doubt.clone();
                    doubt.hear(Negative { asked: *asked, token: *token }, *ended, answer, raw.status, at);
                    State::InDoubt(doubt)
                })
            }
            (State::InDoubt(doubt), Event::Paid { by, transaction, .. }) => {
                let shown = match by {
                    ConfirmedBy::Transfer => true,
                    // Somebody else may have used the reference before us.
                    ConfirmedBy::Status => doubt.unpaid_before,
                    // What is still being asked about is not a person's to settle.
                    ConfirmedBy::Operator => false,
                };
                shown.then(|| State::Paid { by: *by, transaction: transaction.clone() })
            }
            (State::InDoubt(doubt), Event::Declined { words, .. }) => {
                (doubt.ended().is_some() && !doubt.said_paid).then(|| State::Declined { words: words.clone() })
            }
            (State::InDoubt(doubt), Event::Held { reason, money, detail, .. }) => {
                (doubt.ended().is_some() && *money != MayHaveBeenPaid::No).then(|| {
                    let mut doubt = doubt.clone();
                    doubt.said_paid |= *money == MayHaveBeenPaid::Yes || reason.rests_on_said_paid();
                    let (reason, money, detail) = (reason.clone(), *money, detail.clone());
                    State::Held { reason, money, detail, doubt: Some(doubt) }
                })
            }
            (State::Queued, Event::Held { reason, money, detail, .. }) => {
                Some(State::Held { reason: reason.clone(), money: *money, detail: detail.clone(), doubt: None })
            }
            (State::Queued, Event::Cancelled { money: MayHaveBeenPaid::No, order }) => {
                Some(State::Cancelled { money: MayHaveBeenPaid::No, reason: order.reason.clone() })
            }
            (State::InDoubt(doubt), Event::Cancelled { money: MayHaveBeenPaid::No, order }) => {
                (doubt.call != Call::UnderWay && !doubt.said_paid)
                    .then(|| State::Cancelled { money: MayHaveBeenPaid::No, reason: order.reason.clone() })
            }
            (State::InDoubt(doubt), Event::Ordered { standing, order }) => {
                let mut doubt = doubt.clone();
                doubt.standing = standing.map(|standing| (standing, order.clone()));
                Some(State::InDoubt(doubt))
            }
            // A person's orders about what is held. Money that may have moved is only resolved.
            (State::Held { money: MayHaveBeenPaid::No, .. }, Event::Cancelled { money, order }) => (*money
                == MayHaveBeenPaid::No)
                .then(|| State::Cancelled { money: *money, reason: order.reason.clone() }),
            (State::Held { .. }, Event::Cancelled { money, order }) => (*money != MayHaveBeenPaid::No)
                .then(|| State::Cancelled { money: *money, reason: order.reason.clone() }),
            (State::Held { money: MayHaveBeenPaid::No, .. }, Event::Released { .. }) => Some(State::Queued),
            (State::Held { money, doubt, .. }, Event::Reopened { at, .. }) => {
                (*money != MayHaveBeenPaid::No).then(|| doubt_of(Doubt::reopened(doubt.as_deref(), *money, *at)))
            }
            (State::Held { money, .. }, Event::Paid { by: ConfirmedBy::Operator, transaction, .. }) => (*money
                != MayHaveBeenPaid::No)
                .then(|| State::Paid { by: ConfirmedBy::Operator, transaction: transaction.clone() }),
            // A ledger that may have forgotten sends: everything unfinished is in doubt.
            (State::Queued, Event::Suspected { at, .. }) => Some(doubt_of(Doubt::forgotten(*at))),
            (State::InDoubt(doubt), Event::Suspected { at, .. }) => {
                let mut doubt = doubt.clone();
                doubt.call = Call::Unobserved { from: *at };
                doubt.earlier_ambiguous = true;
                doubt.inquiry = Inquiry::default();
                Some(State::InDoubt(doubt))
            }
            (State::Held { reason, money, detail, doubt }, Event::Suspected { at, .. }) => Some(State::Held {
                reason: reason.clone(),
                money: (*money).max(MayHaveBeenPaid::Unknown),
                detail: detail.clone(),
                doubt: Some(Box::new(Doubt::reopened(doubt.as_deref(), *money, *at))),
            }),
            _ => None,
        }
    }
}

fn doubt_of(doubt: Doubt) -> State {
    State::InDoubt(Box::new(doubt))
}

impl Doubt {
    fn opened(attempt: u32, opened: BootMoment, unpaid_before: bool, earlier_ambiguous: bool) -> Doubt {
        Doubt {
            attempt,
            opened,
            call: Call::UnderWay,
            unpaid_before,
            earlier_ambiguous,
            said_paid: false,
            standing: None,
            inquiry: Inquiry::default(),
        }
    }

    /// A send that this ledger does not remember, if there was one.
    fn forgotten(at: BootMoment) -> Doubt {
        let mut doubt = Doubt::opened(0, at, false, true);
        doubt.call = Call::Unobserved { from: at };
        doubt
    }

    /// A held doubt that is asked about again: every count begins anew, and what once said paid
    /// stays said.
    fn reopened(held: Option<&Doubt>, money: MayHaveBeenPaid, at: BootMoment) -> Doubt {
        let mut doubt = held.cloned().unwrap_or_else(|| Doubt::forgotten(at));
        doubt.said_paid |= money == MayHaveBeenPaid::Yes;
        doubt.call = match doubt.call {
            Call::Ended { at: end, answer } if end.boot == at.boot => Call::Ended { at: end, answer },
            // Another boot's clock says nothing on this one: the grace counts anew.
            Call::Ended { answer, .. } => Call::Ended { at, answer },
            Call::UnderWay | Call::Unobserved { .. } => Call::Unobserved { from: at },
        };
        doubt.inquiry = Inquiry::default();
        doubt
    }

    pub fn standing_order(&self) -> Option<StandingOrder> {
        self.standing.as_ref().map(|(standing, _)| *standing)
    }

    pub fn never_left(&self) -> bool {
        matches!(&self.call, Call::Ended { answer: TransferAnswer::NeverLeft { .. }, .. })
    }

    /// When the end of the call was observed, or since when nobody can observe it.
    pub fn ended(&self) -> Option<BootMoment> {
        match &self.call {
            Call::UnderWay => None,
            Call::Ended { at, .. } | Call::Unobserved { from: at } => Some(*at),
        }
    }

    /// The process that launched the call is gone, and with it whatever it had counted. What it
    /// saw end in this boot keeps its moment; all else counts from `start`.
    pub fn inherit(&mut self, start: BootMoment) {
        let kept = match &self.call {
            Call::Ended { at, .. } => at.boot == start.boot,
            Call::UnderWay | Call::Unobserved { .. } => false,
        };
        if !kept {
            self.call = match &self.call {
                Call::Ended { answer, .. } => Call::Ended { at: start, answer: answer.clone() },
                Call::UnderWay | Call::Unobserved { .. } => Call::Unobserved { from: start },
            };
        }
        self.inquiry = Inquiry { reachable_for: self.inquiry.reachable_for, ..Inquiry::default() };
    }

    fn hear(
        &mut self,
        question: Negative,
        ended: BootMoment,
        answer: &StatusAnswer,
        http_status: Option<u16>,
        at: Wall,
    ) {
        let inquiry = &mut self.inquiry;
        inquiry.questions = inquiry.questions.saturating_add(1);
        inquiry.last_asked = Some(question.asked);
        if http_status.is_some() {
            let stretch = inquiry.last_answered.map_or(Duration::ZERO, |last| at.since(last));
            inquiry.reachable_for = inquiry.reachable_for.saturating_add(stretch.min(LONGEST_REACHABLE_STRETCH));
            inquiry.last_answered = Some(at);
        }
        // Whenever it was asked: a reference that is paid stays paid.
        if *answer == StatusAnswer::Successful {
            inquiry.successful = true;
            self.said_paid = true;
            return;
        }
        // A question asked before the call's end says nothing about that call.
        let after_the_call =
            self.ended().is_some_and(|end| question.asked.since(end).is_some() && question.asked.ms >= end.ms);
        if !after_the_call {
            return;
        }
        match answer {
            StatusAnswer::NotFound => {
                self.inquiry.not_found.push(question);
                self.inquiry.not_found_heard = Some(ended);
            }
            StatusAnswer::RefusalRepeated { .. } => self.inquiry.refusals.push(question),
            // MonCash knows something of it, in words that we do not: what was "not found" until
            // now has been found, and every count begins anew.
            StatusAnswer::Unknown { .. } if http_status.is_some_and(|status| (200..300).contains(&status)) => {
                self.inquiry.not_found.clear();
                self.inquiry.not_found_heard = None;
                self.inquiry.refusals.clear();
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests;
