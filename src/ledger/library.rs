//! Which SQLite works here, and since which one two connections may write to a write-ahead log.
//!
//! Must never: let an older one pass for good.

/// Before 3.51.3 SQLite could damage a database whose write-ahead log was reset by one connection while another
/// one wrote ("WAL-reset bug"). A daemon and a command at its side are two such connections.
const LEAST: (u32, u32, u32) = (3, 51, 3);

/// The version of the SQLite in this program, as SQLite tells it.
pub fn sqlite_version() -> &'static str {
    rusqlite::version()
}

/// The first version that may write to a ledger.
pub fn least_sqlite() -> String {
    format!("{}.{}.{}", LEAST.0, LEAST.1, LEAST.2)
}

/// Whether a version such as `3.40.1` may write to a ledger. What is no version may not.
pub fn sqlite_may_write(version: &str) -> bool {
    parse(version).is_some_and(|version| version >= LEAST)
}

fn parse(version: &str) -> Option<(u32, u32, u32)> {
    let mut parts = version.trim().split('.').map(|part| part.parse().ok());
    let (major, minor) = (parts.next()??, parts.next()??);
    // 3.51 is 3.51.0.
    let patch = parts.next().unwrap_or(Some(0))?;
    Some((major, minor, patch))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_sqlite_that_could_damage_a_ledger_is_told_from_one_that_could_not() {
        for good in ["3.51.3", "3.51.10", "3.52.0", "3.53", "4.0.0"] {
            assert!(sqlite_may_write(good), "{good}");
        }
        for bad in ["3.51.2", "3.40.1", "3.9.99", "3.51", "2.99.99", "", "new", "3.x.1"] {
            assert!(!sqlite_may_write(bad), "{bad}");
        }
        assert!(sqlite_may_write(sqlite_version()), "{}", sqlite_version());
    }
}
