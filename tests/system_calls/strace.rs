//! strace: which calls a run makes, and how one of them is spoilt.
//!
//! A signal is injected when the call is *entered*, and a SIGKILL there means that the kernel never
//! carries the call out: so a kill at the n-th call and one at the (n+1)-th are its two sides.
//! (`the_knife_falls_before_the_call` in main.rs shows it.) Calls are counted by kind and by thread.
//!
//! Must never: spoil a process but the one it started.

use std::path::Path;
use std::process::{Command, Stdio};
use support::traced::OPEN;

/// Every kind of call that changes what others can see: files, folders, sockets. `open` and `openat`
/// count where they create.
const KINDS: &str = "write,pwrite64,writev,pwritev,pwritev2,fsync,fdatasync,sync_file_range,sync,syncfs,msync,\
    ftruncate,truncate,fallocate,copy_file_range,sendfile,rename,renameat,renameat2,link,linkat,symlink,symlinkat,\
    unlink,unlinkat,mkdir,mkdirat,rmdir,mknod,mknodat,chmod,fchmod,fchmodat,chown,fchown,fchownat,utimensat,\
    open,openat,creat,socket,bind,connect,sendto,sendmsg,sendmmsg,shutdown";
/// For [`OPEN`], and never spoilt.
const OPENING: &str = "prctl";

/// One call of a run.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Call {
    pub kind: String,
    /// The n-th of its kind in its thread.
    pub n: u32,
    /// What it touched, for people.
    pub what: String,
}

/// What befalls a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Blow {
    /// SIGKILL, before it is carried out.
    Kill,
    /// SIGTERM, before it is carried out; the call itself is.
    Stop,
    /// It fails with this, and is not carried out.
    Fails(&'static str),
    /// It and all later ones of its kind fail.
    FailsFromHereOn(&'static str),
    /// It writes nothing and says so: the shortest of short writes.
    Short,
}

impl Blow {
    fn inject(self, call: &Call) -> String {
        let Call { kind, n, .. } = call;
        match self {
            Blow::Kill => format!("inject={kind}:signal=SIGKILL:when={n}"),
            Blow::Stop => format!("inject={kind}:signal=SIGTERM:when={n}"),
            Blow::Fails(error) => format!("inject={kind}:error={error}:when={n}"),
            Blow::FailsFromHereOn(error) => format!("inject={kind}:error={error}:when={n}+"),
            Blow::Short => format!("inject={kind}:retval=0:when={n}"),
        }
    }
}

/// Why calls cannot be spoilt here, if they cannot.
pub fn missing() -> Option<String> {
    let tried = Command::new("strace")
        .args(["-f", "-qq", "-e", "trace=write", "-o", "/dev/null", "true"])
        .stdin(Stdio::null())
        .output();
    match tried {
        Err(error) => Some(format!("strace cannot be started ({error})")),
        Ok(out) if out.status.success() => None,
        Ok(out) => Some(format!("strace may not trace here: {}", String::from_utf8_lossy(&out.stderr).trim())),
    }
}

/// The words before the program that write its calls into `trace`.
pub fn watching(trace: &Path) -> Vec<String> {
    let words = ["strace", "-f", "-qq", "-y", "-e", "signal=none", "-e"];
    let mut words: Vec<String> = words.iter().map(ToString::to_string).collect();
    words.extend([format!("trace={KINDS},{OPENING}"), "-o".to_string(), trace.display().to_string()]);
    words.extend(OPEN.map(str::to_string));
    words
}

/// As [`watching`], and spoils one call.
pub fn spoiling(trace: &Path, call: &Call, blow: Blow) -> Vec<String> {
    let mut words = watching(trace);
    words.extend(["-e".to_string(), blow.inject(call)]);
    words
}

/// The calls of the program's first thread in a trace, in order. Opening what exists is counted, as
/// strace counts it, and left out.
pub fn calls(trace: &str, house: &Path) -> Vec<Call> {
    let house = house.display().to_string();
    let mut counts = std::collections::BTreeMap::<&str, u32>::new();
    let mut calls = Vec::new();
    let first = trace.split_whitespace().next().unwrap_or_default();
    for line in trace.lines() {
        let Some((pid, rest)) = line.split_once(' ') else { continue };
        let rest = rest.trim_start();
        let Some((kind, arguments)) = rest.split_once('(') else { continue };
        if pid != first || kind == OPENING || !kind.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') {
            continue;
        }
        let n = counts.entry(kind).or_default();
        *n += 1;
        if kind.starts_with("open") && !arguments.contains("O_CREAT") {
            continue;
        }
        let what: String = arguments.replace(&house, "").chars().take(120).collect();
        calls.push(Call { kind: kind.to_string(), n: *n, what });
    }
    calls
}

/// The line of the call that was spoilt, from the trace of a spoilt run; `None` when it never came.
pub fn struck(trace: &str, blow: Blow, killed: bool, house: &Path) -> Option<String> {
    let line = match blow {
        Blow::Kill if killed => trace.lines().rev().find(|line| line.contains('(') && !line.contains("+++"))?,
        Blow::Kill => return None,
        Blow::Stop => trace.lines().rev().find(|line| line.contains('('))?,
        _ => {
            let hit = injected(trace);
            // Where several threads were hit, the one at the runtime's own bells says most.
            hit.iter().find(|line| line.contains("<anon_inode:")).or(hit.first()).copied()?
        }
    };
    let line = line.replace(&house.display().to_string(), "");
    let (_, call) = line.split_once(' ')?;
    let short: String = call.trim_start().chars().take(110).collect();
    Some(short)
}

/// The beginnings of the calls that were spoilt: another thread's line may have come in between.
fn injected(trace: &str) -> Vec<&str> {
    let lines: Vec<&str> = trace.lines().collect();
    let begun = |no: usize| {
        let line = lines[no];
        let pid = line.split(' ').next().unwrap_or_default();
        let resumed = line.contains(" resumed>");
        let before =
            || lines[..no].iter().rev().find(|l| l.contains("<unfinished") && l.split(' ').next() == Some(pid));
        if resumed { before().copied().unwrap_or(line) } else { line }
    };
    let spoilt = |line: &str| line.contains("(INJECTED)") && !line.contains(OPENING);
    (0..lines.len()).filter(|no| spoilt(lines[*no])).map(begun).collect()
}
