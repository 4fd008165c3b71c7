//! The state of things in one value, for STATUS.txt, `status` and summaries: from the loop's head
//! while it runs, and for other processes from the ledger and a small file beside it.
//!
//! Must never: be taken for evidence; the ledger is.

use super::Board;
use crate::config::{Config, Environment};
use crate::engine::desk::Desk;
use crate::files::STATE_FILE;
use crate::ledger::{LedgerError, Reader, Standing};
use crate::payout::activity::{Blocked, Doing, Found};
use crate::payout::batch::{Approval, Batch, Gate};
use crate::payout::decide::Wait;
use crate::payout::moment::{Moment, Wall};
use crate::payout::money::Amount;
use crate::payout::state::{BatchId, StateWord};
use crate::reconcile::shelf;
use crate::report::cell::local;
use crate::report::reasons;
use crate::report::view::{BalanceView, BatchView, HouseView, WaitingItem};
use crate::words::findings::{why_approval, why_on_hold};
use crate::words::left::Left;
use crate::words::{Saying, said, say};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::time::Duration;

/// Batches that are shown: all open ones, and of the complete ones the latest.
const SHOWN: u32 = 20;
/// Held payouts that are named one by one.
const NAMED: u32 = 100;
/// Doubts that are looked through for the oldest of each batch.
const MOST_DOUBTS_LOOKED_AT: usize = 10_000;
/// The loop's own file in the state folder: what only its head knows.
const LIVE_FILE: &str = "live.json";
/// Older than this, nobody keeps it any more.
const LIVE_FOR: Duration = Duration::from_secs(150);

/// What only the running loop knows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Live {
    pub at: i64,
    /// The process that keeps it.
    pub process: u32,
    pub doing: Doing,
    /// What keeps every batch from being sent, where something does.
    pub blocked: Option<Blocked>,
    pub reserved_centimes: i64,
    pub spendable_centimes: Option<i64>,
    pub left: Vec<Left>,
    /// What MonCash said of what is unfinished, where the ledger may be older than its last send.
    #[serde(default)]
    pub found: Option<Found>,
    /// Files rejected since the loop started, the latest first.
    #[serde(default)]
    pub rejected: Vec<String>,
    /// Since when the oldest doubt of a batch is one, by number and in milliseconds since 1970.
    #[serde(default)]
    pub in_doubt_since: BTreeMap<i64, i64>,
}

/// The loop's own word on things, where a loop runs.
pub fn live(state: &Path, now: Wall) -> Option<Live> {
    let text = std::fs::read_to_string(state.join(LIVE_FILE)).ok()?;
    let live: Live = serde_json::from_str(&text).ok()?;
    // A process that was killed leaves its last word behind.
    let lives = Path::new("/proc").join(live.process.to_string()).exists();
    (lives && now.since(Wall(live.at)) < LIVE_FOR).then_some(live)
}

/// Leaves the loop's word for other processes. Not flushed: it is worth nothing after a crash.
pub(super) fn leave_live(state: &Path, live: &Live) -> std::io::Result<()> {
    let text = serde_json::to_string(live)?;
    let draft = state.join(format!(".{LIVE_FILE}.new"));
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(STATE_FILE).open(&draft)?;
    let written = file.write_all(text.as_bytes()).and_then(|()| std::fs::rename(&draft, state.join(LIVE_FILE)));
    if written.is_err() {
        // Nobody misses it; on a full disk its bytes may be missed.
        let _ = std::fs::remove_file(&draft);
    }
    written
}

/// What the loop knows now.
pub(super) fn live_of(
    ledger: &Reader,
    desk: &Desk,
    doing: Doing,
    blocked: Option<Blocked>,
    board: &Board,
    now: Moment,
) -> Live {
    Live {
        at: now.wall.0,
        process: std::process::id(),
        doing,
        blocked,
        reserved_centimes: desk.funds().reserved().centimes(),
        spendable_centimes: desk.funds().spendable().map(Amount::centimes),
        left: [board.borrow().left.clone(), board.borrow().left_orders.clone(), board.borrow().left_checks.clone()]
            .concat(),
        // Only words: where the ledger cannot be read, others say so.
        found: desk.found(ledger).unwrap_or_default(),
        rejected: board.borrow().rejected_names.clone(),
        in_doubt_since: in_doubt_since(desk),
    }
}

