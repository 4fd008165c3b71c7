//! Who gives an order: the name that is kept with it.
//!
//! Must never: be empty, or be taken for proof of identity.

/// Where the names of users are.
const USERS: &str = "/etc/passwd";
/// Longest name that is kept, in characters.
const LONGEST: usize = 64;

/// The person behind `sudo`, else the name of the user that runs this, else its number.
pub fn who() -> String {
    let uid = rustix::process::getuid().as_raw();
    let users = std::fs::read_to_string(USERS).unwrap_or_default();
    let sudo = std::env::var("SUDO_USER").ok().filter(|_| uid == 0);
    name_of(uid, sudo.as_deref(), &users)
}

fn name_of(uid: u32, sudo: Option<&str>, users: &str) -> String {
    let own = || {
        let uid = uid.to_string();
        users.lines().find_map(|line| {
            let mut fields = line.split(':');
            let name = fields.next()?;
            (fields.nth(1) == Some(uid.as_str())).then(|| name.to_string())
        })
    };
    let name = sudo.map(str::to_string).or_else(own).unwrap_or_default();
    let name: String = name.chars().filter(|c| !c.is_control()).take(LONGEST).collect();
    if name.is_empty() { format!("user {uid}") } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_is_signed_by_the_person_behind_sudo_and_never_by_nobody() {
        let users = "root:x:0:0:root:/root:/bin/sh\nmarie:x:1001:1001::/home/marie:/bin/sh\n";
        assert_eq!(name_of(0, Some("marie"), users), "marie");
        assert_eq!(name_of(1001, None, users), "marie");
        assert_eq!(name_of(0, None, users), "root");
        assert_eq!(name_of(7, None, users), "user 7");
        assert_eq!(name_of(7, Some("\u{1b}"), ""), "user 7");
    }
}
