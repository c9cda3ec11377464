//! For GitHub Actions: annotations on the lines of the change, and the page of the run.

use std::fmt::Write as _;

use super::excerpt::Texts;
use super::text::{clean, clean_lines};
use super::words::{self, object, summary};
use super::{Action, Report, Style, Tally, frame, human, ranked};
use crate::failure::Failure;
use crate::verdict::{Excuse, Judged, Outcome};

/// GitHub shows ten of each kind for a step, and drops the others without a word.
const MOST: usize = 10;
/// GitHub refuses a summary of more than 1 MiB.
const LARGEST: usize = 1_000_000;

pub(super) fn render(report: &Report<'_>, style: Style) -> String {
    let ranked = ranked(report.verdict);
    let texts = Texts::new(report.sources, ranked.iter().map(|it| &it.finding.span));
    let mut text = String::new();
    let mut dropped = 0;
    for (command, outcome) in [("error", Outcome::Blocks), ("warning", Outcome::Warns)] {
        let of_kind: Vec<_> = ranked.iter().filter(|it| it.outcome == outcome).collect();
        dropped += of_kind.len().saturating_sub(MOST);
        for judged in of_kind.into_iter().take(MOST) {
            text.push_str(&annotation(command, judged, &texts));
        }
    }
    let approved: Vec<_> = ranked.iter().filter_map(|it| approved(it, &texts)).collect();
    dropped += approved.len().saturating_sub(MOST);
    text.extend(approved.into_iter().take(MOST));
    if dropped > 0 {
        let _ = writeln!(text, "::notice::{dropped} more, see the log");
    }
    text.push_str(&inert(&human::render(report, style)));
    text
}

pub(super) fn failure(failure: &Failure, doing: Option<&Action>, style: Style) -> String {
    let what = doing.map_or(String::new(), |action| format!(" {}", object(action, PLAIN)));
    let help = failure.help.iter().map(|help| clean_lines(help, PLAIN));
    let message = std::iter::once(clean(&failure.message, PLAIN)).chain(help);
    let message = message.collect::<Vec<_>>().join("\n");
    let title = property(&format!("could not judge{what}"));
    let human = inert(&human::failure(failure, doing, style));
    format!("::error title={title}::{}\n{human}", data(&message))
}

/// Annotations are shown by a browser.
const PLAIN: Style = Style { color: false, unicode: true, width: None, links: false };

fn annotation(command: &str, judged: &Judged, texts: &Texts<'_>) -> String {
    let finding = &judged.finding;
    let note = judged.unapproved.iter().map(|it| format!("note: {}", clean(it, PLAIN)));
    let help = finding.help.iter().map(|help| format!("help: {}", clean(help, PLAIN)));
    let message = std::iter::once(clean(&finding.message, PLAIN)).chain(note).chain(help);
    let message: Vec<_> = message.collect();
    annotated(command, judged, texts, &message.join("\n"))
}

/// Who let it pass, for the reviewer who would let it pass as well.
fn approved(judged: &Judged, texts: &Texts<'_>) -> Option<String> {
    let Outcome::Excused(Excuse::Approval { by }) = &judged.outcome else { return None };
    let said = by.iter().map(|it| clean(&words::approved(it), PLAIN));
    let message = std::iter::once(clean(&judged.finding.message, PLAIN)).chain(said);
    Some(annotated("notice", judged, texts, &message.collect::<Vec<_>>().join("\n")))
}

fn annotated(command: &str, judged: &Judged, texts: &Texts<'_>, message: &str) -> String {
    let finding = &judged.finding;
    let span = &finding.span;
    let mut properties = vec![format!("file={}", property(&frame::path(&span.path, PLAIN)))];
    if let Some(text) = texts.get(span) {
        let start = text.position(span.start);
        let end = text.position(span.end.max(span.start));
        properties.push(format!("line={},endLine={}", start.line, end.line));
        // Columns mean something to GitHub within one line only.
        if start.line == end.line {
            properties.push(format!("col={},endColumn={}", start.column, end.column));
        }
    }
    properties.push(format!("title={}", property(judged.rule.name)));
    format!("::{command} {}::{}\n", properties.join(","), data(message))
}

/// What follows the second `::`.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

/// A log whose lines are not taken for commands, whatever a change has in it.
fn inert(log: &str) -> String {
    let mut text = String::with_capacity(log.len());
    for line in log.split_inclusive('\n') {
        let line = line.replace("##[", "## [");
        match line.trim_start().strip_prefix("::") {
            Some(rest) if rest.contains("::") => text.push_str(&line.replacen("::", ": :", 1)),
            _ => text.push_str(&line),
        }
    }
    text
}

/// The page of a run, in Markdown, as `$GITHUB_STEP_SUMMARY` takes it.
pub fn step_summary(report: &Report<'_>) -> String {
    let ranked = ranked(report.verdict);
    let tally = Tally::of(&ranked);
    let texts = Texts::new(report.sources, ranked.iter().map(|it| &it.finding.span));
    let (verdict, basis) = summary(report, tally, PLAIN);
    let mut text = format!("### sprag\n\n**{}**: {}\n", markdown(&verdict), markdown(&basis));
    for notice in report.verdict.notices.iter().take(MOST) {
        let _ = writeln!(text, "\n> {}", markdown(&clean(notice, PLAIN)));
    }
    for line in words::approvals(&ranked).iter().take(MOST) {
        let _ = writeln!(text, "\n> {}", markdown(&clean(line, PLAIN)));
    }
    for line in words::brought(&ranked).iter().take(MOST) {
        let _ = writeln!(text, "\n> {}", markdown(&clean(line, PLAIN)));
    }
    if tally.told() == 0 {
        return text;
    }
    text.push_str("\n| | rule | where | what |\n|---|---|---|---|\n");
    for (told, judged) in ranked.iter().take(tally.told()).enumerate() {
        let row = row(judged, &texts);
        if text.len() + row.len() > LARGEST {
            let _ = writeln!(text, "\n{} more are not shown here.", tally.told() - told);
            break;
        }
        text.push_str(&row);
    }
    text
}

fn row(judged: &Judged, texts: &Texts<'_>) -> String {
    let finding = &judged.finding;
    let weight = if judged.outcome == Outcome::Blocks { "error" } else { "warning" };
    let path = frame::path(&finding.span.path, PLAIN);
    let place = match texts.get(&finding.span) {
        Some(text) => {
            let start = text.position(finding.span.start);
            format!("{path}:{}:{}", start.line, start.column)
        }
        None => path,
    };
    let message = markdown(&clean(&finding.message, PLAIN));
    let help = finding.help.iter().map(|help| format!("<br>{}", markdown(&clean(help, PLAIN))));
    let what = std::iter::once(message).chain(help).collect::<String>();
    format!("| {weight} | {} | {} | {what} |\n", judged.rule.name, markdown(&place))
}

/// Text that Markdown shows as it is: no links, no mentions, no cells of its own.
fn markdown(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => shown.push_str("&amp;"),
            '<' => shown.push_str("&lt;"),
            '>' => shown.push_str("&gt;"),
            '@' => shown.push_str("&#64;"),
            '|' => shown.push_str("&#124;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '(' | ')' | '#' | '~' | '$' | '!' => {
                shown.push('\\');
                shown.push(c);
            }
            _ => shown.push(c),
        }
    }
    // A bare address would become a link.
    shown.replace("://", "&#58;//")
}