/// By the first Transfert of each doubt. Of very many nobody is told since when: it would take too long.
fn in_doubt_since(desk: &Desk) -> BTreeMap<i64, i64> {
    let mut since: BTreeMap<i64, i64> = BTreeMap::new();
    if desk.doubts().len() > MOST_DOUBTS_LOOKED_AT {
        return since;
    }
    for payout in desk.doubts().values() {
        let Some(at) = payout.first_sent else { continue };
        let oldest = since.entry(payout.batch.0).or_insert(at.0);
        *oldest = at.0.min(*oldest);
    }
    since
}

/// Why a batch is in its state, and whether something outside keeps it from being sent.
pub(super) fn why(desk: &Desk, batch: BatchId, now: Moment) -> (Option<Saying>, bool) {
    let Some(lane) = desk.lanes().get(&batch) else { return (None, false) };
    let waits = match &lane.waits {
        Some(Wait::Funds { .. } | Wait::FundsUnknown | Wait::Weather | Wait::Stopped(_) | Wait::StartTime(_)) => true,
        Some(Wait::Approval | Wait::BatchHold | Wait::Reply | Wait::Control | Wait::HoldOrder | Wait::Until(_))
        | None => false,
    };
    let blocked = waits || !desk.stops().is_empty();
    let outside = desk.blocked(now).filter(|_| blocked).map(|outside| outside.of_a_batch());
    (batch_why(&lane.batch, outside, now.wall), blocked || lane.batch.starts_later(now.wall))
}

pub(super) fn balance(desk: &Desk) -> Option<BalanceView> {
    let (reading, at) = desk.standing().balance?;
    Some(BalanceView {
        reading,
        at,
        reserved: desk.funds().reserved(),
        spendable: desk.funds().spendable().unwrap_or(Amount::ZERO).max(Amount::ZERO),
        floor: desk.funds().floor(),
    })
}

fn batch_why(batch: &Batch, blocked: Option<Saying>, now: Wall) -> Option<Saying> {
    let count = |word| batch.tally.count(word);
    if batch.is_final() {
        return None;
    }
    if let Gate::Cancelled(order) = batch.gate() {
        return Some(say!("why-being-cancelled", reason = &order.reason));
    }
    if count(StateWord::Queued) > 0 {
        if batch.approval == Approval::Awaited {
            return Some(say!("why-approval", batch = batch.id.to_string(), why = why_approval(batch)));
        }
        if let Some(why) = why_on_hold(batch) {
            return Some(why);
        }
        if batch.starts_later(now) {
            return Some(say!("why-start", at = local(batch.start, &TimeZone::system())));
        }
        if blocked.is_some() {
            return blocked;
        }
    }
    match (count(StateWord::InDoubt), count(StateWord::Held)) {
        (0, 0) => None,
        (0, held) => Some(say!("why-held", held = held)),
        (doubt, 0) => Some(say!("why-in-doubt", doubt = doubt)),
        (doubt, held) => Some(say!("why-in-doubt-and-held", doubt = doubt, held = held)),
    }
}

/// The whole view, from the ledger and what the loop has left for others.
pub fn view(ledger: &Reader, config: &Config, live: Option<&Live>, now: Wall) -> Result<HouseView, LedgerError> {
    let standing = ledger.standing()?;
    let mut batches = ledger.batches_unfinished()?;
    for batch in ledger.batches_latest(SHOWN)? {
        if !batches.iter().any(|known| known.id == batch.id) {
            batches.push(batch);
        }
    }
    let blocked = match live {
        Some(live) => live.blocked.clone(),
        None => standing.circumstances().first_blocked(),
    };
    let fee = super::fee(config);
    // Without a loop nobody has read the balance since these were paid.
    let paid_since = match (live, standing.balance) {
        (None, Some((_, at))) => ledger.settled_since(at)?,
        _ => Vec::new(),
    };
    let paid_since = fee.for_each(paid_since.iter().map(|(amount, _)| *amount));
    let reserved = match live {
        Some(live) => Amount::from_centimes(live.reserved_centimes),
        None => ledger.reserved(fee)?,
    };
    let balance = standing.balance.map(|(reading, at)| {
        let floor = config.balance.floor;
        let reckoned = reading.saturating_sub(reserved).saturating_sub(paid_since).saturating_sub(floor);
        let spendable = live.and_then(|live| live.spendable_centimes).map_or(reckoned, Amount::from_centimes);
        BalanceView { reading, at, reserved, spendable: spendable.max(Amount::ZERO), floor }
    });
    let outside = blocked.as_ref().map(Blocked::of_a_batch);
    let outside = outside.or_else(|| live.is_none().then(|| Doing::NotRunning(None).saying()));
    let weather = match (live, blocked) {
        (Some(_), Some(blocked)) => Doing::Blocked(blocked),
        (Some(live), None) => live.doing.clone(),
        (None, blocked) => Doing::NotRunning(blocked),
    };
    Ok(HouseView {
        environment: config.moncash.environment.to_string(),
        account: config.moncash.client_id.clone(),
        simulated: config.moncash.environment == Environment::Simulator,
        balance,
        weather,
        paused: standing.paused.as_ref().map(|order| format!("{} ({})", order.who, order.reason)),
        alarms: shelf::alarms(&config.folders.batches),
        waiting_for_person: waiting(ledger, &batches, live.and_then(|live| live.found))?,
        in_doubt_since: live
            .map(|live| live.in_doubt_since.iter().map(|(id, at)| (BatchId(*id), Wall(*at))).collect())
            .unwrap_or_default(),
        batches: batches
            .into_iter()
            .map(|batch| BatchView {
                state: batch.state(outside.is_some() || batch.starts_later(now)),
                why: batch_why(&batch, outside.clone(), now),
                batch,
            })
            .collect(),
        left_in_inbox: live.map(|live| live.left.clone()).unwrap_or_default(),
        rejected: live.map(|live| live.rejected.clone()).unwrap_or_default(),
        at: now,
    })
}

