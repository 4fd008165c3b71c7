//! `STATUS.txt`, renewed every minute whether or not anything changed: the state of things in
//! plain words, for whoever opens the folder. Its time shows that payoutd lives.
//!
//! Must never: leave out what waits for a person, hide that it is a simulation, or let a text from
//! outside begin a line.

use super::SIMULATION;
use super::cell::{counted, local, one_line};
use super::summary::balance_line;
use super::view::{BatchView, HouseView, WaitingItem};
use crate::files::{FileError, Folder, SHARED_FILE, write_whole};
use crate::payout::batch::BatchState;
use crate::payout::state::StateWord;
use jiff::tz::TimeZone;
use std::ffi::OsStr;
use std::path::Path;

/// The file's name in the batches folder.
pub const NAME: &str = "STATUS.txt";

/// Items of one list that are shown; `payoutd status` has them all.
const SHOWN: usize = 50;

/// Writes STATUS.txt into the batches folder, whole.
pub fn write(batches: &Path, house: &HouseView, zone: &TimeZone) -> Result<(), FileError> {
    let page = render(house, zone);
    write_whole(&Folder::open(batches)?, OsStr::new(NAME), SHARED_FILE, |file| file.write_all(page.as_bytes()))
}

pub fn render(house: &HouseView, zone: &TimeZone) -> String {
    let mut out = Vec::new();
    if house.simulated {
        out.push(SIMULATION.to_string());
    }
    out.push(answer(house) + rejected_too(house));
    out.push(String::new());
    out.push(format!(
        "As of {}. Renewed every minute: an old time means that payoutd is not running.",
        local(house.at, zone)
    ));
    out.push(format!("MonCash {}, account {}", one_line(&house.environment), one_line(&house.account)));
    if let Some(paused) = &house.paused {
        out.push(format!("PAUSED: {}. To go on: payoutd resume --reason \"…\"", one_line(paused)));
    }
    out.push(format!("MonCash now: {}", one_line(&house.weather)));
    out.push(balance_line(house.balance.as_ref(), zone));
    section("Waiting for you", &house.waiting_for_person, &mut out, waiting);
    let of = |wanted: &[BatchState]| -> Vec<&BatchView> {
        house.batches.iter().filter(|it| wanted.contains(&it.state)).collect()
    };
    section("Being paid", &of(&[BatchState::Paying]), &mut out, |it| batch(it));
    let stopped = [BatchState::Waiting, BatchState::AwaitingApproval, BatchState::OnHold, BatchState::NeedsPerson];
    section("Not moving", &of(&stopped), &mut out, |it| batch(it));
    section("Done lately", &of(&[BatchState::Complete, BatchState::Cancelled]), &mut out, |it| batch(it));
    section("Left in the inbox", &house.left_in_inbox, &mut out, |(name, why)| {
        vec![format!("  {}: {}", one_line(name), one_line(why))]
    });
    section("Rejected since payoutd started, nobody was paid from these", &house.rejected, &mut out, |name| {
        vec![format!("  {0}: see rejected/{0}.errors.csv", one_line(name))]
    });
    out.push(String::new());
    out.join("\n")
}

/// Who dropped a file learns here that it was not taken.
fn rejected_too(house: &HouseView) -> &'static str {
    match house.rejected.len() {
        0 => "",
        1 => " A file was rejected (below).",
        _ => " Files were rejected (below).",
    }
}

/// The first line: whether somebody has to do something.
fn answer(house: &HouseView) -> String {
    let waiting = u32::try_from(house.waiting_for_person.len()).unwrap_or(u32::MAX);
    if waiting > 0 {
        return format!("{} you.", counted(waiting, "thing waits for", "things wait for"));
    }
    let stuck = house.batches.iter().filter(|it| needs_person(it)).count();
    if stuck > 0 {
        let stuck = u32::try_from(stuck).unwrap_or(u32::MAX);
        return format!("{} you: payoutd status", counted(stuck, "batch waits for", "batches wait for"));
    }
    let busy = house.batches.iter().filter(|it| it.state == BatchState::Paying).count();
    if house.paused.is_some() {
        return "Paused: nothing new is sent.".to_string();
    }
    match busy {
        0 if house.batches.iter().any(|it| it.state == BatchState::Waiting) => waits(&one_line(&house.weather)),
        0 => "Nothing needs you and nothing is being paid.".to_string(),
        _ => "Nothing needs you; payments are under way.".to_string(),
    }
}

/// What the payments wait for, as a sentence: somebody may have to top up or make room.
fn waits(weather: &str) -> String {
    if let Some(what) = weather.strip_prefix("waiting for ") {
        return format!("Payments wait for {what}");
    }
    if let Some(why) = weather.strip_prefix("nothing is sent: ") {
        return format!("Nothing is sent: {why}");
    }
    format!("Payments wait: {}", weather.strip_prefix("waiting: ").unwrap_or(weather))
}

