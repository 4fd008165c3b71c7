//! Payment hours: outside of them nothing new leaves and nothing is sent again; asking goes on, and no
//! money grows old.

use super::house::{House, rows};
use super::moncash::Act;
use payoutd::engine::hours::Hours;
use payoutd::payout::hours::PaymentHours;
use payoutd::payout::state::StateWord;
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);
const HOUR_MS: i64 = 3_600_000;

/// Hours of UTC that begin so many whole hours after the world's clock began, and last for one hour.
fn an_hour_from(now: i64, begins: i64) -> Hours {
    let hour = u16::try_from((now / HOUR_MS + begins) % 24).unwrap();
    let rule = PaymentHours { from: hour * 60, until: (hour + 1) * 60, ..PaymentHours::default() };
    Hours { rule, zone: jiff::tz::TimeZone::UTC }
}

fn wall_of(house: &mut House) -> i64 {
    house.engine().now().wall.0
}

/// A house whose payment hours are one hour of the day, so many hours from its beginning.
fn house(begins: i64, change: impl Fn(&mut payoutd::engine::Settings) + Copy + 'static) -> House {
    let now = wall_of(&mut House::new());
    House::with(move |set| {
        set.hours = an_hour_from(now, begins);
        change(set);
    })
}

/// The hour of the day, UTC, of a moment of the world.
fn hour_of(house: &House, ms: u64, began: (u64, i64)) -> i64 {
    let _ = house;
    (began.1 + i64::try_from(ms - began.0).unwrap()) / HOUR_MS % 24
}

#[tokio::test(start_paused = true)]
async fn nothing_new_leaves_outside_the_payment_hours_and_none_of_it_grows_old() {
    // Two hours of waiting make a payout too old, and five hours are shut.
    let mut house = house(5, |set| set.policy.queued_for = 2 * HOUR);
    let began = (house.clock.world_ms(), wall_of(&mut house));
    let batch = house.admit(&rows("A", 3, 100));
    house.run_for(3 * HOUR).await;
    assert!(house.moncash.transfers().is_empty());
    assert_eq!(house.count(batch, StateWord::Queued), 3);
    let told = house.blocked();
    assert!(told.contains("payments keep hours"), "{told}");
    house.run_for(3 * HOUR).await;
    assert_eq!(house.count(batch, StateWord::Paid), 3, "held: {}", house.count(batch, StateWord::Held));
    let open = began.1 / HOUR_MS % 24 + 5;
    for sent in house.moncash.transfers() {
        assert_eq!(hour_of(&house, sent, began), open % 24);
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_proven_unpaid_is_sent_again_within_the_hours_only_and_is_asked_about_at_all_times() {
    // Open now and for less than an hour; the grace ends when it is shut.
    let mut house = house(0, |set| set.policy.proof.grace = HOUR);
    let began = (house.clock.world_ms(), wall_of(&mut house));
    house.pay_a_control().await;
    house.moncash.script("A1", [Act::lost()]);
    house.admit(&rows("A", 1, 100));
    house.run_until(5 * MINUTE, |house| !house.moncash.transfers_of("A1").is_empty()).await;
    house.run_for(10 * HOUR).await;
    assert_eq!(house.moncash.transfers_of("A1").len(), 1, "it was sent again at night");
    let asked = house.moncash.status_calls_of("A1");
    let at_night = asked.iter().filter(|at| hour_of(&house, **at, began) != began.1 / HOUR_MS % 24).count();
    assert!(at_night > 10, "{at_night} questions outside of the hours");
    house.run_for(15 * HOUR).await;
    let sent = house.moncash.transfers_of("A1");
    assert_eq!(sent.len(), 2);
    assert_eq!(hour_of(&house, sent[1], began), began.1 / HOUR_MS % 24);
    assert_eq!(house.word("A1"), StateWord::Paid);
}
