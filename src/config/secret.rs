//! The client secret: where it is looked for, and a type that never shows it.
//!
//! Must never: print, log or compare the secret in a message; accept one that other users can read.

use super::{Environment, Moncash, Problem};
use crate::files::guard::anybody_may_exchange;
use rustix::fs::OFlags;
use std::fmt;
use std::io::Read;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// Name of the systemd credential (`LoadCredential=`) that may hold the secret.
pub const CREDENTIAL: &str = "moncash-client-secret";
/// Variable that may hold the secret where neither a file nor a credential does.
pub const VARIABLE: &str = "PAYOUTD_CLIENT_SECRET";
/// Where the service's unit takes the credential from: root's file, which payoutd's user cannot read.
pub const OF_THE_SERVICE: &str = "/etc/payoutd/client-secret";
/// How root hands it to a command. No list of processes shows it.
pub const FOR_A_COMMAND: &str =
    "PAYOUTD_CLIENT_SECRET=\"$(cat /etc/payoutd/client-secret)\" runuser -u payoutd -- payoutd ";
/// The simulator's secret unless another is set.
const SIMULATOR_SECRET: &str = "client_secret";
/// Longest secret in bytes. MonCash gives out far shorter ones.
const LONGEST_SECRET: u64 = 4096;
/// Permission bits that let anybody but the owner read, write or run.
const OPEN_TO_OTHERS: u32 = 0o077;
/// The same, but for the owner's group.
const OPEN_TO_ALL: u32 = 0o007;
const ROOT: u32 = 0;

/// A secret. Has no `Display` and no serialization; `Debug` hides it.
#[derive(Clone)]
pub struct Secret(String);

impl Secret {
    /// The secret itself, for the one header that needs it.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Takes off the one line end that editors and `echo` add. Anything else odd is refused rather
    /// than sent and answered with a puzzling 401.
    fn parse(text: &str) -> Result<Secret, &'static str> {
        let text = text.strip_suffix('\n').unwrap_or(text);
        let text = text.strip_suffix('\r').unwrap_or(text);
        if text.is_empty() {
            return Err("is empty: write the secret of the prefunded account, alone on one line");
        }
        if text.chars().any(|c| c.is_control() || c.is_whitespace()) {
            return Err("holds a space, a second line or an unprintable character: write the secret alone on one line");
        }
        Ok(Secret(text.to_string()))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(hidden)")
    }
}

/// Where a secret was found; for `doctor`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecretSource {
    File(PathBuf),
    Credential(PathBuf),
    Variable,
    /// The simulator's own; no secret at all.
    Simulator,
}

impl fmt::Display for SecretSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SecretSource::File(path) => write!(f, "file {}", path.display()),
            SecretSource::Credential(path) => write!(f, "systemd credential {}", path.display()),
            SecretSource::Variable => write!(f, "variable {VARIABLE}"),
            SecretSource::Simulator => f.write_str("the simulator's own"),
        }
    }
}

/// What the process was started with, apart from the file. Handed in, so that tests need not change
/// the environment of the whole process.
struct Surroundings {
    /// There is a secret that only the service is given.
    of_the_service: bool,
    credentials: Option<PathBuf>,
    variable: Option<String>,
}

impl Surroundings {
    fn of_process() -> Surroundings {
        Surroundings {
            of_the_service: Path::new(OF_THE_SERVICE).exists(),
            credentials: std::env::var_os("CREDENTIALS_DIRECTORY").map(PathBuf::from),
            variable: std::env::var(VARIABLE).ok().filter(|value| !value.is_empty()),
        }
    }
}

/// The place the secret will be taken from: file, else credential, else variable.
pub fn source(settings: &Moncash) -> Option<SecretSource> {
    source_among(settings, &Surroundings::of_process())
}

fn source_among(settings: &Moncash, around: &Surroundings) -> Option<SecretSource> {
    if let Some(path) = &settings.client_secret_file {
        return Some(SecretSource::File(path.clone()));
    }
    if let Some(path) = around.credentials.as_ref().map(|folder| folder.join(CREDENTIAL)).filter(|path| path.exists()) {
        return Some(SecretSource::Credential(path));
    }
    if around.variable.is_some() {
        return Some(SecretSource::Variable);
    }
    (settings.environment == Environment::Simulator).then_some(SecretSource::Simulator)
}

pub(super) fn read(settings: &Moncash) -> Result<Secret, Problem> {
    read_among(settings, &Surroundings::of_process())
}

