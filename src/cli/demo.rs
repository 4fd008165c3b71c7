//! `payoutd demo`: a payroll paid before your eyes, with no configuration, network or money.
//!
//! Must never: reach a network, or read the configuration of a real account.

use super::exit::{self, Exit};
use super::print;
use super::quiet;
use super::run::{embedded_place, exit_of};
use super::screen::{Screen, Stream};
use crate::config::Config;
use crate::daemon::{self, Options};
use crate::engine::{Bell, Until};
use crate::files::split_batch_name;
use crate::payout::activity::{Blocked, Doing};
use crate::payout::batch::BatchState;
use crate::payout::instruction::Account;
use crate::payout::money::Amount;
use crate::payout::state::StateWord;
use crate::report::live_view::lay_out;
use crate::report::progress::Progress;
use crate::report::view::{BatchView, HouseView};
use crate::simulator::faults::FaultPlan;
use crate::simulator::people::Whom;
use crate::simulator::{Embedded, Settings as SimulatorSettings};
use anyhow::Context;
use clap::Args;
use jiff::tz::TimeZone;
use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::{Duration, Instant};

/// A made-up payroll of a hundred and twenty people.
const PAYROLL: &str = include_str!("demo_payroll.csv");
/// What goes wrong in it.
const FAULTS: &str = include_str!("demo_faults.toml");
/// Wallets of the sample that are full: declined. Lines of the file, header included.
const FULL_LINES: [usize; 3] = [24, 68, 102];
/// What the account holds of the sample's HTG 2 750 920.25, until it is topped up.
const FUNDED: Amount = Amount::from_centimes(230_000_000);
const TOP_UP: Amount = Amount::from_centimes(100_000_000);
/// The account stays empty for so long, so that one can see what payoutd says.
const EMPTY_FOR: Duration = Duration::from_secs(4);
/// How often the demo looks at how things stand.
const LOOK: Duration = Duration::from_millis(200);

/// Pay a sample payroll in a simulator and show the report. No network, no money
///
/// Needs no configuration. Pays the sample, or FILE, against a simulator inside this process, shows
/// the progress live and says where the report lies. Nothing leaves this machine.
#[derive(Debug, Args)]
#[command(after_help = exit::HELP_RUN)]
pub struct DemoArgs {
    /// A payroll of your own (CSV) instead of the sample; it is copied, not moved
    pub file: Option<PathBuf>,
}

pub async fn run(args: DemoArgs) -> anyhow::Result<Exit> {
    let is_sample = args.file.is_none();
    let (name, payroll) = payroll(args.file.as_deref())?;
    let folder = make_folder()?;
    let config = config(&folder)?;
    let inbox = config.folders.batches.join("inbox");
    std::fs::create_dir_all(&inbox)?;
    std::fs::write(inbox.join(&name), &payroll)?;

    let simulator = Embedded::start(simulator_settings(is_sample)?, 1).await?;
    let place = embedded_place(&simulator);
    print::tell(&format!("A simulated MonCash: no network, no money. Everything lies in {}", folder.display()));
    if is_sample {
        print::tell(&format!(
            "120 people; three wallets are full, five answers get lost or garbled, and the account holds HTG {} of 2 750 920.25.",
            FUNDED.grouped()
        ));
    }

    let latest: Rc<RefCell<Option<HouseView>>> = Rc::default();
    let seen = latest.clone();
    let show = Rc::new(Show::new(&config));
    let shown = show.clone();
    let watch: Box<dyn Fn(&HouseView)> = Box::new(move |view| {
        shown.show(view);
        seen.replace(Some(view.clone()));
    });
    let stop = Bell::default();
    let options = Options { until: Until::Stopped, stop: stop.clone(), watch: Some(watch) };
    let rejected = config.folders.batches.join("rejected");
    let director = direct(&latest, &show, &simulator, &stop, &rejected, is_sample);
    let (outcome, ()) = tokio::join!(daemon::run(&config, &place, options), director);
    show.end();
    let outcome = outcome?;
    tell_end(&config.folders.batches, latest.borrow().as_ref(), &simulator);
    Ok(match exit_of(&outcome, true) {
        // Declines belong to the sample.
        Exit::NotAllPaid if is_sample => Exit::Done,
        Exit::StoppedEarly if outcome.unfinished == 0 => Exit::Done,
        exit => exit,
    })
}

