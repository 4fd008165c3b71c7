//! The first reading of a batch file: every row's problem, what the ledger knows of it already,
//! and what the guards say. Writes nothing; `payoutd check` and the inbox read by it alike.
//!
//! Must never: call a file good of which one row is not, or hold the file in memory.

mod again;

use super::compare::{Compared, Comparison};
use super::error::IntakeError;
use super::guard::Guard;
use super::guards::{GuardSettings, judge_zero};
use super::half_file;
use super::known::file_known;
use super::layout::{FirstRows, Layout, SHOWN};
use super::pay_day::{paid_in, pay_on_problem};
use super::people::People;
use super::repeats::Repeats;
use super::shared::Shared;
use super::terms::FileRules;
use crate::ledger::Reader as LedgerReader;
use crate::payout::moment::Wall;
use crate::payout::terms::{Finding, Named};
use crate::payroll::{
    Code, Confirmation, DuplicateFinder, DuplicateSearch, Header, Mark, Problem, Reader, Row, Totals,
};
use std::fs::File;
use std::io::{Seek, SeekFrom};
use std::time::Duration;

/// Lines of one slice: a millisecond or two, and several where the ledger knows every row.
const SLICE: usize = 1_000;
/// Bytes of text after which a slice ends before its lines are read: rows can have 64 KiB each.
const SLICE_BYTES: usize = 1 << 20;
/// Bytes of one problem, about.
const PROBLEM_BYTES: usize = 512;

/// What files are held against.
#[derive(Clone, Debug)]
pub struct Rules {
    pub file: FileRules,
    /// The guard for the same person and amount in another batch looks back this far.
    pub paid_already_within: Option<Duration>,
    pub guards: GuardSettings,
    pub now: Wall,
    /// A number that nobody outside can foresee, for the duplicate finder.
    pub seed: u64,
}

/// What the first reading came to.
#[derive(Debug)]
pub enum Verdict {
    Good(Box<Good>),
    Bad(Bad),
}

/// A file that may be admitted.
#[derive(Debug)]
pub struct Good {
    pub totals: Totals,
    pub header: Header,
    /// The first row and the last, as a person is shown them.
    pub first: Option<Named>,
    pub last: Option<Named>,
    /// What the first reading was told of its amounts' decimal mark; whoever reads the file again is told
    /// the same.
    pub mark: Option<Mark>,
    /// What the guard for the same person and amount in another batch found.
    pub paid_already: Option<Finding>,
    /// What the other guards found.
    pub findings: Vec<Finding>,
}

/// A file that may not.
#[derive(Debug, Default)]
pub struct Bad {
    pub problems: u64,
    /// Lines whose only problem is that the ledger knows their reference already. The other rows
    /// are fit for a file of their own when there are no other problems.
    pub known_lines: Vec<u32>,
    pub others_are_fit: bool,
    pub rows: u32,
    pub mark: Option<Mark>,
    /// What every row has is told once.
    pub shared: Shared,
}

/// How far a slice came.
pub enum Step {
    More,
    Done(Verdict),
}

enum Phase {
    Rows(Box<Reader<File>>, DuplicateFinder),
    /// A row waits until it is known whether another amount proves the file's decimal mark: the second
    /// reader looks for one, from the file's first byte. The first goes on where the file stood.
    Amounts(Box<Reader<File>>, DuplicateFinder, Box<Reader<File>>, u64),
    /// Hashes that came twice are looked for.
    Sorting(DuplicateSearch, Box<Outcome>),
    /// Hash twins are confirmed by a second look.
    Twins(Box<Reader<File>>, Confirmation, Box<Outcome>),
    /// The file is held against itself and the last payroll.
    Comparing(Box<Comparison>, Box<Outcome>),
    /// Those who were paid by this reading of a sheet are looked for.
    Layout(Box<Layout>, Box<Outcome>),
    End(Option<Box<Outcome>>),
}

/// What the first look found, while twins are still to be confirmed.
struct Outcome {
    totals: Result<Totals, Vec<Problem>>,
    header: Header,
}

