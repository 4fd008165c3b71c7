//! The enemy's end of one connection: reads requests, and performs the script.
//!
//! Must never: lose a byte that came.

use super::{At, Connection, Shared, Step, end_of_head, path_of};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// The wait between two bytes that drip.
const DRIP: Duration = Duration::from_secs(1);
/// How long a deaf enemy reads nothing.
const DEAF: Duration = Duration::from_secs(120);

/// The enemy's end of one connection.
pub struct Wire {
    pub stream: TcpStream,
    pub number: usize,
    pub shared: Arc<Shared>,
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.note(|connection| connection.ended = true);
        self.shared.tell();
    }
}

pub async fn serve(mut wire: Wire) {
    let mut read_up_to = 0;
    if let Some(steps) = wire.shared.strike(At::Accept, "") {
        return wire.perform(steps, 0).await;
    }
    while let Some(head) = wire.read_head(read_up_to).await {
        let path = path_of(&head).to_string();
        let struck = path == wire.shared.target;
        if struck && let Some(steps) = wire.shared.strike(At::Head, "") {
            return wire.perform(steps, read_up_to).await;
        }
        let Some(body) = wire.read_body(&head).await else { return };
        read_up_to += head.len() + body.len();
        let before = {
            let mut requests = wire.shared.requests.lock().unwrap();
            requests.push(path.clone());
            requests.iter().filter(|other| **other == path).count() - 1
        };
        let body = String::from_utf8_lossy(&body).into_owned();
        let answer = (wire.shared.answers)(&path, &body, before);
        if struck && let Some(steps) = wire.shared.strike(At::Request, &body) {
            return wire.perform(steps, read_up_to).await;
        }
        wire.send(&answer).await;
    }
}

impl Wire {
    fn note(&self, how: impl FnOnce(&mut Connection)) {
        how(&mut self.shared.locked()[self.number]);
    }

    fn bytes_from(&self, start: usize) -> Vec<u8> {
        self.shared.locked()[self.number].bytes[start..].to_vec()
    }

    /// Reads up to `most` bytes; false at the end.
    async fn read(&mut self, most: usize) -> bool {
        let mut piece = vec![0; most];
        match self.stream.read(&mut piece).await {
            Ok(n) if n > 0 => {
                self.note(|connection| connection.bytes.extend_from_slice(&piece[..n]));
                true
            }
            _ => false,
        }
    }

    /// A head, read byte by byte so that the body stays in the socket.
    async fn read_head(&mut self, from: usize) -> Option<Vec<u8>> {
        loop {
            let bytes = self.bytes_from(from);
            if let Some(end) = end_of_head(&bytes) {
                return Some(bytes[..end].to_vec());
            }
            if !self.read(1).await {
                return None;
            }
        }
    }

    async fn read_body(&mut self, head: &[u8]) -> Option<Vec<u8>> {
        let text = String::from_utf8_lossy(head).to_ascii_lowercase();
        let length = text.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok());
        let (length, begun): (usize, usize) = (length.unwrap_or(0), self.bytes_from(0).len());
        while self.bytes_from(0).len() < begun + length {
            let missing = begun + length - self.bytes_from(0).len();
            if !self.read(missing).await {
                return None;
            }
        }
        Some(self.bytes_from(begun))
    }

    /// False where the client takes no more.
    async fn send(&mut self, bytes: &[u8]) -> bool {
        let mut left = bytes;
        while !left.is_empty() {
            match self.stream.write(left).await {
                Ok(n) if n > 0 => {
                    left = &left[n..];
                    self.note(|connection| connection.written += n);
                }
                _ => return false,
            }
        }
        true
    }

    async fn perform(mut self, steps: Vec<Step>, from: usize) {
        self.note(|connection| connection.struck = true);
        for step in steps {
            match step {
                Step::Request => {
                    let Some(head) = self.read_head(from).await else { break };
                    if self.read_body(&head).await.is_none() {
                        break;
                    }
                }
                Step::Send(bytes) => {
                    if !self.send(&bytes).await {
                        break;
                    }
                }
                Step::Flood(bytes, most) => {
                    let mut offered = 0;
                    while offered < most && self.send(&bytes).await {
                        offered += bytes.len();
                    }
                }
                Step::Drip(bytes) => {
                    self.stall();
                    for byte in bytes.iter().cycle() {
                        if !self.send(&[*byte]).await {
                            break;
                        }
                        tokio::time::sleep(DRIP).await;
                    }
                }
                Step::Yield(times) => {
                    for _ in 0..times {
                        tokio::task::yield_now().await;
                    }
                }
                Step::Stall => self.stall(),
                Step::Deaf => {
                    self.stall();
                    tokio::time::sleep(DEAF).await;
                }
                Step::HalfClose => {
                    let _ = self.stream.shutdown().await;
                }
                Step::Close => return self.note(|connection| connection.closed_by_script = true),
                Step::Reset => {
                    let _ = self.stream.set_zero_linger();
                    return self.note(|connection| connection.closed_by_script = true);
                }
            }
        }
        while self.read(4096).await {}
    }

    fn stall(&self) {
        self.shared.stalled.store(true, Ordering::SeqCst);
        self.shared.tell();
    }
}
