//! What the house does while the power may go: everything that the ledger can be asked for.

use crate::house::*;
use payoutd::ledger::{Standing, backup, post_order};
use payoutd::payout::batch::BatchEvent;
use payoutd::payout::evidence::{Control, ProofRules, TransferAnswer, prove_unpaid};
use payoutd::payout::money::Amount;
use payoutd::payout::order::{Order, Target, Verb};
use payoutd::payout::state::{Event, HeldReason, MayHaveBeenPaid};
use power_loss_vfs::Without;
use std::time::Duration;

/// Payouts of the long run: so many that SQLite copies its log back by itself (1,000 pages) and
/// begins it anew.
const MANY: u32 = 66;

/// A small month: a new ledger, admissions, an interrupted one, sends, answers, a second attempt,
/// orders, copies, restarts after a kill and after an orderly end, completion.
pub fn month(without: Option<Without>) -> Run {
    let mut house = House::new(without);
    house.open();
    house.admit("july.csv", &rows("A", 10));
    balance(&mut house, 1_000_000);
    house.send(&["A1", "A2", "A3"]);
    house.record(&[("A1", paid("T-1")), ("A2", answered(1, 50, TransferAnswer::Unknown { why: "time-out".into() }))]);
    copy(&mut house, "copy-1");
    // Killed with A2 and A3 in doubt: the log is full when the next process opens the ledger.
    house.kill();
    house.open();
    house.record(&[("A2", not_found(1, 60)), ("A3", not_found(1, 60))]);
    house.send(&["A4"]);
    house.record(&[("A4", answered(1, 70, TransferAnswer::NeverLeft { why: "no route".into() }))]);
    house.record(&[("A4", not_found(1, 80))]);
    send_again(&mut house, "A4", 81);
    house.record(&[("A4", paid("T-4"))]);
    orders(&mut house);
    house.close();
    house.open();
    interrupted_admission(&mut house);
    house.record(&[("A2", paid("T-2")), ("A3", held())]);
    for reference in ["A5", "A6", "A7", "A8", "A9", "A10"] {
        let cancelled = Event::Cancelled { money: MayHaveBeenPaid::No, order: by() };
        house.record(&[(reference, cancelled)]);
    }
    complete(&mut house);
    copy(&mut house, "copy-2");
    house.kill();
    house.open();
    house.close();
    house.end()
}

/// The long run: payouts one by one, until SQLite's own checkpoint is behind it and the log begins
/// anew over the old one.
pub fn long(without: Option<Without>) -> Run {
    let mut house = House::new(without);
    house.open();
    house.admit("august.csv", &rows("B", MANY));
    for i in 1..=MANY {
        let reference = format!("B{i}");
        house.send(&[&reference]);
        house.record(&[(&reference, paid(&format!("T-{i}")))]);
    }
    house.end()
}

fn balance(house: &mut House, centimes: i64) {
    house.turn(|turn, now| {
        let standing = Standing { balance: Some((Amount::from_centimes(centimes), now.wall)), ..Standing::default() };
        turn.set_standing(&standing).unwrap();
    });
}

fn copy(house: &mut House, name: &str) {
    let to = house.state().join(name);
    backup(house.state(), &to).unwrap();
    house.acknowledge();
}

fn send_again(house: &mut House, reference: &str, ms: u64) {
    let mut payout = house.payout(reference);
    let rules = ProofRules { grace: Duration::from_secs(1800), not_found_answers: 3, retry: true };
    let proof = prove_unpaid(&payout, &rules, &Control::default(), moment(ms).boot).unwrap();
    let mut attempt = 0;
    house.turn(|turn, now| attempt = turn.open_again(&mut payout, now.boot, proof).unwrap());
    house.left(payout.id, attempt);
}

fn orders(house: &mut House) {
    let batch = house.payout("A1").batch;
    let now = house.now();
    let target = Target::Batch { id: batch.0, seen: "paying".to_string() };
    let id = post_order(house.state(), &Order { verb: Verb::Hold, target, by: by(), uid: None, from: None }, now.wall)
        .unwrap();
    house.acknowledge();
    house.turn(|turn, _| {
        let mut batch = turn.batch(batch).unwrap().unwrap();
        turn.record_batch(&mut batch, &BatchEvent::OnHold { order: by() }).unwrap();
        turn.answer_order(id, payoutd::payout::message::Answer::NothingStopped, false).unwrap();
    });
    house.turn(|turn, _| {
        let mut batch = turn.batch(batch).unwrap().unwrap();
        turn.record_batch(&mut batch, &BatchEvent::Freed { order: by() }).unwrap();
        turn.set_standing(&Standing { paused: Some(by()), ..Standing::default() }).unwrap();
    });
    house.turn(|turn, _| turn.set_standing(&Standing::default()).unwrap());
}

fn interrupted_admission(house: &mut House) {
    let batch = house.begin_admission("september.csv");
    house.load(batch, &rows("C", 9));
    house.kill();
    house.open();
    while house.ledger().admission_abandon(batch).unwrap() {
        house.acknowledge();
    }
    house.acknowledge();
    let now = house.now().wall;
    house.ledger().skip_numbers(payoutd::payout::state::BatchId(40), now).unwrap();
    house.acknowledge();
}

fn held() -> Event {
    Event::Held {
        reason: HeldReason::AttemptsUsed,
        money: MayHaveBeenPaid::Unknown,
        detail: "asked too long".into(),
        raw: None,
        order: None,
    }
}

/// A3 is settled by a person, the batch is over, its report is written.
fn complete(house: &mut House) {
    house.record(&[("A3", Event::Cancelled { money: MayHaveBeenPaid::Unknown, order: by() })]);
    let id = house.payout("A1").batch;
    house.turn(|turn, _| {
        let mut batch = turn.batch(id).unwrap().unwrap();
        turn.record_batch(&mut batch, &BatchEvent::Completed).unwrap();
    });
    let last = house.ledger().batch(id).unwrap().unwrap().last_event;
    house.turn(|turn, _| turn.mark_reported(id, last).unwrap());
}
