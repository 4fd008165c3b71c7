//! What lasts, and is told once while it does: a balance that is too low, a batch that waits for a person,
//! a payout that is in doubt for too long.
//!
//! Must never: call something over because nothing is known of it now.

use super::notice::{About, NAMED, Teller, Urgency, batch};
use crate::engine::desk::Desk;
use crate::payout::activity::{Blocked, Remedy};
use crate::payout::batch::Gate;
use crate::payout::moment::{Moment, Wall};
use crate::payout::money::Amount;
use crate::payout::state::{BatchId, Payout, StateWord};
use crate::words::findings::{why_approval, why_on_hold};
use crate::words::{Saying, said, say};
use std::collections::BTreeMap;
use std::time::Duration;

/// Shorter shortages are not worth a word: the balance may just not show the last payments.
const LASTS: Duration = Duration::from_secs(5);

/// Something that lasts.
#[derive(Clone)]
pub struct Condition {
    /// Its name: one spell of it is told once.
    pub key: String,
    pub event: &'static str,
    pub urgency: Urgency,
    /// Told once it has lasted so long.
    pub after: Duration,
    pub text: Saying,
    pub about: About,
}

/// What holds now.
pub struct Look {
    pub holds: Vec<Condition>,
    /// Names of which nothing is known now: whatever was told of them stands.
    pub unclear: Vec<&'static str>,
}

const BALANCE_LOW: &str = "balance_low";

/// Everything but doubts, which are looked at less often.
pub fn look(desk: &Desk, teller: &Teller, alarms: &[String], now: Moment) -> Look {
    let mut holds = Vec::new();
    let mut unclear = Vec::new();
    house(desk, teller, &mut holds);
    match desk.blocked(now) {
        Some(blocked @ Blocked::Shortage { centimes, rows }) => {
            let amount = Some(Amount::from_centimes(centimes).to_string());
            let about = About { amount, count: Some(rows), ..About::default() };
            let (key, text) = (BALANCE_LOW.to_string(), blocked.first_line());
            let urgency = Urgency::Attention;
            holds.push(Condition { key, event: BALANCE_LOW, urgency, after: LASTS, text, about });
        }
        // Whatever else keeps the money back hides whether there is enough of it, and so does a start.
        Some(_) => unclear.push(BALANCE_LOW),
        None if desk.funds().last_reading().is_none() && desk.queued_and_free(now).0 > 0 => unclear.push(BALANCE_LOW),
        None => {}
    }
    for lane in desk.lanes().values().filter(|lane| lane.batch.tally.count(StateWord::Queued) > 0) {
        let it = &lane.batch;
        let (id, file, htg) = (it.id.to_string(), &it.file, it.amount.grouped());
        let (reason, why, what_to_do) = match (it.gate(), why_on_hold(it)) {
            (Gate::AwaitingApproval, _) => ("approval", why_approval(it), say!("do-approve", batch = &id)),
            (Gate::OnHold, Some(why)) => ("on_hold", why, say!("do-release-batch", batch = &id)),
            (Gate::Open | Gate::OnHold | Gate::NotBefore(_) | Gate::Cancelled(_), _) => continue,
        };
        let text = match reason {
            "approval" => say!("notice-waits-approval", batch = &id, file = file, htg = htg, why = why.clone()),
            _ => say!("notice-on-hold", batch = &id, file = file, htg = htg, why = why.clone()),
        };
        let about = About {
            batch: Some(batch(it)),
            reason: Some(reason),
            why: Some(teller.words(&why)),
            what_to_do: Some(teller.words(&what_to_do)),
            ..About::default()
        };
        let (key, urgency) = (format!("batch_waits.{reason}.{id}"), Urgency::Attention);
        holds.push(Condition { key, event: "batch_waits", urgency, after: Duration::ZERO, text, about });
    }
    for alarm in alarms {
        let text = say!("notice-alarm", file = alarm);
        let about = About { alarm: Some(alarm.clone()), ..About::default() };
        let (key, event) = (format!("reconciliation_alarm.{alarm}"), "reconciliation_alarm");
        holds.push(Condition { key, event, urgency: Urgency::Alarm, after: Duration::ZERO, text, about });
    }
    Look { holds, unclear }
}

