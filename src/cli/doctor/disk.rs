//! The filesystems under batches and state: their kind, renames, locks, room, events.
//!
//! Must never: make a folder, or leave a file.

use super::finding::{Finding, Grade};
use crate::config::{Config, Environment};
use crate::files::probe::{Filesystem, NoEvents, Room, prove_locks};
use crate::files::{Folder, prove_moves};
use rustix::fs::StatVfsMountFlags;
use std::path::{Path, PathBuf};

/// Fewer files than this that may still be made: a batch makes about ten, SQLite two.
const FEW_FILES: u64 = 1_000;
/// Filesystems that keep all that payoutd asks of one.
const LOCAL: &str = "a local disk (ext4, xfs, btrfs)";
/// Whose limits inotify has.
const LIMITS: &str = "/proc/sys/fs/inotify";

/// Files go from folder to folder by rename.
const MOVES: [(&str, &str); 8] = [
    ("inbox", "processing"),
    ("processing", "accepted"),
    ("processing", "rejected"),
    ("reports", "rejected"),
    ("approvals", "approvals/done"),
    ("approvals", "approvals/refused"),
    ("orders", "orders/done"),
    ("orders", "orders/refused"),
];

/// Everything about the two folders' filesystems. Folders that are not there yet are not tried.
pub fn look(config: &Config) -> Vec<Finding> {
    let (batches, state) = (&config.folders.batches, &config.folders.state);
    let live = config.moncash.environment == Environment::Live;
    let mut findings = Vec::new();
    for (place, path) in [(Place::Batches, batches), (Place::State, state)] {
        if let Ok(kind) = Folder::open(nearest(path)).and_then(|folder| folder.filesystem()) {
            findings.push(judge_kind(place, kind, &path.display().to_string(), live));
        }
    }
    findings.extend(look_at_moves(batches));
    findings.extend(look_at_locks(state));
    findings.extend(look_at_room(config));
    findings.extend(look_at_events(config));
    findings
}

/// A folder on a filesystem that nobody may write to: whoever may do what in it says nothing then. Most disks that
/// are so were made so by the kernel, after an error.
pub fn look_whether_read_only(config: &Config) -> Option<Finding> {
    let folders = [&config.folders.state, &config.folders.batches];
    let is_read_only = |path: &&&PathBuf| {
        rustix::fs::statvfs(nearest(path)).is_ok_and(|told| told.f_flag.contains(StatVfsMountFlags::RDONLY))
    };
    let path = folders.iter().find(is_read_only)?.display();
    Some(Finding::bad(
        "filesystem",
        format!("{path} lies on a filesystem that is mounted read-only: nobody is paid, and no file is taken"),
        format!(
            "'findmnt -T {path}' names the disk, 'journalctl -k' why (a disk that failed?); once that is mended: \
             'mount -o remount,rw' its mount point, and start payoutd"
        ),
    ))
}

/// Which of the two folders.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Batches,
    State,
}

/// Before the first run: where the folder will be.
fn nearest(path: &Path) -> &Path {
    path.ancestors().find(|folder| folder.is_dir()).unwrap_or(path)
}

/// What a kind of filesystem means for a folder.
fn judge_kind(place: Place, kind: Filesystem, shown: &str, live: bool) -> Finding {
    let about = "filesystem";
    let setting = match place {
        Place::Batches => "[folders] batches",
        Place::State => "[folders] state",
    };
    let elsewhere = format!("stop payoutd, move {shown} to {LOCAL} with 'cp -a', and set {setting} to it");
    match (place, kind) {
        (_, Filesystem::Local(name)) => Finding::good(about, format!("{shown} lies on {name}")),
        (Place::State, Filesystem::Network(name)) => Finding::bad(
            about,
            format!(
                "{shown} lies on {name}, another machine's: the ledger's locks and log are not safe there, and a second \
                 payoutd may not be kept out"
            ),
            elsewhere,
        ),
        (Place::Batches, Filesystem::Network(name)) => Finding::warning(
            about,
            format!(
                "{shown} lies on {name}, another machine's: files are found only every [intake] rescan, and whose a file \
                 is, that machine says ([approval] four_eyes rests on it)"
            ),
            format!("keep it on {LOCAL} of this machine, and share it from here"),
        ),
        (_, Filesystem::Memory(name)) => {
            let what = format!("{shown} lies on {name}, in memory: after a restart nothing knows who was paid");
            match (place, live) {
                (Place::State, true) => Finding::bad(about, what, elsewhere),
                _ => Finding::warning(about, what, elsewhere),
            }
        }
        (_, Filesystem::Modeless(name)) => Finding::bad(
            about,
            format!("{shown} lies on {name}, which knows no users and modes: whoever reaches it may change it"),
            elsewhere,
        ),
        (_, Filesystem::Fuse) => Finding::warning(
            about,
            format!(
                "{shown} lies on a filesystem that a program plays (FUSE): what it keeps after a crash nobody can say"
            ),
            elsewhere,
        ),
        (Place::State, Filesystem::Layer) => Finding::warning(
            about,
            format!("{shown} lies on the layer of a container (overlay): it is gone with the container"),
            format!("keep {shown} on a volume of its own"),
        ),
        (Place::Batches, Filesystem::Layer) => Finding::good(about, format!("{shown} lies on overlay")),
        (_, Filesystem::Other(magic)) => {
            Finding::good(about, format!("{shown} lies on a kind that is not known here (0x{magic:x})"))
        }
    }
}

