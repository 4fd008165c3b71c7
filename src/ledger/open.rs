//! Opening the ledger to write, and binding it to one account.
//!
//! Must never: send anything, or come back as if nothing were when the ledger may be older than
//! its last send.

use super::chain::{self, Hash, Link};
use super::connect;
use super::error::{Identity, LedgerError};
use super::highwater::{self, Opening};
use super::migrate;
use super::reader::Reader;
use super::seal;
use super::standing::{HouseEvent, Standing};
use super::stocktake;
use super::transaction::print;
use super::{Ledger, Tip};
use crate::payout::message::{Said, Suspicion};
use crate::payout::moment::{Moment, Wall};
use crate::payout::state::ByOrder;
use rusqlite::Connection;
use std::path::Path;

/// How many events at the end of the chain are hashed again at every start.
const TAIL: i64 = 64;

/// A ledger that was opened.
pub struct Opened {
    pub ledger: Ledger,
    /// Why this ledger may be older than its last send, if it may: found now, or at an earlier
    /// start and not lifted since (it stands in [`Standing::suspicion`]). Then every unfinished
    /// payout is doubt, with full grace, and nothing new is admitted until a person has looked.
    /// The caller adds what only it can see: batches in `accepted/` or `reports/` that
    /// the ledger does not know.
    pub suspicion: Option<Said<Suspicion>>,
}

impl Ledger {
    /// Opens the ledger of a state folder, making both where there is none. One of an earlier payoutd is
    /// brought up to date, after a copy of it.
    ///
    /// Errors: [`LedgerError::Held`] while another payoutd has it, [`LedgerError::OtherIdentity`],
    /// [`LedgerError::NewerSchema`], [`LedgerError::Damaged`].
    pub fn open(state: &Path, identity: &Identity, now: Moment) -> Result<Opened, LedgerError> {
        open(state, Some(identity), now)
    }

    /// Opens a ledger that exists, whoever it belongs to: for `rebind`, and for orders applied
    /// without a daemon.
    pub fn open_unbound(state: &Path, now: Moment) -> Result<Opened, LedgerError> {
        if !connect::database(state).exists() {
            return Err(LedgerError::Missing(state.to_path_buf()));
        }
        open(state, None, now)
    }

    /// Accepts another account, on a person's order. Only with nothing in doubt: what the old
    /// account was asked for, the new one knows nothing about.
    pub fn rebind(&mut self, identity: &Identity, order: &ByOrder, at: Wall) -> Result<(), LedgerError> {
        let doubts = self.doubts()?.len();
        if doubts > 0 {
            return Err(LedgerError::Refused(format!(
                "{doubts} payouts are in doubt with the old account: nothing was changed; let payoutd settle them first"
            )));
        }
        let held = self.held_reserving()?.len();
        if held > 0 {
            return Err(LedgerError::Refused(format!(
                "{held} held payouts may have been paid by the old account: nothing was changed; 'payoutd resolve' them first"
            )));
        }
        let from = self.identity()?;
        if from == *identity {
            return Ok(());
        }
        let mut transaction = self.transaction(at)?;
        transaction.append_house(&HouseEvent::Rebound { from, to: identity.clone(), order: order.clone() })?;
        transaction.change_one(
            "the ledger's account",
            "UPDATE meta SET environment = ?1, host = ?2, account = ?3 WHERE one = 1",
            [&identity.environment, &identity.host, &identity.account],
        )?;
        transaction.seal(&seal::META, 1)?;
        transaction.commit()
    }

    /// Calls `hook` at every commit, before it is on disk; `true` makes the commit fail. For the
    /// simulation's crashes.
    #[doc(hidden)]
    pub fn on_commit(&mut self, hook: impl FnMut() -> bool + Send + 'static) -> Result<(), LedgerError> {
        Ok(self.reader.connection.commit_hook(Some(hook))?)
    }
}

fn open(state: &Path, identity: Option<&Identity>, now: Moment) -> Result<Opened, LedgerError> {
    connect::make_folder(state)?;
    let lock = connect::lock_state(state)?;
    // Read before the ledger is made: a mark without a ledger is what a lost ledger leaves.
    let mark = highwater::read(state)?;
    connect::make_file(state)?;
    if let Some(identity) = identity {
        migrate::bring_up(state, identity, now.wall)?;
    }
    let connection = connect::writer(state)?;
    make(&connection, identity, now.wall)?;
    checkpoint(&connection)?;
    let reader = Reader { connection };
    check_tail(&reader)?;
    let (epoch, tip) = (reader.epoch()?, reader.tip()?);
    stocktake::check(&reader, &tip)?;
    check_identity(&reader, identity)?;
    // The first event says whose a ledger is; a ledger with no more than that was just made.
    let unused = if tip.seq <= 1 && epoch == 0 { Tip { seq: 0, hash: chain::GENESIS } } else { tip };
    let hash_at = |seq: i64| reader.one("SELECT hash FROM event WHERE seq = ?1", [seq], |row| row.get::<_, Hash>(0));
    let found =
        highwater::compare(&mark, &Opening { epoch, tip: unused, number: reader.last_number()?.0, hash_at: &hash_at })?;
    let highest_batch = reader.highest_batch()?.map_or(0, |batch| batch.0);
    if unused.seq == 0 && matches!(mark, highwater::Found::Missing) {
        highwater::make(state)?;
    }
    let water = highwater::open(state)?;
    let mut ledger = Ledger {
        reader,
        state: state.to_path_buf(),
        epoch,
        tip,
        highest_batch,
        water,
        admission: None,
        unsettled: 0,
        broken: None,
        _lock: lock,
    };
    let suspicion = ledger.take_epoch(found, now)?;
    connect::sync_folder(state)?;
    Ok(Opened { ledger, suspicion })
}

