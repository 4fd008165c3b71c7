//! The journal of systemd, by its own protocol: one datagram an entry, a field a line. So an operator asks
//! `journalctl PAYOUTD_REFERENCE=…` instead of searching through text.
//!
//! Must never: wait for the journal while people are being paid, or let it go unsaid that entries were lost.

use super::fields::{Fields, printable};
use crate::payout::instruction::mask_accounts;
use rustix::fs::fstat;
use std::collections::VecDeque;
use std::io;
use std::os::unix::net::UnixDatagram;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::Notify;
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;

/// Where journald listens.
const SOCKET: &str = "/run/systemd/journal/socket";
/// systemd names the device and inode of the stream that it connected stderr to.
const STREAM: &str = "JOURNAL_STREAM";
/// Under which name entries are found with `journalctl -t`.
const IDENTIFIER: &str = "payoutd";
/// What our own fields begin with.
const PREFIX: &str = "PAYOUTD_";

/// Bytes of one value, at most: so an entry always fits into a datagram (some 200 KB).
const LONGEST_VALUE: usize = 8 * 1024;
/// Bytes of entries that are kept while journald takes none: some ten thousand.
const MOST_WAITING: usize = 4 << 20;
/// How many of them are tried in one go: some hundred microseconds.
const AT_A_TIME: usize = 64;
/// How often they are tried again when nothing else is logged.
const TRY_AGAIN: Duration = Duration::from_millis(100);

/// Priorities as syslog counts them.
fn priority(level: Level) -> u8 {
    match level {
        Level::ERROR => 3,
        Level::WARN => 4,
        Level::INFO => 6,
        _ => 7,
    }
}

pub(super) struct Journal {
    socket: UnixDatagram,
    place: PathBuf,
    waiting: Mutex<Waiting>,
    more: Notify,
}

/// What journald did not take yet.
#[derive(Default)]
struct Waiting {
    entries: VecDeque<Vec<u8>>,
    bytes: usize,
    lost: u64,
}

impl Journal {
    /// The journal, where this process's stderr goes there and journald is to be reached.
    pub(super) fn of_this_service() -> Option<Journal> {
        is_stderr(&std::env::var(STREAM).ok()?).then(|| Journal::at(Path::new(SOCKET)).ok()).flatten()
    }

    pub(super) fn at(place: &Path) -> io::Result<Journal> {
        let socket = UnixDatagram::unbound()?;
        // An empty one, which journald throws away: whether anybody listens.
        socket.send_to(&[], place)?;
        socket.set_nonblocking(true)?;
        Ok(Journal { socket, place: place.to_path_buf(), waiting: Mutex::default(), more: Notify::new() })
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Hands an entry over, after those that wait; keeps it where journald is busy.
    fn send(&self, entry: Vec<u8>) {
        let mut waiting = self.waiting();
        if waiting.bytes + entry.len() > MOST_WAITING {
            waiting.lost += 1;
            return;
        }
        waiting.bytes += entry.len();
        waiting.entries.push_back(entry);
        self.send_waiting(&mut waiting);
        if !waiting.entries.is_empty() {
            self.more.notify_one();
        }
    }

    fn send_waiting(&self, waiting: &mut Waiting) {
        for _ in 0..AT_A_TIME {
            let Some(entry) = waiting.entries.front() else { break };
            if self.socket.send_to(entry, &self.place).is_err() {
                return;
            }
            waiting.bytes -= waiting.entries.pop_front().map_or(0, |sent| sent.len());
        }
        if waiting.lost > 0 && waiting.entries.is_empty() {
            let text = format!(
                "{} log lines were lost, because the journal took none: what happened to payouts is in the ledger, \
                 see 'payoutd explain' and the reports; look at 'systemctl status systemd-journald'",
                waiting.lost
            );
            if self.socket.send_to(&entry_of(&text, Level::WARN), &self.place).is_ok() {
                waiting.lost = 0;
            }
        }
    }

    /// Tries again what waits, for as long as something does. Never ends.
    pub(super) async fn keep_sending(&self) {
        loop {
            self.more.notified().await;
            loop {
                tokio::time::sleep(TRY_AGAIN).await;
                let mut waiting = self.waiting();
                self.send_waiting(&mut waiting);
                if waiting.entries.is_empty() && waiting.lost == 0 {
                    break;
                }
            }
        }
    }

    pub(super) fn tell_error(&self, text: &str) {
        self.send(entry_of(&mask_accounts(text), Level::ERROR));
    }

    /// From here on journald is waited for, a moment; how many entries it did not take.
    #[expect(clippy::disallowed_methods, reason = "how long the end of the process waits for journald")]
    pub(super) fn finish(&self, patience: Duration) -> u64 {
        let end = Instant::now() + patience;
        let mut waiting = self.waiting();
        while !waiting.entries.is_empty() {
            let left = end.saturating_duration_since(Instant::now());
            let waits = self.socket.set_nonblocking(false).and_then(|()| self.socket.set_write_timeout(Some(left)));
            let Some(entry) = waiting.entries.front().filter(|_| waits.is_ok()) else { break };
            if self.socket.send_to(entry, &self.place).is_err() {
                break;
            }
            waiting.entries.pop_front();
        }
        waiting.lost + waiting.entries.len() as u64
    }
}

/// Whether systemd's `JOURNAL_STREAM` names what stderr is connected to.
fn is_stderr(stream: &str) -> bool {
    let Ok(stat) = fstat(io::stderr()) else { return false };
    stream == format!("{}:{}", stat.st_dev, stat.st_ino)
}

/// Everything that the process logs, as entries.
pub(super) struct ToJournal(pub Arc<Journal>);

impl<S: Subscriber> Layer<S> for ToJournal {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let (fields, about) = (Fields::of(event), event.metadata());
        let mut entry = entry_of(&fields.in_words(), *about.level());
        put(&mut entry, &format!("{PREFIX}TARGET"), about.target());
        for (name, text) in fields.facts() {
            put(&mut entry, &field_name(name), &text);
        }
        self.0.send(entry);
    }
}

