//! What is known of a reference, a person or a transaction that turns up again: for admission, for
//! `explain`, and for the list of what waits for a person.
//!
//! Must never: show a payout of a batch that is not admitted yet, or read without a limit.

use super::error::LedgerError;
use super::reader::Reader;
use super::rows::{HeldPayout, Known};
use super::stored::{COLUMN_COUNT, COLUMNS, StoredRow};
use crate::payout::instruction::{Account, Reference};
use crate::payout::moment::Wall;
use crate::payout::money::Amount;
use crate::payout::state::{PayoutId, StateWord};
use rusqlite::{Row, params};

/// Most payouts shown of one person: years of salaries.
const MOST_OF_A_PERSON: u32 = 500;

/// `{COLUMNS}` is followed by the batch's file and the moment of its admission.
fn known_sql(rest: &str) -> String {
    format!("SELECT {COLUMNS}, b.file, b.admitted FROM {rest}")
}

/// The first column after [`COLUMNS`].
pub(super) const FILE_COLUMN: usize = COLUMN_COUNT;

impl Reader {
    /// Of any payout, admitted or on its way in. For the ledger's own messages.
    pub(super) fn known(&self, payout: PayoutId) -> Result<Known, LedgerError> {
        let sql = known_sql("payout p CROSS JOIN batch b ON b.id = p.batch WHERE p.id = ?1");
        self.all(&sql, [payout.0], read_known)?.pop().ok_or(LedgerError::NoSuchPayout(payout))
    }

    /// Whether the ledger once may have forgotten a send of this payout.
    pub(super) fn was_suspected(&self, payout: PayoutId) -> Result<bool, LedgerError> {
        let found = self.one(
            "SELECT 1 FROM event INDEXED BY event_of_payout WHERE payout = ?1 AND kind = 'suspected' LIMIT 1",
            [payout.0],
            |_| Ok(()),
        )?;
        Ok(found.is_some())
    }

    /// Whose reference this is, by its key ([`Reference::key`]).
    pub fn known_reference(&self, key: &str) -> Result<Option<Known>, LedgerError> {
        let sql = known_sql(
            "reference r CROSS JOIN payout p ON p.id = r.payout CROSS JOIN batch b ON b.id = p.batch \
             WHERE r.reference = ?1 AND b.visible = 1",
        );
        Ok(self.all(&sql, [key], read_known)?.pop())
    }

    /// Payouts of the same amount to the same person in batches admitted since a moment, newest first.
    /// Not those that were declined or cancelled, unless they may have been paid all the same, or
    /// another payout pays them again.
    pub fn known_person(&self, account: Account, amount: Amount, since: Wall) -> Result<Vec<Known>, LedgerError> {
        let sql = known_sql(
            "person x CROSS JOIN payout p ON p.id = x.payout CROSS JOIN batch b ON b.id = p.batch \
             WHERE x.receiver = ?1 AND x.amount = ?2 AND b.visible = 1 AND b.admitted >= ?3 \
             AND (p.state NOT IN ('declined', 'cancelled') OR p.may_have_been_paid <> 'no' \
             OR EXISTS (SELECT 1 FROM payout s INDEXED BY payout_one_successor \
             WHERE s.root = coalesce(p.root, p.id) AND s.state IN ('queued', 'in_doubt', 'paid', 'held'))) \
             ORDER BY x.payout DESC LIMIT ?4",
        );
        self.all(&sql, params![account.local(), amount.centimes(), since.0, MOST_OF_A_PERSON], read_known)
    }

    /// For `explain`: by reference, by account (eight digits, or 509 and eight digits) or by
    /// MonCash's transaction id; newest first.
    pub fn find(&self, text: &str) -> Result<Vec<Known>, LedgerError> {
        let text = text.trim();
        self.at_once(|reader| {
            let mut found = reader.find_reference(text)?;
            found.extend(reader.find_transaction(text)?);
            if let Ok(account) = Account::parse(text) {
                found.extend(reader.find_account(account)?);
            }
            found.sort_by_key(|known| std::cmp::Reverse(known.payout));
            found.dedup_by_key(|known| known.payout);
            Ok(found)
        })
    }

    fn find_reference(&self, text: &str) -> Result<Vec<Known>, LedgerError> {
        let key = Reference::key_of(text);
        let mut found: Vec<Known> = self.known_reference(&key)?.into_iter().collect();
        let sql = known_sql(
            "taken_over t CROSS JOIN payout p ON p.id = t.payout CROSS JOIN batch b ON b.id = p.batch \
             WHERE t.reference = ?1 AND b.visible = 1",
        );
        found.extend(self.all(&sql, [&key], read_known)?);
        Ok(found)
    }

    fn find_transaction(&self, text: &str) -> Result<Option<Known>, LedgerError> {
        self.transaction_known(text)?.map(|payout| self.known(payout)).transpose()
    }

    fn find_account(&self, account: Account) -> Result<Vec<Known>, LedgerError> {
        // The newest of each amount come last in the table; people have few amounts.
        let sql = known_sql(
            "person x CROSS JOIN payout p ON p.id = x.payout CROSS JOIN batch b ON b.id = p.batch \
             WHERE x.receiver = ?1 AND b.visible = 1 ORDER BY x.payout DESC LIMIT ?2",
        );
        self.all(&sql, params![account.local(), MOST_OF_A_PERSON], read_known)
    }

    /// What waits for a person, oldest first.
    pub fn held(&self, limit: u32) -> Result<Vec<HeldPayout>, LedgerError> {
        let sql = known_sql(
            "payout p INDEXED BY payout_held CROSS JOIN batch b ON b.id = p.batch \
             WHERE p.state = 'held' ORDER BY p.id LIMIT ?1",
        );
        self.all(&sql, [limit], |row| {
            let stored = StoredRow::read(row)?.whole()?;
            if stored.cache.state != StateWord::Held {
                return Err(LedgerError::damaged(format!(
                    "payout {}: an index says held, its row {}",
                    stored.id.0,
                    stored.cache.state.as_str()
                )));
            }
            let reason = stored.cache.reason()?.into_owned();
            let events = stored.cache.events;
            Ok(HeldPayout { known: known_of(stored, row)?, reason, events })
        })
    }
}

fn read_known(row: &Row) -> Result<Known, LedgerError> {
    known_of(StoredRow::read(row)?.whole()?, row)
}

fn known_of(stored: StoredRow, row: &Row) -> Result<Known, LedgerError> {
    Ok(Known {
        payout: stored.id,
        batch: stored.batch,
        file: row.get(FILE_COLUMN)?,
        admitted: Wall(row.get(FILE_COLUMN + 1)?),
        line: stored.line,
        reference: stored.instruction.reference,
        receiver: stored.instruction.receiver,
        amount: stored.instruction.amount,
        status: stored.cache.state,
        may_have_been_paid: stored.cache.money,
        attempts: stored.cache.attempts,
    })
}
