//! The unit as `systemd-analyze` judges it. That payoutd works under it is tests/systemd/run's to show.

use std::process::Command;
use support::left_out;

/// Most that the unit may be exposed: what the project promises. systemd's scale ends at 10.
const MOST: f64 = 1.5;

#[test]
fn the_units_exposure_is_at_most_what_is_promised() {
    let unit = concat!(env!("CARGO_MANIFEST_DIR"), "/systemd/payoutd.service");
    let judged = Command::new("systemd-analyze").args(["security", "--offline=true", "--no-pager", unit]).output();
    let text = match judged {
        Ok(out) => String::from_utf8_lossy(&out.stdout).into_owned() + &String::from_utf8_lossy(&out.stderr),
        Err(_) => {
            return left_out("the unit's exposure", "systemd-analyze is not here");
        }
    };
    let Some((_, exposure)) = text.split_once("Overall exposure level for payoutd.service: ") else {
        return left_out(
            "the unit's exposure",
            &format!("this systemd-analyze cannot judge a file ({})", text.lines().last().unwrap_or_default()),
        );
    };
    let exposure: f64 = exposure.split(' ').next().unwrap_or_default().parse().unwrap();
    println!("exposure {exposure}");
    assert!(exposure <= MOST, "{text}");
}
