//! `/readyz`: whether a payroll that is dropped now would be paid, and what that rests on.
//!
//! Must never: name an account, or call ready what waits for a person.

use crate::engine::desk::Desk;
use crate::metrics::server::Answer;
use crate::payout::activity::Remedy;
use crate::payout::instruction::mask_accounts;
use crate::payout::moment::Moment;
use std::fmt::Write;
use std::time::Duration;

/// MonCash is silent when it has not answered for so long: one lost answer is no outage.
const SILENT: Duration = Duration::from_secs(60);

/// How long calls to MonCash have gone unanswered.
pub(super) fn silence(desk: &Desk, now: Moment) -> Duration {
    desk.unanswered_since().and_then(|since| now.boot.since(since)).unwrap_or_default()
}

/// Why a payroll would not be paid now; `None` where it would.
pub(super) fn not_ready(desk: &Desk, now: Moment) -> Option<String> {
    if desk.is_draining() {
        return Some("payoutd is stopping".to_string());
    }
    if desk.is_suspecting() {
        return Some(
            "the ledger may be older than its last send, and every unfinished payout is being put in doubt".to_string(),
        );
    }
    // What passes by itself, by somebody's wish or within seconds, makes nothing unready.
    if let Some(blocked) = desk.blocked(now).filter(|blocked| blocked.remedy() != Remedy::Wait) {
        // A person's reason stands in it.
        return Some(mask_accounts(&blocked.to_string()));
    }
    let silence = silence(desk, now);
    (silence >= SILENT).then(|| format!("MonCash has not answered for {} s", silence.as_secs()))
}

pub(super) fn tell(desk: &Desk, now: Moment) -> Answer {
    let not_ready = not_ready(desk, now);
    let mut text = match &not_ready {
        Some(why) => format!("not ready: {why}\n"),
        None => "ready: a payroll dropped now would be paid\n".to_string(),
    };
    let moncash = match (desk.last_answer().and_then(|at| now.boot.since(at)), silence(desk, now)) {
        (_, silence) if !silence.is_zero() => format!("calls go unanswered since {} s", silence.as_secs()),
        (Some(ago), _) => format!("answered {} s ago", ago.as_secs()),
        (None, _) => "not asked yet, there was nothing to pay".to_string(),
    };
    let account = match (desk.weather().account_refused(), desk.standing().balance) {
        (Some(_), _) => "refused: run 'payoutd doctor'",
        (None, Some(_)) => "accepted",
        (None, None) => "not asked yet",
    };
    let sending = match (&desk.standing().paused, desk.blocked(now)) {
        (Some(_), _) => "paused by a person".to_string(),
        (None, Some(blocked)) => mask_accounts(&blocked.to_string()),
        (None, None) => "nothing keeps it back".to_string(),
    };
    let disk = if desk.is_disk_low() { "too little free space" } else { "enough free space" };
    for (what, how) in
        [("ledger", "open"), ("moncash", &moncash), ("account", account), ("sending", &sending), ("disk", disk)]
    {
        let _ = writeln!(text, "{what}: {how}");
    }
    Answer { good: not_ready.is_none(), text }
}
