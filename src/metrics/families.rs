//! Every metric that there is: its name, by Prometheus's convention with its unit, and what it says. Alert
//! rules and dashboards of other people rest on these names.
//!
//! Must never: rename one, or give one another meaning.

/// What kind of a metric it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Gauge,
    Counter,
    Histogram,
}

impl Kind {
    pub fn word(self) -> &'static str {
        match self {
            Kind::Gauge => "gauge",
            Kind::Counter => "counter",
            Kind::Histogram => "histogram",
        }
    }
}

/// A metric with all its label values.
#[derive(Debug)]
pub struct Family {
    pub name: &'static str,
    pub kind: Kind,
    pub help: &'static str,
}

/// Declares the families, and the list of them in the order of the page.
macro_rules! families {
    ($($id:ident: $kind:ident $name:literal $help:literal;)*) => {
        $(pub const $id: Family = Family { name: $name, kind: Kind::$kind, help: $help };)*
        pub const ALL: &[&Family] = &[$(&$id),*];
    };
}

families! {
    BUILD: Gauge "payoutd_build_info" "Always 1; the labels say which payoutd runs, and whose money moves.";
    STARTED: Gauge "payoutd_start_time_seconds" "When this process started, in seconds since 1970.";
    READY: Gauge "payoutd_ready" "1 where a payroll dropped now would be paid, as /readyz says it.";
    PAYOUTS: Gauge "payoutd_payouts" "Payouts in the ledger by state. Calls under way are in_doubt.";
    PAYOUTS_HTG: Gauge "payoutd_payouts_htg" "The same in gourdes.";
    OLDEST_DOUBT: Gauge "payoutd_oldest_doubt_age_seconds" "How long ago the payout was first sent that is in doubt longest; 0 where none is.";
    BATCHES: Gauge "payoutd_batches" "Batches in the ledger by state.";
    QUEUE: Gauge "payoutd_queue_payouts" "Queued payouts that nothing of their own batch keeps back.";
    OUTCOMES: Counter "payoutd_payout_outcomes_total" "Payouts that were settled or held since this process started, by outcome.";
    BALANCE: Gauge "payoutd_balance_htg" "The prefunded account as MonCash told it last. Absent until then.";
    BALANCE_AGE: Gauge "payoutd_balance_age_seconds" "How long ago that reading was asked for. While there is nothing to pay nobody asks.";
    RESERVED: Gauge "payoutd_reserved_htg" "What is sent or may be, fees included, and not settled.";
    SPENDABLE: Gauge "payoutd_spendable_htg" "What may still be sent without going under the floor.";
    FLOOR: Gauge "payoutd_floor_htg" "What the balance never goes under through payoutd.";
    SHORTAGE: Gauge "payoutd_shortage_htg" "What is missing to pay everything that is queued and may go; 0 where nothing is.";
    CALLS: Counter "payoutd_calls_total" "Calls to MonCash that ended, by call and by what came back.";
    CALL_TIME: Histogram "payoutd_call_duration_seconds" "How long calls to MonCash took, answered or lost.";
    UNDER_WAY: Gauge "payoutd_calls_under_way" "Calls to MonCash that did not end yet.";
    SILENCE: Gauge "payoutd_moncash_silence_seconds" "Since when calls to MonCash have not been answered; 0 where the last one was.";
    WEATHER: Gauge "payoutd_weather" "1 at how well MonCash is, as far as sending goes; 0 elsewhere.";
    BLOCKED: Gauge "payoutd_sending_blocked" "1 at what keeps every batch from being sent; 0 elsewhere.";
    COMMIT_TIME: Histogram "payoutd_commit_duration_seconds" "How long a turn's commit took until it was on disk.";
    LEDGER_SIZE: Gauge "payoutd_ledger_size_bytes" "Size of the ledger's database file.";
    WAL_SIZE: Gauge "payoutd_ledger_wal_size_bytes" "Size of its write-ahead log.";
    EVENTS: Gauge "payoutd_high_water_event" "Number of the last event, which the high-water mark outside the ledger has too.";
    OPENINGS: Gauge "payoutd_ledger_openings" "How often the ledger was opened for writing.";
    DISK_FREE: Gauge "payoutd_disk_free_bytes" "Free disk space under the state folder or the batches, whichever is less.";
    DISK_NEEDED: Gauge "payoutd_disk_needed_bytes" "Free disk space below which nothing is sent.";
    RECONCILED: Gauge "payoutd_last_reconciliation_timestamp_seconds" "When payoutd last finished a reconciliation by itself, in seconds since 1970. Absent before the first.";
    ALARMS: Gauge "payoutd_alarms_unacknowledged" "Alarms of reconciliations that nobody has acknowledged.";
    FILES_REJECTED: Counter "payoutd_files_rejected_total" "Files rejected since this process started.";
    FILES_LEFT: Gauge "payoutd_files_left" "Files that lie where they were dropped and are not taken; STATUS.txt says why.";
    REPORTS_UNWRITTEN: Gauge "payoutd_reports_unwritten" "Batches whose report could not be written when it was last tried.";
    TURN_TIME: Histogram "payoutd_loop_turn_duration_seconds" "How long the loop was busy with a turn and its chores.";
    LONGEST_TURN: Gauge "payoutd_loop_longest_turn_seconds" "The longest of the last one to two minutes.";
}
