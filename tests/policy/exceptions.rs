//! What may stay, where, and until when.

use sprag::policy::Date;

use super::rules;

const EXCEPTION: &str =
    "[[exceptions]]\nrule = \"drop-table\"\nsubject = \"public.old_*\"\nreason = \"unused\"\n";

fn day(year: u16, month: u8, day: u8) -> Date {
    Date::new(year, month, day).unwrap()
}

#[test]
fn an_exception_holds_through_its_last_day() {
    let policy = rules(&format!("{EXCEPTION}until = 2027-06-30\n"));
    let excused = |today| {
        policy.exception("drop-table", &"a.sql".into(), "public.old_users", today).is_some()
    };
    assert!(excused(day(2027, 6, 30)));
    assert!(!excused(day(2027, 7, 1)));
    assert_eq!(policy.expired(day(2027, 6, 30)).count(), 0);
    assert_eq!(policy.expired(day(2027, 7, 1)).count(), 1);
}

#[test]
fn an_exception_is_for_its_rule_subject_and_paths() {
    let policy = rules(&format!("{EXCEPTION}paths = [\"db/*.sql\"]\n"));
    let excused = |rule: &str, path: &str, subject: &str| {
        policy.exception(rule, &path.into(), subject, day(2027, 1, 1)).is_some()
    };
    assert!(excused("drop-table", "db/1.sql", "public.old_users"));
    assert!(!excused("drop-column", "db/1.sql", "public.old_users"));
    assert!(!excused("drop-table", "x/1.sql", "public.old_users"));
    assert!(!excused("drop-table", "db/1.sql", "public.users"));
}

#[test]
fn an_exception_knows_its_place() {
    let policy = rules(EXCEPTION);
    let exception = &policy.exceptions()[0];
    assert!(policy.source.text[exception.span.start..].starts_with("[[exceptions]]"));
    assert_eq!(exception.reason, "unused");
}

#[test]
fn days_are_counted_from_1970() {
    for (seconds, expected) in [
        (0, "1970-01-01"),
        (-1, "1970-01-01"),
        (86_399, "1970-01-01"),
        (86_400, "1970-01-02"),
        (951_782_400, "2000-02-29"),
        (4_107_542_400, "2100-03-01"),
        (1_830_297_600, "2028-01-01"),
        (253_402_300_799, "9999-12-31"),
        (i64::MAX, "9999-12-31"),
    ] {
        assert_eq!(Date::from_unix_seconds(seconds).to_string(), expected, "{seconds}");
    }
}

#[test]
fn every_day_follows_the_one_before() {
    let mut last = Date::from_unix_seconds(0);
    for n in 1..60_000 {
        let next = Date::from_unix_seconds(n * 86_400);
        assert!(
            last < next && Date::new(next.year, next.month, next.day) == Some(next),
            "{last} {next}"
        );
        last = next;
    }
    assert_eq!(last.to_string(), "2134-04-10");
}
