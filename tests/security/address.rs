//! Whom the program speaks to: https, or this machine; never a look-alike of it, a proxy that the
//! environment names, or wherever a redirect points.
//!
//! Must never: let a name of these tests be looked up; all of them end at the configuration.

use super::bank::Bank;
use super::canary::{self, SECRET};
use super::gateway::{Gateway, Request, Script, json};
use super::house::{House, said, wait_until};
use std::sync::Arc;

#[test]
fn only_this_machine_itself_is_spoken_to_without_encryption() {
    for address in [
        "http://127.0.0.1.evil.example/Api",
        "http://localhost.evil.example/Api",
        "http://localhost.:8080/Api",
        "http://evil.localhost/Api",
        "http://127.0.0.1@evil.example/Api",
        "http://127.0.0.1:80@evil.example/Api",
        "http://localhost:x@evil.example/Api",
        "http://evil.example#@127.0.0.1/Api",
        "http://evil.example?@127.0.0.1/Api",
        "http://evil.example\\\\@127.0.0.1/Api",
        "http://127.0.0.1%2eevil.example/Api",
        "http://[::ffff:10.0.0.1]/Api",
        "http://[::ffff:127.0.0.1]/Api",
        "http://[::127.0.0.1]/Api",
        "http://[fe80::1]/Api",
        "http://0.0.0.0/Api",
        "http://[::]/Api",
        "http://10.0.0.1/Api",
        "http://128.0.0.1/Api",
        "http://2130706434.example/Api",
        "ftp://127.0.0.1/Api",
        "ws://127.0.0.1/Api",
        "file:///etc/passwd",
        "unix:/run/moncash",
        "//127.0.0.1/Api",
        "127.0.0.1:8080",
    ] {
        let house = House::at(address);
        house.run(&["doctor", "--offline"]).ends(2).says("[moncash] base_url");
    }
    for address in ["http://127.0.0.1:1/Api", "http://127.8.9.1:1/Api", "http://[::1]:1/Api", "http://localhost:1/Api"]
    {
        let said = House::at(address).run(&["doctor", "--offline"]);
        assert_ne!(said.code, 2, "{address}: {}", said.text);
    }
}

#[test]
fn an_address_with_credentials_is_refused_and_not_repeated() {
    for address in
        [format!("https://prefunded:{SECRET}@moncash.example/Api"), format!("https://{SECRET}@127.0.0.1/Api")]
    {
        let said = House::at(&address).run(&["doctor", "--offline"]);
        said.ends(2).says("base_url");
        assert_eq!(canary::find(said.text.as_bytes()), Vec::<String>::new(), "{}", said.text);
    }
}

#[test]
fn a_proxy_of_the_environment_is_not_used() {
    let trap = Gateway::plain(Arc::new(|_| json(502, "{}")));
    let gateway = Gateway::plain(Bank::default().script());
    let house = House::at(&gateway.base_url("http"));
    let proxy = format!("http://{}", trap.address);
    let mut command = house.command(&["doctor"]);
    for name in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"] {
        command.env(name, &proxy);
    }
    command.env("NO_PROXY", "").env("no_proxy", "");
    said(&mut command).ends(0).says("credentials: MonCash gave a token");
    assert_eq!((trap.kept.connections(), trap.kept.raw().len()), (0, 0));
    assert!(gateway.kept.connections() > 0);
}

/// 307 and 308 ask that a body be sent again, elsewhere.
#[test]
fn a_redirect_is_never_followed_and_a_redirected_transfert_is_doubt() {
    let trap = Gateway::plain(Arc::new(|_| json(200, "{}")));
    let elsewhere = format!("http://{}/Api/v1/Transfert", trap.address);
    for status in [301, 302, 303, 307, 308] {
        let (bank, elsewhere) = (Bank::default(), elsewhere.clone());
        let answering = bank.clone();
        let script: Script = Arc::new(move |request: &Request| match request.path() {
            "/Api/v1/Transfert" => format!(
                "HTTP/1.1 {status} X\r\nlocation: {elsewhere}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
            )
            .into_bytes(),
            _ => answering.answer(request),
        });
        let gateway = Gateway::plain(script);
        let house = House::at(&gateway.base_url("http"));
        house.write("batches/inbox/july.csv", "reference,receiver,amount\nPAY-1,37007294,100.00\n");
        let mut running = house.start(house.command(&["run"]), "daemon.log");
        let log = || std::fs::read_to_string(house.path("daemon.log")).unwrap_or_default();
        wait_until("the answer is told", || log().contains("in doubt; asking MonCash"));
        running.stop();
        let sent = gateway.kept.heard().iter().filter(|request| request.path().ends_with("Transfert")).count();
        assert_eq!(sent, 1, "{status}");
    }
    assert_eq!((trap.kept.connections(), trap.kept.raw().len()), (0, 0));
}
