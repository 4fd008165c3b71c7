//! Promises about the weather, as sequences: what was heard, then how fit MonCash is.

use super::*;
use crate::payout::money::Amount;

fn at(ms: u64) -> BootMoment {
    BootMoment { boot: 1, ms }
}

const ALLOWED: u32 = 10;

fn paid() -> TransferAnswer {
    TransferAnswer::Paid { transaction: "1".into() }
}
fn lost() -> TransferAnswer {
    TransferAnswer::Unknown { why: "lost".into() }
}
fn refused(kind: Refusal, words: &str) -> TransferAnswer {
    TransferAnswer::Refused { kind, words: words.into() }
}

/// One thing heard: from Transfert (T), the status call (S) or the balance call (B).
enum Heard {
    T(TransferAnswer),
    S(StatusAnswer),
    B(BalanceAnswer),
    Resume,
}
use Heard::{B, Resume, S, T};

fn after(heard: Vec<Heard>) -> Weather {
    let mut weather = Weather::default();
    for one in heard {
        match one {
            T(answer) => weather.hear_transfer(&answer, None, at(0), ALLOWED),
            S(answer) => weather.hear_status(&answer, None, at(0)),
            B(answer) => weather.hear_balance(&answer, None, at(0)),
            Resume => weather.resume(),
        }
    }
    weather
}

fn times(n: usize, make: fn() -> Heard) -> Vec<Heard> {
    std::iter::repeat_with(make).take(n).collect()
}

fn storm() -> Vec<Heard> {
    times(5, || T(lost()))
}

fn word(weather: &Weather, now: u64) -> &'static str {
    match weather.fitness(at(now)) {
        Fitness::Clear => "clear",
        Fitness::Careful => "careful",
        Fitness::Throttled { .. } => "throttled",
        Fitness::Storm => "storm",
        Fitness::StatusBlind => "blind",
        Fitness::AccountRefused { .. } => "account",
        Fitness::EqualRefusals { .. } => "equal",
    }
}

#[test]
fn what_is_heard_makes_the_weather() {
    let reading = || B(BalanceAnswer::Reading(Amount::ZERO));
    let unread = || S(StatusAnswer::Unknown { why: "HTTP 500".into() });
    let join = |parts: Vec<Vec<Heard>>| parts.into_iter().flatten().collect::<Vec<_>>();
    #[rustfmt::skip]
    let rows: Vec<(&str, Vec<Heard>, &str)> = vec![
        ("nothing", vec![], "clear"),
        ("4 lost", times(4, || T(lost())), "clear"),
        ("5 lost", storm(), "storm"),
        ("5 that never left", times(5, || T(TransferAnswer::NeverLeft { why: "x".into() })), "storm"),
        ("5 refused tokens", times(5, || T(refused(Refusal::Token, "x"))), "storm"),
        ("4 lost, one paid, 4 lost", join(vec![times(4, || T(lost())), vec![T(paid())], times(4, || T(lost()))]), "clear"),
        ("a storm, then a late payment", join(vec![storm(), vec![T(paid())]]), "storm"),
        ("a storm, then a status error", join(vec![storm(), vec![unread()]]), "storm"),
        ("a storm, then a status answer", join(vec![storm(), vec![S(StatusAnswer::NotFound)]]), "careful"),
        ("a storm, then a reading", join(vec![storm(), vec![reading()]]), "careful"),
        ("a storm, then an unreadable balance", join(vec![storm(), vec![B(BalanceAnswer::Unknown { why: "x".into() })]]), "storm"),
        ("careful, then one lost", join(vec![storm(), vec![reading(), T(lost())]]), "storm"),
        ("careful, then one paid", join(vec![storm(), vec![reading(), T(paid())]]), "clear"),
        ("careful, then one refusal", join(vec![storm(), vec![reading(), T(refused(Refusal::Payee, "x"))]]), "clear"),
        ("careful, then a reading", join(vec![storm(), vec![reading(), reading()]]), "careful"),
        ("4 blind", times(4, || S(StatusAnswer::Token)), "clear"),
        ("5 blind", times(5, || S(StatusAnswer::Unknown { why: "x".into() })), "blind"),
        ("5 blind, then a reading", join(vec![times(5, || S(StatusAnswer::Token)), vec![reading()]]), "blind"),
        ("5 blind, then not found", join(vec![times(5, || S(StatusAnswer::Token)), vec![S(StatusAnswer::NotFound)]]), "clear"),
        ("our account, by Transfert", vec![T(refused(Refusal::Account, "short code"))], "account"),
        ("our account, by the status call", vec![S(StatusAnswer::Account { words: "x".into() })], "account"),
        ("our account, by the balance", vec![B(BalanceAnswer::Account { words: "x".into() })], "account"),
        ("our account, then all is well", vec![T(refused(Refusal::Account, "x")), T(paid()), reading()], "account"),
        ("our account, then resume", vec![T(refused(Refusal::Account, "x")), Resume], "careful"),
        ("9 equal refusals", times(9, || T(refused(Refusal::Decline, "full"))), "clear"),
        ("10 equal refusals", times(10, || T(refused(Refusal::Decline, "full"))), "equal"),
        ("10 equal refusals, then a payment", join(vec![times(10, || T(refused(Refusal::Decline, "full"))), vec![T(paid())]]), "equal"),
        ("10 equal refusals, then resume", join(vec![times(10, || T(refused(Refusal::Payee, "x"))), vec![Resume]]), "careful"),
        ("9 equal, one paid, one more", join(vec![times(9, || T(refused(Refusal::Payee, "x"))), vec![T(paid()), T(refused(Refusal::Payee, "x"))]]), "clear"),
        ("9 equal, then another", join(vec![times(9, || T(refused(Refusal::Payee, "x"))), vec![T(refused(Refusal::Payee, "y"))]]), "clear"),
        ("10 wrong echoes", times(10, || T(TransferAnswer::PaidOther { why: "amount".into() })), "equal"),
        ("10 refused tokens are no refusal", times(10, || T(refused(Refusal::TooMany, "x"))), "throttled"),
    ];
    for (name, heard, fitness) in rows {
        assert_eq!(word(&after(heard), 1), fitness, "{name}");
    }
}

