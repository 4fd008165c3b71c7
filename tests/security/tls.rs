//! Real TLS between the program and servers on loopback: what it trusts, what it refuses, and that
//! nothing leaves before it trusts.
//!
//! Must never: weaken the program. It trusts the test's authority through `SSL_CERT_FILE`, as an
//! administrator would have it trust one of his own.

use super::bank::Bank;
use super::canary;
use super::gateway::{Gateway, Request, Script, Tls};
use super::house::{House, said, wait_until};
use super::pki::{Authority, Flaw};
use rustls::version::{TLS12, TLS13};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

const BOTH: &[&rustls::SupportedProtocolVersion] = &[&TLS13, &TLS12];

fn always(config: &Arc<rustls::ServerConfig>) -> Tls {
    let config = Arc::clone(config);
    Arc::new(move || Some(Arc::clone(&config)))
}

/// A house whose program trusts this authority and no other.
struct Trusting {
    house: House,
}

impl Trusting {
    fn new(base_url: &str, authority: &Authority) -> Trusting {
        let house = House::at(base_url);
        house.write("ca.pem", &authority.pem);
        Trusting { house }
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = self.house.command(args);
        command.env("SSL_CERT_FILE", self.house.path("ca.pem"));
        command
    }
}

/// Nothing of what is secret or an order lay open on the wire.
#[track_caller]
fn assert_sealed(gateway: &Gateway) {
    let raw = gateway.kept.raw();
    assert_eq!(canary::find(&raw), Vec::<String>::new());
    for word in ["oauth", "Basic", "Bearer", "receiver", "PAY-"] {
        assert!(!raw.windows(word.len()).any(|window| window == word.as_bytes()), "{word} lay open on the wire");
    }
}

#[test]
fn a_payroll_is_paid_over_tls_1_2_and_over_tls_1_3() {
    for version in [&TLS12, &TLS13] {
        let (authority, bank) = (Authority::new(), Bank::default());
        let gateway = Gateway::start("127.0.0.1:0", always(&authority.server(Flaw::None, &[version])), bank.script());
        let trusting = Trusting::new(&gateway.base_url("https"), &authority);
        said(&mut trusting.command(&["doctor"])).ends(0).says("credentials: MonCash gave a token");
        let rows = "reference,receiver,amount\nPAY-1,37007294,100.00\nPAY-2,37007295,100.50\n";
        trusting.house.write("batches/inbox/july.csv", rows);
        said(&mut trusting.command(&["run", "--once", "--for", "60s"])).ends(0).says("paid");
        assert!(bank.debits().values().eq([1, 1].iter()), "{:?}", bank.debits());
        assert!(gateway.kept.heard().iter().any(|request| request.header("authorization").ends_with(canary::TOKEN)));
        assert_sealed(&gateway);
    }
}

#[test]
fn localhost_and_ipv6_loopback_are_verified_by_their_names_too() {
    let authority = Authority::new();
    let config = authority.server(Flaw::None, BOTH);
    for (address, host) in [("127.0.0.1:0", "localhost"), ("[::1]:0", "[::1]")] {
        let gateway = Gateway::start(address, always(&config), Bank::default().script());
        let trusting = Trusting::new(&format!("https://{host}:{}/Api", gateway.address.port()), &authority);
        said(&mut trusting.command(&["moncash", "balance"])).ends(0).says("900000");
    }
}

#[test]
fn a_certificate_that_proves_nothing_is_refused_before_a_byte_leaves_and_the_words_say_what_is_wrong() {
    for (flaw, words) in [
        (Flaw::Expired, "has expired, or this machine's clock is wrong"),
        (Flaw::NotYetValid, "is not valid yet, or this machine's clock is wrong"),
        (Flaw::OtherName, "is for another name"),
        (Flaw::OtherAuthority, "no authority that this machine trusts"),
        (Flaw::SelfSigned, "no authority that this machine trusts"),
        (Flaw::ForClients, "certificate"),
        (Flaw::IssuedByLeaf, "certificate"),
    ] {
        let authority = Authority::new();
        let gateway = Gateway::start("127.0.0.1:0", always(&authority.server(flaw, BOTH)), Bank::default().script());
        let trusting = Trusting::new(&gateway.base_url("https"), &authority);
        let doctor = said(&mut trusting.command(&["doctor"]));
        doctor.ends(1).says(words);
        said(&mut trusting.command(&["moncash", "balance"])).ends(1).says("never left").says(words);
        assert!(gateway.kept.connections() >= 2 && gateway.kept.heard().is_empty(), "{flaw:?}");
        assert_sealed(&gateway);
    }
}

