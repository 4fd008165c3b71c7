//! The simulated MonCash itself: a call, a moment and a seed go in; money, a plan and an answer
//! come out. It serves the HTTP server and simulations in one process alike.
//!
//! Must never: read a clock, wait, or touch disk or network. The same seed and the same calls at
//! the same moments give the same everything.

use super::answers;
use super::bank::{Bank, Refusal};
use super::calls::{Fields, Truth, Tweak};
use super::collection::Orders;
use super::exchange::{Call, HttpAnswer, Lag, LatePayment, Plan, Request, Sending, Wire};
use super::faults::{Facts, Fault, Faults, Pays, Strike};
use super::journal::{Entry, Journal, Says};
use super::people::read_receiver;
use super::seed::Seed;
use super::settings::Settings;
use super::token::{Stranger, Tokens};
use crate::payout::money::Amount;
use std::time::Duration;

/// Blanks that `huge` sends after the answer: more than any sensible cap on a body.
const HUGE: usize = 8 << 20;

/// A MonCash. Moments are milliseconds since it began and must not go backwards.
///
/// Whoever drives time calls [`Model::handle`] when a call has arrived and gets a [`Plan`]. Its
/// payment goes to [`Model::pay_late`] when its time has come, always; its answer goes to
/// [`Model::send`] when its time has come, unless the client has hung up before.
pub struct Model {
    pub(super) settings: Settings,
    pub(super) seed: Seed,
    pub(super) tokens: Tokens,
    pub(super) bank: Bank,
    pub(super) orders: Orders,
    pub(super) faults: Faults,
    pub(super) journal: Journal,
}

impl Model {
    pub fn new(settings: Settings, seed: u64) -> Model {
        Model {
            seed: Seed::new(seed),
            tokens: Tokens::default(),
            bank: Bank::new(settings.balance),
            orders: Orders::default(),
            faults: Faults::new(settings.faults.clone()),
            journal: Journal::default(),
            settings,
        }
    }

    /// A call has arrived, whole. Money that moves at once has moved when this returns.
    pub fn handle(&mut self, request: &Request, now_ms: u64) -> Plan {
        let fields = Fields::read(request);
        let entry = self.open_entry(request.call, &fields, now_ms);
        let (shortest, longest) = self.settings.latency;
        let usual_wait = self.seed.wait_between(shortest, longest);
        let facts = Facts {
            call: request.call,
            reference: fields.reference(),
            receiver: read_receiver(fields.receiver()),
            now: Duration::from_millis(now_ms),
        };
        match self.faults.choose(&facts, &mut self.seed) {
            None => {
                let truth = self.answer(entry, request, &fields, now_ms, Tweak::default());
                send_after(usual_wait, entry, truth.says, Wire::Answer(truth.answer))
            }
            Some(fault) => {
                if let Some(open) = self.journal.entry(entry) {
                    open.fault = Some(fault.kind);
                }
                self.strike(entry, request, &fields, now_ms, &fault, usual_wait)
            }
        }
    }

    /// The moment of a late payment has come. Gives what is answered, if that was waiting for it.
    pub fn pay_late(&mut self, payment: LatePayment, now_ms: u64) -> Option<Sending> {
        let truth = self.execute(payment.entry, &payment.order, now_ms, payment.lag);
        payment.answers.then_some(Sending { entry: payment.entry, says: truth.says, wire: Wire::Answer(truth.answer) })
    }

    /// The moment of an answer has come and the client is still there.
    pub fn send(&mut self, sending: Sending, now_ms: u64) -> Wire {
        let http = match &sending.wire {
            Wire::Answer(answer) | Wire::Cut(answer) | Wire::Drip(answer, _) => Some(answer.status),
            Wire::Reset | Wire::Hang => None,
        };
        if let Some(entry) = self.journal.entry(sending.entry) {
            entry.says = sending.says;
            entry.http = http;
            entry.answered_at_ms = http.map(|_| now_ms);
        }
        sending.wire
    }

    fn open_entry(&mut self, call: Call, fields: &Fields, now_ms: u64) -> usize {
        self.journal.open(Entry {
            reference: fields.reference().to_string(),
            receiver: fields.receiver().to_string(),
            amount: fields.get("amount").unwrap_or_default().to_string(),
            ..Entry::new(call, now_ms)
        })
    }

    /// What a fault makes of a call.
    fn strike(
        &mut self,
        entry: usize,
        request: &Request,
        fields: &Fields,
        now_ms: u64,
        fault: &Fault,
        usual_wait: Duration,
    ) -> Plan {
        let wait = fault.delay.unwrap_or(usual_wait);
        if request.call == Call::Transfer
            && let Pays::Later(pay_after) = fault.pays
            && let Ok(order) = self.admit_transfer(request, fields, now_ms)
        {
            let answers = fault.strike == Strike::Late;
            let payment = LatePayment { entry, order, lag: fault.lag, answers };
            let mut plan = Plan { payment: Some((pay_after, payment)), answer: None };
            if !answers {
                let (says, wire) = self.fabricate(request, now_ms, fault, None);
                plan.answer = Some((wait, Sending { entry, says, wire }));
            }
            return plan;
        }
        if let Strike::Refuse { status, message } = &fault.strike {
            let truth = self.refuse(request, fields, now_ms, Refusal::new(*status, message));
            return send_after(wait, entry, truth.says, Wire::Answer(truth.answer));
        }
        let spared = request.call == Call::Transfer && fault.pays != Pays::Yes && fault.strike != Strike::Late;
        let truth = (!spared).then(|| self.answer(entry, request, fields, now_ms, tweak_of(fault)));
        let (says, wire) = self.fabricate(request, now_ms, fault, truth);
        let wait = if fault.strike == Strike::Drip { usual_wait } else { wait };
        send_after(wait, entry, says, wire)
    }

