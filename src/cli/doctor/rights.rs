//! Who may do what in the folders of people: payoutd itself, those who drop files, those who approve.
//!
//! The model is the README's *Who may do what*; folders that only payoutd's user may enter are fine as well.
//!
//! Must never: change a mode, or believe what root may do.

use super::finding::{Finding, Grade};
use crate::config::Config;
use crate::files::guard::{Laxity, look_at_private_folder};
use crate::files::probe::has_list;
use crate::files::users::{for_commands, group_of, name_of, owner_of};
use crate::files::{Folder, Kind, show};
use rustix::fs::{Access, Stat};
use std::path::Path;

/// Files in a folder that are looked at: more lie there only in a trouble of another kind.
const MOST_FILES: usize = 10_000;
/// Files that are named.
const NAMED: usize = 3;

const BY_GROUP: u32 = 0o020;
const BY_ALL: u32 = 0o002;
const STICKY: u32 = 0o1000;
const SETGID: u32 = 0o2000;
/// Any right of everybody.
const OF_ALL: u32 = 0o007;

/// What a folder is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    /// Those who prepare payrolls lay files there.
    Drop,
    /// Those who approve lay orders there.
    Order,
    /// Only payoutd lays files there.
    Kept,
}

const PLACES: [(&str, Role); 8] = [
    ("inbox", Role::Drop),
    ("check", Role::Drop),
    ("approvals", Role::Order),
    ("orders", Role::Order),
    ("processing", Role::Kept),
    ("accepted", Role::Kept),
    ("rejected", Role::Kept),
    ("reports", Role::Kept),
];

/// What the filesystem says of a folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Rights {
    owner: u32,
    group: u32,
    mode: u32,
    /// Rights beyond the mode: its group's part is then only a bound.
    list: bool,
}

impl Rights {
    fn of(path: &Path) -> Option<Rights> {
        let stat: Stat = rustix::fs::stat(path).ok()?;
        Some(Rights { owner: stat.st_uid, group: stat.st_gid, mode: stat.st_mode & 0o7777, list: has_list(path) })
    }

    /// Whether a group, and not its owner alone, writes there.
    fn opened_to_group(self) -> bool {
        self.mode & BY_GROUP != 0 && !self.list
    }
}

/// The folders, as this user finds them.
pub fn look(config: &Config) -> Vec<Finding> {
    let folders = &config.folders;
    let mut findings = vec![look_at_folder("batches", &folders.batches), look_at_folder("state", &folders.state)];
    findings.extend(look_at_private_folder(&folders.state).map(|lax| match lax {
        Laxity::Writable(words) => Finding::told(Grade::Bad, "state", words),
        Laxity::Open(words) => Finding::told(Grade::Warning, "state", words),
    }));
    findings.extend(look_at_owners(&folders.state));
    let us = rustix::process::geteuid();
    let service = owner_of(&folders.state).unwrap_or_else(|| us.as_raw());
    if us.is_root() && service != us.as_raw() {
        let name = for_commands(service);
        findings.push(Finding::warning(
            "rights",
            "this is root, to whom nothing is forbidden: what payoutd's user may do was not tried",
            format!("runuser -u {name} -- payoutd doctor --offline"),
        ));
    }
    findings.extend(look_at_places(&folders.batches, service));
    findings
}

fn look_at_folder(about: &'static str, folder: &Path) -> Finding {
    let shown = folder.display();
    match std::fs::metadata(folder) {
        Ok(found) if !found.is_dir() => Finding::bad(
            about,
            format!("{shown} is not a folder"),
            format!("move it away, or correct [folders] {about}"),
        ),
        Ok(_) => match may_work_in(folder) {
            Ok(()) => Finding::good(about, shown.to_string()),
            Err(e) => {
                let us = for_commands(rustix::process::geteuid().as_raw());
                let what = format!("{shown} may not be written by this user, {us} ({e})");
                Finding::bad(
                    about,
                    what,
                    format!("chown {us} {shown}, if {us} is payoutd's user; else run this as that user"),
                )
            }
        },
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
            Finding::told(Grade::Warning, about, format!("{shown} is not there yet: `payoutd run` makes it"))
        }
        Err(e) => Finding::bad(
            about,
            format!("{shown} cannot be looked at: {e}"),
            format!("'namei -l {shown}' shows which folder above it is closed to this user"),
        ),
    }
}

fn may_work_in(folder: &Path) -> Result<(), rustix::io::Errno> {
    rustix::fs::access(folder, Access::WRITE_OK | Access::EXEC_OK | Access::READ_OK)
}

