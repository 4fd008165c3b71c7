//! What is to be told: from the ledger's newest events, from what lasts and from rejected files into the
//! memory, and from there out, one by one.
//!
//! Must never: hand out what its file does not hold yet (unless the disk does not take it), or give one event
//! two names.

use super::notice::{About, NAMED, Teller, Urgency, batch};
use super::post::{Answer, Letter, Post};
use super::spells::{self, Condition};
use super::{Board, rejected, way};
use crate::config::{Config, Notify};
use crate::engine::desk::Desk;
use crate::ledger::happened::{Happened, What};
use crate::ledger::{Head, Ledger, LedgerError, Reader};
use crate::notify::memory::{Entry, Gathered, Memory, Seen, Spell, wait_after};
use crate::payout::moment::{BootMoment, Moment, Wall};
use crate::payout::state::{BatchId, MayHaveBeenPaid, PayoutId, StateWord};
use crate::reconcile::shelf;
use crate::words::{Saying, say};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

/// How often doubts are looked at, at most: there may be many.
const LOOK_AT_DOUBTS: Duration = Duration::from_secs(30);
/// Events of the ledger that one step looks at.
const STRETCH: u32 = 500;
/// So many events are looked at again after a crash, at most.
const FAR: i64 = 10_000;
/// Payouts that are held within this time are told together.
pub(super) const GATHER: Duration = Duration::from_secs(10);
/// What lasted is over once it did not hold for so long.
const OVER_AFTER: Duration = Duration::from_secs(10);
/// Longest wait for the next letter after failures, whichever that is.
const NEXT_LETTER: Duration = Duration::from_secs(60);

pub(super) struct Telling {
    settings: Notify,
    teller: Teller,
    batches: PathBuf,
    board: Board,
    pub(super) memory: Memory,
    /// The memory holds something that its file does not.
    changed: bool,
    keeping_failed: bool,
    /// How far its file says that the ledger was looked at.
    kept_at: i64,
    /// When this began to look.
    begun: Option<Wall>,
    pub(super) looked: Option<BootMoment>,
    doubts_looked: Option<BootMoment>,
    doubts: Vec<Condition>,
    /// Since when a condition that was told does not hold.
    over: BTreeMap<String, BootMoment>,
    /// When an event is tried again.
    pub(super) again: BTreeMap<u64, BootMoment>,
    /// Failures in a row, and when the last one was.
    pub(super) failures: Option<(u32, BootMoment)>,
}

impl Telling {
    /// What was remembered is gone on with.
    pub(super) fn new(config: &Config, account: &str, board: Board) -> Telling {
        Telling {
            settings: config.notify.clone(),
            teller: Teller::new(config, account),
            batches: config.folders.batches.clone(),
            board,
            memory: Memory::read(&config.folders.state).unwrap_or_default(),
            changed: false,
            keeping_failed: false,
            kept_at: 0,
            begun: None,
            looked: None,
            doubts_looked: None,
            doubts: Vec::new(),
            over: BTreeMap::new(),
            again: BTreeMap::new(),
            failures: None,
        }
    }

    /// Whoever is told for the first time is told from here on.
    pub(super) fn begin(&mut self, ledger: &Reader, now: Moment) -> Result<(), LedgerError> {
        if self.begun.is_some() {
            return Ok(());
        }
        self.begun = Some(now.wall);
        let head = ledger.head()?;
        match &self.memory.seen {
            Some(seen) if ledger.knows_head(&Head { seq: seen.seq, hash: seen.hash.clone() })? => {}
            Some(_) => {
                tracing::warn!(
                    "the ledger is another one than when notifications were last sent: they begin anew from here; look at 'payoutd status'"
                );
                self.memory.seen = None;
            }
            None => self.memory.rejected.since = now.wall.0,
        }
        if self.memory.seen.is_none() {
            self.memory.seen = Some(Seen { seq: head.seq, hash: head.hash });
            self.changed = true;
        }
        let missed = rejected::since(&self.batches, self.memory.rejected.since);
        if let Some(untold) = &mut self.board.borrow_mut().untold {
            untold.extend(missed);
        }
        Ok(())
    }

    /// Looks at a stretch of the ledger's events. Returns whether there is more.
    pub(super) fn events(&mut self, ledger: &Reader) -> Result<bool, LedgerError> {
        let Some(seen) = self.memory.seen.as_ref().map(|seen| seen.seq) else { return Ok(false) };
        if !self.memory.has_room() {
            return Ok(false);
        }
        let stretch = ledger.happened_after(seen, STRETCH)?;
        for happened in stretch.happened {
            if !self.memory.has_room() {
                // What comes after waits in the ledger.
                return Ok(false);
            }
            let seen = Seen { seq: happened.seq, hash: happened.hash.clone() };
            self.tell_happened(ledger, happened)?;
            self.memory.seen = Some(seen);
            self.changed = true;
        }
        if let Some((seq, hash)) = stretch.last {
            // Events of which nobody is told need not be noted one by one: after a crash they are looked at again.
            self.changed |= seq.saturating_sub(self.kept_at) >= FAR;
            self.memory.seen = Some(Seen { seq, hash });
        }
        Ok(stretch.more)
    }

