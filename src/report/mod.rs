//! What people and scripts read: the report, summary and retry file of a batch, STATUS.txt, the
//! `status` table and JSON, and `explain`. Fed with values, it renders them and writes files whole.
//!
//! Must never: ask the ledger or MonCash anything, replace a newer report by an older one, call
//! doubt a failure, or let a simulation look like money.

pub mod batch_report;
pub mod cell;
pub mod doing;
pub mod explain;
mod line;
pub mod live_view;
pub mod mark;
pub mod names;
pub mod pack;
pub mod progress;
pub mod publish;
pub mod reasons;
pub mod register;
pub mod retry;
pub mod status_json;
pub mod status_table;
pub mod status_text;
pub mod style;
pub mod summary;
pub mod view;

/// The first line of whatever a simulation writes for people, and of its reports; in every language it
/// begins with the same word.
pub const SIMULATION: &str = "SIMULATION: no money moved; transaction ids that begin with SIM- are not MonCash's.";

/// Why a report could not be written. Nothing was replaced by it.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    #[error(
        "cannot write {name} into the reports folder: {source}; free or repair the disk, then 'payoutd report {batch}' writes it"
    )]
    Disk { name: String, batch: String, source: std::io::Error },
    #[error(
        "{name} was written from event {there}, which this ledger ({ours}) has not reached: it was left as it is. \
         The ledger may be an older copy: look before you go on; move that report away to have it written again"
    )]
    Newer { name: String, there: String, ours: String },
    #[error(
        "{name} is {there} and this one would be {ours}: it was left as it is. Keep simulations in a batches folder of their own"
    )]
    OtherWorld { name: String, there: &'static str, ours: &'static str },
    #[error(
        "another payoutd is writing reports just now: the report of {batch} was left as it is; 'payoutd report {batch}' writes it"
    )]
    Busy { batch: String },
    #[error(
        "the report of {batch} was not written, because the ledger contradicts itself: {what}; run 'payoutd verify'"
    )]
    Contradicts { batch: String, what: String },
}
