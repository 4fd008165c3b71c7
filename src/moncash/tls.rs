//! Encryption on the way to MonCash: whom we believe, and what to tell an operator of whom we do not.
//!
//! Must never: accept a certificate that this machine's authorities did not issue for this very name,
//! or speak anything older than TLS 1.2.

use super::settings::ClientError;
use rustls::{AlertDescription, CertificateError};
use rustls_platform_verifier::BuilderVerifierExt;
use std::error::Error;
use std::sync::Arc;

/// TLS 1.2 or 1.3 by ring, against the certificates this machine trusts. A plain connection to
/// loopback trusts nobody and needs none of them installed.
pub fn set_up_tls(encrypted: bool) -> Result<rustls::ClientConfig, ClientError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = rustls::ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])
        .map_err(|e| ClientError::Setup(e.to_string()))?;
    let builder = if encrypted {
        builder.with_platform_verifier().map_err(ClientError::Roots)?
    } else {
        builder.with_root_certificates(rustls::RootCertStore::empty())
    };
    let mut config = builder.with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

/// What a failed handshake means to whoever runs payoutd; `None` where it is something else.
pub(super) fn word_trouble(error: &(dyn Error + 'static)) -> Option<&'static str> {
    Some(match find(error)? {
        rustls::Error::InvalidCertificate(wrong) => word_certificate(wrong),
        rustls::Error::InvalidMessage(_) => "the server does not speak TLS here: check [moncash] base_url and its port",
        rustls::Error::PeerIncompatible(_) | rustls::Error::AlertReceived(AlertDescription::ProtocolVersion) => {
            "the server speaks no TLS 1.2 or 1.3 that is safe: nothing older is accepted"
        }
        _ => "the server could not agree on encryption",
    })
}

fn word_certificate(wrong: &CertificateError) -> &'static str {
    match wrong {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            "the server's certificate has expired, or this machine's clock is wrong"
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "the server's certificate is not valid yet, or this machine's clock is wrong"
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "the server's certificate is for another name: check [moncash] base_url; somebody may be in between"
        }
        CertificateError::UnknownIssuer | CertificateError::BadSignature => {
            "the server's certificate was issued by no authority that this machine trusts: somebody may be in between; \
             if not, update ca-certificates"
        }
        CertificateError::Revoked => "the server's certificate was revoked: somebody may be in between",
        _ => "the server's certificate is not one to be trusted: somebody may be in between",
    }
}

/// The rustls error in a chain; an I/O error keeps it inside rather than naming it as its cause.
fn find<'e>(error: &'e (dyn Error + 'static)) -> Option<&'e rustls::Error> {
    let mut next = Some(error);
    while let Some(at) = next {
        if let Some(found) = at.downcast_ref::<rustls::Error>() {
            return Some(found);
        }
        let inside = at.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        if let Some(found) = inside.and_then(|inside| find(inside)) {
            return Some(found);
        }
        next = at.source();
    }
    None
}
