//! `payoutd reconcile`: what MonCash says about a period, against the ledger.
//!
//! Must never: correct anything by itself, or put a file in the place of another.

use super::context::Context;
use super::exit::{self, Exit, WrongUsage};
use super::pacing::Paced;
use super::progress::Progress;
use super::report::parse_batch;
use super::run::place;
use super::{days, print};
use crate::clock::SystemClock;
use crate::config::{Config, Environment};
use crate::daemon;
use crate::files::{Draft, Folder, SHARED_FILE, SHARED_FOLDER, show};
use crate::ledger::Reader;
use crate::ledger::period::Period;
use crate::moncash::client::Client;
use crate::moncash::gateway::Gateway;
use crate::payout::evidence::{BalanceAnswer, StatusAnswer, read_balance, read_status};
use crate::payout::instruction::Reference;
use crate::payout::moment::Wall;
use crate::payout::state::BatchId;
use crate::reconcile::compare::{balance_trouble, refused};
use crate::reconcile::kept::Kept;
use crate::reconcile::proof::{self, Question};
use crate::reconcile::summary::{Counts, Proof, Summary};
use crate::reconcile::work::{self, Ended};
use crate::reconcile::{Columns, Statement, Step, Work, balance_page, shelf};
use crate::report::cell::{local, one_line};
use crate::words::{Language, Saying, say};
use anyhow::Context as _;
use clap::Args;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use std::io::Write;
use std::path::PathBuf;
use std::rc::Rc;
use std::time::Duration;

/// So often one payout is asked about while MonCash says that it has too many calls, and so long between.
const TRIES: u32 = 6;
const AFTER_TOO_MANY: Duration = Duration::from_secs(10);
/// So many payouts in a row without a certain answer, and nobody more is asked: MonCash is not there.
const MOST_UNKNOWN: u32 = 20;

/// Ask MonCash about every payout of a period, and compare
///
/// Asks about each one, declined and re-sent ones too, and writes into batches/reports:
/// reconciliation-FROM-TO.csv (one row a payout: reference, batch, line, ledger_status, moncash_status,
/// amount, verdict, advice, statement, asked_at) and reconciliation-FROM-TO.summary.txt, whose first line
/// is the answer, and which stdout gets too. Nothing is overwritten: a name that is taken gets a date.
///
/// Beside them balance-FROM-TO.csv, the balance proof: opening reading - paid - fees + top-ups = closing
/// reading, over every stretch between two readings that payoutd kept; what is not explained is an alarm,
/// and another fee than the one that is set is told.
///
/// Verdicts: match, paid_here_not_there, paid_there_not_here, unknown. A payout belongs to the day of its
/// first Transfert, or of its admission while nothing was sent; without a period all are asked about. A
/// run that was broken off goes on where it stopped: answers count for 24 hours, and only while the payout
/// stands where it stood. Beside a running payoutd it takes half the query rate. Corrects nothing: that is
/// a person's order.
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
    /// A statement of the account from the business portal, or any CSV with the columns transaction id
    /// and/or reference, and amount; compared both ways (matched, only_ours, only_theirs,
    /// different_amount, twice, not_there); give one of the same period
    #[arg(long, value_name = "FILE")]
    pub statement: Option<PathBuf>,
    /// The statement's column of transaction ids, by its name
    #[arg(long, value_name = "NAME", requires = "statement")]
    pub statement_transaction: Option<String>,
    /// The statement's column of references, by its name
    #[arg(long, value_name = "NAME", requires = "statement")]
    pub statement_reference: Option<String>,
    /// The statement's column of amounts that left the account, by its name
    #[arg(long, value_name = "NAME", requires = "statement")]
    pub statement_amount: Option<String>,
    /// Ask about every payout anew, those that a run before this one asked about too
    #[arg(long)]
    pub fresh: bool,
    /// Say that a person has looked into an alarm: its name in batches/alarms. It is filed in
    /// batches/reports with who and why
    #[arg(long, value_name = "FILE", requires = "reason", conflicts_with_all = ["from", "batch", "statement", "print", "fresh"])]
    pub acknowledge: Option<String>,
    /// Why the alarm is settled
    #[arg(long, value_name = "TEXT", requires = "acknowledge")]
    pub reason: Option<String>,
    /// The rows to stdout and the summary to stderr, and no files
    #[arg(long)]
    pub print: bool,
}

