//! What deployments run.

mod argv;
mod chains;
mod json;
mod pages;
mod reading;
mod spans;

use std::collections::BTreeSet;

use sprag::parse::command::{self, Command};
use sprag::rules::Finding;
use sprag::rules::deploy::{deploy_migration, unresolvable_command};
use sprag::source::{RepoPath, Source};

/// Every command of these files.
fn commands(files: &[(&str, &str)]) -> Vec<Command> {
    files
        .iter()
        .flat_map(|(path, text)| command::commands(&Source::new(*path, *text)).commands)
        .collect()
}

/// What both rules say where the files of these names are changed.
fn findings_of_change(files: &[(&str, &str)], changed: &[&str]) -> Vec<Finding> {
    let commands = commands(files);
    let changed: BTreeSet<RepoPath> = changed.iter().map(|it| RepoPath::from(*it)).collect();
    let mut findings = deploy_migration::check(&commands, &changed);
    findings.extend(unresolvable_command::check(&commands, &changed));
    findings
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
