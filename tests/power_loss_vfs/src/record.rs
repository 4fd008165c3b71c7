//! What was done to a disk, and what lies on one.
//!
//! Must never: know of SQLite; these are names, bytes and syncs.

use std::collections::BTreeMap;
use std::sync::Arc;

/// One operation, as the process asked for it. Files are told by number: a name that is deleted and
/// made again is another file.
#[derive(Clone, Debug)]
pub enum Op {
    /// A name for a new, empty file. `synced`: the folder was flushed by whoever made it.
    Create {
        name: String,
        file: u64,
        synced: bool,
    },
    /// The name goes. `synced`: the folder was flushed with it.
    Delete {
        name: String,
        synced: bool,
    },
    Write {
        file: u64,
        at: u64,
        bytes: Arc<[u8]>,
    },
    Truncate {
        file: u64,
        size: u64,
    },
    /// The file was flushed; with `folder` the names were, too.
    Sync {
        file: u64,
        folder: bool,
    },
    /// The flush failed. What it was to flush is in nobody's care any more: the kernel takes it for
    /// clean, so that a later flush that succeeds does not write it.
    SyncFailed {
        file: u64,
    },
    /// A file of the ordinary file system was found to hold this now.
    Outside {
        bytes: Arc<[u8]>,
    },
    /// The test heard of a success here.
    Mark,
}

impl Op {
    pub fn is_mark(&self) -> bool {
        matches!(self, Op::Mark)
    }

    pub fn is_sync(&self) -> bool {
        matches!(self, Op::Sync { .. })
    }
}

/// Names and contents. Cheap to copy: contents are shared until one of them changes.
#[derive(Clone, Debug, Default)]
pub struct Image {
    pub(crate) names: BTreeMap<String, u64>,
    pub(crate) files: BTreeMap<u64, Arc<Vec<u8>>>,
}

impl Image {
    /// Names and sizes, for a message.
    pub fn list(&self) -> Vec<(&str, usize)> {
        self.names.iter().map(|(name, file)| (name.as_str(), self.size(*file))).collect()
    }

    pub fn holds(&self, name: &str) -> bool {
        self.names.contains_key(name)
    }

    pub(crate) fn size(&self, file: u64) -> usize {
        self.files.get(&file).map_or(0, |bytes| bytes.len())
    }

    pub(crate) fn write(&mut self, file: u64, at: u64, bytes: &[u8]) {
        let at = usize::try_from(at).expect("an offset that fits");
        let content = Arc::make_mut(self.files.entry(file).or_default());
        if content.len() < at + bytes.len() {
            content.resize(at + bytes.len(), 0);
        }
        content[at..at + bytes.len()].copy_from_slice(bytes);
    }

    pub(crate) fn truncate(&mut self, file: u64, size: u64) {
        let size = usize::try_from(size).expect("a size that fits");
        Arc::make_mut(self.files.entry(file).or_default()).resize(size, 0);
    }

    /// Does it as if nothing ever went wrong.
    pub(crate) fn apply(&mut self, op: &Op) {
        match op {
            Op::Create { name, file, .. } => {
                self.names.insert(name.clone(), *file);
                self.files.entry(*file).or_default();
            }
            Op::Delete { name, .. } => {
                self.names.remove(name);
            }
            Op::Write { file, at, bytes } => self.write(*file, *at, bytes),
            Op::Truncate { file, size } => self.truncate(*file, *size),
            Op::Sync { .. } | Op::SyncFailed { .. } | Op::Outside { .. } | Op::Mark => {}
        }
    }

    /// Without the contents that no name leads to.
    pub(crate) fn swept(mut self) -> Image {
        let named: Vec<u64> = self.names.values().copied().collect();
        self.files.retain(|file, _| named.contains(file));
        self
    }
}

/// A run: what lay there, all of it on disk, and what was done since.
#[derive(Clone, Debug, Default)]
pub struct Trace {
    pub base: Image,
    pub ops: Vec<Op>,
}
