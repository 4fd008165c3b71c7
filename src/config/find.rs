//! Which configuration file is used: the one named, else `./payoutd.toml`, else
//! `/etc/payoutd/payoutd.toml`.
//!
//! Must never: fall back to another file when the one that was named is missing.

use std::path::{Path, PathBuf};

/// Looked for in the working directory.
pub const HERE: &str = "payoutd.toml";
/// Looked for last: where the package puts it.
pub const SYSTEM: &str = "/etc/payoutd/payoutd.toml";

/// The file to use; `None` when none is named and neither usual place has one. A named file need
/// not exist here: reading it says so.
pub fn find(named: Option<&Path>) -> Option<PathBuf> {
    find_among(named, &[Path::new(HERE), Path::new(SYSTEM)])
}

fn find_among(named: Option<&Path>, usual: &[&Path]) -> Option<PathBuf> {
    // A usual place that exists but cannot be looked at counts as present: reading it tells why,
    // where passing over it would start with another file's settings.
    let present = |path: &Path| path.try_exists().unwrap_or(true);
    named.or_else(|| usual.iter().copied().find(|path| present(path))).map(Path::to_path_buf)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_named_file_wins_even_when_it_is_missing() {
        let folder = tempfile::tempdir().expect("folder");
        let (here, system) = (folder.path().join("here.toml"), folder.path().join("system.toml"));
        let usual = [here.as_path(), system.as_path()];
        assert_eq!(find_among(None, &usual), None);
        std::fs::write(&system, "").expect("write");
        assert_eq!(find_among(None, &usual), Some(system.clone()));
        std::fs::write(&here, "").expect("write");
        assert_eq!(find_among(None, &usual), Some(here.clone()));
        let named = folder.path().join("missing.toml");
        assert_eq!(find_among(Some(&named), &usual), Some(named.clone()));
    }
}
