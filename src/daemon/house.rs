//! The state of things in one value, for STATUS.txt, `status` and summaries: from the loop's head
//! while it runs, and for other processes from the ledger and a small file beside it.
//!
//! Must never: be taken for evidence; the ledger is.

use super::Board;
use crate::config::{Config, Environment};
use crate::engine::desk::{Desk, gate_of};
use crate::files::STATE_FILE;
use crate::ledger::{LedgerError, Reader, Standing};
use crate::payout::batch::{Approval, Batch};
use crate::payout::decide::{Gate, Wait};
use crate::payout::funds::Fee;
use crate::payout::moment::{Moment, Wall};
use crate::payout::money::Amount;
use crate::payout::state::{BatchId, StateWord};
use crate::report::cell::counted;
use crate::report::view::{BalanceView, BatchView, HouseView, WaitingItem};
use serde::{Deserialize, Serialize};
use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::time::Duration;

/// Batches that are shown: all open ones, and of the complete ones the latest.
const SHOWN: u32 = 20;
/// Held payouts that are named one by one.
const NAMED: u32 = 100;
/// The loop's own file in the state folder: what only its head knows.
const LIVE_FILE: &str = "live.json";
/// What keeps every batch waiting where no loop is.
const NOT_RUNNING: &str = "payoutd is not running";
/// Older than this, nobody keeps it any more.
const LIVE_FOR: Duration = Duration::from_secs(150);

/// What only the running loop knows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Live {
    pub at: i64,
    /// The process that keeps it.
    pub process: u32,
    pub doing: String,
    /// What keeps every batch from being sent; empty when nothing does.
    pub blocked: String,
    pub reserved_centimes: i64,
    pub spendable_centimes: Option<i64>,
    pub left: Vec<(String, String)>,
    /// Files rejected since the loop started, the latest first.
    #[serde(default)]
    pub rejected: Vec<String>,
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
pub(super) fn live_of(desk: &Desk, doing: String, blocked: Option<String>, board: &Board, now: Moment) -> Live {
    Live {
        at: now.wall.0,
        process: std::process::id(),
        doing,
        blocked: blocked.unwrap_or_default(),
        reserved_centimes: desk.funds.reserved().centimes(),
        spendable_centimes: desk.funds.spendable().map(Amount::centimes),
        left: board.borrow().left.clone(),
        rejected: board.borrow().rejected_names.clone(),
    }
}

/// Why a batch is in its state, and whether something outside keeps it from being sent.
pub(super) fn why(desk: &Desk, batch: BatchId, now: Moment) -> (String, bool) {
    let Some(lane) = desk.lanes.get(&batch) else { return (String::new(), false) };
    let blocked = desk.standing.paused.is_some()
        || desk.standing.suspicion.is_some()
        || desk.standing.account_refused.is_some()
        || desk.standing.equal_refusals.is_some()
        || desk.disk_low
        || matches!(lane.waits, Some(Wait::Funds { .. } | Wait::FundsUnknown | Wait::Weather | Wait::Stopped(_)));
    let outside = desk.blocked(now).filter(|_| blocked).unwrap_or_default();
    (batch_why(&lane.batch, &outside), blocked)
}

pub(super) fn balance(desk: &Desk) -> Option<BalanceView> {
    let (reading, at) = desk.standing.balance?;
    Some(BalanceView {
        reading,
        at,
        reserved: desk.funds.reserved(),
        spendable: desk.funds.spendable().unwrap_or(Amount::ZERO).max(Amount::ZERO),
        floor: desk.funds.floor(),
    })
}