fn payroll(file: Option<&Path>) -> anyhow::Result<(String, Vec<u8>)> {
    let Some(file) = file else { return Ok(("payroll.csv".to_string(), PAYROLL.as_bytes().to_vec())) };
    let bytes = std::fs::read(file).with_context(|| format!("{} could not be read", file.display()))?;
    let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let is_taken = !split_batch_name(name.as_ref()).1.is_empty();
    Ok((if is_taken { name } else { format!("{name}.csv") }, bytes))
}

/// Tops the account up when it is empty, and rings the bell when nothing more moves.
async fn direct(
    latest: &RefCell<Option<HouseView>>,
    show: &Show,
    simulator: &Embedded,
    stop: &Bell,
    rejected: &Path,
    is_sample: bool,
) {
    let mut topped_up = !is_sample;
    loop {
        tokio::time::sleep(LOOK).await;
        if stop.has_rung() {
            return;
        }
        show.draw();
        let (waits_for_money, at_rest) = match latest.borrow().as_ref() {
            Some(view) => (matches!(view.weather, Doing::Blocked(Blocked::Shortage { .. })), at_rest(view)),
            None => (false, false),
        };
        if waits_for_money && !topped_up {
            tokio::time::sleep(EMPTY_FOR).await;
            simulator.top_up(TOP_UP);
            topped_up = true;
            show.note(&format!("(somebody tops the account up by HTG {})", TOP_UP.grouped()));
        }
        let nothing_taken = std::fs::read_dir(rejected).is_ok_and(|mut entries| entries.next().is_some());
        if at_rest || nothing_taken {
            stop.ring();
            return;
        }
    }
}

fn at_rest(view: &HouseView) -> bool {
    let moves = |batch: &BatchView| matches!(batch.state, BatchState::Paying | BatchState::Waiting);
    !view.batches.is_empty() && !view.batches.iter().any(moves)
}

fn make_folder() -> anyhow::Result<PathBuf> {
    let base = std::env::temp_dir();
    for number in 1..1000 {
        let folder = base.join(format!("payoutd-demo-{}-{number}", std::process::id()));
        match std::fs::create_dir(&folder) {
            Ok(()) => return Ok(folder),
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => continue,
            Err(error) => return Err(error).with_context(|| format!("{} could not be made", folder.display())),
        }
    }
    anyhow::bail!("{} is full of demos: remove some of its payoutd-demo folders", base.display())
}

/// The defaults of the simulator, with waits that a person can watch.
fn config(folder: &Path) -> anyhow::Result<Config> {
    let mut config = Config::simulator_default(folder)?;
    config.moncash.connect_timeout = Duration::from_secs(1);
    config.moncash.request_timeout = Duration::from_secs(2);
    config.engine.transfers_per_second = crate::config::Rate::parse("20").map_err(anyhow::Error::msg)?;
    config.engine.queries_per_second = crate::config::Rate::parse("60").map_err(anyhow::Error::msg)?;
    config.intake.settle = Duration::ZERO;
    config.intake.rescan = Duration::from_secs(1);
    config.safety.grace = Duration::from_secs(6);
    config.safety.ask_every = Duration::from_secs(1);
    config.safety.ask_at_most_every = Duration::from_secs(1);
    config.safety.min_free = 1_000_000;
    config.balance.poll = Duration::from_secs(1);
    config.balance.balance_lag = Duration::from_secs(1);
    Ok(config)
}

fn simulator_settings(is_sample: bool) -> anyhow::Result<SimulatorSettings> {
    let mut settings = SimulatorSettings {
        latency: (Duration::from_millis(20), Duration::from_millis(250)),
        ..SimulatorSettings::default()
    };
    if is_sample {
        settings.balance = FUNDED;
        settings.faults = FaultPlan::parse(FAULTS)?;
        let lines: Vec<&str> = PAYROLL.lines().collect();
        let receiver = |line: &usize| lines.get(line - 1).and_then(|row| row.split(',').nth(1));
        let full = FULL_LINES.iter().filter_map(receiver).filter_map(|text| Account::parse(text).ok());
        settings.full = full.map(Whom::Account).collect();
    }
    Ok(settings)
}

