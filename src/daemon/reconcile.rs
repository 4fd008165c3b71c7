//! The chore of `[reconcile] daily` and `monthly`: once a day it asks MonCash about every payout that was first
//! sent since the last time, and once a month about those of the month before, at the loop's own query rate and
//! after everything else, and files what it found.
//!
//! Must never: correct anything, keep the loop while people are being paid, or let an alarm pass unnoticed.

mod due;

pub(super) use due::last_finished;

use self::due::Due;
use super::house;
use crate::config::{Config, Environment};
use crate::engine::chores::{Chore, Progress, Until};
use crate::engine::desk::Desk;
use crate::engine::errands::{Errand, Errands, Question as Asked};
use crate::files::{Draft, Folder, SHARED_FILE, SHARED_FOLDER, STATE_FILE, show, write_whole};
use crate::ledger::period::Period;
use crate::ledger::{Ledger, Reader};
use crate::payout::evidence::{StatusAnswer, read_status};
use crate::payout::moment::{BootMoment, Moment, Wall};
use crate::reconcile::compare::refused;
use crate::reconcile::kept::Kept;
use crate::reconcile::proof::Question as ProofQuestion;
use crate::reconcile::summary::{Counts, Summary};
use crate::reconcile::work::{self, Ended, Question};
use crate::reconcile::{ReconcileError, Step, Work, balance_page, shelf};
use crate::report::cell::local;
use crate::report::summary::balance;
use crate::words::{Saying, say};
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use std::ffi::OsStr;
use std::io::Write;
use std::time::Duration;

/// How often it is looked whether it is time.
const LOOK: Duration = Duration::from_secs(30);
/// After trouble, and while MonCash gives no certain answers.
const AFTER_TROUBLE: Duration = Duration::from_secs(3600);
/// So many payouts in a row without a certain answer: MonCash is not there, and is asked later.
const MOST_UNKNOWN: u32 = 20;

pub struct Reconciler {
    config: Config,
    /// Both `None` before [`Reconciler::begin_days`].
    daily: Option<Time>,
    monthly: Option<Time>,
    errands: Errands,
    looked: Option<BootMoment>,
    rests_for: Duration,
    under_way: Option<UnderWay>,
}

/// One reconciliation while it grows.
struct UnderWay {
    due: Due,
    period: Period,
    stage: Stage,
    /// Payouts in a row without a certain answer.
    unknown: u32,
}

enum Stage {
    Asking(Box<Work<Draft>>, Option<Box<Question>>),
    Asked(Box<Ended<Draft>>),
}