#[test]
fn a_throttle_lasts_as_long_as_was_asked_and_is_never_shortened() {
    let mut weather = Weather::default();
    weather.hear_status(&StatusAnswer::TooMany, Some(Duration::from_secs(60)), at(0));
    weather.hear_balance(&BalanceAnswer::TooMany, None, at(1_000));
    assert_eq!(weather.throttled(at(59_999)), Some(at(60_000)));
    assert_eq!((word(&weather, 59_999), word(&weather, 60_000)), ("throttled", "clear"));
    weather.hear_transfer(&refused(Refusal::TooMany, "x"), Some(Duration::MAX), at(0), ALLOWED);
    assert_eq!(word(&weather, u64::try_from(LONGEST_THROTTLE.as_millis()).unwrap()), "clear", "not for ever");
    weather.hear_transfer(&lost(), Some(Duration::from_secs(5)), at(4_000_000), ALLOWED);
    assert_eq!(word(&weather, 4_004_999), "throttled", "a 503 may say how long as well");
}

#[test]
fn probes_grow_apart_and_stop_growing() {
    let mut weather = after(storm());
    assert_eq!(weather.probe_due(), None, "at once");
    let mut now = 0;
    let mut waits = Vec::new();
    for _ in 0..100 {
        weather.probing(at(now));
        let due = weather.probe_due().unwrap().ms;
        waits.push((due - now) / 1000);
        now = due;
    }
    assert_eq!(waits[..7], [2, 4, 8, 16, 32, 60, 60]);
    assert_eq!(waits.last(), Some(&60));
    weather.hear_balance(&BalanceAnswer::Reading(Amount::ZERO), None, at(now));
    assert_eq!(weather.probe_due(), None);
}

#[test]
fn what_a_person_must_lift_outlives_the_process() {
    let refused = after(times(1, || T(refused(Refusal::Account, "short code"))));
    let again = Weather::new(refused.account_refused().map(str::to_string), None);
    assert_eq!(again.fitness(at(0)), Fitness::AccountRefused { words: "short code".into() });
    let again = Weather::new(None, Some("full".to_string()));
    assert_eq!(again.fitness(at(0)), Fitness::EqualRefusals { words: "full".into() });
}
