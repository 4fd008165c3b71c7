//! `payoutd notify`: what `[notify]` says, what waits to be told, and a test of it.
//!
//! Must never: change anything that the daemon keeps, or show a webhook's address.

use super::context::Context;
use super::exit::{self, Exit};
use super::print;
use crate::config::Config;
use crate::config::notify::{Address, Way};
use crate::daemon::notify::notice::Teller;
use crate::daemon::notify::way;
use crate::ledger::Reader;
use crate::notify::Carrier;
use crate::notify::memory::Memory;
use crate::report::cell::{counted, one_line};
use clap::Args;

/// Show who is told of what happens, and try it out
///
/// Shows what [notify] says and what waits to be delivered. With --test an event is delivered at once, by
/// this command and not by the running payoutd, and what came back is shown.
#[derive(Debug, Args)]
#[command(after_help = exit::HELP)]
pub struct NotifyArgs {
    /// Deliver a test event now and say what came back
    #[arg(long)]
    pub test: bool,
}

pub async fn run(args: NotifyArgs, context: &Context) -> anyhow::Result<Exit> {
    let config = context.load()?;
    print::print(&described(&config))?;
    if !args.test {
        return Ok(Exit::Done);
    }
    let settings = &config.notify;
    // Whose ledger it is, where there is one.
    let account = Reader::open(&config.folders.state).and_then(|ledger| ledger.identity()).map(|it| it.account);
    let teller = Teller::new(&config, account.as_deref().unwrap_or(&config.moncash.client_id));
    let mut body = serde_json::to_vec_pretty(&teller.test(super::now()))?;
    body.push(b'\n');
    let came_back = match way(settings) {
        Ok(way) => Carrier::default().deliver(&way, &body, settings.timeout).await,
        Err(why) => Err(why),
    };
    let (said, exit) = match &came_back {
        Ok(answer) => (format!("delivered: {}\n", one_line(answer)), Exit::Done),
        Err(why) => (format!("NOT delivered: {}\n", one_line(why)), Exit::Failed),
    };
    print::print(&format!("{}{said}", String::from_utf8_lossy(&body)))?;
    Ok(exit)
}

fn described(config: &Config) -> String {
    let settings = &config.notify;
    let mut text = match &settings.way {
        None => return "[notify] names neither a command nor a webhook: nobody is told of anything.\n".to_string(),
        Some(Way::Command(words)) => format!("Told by the command {}\n", one_line(&words.join(" "))),
        Some(Way::Webhook(hook)) => match &hook.address {
            Address::Written(address) => format!("Told by a webhook at {}\n", host_of(address)),
            Address::InFile(path) => format!("Told by a webhook, whose address is in {}\n", path.display()),
        },
    };
    let events: Vec<&str> = settings.events.iter().copied().collect();
    text.push_str(&format!("Of: {}\n", events.join(", ")));
    let Some(memory) = Memory::read(&config.folders.state) else {
        text.push_str("Nothing was told yet.\n");
        return text;
    };
    let waiting = u32::try_from(memory.waiting.len()).unwrap_or(u32::MAX);
    text.push_str(&format!(
        "Delivered so far: {}; given up: {}; waiting: {}\n",
        memory.delivered,
        memory.given_up,
        counted(waiting, "event", "events")
    ));
    for entry in &memory.waiting {
        let failure =
            entry.failure.as_ref().map(|why| format!(", not delivered {} times: {}", entry.tries, one_line(why)));
        text.push_str(&format!("  {}{}\n", one_line(&entry.id), failure.unwrap_or_default()));
    }
    text
}

/// Not the path, which may be a secret.
fn host_of(address: &str) -> String {
    let url = reqwest::Url::parse(address).ok();
    url.and_then(|url| url.host_str().map(str::to_string)).unwrap_or_else(|| "an address".to_string())
}
