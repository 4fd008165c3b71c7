//! What other crates would log at their finest, if somebody let them: nothing that gives access.
//!
//! The program itself lets them warn and no more (`cli/logging.rs`); this is the second wall.

use super::bank::Bank;
use super::canary::{self, SECRET, TOKEN};
use super::gateway::Gateway;
use payoutd::clock::SystemClock;
use payoutd::moncash::client::Client;
use payoutd::moncash::gateway::Gateway as _;
use payoutd::moncash::settings::{Secret, Settings};
use payoutd::payout::instruction::{Account, Instruction, Reference};
use payoutd::payout::money::Amount;
use std::io::{self, Write};
use std::rc::Rc;
use std::sync::{Arc, Mutex};
use tracing_subscriber::fmt::MakeWriter;

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Lines {
    type Writer = Lines;
    fn make_writer(&self) -> Lines {
        self.clone()
    }
}

/// What goes through the `log` crate: reqwest, rustls and others.
struct Logger(Lines);

impl log::Log for Logger {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }
    fn log(&self, record: &log::Record<'_>) {
        let _ = writeln!(self.0.clone(), "{} {} {}", record.level(), record.target(), record.args());
    }
    fn flush(&self) {}
}

#[tokio::test]
async fn no_crate_logs_the_credentials_at_any_level() {
    let lines = Lines::default();
    log::set_boxed_logger(Box::new(Logger(lines.clone()))).unwrap();
    log::set_max_level(log::LevelFilter::Trace);
    let everything = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(lines.clone());
    let _guard = tracing::subscriber::set_default(everything.finish());

    let _ = rustls::crypto::ring::default_provider().install_default();
    let gateway = Gateway::plain(Bank::default().script());
    let settings = Settings::new(gateway.base_url("http"), "prefunded", Secret::new(SECRET));
    let client = Client::new(settings, Rc::new(SystemClock::new())).unwrap();
    let instruction = Instruction {
        reference: Reference::parse("PAY-1").unwrap(),
        receiver: Account::parse("37007294").unwrap(),
        amount: Amount::parse("100.00").unwrap(),
        description: String::new(),
        retry_of: None,
    };
    client.prepare().await;
    client.balance().await;
    client.transfer(&instruction).await;
    client.status(&instruction.reference).await;
    tracing::trace!(client = ?client, "and the client itself");

    assert!(gateway.kept.heard().iter().any(|request| request.header("authorization").ends_with(TOKEN)));
    let logged = lines.0.lock().unwrap().clone();
    let text = String::from_utf8_lossy(&logged);
    println!("{} lines were logged", text.lines().count());
    // The control: other crates were heard at all.
    assert!(text.lines().any(|line| !line.contains(" payoutd") && line.contains("127.0.0.1")), "{text}");
    assert_eq!(canary::find(&logged), Vec::<String>::new(), "{text}");
    assert!(!text.contains("37007294"), "{text}");
}
