//! `payoutd reconcile`: what MonCash says about a period, against the ledger.
//!
//! Must never: correct anything by itself.

use super::context::Context;
use super::exit::{self, Exit, WrongUsage};
use super::report::parse_batch;
use super::run::place;
use super::{pacing, print};
use crate::clock::SystemClock;
use crate::daemon;
use crate::ledger::Reader;
use crate::ledger::rows::ReportRow;
use crate::moncash::gateway::Gateway;
use crate::payout::batch::Batch;
use crate::payout::evidence::{BalanceAnswer, read_balance, read_status};
use crate::payout::moment::Wall;
use crate::payout::state::{BatchId, PayoutId};
use crate::reconcile::compare::word_of;
use crate::reconcile::{Compared, Page, Statement, Verdict, compare};
use anyhow::Context as _;
use clap::Args;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use std::path::PathBuf;
use std::rc::Rc;

/// Rows that are read from the ledger at a time.
const SLICE: u32 = 500;

/// Ask MonCash about every payout of a period, and compare
///
/// Writes CSV to stdout, one row a payout: reference, batch, line, ledger_status, moncash_status,
/// amount, verdict (match, paid_here_not_there, paid_there_not_here, unknown), advice, statement; and
/// the totals to stderr. A payout belongs to the day of its first Transfert, or of its admission while
/// nothing was sent. Beside a running payoutd it takes half the query rate. Corrects nothing: that is a
/// person's order.
#[derive(Debug, Args)]
#[command(after_help = exit::HELP_RECONCILE)]
pub struct ReconcileArgs {
    /// First day, such as 2026-08-01
    #[arg(long, value_name = "D", requires = "to")]
    pub from: Option<Date>,
    /// Last day, included
    #[arg(long, value_name = "D", requires = "from")]
    pub to: Option<Date>,
    /// Only this batch, such as B000012
    #[arg(long, value_name = "B")]
    pub batch: Option<String>,
    /// A statement of the account from the business portal (CSV with the columns transaction id and/or
    /// reference, and amount), compared too, both ways; give one of the same period
    #[arg(long, value_name = "FILE")]
    pub statement: Option<PathBuf>,
}

pub async fn run(args: ReconcileArgs, context: &Context) -> anyhow::Result<Exit> {
    let config = context.load()?;
    let period = Period::of(args.from, args.to)?;
    let ledger = Reader::open(&config.folders.state)?;
    let batches = batches(&ledger, args.batch.as_deref(), &period)?;
    let mut statement = args.statement.as_deref().map(read_statement).transpose()?;
    if config.moncash.base_url.is_none() {
        let text = "the simulator inside this process has forgotten what it paid in every run before: nobody was asked. Start \
                    one with 'payoutd simulate' and name its base_url in the configuration";
        return Err(WrongUsage(text.to_string()).into());
    }
    let (place, _) = place(&config).await?;
    let bound = ledger.identity()?;
    let ours = daemon::identity(&config, &place);
    anyhow::ensure!(
        bound == ours,
        "this ledger belongs to {bound}, but the configuration says {ours}: nobody was asked"
    );
    let client = daemon::client(&config, &place, Rc::new(SystemClock::new()))?;
    let mut pace = pacing::pace(&config);
    let mut page = Page::begin(print::Results)?;
    let mut told = 0;
    for batch in &batches {
        let mut after: Option<PayoutId> = None;
        loop {
            let rows = ledger.rows(batch.id, after, SLICE)?;
            let Some(last) = rows.last() else { break };
            after = Some(last.id);
            for row in rows.iter().filter(|row| period.holds(row.first_sent.unwrap_or(batch.admitted))) {
                let found =
                    statement.as_mut().map(|s| s.look_up(&row.reference, row.transaction.as_deref(), row.amount));
                if let Some(other) = taken_over(&ledger, row)? {
                    let compared =
                        Compared { verdict: Verdict::Match, advice: "the reference was admitted again later" };
                    page.add(batch.id, row, &format!("see batch {other}"), &compared, None)?;
                    continue;
                }
                pace.tick().await;
                let answer = read_status(&client.status(&row.reference).await);
                // The answer is newer than the row that was read: compare it with what stands now.
                let row = ledger.report_row_of(row.id)?;
                let compared = compare(row.status, row.may_have_been_paid, &answer);
                page.add(batch.id, &row, &word_of(&answer), &compared, found)?;
                told += 1;
                if told % SLICE == 0 {
                    print::tell(&format!("{told} payouts asked about"));
                }
            }
        }
    }
    if let Some(statement) = &statement {
        for entry in statement.unmet() {
            page.add_stranger(entry)?;
        }
    }
    pace.tick().await;
    let balance = read_balance(&client.balance().await);
    tell_totals(&page, statement.as_ref(), &balance, &ledger)?;
    let differs = page.differs();
    page.finish()?;
    Ok(if differs { Exit::NotAllPaid } else { Exit::Done })
}

