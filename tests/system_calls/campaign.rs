//! One spoilt call a case: an empty house, a run in which that call is spoilt, a run to the end, and
//! the retry file paid after that. Judged after every run.
//!
//! Must never: let a case pass in which something else than the call went wrong.

use super::gateway::Gateway;
use super::house::{Ended, House, USUAL, names_in, payroll, payroll_from};
use super::judge;
use super::strace::{self, Blow, Call};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Mutex;
use std::time::Duration;

/// Longest life of a spoilt run: what gives trouble is tried again every 10 s, a few times; a MonCash
/// that cannot be reached is given up after two minutes.
const SPOILT: Duration = Duration::from_secs(200);
/// Longest life of a run that nothing disturbs.
const WHOLE: Duration = Duration::from_secs(60);
/// So many runs are watched to know the calls: their number differs a little from run to run.
const WATCHED: u32 = 3;
/// Cases at one time; most of their time is spent waiting for graces.
const AT_ONCE: usize = 16;

const PEOPLE: [&str; 5] = ["P-1", "P-2-FULL", "P-3-LOST", "P-4", "P-5"];

/// The house of every case: five people, one with a full wallet, one whose answer is lost.
fn house(gateway: &Gateway) -> House {
    let mut house = House::build(&gateway.base_url(), USUAL);
    house.drop_file("july.csv", &payroll(&PEOPLE));
    house
}

/// Every write-class call that a run makes: those of one run in their order, then what others had more.
pub fn all_calls() -> Vec<Call> {
    let mut all: Vec<Call> = Vec::new();
    for _ in 0..WATCHED {
        let gateway = Gateway::open();
        let mut house = house(&gateway);
        let trace = house.at("trace");
        let ended = house.run(&strace::watching(&trace), &["run", "--once"], WHOLE);
        assert_eq!(ended.code, Some(3), "an undisturbed run: {ended:#?}");
        let text = fs::read_to_string(&trace).unwrap();
        for call in strace::calls(&text, house.at("").as_path()) {
            if !all.iter().any(|known| known.kind == call.kind && known.n == call.n) {
                all.push(call);
            }
        }
        assert_eq!(judge::at_the_end(&house, &gateway), Vec::<String>::new());
    }
    all
}

/// What came of one case.
pub struct Case {
    pub call: Call,
    pub blow: Blow,
    /// The call that was spoilt; `None` when it never came.
    pub struck: Option<String>,
    /// How the spoilt run ended: its exit code, or in words.
    pub ending: String,
    /// Its message, where it ended with one.
    pub message: String,
    pub wrong: Vec<String>,
}

impl Case {
    /// Says at once what is wrong: a long run may be broken off.
    fn tell(&self) {
        if self.wrong.is_empty() {
            return;
        }
        let Case { call, blow, struck, ending, .. } = self;
        let wrong = self.wrong.join("\n").replace('\n', "\n      ");
        println!("VIOLATION {blow:?} at {} {} ({struck:?}, {ending}):\n      {wrong}", call.kind, call.n);
    }
}

pub fn suffer(call: &Call, blow: Blow) -> Case {
    let gateway = Gateway::open();
    let mut house = house(&gateway);
    let trace = house.at("trace");
    let ended = house.run(&strace::spoiling(&trace, call, blow), &["run", "--once"], SPOILT);
    let text = String::from_utf8_lossy(&fs::read(&trace).unwrap_or_default()).into_owned();
    let struck = strace::struck(&text, blow, ended.killed, Path::new(&house.at("")));
    let mut wrong = judge_spoilt(&ended, blow, struck.as_deref(), &house, &gateway);
    let told = |what: &str, ended: &Ended| format!("{what} ended with {:?}:\n{}", ended.code, ended.last_words());

    let mut again = house.run(&[], &["run", "--once", "--for", "40s"], WHOLE);
    if again.code == Some(4) && !confirmed_by_transfer(&house) {
        // The kill took every answer of Transfert with it: nothing can be a control question, and what
        // MonCash does not know waits for one, as the README says. One more payout is one.
        house.drop_file("control.csv", &payroll_from(PEOPLE.len() + 1, &["P-6"]));
        again = house.run(&[], &["run", "--once"], WHOLE);
    }
    // 0 where the spoilt run had settled everybody: then this one had nothing to do but the report.
    let nothing_left = again.code == Some(0) && again.out.starts_with("done: there was nothing to pay");
    if again.code != Some(3) && !nothing_left {
        wrong.push(told("the run after it", &again));
    }
    wrong.extend(judge::at_the_end(&house, &gateway).into_iter().map(|w| format!("after the next run: {w}")));
    if wrong.is_empty() {
        wrong.extend(pay_the_retry_file(&mut house, &gateway));
    }
    let audit = house.run(&[], &["verify"], WHOLE);
    if audit.code != Some(0) {
        wrong.push(told("verify", &audit));
    }
    if !wrong.is_empty() {
        wrong.push(format!("the spoilt run said:\n{}", ended.last_words()));
    }
    let message = ended.err.find("payoutd: ").map(|at| ended.err[at..].trim().to_string()).unwrap_or_default();
    let ending = match (ended.code, ended.killed) {
        (Some(code), _) => code.to_string(),
        (None, true) => "killed".to_string(),
        (None, false) if ended.too_long => "too long".to_string(),
        (None, false) => "by the signal".to_string(),
    };
    let message = message.replace(&house.at("").display().to_string(), "/");
    Case { call: call.clone(), blow, struck, ending, message, wrong }
}

