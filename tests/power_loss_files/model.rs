//! Every state in which a power cut may leave the folders, from the calls that were made.
//!
//! The model is a file system that keeps names in their order, as ext4, xfs and btrfs do, and promises
//! nothing else: of the names made, moved and removed, a beginning is on disk, at least up to the last
//! one whose folder was flushed; a file is whole only once it was flushed after its last write.
//!
//! Must never: take a rename for a flush.

use super::calls::Call;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// A step in the life of a name.
#[derive(Clone, Debug)]
enum Step {
    Made(PathBuf, usize),
    Moved(PathBuf, PathBuf),
    Gone(PathBuf),
}

#[derive(Clone, Debug)]
struct Inode {
    /// Written since it was flushed: a power cut may leave anything of it.
    dirty: bool,
}

/// The folders of one house, as the calls change them.
pub struct Model {
    inodes: Vec<Inode>,
    steps: Vec<Step>,
    /// So many steps are surely on disk.
    sure: usize,
    /// What was there before the first of `steps`.
    base: BTreeMap<PathBuf, usize>,
    folder: PathBuf,
    /// Files that people dropped: each must always have a name.
    dropped: Vec<usize>,
    pub states: u64,
    pub sends: u64,
    pub commits: u64,
}

impl Model {
    /// A house with files in its inbox that nobody flushed.
    pub fn new(folder: &Path, dropped: &[&str]) -> Model {
        let mut model = Model {
            inodes: Vec::new(),
            steps: Vec::new(),
            sure: 0,
            base: BTreeMap::new(),
            folder: folder.to_path_buf(),
            dropped: Vec::new(),
            states: 0,
            sends: 0,
            commits: 0,
        };
        for name in dropped {
            let inode = model.inode(true);
            model.base.insert(folder.join("batches/inbox").join(name), inode);
            model.dropped.push(inode);
        }
        model
    }

    fn inode(&mut self, dirty: bool) -> usize {
        self.inodes.push(Inode { dirty });
        self.inodes.len() - 1
    }

    /// The names after so many steps.
    fn names(&self, steps: usize) -> BTreeMap<PathBuf, usize> {
        let mut names = self.base.clone();
        for step in &self.steps[..steps] {
            match step {
                Step::Made(path, inode) => drop(names.insert(path.clone(), *inode)),
                Step::Moved(from, to) => {
                    if let Some(inode) = names.remove(from) {
                        names.insert(to.clone(), inode);
                    }
                }
                Step::Gone(path) => drop(names.remove(path)),
            }
        }
        names
    }

    fn found(&mut self, path: &Path) -> usize {
        if let Some(inode) = self.names(self.steps.len()).get(path) {
            return *inode;
        }
        // It was there before anybody looked.
        let inode = self.inode(false);
        self.base.insert(path.to_path_buf(), inode);
        inode
    }

    /// Takes one call, and judges what a power cut right after it may leave.
    pub fn take(&mut self, call: &Call) -> Result<(), String> {
        match call {
            Call::Send { text } => return self.judge_send(text),
            Call::Sync { path } if !self.is_ours(path) => return Ok(()),
            Call::Sync { path } => self.flush(path)?,
            Call::Open { path, .. } | Call::Write { path } | Call::Unlink { path } if !self.is_ours(path) => {
                return Ok(());
            }
            Call::Open { path, may_make, cut } => self.open(path, *may_make, *cut),
            Call::Write { path } => {
                let inode = self.found(path);
                self.inodes[inode].dirty = true;
            }
            Call::Rename { from, to } => {
                self.found(from);
                self.steps.push(Step::Moved(from.clone(), to.clone()));
            }
            Call::Link { from, to } => {
                let inode = self.found(from);
                self.steps.push(Step::Made(to.clone(), inode));
            }
            Call::Unlink { path } => self.steps.push(Step::Gone(path.clone())),
        }
        self.judge().map_err(|wrong| format!("after {call:?}: {wrong}"))
    }

    fn is_ours(&self, path: &Path) -> bool {
        path.starts_with(&self.folder) && !ends_with(path, "-shm")
    }

    fn open(&mut self, path: &Path, may_make: bool, cut: bool) {
        let there = self.names(self.steps.len()).get(path).copied();
        match there {
            Some(inode) if cut => self.inodes[inode].dirty = true,
            None if may_make => {
                // Empty, which nobody asked to be kept yet.
                let inode = self.inode(true);
                self.steps.push(Step::Made(path.to_path_buf(), inode));
            }
            _ => {}
        }
    }