    fn tell_happened(&mut self, ledger: &Reader, happened: Happened) -> Result<(), LedgerError> {
        let short: String = happened.hash.chars().take(8).collect();
        let id = |event: &str| format!("{event}.{}.{short}", happened.seq);
        if let What::Held(payout) = happened.what {
            let since = happened.at.0;
            let new = || Gathered { id: id("payouts_held"), since, payouts: Vec::new(), count: 0 };
            let gathered = self.memory.held.entry(happened.batch.0).or_insert_with(new);
            gathered.count += 1;
            if gathered.payouts.len() < NAMED {
                gathered.payouts.push(payout.0);
            }
            return Ok(());
        }
        let Some(it) = ledger.batch(happened.batch)? else { return Ok(()) };
        let (name, file, rows, htg) = (it.id.to_string(), &it.file, it.rows, it.amount.grouped());
        let count = |word| it.tally.count(word);
        let (event, urgency, text) = match happened.what {
            What::Admitted => (
                "batch_admitted",
                Urgency::Info,
                say!("notice-admitted", batch = name, file = file, rows = rows, htg = htg),
            ),
            _ if count(StateWord::Paid) == rows => (
                "batch_complete",
                Urgency::Info,
                say!("notice-complete", batch = name, file = file, rows = rows, htg = htg),
            ),
            _ => {
                let text = say!(
                    "notice-complete-not-all",
                    batch = name,
                    file = file,
                    rows = rows,
                    paid = count(StateWord::Paid),
                    htg = it.tally.amount(StateWord::Paid).grouped(),
                    declined = count(StateWord::Declined),
                    cancelled = count(StateWord::Cancelled)
                );
                ("batch_complete", Urgency::Attention, text)
            }
        };
        let about = About { batch: Some(batch(&it)), ..About::default() };
        self.add(&id(event), event, urgency, happened.at, &text, &about);
        Ok(())
    }

    /// Tells of the payouts that were held, batch by batch, once `after` has passed.
    pub(super) fn gathered(&mut self, ledger: &Reader, now: Moment, after: Duration) -> Result<(), LedgerError> {
        let due = |it: &Gathered| now.wall.since(Wall(it.since)) >= after;
        let due: Vec<i64> = self.memory.held.iter().filter(|(_, it)| due(it)).map(|(batch, _)| *batch).collect();
        for number in due {
            if !self.memory.has_room() {
                break;
            }
            let Some(Gathered { id, since, payouts, count }) = self.memory.held.remove(&number) else { continue };
            self.changed = true;
            let ids: Vec<PayoutId> = payouts.into_iter().map(PayoutId).collect();
            let mut held = ledger.payouts(&ids)?;
            held.retain(|payout| payout.state.word() == StateWord::Held);
            // A person was faster.
            if held.is_empty() {
                continue;
            }
            let unsent = held.iter().all(|it| it.state.may_have_been_paid() == MayHaveBeenPaid::No);
            let name = BatchId(number).to_string();
            let text = match unsent && held.len() as u64 == count {
                true => say!("notice-held-unsent", batch = name, count = count),
                false => say!("notice-held", batch = name, count = count),
            };
            let about = About {
                batch: ledger.batch(BatchId(number))?.as_ref().map(batch),
                count: Some(count),
                payouts: Some(held.iter().map(|payout| self.teller.payout(payout)).collect()),
                ..About::default()
            };
            self.add(&id, "payouts_held", Urgency::Attention, Wall(since), &text, &about);
        }
        Ok(())
    }

    /// Tells of the files that were rejected.
    pub(super) fn files(&mut self, now: Moment) {
        while self.memory.has_room() {
            let next =
                self.board.borrow_mut().untold.as_mut().filter(|untold| !untold.is_empty()).map(|it| it.remove(0));
            let Some(name) = next else { return };
            if self.memory.is_told(&name) {
                continue;
            }
            let file = rejected::about(&self.batches, &name);
            let at = rejected::written(&self.batches, &name).unwrap_or(now.wall.0);
            let text = say!("notice-rejected", file = &name);
            let id = format!("file_rejected.{at}.{name}");
            let about = About { file: Some(file), ..About::default() };
            self.add(&id, "file_rejected", Urgency::Attention, Wall(at), &text, &about);
            self.memory.note_rejected(&name, at);
            self.changed = true;
        }
    }

