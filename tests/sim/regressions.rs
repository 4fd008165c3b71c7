//! Seeds that found something, each with its story. They must stay clean.
//!
//! A change of the generator changes what a seed does: whoever makes one finds new seeds for these
//! stories, by taking the mending out of the product for a moment.
//!
//! Must never: lose a story. Where a seed has lost its power, the promise has a test of its own
//! beside the code that keeps it.

use crate::drive::run;

fn stays_clean(seeds: &[u64]) {
    for seed in seeds {
        let verdict = run(*seed);
        assert!(verdict.violations.is_empty(), "seed {seed}:\n{}", verdict.violations.join("\n"));
    }
}

/// A payroll was dropped again under new references; the guard held it, and a person cancelled it, as
/// he should. The batch was then complete, so a retry file offered all its people, and the guard left
/// rows with `retry_of` alone: dropped as it was offered, the file paid everybody a second time.
#[test]
fn the_retry_file_of_a_cancelled_duplicate_pays_nobody_again() {
    stays_clean(&[1, 2, 3, 4]);
}

/// A declined payout was paid again by a retry with another number and amount. The first payroll came
/// once more under new references: its row was declined, the retry had another amount, and the guard
/// saw neither.
#[test]
fn who_was_paid_by_a_corrected_retry_is_known_to_the_guard() {
    stays_clean(&[66]);
}

/// A payout was cancelled before any Transfert and paid by its retry. Its own reference could then be
/// admitted once more, with another number and amount, and was paid too.
/// (`a_cancelled_reference_that_another_payout_pays_again_does_not_come_back`)
#[test]
fn a_cancelled_reference_is_not_paid_beside_its_retry() {
    stays_clean(&[2998]);
}

/// The answer to the last question of `resolve --not-paid` came in the very turn that looked for new
/// orders: the order was answered, and then obeyed once more from the list read before; the second
/// answer met no row, and payoutd ended with 6, a contradiction in the ledger.
#[test]
fn an_order_is_answered_once() {
    stays_clean(&[20]);
}

/// MonCash told the id of one transaction for two payouts; a person then typed the true one of the
/// second. The loop took the slip for trouble with the ledger and ended, and ended again at every
/// start, because the order still waited. (`a_transaction_of_another_payout_is_refused_and_ends_nothing`)
#[test]
fn a_transaction_of_another_payout_ends_nothing() {
    stays_clean(&[204]);
}

/// An old ledger was put in place, wrote reports, and then the newer ledger came back: its finished
/// batches had been reported, so the old ledger's reports stayed, and called paid people in doubt.
#[test]
fn the_reports_are_those_of_the_ledger_that_lies_there() {
    stays_clean(&[103]);
}
