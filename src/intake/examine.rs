//! The first reading of a batch file: every row's problem, what the ledger knows of it already,
//! and what the guards say. Writes nothing; `payoutd check` and the inbox read by it alike.
//!
//! Must never: call a file good of which one row is not, or hold the file in memory.

use super::error::IntakeError;
use super::known::{date, erased_retry, reference_known, retried};
use crate::ledger::rows::Known;
use crate::ledger::{Reader as LedgerReader, SLICE};
use crate::payout::instruction::Account;
use crate::payout::moment::Wall;
use crate::payout::money::Amount;
use crate::payout::state::{MayHaveBeenPaid, StateWord};
use crate::payroll::{Code, Confirmation, DuplicateFinder, Header, Limits, Problem, Reader, Row, Suspects, Totals};
use std::fs::File;
use std::io::{Seek, SeekFrom};
use std::time::Duration;

/// So many rows that a guard speaks of are named one by one; the rest are counted.
const NAMED: usize = 5;

/// What files are held against.
#[derive(Clone, Copy, Debug)]
pub struct Rules {
    pub limits: Limits,
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
}

/// How far a slice came.
pub enum Step {
    More,
    Done(Verdict),
}

enum Phase {
    Rows(Box<Reader<File>>, DuplicateFinder),
    /// Hash twins are confirmed by a second look.
    Twins(Box<Reader<File>>, Confirmation, Box<Outcome>),
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
    rules: Rules,
    phase: Phase,
    bad: Bad,
    other_problems: bool,
    guard: Guard,
    beginning: Option<Problem>,
}

#[derive(Default)]
struct Guard {
    rows: u32,
    named: Vec<String>,
}

impl Examination {
    /// Begins at the file's first byte.
    pub fn begin(mut file: File, rules: Rules) -> std::io::Result<Examination> {
        file.seek(SeekFrom::Start(0))?;
        let (phase, beginning) = match Reader::open(file.try_clone()?, &rules.limits) {
            Ok(reader) => (Phase::Rows(Box::new(reader), DuplicateFinder::new(rules.seed)), None),
            Err(problem) => (Phase::End(None), Some(problem)),
        };
        Ok(Examination {
            file,
            rules,
            phase,
            bad: Bad::default(),
            other_problems: false,
            guard: Guard::default(),
            beginning,
        })
    }

