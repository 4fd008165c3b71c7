//! Another machine takes over: two state folders are two machines with one account. The primary is killed in the
//! middle of its payrolls, the standby goes on from a copy that was shipped some moments before, by the steps of
//! systemd/STANDBY.md, with the built program. In the end everybody was debited exactly once by MonCash's own count, and every row
//! has its line in a report. What both machines at once could do is shown in `tests/engine/two_machines.rs`.
//!
//! Must never: judge by either ledger, or let the standby ask less than MonCash is asked in live (`check_first`).

#[path = "../old_ledgers/bank.rs"]
mod bank;
#[allow(dead_code)]
#[path = "../old_ledgers/house.rs"]
mod house;
#[allow(dead_code)]
#[path = "../gauntlet/wire.rs"]
mod wire;

use house::House;

/// People of the first payroll, and of the one that is admitted after the last copy was shipped.
const JULY: u32 = 40;
const AUGUST: u32 = 12;

/// Seeds that are tried; `PAYOUTD_STANDBY_SEEDS` sets another number.
const SEEDS: u64 = 2;

/// A few numbers that hang on a seed alone.
struct Chance(u64);

impl Chance {
    /// Below `end`.
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }
}

fn debits(house: &House) -> usize {
    house.bank.books().debits.len()
}

/// What reaches the standby with the ledger's copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shipped {
    /// Only the ledger. People drop their files again.
    Ledger,
    /// `batches/` too, as old as the ledger's copy.
    Batches,
}

/// The primary until it is killed: July is under way, a copy is shipped, it goes on, August may be admitted, and
/// the machine is gone. The second says whether August had come to be admitted.
fn primary(chance: &mut Chance, shipped: Shipped, standby_of: impl Fn(&House) -> House) -> (House, House, bool) {
    let primary = House::new();
    primary.check_first();
    std::fs::create_dir(primary.path("shelf")).unwrap();
    primary.bank.books().slow = 20;
    for _ in 0..2 {
        primary.bank.lose(&format!("JUL-{}", 1 + chance.below(u64::from(JULY))));
    }
    primary.drop_payroll("july.csv", "JUL", JULY);
    let daemon = primary.start();
    let copied_at = chance.below(u64::from(JULY) - 10) as usize;
    primary.wait_until("some are paid", |house| debits(house) >= copied_at && house.path("batches/accepted").exists());
    primary.wait_until("July is admitted", |house| house.path("batches/accepted/july.B000001.csv").exists());
    for _ in 0..3 {
        primary.run("backup --into shelf --keep 2").ends(&[0]).says("Chain head");
    }
    let standby = standby_of(&primary);
    let mut copies: Vec<_> =
        std::fs::read_dir(primary.path("shelf")).unwrap().map(|entry| entry.unwrap().path()).collect();
    copies.sort();
    assert_eq!(copies.len(), 2, "of three copies two stay: {copies:?}");
    std::fs::copy(copies.last().unwrap(), standby.path("copy.sqlite3")).unwrap();
    if shipped == Shipped::Batches {
        standby.copy_from(&primary, "batches");
    }
    let with_august = chance.below(2) == 0;
    if with_august {
        primary.drop_payroll("august.csv", "AUG", AUGUST);
        primary.wait_until("August is admitted", |house| house.path("batches/accepted/august.B000002.csv").exists());
    }
    let more = debits(&primary) + chance.below(12) as usize;
    let all = (JULY + if with_august { AUGUST } else { 0 }) as usize;
    primary.wait_until("it is time to go", |house| debits(house) >= more.min(all - 4));
    daemon.kill();
    primary.bank.books().slow = 0;
    (primary, standby, with_august)
}

/// What MonCash calls paid and the ledger does not know by whom: a person looks in the portal.
fn resolve_from_the_portal(house: &House, payrolls: &[(&str, u32)]) {
    for (prefix, people) in payrolls {
        for person in 1..=*people {
            let reference = format!("{prefix}-{person}");
            let is_held = house.told(&reference).contains(&"held".to_string());
            if is_held && house.bank.books().times(&reference) == 1 {
                house.run(&format!("resolve {reference} --paid PORTAL-{reference} --reason portal"));
            }
        }
    }
}

/// The steps of STANDBY.md.
fn take_over(standby: &House, shipped: Shipped, with_august: bool, seed: u64) {
    let sent = standby.transfers();
    standby.run("restore copy.sqlite3").ends(&[2]).says("--the-other-is-stopped").says("Nothing was changed");
    standby
        .run_args(&["restore", "copy.sqlite3", "--the-other-is-stopped", "its power is cut, seen by Jean"])
        .ends(&[0])
        .says("There was no ledger before");
    standby.check_first();
    // Somebody is quick and drops files before anybody has looked.
    if shipped == Shipped::Ledger {
        standby.drop_payroll("july again.csv", "JUL", JULY);
    }
    let said = standby.run("run --once").ends(&[4]).says("payoutd resume");
    assert_eq!(standby.transfers(), sent, "seed {seed}: it sent before anybody looked\n{}", said.text);
    // What the fence was said to be is on record, and what MonCash knows is said.
    standby.run("status").ends(&[0]).says("its power is cut, seen by Jean");
    let found = standby.run("run --once").ends(&[4]);
    let lost_between = debits(standby) > 0;
    assert!(!lost_between || found.text.contains("MonCash was asked"), "seed {seed}:\n{}", found.text);
    assert_eq!(standby.transfers(), sent);

    standby.run("resume --reason looked").ends(&[0]);
    if with_august {
        standby.drop_payroll("august again.csv", "AUG", AUGUST);
    }
    let payrolls: &[(&str, u32)] = if with_august { &[("JUL", JULY), ("AUG", AUGUST)] } else { &[("JUL", JULY)] };
    for _ in 0..4 {
        if standby.run("run --once").ends(&[0, 3, 4]).code == 0 {
            break;
        }
        resolve_from_the_portal(standby, payrolls);
        // Another suspicion may be found by the files that lie about; it is asked about once.
        standby.run("resume --reason looked");
    }
    standby.all_are_paid_once(payrolls);
    for (prefix, people) in payrolls {
        for person in 1..=*people {
            let told = standby.told(&format!("{prefix}-{person}"));
            assert!(told.iter().any(|status| status == "paid"), "seed {seed}: {prefix}-{person} is told as {told:?}");
            assert!(
                !told.iter().any(|status| status == "queued" || status == "in_doubt"),
                "seed {seed}: {prefix}-{person} is told as {told:?}"
            );
        }
    }
}

#[test]
fn a_standby_that_takes_over_pays_everybody_once_who_was_left() {
    let seeds = std::env::var("PAYOUTD_STANDBY_SEEDS").ok().and_then(|seeds| seeds.parse().ok()).unwrap_or(SEEDS);
    for seed in 0..seeds {
        for shipped in [Shipped::Ledger, Shipped::Batches] {
            let mut chance = Chance(seed * 977 + shipped as u64);
            let (primary, standby, with_august) = primary(&mut chance, shipped, House::beside);
            let before = debits(&primary);
            println!("seed {seed}, {shipped:?}: killed after {before} debits, August {with_august}");
            take_over(&standby, shipped, with_august, seed);
            // The machine that was thought lost comes back, although nobody should let it: whom the standby has
            // paid it finds at MonCash, and holds.
            let sent = primary.transfers();
            primary.run("run --once").ends(&[0, 3, 4]);
            primary.nobody_was_paid_twice();
            assert_eq!(primary.transfers(), sent, "seed {seed}: the old machine sent something more");
        }
    }
}
