//! How far the allowed rate is used, and that it is never exceeded: by the gateway's own count.
//!
//! Must never: count by our clock, or forgive more than the grain of the gateway's.

use super::house::{House, Simulator, call_of};
use super::payroll::write_file;
use super::table::{Line, Target};
use std::time::Duration;

/// One rate, for how many seconds it is paid at, how much of it must be used, and how many calls may leave
/// at once. The longest outlives an access token (59 s, renewed after 44): that must cost nothing either.
struct Rate {
    per_second: u32,
    seconds: u32,
    use_at_least: f64,
    burst: u32,
}

const RATES: [Rate; 3] = [
    Rate { per_second: 5, seconds: 16, use_at_least: 0.99, burst: 1 },
    Rate { per_second: 20, seconds: 12, use_at_least: 0.98, burst: 2 },
    Rate { per_second: 100, seconds: 56, use_at_least: 0.98, burst: 2 },
];
/// Not looked at: in the first second the rate is still being reached.
const FIRST: u64 = 1_000;

pub fn measure() -> Vec<Line> {
    let (mut lines, mut each, mut worst) = (Vec::new(), Vec::new(), f64::MIN);
    for Rate { per_second: rate, seconds, use_at_least, burst } in RATES {
        let times = pay_at(rate, seconds);
        let used = use_of(&times, rate);
        lines.push(Line {
            what: format!("use of the allowed rate, {rate}/s, answers after 1–3 s"),
            ours: format!("{:.2}/s", used * f64::from(rate)),
            beside: format!("{rate}/s"),
            value: Some(used),
            told: format!("{:.2} %", used * 100.0),
            targets: vec![Target::AtLeast(use_at_least)],
            to_reach: format!("at least {:.0} %", use_at_least * 100.0),
            peak_kib: None,
        });
        let (most, allowed) = (beyond(&times, rate), f64::from(rate + burst));
        worst = worst.max(most / allowed);
        each.push(format!("{most:.2} of {allowed} at {rate}/s"));
    }
    lines.push(Line {
        what: "most calls beyond rate·n in any n seconds, by the gateway's count".to_string(),
        ours: each.join(", "),
        beside: String::new(),
        value: Some(worst),
        told: format!("{:.0} %", worst * 100.0),
        targets: vec![Target::AtMost(1.0)],
        to_reach: "at most the rate of a second and the burst".to_string(),
        peak_kib: None,
    });
    lines
}

/// The moments (ms, the gateway's) at which the Transferts of a payroll arrived that is `seconds` long.
fn pay_at(rate: u32, seconds: u32) -> Vec<u64> {
    let moncash = Simulator::start(&["--latency", "1s..3s"]);
    // Answers take 3 s, and questions go before and after each payment.
    let (queries, in_flight) = ((rate * 5 / 2).max(10), (rate * 4).max(64));
    let settings = format!(
        "[engine]\ntransfers_per_second = {rate}\nqueries_per_second = {queries}\nmax_in_flight = {in_flight}\n\
         [intake]\nsettle = \"0s\"\n[safety]\nmin_free = \"1MB\"\n"
    );
    let house = House::build(&moncash.address, &settings);
    let rows = rate * seconds;
    let file = house.path().join("made.csv");
    write_file(&file, 0, u64::from(rows));
    house.drop_file("july.csv", &file);
    let _payoutd = house.start();
    let most = Duration::from_secs(u64::from(seconds) * 2 + 20);
    moncash.wait_for(call_of::TRANSFER, rows, most);
    moncash.times_of(call_of::TRANSFER)
}

/// How much of the rate was used after the first second.
fn use_of(times: &[u64], rate: u32) -> f64 {
    let Some(first) = times.first() else { return 0.0 };
    let counted: Vec<u64> = times.iter().copied().filter(|at| *at >= first + FIRST).collect();
    let (Some(from), Some(to)) = (counted.first(), counted.last()) else { return 0.0 };
    let calls = (counted.len() - 1) as f64;
    calls / ((to - from) as f64 / 1000.0 * f64::from(rate))
}

/// By how many calls some window holds more than rate·n. Moments are whole milliseconds: two that differ
/// by d are at most d + 1 apart, which is what a window is taken to be long.
fn beyond(times: &[u64], rate: u32) -> f64 {
    let mut most = f64::MIN;
    for (i, first) in times.iter().enumerate() {
        for (more, last) in times[i..].iter().enumerate() {
            let allowed = (last - first + 1) as f64 / 1000.0 * f64::from(rate);
            most = most.max((more + 1) as f64 - allowed);
        }
    }
    most
}
