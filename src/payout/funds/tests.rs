//! Promises of the money side: what may be spent is never more than what is there.

use super::*;
use proptest::prelude::*;

fn at(ms: u64) -> BootMoment {
    BootMoment { boot: 1, ms }
}
fn htg(whole: i64) -> Amount {
    Amount::from_centimes(whole * 100)
}
fn funds() -> Funds {
    Funds::new(Fee { parts_per_million: 30_000, fixed: Amount::ZERO }, htg(10), Duration::from_secs(10))
}

#[test]
fn fees_are_rounded_up() {
    let fee = Fee { parts_per_million: 30_000, fixed: Amount::from_centimes(5) };
    assert_eq!(fee.with(Amount::from_centimes(101)), Amount::from_centimes(101 + 4 + 5));
    assert_eq!(fee.with(Amount::MAX), Amount::MAX);
    assert_eq!(fee.for_rows(u32::MAX, Amount::MAX), Amount::MAX);
}

/// What each row costs is known to the centime here; the bound must not be under it, nor over what rows of
/// some amounts do cost.
#[test]
fn many_rows_are_never_reckoned_a_centime_too_low() {
    let centimes = Amount::from_centimes;
    for (parts_per_million, fixed) in [(0, 0), (0, 7), (30_000, 0), (30_000, 25), (12_345, 5), (1, 0), (1_000_000, 3)] {
        let fee = Fee { parts_per_million, fixed: centimes(fixed) };
        let share = |amount: i64| (i128::from(amount) * i128::from(parts_per_million) + WHOLE - 1).div_euclid(WHOLE);
        let cost = |amount: i64| amount + i64::try_from(share(amount)).unwrap() + fixed;
        for amounts in [vec![], vec![1], vec![101], vec![33, 34], vec![67; 250], vec![100; 250], vec![1, 99, 1_000_001]]
        {
            let rows = u32::try_from(amounts.len()).unwrap();
            let exact: i64 = amounts.iter().copied().map(cost).sum();
            assert_eq!(fee.for_each(amounts.iter().copied().map(centimes)), centimes(exact), "{fee:?}: {amounts:?}");
            let reckoned = fee.for_rows(rows, centimes(amounts.iter().sum())).centimes();
            let spare = i64::from(rows) - i64::from(rows.min(1));
            assert!((exact..=exact + spare).contains(&reckoned), "{fee:?}: {amounts:?}: {reckoned} for {exact}");
        }
    }
    // 3 % of 67 centimes is rounded up as far as 3 % ever is: the bound is what these rows cost.
    let fee = Fee { parts_per_million: 30_000, fixed: Amount::ZERO };
    assert_eq!(fee.for_rows(250, centimes(250 * 67)), centimes(250 * (67 + 3)));
    assert_eq!(Fee::default().for_rows(250, centimes(250 * 67)), centimes(250 * 67), "no fee, nothing to round");
}

#[test]
fn doubt_stays_reserved_until_it_is_settled() {
    let mut funds = funds();
    assert_eq!(funds.covers(htg(1)), Cover::Unknown);
    funds.read(Reading { balance: htg(1000), requested: at(0) });
    funds.reserve(htg(500));
    assert_eq!(funds.spendable(), Some(htg(1000 - 515 - 10)));
    funds.read(Reading { balance: htg(485), requested: at(60_000) });
    assert_eq!(funds.spendable(), Some(htg(485 - 515 - 10)), "it may or may not be in the reading");
    funds.settle_unpaid(htg(500));
    assert_eq!(funds.spendable(), Some(htg(485 - 10)));
}

#[test]
fn a_debit_that_settled_within_the_lag_of_a_reading_still_counts() {
    let mut funds = funds();
    funds.read(Reading { balance: htg(1000), requested: at(0) });
    funds.reserve(htg(100));
    funds.settle_paid(htg(100), at(5_000));
    assert_eq!(funds.spendable(), Some(htg(1000 - 103 - 10)));
    funds.read(Reading { balance: htg(1000), requested: at(14_000) });
    assert_eq!(funds.spendable(), Some(htg(1000 - 103 - 10)), "9 s after: the reading may not know it");
    funds.read(Reading { balance: htg(897), requested: at(15_000) });
    funds.read(Reading { balance: htg(897), requested: at(25_001) });
    assert_eq!(funds.spendable(), Some(htg(897 - 10)));
}

#[test]
fn a_rise_counts_when_it_was_read_twice() {
    let mut funds = funds();
    funds.read(Reading { balance: htg(100), requested: at(0) });
    funds.read(Reading { balance: htg(5000), requested: at(30_000) });
    assert_eq!(funds.spendable(), Some(htg(90)));
    assert!(funds.rise_unconfirmed());
    funds.read(Reading { balance: htg(5000), requested: at(31_000) });
    assert_eq!(funds.spendable(), Some(htg(4990)));
    assert!(!funds.rise_unconfirmed());
}

#[test]
fn late_answers_do_not_bring_money_back_that_was_paid_since() {
    let mut funds = funds();
    funds.read(Reading { balance: htg(1000), requested: at(0) });
    funds.reserve(htg(100));
    funds.settle_paid(htg(100), at(5_000));
    funds.read(Reading { balance: htg(897), requested: at(20_000) });
    funds.read(Reading { balance: htg(897), requested: at(30_000) });
    for late in [1, 2] {
        funds.read(Reading { balance: htg(1000), requested: at(late) });
        assert_eq!(funds.spendable(), Some(htg(887)));
    }
}

#[test]
fn a_late_answer_does_not_bring_an_old_reading_back() {
    let mut funds = funds();
    funds.read(Reading { balance: htg(100), requested: at(10_000) });
    funds.read(Reading { balance: htg(9000), requested: at(1) });
    assert_eq!(funds.spendable(), Some(htg(90)));
}

