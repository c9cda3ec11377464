//! What deployments run.

mod argv;
mod chains;
mod flags;
mod generated;
mod image;
mod json;
mod make;
mod pages;
mod permissions;
mod pipelines;
mod platforms;
mod programs;
mod reading;
mod rehearsals;
mod scripts;
mod secrets;
mod spans;
mod workflows;
mod yaml;

use std::collections::BTreeSet;

use sprag::parse::command::{self, Call, Command, Host, Problem, Reading};
use sprag::policy::Policy;
use sprag::rules::deploy::{self, Forbidden, Judging};
use sprag::rules::{Finding, Found};
use sprag::source::{RepoPath, Source};

/// What these files say.
fn reading(files: &[(&str, &str)]) -> Reading {
    let mut all = Reading::default();
    for (path, text) in files {
        let reading = command::commands(&Source::new(*path, *text));
        all.commands.extend(reading.commands);
        all.links.extend(reading.links);
        all.problems.extend(reading.problems);
    }
    all
}

/// Every command of these files.
fn commands(files: &[(&str, &str)]) -> Vec<Command> {
    reading(files).commands
}

/// What both rules say where the files of these names are changed.
fn findings_of_change(files: &[(&str, &str)], changed: &[&str]) -> Vec<Finding> {
    let changed: BTreeSet<RepoPath> = changed.iter().map(|it| RepoPath::from(*it)).collect();
    let judging = Judging {
        changed: &|host: &Host| changed.contains(&host.path),
        local: &|_| false,
        rehearses: &|_| true,
        forbidden: &Forbidden::new([]),
    };
    deploy::findings(&reading(files), &judging).into_iter().map(|it| it.finding).collect()
}

/// What both rules say where every file is new.
fn findings(files: &[(&str, &str)]) -> Vec<Finding> {
    let names: Vec<&str> = files.iter().map(|it| it.0).collect();
    findings_of_change(files, &names)
}

/// A `package.json` with these scripts.
fn package(scripts: &[(&str, &str)]) -> String {
    let quoted = |it: &str| it.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
    let scripts: Vec<String> =
        scripts.iter().map(|(name, text)| format!("\"{name}\":\"{}\"", quoted(text))).collect();
    format!("{{\"name\":\"app\",\"scripts\":{{{}}}}}", scripts.join(","))
}

/// What is said of a `setup` script.
fn setup(text: &str) -> Vec<Finding> {
    findings(&[("package.json", &package(&[("setup", text)]))])
}

/// What these files say, and those among them that something runs as a kind of file.
fn followed(files: &[(&str, &str)]) -> Reading {
    let mut all = Reading::default();
    let mut add = |it: Reading| {
        all.commands.extend(it.commands);
        all.links.extend(it.links);
    };
    let sources: Vec<Source> = files.iter().map(|it| Source::new(it.0, it.1)).collect();
    for source in &sources {
        let reading = command::commands(source);
        let links = reading.links.iter().map(|it| (it.host.clone(), it.call.clone()));
        let calls = reading.commands.iter();
        let calls = calls.flat_map(|it| it.calls().into_iter().map(|call| (it.host.clone(), call)));
        for (host, call) in links.chain(calls) {
            let Call::File { kind: Some(kind), .. } = &call else { continue };
            let named = sources.iter().filter(|it| call.files(&host).contains(&it.path));
            let unread = named.filter(|it| command::commands(it).commands.is_empty());
            unread.for_each(|it| add(command::commands_as(it, *kind)));
        }
        add(reading);
    }
    all
}

/// What all rules of deployments say of these files, by the policy among them.
pub(crate) fn found(files: &[(&str, &str)]) -> Vec<Found> {
    let policy = files.iter().find(|it| it.0 == "policy.toml").map_or("", |it| it.1);
    let policy = Source::new("policy.toml", format!("version = 1\n{policy}"));
    let policy = Policy::parse(&policy).unwrap();
    let reading = followed(files);
    let judging = Judging {
        changed: &|_| true,
        local: &|_| false,
        rehearses: &|path| policy.deploy.rehearses(path),
        forbidden: &Forbidden::new([]),
    };
    let mut found = deploy::findings(&reading, &judging);
    let allowed = policy.deploy.allow.iter().flatten();
    found.extend(deploy::missing(&reading, allowed.map(|it| it.0.as_str())));
    for (path, text) in files {
        found.extend(deploy::written(&RepoPath::from(*path), text, None));
    }
    found
}

/// What both rules say of these files, and of those among them that something runs as a kind of file.
fn said(files: &[(&str, &str)]) -> Vec<String> {
    let judging = Judging {
        changed: &|_| true,
        local: &|_| false,
        rehearses: &|_| true,
        forbidden: &Forbidden::new([]),
    };
    let all = followed(files);
    deploy::findings(&all, &judging).into_iter().map(|it| it.finding.message).collect()
}

/// What could not be read of a file.
fn problems_of(path: &str, text: &str) -> Vec<Problem> {
    command::commands(&Source::new(path, text)).problems
}
