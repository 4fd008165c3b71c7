//! Connections that can be made to fail: reset, cut in the middle of an answer, or closed.
//!
//! Must never: listen where another machine could reach it.

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use futures_util::task::AtomicWaker;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};

/// Wait before accepting again after an error (too many open files): long enough not to spin.
const ACCEPT_AGAIN: Duration = Duration::from_millis(20);

const OPEN: u8 = 0;
/// The next answer is cut in the middle of its body.
const CUT: u8 = 1;
/// The next answer becomes RST.
const RESET: u8 = 2;
const CLOSED: u8 = 3;

/// What a handler holds of its connection.
#[derive(Clone)]
pub struct Grip(Arc<State>);

struct State {
    fate: AtomicU8,
    reader: AtomicWaker,
}

impl Grip {
    /// Instead of the next answer, RST.
    pub fn reset(&self) {
        self.0.fate.store(RESET, Ordering::Release);
    }

    /// The next answer is sent to the middle of its body.
    pub fn cut(&self) {
        self.0.fate.store(CUT, Ordering::Release);
    }

    fn close(&self) {
        self.0.fate.store(CLOSED, Ordering::Release);
        self.0.reader.wake();
    }
}

/// Every connection that is open.
#[derive(Clone, Default)]
pub struct OpenConnections(Arc<Mutex<Vec<Weak<State>>>>);

impl OpenConnections {
    fn add(&self, state: &Arc<State>) {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Swept when it would have to grow, so that sweeping costs nothing in the long run.
        if open.len() == open.capacity() {
            open.retain(|state| state.strong_count() > 0);
        }
        open.push(Arc::downgrade(state));
    }

    /// Closes them all.
    pub fn close(&self) {
        for state in self.0.lock().unwrap_or_else(PoisonError::into_inner).drain(..).filter_map(|s| s.upgrade()) {
            Grip(state).close();
        }
    }
}

/// A listener on a loopback address.
pub struct LoopbackListener {
    listener: TcpListener,
    open: OpenConnections,
}

impl LoopbackListener {
    /// Binds. Any other address than a loopback one is refused: a MonCash that pays nothing must
    /// not be mistaken for one by another machine.
    pub async fn bind(addr: SocketAddr, open: OpenConnections) -> io::Result<LoopbackListener> {
        if !addr.ip().is_loopback() {
            let problem = format!(
                "the simulator listens on this machine alone, and {addr} can be reached from others: use 127.0.0.1:{}",
                addr.port()
            );
            return Err(io::Error::new(io::ErrorKind::InvalidInput, problem));
        }
        let listener = TcpListener::bind(addr)
            .await
            .map_err(|e| io::Error::new(e.kind(), format!("the simulator cannot listen on {addr}: {e}")))?;
        Ok(LoopbackListener { listener, open })
    }

    pub fn address(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

impl Listener for LoopbackListener {
    type Io = Connection;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Connection, SocketAddr) {
        loop {
            match self.listener.accept().await {
                Ok((stream, addr)) => {
                    // Without it an answer in two writes waits for the other side's delayed ACK.
                    let _ = stream.set_nodelay(true);
                    let state = Arc::new(State { fate: AtomicU8::new(OPEN), reader: AtomicWaker::new() });
                    self.open.add(&state);
                    return (Connection { stream, state, cut_after: None }, addr);
                }
                Err(_) => tokio::time::sleep(ACCEPT_AGAIN).await,
            }
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

impl Connected<IncomingStream<'_, LoopbackListener>> for Grip {
    fn connect_info(stream: IncomingStream<'_, LoopbackListener>) -> Grip {
        Grip(stream.io().state.clone())
    }
}

/// One connection.
pub struct Connection {
    stream: TcpStream,
    state: Arc<State>,
    /// How much of a cut answer may still go out.
    cut_after: Option<usize>,
}

impl Connection {
    fn fate(&self) -> u8 {
        self.state.fate.load(Ordering::Acquire)
    }

    fn broken(&self) -> io::Error {
        if self.fate() == RESET {
            // With no linger, closing sends RST instead of FIN.
            let _ = self.stream.set_zero_linger();
        }
        io::ErrorKind::ConnectionReset.into()
    }
}

/// The head of an answer and half of its body.
fn half_of(answer: &[u8]) -> usize {
    let head = answer.windows(4).position(|window| window == b"\r\n\r\n").map_or(answer.len(), |end| end + 4);
    head + (answer.len() - head) / 2
}

impl AsyncRead for Connection {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        self.state.reader.register(cx.waker());
        if self.fate() == CLOSED {
            return Poll::Ready(Err(self.broken()));
        }
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        match self.fate() {
            OPEN => Pin::new(&mut self.stream).poll_write(cx, buf),
            CUT => {
                let left = self.cut_after.unwrap_or_else(|| half_of(buf));
                if left == 0 {
                    return Poll::Ready(Err(self.broken()));
                }
                let written = Pin::new(&mut self.stream).poll_write(cx, &buf[..left.min(buf.len())]);
                if let Poll::Ready(Ok(written)) = written {
                    self.cut_after = Some(left - written);
                } else {
                    self.cut_after = Some(left);
                }
                written
            }
            _ => Poll::Ready(Err(self.broken())),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.fate() == RESET {
            return Poll::Ready(Err(self.broken()));
        }
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
