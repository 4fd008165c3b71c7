//! What SQL itself refuses, and what a reading notices.

use super::*;
use crate::payout::state::State;

fn refused_by_sql(house: &House, sql: &str) -> bool {
    matches!(house.ledger.connection.execute_batch(sql), Err(rusqlite::Error::SqliteFailure(failure, _))
        if failure.code == rusqlite::ErrorCode::ConstraintViolation)
}

#[test]
fn an_attempt_has_one_sent_event() {
    let mut house = House::new();
    house.admit(&rows(2));
    let mut payout = house.payout("R1");
    house.send(&mut payout, 5);
    let insert = |no: u32, attempt: u32, kind: &str| {
        format!(
            "INSERT INTO event (seq, at, batch, payout, no, attempt, kind, body, hash) \
             VALUES (1000, 0, 1, 1, {no}, {attempt}, '{kind}', '', x'00')"
        )
    };
    assert!(refused_by_sql(&house, &insert(2, 1, "sent")), "a second 'sent' of attempt 1");
    assert!(refused_by_sql(&house, &insert(1, 2, "sent")), "a second event number 1");
    assert!(!refused_by_sql(&house, &insert(2, 2, "sent")));
}

#[test]
fn the_instruction_of_a_payout_is_frozen() {
    let mut house = House::new();
    house.admit(&rows(2));
    for column in [
        "id = 9",
        "batch = 9",
        "line = 9",
        "reference = 'X'",
        "receiver = 37999999",
        "amount = 1",
        "description = 'x'",
        "name = 'x'",
        "other = ''",
        "retry_of = 'R2'",
        "digest = x'00'",
    ] {
        let sql = format!("UPDATE payout SET {column} WHERE id = 1");
        assert!(refused_by_sql(&house, &sql), "{column}");
    }
}

#[test]
fn a_state_change_changes_exactly_one_row() {
    let mut house = House::new();
    house.admit(&rows(2));
    let mut stale = house.payout("R1");
    house.pay("R1", "T-1", 5);
    let mut turn = house.ledger.begin(wall(9)).unwrap();
    let opened = turn.open_first(&mut stale, moment(9).boot, checked());
    assert!(matches!(opened, Err(LedgerError::Contradiction(_))), "{opened:?}");
    drop(turn);
    // Also where the event's number is free: the row's own state and count are asked.
    let mut other = house.payout("R2");
    house.tamper("UPDATE payout SET state = 'in_doubt' WHERE reference = 'R2'");
    let mut turn = house.ledger.begin(wall(9)).unwrap();
    let opened = turn.open_first(&mut other, moment(9).boot, checked());
    assert!(matches!(opened, Err(LedgerError::Contradiction(_))), "{opened:?}");
    assert_eq!(other.state, State::Queued);
}

#[test]
fn a_tally_that_never_held_a_payout_stops_the_turn() {
    let mut house = House::new();
    house.admit(&rows(2));
    house.tamper(
        "UPDATE tally SET rows = 0, amount = 0 WHERE state = 'queued';
         UPDATE tally SET rows = 2, amount = 300 WHERE state = 'held'",
    );
    let mut payout = house.payout("R1");
    let mut turn = house.ledger.begin(wall(5)).unwrap();
    turn.open_first(&mut payout, moment(5).boot, checked()).unwrap();
    assert!(matches!(turn.commit(), Err(LedgerError::Contradiction(_))));
    assert_eq!(house.payout("R1").state.word(), StateWord::Queued);
}