fn tell_totals(
    page: &Page<print::Results>,
    statement: Option<&Statement>,
    balance: &BalanceAnswer,
    ledger: &Reader,
) -> anyhow::Result<()> {
    for verdict in Verdict::ALL {
        let (rows, amount) = page.sum(verdict);
        print::tell(&format!("{:<20} {rows:>7} rows  HTG {}", verdict.word(), amount.grouped()));
    }
    if let Some(statement) = statement {
        print::tell(&format!(
            "the statement has {} lines; it differs from the ledger on {} rows",
            statement.lines(),
            page.statement_differs()
        ));
    }
    let before = ledger.standing()?.balance;
    let before = before.map_or_else(|| "none".to_string(), |(amount, _)| format!("HTG {}", amount.grouped()));
    print::tell(&match balance {
        BalanceAnswer::Reading(amount) => {
            format!("balance now: HTG {} (payoutd's last reading: {before})", amount.grouped())
        }
        other => format!("the balance could not be read: {other:?}"),
    });
    Ok(())
}

/// The batch of the payout that has this row's reference now, where it is another one: a reference
/// that was cancelled before any Transfert may be admitted again.
fn taken_over(ledger: &Reader, row: &ReportRow) -> anyhow::Result<Option<BatchId>> {
    let known = ledger.known_reference(&row.reference.key())?;
    Ok(known.filter(|known| known.payout != row.id).map(|known| known.batch))
}

fn batches(ledger: &Reader, named: Option<&str>, period: &Period) -> anyhow::Result<Vec<Batch>> {
    if let Some(text) = named {
        let id = parse_batch(text)?;
        let batch = ledger.batch(id)?;
        return Ok(vec![
            batch.with_context(|| format!("the ledger knows no batch {id}: 'payoutd status' shows the batches"))?,
        ]);
    }
    let newest = ledger.highest_batch()?.map_or(0, |batch| batch.0);
    let mut batches = Vec::new();
    for id in 1..=newest {
        batches.extend(ledger.batch(BatchId(id))?.filter(|batch| period.may_hold(batch)));
    }
    Ok(batches)
}

fn read_statement(path: &std::path::Path) -> anyhow::Result<Statement> {
    let file = super::check::open(path)?;
    Statement::read(file).map_err(|error| WrongUsage(format!("{}: {error}", path.display())).into())
}

/// From the first moment of a day to before the first of another, in the local zone.
struct Period {
    from: Option<Wall>,
    before: Option<Wall>,
}

impl Period {
    fn of(from: Option<Date>, to: Option<Date>) -> anyhow::Result<Period> {
        if from.zip(to).is_some_and(|(from, to)| from > to) {
            return Err(WrongUsage("--from is after --to: the first day comes first".to_string()).into());
        }
        let begin = |day: Date| -> anyhow::Result<Wall> {
            let zoned = day.to_zoned(TimeZone::system()).with_context(|| format!("{day} cannot be reckoned with"))?;
            Ok(Wall(zoned.timestamp().as_millisecond()))
        };
        let next = |day: Date| day.tomorrow().with_context(|| format!("{day} cannot be reckoned with"));
        Ok(Period { from: from.map(begin).transpose()?, before: to.map(|day| next(day).and_then(begin)).transpose()? })
    }

    fn holds(&self, at: Wall) -> bool {
        self.from.is_none_or(|from| at >= from) && self.before.is_none_or(|before| at < before)
    }

    /// Whether a payout of the batch can lie in the period.
    fn may_hold(&self, batch: &Batch) -> bool {
        let ended_before = batch.completed.zip(self.from).is_some_and(|(completed, from)| completed < from);
        let began_after = self.before.is_some_and(|before| batch.admitted >= before);
        !ended_before && !began_after
    }
}