fn entry_of(message: &str, level: Level) -> Vec<u8> {
    let mut entry = Vec::with_capacity(512);
    put(&mut entry, "MESSAGE", message);
    put(&mut entry, "PRIORITY", &priority(level).to_string());
    put(&mut entry, "SYSLOG_IDENTIFIER", IDENTIFIER);
    entry
}

/// The name of one of our fields as the journal wants it: capitals, digits and underscores.
fn field_name(name: &str) -> String {
    let letter = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' };
    format!("{PREFIX}{}", name.chars().map(letter).collect::<String>())
}

/// One field: in a line where its value is one, else with its length.
fn put(entry: &mut Vec<u8>, name: &str, value: &str) {
    let value = match value.char_indices().find(|(at, _)| *at >= LONGEST_VALUE) {
        Some((end, _)) => &value[..end],
        None => value,
    };
    entry.extend_from_slice(name.as_bytes());
    if value.contains('\n') {
        let lines: Vec<String> = value.lines().map(printable).collect();
        let value = lines.join("\n");
        entry.push(b'\n');
        entry.extend_from_slice(&(value.len() as u64).to_le_bytes());
        entry.extend_from_slice(value.as_bytes());
    } else {
        entry.push(b'=');
        entry.extend_from_slice(printable(value).as_bytes());
    }
    entry.push(b'\n');
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;
    use tracing_subscriber::layer::SubscriberExt;

    /// A journald that a test listens to.
    struct Listening {
        socket: UnixDatagram,
        journal: Arc<Journal>,
        _folder: tempfile::TempDir,
    }

    impl Listening {
        fn start() -> Listening {
            let folder = tempfile::tempdir().unwrap();
            let place = folder.path().join("socket");
            let socket = UnixDatagram::bind(&place).unwrap();
            socket.set_nonblocking(true).unwrap();
            let journal = Arc::new(Journal::at(&place).unwrap());
            assert_eq!(socket.recv(&mut [0; 10]).unwrap(), 0, "the empty one by which it is found");
            Listening { socket, journal, _folder: folder }
        }

        fn logs(&self, log: impl FnOnce()) {
            tracing::subscriber::with_default(
                tracing_subscriber::registry().with(ToJournal(self.journal.clone())),
                log,
            );
        }

        fn heard(&self) -> Option<BTreeMap<String, String>> {
            let mut bytes = vec![0; 300_000];
            let length = self.socket.recv(&mut bytes).ok()?;
            Some(read(&bytes[..length]))
        }
    }

    /// As journald reads an entry: `NAME=value` in a line, or a name alone with a length before its value.
    fn read(mut entry: &[u8]) -> BTreeMap<String, String> {
        let mut fields = BTreeMap::new();
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("UTF-8");
        while !entry.is_empty() {
            let end = entry.iter().position(|b| *b == b'\n').expect("every field ends");
            let (line, rest) = (&entry[..end], &entry[end + 1..]);
            let (name, value, rest) = match line.iter().position(|b| *b == b'=') {
                Some(at) => (text(&line[..at]), text(&line[at + 1..]), rest),
                None => {
                    let length = u64::from_le_bytes(rest[..8].try_into().expect("8 bytes")) as usize;
                    assert_eq!(rest[8 + length], b'\n');
                    (text(line), text(&rest[8..8 + length]), &rest[9 + length..])
                }
            };
            let good = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
            assert!(name.chars().all(good) && !name.starts_with('_'), "journald would not take {name}");
            assert!(fields.insert(name, value).is_none(), "a field twice");
            entry = rest;
        }
        fields
    }

    #[test]
    fn an_entry_has_what_journalctl_finds_by() {
        let listening = Listening::start();
        listening.logs(|| {
            tracing::info!(
                reference = "JULY-7",
                batch = "B000012",
                outcome = "paid",
                confirmed_by = "transfer",
                "paid"
            );
            tracing::warn!(reference = "JULY-8", "held: look at it");
            tracing::error!(receiver = "50937007294", "for 509 3700 7294");
            tracing::debug!("fine");
        });
        let paid = listening.heard().unwrap();
        let field = |name: &str| paid.get(name).map(String::as_str);
        assert_eq!(field("MESSAGE"), Some("paid reference=JULY-7 batch=B000012 confirmed_by=transfer"));
        assert_eq!(field("PRIORITY"), Some("6"));
        assert_eq!(field("SYSLOG_IDENTIFIER"), Some("payoutd"));
        assert_eq!(field("PAYOUTD_REFERENCE"), Some("JULY-7"));
        assert_eq!(field("PAYOUTD_BATCH"), Some("B000012"));
        assert_eq!(field("PAYOUTD_OUTCOME"), Some("paid"));
        assert_eq!(field("PAYOUTD_CONFIRMED_BY"), Some("transfer"));
        assert!(field("PAYOUTD_TARGET").is_some_and(|target| target.starts_with("payoutd::")));
        let priorities: Vec<_> = std::iter::from_fn(|| listening.heard()).collect();
        let of = |at: usize| priorities[at]["PRIORITY"].as_str();
        assert_eq!((of(0), of(1), of(2)), ("4", "3", "7"));
        let whole = format!("{:?}", priorities[1]);
        assert!(!whole.contains("7007294") && !whole.contains("3700") && whole.contains("509••••7294"), "{whole}");
    }

    #[test]
    fn a_hostile_value_makes_no_field_of_its_own() {
        let listening = Listening::start();
        let hostile = "a\nPRIORITY=0\nMESSAGE=forged\u{1b}[2J";
        listening.logs(|| tracing::info!(file = hostile, "told: {hostile}"));
        let entry = listening.heard().unwrap();
        assert_eq!(entry["PRIORITY"], "6");
        assert!(!entry["MESSAGE"].contains('\n') && !entry["PAYOUTD_FILE"].contains('\u{1b}'), "{entry:?}");
        assert_eq!(entry.len(), 5, "{entry:?}");
        let long = "x".repeat(LONGEST_VALUE * 100);
        listening.logs(|| tracing::info!(file = long, "long"));
        assert_eq!(listening.heard().unwrap()["PAYOUTD_FILE"].len(), LONGEST_VALUE);
    }

    #[test]
    fn last_words_of_several_lines_are_one_entry() {
        let listening = Listening::start();
        listening.journal.tell_error("payoutd: no\n  because: MESSAGE=x of 50937007294");
        let entry = listening.heard().unwrap();
        assert_eq!(entry["MESSAGE"], "payoutd: no\n  because: MESSAGE=x of 509••••7294");
        assert_eq!(entry["PRIORITY"], "3");
    }

    /// Nobody reads: what does not go is kept and goes later in its order; logging never waits.
    #[test]
    fn a_journal_that_takes_nothing_holds_up_nobody_and_loses_nothing_soon() {
        let listening = Listening::start();
        const LINES: usize = 3_000;
        listening.logs(|| (0..LINES).for_each(|n| tracing::info!(n, "told")));
        assert!(!listening.journal.waiting().entries.is_empty(), "the kernel took all of it: the test shows nothing");
        let mut heard = 0;
        for _ in 0..LINES {
            while let Some(entry) = listening.heard() {
                assert_eq!(entry["PAYOUTD_N"], heard.to_string());
                heard += 1;
            }
            let mut waiting = listening.journal.waiting();
            listening.journal.send_waiting(&mut waiting);
        }
        assert_eq!(heard, LINES);
    }

    #[test]
    fn the_end_of_the_process_waits_a_moment_and_says_what_was_not_taken() {
        let listening = Listening::start();
        listening.logs(|| (0..3_000).for_each(|n| tracing::info!(n, "told")));
        let patience = Duration::from_millis(50);
        let began = Instant::now();
        let left = listening.journal.finish(patience);
        assert!(left > 1_000 && began.elapsed() >= patience, "{left} left");
        let journal = listening.journal.clone();
        let ends = std::thread::spawn(move || journal.finish(Duration::from_secs(60)));
        let mut heard = 0;
        listening.socket.set_nonblocking(false).unwrap();
        while heard < 3_000 {
            listening.heard().unwrap();
            heard += 1;
        }
        assert_eq!(ends.join().unwrap(), 0);
    }

    #[test]
    fn what_is_lost_is_counted_and_said() {
        let listening = Listening::start();
        let long = "x".repeat(LONGEST_VALUE);
        let lines = MOST_WAITING / LONGEST_VALUE + 400;
        listening.logs(|| (0..lines).for_each(|_| tracing::info!(long, "told")));
        let lost = listening.journal.waiting().lost;
        assert!(lost > 0);
        let mut last = None;
        for _ in 0..lines {
            while let Some(entry) = listening.heard() {
                last = Some(entry);
            }
            let mut waiting = listening.journal.waiting();
            listening.journal.send_waiting(&mut waiting);
        }
        assert!(last.unwrap()["MESSAGE"].starts_with(&format!("{lost} log lines were lost")));
        assert_eq!(listening.journal.waiting().lost, 0);
    }
}
