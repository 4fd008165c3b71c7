//! Filesystems that cannot do what payoutd asks of one: played by strace, which changes what the kernel
//! answers, and by real mounts in a namespace of the test's own.

use super::house::{House, NOWHERE, Said, runs};
use support::left_out;
use support::traced::OPEN;

/// With this system call spoilt.
fn spoilt(house: &House, call: &str, how: &str) -> Option<Said> {
    let trace = format!("trace={call},prctl");
    let inject = format!("inject={call}:{how}");
    let words = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", &trace, OPEN[0], OPEN[1], "-e", &inject];
    if !runs(&[&words[..], &["true"]].concat()) {
        left_out(&inject, "strace may not trace here, or does not know this");
        return None;
    }
    Some(house.doctor_under(&words, &["--offline"]))
}

#[test]
fn locks_that_fail_or_keep_nobody_out_are_bad() {
    let house = House::at(NOWHERE);
    let Some(said) = spoilt(&house, "flock", "error=ENOLCK") else { return };
    said.ends(1).finds("BAD", "state", &["locks and flushes were tried", "No locks available", "findmnt -T "]);
    let Some(said) = spoilt(&house, "flock", "retval=0") else { return };
    said.ends(1).finds("BAD", "state", &["do not keep a second process out", "ext4"]);
    let Some(said) = spoilt(&house, "fsync", "error=EIO") else { return };
    said.ends(1).finds("BAD", "state", &["cannot be flushed to disk"]);
    for left in ["state", "batches/inbox", "batches/accepted"] {
        assert_eq!(std::fs::read_dir(house.path(left)).unwrap().count(), 0, "{left}: nothing of the trials is left");
    }
}

#[test]
fn renames_that_could_overwrite_are_bad() {
    let house = House::at(NOWHERE);
    let Some(said) = spoilt(&house, "renameat2", "error=EINVAL") else { return };
    said.ends(1).finds("BAD", "batches", &["cannot be moved from", "cannot rename without overwriting", "mend: "]);
}

/// `f_type` of what statfs gives, as it lies in memory.
#[cfg(all(target_arch = "x86_64", target_endian = "little"))]
#[test]
fn a_network_folder_and_one_without_modes_are_told_by_their_kind() {
    for (magic, grade, words) in [
        ("6969000000000000", "BAD", "lies on NFS, another machine's"),
        ("42 4d 53 fe 00000000", "BAD", "lies on SMB, another machine's"),
        ("444d000000000000", "BAD", "lies on FAT, which knows no users"),
        ("4655736500000000", "warning", "that a program plays (FUSE)"),
    ] {
        let bytes: String = magic.split_whitespace().collect::<Vec<_>>().concat();
        let escaped: String = bytes.as_bytes().chunks(2).map(|two| String::from_utf8_lossy(two).into_owned()).collect();
        let house = House::at(NOWHERE);
        let Some(said) = spoilt(&house, "fstatfs", &format!("poke_exit=@arg2={escaped}")) else { return };
        said.finds(grade, "filesystem", &["/state", words, "mend: stop payoutd, move "]);
        if grade == "BAD" {
            said.ends(1);
        }
    }
}

/// The doctor among mounts of its own.
fn mounted(house: &House, mount: &str) -> Option<Said> {
    let mut words = vec!["unshare", "--mount", "--propagation", "private"];
    if !rustix::process::geteuid().is_root() {
        words.push("--map-root-user");
    }
    if !runs(&[&words[..], &["mount", "-t", "tmpfs", "none", "/mnt"]].concat()) {
        left_out(mount, "mounting in a namespace of one's own is not permitted");
        return None;
    }
    let line = format!("{mount} && exec \"$@\"");
    words.extend(["sh", "-c", &line, "sh"]);
    Some(house.doctor_under(&words, &["--offline"]))
}

#[test]
fn a_filesystem_that_is_mounted_read_only_is_told_once_and_no_mode_is_blamed() {
    let house = House::at(NOWHERE);
    let Some(said) = mounted(&house, "mount --bind . . && mount -o remount,ro,bind . && cd \"$PWD\"") else { return };
    said.ends(1).finds("BAD", "filesystem", &["mounted read-only", "findmnt -T ", "journalctl -k"]);
    said.never_says("chown").never_says("chmod");
}

#[test]
fn folders_on_different_filesystems_are_bad_where_files_are_moved() {
    let house = House::at(NOWHERE);
    let Some(said) = mounted(&house, "mount -t tmpfs -o mode=0700 none batches/accepted") else { return };
    said.ends(1).finds("BAD", "batches", &["processing", "accepted", "different filesystems", "findmnt -T "]);
}

#[test]
fn a_ledger_in_memory_is_told() {
    let house = House::at(NOWHERE);
    let Some(said) = mounted(&house, "mount -t tmpfs -o mode=0700 none state") else { return };
    said.finds("warning", "filesystem", &["/state", "lies on tmpfs, in memory", "after a restart nothing knows"]);
    house.configure("live", NOWHERE, "me", "");
    let Some(said) = mounted(&house, "mount -t tmpfs -o mode=0700 none state") else { return };
    said.ends(1).finds("BAD", "filesystem", &["/state", "lies on tmpfs"]);
}

#[test]
fn a_disk_that_is_nearly_full_is_told_before_and_after_it_stops_the_sending() {
    let house = House::at(NOWHERE);
    house.configure("sandbox", NOWHERE, "me", "min_free = \"3MB\"\n");
    let mount = |size: &str| mounted(&house, &format!("mount -t tmpfs -o size={size},mode=0700 none state"));
    let Some(said) = mount("2m") else { return };
    said.ends(1).finds("BAD", "space", &["/state", "min_free wants 3 MB", "mend: make room"]);
    let Some(said) = mount("5m") else { return };
    said.finds("warning", "space", &["/state", "under 3 MB", "mend: make room"]);
    let Some(said) = mount("100m,nr_inodes=40") else { return };
    said.ends(1).finds("BAD", "space", &["/state", "inodes are used up", "df -i"]);
    house.configure("sandbox", NOWHERE, "me", "min_free = \"900TB\"\n");
    house.doctor(&["--offline"]).ends(1).finds("BAD", "space", &["min_free wants 900000000 MB"]);
}

#[test]
fn watchers_that_are_used_up_are_told_with_the_limit_to_raise() {
    let house = House::at(NOWHERE);
    let Some(said) = spoilt(&house, "inotify_init1", "error=EMFILE") else { return };
    said.ends(0).finds(
        "warning",
        "inotify",
        &["max_user_instances is ", "every [intake] rescan (10 s)", "sysctl -w fs.inotify."],
    );
    let Some(said) = spoilt(&house, "inotify_add_watch", "error=ENOSPC") else { return };
    said.ends(0).finds("warning", "inotify", &["max_user_watches is ", "fs.inotify.max_user_watches = "]);
}
