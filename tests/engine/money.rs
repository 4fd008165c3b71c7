//! The floor is never broken through our doing, and a shortage is told and waited out.

use super::answers;
use super::house::*;
use super::moncash::Act;
use payoutd::engine::Ending;
use payoutd::payout::funds::Fee;
use payoutd::payout::money::Amount;
use payoutd::payout::state::StateWord;

/// Floor of 100 HTG, fee of 3 %, readings up to 10 s late.
fn with_floor() -> House {
    let house = House::with(|set| {
        set.floor = Amount::from_centimes(10_000);
        set.fee = Fee { parts_per_million: 30_000, fixed: Amount::ZERO };
    });
    house.moncash.fee.set(30_000);
    house.moncash.balance_lag.set(8 * SECOND);
    house.moncash.pay_behind_our_back("SOMETHING-ELSE", 99_900_000);
    house
}

#[tokio::test(start_paused = true)]
async fn the_floor_is_never_broken_and_a_shortage_is_told_and_waited_out() {
    let mut house = with_floor();
    // 1,000 HTG; each row costs 61.80; fourteen rows fit above the floor.
    house.moncash.script("A3", [Act::paid_unheard()]);
    house.moncash.script("A7", [Act::lands_after(40 * SECOND)]);
    let batch = house.admit(&rows("A", 20, 60));
    house.run_for(5 * MINUTE).await;
    assert_eq!(house.count(batch, StateWord::Paid), 14);
    assert!(house.moncash.lowest() >= 10_000, "the floor was broken: {}", house.moncash.lowest());
    let shortage = house.engine().desk().shortage().unwrap();
    // 6 × 61.80 − (1000 − 14 × 61.80 − 100), and what six fees could come to by rounding up: five centimes.
    assert_eq!((shortage.htg, shortage.rows), (Amount::from_centimes(33_605), 6));
    let told = house.blocked();
    assert!(told.contains("336.05") && told.contains("6 rows"), "{told}");
    house.moncash.top_up(336);
    house.run_until(5 * MINUTE, |house| house.batch(batch).completed.is_some()).await;
    assert_eq!(house.count(batch, StateWord::Paid), 20);
    assert!(house.moncash.lowest() >= 10_000);
}

#[tokio::test(start_paused = true)]
async fn a_reading_that_lags_behind_our_payments_is_not_believed() {
    let mut house = House::with(|set| {
        set.floor = Amount::from_centimes(10_000);
        set.transfer_every = SECOND;
        set.poll = 3 * SECOND;
    });
    house.moncash.balance_lag.set(8 * SECOND);
    house.moncash.pay_behind_our_back("SOMETHING-ELSE", 99_900_000);
    let batch = house.admit(&rows("A", 30, 60));
    house.run_for(5 * MINUTE).await;
    assert_eq!(house.count(batch, StateWord::Paid), 15);
    assert!(house.moncash.lowest() >= 10_000, "the floor was broken: {}", house.moncash.lowest());
}

#[tokio::test(start_paused = true)]
async fn what_is_in_flight_or_in_doubt_stays_reserved() {
    let mut house = with_floor();
    house.moncash.transfer_takes.set(50 * SECOND);
    *house.moncash.every_transfer.borrow_mut() = Some(Act::lands_after(45 * SECOND));
    house.admit(&rows("A", 20, 60));
    for _ in 0..20 {
        house.run_for(30 * SECOND).await;
        assert!(house.moncash.lowest() >= 10_000, "the floor was broken: {}", house.moncash.lowest());
    }
    assert_eq!(house.moncash.transfers().len(), 14);
    house.restart();
    house.run_for(5 * MINUTE).await;
    assert_eq!(house.moncash.transfers().len(), 14, "a restart forgets no reservation");
}

/// A house with this many HTG.
fn with_balance(htg: i64) -> House {
    let house = House::new();
    house.moncash.pay_behind_our_back("SOMETHING-ELSE", (1_000_000 - htg) * 100);
    house
}

