//! The chore that answers whoever watches, and the way of their questions to it. Where nobody asks it does
//! nothing at all.
//!
//! Must never: stand in the way of paying, or walk over what is settled.

mod gauges;
mod past;
mod ready;

use super::Board;
use crate::config::Config;
use crate::config::metrics::Listen;
use crate::engine::Bell;
use crate::engine::chores::{Chore, Progress, Until};
use crate::engine::desk::Desk;
use crate::ledger::Ledger;
use crate::metrics::server::{Answer, Asked, MOST_CONNECTIONS, Place, Question};
use crate::payout::moment::{BootMoment, Moment, Wall};
use past::Past;
use std::cell::RefCell;
use std::io;
use std::rc::Rc;
use std::time::Duration;
use tokio::sync::mpsc;

/// A page is handed out again for so long: many scrapers cost the loop no more than one.
const PAGE_LIVES: Duration = Duration::from_millis(500);
/// How often a door that is taken is tried again.
const TRY_AGAIN: Duration = Duration::from_secs(30);
/// A question wakes the loop by itself.
const NOTHING_ASKED: Duration = Duration::from_secs(3600);

/// What was asked and not answered yet.
pub(super) type Questions = Rc<RefCell<Vec<Question>>>;

pub(super) struct Metrics {
    config: Config,
    board: Board,
    began: Wall,
    questions: Questions,
    past: Past,
    page: Option<(BootMoment, String)>,
}

impl Metrics {
    pub fn new(config: &Config, board: Board, began: Wall) -> Metrics {
        let config = config.clone();
        Metrics { config, board, began, questions: Rc::default(), past: Past::default(), page: None }
    }

    /// Goes by other settings; where it listens stays.
    pub fn go_by(&mut self, config: &Config) {
        self.config = config.clone();
        self.page = None;
    }

    pub fn questions(&self) -> Questions {
        self.questions.clone()
    }

    fn page(&mut self, ledger: &Ledger, desk: &Desk, now: Moment) -> String {
        if let Some((at, page)) = &self.page
            && now.boot.boot == at.boot
            && !now.boot.served(*at, PAGE_LIVES)
        {
            return page.clone();
        }
        let page = gauges::print(self, ledger, desk, now);
        self.page = Some((now.boot, page.clone()));
        page
    }

    fn answer(&mut self, asked: Asked, ledger: &Ledger, desk: &Desk, now: Moment) -> Answer {
        match asked {
            Asked::Metrics => Answer { good: true, text: self.page(ledger, desk, now) },
            // That it is answered at all says that the loop turns.
            Asked::Health => Answer { good: true, text: "well: the loop turns\n".to_string() },
            Asked::Ready => ready::tell(desk, now),
        }
    }
}

impl Chore for Metrics {
    fn slice(&mut self, ledger: &mut Ledger, desk: &Desk, now: Moment, time: Duration) -> anyhow::Result<Progress> {
        if self.questions.borrow().is_empty() {
            return Ok(Progress::Idle { look_again: NOTHING_ASKED, pending: false });
        }
        if time.is_zero() {
            return Ok(Progress::More);
        }
        let until = Until::over(time);
        // What is known of complete batches first, and else only what was settled since.
        while !self.past.catch_up(ledger, desk)? {
            if !until.has_time() {
                return Ok(Progress::More);
            }
        }
        for question in self.questions.take() {
            let answer = self.answer(question.asked, ledger, desk, now);
            // Nobody listens any more where the watcher has hung up.
            let _ = question.answer.send(answer);
        }
        Ok(Progress::Idle { look_again: NOTHING_ASKED, pending: false })
    }
}

/// Lets watchers in where they are to be, and puts their questions before the loop. Never ends.
pub(super) async fn serve(config: &Config, questions: Questions, wake: &Bell) {
    let Some(listen) = &config.metrics.listen else { return std::future::pending().await };
    let place = match listen {
        Listen::Port(address) => Place::Port(*address),
        Listen::Socket(path) => Place::File(path.clone()),
    };
    let (ask, mut asked) = mpsc::channel(MOST_CONNECTIONS);
    let carry = async {
        while let Some(question) = asked.recv().await {
            questions.borrow_mut().push(question);
            wake.ring();
        }
    };
    tokio::join!(carry, keep_open(place, ask));
}

/// Paying does not wait for a door that is taken: it is told, and tried again.
async fn keep_open(place: Place, ask: mpsc::Sender<Question>) {
    let mut told = false;
    loop {
        match place.open().await {
            Ok(door) => {
                tracing::info!(at = door.told(), "metrics are served");
                return door.serve(ask).await;
            }
            Err(error) if !told => tell_taken(&error, &mut told),
            Err(_) => {}
        }
        tokio::time::sleep(TRY_AGAIN).await;
    }
}

fn tell_taken(error: &io::Error, told: &mut bool) {
    *told = true;
    tracing::error!(
        "no metrics can be served ({error}): look at [metrics] listen and at who else uses it; people are paid all \
         the same, and it is tried again every {} s",
        TRY_AGAIN.as_secs()
    );
}
