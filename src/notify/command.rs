//! A command that is run with an event on its standard input: no shell, nothing of our environment, a
//! group of its own that ends with it, and a time that it has.
//!
//! Must never: wait for a process without a bound, keep more than a little of what it says, or end a
//! process that is not ours.

use super::shown;
use crate::files::guard::anybody_may_exchange;
use rustix::process::{Pid, PidfdFlags, Signal, kill_process_group, pidfd_open};
use std::cell::RefCell;
use std::os::fd::OwnedFd;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::pin::pin;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;
use tokio::io::unix::AsyncFd;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::unix::pipe;

/// Where a command finds other programs: payoutd's own environment is not handed on.
const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
/// Bytes of what it says that are kept, of each stream. The rest is read and forgotten.
const KEPT: usize = 4096;
/// How long its last words are waited for, and its end after it was killed.
const LAST_WORDS: Duration = Duration::from_millis(500);
/// Without any of these bits nobody may run a program.
const ANY_MAY_RUN: u32 = 0o111;
/// Whoever may write to a program decides what it does.
const WRITTEN_BY_OTHERS: u32 = 0o002;

/// A command under way. It does not outlive this value.
pub(super) struct Running {
    child: Child,
    group: Pid,
    /// Readable once the child has ended. It is reaped by us alone, so that its number stays its own.
    ended: AsyncFd<OwnedFd>,
    reaped: bool,
}

/// Runs a command. Also returns it where it could not even be killed in time.
pub(super) async fn run(words: &[String], body: &[u8], limit: Duration) -> (Result<String, String>, Option<Running>) {
    let (mut running, pipes) = match start(words) {
        Ok(started) => started,
        Err(why) => return (Err(why), None),
    };
    let (said, complained) = (RefCell::new(Vec::new()), RefCell::new(Vec::new()));
    let Pipes { input, output, errors } = pipes;
    let mut talk = pin!(async {
        tokio::join!(feed(input, body), hear(output, &said), hear(errors, &complained));
    });
    let mut talked = false;
    let in_time = tokio::time::timeout(limit, async {
        loop {
            tokio::select! {
                biased;
                () = running.end() => return,
                () = &mut talk, if !talked => talked = true,
            }
        }
    });
    let in_time = in_time.await.is_ok();
    // It is not reaped yet: the group's number is still its own.
    running.kill_group();
    if !talked {
        let _ = tokio::time::timeout(LAST_WORDS, &mut talk).await;
    }
    let _ = tokio::time::timeout(LAST_WORDS, running.end()).await;
    let Some(status) = running.reap() else {
        return (Err("it took too long and could not be killed".to_string()), Some(running));
    };
    let (said, complained) = (shown(&said.borrow(), None), shown(&complained.borrow(), None));
    let words = if complained.is_empty() { said.clone() } else { complained };
    let outcome = match (in_time, status.code(), status.signal()) {
        (false, ..) => Err(with("it was ended because it took longer than its time", &words)),
        (true, Some(0), _) => Ok(with("exit code 0", &said)),
        (true, Some(code), _) => Err(with(&format!("it ended with exit code {code}"), &words)),
        (true, None, signal) => Err(with(&format!("it was ended by signal {}", signal.unwrap_or(0)), &words)),
    };
    (outcome, None)
}

fn with(what: &str, words: &str) -> String {
    if words.is_empty() { what.to_string() } else { format!("{what}: {words}") }
}

struct Pipes {
    input: pipe::Sender,
    output: pipe::Receiver,
    errors: pipe::Receiver,
}

fn start(words: &[String]) -> Result<(Running, Pipes), String> {
    let (program, arguments) = words.split_first().ok_or("no command is set")?;
    look_at(Path::new(program))?;
    let mut child = Command::new(program)
        .args(arguments)
        .env_clear()
        .env("PATH", PATH)
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .spawn()
        .map_err(|error| format!("{program} could not be started: {error}"))?;
    let pipes = pipes(&mut child);
    let ended = i32::try_from(child.id()).ok().and_then(Pid::from_raw).map(|pid| (pid, watch(pid)));
    match (pipes, ended) {
        (Ok(pipes), Some((group, Ok(ended)))) => Ok((Running { child, group, ended, reaped: false }, pipes)),
        (pipes, ended) => {
            let _ = child.kill();
            let _ = child.wait();
            let why = pipes.err().or(ended.and_then(|(_, ended)| ended.err()));
            Err(format!("{program} could not be watched: {}", why.map(|why| why.to_string()).unwrap_or_default()))
        }
    }
}

/// A program that others may exchange would run with everything that payoutd may do.
pub(super) fn look_at(program: &Path) -> Result<(), String> {
    let shown = program.display();
    let stat = rustix::fs::stat(program).map_err(|error| format!("{shown} could not be started: {error}"))?;
    if stat.st_mode & ANY_MAY_RUN == 0 {
        return Err(format!("{shown} could not be started: nobody may run it; run  chmod +x  on it"));
    }
    let folder = program.parent().map(rustix::fs::stat);
    if stat.st_mode & WRITTEN_BY_OTHERS != 0 || matches!(folder, Some(Ok(folder)) if anybody_may_exchange(&folder)) {
        return Err(format!(
            "{shown} is not started: anybody may write to it, or exchange it in its folder; run  chmod o-w  on both"
        ));
    }
    Ok(())
}

fn pipes(child: &mut Child) -> std::io::Result<Pipes> {
    let missing = || std::io::Error::other("a pipe is missing");
    Ok(Pipes {
        input: pipe::Sender::from_owned_fd(child.stdin.take().ok_or_else(missing)?.into())?,
        output: pipe::Receiver::from_owned_fd(child.stdout.take().ok_or_else(missing)?.into())?,
        errors: pipe::Receiver::from_owned_fd(child.stderr.take().ok_or_else(missing)?.into())?,
    })
}

fn watch(pid: Pid) -> std::io::Result<AsyncFd<OwnedFd>> {
    let file = pidfd_open(pid, PidfdFlags::empty())?;
    #[expect(deprecated, reason = "tokio warns of a file that changes its descriptor; this one owns it till the end")]
    AsyncFd::new(file)
}

/// Whoever does not want to hear all of it need not.
async fn feed(mut input: pipe::Sender, body: &[u8]) {
    let _ = input.write_all(body).await;
}

async fn hear(mut output: pipe::Receiver, kept: &RefCell<Vec<u8>>) {
    let mut piece = [0; 1024];
    while let Ok(count @ 1..) = output.read(&mut piece).await {
        let mut kept = kept.borrow_mut();
        let room = KEPT - kept.len();
        kept.extend(piece.iter().take(count.min(room)));
    }
}

impl Running {
    async fn end(&self) {
        // Where it cannot be watched, its time ends it.
        if self.ended.readable().await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    fn kill_group(&self) {
        // Nobody is left, or it ends.
        let _ = kill_process_group(self.group, Signal::KILL);
    }

    fn reap(&mut self) -> Option<ExitStatus> {
        let status = self.child.try_wait().ok().flatten();
        self.reaped |= status.is_some();
        status
    }

    /// `None` once it is gone.
    pub(super) fn still_there(mut self) -> Option<Running> {
        self.reap().is_none().then_some(self)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if !self.reaped {
            self.kill_group();
            let _ = self.child.try_wait();
        }
    }
}
