//! A scripted TCP gateway that can break every rule of TCP and HTTP, and that keeps every byte it was
//! sent. While it is armed it strikes one endpoint; everything else it answers as it was told to.
//!
//! Must never: leave a connection before its client does, unless the script says so. What it saw is
//! what the product is judged by.

mod line;

use line::{Wire, serve};
use std::net::SocketAddr;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// Bytes of a flood that is offered to a client which takes everything. Far above any cap or socket buffer.
pub const FLOOD: usize = 48 * 1024 * 1024;
/// Connections that wait at the door beyond those that find room in the queue.
const CROWD: u32 = 4;

/// What is done to a connection, one after the other. After the last step the enemy reads on until the
/// client hangs up.
#[derive(Clone, Debug)]
pub enum Step {
    /// Reads the rest of the request.
    Request,
    Send(Vec<u8>),
    /// Writes this over and over, at most so many bytes in all, or until the client takes no more.
    Flood(Vec<u8>, usize),
    /// Writes these bytes, one a second, from the beginning again at the end.
    Drip(Vec<u8>),
    /// Lets the other tasks of this thread run so many times.
    Yield(usize),
    /// Reads nothing for longer than any deadline.
    Deaf,
    /// Says that the clock may now be moved on: nothing more will come before the deadline.
    Stall,
    /// FIN; reads on.
    HalfClose,
    /// Closes both ways.
    Close,
    /// RST.
    Reset,
}

/// When a script takes hold of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum At {
    /// Before a byte was read.
    Accept,
    /// When the head of the request came; its body may lie in the socket.
    Head,
    /// When the request came whole.
    Request,
}

#[derive(Clone, Debug)]
pub struct Script {
    pub at: At,
    pub steps: Vec<Step>,
}

/// What came over one connection.
#[derive(Clone, Debug, Default)]
pub struct Connection {
    pub bytes: Vec<u8>,
    pub struck: bool,
    /// The enemy's own script closed it.
    pub closed_by_script: bool,
    pub ended: bool,
    /// Bytes that the enemy could write.
    pub written: usize,
}

impl Connection {
    /// The bytes after the head of the first request.
    pub fn after_head(&self) -> &[u8] {
        end_of_head(&self.bytes).map_or(&[], |end| &self.bytes[end..])
    }

    pub fn path(&self) -> &str {
        path_of(&self.bytes)
    }
}

/// What to answer to a path and a body where nothing is struck; the number says how many requests with
/// this path came before.
pub type Answers = dyn Fn(&str, &str, usize) -> Vec<u8> + Send + Sync;

struct Shared {
    connections: Mutex<Vec<Connection>>,
    requests: Mutex<Vec<String>>,
    armed: AtomicBool,
    /// Strikes that are still to be made; then it disarms itself.
    strikes: AtomicUsize,
    target: String,
    script: Mutex<Script>,
    /// Only whole requests whose body holds this are struck.
    only: Mutex<String>,
    answers: Box<Answers>,
    /// Counts stalls and ended connections.
    news: watch::Sender<u64>,
    stalled: AtomicBool,
    queue: u32,
}

pub struct Enemy {
    pub address: SocketAddr,
    shared: Arc<Shared>,
    accepting: JoinHandle<TcpListener>,
    stop: watch::Sender<bool>,
    crowd: Vec<JoinHandle<()>>,
    /// The listening socket a second time, as a process has it that another test is just starting.
    _second: OwnedFd,
    /// Has the port and never listens: once the door is closed, nobody else can come to listen there.
    _port: TcpSocket,
}

impl Enemy {
    /// Listens; strikes calls of `target` by `script` while armed.
    pub async fn start(target: &str, answers: Box<Answers>) -> Enemy {
        Enemy::start_with_queue(target, answers, 128).await
    }

    /// With room for `queue` connections, and one, that were not accepted yet.
    pub async fn start_with_queue(target: &str, answers: Box<Answers>, queue: u32) -> Enemy {
        let socket = bind("127.0.0.1:0".parse().unwrap());
        let address = socket.local_addr().unwrap();
        let port = bind(address);
        let listener = socket.listen(queue).unwrap();
        let second = listener.as_fd().try_clone_to_owned().unwrap();
        let shared = Arc::new(Shared {
            connections: Mutex::default(),
            requests: Mutex::default(),
            armed: AtomicBool::new(false),
            strikes: AtomicUsize::new(usize::MAX),
            target: target.to_string(),
            only: Mutex::default(),
            script: Mutex::new(Script { at: At::Accept, steps: Vec::new() }),
            answers,
            news: watch::channel(0).0,
            stalled: AtomicBool::new(false),
            queue,
        });
        let (stop, stopped) = watch::channel(false);
        let accepting = tokio::spawn(accept(listener, Arc::clone(&shared), stopped));
        Enemy { address, shared, accepting, stop, crowd: Vec::new(), _second: second, _port: port }
    }

