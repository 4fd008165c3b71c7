//! The chore that keeps STATUS.txt, the live file and the service manager informed.
//!
//! Must never: be the reason why paying stops.

use super::house::{self, Live};
use super::{Board, Place, Watch};
use crate::config::Config;
use crate::engine::Engine;
use crate::engine::chores::{Chore, Progress};
use crate::engine::desk::Desk;
use crate::ledger::{Ledger, Reader};
use crate::payout::activity::{Blocked, Doing, Found, Remedy};
use crate::payout::moment::{BootMoment, Moment};
use crate::reconcile::shelf;
use crate::report::status_text;
use jiff::tz::TimeZone;
use std::mem::{Discriminant, discriminant};
use std::time::Duration;

/// STATUS.txt is renewed at least this often, so that its time shows that payoutd lives.
const RENEW: Duration = Duration::from_secs(60);
/// And after a change, but not more often than this.
const AFTER_CHANGE: Duration = Duration::from_secs(2);
/// How often the journal tells of an alarm that nobody has acknowledged.
const ALARMS_AGAIN: Duration = Duration::from_secs(3600);
/// How often the service manager's watchdog is fed.
const WATCHDOG: Duration = Duration::from_secs(10);
/// How often it is looked at what is to be told: a little less than the loop turns by itself.
const LOOK_AT_MOST_EVERY: Duration = Duration::from_millis(200);

pub struct Status {
    config: Config,
    board: Board,
    watch: Option<Watch>,
    looked: Option<BootMoment>,
    written: Option<BootMoment>,
    head: i64,
    live: Option<Live>,
    fed: Option<BootMoment>,
    told: Doing,
    standstill: Option<Standstill>,
    /// When alarms were last told in the journal, and which.
    alarms_told: Option<(BootMoment, Vec<String>)>,
    /// As they are told now.
    alarms: Vec<String>,
    /// What came of the configuration when it was read again last, for the service manager.
    reread: Option<String>,
    /// What was told of a ledger that may be old.
    found: Option<Found>,
}

/// What keeps every batch from being sent, for the journal: told once it has lasted, and once more
/// when it is over.
struct Standstill {
    kind: Discriminant<Blocked>,
    since: BootMoment,
    told: bool,
}

/// Shorter waits, such as for the first balance, are not worth a line.
const LASTS: Duration = Duration::from_secs(5);

/// A standstill as the journal tells it: where its own sentence does not say what a person does, that
/// follows.
fn with_remedy(why: &Blocked) -> String {
    let remedy = match why.remedy() {
        // Their sentences end with the command, or with what is missing.
        Remedy::LookAndResume | Remedy::Resume | Remedy::MakeRoom | Remedy::TopUp => return why.to_string(),
        Remedy::WaitThenAsk => {
            "nothing to do, payoutd goes on by itself; if it lasts, run 'payoutd doctor' and ask MonCash"
        }
        Remedy::Wait => "nothing to do, payoutd goes on by itself",
    };
    format!("{why}: {remedy}")
}

impl Status {
    pub fn new(config: &Config, place: &Place, board: Board, watch: Option<Watch>) -> Status {
        let mut config = config.clone();
        config.moncash.client_id.clone_from(&place.client_id);
        Status {
            config,
            board,
            watch,
            looked: None,
            written: None,
            head: 0,
            live: None,
            fed: None,
            told: Doing::default(),
            standstill: None,
            alarms_told: None,
            alarms: Vec::new(),
            reread: None,
            found: None,
        }
    }

    /// Other settings from here on.
    pub fn go_by(&mut self, config: &Config) {
        let client_id = std::mem::take(&mut self.config.moncash.client_id);
        self.config = config.clone();
        self.config.moncash.client_id = client_id;
        self.looked = None;
        self.written = None;
    }

    /// The service manager is told, beside what is done, until the file is read again.
    pub fn note_reread(&mut self, words: String) {
        self.reread = Some(words);
        self.fed = None;
    }

    /// What is done now, for the service manager.
    pub fn words(&self, doing: &Doing) -> String {
        match &self.reread {
            None => doing.to_string(),
            Some(reread) => format!("{doing}; {reread}"),
        }
    }

    /// Once more before the process ends.
    pub fn write_last(&mut self, engine: &mut Engine) -> anyhow::Result<()> {
        let now = engine.now();
        let live = house::live_of(
            engine.reader(),
            engine.desk(),
            Doing::Stopped,
            engine.desk().blocked(now),
            &self.board,
            now,
        );
        self.write(engine.ledger(), live, now);
        if let Err(error) = std::fs::remove_file(self.config.folders.state.join("live.json")) {
            tracing::debug!(%error, "the live file was not there");
        }
        Ok(())
    }

    fn write(&mut self, ledger: &Reader, live: Live, now: Moment) {
        let view = match house::view(ledger, &self.config, Some(&live), now.wall) {
            Ok(view) => view,
            Err(error) => {
                return tracing::warn!("the status could not be put together ({error}): run 'payoutd verify'");
            }
        };
        if let Err(error) =
            status_text::write(&self.config.folders.batches, &view, self.config.reports.language, &TimeZone::system())
        {
            tracing::warn!(
                "STATUS.txt could not be written ({error}): look at the disk and at the owner of the batches folder; paying goes on"
            );
        }
        self.tell_alarms(&view.alarms, now);
        self.alarms.clone_from(&view.alarms);
        if let Err(error) = house::leave_live(&self.config.folders.state, &live) {
            tracing::warn!(
                "state/live.json could not be written ({error}): look at the disk and at the owner of the state folder; paying goes on"
            );
        }
        if let Some(watch) = &self.watch {
            watch(&view);
        }
        self.live = Some(live);
    }

