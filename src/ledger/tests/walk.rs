//! Random histories with crashes in between: whatever happened, rows, tallies, chain and what a
//! process held in memory agree.

use super::*;
use crate::payout::state::{HeldReason, State};

/// A seeded generator: the same histories every time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides
    }
}

/// Some event that may or may not follow; the core refuses what cannot.
fn some_event(dice: &mut Dice, payout: &Payout, ms: u64) -> Event {
    let attempt = payout.doubt().map_or(1, |doubt| doubt.attempt);
    let money = [MayHaveBeenPaid::No, MayHaveBeenPaid::Unknown][dice.roll(2) as usize];
    match dice.roll(24) {
        0..=4 => lost(attempt, ms),
        5..=11 => not_found(attempt, ms),
        12 => paid(&format!("T-{}", dice.roll(40))),
        13 => Event::Declined { words: "no".to_string(), raw: raw() },
        14 | 15 => Event::Held { reason: HeldReason::Contradiction, money, detail: "x".into(), raw: None, order: None },
        16 => Event::Cancelled { money, order: order() },
        17..=21 => Event::Reopened { order: order(), at: moment(ms).boot },
        _ => Event::Suspected { why: "restored".into(), at: moment(ms).boot },
    }
}

fn again(payout: &Payout, ms: u64) -> Option<crate::payout::evidence::ProvenUnpaid> {
    let rules = ProofRules { grace: Duration::ZERO, not_found_answers: 1, retry: true };
    // A control question between the first "not found" and the next.
    let first = payout.doubt()?.inquiry.not_found.first()?;
    let seen = Some(crate::payout::state::Negative { asked: first.heard, ..*first });
    let control = Control { reference: Some("R1".to_string()), seen, failed: None };
    prove_unpaid(payout, &rules, &control, moment(ms).boot).ok()
}

#[test]
fn whatever_happened_everything_agrees() {
    let mut moved = 0;
    for seed in 1..=12u64 {
        let mut dice = Dice(0x9E37_79B9 * seed);
        let mut house = House::new();
        house.admit(&rows(8));
        let mut payouts: Vec<Payout> = (1..=8).map(|id| house.ledger.payout(PayoutId(id)).unwrap()).collect();
        for step in 1..=60 {
            let ms = step * 1_000;
            let crashes = dice.roll(12) == 0;
            let mut turn = house.ledger.begin(wall(ms)).unwrap();
            let mut whole = true;
            for _ in 0..=dice.roll(4) {
                let payout = &mut payouts[dice.roll(8) as usize];
                let result = match (&payout.state, again(payout, ms)) {
                    (State::Queued, _) if dice.roll(3) > 0 => {
                        turn.open_first(payout, moment(ms).boot, checked()).map(|_| ())
                    }
                    (_, Some(proof)) => turn.open_again(payout, moment(ms).boot, proof).map(|_| ()),
                    _ => turn.record(payout, &some_event(&mut dice, payout, ms)),
                };
                match result {
                    Ok(()) => moved += 1,
                    // Refused before anything was written: the turn is as good as before.
                    Err(LedgerError::Contradiction(_) | LedgerError::TransactionKnown { .. }) => {}
                    Err(other) => panic!("{other}"),
                }
            }
            if crashes && dice.roll(2) == 0 {
                drop(turn);
                whole = false;
            } else {
                turn.commit().unwrap();
            }
            if crashes {
                house = house.restart(moment(ms + 500)).0;
            }
            let read: Vec<Payout> = (1..=8).map(|id| house.ledger.payout(PayoutId(id)).unwrap()).collect();
            if whole && !crashes {
                assert_eq!(read, payouts, "seed {seed}, step {step}");
            }
            payouts = read;
        }
        let findings = verify(house.folder.path(), &[house.ledger.head().unwrap()]).unwrap();
        assert_eq!(findings.problems, Vec::<String>::new(), "seed {seed}");
    }
    assert!(moved > 500, "{moved} moves are not enough to say anything");
}
