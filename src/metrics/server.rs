//! The small server: three pages for whoever watches, on this machine alone.
//!
//! It shares the one thread with the loop, so it does next to nothing: it carries a question to the loop,
//! waits a moment for the answer and hangs up. Whoever reads slowly, or not at all, costs one of a few
//! places for a few seconds and nobody anything else.
//!
//! Must never: listen where another machine could reach it, take away a file that is not a socket, or keep
//! more connections open than [`MOST_CONNECTIONS`].

use super::page::CONTENT_TYPE;
use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::serve::Listener;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, UnixListener};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot};
use tokio::time::Sleep;

/// Connections at one moment. One scraper needs one; the file descriptors are MonCash's.
pub const MOST_CONNECTIONS: usize = 8;
/// A connection is over after this, whatever it was doing. Prometheus gives up after 10 s.
pub const CONNECTION_LIVES: Duration = Duration::from_secs(5);
/// So long the loop is waited for; it turns four times a second.
pub const LOOP_ANSWERS: Duration = Duration::from_secs(4);
/// Wait before accepting again after an error (too many open files): long enough not to spin.
const ACCEPT_AGAIN: Duration = Duration::from_millis(200);
/// Of the socket: its owner and its group.
const SOCKET_MODE: u32 = 0o660;

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    Metrics,
    Health,
    Ready,
}

/// A question to the loop.
#[derive(Debug)]
pub struct Question {
    pub asked: Asked,
    pub answer: oneshot::Sender<Answer>,
}

/// `good`: 200, else 503.
#[derive(Debug)]
pub struct Answer {
    pub good: bool,
    pub text: String,
}

/// Listens for watchers.
pub struct Door {
    socket: Socket,
    places: Arc<Semaphore>,
    told: String,
}

enum Socket {
    Port(TcpListener),
    File(UnixListener),
}

impl Door {
    /// On a loopback address.
    pub async fn at_port(address: SocketAddr) -> io::Result<Door> {
        if !address.ip().is_loopback() {
            let problem = format!("{address} can be reached from other machines: use a loopback address");
            return Err(io::Error::new(io::ErrorKind::InvalidInput, problem));
        }
        let listener = TcpListener::bind(address).await?;
        let told = format!("http://{}/metrics", listener.local_addr()?);
        Ok(Door::new(Socket::Port(listener), told))
    }

    /// On a socket in the file system. One that a dead process left is taken over.
    pub fn at_file(place: &Path) -> io::Result<Door> {
        take_away_dead(place)?;
        let listener = UnixListener::bind(place)?;
        std::fs::set_permissions(place, std::fs::Permissions::from_mode(SOCKET_MODE))?;
        Ok(Door::new(Socket::File(listener), format!("unix:{}", place.display())))
    }

    fn new(socket: Socket, told: String) -> Door {
        Door { socket, places: Arc::new(Semaphore::new(MOST_CONNECTIONS)), told }
    }

    /// Where it listens, for people.
    pub fn told(&self) -> &str {
        &self.told
    }

    /// Serves until it is dropped. Each question is one that the loop must answer.
    pub async fn serve(self, questions: mpsc::Sender<Question>) {
        let routes = Router::new()
            .route("/metrics", get(|questions| ask(Asked::Metrics, questions)))
            .route("/healthz", get(|questions| ask(Asked::Health, questions)))
            .route("/readyz", get(|questions| ask(Asked::Ready, questions)))
            .fallback(say_where)
            .with_state(questions);
        // It never ends by itself.
        let _ = axum::serve(self, routes).await;
    }
}

/// Removes the socket of a process that is no more; anything else stays, and is an error.
fn take_away_dead(place: &Path) -> io::Result<()> {
    let taken = |why: &str| io::Error::new(io::ErrorKind::AddrInUse, format!("{} {why}", place.display()));
    match std::fs::symlink_metadata(place) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
        Ok(about) if !about.file_type().is_socket() => Err(taken("lies there and is no socket: move it away")),
        Ok(_) => match std::os::unix::net::UnixStream::connect(place) {
            Ok(_) => Err(taken("is another process's, which listens there: name another one")),
            Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => std::fs::remove_file(place),
            Err(error) => Err(error),
        },
    }
}

