//! Who is told: a webhook on loopback that behaves as it is told to, and a command that writes its input
//! to a file.
//!
//! Must never: share code with the product.

use super::house::House;
use super::wire;
use serde_json::Value;
use std::collections::VecDeque;
use std::fs;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// What the webhook does with one call; then it takes everything.
#[derive(Clone, Debug)]
pub enum Does {
    Takes,
    Says(u16),
    Hangs,
    Closes,
    Redirects,
    /// Half an answer's head, and no more.
    HalfAnswer,
}

/// What came in.
#[derive(Clone, Debug)]
pub struct Heard {
    pub event: Value,
    pub head: String,
}

/// Hears of a call before it is answered; where it says so, there is no answer.
type Witness = Box<dyn Fn(&Value) -> bool + Send>;

#[derive(Default)]
struct Inside {
    heard: Mutex<Vec<Heard>>,
    does: Mutex<VecDeque<Does>>,
    witness: Mutex<Option<Witness>>,
    /// Calls that were answered with 200.
    taken: Mutex<Vec<String>>,
    stop: AtomicBool,
}

pub struct Ear {
    pub address: SocketAddr,
    inside: Arc<Inside>,
}

impl Ear {
    pub fn open(does: impl IntoIterator<Item = Does>) -> Ear {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let inside = Arc::new(Inside { does: Mutex::new(does.into_iter().collect()), ..Inside::default() });
        let at_door = inside.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                if at_door.stop.load(Ordering::SeqCst) {
                    return;
                }
                let (Ok(stream), inside) = (stream, at_door.clone()) else { continue };
                std::thread::spawn(move || inside.serve(stream));
            }
        });
        Ear { address, inside }
    }

    /// The setting that names it.
    pub fn setting(&self) -> String {
        format!("[notify]\nwebhook = \"http://{}/hook/PATH-SECRET\"\n", self.address)
    }

    pub fn heard(&self) -> Vec<Heard> {
        self.inside.heard.lock().expect("heard").clone()
    }

    pub fn taken(&self) -> Vec<String> {
        self.inside.taken.lock().expect("taken").clone()
    }

    pub fn witness(&self, witness: impl Fn(&Value) -> bool + Send + 'static) {
        *self.inside.witness.lock().expect("witness") = Some(Box::new(witness));
    }
}

impl Drop for Ear {
    fn drop(&mut self) {
        self.inside.stop.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address);
    }
}

impl Inside {
    fn serve(&self, mut stream: TcpStream) {
        let Some((head, body)) = read_request(&mut stream) else { return };
        let event: Value = serde_json::from_str(&body).unwrap_or_default();
        let id = event["id"].as_str().unwrap_or_default().to_string();
        self.heard.lock().expect("heard").push(Heard { event: event.clone(), head });
        let silent = self.witness.lock().expect("witness").as_ref().is_some_and(|witness| witness(&event));
        if silent {
            return;
        }
        let does = self.does.lock().expect("does").pop_front().unwrap_or(Does::Takes);
        let says = |stream: &mut TcpStream, status: u16, head: &str| {
            wire::write(stream, &wire::answer(status, head, "text/plain", "thank you"));
        };
        match does {
            Does::Takes => {
                self.taken.lock().expect("taken").push(id);
                says(&mut stream, 200, "");
            }
            Does::Says(status) => says(&mut stream, status, ""),
            Does::Redirects => says(&mut stream, 307, "Location: http://127.0.0.1:1/elsewhere\r\n"),
            Does::Hangs => drop(wire::client_stays(&mut stream, Instant::now() + Duration::from_secs(120))),
            Does::HalfAnswer => {
                wire::write(&mut stream, "HTTP/1.1 200 O");
                wire::client_stays(&mut stream, Instant::now() + Duration::from_secs(120));
            }
            Does::Closes => {}
        }
    }
}

/// Head and body of a request.
fn read_request(stream: &mut TcpStream) -> Option<(String, String)> {
    stream.set_read_timeout(Some(Duration::from_secs(120))).ok()?;
    let mut text = String::new();
    let mut piece = [0; 4096];
    loop {
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.to_ascii_lowercase();
            let length = length.split("content-length: ").nth(1)?.split("\r\n").next()?.parse().ok()?;
            if body.len() >= length {
                return Some((head.to_string(), body.to_string()));
            }
        }
        let count = std::io::Read::read(stream, &mut piece).ok().filter(|count| *count > 0)?;
        text.push_str(&String::from_utf8_lossy(&piece[..count]));
    }
}

/// Writes a program into the house's folder, and returns the setting that runs it.
pub fn command(house_folder: &std::path::Path, script: &str) -> String {
    let program = house_folder.join("tell");
    fs::write(&program, format!("#!/bin/sh\n{script}\n")).expect("write");
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).expect("mode");
    format!("[notify]\ncommand = [\"{}\", \"an argument; with $HOME\"]\n", program.display())
}

/// A script that adds its input to `told` in the folder.
pub fn writes(house_folder: &std::path::Path) -> String {
    command(house_folder, &format!("exec cat >> '{}'", house_folder.join("told").display()))
}

/// What the script was told.
pub fn told(house: &House) -> Vec<Value> {
    let text = fs::read_to_string(house.path("told")).unwrap_or_default();
    text.lines().map(|line| serde_json::from_str(line).expect("one JSON object a line")).collect()
}

/// Adds to the house's configuration.
pub fn configure(house: &House, more: &str) {
    let path = house.path("payoutd.toml");
    let text = fs::read_to_string(&path).expect("configuration");
    fs::write(path, text + more).expect("configuration");
}

pub fn is(event: &Value, kind: &str, batch: &str) -> bool {
    event["event"] == kind && (batch.is_empty() || event["batch"]["id"] == batch)
}