/// A command that was run as root leaves files that the service cannot write.
fn look_at_owners(state: &Path) -> Option<Finding> {
    let owner = owner_of(state)?;
    let folder = Folder::open(state).ok()?;
    let mut strangers = Vec::new();
    let _ = folder.each_name(|name| {
        if let Ok(Some(seen)) = folder.look(name)
            && seen.owner != owner
        {
            strangers.push(format!("{} ({})", show(name), name_of(seen.owner)));
        }
        strangers.len() < MOST_FILES
    });
    if strangers.is_empty() {
        return None;
    }
    let what = format!(
        "files in {} do not belong to {}, whose the folder is: {}",
        state.display(),
        name_of(owner),
        few(&strangers)
    );
    Some(Finding::bad("state", what, format!("stop payoutd, then  chown -R {owner} {}", state.display())))
}

/// The first few, and how many more.
fn few(names: &[String]) -> String {
    let told = names.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(NAMED) {
        0 => told,
        more => format!("{told} and {more} more"),
    }
}

fn look_at_places(batches: &Path, service: u32) -> Vec<Finding> {
    let mut findings = Vec::new();
    if let Some(rights) = Rights::of(batches).filter(|rights| rights.mode & OF_ALL != 0) {
        let what = format!(
            "{} is open to every user of this machine (mode {:04o}): names and salaries lie there",
            batches.display(),
            rights.mode
        );
        findings.push(Finding::warning("batches", what, format!("chmod o= {}", batches.display())));
    }
    let droppers = Rights::of(&batches.join("inbox"));
    for (name, role) in PLACES {
        let path = batches.join(name);
        let Some(rights) = Rights::of(&path) else { continue };
        if !path.is_dir() {
            let what = format!("{} is not a folder", path.display());
            findings.push(Finding::bad(name, what, "move it away: payoutd makes the folder"));
            continue;
        }
        if let Err(e) = may_work_in(&path) {
            let what = format!(
                "{} may not be read and written by this user ({e}; it is {}:{}, mode {:04o})",
                path.display(),
                name_of(rights.owner),
                group_of(rights.group),
                rights.mode
            );
            findings.push(Finding::bad(name, what, mend_of(role, service, &path)));
        }
        findings.extend(judge(name, role, rights, droppers, service, &path));
        if role != Role::Kept {
            findings.extend(look_at_files(name, &path));
        }
    }
    findings
}

/// The modes that the package's tmpfiles.d gives.
fn mend_of(role: Role, service: u32, path: &Path) -> String {
    let (us, shown) = (for_commands(service), path.display());
    match role {
        Role::Drop => format!("chown {us}:payoutd-finance {shown} && chmod 3770 {shown}"),
        Role::Order => format!("chown {us}:payoutd-approve {shown} && chmod 3775 {shown}"),
        Role::Kept => format!("chown {us}:payoutd-finance {shown} && chmod 2750 {shown}"),
    }
}

/// What modes and owners mean. `droppers`: the rights on the inbox.
fn judge(
    name: &'static str,
    role: Role,
    rights: Rights,
    droppers: Option<Rights>,
    service: u32,
    path: &Path,
) -> Vec<Finding> {
    let Rights { owner, group, mode, .. } = rights;
    let (shown, group_name) = (path.display(), group_of(group));
    let mend = || mend_of(role, service, path);
    let mut findings = Vec::new();
    if mode & BY_ALL != 0 {
        let harm = match role {
            Role::Drop => "whoever is on this machine may lay payrolls there",
            Role::Order => "whoever is on this machine may approve and give orders",
            Role::Kept => "whoever is on this machine may change what was paid and reported",
        };
        findings.push(Finding::bad(
            name,
            format!("{shown} may be written by everybody (mode {mode:04o}): {harm}"),
            mend(),
        ));
        return findings;
    }
    if owner != service && mode & STICKY != 0 {
        let what = format!("{shown} is sticky and belongs to {}: payoutd cannot take files out of it", name_of(owner));
        findings.push(Finding::bad(name, what, mend()));
    }
    if !rights.opened_to_group() {
        return findings;
    }
    match role {
        Role::Order if droppers.is_some_and(|inbox| inbox.opened_to_group() && inbox.group == group) => {
            let what = format!(
                "{shown} may be written by group {group_name}, which drops files into the inbox: who lays a payroll may \
                 approve it himself"
            );
            findings.push(Finding::bad(name, what, mend()));
        }
        Role::Kept => {
            let what =
                format!("{shown} may be written by group {group_name}: it may change what was paid and reported");
            findings.push(Finding::warning(name, what, mend()));
        }
        Role::Drop | Role::Order if mode & STICKY == 0 => {
            let what = format!("in {shown} everybody of group {group_name} may exchange the files of others");
            findings.push(Finding::warning(name, what, format!("chmod +t {shown}")));
        }
        Role::Drop | Role::Order if mode & SETGID == 0 => {
            let what = format!(
                "{shown} does not pass on its group {group_name}: payoutd may not be able to read what is laid there"
            );
            findings.push(Finding::warning(name, what, format!("chmod g+s {shown}")));
        }
        Role::Drop | Role::Order => {}
    }
    findings
}

