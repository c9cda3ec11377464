//! For programs: one JSON object.

use std::fmt::Write as _;

use serde::Serialize;

use super::excerpt::Texts;
use super::text::is_unfit;
use super::{Action, Report, Tally, ranked, spans};
use crate::failure::Failure;
use crate::rules::{Label, Level, Told};
use crate::source::{RepoPath, Span};
use crate::verdict::{Approver, Brought, Excuse, Judged, Outcome};

/// Grows when a reader of the old form would misread the new one.
const SCHEMA_VERSION: u32 = 2;

#[derive(Serialize)]
struct Document<'a> {
    schema_version: u32,
    verdict: &'static str,
    action: Option<Doing<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    policy: Option<&'a str>,
    /// Whose policy it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    trusted: Option<&'a str>,
    /// What runs where the change is made can be skipped, and judges by what is known there.
    advisory: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    counts: Option<Counts>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<Error<'a>>,
    notices: &'a [String],
    findings: Vec<Entry<'a>>,
}

#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Doing<'a> {
    Commit,
    Merge,
    Push { refs: &'a [String] },
    Receive { refs: &'a [String] },
    Change { against: &'a str },
    Rehearsal { against: &'a str },
    Audit { rev: &'a str },
    Drift { rev: &'a str },
    Verification { rev: &'a str, database: &'a str, tables: Vec<Table> },
    Files,
}

/// A table that a database in use was asked for.
#[derive(Serialize)]
struct Table {
    name: String,
    exists: bool,
    row_level_security: bool,
    /// Nothing in it differs.
    verified: bool,
}

#[derive(Serialize)]
struct Counts {
    files: usize,
    statements: usize,
    opaque: usize,
    blocking: usize,
    warnings: usize,
    excused: usize,
}

#[derive(Serialize)]
struct Error<'a> {
    message: &'a str,
    help: &'a [String],
}

#[derive(Serialize)]
struct Entry<'a> {
    rule: &'a str,
    family: &'a str,
    level: Level,
    outcome: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    excuse: Option<Excused<'a>>,
    /// Why approvals that are there do not count.
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    unapproved: &'a [String],
    message: &'a str,
    help: &'a [String],
    /// What `sprag fix` would do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    fix: Option<&'a str>,
    subject: &'a str,
    #[serde(flatten)]
    place: Place,
    fingerprint: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    set_by: Option<Given<'a>>,
    /// The commits that it came with.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    commits: Vec<Came<'a>>,
    labels: Vec<Labelled<'a>>,
    /// What runs what, from what deploys to the command.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    path: Vec<Labelled<'a>>,
}

#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Excused<'a> {
    Policy {
        #[serde(flatten)]
        by: Given<'a>,
    },
    Comment {
        #[serde(flatten)]
        by: Given<'a>,
    },
    Baseline,
    Approval {
        by: Vec<Signed<'a>>,
    },
}

/// Somebody who has signed for it.
#[derive(Serialize)]
struct Signed<'a> {
    principal: &'a str,
    file: String,
    reason: &'a str,
    expires: String,
    whole_rule: bool,
}

/// A line of the policy, or a comment.
#[derive(Serialize)]
struct Given<'a> {
    #[serde(flatten)]
    place: Place,
    reason: Option<&'a str>,
}

#[derive(Serialize)]
struct Came<'a> {
    commit: &'a str,
    subject: &'a str,
    author: &'a str,
}

#[derive(Serialize)]
struct Labelled<'a> {
    text: &'a str,
    #[serde(flatten)]
    place: Place,
}

/// Lines and columns are counted from 1, columns in characters; they are absent where a file is meant as a whole, or its
/// text is not known.
#[derive(Serialize)]
struct Place {
    file: String,
    /// Base16, where the path is not UTF-8 and `file` shows it with escapes.
    #[serde(skip_serializing_if = "Option::is_none")]
    file_bytes: Option<String>,
    line: Option<usize>,
    column: Option<usize>,
    end_line: Option<usize>,
    end_column: Option<usize>,
    byte_start: usize,
    byte_end: usize,
}

impl Place {
    fn new(span: &Span, texts: &Texts<'_>) -> Place {
        let (file, file_bytes) = name(&span.path);
        let text = texts.get(span);
        let start = text.map(|it| it.position(span.start));
        let end = text.map(|it| it.position(span.end.max(span.start)));
        Place {
            file,
            file_bytes,
            line: start.map(|it| it.line),
            column: start.map(|it| it.column),
            end_line: end.map(|it| it.line),
            end_column: end.map(|it| it.column),
            byte_start: span.start,
            byte_end: span.end,
        }
    }
}

fn name(path: &RepoPath) -> (String, Option<String>) {
    if let Ok(path) = std::str::from_utf8(path.as_bytes()) {
        return (path.to_owned(), None);
    }
    let mut bytes = String::new();
    for byte in path.as_bytes() {
        let _ = write!(bytes, "{byte:02x}");
    }
    (path.to_string(), Some(bytes))
}

