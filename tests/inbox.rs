//! The inbox's promises, kept on a real filesystem. Time is passed in.

use payoutd::intake::{Claimed, ErrorsFile, Inbox, InboxError, InboxSettings, InboxWatch, ScanOutcome};
use payoutd::payout::moment::{BootMoment, Moment, Wall};
use payoutd::payroll::{Code, Delimiter, Problem};
use payoutd::words::{Language, Saying};
use std::ffi::{OsStr, OsString};
use std::io::{Read, Write};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

const SETTLE: Duration = Duration::from_secs(10);
const RESCAN: Duration = Duration::from_secs(30);

struct Room {
    _place: tempfile::TempDir,
    path: PathBuf,
    inbox: Inbox,
}

fn at(seconds: u64) -> Moment {
    let ms = seconds * 1000;
    let wall = Wall(1_785_000_000_000 + i64::try_from(ms).unwrap());
    Moment { wall, boot: BootMoment { boot: 1, ms } }
}

impl Room {
    fn new() -> Room {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("batches");
        let inbox = Inbox::open(&path, InboxSettings { settle: SETTLE, rescan: RESCAN }).unwrap();
        Room { _place: place, path, inbox }
    }

    fn drop_file(&self, name: impl AsRef<Path>, text: &str) -> PathBuf {
        let path = self.path.join("inbox").join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    fn scan(&mut self, seconds: u64) -> ScanOutcome {
        self.inbox.scan(at(seconds)).unwrap()
    }

    fn names(&self, folder: &str) -> Vec<OsString> {
        let mut names: Vec<_> =
            std::fs::read_dir(self.path.join(folder)).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        names
    }

    /// Drops a file, lets it settle from `seconds` on, and claims it.
    fn claim(&mut self, name: &str, text: &str, seconds: u64) -> Claimed {
        self.drop_file(name, text);
        self.scan(seconds);
        assert_eq!(self.scan(seconds + 10).ready, [name]);
        self.inbox.claim(OsStr::new(name), at(seconds + 10)).unwrap()
    }
}

fn text_of(claimed: &mut Claimed) -> String {
    let mut text = String::new();
    claimed.file.read_to_string(&mut text).unwrap();
    text
}

#[test]
fn a_file_is_taken_once_it_stood_still_and_not_before() {
    let mut room = Room::new();
    let path = room.drop_file("july.csv", "a");
    let first = room.scan(0);
    assert_eq!((first.ready.len(), first.waiting.len(), first.next_look), (0, 1, SETTLE));
    assert_eq!(room.scan(4).next_look, Duration::from_secs(6));
    std::fs::OpenOptions::new().append(true).open(&path).unwrap().write_all(b"b").unwrap();
    assert_eq!(room.scan(9).next_look, SETTLE, "it has grown, so the waiting begins anew");
    assert_eq!(room.scan(18).ready.len(), 0);
    let ready = room.scan(19);
    assert_eq!((ready.ready, ready.next_look), (vec![OsString::from("july.csv")], RESCAN));
    let mut claimed = room.inbox.claim(OsStr::new("july.csv"), at(19)).unwrap();
    assert_eq!(text_of(&mut claimed), "ab");
    assert_eq!((room.names("inbox").len(), room.names("processing")), (0, vec!["july.csv".into()]));
}

#[test]
fn a_file_that_is_rewritten_at_the_same_size_and_time_waits_anew() {
    let mut room = Room::new();
    let path = room.drop_file("july.csv", "aa");
    let modified = std::fs::metadata(&path).unwrap().modified().unwrap();
    room.scan(0);
    std::fs::write(&path, "bb").unwrap();
    std::fs::File::options().write(true).open(&path).unwrap().set_modified(modified).unwrap();
    assert_eq!(room.scan(10).ready.len(), 0);
    assert_eq!(room.scan(20).ready.len(), 1);
}

#[test]
fn a_file_that_is_replaced_while_it_waits_waits_anew() {
    let mut room = Room::new();
    room.drop_file("july.csv", "old");
    room.scan(0);
    let other = room.path.join("other");
    std::fs::write(&other, "new").unwrap();
    std::fs::rename(&other, room.path.join("inbox/july.csv")).unwrap();
    assert_eq!(room.scan(10).ready.len(), 0);
    assert_eq!(room.scan(20).ready.len(), 1);
}

#[test]
fn a_file_that_changes_after_the_look_is_not_claimed() {
    let mut room = Room::new();
    let name = OsStr::new("july.csv");
    let path = room.drop_file(name, "a");
    assert!(matches!(room.inbox.claim(name, at(0)), Err(InboxError::Changed { .. })), "never looked at");
    room.scan(0);
    assert!(matches!(room.inbox.claim(name, at(5)), Err(InboxError::Changed { .. })), "not settled");
    room.scan(5);
    assert_eq!(room.scan(15).ready.len(), 1);
    std::fs::write(&path, "ab").unwrap();
    assert!(matches!(room.inbox.claim(name, at(15)), Err(InboxError::Changed { .. })));
    assert_eq!((room.names("inbox").len(), room.names("processing").len()), (1, 0));
    std::fs::remove_file(&path).unwrap();
    assert_eq!(room.scan(30), ScanOutcome { next_look: RESCAN, ..ScanOutcome::default() });
}

#[test]
fn a_file_written_to_after_it_was_taken_is_noticed() {
    let mut room = Room::new();
    let path = room.drop_file("july.csv", "a");
    let mut writer = std::fs::OpenOptions::new().append(true).open(path).unwrap();
    room.scan(0);
    room.scan(10);
    let claimed = room.inbox.claim(OsStr::new("july.csv"), at(10)).unwrap();
    assert!(claimed.check_unchanged().is_ok());
    writer.write_all(b"more").unwrap();
    assert!(matches!(claimed.check_unchanged(), Err(InboxError::Changed { .. })));
}

#[test]
fn what_is_no_file_is_left_and_told() {
    let mut room = Room::new();
    let inbox = room.path.join("inbox");
    room.drop_file("notes.txt", "x");
    room.drop_file(".half.csv", "x");
    room.drop_file("~half.csv", "x");
    room.drop_file(".DS_Store", "x");
    room.drop_file("twice.csv", "x");
    std::fs::hard_link(inbox.join("twice.csv"), room.path.join("elsewhere")).unwrap();
    std::fs::create_dir(inbox.join("folder.csv")).unwrap();
    std::os::unix::fs::symlink("/etc/hostname", inbox.join("link.csv")).unwrap();
    let _socket = std::os::unix::net::UnixListener::bind(inbox.join("socket.csv")).unwrap();
    let fifo = inbox.join("pipe.csv");
    rustix::fs::mknodat(rustix::fs::CWD, &fifo, rustix::fs::FileType::Fifo, rustix::fs::Mode::RWXU, 0).unwrap();
    room.drop_file("JULY.CSV", "x");
    room.scan(0);
    let outcome = room.scan(10);
    assert_eq!(outcome.ready, ["JULY.CSV"]);
    let told: Vec<String> =
        outcome.left.iter().map(|left| format!("{} {}", left.name.display(), &left.why.to_string()[..12])).collect();
    assert_eq!(
        told,
        [
            ".half.csv waits: names",
            "notes.txt is left alon",
            "~half.csv waits: names",
            "folder.csv is a folder,",
            "link.csv is a link, a",
            "pipe.csv is a pipe, n",
            "socket.csv is a device ",
            "twice.csv has a second",
        ]
    );
    for name in ["folder.csv", "link.csv", "pipe.csv", "socket.csv", "twice.csv"] {
        assert!(room.inbox.claim(OsStr::new(name), at(10)).is_err(), "{name}");
    }
    assert_eq!(room.names("processing").len(), 0);
}

#[test]
fn a_file_that_is_open_in_a_spreadsheet_waits_until_it_is_closed() {
    for lock in ["~$july.csv", ".~lock.july.csv#"] {
        let mut room = Room::new();
        room.drop_file("july.csv", "x");
        let lock = room.drop_file(lock, "");
        room.scan(0);
        let outcome = room.scan(10);
        assert_eq!(outcome.ready.len(), 0);
        assert!(outcome.left[0].why.to_string().starts_with("waits: it is open"), "{outcome:?}");
        std::fs::remove_file(&lock).unwrap();
        assert_eq!(room.scan(11).ready.len(), 1);
        std::fs::write(&lock, "").unwrap();
        let refused = room.inbox.claim(OsStr::new("july.csv"), at(11));
        assert!(matches!(refused, Err(InboxError::Left { .. })), "opened between the look and the claim");
        assert_eq!(room.names("processing").len(), 0);
    }
}

#[test]
fn one_name_taken_twice_overwrites_nothing_anywhere() {
    let mut room = Room::new();
    let first = room.claim("july.csv", "first", 0);
    let mut second = room.claim("july.csv", "second", 20);
    assert_ne!(first.in_processing, second.in_processing);
    assert_eq!((text_of(&mut second).as_str(), second.name.as_os_str()), ("second", OsStr::new("july.csv")));
    assert_eq!(room.inbox.processing().unwrap().len(), 2);
    let names = [&first, &second].map(|claimed| room.inbox.accept(claimed, "B000012", at(30).wall).unwrap());
    assert_eq!(names[0], "july.B000012.csv");
    assert_ne!(names[0], names[1]);
    let texts = names.map(|name| std::fs::read_to_string(room.path.join("accepted").join(name)).unwrap());
    assert_eq!(texts, ["first", "second"]);
    assert_eq!(room.names("processing").len(), 0);
}

#[test]
fn an_accepted_name_is_stem_batch_csv_whatever_the_endings_case() {
    let mut room = Room::new();
    let claimed = room.claim("July.2026.CSV", "x", 0);
    assert_eq!(room.inbox.accept(&claimed, "B000001", at(30).wall).unwrap(), "July.2026.B000001.csv");
}

fn errors(room: &Room, lines: &[u32]) -> ErrorsFile {
    let mut errors = ErrorsFile::begin(&room.inbox.folders.rejected, Delimiter::Comma, Language::French).unwrap();
    for line in lines {
        // A sentence that no catalogue has is told by its key.
        let sentence = Saying::new("=A cell, missing", Vec::new());
        errors.add(&Problem::of_line(*line, Code::CellsMissing, sentence)).unwrap();
    }
    errors
}

#[test]
fn a_rejected_file_lies_unchanged_beside_its_errors_however_often_its_name_comes() {
    let mut room = Room::new();
    let mut seen = Vec::new();
    for (turn, seconds) in [0, 20, 40].into_iter().enumerate() {
        let line = u32::try_from(turn).unwrap();
        let claimed = room.claim("july.csv", &format!("text {turn}"), seconds);
        let rejected = room.inbox.reject(&claimed, Some(errors(&room, &[line])), at(50).wall).unwrap();
        let errors_name = rejected.errors.unwrap();
        assert_eq!(errors_name.as_bytes(), [rejected.name.as_bytes(), b".errors.csv"].concat());
        let read = |name: &OsStr| std::fs::read_to_string(room.path.join("rejected").join(name)).unwrap();
        assert_eq!(read(&rejected.name), format!("text {turn}"));
        // The mark by which Excel reads a file in French as UTF-8.
        let expected =
            format!("\u{feff}line,column,value,code,problem\n{line},,,cells_missing,\"'=A cell, missing\"\n");
        assert_eq!(read(&errors_name), expected);
        seen.push(rejected.name);
    }
    assert_eq!(seen[0], "july.csv");
    assert_eq!(room.names("rejected").len(), 6, "no draft is left");
    assert_eq!(room.names("processing").len(), 0);
}

#[test]
fn problems_lie_in_the_order_of_their_lines_where_they_are_few_and_none_is_lost_where_they_are_many() {
    let mut room = Room::new();
    let many: Vec<u32> = (2..2502).chain([1]).collect();
    for (lines, first, seconds) in [(vec![4, 3, 1], "1,,", 0), (many, "2,,", 20)] {
        let claimed = room.claim("july.csv", &format!("x{seconds}"), seconds);
        let rejected = room.inbox.reject(&claimed, Some(errors(&room, &lines)), at(50).wall).unwrap();
        let text = std::fs::read_to_string(room.path.join("rejected").join(rejected.errors.unwrap())).unwrap();
        assert_eq!(text.lines().count(), lines.len() + 1);
        assert!(text.lines().nth(1).unwrap().starts_with(first), "{text}");
    }
}

#[test]
fn a_rejection_that_was_cut_off_between_its_two_steps_is_finished() {
    let mut room = Room::new();
    let claimed = room.claim("july.csv", "x", 0);
    let rejected = room.inbox.reject(&claimed, Some(errors(&room, &[2])), at(10).wall).unwrap();
    // As if the process had died before the second rename.
    std::fs::rename(room.path.join("rejected").join(&rejected.name), room.path.join("processing/july.csv")).unwrap();
    let resumed = room.inbox.resume(OsStr::new("july.csv")).unwrap();
    let again = room.inbox.reject(&resumed, Some(errors(&room, &[2])), at(20).wall).unwrap();
    assert_eq!(again, rejected);
    assert_eq!(room.names("rejected"), ["july.csv", "july.csv.errors.csv"]);
    // Another errors file of that name is not ours to replace.
    std::fs::rename(room.path.join("rejected/july.csv"), room.path.join("processing/july.csv")).unwrap();
    let resumed = room.inbox.resume(OsStr::new("july.csv")).unwrap();
    let other = room.inbox.reject(&resumed, Some(errors(&room, &[3])), at(20).wall).unwrap();
    assert_ne!(other.name, "july.csv");
    assert_eq!(room.names("rejected").len(), 3);
}

#[test]
fn an_errors_file_never_lies_beside_another_rejected_file() {
    let mut room = Room::new();
    std::fs::write(room.path.join("rejected/july.csv"), "somebody's").unwrap();
    let claimed = room.claim("july.csv", "x", 0);
    let rejected = room.inbox.reject(&claimed, Some(errors(&room, &[2])), at(10).wall).unwrap();
    assert_ne!(rejected.name, "july.csv");
    assert_eq!(rejected.errors.unwrap().as_bytes(), [rejected.name.as_bytes(), b".errors.csv"].concat());
    assert_eq!(std::fs::read(room.path.join("rejected/july.csv")).unwrap(), b"somebody's");
}

#[test]
fn an_errors_file_that_is_not_needed_leaves_nothing() {
    let room = Room::new();
    drop(errors(&room, &[1, 2, 3]));
    assert_eq!(room.names("rejected").len(), 0);
}

#[test]
fn a_file_that_was_swapped_in_processing_is_not_filed_as_the_one_that_was_read() {
    let mut room = Room::new();
    let claimed = room.claim("july.csv", "read", 0);
    let other = room.path.join("other");
    std::fs::write(&other, "swapped").unwrap();
    std::fs::rename(&other, room.path.join("processing/july.csv")).unwrap();
    assert!(matches!(room.inbox.accept(&claimed, "B1", at(20).wall), Err(InboxError::Replaced { .. })));
    assert!(matches!(room.inbox.reject(&claimed, None, at(20).wall), Err(InboxError::Replaced { .. })));
    assert_eq!((room.names("accepted").len(), room.names("rejected").len()), (0, 0));
}

#[test]
fn the_worst_names_are_taken_and_filed() {
    let names: [Vec<u8>; 4] = [
        b"a\nb.csv".to_vec(),
        b"\xff\xfe.csv".to_vec(),
        [vec![b'n'; 251], b".csv".to_vec()].concat(),
        "=cmd|' \u{202e}.csv".as_bytes().to_vec(),
    ];
    let mut room = Room::new();
    for turn in 0..2 {
        for bytes in &names {
            room.drop_file(OsStr::from_bytes(bytes), "x");
        }
        room.scan(turn * 100);
        let ready = room.scan(turn * 100 + 10).ready;
        assert_eq!(ready.len(), 4);
        for name in ready {
            let claimed = room.inbox.claim(&name, at(turn * 100 + 10)).unwrap();
            let filed = match turn {
                0 => room.inbox.accept(&claimed, "B000012", at(0).wall).unwrap(),
                _ => room.inbox.reject(&claimed, Some(errors(&room, &[1])), at(0).wall).unwrap().name,
            };
            assert!(filed.len() <= 255 && filed.as_bytes().ends_with(b".csv"));
        }
    }
    assert_eq!((room.names("accepted").len(), room.names("rejected").len()), (4, 8));
}

#[test]
fn the_oldest_file_comes_first() {
    let mut room = Room::new();
    for (name, age) in [("b.csv", 10), ("a.csv", 20), ("c.csv", 10)] {
        let path = room.drop_file(name, "x");
        let then = std::time::UNIX_EPOCH + Duration::from_secs(1_700_000_000 - age);
        std::fs::File::options().write(true).open(path).unwrap().set_modified(then).unwrap();
    }
    room.scan(0);
    assert_eq!(room.scan(10).ready, ["a.csv", "b.csv", "c.csv"]);
}

#[test]
fn a_thousand_other_files_hide_no_batch_and_are_told_in_short() {
    let mut room = Room::new();
    for n in 0..1000 {
        room.drop_file(format!("{n}.txt"), "");
    }
    room.drop_file("july.csv", "x");
    room.scan(0);
    let outcome = room.scan(10);
    assert_eq!((outcome.ready.len(), outcome.left.len(), outcome.left_untold), (1, 200, 800));
}

#[test]
fn waiting_is_not_counted_across_a_reboot() {
    let mut room = Room::new();
    room.drop_file("july.csv", "x");
    room.scan(0);
    let later = Moment { boot: BootMoment { boot: 2, ms: 1_000_000 }, ..at(100) };
    assert_eq!(room.inbox.scan(later).unwrap().ready.len(), 0);
}

#[test]
fn folders_that_do_not_belong_are_refused_at_start() {
    let place = tempfile::tempdir().unwrap();
    std::fs::create_dir(place.path().join("elsewhere")).unwrap();
    std::os::unix::fs::symlink("elsewhere", place.path().join("processing")).unwrap();
    let refused = Inbox::open(place.path(), InboxSettings { settle: SETTLE, rescan: RESCAN }).unwrap_err();
    assert!(refused.to_string().contains("processing is a link"), "{refused}");
}

#[test]
fn an_inbox_that_is_removed_is_told() {
    let mut room = Room::new();
    std::fs::remove_dir_all(room.path.join("inbox")).unwrap();
    assert!(matches!(room.inbox.scan(at(0)), Err(InboxError::Gone { .. })));
}

#[test]
fn a_dropped_file_gives_a_hint() {
    let room = Room::new();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut watch = InboxWatch::begin(&room.inbox.folders.inbox);
        assert!(watch.has_hints());
        room.drop_file("july.csv", "x");
        tokio::time::timeout(Duration::from_secs(30), watch.changed()).await.expect("a hint");
    });
}