/// Files that lie there and that this user cannot read.
fn look_at_files(name: &'static str, path: &Path) -> Option<Finding> {
    let folder = Folder::open(path).ok()?;
    let (mut closed, mut looked) = (Vec::new(), 0);
    let _ = folder.each_name(|file| {
        looked += 1;
        let is_file = matches!(folder.look(file), Ok(Some(seen)) if seen.kind == Kind::Regular);
        if is_file && !file.as_encoded_bytes().starts_with(b".") && !folder.may_read(file) {
            closed.push(show(file));
        }
        looked < MOST_FILES
    });
    closed.sort();
    let first = path.join(closed.first()?);
    let what = format!("{} cannot be read by payoutd and lie there untaken: {}", counted(closed.len()), few(&closed));
    let mend = format!("chmod g+r '{}' (and copy files there instead of moving them)", first.display());
    Some(Finding::bad(name, what, mend))
}

fn counted(files: usize) -> String {
    if files == 1 { "1 file".to_string() } else { format!("{files} files") }
}

#[cfg(test)]
mod tests {
    use super::*;

    const US: u32 = 900;
    const FINANCE: u32 = 500;
    const APPROVE: u32 = 600;

    fn rights(owner: u32, group: u32, mode: u32) -> Rights {
        Rights { owner, group, mode, list: false }
    }

    fn grades(role: Role, of: Rights) -> Vec<Grade> {
        let inbox = rights(US, FINANCE, 0o3770);
        judge("x", role, of, Some(inbox), US, Path::new("/x")).iter().map(|finding| finding.grade).collect()
    }

    #[test]
    fn the_packages_modes_and_closed_folders_are_good() {
        let none: Vec<Grade> = Vec::new();
        assert_eq!(grades(Role::Drop, rights(US, FINANCE, 0o3770)), none);
        assert_eq!(grades(Role::Order, rights(US, APPROVE, 0o3770)), none);
        assert_eq!(grades(Role::Kept, rights(US, FINANCE, 0o2750)), none);
        for role in [Role::Drop, Role::Order, Role::Kept] {
            assert_eq!(grades(role, rights(US, US, 0o700)), none);
        }
    }

    /// What the package makes is what the doctor calls good, and what it tells people to make.
    #[test]
    fn the_package_and_the_doctor_agree_on_every_folder() {
        let table = include_str!("../../../systemd/payoutd.tmpfiles");
        for (name, role) in PLACES {
            let path = format!("/var/lib/payoutd/batches/{name}");
            let line = table.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
            let line = line.into_iter().find(|words| words.get(1) == Some(&path.as_str())).expect("its line");
            let group = if line[4] == "payoutd-approve" { APPROVE } else { FINANCE };
            let mode = u32::from_str_radix(line[2], 8).expect("a mode");
            assert_eq!(grades(role, rights(US, group, mode)), Vec::<Grade>::new(), "{line:?}");
            let mend = mend_of(role, US, Path::new(&path));
            assert!(
                mend.contains(&format!(":{} {path}", line[4])) && mend.contains(&format!("chmod {}", line[2])),
                "{mend}"
            );
        }
    }

    #[test]
    fn what_opens_money_to_the_wrong_people_is_bad() {
        assert_eq!(grades(Role::Order, rights(US, FINANCE, 0o3770)), [Grade::Bad], "finance approves itself");
        for role in [Role::Drop, Role::Order, Role::Kept] {
            assert_eq!(grades(role, rights(US, FINANCE, 0o1777)), [Grade::Bad], "everybody");
        }
        assert_eq!(grades(Role::Drop, rights(0, FINANCE, 0o3770)), [Grade::Bad], "sticky, and somebody else's");
        assert_eq!(grades(Role::Kept, rights(US, FINANCE, 0o2770)), [Grade::Warning]);
        assert_eq!(grades(Role::Drop, rights(US, FINANCE, 0o2770)), [Grade::Warning], "not sticky");
        assert_eq!(grades(Role::Drop, rights(US, FINANCE, 0o1770)), [Grade::Warning], "passes no group on");
        let by_list = Rights { list: true, ..rights(US, FINANCE, 0o770) };
        assert_eq!(grades(Role::Order, by_list), Vec::<Grade>::new(), "the group's bits are then a bound only");
    }
}