#[tokio::test(start_paused = true)]
async fn a_payout_too_large_for_the_funds_is_not_overtaken_by_smaller_ones() {
    let mut house = with_balance(1000);
    house.admit(&[row("A1", 300), row("A2", 800), row("A3", 50), row("A4", 50)]);
    house.run_for(5 * MINUTE).await;
    assert_eq!(house.moncash.order(), ["A1"]);
    house.moncash.top_up(200);
    house.run_until(5 * MINUTE, |house| house.word("A4") == StateWord::Paid).await;
    assert_eq!(house.moncash.order(), ["A1", "A2", "A3", "A4"]);
}

#[tokio::test(start_paused = true)]
async fn a_large_payout_is_not_overtaken_while_it_is_checked() {
    let mut house = with_balance(1000);
    // Its first question is lost, so that it is asked again later.
    house.moncash.script_status("A1", [super::moncash::Said::Lost]);
    house.admit(&[row("A1", 900), row("A2", 200)]);
    house.run_for(5 * MINUTE).await;
    assert_eq!(house.moncash.order(), ["A1"], "the smaller one took the money");
}

#[tokio::test(start_paused = true)]
async fn run_once_ends_early_when_money_is_short_but_settles_the_doubts_first() {
    let mut house = with_balance(1000);
    house.moncash.script("A1", [Act::paid_unheard()]);
    house.admit(&rows("A", 5, 300));
    let ended = house.run_once().await;
    let Ending::Early(why) = ended else { panic!("{ended:?}") };
    let why = why.to_string();
    assert!(why.contains("500.00") && why.contains("2 rows"), "{why}");
    assert_eq!(house.word("A1"), StateWord::Paid, "a doubt was left although MonCash could be asked");
    assert_eq!(house.moncash.transfers().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn run_once_ends_early_when_only_a_proven_payout_lacks_the_money() {
    let mut house = with_balance(1000);
    house.moncash.script("A1", [Act::lost()]);
    house.moncash.script("A2", [Act::paid()]);
    house.admit(&[row("A1", 600), row("A2", 100)]);
    house.run_until(MINUTE, |house| house.word("A2") == StateWord::Paid).await;
    house.moncash.pay_behind_our_back("SOMETHING-MORE", 50_000);
    let ended = tokio::time::timeout(2 * HOUR, house.run_once()).await.expect("it ends");
    assert!(matches!(ended, Ending::Early(_)), "{ended:?}");
    assert_eq!(house.moncash.transfers_of("A1").len(), 1);
}

/// A reading is asked for before a debit and answered after it; asked before an intent, and heard after
/// its settlement; heard in the middle of a payroll. However it crosses, what it may not know is taken
/// from it, and nobody waits for ever.
#[tokio::test(start_paused = true)]
async fn a_reading_that_crosses_a_debit_breaks_no_floor() {
    for balance_takes in [1, 300, 900, 4_000, 11_000, 25_000] {
        for transfer_takes in [200, 3_000, 12_000] {
            let mut house = House::with(|set| {
                set.floor = Amount::from_centimes(10_000);
                set.poll = 2 * SECOND;
            });
            house.moncash.balance_takes.set(std::time::Duration::from_millis(balance_takes));
            house.moncash.transfer_takes.set(std::time::Duration::from_millis(transfer_takes));
            house.moncash.balance_lag.set(9 * SECOND);
            house.moncash.pay_behind_our_back("SOMETHING-ELSE", 99_900_000);
            house.moncash.script("A4", [Act::paid_unheard()]);
            house.moncash.script("A9", [Act::lands_after(20 * SECOND)]);
            // 1,000 HTG and a floor of 100: fifteen of sixty.
            let batch = house.admit(&rows("A", 20, 60));
            house.run_for(10 * MINUTE).await;
            let told = format!("readings take {balance_takes} ms, Transferts {transfer_takes} ms");
            assert!(house.moncash.lowest() >= 10_000, "{told}: down to {}", house.moncash.lowest());
            assert_eq!(house.count(batch, StateWord::Paid), 15, "{told}");
            house.moncash.top_up(300);
            house.run_until(10 * MINUTE, |house| house.batch(batch).completed.is_some()).await;
            assert_eq!((house.moncash.lowest(), house.count(batch, StateWord::Paid)), (10_000, 20), "{told}");
            house.is_sound(&[]);
        }
    }
}

/// What is short only until a reading shows the last payments is no end: the next reading decides.
#[tokio::test(start_paused = true)]
async fn run_once_does_not_end_while_a_proven_payout_waits_for_a_newer_reading() {
    let mut house = with_balance(1000);
    house.moncash.script("A1", [Act::lost()]);
    house.pay_a_control().await;
    house.admit(&[row("A1", 500)]);
    house.run_until(MINUTE, |house| !house.moncash.transfers_of("A1").is_empty()).await;
    house.run_for(GRACE - 2 * SECOND).await;
    house.admit(&[row("B1", 350)]);
    let ended = tokio::time::timeout(2 * HOUR, house.run_once()).await.expect("it ends");
    assert_eq!(ended, Ending::Done);
    assert_eq!((house.word("A1"), house.word("B1")), (StateWord::Paid, StateWord::Paid));
}

#[tokio::test(start_paused = true)]
async fn a_proof_is_not_kept_while_money_is_short() {
    let mut house = with_balance(1000);
    house.moncash.script("A1", [Act::lost()]);
    house.pay_a_control().await;
    house.admit(&[row("A1", 600)]);
    house.run_until(MINUTE, |house| !house.moncash.transfers_of("A1").is_empty()).await;
    house.moncash.pay_behind_our_back("SOMETHING-MORE", 50_000);
    house.run_for(GRACE * 3).await;
    assert_eq!(house.moncash.transfers_of("A1").len(), 1);
    house.moncash.top_up(500);
    house.run_until(5 * MINUTE, |house| house.word("A1") == StateWord::Paid).await;
    let sent = house.moncash.transfers_of("A1")[1];
    let asked = house.moncash.status_calls_of("A1").into_iter().filter(|at| *at < sent).max().unwrap();
    assert!(sent - asked <= 10_200, "sent on an answer {} ms old", sent - asked);
    assert_eq!(house.moncash.debits_of("A1"), 1);
}

#[tokio::test(start_paused = true)]
async fn a_shortage_that_moncash_tells_is_believed_over_the_reading() {
    let mut house = House::new();
    let words = "The balance is insufficient for the transaction.";
    house.moncash.script("A1", [Act::says(403, answers::refused(403, words))]);
    house.pay_a_control().await;
    house.admit(&[row("A1", 100)]);
    let before = house.moncash.balance_calls().len();
    house.run_for(5 * SECOND).await;
    assert!(house.moncash.balance_calls().len() > before, "the balance is asked again");
    assert_eq!(house.word("A1"), StateWord::InDoubt, "nobody is declined over our own balance");
    house.run_until(GRACE * 2, |house| house.word("A1") == StateWord::Paid).await;
    assert_eq!(house.moncash.debits_of("A1"), 1);
}

/// The same while MonCash is asked about the payout again: a question is no end either.
#[tokio::test(start_paused = true)]
async fn run_once_does_not_end_at_a_question_about_a_payout_that_waits_for_a_newer_reading() {
    for ask_every in [700, 1_100, 2_300] {
        let mut house = House::with(move |set| {
            set.balance_lag = 40 * SECOND;
            set.policy.ask_every = std::time::Duration::from_millis(ask_every);
            set.policy.ask_at_most_every = std::time::Duration::from_millis(ask_every);
        });
        house.moncash.pay_behind_our_back("SOMETHING-ELSE", (1_000_000 - 1000) * 100);
        house.moncash.script("A1", [Act::lost()]);
        house.pay_a_control().await;
        house.admit(&[row("A1", 500)]);
        house.run_until(MINUTE, |house| !house.moncash.transfers_of("A1").is_empty()).await;
        house.run_for(GRACE - 2 * SECOND).await;
        house.admit(&[row("B1", 350)]);
        let ended = tokio::time::timeout(2 * HOUR, house.run_once()).await.expect("it ends");
        assert_eq!(ended, Ending::Done);
        assert_eq!(
            (house.word("A1"), house.word("B1")),
            (StateWord::Paid, StateWord::Paid),
            "asked every {ask_every} ms"
        );
    }
}
