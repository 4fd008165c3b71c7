//! The story of one seed: files are dropped, the process lives and dies in a storm of faults and
//! orders, the storm ends and people put things in order; then again, with what came back.
//!
//! Must never: judge.

use crate::bank::Bank;
use crate::chance::{Chance, ms};
use crate::clock::WorldClock;
use crate::fate::Fate;
use crate::house::{House, Life};
use crate::mail::Mail;
use crate::record::{Counts, Record};
use crate::world::{Debits, SECOND, World};
use std::rc::Rc;
use std::time::Duration;

/// The longest that people and the house may need to settle everything once nothing goes wrong.
const SETTLED_WITHIN: Duration = Duration::from_secs(2 * 3600);

/// So often somebody tops up a centime too little in one world.
const MISERS: u32 = 4;

/// What came of a seed.
pub struct Verdict {
    pub seed: u64,
    pub violations: Vec<String>,
    pub counts: Counts,
    pub trace: String,
}

/// Runs one seed from its beginning to the verdict.
pub fn run(seed: u64) -> Verdict {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    runtime.block_on(live(seed))
}

async fn live(seed: u64) -> Verdict {
    let world = World::of(seed);
    let clock = WorldClock::new();
    let record = Record::new(clock.clone());
    record.note(format_args!("{world:?}"));
    let bank = Bank::new(&world, clock.clone(), record.clone());
    let house = House::build(&world, clock, bank.clone(), record.clone());
    let mut story =
        Story { chance: Chance::stream(seed, 3), mail: Mail::new(&world), house, bank, copies: Vec::new(), misers: 0 };
    story.tell().await;
    let violations = crate::judge::judge(&mut story.house, &story.bank, &story.mail, &record);
    record.count(|counts| counts.lived_ms = story.bank.now());
    let counts = record.counts.borrow().clone();
    Verdict { seed, violations, counts, trace: record.text() }
}

struct Story {
    chance: Chance,
    house: House,
    bank: Rc<Bank>,
    mail: Mail,
    /// Older copies of the ledger.
    copies: Vec<Vec<u8>>,
    /// How often somebody topped up a centime too little.
    misers: u32,
}

impl Story {
    async fn tell(&mut self) {
        let chapters = self.chance.between(1, 3);
        for chapter in 0..chapters {
            self.mail.first_of_chapter(&mut self.house, &mut self.chance, chapter);
            self.storm().await;
            if !self.settle().await {
                return;
            }
        }
        if self.epilogue().await {
            self.house.stop().await;
        }
    }

    /// The process lives and dies, again and again.
    async fn storm(&mut self) {
        self.bank.calm.set(false);
        for _ in 0..self.house.world.lives {
            self.between_lives().await;
            let fate = Fate::draw(&mut self.chance);
            let nap = self.chance.one_in(6).then(|| self.a_sleep());
            let nap = nap.map(|time| (self.chance.between(1, 3), time));
            if self.house.start(fate, nap) == Life::Died {
                continue;
            }
            self.one_life().await;
        }
    }

    fn a_sleep(&mut self) -> Duration {
        let grace = self.house.world.grace;
        match self.chance.below(4) {
            0 => self.chance.wait(SECOND, SECOND * 7),
            1 => self.chance.wait(SECOND * 5, grace),
            2 => grace + self.chance.wait(Duration::ZERO, grace),
            _ => self.chance.wait(grace, SECOND * 3600),
        }
    }

    async fn one_life(&mut self) {
        let end = self.bank.now() + ms(self.chance.wait(SECOND, SECOND * 25));
        while self.bank.now() < end {
            let stretch = self.chance.wait(SECOND / 10, SECOND * 4);
            if self.house.run_for(stretch).await == Life::Died {
                return;
            }
            match self.chance.below(12) {
                0 | 1 => self.house.meddle(&mut self.chance),
                2 | 3 => {
                    self.house.tend(true);
                }
                4 => self.mail.drop_something(&mut self.house, &mut self.chance),
                5 => self.top_up(),
                6 if self.chance.one_in(2) => {
                    let time = self.a_sleep();
                    self.house.record.fault("suspended");
                    self.house.record.note(format_args!("the machine is suspended for {time:?}"));
                    self.house.clock.sleep(time);
                }
                7 if self.chance.one_in(2) => self.set_wall(),
                _ => {}
            }
        }
        if self.chance.one_in(5) {
            self.house.stop().await;
        } else {
            self.house.die("at a quiet moment");
        }
    }

    /// A last payroll comes when the money above the floor is gone, in worlds in which every centime can be
    /// reckoned: nothing is on its way, no process runs, and no reading shows what was before.
    async fn epilogue(&mut self) -> bool {
        let world = &self.bank.world;
        let certain = world.fee && !world.balance_lies && world.debits == Debits::WithinGrace;
        let spare = self.bank.balance_at(self.bank.now()) - world.floor;
        if !certain || self.mail.forgot() || self.bank.quiet_from() >= self.bank.now() || spare <= 0 {
            return true;
        }
        self.house.record.fault("the money above the floor is gone");
        self.house.record.note(format_args!("{spare} centimes are taken elsewhere"));
        self.bank.top_up(-spare);
        self.house.clock.sleep(world.balance_lag + SECOND);
        self.mail.payroll(&mut self.house, &mut self.chance);
        self.settle().await
    }

