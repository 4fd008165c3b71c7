//! Who gives an order: the name that is kept with it, and the number of the user.
//!
//! Must never: be empty, or be taken for proof of identity.

use crate::files::users;

/// The person behind `sudo`, else the name of the user that runs this, else its number.
pub fn who() -> String {
    let uid = rustix::process::getuid().as_raw();
    let sudo = std::env::var("SUDO_USER").ok().filter(|_| uid == 0);
    users::name_or(uid, sudo.as_deref())
}

/// The number of the person behind `sudo`, where this runs as root or as payoutd's own user; else of
/// the user that runs this. `service`: payoutd's own user.
pub fn uid(service: u32) -> u32 {
    let own = rustix::process::getuid().as_raw();
    let sudo = std::env::var("SUDO_UID").ok();
    behind(own, service, sudo.as_deref())
}

/// Anybody else could have set the variable himself, and is who he is.
fn behind(own: u32, service: u32, sudo: Option<&str>) -> u32 {
    let behind = sudo.and_then(|uid| uid.parse().ok()).filter(|_| own == 0 || own == service);
    behind.unwrap_or(own)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sudo_is_believed_of_root_and_of_the_service_alone() {
        assert_eq!(behind(0, 990, Some("1001")), 1001);
        assert_eq!(behind(990, 990, Some("1001")), 1001);
        assert_eq!(behind(990, 990, None), 990);
        assert_eq!(behind(1002, 990, Some("1001")), 1002);
        assert_eq!(behind(0, 990, Some("nobody")), 0);
    }
}
