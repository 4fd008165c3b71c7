-- The ledger's shape, version 4. States are words: one flipped bit must not make one state another.
-- `seal` is a checksum over the row's other columns (seal.rs): a flipped bit is noticed by whoever reads.
-- Moments (`at`, `*_at`, `received`, …) are milliseconds since 1970 UTC; amounts are centimes.

-- One row: whose ledger this is, and how often it was opened.
CREATE TABLE meta (
    one         INTEGER PRIMARY KEY CHECK (one = 1),
    environment TEXT    NOT NULL,
    host        TEXT    NOT NULL,
    account     TEXT    NOT NULL,
    epoch       INTEGER NOT NULL,
    next_batch  INTEGER NOT NULL,
    seal        BLOB    NOT NULL DEFAULT x''
) STRICT;

-- Which formats this ledger has had: by which payoutd each was laid out, and when. Also an older payoutd looks
-- here for the one that it would take (`version` is the user_version): this table never changes.
CREATE TABLE format (
    version INTEGER PRIMARY KEY,
    payoutd TEXT    NOT NULL,
    at      INTEGER NOT NULL
) STRICT;

-- A file. `visible` is 0 until the last transaction of its admission; nobody reads it before.
CREATE TABLE batch (
    id            INTEGER PRIMARY KEY,
    file          TEXT    NOT NULL,
    sha256        BLOB    NOT NULL,
    first_payout  INTEGER NOT NULL,
    rows          INTEGER NOT NULL CHECK (rows >= 0),
    amount        INTEGER NOT NULL CHECK (amount >= 0),
    received      INTEGER NOT NULL,
    admitted      INTEGER NOT NULL,
    approval      TEXT    NOT NULL CHECK (approval IN ('not_needed', 'awaited', 'given')),
    hold          TEXT,
    cancel        TEXT,
    freed         INTEGER,
    start         INTEGER NOT NULL,
    other_columns TEXT    NOT NULL,
    events        INTEGER NOT NULL,
    last_event    INTEGER NOT NULL,
    reported      INTEGER NOT NULL,
    completed     INTEGER,
    visible       INTEGER NOT NULL CHECK (visible IN (0, 1)),
    seal          BLOB    NOT NULL DEFAULT x''
) STRICT;
-- One admission at a time.
CREATE UNIQUE INDEX batch_loading ON batch (visible) WHERE visible = 0;
CREATE INDEX batch_unfinished ON batch (id) WHERE completed IS NULL;
CREATE INDEX batch_to_report ON batch (id) WHERE last_event > reported;
CREATE INDEX batch_content ON batch (sha256);

-- One row of a file. The columns up to `digest` are the instruction and never change; the others
-- are a cache of what the payout's events say.
CREATE TABLE payout (
    id                 INTEGER PRIMARY KEY,
    batch              INTEGER NOT NULL,
    line               INTEGER NOT NULL,
    reference          TEXT    NOT NULL,
    receiver           INTEGER NOT NULL,
    amount             INTEGER NOT NULL CHECK (amount > 0),
    description        TEXT    NOT NULL,
    name               TEXT    NOT NULL,
    other              TEXT    NOT NULL,
    retry_of           TEXT,
    digest             BLOB    NOT NULL,
    -- The payout that this one repeats, and the first of all that it repeats in turn.
    ancestor           INTEGER CHECK (ancestor < id),
    root               INTEGER CHECK (root <= ancestor),
    state              TEXT    NOT NULL
        CHECK (state IN ('queued', 'in_doubt', 'paid', 'declined', 'held', 'cancelled')),
    events             INTEGER NOT NULL,
    attempts           INTEGER NOT NULL,
    may_have_been_paid TEXT    NOT NULL CHECK (may_have_been_paid IN ('no', 'unknown', 'yes')),
    first_sent_at      INTEGER,
    settled_at         INTEGER,
    released_at        INTEGER,
    transaction_id     TEXT,
    confirmed_by       TEXT,
    held_for           TEXT,
    words              TEXT,
    -- Over what changes and the ancestor; empty while nothing ever happened to the row.
    seal               BLOB    NOT NULL DEFAULT x'',
    CHECK ((state = 'paid') = (confirmed_by IS NOT NULL)),
    CHECK ((state = 'held') = (held_for IS NOT NULL))
) STRICT;
CREATE INDEX payout_queued ON payout (batch) WHERE state = 'queued';
CREATE INDEX payout_in_doubt ON payout (id) WHERE state = 'in_doubt';
CREATE INDEX payout_held ON payout (id) WHERE state = 'held';
-- MonCash's transaction pays one payout.
CREATE UNIQUE INDEX payout_transaction ON payout (transaction_id) WHERE transaction_id IS NOT NULL;
-- One live or paid successor a payout. By the root, because two payouts that repeat different
-- links of one chain would pay the same person for the same work.
CREATE UNIQUE INDEX payout_one_successor ON payout (root)
    WHERE root IS NOT NULL AND state IN ('queued', 'in_doubt', 'paid', 'held');
