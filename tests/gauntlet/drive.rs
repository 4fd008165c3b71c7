//! Drives one run: drops files, kills the daemon at moments that the gateway announces, starts it
//! again, and lets the last life work to its end.
//!
//! Must never: judge, or kill by the clock where an event can be waited for.

use super::faults::World;
use super::gateway::Gateway;
use super::house::{House, Rules, names_in, payroll};
use std::collections::BTreeMap;
use std::fs;
use std::process::{Child, ExitStatus};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// A moment that does not come within this is given up, and the next one is waited for.
const NEVER_COMES: Duration = Duration::from_secs(5);
/// The last life must come to its end within this.
const LAST_LIFE: Duration = Duration::from_secs(150);

/// When to kill.
#[derive(Clone, Debug)]
pub enum Moment {
    /// The n-th time since the start that the gateway announces this.
    Gateway(&'static str, u64),
    /// A name that ends so appears in this folder below `batches/`.
    File(&'static str, &'static str),
}

const MOMENTS: [(u64, &str, u64); 8] = [
    (5, "transfer arrived", 15),
    (5, "debited, not answered", 12),
    (4, "transfer answered", 15),
    (2, "status asked", 40),
    (3, "status answered", 40),
    (1, "balance asked", 3),
    (1, "token asked", 2),
    (0, "", 1),
];

const FILES: [(&str, &str); 6] = [
    ("processing", ""),
    ("accepted", ".csv"),
    ("rejected", ".csv"),
    ("reports", ".report.csv"),
    ("reports", ".mark"),
    ("reports", ""),
];

/// What a run came to, apart from what the judge finds.
pub struct Run {
    pub gateway: Gateway,
    pub house: House,
    pub floor: i64,
    pub kills: u32,
    /// What the driver itself saw go wrong.
    pub complaints: Vec<String>,
}

struct Killer {
    child: Option<Child>,
    moment: Option<Moment>,
    seen: BTreeMap<String, u64>,
    killed: bool,
}

pub struct Plan {
    pub world: World,
    pub rules: Rules,
    pub balance: i64,
    pub top_ups: Vec<i64>,
    pub kills: Vec<Moment>,
    pub rows: u32,
}

impl Plan {
    pub fn of(seed: u64) -> Plan {
        let world = World::of(seed);
        let chance = world.chance;
        let kills = (0..3 + chance.below(6, "kills", "", 0)).map(|n| moment(world, n)).collect();
        let poor = chance.below(3, "poor", "", 0) == 0;
        let (balance, top_ups) = if poor {
            (350_000, vec![150_000, 150_000, 400_000, 400_000, 9_000_000])
        } else {
            (90_000_000, Vec::new())
        };
        Plan {
            rules: Rules { after_not_found: "retry", fee: world.fee, floor_cents: 100_000 },
            world,
            balance,
            top_ups,
            kills,
            rows: 30,
        }
    }
}

fn moment(world: World, n: u64) -> Moment {
    let chance = world.chance;
    if chance.below(4, "kill by file", "", n) == 0 {
        let (folder, ending) = FILES[usize::try_from(chance.below(6, "file", "", n)).unwrap_or(0)];
        return Moment::File(folder, ending);
    }
    let table: Vec<(u64, (&str, u64))> = MOMENTS.iter().map(|(w, name, most)| (*w, (*name, *most))).collect();
    let (name, most) = chance.weighted(&table, "moment", "", n);
    Moment::Gateway(name, 1 + chance.below(most, "which", name, n))
}

pub fn run(plan: Plan) -> Run {
    let gateway = Gateway::open(plan.world, plan.balance, plan.top_ups.clone());
    let mut house = House::build(&gateway.base_url(), plan.rules);
    let killer = Arc::new(Mutex::new(Killer { child: None, moment: None, seen: BTreeMap::new(), killed: false }));
    let witness = killer.clone();
    gateway.set_witness(Arc::new(move |what| witness.lock().unwrap().hear(what)));
    let mut complaints = Vec::new();
    let mut kills = 0;
    for (life, moment) in plan.kills.iter().enumerate() {
        // Half of the files come while nobody runs, half while somebody does.
        let down = life == 0 || plan.world.chance.below(2, "drop while down", "", life as u64) == 0;
        if down {
            drop_files(&mut house, life, &plan);
        }
        let once = plan.world.chance.below(4, "once", "", life as u64) == 0;
        let child = house.start(if once { &["run", "--once"] } else { &["run"] });
        killer.lock().unwrap().arm(child, moment.clone());
        if !down {
            drop_files(&mut house, life, &plan);
        }
        if live(&killer, &house, moment, &mut complaints) {
            kills += 1;
            gateway.note_kill(&format!("{moment:?}"));
        }
    }
    finish(&mut house, &mut complaints);
    // What payoutd offers for a second try is dropped as it is.
    let offers: Vec<String> =
        names_in(&house.place("reports")).into_iter().filter(|name| name.ends_with(".retry.csv")).collect();
    if !offers.is_empty() {
        for name in offers {
            let text = fs::read_to_string(house.place("reports").join(&name)).unwrap_or_default();
            house.drop_file(&name, &text);
        }
        finish(&mut house, &mut complaints);
    }
    let audited = house.start(&["verify"]).wait().ok().and_then(|status| status.code());
    if audited != Some(0) {
        complaints.push(format!("verify ended with {audited:?}:\n{}", house.last_words()));
    }
    Run { gateway, house, floor: plan.rules.floor_cents, kills, complaints }
}

/// What is dropped in which life: a payroll, another, the first again, the first under another name,
/// one with a bad row.
fn drop_files(house: &mut House, life: usize, plan: &Plan) {
    let main = payroll("A", 1, plan.rows);
    match life {
        0 => house.drop_file("salaires.csv", &main),
        1 => {
            house.drop_file("autres.csv", &payroll("B", 2, plan.rows / 2));
            house.drop_file("salaires.csv", &main);
        }
        2 => {
            house.drop_file("salaires (2).csv", &main);
            house.drop_file("faux.csv", &format!("{}X-1,3,-4,Nobody\n", payroll("C", 3, 5)));
        }
        _ => {}
    }
}

/// One life, with one file, and nobody kills.
pub fn run_one_life(plan: Plan) -> Run {
    let gateway = Gateway::open(plan.world, 900_000_000, Vec::new());
    let mut house = House::build(&gateway.base_url(), plan.rules);
    let mut complaints = Vec::new();
    drop_files(&mut house, 0, &plan);
    finish(&mut house, &mut complaints);
    Run { gateway, house, floor: plan.rules.floor_cents, kills: 0, complaints }
}

impl Killer {
    fn arm(&mut self, child: Child, moment: Moment) {
        *self = Killer { child: Some(child), moment: Some(moment), seen: BTreeMap::new(), killed: false };
    }

