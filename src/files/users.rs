//! Whose a file is, and what a user's number is called, for people who read who did something.
//!
//! Must never: be taken for proof of who somebody is; that is the number.

use std::path::Path;

/// Where the names of users are.
const USERS: &str = "/etc/passwd";
/// Where the names of groups are; in the same form.
const GROUPS: &str = "/etc/group";
/// Longest name that is kept, in characters.
const LONGEST: usize = 64;

/// The user (uid) to whom what a setting names belongs; `None` where it cannot be looked at.
pub fn owner_of(path: &Path) -> Option<u32> {
    rustix::fs::stat(path).ok().map(|stat| stat.st_uid)
}

/// The user's name, else its number.
pub fn name_of(uid: u32) -> String {
    named(uid, None, &std::fs::read_to_string(USERS).unwrap_or_default())
}

/// The same; `known` is what somebody else calls the user.
pub fn name_or(uid: u32, known: Option<&str>) -> String {
    named(uid, known, &std::fs::read_to_string(USERS).unwrap_or_default())
}

/// A group's name, else its number.
pub fn group_of(gid: u32) -> String {
    let name = named(gid, None, &std::fs::read_to_string(GROUPS).unwrap_or_default());
    name.trim_start_matches("user ").to_string()
}

/// A user as commands take it: the name, else the number.
pub fn for_commands(uid: u32) -> String {
    name_of(uid).trim_start_matches("user ").to_string()
}

fn named(uid: u32, known: Option<&str>, users: &str) -> String {
    let own = || {
        let uid = uid.to_string();
        users.lines().find_map(|line| {
            let mut fields = line.split(':');
            let name = fields.next()?;
            (fields.nth(1) == Some(uid.as_str())).then(|| name.to_string())
        })
    };
    let name = known.map(str::to_string).or_else(own).unwrap_or_default();
    let name: String = name.chars().filter(|c| !c.is_control()).take(LONGEST).collect();
    if name.is_empty() { format!("user {uid}") } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_is_signed_by_the_person_behind_sudo_and_never_by_nobody() {
        let users = "root:x:0:0:root:/root:/bin/sh\nmarie:x:1001:1001::/home/marie:/bin/sh\n";
        assert_eq!(named(0, Some("marie"), users), "marie");
        assert_eq!(named(1001, None, users), "marie");
        assert_eq!(named(0, None, users), "root");
        assert_eq!(named(7, None, users), "user 7");
        assert_eq!(named(7, Some("\u{1b}"), ""), "user 7");
    }
}
