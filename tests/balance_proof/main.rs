//! The balance proof over years of simulated payrolls: the real engine on a real ledger under a clock that
//! the test turns, against a MonCash whose readings lag, whose answers get lost and which takes a fee.
//!
//! Must never: take a proof's word for it; what left the account is counted on MonCash's side.

#[allow(dead_code)]
#[path = "../engine/answers.rs"]
mod answers;
#[allow(dead_code)]
#[path = "../engine/clock.rs"]
mod clock;
#[allow(dead_code)]
#[path = "../engine/house.rs"]
mod house;
#[allow(dead_code)]
#[path = "../engine/judge.rs"]
mod judge;
#[allow(dead_code)]
#[path = "../engine/moncash.rs"]
mod moncash;

mod year;

use house::{HOUR, House, MINUTE};
use payoutd::ledger::period::Period;
use payoutd::payout::funds::Fee;
use payoutd::payout::moment::Wall;
use payoutd::payout::money::Amount;
use payoutd::reconcile::balance_page;
use payoutd::reconcile::proof::Question;
use payoutd::reconcile::summary;
use payoutd::words::Language;
use std::time::Duration;
use year::Year;

/// What a proof said: its rows, as cells by column, and its words.
pub struct Proven {
    pub rows: Vec<csv::StringRecord>,
    pub proof: summary::Proof,
}

impl Proven {
    pub fn cell<'a>(&self, row: &'a csv::StringRecord, column: usize) -> &'a str {
        row.get(column).unwrap_or_default()
    }

    pub fn count(&self, verdict: &str) -> usize {
        self.rows.iter().filter(|row| self.cell(row, 12) == verdict).count()
    }
}

/// Milliseconds since 1970, as these tests read them back.
fn in_ms(at: Wall) -> String {
    at.0.to_string()
}

pub fn prove(house: &House, period: Period, fee: Fee) -> Proven {
    house.look(|ledger| {
        let question = Question { period, fee, balance_lag: Duration::from_secs(10), now: None };
        let batches = ledger.batches_latest(1_000)?;
        let (page, proof) =
            balance_page::write(Vec::new(), ledger, &batches, &question, Language::English, in_ms).expect("a proof");
        let mut reader = csv::Reader::from_reader(page.as_slice());
        let rows = reader.records().map(|row| row.expect("a row")).collect();
        Ok(Proven { rows, proof })
    })
}

fn three_percent() -> Fee {
    Fee { parts_per_million: 30_000, fixed: Amount::ZERO }
}

#[tokio::test(start_paused = true)]
async fn a_year_of_payrolls_is_explained_to_the_centime() {
    for seed in 1..=3 {
        let mut year = Year::new(seed, three_percent());
        for month in 1..=12 {
            year.pay_month(month, None).await;
        }
        let proven = prove(&year.house, Period::default(), three_percent());
        assert_eq!(proven.proof.alarm, None, "seed {seed}: {:#?}", proven.proof.lines);
        assert_eq!(proven.proof.remark, None, "seed {seed}");
        let last = proven.proof.lines.last().expect("lines").to_string();
        assert!(last.starts_with("Every centime is explained"), "seed {seed}: {:#?}", proven.proof.lines);
        let closed = proven.count("exact") + proven.count("top_up");
        let crossed = proven.count("in_flight");
        assert!(closed >= 12 && crossed > 12, "seed {seed}: {closed} closed, {crossed} crossed: too little was proven");
        assert_eq!(proven.count("open_doubt"), 0, "seed {seed}");
        // Lost answers and calls that hung made some of it hard.
        assert!(year.lost > 20, "seed {seed}: {} answers were lost", year.lost);
    }
}

#[tokio::test(start_paused = true)]
async fn a_single_centime_that_left_in_a_year_is_found_and_its_stretch_is_named() {
    for seed in 10..=17 {
        let mut year = Year::new(seed, three_percent());
        let month = 1 + seed % 12;
        let mut stolen = 0;
        for each in 1..=12 {
            let theft = (each == month).then_some(1);
            stolen = stolen.max(year.pay_month(each, theft).await);
        }
        let proven = prove(&year.house, Period::default(), three_percent());
        let alarm = proven.proof.alarm.as_ref().map(ToString::to_string).unwrap_or_default();
        assert!(alarm.starts_with("HTG 0.01 left the account between "), "seed {seed}: {alarm}");
        let found: Vec<_> = proven.rows.iter().filter(|row| proven.cell(row, 12) == "unexplained").collect();
        assert_eq!(found.len(), 1, "seed {seed}");
        let at = |column| proven.cell(found[0], column).parse::<i64>().expect("a moment");
        assert!(at(1) <= stolen + 10_000 && stolen <= at(2), "seed {seed}: {} {stolen} {}", at(1), at(2));
        let named = proven.cell(found[0], 14);
        assert!(named.contains(&format!("M{month}-")), "seed {seed}: {named}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_month_is_proven_alone_and_holds_the_stretches_that_cross_its_ends() {
    let mut year = Year::new(5, three_percent());
    let mut ends = vec![year.now()];
    for month in 1..=4 {
        year.pay_month(month, (month == 3).then_some(1)).await;
        ends.push(year.now());
    }
    for month in 1..=4 {
        let period = Period { from: Some(ends[month - 1]), before: Some(ends[month]) };
        let proven = prove(&year.house, period, three_percent());
        assert_eq!(proven.proof.alarm.is_some(), month == 3, "month {month}: {:#?}", proven.proof.lines);
    }
}

#[tokio::test(start_paused = true)]
async fn the_fee_that_moncash_charges_is_learned_and_told_and_is_no_alarm() {
    let mut year = Year::new(7, Fee::default());
    year.house.moncash.fee.set(30_000);
    for month in 1..=3 {
        year.pay_month(month, None).await;
    }
    let proven = prove(&year.house, Period::default(), Fee::default());
    assert_eq!(proven.proof.alarm, None, "{:#?}", proven.proof.lines);
    let remark = proven.proof.remark.map(|remark| remark.to_string()).unwrap_or_default();
    assert!(remark.starts_with("MonCash charges 3 % of each amount, and [balance] says nothing:"), "{remark}");
    // A fee that is set right is not spoken of.
    let proven = prove(&year.house, Period::default(), three_percent());
    assert_eq!((proven.proof.alarm, proven.proof.remark), (None, None));
    // Seen once, it is a hint and the money is still missing.
    let mut once = Year::new(21, Fee::default());
    once.house.moncash.fee.set(30_000);
    once.pay_month(1, None).await;
    let proven = prove(&once.house, Period::default(), Fee::default());
    assert!(proven.proof.alarm.is_some());
    let remark = proven.proof.remark.map(|remark| remark.to_string()).unwrap_or_default();
    assert!(remark.starts_with("A fee of 3 % of each amount would explain it"), "{:#?}", proven.proof.lines);
}

#[tokio::test(start_paused = true)]
async fn an_idle_ledger_does_not_grow() {
    let mut year = Year::new(9, three_percent());
    year.pay_month(1, None).await;
    let end = year.house.look(|ledger| ledger.head());
    let calls = year.house.moncash.balance_calls().len();
    year.house.run_for(6 * HOUR).await;
    assert_eq!(year.house.look(|ledger| ledger.head()), end);
    assert_eq!(year.house.moncash.balance_calls().len(), calls, "nobody asks while nothing moves");
    year.house.run_for(MINUTE).await;
}
