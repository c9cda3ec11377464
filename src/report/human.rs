//! For people.

use std::fmt::Write as _;

use annotate_snippets::renderer::{AnsiColor, Effects};

use super::excerpt::Texts;
use super::frame::{Card, Note, Weight, draw, path};
use super::text::{clean, clean_lines};
use super::words::{
    advice, approvals, approved, brought, meaning, object, refused, summary, untouched,
};
use super::{Action, Problem, Report, Sources, Style, Tally, ranked, spans};
use crate::failure::Failure;
use crate::rules::{Label, Level};
use crate::source::Span;
use crate::verdict::{Excuse, Judged, Outcome};

/// Whoever has more than these to mend does not read them one by one.
const MOST: usize = 50;

pub(super) fn render(report: &Report<'_>, style: Style) -> String {
    let ranked = ranked(report.verdict);
    let tally = Tally::of(&ranked);
    let notices = &report.verdict.notices;
    if report.action.is_hook() && !report.verbose && tally.told() == 0 && notices.is_empty() {
        return String::new();
    }
    let told = if report.verbose { ranked.len() } else { tally.told() };
    let shown = &ranked[..told.min(MOST)];
    let texts = Texts::new(report.sources, shown.iter().flat_map(|it| spans(it)));
    let mut text = String::new();
    for judged in shown {
        text.push_str(&finding(judged, &texts, report.action, style));
        text.push('\n');
    }
    if told > MOST {
        let command = match report.action {
            Action::Audit { .. } => "sprag audit",
            Action::Drift { .. } => "sprag drift",
            Action::Rehearsal { .. } => "sprag rehearse",
            Action::Verification { .. } => "sprag verify",
            _ => "sprag check",
        };
        let more = told - MOST;
        let all = format!("run `{command} --format json` for all of them");
        let _ = writeln!(text, "{} and {more} more ({all})\n", style.ellipsis());
    }
    if !report.action.is_hook() && !report.verbose {
        for line in approvals(&ranked) {
            let note = paint("note", AnsiColor::BrightGreen, style);
            let _ = writeln!(text, "{note}: {}", clean(&line, style));
        }
    }
    for notice in notices {
        let note = paint("note", AnsiColor::BrightGreen, style);
        let _ = writeln!(text, "{note}: {}", clean(notice, style));
    }
    if tally.blocking > 0 {
        for line in brought(&ranked).into_iter().chain(advice(report)) {
            let note = paint("note", AnsiColor::BrightGreen, style);
            let _ = writeln!(text, "{note}: {}", clean(&line, style));
        }
    }
    let (verdict, basis) = summary(report, tally, style);
    let color = match (tally.blocking, tally.warnings) {
        (0, 0) => AnsiColor::Green,
        (0, _) => AnsiColor::Yellow,
        _ => AnsiColor::BrightRed,
    };
    let _ = writeln!(text, "{}: {basis}", paint(&verdict, color, style));
    text
}

fn finding(judged: &Judged, texts: &Texts<'_>, action: &Action, style: Style) -> String {
    let weight = match judged.outcome {
        Outcome::Blocks => Weight::Error,
        Outcome::Warns => Weight::Warning,
        Outcome::Excused(_) => Weight::Excused,
    };
    let rule = judged.rule.name;
    let mut notes = vec![match &judged.set_by {
        Some(set_by) => Note::Bare(line(&set_by.span, set_by.reason.as_deref(), texts, style)),
        None => Note::Named("note", format!("by default, `{rule}` {}", meaning(judged.level))),
    }];
    if !judged.finding.path.is_empty() {
        notes.push(Note::Named("path", way(&judged.finding.path, texts, style)));
    }
    match &judged.outcome {
        // Nobody signs for what is merged; what is to be merged has the command among its help.
        Outcome::Blocks if judged.level == Level::Approve && action.is_about_what_is_there() => {
            let subject = clean(&judged.finding.subject.0, style);
            notes.push(Note::Named(
                "note",
                format!("this is for whoever answers for the data: an exception for `{subject}` lets it pass once the policy of the main branch has it"),
            ));
        }
        Outcome::Excused(Excuse::Baseline) => {
            notes
                .push(Note::Named("note", "the baseline lists it: it was there before".to_owned()));
        }
        Outcome::Excused(Excuse::Policy { span, reason } | Excuse::Comment { span, reason }) => {
            let line = line(span, Some(reason), texts, style);
            notes.push(Note::Named("note", format!("excused by {line}")));
        }
        Outcome::Excused(Excuse::Approval { by }) => {
            notes.extend(by.iter().map(|it| Note::Named("note", clean(&approved(it), style))));
        }
        Outcome::Blocks | Outcome::Warns => {}
    }
    notes.extend(judged.unapproved.iter().map(|it| Note::Named("note", clean(it, style))));
    notes.extend(judged.finding.help.iter().map(|help| Note::Named("help", clean(help, style))));
    let stands = !matches!(judged.outcome, Outcome::Excused(_));
    if judged.finding.fix.is_some() && action.is_on_the_way() && stands {
        notes.push(Note::Named("fix", "sprag fix --write".to_owned()));
    }
    notes.push(Note::Named("explain", format!("sprag explain {rule}")));
    let card = Card {
        weight,
        rule: Some(rule),
        message: &judged.finding.message,
        span: Some(&judged.finding.span),
        labels: &judged.finding.labels,
        notes,
    };
    draw(card, texts, style)
}