fn confirmed_by_transfer(house: &House) -> bool {
    let folder = house.at("batches/reports");
    let reports = names_in(&folder).into_iter().filter(|name| name.ends_with(".report.csv"));
    reports
        .flat_map(|name| judge::column(&fs::read(folder.join(name)).unwrap_or_default(), "confirmed_by"))
        .any(|by| by == "transfer")
}

/// The one who was declined is paid from the retry file as it lies there: then everybody is paid once.
fn pay_the_retry_file(house: &mut House, gateway: &Gateway) -> Vec<String> {
    let reports = house.at("batches/reports");
    let offers: Vec<String> = names_in(&reports).into_iter().filter(|name| name.ends_with(".retry.csv")).collect();
    let [offer] = &offers[..] else { return vec![format!("retry files: {offers:?}")] };
    gateway.change(|books| books.emptied = true);
    house.drop_file("july, again.csv", &fs::read_to_string(reports.join(offer)).unwrap());
    let ended = house.run(&[], &["run", "--once"], WHOLE);
    let mut wrong = judge::at_any_moment(house, gateway);
    if ended.code != Some(0) {
        wrong.push(format!("the retry file's run ended with {:?}:\n{}", ended.code, ended.err));
    }
    let persons = gateway.books().persons.clone();
    if persons.len() < PEOPLE.len() || persons.values().any(|debits| *debits != 1) {
        wrong.push(format!("not everybody was paid once: {persons:?}"));
    }
    wrong
}

/// A spoilt run may be killed; it may come to its end all the same, and then everything must be done;
/// or it ends with an error, in words that help.
fn judge_spoilt(ended: &Ended, blow: Blow, struck: Option<&str>, house: &House, gateway: &Gateway) -> Vec<String> {
    let mut wrong = judge::at_any_moment(house, gateway);
    // The runtime wakes itself through an eventfd, which no disk can make fail.
    if struck.is_some_and(|call| call.contains("<anon_inode:")) && blow != Blow::Kill {
        return wrong;
    }
    if ended.err.contains("panicked") {
        wrong.push("it panicked".to_string());
    }
    if struck.is_none() && ended.code != Some(3) && blow != Blow::Stop {
        wrong.push(format!("the call never came, and the run ended with {:?}", ended.code));
    }
    match ended.code {
        None if blow == Blow::Kill && ended.killed => {}
        // Before it listens, or with nothing left to do when it hears.
        None if blow == Blow::Stop && !ended.too_long => {}
        Some(0) if blow == Blow::Stop && ended.out.starts_with("stopped by a signal") => {}
        Some(4) if blow == Blow::Stop => {}
        Some(4) if matches!(blow, Blow::FailsFromHereOn(_)) && ended.out.contains("MonCash does not answer") => {}
        Some(3) => {
            let done = judge::at_the_end(house, gateway);
            wrong.extend(done.into_iter().map(|what| format!("it ended as if all were done, but {what}")));
        }
        Some(1) => wrong.extend(judge_message(&ended.err)),
        _ => wrong
            .push(format!("it ended with {:?} (killed: {}, too long: {})", ended.code, ended.killed, ended.too_long)),
    }
    wrong
}

/// What it concerns, why, and what to do.
fn judge_message(err: &str) -> Vec<String> {
    let Some(at) = err.find("payoutd: ") else { return vec!["it ended with 1 and said nothing".to_string()] };
    let message = &err[at..];
    let has = |words: &[&str]| words.iter().any(|word| message.contains(word));
    let mut wrong = Vec::new();
    let whom = ["/state", "/batches", "standard output"];
    if !has(&whom) {
        wrong.push(format!("the message names no file: {message}"));
    }
    let causes = [
        "Input/output error",
        "No space left",
        "Read-only",
        "readonly",
        "I/O error",
        "disk is full",
        "failed to write whole buffer",
        "unable to open",
    ];
    if !has(&causes) {
        wrong.push(format!("the message names no cause: {message}"));
    }
    if !has(&["check "]) || !has(&["start again", "start payoutd again", "all else was done"]) {
        wrong.push(format!("the message does not say what to do: {message}"));
    }
    wrong
}

/// Runs the cases, some at a time, and hands back what came of them in the same order.
pub fn run_all(plan: &[(Call, Blow)]) -> Vec<Case> {
    let queue = Mutex::new(plan.iter().enumerate());
    let cases = Mutex::new(BTreeMap::new());
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                loop {
                    let next = queue.lock().unwrap().next();
                    let Some((no, (call, blow))) = next else { return };
                    let case = suffer(call, *blow);
                    case.tell();
                    cases.lock().unwrap().insert(no, case);
                }
            });
        }
    });
    cases.into_inner().unwrap().into_values().collect()
}
