//! # impossible-timestamp
//!
//! A migration that is numbered by a moment which never was, or is years away, was numbered by hand.
//!
//! Whatever is written until that moment sorts before it, and is refused or applied in another order. There is no
//! clock here: a moment is far away when it is two years after the newest migration that is merged. A number of fewer
//! digits than its neighbours' comes wherever its first ones put it; a baseline may be called `0_init`.

use super::{History, Slot};
use crate::rules::{Check, Finding, Rule, declare};
use crate::source::Span;

pub(super) const RULE: Rule = declare!(
    "history",
    "impossible_timestamp.rs",
    "impossible-timestamp",
    Warn,
    Check::History(check)
);

fn check(history: &History<'_>) -> Vec<Finding> {
    let stamped = history.stamped();
    let mut findings = Vec::new();
    for change in history.added() {
        let slot = Slot::of(&change.path);
        let Some(number) = slot.version() else { continue };
        let baseline = number.bytes().all(|it| it == b'0');
        if !slot.is_stamped() && (baseline || !stamped.contains(&slot.folder)) {
            continue;
        }
        let last = history.last(&slot.folder).filter(Slot::is_stamped);
        let ahead =
            last.as_ref().filter(|_| slot.is_stamped()).filter(|last| year(&slot) > year(last) + 2);
        let message = match (slot.is_stamped() && is_moment(number), ahead) {
            (false, _) if !slot.is_stamped() => {
                format!("`{}` does not begin with fourteen digits, as its neighbours do", slot.name)
            }
            (false, _) => {
                format!("`{number}` is no date and time, so `{}` sorts by chance", slot.name)
            }
            (true, Some(last)) => {
                format!(
                    "`{}` is years after `{}`: until then every new migration comes before it",
                    slot.name, last.name
                )
            }
            (true, None) => continue,
        };
        let path = &change.path;
        findings.push(
            Finding::new(path.to_string(), Span::file(path.clone()), message)
                .evidence(&slot.name)
                .help("give it the time at which it was written: `YYYYMMDDHHMMSS`, in UTC"),
        );
    }
    findings
}

fn year(slot: &Slot) -> u32 {
    slot.name.get(..4).and_then(|it| it.parse().ok()).unwrap_or_default()
}

/// Whether fourteen digits are a date of the calendar and a time of day.
fn is_moment(digits: &str) -> bool {
    let part = |from: usize, to: usize| -> u32 {
        digits.get(from..to).and_then(|it| it.parse().ok()).unwrap_or(u32::MAX)
    };
    let (year, month, day) = (part(0, 4), part(4, 6), part(6, 8));
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    };
    (1..=days).contains(&day) && part(8, 10) < 24 && part(10, 12) < 60 && part(12, 14) < 60
}

#[cfg(test)]
mod tests {
    use super::is_moment;

    #[test]
    fn the_calendar_is_kept() {
        for moment in ["20240229000000", "20251231235959", "20000229120000"] {
            assert!(is_moment(moment), "{moment}");
        }
        for never in ["20230229000000", "20251301000000", "20250431000000", "20250101246000"] {
            assert!(!is_moment(never), "{never}");
        }
    }
}
