//! What deployments run.

mod argv;
mod chains;
mod json;
mod pages;
mod pipelines;
mod reading;
mod rehearsals;
mod spans;
mod workflows;
mod yaml;

use std::collections::BTreeSet;

use sprag::parse::command::{self, Command, Host, Reading};
use sprag::rules::Finding;
use sprag::rules::deploy::{self, Forbidden, Judging};
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
