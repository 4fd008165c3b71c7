//! Pays everything that waits in a ledger, on paper: what a daemon would have written had it paid each
//! row at the first try, put there in bulk, for paying ten million rows takes twenty minutes.
//!
//! Real in it: every row's columns and seal, both events of every payout with their numbers and hashes
//! in the one chain, all indexes, tallies, the batch's last events and its seal: `payoutd verify` finds
//! nothing. Not real: no call was made; the answer's raw text is left out of the `paid` events (it would
//! make the file half as large again); each payout's events lie side by side, where a daemon with 64 calls
//! in flight writes a turn's worth of the one and then of the other; nothing was flushed on the way.
//!
//! Must never: be taken for a way to pay, or touch a ledger that a daemon has open.

use rusqlite::{Connection, params};
use sha2::{Digest, Sha256};
use std::path::Path;
use std::sync::mpsc::sync_channel;
use std::time::{SystemTime, UNIX_EPOCH};

/// Page cache while it is filled, in KiB: the way up the trees, not the trees.
const CACHE_KIB: i64 = 64 * 1024;
/// Payouts that one thread hands to the other at a time.
const SLICE: usize = 5_000;
const PAID: &str = "paid";

type Hash = [u8; 32];

/// What is hashed, each field with its length before it, as `ledger/chain.rs` and `ledger/seal.rs` do.
struct Fields(Vec<u8>);

impl Fields {
    fn of(domain: &str) -> Fields {
        let mut fields = Fields(Vec::with_capacity(512));
        fields.bytes(domain.as_bytes());
        fields
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(&(bytes.len() as u64).to_be_bytes());
        self.0.extend_from_slice(bytes);
    }

    fn number(&mut self, number: i64) {
        self.bytes(&number.to_be_bytes());
    }

    /// A value of a seal: its kind goes in before it.
    fn sealed(&mut self, kind: u8, bytes: &[u8]) {
        self.0.push(kind);
        self.bytes(bytes);
    }

    fn hash(&self) -> Hash {
        Sha256::digest(&self.0).into()
    }

    fn seal(&self) -> [u8; 8] {
        let mut seal = [0; 8];
        seal.copy_from_slice(&self.hash()[..8]);
        seal
    }
}

/// The end of the chain, and everything that all events of this have in common.
struct Chain {
    seq: i64,
    hash: Hash,
    at: i64,
    batch: i64,
}

impl Chain {
    fn append(&mut self, payout: i64, no: i64, attempt: Option<i64>, kind: &str, body: &str) -> (i64, Hash) {
        self.seq += 1;
        let mut fields = Fields::of("payoutd event 1");
        fields.bytes(&self.hash);
        fields.number(self.seq);
        fields.number(self.at);
        fields.number(self.batch);
        fields.number(payout);
        fields.number(no);
        match attempt {
            Some(attempt) => fields.number(attempt),
            None => fields.bytes(&[]),
        }
        fields.bytes(kind.as_bytes());
        fields.bytes(body.as_bytes());
        self.hash = fields.hash();
        (self.seq, self.hash)
    }
}

/// One payout, paid.
struct Settled {
    id: i64,
    sent: (i64, Hash),
    paid: (i64, Hash),
    body: String,
    transaction: String,
    seal: [u8; 8],
}

/// The seal of a payout that was paid at its first attempt and repeats nobody.
fn seal_of_payout(id: i64, at: i64, transaction: &str) -> [u8; 8] {
    let mut fields = Fields(Vec::with_capacity(512));
    fields.sealed(b't', b"payout");
    fields.sealed(b'i', &id.to_be_bytes());
    let nulls = |fields: &mut Fields, count| (0..count).for_each(|_| fields.sealed(b'n', &[]));
    nulls(&mut fields, 2); // ancestor, root
    fields.sealed(b't', PAID.as_bytes());
    fields.sealed(b'i', &2_i64.to_be_bytes()); // events
    fields.sealed(b'i', &1_i64.to_be_bytes()); // attempts
    fields.sealed(b't', b"yes");
    fields.sealed(b'i', &at.to_be_bytes()); // first_sent_at
    fields.sealed(b'i', &at.to_be_bytes()); // settled_at
    nulls(&mut fields, 1); // released_at
    fields.sealed(b't', transaction.as_bytes());
    fields.sealed(b't', b"transfer");
    nulls(&mut fields, 2); // held_for, words
    fields.seal()
}

/// Settles the ledger's newest batch: every row of it paid, the batch complete, its report written as far
/// as the ledger knows. No daemon may run.
pub fn pay_newest_batch(state: &Path) {
    let ledger = Connection::open(state.join("ledger.sqlite3")).expect("the ledger");
    ledger
        .execute_batch(&format!(
            "PRAGMA journal_mode = DELETE; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; \
             PRAGMA cache_size = -{CACHE_KIB}; PRAGMA locking_mode = EXCLUSIVE;"
        ))
        .expect("settings");
    ledger.set_prepared_statement_cache_capacity(32);
    let (batch, first, rows): (i64, i64, i64) = ledger
        .query_row("SELECT id, first_payout, rows FROM batch ORDER BY id DESC LIMIT 1", [], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })
        .expect("a batch");
    let (seq, hash): (i64, Hash) = ledger
        .query_row("SELECT seq, hash FROM event ORDER BY seq DESC LIMIT 1", [], |row| Ok((row.get(0)?, row.get(1)?)))
        .expect("a chain");
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock").as_millis();
    // An hour ago: nothing of it is within any lag of the balance any more.
    let at = i64::try_from(now).expect("a moment") - 3_600_000;
    let chain = Chain { seq, hash, at, batch };
    ledger.execute_batch("BEGIN").expect("a transaction");
    let tip = settle(&ledger, chain, first..first + rows);
    complete(&ledger, tip, batch);
    ledger.execute_batch("COMMIT").expect("it is written");
    drop(ledger);
    let file = std::fs::File::open(state.join("ledger.sqlite3")).expect("the ledger");
    file.sync_all().expect("it is on disk");
}