/// What runs what, a line each: where it is written, and how.
fn way(steps: &[Label], texts: &Texts<'_>, style: Style) -> String {
    /// What is longer hides the end of the line.
    const WIDEST: usize = 76;
    let step = |step: &Label| {
        let file = path(&step.span.path, style);
        let text = texts.get(&step.span);
        match text.filter(|_| step.span.end > 0) {
            Some(text) => {
                let line = text.position(step.span.start).line;
                let said = text.line_at(step.span.start).trim();
                (format!("{file}:{line}"), clean(&shortened(said, WIDEST, style), style))
            }
            None => (file, clean(&step.text, style)),
        }
    };
    let steps: Vec<(String, String)> = steps.iter().map(step).collect();
    let width = steps.iter().map(|it| it.0.chars().count()).max().unwrap_or_default();
    let lines = steps.iter().map(|(place, said)| {
        let gap = " ".repeat(width - place.chars().count());
        format!("{place}{gap}  {said}")
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn shortened(text: &str, most: usize, style: Style) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let kept: String = text.chars().take(most).collect();
    format!("{kept}{}", style.ellipsis())
}

/// A line of the policy on one line: where, what, and why.
fn line(span: &Span, reason: Option<&str>, texts: &Texts<'_>, style: Style) -> String {
    let mut shown = path(&span.path, style);
    let mut said = "";
    if let Some(text) = texts.get(span) {
        let place = text.position(span.start);
        said = text.line_at(span.start);
        shown = format!("{shown}:{}:{}  {}", place.line, place.column, clean(said, style));
    }
    match reason {
        Some(reason) if !reason.trim().is_empty() && !said.contains(reason.trim()) => {
            format!("{shown}   # {}", clean(reason.trim(), style))
        }
        _ => shown,
    }
}

pub(super) fn failure(failure: &Failure, doing: Option<&Action>, style: Style) -> String {
    let judge = match doing {
        Some(action) => format!("could not judge {}: {}", object(action, style), failure.message),
        None => format!("could not judge: {}", failure.message),
    };
    let help = failure.help.iter();
    let help = help.map(|help| Note::Named("help", clean_lines(help, style))).collect();
    let card = Card {
        weight: Weight::Error,
        rule: None,
        message: &judge,
        span: None,
        labels: &[],
        notes: help,
    };
    let sources = Sources::default();
    let mut text = draw(card, &Texts::new(&sources, std::iter::empty()), style);
    if let Some(action) = doing.filter(|it| it.is_hook()) {
        text.push('\n');
        let refused = paint(&refused(action, style), AnsiColor::BrightRed, style);
        let untouched = untouched(action);
        let _ = writeln!(text, "{refused}: what cannot be judged does not pass.{untouched}");
    }
    text
}

/// Draws what is wrong with a file of ours, a policy above all, like findings.
pub fn problems(problems: &[Problem<'_>], sources: &Sources, style: &Style) -> String {
    let texts = Texts::new(sources, problems.iter().map(|it| it.span));
    let shown = problems.iter().take(MOST).map(|problem| {
        let notes = problem.help.iter().map(|help| Note::Named("help", clean(help, *style)));
        let card = Card {
            weight: Weight::Error,
            rule: None,
            message: problem.message,
            span: Some(problem.span),
            labels: &[],
            notes: notes.collect(),
        };
        draw(card, &texts, *style)
    });
    let mut text = shown.collect::<Vec<_>>().join("\n");
    if problems.len() > MOST {
        let _ = writeln!(text, "\n{} and {} more", style.ellipsis(), problems.len() - MOST);
    }
    text
}

fn paint(text: &str, color: AnsiColor, style: Style) -> String {
    if !style.color {
        return text.to_owned();
    }
    let paint = color.on_default().effects(Effects::BOLD);
    format!("{paint}{text}{paint:#}")
}
