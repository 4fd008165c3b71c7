//! Where in a ledger's file what lies: reads SQLite's pages as its file format describes them
//! (<https://www.sqlite.org/fileformat2.html>), without SQLite, so that every byte is known to be
//! business data, a tree's own bookkeeping, or free.
//!
//! Must never: be used on a file that was damaged already.

use std::collections::BTreeMap;

/// What a byte of the file is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Use {
    /// The first 100 bytes.
    FileHeader,
    /// A page's own header and its list of cells.
    Tree,
    /// A row or an index entry.
    Cell,
    /// Nobody's: between cells, or on a page of the freelist.
    Free,
}

pub struct Map {
    pub page_size: usize,
    /// Table or index that owns each page; "" for the freelist.
    pub owners: Vec<String>,
    uses: Vec<Use>,
}

impl Map {
    /// `roots`: name and root page of everything in the schema.
    pub fn of(file: &[u8], roots: &[(String, usize)]) -> Map {
        let page_size = match usize::from(u16::from_be_bytes([file[16], file[17]])) {
            1 => 65_536,
            size => size,
        };
        let pages = file.len() / page_size;
        let mut map = Map { page_size, owners: vec![String::new(); pages], uses: vec![Use::Free; file.len()] };
        map.mark(0, 100, Use::FileHeader);
        for (name, root) in roots {
            map.tree(file, *root, name);
        }
        map
    }

    pub fn pages(&self) -> usize {
        self.owners.len()
    }

    pub fn use_of(&self, offset: usize) -> Use {
        self.uses[offset]
    }

    pub fn owner_of(&self, offset: usize) -> &str {
        &self.owners[offset / self.page_size]
    }

    /// Every byte, by what it is for and to whom it belongs.
    pub fn strata(&self) -> BTreeMap<(Use, String), Vec<usize>> {
        let mut strata: BTreeMap<(Use, String), Vec<usize>> = BTreeMap::new();
        for (offset, of) in self.uses.iter().enumerate() {
            strata.entry((*of, self.owner_of(offset).to_string())).or_default().push(offset);
        }
        strata
    }

    fn mark(&mut self, from: usize, length: usize, of: Use) {
        self.uses[from..from + length].fill(of);
    }

    fn tree(&mut self, file: &[u8], page: usize, name: &str) {
        let start = (page - 1) * self.page_size;
        self.owners[page - 1] = name.to_string();
        let head = start + if page == 1 { 100 } else { 0 };
        let kind = file[head];
        let interior = kind == 2 || kind == 5;
        let cells = usize::from(u16::from_be_bytes([file[head + 3], file[head + 4]]));
        let head_length = if interior { 12 } else { 8 };
        self.mark(head, head_length + 2 * cells, Use::Tree);
        if interior {
            self.tree(file, number(file, head + 8), name);
        }
        for cell in 0..cells {
            let at = head + head_length + 2 * cell;
            let place = start + usize::from(u16::from_be_bytes([file[at], file[at + 1]]));
            self.cell(file, place, kind, name);
        }
    }

    fn cell(&mut self, file: &[u8], start: usize, kind: u8, name: &str) {
        let mut at = start;
        if kind == 2 || kind == 5 {
            self.tree(file, number(file, at), name);
            at += 4;
        }
        if kind == 5 {
            let (_, length) = varint(file, at);
            self.mark(start, at + length - start, Use::Cell);
            return;
        }
        let (payload, length) = varint(file, at);
        at += length;
        if kind == 13 {
            at += varint(file, at).1;
        }
        let local = self.local(payload, kind);
        self.mark(start, (at + local - start).max(4), Use::Cell);
        let mut left = payload - local;
        if left == 0 {
            return;
        }
        self.mark(at + local, 4, Use::Cell);
        let mut page = number(file, at + local);
        while page != 0 && left > 0 {
            let from = (page - 1) * self.page_size;
            self.owners[page - 1] = name.to_string();
            let here = left.min(self.page_size - 4);
            self.mark(from, 4 + here, Use::Cell);
            left -= here;
            page = number(file, from);
        }
    }

    /// How much of a payload lies in the cell itself.
    fn local(&self, payload: usize, kind: u8) -> usize {
        let usable = self.page_size;
        let most = if kind == 13 { usable - 35 } else { (usable - 12) * 64 / 255 - 23 };
        if payload <= most {
            return payload;
        }
        let least = (usable - 12) * 32 / 255 - 23;
        let fits = least + (payload - least) % (usable - 4);
        if fits <= most { fits } else { least }
    }
}

fn number(file: &[u8], at: usize) -> usize {
    u32::from_be_bytes([file[at], file[at + 1], file[at + 2], file[at + 3]]) as usize
}

/// SQLite's variable-length integer and how many bytes it takes.
fn varint(file: &[u8], at: usize) -> (usize, usize) {
    let mut value = 0;
    for place in 0..8 {
        let byte = file[at + place];
        value = value << 7 | usize::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            return (value, place + 1);
        }
    }
    (value << 8 | usize::from(file[at + 8]), 9)
}