/// One thread hashes, this one writes.
fn settle(ledger: &Connection, mut chain: Chain, ids: std::ops::Range<i64>) -> Chain {
    let sent = r#"{"sent":{"attempt":1,"at":{"boot":1,"ms":1},"basis":"unchecked"}}"#;
    let (at, batch) = (chain.at, chain.batch);
    let (send, receive) = sync_channel::<Vec<Settled>>(8);
    std::thread::scope(|both| {
        let hashing = both.spawn(move || {
            let mut slice = Vec::with_capacity(SLICE);
            for id in ids {
                let transaction = format!("SIM-0-{id:09}");
                let body = format!(r#"{{"paid":{{"by":"transfer","transaction":"{transaction}","raw":null}}}}"#);
                slice.push(Settled {
                    id,
                    sent: chain.append(id, 1, Some(1), "sent", sent),
                    paid: chain.append(id, 2, None, PAID, &body),
                    seal: seal_of_payout(id, at, &transaction),
                    body,
                    transaction,
                });
                if slice.len() == SLICE {
                    send.send(std::mem::replace(&mut slice, Vec::with_capacity(SLICE))).expect("somebody writes");
                }
            }
            send.send(slice).expect("somebody writes");
            chain
        });
        let mut event = ledger
            .prepare(
                "INSERT INTO event (seq, at, batch, payout, no, attempt, kind, body, hash) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            )
            .expect("a statement");
        let mut payout = ledger
            .prepare(
                "UPDATE payout SET state = 'paid', events = 2, attempts = 1, may_have_been_paid = 'yes', \
                 first_sent_at = ?2, settled_at = ?2, transaction_id = ?3, confirmed_by = 'transfer', seal = ?4 \
                 WHERE id = ?1",
            )
            .expect("a statement");
        for it in receive.iter().flatten() {
            event.execute(params![it.sent.0, at, batch, it.id, 1, 1, "sent", sent, it.sent.1]).expect("sent");
            let attempt: Option<i64> = None;
            event.execute(params![it.paid.0, at, batch, it.id, 2, attempt, PAID, it.body, it.paid.1]).expect("paid");
            payout.execute(params![it.id, at, it.transaction, it.seal]).expect("a payout");
        }
        hashing.join().expect("the chain")
    })
}

/// The batch's last event, its tally and its seal.
fn complete(ledger: &Connection, tip: Chain, batch: i64) {
    let Chain { seq, hash, at, .. } = tip;
    let body = r#""completed""#;
    let mut fields = Fields::of("payoutd event 1");
    fields.bytes(&hash);
    fields.number(seq + 1);
    fields.number(at);
    fields.number(batch);
    fields.bytes(&[]);
    let no: i64 =
        ledger.query_row("SELECT events + 1 FROM batch WHERE id = ?1", [batch], |row| row.get(0)).expect("no");
    fields.number(no);
    fields.bytes(&[]);
    fields.bytes(b"batch_completed");
    fields.bytes(body.as_bytes());
    ledger
        .execute(
            "INSERT INTO event (seq, at, batch, no, kind, body, hash) VALUES (?1, ?2, ?3, ?4, 'batch_completed', ?5, ?6)",
            params![seq + 1, at, batch, no, body, fields.hash()],
        )
        .expect("completed");
    ledger
        .execute(
            "UPDATE tally SET rows = b.rows * (state = 'paid'), amount = b.amount * (state = 'paid') \
             FROM batch b WHERE b.id = tally.batch AND b.id = ?1",
            [batch],
        )
        .expect("a tally");
    ledger
        .execute(
            "UPDATE batch SET events = ?2, last_event = ?3, reported = ?3, completed = ?4 WHERE id = ?1",
            params![batch, no, seq + 1, at],
        )
        .expect("a batch");
    seal_batch(ledger, batch);
}

fn seal_batch(ledger: &Connection, batch: i64) {
    let columns = "id, file, sha256, first_payout, rows, amount, received, admitted, approval, hold, cancel, freed, start, \
                   other_columns, events, last_event, reported, completed, visible";
    let seal = ledger
        .query_row(&format!("SELECT {columns} FROM batch WHERE id = ?1"), [batch], |row| {
            let mut fields = Fields(Vec::new());
            fields.sealed(b't', b"batch");
            for column in 0..columns.split(',').count() {
                use rusqlite::types::ValueRef::{Blob, Integer, Null, Real, Text};
                match row.get_ref(column)? {
                    Null | Real(_) => fields.sealed(b'n', &[]),
                    Integer(number) => fields.sealed(b'i', &number.to_be_bytes()),
                    Text(bytes) => fields.sealed(b't', bytes),
                    Blob(bytes) => fields.sealed(b'b', bytes),
                }
            }
            Ok(fields.seal())
        })
        .expect("a batch");
    ledger.execute("UPDATE batch SET seal = ?2 WHERE id = ?1", params![batch, seal]).expect("its seal");
}

/// How many payouts are paid, as the tallies tell, and how many there are.
pub fn count_paid(state: &Path) -> (u64, u64) {
    let ledger = Connection::open(state.join("ledger.sqlite3")).expect("the ledger");
    let sum = |sql: &str| -> u64 {
        let rows: i64 = ledger.query_row(sql, [], |row| row.get(0)).expect("a tally");
        rows.unsigned_abs()
    };
    (sum("SELECT sum(rows) FROM tally WHERE state = 'paid'"), sum("SELECT sum(rows) FROM tally"))
}