fn read_among(settings: &Moncash, around: &Surroundings) -> Result<Secret, Problem> {
    let problem = |key: &str, what: String| Problem { line: None, key: key.to_string(), what };
    let parse = |text: &str| Secret::parse(text);
    match source_among(settings, around) {
        Some(SecretSource::File(path)) => read_private(&path, false)
            .and_then(|text| parse(&text).map_err(str::to_string))
            .map_err(|what| problem("[moncash] client_secret_file", format!("{} {what}", path.display()))),
        Some(SecretSource::Credential(path)) => read_private(&path, true)
            .and_then(|text| parse(&text).map_err(str::to_string))
            .map_err(|what| {
                let then = format!(
                    "the unit takes it from {OF_THE_SERVICE} (LoadCredential=): correct that file, then 'systemctl restart payoutd'"
                );
                problem(&format!("systemd credential {CREDENTIAL}"), format!("{} {what}; {then}", path.display()))
            }),
        Some(SecretSource::Variable) => parse(around.variable.as_deref().unwrap_or_default())
            .map_err(|what| problem(&format!("variable {VARIABLE}"), what.to_string())),
        Some(SecretSource::Simulator) => Ok(Secret(SIMULATOR_SECRET.to_string())),
        None if around.of_the_service => Err(problem(
            "[moncash] client_secret_file",
            format!(
                "there is no client secret here: the service's is in {OF_THE_SERVICE}, for root alone. As root, type \
                 {FOR_A_COMMAND}… (a service reads it at its start: 'systemctl restart payoutd')"
            ),
        )),
        None => Err(problem(
            "[moncash] client_secret_file",
            format!(
                "there is no client secret: write it into a file of its own (chmod 600) and name that file here, \
                 or give the systemd credential {CREDENTIAL}, or set {VARIABLE}"
            ),
        )),
    }
}

/// What stands alone on one line of a private file that a setting names; one of systemd's credentials
/// where it lies among them.
///
/// # Errors
/// What is wrong with the file, without anything of what is in it.
pub fn read_line(path: &Path) -> Result<String, String> {
    let of_systemd = Surroundings::of_process().credentials.is_some_and(|folder| path.parent() == Some(&folder));
    let text = read_private(path, of_systemd)?;
    let line = text.strip_suffix('\n').unwrap_or(&text);
    let line = line.strip_suffix('\r').unwrap_or(line);
    if line.is_empty() || line.chars().any(char::is_control) {
        return Err("must hold one line and nothing else".to_string());
    }
    Ok(line.to_string())
}

/// Reads a small file, through the same descriptor whose owner and permissions were looked at. Links
/// are not followed: who may change a link decides what is read. systemd gives credentials an owner
/// and a group of its own choosing; they are closed to all others.
fn read_private(path: &Path, of_systemd: bool) -> Result<String, String> {
    let flags = (OFlags::NONBLOCK | OFlags::NOFOLLOW | OFlags::NOCTTY).bits();
    let file = std::fs::OpenOptions::new()
        .read(true)
        .custom_flags(i32::try_from(flags).unwrap_or(0))
        .open(path)
        .map_err(|e| word_unopened(path, &e))?;
    let about = file.metadata().map_err(|e| format!("cannot be looked at: {e}"))?;
    if !about.is_file() {
        return Err("is not a regular file".to_string());
    }
    let mode = about.permissions().mode() & 0o777;
    let open = if of_systemd { mode & OPEN_TO_ALL } else { mode & OPEN_TO_OTHERS };
    if open != 0 {
        return Err(format!("is open to other users (mode {mode:03o}): run  chmod 600 {}", path.display()));
    }
    let us = rustix::process::geteuid().as_raw();
    if !of_systemd {
        check_owner(path, about.uid(), us)?;
    }
    let mut text = String::new();
    file.take(LONGEST_SECRET + 1).read_to_string(&mut text).map_err(|e| format!("cannot be read as text: {e}"))?;
    if text.len() as u64 > LONGEST_SECRET {
        return Err("is too long for a secret: it must hold the secret alone".to_string());
    }
    Ok(text)
}

