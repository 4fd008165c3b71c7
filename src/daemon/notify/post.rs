//! Between the chore that knows what is to be told and the call or command that tells it: one letter at a
//! time, carried beside the loop.
//!
//! Must never: keep the loop waiting, or lose sight of a letter under way.

use crate::engine::Bell;
use crate::notify::{Carrier, Way};
use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

/// An event on its way out.
pub struct Letter {
    pub number: u64,
    pub way: Result<Way, String>,
    pub body: Vec<u8>,
    pub timeout: Duration,
}

/// What became of it.
pub struct Answer {
    pub number: u64,
    pub came_back: Result<String, String>,
    pub took: Duration,
}

#[derive(Default)]
enum Place {
    #[default]
    Free,
    Out(Letter),
    UnderWay,
    Back(Answer),
}

/// The one letter that is under way.
#[derive(Clone, Default)]
pub struct Post {
    place: Rc<RefCell<Place>>,
    handed: Bell,
}

impl Post {
    pub fn is_free(&self) -> bool {
        matches!(*self.place.borrow(), Place::Free)
    }

    pub fn is_back(&self) -> bool {
        matches!(*self.place.borrow(), Place::Back(_))
    }

    /// Hands a letter over, where the place is free.
    pub fn hand(&self, letter: Letter) {
        self.place.replace(Place::Out(letter));
        self.handed.ring();
    }

    pub fn take_answer(&self) -> Option<Answer> {
        let mut place = self.place.borrow_mut();
        match std::mem::take(&mut *place) {
            Place::Back(answer) => Some(answer),
            other => {
                *place = other;
                None
            }
        }
    }

    fn take_letter(&self) -> Option<Letter> {
        let mut place = self.place.borrow_mut();
        match std::mem::take(&mut *place) {
            Place::Out(letter) => {
                *place = Place::UnderWay;
                Some(letter)
            }
            other => {
                *place = other;
                None
            }
        }
    }

    /// Carries letters for ever, and rings `answered` after each.
    pub async fn carry(&self, answered: &Bell) {
        let carrier = Carrier::default();
        loop {
            let Some(letter) = self.take_letter() else {
                self.handed.heard().await;
                continue;
            };
            let began = tokio::time::Instant::now();
            let came_back = match &letter.way {
                Ok(way) => carrier.deliver(way, &letter.body, letter.timeout).await,
                Err(why) => Err(why.clone()),
            };
            self.place.replace(Place::Back(Answer { number: letter.number, came_back, took: began.elapsed() }));
            answered.ring();
        }
    }
}
