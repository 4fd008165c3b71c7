//! The first reading of a batch file: every row's problem, what the ledger knows of it already,
//! and what the guards say. Writes nothing; `payoutd check` and the inbox read by it alike.
//!
//! Must never: call a file good of which one row is not, or hold the file in memory.

mod again;

use super::error::IntakeError;
use super::guard::{Guard, whom_it_repeats};
use super::known::{erased_retry, file_known, reference_known, retried};
use super::terms::FileRules;
use crate::ledger::Reader as LedgerReader;
use crate::payout::instruction::Account;
use crate::payout::moment::Wall;
use crate::payout::money::Amount;
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
    /// What the first reading was told of its amounts' decimal mark; whoever reads the file again is told
    /// the same.
    pub mark: Option<Mark>,
    /// The guard for the same person and amount in another batch, in words.
    pub paid_already: Option<String>,
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
    End(Option<Box<Outcome>>),
}

/// What the first look found, while twins are still to be confirmed.
struct Outcome {
    totals: Result<Totals, Vec<Problem>>,
    header: Header,
}

/// Whether the ledger holds anything of a row's reference, and of its person and amount.
#[derive(Clone, Copy)]
struct Seen {
    reference: bool,
    person: bool,
}

/// A first reading under way.
pub struct Examination {
    file: File,
    rules: Rules,
    phase: Phase,
    /// Room for the rows of a slice, kept: giving it back each time costs more than filling it.
    rows: Vec<Result<Row, Vec<Problem>>>,
    bad: Bad,
    other_problems: bool,
    /// What the look at the amounts found, if one was needed.
    mark: Option<Mark>,
    guard: Guard,
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
            beginning,
        })
    }

    pub fn delimiter(&self) -> crate::payroll::Delimiter {
        match &self.phase {
            Phase::Rows(reader, _) | Phase::Twins(reader, _, _) | Phase::Amounts(reader, ..) => {
                reader.header().delimiter
            }
            Phase::Sorting(_, outcome) | Phase::End(Some(outcome)) => outcome.header.delimiter,
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
            Phase::Sorting(duplicates, outcome) => self.sort(duplicates, outcome, tell),
            Phase::Twins(reader, confirmation, outcome) => self.twins(reader, confirmation, outcome, tell),
            Phase::End(outcome) => self.end(outcome, ledger, tell),
        }
    }

    fn complain(
        &mut self,
        problem: &Problem,
        tell: &mut dyn FnMut(&Problem) -> Result<(), IntakeError>,
    ) -> Result<(), IntakeError> {
        self.bad.problems += 1;
        if problem.code != Code::ReferenceKnown && problem.code != Code::ReferenceKnownDiffers {
            self.other_problems = true;
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

    fn complain_of(
        &mut self,
        problems: &[Problem],
        tell: &mut dyn FnMut(&Problem) -> Result<(), IntakeError>,
    ) -> Result<(), IntakeError> {
        problems.iter().try_for_each(|problem| self.complain(problem, tell))
    }

    /// Holds the rows of a slice against the ledger. What it knows of none of them is asked in two
    /// questions about all; only the others are looked at one by one.
    fn judge(
        &mut self,
        rows: &[Result<Row, Vec<Problem>>],
        header: &Header,
        ledger: &LedgerReader,
        tell: &mut dyn FnMut(&Problem) -> Result<(), IntakeError>,
    ) -> Result<(), IntakeError> {
        let good = || rows.iter().flatten().map(|row| &row.instruction);
        let keys: Vec<_> = good().map(|order| &order.reference).collect();
        let keys = ledger.places_of_known_references(&keys)?;
        let guarded = good().filter(|_| self.rules.paid_already_within.is_some());
        let persons: Vec<_> = guarded.map(|order| (order.receiver, order.amount)).collect();
        let persons = ledger.places_of_known_persons(&persons)?;
        let mut place = 0;
        for row in rows {
            match row {
                Ok(row) => {
                    let is_in = |places: &[usize]| places.binary_search(&place).is_ok();
                    let seen = Seen { reference: is_in(&keys), person: is_in(&persons) };
                    self.hold_against(row, seen, header, ledger, tell)?;
                    place += 1;
                }
                Err(problems) => self.complain_of(problems, tell)?,
            }
        }
        Ok(())
    }

    fn rows_end(
        &mut self,
        reader: Reader<File>,
        duplicates: DuplicateSearch,
        tell: &mut dyn FnMut(&Problem) -> Result<(), IntakeError>,
    ) -> Result<Step, IntakeError> {
        let header = reader.header().clone();
        self.bad.rows = reader.seen().rows;
        let totals = reader.finish();
        if let Err(problems) = &totals {
            for problem in problems {
                self.complain(problem, tell)?;
            }
            self.other_problems = true;
        }
        self.phase = Phase::Sorting(duplicates, Box::new(Outcome { totals, header }));
        Ok(Step::More)
    }

    fn sort(
        &mut self,
        mut duplicates: DuplicateSearch,
        outcome: Box<Outcome>,
        tell: &mut dyn FnMut(&Problem) -> Result<(), IntakeError>,
    ) -> Result<Step, IntakeError> {
        if duplicates.step() {
            self.phase = Phase::Sorting(duplicates, outcome);
            return Ok(Step::More);
        }
        let suspects = duplicates.suspects();
        self.phase = if suspects.is_empty() {
            Phase::End(Some(outcome))
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
        match totals {
            Ok(totals) if self.bad.problems == 0 => {
                let paid_already = self.guard.words(self.rules.paid_already_within);
                Ok(Step::Done(Verdict::Good(Box::new(Good { totals, header, mark: self.mark, paid_already }))))
            }
            _ => {
                let mut bad = std::mem::take(&mut self.bad);
                bad.mark = self.mark;
                bad.others_are_fit = !self.other_problems
                    && !bad.known_lines.is_empty()
                    && (bad.known_lines.len() as u64) < u64::from(bad.rows);
                Ok(Step::Done(Verdict::Bad(bad)))
            }
        }
    }

    /// What the ledger knows of a row's reference, of the one it repeats and of its person.
    fn hold_against(
        &mut self,
        row: &Row,
        seen: Seen,
        header: &Header,
        ledger: &LedgerReader,
        tell: &mut dyn FnMut(&Problem) -> Result<(), IntakeError>,
    ) -> Result<(), IntakeError> {
        let order = &row.instruction;
        if seen.reference
            && let Some(known) = ledger.known_reference(&order.reference.key())?
            && let Some(problem) = reference_known(row, header, &known, ledger)?
        {
            self.bad.known_lines.push(row.line);
            return self.complain(&problem, tell);
        }
        match &order.retry_of {
            Some(old) => match retried(row, old, ledger)? {
                // What is paid again was not paid, or it would not be here; but somebody may have been
                // paid beside it, under another reference, and that is why it was cancelled.
                Ok(unpaid) => self.guard_persons(row, whom_it_repeats(row, &unpaid, ledger)?, ledger)?,
                Err(problem) => self.complain(&problem, tell)?,
            },
            None => {
                if let Some(problem) = erased_retry(row, header, ledger)? {
                    self.complain(&problem, tell)?;
                }
                if seen.person {
                    self.guard_persons(row, vec![(row.instruction.receiver, row.instruction.amount)], ledger)?;
                }
            }
        }
        Ok(())
    }

    /// Notes a row for which one of these persons was to be paid this amount already.
    fn guard_persons(
        &mut self,
        row: &Row,
        persons: Vec<(Account, Amount)>,
        ledger: &LedgerReader,
    ) -> Result<(), IntakeError> {
        let Some(within) = self.rules.paid_already_within else { return Ok(()) };
        let since = Wall(self.rules.now.0.saturating_sub(i64::try_from(within.as_millis()).unwrap_or(i64::MAX)));
        for (receiver, amount) in persons {
            let found = ledger.known_person(receiver, amount, since)?;
            let Some(known) = found.first() else { continue };
            self.guard.note(row, known);
            break;
        }
        Ok(())
    }
}
