//! A scripted MonCash on loopback that keeps every byte it was sent. It runs on the test's own
//! thread, so that a paused clock stays in step with it.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// A whole request as it came.
#[derive(Clone, Debug)]
pub struct Seen {
    pub head: String,
    pub body: String,
}

impl Seen {
    pub fn path(&self) -> &str {
        self.head.split(' ').nth(1).unwrap_or_default()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        let line = self.head.lines().find(|line| line.to_ascii_lowercase().starts_with(&format!("{name}:")))?;
        line.split_once(':').map(|(_, value)| value.trim())
    }

    /// The header lines, sorted; all of them, so that none goes out unnoticed.
    pub fn headers(&self) -> Vec<&str> {
        let mut lines: Vec<&str> = self.head.lines().skip(1).filter(|line| !line.is_empty()).collect();
        lines.sort_unstable();
        lines
    }
}

/// What the server does with a request.
pub enum Act {
    /// Answers, and keeps the connection open.
    Answer(u16, String),
    /// Writes these bytes, and keeps the connection open.
    Raw(String),
    /// Writes these bytes, and closes the connection.
    RawThenClose(String),
    /// Writes these bytes, then one more each second, for ever.
    Drip(String),
    /// Never answers.
    Hang,
    /// Resets the connection.
    Reset,
}

pub struct Server {
    pub address: SocketAddr,
    seen: Arc<Mutex<Vec<Seen>>>,
    count: watch::Receiver<usize>,
    accepting: JoinHandle<()>,
    /// Has the port and never listens: where nobody listens any more, nobody else can come to.
    _port: TcpSocket,
}

impl Server {
    /// `script` is asked what to do with each request; the number says how many came before it
    /// with its path.
    pub async fn start(script: impl Fn(&Seen, usize) -> Act + Send + Sync + 'static) -> Server {
        let socket = bind("127.0.0.1:0".parse().unwrap());
        let address = socket.local_addr().unwrap();
        let port = bind(address);
        let listener = socket.listen(128).unwrap();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (counter, count) = watch::channel(0);
        let (script, counter, kept) = (Arc::new(script), Arc::new(counter), Arc::clone(&seen));
        let accepting = tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let (script, counter, kept) = (Arc::clone(&script), Arc::clone(&counter), Arc::clone(&kept));
                tokio::spawn(serve(stream, script, counter, kept));
            }
        });
        Server { address, seen, count, accepting, _port: port }
    }

    pub fn base_url(&self) -> String {
        format!("http://{}/Api", self.address)
    }

    pub fn seen(&self, path: &str) -> Vec<Seen> {
        self.seen.lock().unwrap().iter().filter(|seen| seen.path() == path).cloned().collect()
    }

    /// Waits until `n` requests with this path came whole.
    pub async fn wait_for(&self, path: &str, n: usize) {
        let mut count = self.count.clone();
        while self.seen(path).len() < n {
            count.changed().await.unwrap();
        }
    }

    /// Takes no new connections; nobody listens at the address any more.
    pub async fn stop_listening(&mut self) {
        self.accepting.abort();
        let _ = (&mut self.accepting).await;
    }
}

/// A socket at this address, beside others of ours.
fn bind(address: SocketAddr) -> TcpSocket {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_reuseport(true).unwrap();
    socket.bind(address).unwrap();
    socket
}

async fn serve(
    mut stream: TcpStream,
    script: Arc<impl Fn(&Seen, usize) -> Act>,
    counter: Arc<watch::Sender<usize>>,
    kept: Arc<Mutex<Vec<Seen>>>,
) {
    while let Some(seen) = read_request(&mut stream).await {
        let before = kept.lock().unwrap().iter().filter(|other| other.path() == seen.path()).count();
        let act = script(&seen, before);
        kept.lock().unwrap().push(seen);
        counter.send_modify(|count| *count += 1);
        match act {
            Act::Answer(status, body) => {
                let _ = stream.write_all(answer(status, &body).as_bytes()).await;
            }
            Act::Raw(text) => {
                let _ = stream.write_all(text.as_bytes()).await;
            }
            Act::RawThenClose(text) => {
                let _ = stream.write_all(text.as_bytes()).await;
                return;
            }
            Act::Drip(text) => {
                let mut more = stream.write_all(text.as_bytes()).await;
                while more.is_ok() {
                    tokio::time::sleep(Duration::from_secs(1)).await;
                    more = stream.write_all(b" ").await;
                }
                return;
            }
            Act::Hang => std::future::pending().await,
            Act::Reset => {
                let _ = stream.set_zero_linger();
                return;
            }
        }
    }
}

pub fn answer(status: u16, body: &str) -> String {
    format!("HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}", body.len())
}

/// The next whole request, or `None` where the connection ended before.
pub async fn read_request(stream: &mut TcpStream) -> Option<Seen> {
    let mut bytes = Vec::new();
    loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
            let seen = Seen { head, body: String::new() };
            let length: usize = seen.header("content-length").map_or(0, |n| n.parse().unwrap());
            let body = &bytes[end + 4..];
            assert!(body.len() <= length, "more bytes came than were announced");
            if body.len() == length {
                return Some(Seen { body: String::from_utf8(body.to_vec()).unwrap(), ..seen });
            }
        }
        let mut piece = [0; 4096];
        match stream.read(&mut piece).await {
            Ok(n) if n > 0 => bytes.extend_from_slice(&piece[..n]),
            _ => return None,
        }
    }
}
