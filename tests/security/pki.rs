//! Certificates made for one test, good and bad, and servers that show them.
//!
//! Must never: be trusted by anything but the process that a test hands their root to.

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, date_time_ymd,
};
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Two authorities of one name would be told apart by their signatures alone.
static MADE: AtomicUsize = AtomicUsize::new(0);

/// An authority of one test.
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    /// As `SSL_CERT_FILE` wants it.
    pub pem: String,
}

/// What is wrong with a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    None,
    Expired,
    NotYetValid,
    OtherName,
    OtherAuthority,
    SelfSigned,
    /// Made for clients, shown by a server.
    ForClients,
    /// Issued by a certificate that may not issue any.
    IssuedByLeaf,
}

impl Authority {
    pub fn new() -> Authority {
        let mut params = CertificateParams::new(vec![]).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let number = MADE.fetch_add(1, Ordering::Relaxed);
        params.distinguished_name.push(DnType::CommonName, format!("authority {number} of a test"));
        let key = KeyPair::generate().unwrap();
        let pem = params.self_signed(&key).unwrap().pem();
        Authority { issuer: Issuer::new(params, key), pem }
    }

    /// A server's TLS with a certificate for this machine's loopback names.
    pub fn server(&self, flaw: Flaw, versions: &[&'static rustls::SupportedProtocolVersion]) -> Arc<ServerConfig> {
        let names =
            if flaw == Flaw::OtherName { vec!["moncash.example"] } else { vec!["127.0.0.1", "::1", "localhost"] };
        let mut params = CertificateParams::new(names.into_iter().map(str::to_string).collect::<Vec<_>>()).unwrap();
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        match flaw {
            Flaw::Expired => params.not_after = date_time_ymd(2020, 1, 1),
            Flaw::NotYetValid => params.not_before = date_time_ymd(3000, 1, 1),
            Flaw::ForClients => params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth],
            _ => {}
        }
        let key = KeyPair::generate().unwrap();
        let chain = match flaw {
            Flaw::SelfSigned => vec![params.self_signed(&key).unwrap()],
            Flaw::OtherAuthority => vec![params.signed_by(&key, &Authority::new().issuer).unwrap()],
            Flaw::IssuedByLeaf => {
                let between = CertificateParams::new(vec!["127.0.0.1".to_string()]).unwrap();
                let its_key = KeyPair::generate().unwrap();
                let its = between.signed_by(&its_key, &self.issuer).unwrap();
                let leaf = params.signed_by(&key, &Issuer::new(between, its_key)).unwrap();
                vec![leaf, its]
            }
            _ => vec![params.signed_by(&key, &self.issuer).unwrap()],
        };
        let chain: Vec<CertificateDer<'static>> = chain.iter().map(|certificate| certificate.der().clone()).collect();
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let ring = Arc::new(rustls::crypto::ring::default_provider());
        let server = ServerConfig::builder_with_provider(ring).with_protocol_versions(versions).unwrap();
        Arc::new(server.with_no_client_auth().with_single_cert(chain, key).unwrap())
    }
}
