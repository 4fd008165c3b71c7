//! What the real binary asked of the file system, read from strace's words.
//!
//! Must never: pass over a call that it does not understand.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The system calls that are watched: every way to write, flush, name or send.
pub const TRACED: [&str; 28] = [
    "openat",
    "open",
    "creat",
    "write",
    "writev",
    "pwrite64",
    "pwritev",
    "pwritev2",
    "sendto",
    "sendmsg",
    "sendfile",
    "copy_file_range",
    "fallocate",
    "truncate",
    "ftruncate",
    "fsync",
    "fdatasync",
    "syncfs",
    "rename",
    "renameat",
    "renameat2",
    "link",
    "linkat",
    "unlink",
    "unlinkat",
    "mkdir",
    "mkdirat",
    // For `traced::OPEN`.
    "prctl",
];

/// One call that succeeded, in the file system's terms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Call {
    /// Opened; made where it was not there.
    Open {
        path: PathBuf,
        may_make: bool,
        cut: bool,
    },
    Write {
        path: PathBuf,
    },
    Sync {
        path: PathBuf,
    },
    Rename {
        from: PathBuf,
        to: PathBuf,
    },
    Link {
        from: PathBuf,
        to: PathBuf,
    },
    Unlink {
        path: PathBuf,
    },
    /// Bytes that leave over a socket: their beginning.
    Send {
        text: String,
    },
}

/// Reads a whole trace. A line that it does not understand is an error.
pub fn read(trace: &str) -> Result<Vec<Call>, String> {
    let (mut calls, mut begun) = (Vec::new(), BTreeMap::new());
    for line in trace.lines() {
        // Another thread's call came in between: it counts from where it ended.
        let joined = join(line, &mut begun);
        let Some(line) = joined.as_deref() else { continue };
        let said = line.split_once(' ').map_or(line, |(_, rest)| rest.trim_start());
        // What failed changed nothing; signals and ends are no calls.
        if said.starts_with("---") || said.starts_with("+++") {
            continue;
        }
        let (asked, result) = said.rsplit_once(" = ").ok_or_else(|| format!("no end: {line}"))?;
        let (name, rest) = asked.split_once('(').ok_or_else(|| format!("no call: {line}"))?;
        if result.starts_with("-1 ") || result.starts_with('?') {
            continue;
        }
        let arguments = split(rest.trim_end().trim_end_matches(')'));
        calls.extend(call(name, &arguments).ok_or_else(|| format!("not understood: {line}"))?);
    }
    Ok(calls)
}

/// A whole call; `None` while its end is still to come.
fn join(line: &str, begun: &mut BTreeMap<String, String>) -> Option<String> {
    let (process, said) = line.split_once(' ').map(|(process, rest)| (process, rest.trim_start()))?;
    if let Some(beginning) = said.strip_suffix("<unfinished ...>") {
        begun.insert(process.to_string(), beginning.trim_end().to_string());
        return None;
    }
    let Some(resumed) = said.strip_prefix("<... ") else { return Some(line.to_string()) };
    let end = resumed.split_once(" resumed>")?.1;
    Some(format!("{process} {}{end}", begun.remove(process)?))
}

/// `None`: not understood. `Some(None)`: nothing to us.
fn call(name: &str, arguments: &[String]) -> Option<Option<Call>> {
    let at = |place: usize| arguments.get(place).map(String::as_str);
    let path = |folder: usize| named(at(folder)?, at(folder + 1)?);
    Some(match name {
        "open" | "openat" => {
            let flags = at(if name == "open" { 1 } else { 2 })?;
            let (may_make, cut) = (flags.contains("O_CREAT"), flags.contains("O_TRUNC"));
            if !may_make && !cut {
                return Some(None);
            }
            let path = if name == "open" { quoted(at(0)?)? } else { path(0)? };
            Some(Call::Open { path, may_make, cut })
        }
        "write" | "writev" | "pwrite64" | "pwritev" | "ftruncate" => match descriptor(at(0)?)? {
            Descriptor::File(path) => Some(Call::Write { path }),
            Descriptor::Socket => Some(Call::Send { text: at(1)?.to_string() }),
            Descriptor::Other => None,
        },
        "sendto" | "sendmsg" => Some(Call::Send { text: at(1)?.to_string() }),
        "fsync" | "fdatasync" => match descriptor(at(0)?)? {
            Descriptor::File(path) => Some(Call::Sync { path }),
            _ => None,
        },
        "rename" => Some(Call::Rename { from: quoted(at(0)?)?, to: quoted(at(1)?)? }),
        "renameat" | "renameat2" => Some(Call::Rename { from: path(0)?, to: path(2)? }),
        "linkat" => Some(Call::Link { from: path(0)?, to: path(2)? }),
        "unlink" => Some(Call::Unlink { path: quoted(at(0)?)? }),
        "unlinkat" => Some(Call::Unlink { path: path(0)? }),
        // Folders are made once, at the first start, and each is flushed into its parent before it is used.
        "mkdir" | "mkdirat" => None,
        "prctl" => None,
        _ => return None,
    })
}

