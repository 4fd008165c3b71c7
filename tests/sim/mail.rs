//! What lands in the inbox, and the memory of what was dropped.
//!
//! Must never: drop a name that lies in the inbox already, or ask for what nobody promises (see
//! `payroll`): once a ledger has forgotten batches, their people are only paid again under the same
//! references.

use crate::chance::Chance;
use crate::house::House;
use crate::payroll::{Row, broken, file, payrolls, read, renamed, rewritten};
use crate::world::World;

pub struct Dropped {
    pub name: String,
    pub content: String,
}

pub struct Mail {
    payrolls: Vec<Vec<Row>>,
    /// How many of them were dropped.
    next: usize,
    pub dropped: Vec<Dropped>,
    /// An older ledger was put in place some time: what it forgot is not asked for under new names.
    forgot: bool,
    restored: u64,
    number: u64,
}

impl Mail {
    pub fn new(world: &World) -> Mail {
        let mut chance = Chance::stream(world.seed, 4);
        Mail { payrolls: payrolls(&mut chance), next: 0, dropped: Vec::new(), forgot: false, restored: 0, number: 0 }
    }

    /// What a ledger forgot is asked for again by a person who has looked: under the same references
    /// only, and nobody whom something else has paid.
    fn may_be_asked_again(&self, house: &House, rows: &[Row]) -> bool {
        let debits = house.bank.debits();
        let elsewhere = |row: &Row| debits.iter().any(|d| d.whom == row.whom && d.reference != row.reference);
        let new_name = |row: &Row| row.reference.starts_with('N');
        !self.forgot || !rows.iter().any(|row| new_name(row) || elsewhere(row))
    }

    /// A person takes out of the inbox what must not be asked of a ledger that forgot.
    pub fn ledger_was_restored(&mut self, house: &House) {
        self.forgot = true;
        self.restored = house.bank.now();
        house.bank.may_go_blind.set(false);
        for folder in ["inbox", "processing"] {
            for name in house.names(folder) {
                let path = house.batches(folder).join(&name);
                let content = std::fs::read_to_string(&path).unwrap();
                if self.may_be_asked_again(house, &read(&content)) {
                    continue;
                }
                house.record.note(format_args!("a person takes {name} out of {folder}/"));
                std::fs::remove_file(&path).unwrap();
                let place = self.dropped.iter().rposition(|dropped| dropped.content == content).unwrap();
                self.dropped.remove(place);
            }
        }
    }

    /// When an older ledger was put in place last.
    pub fn restored(&self) -> u64 {
        self.restored
    }

    pub fn forgot(&self) -> bool {
        self.forgot
    }

    pub fn next_chapter_wants_no_process(&self, chance: &mut Chance) -> bool {
        chance.one_in(2)
    }

    /// How the chapters begin: with a payroll, or with what came back of the last.
    pub fn first_of_chapter(&mut self, house: &mut House, chance: &mut Chance, chapter: u64) {
        self.payroll(house, chance);
        if chapter > 0 {
            for _ in 0..chance.between(1, 4) {
                self.drop_again(house, chance);
            }
        }
    }

    pub fn drop_something(&mut self, house: &mut House, chance: &mut Chance) {
        if self.next < self.payrolls.len() && chance.one_in(2) {
            self.payroll(house, chance);
        } else {
            self.drop_again(house, chance);
        }
    }

    /// The next payroll, if there is one.
    pub fn payroll(&mut self, house: &mut House, chance: &mut Chance) {
        let Some(rows) = self.payrolls.get(self.next).cloned() else { return };
        self.next += 1;
        let style = chance.below(6);
        self.put(house, "paie", &file(&rows, style));
    }

    /// What people do with files that were there before.
    fn drop_again(&mut self, house: &mut House, chance: &mut Chance) {
        let Some(rows) = (self.next > 0).then(|| chance.pick(&self.payrolls[..self.next]).clone()) else { return };
        match chance.below(12) {
            0 | 1 if !self.dropped.is_empty() => {
                let content = chance.pick(&self.dropped).content.clone();
                self.put(house, "encore", &content);
            }
            // What a ledger forgot is known to MonCash by the very letters of the reference only.
            2 if !self.forgot => self.put(house, "excel", &file(&rewritten(&rows), 0)),
            3 => {
                let some = usize::try_from(chance.between(1, rows.len() as u64)).unwrap();
                self.put(house, "partie", &file(&rows[..some], 1));
            }
            4 => self.put(house, "faux", &broken(&rows, chance)),
            5 | 6 if !self.forgot => {
                self.number += 1;
                self.put(house, "renomme", &file(&renamed(&rows, self.number), chance.below(6)));
            }
            7 => self.offered(house, chance, "rejected", ".new.csv"),
            _ => self.offered(house, chance, "reports", ".retry.csv"),
        }
    }

    /// Drops what payoutd offers: as it is, or edited as people do.
    fn offered(&mut self, house: &mut House, chance: &mut Chance, folder: &str, ending: &str) {
        let names: Vec<String> = house.names(folder).into_iter().filter(|name| name.ends_with(ending)).collect();
        let Some(name) = (!names.is_empty()).then(|| chance.pick(&names).clone()) else { return };
        let text = std::fs::read_to_string(house.batches(folder).join(&name)).unwrap();
        let mut rows = read(&text);
        match chance.below(8) {
            0 if !self.forgot => {
                // Somebody clears the column that he does not understand.
                rows.iter_mut().for_each(|row| row.retry_of.clear());
                self.put(house, "efface", &file(&rows, 0));
            }
            1 if !self.forgot => {
                // A smaller amount, or another number of the same person; the same edit each time, so
                // that two of them are the same payment.
                for row in &mut rows {
                    row.centimes -= 500;
                    row.receiver += 1_000_000;
                }
                self.put(house, "corrige", &file(&rows, 0));
            }
            2 => {
                // The reference is changed by hand, the column kept.
                for row in rows.iter_mut().filter(|row| !row.retry_of.is_empty()) {
                    row.reference = format!("{}-bis", row.retry_of);
                }
                if !self.forgot {
                    self.put(house, "bis", &file(&rows, 0));
                }
            }
            _ => self.put(house, "retry", &text),
        }
    }

    /// Puts a file into the inbox, written elsewhere and renamed.
    fn put(&mut self, house: &mut House, stem: &str, content: &str) {
        if !self.may_be_asked_again(house, &read(content)) {
            return;
        }
        self.number += 1;
        // Names come back, as they do: `paie.csv` every month.
        let inbox = house.batches("inbox");
        let mut name = format!("{stem}.csv");
        if inbox.join(&name).exists() {
            name = format!("{stem}-{}.csv", self.number);
        }
        let elsewhere = house.folder.path().join("being-written");
        std::fs::write(&elsewhere, content).unwrap();
        // Files are taken by their age, and the machine's own clock is nobody's seed.
        let age = std::time::Duration::from_millis(house.bank.now()) + std::time::Duration::from_nanos(self.number);
        let file = std::fs::File::options().write(true).open(&elsewhere).unwrap();
        file.set_modified(std::time::UNIX_EPOCH + age).unwrap();
        drop(file);
        std::fs::rename(&elsewhere, inbox.join(&name)).unwrap();
        house.record.note(format_args!("dropped {name}: {}", content.replace('\n', " | ")));
        house.record.count(|counts| {
            counts.files += 1;
            counts.rows += u64::try_from(content.lines().count().saturating_sub(1)).unwrap();
        });
        self.dropped.push(Dropped { name, content: content.to_string() });
    }
}