/// Whoever owns the file, or may exchange it in its folder, chooses where the money is paid from.
fn check_owner(path: &Path, owner: u32, us: u32) -> Result<(), String> {
    if owner != us && owner != ROOT {
        return Err(format!(
            "belongs to user {owner}, and payoutd runs as user {us}: run  chown {us} {}",
            path.display()
        ));
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    match rustix::fs::stat(folder) {
        Ok(stat) if anybody_may_exchange(&stat) => {
            Err(format!("lies in a folder where anybody may exchange it: run  chmod o-w {}", folder.display()))
        }
        Ok(_) => Ok(()),
        Err(e) => Err(format!("lies in a folder that cannot be looked at: {e}")),
    }
}

fn word_unopened(path: &Path, error: &std::io::Error) -> String {
    if std::fs::symlink_metadata(path).is_ok_and(|about| about.is_symlink()) {
        return "is a link, and links to a secret are not followed: name the file itself".to_string();
    }
    format!("cannot be opened ({error}): it must exist and belong to the user that runs payoutd")
}

#[cfg(test)]
mod tests {
    use super::super::Config;
    use super::*;

    const NOTHING: Surroundings = Surroundings { of_the_service: false, credentials: None, variable: None };

    fn settings(folder: &Path, with_file: bool) -> Moncash {
        let line = if with_file { "client_secret_file = \"secret\"\n" } else { "" };
        let text = format!("[moncash]\nenvironment = \"sandbox\"\nclient_id = \"me\"\n{line}");
        Config::from_text(&text, &folder.join("payoutd.toml")).expect("a good file").moncash
    }

    fn write(path: &Path, text: &str, mode: u32) {
        std::fs::write(path, text).expect("write");
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).expect("chmod");
    }

    #[test]
    fn a_secret_that_others_can_read_is_refused_with_the_chmod_that_helps() {
        let folder = tempfile::tempdir().expect("folder");
        let path = folder.path().join("secret");
        for mode in [0o644, 0o640, 0o604, 0o620, 0o601] {
            write(&path, "s3cret\n", mode);
            let problem = read_among(&settings(folder.path(), true), &NOTHING).expect_err("refused").to_string();
            assert!(problem.contains("chmod 600") && problem.contains(&format!("{mode:03o}")), "{problem}");
            assert!(!problem.contains("s3cret"), "{problem}");
        }
        for mode in [0o600, 0o400] {
            write(&path, "s3cret\n", mode);
            let secret = read_among(&settings(folder.path(), true), &NOTHING).expect("accepted");
            assert_eq!(secret.expose(), "s3cret");
        }
    }

    #[test]
    fn the_file_comes_before_the_credential_and_that_before_the_variable() {
        let folder = tempfile::tempdir().expect("folder");
        let credentials = folder.path().join("credentials");
        std::fs::create_dir(&credentials).expect("folder");
        write(&folder.path().join("secret"), "from-file", 0o600);
        write(&credentials.join(CREDENTIAL), "from-credential", 0o440);
        let around = Surroundings {
            of_the_service: false,
            credentials: Some(credentials.clone()),
            variable: Some("from-variable".into()),
        };
        let found = |with_file, around: &Surroundings| {
            read_among(&settings(folder.path(), with_file), around).map(|s| s.expose().to_string()).map_err(|p| p.what)
        };
        assert_eq!(found(true, &around), Ok("from-file".to_string()));
        assert_eq!(found(false, &around), Ok("from-credential".to_string()));
        std::fs::remove_file(credentials.join(CREDENTIAL)).expect("remove");
        assert_eq!(found(false, &around), Ok("from-variable".to_string()));
        assert!(found(false, &NOTHING).expect_err("none").contains(VARIABLE));
        let beside = Surroundings { of_the_service: true, ..NOTHING };
        assert!(found(false, &beside).expect_err("none").contains(FOR_A_COMMAND), "the service's secret is told of");
        write(&credentials.join(CREDENTIAL), "", 0o440);
        let empty = Surroundings { credentials: Some(credentials.clone()), ..NOTHING };
        let what = found(false, &empty).expect_err("empty");
        assert!(what.contains(OF_THE_SERVICE) && what.contains("systemctl restart payoutd"), "{what}");
        std::fs::remove_file(folder.path().join("secret")).expect("remove");
        assert!(found(true, &around).expect_err("a named file must exist").contains("cannot be opened"));
    }

    #[test]
    fn a_secret_is_one_line_and_never_shown() {
        assert_eq!(Secret::parse("abc\r\n").map(|s| s.0), Ok("abc".to_string()));
        for text in ["", "\n", "abc\n\n", "a b", "a\nb", "abc\t", " abc"] {
            assert!(Secret::parse(text).is_err(), "{text:?}");
        }
        assert_eq!(format!("{:?}", Secret("abc".into())), "Secret(hidden)");
    }

    #[test]
    fn the_simulator_needs_no_secret() {
        let config = Config::simulator_default(Path::new("/nowhere")).expect("defaults");
        assert_eq!(read_among(&config.moncash, &NOTHING).map(|s| s.0), Ok(SIMULATOR_SECRET.to_string()));
    }
}
