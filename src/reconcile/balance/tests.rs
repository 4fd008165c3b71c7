//! Promises of the balance proof, in a world that moves money by seed: what is explained never alarms,
//! and what is not does, to the centime.

use super::*;
use crate::payout::funds::Fee;
use crate::reconcile::charge::Rounding;
use proptest::prelude::*;

const LAG: i64 = 10_000;

/// An account whose readings lag, and what payoutd knows of it, in the order of its chain.
struct World {
    now: i64,
    seq: i64,
    balance: i64,
    /// Debits and credits that a reading does not show yet: from when on, centimes.
    late: Vec<(i64, i64)>,
    prover: Prover,
    closed: Vec<Stretch>,
    next: i64,
}

impl World {
    fn new(fee: Fee) -> World {
        let charge = Charge { fee, rounding: Rounding::Up };
        let prover = Prover::new(charge, Duration::from_millis(10_000));
        World { now: 1_000_000, seq: 0, balance: 1_000_000_000, late: vec![], prover, closed: vec![], next: 0 }
    }

    fn wait(&mut self, ms: i64) {
        self.now += ms;
    }

    fn moment(&self) -> BootMoment {
        BootMoment { boot: 1, ms: u64::try_from(self.now).unwrap() }
    }

    /// A reading that is asked now, and shows what happened so long ago.
    fn read(&mut self, lag: i64, takes: i64) {
        let (asked, asked_at) = (self.moment(), Wall(self.now));
        let hidden: i64 = self.late.iter().filter(|(at, _)| *at > self.now - lag).map(|(_, centimes)| centimes).sum();
        let balance = Amount::from_centimes(self.balance + hidden);
        self.now += takes;
        self.seq += 1;
        let reading = Reading { seq: self.seq, no: self.seq, balance, asked, asked_at, heard: self.moment() };
        let closed = self.prover.reading(reading);
        self.closed.extend(closed.into_iter().flat_map(|it| [Some(it.stretch), it.span]).flatten());
    }

    fn send(&mut self, amount: i64, certain: bool) -> i64 {
        self.next += 1;
        self.prover.sent(Money { id: PayoutId(self.next), amount: Amount::from_centimes(amount), certain });
        self.next
    }

    fn debit(&mut self, amount: i64) {
        let cost = amount + self.prover.charge.of(Amount::from_centimes(amount));
        self.leave(cost);
    }

    /// Money leaves, whoever took it.
    fn leave(&mut self, centimes: i64) {
        self.balance -= centimes;
        self.late.push((self.now, centimes));
    }

    fn paid(&mut self, id: i64) {
        self.prover.paid(PayoutId(id), Wall(self.now));
    }

    fn pay(&mut self, amount: i64) {
        let id = self.send(amount, true);
        self.wait(300);
        self.debit(amount);
        self.wait(200);
        self.paid(id);
    }

    fn quiet(&mut self) {
        self.wait(30_000);
        self.read(0, 500);
    }

    fn alarms(&self) -> Vec<i64> {
        self.closed.iter().filter(|s| s.verdict == Verdict::Unexplained).map(|s| s.unexplained).collect()
    }

    fn last(&self) -> &Stretch {
        self.closed.last().unwrap()
    }
}

fn three_percent() -> Fee {
    Fee { parts_per_million: 30_000, fixed: Amount::from_centimes(100) }
}

#[test]
fn what_was_paid_between_two_quiet_readings_is_explained_to_the_centime() {
    let mut world = World::new(three_percent());
    world.quiet();
    world.pay(123_457);
    world.pay(50_000);
    world.quiet();
    let stretch = world.last();
    assert_eq!((stretch.verdict, stretch.rows, stretch.paid, stretch.difference), (Verdict::Exact, 2, 173_457, 0));
    assert_eq!(stretch.fees, 3_704 + 1_500 + 200);
}

#[test]
fn a_single_centime_that_nothing_explains_is_an_alarm_and_names_the_payouts_around_it() {
    let mut world = World::new(three_percent());
    world.quiet();
    world.pay(123_457);
    world.leave(1);
    world.quiet();
    assert_eq!((world.last().verdict, world.last().unexplained), (Verdict::Unexplained, 1));
    assert_eq!(world.last().named, [PayoutId(1)]);
}

#[test]
fn a_payout_that_crosses_a_reading_may_be_in_it_and_the_span_is_exact() {
    let mut world = World::new(Fee::default());
    world.quiet();
    let first = world.send(100_000, true);
    world.wait(100);
    world.debit(100_000);
    // The answer is still under way.
    world.read(0, 100);
    assert_eq!(world.last().verdict, Verdict::InFlight);
    world.paid(first);
    world.wait(5_000);
    // Settled, but within the lag.
    world.read(10_000, 100);
    assert_eq!(world.last().verdict, Verdict::InFlight, "a reading that lags more shows the money again");
    let seen = world.closed.len();
    world.quiet();
    let span = world.closed[seen..].iter().find(|stretch| stretch.is_span).unwrap();
    assert_eq!(span.verdict, Verdict::Exact);
}

#[test]
fn a_doubt_explains_its_money_once_and_no_more() {
    let mut world = World::new(Fee::default());
    world.quiet();
    world.send(50_000, false);
    world.quiet();
    assert_eq!(world.last().verdict, Verdict::Exact, "it did not move yet");
    world.debit(50_000);
    world.quiet();
    assert_eq!((world.last().verdict, world.last().difference), (Verdict::OpenDoubt, 50_000));
    world.leave(50_000);
    world.quiet();
    assert_eq!((world.last().verdict, world.last().unexplained), (Verdict::Unexplained, 50_000));
}

