//! systemd/RUNBOOK.md against the code: whatever payoutd can give as a reason to an operator has its entry,
//! and no entry is about a reason that does not exist.
//!
//! The reasons are read from the sources of the enums that hold them, so that a new one without an entry
//! fails here.
//!
//! Must never: pass because an enum or a table was not found.

use clap::CommandFactory;
use payoutd::cli::Cli;
use payoutd::payout::message::{Said, Suspicion};
use payoutd::payout::state::BatchId;
use payoutd::payroll::Code;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

const RUNBOOK: &str = include_str!("../systemd/RUNBOOK.md");

/// What alert rules point to: names that stay.
const ALERTS: [&str; 10] = [
    "in-doubt-too-long",
    "balance-low",
    "account-refused",
    "sending-stopped",
    "nothing-moves",
    "reconciliation-alarm",
    "loop-stalls",
    "disk-nearly-full",
    "daemon-down",
    "payouts-held",
];

/// Chapters, and cases that are no reason of the code's.
const CHAPTERS: [&str; 15] = [
    "guards",
    "held-reasons",
    "verdicts",
    "exit-codes",
    "messages",
    "ledger-messages",
    "file-messages",
    "client-messages",
    "notify-messages",
    "two-eyes",
    "rejected-files",
    "restored-machine",
    "accepted-files",
    "new-secret",
    "doctor",
];

/// Enums whose every variant is a reason: file, name, what the anchors begin with, and how many there are
/// at least.
const REASONS: [(&str, &str, &str, usize); 13] = [
    ("src/payout/state/reasons.rs", "HeldReason", "held", 13),
    ("src/payout/activity.rs", "Blocked", "blocked", 13),
    ("src/payout/activity.rs", "Doing", "doing", 8),
    ("src/payout/batch.rs", "BatchState", "batch", 7),
    ("src/payout/state.rs", "StateWord", "payout", 6),
    ("src/payout/terms.rs", "Guard", "guard", 9),
    ("src/payout/order.rs", "TwoEyes", "two-eyes", 3),
    ("src/reconcile/compare.rs", "Verdict", "verdict", 4),
    ("src/reconcile/balance.rs", "Verdict", "proof", 5),
    ("src/ledger/error.rs", "LedgerError", "ledger", 13),
    ("src/files.rs", "FileError", "file", 10),
    ("src/intake/inbox.rs", "InboxError", "inbox", 4),
    ("src/moncash/settings.rs", "ClientError", "client", 7),
];

/// What every entry says.
const LABELS: [&str; 5] = ["Means", "How bad", "Look", "Do", "Never"];

fn text_of(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// `OtherFilesystem` as `other-filesystem`.
fn kebab(name: &str) -> String {
    let mut out = String::new();
    for c in name.chars() {
        if c.is_ascii_uppercase() && !out.is_empty() {
            out.push('-');
        }
        out.push(c.to_ascii_lowercase());
    }
    out
}

/// The lines between an enum's braces.
fn body_of<'a>(source: &'a str, name: &str) -> impl Iterator<Item = &'a str> {
    let begins = format!("pub enum {name} {{");
    source.lines().skip_while(move |line| *line != begins).skip(1).take_while(|line| *line != "}")
}

/// The variants of an enum, but for those that only pass on another's words.
fn variants<'a>(source: &'a str, name: &str) -> Vec<&'a str> {
    let mut found = Vec::new();
    let mut passes_on = false;
    for line in body_of(source, name) {
        let Some(line) = line.strip_prefix("    ") else { continue };
        if line.starts_with("#[error(transparent)]") {
            passes_on = true;
        }
        if line.starts_with(|c: char| c.is_ascii_uppercase()) {
            let end = line.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(line.len());
            if !std::mem::take(&mut passes_on) {
                found.push(&line[..end]);
            }
        }
    }
    found
}

