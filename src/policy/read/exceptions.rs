//! `[[exceptions]]`.

use std::ops::Range;

use super::super::catalogue::Catalogue;
use super::super::reader::Reader;
use super::super::settings::Exception;
use super::super::{Date, Pattern};
use super::{globs, is_rule};
use crate::parse::toml::{Entry, Kind, Table};

pub(super) fn exceptions(
    r: &mut Reader<'_>,
    entry: &Entry,
    catalogue: &Catalogue,
) -> Vec<Exception> {
    let mut exceptions: Vec<Exception> = Vec::new();
    for (table, range) in r.tables(entry) {
        let Some(exception) = exception(r, table, &range, catalogue) else { continue };
        if exceptions.iter().any(|it| it.same_ground(&exception)) {
            let message = format!(
                "there is an exception of `{}` for `{}` already",
                exception.rule, exception.subject.text
            );
            r.problem(range, message, "remove one of the two");
        } else {
            exceptions.push(exception);
        }
    }
    exceptions
}

fn exception(
    r: &mut Reader<'_>,
    table: &Table,
    range: &Range<usize>,
    catalogue: &Catalogue,
) -> Option<Exception> {
    r.only(table, &["rule", "subject", "reason", "until", "paths"], "`[[exceptions]]`");
    let needed = |r: &mut Reader<'_>, key: &str, help: &str| {
        let entry = r.required(table, key, range, help)?;
        r.text(key, &entry.value)
    };
    let rule = needed(r, "rule", "name the rule that this excuses");
    let subject = needed(r, "subject", "say what is excused, such as `public.users.email`");
    let reason = needed(r, "reason", "say why, for those who read it in a year");
    let paths = table.get("paths").map(|it| globs(r, it));
    let until = table.get("until").map(|it| until(r, it));
    let rule = rule.filter(|(name, range)| is_rule(r, name, range.clone(), catalogue));
    let (rule, subject) = (rule?, subject?);
    let subject = Pattern { text: subject.0, range: subject.1 };
    if subject.is_everything() && paths.is_none() {
        let help = format!("write `{} = \"allow\"` under `[rules]`, which says so", rule.0);
        r.problem(subject.range, "this excuses everything", help);
        return None;
    }
    let until = match until {
        Some(date) => Some(date?),
        None => None,
    };
    Some(Exception {
        rule: rule.0,
        subject,
        reason: reason?.0,
        until,
        paths,
        span: r.span(range.clone()),
    })
}

fn until(r: &mut Reader<'_>, entry: &Entry) -> Option<Date> {
    if let Kind::Date { year, month, day } = entry.value.kind {
        let date = Date::new(year, month, day);
        if date.is_none() {
            r.problem(entry.value.range.clone(), "there is no such day", "");
        }
        return date;
    }
    let help = match &entry.value.kind {
        Kind::String(_) => "write it without quotes: `until = 2027-06-30`",
        _ => "write it like this: `until = 2027-06-30`",
    };
    r.wrong_type("until", &entry.value, "a date", help);
    None
}
