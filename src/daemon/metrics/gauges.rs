//! The page of metrics, from what the loop has in its head: open batches by their tallies, funds, weather,
//! doubts; complete batches as they were summed up.
//!
//! Must never: show an account, a reference or a name, or leave out a family without a reason.

use super::{Metrics, ready};
use crate::config::Config;
use crate::daemon::{house, reconcile};
use crate::engine::desk::{Desk, Lane};
use crate::ledger::{self, Ledger};
use crate::metrics::families;
use crate::metrics::histogram::Seconds;
use crate::metrics::page::Page;
use crate::payout::activity::Blocked;
use crate::payout::batch::BatchState;
use crate::payout::moment::{Moment, Wall};
use crate::payout::money::Amount;
use crate::payout::state::{Payout, StateWord};
use crate::payout::weather::Fitness;
use crate::reconcile::shelf;
use std::path::PathBuf;
use std::time::Duration;

pub(super) fn print(house: &Metrics, ledger: &Ledger, desk: &Desk, now: Moment) -> String {
    let mut page = Page::default();
    let config = &house.config;
    let environment = config.moncash.environment.as_str();
    let build = [("version", env!("CARGO_PKG_VERSION")), ("environment", environment)];
    page.family(&families::BUILD).sample(&build, 1);
    page.one(&families::STARTED, since_1970(house.began));
    page.one(&families::READY, u8::from(ready::not_ready(desk, now).is_none()));
    payouts(&mut page, house, desk, now);
    balance(&mut page, desk, now);
    page.one(&families::SILENCE, Seconds(ready::silence(desk, now)));
    weather(&mut page, desk, now);
    desk.meters().print(&mut page);
    ledger_and_disk(&mut page, config, ledger, desk);
    if let Some(at) = reconcile::last_finished(&config.folders.state) {
        page.one(&families::RECONCILED, since_1970(at));
    }
    page.one(&families::ALARMS, shelf::alarms(&config.folders.batches).len());
    let board = house.board.borrow();
    page.one(&families::FILES_REJECTED, board.rejected);
    page.one(&families::FILES_LEFT, board.left.len() + board.left_orders.len() + board.left_checks.len());
    page.one(&families::REPORTS_UNWRITTEN, board.unwritten.len());
    page.text()
}

fn since_1970(at: Wall) -> Seconds {
    Seconds(Duration::from_millis(u64::try_from(at.0).unwrap_or(0)))
}

fn payouts(page: &mut Page, house: &Metrics, desk: &Desk, now: Moment) {
    let open = |word| {
        desk.lanes().values().fold(house.past.total(word), |(rows, amount), lane| {
            let tally = &lane.batch.tally;
            (rows + u64::from(tally.count(word)), amount.saturating_add(tally.amount(word)))
        })
    };
    let mut samples = page.family(&families::PAYOUTS);
    for word in StateWord::ALL {
        samples.sample(&[("state", word.as_str())], open(word).0);
    }
    let mut samples = page.family(&families::PAYOUTS_HTG);
    for word in StateWord::ALL {
        samples.sample(&[("state", word.as_str())], open(word).1);
    }
    let oldest = desk.doubts().values().map(|payout| age_of(payout, now)).max();
    page.one(&families::OLDEST_DOUBT, Seconds(oldest.unwrap_or_default()));
    let blocked = desk.blocked(now).is_some();
    let (complete, cancelled) = house.past.batches();
    let mut samples = page.family(&families::BATCHES);
    for state in BatchState::ALL {
        let is = |lane: &&Lane| lane.batch.state(blocked || lane.batch.starts_later(now.wall)) == state;
        let past = match state {
            BatchState::Complete => complete,
            BatchState::Cancelled => cancelled,
            _ => 0,
        };
        samples.sample(&[("state", state.word())], past + desk.lanes().values().filter(is).count() as u64);
    }
    page.one(&families::QUEUE, desk.queued_and_free(now).0);
}

/// Since when a payout is in doubt: its first Transfert; of one that may have been forgotten, the suspicion.
fn age_of(payout: &Payout, now: Moment) -> Duration {
    let suspected = || payout.doubt().and_then(|doubt| now.boot.since(doubt.opened));
    payout.first_sent.map(|at| now.wall.since(at)).or_else(suspected).unwrap_or_default()
}

fn balance(page: &mut Page, desk: &Desk, now: Moment) {
    page.one(&families::RESERVED, desk.funds().reserved());
    page.one(&families::FLOOR, desk.funds().floor());
    page.one(&families::SHORTAGE, desk.shortage().map_or(Amount::ZERO, |shortage| shortage.htg));
    let Some(balance) = house::balance(desk) else { return };
    page.one(&families::BALANCE, balance.reading);
    page.one(&families::BALANCE_AGE, Seconds(now.wall.since(balance.at)));
    page.one(&families::SPENDABLE, balance.spendable);
}

fn weather(page: &mut Page, desk: &Desk, now: Moment) {
    let is = match desk.weather().fitness(now.boot) {
        Fitness::Clear => "clear",
        Fitness::Careful => "careful",
        Fitness::Throttled { .. } => "throttled",
        Fitness::Storm => "storm",
        Fitness::StatusBlind => "status_blind",
        Fitness::AccountRefused { .. } => "account_refused",
        Fitness::EqualRefusals { .. } => "equal_refusals",
    };
    let mut samples = page.family(&families::WEATHER);
    for state in WEATHER {
        samples.sample(&[("state", state)], u8::from(state == is));
    }
    let is = desk.blocked(now).as_ref().map(Blocked::word);
    let mut samples = page.family(&families::BLOCKED);
    for reason in Blocked::WORDS {
        samples.sample(&[("reason", reason)], u8::from(is == Some(reason)));
    }
}

const WEATHER: [&str; 7] =
    ["clear", "careful", "throttled", "storm", "status_blind", "account_refused", "equal_refusals"];

fn ledger_and_disk(page: &mut Page, config: &Config, ledger: &Ledger, desk: &Desk) {
    let size = |ending: &str| {
        let mut file = config.folders.state.join(ledger::FILE).into_os_string();
        file.push(ending);
        std::fs::metadata(PathBuf::from(file)).map_or(0, |about| about.len())
    };
    page.one(&families::LEDGER_SIZE, size(""));
    page.one(&families::WAL_SIZE, size("-wal"));
    page.one(&families::EVENTS, ledger.last_written());
    page.one(&families::OPENINGS, ledger.opening());
    if let Some(free) = desk.meters().disk_free {
        page.one(&families::DISK_FREE, free);
    }
    page.one(&families::DISK_NEEDED, config.safety.min_free);
}
