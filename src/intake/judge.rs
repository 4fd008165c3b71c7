//! What the ledger says of a file's rows: references that it knows, payouts that are repeated, people who
//! were to be paid the same before.
//!
//! Must never: let a row through that could pay a person twice.

use super::error::IntakeError;
use super::examine::Examination;
use super::guard::whom_it_repeats;
use super::known::{erased_retry, reference_known, retried};
use crate::ledger::Reader as LedgerReader;
use crate::payout::instruction::Account;
use crate::payout::moment::Wall;
use crate::payout::money::Amount;
use crate::payroll::{Header, Problem, Row};

/// Whether the ledger holds anything of a row's reference, and of its person and amount.
#[derive(Clone, Copy)]
struct Seen {
    reference: bool,
    person: bool,
}

impl Examination {
    /// Holds the rows of a slice against the ledger. What it knows of none of them is asked in two
    /// questions about all; only the others are looked at one by one.
    pub(super) fn judge(
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
                Ok(unpaid) => {
                    if let Some(problem) = self.repeats.note(row, old) {
                        return self.complain(&problem, tell);
                    }
                    self.guard_persons(row, whom_it_repeats(row, &unpaid, ledger)?, ledger)?;
                }
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