CREATE INDEX payout_successors ON payout (ancestor) WHERE ancestor IS NOT NULL;

CREATE TRIGGER payout_instruction_is_frozen
BEFORE UPDATE OF id, batch, line, reference, receiver, amount, description, name, other, retry_of, digest ON payout
BEGIN
    SELECT RAISE(ABORT, 'the instruction of a payout never changes');
END;
CREATE TRIGGER payout_ancestor_is_frozen
BEFORE UPDATE OF ancestor, root ON payout WHEN OLD.ancestor IS NOT NULL
BEGIN
    SELECT RAISE(ABORT, 'the ancestor of a payout never changes');
END;

-- Which payout a reference belongs to, by the key that two references are compared by.
CREATE TABLE reference (
    reference TEXT    NOT NULL PRIMARY KEY,
    payout    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Payouts whose reference was admitted again: cancelled before any Transfert.
CREATE TABLE taken_over (
    reference TEXT    NOT NULL,
    payout    INTEGER NOT NULL,
    successor INTEGER NOT NULL,
    PRIMARY KEY (reference, payout)
) STRICT, WITHOUT ROWID;

-- Who is paid what, for "the same person and amount in another batch" and `explain ACCOUNT`.
CREATE TABLE person (
    receiver INTEGER NOT NULL,
    amount   INTEGER NOT NULL,
    payout   INTEGER NOT NULL,
    PRIMARY KEY (receiver, amount, payout)
) STRICT, WITHOUT ROWID;

-- Rows and centimes of a batch by state, changed in the same transaction: nothing counts rows.
CREATE TABLE tally (
    batch  INTEGER NOT NULL REFERENCES batch (id),
    state  TEXT    NOT NULL,
    rows   INTEGER NOT NULL CHECK (rows >= 0),
    amount INTEGER NOT NULL CHECK (amount >= 0),
    PRIMARY KEY (batch, state)
) STRICT, WITHOUT ROWID;

-- The truth: what happened, in order, chained. `batch` is 0 for what concerns the whole house.
CREATE TABLE event (
    seq     INTEGER PRIMARY KEY,
    at      INTEGER NOT NULL,
    batch   INTEGER NOT NULL,
    payout  INTEGER,
    no      INTEGER NOT NULL,
    attempt INTEGER,
    kind    TEXT    NOT NULL,
    body    TEXT    NOT NULL,
    hash    BLOB    NOT NULL
) STRICT;
CREATE UNIQUE INDEX event_of_payout ON event (payout, no) WHERE payout IS NOT NULL;
CREATE UNIQUE INDEX event_one_sent_an_attempt ON event (payout, attempt) WHERE kind = 'sent';
CREATE UNIQUE INDEX event_of_batch ON event (batch, no) WHERE payout IS NULL;
CREATE INDEX event_opened ON event (seq) WHERE kind = 'opened';
CREATE INDEX event_paid ON event (seq) WHERE kind = 'paid';

-- One row: what stands for the whole house. JSON, written on change only.
CREATE TABLE standing (
    one        INTEGER PRIMARY KEY CHECK (one = 1),
    body       TEXT NOT NULL,
    balance    INTEGER,
    balance_at INTEGER,
    seal       BLOB NOT NULL DEFAULT x''
) STRICT;

-- What people ordered; the loop answers each.
CREATE TABLE orders (
    id         INTEGER PRIMARY KEY,
    at         INTEGER NOT NULL,
    body       TEXT    NOT NULL,
    applied_at INTEGER,
    refused    INTEGER CHECK (refused IN (0, 1)),
    outcome    TEXT,
    seal       BLOB    NOT NULL DEFAULT x''
) STRICT;
CREATE INDEX orders_waiting ON orders (id) WHERE applied_at IS NULL;