/// The anchor of every reason that the code can give.
fn reasons() -> BTreeSet<String> {
    let mut known = BTreeSet::new();
    for (file, name, prefix, least) in REASONS {
        let source = text_of(file);
        let found = variants(&source, name);
        assert!(found.len() >= least, "{file}: {name} has {found:?}");
        known.extend(found.into_iter().map(|variant| format!("{prefix}-{}", kebab(variant))));
    }
    let exits = text_of("src/cli/exit.rs");
    let numbers: Vec<&str> = body_of(&exits, "Exit")
        .filter_map(|line| line.trim().strip_suffix(',')?.split_once(" = "))
        .map(|p| p.1)
        .collect();
    assert!(numbers.len() >= 8, "{numbers:?}");
    known.extend(numbers.into_iter().map(|number| format!("exit-{number}")));
    let words = text_of("src/words/en/status.ftl");
    let whys: Vec<&str> = words.lines().filter_map(|line| line.split_once(" = ")).map(|(key, _)| key).collect();
    let whys: Vec<&&str> = whys.iter().filter(|key| key.starts_with("why-")).collect();
    assert!(whys.len() >= 7, "{whys:?}");
    known.extend(whys.into_iter().map(ToString::to_string));
    known
}

/// Every anchor, in order; one that stands twice would be found by its first place only.
fn anchors() -> Vec<&'static str> {
    RUNBOOK.split("<a id=\"").skip(1).map(|rest| rest.split('"').next().unwrap_or_default()).collect()
}

/// Every link within a page.
fn links(text: &str) -> BTreeSet<&str> {
    text.split("](#").skip(1).map(|rest| rest.split(')').next().unwrap_or_default()).collect()
}

/// Chapters have names of their own that a link may use without an anchor.
fn slugs() -> BTreeSet<String> {
    let slug = |title: &str| {
        let kept = title.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-'));
        kept.collect::<String>().to_lowercase().replace(' ', "-")
    };
    RUNBOOK.lines().filter_map(|line| line.strip_prefix("## ")).map(slug).collect()
}

#[test]
fn every_reason_has_its_entry_and_every_entry_its_reason() {
    let mut told = BTreeSet::new();
    for anchor in anchors() {
        assert!(told.insert(anchor.to_string()), "{anchor} stands twice");
    }
    let reasons = reasons();
    let missing: Vec<&String> = reasons.difference(&told).collect();
    assert!(missing.is_empty(), "RUNBOOK.md has no entry for {missing:?}");
    let other: BTreeSet<String> = ALERTS.iter().chain(&CHAPTERS).map(ToString::to_string).collect();
    let is_other = |it: &String| other.contains(it) || it.ends_with("-messages");
    let strange: Vec<&String> = told.iter().filter(|it| !reasons.contains(*it) && !is_other(it)).collect();
    assert!(strange.is_empty(), "RUNBOOK.md has entries for nothing that the code can say: {strange:?}");
    let gone: Vec<&String> = other.difference(&told).collect();
    assert!(gone.is_empty(), "RUNBOOK.md lost {gone:?}, which alert rules or README point to");
    assert!(reasons.len() > 90, "{}", reasons.len());
}

/// Every `###` entry with its lines.
fn entries() -> Vec<(&'static str, Vec<&'static str>)> {
    let mut found: Vec<(&str, Vec<&str>)> = Vec::new();
    for line in RUNBOOK.lines() {
        if line.starts_with("### ") {
            found.push((line, Vec::new()));
        } else if line.starts_with("## ") {
            found.push(("", Vec::new()));
        } else if let Some((_, lines)) = found.last_mut() {
            lines.push(line);
        }
    }
    found.retain(|(title, _)| !title.is_empty());
    found
}

#[test]
fn every_entry_says_what_it_means_how_bad_it_is_what_to_do_and_what_never_to_do() {
    let (mut full, mut tables) = (0, 0);
    for (title, lines) in entries() {
        let of: BTreeMap<&str, &str> = lines
            .iter()
            .filter_map(|line| line.strip_prefix("- **")?.split_once(":** "))
            .map(|(label, text)| (label, text.trim()))
            .collect();
        if of.is_empty() && lines.iter().any(|line| line.starts_with("| ")) {
            tables += 1;
            continue;
        }
        for label in LABELS {
            assert!(of.get(label).is_some_and(|text| text.len() > 5), "{title}: no {label}");
        }
        for question in ["Money: ", "Twice: ", "Waits: "] {
            assert!(of["How bad"].contains(question), "{title}: how bad, and {question}?");
        }
        full += 1;
    }
    assert!(full > 40 && tables >= 4, "{full} entries, {tables} tables");
}