/// What is reconciled, in three forms.
struct Scope {
    period: Period,
    batch: Option<BatchId>,
    /// Fit for a file's name.
    name: String,
    words: Saying,
}

pub async fn run(args: ReconcileArgs, context: &Context) -> anyhow::Result<Exit> {
    let config = context.load()?;
    if let Some(alarm) = &args.acknowledge {
        return acknowledge(&config, alarm, args.reason.as_deref().unwrap_or_default());
    }
    let period = days::period(args.from, args.to)?;
    let named = args.batch.as_deref().map(parse_batch).transpose()?;
    let ledger = Reader::open(&config.folders.state)?;
    let batches = work::batches(&ledger, named, &period)?;
    if let (Some(id), true) = (named, batches.is_empty()) {
        anyhow::bail!("the ledger knows no batch {id}: 'payoutd status' shows the batches");
    }
    let columns = Columns {
        transaction: args.statement_transaction.clone(),
        reference: args.statement_reference.clone(),
        amount: args.statement_amount.clone(),
    };
    let statement = args.statement.as_deref().map(|file| read_statement(file, &columns)).transpose()?;
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
    let first = batches.iter().map(|batch| batch.admitted).min();
    let scope = scope(&args, named, period, first);
    let kept = Kept::open(&config.folders.state, &bound.to_string(), &scope.name, args.fresh)?;
    if kept.count() > 0 {
        print::tell(&format!("{} answers of a run that was broken off are used where they still count", kept.count()));
    }
    let total = batches.iter().map(|batch| u64::from(batch.rows)).sum();
    let language = config.reports.language;
    let mut asker = Asker { moncash: Paced::new(client, &config), unknown: 0 };
    if args.print {
        let work = Work::begin(print::Results, batches, scope.period, statement, Some(kept), language, in_words)?;
        let Some(ended) = go(work, &ledger, &mut asker, total).await? else { return Ok(Exit::StoppedEarly) };
        return close(ended, &config, &ledger, &mut asker, &scope, None).await;
    }
    let reports = Folder::open_or_create(&config.folders.batches.join("reports"), SHARED_FOLDER)?;
    let draft = begin(&reports, &config)?;
    let work = Work::begin(draft, batches, scope.period, statement, Some(kept), language, in_words)?;
    let Some(ended) = go(work, &ledger, &mut asker, total).await? else { return Ok(Exit::StoppedEarly) };
    let put: Put<'_, Draft> = (&reports, |draft, name, now| Ok(show(&shelf::publish(draft, name, now)?)));
    close(ended, &config, &ledger, &mut asker, &scope, Some(put)).await
}

/// Where files are put, and how the rows' own is published there.
type Put<'a, W> = (&'a Folder, fn(&mut W, &str, Wall) -> anyhow::Result<String>);

/// Asks MonCash, at the rate that its owner allows.
struct Asker {
    moncash: Paced,
    /// Payouts in a row about which nothing certain was said.
    unknown: u32,
}

impl Asker {
    async fn about(&mut self, reference: &Reference) -> StatusAnswer {
        let mut answer = StatusAnswer::TooMany;
        for _ in 0..TRIES {
            let reply = self.moncash.ask(|client| client.status(reference)).await;
            answer = read_status(&reply);
            if answer != StatusAnswer::TooMany {
                break;
            }
            let told = reply.http().and_then(|http| http.retry_after);
            tokio::time::sleep(told.unwrap_or(AFTER_TOO_MANY).clamp(AFTER_TOO_MANY / 10, AFTER_TOO_MANY * 6)).await;
        }
        match answer {
            StatusAnswer::Unknown { .. } | StatusAnswer::TooMany => self.unknown += 1,
            _ => self.unknown = 0,
        }
        answer
    }

    /// Why nobody more need be asked now.
    fn given_up(&self, answer: &StatusAnswer) -> Option<String> {
        let silent = || {
            let why = "MonCash gave no certain answer about 20 payouts in a row";
            (self.unknown >= MOST_UNKNOWN).then(|| why.to_string())
        };
        refused(answer).or_else(silent)
    }
}