    pub fn arm(&self, script: Script) {
        self.arm_times(script, usize::MAX);
    }

    /// Strikes so many requests that name this reference, and is harmless then.
    pub fn arm_for(&self, reference: &str, script: Script, times: usize) {
        *self.shared.only.lock().unwrap() = format!("\"reference\":\"{reference}\"");
        self.arm_times(script, times);
    }

    fn arm_times(&self, script: Script, times: usize) {
        *self.shared.script.lock().unwrap() = script;
        self.shared.strikes.store(times, Ordering::SeqCst);
        self.shared.armed.store(true, Ordering::SeqCst);
    }

    pub fn disarm(&self) {
        self.shared.armed.store(false, Ordering::SeqCst);
    }

    pub fn connections(&self) -> Vec<Connection> {
        self.shared.locked().clone()
    }

    /// Whole requests with this path.
    pub fn requests(&self, path: &str) -> usize {
        self.shared.requests.lock().unwrap().iter().filter(|other| *other == path).count()
    }

    /// Waits until a script stalled.
    pub async fn wait_for_stall(&self) {
        let mut news = self.shared.news.subscribe();
        while !self.shared.stalled.load(Ordering::SeqCst) {
            news.changed().await.unwrap();
        }
    }

    /// Waits until the client left every connection.
    pub async fn wait_until_left(&self) {
        let mut news = self.shared.news.subscribe();
        while self.shared.locked().iter().any(|connection| !connection.ended) {
            news.changed().await.unwrap();
        }
    }

    /// Closes the door: nobody listens any more.
    pub async fn stop_listening(&mut self) {
        self.stop.send_replace(true);
        let listener = (&mut self.accepting).await.unwrap();
        // A process that another test is just starting has every socket of ours until its own program runs:
        // closed here alone, this one would go on listening there.
        rustix::net::shutdown(&listener, rustix::net::Shutdown::Both).unwrap();
    }

    /// Accepts nothing more, though the socket listens, and the queue before it is full.
    pub async fn crowd_the_door(&mut self) {
        self.stop.send_replace(true);
        let listener = (&mut self.accepting).await.unwrap();
        let (sat, mut seated) = watch::channel(0);
        for _ in 0..self.shared.queue + CROWD {
            let (address, sat) = (self.address, sat.clone());
            self.crowd.push(tokio::spawn(async move {
                let _held = TcpStream::connect(address).await;
                sat.send_modify(|n| *n += 1);
                std::future::pending::<()>().await;
            }));
        }
        // A queue of n takes n + 1; from then on the kernel drops every further SYN.
        seated.wait_for(|n| *n > self.shared.queue).await.unwrap();
        self.crowd.push(tokio::spawn(async move {
            let _kept = listener;
            std::future::pending::<()>().await;
        }));
    }
}

/// A socket at this address, beside others of ours.
fn bind(address: SocketAddr) -> TcpSocket {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_reuseport(true).unwrap();
    socket.bind(address).unwrap();
    socket
}

impl Drop for Enemy {
    fn drop(&mut self) {
        self.accepting.abort();
        self.crowd.iter().for_each(JoinHandle::abort);
    }
}

impl Shared {
    fn locked(&self) -> MutexGuard<'_, Vec<Connection>> {
        self.connections.lock().unwrap()
    }

    fn tell(&self) {
        self.news.send_modify(|n| *n += 1);
    }

    /// The steps, where this connection is to be struck now.
    fn strike(&self, at: At, body: &str) -> Option<Vec<Step>> {
        let script = self.script.lock().unwrap();
        if !self.armed.load(Ordering::SeqCst) || script.at != at || !body.contains(self.only.lock().unwrap().as_str()) {
            return None;
        }
        let left = self.strikes.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |n| n.checked_sub(1));
        left.ok().map(|_| script.steps.clone())
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>, mut stopped: watch::Receiver<bool>) -> TcpListener {
    loop {
        let stream = tokio::select! {
            biased;
            accepted = listener.accept() => accepted.unwrap().0,
            _ = stopped.wait_for(|stop| *stop) => return listener,
        };
        let number = {
            let mut connections = shared.locked();
            connections.push(Connection::default());
            connections.len() - 1
        };
        tokio::spawn(serve(Wire { stream, number, shared: Arc::clone(&shared) }));
    }
}

fn end_of_head(bytes: &[u8]) -> Option<usize> {
    bytes.windows(4).position(|four| four == b"\r\n\r\n").map(|at| at + 4)
}

fn path_of(bytes: &[u8]) -> &str {
    let line = bytes.split(|byte| *byte == b'\r').next().unwrap_or_default();
    std::str::from_utf8(line).ok().and_then(|line| line.split(' ').nth(1)).unwrap_or_default()
}
