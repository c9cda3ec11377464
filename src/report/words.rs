//! The sentences that say what was refused, and how much was looked at.

use super::text::clean;
use super::{Action, Report, Style, Tally};
use crate::rules::Level;
use crate::verdict::{Approver, Brought, Excuse, Judged, Outcome};

/// `1 error`, `2 errors`
pub(super) fn count(number: usize, thing: &str) -> String {
    if number == 1 { format!("1 {thing}") } else { format!("{number} {thing}s") }
}

/// What was being done, as the object of "judge".
pub(super) fn object(action: &Action, style: Style) -> String {
    match action {
        Action::Commit => "the commit".to_owned(),
        Action::Merge => "the merge".to_owned(),
        Action::Push { refs } | Action::Receive { refs } if refs.is_empty() => {
            "the push".to_owned()
        }
        Action::Push { refs } => format!("the push of {}", names(refs, style)),
        Action::Receive { refs } => format!("the push to {}", names(refs, style)),
        Action::Change { against } | Action::Rehearsal { against } => {
            format!("the change against {}", clean(against, style))
        }
        Action::Audit { rev } | Action::Drift { rev } => clean(rev, style),
        Action::Verification { database, .. } => clean(database, style),
        Action::Files => "the files".to_owned(),
    }
}

fn names(refs: &[String], style: Style) -> String {
    const SHOWN: usize = 3;
    let mut names: Vec<String> = refs.iter().take(SHOWN).map(|it| clean(it, style)).collect();
    if refs.len() > SHOWN {
        names.push(format!("{} more", refs.len() - SHOWN));
    }
    match names.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => names.concat(),
    }
}

/// What was refused, as the beginning of the last line.
pub(super) fn refused(action: &Action, style: Style) -> String {
    match action {
        Action::Files => "refused".to_owned(),
        _ => format!("{} refused", bare(action, style)),
    }
}

fn passed(action: &Action, style: Style) -> String {
    match action {
        Action::Files => "passed".to_owned(),
        Action::Verification { rev, .. } => {
            format!("{} is as {} has it", object(action, style), clean(rev, style))
        }
        _ => format!("{} passes", bare(action, style)),
    }
}

fn bare(action: &Action, style: Style) -> String {
    let object = object(action, style);
    object.strip_prefix("the ").map(str::to_owned).unwrap_or(object)
}

/// What did not happen. Who only looked knows.
pub(super) fn untouched(action: &Action) -> &'static str {
    match action {
        Action::Commit => " Nothing in your worktree or index was changed.",
        Action::Merge => " The merge is not committed; nothing else was changed.",
        Action::Push { .. } => " Nothing was sent.",
        Action::Receive { .. } => " No ref was changed.",
        Action::Change { .. }
        | Action::Rehearsal { .. }
        | Action::Audit { .. }
        | Action::Drift { .. }
        | Action::Verification { .. }
        | Action::Files => "",
    }
}

/// The last line in two parts: the verdict, and what it rests on.
pub(super) fn summary(report: &Report<'_>, tally: Tally, style: Style) -> (String, String) {
    let counts = report.verdict.counts;
    let mut found = Vec::new();
    if tally.blocking > 0 {
        found.push(count(tally.blocking, "error"));
    }
    if tally.warnings > 0 {
        found.push(count(tally.warnings, "warning"));
    }
    if tally.told() == 0 {
        found.push("nothing found".to_owned());
    }
    if tally.excused > 0 {
        found.push(format!("{} excused", tally.excused));
    }
    let files = if tally.files > 0 && tally.files < counts.files {
        format!("{} of {}", tally.files, count(counts.files, "file"))
    } else {
        count(counts.files.max(tally.files), "file")
    };
    let opaque = match counts.opaque {
        0 => String::new(),
        opaque => format!(", {opaque} could not be read"),
    };
    let basis = format!(
        "{} in {files} ({} judged by {}{opaque}).",
        found.join(", "),
        count(counts.statements, "statement"),
        clean(report.policy, style)
    );
    match report.action {
        _ if tally.blocking == 0 => (passed(report.action, style), basis),
        // Nobody is refused anything by an audit.
        Action::Audit { rev } | Action::Drift { rev } => {
            (format!("{} in {}", count(tally.told(), "finding"), clean(rev, style)), basis)
        }
        Action::Verification { rev, .. } => (
            format!("{} is not as {} has it", object(report.action, style), clean(rev, style)),
            basis,
        ),
        action => (refused(action, style), format!("{basis}{}", untouched(action))),
    }
}

/// What a level means for a rule.
pub(super) fn meaning(level: Level) -> &'static str {
    match level {
        Level::Allow => "is allowed",
        Level::Warn => "is warned about",
        Level::Approve => "needs an approval",
        Level::Deny => "is denied",
    }
}

/// Who let a finding pass, and where they say so.
pub(super) fn approved(by: &Approver) -> String {
    let whole = if by.whole_rule { " (all findings of the rule)" } else { "" };
    format!("approved by `{}` in {}{whole}: {}", by.principal, by.file, by.reason)
}

/// Everything that was let pass, a line for each file and rule.
pub(super) fn approvals(ranked: &[&Judged]) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for judged in ranked {
        let Outcome::Excused(Excuse::Approval { by }) = &judged.outcome else { continue };
        for it in by {
            let (rule, path) = (judged.rule.name, &judged.finding.span.path);
            let line = format!("{rule} in {path} is {}", approved(it));
            if !lines.contains(&line) {
                lines.push(line);
            }
        }
    }
    lines
}

/// The commits that what is refused came with, a line each.
pub(super) fn brought(ranked: &[&Judged]) -> Vec<String> {
    /// Of a message's first line, in characters.
    const LONGEST: usize = 50;
    /// More commits are counted.
    const MOST: usize = 5;
    let mut commits: Vec<(&Brought, Vec<&str>)> = Vec::new();
    for judged in ranked.iter().filter(|it| it.outcome == Outcome::Blocks) {
        for commit in &judged.commits {
            let at = commits.iter().position(|it| it.0 == commit).unwrap_or(commits.len());
            if at == commits.len() {
                commits.push((commit, Vec::new()));
            }
            let rules = &mut commits[at].1;
            if !rules.contains(&judged.rule.name) {
                rules.push(judged.rule.name);
            }
        }
    }
    let more = commits.len().saturating_sub(MOST);
    let line = |(commit, rules): (&Brought, Vec<&str>)| {
        let id = commit.commit.0.get(..12).unwrap_or(&commit.commit.0);
        let mut subject: String = commit.subject.chars().take(LONGEST).collect();
        if subject.len() < commit.subject.len() {
            subject.push_str("...");
        }
        format!(
            "{} came with {id} \"{subject}\" by {}, and no hook held it up: `--no-verify`, a rebase or cherry-pick, or no hooks where it was made (`sprag install`)",
            rules.join(", "),
            commit.author
        )
    };
    let mut lines: Vec<String> = commits.into_iter().take(MOST).map(line).collect();
    if more > 0 {
        lines.push(format!("{} more came with it", count(more, "commit")));
    }
    lines
}

/// What the verdict of a hook is worth where it runs.
pub(super) fn advice(report: &Report<'_>) -> Option<String> {
    if !report.action.is_advice() {
        return None;
    }
    let trusted = match report.verdict.trusted.as_deref() {
        Some("HEAD") => ", by the policy of HEAD, since no remote's main branch is known here",
        Some(name) => &format!(", by the policy of {name}"),
        None => "",
    };
    Some(format!("advisory{trusted}: hooks can be skipped, `sprag doctor` says what cannot"))
}
