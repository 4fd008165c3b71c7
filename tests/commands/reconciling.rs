//! `payoutd reconcile` as people and scripts use it: its files, its alarm, and a run that was broken off.

use super::house::{House, who};

/// Files in `reports/` whose names hold this, sorted.
fn reports(house: &House, part: &str) -> Vec<String> {
    let entries = std::fs::read_dir(house.path("batches/reports")).expect("reports");
    let mut names: Vec<String> =
        entries.map(|entry| entry.expect("entry").file_name().to_string_lossy().into_owned()).collect();
    names.retain(|name| name.contains(part));
    names.sort();
    names
}

fn read(house: &House, name: &str) -> String {
    std::fs::read_to_string(house.path(&format!("batches/reports/{name}"))).expect("a report")
}

#[test]
fn reconcile_files_its_rows_and_a_page_whose_first_line_is_the_answer_and_overwrites_neither() {
    let house = House::plain();
    house.drop_payroll("july.csv", "SAL", 3);
    house.run("run --once").ends(0);
    let today = jiff::Zoned::now().date();
    let line = format!("reconcile --from {today} --to {today}");
    let said = house.run(&line).ends(0);
    let name = format!("reconciliation-{today}-{today}");
    assert_eq!(reports(&house, "reconciliation"), [format!("{name}.csv"), format!("{name}.summary.txt")]);
    let rows = read(&house, &format!("{name}.csv"));
    assert!(rows.starts_with("# SIMULATION"), "{rows}");
    let header = "reference,batch,line,ledger_status,moncash_status,amount,verdict,advice,";
    assert!(rows.lines().nth(1).is_some_and(|line| line.starts_with(header)), "{rows}");
    assert!(rows.contains("SAL-2,B000001,3,paid,successful,100.02,match,"), "{rows}");
    let page = read(&house, &format!("{name}.summary.txt"));
    assert!(said.out.starts_with(&page), "{}", said.out);
    let mut lines = page.lines();
    assert!(lines.next().is_some_and(|line| line.starts_with("SIMULATION")), "{page}");
    let answer = "MonCash and the ledger agree on every payout: 3 rows, HTG 300.06.";
    assert!(lines.next().is_some_and(|line| line.starts_with(answer)), "{page}");
    // The page keeps the end of the chain, and the audit holds it against the ledger.
    house.run("verify").ends(0).says("2 chain heads of summaries");

    house.run(&line).ends(0);
    let both = reports(&house, ".csv");
    assert_eq!(both.iter().filter(|other| other.starts_with(&name)).count(), 2, "{both:?}");
    assert_eq!(read(&house, &format!("{name}.csv")), rows);
    house.run("reconcile --batch B000001").ends(0);
    assert_eq!(reports(&house, "reconciliation-B000001").len(), 2);
    assert!(house.path("state").read_dir().expect("state").flatten().all(|entry| {
        // Nothing is kept of a reconciliation that is done.
        !entry.file_name().to_string_lossy().ends_with(".answers")
    }));
}

#[test]
fn a_payout_that_moncash_paid_and_the_ledger_calls_unpaid_is_an_alarm_and_is_not_repaired() {
    let house = House::new(&[], "[approval]\nabove = \"0\"\n");
    house.drop_payroll("july.csv", "SAL", 2);
    house.run("run --once").ends(3);
    house.run("cancel B000001 --reason twice").ends(0);
    house.run("run --once").ends(3);
    assert_eq!(house.state_of(1), "cancelled");
    // Another payoutd, with a ledger of its own and the same account, pays one of the references.
    let config = std::fs::read_to_string(house.path("payoutd.toml")).expect("configuration");
    let other = config.replace("above = \"0\"", "above = \"none\"");
    house.write("other.toml", &format!("{other}[folders]\nbatches = \"other/batches\"\nstate = \"other/state\"\n"));
    std::fs::create_dir_all(house.path("other/batches/inbox")).expect("inbox");
    house.write("other/batches/inbox/one.csv", "reference,receiver,amount\nSAL-2,37000002,100.02\n");
    house.run("--config other.toml run --once").ends(0);

    let before = house.run("explain SAL-2").out;
    let said = house.run("reconcile --batch B000001").ends(7).says("ALARM").says("SAL-2 (B000001, cancelled)");
    assert!(said.out.lines().nth(1).is_some_and(|line| line.starts_with("ALARM: MonCash paid 1 payout (HTG 100.02)")));
    // In the journal too, for whoever watches that.
    assert!(said.err.contains("ALARM: MonCash paid a payout that the ledger calls unpaid"), "{}", said.err);
    assert!(
        read(&house, "reconciliation-B000001.csv")
            .contains("SAL-2,B000001,3,cancelled,successful,100.02,paid_there_not_here")
    );
    assert_eq!(house.run("explain SAL-2").out, before);
}