/// Whether something of the batch moves only by a person's hand, listed above or not.
fn needs_person(it: &BatchView) -> bool {
    let stopped = [BatchState::NeedsPerson, BatchState::AwaitingApproval, BatchState::OnHold];
    stopped.contains(&it.state) || it.batch.tally.count(StateWord::Held) > 0
}

fn section<T>(title: &str, items: &[T], out: &mut Vec<String>, lines: impl Fn(&T) -> Vec<String>) {
    if items.is_empty() {
        return;
    }
    out.push(String::new());
    out.push(format!("{title}:"));
    for item in items.iter().take(SHOWN) {
        out.extend(lines(item));
    }
    let more = items.len().saturating_sub(SHOWN);
    if more > 0 {
        out.push(format!("  and {more} more: payoutd status"));
    }
}

fn waiting(it: &WaitingItem) -> Vec<String> {
    let line = it.line.map(|line| format!(", line {line}")).unwrap_or_default();
    let what = match (&it.reference, it.batch) {
        (Some(reference), Some(batch)) => format!("{reference} ({batch}{line})"),
        (Some(reference), None) => reference.to_string(),
        (None, Some(batch)) => format!("batch {batch}"),
        (None, None) => "everything".to_string(),
    };
    vec![
        format!("  {what}, {}: {}", one_line(&it.state), one_line(&it.reason)),
        format!("      type: {}", one_line(&it.what_to_do)),
    ]
}

fn batch(it: &BatchView) -> Vec<String> {
    let why = if it.why.is_empty() { String::new() } else { format!(": {}", one_line(&it.why)) };
    let tally = &it.batch.tally;
    let counts = StateWord::ALL.into_iter().filter(|word| tally.count(*word) > 0).map(|word| {
        let doubt = if word == StateWord::InDoubt { ", may already be paid, do not pay by hand" } else { "" };
        format!("{} {} (HTG {}{doubt})", tally.count(word), plain(word), tally.amount(word).grouped())
    });
    vec![
        format!("  {} {}, {}{why}", it.batch.id, one_line(&it.batch.file), it.state.word().replace('_', " ")),
        format!(
            "      {}, HTG {}: {}",
            counted(it.batch.rows, "person", "people"),
            it.batch.amount.grouped(),
            counts.collect::<Vec<_>>().join("; ")
        ),
    ]
}

