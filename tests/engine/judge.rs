//! The judge of every story: the gateway's own debits, by reference and by person, against what the
//! ledger's report says, at rest.
//!
//! Must never: believe the ledger about a debit.

use super::house::{GRACE, House};
use payoutd::ledger::rows::ReportRow;
use payoutd::payout::state::{MayHaveBeenPaid, StateWord};
use std::time::Duration;

/// More batches, and more rows of one, than any story has.
const MOST: u32 = 10_000;

/// How often it is looked whether a story has come to rest.
const LOOK: Duration = Duration::from_secs(20);

/// The end of one reference: how the report calls it, whether it may have been paid in the report's
/// words, and how often MonCash debited it.
pub type End<'a> = (&'a str, &'a str, &'a str, usize);

impl House {
    /// Waits until every debit has landed, nothing moves, and a grace after that; then the story must have
    /// ended so, and everything in it be true.
    pub async fn ends(&mut self, ends: &[End<'_>]) {
        let on_its_way = self.moncash.last_landing().saturating_sub(self.clock.world_ms());
        self.run_for(Duration::from_millis(on_its_way)).await;
        let moves = |row: &ReportRow| matches!(row.status, StateWord::Queued | StateWord::InDoubt);
        for _ in 0..3 * GRACE.as_secs() / LOOK.as_secs() {
            if !self.report().iter().any(moves) {
                break;
            }
            self.run_for(LOOK).await;
        }
        self.run_for(GRACE).await;
        self.tells(ends);
    }

    /// The same without waiting.
    pub fn tells(&mut self, ends: &[End<'_>]) {
        let rows = self.report();
        for (reference, status, may, debits) in ends {
            let row = rows.iter().rev().find(|row| row.reference.as_str() == *reference).expect("a row of the report");
            let told = (row.status.as_str(), row.may_have_been_paid.word(), self.moncash.debits_of(reference));
            assert_eq!(told, (*status, *may, *debits), "{reference}: status, may have been paid, debits");
        }
        self.is_sound(&[]);
    }

    /// Every row of every batch, as the reports have it.
    pub fn report(&self) -> Vec<ReportRow> {
        self.look(|reader| {
            let mut rows = Vec::new();
            for batch in reader.batches_latest(MOST)?.into_iter().rev() {
                rows.extend(reader.rows(batch.id, None, MOST)?);
            }
            Ok(rows)
        })
    }

    /// The ledger's own audit finds nothing; MonCash debited no reference and no person twice; and no
    /// word of the report is untrue. Debits on their way count.
    pub fn is_sound(&mut self, references: &[&str]) {
        let findings = payoutd::ledger::verify(self.folder.path(), &[]).unwrap();
        assert!(findings.problems.is_empty(), "{:?}", findings.problems);
        let rows = self.report();
        let reported = rows.iter().map(|row| row.reference.as_str());
        for reference in references.iter().copied().chain(reported) {
            assert!(self.moncash.debits_of(reference) <= 1, "{reference} was paid twice");
        }
        for (person, debits) in self.moncash.debits_by_person() {
            assert_eq!(debits, 1, "{} got money twice", person.masked());
        }
        rows.iter().for_each(|row| self.is_true(row));
    }

    fn is_true(&self, row: &ReportRow) {
        let debits = self.moncash.debits_of(row.reference.as_str());
        // What somebody else did after the end of a payout makes its report no lie.
        let ours = self.moncash.our_debits_of(row.reference.as_str());
        let told = format!(
            "{} is {:?}, paid? {:?}, and was debited {debits} times",
            row.reference, row.status, row.may_have_been_paid
        );
        match row.status {
            StateWord::Paid if row.confirmed_by != "operator" => assert_eq!(debits, 1, "{told}"),
            StateWord::Declined => assert_eq!(ours, 0, "{told}"),
            // What was never asked about may have been used by somebody else; what is asked about next
            // is not sent.
            StateWord::Queued => {}
            _ if row.may_have_been_paid == MayHaveBeenPaid::No && row.attempts > 0 => assert_eq!(ours, 0, "{told}"),
            _ => {}
        }
    }

    /// Lets the machine sleep, and MonCash work on.
    pub fn sleeps(&self, time: Duration) {
        self.clock.sleep(time);
        assert!(time > GRACE, "a story of sleep is one of a sleep longer than the grace");
    }
}

/// Milliseconds of a time.
pub fn ms(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap()
}