/// Flips one bit of a payout's stored bytes, in the file itself, wherever it lies in them.
#[test]
fn a_flipped_bit_in_a_payout_is_noticed_before_it_is_sent() {
    let house = {
        let mut house = House::new();
        house.admit(&[row(2, "REFERENCE-ONE", 37_007_294, 123_456)]);
        house
    };
    let House { folder, ledger } = house;
    drop(ledger);
    let file = folder.path().join(FILE);
    let clean = std::fs::read(&file).unwrap();
    let body = b"REFERENCE-ONE";
    let (mut tried, mut noticed) = (0, 0);
    let places: Vec<usize> = (0..clean.len() - body.len()).filter(|at| clean[*at..].starts_with(body)).collect();
    assert!(!places.is_empty());
    // The row's own bytes: batch and line before the reference, everything up to the digest after.
    let record = places.into_iter().find(|at| clean[at + body.len()..].starts_with(&37_007_294u32.to_be_bytes()));
    let record = record.expect("the row lies in the file");
    for place in record..record + body.len() + 4 + 3 + 4 + 8 + 8 + 32 {
        for bit in [0, 3, 6] {
            let mut bytes = clean.clone();
            bytes[place] ^= 1 << bit;
            std::fs::write(&file, &bytes).unwrap();
            tried += 1;
            let told = Ledger::open(folder.path(), &identity(), moment(5))
                .and_then(|opened| opened.ledger.payout(PayoutId(1)));
            noticed += i32::from(told.is_err());
            let _ = std::fs::remove_file(folder.path().join("ledger.sqlite3-wal"));
            let _ = std::fs::remove_file(folder.path().join("ledger.sqlite3-shm"));
        }
    }
    assert_eq!(noticed, tried, "every flipped bit is noticed");
}

#[test]
fn a_row_that_says_something_else_than_its_events_is_not_handed_out() {
    let mut house = House::new();
    house.admit(&rows(3));
    house.pay("R1", "T-1", 5);
    for (sql, id) in [
        ("UPDATE payout SET state = 'queued', confirmed_by = NULL WHERE id = 1", 1),
        ("UPDATE payout SET attempts = 0 WHERE id = 1", 1),
        ("UPDATE payout SET events = 1 WHERE id = 2", 2),
        ("UPDATE payout SET state = 'cancelled' WHERE id = 3", 3),
    ] {
        house.tamper(sql);
        let told = house.ledger.payout(PayoutId(id));
        assert!(matches!(told, Err(LedgerError::Contradiction(_))), "{sql}: {told:?}");
    }
    house.tamper("DROP TRIGGER payout_instruction_is_frozen; UPDATE payout SET receiver = 37999999 WHERE id = 3");
    let told = house.ledger.payout(PayoutId(3));
    assert!(matches!(told, Err(LedgerError::Damaged { .. })), "{told:?}");
}

#[test]
fn a_moment_that_was_changed_in_an_event_cuts_no_grace_short() {
    let mut house = House::new();
    house.admit(&rows(1));
    let mut payout = house.payout("R1");
    house.send(&mut payout, 500_000);
    house.record(&mut payout, &lost(1, 700_000), 700_000);
    house.tamper("UPDATE event SET body = replace(body, '700000', '300000') WHERE kind = 'answered'");
    let told = house.ledger.payout(payout.id);
    assert!(matches!(told, Err(LedgerError::Damaged { .. })), "{told:?}");
}

#[test]
fn a_queued_row_whose_sent_event_exists_is_not_sent_again() {
    let mut house = House::new();
    house.admit(&rows(1));
    let mut payout = house.payout("R1");
    house.send(&mut payout, 5);
    // What a flipped or edited state would make of it.
    house.tamper(
        "UPDATE payout SET state = 'queued', events = 0, attempts = 0, may_have_been_paid = 'no', first_sent_at = NULL",
    );
    assert_eq!(house.ledger.queued_after(BatchId(1), None, 5).unwrap(), vec![PayoutId(1)]);
    assert!(matches!(house.ledger.payout(PayoutId(1)), Err(LedgerError::Contradiction(_))));
}