fn plain(word: StateWord) -> &'static str {
    match word {
        StateWord::Queued => "not sent yet",
        StateWord::InDoubt => "in doubt",
        StateWord::Paid => "paid",
        StateWord::Declined => "declined",
        StateWord::Held => "held for a person",
        StateWord::Cancelled => "cancelled",
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::payout::batch::{Approval, Batch, Tally};
    use crate::payout::instruction::Reference;
    use crate::payout::moment::Wall;
    use crate::payout::money::Amount;
    use crate::payout::state::BatchId;
    use crate::report::batch_report::tests::golden;
    use crate::report::view::BalanceView;

    pub fn zone() -> TimeZone {
        TimeZone::fixed(jiff::tz::offset(-5))
    }

    pub fn quiet() -> HouseView {
        HouseView {
            environment: "live".to_string(),
            account: "acme-payouts".to_string(),
            simulated: false,
            balance: None,
            weather: "well".to_string(),
            paused: None,
            batches: Vec::new(),
            waiting_for_person: Vec::new(),
            left_in_inbox: Vec::new(),
            rejected: Vec::new(),
            at: Wall(1_785_006_200_000),
        }
    }

    fn view(id: i64, file: &str, counts: [u32; 6], state: BatchState, why: &str) -> BatchView {
        let mut tally = Tally::default();
        let each = 1_250_000;
        for (word, rows) in StateWord::ALL.into_iter().zip(counts) {
            tally.set(word, rows, Amount::from_centimes(i64::from(rows) * each));
        }
        let done = matches!(state, BatchState::Complete | BatchState::Cancelled);
        let batch = Batch {
            id: BatchId(id),
            file: file.to_string(),
            sha256: [0; 32],
            rows: tally.rows(),
            amount: Amount::from_centimes(i64::from(tally.rows()) * each),
            received: Wall(1_785_006_000_000),
            admitted: Wall(1_785_006_001_000),
            approval: Approval::NotNeeded,
            hold: None,
            cancel: None,
            freed: None,
            start: Wall(0),
            tally,
            last_event: 1,
            reported: 0,
            completed: done.then_some(Wall(1_785_006_100_000)),
        };
        BatchView { batch, state, why: why.to_string() }
    }

    pub fn house() -> HouseView {
        let balance = BalanceView {
            reading: Amount::from_centimes(512_345_678),
            at: Wall(1_785_006_190_000),
            reserved: Amount::from_centimes(3_750_000),
            spendable: Amount::from_centimes(498_595_678),
            floor: Amount::from_centimes(10_000_000),
        };
        let held = WaitingItem {
            reference: Reference::parse("PAY-17").ok(),
            batch: Some(BatchId(12)),
            line: Some(18),
            state: "held".to_string(),
            reason: "MonCash gave no certain answer in time; may already be paid, do not pay by hand".to_string(),
            what_to_do: "payoutd resolve PAY-17 --ask-again --reason \"…\"".to_string(),
        };
        let approval = WaitingItem {
            reference: None,
            batch: Some(BatchId(14)),
            line: None,
            state: "awaiting_approval".to_string(),
            reason: "its total is above [approval] above".to_string(),
            what_to_do: "payoutd approve B000014 --reason \"…\"".to_string(),
        };
        HouseView {
            balance: Some(balance),
            batches: vec![
                view(12, "salaires.csv", [40, 3, 205, 1, 1, 0], BatchState::Paying, ""),
                view(13, "primes\nFINAL.csv", [8, 0, 0, 0, 0, 0], BatchState::Waiting, "the balance is too low"),
                view(14, "bonus.csv", [9, 0, 0, 0, 0, 0], BatchState::AwaitingApproval, "above the limit"),
                view(11, "juin.csv", [0, 0, 250, 0, 0, 0], BatchState::Complete, ""),
            ],
            waiting_for_person: vec![held, approval],
            left_in_inbox: vec![("paie.xlsx".to_string(), "its name does not end in .csv: save it as CSV".to_string())],
            ..quiet()
        }
    }

    #[test]
    fn status_tells_in_plain_words_what_is_paid_what_waits_and_what_to_type() {
        golden("status.txt", &render(&house(), &zone()));
        golden("status_quiet.txt", &render(&quiet(), &zone()));
    }

    #[test]
    fn a_simulation_and_a_pause_are_told_at_once() {
        let paused = Some("by ti-jean: check of the accounts".to_string());
        let page = render(&HouseView { simulated: true, paused, ..quiet() }, &zone());
        assert!(page.starts_with(SIMULATION));
        assert!(page.contains("PAUSED: by ti-jean") && page.contains("payoutd resume"));
        assert!(!render(&quiet(), &zone()).contains("SIMULATION"));
    }

    #[test]
    fn the_file_is_renewed_even_when_only_the_time_changed() {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), &quiet(), &zone()).unwrap();
        let first = std::fs::read_to_string(folder.path().join(NAME)).unwrap();
        write(folder.path(), &HouseView { at: Wall(1_785_006_260_000), ..quiet() }, &zone()).unwrap();
        assert_ne!(std::fs::read_to_string(folder.path().join(NAME)).unwrap(), first);
    }

    #[test]
    fn nobody_is_told_that_nothing_needs_them_while_a_batch_does() {
        for (counts, state) in [
            ([1, 0, 0, 0, 1, 0], BatchState::Paying),
            ([0, 0, 0, 0, 1, 0], BatchState::NeedsPerson),
            ([1, 0, 0, 0, 0, 0], BatchState::OnHold),
            ([1, 0, 0, 0, 0, 0], BatchState::AwaitingApproval),
        ] {
            let batches = vec![view(12, "a.csv", counts, state, "")];
            let page = render(&HouseView { batches, ..quiet() }, &zone());
            assert!(page.starts_with("1 batch waits for you"), "{state:?}: {page}");
        }
    }

    #[test]
    fn a_rejected_file_is_told_in_the_first_line_and_where_its_errors_lie() {
        let page = render(&HouseView { rejected: vec!["july.csv".to_string()], ..quiet() }, &zone());
        assert!(page.lines().next().unwrap_or_default().ends_with("A file was rejected (below)."), "{page}");
        assert!(page.contains("july.csv: see rejected/july.csv.errors.csv"), "{page}");
    }

    #[test]
    fn the_first_line_says_what_payments_wait_for() {
        for (weather, says) in [
            ("waiting for money: HTG 5.00 are missing", "Payments wait for money: HTG 5.00 are missing"),
            (
                "nothing is sent: too little free disk space; make room",
                "Nothing is sent: too little free disk space; make room",
            ),
            ("waiting: MonCash does not answer", "Payments wait: MonCash does not answer"),
            ("payoutd is not running", "Payments wait: payoutd is not running"),
        ] {
            let batches = vec![view(7, "a.csv", [2, 0, 0, 0, 0, 0], BatchState::Waiting, "")];
            let page = render(&HouseView { batches, weather: weather.to_string(), ..quiet() }, &zone());
            assert_eq!(page.lines().next(), Some(says));
        }
    }

    #[test]
    fn a_long_list_is_cut_and_says_so() {
        let left = (0..60).map(|n| (format!("{n}.txt"), "not CSV".to_string())).collect();
        assert!(render(&HouseView { left_in_inbox: left, ..quiet() }, &zone()).contains("and 10 more"));
    }
}
