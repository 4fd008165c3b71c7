//! `payoutd report`: the reports, written again.
//!
//! Must never: put an older report over a newer one.

use super::context::Context;
use super::exit::{self, Exit, WrongUsage};
use super::progress::Progress;
use super::{days, print};
use crate::config::{Config, Environment};
use crate::daemon::{self, WriteError};
use crate::files::{Draft, Folder, SHARED_FILE, SHARED_FOLDER, show};
use crate::ledger::Reader;
use crate::payout::state::BatchId;
use crate::reconcile::shelf;
use crate::report::batch_report::Written;
use crate::report::{ReportError, register};
use anyhow::Context as _;
use clap::Args;
use jiff::tz::TimeZone;
use std::time::Duration;

/// So often a report is tried while payoutd itself is writing one, and so long between two tries.
const TRIES: u32 = 50;
const BETWEEN_TRIES: Duration = Duration::from_millis(100);

/// Write the reports again (never an older one over a newer)
///
/// Reports are written by themselves; this is for one that was lost, moved or edited. Works while
/// payoutd runs.
///
/// With --period the auditor's register of a month instead: batches/reports/register-2026-07.csv, one row
/// for every payout of the month over all batches, and the totals on stdout. A payout belongs to the month
/// of its first Transfert, or of its admission while nothing was sent. Nothing is overwritten: a name that
/// is taken gets a date.
#[derive(Debug, Args)]
#[command(after_help = exit::HELP)]
pub struct ReportArgs {
    /// Batches such as B000012; all of them when none is named
    #[arg(value_name = "BATCH")]
    pub batches: Vec<String>,
    /// The register of a month, such as 2026-07, over all batches
    #[arg(long, value_name = "MONTH", conflicts_with = "batches")]
    pub period: Option<String>,
}

pub async fn run(args: ReportArgs, context: &Context) -> anyhow::Result<Exit> {
    let config = context.load()?;
    let ledger = Reader::open(&config.folders.state)?;
    if let Some(month) = &args.period {
        return write_register(&config, &ledger, month);
    }
    let named = args.batches.iter().map(|text| parse_batch(text)).collect::<Result<Vec<BatchId>, WrongUsage>>()?;
    let all = named.is_empty();
    let newest = ledger.highest_batch()?.map_or(0, |batch| batch.0);
    let batches = if all { (1..=newest).map(BatchId).collect() } else { named };
    let reports = config.folders.batches.join("reports");
    std::fs::create_dir_all(&reports).with_context(|| format!("{} could not be made", reports.display()))?;
    let mut exit = Exit::Done;
    let mut count = 0;
    for batch in batches {
        match write(&ledger, &config, batch).await {
            Ok(Some(written)) => {
                count += 1;
                let word = if written.is_final { "final" } else { "not final yet" };
                print::print(&format!("{batch}: {} ({word})\n", reports.join(&written.names.report).display()))?;
            }
            // Numbers of admissions that were interrupted belong to no batch.
            Ok(None) if all => {}
            Ok(None) => {
                exit = Exit::Failed;
                print::tell(&format!("the ledger knows no batch {batch}: 'payoutd status' shows the batches"));
            }
            Err(WriteError::Report(error)) => {
                exit = Exit::Failed;
                print::tell(&error.to_string());
            }
            Err(WriteError::File(error)) => {
                exit = Exit::Failed;
                print::tell(&error.to_string());
            }
            Err(WriteError::Ledger(error)) => return Err(error.into()),
        }
    }
    if count == 0 && exit == Exit::Done {
        print::tell("there are no batches: nothing to report");
    }
    Ok(exit)
}

fn write_register(config: &Config, ledger: &Reader, month: &str) -> anyhow::Result<Exit> {
    let (first, last) = days::month(month)?;
    let period = days::period(Some(first), Some(last))?;
    let folder = Folder::open_or_create(&config.folders.batches.join("reports"), SHARED_FOLDER)?;
    let newest = ledger.highest_batch()?.map_or(0, |batch| batch.0);
    let mut total = 0;
    for id in 1..=newest {
        let batch = ledger.batch(BatchId(id))?.filter(|batch| period.may_hold(batch));
        total += batch.map_or(0, |batch| u64::from(batch.rows));
    }
    let mut progress = Progress::begin(total, "rows looked at");
    let simulated = config.moncash.environment == Environment::Simulator;
    let draft = Draft::begin(&folder, SHARED_FILE)?;
    let zone = TimeZone::system();
    let language = config.reports.language;
    let written = register::write(draft, ledger, &period, simulated, language, &zone, |seen| progress.show(seen));
    let (mut draft, sums) = written?;
    progress.end();
    let name = shelf::publish(&mut draft, &format!("register-{month}.csv"), super::now())?;
    let mut text = format!("{}\n", folder.path().join(show(&name)).display());
    for (word, rows, amount) in sums.each() {
        text.push_str(&format!("  {:<10} {rows:>9}  HTG {:>18}\n", word.as_str(), amount.grouped()));
    }
    let head = ledger.head()?;
    text.push_str(&format!("Chain head: {} {}\n", head.seq, head.hash));
    print::print(&text)?;
    Ok(Exit::Done)
}

/// Waits a little while another payoutd is writing.
async fn write(ledger: &Reader, config: &Config, batch: BatchId) -> Result<Option<Written>, WriteError> {
    for _ in 1..TRIES {
        match daemon::write_again(ledger, config, batch, super::now()) {
            Err(WriteError::Report(ReportError::Busy { .. })) => tokio::time::sleep(BETWEEN_TRIES).await,
            ended => return ended,
        }
    }
    daemon::write_again(ledger, config, batch, super::now())
}

/// A batch as people write it.
pub fn parse_batch(text: &str) -> Result<BatchId, WrongUsage> {
    BatchId::parse(text).ok_or_else(|| {
        WrongUsage(format!(
            "'{}' is not a batch: write it as 'payoutd status' does, such as B000012",
            text.escape_debug()
        ))
    })
}
