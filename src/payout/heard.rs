//! What an answer about a payout in doubt leads to: events, in the order in which they are recorded.
//!
//! Must never: lose an answer, or settle from one that `evidence` did not read as certain.

use super::decide::settle_said_paid;
use super::evidence::{StatusAnswer, TransferAnswer};
use super::message::{Detail, Said};
use super::moment::Wall;
use super::reply::Reply;
use super::state::{ConfirmedBy, Event, HeldReason, MayHaveBeenPaid, Payout, PayoutId, Raw};

/// What an answer of Transfert leads to. `known_from`: the other payout that the ledger knows the answer's
/// transaction from, where it does.
pub fn hear_transfer(attempt: u32, answer: TransferAnswer, reply: &Reply, known_from: Option<PayoutId>) -> Vec<Event> {
    let raw = Raw::of(reply);
    let answered = |answer| Event::Answered { attempt, at: reply.ended, answer, raw: raw.clone() };
    match (answer, known_from) {
        (TransferAnswer::Paid { transaction }, None) => {
            vec![Event::Paid { by: ConfirmedBy::Transfer, transaction: Some(transaction), raw: Some(raw), order: None }]
        }
        // One transaction pays one payout: it is not this one's.
        (TransferAnswer::Paid { transaction }, Some(other)) => {
            let detail = Said::code(Detail::TransactionKnown { transaction: transaction.clone(), payout: other.0 });
            let (reason, money) = (HeldReason::EchoDiffers, MayHaveBeenPaid::Yes);
            let held = Event::Held { reason, money, detail, raw: None, order: None };
            vec![answered(TransferAnswer::Paid { transaction }), held]
        }
        // In doubt until the status call has said more.
        (
            answer @ (TransferAnswer::PaidOther { .. }
            | TransferAnswer::Refused { .. }
            | TransferAnswer::NeverLeft { .. }
            | TransferAnswer::Unknown { .. }),
            _,
        ) => vec![answered(answer)],
    }
}

/// Whether Transfert itself confirmed the payout: the control question is about such a one.
pub fn confirms(event: &Event) -> bool {
    match event {
        Event::Paid { by, .. } => match by {
            ConfirmedBy::Transfer => true,
            ConfirmedBy::Status | ConfirmedBy::Operator => false,
        },
        Event::Sent { .. }
        | Event::Answered { .. }
        | Event::Asked { .. }
        | Event::Declined { .. }
        | Event::Held { .. }
        | Event::Released { .. }
        | Event::Reopened { .. }
        | Event::Cancelled { .. }
        | Event::Suspected { .. }
        | Event::Ordered { .. } => false,
    }
}

/// What an answer of the status call about `attempt` leads to: nothing where the payout was settled or sent
/// again meanwhile. The answer is written whatever follows: nothing that MonCash says later takes a
/// "successful" back.
pub fn hear_status(payout: &Payout, attempt: u32, answer: StatusAnswer, reply: &Reply, now: Wall) -> Vec<Event> {
    if payout.doubt().is_none() || payout.attempts != attempt {
        return Vec::new();
    }
    let asked = Event::Asked {
        attempt,
        asked: reply.asked,
        ended: reply.ended,
        token: reply.token,
        answer,
        raw: Raw::of(reply),
    };
    let mut told = payout.clone();
    let settled = match told.apply(&asked, now) {
        Ok(()) => told.doubt().and_then(settle_said_paid),
        // Whoever records it says so.
        Err(_) => None,
    };
    std::iter::once(asked).chain(settled).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payout::evidence::Refusal;
    use crate::payout::instruction::{Account, Instruction, Reference};
    use crate::payout::moment::BootMoment;
    use crate::payout::money::Amount;
    use crate::payout::reply::{Http, Outcome};
    use crate::payout::state::{Basis, BatchId};

    fn at(ms: u64) -> BootMoment {
        BootMoment { boot: 1, ms }
    }

    fn reply() -> Reply {
        let http = Http { status: 200, body: "{}".into(), cut: false, retry_after: None };
        Reply { outcome: Outcome::Answered(http), asked: at(5), ended: at(9), token: 2 }
    }

    fn in_doubt(answer: TransferAnswer) -> Payout {
        let instruction = Instruction {
            reference: Reference::parse("R-1").unwrap(),
            receiver: Account::parse("37007294").unwrap(),
            amount: Amount::from_centimes(100),
            description: String::new(),
            retry_of: None,
        };
        let mut payout = Payout::admitted(PayoutId(1), BatchId(1), 2, instruction);
        let basis = Basis::CheckedFirst { answers: Vec::new() };
        payout.apply(&Event::Sent { attempt: 1, at: at(1), basis }, Wall(0)).unwrap();
        for event in hear_transfer(1, answer, &reply(), None) {
            payout.apply(&event, Wall(0)).unwrap();
        }
        payout
    }

    fn lost() -> TransferAnswer {
        TransferAnswer::Unknown { why: "lost".into() }
    }

    fn kinds(events: &[Event]) -> Vec<&'static str> {
        events.iter().map(Event::kind).collect()
    }

    #[test]
    fn only_a_paid_with_a_transaction_of_its_own_settles_at_once() {
        let paid = || TransferAnswer::Paid { transaction: "7".into() };
        let refused = TransferAnswer::Refused { kind: Refusal::Decline, words: "full".into() };
        let other = TransferAnswer::PaidOther { why: "amount".into() };
        let never = TransferAnswer::NeverLeft { why: "no connection".into() };
        for (answer, known_from, said) in [
            (paid(), None, vec!["paid"]),
            (paid(), Some(PayoutId(3)), vec!["answered", "held"]),
            (other, None, vec!["answered"]),
            (refused, None, vec!["answered"]),
            (never, None, vec!["answered"]),
            (lost(), None, vec!["answered"]),
        ] {
            let events = hear_transfer(1, answer, &reply(), known_from);
            assert_eq!(kinds(&events), said);
            assert_eq!(events.iter().any(confirms), said == ["paid"]);
        }
    }

    #[test]
    fn a_status_answer_is_kept_and_a_successful_one_settles_with_it() {
        let refused = TransferAnswer::Refused { kind: Refusal::Decline, words: "full".into() };
        for (answer, said, events) in [
            (lost(), StatusAnswer::Successful, vec!["asked", "paid"]),
            (refused, StatusAnswer::Successful, vec!["asked", "held"]),
            (lost(), StatusAnswer::NotFound, vec!["asked"]),
            (lost(), StatusAnswer::TooMany, vec!["asked"]),
            (lost(), StatusAnswer::Unknown { why: "pending".into() }, vec!["asked"]),
        ] {
            assert_eq!(kinds(&hear_status(&in_doubt(answer), 1, said, &reply(), Wall(0))), events);
        }
    }

    #[test]
    fn an_answer_about_another_attempt_or_a_settled_payout_is_let_go() {
        let answer = || StatusAnswer::Successful;
        assert!(hear_status(&in_doubt(lost()), 2, answer(), &reply(), Wall(0)).is_empty());
        let paid = in_doubt(TransferAnswer::Paid { transaction: "7".into() });
        assert!(hear_status(&paid, 1, answer(), &reply(), Wall(0)).is_empty());
    }
}