/// What stops the whole house until somebody does something.
fn house(desk: &Desk, teller: &Teller, holds: &mut Vec<Condition>) {
    for blocked in desk.stops() {
        let (event, reason, urgency, after, why) = match &blocked {
            Blocked::Suspect { why } => {
                ("ledger_suspect", None, Urgency::Alarm, Duration::ZERO, Some(teller.words(&said(why))))
            }
            Blocked::AccountRefused { words } => {
                ("account_refused", None, Urgency::Alarm, Duration::ZERO, Some(words.clone()))
            }
            Blocked::EqualRefusals { words } => {
                ("sending_stopped", Some(blocked.word()), Urgency::Alarm, Duration::ZERO, Some(words.clone()))
            }
            Blocked::Paused { who, reason } => {
                let why = format!("{who} ({reason})");
                ("sending_stopped", Some(blocked.word()), Urgency::Attention, Duration::ZERO, Some(why))
            }
            Blocked::DiskLow => ("sending_stopped", Some(blocked.word()), Urgency::Alarm, LASTS, None),
            // They pass by themselves, or are looked at by how long they last.
            Blocked::Storm
            | Blocked::StatusBlind
            | Blocked::Throttled
            | Blocked::Hours { .. }
            | Blocked::BalanceSilent
            | Blocked::BalanceUnknown
            | Blocked::BalanceLags
            | Blocked::Shortage { .. } => continue,
        };
        let what_to_do = match blocked.remedy() {
            Remedy::LookAndResume | Remedy::Resume => Some(teller.words(&say!("do-resume"))),
            Remedy::MakeRoom | Remedy::TopUp | Remedy::WaitThenAsk | Remedy::Wait => None,
        };
        let key = reason.map_or_else(|| String::from(event), |reason| format!("{event}.{reason}"));
        let about = About { reason, why, what_to_do, ..About::default() };
        holds.push(Condition { key, event, urgency, after, text: blocked.first_line(), about });
    }
}

/// Batches with payouts that are in doubt for longer than `limit`. Where nobody knows since when, it is
/// since `began`.
pub fn doubts(desk: &Desk, teller: &Teller, limit: Duration, began: Wall, now: Moment) -> Vec<Condition> {
    let mut old: BTreeMap<BatchId, Vec<&Payout>> = BTreeMap::new();
    for payout in desk.doubts().values() {
        if now.wall.since(payout.first_sent.unwrap_or(began)) >= limit {
            old.entry(payout.batch).or_default().push(payout);
        }
    }
    let conditions = old.into_iter().map(|(id, payouts)| {
        let sum = payouts.iter().fold(Amount::ZERO, |sum, payout| sum.saturating_add(payout.instruction.amount));
        let since = payouts.iter().map(|payout| payout.first_sent.unwrap_or(began)).min().unwrap_or(began);
        let text = say!(
            "notice-in-doubt",
            batch = id.to_string(),
            count = payouts.len(),
            htg = sum.grouped(),
            time = humantime::format_duration(limit).to_string()
        );
        let about = About {
            batch: desk.lanes().get(&id).map(|lane| batch(&lane.batch)),
            count: u64::try_from(payouts.len()).ok(),
            amount: Some(sum.to_string()),
            since: Some(teller.time(since)),
            payouts: Some(payouts.iter().take(NAMED).map(|payout| teller.payout(payout)).collect()),
            ..About::default()
        };
        let (key, event) = (format!("in_doubt_too_long.{id}"), "in_doubt_too_long");
        Condition { key, event, urgency: Urgency::Attention, after: Duration::ZERO, text, about }
    });
    conditions.collect()
}
