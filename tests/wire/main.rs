//! Every fault of the wire on every endpoint: a gateway that breaks the rules of TCP, TLS, HTTP and
//! JSON, and what the client comes back with. `cases.txt` is the table; `cargo test --test wire --
//! --nocapture` prints how many cells it has. `PAYOUTD_WIRE_ONLY="RST in"` tries some faults alone;
//! `PAYOUTD_WIRE_PRINT=1` prints the lines as they were found.
//!
//! Whatever `cases.txt` says, in every cell: a Transfert is on the wire at most once, "never left" is
//! said only where no byte of the body came, the call ends by its deadline, nothing goes elsewhere, no
//! token or secret is kept in an answer, every connection ends with its call and carries one request,
//! and the next call gets its own answer.
//!
//! Must never: reach beyond loopback, or judge by what the product says of itself.

mod cell;
mod endpoints;
mod enemy;
mod faults;
#[allow(dead_code, reason = "shared with tests/moncash_client, which uses all of it")]
#[path = "../moncash_client/house.rs"]
mod house;
mod program;
#[allow(dead_code, reason = "shared with tests/moncash_client, which uses all of it")]
#[path = "../moncash_client/server.rs"]
mod server;
mod smuggled;
mod table;

use cell::Found;
use endpoints::{ENDPOINTS, Endpoint};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

/// Set, the table is printed as it was found instead of being compared.
const PRINT: &str = "PAYOUTD_WIRE_PRINT";
/// Set, only faults whose names hold this are tried.
const ONLY: &str = "PAYOUTD_WIRE_ONLY";
/// Peak memory that the whole table may add, in KiB. The floods alone offer gigabytes.
const MOST_MEMORY: usize = 128 * 1024;

static PANICS: AtomicUsize = AtomicUsize::new(0);

#[test]
fn every_fault_on_every_endpoint_ends_as_the_table_says() {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        PANICS.fetch_add(1, Ordering::SeqCst);
        before(info);
    }));
    let (begun, peak) = (Instant::now(), peak_memory());
    let only = std::env::var(ONLY).unwrap_or_default();
    let (all, cases) = (faults::all(), table::read());
    let stray: Vec<_> = cases.keys().filter(|name| !all.iter().any(|fault| fault.name == **name)).collect();
    assert!(stray.is_empty(), "lines of cases.txt without a fault: {stray:?}");
    let faults: Vec<_> = all.into_iter().filter(|fault| fault.name.contains(&only)).collect();
    let print = std::env::var_os(PRINT).is_some();
    let mut wrong = Vec::new();
    for fault in &faults {
        let found = strike_all(fault);
        if print {
            println!("{}", table::line_of(fault.name, &found));
        }
        for (endpoint, found) in &found {
            let told = match cases.get(fault.name) {
                Some(case) => table::compare(case, *endpoint, found),
                None => [vec!["no line in cases.txt".to_string()], found.broken.clone()].concat(),
            };
            wrong.extend(told.into_iter().map(|what| format!("{} x {endpoint:?}: {what}", fault.name)));
        }
    }
    let grown = peak_memory().saturating_sub(peak);
    println!(
        "{} endpoints x {} faults = {} cells, {} wrong, {:.1} s, {} MiB more at the peak",
        ENDPOINTS.len(),
        faults.len(),
        ENDPOINTS.len() * faults.len(),
        wrong.len(),
        begun.elapsed().as_secs_f64(),
        grown / 1024
    );
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(PANICS.load(Ordering::SeqCst), 0, "something panicked under way");
    assert!(grown < MOST_MEMORY, "{grown} KiB");
}

#[tokio::test]
async fn nobody_else_can_listen_behind_a_closed_door() {
    let mut enemy = enemy::Enemy::start("/nowhere", Box::new(|_, _, _| Vec::new())).await;
    enemy.stop_listening().await;
    let refused = tokio::net::TcpStream::connect(enemy.address).await.unwrap_err();
    assert_eq!(refused.kind(), std::io::ErrorKind::ConnectionRefused);
    let taken = std::net::TcpListener::bind(enemy.address).unwrap_err();
    assert_eq!(taken.kind(), std::io::ErrorKind::AddrInUse);
}

/// One fault on every endpoint, each in a thread of its own.
fn strike_all(fault: &faults::Fault) -> Vec<(Endpoint, Found)> {
    std::thread::scope(|scope| {
        let cells = ENDPOINTS.map(|endpoint| (endpoint, scope.spawn(move || cell::run(endpoint, fault))));
        cells.into_iter().map(|(endpoint, cell)| (endpoint, cell.join().unwrap())).collect()
    })
}

/// The most memory that this process ever had, in KiB.
fn peak_memory() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(0)
}