    /// The journal says what nobody has acknowledged, now and then until somebody has.
    fn tell_alarms(&mut self, alarms: &[String], now: Moment) {
        let told = self.alarms_told.as_ref();
        if told.is_some_and(|(at, told)| told == alarms && !now.boot.served(*at, ALARMS_AGAIN)) {
            return;
        }
        for alarm in alarms {
            tracing::error!(
                alarm,
                "an ALARM that nobody has acknowledged lies in alarms/: pay nobody by hand; read it, then 'payoutd reconcile --acknowledge'"
            );
        }
        self.alarms_told = Some((now.boot, alarms.to_vec()));
    }

    /// The journal says what MonCash knows of what is unfinished in a ledger that may be old: once all of it was
    /// asked about, and again when that changes.
    fn tell_found(&mut self, found: Option<Found>) {
        let Some(found) = found.filter(|found| found.open == 0 && !found.is_empty() && self.found != Some(*found))
        else {
            return;
        };
        self.found = Some(found);
        tracing::warn!(
            paid = found.paid,
            not_found = found.not_found,
            "all that is unfinished was asked about. {}; look at it, then 'payoutd resume --reason …'",
            found.saying()
        );
    }

    /// The journal says when the paying comes to a stop, why, and when it goes on; not every turn.
    fn journal(&mut self, blocked: Option<&Blocked>, now: Moment) {
        let Some(why) = blocked else {
            if self.standstill.take().is_some_and(|it| it.told) {
                tracing::info!("nothing keeps the payments back any more");
            }
            return;
        };
        // The sums in it change with every payment; its kind does not.
        let kind = discriminant(why);
        match &mut self.standstill {
            Some(it) if it.kind == kind => {
                if !it.told && now.boot.served(it.since, LASTS) {
                    it.told = true;
                    tracing::warn!("{}", with_remedy(why));
                }
            }
            other => {
                let told = other.as_ref().is_some_and(|it| it.told && *why == Blocked::BalanceLags);
                *other = Some(Standstill { kind, since: now.boot, told });
            }
        }
    }

    fn feed_service_manager(&mut self, doing: &Doing, now: Moment) {
        if self.fed.is_some_and(|fed| !now.boot.served(fed, WATCHDOG)) && self.told == *doing {
            return;
        }
        self.fed = Some(now.boot);
        self.told = doing.clone();
        let words = self.words(doing);
        let states = [sd_notify::NotifyState::Watchdog, sd_notify::NotifyState::Status(&words)];
        if let Err(error) = sd_notify::notify(false, &states) {
            tracing::debug!(%error, "the service manager could not be told");
        }
    }
}

impl Chore for Status {
    fn slice(&mut self, ledger: &mut Ledger, desk: &Desk, now: Moment, time: Duration) -> anyhow::Result<Progress> {
        if self.looked.is_some_and(|at| !now.boot.served(at, LOOK_AT_MOST_EVERY)) {
            return Ok(Progress::Idle { look_again: LOOK_AT_MOST_EVERY, pending: false });
        }
        if time.is_zero() {
            return Ok(Progress::More);
        }
        self.looked = Some(now.boot);
        let blocked = desk.blocked(now);
        let doing = desk.doing(now);
        self.feed_service_manager(&doing, now);
        self.journal(blocked.as_ref(), now);
        let idle = Progress::Idle { look_again: AFTER_CHANGE, pending: false };
        if self.written.is_some_and(|at| !now.boot.served(at, AFTER_CHANGE)) {
            return Ok(idle);
        }
        let head = ledger.last_written();
        let live = house::live_of(ledger, desk, doing, blocked, &self.board, now);
        self.tell_found(live.found);
        let same = self.head == head
            && self.alarms == shelf::alarms(&self.config.folders.batches)
            && self.live.as_ref().is_some_and(|old| Live { at: live.at, ..old.clone() } == live)
            && self.written.is_some_and(|at| !now.boot.served(at, RENEW));
        if same {
            return Ok(idle);
        }
        self.written = Some(now.boot);
        self.head = head;
        self.write(ledger, live, now);
        Ok(idle)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_standstill_is_told_with_what_to_do() {
        let text = String::new;
        let all = [
            Blocked::Suspect { why: text().into() },
            Blocked::Paused { who: text(), reason: text() },
            Blocked::DiskLow,
            Blocked::AccountRefused { words: text() },
            Blocked::EqualRefusals { words: text() },
            Blocked::Storm,
            Blocked::StatusBlind,
            Blocked::Throttled,
            Blocked::Hours { opens: 0 },
            Blocked::BalanceSilent,
            Blocked::BalanceUnknown,
            Blocked::BalanceLags,
            Blocked::Shortage { centimes: 1, rows: 1 },
        ];
        for why in all {
            let told = with_remedy(&why);
            let does = ["'payoutd ", "make room", "top up", "nothing to do"].iter().any(|words| told.contains(words));
            assert!(does, "{told}");
        }
    }
}
