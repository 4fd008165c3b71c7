//! `payoutd explain`: everything known of a payout.
//!
//! Must never: change anything, leave out an answer because it is ugly, or write a pack over a file.

use super::context::Context;
use super::exit::{self, Exit};
use super::print;
use crate::config::reload::DEFAULT;
use crate::config::{Config, Environment};
use crate::files::{FileError, Folder, SHARED_FILE, accepted_name, write_new};
use crate::ledger::Reader;
use crate::ledger::rows::Known;
use crate::payout::state::BatchId;
use crate::payroll::workbook::{self, ARCHIVE_MARK};
use crate::report::cell::{local, one_line};
use crate::report::explain::{Story, render_json, render_text};
use crate::report::pack::{Evidence, KeptFile, Made, render};
use anyhow::Context as _;
use clap::Args;
use jiff::tz::TimeZone;
use sha2::{Digest, Sha256};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

/// Longest line of a file that is quoted, in bytes.
const LONGEST_LINE: usize = 64 * 1024;

/// Tell everything known of a payout: its row, every call, every raw answer, every order
///
/// For an account: all its payouts. Works without a network; nothing is asked. Exit code 1 when the
/// ledger knows nothing of it.
#[derive(Debug, Args)]
#[command(after_help = exit::HELP)]
pub struct ExplainArgs {
    /// A reference, an account (as in the file: 37007294, 509…), or MonCash's transaction id
    #[arg(value_name = "REFERENCE|ACCOUNT|TRANSACTION", required_unless_present = "settings")]
    pub what: Option<String>,
    /// Instead: since when which settings that touch money (floor, fees, limits, approval, safety, hours) were
    /// in force, by a start or by a reload
    #[arg(long, conflicts_with_all = ["what", "json", "pack"])]
    pub settings: bool,
    /// As one JSON object
    #[arg(long)]
    pub json: bool,
    /// An evidence pack into FILE, which must not exist: the row with its file, line and SHA-256, every
    /// call with its raw body, every order, and every event with what its hash is over
    #[arg(long, value_name = "FILE", conflicts_with = "json")]
    pub pack: Option<PathBuf>,
}

pub async fn run(args: ExplainArgs, context: &Context) -> anyhow::Result<Exit> {
    let config = context.load()?;
    let ledger = Reader::open(&config.folders.state)?;
    let Some(what) = &args.what else {
        return tell_settings(&ledger);
    };
    let found = ledger.find(what)?;
    if found.is_empty() {
        anyhow::bail!(
            "the ledger in {} knows no reference, account or transaction '{}': nothing was ever admitted under it here",
            config.folders.state.display(),
            one_line(what.trim())
        );
    }
    if let Some(file) = &args.pack {
        return write_pack(&config, &ledger, found, file);
    }
    let stories = found.into_iter().map(|known| tell(&ledger, known)).collect::<anyhow::Result<Vec<Story>>>()?;
    let simulated = ledger.identity()?.environment == Environment::Simulator.as_str();
    let zone = TimeZone::system();
    let mut text =
        if args.json { render_json(&stories, simulated, &zone)? } else { render_text(&stories, simulated, &zone) };
    if !text.ends_with('\n') {
        text.push('\n');
    }
    print::print(&text)?;
    Ok(Exit::Done)
}

/// The settings in force, one line each change.
fn tell_settings(ledger: &Reader) -> anyhow::Result<Exit> {
    let (records, zone, mut text) = (ledger.settings_in_force()?, TimeZone::system(), String::new());
    for (number, record) in records.iter().enumerate() {
        let how = if record.reloaded { "read again" } else { "start" };
        text.push_str(&format!("{} ({how}, payoutd {})\n", local(record.at, &zone), record.payoutd));
        // The first record has every setting: those that stand in no file are told by their number.
        let unwritten = |was: &Option<String>, is: &str| number == 0 && was.is_none() && is == DEFAULT;
        for (key, (was, is)) in &record.changed {
            let was_what = was.as_ref().map(|was| format!(" (was {})", one_line(was))).unwrap_or_default();
            if !unwritten(was, is) {
                text.push_str(&format!("  {key}: {}{was_what}\n", one_line(is)));
            }
        }
        match record.changed.values().filter(|(was, is)| unwritten(was, is)).count() {
            0 => {}
            defaults => text.push_str(&format!("  and {defaults} by their defaults\n")),
        }
    }
    if records.is_empty() {
        text.push_str("Nothing is recorded: payoutd has not run on this ledger since settings are recorded\n");
    }
    print::print(&text)?;
    Ok(Exit::Done)
}

