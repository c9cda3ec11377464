//! For a chat, a ticket or a log of what was done.

use std::fmt::Write as _;

use super::excerpt::Texts;
use super::text::clean;
use super::{Action, Report, Style, ranked, spans};
use crate::rules::Told;
use crate::verdict::{Judged, Outcome};

/// That a migration was verified, or not, as whoever applied it reports it. `at` is the time of the day.
pub fn verification(report: &Report<'_>, migrations: &[String], at: &str, style: &Style) -> String {
    let Action::Verification { tables, database, .. } = report.action else { return String::new() };
    let verified = !report.verdict.blocks();
    let mut out = String::new();
    let plural = if migrations.len() == 1 { "Migration" } else { "Migrations" };
    let _ = writeln!(out, "## {at} - {plural} {}Verified\n", if verified { "" } else { "not " });
    let shown = |it: &str| clean(it, *style);
    let names = match migrations {
        [] => "none".to_owned(),
        [first, .., last] if migrations.len() > 3 => {
            format!("{}, from {} to {}", migrations.len(), shown(first), shown(last))
        }
        all => all.iter().map(|it| shown(it)).collect::<Vec<_>>().join(", "),
    };
    let _ = writeln!(out, "**{plural}**: {names}");
    let _ = writeln!(out, "**Database**: {}", shown(database));
    let _ = writeln!(out, "**Tables**: {}", listed(tables, &shown));
    let _ = writeln!(out, "**RLS**: {}", rls(tables, &shown));
    let ranked = ranked(report.verdict);
    let texts = Texts::new(report.sources, ranked.iter().flat_map(|it| spans(it)));
    let told: Vec<&Judged> =
        ranked.into_iter().filter(|it| !matches!(it.outcome, Outcome::Excused(_))).collect();
    if !told.is_empty() {
        out.push_str("**Differences**:\n");
    }
    for it in told {
        let span = &it.finding.span;
        let line = texts.get(span).filter(|_| span.end > 0);
        let line = line.map(|it| format!(":{}", it.position(span.start).line)).unwrap_or_default();
        let (message, path) = (shown(&it.finding.message), shown(&span.path.to_string()));
        let _ = writeln!(out, "- {message} (`{path}{line}`)");
    }
    for notice in &report.verdict.notices {
        let _ = writeln!(out, "\n{}", shown(notice));
    }
    out
}

/// More than these are counted.
const MOST: usize = 12;

fn listed(tables: &[Told], shown: &dyn Fn(&str) -> String) -> String {
    let word = |it: &Told| match (it.there, it.right) {
        (false, _) => "missing",
        (true, true) => "verified exists",
        (true, false) => "exists, and differs",
    };
    if tables.is_empty() {
        return "none".to_owned();
    }
    let (right, wrong): (Vec<&Told>, Vec<&Told>) = tables.iter().partition(|it| it.right);
    let wrong = wrong.into_iter();
    let few = tables.len() <= MOST;
    let mut all: Vec<&Told> = if few { tables.iter().collect() } else { wrong.collect() };
    let more = tables.len() - all.len();
    all.sort_by_key(|it| &it.name);
    let mut words: Vec<String> =
        all.iter().map(|it| format!("{} ({})", shown(&short(it)), word(it))).collect();
    if more > 0 {
        words.push(format!("{} verified", right.len()));
    }
    words.join(", ")
}

fn rls(tables: &[Told], shown: &dyn Fn(&str) -> String) -> String {
    let there = || tables.iter().filter(|it| it.there);
    let off: Vec<String> = there().filter(|it| !it.rls).map(|it| shown(&short(it))).collect();
    match (off.as_slice(), there().count()) {
        (_, 0) => "no table to look at".to_owned(),
        ([], _) => "Enabled ✓".to_owned(),
        (off, all) if off.len() > MOST => format!("Off on {} of {all} tables", off.len()),
        (off, _) => format!("Off on {}", off.join(", ")),
    }
}

/// Most are in `public`.
fn short(it: &Told) -> String {
    let name = it.name.to_string();
    name.strip_prefix("public.").map(str::to_owned).unwrap_or(name)
}
