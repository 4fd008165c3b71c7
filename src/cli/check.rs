//! `payoutd check`: what would happen to a file.
//!
//! Must never: change anything, anywhere.

use super::check_online;
use super::context::Context;
use super::exit::{self, Exit, WrongUsage};
use super::print;
use crate::config::{Config, PaidAlready};
use crate::daemon;
use crate::intake::examine::{Examination, Good, Rules, Step, Verdict};
use crate::intake::preview::{finding_line, findings, place_of};
use crate::ledger::{LedgerError, Reader};
use crate::payout::money::Amount;
use crate::payout::state::StateWord;
use crate::payout::terms::{Guard, above};
use crate::payroll::Problem;
use crate::payroll::read_as;
use crate::report::cell::{local, one_line};
use crate::words::{Language, findings, say};
use anyhow::Context as _;
use clap::Args;
use jiff::tz::TimeZone;
use std::fs::File;
use std::path::{Path, PathBuf};

/// Say what would happen to payroll files, without changing anything
///
/// Every row's problem with its line, the totals, rows that were paid or ordered before, and what the
/// balance lacks. The inbox applies the very same rules. Each file is held against the ledger, not
/// against the other files.
///
/// Works without a configuration file: then with the default limits, and the ledger in ./state where
/// there is one. A balance that is too low and a batch that waits for approval are told, but are
/// nothing to correct in the file.
#[derive(Debug, Args)]
#[command(after_help = exit::HELP_CHECK)]
pub struct CheckArgs {
    /// Payroll files (CSV)
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Ask MonCash about every receiver too (CustomerStatus); takes as long as the rate allows
    #[arg(long)]
    pub online: bool,
}

pub async fn run(args: CheckArgs, context: &Context) -> anyhow::Result<Exit> {
    let config = context.load_for_check()?;
    if args.online && config.file.is_none() {
        let text = "--online needs a configuration: it says which MonCash is asked. Name one with --config FILE";
        return Err(WrongUsage(text.to_string()).into());
    }
    let ledger = match Reader::open(&config.folders.state) {
        Ok(ledger) => Some(ledger),
        Err(LedgerError::Missing(_)) => {
            print::tell(&say!("check-no-ledger").to_string());
            None
        }
        Err(error) => return Err(error.into()),
    };
    let mut exit = Exit::Done;
    for path in &args.files {
        let found = check(path, &config, ledger.as_ref())?;
        exit = worst(exit, found);
        if args.online {
            exit = worst(exit, check_online::ask(path, &config).await?);
        }
    }
    Ok(exit)
}

/// An error wins over something to correct, and that over nothing.
fn worst(one: Exit, other: Exit) -> Exit {
    match (one, other) {
        (Exit::Done, exit) | (exit, Exit::Done) => exit,
        (Exit::Failed, _) | (_, Exit::Failed) => Exit::Failed,
        (exit, _) => exit,
    }
}

fn check(path: &Path, config: &Config, ledger: Option<&Reader>) -> anyhow::Result<Exit> {
    let name = one_line(&path.display().to_string());
    let rules = Rules {
        file: daemon::file_rules(config),
        paid_already_within: config.safety.paid_already_within,
        guards: daemon::guards(config),
        now: super::now(),
        seed: daemon::unforeseeable(),
    };
    let mut examination =
        Examination::begin(open(path)?, rules).with_context(|| format!("{name} could not be read"))?;
    print::print(&format!("{name}\n"))?;
    let language = config.reports.language;
    // Until it is known what every row has; of more problems each is told as it is met.
    let mut held: Vec<Problem> = Vec::new();
    let mut told = 0;
    let verdict = loop {
        // Nobody reading is no error, and ends nothing: the exit code still counts.
        let step = examination.slice(ledger, &mut |problem| {
            told += 1;
            if told <= MOST_HELD {
                held.push(problem.clone());
                return Ok(());
            }
            let text: String = held.drain(..).map(|problem| tell(&problem, language)).collect();
            let _ = print::print(&(text + &tell(problem, language)));
            Ok(())
        });
        match step.with_context(|| format!("{name} could not be checked"))? {
            Step::More => {}
            Step::Done(verdict) => break verdict,
        }
    };
    match verdict {
        Verdict::Bad(bad) => {
            let each = held.iter().filter(|problem| !bad.shared.tells(problem, bad.rows));
            let mut text: String = each.map(|problem| tell(problem, language)).collect();
            for problem in bad.shared.of_every_row(bad.rows) {
                let (place, code) = (place_of(problem), problem.code.to_string());
                let what = problem.problem.clone();
                let shared = say!("every-row", rows = bad.rows, place = place, code = code, what = what);
                text.push_str(&format!("  {}\n", shared.text(language)));
            }
            let rejected = say!("check-rejected", problems = bad.problems, rows = bad.rows).text(language);
            text.push_str(&format!("  {rejected}\n"));
            if bad.others_are_fit {
                let known = say!("check-known", rows = bad.known_lines.len()).text(language);
                text.push_str(&format!("  {known}\n"));
            }
            print::print(&text)?;
            Ok(Exit::NotAllPaid)
        }
        Verdict::Good(good) => tell_good(&good, config, ledger),
    }
}