    /// Where nothing but money is waited for, and MonCash's fee is known: a centime less than the next payout
    /// takes. Whoever reckons the fee a centime too low sends it, and the balance goes under the floor.
    fn top_up_a_centime_too_little(&mut self) {
        let world = &self.bank.world;
        let quiet = self.bank.quiet_from() < self.bank.now();
        if !world.fee || world.balance_lies || !quiet || self.misers >= MISERS {
            return;
        }
        let Some(centimes) = self.house.waits_for_money() else { return };
        let wanted = world.floor + centimes + world.fee_of(centimes) - 1;
        let missing = wanted - self.bank.balance_at(self.bank.now());
        if missing > 0 {
            self.misers += 1;
            self.house.record.fault("topped up a centime too little");
            self.house.record.note(format_args!("topped up by {missing} centimes, one too little"));
            self.bank.top_up(missing);
        }
    }

    fn top_up(&mut self) {
        let htg = self.chance.between(100, 5_000);
        self.house.record.note(format_args!("topped up by HTG {htg}"));
        self.bank.top_up(i64::try_from(htg * 100).unwrap());
    }

    /// Somebody, or a broken battery, sets the wall clock; never further than five days off.
    fn set_wall(&mut self) {
        let off = i64::try_from(self.chance.below(2 * 5 * 86_400)).unwrap() - 5 * 86_400;
        let off = if self.chance.one_in(3) { 0 } else { off * 1000 };
        self.house.record.fault("the wall clock was set");
        self.house.record.note(format_args!("the wall clock is set to {off} ms off"));
        self.house.clock.set_wall(off - self.house.clock.wall_is_off());
    }

    /// No process runs.
    async fn between_lives(&mut self) {
        if self.chance.one_in(2) {
            tokio::time::sleep(self.chance.wait(Duration::ZERO, SECOND * 5)).await;
        }
        if self.chance.one_in(12) {
            let time = self.a_sleep();
            self.house.record.note(format_args!("nobody starts it for {time:?}"));
            self.house.clock.sleep(time);
        }
        if self.chance.one_in(6) {
            self.house.record.fault("the machine was started again");
            self.house.record.note(format_args!("reboot"));
            self.house.clock.reboot();
        }
        if self.chance.one_in(10) {
            self.set_wall();
        }
        if self.chance.one_in(3)
            && let Some(copy) = self.house.copy_ledger()
        {
            self.house.record.note(format_args!("the ledger is copied"));
            self.copies.push(copy);
        }
        if self.chance.one_in(14) && !self.copies.is_empty() {
            self.restore();
        }
        if self.chance.one_in(3) {
            self.mail.drop_something(&mut self.house, &mut self.chance);
        }
    }

    /// An older copy in the ledger's place; the mark, the files and MonCash know better.
    fn restore(&mut self) {
        let copy = self.chance.pick(&self.copies).clone();
        self.house.record.fault("an older ledger was put in place");
        self.house.record.count(|counts| counts.restores += 1);
        match self.chance.below(8) {
            0 => {
                self.house.record.note(format_args!("the state folder is deleted"));
                std::fs::remove_dir_all(self.house.state()).unwrap();
            }
            1 => {
                self.house.record.note(format_args!("an older copy of the ledger is put in its place, without a mark"));
                self.house.put_ledger(&copy);
                std::fs::remove_file(self.house.state().join(payoutd::ledger::HIGH_WATER_FILE)).unwrap();
            }
            _ => {
                self.house.record.note(format_args!("an older copy of the ledger is put in its place"));
                self.house.put_ledger(&copy);
            }
        }
        self.mail.ledger_was_restored(&self.house);
    }

    /// Faults stop. People and the house put everything in order; false when they cannot.
    async fn settle(&mut self) -> bool {
        self.bank.calm.set(true);
        self.house.record.note(format_args!("from here on nothing goes wrong"));
        self.house.clock.set_wall(-self.house.clock.wall_is_off());
        if self.house.start(Fate::Lives, None) == Life::Died {
            return false;
        }
        let end = self.bank.now() + ms(SETTLED_WITHIN);
        let mut rounds = 0;
        while self.bank.now() < end {
            if self.house.run_for(SECOND * 3).await == Life::Died {
                return false;
            }
            let nothing_to_do = self.house.tend(rounds < 200);
            let files_done = self.house.names("inbox").is_empty() && self.house.names("processing").is_empty();
            let landed = self.bank.quiet_from() < self.bank.now();
            if nothing_to_do && files_done && landed && self.house.is_at_rest() {
                self.bank.count_late();
                self.house.record.note(format_args!("at rest"));
                if self.mail.next_chapter_wants_no_process(&mut self.chance) {
                    self.house.stop().await;
                } else {
                    self.house.die("at rest");
                }
                return true;
            }
            rounds += 1;
            self.top_up_a_centime_too_little();
            if rounds % 20 == 0 {
                self.top_up();
            }
            if rounds == 200 {
                // Admitted while the wall clock was days ahead, a batch with a time to regret waits
                // for that day to come.
                self.house.record.note(format_args!("six days go by"));
                self.house.clock.set_wall(6 * 86_400_000);
            }
        }
        let doing = self.house.standstill();
        self.house.complaints.push(format!("not at rest after {SETTLED_WITHIN:?} without a fault: {doing}"));
        false
    }
}