#[test]
fn whatever_may_be_paid_says_never_to_pay_by_hand() {
    for reason in ["AskedTooLong", "Contradiction", "AttemptsUsed", "NotFoundHold", "RefusalUnclear"] {
        let anchor = format!("<a id=\"held-{}\">", kebab(reason));
        let (title, lines) = entries().into_iter().find(|(title, _)| title.contains(&anchor)).expect("an entry");
        let text = lines.join("\n");
        assert!(text.contains("if you pay by hand"), "{title}");
    }
    let doubt = entries().into_iter().find(|(title, _)| title.contains("in-doubt-too-long")).expect("an entry");
    assert!(doubt.1.join("\n").contains("**Never:** Pay by hand"));
}

#[test]
fn the_index_leads_to_every_alert_and_every_link_leads_somewhere() {
    let index = RUNBOOK.split("## You see this: go there").nth(1).and_then(|rest| rest.split("\n## ").next());
    let index = links(index.expect("an index"));
    for alert in ALERTS {
        assert!(index.contains(alert), "the index does not lead to {alert}");
    }
    let (anchors, slugs): (BTreeSet<&str>, _) = (anchors().into_iter().collect(), slugs());
    let dead: Vec<&str> =
        links(RUNBOOK).into_iter().filter(|link| !anchors.contains(link) && !slugs.contains(*link)).collect();
    assert!(dead.is_empty(), "links to nowhere: {dead:?}");
    assert!(index.len() > 25, "{index:?}");
}

#[test]
fn every_entry_is_reached_from_the_index_or_from_a_table_that_is() {
    let from = links(RUNBOOK);
    for (title, _) in entries() {
        let own: Vec<&str> = title.split("<a id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        // The chapters that the index leads to are read from top to bottom.
        let in_chapter = own.iter().any(|id| id.starts_with("held-") || id.ends_with("-messages") || *id == "two-eyes");
        let in_chapter = in_chapter || own.iter().any(|id| id.starts_with("why-") || id.starts_with("doing-"));
        assert!(in_chapter || own.iter().any(|id| from.contains(id)), "nothing leads to {title}");
    }
}

#[test]
fn the_other_pages_and_the_alert_rules_point_to_entries_that_exist() {
    let anchors: BTreeSet<&str> = anchors().into_iter().collect();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut pages = vec![root.join("README.md"), root.join("src/ARCHITECTURE.md")];
    pages.extend(std::fs::read_dir(root.join("systemd")).expect("systemd/").flatten().map(|entry| entry.path()));
    let mut pointed = 0;
    for page in pages.iter().filter(|page| page.is_file()) {
        let text = std::fs::read_to_string(page).unwrap_or_default();
        for rest in text.split("RUNBOOK.md#").skip(1) {
            let end = rest.find(|c: char| !c.is_ascii_lowercase() && !c.is_ascii_digit() && c != '-');
            let anchor = &rest[..end.unwrap_or(rest.len())];
            assert!(anchors.contains(anchor), "{} points to RUNBOOK.md#{anchor}", page.display());
            pointed += 1;
        }
    }
    assert!(pointed > 0, "nothing points to the runbook");
}

/// What `[notify]` can tell, from the list that its setting is checked against.
#[test]
fn every_notification_leads_to_its_entry() {
    let table = RUNBOOK.split("| event | go to |").nth(1).and_then(|rest| rest.split("\n\n").next());
    let told: BTreeSet<&str> = table
        .expect("the table")
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split('`').next())
        .inspect(|event| assert!(RUNBOOK.contains(&format!("| `{event}` | ")), "{event} leads nowhere"))
        .collect();
    let settings = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/config/notify.rs");
    let Ok(source) = std::fs::read_to_string(settings) else {
        assert!(told.len() >= 11, "{told:?}");
        return;
    };
    let list = source.split("pub const EVENTS").nth(1).and_then(|rest| rest.split("];").next()).expect("the list");
    let known: BTreeSet<&str> = list.split('"').skip(1).step_by(2).collect();
    assert_eq!(told, known, "the runbook's notifications and those that there are");
}

