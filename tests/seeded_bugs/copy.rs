//! A copy of the product with every seeded bug in it, each behind its switch, its simulation and its own tests.
//!
//! Must never: touch a file of the product; the copy lies in the folder that cargo keeps for tests.

use crate::bugs::Change;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What the copy is made of: the library, the simulation, and what both include.
const PARTS: [&str; 7] = ["Cargo.toml", "Cargo.lock", "LICENSE", "README.md", "src", "systemd", "tests"];
/// The module that says which bug is on.
const SEEDED: &str = include_str!("seeded.rs.txt");

/// The files of the product, by their path from its root, in memory.
pub struct Tree {
    files: BTreeMap<PathBuf, Vec<u8>>,
}

/// The programs that must catch a bug.
pub struct Judges {
    pub simulation: PathBuf,
    /// The library's own tests.
    pub tests: PathBuf,
}

impl Tree {
    pub fn read() -> Tree {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut files = BTreeMap::new();
        for part in PARTS {
            gather(root, Path::new(part), &mut files);
        }
        Tree { files }
    }

    /// Puts one change in place. Its text must be there exactly once; says so when it is not.
    pub fn change(&mut self, bug: &str, change: &Change) -> Result<(), String> {
        let file = self.files.get_mut(Path::new(change.file));
        let file = file.ok_or_else(|| format!("{bug}: there is no {}", change.file))?;
        let text = String::from_utf8_lossy(file);
        let places = text.matches(change.right).count();
        if places != 1 {
            let (name, right) = (change.file, change.right);
            return Err(format!("{bug}: this is {places} times in {name}, not once; write the bug anew:\n{right}"));
        }
        *file = text.replacen(change.right, change.wrong, 1).into_bytes();
        Ok(())
    }

    /// Writes the copy and builds its judges. Only the library and these tests are built: the product's own
    /// program must not be replaced.
    pub fn build(mut self) -> Judges {
        let kept = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let home = kept.join("seeded_bugs");
        self.files.retain(|path, _| path != Path::new("src/main.rs"));
        self.files.insert(PathBuf::from("src/seeded.rs"), SEEDED.as_bytes().to_vec());
        self.append("src/lib.rs", "\npub mod seeded;\n");
        let manifest = String::from_utf8(self.files.remove(Path::new("Cargo.toml")).unwrap()).unwrap();
        let manifest = manifest.replacen("[package]\n", "[package]\nautobins = false\n", 1);
        self.files.insert(PathBuf::from("Cargo.toml"), manifest.into_bytes());
        self.write(&home);

        let mut cargo = Command::new(env!("CARGO"));
        cargo
            .args(["test", "--locked", "--offline", "--lib", "--test", "sim", "--no-run"])
            .args(["--message-format", "json-render-diagnostics"])
            .current_dir(&home)
            .stdin(Stdio::null());
        // What cargo tells this test about the product would make it build dependencies anew.
        for (name, _) in std::env::vars_os() {
            let about_us = ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_", "CARGO_CRATE_"];
            if about_us.iter().any(|prefix| name.to_string_lossy().starts_with(prefix)) {
                cargo.env_remove(name);
            }
        }
        let output = cargo.env("CARGO_TARGET_DIR", kept.parent().unwrap()).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "the copy with the seeded bugs does not build:\n{said}");
        let messages = String::from_utf8_lossy(&output.stdout);
        let program = |kind: &str, name: &str| {
            let built = messages.lines().find_map(|line| {
                let message: serde_json::Value = serde_json::from_str(line).ok()?;
                let ours = message["target"]["name"] == name && message["target"]["kind"][0] == kind;
                message["executable"].as_str().filter(|_| ours).map(PathBuf::from)
            });
            built.unwrap_or_else(|| panic!("cargo does not name the tests of {name} that it built"))
        };
        Judges { simulation: program("test", "sim"), tests: program("lib", "payoutd") }
    }

    fn append(&mut self, file: &str, text: &str) {
        self.files.get_mut(Path::new(file)).unwrap().extend_from_slice(text.as_bytes());
    }

    /// Leaves alone what is there already, so that cargo builds only what changed.
    fn write(&self, home: &Path) {
        for (path, bytes) in &self.files {
            let place = home.join(path);
            if std::fs::read(&place).is_ok_and(|there| there == *bytes) {
                continue;
            }
            std::fs::create_dir_all(place.parent().unwrap()).unwrap();
            std::fs::write(&place, bytes).unwrap();
        }
    }
}

fn gather(root: &Path, part: &Path, files: &mut BTreeMap<PathBuf, Vec<u8>>) {
    let place = root.join(part);
    if place.is_dir() {
        let mut names: Vec<_> = std::fs::read_dir(&place).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        names.retain(|name| name != "target" && name != "artifacts" && name != "corpus");
        names.iter().for_each(|name| gather(root, &part.join(name), files));
    } else if place.is_file() {
        files.insert(part.to_path_buf(), std::fs::read(&place).unwrap());
    }
}