    fn flush(&mut self, path: &Path) -> Result<(), String> {
        let touches = |name: &Path| name.parent() == Some(path);
        let last = self.steps.iter().rposition(|step| match step {
            Step::Made(name, _) | Step::Gone(name) => touches(name),
            // Only the new place makes sure that the file has one.
            Step::Moved(_, to) => touches(to),
        });
        self.sure = self.sure.max(last.map_or(0, |last| last + 1));
        if let Some(inode) = self.names(self.steps.len()).get(path).copied() {
            self.inodes[inode].dirty = false;
            if ends_with(path, ".sqlite3-wal") {
                self.commits += 1;
                self.judge_commit()?;
            }
        }
        self.settle();
        Ok(())
    }

    /// Forgets the steps that are surely on disk.
    fn settle(&mut self) {
        self.base = self.names(self.sure);
        self.steps.drain(..self.sure);
        self.sure = 0;
    }

    /// Every state that a power cut may leave now.
    fn judge(&mut self) -> Result<(), String> {
        for steps in self.sure..=self.steps.len() {
            self.states += 1;
            let names = self.names(steps);
            for (path, inode) in names.iter().filter(|(path, _)| must_be_whole(path)) {
                // A file in the inbox is still its owner's to flush.
                if self.inodes[*inode].dirty && !in_folder(path, "inbox") {
                    return Err(format!("{} may be left half written, or empty", path.display()));
                }
            }
            for dropped in &self.dropped {
                let places: Vec<&PathBuf> =
                    names.iter().filter(|(_, inode)| *inode == dropped).map(|(path, _)| path).collect();
                if places.len() != 1 {
                    return Err(format!("a dropped file may lie in {} places: {places:?}", places.len()));
                }
            }
            judge_companions(&names)?;
        }
        Ok(())
    }

    /// A commit must not know more than the folders: a report that the ledger calls written, a file
    /// that it has admitted.
    fn judge_commit(&self) -> Result<(), String> {
        match self.unsure_name() {
            Some(path) => Err(format!("a commit is on disk before {} surely has its name", path.display())),
            None => Ok(()),
        }
    }

    fn unsure_name(&self) -> Option<&PathBuf> {
        self.steps[self.sure..].iter().find_map(|step| match step {
            Step::Made(path, _) | Step::Moved(_, path) | Step::Gone(path) => must_be_whole(path).then_some(path),
        })
    }

    /// A Transfert leaves only when its intent, and all that led to it, is on disk.
    fn judge_send(&mut self, text: &str) -> Result<(), String> {
        if !text.contains("/v1/Transfert ") {
            return Ok(());
        }
        self.sends += 1;
        let names = self.names(self.steps.len());
        let mut logs = names.iter().filter(|(path, _)| ends_with(path, ".sqlite3-wal"));
        if logs.any(|(_, inode)| self.inodes[*inode].dirty) {
            return Err("a Transfert left while the ledger's log was not flushed".to_string());
        }
        if self.commits == 0 {
            return Err("a Transfert left before any commit".to_string());
        }
        self.judge_commit()
    }

    /// Nothing that was done is left to luck when the process ends well.
    pub fn judge_end(&self) -> Result<(), String> {
        self.judge_commit().map_err(|wrong| format!("at the end: {wrong}"))
    }
}

/// Files that people and the next start rely on. The database and its logs are the other harness's
/// business (tests/power_loss); drafts, sorting files and `live.json` are nobody's to keep.
fn must_be_whole(path: &Path) -> bool {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let in_state = in_folder(path, "state");
    let ours_alone = name.starts_with('.') || name.ends_with(".new") || name == "payoutd.toml";
    // The mark is overwritten in place, whole within one sector, and may be an older one.
    !ours_alone
        && !(in_state && (name.starts_with("ledger.sqlite3") || name.starts_with("sorting-")))
        && !name.ends_with("-journal")
        && !(in_state && (name == "live.json" || name == "high-water"))
}

/// A rejected file lies beside its errors file, a summary beside its report.
fn judge_companions(names: &BTreeMap<PathBuf, usize>) -> Result<(), String> {
    for path in names.keys() {
        let text = path.to_string_lossy();
        let companion = if in_folder(path, "rejected") && text.ends_with(".csv") && !text.ends_with(".errors.csv") {
            format!("{text}.errors.csv")
        } else if let Some(stem) = text.strip_suffix(".summary.txt") {
            format!("{stem}.report.csv")
        } else {
            continue;
        };
        let is_draft = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        let other_rows = text.ends_with(".new.csv");
        if !is_draft && !other_rows && !names.contains_key(Path::new(&companion)) {
            return Err(format!("{text} may lie there without {companion}"));
        }
    }
    Ok(())
}

fn in_folder(path: &Path, folder: &str) -> bool {
    path.parent().and_then(Path::file_name).is_some_and(|name| name == folder)
}

fn ends_with(path: &Path, ending: &str) -> bool {
    path.to_string_lossy().ends_with(ending)
}