async fn ask(asked: Asked, State(questions): State<mpsc::Sender<Question>>) -> Response {
    let (answer, answered) = oneshot::channel();
    let put = questions.try_send(Question { asked, answer });
    let heard = match put {
        Ok(()) => tokio::time::timeout(LOOP_ANSWERS, answered).await.ok().and_then(Result::ok),
        Err(_) => None,
    };
    let silent = || Answer {
        good: false,
        text: format!("not well: the loop did not answer within {} s\n", LOOP_ANSWERS.as_secs()),
    };
    let Answer { good, text } = heard.unwrap_or_else(silent);
    let status = if good { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    hand_out(status, text)
}

async fn say_where() -> Response {
    hand_out(StatusCode::NOT_FOUND, "there are /metrics, /healthz and /readyz\n".to_string())
}

/// Each connection carries one answer: kept ones would hold the few places.
fn hand_out(status: StatusCode, text: String) -> Response {
    let headers =
        [(header::CONTENT_TYPE, CONTENT_TYPE), (header::CONNECTION, "close"), (header::CACHE_CONTROL, "no-store")];
    (status, headers, text).into_response()
}

impl Listener for Door {
    type Io = Connection;
    type Addr = ();

    async fn accept(&mut self) -> (Connection, ()) {
        loop {
            // Nobody closes the semaphore.
            let Ok(place) = self.places.clone().acquire_owned().await else { return std::future::pending().await };
            let accepted: io::Result<Pin<Box<dyn Stream>>> = match &self.socket {
                Socket::Port(listener) => listener.accept().await.map(|(stream, _)| Box::pin(stream) as _),
                Socket::File(listener) => listener.accept().await.map(|(stream, _)| Box::pin(stream) as _),
            };
            match accepted {
                Ok(stream) => return (Connection::new(stream, place), ()),
                Err(_) => tokio::time::sleep(ACCEPT_AGAIN).await,
            }
        }
    }

    fn local_addr(&self) -> io::Result<()> {
        Ok(())
    }
}

/// What a connection is made of, whichever way it came.
trait Stream: AsyncRead + AsyncWrite + Send {}

impl<S: AsyncRead + AsyncWrite + Send> Stream for S {}

/// One connection, until its time is over.
pub struct Connection {
    stream: Pin<Box<dyn Stream>>,
    over: Pin<Box<Sleep>>,
    _place: OwnedSemaphorePermit,
}

impl Connection {
    fn new(stream: Pin<Box<dyn Stream>>, place: OwnedSemaphorePermit) -> Connection {
        Connection { stream, over: Box::pin(tokio::time::sleep(CONNECTION_LIVES)), _place: place }
    }

    fn is_over(&mut self, cx: &mut Context<'_>) -> bool {
        self.over.as_mut().poll(cx).is_ready()
    }
}

impl AsyncRead for Connection {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if self.is_over(cx) {
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        self.stream.as_mut().poll_read(cx, buf)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        if self.is_over(cx) {
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        self.stream.as_mut().poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.is_over(cx) {
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        self.stream.as_mut().poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.is_over(cx) {
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        self.stream.as_mut().poll_shutdown(cx)
    }
}

/// Where a [`Door`] is to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    Port(SocketAddr),
    File(PathBuf),
}

impl Place {
    /// # Errors
    /// It is taken, or may not be made.
    pub async fn open(&self) -> io::Result<Door> {
        match self {
            Place::Port(address) => Door::at_port(*address).await,
            Place::File(place) => Door::at_file(place),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn another_machine_is_never_let_in() {
        for address in ["0.0.0.0:0", "[::]:0", "10.0.0.1:0"] {
            let refused = Door::at_port(address.parse().unwrap()).await.err().expect("refused");
            assert_eq!(refused.kind(), io::ErrorKind::InvalidInput, "{address}");
        }
        assert!(Door::at_port("127.0.0.1:0".parse().unwrap()).await.is_ok());
    }

    #[tokio::test]
    async fn a_dead_socket_is_taken_over_and_nothing_else_is() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("metrics.sock");
        let first = Door::at_file(&place).unwrap();
        assert_eq!(std::fs::metadata(&place).unwrap().permissions().mode() & 0o777, SOCKET_MODE);
        assert_eq!(Door::at_file(&place).err().unwrap().kind(), io::ErrorKind::AddrInUse, "somebody listens");
        drop(first);
        assert!(place.exists(), "left behind");
        Door::at_file(&place).expect("taken over");
        let file = folder.path().join("file");
        std::fs::write(&file, "mine").unwrap();
        assert!(Door::at_file(&file).is_err());
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "mine");
    }
}