#[test]
fn a_reconciliation_that_was_broken_off_goes_on_where_it_stopped() {
    let house = House::plain();
    house.drop_payroll("july.csv", "SAL", 60);
    house.run("run --once").ends(0);
    let config = std::fs::read_to_string(house.path("payoutd.toml")).expect("configuration");
    house.write("payoutd.toml", &config.replace("queries_per_second = 1000", "queries_per_second = 20"));
    let running = house.begin("reconcile --batch B000001");
    let answers = || std::fs::read_to_string(house.path("state/reconcile-B000001.answers")).unwrap_or_default();
    house.wait_until("some answers", || answers().lines().count() > 10);
    house.run("reconcile --batch B000001").ends(1).says("under way");
    // Killed, not asked to stop.
    drop(running);
    let kept = answers().lines().count() - 1;
    assert!(kept < 60, "it was over before it was broken off");
    assert!(reports(&house, "reconciliation").is_empty());
    house.write("payoutd.toml", &config);
    house.run("reconcile --batch B000001").ends(0).says(&format!("{kept} answers of a run that was broken off"));
    assert_eq!(read(&house, "reconciliation-B000001.csv").matches(",match,").count(), 60);
    // The next one asks everybody anew.
    let said = house.run("reconcile --batch B000001").ends(0);
    assert!(!said.err.contains("broken off"), "{}", said.err);
}

#[test]
fn a_moncash_that_does_not_answer_is_told_in_words_and_proves_nothing() {
    let house = House::plain();
    house.drop_payroll("july.csv", "SAL", 3);
    house.run("run --once").ends(0);
    let config = std::fs::read_to_string(house.path("payoutd.toml")).expect("configuration");
    // Nobody listens there.
    let at = config.find("127.0.0.1:").expect("address") + "127.0.0.1:".len();
    let end = at + config[at..].find('/').expect("path");
    house.write("payoutd.toml", &format!("{}1{}", &config[..at], &config[end..]));
    house.drop_payroll("august.csv", "AUG", 1);
    let said = house.run("reconcile").ends(3);
    assert!(said.out.contains("3 payouts without a certain answer"), "{}", said.out);
    assert!(said.out.contains("The balance could not be read: no answer that can be read"), "{}", said.out);
}

#[test]
fn an_evidence_pack_holds_the_row_its_file_every_answer_every_order_and_hashes_that_anybody_can_reckon() {
    let house = House::new(&[], "[approval]\nabove = \"0\"\n");
    house.drop_payroll("july.csv", "SAL", 2);
    house.run("run --once").ends(3);
    house.run_args(&["approve", "B000001", "--reason", "checked with Marie"]).ends(0);
    house.run("run --once").ends(0);
    house.run("explain SAL-2 --pack evidence.txt").ends(0).says("the evidence of 1 payouts");
    let pack = std::fs::read_to_string(house.path("evidence.txt")).expect("pack");
    for part in [
        "SIMULATION",
        "EVIDENCE: SAL-2, HTG 100.02 to 50937000002: paid",
        "july.B000001.csv: the same SHA-256",
        "the line in the file       SAL-2,37000002,100.02,Person 2",
        "asked before the first Transfert",
        "Transfert, attempt 1: committed, then called",
        "the answer that says paid (by transfer): HTTP 200 after ",
        "\"transaction_id\":\"SIM-",
        &format!("approved, by {}: checked with Marie", who()),
        "Every hash above was reckoned again and follows",
        "Chain head: ",
    ] {
        assert!(pack.contains(part), "{part}\n{pack}");
    }
    // Nothing is overwritten.
    house.run("explain SAL-2 --pack evidence.txt").ends(1).says("is not overwritten");
    assert_eq!(std::fs::read_to_string(house.path("evidence.txt")).expect("pack"), pack);

    // By the pack alone, as it says how: the last event's hash.
    use sha2::{Digest, Sha256};
    let event = pack.rfind("  event ").map(|at| &pack[at..]).expect("an event");
    let line = |name: &str| {
        let found = event.lines().find_map(|line| line.strip_prefix(&format!("    {name} ")));
        found.expect("a line").trim().to_string()
    };
    let words: Vec<&str> = event.lines().next().expect("a line").split_whitespace().collect();
    let number = |after: &str| {
        let at = words.iter().position(|word| *word == after).expect("a word") + 1;
        words[at].parse::<i64>().ok().map(|number| number.to_be_bytes().to_vec()).unwrap_or_default()
    };
    let before: Vec<u8> =
        (0..32).map(|at| u8::from_str_radix(&line("before")[at * 2..at * 2 + 2], 16).expect("hex")).collect();
    let kind = words.last().expect("a kind").as_bytes().to_vec();
    let fields = [
        b"payoutd event 1".to_vec(),
        before,
        number("event"),
        number("at"),
        number("batch"),
        number("payout"),
        number("no"),
        number("attempt"),
        kind,
        line("body").into_bytes(),
    ];
    let mut bytes = Vec::new();
    for field in fields {
        bytes.extend((field.len() as u64).to_be_bytes());
        bytes.extend(field);
    }
    let hash: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(hash, line("hash"));

    // A file that was changed afterwards is told as one.
    let kept = house.path("batches/accepted/july.B000001.csv");
    let text = std::fs::read_to_string(&kept).expect("the file");
    std::fs::write(&kept, text.replace("100.02", "900.02")).expect("write");
    house.run("explain SAL-2 --pack second.txt").ends(0);
    let pack = std::fs::read_to_string(house.path("second.txt")).expect("pack");
    assert!(pack.contains("ANOTHER SHA-256"), "{pack}");
}

