//! Previews for people who have only the folders: what would happen to a file that lies in `check/`,
//! written beside it as `NAME.preview.txt`. The ledger is read and never written: what is handed in
//! is a reader, and nothing of a file that lies here can be paid.
//!
//! Must never: touch the file itself, or write over a file that is not a preview of ours.

mod page;
mod wallets;

use self::page::{Wallets, in_words, rejected, taken};
pub use self::page::{finding_line, place_of};
use self::wallets::{Answers, Asking};
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
use crate::moncash::wallet::Wallet;
use crate::payout::instruction::Account;
use crate::payout::moment::{Moment, Wall};
use crate::payout::money::Amount;
use crate::payout::state::BatchId;
use crate::payout::terms::{Finding, above};
use crate::payroll::Problem;
use crate::words::left::LeftAlone;
use crate::words::{Language, Saying, say};
use std::collections::{BTreeMap, VecDeque};
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::time::Duration;

/// What follows the file's name.
pub const PREVIEW: &str = ".preview.txt";
/// What stands in the names of previews, those with a date too.
const OF_OURS: &str = ".preview.";
/// By this line a preview of ours is known again, in whatever language it is.
const MARK: &str = "-- payoutd preview --";
/// Problems that are written down; the rest are counted.
const MOST_PROBLEMS: usize = 200;
/// Bytes of a preview that are read to know it again: ours are smaller.
const LARGEST: u64 = 1 << 20;
/// Files without a preview that are named in STATUS.txt.
const MOST_OTHERS: usize = 20;
/// Names tried until one is free.
const MOST_TRIES: usize = 100;

