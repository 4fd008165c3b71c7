//! What the client must be told: where MonCash is, who we are, how long to wait.
//!
//! Must never: show a secret, or let money orders travel unencrypted beyond this machine.

use reqwest::Url;
use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

/// How long establishing a connection may take (TCP and TLS), unless the settings say otherwise.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a whole call may take, unless the settings say otherwise. The sandbox has been seen
/// to answer after 20 s.
pub const REQUEST_TIMEOUT: Duration = Duration::from_secs(60);

/// Where the hosted payment page lies below a host. API document, "MONCASH GATEWAY BASE URL".
const GATEWAY_PATH: &str = "/Moncash-middleware";

/// MonCash's two environments. API document, "REST API HOST".
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Environment {
    Sandbox,
    Live,
}

impl Environment {
    pub const fn base_url(self) -> &'static str {
        match self {
            Environment::Sandbox => "https://sandbox.moncashbutton.digicelgroup.com/Api",
            Environment::Live => "https://moncashbutton.digicelgroup.com/Api",
        }
    }
}

/// A text that nothing prints.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    pub fn new(text: impl Into<String>) -> Secret {
        Secret(text.into())
    }

    /// For the one header that carries it, and for finding it in what MonCash echoes.
    pub(super) fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

/// Everything the client is told. The hosted payment page is on the same host as the API, so its
/// address is derived: [`super::client::Client::gateway_base`].
#[derive(Clone, Debug)]
pub struct Settings {
    /// Such as [`Environment::base_url`]: https, or http to a loopback address.
    pub base_url: String,
    /// Of the prefunded account, not of the collection account.
    pub client_id: String,
    pub client_secret: Secret,
    /// For TCP and TLS together; shorter than `request_timeout`.
    pub connect_timeout: Duration,
    /// For one whole call, its answer included.
    pub request_timeout: Duration,
}

impl Settings {
    /// With the usual waits.
    pub fn new(base_url: impl Into<String>, client_id: impl Into<String>, client_secret: Secret) -> Settings {
        Settings {
            base_url: base_url.into(),
            client_id: client_id.into(),
            client_secret,
            connect_timeout: CONNECT_TIMEOUT,
            request_timeout: REQUEST_TIMEOUT,
        }
    }
}

/// Why no client can be made of these settings. All of them are for a person to correct.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    #[error("base_url is not an address that can be used: {0}. Write it as {sandbox}", sandbox = Environment::Sandbox.base_url())]
    BadAddress(String),
    #[error(
        "base_url is http to {0}, which is not this machine: the credentials and every payment would travel \
         unencrypted. Use https (http is taken only to a loopback address such as 127.0.0.1)"
    )]
    NotEncrypted(String),
    #[error(
        "connect_timeout ({connect:?}) must be above zero and shorter than request_timeout ({request:?}), which \
         covers the whole call"
    )]
    Timeouts { connect: Duration, request: Duration },
    #[error("client_id is empty, or holds a colon or a character that HTTP credentials cannot carry")]
    ClientId,
    #[error("client_secret is empty, or holds a character that HTTP credentials cannot carry (a line end?)")]
    ClientSecret,
    #[error("this machine's trusted certificates cannot be used: {0}. Install its CA certificates (ca-certificates)")]
    Roots(rustls::Error),
    #[error("the HTTP client cannot be set up: {0}")]
    Setup(String),
}

/// Checks the settings and returns the address of the API, without a slash at its end.
pub(super) fn check(settings: &Settings) -> Result<Url, ClientError> {
    let (connect, request) = (settings.connect_timeout, settings.request_timeout);
    if connect.is_zero() || connect >= request {
        return Err(ClientError::Timeouts { connect, request });
    }
    let printable = |text: &str| !text.is_empty() && !text.chars().any(char::is_control);
    if !printable(&settings.client_id) || settings.client_id.contains(':') {
        return Err(ClientError::ClientId);
    }
    if !printable(settings.client_secret.expose()) {
        return Err(ClientError::ClientSecret);
    }
    let url = parse(&settings.base_url)?;
    if url.scheme() == "http" && !is_loopback(&url) {
        return Err(ClientError::NotEncrypted(url.host_str().unwrap_or_default().to_string()));
    }
    Ok(url)
}