/// Why one came to nothing today; it is tried again.
#[derive(Debug, thiserror::Error)]
enum Trouble {
    #[error("{0}")]
    Reconcile(#[from] ReconcileError),
    #[error("{0}")]
    File(#[from] crate::files::FileError),
    #[error("{0}")]
    Io(#[from] std::io::Error),
    #[error("{0}")]
    Ledger(#[from] crate::ledger::LedgerError),
    #[error("{0}; what was answered is kept for 24 hours")]
    GivenUp(String),
}

impl Reconciler {
    /// Does nothing before [`Reconciler::begin_days`].
    pub fn new(config: &Config, errands: Errands) -> Reconciler {
        let config = config.clone();
        Reconciler {
            config,
            daily: None,
            monthly: None,
            errands,
            looked: None,
            rests_for: Duration::ZERO,
            under_way: None,
        }
    }

    /// Other settings from here on; a reconciliation that is under way ends as it was begun.
    pub fn go_by(&mut self, config: &Config) {
        self.config = config.clone();
        self.begin_days();
        self.looked = None;
    }

    /// From now on it looks at the time of the day: whoever runs once, or only obeys, has no days.
    pub fn begin_days(&mut self) {
        // The simulator inside this process has forgotten what it paid before.
        let remembers = self.config.moncash.base_url.is_some();
        self.daily = self.config.reconcile.daily.filter(|_| remembers);
        self.monthly = self.config.reconcile.monthly.filter(|_| remembers);
    }

    fn begin(&mut self, ledger: &Reader, due: Due) -> Result<(), Trouble> {
        let Due { first, last, .. } = due;
        let period = Period { from: begin_of(first), before: last.tomorrow().ok().and_then(begin_of) };
        let batches = work::batches(ledger, None, &period)?;
        let name = format!("{first}-{last}");
        let kept = Kept::open(&self.config.folders.state, &ledger.identity()?.to_string(), &name, false);
        let kept = kept.map_err(ReconcileError::from)?;
        let language = self.config.reports.language;
        let work = Work::begin(self.draft()?, batches, period, None, Some(kept), language, in_words)?;
        let stage = Stage::Asking(Box::new(work), None);
        self.under_way = Some(UnderWay { due, period, stage, unknown: 0 });
        Ok(())
    }

    fn draft(&self) -> Result<Draft, Trouble> {
        let reports = Folder::open_or_create(&self.config.folders.batches.join("reports"), SHARED_FOLDER)?;
        let mut draft = Draft::begin(&reports, SHARED_FILE)?;
        if let Some(banner) = self.banner() {
            writeln!(draft, "# {}", banner.text(self.config.reports.language))?;
        }
        Ok(draft)
    }

    fn banner(&self) -> Option<Saying> {
        (self.config.moncash.environment == Environment::Simulator).then(|| say!("simulation"))
    }

    /// One step; `None` while MonCash's answer is awaited, or people are being paid.
    fn step(&mut self, ledger: &Reader, desk: &Desk, now: Moment) -> Result<Option<()>, Trouble> {
        let Some(mut under_way) = self.under_way.take() else { return Ok(None) };
        under_way.stage = match under_way.stage {
            Stage::Asking(mut work, None) => match work.next(ledger, now.wall)? {
                Step::Done => Stage::Asked(Box::new(work.end()?)),
                Step::More => Stage::Asking(work, None),
                Step::Ask(question) => {
                    *self.errands.borrow_mut() = Errand::Wanted(Asked::Status(question.reference().clone()));
                    Stage::Asking(work, Some(question))
                }
            },
            Stage::Asking(mut work, Some(question)) => {
                let Some(reply) = self.errands.borrow_mut().take_answer() else {
                    under_way.stage = Stage::Asking(work, Some(question));
                    self.under_way = Some(under_way);
                    return Ok(None);
                };
                let answer = read_status(&reply);
                if answer == StatusAnswer::TooMany {
                    // The loop waits as long as MonCash said; then the same is asked again.
                    *self.errands.borrow_mut() = Errand::Wanted(Asked::Status(question.reference().clone()));
                    Stage::Asking(work, Some(question))
                } else {
                    under_way.unknown =
                        if matches!(answer, StatusAnswer::Unknown { .. }) { under_way.unknown + 1 } else { 0 };
                    let silent = under_way.unknown >= MOST_UNKNOWN;
                    let silent = silent.then(|| "MonCash gave no certain answer about 20 payouts in a row".to_string());
                    if let Some(why) = refused(&answer).or(silent) {
                        return Err(Trouble::GivenUp(why));
                    }
                    work.hear(ledger, *question, &answer, now.wall)?;
                    Stage::Asking(work, None)
                }
            }
            // The proof walks over all movements of the period at once.
            Stage::Asked(ended) if !is_quiet(desk, now) => {
                under_way.stage = Stage::Asked(ended);
                self.under_way = Some(under_way);
                return Ok(None);
            }
            Stage::Asked(ended) => {
                self.file(ledger, desk, *ended, under_way.due, under_way.period, now.wall)?;
                let state = Folder::open(&self.config.folders.state)?;
                let day = format!("{}\n", under_way.due.last);
                write_whole(&state, OsStr::new(under_way.due.mark()), STATE_FILE, |file| {
                    file.write_all(day.as_bytes())
                })?;
                return Ok(Some(()));
            }
        };
        self.under_way = Some(under_way);
        Ok(Some(()))
    }

    /// Files rows, proof and summary, and raises the alarm where there is one.
    fn file(
        &self,
        ledger: &Reader,
        desk: &Desk,
        ended: Ended<Draft>,
        due: Due,
        period: Period,
        now: Wall,
    ) -> Result<(), Trouble> {
        let Due { first, last, is_month } = due;
        let Ended { page, kept, .. } = ended;
        let (config, language, counts) = (&self.config, self.config.reports.language, Counts::of(&page));
        let question =
            ProofQuestion { period, fee: super::fee(config), balance_lag: config.balance.balance_lag, now: None };
        let all = work::batches(ledger, None, &Period::default())?;
        let (mut balances, proof) = balance_page::write(self.draft()?, ledger, &all, &question, language, in_words)?;
        let mut rows = page.finish()?;
        let alarm = counts.alarm() || proof.alarm.is_some();
        if counts.total_rows() == 0 && !alarm {
            tracing::info!("nothing was sent from {first} to {last}: there is nothing to reconcile");
        } else {
            let name = format!("{first}-{last}");
            let reports = Folder::open_or_create(&config.folders.batches.join("reports"), SHARED_FOLDER)?;
            let files = [
                show(&shelf::publish(&mut rows, &format!("reconciliation-{name}.csv"), now)?),
                show(&shelf::publish(&mut balances, &format!("balance-{name}.csv"), now)?),
            ];
            let (from, to) = (first.to_string(), last.to_string());
            let of = match is_month {
                true => say!("scope-monthly", from = from, to = to),
                false => say!("scope-daily", from = from, to = to),
            };
            let balance = balance(house::balance(desk).as_ref(), &TimeZone::system());
            let summary = Summary {
                language,
                banner: self.banner(),
                of: &of,
                counts: &counts,
                statement_lines: None,
                proof: &proof,
                balance: &balance,
                files: &files,
                head: &ledger.head()?,
                at: &in_words(now),
            };
            let text = summary.render();
            let name = format!("reconciliation-{name}");
            let filed = shelf::put(&reports, &format!("{name}.summary.txt"), &text, now)?;
            if alarm {
                let raised = shelf::raise(&config.folders.batches, &name, &text, language, now)?;
                tracing::error!(
                    alarm = show(&raised),
                    "{}: pay nobody by hand; read the file in alarms/",
                    summary.answer()
                );
            } else {
                tracing::info!(summary = show(&filed), "{}", summary.answer());
            }
        }
        if let Some(kept) = kept {
            kept.done().map_err(ReconcileError::from)?;
        }
        Ok(())
    }
}

/// Whether nobody is about to be paid: then longer steps disturb nobody.
fn is_quiet(desk: &Desk, now: Moment) -> bool {
    desk.queued_and_free(now).0 == 0
}

fn zoned(at: Wall) -> jiff::Zoned {
    jiff::Timestamp::from_millisecond(at.0).unwrap_or_default().to_zoned(TimeZone::system())
}

fn begin_of(day: Date) -> Option<Wall> {
    let zoned = day.to_zoned(TimeZone::system()).ok()?;
    Some(Wall(zoned.timestamp().as_millisecond()))
}

fn in_words(at: Wall) -> String {
    local(at, &TimeZone::system())
}

impl Chore for Reconciler {
    fn slice(&mut self, ledger: &mut Ledger, desk: &Desk, now: Moment, time: Duration) -> anyhow::Result<Progress> {
        let idle = |look_again| Ok(Progress::Idle { look_again, pending: false });
        if self.daily.is_none() && self.monthly.is_none() {
            return idle(LOOK);
        }
        if self.under_way.is_none() {
            if self.looked.is_some_and(|looked| !now.boot.served(looked, self.rests_for)) {
                return idle(LOOK);
            }
            if time.is_zero() {
                return Ok(Progress::More);
            }
            (self.looked, self.rests_for) = (Some(now.boot), LOOK);
            // What is suspected of having forgotten payments is looked at by a person first.
            let Some(due) = due::find(&zoned(now.wall), &self.config.folders.state, self.daily, self.monthly)
                .filter(|_| is_quiet(desk, now) && desk.standing().suspicion.is_none())
            else {
                return idle(LOOK);
            };
            if let Err(trouble) = self.begin(ledger, due) {
                return self.put_off(trouble, now);
            }
        }
        if time.is_zero() {
            return Ok(Progress::More);
        }
        let until = Until::over(time);
        while until.has_time() {
            match self.step(ledger, desk, now) {
                Ok(Some(())) if self.under_way.is_none() => return idle(LOOK),
                Ok(Some(())) => {}
                Ok(None) => return idle(LOOK),
                Err(trouble) => return self.put_off(trouble, now),
            }
        }
        Ok(Progress::More)
    }
}

impl Reconciler {
    /// Trouble with the ledger ends the process; any other is told, and it is tried again later.
    fn put_off(&mut self, trouble: Trouble, now: Moment) -> anyhow::Result<Progress> {
        self.under_way = None;
        *self.errands.borrow_mut() = Errand::None;
        (self.looked, self.rests_for) = (Some(now.boot), AFTER_TROUBLE);
        match trouble {
            Trouble::Ledger(error) | Trouble::Reconcile(ReconcileError::Ledger(error)) => Err(error.into()),
            other => {
                tracing::warn!(
                    "the reconciliation could not be made ({other}): nothing to do, it is tried again in an hour; if it lasts, run 'payoutd doctor'"
                );
                Ok(Progress::Idle { look_again: LOOK, pending: false })
            }
        }
    }
}