#[test]
fn a_file_that_is_no_ledger_is_damage_and_not_a_panic() {
    let folder = scratch();
    std::fs::write(folder.path().join(FILE), vec![7; 8192]).unwrap();
    let opened = Ledger::open(folder.path(), &identity(), moment(0)).map(|_| ());
    assert!(matches!(opened, Err(LedgerError::Damaged { .. })), "{opened:?}");
    assert_eq!(opened.unwrap_err().exit_code(), 6);
    let other = scratch();
    let connection = rusqlite::Connection::open(other.path().join(FILE)).unwrap();
    connection.execute_batch("CREATE TABLE notes (text TEXT)").unwrap();
    drop(connection);
    let opened = Ledger::open(other.path(), &identity(), moment(0)).map(|_| ());
    assert!(matches!(opened, Err(LedgerError::Damaged { .. })), "{opened:?}");
    let newer = House::new();
    newer.tamper("PRAGMA user_version = 99");
    let House { folder, ledger } = newer;
    drop(ledger);
    let opened = Ledger::open(folder.path(), &identity(), moment(0)).map(|_| ());
    assert!(matches!(opened, Err(LedgerError::NewerSchema { found: 99, .. })), "{opened:?}");
}

#[test]
fn half_a_move_is_never_committed() {
    let mut house = House::new();
    house.admit(&rows(2));
    let (mut first, mut second) = (house.payout("R1"), house.payout("R2"));
    house.tamper("UPDATE payout SET events = 1 WHERE reference = 'R1'");
    let before = house.ledger.head().unwrap();
    // The event goes in, the row does not move; a caller that went on all the same gets nowhere.
    let mut turn = house.ledger.begin(wall(5)).unwrap();
    assert!(turn.open_first(&mut first, moment(5).boot, checked()).is_err());
    assert!(turn.open_first(&mut second, moment(5).boot, checked()).is_err());
    assert!(turn.commit().is_err());
    assert_eq!(house.ledger.head().unwrap(), before);
    assert_eq!(house.payout("R2").state, State::Queued);
}

/// A full disk makes SQLite undo a transaction by itself.
#[test]
fn nothing_is_written_outside_a_transaction_that_sqlite_undid() {
    let mut house = House::new();
    house.admit(&rows(2));
    let (mut first, mut second) = (house.payout("R1"), house.payout("R2"));
    let before = house.ledger.head().unwrap();
    let mut turn = house.ledger.begin(wall(5)).unwrap();
    turn.open_first(&mut first, moment(5).boot, checked()).unwrap();
    turn.undo_for_test();
    assert!(turn.open_first(&mut second, moment(5).boot, checked()).is_err());
    assert!(turn.commit().is_err());
    assert_eq!(house.ledger.head().unwrap(), before);
}

#[test]
fn a_commit_whose_mark_cannot_be_written_ends_the_process() {
    let mut house = House::new();
    house.admit(&rows(1));
    let mark = house.folder.path().join(HIGH_WATER_FILE);
    house.ledger.water = std::fs::File::open(mark).unwrap();
    let mut payout = house.payout("R1");
    let mut turn = house.ledger.begin(wall(5)).unwrap();
    turn.open_first(&mut payout, moment(5).boot, checked()).unwrap();
    assert!(matches!(turn.commit(), Err(LedgerError::CommitFailed(_))));
    assert!(house.ledger.begin(wall(6)).is_err());
    assert_eq!(house.restart(moment(9)).1, None, "it was committed");
}

#[test]
fn a_commit_that_fails_is_the_last() {
    let mut house = House::new();
    house.admit(&rows(2));
    house.ledger.on_commit(|| true).unwrap();
    let mut payout = house.payout("R1");
    let mut turn = house.ledger.begin(wall(5)).unwrap();
    turn.open_first(&mut payout, moment(5).boot, checked()).unwrap();
    assert!(matches!(turn.commit(), Err(LedgerError::CommitFailed(_))));
    assert!(matches!(house.ledger.begin(wall(6)).map(|_| ()), Err(LedgerError::CommitFailed(_))));
    let (house, suspicion) = house.restart(moment(10));
    assert_eq!(suspicion, None);
    assert_eq!(house.payout("R1").state.word(), StateWord::Queued);
}