fn tell(ledger: &Reader, known: Known) -> anyhow::Result<Story> {
    Ok(Story {
        row: Some(ledger.report_row_of(known.payout)?),
        batch_events: ledger.batch_history(known.batch)?,
        events: ledger.history(known.payout)?,
        known,
    })
}

fn write_pack(config: &Config, ledger: &Reader, found: Vec<Known>, file: &Path) -> anyhow::Result<Exit> {
    let accepted = config.folders.batches.join("accepted");
    let evidence =
        found.into_iter().map(|known| gather(ledger, known, &accepted)).collect::<anyhow::Result<Vec<Evidence>>>()?;
    let identity = ledger.identity()?;
    let made = Made {
        at: super::now(),
        ledger: &identity.to_string(),
        head: &ledger.head()?,
        simulated: identity.environment == Environment::Simulator.as_str(),
        zone: &TimeZone::system(),
    };
    let text = render(&evidence, &made);
    let parent = file.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let name = file.file_name().with_context(|| format!("{} names no file", file.display()))?;
    let folder = Folder::open(parent)?;
    match write_new(&folder, name, SHARED_FILE, |to| to.write_all(text.as_bytes())) {
        Err(FileError::Taken { .. }) => {
            anyhow::bail!("{} exists already and is not overwritten: name another file", file.display())
        }
        written => written?,
    }
    print::print(&format!("{}: the evidence of {} payouts\n", file.display(), evidence.len()))?;
    Ok(Exit::Done)
}

fn gather(ledger: &Reader, known: Known, accepted: &Path) -> anyhow::Result<Evidence> {
    let batch = ledger.batch(known.batch)?.with_context(|| format!("batch {} is not admitted", known.batch))?;
    let sha256: String = batch.sha256.iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(Evidence {
        row: ledger.report_row_of(known.payout)?,
        kept: kept_file(accepted, &known.file, known.batch, known.line),
        sha256,
        batch_events: ledger.evidence_of_batch(known.batch)?,
        events: ledger.evidence(known.payout)?,
        known,
    })
}

/// The batch's file as it lies in `accepted/` now, and the line of the row as it stands there.
fn kept_file(accepted: &Path, file: &str, batch: BatchId, line: u32) -> KeptFile {
    let name = accepted_name(file.as_ref(), &batch.to_string());
    let path = accepted.join(&name).display().to_string();
    let opened = Folder::open(accepted).and_then(|folder| folder.open_file(&name));
    let read = opened.map_err(|error| error.to_string()).and_then(|(file, _)| {
        read_kept(BufReader::new(file), line).map_err(|error| format!("it could not be read: {error}"))
    });
    match read {
        Ok((sha256, line)) => KeptFile { path, sha256: Ok(sha256), line },
        Err(why) => KeptFile { path, sha256: Err(why), line: None },
    }
}

/// The SHA-256 of everything, and one line of it; lines as a spreadsheet counts them are not always lines
/// of the file, where cells hold line ends.
fn read_kept(mut from: impl BufRead, line: u32) -> std::io::Result<(String, Option<String>)> {
    if from.fill_buf()?.starts_with(ARCHIVE_MARK) {
        return read_kept_workbook(from, line);
    }
    let mut hash = Sha256::new();
    let (mut at, mut found) = (1_u32, Vec::new());
    loop {
        let block = from.fill_buf()?;
        if block.is_empty() {
            break;
        }
        hash.update(block);
        for byte in block {
            if at == line && found.len() < LONGEST_LINE && !matches!(byte, b'\n' | b'\r') {
                found.push(*byte);
            }
            at = at.saturating_add(u32::from(*byte == b'\n'));
        }
        let length = block.len();
        from.consume(length);
    }
    let sha256 = hex(&hash.finalize());
    let line = (!found.is_empty()).then(|| String::from_utf8_lossy(&found).into_owned());
    Ok((sha256, line))
}

/// A workbook has no lines: the row's cells, where it is known which sheet the batch was.
fn read_kept_workbook(mut from: impl BufRead, line: u32) -> std::io::Result<(String, Option<String>)> {
    let mut bytes = Vec::new();
    from.read_to_end(&mut bytes)?;
    Ok((hex(&Sha256::digest(&bytes)), workbook::cells_of(bytes, line)))
}

fn hex(hash: &[u8]) -> String {
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}
