//! `payoutd approve`, `hold`, `release`, `cancel`: a person's orders about a batch or a payout.
//!
//! An order names the state that the person saw; the daemon refuses it where that has moved.
//!
//! Must never: be without a reason, or be taken for done before the ledger says so.

use super::context::Context;
use super::exit::{self, Exit};
use super::{person, print};
use crate::config::Config;
use crate::daemon::{self, Place, obey};
use crate::ledger::Reader;
use crate::ledger::rows::{Known, OrderOutcome};
use crate::payout::batch::Batch;
use crate::payout::instruction::Reference;
use crate::payout::order::{Order, Target, Verb};
use crate::payout::state::{BatchId, ByOrder, MayHaveBeenPaid, StateWord};
use crate::report::cell::one_line;
use clap::Args;

/// Longest reason: that of a form's.
pub use crate::intake::form::LONGEST_REASON;

#[derive(Debug, Args)]
#[command(after_help = exit::HELP)]
pub struct OrderArgs {
    /// A batch such as B000012, or the reference of one payout
    #[arg(value_name = "BATCH|REFERENCE")]
    pub target: String,
    /// Why; kept with your name and the time
    #[arg(long, value_parser = parse_reason)]
    pub reason: String,
}

/// A reason somebody can read later: one line, not empty, not endless.
pub fn parse_reason(text: &str) -> Result<String, String> {
    let reason = text.trim();
    if reason.is_empty() {
        return Err("is empty: say why, for whoever reads this in a year".to_string());
    }
    if reason.chars().count() > LONGEST_REASON {
        return Err(format!("is longer than {LONGEST_REASON} characters"));
    }
    if reason.chars().any(char::is_control) {
        return Err("holds a line end or another control character: write one line".to_string());
    }
    Ok(reason.to_string())
}

pub async fn run(verb: Verb, args: OrderArgs, context: &Context) -> anyhow::Result<Exit> {
    let config = context.load()?;
    let ledger = Reader::open(&config.folders.state)?;
    let target = match see_batch(&config, &ledger, &args.target)? {
        Some(target) => target,
        None => see_payout(&ledger, &args.target)?,
    };
    drop(ledger);
    give(&config, None, verb, target, args.reason).await
}

/// Leaves the order, waits for its answer and prints it. Exit code 1 when it was refused.
pub async fn give(
    config: &Config,
    place: Option<&Place>,
    verb: Verb,
    target: Target,
    reason: String,
) -> anyhow::Result<Exit> {
    let uid = Some(person::uid(daemon::service_user(config)));
    let order = Order { verb, target, by: by(reason), uid, from: None };
    let OrderOutcome { refused, said } = obey::order(config, place, &order).await?;
    let text = said.to_string();
    if refused {
        print::tell(&format!("refused: {}", one_line(&text)));
        return Ok(Exit::Failed);
    }
    print::print(&format!("{}\n", one_line(&text)))?;
    Ok(Exit::Done)
}

/// The person who gives an order, and why.
pub fn by(reason: String) -> ByOrder {
    ByOrder { who: person::who(), reason }
}

/// The batch that a person named, told as it stands; `None` where no batch is named. A payout whose
/// reference looks like a batch is meant where there is no such batch.
fn see_batch(config: &Config, ledger: &Reader, text: &str) -> anyhow::Result<Option<Target>> {
    let Some(id) = BatchId::parse(text) else { return Ok(None) };
    let Some(batch) = ledger.batch(id)? else { return Ok(None) };
    anyhow::ensure!(
        ledger.known_reference(&Reference::key_of(text))?.is_none(),
        "{text} is a batch and also the reference of a payout: nothing was done; order about the whole batch's payouts by \
         their other references, or ask for help"
    );
    let now = super::now();
    let live = daemon::live(&config.folders.state, now);
    let view = daemon::view(ledger, config, live.as_ref(), now)?;
    let shown = view.batches.iter().find(|view| view.batch.id == id);
    let seen = shown.map_or(batch.state(false), |view| view.state).word().to_string();
    print::print(&format!("{}\n", tell_batch(&batch, &seen)))?;
    Ok(Some(Target::Batch { id: id.0, seen }))
}

fn tell_batch(batch: &Batch, state: &str) -> String {
    let count = |word: StateWord| format!("{} {}", batch.tally.count(word), word.as_str().replace('_', " "));
    let words = [
        StateWord::Queued,
        StateWord::InDoubt,
        StateWord::Paid,
        StateWord::Declined,
        StateWord::Held,
        StateWord::Cancelled,
    ];
    let counts: Vec<String> = words.into_iter().filter(|word| batch.tally.count(*word) > 0).map(count).collect();
    format!(
        "batch {} ({}): {state}, {} rows, HTG {}: {}",
        batch.id,
        one_line(&batch.file),
        batch.rows,
        batch.amount.grouped(),
        counts.join(", ")
    )
}

/// The payout whose reference a person named, told as it stands.
pub fn see_payout(ledger: &Reader, text: &str) -> anyhow::Result<Target> {
    let Some(known) = ledger.known_reference(&Reference::key_of(text.trim()))? else {
        anyhow::bail!(
            "the ledger knows no batch and no reference '{}': nothing was done; 'payoutd status' shows the batches, \
             'payoutd explain' finds a payout by its account",
            one_line(text)
        );
    };
    let payout = ledger.payout(known.payout)?;
    print::print(&format!("{}\n", tell_payout(&known)))?;
    let seen = payout.state.word().as_str().to_string();
    Ok(Target::Payout { id: payout.id.0, seen, seen_events: payout.events })
}

fn tell_payout(known: &Known) -> String {
    let warning = match known.may_have_been_paid {
        MayHaveBeenPaid::Unknown => "; may already be paid, do not pay by hand",
        MayHaveBeenPaid::No | MayHaveBeenPaid::Yes => "",
    };
    let s = if known.attempts == 1 { "" } else { "s" };
    format!(
        "{} (batch {}, line {}): {}, HTG {} to {}, {} Transfert call{s}{warning}",
        known.reference,
        known.batch,
        known.line,
        known.status.as_str(),
        known.amount.grouped(),
        known.receiver.masked(),
        known.attempts
    )
}