/// What stops the sending until a person has looked.
fn house_waits(standing: &Standing, found: Option<Found>) -> Vec<WaitingItem> {
    let found = found.filter(|found| !found.is_empty());
    let reason = |blocked: &Blocked| match (blocked, found) {
        (Blocked::Suspect { why }, None) => Some(say!("waits-suspect", why = said(why))),
        (Blocked::Suspect { why }, Some(found)) => {
            Some(say!("waits-suspect-found", why = said(why), found = found.saying()))
        }
        (Blocked::AccountRefused { words }, _) => Some(say!("waits-account-refused", words = words)),
        (Blocked::EqualRefusals { words }, _) => Some(say!("waits-equal-refusals", words = words)),
        // Whoever paused it knows; the rest is no matter of a person's word.
        (
            Blocked::Paused { .. }
            | Blocked::DiskLow
            | Blocked::Storm
            | Blocked::StatusBlind
            | Blocked::Throttled
            | Blocked::Hours { .. }
            | Blocked::BalanceSilent
            | Blocked::BalanceUnknown
            | Blocked::BalanceLags
            | Blocked::Shortage { .. },
            _,
        ) => None,
    };
    let item = |blocked: Blocked| {
        Some(WaitingItem {
            reference: None,
            batch: None,
            line: None,
            state: blocked.word(),
            reason: reason(&blocked)?,
            what_to_do: say!("do-resume"),
        })
    };
    standing.circumstances().blocked().into_iter().filter_map(item).collect()
}

fn waiting(ledger: &Reader, batches: &[Batch], found: Option<Found>) -> Result<Vec<WaitingItem>, LedgerError> {
    let mut items = house_waits(&ledger.standing()?, found);
    for batch in batches.iter().filter(|batch| batch.tally.count(StateWord::Queued) > 0 && batch.cancel.is_none()) {
        let id = batch.id.to_string();
        let (state, what_to_do, reason) = match (&batch.approval, why_on_hold(batch)) {
            (Approval::Awaited, _) => ("awaiting_approval", say!("do-approve", batch = id), why_approval(batch)),
            (_, Some(why)) => ("on_hold", say!("do-release-batch", batch = id), why),
            _ => continue,
        };
        items.push(WaitingItem { reference: None, batch: Some(batch.id), line: None, state, reason, what_to_do });
    }
    for held in ledger.held(NAMED)? {
        let known = held.known;
        let unsent = known.may_have_been_paid == crate::payout::state::MayHaveBeenPaid::No;
        let reference = known.reference.as_str();
        let what_to_do = if unsent {
            say!("do-release-or-cancel", reference = reference)
        } else {
            say!("do-explain-and-resolve", reference = reference)
        };
        items.push(WaitingItem {
            reference: Some(known.reference),
            batch: Some(known.batch),
            line: Some(known.line),
            state: known.status.as_str(),
            reason: reasons::saying(&held.reason),
            what_to_do,
        });
    }
    Ok(items)
}