fn parse(base_url: &str) -> Result<Url, ClientError> {
    let bad = |why: &str| Err(ClientError::BadAddress(why.to_string()));
    let url = Url::parse(base_url.trim_end_matches('/')).map_err(|e| ClientError::BadAddress(e.to_string()))?;
    if !matches!(url.scheme(), "http" | "https") {
        return bad("it must begin with https://");
    }
    if url.host_str().is_none_or(str::is_empty) {
        return bad("it names no host");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return bad("credentials do not belong into it; they have settings of their own");
    }
    if url.query().is_some() || url.fragment().is_some() {
        return bad("it must end with the path, without ? or #");
    }
    Ok(url)
}

/// Whether the host is this machine. `localhost` counts, because the client pins that name to the
/// loopback addresses instead of asking a resolver.
fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    host == LOCALHOST || address.is_ok_and(|address| address.is_loopback())
}

pub(super) const LOCALHOST: &str = "localhost";

/// GATEWAY_BASE of the API document: the API's host and `/Moncash-middleware`, in both
/// environments and in the simulator.
pub(super) fn gateway_base(base_url: &Url) -> String {
    format!("{}{GATEWAY_PATH}", base_url.origin().ascii_serialization())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(base_url: &str) -> Result<Url, ClientError> {
        check(&Settings::new(base_url, "id", Secret::new("quiet")))
    }

    #[test]
    fn only_this_machine_is_spoken_to_without_encryption() {
        for good in [
            "http://127.0.0.1:80/Api",
            "http://[::1]:8080/Api",
            "http://localhost:9/Api/",
            Environment::Live.base_url(),
            Environment::Sandbox.base_url(),
        ] {
            assert!(checked(good).is_ok(), "{good}");
        }
        for exposed in [
            "http://moncashbutton.digicelgroup.com/Api",
            "http://10.0.0.1/Api",
            "http://127.0.0.1.example.com/Api",
            "http://localhost.example.com/Api",
            "http://0.0.0.0/Api",
        ] {
            assert!(matches!(checked(exposed), Err(ClientError::NotEncrypted(_))), "{exposed}");
        }
    }

    #[test]
    fn an_address_that_cannot_be_right_is_refused() {
        for bad in
            ["", "moncash", "ftp://127.0.0.1/", "https://id:secret@host/Api", "https://host/Api?x=1", "https://h#a"]
        {
            assert!(matches!(checked(bad), Err(ClientError::BadAddress(_))), "{bad}");
        }
    }

    #[test]
    fn waits_and_credentials_that_cannot_work_are_refused() {
        let mut settings = Settings::new("https://h/Api", "id", Secret::new("quiet"));
        settings.connect_timeout = settings.request_timeout;
        assert!(matches!(check(&settings), Err(ClientError::Timeouts { .. })));
        let settings = Settings::new("https://h/Api", "i:d", Secret::new("quiet"));
        assert!(matches!(check(&settings), Err(ClientError::ClientId)));
        let settings = Settings::new("https://h/Api", "id", Secret::new("quiet\n"));
        assert!(matches!(check(&settings), Err(ClientError::ClientSecret)));
    }

    #[test]
    fn the_hosted_page_is_on_the_host_of_the_api() {
        let base = |text: &str| gateway_base(&Url::parse(text).unwrap());
        assert_eq!(base(Environment::Live.base_url()), "https://moncashbutton.digicelgroup.com/Moncash-middleware");
        assert_eq!(
            base(Environment::Sandbox.base_url()),
            "https://sandbox.moncashbutton.digicelgroup.com/Moncash-middleware"
        );
        assert_eq!(base("http://127.0.0.1:8080/Api"), "http://127.0.0.1:8080/Moncash-middleware");
    }

    #[test]
    fn a_secret_is_not_printed() {
        let settings = Settings::new("https://h/Api", "id", Secret::new("quiet"));
        assert!(!format!("{settings:?}").contains("quiet"));
    }
}