    fn hear(&mut self, what: &str) {
        let count = self.seen.entry(what.to_string()).or_default();
        *count += 1;
        if let Some(Moment::Gateway(name, nth)) = &self.moment
            && *name == what
            && *count == *nth
        {
            self.kill();
        }
    }

    fn kill(&mut self) {
        self.moment = None;
        if let Some(child) = &mut self.child {
            let _ = child.kill();
            self.killed = true;
        }
    }

    fn ended(&mut self) -> Option<ExitStatus> {
        self.child.as_mut().and_then(|child| child.try_wait().ok().flatten())
    }
}

/// Follows one life to its end; true when it was killed.
fn live(killer: &Mutex<Killer>, house: &House, moment: &Moment, complaints: &mut Vec<String>) -> bool {
    let began = Instant::now();
    let before = match moment {
        Moment::File(folder, _) => names_in(&house.place(folder)),
        Moment::Gateway(..) => Vec::new(),
    };
    loop {
        {
            let mut killer = killer.lock().unwrap();
            if let Some(status) = killer.ended() {
                let killed = killer.killed;
                if !killed && !matches!(status.code(), Some(0 | 3 | 4)) {
                    complaints.push(format!("payoutd ended by itself with {status}:\n{}", house.last_words()));
                }
                return killed;
            }
            if let Moment::File(folder, ending) = moment {
                let new = |name: &String| name.ends_with(ending) && !before.contains(name);
                if names_in(&house.place(folder)).iter().any(new) {
                    killer.kill();
                }
            }
            if began.elapsed() > NEVER_COMES {
                killer.kill();
            }
        }
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// The last life: works until nothing can move without a person.
fn finish(house: &mut House, complaints: &mut Vec<String>) {
    let began = Instant::now();
    loop {
        let mut child = house.start(&["run", "--once"]);
        let status = loop {
            if let Ok(Some(status)) = child.try_wait() {
                break Some(status);
            }
            if began.elapsed() > LAST_LIFE {
                let _ = child.kill();
                let _ = child.wait();
                break None;
            }
            std::thread::sleep(Duration::from_millis(10));
        };
        match status.and_then(|status| status.code()) {
            Some(0 | 3) => return,
            // Stopped early, for want of money or of answers: the gateway mends, and it goes on.
            Some(4) if began.elapsed() < LAST_LIFE => {}
            _ => {
                complaints.push(format!("the last life did not end well ({status:?}):\n{}", house.last_words()));
                return;
            }
        }
    }
}
