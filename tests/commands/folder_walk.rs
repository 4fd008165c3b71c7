//! The whole month of somebody in finance who sees nothing but the folders: README's first chapter, walked.
//!
//! Must never: run a command for her; those who installed payoutd set it up before.

use super::house::House;
use std::path::Path;

/// What those who installed it wrote: everything waits for an approval, and each morning's reconciliation.
const SETTINGS: &str = "[approval]\nabove = \"0\"\n[reconcile]\ndaily = \"00:00\"\n";
/// The wallet of account 37000013 is full.
const FULL: [&str; 2] = ["--full", "50937000013"];

/// A payroll as Excel in French saves it: semicolons, decimal commas, Windows-1252.
fn payroll(rows: &[(&str, &str, &str, &str)]) -> Vec<u8> {
    let mut text = "Référence;Nom et prénom;Numéro MonCash;Net à payer\r\n".to_string();
    for (reference, name, number, net) in rows {
        text += &format!("{reference};{name};{number};{net}\r\n");
    }
    text.chars().map(|c| u8::try_from(c).expect("a letter of Windows-1252")).collect()
}

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.retain(|name| !name.starts_with('.'));
    names.sort();
    names
}

/// A person with a file manager and a spreadsheet.
struct Finance<'a>(&'a House);

impl Finance<'_> {
    fn lay(&self, folder: &str, name: &str, bytes: &[u8]) {
        let folder = self.0.path(&format!("batches/{folder}"));
        self.0.wait_until("the folder", || folder.is_dir());
        // As a file manager copies: whole under another name first.
        std::fs::write(folder.join(format!(".{name}")), bytes).expect("copy");
        std::fs::rename(folder.join(format!(".{name}")), folder.join(name)).expect("copy");
    }

    /// The page, once it is there and says this.
    fn reads(&self, name: &str, part: &str) -> String {
        let path = self.0.path(&format!("batches/{name}"));
        let page = || std::fs::read_to_string(&path).unwrap_or_default();
        self.0.wait_until(&format!("{name} says {part}"), || page().contains(part));
        page()
    }

    fn copies(&self, from: &str, to: &str) {
        let page = std::fs::read(self.0.path(&format!("batches/{from}"))).expect("the file");
        self.lay(to, Path::new(from).file_name().expect("name").to_str().expect("text"), &page);
    }
}

#[test]
fn somebody_who_sees_only_the_folders_previews_drops_approves_follows_corrects_and_reconciles() {
    let house = House::new(&FULL, &format!("{SETTINGS}[reports]\ndialect = \"as_received\"\n"));
    let daemon = house.start();
    let finance = Finance(&house);

    // 1. She looks before: a number has a digit too few.
    let mut rows = vec![
        ("2026-07-001", "Mirlande Désir", "37000012", "12 500,50"),
        ("2026-07-002", "Jean-Noël Baptiste", "37000013", "9 800,00"),
        ("2026-07-003", "Rose Étienne", "3700001", "7 250,75"),
    ];
    finance.lay("check", "paie juillet.csv", &payroll(&rows));
    let page = finance.reads("check/paie juillet.csv.preview.txt", "WOULD BE REJECTED");
    assert!(page.contains("line 4") && page.contains("3700001"), "{page}");
    rows[2].2 = "37000014";
    finance.lay("check", "paie juillet.csv", &payroll(&rows));
    let page = finance.reads("check/paie juillet.csv.preview.txt", "WOULD WAIT FOR APPROVAL");
    assert!(page.contains("29 551.25") && page.contains("Windows-1252"), "{page}");

    // 2. She drops it; it waits, and says for what. 3. Her director copies the ready-made approval.
    finance.lay("inbox", "paie juillet.csv", &payroll(&rows));
    finance.reads("STATUS.txt", "approve");
    let form = finance.reads("reports/B000001.approve.txt", "29551.25");
    assert!(form.contains("rows: 3"), "{form}");
    assert_eq!(names(&house.path("batches/accepted")), ["paie juillet.B000001.csv"]);
    finance.copies("reports/B000001.approve.txt", "approvals");
    finance.reads("approvals/done/B000001.approve.txt.answer.txt", "DONE");

    // 4. She reads the outcome: two are paid, one wallet is full.
    let summary = finance.reads("reports/paie juillet.B000001.summary.txt", "\nFINAL");
    assert!(summary.contains("2 of 3 people were paid"), "{summary}");
    let report = finance.reads("reports/paie juillet.B000001.report.csv", "declined");
    assert!(report.contains("12500,50") && report.lines().any(|line| line.contains(";declined;")), "{report}");

    // 5. She corrects the one line in her spreadsheet, which saves it in its own way, and drops it.
    let retry = finance.reads("reports/paie juillet.B000001.retry.csv", "2026-07-002.r2");
    let corrected: Vec<u8> = retry
        .trim_start_matches('\u{feff}')
        .replace("37000013", "37000015")
        .replace("\r\n", "\n")
        .replace('\n', "\r\n")
        .chars()
        .map(|c| u8::try_from(c).expect("a letter of Windows-1252"))
        .collect();
    finance.lay("inbox", "corrigé.csv", &corrected);
    finance.reads("reports/B000002.approve.txt", "9800.00");
    finance.copies("reports/B000002.approve.txt", "approvals");
    let summary = finance.reads("reports/corrigé.B000002.summary.txt", "\nFINAL");
    assert!(summary.contains("was paid") || summary.contains("were paid"), "{summary}");

    // Dropped again by mistake, whoever looks at it, nobody is paid twice.
    finance.lay("inbox", "paie juillet.csv", &payroll(&rows));
    house.wait_until("it is rejected", || !names(&house.path("batches/rejected")).is_empty());
    assert_eq!(daemon.stop(), 0);

    // 6. In the morning the reconciliation lies there by itself.
    let daemon = house.start_in(&super::daily::zone_after_midnight());
    let is_page = |name: &String| name.starts_with("reconciliation-") && name.ends_with(".summary.txt");
    let pages = || names(&house.path("batches/reports")).into_iter().filter(is_page).collect::<Vec<_>>();
    house.wait_until("the reconciliation", || !pages().is_empty());
    let page = finance.reads(&format!("reports/{}", pages()[0]), "agree");
    assert!(page.contains("4 rows") && names(&house.path("batches/alarms")).is_empty(), "{page}");
    assert_eq!(daemon.stop(), 0);
}