#[test]
fn without_the_authority_the_same_server_is_refused() {
    let authority = Authority::new();
    let gateway = Gateway::start("127.0.0.1:0", always(&authority.server(Flaw::None, BOTH)), Bank::default().script());
    let house = House::at(&gateway.base_url("https"));
    house.write("ca.pem", &Authority::new().pem);
    let mut command = house.command(&["doctor"]);
    said(command.env("SSL_CERT_FILE", house.path("ca.pem"))).ends(1).says("no authority that this machine trusts");
    house.write("empty.pem", "");
    let mut command = house.command(&["doctor"]);
    said(command.env("SSL_CERT_FILE", house.path("empty.pem"))).ends(1).says("ca-certificates");
    assert!(gateway.kept.heard().is_empty());
}

/// The certificate goes bad right after the question that precedes a Transfert, and is good again after
/// some calls have failed.
#[test]
fn a_transfert_that_meets_a_bad_certificate_never_left_and_is_paid_once_in_the_end() {
    const BAD_HANDSHAKES: usize = 4;
    let (authority, bank) = (Authority::new(), Bank::default());
    let (good, bad) = (authority.server(Flaw::None, BOTH), authority.server(Flaw::OtherAuthority, BOTH));
    let left = Arc::new(AtomicUsize::new(0));
    let fired = Arc::new(AtomicUsize::new(0));
    let handshakes = Arc::clone(&left);
    let tls: Tls = Arc::new(move || {
        let spoilt = handshakes.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |n| n.checked_sub(1)).is_ok();
        Some(Arc::clone(if spoilt { &bad } else { &good }))
    });
    let (answering, spoiling, firing) = (bank.clone(), Arc::clone(&left), Arc::clone(&fired));
    let script: Script = Arc::new(move |request: &Request| {
        let asked_first = request.path().ends_with("PrefundedTransactionStatus");
        if asked_first && firing.fetch_add(1, Ordering::SeqCst) == 0 {
            spoiling.store(BAD_HANDSHAKES, Ordering::SeqCst);
        }
        answering.answer(request)
    });
    let gateway = Gateway::start("127.0.0.1:0", tls, script);
    let trusting = Trusting::new(&gateway.base_url("https"), &authority);
    trusting.house.write("batches/inbox/july.csv", "reference,receiver,amount\nPAY-1,37007294,100.00\n");
    let mut running = trusting.house.start(trusting.command(&["run"]), "daemon.log");
    wait_until("it is paid", || !bank.debits().is_empty());
    let report = trusting.house.path("batches/reports/july.B000001.report.csv");
    wait_until("the report says so", || {
        std::fs::read_to_string(&report).is_ok_and(|text| text.contains(",paid,no,") || text.contains(",paid,yes,"))
    });
    assert_eq!(running.stop(), 0);
    assert_eq!(bank.debits().get("PAY-1"), Some(&1), "{:?}", bank.debits());
    assert_eq!(left.load(Ordering::SeqCst), 0, "every bad handshake was met");
    let explained = said(&mut trusting.command(&["explain", "PAY-1"]));
    explained.ends(0).says("never left").says("no authority that this machine trusts");
    let log = std::fs::read_to_string(trusting.house.path("daemon.log")).unwrap();
    assert!(log.contains("no authority that this machine trusts"), "the log tells an operator:\n{log}");
    assert_sealed(&gateway);
}