#[test]
fn a_top_up_hides_no_centime_that_left_in_another_stretch() {
    let mut world = World::new(Fee::default());
    world.quiet();
    world.leave(-200_000);
    world.quiet();
    assert_eq!((world.last().verdict, world.last().top_up), (Verdict::TopUp, 200_000));
    // A payout that crosses every reading makes one span of the next three stretches.
    let slow = world.send(1_000, true);
    world.quiet();
    world.leave(-300_000);
    world.quiet();
    world.debit(1_000);
    world.leave(1);
    world.quiet();
    world.paid(slow);
    world.quiet();
    assert_eq!((world.last().is_span, world.last().verdict), (true, Verdict::Unexplained));
    assert_eq!(world.last().unexplained, 1);
}

#[test]
fn a_clock_that_was_set_proves_no_age() {
    let mut world = World::new(Fee::default());
    world.quiet();
    let id = world.send(70_000, true);
    world.debit(70_000);
    world.paid(id);
    // The wall clock is set an hour ahead; the reading still lags.
    let (asked, heard) = (world.moment(), world.moment());
    let balance = Amount::from_centimes(world.balance + 70_000);
    let reading = Reading { seq: 9, no: 9, balance, asked, asked_at: Wall(world.now + 3_600_000), heard };
    let closed = world.prover.reading(reading).unwrap();
    assert_eq!(closed.stretch.verdict, Verdict::InFlight);
}

/// What happens in a world, by number.
#[derive(Clone, Debug)]
enum Deed {
    Wait(u16),
    Send { centimes: i64, debit_first: bool },
    Settle(usize),
    TopUp(i64),
    Read { lag: i64, takes: i64 },
    Lose(usize),
}

fn deeds() -> impl Strategy<Value = Vec<Deed>> {
    let deed = prop_oneof![
        4 => (0_u16..20_000).prop_map(Deed::Wait),
        6 => (1_i64..500_000, any::<bool>()).prop_map(|(centimes, debit_first)| Deed::Send { centimes, debit_first }),
        6 => (0_usize..20).prop_map(Deed::Settle),
        1 => (1_i64..900_000).prop_map(Deed::TopUp),
        4 => (0..=LAG, 0_i64..3_000).prop_map(|(lag, takes)| Deed::Read { lag, takes }),
        1 => (0_usize..20).prop_map(Deed::Lose),
    ];
    proptest::collection::vec(deed, 1..150)
}

/// Plays the deeds; with `theft` that many centimes leave in the middle of them. Everything that was sent
/// is settled in the end, but for what was lost for ever without moving money.
fn play(deeds: &[Deed], theft: i64) -> World {
    let mut world = World::new(three_percent());
    world.quiet();
    let mut open: Vec<(i64, i64, bool)> = Vec::new();
    let settle = |world: &mut World, open: &mut Vec<(i64, i64, bool)>, which: usize| {
        if open.is_empty() {
            return;
        }
        let (id, centimes, debited) = open.remove(which % open.len());
        if !debited {
            world.debit(centimes);
        }
        world.wait(100);
        world.paid(id);
    };
    for (at, deed) in deeds.iter().enumerate() {
        if at == deeds.len() / 2 && theft > 0 {
            world.leave(theft);
            // No reading shows it and a later one not.
            world.wait(LAG);
        }
        match deed {
            Deed::Wait(ms) => world.wait(i64::from(*ms)),
            Deed::Send { centimes, debit_first } => {
                let id = world.send(*centimes, true);
                world.wait(50);
                if *debit_first {
                    world.debit(*centimes);
                }
                open.push((id, *centimes, *debit_first));
            }
            Deed::Settle(which) => settle(&mut world, &mut open, *which),
            Deed::TopUp(centimes) => world.leave(-centimes),
            Deed::Read { lag, takes } => world.read(*lag, *takes),
            // A call that was lost and is in doubt for ever; no money moved.
            Deed::Lose(centimes) => {
                world.send(i64::try_from(*centimes).unwrap() + 1, false);
            }
        }
    }
    while !open.is_empty() {
        settle(&mut world, &mut open, 0);
    }
    world.quiet();
    world
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_explained_never_alarms(deeds in deeds()) {
        let world = play(&deeds, 0);
        prop_assert_eq!(world.alarms(), Vec::<i64>::new());
        prop_assert!(world.prover.is_quiet());
    }

    #[test]
    fn what_is_not_explained_always_shows(deeds in deeds(), theft in 1_i64..100) {
        let without = deeds.iter().filter(|d| !matches!(d, Deed::TopUp(_) | Deed::Lose(_))).cloned().collect::<Vec<_>>();
        prop_assume!(!without.is_empty());
        let world = play(&without, theft);
        // No doubt and no top-up: it is an alarm, and says how much.
        let closed: i64 = world.closed.iter().filter(|s| s.is_closed).map(|s| s.unexplained).sum();
        prop_assert!(closed >= theft, "{closed} of {theft}");
        prop_assert!(world.alarms().iter().all(|found| *found <= theft));
    }

    #[test]
    fn closed_stretches_add_up_to_the_whole_account(deeds in deeds()) {
        let world = play(&deeds, 0);
        let closed: Vec<&Stretch> = world.closed.iter().filter(|s| s.is_closed).collect();
        for pair in closed.windows(2) {
            prop_assert_eq!(pair[0].to, pair[1].from);
        }
        for stretch in &world.closed {
            let reckoned = stretch.from.balance.centimes() - stretch.paid - stretch.fees + stretch.top_up
                - stretch.to.balance.centimes();
            prop_assert_eq!(reckoned, stretch.difference);
        }
    }
}