    pub fn delimiter(&self) -> crate::payroll::Delimiter {
        match &self.phase {
            Phase::Rows(reader, _) | Phase::Twins(reader, _, _) => reader.header().delimiter,
            Phase::End(Some(outcome)) => outcome.header.delimiter,
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
            Phase::Twins(reader, confirmation, outcome) => self.twins(reader, confirmation, outcome, ledger, tell),
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
        for _ in 0..SLICE {
            let Some(line) = reader.next_line() else {
                return self.rows_end(*reader, duplicates.suspects(), tell);
            };
            let Some(row) = line else { continue };
            if let Some(reference) = reader.reference() {
                duplicates.push(reference);
            }
            match row {
                Ok(row) => {
                    if let Some(ledger) = ledger {
                        self.hold_against(&row, reader.header(), ledger, tell)?;
                    }
                }
                Err(problems) => {
                    for problem in problems {
                        self.complain(&problem, tell)?;
                    }
                }
            }
        }
        self.phase = Phase::Rows(reader, duplicates);
        Ok(Step::More)
    }

    fn rows_end(
        &mut self,
        reader: Reader<File>,
        suspects: Suspects,
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
        let outcome = Box::new(Outcome { totals, header });
        self.phase = if suspects.is_empty() {
            Phase::End(Some(outcome))
        } else {
            match Reader::open(self.rewound()?, &self.rules.limits) {
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

    fn rewound(&mut self) -> Result<File, IntakeError> {
        let read = |source| IntakeError::Read { name: "the file".to_string(), source };
        self.file.seek(SeekFrom::Start(0)).map_err(read)?;
        self.file.try_clone().map_err(read)
    }

    fn twins(
        &mut self,
        mut reader: Box<Reader<File>>,
        mut confirmation: Confirmation,
        outcome: Box<Outcome>,
        _ledger: Option<&LedgerReader>,
        tell: &mut dyn FnMut(&Problem) -> Result<(), IntakeError>,
    ) -> Result<Step, IntakeError> {
        for _ in 0..SLICE {
            let Some(line) = reader.next_line() else {
                self.phase = Phase::End(Some(outcome));
                return Ok(Step::More);
            };
            let Some(row) = line else { continue };
            let Some(reference) = reader.reference().cloned() else { continue };
            let line = match &row {
                Ok(row) => row.line,
                Err(problems) => problems.first().map_or(0, |problem| problem.line),
            };
            if let Some(problem) = confirmation.see(line, &outcome.header.reference, &reference) {
                self.complain(&problem, tell)?;
            }
        }
        self.phase = Phase::Twins(reader, confirmation, outcome);
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
            let count = |word| batch.tally.count(word);
            let text = format!(
                "This very file was admitted on {} as batch {} ({}: {} paid, {} declined, {} cancelled, {} not settled): \
                 nobody is paid from it again. Was another file meant?",
                date(batch.admitted),
                batch.id,
                if batch.rows == 1 { "1 row".to_string() } else { format!("{} rows", batch.rows) },
                count(StateWord::Paid),
                count(StateWord::Declined),
                count(StateWord::Cancelled),
                count(StateWord::Queued) + count(StateWord::InDoubt) + count(StateWord::Held),
            );
            self.complain(&Problem::of_file(Code::FileKnown, text), tell)?;
        }
        match totals {
            Ok(totals) if self.bad.problems == 0 => {
                let paid_already = self.guard.words(self.rules.paid_already_within);
                Ok(Step::Done(Verdict::Good(Box::new(Good { totals, header, paid_already }))))
            }
            _ => {
                let mut bad = std::mem::take(&mut self.bad);
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
        header: &Header,
        ledger: &LedgerReader,
        tell: &mut dyn FnMut(&Problem) -> Result<(), IntakeError>,
    ) -> Result<(), IntakeError> {
        let order = &row.instruction;
        if let Some(known) = ledger.known_reference(&order.reference.key())?
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
                self.guard_persons(row, vec![(row.instruction.receiver, row.instruction.amount)], ledger)?;
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
            self.guard.rows = self.guard.rows.saturating_add(1);
            if self.guard.named.len() < NAMED {
                self.guard.named.push(format!(
                    "line {} ({}): {} of {}, batch {}, {}",
                    row.line,
                    row.instruction.reference,
                    known.reference,
                    date(known.admitted),
                    known.batch,
                    outcome(known)
                ));
            }
            break;
        }
        Ok(())
    }
}

/// What became of a payout that the guard names.
fn outcome(known: &Known) -> String {
    match known.status {
        StateWord::Declined | StateWord::Cancelled if known.may_have_been_paid == MayHaveBeenPaid::No => {
            format!("{}, and paid again by a later row", known.status.as_str())
        }
        StateWord::Declined | StateWord::Cancelled => format!("{}, but perhaps paid", known.status.as_str()),
        live => live.as_str().to_string(),
    }
}

/// The persons and amounts of a retry and of all that it repeats: who corrects a number or an amount
/// still makes the same payment.
fn whom_it_repeats(row: &Row, old: &Known, ledger: &LedgerReader) -> Result<Vec<(Account, Amount)>, IntakeError> {
    let ancestors = ledger.ancestors(old.payout)?;
    let own = (row.instruction.receiver, row.instruction.amount);
    let mut persons = vec![own, (old.receiver, old.amount)];
    persons.extend(ancestors.iter().map(|payout| (payout.instruction.receiver, payout.instruction.amount)));
    persons.dedup();
    Ok(persons)
}

impl Guard {
    fn words(&self, within: Option<Duration>) -> Option<String> {
        let within = within.filter(|_| self.rows > 0)?;
        let more = self.rows as usize - self.named.len();
        let more = if more > 0 { format!("; and {more} more") } else { String::new() };
        let rows = if self.rows == 1 { "1 row pays".to_string() } else { format!("{} rows pay", self.rows) };
        Some(format!(
            "{rows} the same person the same amount as another batch of the last {}: {}{more}",
            in_words(within),
            self.named.join("; ")
        ))
    }
}

/// A time as people say it: `20 days`, and `1h 30m` where it is not whole days.
fn in_words(time: Duration) -> String {
    const DAY: u64 = 24 * 60 * 60;
    match (time.as_secs() / DAY, time.as_secs() % DAY) {
        (1, 0) => "day".to_string(),
        (days, 0) if days > 0 => format!("{days} days"),
        _ => humantime::format_duration(time).to_string(),
    }
}
