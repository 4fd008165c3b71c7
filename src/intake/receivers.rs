//! A set of MonCash numbers in bounded memory: one bit for each of the hundred million numbers that there
//! can be, in pages that are made when they are needed. 12.5 MB and a table of 200 KB at the very most, however
//! many rows a file has; 250 people take some 300 KB.
//!
//! Must never: forget a number, or grow with the rows.

use crate::payout::instruction::Account;

/// Numbers of eight digits.
const NUMBERS: usize = 100_000_000;
/// Numbers of one page: 512 bytes.
const PAGE: usize = 4_096;
const WORD: usize = 64;

type Page = Box<[u64; PAGE / WORD]>;

/// Numbers, each in or not.
#[derive(Debug, Default)]
pub struct Receivers {
    pages: Vec<Option<Page>>,
}

/// Where a number's bit is: its page, its word in it, and the bit.
fn place(account: Account) -> (usize, usize, u64) {
    let number = usize::try_from(account.local()).unwrap_or(0) % NUMBERS;
    (number / PAGE, number % PAGE / WORD, 1 << (number % WORD))
}

impl Receivers {
    /// Puts a number in; false where it was in already.
    pub fn insert(&mut self, account: Account) -> bool {
        let (page, word, bit) = place(account);
        if self.pages.is_empty() {
            self.pages.resize_with(NUMBERS.div_ceil(PAGE), || None);
        }
        let Some(page) = self.pages.get_mut(page) else { return false };
        let Some(word) = page.get_or_insert_with(|| Box::new([0; PAGE / WORD])).get_mut(word) else { return false };
        let new = *word & bit == 0;
        *word |= bit;
        new
    }

    pub fn contains(&self, account: Account) -> bool {
        let (page, word, bit) = place(account);
        let page = self.pages.get(page).and_then(Option::as_ref);
        page.and_then(|page| page.get(word)).is_some_and(|word| word & bit != 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Receivers {
        /// Bytes that it takes in memory, about.
        fn bytes(&self) -> usize {
            let pages = self.pages.iter().flatten().count();
            pages * PAGE / 8 + self.pages.capacity() * size_of::<Option<Page>>()
        }
    }

    fn account(local: u32) -> Account {
        Account::from_local(local).unwrap()
    }

    #[test]
    fn a_number_is_in_once_and_its_neighbours_are_not() {
        let mut all = Receivers::default();
        assert!(!all.contains(account(37_007_294)));
        assert!(all.insert(account(37_007_294)) && !all.insert(account(37_007_294)));
        assert!(all.contains(account(37_007_294)));
        assert!(!all.contains(account(37_007_293)) && !all.contains(account(37_007_295)));
    }

    #[test]
    fn a_million_people_take_no_more_than_thirteen_megabytes() {
        let mut all = Receivers::default();
        // Spread over all numbers: the worst case for pages.
        for n in 0..1_000_000_u32 {
            all.insert(account(10_000_000 + n * 89 % 89_000_000));
        }
        assert!(all.bytes() < 13_000_000, "{}", all.bytes());
        let mut few = Receivers::default();
        for n in 0..250_u32 {
            few.insert(account(30_000_000 + n * 79_999));
        }
        assert!(few.bytes() < 400_000, "{}", few.bytes());
    }
}