pub(super) fn render(report: &Report<'_>) -> String {
    let ranked = ranked(report.verdict);
    let tally = Tally::of(&ranked);
    let texts = Texts::new(report.sources, ranked.iter().flat_map(|it| spans(it)));
    let counts = report.verdict.counts;
    print(&Document {
        schema_version: SCHEMA_VERSION,
        verdict: if report.verdict.blocks() { "refused" } else { "pass" },
        action: Some(doing(report.action)),
        policy: Some(report.policy),
        trusted: report.verdict.trusted.as_deref(),
        advisory: report.action.is_advice(),
        counts: Some(Counts {
            files: counts.files,
            statements: counts.statements,
            opaque: counts.opaque,
            blocking: tally.blocking,
            warnings: tally.warnings,
            excused: tally.excused,
        }),
        error: None,
        notices: &report.verdict.notices,
        findings: ranked.into_iter().map(|it| entry(it, &texts)).collect(),
    })
}

pub(super) fn failure(failure: &Failure, action: Option<&Action>) -> String {
    print(&Document {
        schema_version: SCHEMA_VERSION,
        verdict: "error",
        action: action.map(doing),
        policy: None,
        trusted: None,
        advisory: action.is_some_and(Action::is_advice),
        counts: None,
        error: Some(Error { message: &failure.message, help: &failure.help }),
        notices: &[],
        findings: Vec::new(),
    })
}

fn doing(action: &Action) -> Doing<'_> {
    match action {
        Action::Commit => Doing::Commit,
        Action::Merge => Doing::Merge,
        Action::Push { refs } => Doing::Push { refs },
        Action::Receive { refs } => Doing::Receive { refs },
        Action::Change { against } => Doing::Change { against },
        Action::Rehearsal { against } => Doing::Rehearsal { against },
        Action::Audit { rev } => Doing::Audit { rev },
        Action::Drift { rev } => Doing::Drift { rev },
        Action::Verification { rev, database, tables } => {
            let table = |it: &Told| Table {
                name: it.name.to_string(),
                exists: it.there,
                row_level_security: it.rls,
                verified: it.right,
            };
            Doing::Verification { rev, database, tables: tables.iter().map(table).collect() }
        }
        Action::Files => Doing::Files,
    }
}

fn entry<'a>(judged: &'a Judged, texts: &Texts<'_>) -> Entry<'a> {
    let finding = &judged.finding;
    let labelled =
        |label: &'a Label| Labelled { text: &label.text, place: Place::new(&label.span, texts) };
    let came =
        |it: &'a Brought| Came { commit: &it.commit.0, subject: &it.subject, author: &it.author };
    let given = |span, reason| Given { place: Place::new(span, texts), reason };
    let (outcome, excuse) = match &judged.outcome {
        Outcome::Blocks => ("blocks", None),
        Outcome::Warns => ("warns", None),
        Outcome::Excused(Excuse::Baseline) => ("excused", Some(Excused::Baseline)),
        Outcome::Excused(Excuse::Comment { span, reason }) => {
            ("excused", Some(Excused::Comment { by: given(span, Some(reason)) }))
        }
        Outcome::Excused(Excuse::Policy { span, reason }) => {
            ("excused", Some(Excused::Policy { by: given(span, Some(reason)) }))
        }
        Outcome::Excused(Excuse::Approval { by }) => {
            let signed = |it: &'a Approver| Signed {
                principal: &it.principal,
                file: name(&it.file).0,
                reason: &it.reason,
                expires: it.expires.to_string(),
                whole_rule: it.whole_rule,
            };
            ("excused", Some(Excused::Approval { by: by.iter().map(signed).collect() }))
        }
    };
    Entry {
        rule: judged.rule.name,
        family: judged.rule.family,
        level: judged.level,
        outcome,
        excuse,
        unapproved: &judged.unapproved,
        message: &finding.message,
        help: &finding.help,
        fix: finding.fix.as_ref().map(|it| it.title.as_str()),
        subject: &finding.subject.0,
        place: Place::new(&finding.span, texts),
        fingerprint: &judged.fingerprint.0,
        set_by: judged.set_by.as_ref().map(|it| given(&it.span, it.reason.as_deref())),
        commits: judged.commits.iter().map(came).collect(),
        labels: finding.labels.iter().map(labelled).collect(),
        path: finding.path.iter().map(labelled).collect(),
    }
}

pub(super) fn print(document: &impl Serialize) -> String {
    // Strings, numbers and lists can always be written.
    let json = serde_json::to_string_pretty(document).unwrap_or_default();
    let mut harmless = String::with_capacity(json.len() + 1);
    // JSON is looked at in terminals too. What they would act on can only be inside of strings.
    for c in json.chars() {
        if c != '\n' && is_unfit(c) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(harmless, "\\u{unit:04x}");
            }
        } else {
            harmless.push(c);
        }
    }
    harmless.push('\n');
    harmless
}