fn batch_why(batch: &Batch, blocked: &str) -> String {
    let count = |word| batch.tally.count(word);
    if batch.is_final() {
        return String::new();
    }
    if let Gate::Cancelled(order) = gate_of(batch) {
        return format!("being cancelled: {}", order.reason);
    }
    if count(StateWord::Queued) > 0 {
        if batch.approval == Approval::Awaited {
            return format!("waits for 'payoutd approve {} --reason …'", batch.id);
        }
        if let Some(hold) = &batch.hold {
            return hold.clone();
        }
        if !blocked.is_empty() {
            // The state's word, "waiting", stands before it already.
            let rest = ["waiting: ", "waiting for money: "].iter().find_map(|words| blocked.strip_prefix(words));
            return rest.unwrap_or(blocked).to_string();
        }
    }
    match (count(StateWord::InDoubt), count(StateWord::Held)) {
        (0, 0) => String::new(),
        (0, held) => format!("{} for a person", counted(held, "payout waits", "payouts wait")),
        (doubt, 0) => {
            format!(
                "{} under way or in doubt: may already be paid, MonCash is being asked",
                counted(doubt, "payout", "payouts")
            )
        }
        (doubt, held) => {
            let doubt = counted(doubt, "payout", "payouts");
            format!("{doubt} under way or in doubt, {} for a person", counted(held, "waits", "wait"))
        }
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
    let blocked = match (live, &standing.suspicion, &standing.paused) {
        (Some(live), _, _) => live.blocked.clone(),
        (None, Some(why), _) => format!("nothing is sent: the ledger may be older than its last send ({why})"),
        (None, None, Some(order)) => format!("paused by {} ({})", order.who, order.reason),
        (None, None, None) => [&standing.account_refused, &standing.equal_refusals]
            .into_iter()
            .flatten()
            .map(|words| format!("MonCash refuses: {words}"))
            .next()
            .unwrap_or_default(),
    };
    let fee = super::fee(config);
    // Without a loop nobody has read the balance since these were paid.
    let paid_since = match (live, standing.balance) {
        (None, Some((_, at))) => ledger.settled_since(at)?,
        _ => Vec::new(),
    };
    let paid_since = paid_since.iter().fold(Amount::ZERO, |sum, (amount, _)| sum.saturating_add(fee.with(*amount)));
    let balance = standing.balance.map(|(reading, at)| {
        let reserved =
            live.map_or_else(|| reserved(&batches, fee), |live| Amount::from_centimes(live.reserved_centimes));
        let floor = config.balance.floor;
        let reckoned = reading.saturating_sub(reserved).saturating_sub(paid_since).saturating_sub(floor);
        let spendable = live.and_then(|live| live.spendable_centimes).map_or(reckoned, Amount::from_centimes);
        BalanceView { reading, at, reserved, spendable: spendable.max(Amount::ZERO), floor }
    });
    let weather = match live {
        Some(live) if live.blocked.is_empty() => live.doing.clone(),
        Some(live) => live.blocked.clone(),
        None if blocked.is_empty() => NOT_RUNNING.to_string(),
        None => format!("{NOT_RUNNING}; {blocked}"),
    };
    let blocked = if live.is_none() && blocked.is_empty() { NOT_RUNNING.to_string() } else { blocked };
    Ok(HouseView {
        environment: config.moncash.environment.to_string(),
        account: config.moncash.client_id.clone(),
        simulated: config.moncash.environment == Environment::Simulator,
        balance,
        weather,
        paused: standing.paused.as_ref().map(|order| format!("{} ({})", order.who, order.reason)),
        waiting_for_person: waiting(ledger, &batches)?,
        batches: batches
            .into_iter()
            .map(|batch| BatchView { state: batch.state(!blocked.is_empty()), why: batch_why(&batch, &blocked), batch })
            .collect(),
        left_in_inbox: live.map(|live| live.left.clone()).unwrap_or_default(),
        rejected: live.map(|live| live.rejected.clone()).unwrap_or_default(),
        at: now,
    })
}

/// What is in doubt, fees included: what a loop that does not run would reserve at least.
fn reserved(batches: &[Batch], fee: Fee) -> Amount {
    batches.iter().fold(Amount::ZERO, |sum, batch| {
        let rows = i64::from(batch.tally.count(StateWord::InDoubt));
        let fixed = Amount::from_centimes(fee.fixed.centimes().saturating_mul(rows));
        let share = Fee { fixed: Amount::ZERO, ..fee };
        sum.saturating_add(share.with(batch.tally.amount(StateWord::InDoubt))).saturating_add(fixed)
    })
}

/// What stops the sending until a person has looked.
fn house_waits(standing: &Standing) -> Vec<WaitingItem> {
    let suspicion = standing.suspicion.as_ref().map(|why| {
        ("suspect", format!("the ledger may be older than its last send ({why}); nothing is sent and nothing admitted"))
    });
    let refused = standing.account_refused.as_ref().map(|words| {
        (
            "account_refused",
            format!("MonCash refuses the account ({words}); check the credentials with 'payoutd doctor'"),
        )
    });
    let equal = standing.equal_refusals.as_ref().map(|words| {
        ("equal_refusals", format!("MonCash refused many payouts in a row with the same words ({words}); find out why"))
    });
    let stops = [suspicion, refused, equal].into_iter().flatten();
    let item = |(state, reason): (&str, String)| WaitingItem {
        reference: None,
        batch: None,
        line: None,
        state: state.to_string(),
        reason,
        what_to_do: "payoutd resume --reason \"…\"".to_string(),
    };
    stops.map(item).collect()
}

fn waiting(ledger: &Reader, batches: &[Batch]) -> Result<Vec<WaitingItem>, LedgerError> {
    let mut items = house_waits(&ledger.standing()?);
    for batch in batches.iter().filter(|batch| batch.tally.count(StateWord::Queued) > 0 && batch.cancel.is_none()) {
        let (state, verb, reason) = match (&batch.approval, &batch.hold) {
            (Approval::Awaited, _) => {
                ("awaiting_approval", "approve", "its total is above [approval] above".to_string())
            }
            (_, Some(hold)) => ("on_hold", "release", hold.clone()),
            _ => continue,
        };
        items.push(WaitingItem {
            reference: None,
            batch: Some(batch.id),
            line: None,
            state: state.to_string(),
            reason,
            what_to_do: format!("payoutd {verb} {} --reason \"…\"", batch.id),
        });
    }
    for held in ledger.held(NAMED)? {
        let known = held.known;
        let unsent = known.may_have_been_paid == crate::payout::state::MayHaveBeenPaid::No;
        let what_to_do = if unsent {
            format!("payoutd release {} --reason \"…\"  or  payoutd cancel …", known.reference)
        } else {
            format!(
                "payoutd explain {0}; then payoutd resolve {0} --paid TRANSACTION | --not-paid | --ask-again",
                known.reference
            )
        };
        items.push(WaitingItem {
            reference: Some(known.reference),
            batch: Some(known.batch),
            line: Some(known.line),
            state: known.status.as_str().to_string(),
            reason: held.reason,
            what_to_do,
        });
    }
    Ok(items)
}
