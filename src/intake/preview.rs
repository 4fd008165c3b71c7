//! Previews for people who have only the folders: what would happen to a file that lies in `check/`,
//! written beside it as `NAME.preview.txt`. The ledger is read and never written: what is handed in
//! is a reader, and nothing of a file that lies here can be paid.
//!
//! Must never: touch the file itself, or write over a file that is not a preview of ours.

use super::error::IntakeError;
use super::examine::{Examination, Good, Rules, Step, Verdict};
use super::inbox::ends_as_batch;
use super::settling::Settling;
use super::terms::Guard as PaidAlready;
use super::{Left, begin_of_day, stamp};
use crate::files::{
    FileError, Folder, SHARED_FILE, SHARED_FOLDER, Seen, free_names, look_at_open, show, with_suffix, write_new,
    write_whole,
};
use crate::ledger::Reader as LedgerReader;
use crate::payout::moment::{Moment, Wall};
use crate::payout::money::Amount;
use crate::payout::state::BatchId;
use crate::payout::terms::{Finding, Guard, above};
use crate::payroll::{Problem, read_as};
use crate::words::findings::tell;
use crate::words::{Language, Saying, say};
use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::time::Duration;

/// What follows the file's name.
pub const PREVIEW: &str = ".preview.txt";
/// By this line a preview of ours is known again, in whatever language it is.
const MARK: &str = "-- payoutd preview --";
/// Problems that are written down; the rest are counted.
const MOST_PROBLEMS: usize = 200;
/// Bytes of a preview that are read to know it again: ours are smaller.
const LARGEST: u64 = 1 << 20;
/// Names tried until one is free.
const MOST_TRIES: usize = 100;

/// What a preview goes by.
#[derive(Clone, Debug)]
pub struct PreviewSettings {
    /// `now` is set anew for each file.
    pub rules: Rules,
    pub paid_already: PaidAlready,
    pub approval_above: Option<Amount>,
    pub settle: Duration,
    pub language: Language,
}

/// `check/`, open.
pub struct Previews {
    folder: Folder,
    settings: PreviewSettings,
    settling: Settling,
    /// What each preview was made of: the file, and the newest batch that the ledger knew.
    made: BTreeMap<OsString, (Seen, BatchId)>,
    under_way: Option<UnderWay>,
}

struct UnderWay {
    name: OsString,
    seen: Seen,
    file: File,
    examination: Box<Examination>,
    problems: Vec<Problem>,
}

/// What a slice came to.
#[derive(Debug, PartialEq, Eq)]
pub enum Looked {
    More,
    /// Nothing now. `pending`: a file will be ready by itself.
    Nothing {
        pending: bool,
        left: Vec<Left>,
    },
}

impl Previews {
    /// Opens `check/` below `batches`, and makes it where it is missing.
    pub fn open(batches: &Folder, settings: PreviewSettings) -> Result<Previews, FileError> {
        let folder = batches.inside("check", SHARED_FOLDER)?;
        Ok(Previews { folder, settings, settling: Settling::default(), made: BTreeMap::new(), under_way: None })
    }

    pub fn folder(&self) -> &Folder {
        &self.folder
    }

    pub fn is_busy(&self) -> bool {
        self.under_way.is_some()
    }

    /// Other settings from here on: every preview is made anew by them.
    pub fn go_by(&mut self, settings: PreviewSettings) {
        self.settings = settings;
        self.made.clear();
        self.under_way = None;
    }

    /// Forgets what was under way.
    pub fn begin_anew(&mut self) {
        self.under_way = None;
    }

    /// Does one bounded slice. The ledger is only read.
    pub fn slice(&mut self, ledger: &LedgerReader, now: Moment) -> Result<Looked, IntakeError> {
        let Some(mut under_way) = self.under_way.take() else { return self.look(ledger, now) };
        let problems = &mut under_way.problems;
        let step = under_way.examination.slice(Some(ledger), &mut |problem| {
            if problems.len() < MOST_PROBLEMS {
                problems.push(problem.clone());
            }
            Ok(())
        })?;
        match step {
            Step::More => self.under_way = Some(under_way),
            Step::Done(verdict) => self.finish(under_way, &verdict, ledger, now)?,
        }
        Ok(Looked::More)
    }

    fn look(&mut self, ledger: &LedgerReader, now: Moment) -> Result<Looked, IntakeError> {
        let newest = ledger.last_number()?;
        let settled = self.settling.look(&self.folder, self.settings.settle, now, ends_as_batch)?;
        self.made.retain(|name, _| settled.ready.iter().any(|(ready, _)| ready == name));
        let next = settled.ready.into_iter().find(|(name, seen)| self.made.get(name) != Some(&(*seen, newest)));
        let left = settled
            .left
            .into_iter()
            .map(|left| Left { name: OsString::from(format!("check/{}", show(&left.name))), why: left.why });
        let nothing = Looked::Nothing { pending: settled.pending, left: left.collect() };
        let Some((name, seen)) = next else { return Ok(nothing) };
        self.made.insert(name.clone(), (seen, newest));
        // What cannot be opened now, or is another file by now, is looked at again when it changes.
        let Ok((file, opened)) = self.folder.open_file(&name) else { return Ok(Looked::More) };
        if opened != seen {
            self.made.remove(&name);
            return Ok(Looked::More);
        }
        let read = |source| IntakeError::Read { name: show(&name), source };
        let rules = Rules { now: now.wall, ..self.settings.rules.clone() };
        let examination = Examination::begin(file.try_clone().map_err(read)?, rules).map_err(read)?;
        let examination = Box::new(examination);
        self.under_way = Some(UnderWay { name, seen, file, examination, problems: Vec::new() });
        Ok(Looked::More)
    }