/// Entries that the program itself names, by what it prints.
#[test]
fn every_entry_that_the_program_names_exists() {
    let anchors: BTreeSet<&str> = anchors().into_iter().collect();
    let hints = text_of("src/cli/runbook.rs");
    let named: Vec<&str> = hints
        .split('"')
        .skip(1)
        .step_by(2)
        .filter(|text| text.starts_with("ledger-") || text.starts_with("file-"))
        .collect();
    assert!(named.len() >= 20, "{named:?}");
    for entry in named {
        assert!(anchors.contains(entry), "the program names RUNBOOK.md#{entry}");
    }
    // Why a payout is held, as `explain` names it: by the word that the ledger keeps.
    let source = text_of("src/payout/state/reasons.rs");
    for variant in variants(&source, "HeldReason") {
        assert!(anchors.contains(format!("held-{}", kebab(variant)).as_str()), "{variant}");
    }
}

#[test]
fn every_code_of_an_errors_file_is_somebodys() {
    let chapter = RUNBOOK.split("Files that were rejected\n").nth(1).and_then(|rest| rest.split("\n## ").next());
    let told: Vec<&str> = chapter
        .expect("the chapter")
        .lines()
        .filter(|line| line.starts_with("| `"))
        .flat_map(|line| line.split(" | ").next().unwrap_or_default().split('`').skip(1).step_by(2))
        .collect();
    let once: BTreeSet<&str> = told.iter().copied().collect();
    assert_eq!(once.len(), told.len(), "a code stands twice");
    let known: BTreeSet<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
    assert_eq!(once, known);
}

#[test]
fn every_way_in_which_a_ledger_is_suspected_is_told() {
    let table = RUNBOOK.split("| reason in brackets |").nth(1).and_then(|rest| rest.split("\n\n").next());
    let phrases: Vec<&str> = table
        .expect("the table")
        .lines()
        .skip(2)
        .filter_map(|line| line.strip_prefix("| ")?.split(" | ").next())
        .filter(|phrase| *phrase != "distrust")
        .collect();
    assert!(phrases.len() >= 7, "{phrases:?}");
    let batch = BatchId(1);
    let all = [
        Suspicion::MarkMissing { event: 1 },
        Suspicion::MarkUnreadable,
        Suspicion::Restored,
        Suspicion::EndsEarly { event: 1, opening: 1, written: 2, opened: 1 },
        Suspicion::BatchForgotten { batch, last: batch },
        Suspicion::OtherEvent { event: 1 },
        Suspicion::StrangeBatch { batch, last: None },
        Suspicion::SummaryElsewhere { batch, event: 1 },
    ];
    // Besides these: what a person says, and one upon another.
    let source = text_of("src/payout/message/mod.rs");
    assert_eq!(variants(&source, "Suspicion").len(), all.len() + 2);
    let said = all.map(|code| Said::code(code).to_string());
    for phrase in &phrases {
        assert!(said.iter().any(|said| said.contains(phrase)), "no suspicion says \"{phrase}\"");
    }
    for said in &said {
        assert!(phrases.iter().any(|phrase| said.contains(phrase)), "the runbook does not tell: {said}");
    }
}

#[test]
fn every_told_command_exists_with_its_options() {
    let definition = Cli::command();
    let (mut commands, mut options) = (BTreeSet::new(), 0);
    for line in RUNBOOK.split('`').skip(1).step_by(2) {
        let Some((_, rest)) = line.rsplit_once("payoutd ").filter(|(before, _)| !before.contains("systemctl")) else {
            continue;
        };
        let name = rest.split([' ', ',']).next().unwrap_or_default();
        if !name.starts_with(|c: char| c.is_ascii_lowercase()) {
            continue;
        }
        let command = definition.find_subcommand(name).unwrap_or_else(|| panic!("no command: {line}"));
        for word in rest.split([' ', '|', '[', ']']) {
            let Some(long) = word.strip_prefix("--") else { continue };
            assert!(command.get_arguments().any(|it| it.get_long() == Some(long)), "`{line}`: no --{long}");
            options += 1;
        }
        commands.insert(name);
    }
    assert!(commands.len() > 10 && options > 30, "{commands:?}, {options} options");
}