/// The live view on a terminal, plain lines elsewhere.
struct Show {
    screen: RefCell<Option<Screen>>,
    progress: RefCell<Progress>,
    began: Instant,
    latest: RefCell<Option<HouseView>>,
    notes: RefCell<Vec<String>>,
    last: RefCell<String>,
}

impl Show {
    #[expect(clippy::disallowed_methods, reason = "shown to people: nothing about money hangs on it")]
    fn new(config: &Config) -> Show {
        let screen = Screen::enter(Stream::Err);
        if screen.is_some() {
            quiet::begin();
        }
        Show {
            screen: RefCell::new(screen),
            progress: RefCell::new(Progress::new(Some(config.engine.transfers_per_second.period()))),
            began: Instant::now(),
            latest: RefCell::default(),
            notes: RefCell::default(),
            last: RefCell::default(),
        }
    }

    /// Something that happened besides.
    fn note(&self, text: &str) {
        if self.screen.borrow().is_none() {
            return print::tell(text);
        }
        self.notes.borrow_mut().push(text.to_string());
        self.draw();
    }

    fn show(&self, view: &HouseView) {
        self.progress.borrow_mut().note(view, self.began.elapsed());
        self.latest.replace(Some(view.clone()));
        if self.screen.borrow().is_some() {
            return self.draw();
        }
        let Some(batch) = view.batches.first().map(|view| &view.batch) else { return };
        let count = |word| batch.tally.count(word);
        let settled = count(StateWord::Paid) + count(StateWord::Declined) + count(StateWord::Cancelled);
        let counts = format!(
            "{} paid, {} declined, {} in doubt, {} queued",
            count(StateWord::Paid),
            count(StateWord::Declined),
            count(StateWord::InDoubt),
            count(StateWord::Queued)
        );
        let line = format!("{settled:>4}/{} settled: {counts} | {}", batch.rows, view.weather);
        if *self.last.borrow() != line {
            print::tell(&line);
            self.last.replace(line);
        }
    }

    /// Again, also where only the terminal's size is another one.
    fn draw(&self) {
        let (mut screen, latest) = (self.screen.borrow_mut(), self.latest.borrow());
        let (Some(screen), Some(view)) = (screen.as_mut(), latest.as_ref()) else { return };
        let zone = TimeZone::system();
        let page = lay_out(view, &self.progress.borrow(), &self.notes.borrow(), &zone, screen.size());
        // Nobody looks any more; the payroll goes on.
        let _ = screen.draw(&page);
    }

    /// The terminal as it was, and on it what the view told besides.
    fn end(&self) {
        if self.screen.borrow_mut().take().is_some() {
            quiet::end();
            self.notes.borrow().iter().for_each(|note| print::tell(note));
        }
    }
}

impl Drop for Show {
    fn drop(&mut self) {
        self.end();
    }
}

fn tell_end(batches: &Path, view: Option<&HouseView>, simulator: &Embedded) {
    let reports = batches.join("reports");
    let mut text = String::from("\n");
    let mut names: Vec<PathBuf> =
        std::fs::read_dir(&reports).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    names.sort();
    let summary = names.iter().find(|path| path.to_string_lossy().ends_with(".summary.txt"));
    match summary.and_then(|path| std::fs::read_to_string(path).ok()) {
        Some(summary) => text.push_str(&summary),
        None => {
            let rejected = batches.join("rejected");
            text.push_str(&format!("The file was rejected: see the errors file in {}\n", rejected.display()));
        }
    }
    if let Some(batch) = view.and_then(|view| view.batches.first()) {
        let (debits, twice) = simulator.count_debits();
        text.push_str(&format!(
            "\nThe simulator's own count: {debits} debits for {} payouts, {twice} references paid twice.\n",
            batch.batch.rows
        ));
    }
    for name in names {
        text.push_str(&format!("  {}\n", name.display()));
    }
    // Nobody reading is no error.
    let _ = print::print(&text);
}