/// A first reading under way.
pub struct Examination {
    file: File,
    pub(super) rules: Rules,
    phase: Phase,
    /// Room for the rows of a slice, kept: giving it back each time costs more than filling it.
    rows: Vec<Result<Row, Vec<Problem>>>,
    pub(super) bad: Bad,
    other_problems: bool,
    /// What the look at the amounts found, if one was needed.
    mark: Option<Mark>,
    pub(super) guard: Guard,
    pub(super) repeats: Repeats,
    people: People,
    findings: Vec<Finding>,
    layout: Option<Box<Layout>>,
    /// The first good rows and the last so far, as a person is shown them.
    first: FirstRows,
    last: Option<Named>,
    beginning: Option<Problem>,
}

impl Examination {
    /// Begins at the file's first byte.
    pub fn begin(mut file: File, rules: Rules) -> std::io::Result<Examination> {
        file.seek(SeekFrom::Start(0))?;
        let (phase, beginning) = match rules.file.open(file.try_clone()?, None) {
            Ok(reader) => (Phase::Rows(Box::new(reader), DuplicateFinder::new(rules.seed)), None),
            Err(problem) => (Phase::End(None), Some(problem)),
        };
        Ok(Examination {
            file,
            rules,
            phase,
            rows: Vec::new(),
            bad: Bad::default(),
            other_problems: false,
            mark: None,
            guard: Guard::default(),
            repeats: Repeats::default(),
            people: People::default(),
            findings: Vec::new(),
            layout: None,
            first: FirstRows::default(),
            last: None,
            beginning,
        })
    }

    pub fn delimiter(&self) -> crate::payroll::Delimiter {
        match &self.phase {
            Phase::Rows(reader, _) | Phase::Twins(reader, _, _) | Phase::Amounts(reader, ..) => {
                reader.header().delimiter
            }
            Phase::Sorting(_, outcome)
            | Phase::Comparing(_, outcome)
            | Phase::Layout(_, outcome)
            | Phase::End(Some(outcome)) => outcome.header.delimiter,
            Phase::End(None) => crate::payroll::Delimiter::Comma,
        }
    }

    /// Reads the next rows, at most a slice of them. `ledger`: none when there is none yet.
    pub fn slice(
        &mut self,
        ledger: Option<&LedgerReader>,
        tell: &mut dyn FnMut(&Problem) -> Result<(), IntakeError>,
    ) -> Result<Step, IntakeError> {
        if let Some(problem) = self.beginning.take() {
            self.complain(&problem, tell)?;
            return Ok(Step::Done(Verdict::Bad(std::mem::take(&mut self.bad))));
        }
        match std::mem::replace(&mut self.phase, Phase::End(None)) {
            Phase::Rows(reader, duplicates) => self.rows(reader, duplicates, ledger, tell),
            Phase::Amounts(reader, duplicates, look, at) => self.look_at_amounts(reader, duplicates, look, at),
            Phase::Sorting(duplicates, outcome) => self.sort(duplicates, outcome, ledger, tell),
            Phase::Twins(reader, confirmation, outcome) => {
                self.twins(reader, confirmation, outcome, ledger.is_some(), tell)
            }
            Phase::Comparing(comparison, outcome) => self.compare(comparison, outcome, ledger, tell),
            Phase::Layout(layout, outcome) => self.look_at_layout(layout, outcome, ledger),
            Phase::End(outcome) => self.end(outcome, ledger, tell),
        }
    }

    pub(super) fn complain(
        &mut self,
        problem: &Problem,
        tell: &mut dyn FnMut(&Problem) -> Result<(), IntakeError>,
    ) -> Result<(), IntakeError> {
        self.bad.problems += 1;
        self.bad.shared.add(problem);
        match problem.code {
            // `judge` has noted the line.
            Code::ReferenceKnown | Code::ReferenceKnownDiffers => {}
            code if code.leaves_others_fit() => self.bad.known_lines.push(problem.line),
            _ => self.other_problems = true,
        }
        tell(problem)
    }

