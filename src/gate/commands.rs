//! Judges the commands of files that have them.

use std::collections::BTreeSet;

use super::read::unreadable;
use crate::parse::command;
use crate::policy;
use crate::report::Sources;
use crate::rules::{self, Finding, Found};
use crate::source::{File, RepoPath, Source};

/// What the files run, of which `changed` are those of the change.
pub(super) fn commands(
    files: &[File],
    changed: &BTreeSet<RepoPath>,
    deploy: &policy::Deploy,
    sources: &mut Sources,
) -> Vec<Found> {
    let mut found = Vec::new();
    let mut all = command::Reading::default();
    let mut find = |rule: &str, finding: Finding| {
        found.extend(rules::by_name(rule).map(|rule| Found { rule, finding }));
    };
    for file in files {
        let Some(text) = file.content.text() else {
            if let Some(finding) = unreadable(file).filter(|_| changed.contains(&file.path)) {
                find("unreadable-file", finding);
            }
            continue;
        };
        let source = Source { path: file.path.clone(), text: text.clone() };
        let reading = command::commands(&source);
        for problem in reading.problems {
            if changed.contains(&file.path) {
                let message = format!("`{}` cannot be read: {}", file.path, problem.message);
                let finding = Finding::new(file.path.to_string(), problem.span, message);
                find(
                    "unreadable-file",
                    finding.evidence(&problem.message).help("correct the file"),
                );
            }
        }
        all.commands.extend(reading.commands);
        all.links.extend(reading.links);
        sources.insert(file.path.clone(), text.clone());
    }
    let local = |host: &command::Host| {
        host.key.strip_prefix("scripts.").is_some_and(|name| deploy.is_local_script(name))
    };
    let judging = rules::deploy::Judging {
        changed: &|host| changed.contains(&host.path),
        local: &local,
        rehearses: &|_| false,
        forbidden: &rules::deploy::Forbidden::new([]),
    };
    found.extend(rules::deploy::findings(&all, &judging));
    found.extend(unlisted(&all.commands, changed, deploy));
    found
}

/// Where the policy lists what may stand as release command and setup script, nothing else may.
fn unlisted(
    commands: &[command::Command],
    changed: &BTreeSet<RepoPath>,
    deploy: &policy::Deploy,
) -> Vec<Found> {
    let Some(rule) = rules::by_name("deploy-migration") else { return Vec::new() };
    let mut found: Vec<Found> = Vec::new();
    for command in commands {
        let host = &command.host;
        let named = matches!(&*host.key, "[deploy] release_command" | "scripts.setup");
        if !named || !changed.contains(&host.path) || deploy.allows(&command.text) {
            continue;
        }
        let subject = format!("{}:{}", host.path, host.key);
        if found.iter().any(|it| it.finding.subject.0 == subject) {
            continue;
        }
        let allowed: Vec<&str> = deploy.allow.iter().flatten().map(|it| it.0.as_str()).collect();
        let message = format!(
            "`{}` is none of the commands that the policy allows here",
            command.text.trim()
        );
        let finding = Finding::new(subject, command.span.clone(), message).evidence(&command.text);
        let finding = finding.help(format!("write `{}`", allowed.join("` or `")));
        found.push(Found { rule, finding });
    }
    found
}