/// Problems that are held back until it is known what every row has.
const MOST_HELD: usize = 1000;

/// A regular file, opened without waiting for a writer.
pub fn open(path: &Path) -> anyhow::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    let not_blocking = i32::try_from(rustix::fs::OFlags::NONBLOCK.bits()).unwrap_or(0);
    let file = std::fs::OpenOptions::new()
        .read(true)
        .custom_flags(not_blocking)
        .open(path)
        .with_context(|| format!("{} could not be opened", path.display()))?;
    let about = file.metadata().with_context(|| format!("{} could not be looked at", path.display()))?;
    anyhow::ensure!(about.is_file(), "{} is not a file: name payroll files (CSV)", path.display());
    Ok(file)
}

fn tell(problem: &Problem, language: Language) -> String {
    let mut text = format!("  {}", say!("check-line", line = problem.line.to_string()).text(language));
    if !problem.column.is_empty() {
        text.push_str(&format!(", {}", problem.column));
    }
    if !problem.value.is_empty() {
        text.push_str(&format!(" \"{}\"", problem.value));
    }
    text.push_str(&format!(" [{}]: {}\n", problem.code, problem.problem.text(language)));
    text
}

fn tell_good(good: &Good, config: &Config, ledger: Option<&Reader>) -> anyhow::Result<Exit> {
    let (rows, amount) = (good.totals.rows, good.totals.amount);
    let language = config.reports.language;
    let mut text = format!("  {}\n", say!("check-fine", rows = rows, htg = amount.grouped()).text(language));
    let read_as = good.read_as();
    for line in read_as::reading(&read_as) {
        text.push_str(&format!("  {}\n", line.text(language)));
    }
    if let Some((day, _)) = good.totals.controls.pay_on {
        text.push_str(&format!("  {}\n", say!("preview-pay-on", day = day.to_string()).text(language)));
    }
    let mut exit = Exit::Done;
    if let Some(found) = &good.paid_already {
        let words = findings::tell(found).text(language);
        match config.safety.paid_already {
            PaidAlready::Hold => {
                exit = Exit::NotAllPaid;
                let waits = say!("check-would-hold").text(language);
                text.push_str(&format!("  [paid_already] {words}. {waits}\n"));
            }
            PaidAlready::Warn => text.push_str(&format!("  [paid_already] {words}.\n")),
        }
    }
    let findings = match ledger {
        Some(ledger) => findings(good, config.approval.above, ledger, super::now())?,
        None => above(config.approval.above, Amount::ZERO, amount).into_iter().chain(good.findings.clone()).collect(),
    };
    for finding in &findings {
        // A total above the limit is nothing to correct in the file.
        if finding.hold && finding.guard != Guard::Above {
            exit = Exit::NotAllPaid;
        }
        text.push_str(&format!("  {}\n", finding_line(finding).text(language)));
    }
    if let Some(ledger) = ledger {
        text.push_str(&tell_balance(rows, amount, config, ledger)?);
    }
    print::print(&text)?;
    Ok(exit)
}

/// What the last known balance lacks for it, after everything that was ordered before.
fn tell_balance(rows: u32, amount: Amount, config: &Config, ledger: &Reader) -> anyhow::Result<String> {
    let now = super::now();
    let live = daemon::live(&config.folders.state, now);
    let view = daemon::view(ledger, config, live.as_ref(), now)?;
    let Some(balance) = view.balance else {
        return Ok(format!("  {}\n", say!("check-no-balance").text(config.reports.language)));
    };
    let fee = daemon::fee(config);
    let needed = fee.for_rows(rows, amount);
    let mut before = Amount::ZERO;
    for batch in &view.batches {
        let tally = &batch.batch.tally;
        let queued = fee.for_rows(tally.count(StateWord::Queued), tally.amount(StateWord::Queued));
        before = before.saturating_add(queued);
    }
    let missing = needed.saturating_add(before).saturating_sub(balance.spendable);
    let [needed, spendable, before] = [needed, balance.spendable, before].map(Amount::grouped);
    let at = local(balance.at, &TimeZone::system());
    let saying = match missing.is_positive() {
        true => say!(
            "check-short",
            needed = needed,
            spendable = spendable,
            at = at,
            before = before,
            missing = missing.grouped()
        ),
        false => say!("check-enough", needed = needed, spendable = spendable, at = at, before = before),
    };
    Ok(format!("  {}\n", saying.text(config.reports.language)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_finding_is_the_exit_code() {
        assert_eq!(worst(Exit::Done, Exit::NotAllPaid), Exit::NotAllPaid);
        assert_eq!(worst(Exit::NotAllPaid, Exit::Failed), Exit::Failed);
        assert_eq!(worst(Exit::Done, Exit::Done), Exit::Done);
    }
}