#[test]
fn the_register_of_a_month_holds_every_payout_of_all_batches_once() {
    let house = House::new(&[], "[safety]\npaid_already_within = \"\"\n");
    house.drop_payroll("july.csv", "SAL", 3);
    house.run("run --once").ends(0);
    house.drop_payroll("again.csv", "BON", 2);
    house.run("run --once").ends(0);
    let month = jiff::Zoned::now().date().strftime("%Y-%m").to_string();
    let said = house.run(&format!("report --period {month}")).ends(0);
    assert!(said.out.contains("paid               5  HTG             500.09"), "{}", said.out);
    let rows = read(&house, &format!("register-{month}.csv"));
    assert_eq!(rows.lines().count(), 2 + 5, "{rows}");
    let row = "BON-2,50937000002,Person 2,100.02,paid,yes,SIM-";
    assert!(rows.contains(row) && rows.contains("B000002,again.csv,"), "{rows}");
    house.run("report --period 2020-01").ends(0);
    assert_eq!(read(&house, "register-2020-01.csv").lines().count(), 2);
    house.run(&format!("report --period {month}")).ends(0);
    assert_eq!(reports(&house, &format!("register-{month}")).len(), 2, "nothing is overwritten");
    house.run("report --period july").ends(2).says("write it as 2026-07");
}

#[test]
fn an_audit_since_an_event_looks_at_what_happened_since_and_says_what_it_left_out() {
    let house = House::new(&[], "[safety]\npaid_already_within = \"\"\n");
    house.drop_payroll("july.csv", "SAL", 2);
    house.run("run --once").ends(0);
    let summary = read(&house, "july.B000001.summary.txt");
    let head = summary.lines().find_map(|line| line.strip_prefix("Chain head: ")).expect("head");
    let head: i64 = head.split(' ').next().and_then(|number| number.parse().ok()).expect("a number");
    house.drop_payroll("again.csv", "BON", 2);
    house.run("run --once").ends(0);
    let since = head + 1;
    let said = house.run(&format!("verify --since {since}")).ends(0);
    assert!(said.out.contains(&format!("agrees with itself since event {since}")), "{}", said.out);
    assert!(
        said.out.contains("2 payouts of 1 batches") && said.out.contains("kept outside the ledger"),
        "{}",
        said.out
    );
    assert!(said.out.contains("Not looked at"), "{}", said.out);
    let today = jiff::Zoned::now().date();
    house.run(&format!("verify --since {today}")).ends(0).says("4 payouts of 2 batches");
    house.run("verify --since 999999").ends(1).says("the ledger has no event 999999");
    house.run("verify --since yesterday").ends(2);

    // What was changed before is not seen, what was changed since is.
    let tamper = |sql: &str| {
        let ledger = rusqlite::Connection::open(house.path("state/ledger.sqlite3")).expect("open");
        ledger.execute(sql, []).expect("update");
    };
    tamper("UPDATE event SET at = at + 1 WHERE seq = 3");
    house.run(&format!("verify --since {since}")).ends(0);
    house.run("verify").ends(6);
    tamper(&format!("UPDATE event SET at = at + 1 WHERE seq = {}", since + 2));
    house.run(&format!("verify --since {since}")).ends(6).says(&format!("event {}", since + 2));
}