    /// Tells of what lasts, once while it does.
    pub(super) fn lasting(&mut self, desk: &Desk, now: Moment) {
        let often = LOOK_AT_DOUBTS.min(self.settings.in_doubt_after / 4);
        if self.doubts_looked.is_none_or(|looked| now.boot.served(looked, often)) {
            self.doubts_looked = Some(now.boot);
            let (limit, began) = (self.settings.in_doubt_after, self.begun.unwrap_or(now.wall));
            self.doubts = spells::doubts(desk, &self.teller, limit, began, now);
        }
        let mut look = spells::look(desk, &self.teller, &shelf::alarms(&self.batches), now);
        look.holds.append(&mut self.doubts.clone());
        self.end_spells(&look, now);
        for it in look.holds {
            let room = self.memory.has_room();
            let new = Spell { since: now.wall.0, told: false };
            self.changed |= !self.memory.spells.contains_key(&it.key);
            let spell = self.memory.spells.entry(it.key.clone()).or_insert(new);
            if spell.told || !room || now.wall.since(Wall(spell.since)) < it.after {
                continue;
            }
            spell.told = true;
            let (id, since) = (format!("{}.{}", it.key, spell.since), Wall(spell.since));
            let about = About { since: it.about.since.or_else(|| Some(self.teller.time(since))), ..it.about };
            self.add(&id, it.event, it.urgency, now.wall, &it.text, &about);
            self.changed = true;
        }
    }

    fn end_spells(&mut self, look: &spells::Look, now: Moment) {
        let stands = |key: &String| {
            look.holds.iter().any(|it| it.key == *key) || look.unclear.iter().any(|unclear| unclear == key)
        };
        let over: Vec<String> = self.memory.spells.keys().filter(|key| !stands(key)).cloned().collect();
        self.over.retain(|key, _| over.contains(key));
        for key in over {
            let since = *self.over.entry(key.clone()).or_insert(now.boot);
            if now.boot.served(since, OVER_AFTER) {
                self.memory.spells.remove(&key);
                self.over.remove(&key);
                self.changed = true;
            }
        }
    }

    fn add(&mut self, id: &str, event: &'static str, urgency: Urgency, at: Wall, text: &Saying, about: &About) {
        if !self.settings.events.contains(event) {
            return;
        }
        let body = self.teller.tell(id, self.memory.next_number(), event, urgency, at, text, about);
        self.memory.add(id, event, body);
        self.changed = true;
    }

    /// Takes note of what became of the letter that was under way.
    pub(super) fn hear(&mut self, post: &Post, now: Moment) {
        let Some(Answer { number, came_back, took }) = post.take_answer() else { return };
        self.changed = true;
        match came_back {
            Ok(_) => {
                self.memory.note_delivered(number);
                if self.failures.take().is_some() {
                    tracing::info!("notifications are delivered again");
                }
            }
            Err(why) => {
                if self.failures.is_none() {
                    tracing::warn!(
                        why,
                        "a notification could not be delivered, and is tried again; run 'payoutd notify --test' to see what comes back"
                    );
                }
                let failures = self.failures.map_or(1, |(failures, _)| failures.saturating_add(1));
                self.failures = Some((failures, now.boot));
                let tries = self.memory.waiting.iter().find(|entry| entry.number == number).map_or(0, |it| it.tries);
                let wait = wait_after(tries.saturating_add(1));
                self.again.insert(number, now.boot.plus(wait));
                if let Some(entry) = self.memory.note_failed(number, &why, took + wait, self.settings.retry_for) {
                    tell_given_up(&entry);
                }
            }
        }
        self.again.retain(|number, _| self.memory.waiting.iter().any(|entry| entry.number == *number));
    }

    /// The event that is to be delivered next, where its time has come.
    pub(super) fn next(&self, now: Moment) -> Option<&Entry> {
        let rests = |(failures, last): (u32, BootMoment)| !now.boot.served(last, wait_after(failures).min(NEXT_LETTER));
        if self.failures.is_some_and(rests) {
            return None;
        }
        let is_due = |entry: &&Entry| {
            let due = self.again.get(&entry.number);
            due.is_none_or(|due| due.boot != now.boot.boot || now.boot.ms >= due.ms)
        };
        self.memory.waiting.iter().find(is_due)
    }

    pub(super) fn hand_next(&self, post: &Post, now: Moment) {
        let Some(entry) = self.next(now).filter(|_| post.is_free()) else { return };
        let mut body = serde_json::to_vec(&entry.body).unwrap_or_default();
        body.push(b'\n');
        let way = way(&self.settings);
        post.hand(Letter { number: entry.number, way, body, timeout: self.settings.timeout });
    }

    /// Nothing is handed out before its file says so, unless the disk does not take it: that the disk is full
    /// must be told too.
    pub(super) fn keep(&mut self, ledger: &Ledger) {
        if !std::mem::take(&mut self.changed) {
            return;
        }
        match self.memory.keep(ledger.state()) {
            Ok(()) => {
                self.keeping_failed = false;
                self.kept_at = self.memory.seen.as_ref().map_or(0, |seen| seen.seq);
            }
            Err(error) => {
                if !std::mem::replace(&mut self.keeping_failed, true) {
                    tracing::warn!(
                        "state/{} could not be written: {error}; check the disk; after a restart some notifications may be sent again",
                        crate::notify::memory::FILE
                    );
                }
                // Tried again with the next look.
                self.changed = true;
            }
        }
    }
}

fn tell_given_up(entry: &Entry) {
    tracing::error!(
        id = entry.id,
        event = entry.event,
        tries = entry.tries,
        why = entry.failure,
        "a notification was given up: nobody was told; look at 'payoutd status', and run 'payoutd notify --test' to mend [notify]"
    );
}
