//! Hosts that cannot be reached, and certificates that prove nothing.

use super::gateway::{Gateway, Request, Script, listen};
use super::house::{House, runs, said};
use super::pki::{Authority, Flaw};
use rustix::net::{AddressFamily, SocketType, bind, getsockname, listen as listen_on, socket};
use rustls::version::{TLS12, TLS13};
use std::io::Write;
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4, TcpStream};
use std::sync::Arc;
use std::time::Duration;
use support::left_out;

fn nobody_listens() -> SocketAddr {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap()
}

#[test]
fn a_port_where_nobody_listens_is_told_as_one() {
    let house = House::at(&format!("http://{}/Api", nobody_listens()));
    let said = house.doctor(&[]);
    said.ends(1).finds("BAD", "network", &["nobody listens there", "127.0.0.1", "mend: correct host and port"]);
    said.finds("warning", "clock", &["not compared"]);
}

#[test]
fn a_server_that_takes_the_call_and_never_answers_is_told_as_one() {
    let address = listen("127.0.0.1:0", |_stream| std::thread::sleep(Duration::from_secs(20)));
    let house = House::at(&format!("http://{address}/Api"));
    house.doctor(&[]).ends(1).finds(
        "BAD",
        "network",
        &["no whole answer within 2s", "mend: 'curl -v ", "request_timeout"],
    );
}

#[test]
fn a_server_that_does_not_even_take_the_connection_is_told_as_a_firewall_would_be() {
    let listener = socket(AddressFamily::INET, SocketType::STREAM, None).unwrap();
    bind(&listener, &SocketAddrV4::new(Ipv4Addr::LOCALHOST, 0)).unwrap();
    listen_on(&listener, 0).unwrap();
    let address = SocketAddr::try_from(getsockname(&listener).unwrap()).unwrap();
    // Its queue is filled: the kernel then drops who knocks.
    let mut held = Vec::new();
    while let Ok(stream) = TcpStream::connect_timeout(&address, Duration::from_millis(300)) {
        held.push(stream);
        if held.len() > 50 {
            return left_out("a connection that is dropped", "this kernel takes them all");
        }
    }
    let house = House::at(&format!("http://{address}/Api"));
    house.doctor(&[]).ends(1).finds("BAD", "network", &["does not take the connection", "port 443 outwards"]);
}

#[test]
fn no_route_and_no_name_are_told_apart() {
    let mut words = vec!["unshare", "--net"];
    if !rustix::process::geteuid().is_root() {
        words.push("--map-root-user");
    }
    if !runs(&[&words[..], &["true"]].concat()) {
        return left_out("no route, no name", "a network namespace of one's own is not permitted");
    }
    // In there, not even loopback is up.
    let house = House::at("http://127.0.0.1:8089/Api");
    house.doctor_under(&words, &[]).ends(1).finds("BAD", "network", &["there is no route", "mend: 'ip route'"]);
    let house = House::at("https://moncash.invalid/Api");
    let said = house.doctor_under(&words, &[]);
    said.ends(1).finds("BAD", "network", &["name cannot be resolved", "getent hosts moncash.invalid"]);
}

#[test]
fn every_certificate_that_proves_nothing_is_told_with_how_to_look_at_it() {
    for (flaw, what, mend) in [
        (Flaw::SelfSigned, "no authority that this machine trusts", "update-ca-certificates"),
        (Flaw::OtherAuthority, "no authority that this machine trusts", "openssl s_client -connect 127.0.0.1:"),
        (Flaw::Expired, "has expired, or this machine's clock is wrong", "timedatectl"),
        (Flaw::NotYetValid, "not valid yet", "timedatectl"),
        (Flaw::OtherName, "is for another name", "correct [moncash] base_url"),
    ] {
        let authority = Authority::new();
        let config = authority.server(flaw, &[&TLS12, &TLS13]);
        let script: Script = Arc::new(|_: &Request| Vec::new());
        let gateway = Gateway::start("127.0.0.1:0", Arc::new(move || Some(Arc::clone(&config))), script);
        let house = House::at(&gateway.base_url("https"));
        std::fs::write(house.path("ca.pem"), &authority.pem).unwrap();
        let mut command = house.command(&[], &[]);
        let told = said(command.env("SSL_CERT_FILE", house.path("ca.pem")));
        told.ends(1).finds("BAD", "network", &[what, "mend: ", mend]);
        assert!(gateway.kept.heard().is_empty(), "{flaw:?}: nothing was asked");
    }
}

#[test]
fn a_port_that_speaks_no_tls_is_told_as_one() {
    let address = listen("127.0.0.1:0", |mut stream| {
        let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
        std::thread::sleep(Duration::from_secs(5));
    });
    let house = House::at(&format!("https://{address}/Api"));
    house.doctor(&[]).ends(1).finds("BAD", "network", &["does not speak TLS", "mend: correct the port"]);
}
