//! The door that a call waits at once its connection stands, until its moment: how long connecting took
//! must not tell in when it arrives.
//!
//! The connection is held back where reqwest hands it over to be spoken on, so that no byte of the request
//! leaves before the door opens; the body gives its bytes at the very moment, and so both leave in one piece.
//!
//! Must never: let a byte of a call out before its moment.

use super::gateway::Left;
use crate::clock::wait_out;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::Instant;
use tower_layer::Layer;
use tower_service::Service;

/// From giving its body until the kernel has the whole call, about: it counts as having left then, so that
/// what this varies by does not bring two calls closer together than they should be.
const TO_WRITE: Duration = Duration::from_micros(20);

tokio::task_local! {
    /// The door of the call whose connection is being made; calls without one go through.
    static OF_THIS_CALL: Arc<Door>;
}

pub(super) struct Door {
    connected: AtomicBool,
    opens: Notify,
    moment: OnceLock<Instant>,
    left: Left,
}

impl Door {
    pub fn new(left: Left) -> Arc<Door> {
        Arc::new(Door { connected: AtomicBool::new(false), opens: Notify::new(), moment: OnceLock::new(), left })
    }

    /// Makes a call that comes to this door.
    pub async fn lead<T>(self: Arc<Door>, call: impl Future<Output = T>) -> T {
        OF_THIS_CALL.scope(self, call).await
    }

    /// Whether a call stands at it that may not leave yet.
    pub fn is_waited_at(&self) -> bool {
        self.connected.load(Ordering::SeqCst) && self.moment.get().is_none()
    }

    /// Lets the call leave at its moment, which is here or [`crate::clock::WAKE_UP`] away.
    pub fn open(&self, moment: Instant) {
        // It is opened once.
        let _ = self.moment.set(moment);
        self.opens.notify_one();
    }

    async fn wait(&self) {
        self.connected.store(true, Ordering::SeqCst);
        self.opens.notified().await;
    }

    /// Lets the last microseconds before the moment pass: called when everything else is ready to leave.
    pub async fn pass(&self) {
        let Some(moment) = self.moment.get() else {
            // No connection goes by the door but through it.
            return std::future::pending().await;
        };
        wait_out(*moment);
        if tokio::time::Instant::now() < *moment {
            tokio::time::sleep_until(*moment).await;
        }
    }

    /// It leaves now.
    pub fn note_left(&self) {
        // A body leaves once.
        let _ = self.left.set(tokio::time::Instant::now() + TO_WRITE);
    }
}

/// Holds every connection at the door of its call.
#[derive(Clone)]
pub(super) struct Doors;

impl<S> Layer<S> for Doors {
    type Service = Behind<S>;

    fn layer(&self, inner: S) -> Behind<S> {
        Behind(inner)
    }
}

#[derive(Clone)]
pub(super) struct Behind<S>(S);

impl<S, R> Service<R> for Behind<S>
where
    S: Service<R>,
    S::Future: Send + 'static,
    S::Response: Send + 'static,
    S::Error: Send + 'static,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, request: R) -> Self::Future {
        let door = OF_THIS_CALL.try_with(Arc::clone).ok();
        let connecting = self.0.call(request);
        Box::pin(async move {
            let connection = connecting.await?;
            if let Some(door) = door {
                door.wait().await;
            }
            Ok(connection)
        })
    }
}
