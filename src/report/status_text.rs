//! `STATUS.txt`, renewed every minute whether or not anything changed: the state of things in
//! plain words, for whoever opens the folder. Its time shows that payoutd lives.
//!
//! Must never: leave out what waits for a person, hide that it is a simulation, or let a text from
//! outside begin a line.

use super::cell::{local, one_line};
use super::summary::{self, balance, colon};
use super::view::{BatchView, HouseView, WaitingItem};
use crate::files::{FileError, Folder, SHARED_FILE, write_whole};
use crate::payout::batch::BatchState;
use crate::payout::state::StateWord;
use crate::words::findings::tell;
use crate::words::{Language, Saying, said, say};
use jiff::tz::TimeZone;
use std::ffi::OsStr;
use std::path::Path;

/// The file's name in the batches folder.
pub const NAME: &str = "STATUS.txt";

/// Items of one list that are shown; `payoutd status` has them all.
const SHOWN: usize = 50;

/// Writes STATUS.txt into the batches folder, whole.
pub fn write(batches: &Path, house: &HouseView, language: Language, zone: &TimeZone) -> Result<(), FileError> {
    let page = render(house, language, zone);
    write_whole(&Folder::open(batches)?, OsStr::new(NAME), SHARED_FILE, |file| file.write_all(page.as_bytes()))
}

pub fn render(house: &HouseView, language: Language, zone: &TimeZone) -> String {
    let mut page = Page { language, out: Vec::new() };
    if house.simulated {
        page.push(say!("simulation"));
    }
    let answer = page.line(&answer(house));
    page.out.push(match house.rejected.len() {
        0 => answer,
        // Who dropped a file learns here that it was not taken.
        count => format!("{answer} {}", page.line(&say!("status-rejected", count = count))),
    });
    page.out.push(String::new());
    page.push(say!("status-as-of", at = local(house.at, zone)));
    page.push(say!("status-account", environment = &house.environment, account = &house.account));
    if let Some(paused) = &house.paused {
        page.push(say!("status-paused-by", who = paused));
    }
    page.push(say!("status-moncash", doing = house.weather.saying()));
    page.push(balance(house.balance.as_ref(), zone));
    page.section(say!("status-alarms"), &house.alarms, |page, name| {
        page.indent(2, &say!("status-alarm-file", file = name));
    });
    page.section(say!("status-waiting"), &house.waiting_for_person, waiting);
    let of = |wanted: &[BatchState]| -> Vec<&BatchView> {
        house.batches.iter().filter(|it| wanted.contains(&it.state)).collect()
    };
    page.section(say!("status-being-paid"), &of(&[BatchState::Paying]), |page, it| batch(page, it));
    let stopped = [BatchState::Waiting, BatchState::AwaitingApproval, BatchState::OnHold, BatchState::NeedsPerson];
    page.section(say!("status-not-moving"), &of(&stopped), |page, it| batch(page, it));
    let done = [BatchState::Complete, BatchState::Cancelled];
    page.section(say!("status-done"), &of(&done), |page, it| batch(page, it));
    page.section(say!("status-left"), &house.left_in_inbox, |page, (name, why)| {
        let why = page.line(&said(why));
        page.out.push(format!("  {}{} {why}", one_line(name), colon(page.language)));
    });
    page.section(say!("status-rejected-files"), &house.rejected, |page, name| {
        page.indent(2, &say!("status-see-errors", file = name));
    });
    page.out.push(String::new());
    page.out.join("\n")
}

/// The page while it grows.
struct Page {
    language: Language,
    out: Vec<String>,
}

impl Page {
    fn line(&self, saying: &Saying) -> String {
        one_line(&saying.text(self.language))
    }

    fn push(&mut self, saying: Saying) {
        self.out.push(self.line(&saying));
    }

    fn indent(&mut self, by: usize, saying: &Saying) {
        self.out.push(format!("{:by$}{}", "", self.line(saying)));
    }

    fn section<T>(&mut self, title: Saying, items: &[T], lines: impl Fn(&mut Page, &T)) {
        if items.is_empty() {
            return;
        }
        self.out.push(String::new());
        self.out.push(format!("{}{}", self.line(&title), colon(self.language)));
        for item in items.iter().take(SHOWN) {
            lines(self, item);
        }
        let more = items.len().saturating_sub(SHOWN);
        if more > 0 {
            self.indent(2, &say!("status-more", count = more));
        }
    }
}