/// Tried with a file of our own.
fn look_at_moves(batches: &Path) -> Vec<Finding> {
    let mut tried = 0;
    let mut findings = Vec::new();
    for (from, to) in MOVES {
        let (from, to) = (batches.join(from), batches.join(to));
        if !from.is_dir() || !to.is_dir() {
            continue;
        }
        tried += 1;
        let moved = Folder::open(&from).and_then(|from| prove_moves(&from, &Folder::open(&to)?));
        if let Err(error) = moved {
            findings.push(Finding::bad(
                "batches",
                format!("files cannot be moved from {} to {}: {error}", from.display(), to.display()),
                format!(
                    "'findmnt -T {}' and the same of the other: both must lie on one mount of {LOCAL}, and belong to \
                     payoutd's user",
                    to.display()
                ),
            ));
        }
    }
    if findings.is_empty() && tried > 0 {
        findings.push(Finding::good("batches", "files can be moved from folder to folder, replacing nothing"));
    }
    findings
}

fn look_at_locks(state: &Path) -> Option<Finding> {
    if !state.is_dir() {
        return None;
    }
    Some(match Folder::open(state).and_then(|folder| prove_locks(&folder)) {
        Ok(()) => Finding::good("state", "locks keep a second payoutd out, and what is written can be flushed to disk"),
        Err(error) => Finding::bad(
            "state",
            format!("locks and flushes were tried there: {error}"),
            format!("keep {} on {LOCAL}, owned by payoutd's user: 'findmnt -T {0}', 'ls -ld {0}'", state.display()),
        ),
    })
}

fn look_at_room(config: &Config) -> Vec<Finding> {
    let needed = config.safety.min_free;
    let mut findings = Vec::new();
    let mut seen: Vec<u64> = Vec::new();
    for path in [&config.folders.state, &config.folders.batches] {
        let near = nearest(path);
        match Folder::open(near).and_then(|folder| folder.room()) {
            // The two lie on one disk, mostly.
            Ok(room) if seen.contains(&room.device) => {}
            Ok(room) => {
                seen.push(room.device);
                findings.extend(judge_room(room, needed, near));
            }
            Err(error) => findings.push(Finding::bad("space", error.to_string(), format!("df -h {}", near.display()))),
        }
    }
    findings
}

fn judge_room(room: Room, needed: u64, near: &Path) -> Vec<Finding> {
    let (free, wanted, shown) = (room.free / 1_000_000, needed / 1_000_000, near.display());
    let make_room = "make room outside of payoutd's folders, where nothing may be deleted: 'du -xsh /var/lib/* /var/log | sort -h', \
                     'journalctl --vacuum-size=500M', 'apt-get clean'"
        .to_string();
    let mut findings = vec![if room.free < needed {
        let what = format!(
            "{free} MB are free at {shown}, [safety] min_free wants {wanted} MB: nothing is sent until there is room"
        );
        Finding::bad("space", what, make_room.clone())
    } else if room.free / 2 < needed {
        let what = format!("{free} MB are free at {shown}: under {wanted} MB ([safety] min_free) nothing is sent");
        Finding::warning("space", what, make_room.clone())
    } else {
        Finding::good("space", format!("{free} MB are free at {shown}"))
    }];
    if let Some(files) = room.files.filter(|files| *files < FEW_FILES) {
        let what =
            format!("only {files} more files can be made at {shown} (inodes are used up): no report can be written");
        findings.push(Finding::bad(
            "space",
            what,
            format!("'df -i {shown}'; delete many small files that are not payoutd's"),
        ));
    }
    findings
}

