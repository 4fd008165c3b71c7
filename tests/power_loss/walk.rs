//! Cuts the power at every operation of a run, many ways each, and counts what was found.

use crate::house::{Run, fast_folder};
use crate::judge::{Bench, Finding, History};
use power_loss_vfs::{Chance, Cursor, Op, Syncs, Trace};
use std::sync::Arc;

/// How a run is cut.
pub struct Plan {
    pub syncs: Syncs,
    /// Cuts at each operation.
    pub seeds: u64,
    /// Only every so many-th operation.
    pub stride: usize,
    /// One reopening in so many loses the power as well; 0 for none.
    pub again: u64,
    /// Which high-water file lies beside the ledger.
    pub water: Water,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Water {
    /// One that the power cut may have left: the newest, or an older one, for it is not flushed.
    Honest,
    /// The newest that was written.
    Newest,
    /// One that was written later, as if the ledger had been put back since.
    Ahead,
    /// None, or half of one.
    Damaged,
}

/// How much later: more than the one commit that may be there unacknowledged.
const LATER: usize = 3;
/// Bytes of a mark that surely do not hold all that it says.
const HALF: usize = 100;

#[derive(Clone, Debug, Default)]
pub struct Count {
    /// Operations and whole commits of the run.
    pub operations: usize,
    pub commits: usize,
    pub states: u64,
    pub sound: u64,
    /// Of these, on a disk whose power went again while the ledger was reopened.
    pub twice: u64,
    pub lost: u64,
    pub broken: u64,
    /// Of all, those at which the ledger said by itself that it may be older than its last send.
    pub suspected: u64,
    /// Of the lost ones, those.
    pub lost_and_suspected: u64,
    /// The first few that were not sound, in words.
    pub examples: Vec<String>,
}

/// Examples that are kept of what was found.
const EXAMPLES: usize = 5;

impl Count {
    /// Nothing lost, nothing broken, nobody alarmed.
    pub fn is_sound(&self) -> bool {
        self.sound == self.states && self.suspected == 0
    }

    fn take(&mut self, finding: &Finding, at: &str) {
        self.states += 1;
        let suspected =
            matches!(finding, Finding::Sound { suspected: Some(_) } | Finding::Lost { suspected: Some(_), .. });
        self.suspected += u64::from(suspected);
        match finding {
            Finding::Sound { .. } => self.sound += 1,
            Finding::Lost { .. } => {
                self.lost += 1;
                self.lost_and_suspected += u64::from(suspected);
            }
            Finding::Broken(_) => self.broken += 1,
        }
        if *finding != (Finding::Sound { suspected: None }) && self.examples.len() < EXAMPLES {
            self.examples.push(format!("{at}: {finding:?}"));
        }
    }

    fn add(mut self, other: Count) -> Count {
        self.states += other.states;
        self.sound += other.sound;
        self.twice += other.twice;
        self.lost += other.lost;
        self.broken += other.broken;
        self.suspected += other.suspected;
        self.lost_and_suspected += other.lost_and_suspected;
        self.examples.extend(other.examples);
        self.examples.truncate(EXAMPLES);
        self
    }
}

/// Cuts the power by the plan, on as many threads as the machine has.
pub fn cut(run: &Run, plan: &Plan) -> Count {
    let history = History::of(run, fast_folder().path());
    assert!(history.widest() <= 2, "a verb makes one commit; opening a new ledger makes two");
    let of_run = Count { operations: run.trace.ops.len(), commits: history.commits(), ..Count::default() };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        let walks: Vec<_> = (0..threads)
            .map(|mine| {
                let history = &history;
                scope.spawn(move || walk(run, history, plan, mine, threads))
            })
            .collect();
        walks.into_iter().map(|walk| walk.join().expect("a walk to its end")).fold(of_run, Count::add)
    })
}

fn walk(run: &Run, history: &History, plan: &Plan, mine: usize, threads: usize) -> Count {
    let bench = Bench::new();
    let mut count = Count::default();
    let mut cursor = Cursor::at_start(&run.trace.base, plan.syncs);
    for (place, op) in run.trace.ops.iter().enumerate() {
        cursor.step(op);
        // Between a success and the operation before it nothing can happen to the disk.
        let is_mine = place % threads == mine && (place / threads).is_multiple_of(plan.stride);
        if !is_mine || matches!(op, Op::Outside { .. }) {
            continue;
        }
        for seed in 0..plan.seeds {
            let seed = seed + place as u64 * 1_000;
            cut_once(run, history, plan, (place + 1, &cursor), seed, &bench, &mut count);
        }
    }
    count
}

fn cut_once(
    run: &Run,
    history: &History,
    plan: &Plan,
    (done, cursor): (usize, &Cursor),
    seed: u64,
    bench: &Bench,
    count: &mut Count,
) {
    let mut chance = Chance::of(seed ^ 0x5ea1);
    let place = history.place(done);
    let Some(water) = water_of(run, cursor.outside(), plan.water, &mut chance) else { return };
    let reopened = bench.judge(history, place, cursor.cut(seed), water.as_deref(), 1);
    let at = format!("operation {done} of {}, seed {seed}", run.trace.ops.len());
    count.take(&reopened.finding, &at);
    if plan.again == 0 || !seed.is_multiple_of(plan.again) {
        return;
    }
    // The power goes a second time, while the ledger is being reopened.
    let Trace { base, ops } = reopened.recovery;
    let end = chance.below(ops.len() + 1);
    let mut recovery = Cursor::at_start(&base, plan.syncs);
    ops[..end].iter().for_each(|op| recovery.step(op));
    let water = recovery.outside().last().cloned().or(water);
    let finding = bench.judge(history, place, recovery.cut(seed), water.as_deref(), 2).finding;
    count.take(&finding, &format!("{at}, and again at {end} of {} of its reopening", ops.len()));
    count.twice += 1;
}

/// The high-water file beside the ledger; `None` where there is none of the kind that is wanted.
fn water_of(run: &Run, seen: &[Arc<[u8]>], water: Water, chance: &mut Chance) -> Option<Option<Arc<[u8]>>> {
    let Some(newest) = seen.len().checked_sub(1) else {
        return matches!(water, Water::Honest | Water::Newest).then_some(None);
    };
    match water {
        Water::Newest => Some(Some(seen[newest].clone())),
        Water::Honest => {
            let back = if chance.one_in(2) { 0 } else { chance.below(seen.len()) };
            Some(Some(seen[newest - back].clone()))
        }
        Water::Ahead => {
            let all = run.trace.ops.iter().filter_map(|op| match op {
                Op::Outside { bytes } => Some(bytes),
                _ => None,
            });
            all.clone().nth(newest + LATER).cloned().map(Some)
        }
        // The very first mark says nothing yet: a ledger without it was just made.
        Water::Damaged if newest < LATER => None,
        Water::Damaged if chance.one_in(4) => Some(None),
        Water::Damaged => Some(Some(seen[newest][..chance.below(HALF)].into())),
    }
}