enum Descriptor {
    File(PathBuf),
    Socket,
    Other,
}

/// `12</path/of/it>`.
fn descriptor(text: &str) -> Option<Descriptor> {
    let inside = text.split_once('<')?.1;
    // A file whose name is gone is nobody's to keep.
    let Some(inside) = inside.strip_suffix('>') else { return Some(Descriptor::Other) };
    Some(match inside {
        socket if socket.starts_with("socket:") || socket.starts_with("TCP:") => Descriptor::Socket,
        path if path.starts_with('/') => Descriptor::File(PathBuf::from(path)),
        _ => Descriptor::Other,
    })
}

/// A name relative to an open folder: `7</folder>`, `"name"`.
fn named(folder: &str, name: &str) -> Option<PathBuf> {
    let folder = folder.split_once('<')?.1.strip_suffix('>')?;
    Some(Path::new(folder).join(quoted(name)?))
}

fn quoted(text: &str) -> Option<PathBuf> {
    text.strip_prefix('"')?.strip_suffix('"').map(PathBuf::from)
}

/// Splits arguments at the commas that stand outside of quotes and brackets.
fn split(arguments: &str) -> Vec<String> {
    let (mut parts, mut part) = (Vec::new(), String::new());
    let (mut depth, mut quote, mut escaped) = (0_usize, false, false);
    for letter in arguments.chars() {
        match letter {
            _ if escaped => escaped = false,
            '\\' if quote => escaped = true,
            '"' => quote = !quote,
            '[' | '{' | '<' if !quote => depth += 1,
            ']' | '}' | '>' if !quote => depth = depth.saturating_sub(1),
            ',' if !quote && depth == 0 => {
                parts.push(part.trim().to_string());
                part.clear();
                continue;
            }
            _ => {}
        }
        part.push(letter);
    }
    parts.push(part.trim().to_string());
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_strace_says_is_read() {
        let trace = r#"7 openat(16</b/inbox>, "a,b.csv", O_RDWR|O_CREAT|O_EXCL, 0640) = 25</b/inbox/a,b.csv>
7 openat(AT_FDCWD</b>, "/etc/x", O_RDONLY) = -1 ENOENT (No such file or directory)
7 write(25</b/inbox/a,b.csv>, "x) = 1, \"y", 10) = 10
7 fsync(25</b/inbox/a,b.csv> <unfinished ...>
8 write(3<anon_inode:[eventfd]>, "x", 1) = 1
7 <... fsync resumed>)          = 0
7 renameat2(28</b/r>, ".t", 29</b/s>, "t", RENAME_NOREPLACE) = 0
7 pwrite64(27</b/gone>(deleted), "x", 1, 0) = 1
7 writev(24<socket:[1]>, [{iov_base="POST /x", iov_len=7}], 1) = 7
7 +++ exited with 0 +++"#;
        let path = |text: &str| PathBuf::from(text);
        let expected = [
            Call::Open { path: path("/b/inbox/a,b.csv"), may_make: true, cut: false },
            Call::Write { path: path("/b/inbox/a,b.csv") },
            Call::Sync { path: path("/b/inbox/a,b.csv") },
            Call::Rename { from: path("/b/r/.t"), to: path("/b/s/t") },
            Call::Send { text: r#"[{iov_base="POST /x", iov_len=7}]"#.to_string() },
        ];
        assert_eq!(read(trace).unwrap(), expected);
        assert!(read("7 splice(1, 2) = 3").is_err(), "an unknown call is not passed over");
    }
}