/// Without events everything works, a little later.
fn look_at_events(config: &Config) -> Option<Finding> {
    let inbox: PathBuf = config.folders.batches.join("inbox");
    let folder = Folder::open(nearest(&inbox)).ok()?;
    Some(match folder.prove_events() {
        Ok(()) => Finding::good("inotify", "new files are noticed at once"),
        Err(why) => judge_events(why, config.intake.rescan.as_secs(), &|name| {
            std::fs::read_to_string(Path::new(LIMITS).join(name)).unwrap_or_default().trim().to_string()
        }),
    })
}

fn judge_events(why: NoEvents, rescan_s: u64, limit: &dyn Fn(&str) -> String) -> Finding {
    let later = format!("new files are found only every [intake] rescan ({rescan_s} s)");
    let raise = |name: &str, to: u32| {
        format!(
            "sysctl -w fs.inotify.{name}={to}, and the same as a line 'fs.inotify.{name} = {to}' of /etc/sysctl.d/payoutd.conf; \
             then restart payoutd"
        )
    };
    match why {
        NoEvents::Watchers => {
            let name = "max_user_instances";
            let what = format!("this user's watchers are used up ({name} is {}): {later}", limit(name));
            Finding::warning("inotify", what, raise(name, 1024))
        }
        NoEvents::Watches => {
            let name = "max_user_watches";
            let what = format!("this user's watches are used up ({name} is {}): {later}", limit(name));
            Finding::warning("inotify", what, raise(name, 524_288))
        }
        NoEvents::Other(error) => Finding::told(Grade::Warning, "inotify", format!("no events ({error}): {later}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filesystem_is_judged_by_what_is_kept_there() {
        let grade = |place, kind, live| judge_kind(place, kind, "/x", live).grade;
        for (kind, state, batches) in [
            (Filesystem::Local("ext4"), Grade::Good, Grade::Good),
            (Filesystem::Network("NFS"), Grade::Bad, Grade::Warning),
            (Filesystem::Modeless("FAT"), Grade::Bad, Grade::Bad),
            (Filesystem::Memory("tmpfs"), Grade::Bad, Grade::Warning),
            (Filesystem::Fuse, Grade::Warning, Grade::Warning),
            (Filesystem::Layer, Grade::Warning, Grade::Good),
            (Filesystem::Other(1), Grade::Good, Grade::Good),
        ] {
            assert_eq!(
                (grade(Place::State, kind, true), grade(Place::Batches, kind, true)),
                (state, batches),
                "{kind:?}"
            );
        }
        assert_eq!(grade(Place::State, Filesystem::Memory("tmpfs"), false), Grade::Warning, "a rehearsal");
    }

    #[test]
    fn room_is_told_before_it_is_gone() {
        let grades = |free, files| {
            let room = Room { free, files, device: 1 };
            judge_room(room, 500, Path::new("/x")).iter().map(|finding| finding.grade).collect::<Vec<_>>()
        };
        assert_eq!(grades(499, None), [Grade::Bad]);
        assert_eq!(grades(500, None), [Grade::Warning]);
        assert_eq!(grades(1000, Some(FEW_FILES)), [Grade::Good]);
        assert_eq!(grades(1000, Some(FEW_FILES - 1)), [Grade::Good, Grade::Bad]);
    }

    #[test]
    fn the_limit_that_is_used_up_is_named_with_the_line_that_raises_it() {
        let told = |why| judge_events(why, 10, &|name| format!("<{name}>"));
        let watchers = told(NoEvents::Watchers);
        assert!(watchers.what.contains("<max_user_instances>") && watchers.what.contains("10 s"), "{watchers:?}");
        assert!(watchers.mend.unwrap().contains("sysctl -w fs.inotify.max_user_instances=1024"));
        assert!(told(NoEvents::Watches).what.contains("<max_user_watches>"));
    }
}