impl Ledger {
    /// Takes the next epoch and puts the suspicion on record, in one transaction: a crash after it
    /// does not forget the suspicion.
    fn take_epoch(&mut self, found: Option<Suspicion>, now: Moment) -> Result<Option<Said<Suspicion>>, LedgerError> {
        let standing = self.standing()?;
        let suspicion = match (standing.suspicion.clone(), found.map(Said::code)) {
            (Some(old), Some(new)) if old != new => {
                Some(Said::code(Suspicion::Again { now: Box::new(new), before: Box::new(old) }))
            }
            (old, new) => new.or(old),
        };
        let mark = highwater::read(&self.state)?;
        let marked = if let highwater::Found::Mark(mark) = &mark { mark.epoch } else { 0 };
        // Above whatever the lost ledger reached, so that a copy still open somewhere is outrun.
        let epoch = self.epoch.max(marked) + 1;
        let mut transaction = self.transaction(now.wall)?;
        let stands = Standing { suspicion: suspicion.clone(), ..standing.clone() };
        let identity = Some(transaction.ledger.identity()?);
        transaction.append_house(&HouseEvent::Opened {
            epoch,
            at: now.boot,
            previous: transaction.ledger.last_opening()?.map_or(0, |opening| opening.seq),
            identity,
            stands: Some(stands.chained()),
        })?;
        transaction.set_standing(&standing, &stands)?;
        transaction.change_one("the ledger's epoch", "UPDATE meta SET epoch = ?1 WHERE one = 1", [epoch])?;
        transaction.seal(&seal::META, 1)?;
        transaction.commit()?;
        self.epoch = epoch;
        self.mark()?;
        Ok(suspicion)
    }
}

/// Lays out a new ledger and binds it, all in one transaction.
fn make(connection: &Connection, identity: Option<&Identity>, at: Wall) -> Result<(), LedgerError> {
    if !connect::is_empty(connection)? {
        return Ok(());
    }
    let Some(identity) = identity else {
        return Err(LedgerError::damaged(format!("{} is empty", connect::FILE)));
    };
    let body = print(&HouseEvent::Bound {
        identity: identity.clone(),
        format: Some(connect::SCHEMA_VERSION),
        payoutd: Some(migrate::OURS.to_string()),
    })?;
    let link = Link { at: at.0, batch: 0, payout: None, no: 1, attempt: None, kind: "bound", body: &body };
    let tip = chain::next(&Tip { seq: 0, hash: chain::GENESIS }, &link);
    connection.execute_batch("BEGIN IMMEDIATE")?;
    connect::make_schema(connection, at)?;
    connection.execute(
        "INSERT INTO meta (one, environment, host, account, epoch, next_batch) VALUES (1, ?1, ?2, ?3, 0, 1)",
        [&identity.environment, &identity.host, &identity.account],
    )?;
    connection.execute("INSERT INTO standing (one, body) VALUES (1, '{}')", [])?;
    for table in [&seal::META, &seal::STANDING] {
        connection.execute(&table.statement(), [1])?;
    }
    connection.execute(
        "INSERT INTO event (seq, at, batch, no, kind, body, hash) VALUES (?1, ?2, 0, 1, 'bound', ?3, ?4)",
        rusqlite::params![tip.seq, at.0, body, tip.hash],
    )?;
    connection.execute_batch("COMMIT").map_err(|error| LedgerError::CommitFailed(error.to_string()))
}

/// Copies the WAL back whole: what is read from here on is what the disk holds. Readers in the way
/// are waited for as long as any busy connection.
fn checkpoint(connection: &Connection) -> Result<(), LedgerError> {
    let busy: i64 = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
    if busy == 0 {
        return Ok(());
    }
    Err(LedgerError::Disk(
        "the write-ahead log could not be copied back: another program keeps the ledger open; close it".to_string(),
    ))
}

pub(super) fn check_identity(reader: &Reader, asked: Option<&Identity>) -> Result<(), LedgerError> {
    let bound = reader.identity()?;
    match asked {
        Some(asked) if *asked != bound => {
            Err(LedgerError::OtherIdentity { bound: Box::new(bound), asked: Box::new(asked.clone()) })
        }
        _ => Ok(()),
    }
}

/// Hashes the last events again: where a torn or edited end would show first.
fn check_tail(reader: &Reader) -> Result<(), LedgerError> {
    let last = reader.tip()?.seq;
    let from = (last - TAIL).max(0);
    let mut tip = Tip { seq: 0, hash: chain::GENESIS };
    if from > 0 {
        let hash = reader.one("SELECT hash FROM event WHERE seq = ?1", [from], |row| row.get::<_, Hash>(0))?;
        tip = Tip { seq: from, hash: hash.ok_or_else(|| LedgerError::damaged(format!("event {from} is missing")))? };
    }
    reader.all(
        "SELECT seq, at, batch, payout, no, attempt, kind, body, hash FROM event WHERE seq > ?1 ORDER BY seq",
        [from],
        |row| {
            let (kind, body): (String, String) = (row.get(6)?, row.get(7)?);
            let link = Link {
                at: row.get(1)?,
                batch: row.get(2)?,
                payout: row.get(3)?,
                no: row.get(4)?,
                attempt: row.get(5)?,
                kind: &kind,
                body: &body,
            };
            tip = chain::next(&tip, &link);
            let stored = Tip { seq: row.get(0)?, hash: row.get(8)? };
            if tip != stored {
                return Err(LedgerError::damaged(format!("event {} does not meet its hash", stored.seq)));
            }
            Ok(())
        },
    )?;
    Ok(())
}
