//! Servers that speak no TLS, an old one, or a weak one, written by hand because no library of ours can:
//! the program offers nothing below TLS 1.2, and gives nothing away when it meets less.
//!
//! Must never: be more than the first flight of a handshake.

use super::canary;
use super::gateway::{Kept, listen};
use super::house::House;
use std::io::{Read, Write};

/// The extension supported_versions (RFC 8446, 4.2.1) that names TLS 1.3 and TLS 1.2, and no other.
const OFFER: &[u8] = &[0x00, 0x2b, 0x00, 0x05, 0x04, 0x03, 0x04, 0x03, 0x03];
/// A fatal alert (RFC 8446, 6): its record up to the description.
const FATAL: &[u8] = &[0x15, 0x03, 0x03, 0x00, 0x02, 0x02];

/// A ServerHello of this version with this cipher, and nothing else (RFC 5246, 7.4.1.3).
fn server_hello(version: [u8; 2], cipher: [u8; 2]) -> Vec<u8> {
    let mut body = version.to_vec();
    body.extend([7; 32]);
    body.extend([0, cipher[0], cipher[1], 0]);
    let length = |n: usize| u16::try_from(n).unwrap().to_be_bytes();
    let mut record = vec![0x16, version[0], version[1]];
    record.extend(length(body.len() + 4));
    record.extend([0x02, 0x00]);
    record.extend(length(body.len()));
    record.extend(body);
    record
}

#[test]
fn less_than_tls_1_2_is_neither_offered_nor_accepted() {
    const ALERT_VERSION: &[u8] = &[0x15, 0x03, 0x02, 0x00, 0x02, 0x02, 70];
    const RSA_AES: [u8; 2] = [0x00, 0x2f];
    for (name, reply, words) in [
        ("TLS 1.1", server_hello([3, 2], RSA_AES), "no TLS 1.2 or 1.3"),
        ("TLS 1.0", server_hello([3, 1], RSA_AES), "no TLS 1.2 or 1.3"),
        ("SSL 3", server_hello([3, 0], RSA_AES), "does not answer"),
        ("TLS 1.2 with a cipher that was not offered", server_hello([3, 3], RSA_AES), "could not agree on encryption"),
        ("a server that wants an older version", ALERT_VERSION.to_vec(), "no TLS 1.2 or 1.3"),
        ("plain HTTP", b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec(), "does not speak TLS"),
        ("an SSH server", b"SSH-2.0-OpenSSH_9\r\n".to_vec(), "does not speak TLS"),
        ("nothing at all", Vec::new(), "does not answer"),
    ] {
        let kept = Kept::default();
        let keeping = kept.clone();
        let address = listen("127.0.0.1:0", move |mut stream| {
            let _open = keeping.open();
            let mut bytes = [0; 4096];
            let count = stream.read(&mut bytes).unwrap_or(0);
            keeping.raw.lock().unwrap().extend_from_slice(&bytes[..count]);
            let _ = stream.write_all(&reply);
            let _ = stream.shutdown(std::net::Shutdown::Write);
            let mut rest = Vec::new();
            let _ = stream.read_to_end(&mut rest);
            keeping.raw.lock().unwrap().extend(rest);
        });
        let house = House::at(&format!("https://{address}/Api"));
        house.run(&["doctor"]).ends(1).says(words);
        kept.all_read();
        let raw = kept.raw();
        let holds = |part: &[u8]| raw.windows(part.len()).any(|window| window == part);
        assert!(holds(OFFER), "{name}: it offers TLS 1.3 and 1.2 alone");
        assert!(words != "no TLS 1.2 or 1.3" || name.starts_with("a server") || holds(FATAL), "{name}: it says no");
        assert_eq!(canary::find(&raw), Vec::<String>::new(), "{name}");
        assert!(!holds(b"oauth") && !holds(b"Basic"), "{name}");
    }
}