#[test]
fn what_settled_in_another_boot_counts_for_one_lag_and_not_for_ever() {
    let mut funds = funds();
    funds.remember_paid(htg(100), BootMoment { boot: 9, ms: u64::MAX });
    funds.read(Reading { balance: htg(1000), requested: at(0) });
    assert_eq!(funds.spendable(), Some(htg(1000 - 103 - 10)));
    funds.read(Reading { balance: htg(1000), requested: at(10_000) });
    funds.read(Reading { balance: htg(1000), requested: at(20_001) });
    assert_eq!(funds.spendable(), Some(htg(990)));
}

#[test]
fn settling_what_was_never_reserved_makes_no_money() {
    let mut funds = funds();
    funds.read(Reading { balance: htg(100), requested: at(0) });
    funds.settle_unpaid(htg(1_000_000));
    assert_eq!(funds.spendable(), Some(htg(90)));
}

/// A truthful account: its balance, and when each debit was made; a debit shows in readings at the
/// latest `LAG` after it was made.
const LAG: u64 = 10_000;

#[derive(Clone, Debug)]
enum Step {
    Pass(u64),
    /// Send a payout of so many HTG if it is covered.
    Send(i64),
    /// MonCash debits the open call (or never does); the moments of the debit and of the answer differ.
    Debit(usize),
    /// The open call's fate is settled for us, as it really is.
    Settle(usize),
    /// A reading is requested; what of the young debits it shows is MonCash's whim.
    Ask(u64),
    /// The answer of one of the readings comes in, not always the oldest's.
    Hear(usize),
    /// Somebody pays in.
    TopUp(i64),
}

fn any_step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => (0u64..12_000).prop_map(Step::Pass),
        5 => (1i64..400).prop_map(Step::Send),
        4 => any::<usize>().prop_map(Step::Debit),
        4 => any::<usize>().prop_map(Step::Settle),
        3 => any::<u64>().prop_map(Step::Ask),
        3 => prop_oneof![Just(0usize), any::<usize>()].prop_map(Step::Hear),
        1 => (1i64..500).prop_map(Step::TopUp),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever the order of sends, debits, answers and late readings: what is called spendable is
    /// never more than what is there, less what open calls may still take, less the floor; so the
    /// balance never goes under the floor.
    #[test]
    fn given_truthful_readings_the_balance_never_goes_under_the_floor(
        steps in proptest::collection::vec(any_step(), 1..120),
    ) {
        let mut funds = funds();
        let (mut now, mut balance) = (1_000u64, htg(1000));
        // Amount and whether it was debited.
        let mut open: Vec<(Amount, bool)> = Vec::new();
        let mut debits: Vec<(u64, Amount)> = Vec::new();
        let mut asked: Vec<Reading> = Vec::new();
        for step in steps {
            match step {
                Step::Pass(wait) => now += wait,
                Step::Send(whole) => if funds.covers(htg(whole)) == Cover::Yes {
                    funds.reserve(htg(whole));
                    open.push((htg(whole), false));
                },
                Step::Debit(which) => if !open.is_empty() {
                    let which = which % open.len();
                    let (amount, debited) = &mut open[which];
                    if !*debited {
                        *debited = true;
                        let cost = funds.fee().with(*amount);
                        balance = balance.saturating_sub(cost);
                        debits.push((now, cost));
                    }
                },
                Step::Settle(which) => if !open.is_empty() {
                    let (amount, debited) = open.remove(which % open.len());
                    if debited { funds.settle_paid(amount, at(now)) } else { funds.settle_unpaid(amount) }
                },
                Step::Ask(whim) => {
                    let hidden = debits.iter().enumerate().filter(|(n, (made, _))| {
                        now - made < LAG && whim >> (n % 64) & 1 == 1
                    });
                    let shown = hidden.fold(balance, |sum, (_, (_, cost))| sum.saturating_add(*cost));
                    asked.push(Reading { balance: shown, requested: at(now) });
                },
                Step::Hear(which) => if !asked.is_empty() {
                    let which = which % asked.len();
                    funds.read(asked.remove(which));
                },
                Step::TopUp(whole) => balance = balance.saturating_add(htg(whole)),
            }
            prop_assert!(balance >= htg(10), "{} is under the floor", balance);
            let outstanding = open.iter().filter(|(_, debited)| !debited);
            let may_go = funds.fee().for_each(outstanding.map(|(amount, _)| *amount));
            let truly = balance.saturating_sub(may_go).saturating_sub(htg(10));
            prop_assert!(funds.spendable().is_none_or(|spendable| spendable <= truly));
        }
    }
}

#[test]
fn a_reading_is_worth_keeping_while_something_moves_and_once_after_it() {
    let mut funds = funds();
    let read = |funds: &mut Funds, balance, ms| {
        funds.read(Reading { balance: htg(balance), requested: at(ms) });
        funds.worth_keeping()
    };
    assert!(!funds.wants_closing(), "nothing was read, nothing moved");
    assert!(read(&mut funds, 1000, 0), "the first of this process");
    assert!(!read(&mut funds, 1000, 30_000) && !funds.wants_closing());
    funds.reserve(htg(100));
    assert!(funds.wants_closing());
    assert!(read(&mut funds, 1000, 60_000), "it may move");
    funds.settle_paid(htg(100), at(85_000));
    assert!(read(&mut funds, 897, 90_000));
    assert!(funds.wants_closing(), "it was settled within the lag of that reading");
    assert!(read(&mut funds, 897, 120_000), "now it is surely in it");
    for ms in [150_000, 180_000] {
        assert!(!funds.wants_closing() && !read(&mut funds, 897, ms));
    }
    assert!(read(&mut funds, 898, 210_000), "a centime came in");
}