    fn rows(
        &mut self,
        mut reader: Box<Reader<File>>,
        mut duplicates: DuplicateFinder,
        ledger: Option<&LedgerReader>,
        tell: &mut dyn FnMut(&Problem) -> Result<(), IntakeError>,
    ) -> Result<Step, IntakeError> {
        let (mut rows, mut bytes, mut ended) = (std::mem::take(&mut self.rows), 0, false);
        for _ in 0..SLICE {
            match reader.next_line() {
                None => ended = true,
                Some(None) => {}
                Some(Some(row)) => {
                    if let Some(reference) = reader.reference_of(&row) {
                        duplicates.push(reference);
                    }
                    bytes += row.as_ref().map_or_else(|problems| problems.len() * PROBLEM_BYTES, Row::text_bytes);
                    rows.push(row);
                }
            }
            if ended || reader.asks() || bytes >= SLICE_BYTES {
                break;
            }
        }
        match ledger {
            Some(ledger) => ledger.at_once(|ledger| self.judge(&rows, reader.header(), ledger, tell))?,
            None => rows.iter().filter_map(|row| row.as_ref().err()).try_for_each(|bad| self.complain_of(bad, tell))?,
        }
        if self.rules.guards.look_at_people() {
            rows.iter().flatten().for_each(|row| self.people.note(row));
        }
        rows.iter().flatten().take(SHOWN).for_each(|row| self.first.note(row));
        self.last = rows.iter().rev().flatten().next().map(half_file::named).or(self.last.take());
        rows.clear();
        self.rows = rows;
        if ended {
            return self.rows_end(*reader, duplicates.search(), tell);
        }
        if !reader.asks() {
            self.phase = Phase::Rows(reader, duplicates);
            return Ok(Step::More);
        }
        self.begin_look(reader, duplicates)
    }

    pub(super) fn complain_of(
        &mut self,
        problems: &[Problem],
        tell: &mut dyn FnMut(&Problem) -> Result<(), IntakeError>,
    ) -> Result<(), IntakeError> {
        problems.iter().try_for_each(|problem| self.complain(problem, tell))
    }

    fn rows_end(
        &mut self,
        reader: Reader<File>,
        duplicates: DuplicateSearch,
        tell: &mut dyn FnMut(&Problem) -> Result<(), IntakeError>,
    ) -> Result<Step, IntakeError> {
        let header = reader.header().clone();
        self.bad.rows = reader.seen().rows;
        // Rows of half a file are never written into one that is whole.
        self.other_problems |= !reader.is_whole();
        let totals = reader.finish();
        for problem in totals.as_ref().err().into_iter().flatten() {
            self.complain(problem, tell)?;
        }
        self.phase = Phase::Sorting(duplicates, Box::new(Outcome { totals, header }));
        Ok(Step::More)
    }

    fn sort(
        &mut self,
        mut duplicates: DuplicateSearch,
        outcome: Box<Outcome>,
        ledger: Option<&LedgerReader>,
        tell: &mut dyn FnMut(&Problem) -> Result<(), IntakeError>,
    ) -> Result<Step, IntakeError> {
        if duplicates.step() {
            self.phase = Phase::Sorting(duplicates, outcome);
            return Ok(Step::More);
        }
        let suspects = duplicates.suspects();
        self.phase = if suspects.is_empty() {
            self.after_twins(outcome, ledger.is_some())
        } else {
            let file = self.rewound()?;
            match self.rules.file.open(file, Some(self.mark)) {
                Ok(reader) => Phase::Twins(Box::new(reader), Confirmation::new(suspects), outcome),
                // It opened before: somebody writes to it.
                Err(problem) => {
                    self.complain(&problem, tell)?;
                    Phase::End(Some(outcome))
                }
            }
        };
        Ok(Step::More)
    }

    /// The guards look only at a file that may be admitted.
    fn after_twins(&mut self, outcome: Box<Outcome>, ledger: bool) -> Phase {
        let Ok(totals) = outcome.totals.as_ref().map_err(drop) else { return Phase::End(Some(outcome)) };
        if self.bad.problems > 0 || !self.rules.guards.look_at_people() {
            return Phase::End(Some(outcome));
        }
        let people = std::mem::take(&mut self.people);
        let columns = &outcome.header.columns;
        let (act, sample) = (self.rules.guards.new_layout, people.sample().to_vec());
        self.layout = Layout::begin(act, columns, sample, &self.first, self.rules.now).map(Box::new);
        let (period, now) = (totals.controls.period(), self.rules.now);
        let comparison = Comparison::begin(self.rules.guards, people, period, now, ledger);
        Phase::Comparing(Box::new(comparison), outcome)
    }