/// The first line: whether somebody has to do something.
fn answer(house: &HouseView) -> Saying {
    if !house.alarms.is_empty() {
        return say!("status-alarm", count = house.alarms.len());
    }
    let waiting = house.waiting_for_person.len();
    if waiting > 0 {
        return say!("status-things-wait", count = waiting);
    }
    let stuck = house.batches.iter().filter(|it| needs_person(it)).count();
    if stuck > 0 {
        return say!("status-batches-wait", count = stuck);
    }
    let busy = house.batches.iter().filter(|it| it.state == BatchState::Paying).count();
    if house.paused.is_some() {
        return say!("status-paused");
    }
    match busy {
        0 if house.batches.iter().any(|it| it.state == BatchState::Waiting) => house.weather.first_line(),
        0 => say!("status-nothing"),
        _ => say!("status-under-way"),
    }
}

/// Whether something of the batch moves only by a person's hand, listed above or not.
fn needs_person(it: &BatchView) -> bool {
    let stopped = [BatchState::NeedsPerson, BatchState::AwaitingApproval, BatchState::OnHold];
    stopped.contains(&it.state) || it.batch.tally.count(StateWord::Held) > 0
}

fn waiting(page: &mut Page, it: &WaitingItem) {
    let batch = it.batch.map(|batch| batch.to_string());
    let what = match (&it.reference, batch, it.line) {
        (Some(reference), Some(batch), Some(line)) => {
            page.line(&say!("status-item-of", reference = reference, batch = batch, line = line.to_string()))
        }
        (Some(reference), Some(batch), None) => format!("{reference} ({batch})"),
        (Some(reference), None, _) => reference.to_string(),
        (None, Some(batch), _) => page.line(&say!("status-item-batch", batch = batch)),
        (None, None, _) => page.line(&say!("status-item-house")),
    };
    let (state, reason) = (page.line(&state_of_item(it, page.language)), page.line(&it.reason));
    page.out.push(format!("  {what}, {state}{} {reason}", colon(page.language)));
    page.indent(6, &say!("status-type", command = it.what_to_do.clone()));
}

/// The state of what waits. In English the word that `status --json` has.
fn state_of_item(it: &WaitingItem, language: Language) -> Saying {
    let word = it.state;
    match (language, word) {
        (Language::English, _) => say!("why-as-told", text = word),
        (_, "suspect") => say!("state-suspect"),
        (_, "account_refused") => say!("state-account-refused"),
        (_, "equal_refusals") => say!("state-equal-refusals"),
        (_, "awaiting_approval") => summary::state_of(BatchState::AwaitingApproval),
        (_, "on_hold") => summary::state_of(BatchState::OnHold),
        (_, word) => StateWord::parse(word).map_or_else(|| say!("why-as-told", text = word), super::style::word),
    }
}

fn batch(page: &mut Page, it: &BatchView) {
    let why = it.why.as_ref().map(|why| format!("{} {}", colon(page.language), page.line(why))).unwrap_or_default();
    let state = page.line(&summary::state_of(it.state));
    page.out.push(format!("  {} {}, {state}{why}", it.batch.id, one_line(&it.batch.file)));
    let tally = &it.batch.tally;
    let some = StateWord::ALL.into_iter().filter(|word| tally.count(*word) > 0);
    let parts = some.map(|word| page.line(&counted(word, tally.count(word), tally.amount(word).grouped())));
    let parts = parts.collect::<Vec<_>>().join(semicolon(page.language));
    page.indent(6, &say!("status-people", count = it.batch.rows, amount = it.batch.amount.grouped(), parts = parts));
    for finding in it.batch.terms.warnings() {
        page.indent(6, &say!("status-warned", what = tell(finding)));
    }
}

/// Between the parts of a list, as the language sets it.
fn semicolon(language: Language) -> &'static str {
    if language == Language::French { "\u{a0}; " } else { "; " }
}