    fn finish(
        &mut self,
        under_way: UnderWay,
        verdict: &Verdict,
        ledger: &LedgerReader,
        now: Moment,
    ) -> Result<(), IntakeError> {
        let UnderWay { name, seen, file, problems, .. } = under_way;
        if look_at_open(&file)? != seen {
            self.made.remove(&name);
            return Ok(());
        }
        let lines = match verdict {
            Verdict::Bad(bad) => rejected(bad.problems, bad.rows, &problems),
            Verdict::Good(good) => {
                let findings = findings(good, self.settings.approval_above, ledger, now.wall)?;
                taken(good, &findings, self.settings.paid_already)
            }
        };
        let mut text = String::new();
        for line in lines {
            text.push_str(&line.text(self.settings.language));
            text.push('\n');
        }
        let when = say!("preview-when", file = show(&name), at = in_words(now.wall)).text(self.settings.language);
        text.push_str(&format!("\n{when}\n{MARK}\n"));
        Ok(self.write(&name, &text, now.wall)?)
    }

    /// Puts a preview in the place of an older one of ours; beside a file of that name that is not.
    fn write(&self, file: &OsStr, text: &str, now: Wall) -> Result<(), FileError> {
        let name = with_suffix(file, PREVIEW);
        let fill = |out: &mut dyn std::io::Write| out.write_all(text.as_bytes());
        let lies = self.folder.look(&name)?.is_some();
        let ours = self.folder.read_text(&name, LARGEST)?.is_some_and(|old| old.lines().any(|line| line == MARK));
        if ours || !lies {
            return write_whole(&self.folder, &name, SHARED_FILE, fill);
        }
        for candidate in free_names(&name, &stamp(now)).skip(1).take(MOST_TRIES) {
            match write_new(&self.folder, &candidate, SHARED_FILE, fill) {
                Err(FileError::Taken { .. }) => {}
                written => return written,
            }
        }
        Err(FileError::Taken { name: show(&name) })
    }
}

/// Everything that the guards and `[approval] above` say of a file that would be taken now.
pub fn findings(
    good: &Good,
    approval_above: Option<Amount>,
    ledger: &LedgerReader,
    now: Wall,
) -> Result<Vec<Finding>, IntakeError> {
    let earlier = match approval_above {
        Some(_) => ledger.admitted_since(begin_of_day(now), BatchId(i64::MAX))?,
        None => Amount::ZERO,
    };
    let mut all: Vec<Finding> = above(approval_above, earlier, good.totals.amount).into_iter().collect();
    all.extend(good.findings.iter().cloned());
    all.sort_by_key(|finding| !finding.hold);
    Ok(all)
}

/// One finding of a preview, with the setting that it comes from and what it would do.
pub fn finding_line(finding: &Finding) -> Saying {
    let (guard, what) = (finding.guard.word(), tell(finding));
    match (finding.hold, finding.guard) {
        (true, _) => say!("preview-holds", guard = guard, what = what),
        (false, Guard::Shortfall) => say!("preview-short", guard = guard, what = what),
        (false, _) => say!("preview-warns", guard = guard, what = what),
    }
}

/// Local time to the minute.
fn in_words(at: Wall) -> String {
    let moment = jiff::Timestamp::from_millisecond(at.0).unwrap_or_default();
    moment.to_zoned(jiff::tz::TimeZone::system()).strftime("%Y-%m-%d %H:%M").to_string()
}

fn taken(good: &Good, findings: &[Finding], paid_already: PaidAlready) -> Vec<Saying> {
    let (rows, htg) = (good.totals.rows, good.totals.amount.grouped());
    let held = good.paid_already.as_ref().filter(|_| paid_already == PaidAlready::Hold);
    let first = if held.is_some() {
        say!("preview-held", rows = rows, htg = htg)
    } else if findings.iter().any(|finding| finding.hold) {
        say!("preview-approval", rows = rows, htg = htg)
    } else if findings.is_empty() && good.paid_already.is_none() {
        say!("preview-ready", rows = rows, htg = htg)
    } else {
        say!("preview-ready-but", rows = rows, htg = htg)
    };
    let mut lines = vec![first, read_as::saying(&good.read_as())];
    lines.extend(good.totals.controls.pay_on.map(|(day, _)| say!("preview-pay-on", day = day.to_string())));
    if let Some(found) = &good.paid_already {
        let what = tell(found);
        lines.push(if held.is_some() {
            say!("preview-holds", guard = "paid_already", what = what)
        } else {
            say!("preview-warns", guard = "paid_already", what = what)
        });
    }
    lines.extend(findings.iter().map(finding_line));
    lines.push(say!("preview-next"));
    lines
}

fn rejected(problems: u64, rows: u32, named: &[Problem]) -> Vec<Saying> {
    let mut lines = vec![say!("preview-rejected", problems = problems, rows = rows)];
    for problem in named {
        let (place, code) = (place_of(problem), problem.code.to_string());
        lines.push(say!("preview-problem", place = place, code = code, what = problem.problem.clone()));
    }
    let more = problems.saturating_sub(u64::try_from(named.len()).unwrap_or(u64::MAX));
    if more > 0 {
        lines.push(say!("guard-more", rows = more));
    }
    lines.push(say!("preview-correct"));
    lines
}

/// Where a problem stands, and what stands there: `4, amount "1,500"`.
fn place_of(problem: &Problem) -> String {
    let mut place = problem.line.to_string();
    if !problem.column.is_empty() {
        place.push_str(&format!(", {}", problem.column));
    }
    if !problem.value.is_empty() {
        place.push_str(&format!(" \"{}\"", problem.value));
    }
    place
}