/// What a preview goes by.
#[derive(Clone, Debug)]
pub struct PreviewSettings {
    /// `now` is set anew for each file.
    pub rules: Rules,
    pub paid_already: PaidAlready,
    pub approval_above: Option<Amount>,
    /// `[guards] customer_status`.
    pub ask_about_wallets: bool,
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
    /// Somebody carries questions to MonCash.
    asks: bool,
    /// Files whose wallets are asked about, the first now.
    asking: VecDeque<Asking>,
    /// What MonCash said of the wallets of a file: not asked again while the file is the same.
    answered: BTreeMap<OsString, (Seen, Answers)>,
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
        Ok(Previews {
            folder,
            settings,
            settling: Settling::default(),
            made: BTreeMap::new(),
            under_way: None,
            asks: false,
            asking: VecDeque::new(),
            answered: BTreeMap::new(),
        })
    }

    pub fn folder(&self) -> &Folder {
        &self.folder
    }

    pub fn is_busy(&self) -> bool {
        self.under_way.is_some() || self.asking.front().is_some_and(Asking::has_work)
    }

    /// From now on there is somebody who carries questions to MonCash.
    pub fn begin_asking(&mut self) {
        self.asks = true;
    }

    /// Whose wallet MonCash is to be asked about next.
    pub fn question(&self) -> Option<Account> {
        self.asking.front().and_then(Asking::next).map(|(account, _)| account)
    }

    /// What MonCash says of `account`'s wallet. Where nobody waits for that any more it is passed over.
    pub fn hear(&mut self, account: Account, wallet: Wallet) {
        if self.question() == Some(account)
            && let Some(asking) = self.asking.front_mut()
        {
            asking.hear(wallet);
        }
    }

    /// Other settings from here on: every preview is made anew by them.
    pub fn go_by(&mut self, settings: PreviewSettings) {
        self.settings = settings;
        self.made.clear();
        self.under_way = None;
        self.asking.clear();
    }

    /// Forgets what was under way.
    pub fn begin_anew(&mut self) {
        self.under_way = None;
    }

    /// Does one bounded slice. The ledger is only read.
    pub fn slice(&mut self, ledger: &LedgerReader, now: Moment) -> Result<Looked, IntakeError> {
        let Some(mut under_way) = self.under_way.take() else {
            let works = self.ask_slice(ledger, now)?;
            return if works { Ok(Looked::More) } else { self.look(ledger, now) };
        };
        let problems = &mut under_way.problems;
        let step = under_way.examination.slice(Some(ledger), &mut |problem| {
            if problems.len() < MOST_PROBLEMS {
                problems.push(problem.clone());
            }
            Ok(())
        })?;
        match step {
            Step::More => self.under_way = Some(under_way),
            Step::Done(verdict) => self.finish(under_way, verdict, ledger, now)?,
        }
        Ok(Looked::More)
    }

    fn look(&mut self, ledger: &LedgerReader, now: Moment) -> Result<Looked, IntakeError> {
        let newest = ledger.last_number()?;
        let settled = self.settling.look(&self.folder, self.settings.settle, now, ends_as_batch)?;
        self.made.retain(|name, _| settled.ready.iter().any(|(ready, _)| ready == name));
        let lies = |name: &OsString, seen: &Seen| settled.ready.iter().any(|(ready, now)| (ready, now) == (name, seen));
        self.answered.retain(|name, (seen, _)| lies(name, seen));
        self.asking.retain(|asking| lies(&asking.name, &asking.seen));
        let next = settled.ready.into_iter().find(|(name, seen)| self.made.get(name) != Some(&(*seen, newest)));
        let left = settled
            .left
            .into_iter()
            .chain(self.other_names()?)
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

    /// Files that get no preview because of their names, as the inbox would leave them.
    fn other_names(&self) -> Result<Vec<Left>, FileError> {
        let mut names = Vec::new();
        self.folder.each_name(|name| {
            let text = name.to_string_lossy();
            if !(ends_as_batch(name) || text.contains(OF_OURS) || text.starts_with(['.', '~'])) {
                names.push(name.to_os_string());
            }
            names.len() < MOST_OTHERS
        })?;
        names.sort();
        Ok(names.into_iter().map(|name| Left { name, why: LeftAlone::OtherName }).collect())
    }

    fn finish(
        &mut self,
        under_way: UnderWay,
        verdict: Verdict,
        ledger: &LedgerReader,
        now: Moment,
    ) -> Result<(), IntakeError> {
        let UnderWay { name, seen, file, problems, .. } = under_way;
        if look_at_open(&file)? != seen {
            self.made.remove(&name);
            return Ok(());
        }
        let good = match verdict {
            Verdict::Bad(bad) => return self.page(&name, rejected(&bad, &problems), now.wall),
            Verdict::Good(good) => good,
        };
        let known = self.answered.get(&name).filter(|(asked, _)| *asked == seen).map(|(_, answers)| answers);
        let ask = self.asks && self.settings.ask_about_wallets;
        let wallets = match known {
            _ if !ask => Wallets::NotAsked,
            Some(answers) => Wallets::Answered(answers),
            None => Wallets::Asking,
        };
        self.page(&name, self.taken(&good, &wallets, ledger, now.wall)?, now.wall)?;
        if matches!(wallets, Wallets::Asking) {
            self.asking.retain(|asking| asking.name != name);
            self.asking.push_back(Asking::of(name, seen, good));
        }
        Ok(())
    }

    /// Does a bounded slice of what asking about wallets takes; `false` where there is nothing to do now.
    fn ask_slice(&mut self, ledger: &LedgerReader, now: Moment) -> Result<bool, IntakeError> {
        let Some(asking) = self.asking.front_mut() else { return Ok(false) };
        if asking.is_waiting() {
            // Gone, another file by now, or not the one that was examined: the next look finds out.
            let opened = self.folder.open_file(&asking.name).ok().filter(|(_, seen)| *seen == asking.seen);
            let begun = opened.map(|(file, _)| asking.begin(file, &self.settings.rules.file));
            if !matches!(begun, Some(Ok(()))) {
                self.asking.pop_front();
            }
            return Ok(true);
        }
        if asking.read() {
            return Ok(true);
        }
        if !asking.is_done() {
            return Ok(false);
        }
        if let Some(Asking { name, seen, good, answers, .. }) = self.asking.pop_front() {
            let lines = self.taken(&good, &Wallets::Answered(&answers), ledger, now.wall)?;
            self.answered.insert(name.clone(), (seen, answers));
            self.page(&name, lines, now.wall)?;
        }
        Ok(true)
    }

    fn taken(
        &self,
        good: &Good,
        wallets: &Wallets<'_>,
        ledger: &LedgerReader,
        now: Wall,
    ) -> Result<Vec<Saying>, IntakeError> {
        let findings = findings(good, self.settings.approval_above, ledger, now)?;
        Ok(taken(good, &findings, self.settings.paid_already, wallets))
    }

    fn page(&self, name: &OsStr, lines: Vec<Saying>, now: Wall) -> Result<(), IntakeError> {
        let mut text = String::new();
        for line in lines {
            text.push_str(&line.text(self.settings.language));
            text.push('\n');
        }
        let when = say!("preview-when", file = show(name), at = in_words(now)).text(self.settings.language);
        text.push_str(&format!("\n{when}\n{MARK}\n"));
        Ok(self.write(name, &text, now)?)
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