fn counted(word: StateWord, count: u32, amount: String) -> Saying {
    match word {
        StateWord::Queued => say!("status-queued", count = count, amount = amount),
        StateWord::InDoubt => say!("status-in-doubt", count = count, amount = amount),
        StateWord::Paid => say!("status-paid", count = count, amount = amount),
        StateWord::Declined => say!("status-declined", count = count, amount = amount),
        StateWord::Held => say!("status-held", count = count, amount = amount),
        StateWord::Cancelled => say!("status-cancelled", count = count, amount = amount),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::payout::activity::{Blocked, Doing};
    use crate::payout::batch::{Approval, Batch, Tally};
    use crate::payout::instruction::Reference;
    use crate::payout::moment::Wall;
    use crate::payout::money::Amount;
    use crate::payout::state::BatchId;
    use crate::report::SIMULATION;
    use crate::report::batch_report::tests::golden;
    use crate::report::view::BalanceView;

    fn english(house: &HouseView) -> String {
        render(house, Language::English, &zone())
    }

    pub fn zone() -> TimeZone {
        TimeZone::fixed(jiff::tz::offset(-5))
    }

    pub fn quiet() -> HouseView {
        HouseView {
            environment: "live".to_string(),
            account: "acme-payouts".to_string(),
            simulated: false,
            balance: None,
            weather: Doing::Nothing,
            paused: None,
            batches: Vec::new(),
            alarms: Vec::new(),
            waiting_for_person: Vec::new(),
            in_doubt_since: std::collections::BTreeMap::new(),
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
            terms: Default::default(),
            tally,
            last_event: 1,
            reported: 0,
            completed: done.then_some(Wall(1_785_006_100_000)),
        };
        BatchView { batch, state, why: (!why.is_empty()).then(|| say!("why-as-told", text = why)) }
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
            state: "held",
            reason: say!("held-asked-too-long"),
            what_to_do: say!("do-explain-and-resolve", reference = "PAY-17"),
        };
        let approval = WaitingItem {
            reference: None,
            batch: Some(BatchId(14)),
            line: None,
            state: "awaiting_approval",
            reason: say!("waits-approval"),
            what_to_do: say!("do-approve", batch = "B000014"),
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
            left_in_inbox: vec![("paie.xlsx".to_string(), "its name does not end in .csv: save it as CSV".into())],
            ..quiet()
        }
    }

    #[test]
    fn status_tells_in_plain_words_what_is_paid_what_waits_and_what_to_type() {
        golden("status.txt", &english(&house()));
        golden("status_quiet.txt", &english(&quiet()));
    }

    #[test]
    fn a_simulation_and_a_pause_are_told_at_once() {
        let paused = Some("by ti-jean: check of the accounts".to_string());
        let page = english(&HouseView { simulated: true, paused, ..quiet() });
        assert!(page.starts_with(SIMULATION));
        assert!(page.contains("PAUSED: by ti-jean") && page.contains("payoutd resume"));
        assert!(!english(&quiet()).contains("SIMULATION"));
    }

    #[test]
    fn the_file_is_renewed_even_when_only_the_time_changed() {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), &quiet(), Language::English, &zone()).unwrap();
        let first = std::fs::read_to_string(folder.path().join(NAME)).unwrap();
        write(folder.path(), &HouseView { at: Wall(1_785_006_260_000), ..quiet() }, Language::English, &zone())
            .unwrap();
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
            let page = english(&HouseView { batches, ..quiet() });
            assert!(page.starts_with("1 batch waits for you"), "{state:?}: {page}");
        }
    }

    #[test]
    fn a_rejected_file_is_told_in_the_first_line_and_where_its_errors_lie() {
        let page = english(&HouseView { rejected: vec!["july.csv".to_string()], ..quiet() });
        assert!(page.lines().next().unwrap_or_default().ends_with("A file was rejected (below)."), "{page}");
        assert!(page.contains("july.csv: see rejected/july.csv.errors.csv"), "{page}");
    }

    #[test]
    fn the_first_line_says_what_payments_wait_for() {
        let batches = vec![view(7, "a.csv", [2, 0, 0, 0, 0, 0], BatchState::Waiting, "")];
        let page = english(&HouseView { batches, weather: Doing::Blocked(Blocked::DiskLow), ..quiet() });
        assert_eq!(page.lines().next(), Some("Nothing is sent: too little free disk space; make room"));
    }

    #[test]
    fn an_alarm_that_nobody_acknowledged_is_told_first() {
        let alarms = vec!["reconciliation-2026-07-24-2026-07-24.ALARM.txt".to_string()];
        let page = english(&HouseView { alarms, ..house() });
        assert!(page.starts_with("ALARM: a reconciliation found"), "{page}");
        assert!(page.contains("alarms/reconciliation-2026-07-24-2026-07-24.ALARM.txt"), "{page}");
        assert!(page.contains("pay nobody by hand") && !english(&house()).contains("ALARM"), "{page}");
    }

    #[test]
    fn every_language_tells_the_same_page() {
        for (language, golden_name) in [(Language::French, "status.fr.txt"), (Language::Kreyol, "status.ht.txt")] {
            let mut house = house();
            house.simulated = true;
            house.rejected = vec!["juillet.csv".to_string()];
            let page = render(&house, language, &zone());
            assert!(page.starts_with("SIMULATION"), "{page}");
            golden(golden_name, &page);
        }
    }

    #[test]
    fn a_long_list_is_cut_and_says_so() {
        let left = (0..60).map(|n| (format!("{n}.txt"), "not CSV".into())).collect();
        assert!(english(&HouseView { left_in_inbox: left, ..quiet() }).contains("and 10 more"));
    }
}