    /// Refuses a transfer that would otherwise have been looked at.
    fn refuse(&mut self, request: &Request, fields: &Fields, now_ms: u64, refusal: Refusal) -> Truth {
        match self.admit_transfer(request, fields, now_ms) {
            Err(turned_away) => turned_away,
            Ok(order) => {
                self.bank.refuse(&order.reference, refusal.clone());
                Truth { says: Says::Refused, answer: answers::refused(&refusal, self.stamp(now_ms)) }
            }
        }
    }

    /// What goes out under a fault. `truth` is what MonCash did and would have said, if it did it.
    fn fabricate(&self, request: &Request, now_ms: u64, fault: &Fault, truth: Option<Truth>) -> (Says, Wire) {
        let call = request.call;
        let failure = |status, message| answers::failure(call.path(), status, message, self.stamp(now_ms));
        let undone = || Truth { says: Says::Fault, answer: failure(500, "Internal Server Error") };
        let lie = |answer| (Says::Fault, Wire::Answer(answer));
        match &fault.strike {
            Strike::Late
            | Strike::Unseen
            | Strike::StaleBalance { .. }
            | Strike::LongBalance
            | Strike::Refuse { .. } => {
                let truth = truth.unwrap_or_else(undone);
                (truth.says, Wire::Answer(truth.answer))
            }
            Strike::Drip => {
                let truth = truth.unwrap_or_else(undone);
                (truth.says, Wire::Drip(truth.answer, fault.delay.unwrap_or_default()))
            }
            Strike::Huge => {
                let mut truth = truth.unwrap_or_else(undone);
                truth.answer.body.push_str(&" ".repeat(HUGE));
                (truth.says, Wire::Answer(truth.answer))
            }
            Strike::Hang => (Says::Nothing, Wire::Hang),
            Strike::Reset => (Says::Nothing, Wire::Reset),
            Strike::Cut => (Says::Fault, Wire::Cut(truth.unwrap_or_else(undone).answer)),
            Strike::Half => lie(halve(truth.unwrap_or_else(undone).answer)),
            Strike::WrongTypes => lie(answers::wrong_types(call)),
            Strike::Error { status } => lie(failure(*status, "An unexpected error occurred")),
            Strike::Html { status } => lie(answers::html(*status)),
            Strike::Answer { status, body } => lie(HttpAnswer::json(*status, body.clone())),
            Strike::Throttled { retry_after } => {
                lie(HttpAnswer { retry_after: *retry_after, ..failure(429, "Too many requests") })
            }
            Strike::Redirect => lie(HttpAnswer { location: Some(call.path()), ..failure(307, "Moved") }),
            Strike::Unauthorized => {
                let token = request.authorization.as_deref().and_then(|header| header.split_once(' '));
                let spent = Stranger::Spent(token.map(|(_, token)| token.to_string()).unwrap_or_default());
                (Says::Unauthorized, Wire::Answer(answers::stranger(&spent)))
            }
            Strike::Blind => (Says::NotFound, Wire::Answer(answers::not_found(self.stamp(now_ms)))),
        }
    }

    /// Wall time in milliseconds, for `timestamp`.
    pub(super) fn stamp(&self, now_ms: u64) -> u64 {
        self.settings.epoch_ms.saturating_add(now_ms)
    }

    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    pub fn bank(&self) -> &Bank {
        &self.bank
    }

    pub fn journal(&self) -> &Journal {
        &self.journal
    }

    pub fn faults(&self) -> &Faults {
        &self.faults
    }

    /// Switches every fault on or off.
    pub fn enable_faults(&mut self, enabled: bool) {
        self.faults.enabled = enabled;
    }

    /// Puts money into the prefunded account and gives the new balance; `None` when that is more
    /// than can be counted or not above zero.
    pub fn top_up(&mut self, amount: Amount, now_ms: u64) -> Option<Amount> {
        if amount.is_positive() { self.bank.top_up(amount, now_ms) } else { None }
    }
}

fn send_after(wait: Duration, entry: usize, says: Says, wire: Wire) -> Plan {
    Plan { payment: None, answer: Some((wait, Sending { entry, says, wire })) }
}

fn tweak_of(fault: &Fault) -> Tweak {
    Tweak {
        lag: if fault.pays == Pays::Yes { fault.lag } else { Lag::Usual },
        balance_age: match fault.strike {
            Strike::StaleBalance { age } => Some(age),
            _ => None,
        },
        long_balance: fault.strike == Strike::LongBalance,
    }
}

fn halve(answer: HttpAnswer) -> HttpAnswer {
    let half: String = answer.body.chars().take(answer.body.chars().count() / 2).collect();
    HttpAnswer { body: half, ..answer }
}