/// Goes through every row; `None` where MonCash could not be asked about all of them.
async fn go<W: Write>(
    mut work: Work<W>,
    ledger: &Reader,
    asker: &mut Asker,
    total: u64,
) -> anyhow::Result<Option<Ended<W>>> {
    let mut progress = Progress::begin(total, "payouts looked at");
    loop {
        progress.show(work.progress().0);
        match work.next(ledger, super::now())? {
            Step::Done => break,
            Step::More => {}
            Step::Ask(question) => {
                let answer = asker.about(question.reference()).await;
                if let Some(why) = asker.given_up(&answer) {
                    progress.end();
                    print::tell(&format!(
                        "{why}: broken off, nothing was written. What was answered is kept for 24 hours; run the same command again"
                    ));
                    return Ok(None);
                }
                work.hear(ledger, *question, &answer, super::now())?;
            }
        }
    }
    progress.end();
    Ok(Some(work.end()?))
}

/// Reads the balance, writes what there is to write and says it.
async fn close<W: Write>(
    ended: Ended<W>,
    config: &Config,
    ledger: &Reader,
    asker: &mut Asker,
    scope: &Scope,
    put: Option<Put<'_, W>>,
) -> anyhow::Result<Exit> {
    let Ended { page, statement, kept } = ended;
    let reply = asker.moncash.ask(Client::balance).await;
    let now = super::now();
    let answer = read_balance(&reply);
    let balance = balance_line(&answer, ledger)?;
    let counts = Counts::of(&page);
    let mut files = Vec::new();
    let mut proof = Proof::default();
    // A batch is no stretch of time, and other batches' money leaves the same account.
    if scope.batch.is_none() {
        let now = match answer {
            BalanceAnswer::Reading(balance) if scope.period.holds(now) => {
                Some(proof::reading_now(ledger, balance, &reply, now)?)
            }
            _ => None,
        };
        let (fee, balance_lag) = (daemon::fee(config), config.balance.balance_lag);
        let question = Question { period: scope.period, fee, balance_lag, now };
        proof = prove(ledger, &question, scope, put.as_ref().map(|(folder, _)| (*folder, config)), &mut files)?;
    }
    if let Some(alarm) = &proof.alarm {
        tracing::error!("ALARM: {alarm}: pay nobody by hand; read the summary");
    }
    let mut rows = page.finish()?;
    if let Some((_, publish)) = &put {
        files.insert(0, publish(&mut rows, &format!("reconciliation-{}.csv", scope.name), now)?);
    }
    let summary = Summary {
        language: config.reports.language,
        banner: (config.moncash.environment == Environment::Simulator).then(|| say!("simulation")),
        of: &scope.words,
        counts: &counts,
        statement_lines: statement.as_ref().map(Statement::lines),
        proof: &proof,
        balance: &balance,
        files: &files,
        head: &ledger.head()?,
        at: &in_words(now),
    };
    let text = summary.render();
    match &put {
        Some((folder, _)) => {
            let name = shelf::put(folder, &format!("reconciliation-{}.summary.txt", scope.name), &text, now)?;
            print::print(&text)?;
            print::print(&format!("This page: {}\n", folder.path().join(name).display()))?;
            if counts.alarm() || proof.alarm.is_some() {
                let name = format!("reconciliation-{}", scope.name);
                let raised = shelf::raise(&config.folders.batches, &name, &text, config.reports.language, now)?;
                print::tell(&format!("the alarm lies in alarms/{} until somebody acknowledges it", show(&raised)));
            }
        }
        None => print::tell(text.trim_end()),
    }
    if let Some(kept) = kept {
        kept.done()?;
    }
    Ok(match (counts.alarm() || proof.alarm.is_some(), counts.differs() || proof.remark.is_some()) {
        (true, _) => Exit::Alarm,
        (false, true) => Exit::NotAllPaid,
        (false, false) => Exit::Done,
    })
}

