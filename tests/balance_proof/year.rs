//! A year of payrolls by seed, month by month: what the people get, what goes wrong, what comes in.
//!
//! Must never: leave a payout open at the end of a month.

use super::house::{HOUR, House, MINUTE, SECOND, row};
use super::moncash::Act;
use payoutd::clock::Clock;
use payoutd::ledger::rows::NewRow;
use payoutd::payout::funds::Fee;
use payoutd::payout::moment::Wall;
use payoutd::payout::money::Amount;
use payoutd::payout::state::StateWord;
use std::time::Duration;

/// People of one payroll.
const PEOPLE: u64 = 24;
const DAY: Duration = Duration::from_secs(24 * 3600);

pub struct Year {
    pub house: House,
    seed: u64,
    /// Answers of Transfert that were lost.
    pub lost: u32,
}

impl Year {
    pub fn new(seed: u64, fee: Fee) -> Year {
        let mut house = House::with(move |settings| settings.fee = fee);
        // Somebody takes centimes, and that is not the house's doing.
        house.judged = false;
        house.moncash.balance_lag.set(8 * SECOND);
        house.moncash.fee.set(i64::from(fee.parts_per_million));
        Year { house, seed: seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1, lost: 0 }
    }

    /// A number below `below`.
    fn next(&mut self, below: u64) -> u64 {
        // xorshift64*: the same year for the same seed.
        self.seed ^= self.seed >> 12;
        self.seed ^= self.seed << 25;
        self.seed ^= self.seed >> 27;
        (self.seed.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) % below
    }

    pub fn now(&self) -> Wall {
        self.house.clock.now().wall
    }

    /// One payroll and the idle weeks after it. `theft`: centimes that leave while it is paid; when, comes
    /// back in milliseconds (0 when nothing left).
    pub async fn pay_month(&mut self, month: u64, theft: Option<i64>) -> i64 {
        if month % 3 == 1 {
            self.house.moncash.top_up(150_000);
        }
        let rows: Vec<NewRow> = (1..=PEOPLE)
            .map(|person| {
                let mut row = row(&format!("M{month}-{person}"), 1);
                row.line = u32::try_from(person).unwrap() + 1;
                row.instruction.amount = Amount::from_centimes(i64::try_from(10_000 + self.next(900_000)).unwrap());
                row
            })
            .collect();
        for row in &rows {
            self.script(row.instruction.reference.as_str());
        }
        let batch = self.house.admit(&rows);
        // Early enough that people are still being paid, late enough that the opening was read.
        let pause = Duration::from_millis(1_000 + self.next(4_000));
        self.house.run_for(pause).await;
        let stolen = theft.map_or(0, |centimes| {
            self.house.moncash.pay_behind_our_back(&format!("SOMEBODY-{month}"), centimes);
            self.now().0
        });
        // What comes in while people are paid cannot be told from what does not leave: where a centime
        // leaves, a deposit in the same stretch would be read as one that is a centime smaller.
        if self.next(3) == 0 && theft.is_none() {
            self.house.run_for(SECOND).await;
            self.house.moncash.top_up(1_000);
        }
        if self.next(4) == 0 {
            // A process dies while calls are under way, and another takes over.
            self.house.restart();
        }
        self.house.run_until(3 * HOUR, |house| house.count(batch, StateWord::Paid) == PEOPLE as u32).await;
        // The closing reading, once it must show everything.
        self.house.run_for(3 * MINUTE).await;
        self.house.clock.sleep(DAY * 27);
        if self.next(2) == 0 {
            self.house.crash();
            self.house.clock.reboot();
            self.house.clock.sleep(MINUTE);
            self.house.start();
        }
        stolen
    }

    fn script(&mut self, reference: &str) {
        let delay = Duration::from_millis(300 + self.next(9_000));
        let act = match self.next(10) {
            0 => Act { answer: 20 * SECOND, ..Act::paid_unheard() },
            1 => Act::lost(),
            2 => Act::lands_after(30 * SECOND),
            3..=6 => Act { debit: Some(delay / 2), answer: delay, ..Act::paid() },
            _ => return,
        };
        self.lost += u32::from(act.answer >= 10 * SECOND);
        self.house.moncash.script(reference, [act]);
    }
}
