//! A server on loopback, plain or TLS, whose answers a test scripts and that keeps every byte it got.
//!
//! Must never: share code with the product or its simulator.

use rustls::{ServerConfig, ServerConnection, StreamOwned};
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

/// Longest wait for the rest of a request.
const PATIENCE: Duration = Duration::from_secs(20);

#[derive(Clone, Debug)]
pub struct Request {
    pub head: String,
    pub body: String,
}

impl Request {
    pub fn path(&self) -> &str {
        self.head.split(' ').nth(1).unwrap_or_default()
    }

    pub fn header(&self, name: &str) -> &str {
        let found = self.head.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim())
        });
        found.unwrap_or_default()
    }
}

/// What to answer, as it goes over the wire; nothing: hang up.
pub type Script = Arc<dyn Fn(&Request) -> Vec<u8> + Send + Sync>;
/// Which TLS the next connection meets; `None`: plain.
pub type Tls = Arc<dyn Fn() -> Option<Arc<ServerConfig>> + Send + Sync>;

/// What came to a server.
#[derive(Clone, Default)]
pub struct Kept {
    /// Every byte as it lay on the wire.
    pub raw: Arc<Mutex<Vec<u8>>>,
    /// Every request that was understood.
    pub heard: Arc<Mutex<Vec<Request>>>,
    pub connections: Arc<Mutex<usize>>,
    /// How many connections came and are not done with.
    open: Arc<(Mutex<usize>, Condvar)>,
}

impl Kept {
    /// Marks a connection as open until what this gives is dropped.
    pub fn open(&self) -> Open {
        *self.open.0.lock().unwrap() += 1;
        Open(self.clone())
    }

    /// Waits until every connection that came is read to its end: a program that ended may have said its last
    /// word to a thread that has not run since.
    pub fn all_read(&self) {
        let (open, changed) = &*self.open;
        let (_open, late) = changed.wait_timeout_while(open.lock().unwrap(), PATIENCE, |open| *open > 0).unwrap();
        assert!(!late.timed_out(), "a connection is still open");
    }

    pub fn raw(&self) -> Vec<u8> {
        self.raw.lock().unwrap().clone()
    }

    pub fn heard(&self) -> Vec<Request> {
        self.heard.lock().unwrap().clone()
    }

    pub fn connections(&self) -> usize {
        *self.connections.lock().unwrap()
    }
}

/// A connection that is still read.
pub struct Open(Kept);

impl Drop for Open {
    fn drop(&mut self) {
        let (open, changed) = &*self.0.open;
        *open.lock().unwrap() -= 1;
        changed.notify_all();
    }
}

pub struct Gateway {
    pub address: SocketAddr,
    pub kept: Kept,
}

impl Gateway {
    pub fn plain(script: Script) -> Gateway {
        Gateway::start("127.0.0.1:0", Arc::new(|| None), script)
    }

    /// Serves until the test's process ends.
    pub fn start(address: &str, tls: Tls, script: Script) -> Gateway {
        let kept = Kept::default();
        let keeping = kept.clone();
        let address = listen(address, move |stream| {
            *keeping.connections.lock().unwrap() += 1;
            let wire = Tap { stream, kept: keeping.clone() };
            match tls() {
                None => serve(wire, &keeping, &script),
                Some(config) => {
                    let server = ServerConnection::new(config).unwrap();
                    serve(StreamOwned::new(server, wire), &keeping, &script);
                }
            }
        });
        Gateway { address, kept }
    }

    pub fn base_url(&self, scheme: &str) -> String {
        format!("{scheme}://{}/Api", self.address)
    }
}

/// Calls `each` in a thread of its own for every connection.
pub fn listen(address: &str, each: impl Fn(TcpStream) + Send + Sync + 'static) -> SocketAddr {
    let listener = TcpListener::bind(address).unwrap();
    let address = listener.local_addr().unwrap();
    let each = Arc::new(each);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let _ = stream.set_read_timeout(Some(PATIENCE));
            let each = Arc::clone(&each);
            std::thread::spawn(move || each(stream));
        }
    });
    address
}

/// One request a connection, so that every call shakes hands anew.
fn serve(mut wire: impl Read + Write, kept: &Kept, script: &Script) {
    let Some(request) = read_request(&mut wire) else { return };
    kept.heard.lock().unwrap().push(request.clone());
    let _ = wire.write_all(&script(&request));
    let _ = wire.flush();
}

fn read_request(wire: &mut impl Read) -> Option<Request> {
    let mut bytes = Vec::new();
    loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
            let request = Request { head, body: String::new() };
            let length: usize = request.header("content-length").parse().unwrap_or(0);
            if bytes.len() >= end + 4 + length {
                return Some(Request { body: String::from_utf8_lossy(&bytes[end + 4..]).into_owned(), ..request });
            }
        }
        let mut piece = [0; 4096];
        match wire.read(&mut piece) {
            Ok(n) if n > 0 => bytes.extend_from_slice(&piece[..n]),
            _ => return None,
        }
    }
}

/// An answer after which the connection ends.
pub fn answer(status: u16, kind: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!(
        "HTTP/1.1 {status} X\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
    )
    .into_bytes()
}

pub fn json(status: u16, body: &str) -> Vec<u8> {
    answer(status, "application/json", body)
}

struct Tap {
    stream: TcpStream,
    kept: Kept,
}

impl Read for Tap {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let count = self.stream.read(bytes)?;
        self.kept.raw.lock().unwrap().extend_from_slice(&bytes[..count]);
        Ok(count)
    }
}

impl Write for Tap {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.stream.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}
