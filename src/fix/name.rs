//! What a migration is called that comes right after another.

use std::collections::BTreeSet;

use crate::rules::Slot;
use crate::source::RepoPath;

/// A path in the folder of `path`, in the way of its tool, that sorts after it and after `last`, and whose number none
/// of `taken` has. Nothing where the name shows no number to count on from.
pub(super) fn after(
    path: &RepoPath,
    last: Option<&str>,
    words: &str,
    taken: &BTreeSet<RepoPath>,
) -> Option<RepoPath> {
    let slot = Slot::of(path);
    let folder = slot.folder.to_str_lossy().into_owned();
    let own = slot.name.as_str();
    let newest = last.filter(|it| *it > own).unwrap_or(own);
    let used: BTreeSet<String> = taken
        .iter()
        .map(Slot::of)
        .filter(|it| it.folder == slot.folder)
        .filter_map(|it| it.version().map(str::to_owned))
        .collect();
    let mut number = Slot::of(&named(path, &folder, newest)).version()?.to_owned();
    for _ in 0..10_000 {
        number = next(&number)?;
        let name = format!("{number}_{words}");
        if !used.contains(&number) && name.as_str() > newest && name.as_str() > own {
            return Some(named(path, &folder, &name));
        }
    }
    None
}

/// As its tool names a file: a folder with `migration.sql` in it, or a file.
fn named(path: &RepoPath, folder: &str, name: &str) -> RepoPath {
    let below = if path.file_name().eq_ignore_ascii_case(b"migration.sql") {
        format!("{name}/migration.sql")
    } else if name.to_ascii_lowercase().ends_with(".sql") {
        name.to_owned()
    } else {
        format!("{name}.sql")
    };
    let path = if folder.is_empty() { below } else { format!("{folder}/{below}") };
    RepoPath::from(path.as_str())
}

/// The next second of a time, else the next number of the same width.
fn next(number: &str) -> Option<String> {
    let width = number.len();
    if width == 14
        && let Some(next) = next_second(number)
    {
        return Some(next);
    }
    if width == 8
        && let Some(next) = next_second(&format!("{number}235959"))
    {
        // Tools sort by name: more digits of the same day would come before the `_` of it.
        return Some(next);
    }
    let next = (number.parse::<u64>().ok()? + 1).to_string();
    Some(format!("{next:0>width$}"))
}

/// `YYYYMMDDHHMMSS`, a second later.
fn next_second(time: &str) -> Option<String> {
    let part = |from: usize, to: usize| time.get(from..to)?.parse::<u32>().ok();
    let (year, month, day) = (part(0, 4)?, part(4, 6)?, part(6, 8)?);
    let (hour, minute, second) = (part(8, 10)?, part(10, 12)?, part(12, 14)?);
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        1..=12 => 31,
        _ => return None,
    };
    if !(1..=days).contains(&day) || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let carry = |value: u32, first: u32, last: u32, over: bool| {
        let value = value + u32::from(over);
        if value > last { (first, true) } else { (value, false) }
    };
    let (second, over) = carry(second, 0, 59, true);
    let (minute, over) = carry(minute, 0, 59, over);
    let (hour, over) = carry(hour, 0, 23, over);
    let (day, over) = carry(day, 1, days, over);
    let (month, over) = carry(month, 1, 12, over);
    let year = year + u32::from(over);
    Some(format!("{year:04}{month:02}{day:02}{hour:02}{minute:02}{second:02}"))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::after;
    use crate::source::RepoPath;

    fn named(path: &str, last: Option<&str>, taken: &[&str]) -> Option<String> {
        let taken: BTreeSet<RepoPath> = taken.iter().map(|&it| it.into()).collect();
        after(&path.into(), last, "more", &taken).map(|it| it.to_string())
    }

    #[test]
    fn each_tool_has_its_way_to_name_a_migration() {
        for (path, next) in [
            (
                "p/migrations/20260101235959_a/migration.sql",
                "p/migrations/20260102000000_more/migration.sql",
            ),
            (
                "supabase/migrations/20261231235959_a.sql",
                "supabase/migrations/20270101000000_more.sql",
            ),
            ("supabase/migrations/20260228_a.sql", "supabase/migrations/20260301000000_more.sql"),
            ("drizzle/0009_a.sql", "drizzle/0010_more.sql"),
            ("1_a.sql", "2_more.sql"),
        ] {
            assert_eq!(named(path, None, &[]).as_deref(), Some(next), "{path}");
        }
        assert_eq!(named("migrations/init/migration.sql", None, &[]), None);
        // `10_` sorts before `9_`, and nobody can come after it.
        assert_eq!(named("9_a.sql", None, &[]), None);
    }

    #[test]
    fn it_comes_after_what_is_merged_and_takes_nobodys_number() {
        let path = "m/20260101000000_a/migration.sql";
        assert_eq!(
            named(path, Some("20260301000000_b"), &["m/20260301000001_c/migration.sql"]).as_deref(),
            Some("m/20260301000002_more/migration.sql")
        );
    }
}