    fn compare(
        &mut self,
        mut comparison: Box<Comparison>,
        outcome: Box<Outcome>,
        ledger: Option<&LedgerReader>,
        tell: &mut dyn FnMut(&Problem) -> Result<(), IntakeError>,
    ) -> Result<Step, IntakeError> {
        self.phase = match comparison.step(ledger)? {
            Compared::More => Phase::Comparing(comparison, outcome),
            Compared::Rewind => match self.rewound().map(|file| self.rules.file.open(file, Some(self.mark)))? {
                Ok(reader) => {
                    comparison.reread(reader);
                    Phase::Comparing(comparison, outcome)
                }
                Err(problem) => {
                    self.complain(&problem, tell)?;
                    Phase::End(Some(outcome))
                }
            },
            Compared::Done(findings) => {
                self.findings = findings;
                match self.layout.take() {
                    Some(layout) => Phase::Layout(layout, outcome),
                    None => Phase::End(Some(outcome)),
                }
            }
        };
        Ok(Step::More)
    }

    fn look_at_layout(
        &mut self,
        mut layout: Box<Layout>,
        outcome: Box<Outcome>,
        ledger: Option<&LedgerReader>,
    ) -> Result<Step, IntakeError> {
        // Without a ledger nothing was ever paid.
        self.phase = match ledger.map(|ledger| layout.step(ledger)).transpose()? {
            Some(None) => Phase::Layout(layout, outcome),
            Some(Some(finding)) => {
                self.findings.extend(finding);
                Phase::End(Some(outcome))
            }
            None => {
                self.findings.extend(layout.finding());
                Phase::End(Some(outcome))
            }
        };
        Ok(Step::More)
    }

    /// What the file says of the days and months it is for.
    fn guard_dates(&mut self, totals: &Totals) -> Option<Problem> {
        let (controls, now) = (&totals.controls, self.rules.now);
        if let Some(problem) = pay_on_problem(controls, now) {
            return Some(problem);
        }
        let month = paid_in(controls.pay_on, now);
        self.findings.extend(self.rules.guards.judge_period(controls.period().as_deref(), &month));
        None
    }

    fn end(
        &mut self,
        outcome: Option<Box<Outcome>>,
        ledger: Option<&LedgerReader>,
        tell: &mut dyn FnMut(&Problem) -> Result<(), IntakeError>,
    ) -> Result<Step, IntakeError> {
        let Some(outcome) = outcome else {
            return Ok(Step::Done(Verdict::Bad(std::mem::take(&mut self.bad))));
        };
        let Outcome { totals, header } = *outcome;
        if let (Ok(totals), Some(ledger)) = (&totals, ledger)
            && let Some(batch) = ledger.known_file(&totals.sha256)?
        {
            self.complain(&file_known(&batch), tell)?;
        }
        if let Ok(totals) = &totals
            && let Some(problem) = self.guard_dates(totals)
        {
            self.complain(&problem, tell)?;
        }
        match totals {
            Ok(totals) if self.bad.problems == 0 => {
                let paid_already = self.guard.finding(self.rules.paid_already_within);
                let mut findings = std::mem::take(&mut self.findings);
                findings.extend(judge_zero(totals.rows, totals.zero.lines));
                findings.extend(totals.open_end.then(|| half_file::finding(self.last.clone())));
                if let Some(ledger) = ledger {
                    findings.extend(self.rules.guards.judge_shortfall(ledger, totals.rows, totals.amount)?);
                }
                Ok(Step::Done(Verdict::Good(Box::new(Good {
                    totals,
                    header,
                    first: self.first.first().cloned(),
                    last: self.last.take(),
                    mark: self.mark,
                    paid_already,
                    findings,
                }))))
            }
            _ => {
                let mut bad = std::mem::take(&mut self.bad);
                bad.mark = self.mark;
                bad.known_lines.sort_unstable();
                bad.known_lines.dedup();
                bad.others_are_fit = !self.other_problems
                    && !bad.known_lines.is_empty()
                    && (bad.known_lines.len() as u64) < u64::from(bad.rows);
                Ok(Step::Done(Verdict::Bad(bad)))
            }
        }
    }
}