/// Files an alarm as looked into.
fn acknowledge(config: &Config, alarm: &str, reason: &str) -> anyhow::Result<Exit> {
    if reason.trim().is_empty() {
        return Err(WrongUsage("--reason is empty: say what was found out".to_string()).into());
    }
    let now = super::now();
    let line = say!("alarm-acknowledged", at = in_words(now), who = super::person::who(), reason = reason);
    let line = one_line(&line.text(config.reports.language));
    match shelf::acknowledge(&config.folders.batches, alarm, &line, now)? {
        Some(filed) => {
            print::print(&format!("acknowledged: {}\n", config.folders.batches.join("reports").join(filed).display()))?;
            Ok(Exit::Done)
        }
        None => {
            let there = shelf::alarms(&config.folders.batches).join(", ");
            let there = if there.is_empty() { "there are none".to_string() } else { format!("there are: {there}") };
            anyhow::bail!("alarms/ holds no '{}': {there}", alarm.escape_debug())
        }
    }
}

/// A page under way. A simulation's never looks real.
fn begin(folder: &Folder, config: &Config) -> anyhow::Result<Draft> {
    let mut draft = Draft::begin(folder, SHARED_FILE)?;
    if config.moncash.environment == Environment::Simulator {
        writeln!(draft, "# {}", say!("simulation").text(config.reports.language))?;
    }
    Ok(draft)
}

/// The balance proof, beside the rows where files are written.
fn prove(
    ledger: &Reader,
    question: &Question,
    scope: &Scope,
    to: Option<(&Folder, &Config)>,
    files: &mut Vec<String>,
) -> anyhow::Result<Proof> {
    let batches = work::batches(ledger, None, &Period::default())?;
    let Some((folder, config)) = to else {
        let (_, proof) = balance_page::write(std::io::sink(), ledger, &batches, question, Language::English, in_words)?;
        return Ok(proof);
    };
    let draft = begin(folder, config)?;
    let (mut draft, proof) = balance_page::write(draft, ledger, &batches, question, config.reports.language, in_words)?;
    let name = shelf::publish(&mut draft, &format!("balance-{}.csv", scope.name), super::now())?;
    files.push(show(&name));
    Ok(proof)
}

fn balance_line(answer: &BalanceAnswer, ledger: &Reader) -> anyhow::Result<Saying> {
    let before = ledger.standing()?.balance.map(|(amount, _)| format!("HTG {}", amount.grouped()));
    Ok(match (answer, before) {
        (BalanceAnswer::Reading(amount), Some(before)) => {
            say!("balance-now", amount = amount.grouped(), before = before)
        }
        (BalanceAnswer::Reading(amount), None) => say!("balance-now-first", amount = amount.grouped()),
        (answer, _) => match balance_trouble(answer) {
            Some(why) => say!("balance-unread", why = why),
            None => say!("balance-unread", why = ""),
        },
    })
}

fn scope(args: &ReconcileArgs, named: Option<BatchId>, period: Period, first: Option<Wall>) -> Scope {
    let today = days::day_of(super::now());
    let first = first.map_or(today, days::day_of);
    let (from, to) = (args.from.unwrap_or(first), args.to.unwrap_or(today));
    let (name, words) = match (named, args.from) {
        (Some(batch), None) => (batch.to_string(), say!("scope-batch", batch = batch.to_string())),
        (Some(batch), Some(_)) => {
            let name = format!("{batch}-{from}-{to}");
            let (batch, from, to) = (batch.to_string(), from.to_string(), to.to_string());
            (name, say!("scope-batch-period", batch = batch, from = from, to = to))
        }
        (None, Some(_)) => (format!("{from}-{to}"), say!("scope-period", from = from.to_string(), to = to.to_string())),
        (None, None) => (format!("{from}-{to}"), say!("scope-all", from = from.to_string(), to = to.to_string())),
    };
    Scope { period, batch: named, name, words }
}

fn in_words(at: Wall) -> String {
    local(at, &TimeZone::system())
}

fn read_statement(path: &std::path::Path, columns: &Columns) -> anyhow::Result<Statement> {
    let file = super::check::open(path)?;
    let read = Statement::read(file, columns).map_err(|error| WrongUsage(format!("{}: {error}", path.display())));
    read.context("nobody was asked")
}
