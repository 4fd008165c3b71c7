//! `[metrics]`: where whoever watches may ask.
//!
//! Must never: let other machines in; that is a proxy's, with a password and TLS.

use super::reader::text;
use std::net::SocketAddr;
use std::path::PathBuf;
use toml::de::DeValue;

/// `[metrics]`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Metrics {
    /// `None`: nobody is served.
    pub listen: Option<Listen>,
}

/// Where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Listen {
    /// A loopback address.
    Port(SocketAddr),
    /// An absolute path of a socket.
    Socket(PathBuf),
}

pub(super) fn listen(value: &DeValue<'_>) -> Result<Option<Listen>, String> {
    let text = text(value)?;
    if text.is_empty() {
        return Ok(None);
    }
    if let Some(path) = text.strip_prefix("unix:") {
        if !path.starts_with('/') || path.ends_with('/') || path.contains('\0') {
            return Err("must name a socket by its whole path, such as \"unix:/run/payoutd/metrics.sock\"".to_string());
        }
        return Ok(Some(Listen::Socket(PathBuf::from(path))));
    }
    let address: SocketAddr = text.parse().map_err(|_| {
        "must be an address of this machine with a port, such as \"127.0.0.1:9464\", or \
         \"unix:/run/payoutd/metrics.sock\" (\"\" = off)"
            .to_string()
    })?;
    if !address.ip().is_loopback() {
        return Err(format!(
            "can be reached from other machines, and what is paid is nobody's business there: write \
             \"127.0.0.1:{}\", and let a proxy with a password stand before it where another machine asks",
            address.port()
        ));
    }
    Ok(Some(Listen::Port(address)))
}
