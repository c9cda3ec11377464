//! `policy.toml` from its text, section by section.

mod approvals;
mod exceptions;
mod rules;

use std::collections::BTreeMap;
use std::ops::Range;

use super::catalogue::{Catalogue, meant};
use super::reader::{Reader, listed};
use super::{Approvals, Deploy, Globs, Policy, Preset, Problem, Provider, Target};
use crate::parse::toml::{self, Entry, Kind, Table};
use crate::source::{Source, Span};

/// The version of the format that is read.
const VERSION: i64 = 1;

/// What could be read, and every problem with the rest. A policy that has problems is for nobody to judge by.
pub(super) fn read(source: &Source, catalogue: &Catalogue) -> (Policy, Vec<Problem>) {
    let mut policy = Policy {
        source: source.clone(),
        built_in: false,
        migrations: Globs::default(),
        target: Target::default(),
        deploy: Deploy::default(),
        approvals: Approvals::default(),
        ledger: false,
        dump: None,
        rules: BTreeMap::new(),
        overrides: Vec::new(),
        exceptions: Vec::new(),
        places: BTreeMap::new(),
        catalogue: catalogue.clone(),
        proposed: None,
    };
    let mut reader = Reader { source, problems: Vec::new() };
    match toml::parse(&source.text) {
        Err(errors) => errors.into_iter().for_each(|it| reader.problem(it.range, it.message, "")),
        Ok(document) => {
            if version(&mut reader, &document) {
                sections(&mut reader, &document, &mut policy);
            }
        }
    }
    reader.problems.sort_by_key(|it| it.span.start);
    (policy, reader.problems)
}

/// Whether the rest is worth reading: another version may mean anything by it.
fn version(r: &mut Reader<'_>, document: &Table) -> bool {
    // There has been one version, so a file that names none is of it. `versoin` is told as a key that does not exist.
    let Some(entry) = document.get("version") else { return true };
    if let Kind::Integer(found) = entry.value.kind
        && found > VERSION
    {
        let message = format!(
            "this is version {found} of the format, and this sprag reads version {VERSION}"
        );
        r.problem(entry.value.range.clone(), message, "upgrade sprag");
        return false;
    }
    r.number(entry, VERSION, VERSION);
    true
}

fn sections(r: &mut Reader<'_>, document: &Table, policy: &mut Policy) {
    const KNOWN: [&str; 12] = [
        "version",
        "preset",
        "paths",
        "database",
        "rules",
        "overrides",
        "exceptions",
        "approvals",
        "deploy",
        "forbidden",
        "history",
        "rehearsal",
    ];
    r.only(document, &KNOWN, "a policy");
    // The rules below it are read on top of it.
    let preset = document.get("preset").and_then(|it| preset(r, it));
    policy.catalogue = policy.catalogue.with(preset);
    if let Some(schemas) = preset.and_then(Preset::exposed_schemas) {
        policy.target.exposed_schemas = schemas.iter().map(|&it| it.to_owned()).collect();
    }
    for entry in &document.entries {
        policy.places.insert(entry.key.clone(), entry.key_range.clone());
        match entry.key.as_str() {
            "paths" => paths(r, entry, policy),
            "database" => database(r, entry, &mut policy.target),
            "rules" => policy.rules = rules::rules(r, entry, &policy.catalogue),
            "overrides" => policy.overrides = rules::overrides(r, entry, &policy.catalogue),
            "exceptions" => policy.exceptions = exceptions::exceptions(r, entry, &policy.catalogue),
            "approvals" => policy.approvals = approvals::approvals(r, entry, &policy.catalogue),
            "deploy" => deploy(r, entry, &mut policy.deploy),
            "history" => policy.ledger = history(r, entry),
            "forbidden" => policy.deploy.forbidden = forbidden(r, entry),
            "rehearsal" => policy.dump = dump(r, entry),
            _ => {}
        }
    }
    for (key, place) in
        [("database", "provider"), ("database", "version"), ("database", "exposed-schemas")]
    {
        let found =
            document.get(key).and_then(|it| it.value.as_table()).and_then(|it| it.get(place));
        if let Some(it) = found {
            policy.places.insert(format!("{key}.{place}"), it.key_range.start..it.value.range.end);
        }
    }
}

fn preset(r: &mut Reader<'_>, entry: &Entry) -> Option<Preset> {
    let (name, range) = r.text("preset", &entry.value)?;
    let preset = Preset::from_name(&name);
    if preset.is_none() {
        unknown(r, range, &name, "preset", &Preset::ALL.map(Preset::name));
    }
    preset
}

fn paths(r: &mut Reader<'_>, entry: &Entry, policy: &mut Policy) {
    let Some(table) = r.table(entry) else { return };
    r.only(table, &["migrations"], "`[paths]`");
    let help = "list the globs of your migrations, or remove `[paths]` for the built-in ones";
    if let Some(list) = r.required(table, "migrations", &entry.key_range, help) {
        policy.migrations = globs(r, list);
    }
}

fn globs(r: &mut Reader<'_>, entry: &Entry) -> Globs {
    let mut globs = Vec::new();
    for (text, range) in r.texts(entry) {
        match Globs::check(&text) {
            Ok(()) => globs.push((text, r.span(range))),
            Err(bad) => {
                let message = format!("`{text}` is no glob: {}", bad.message);
                r.problem(range, message, bad.help.unwrap_or_default());
            }
        }
    }
    Globs::new(globs)
}

fn database(r: &mut Reader<'_>, entry: &Entry, target: &mut Target) {
    let Some(table) = r.table(entry) else { return };
    r.only(table, &["provider", "version", "exposed-schemas"], "`[database]`");
    if let Some(it) = table.get("provider")
        && let Some((name, range)) = r.text("provider", &it.value)
    {
        match Provider::from_name(&name) {
            Some(provider) => target.provider = provider,
            None => unknown(r, range, &name, "provider", &Provider::ALL.map(Provider::name)),
        }
    }
    if let Some(it) = table.get("version")
        && let Some(version) = r.number(it, 1, 99)
    {
        target.version = u32::try_from(version).unwrap_or_default();
    }
    if let Some(it) = table.get("exposed-schemas") {
        target.exposed_schemas = r.texts(it).into_iter().map(|it| it.0).collect();
    }
}

fn unknown(r: &mut Reader<'_>, range: Range<usize>, typed: &str, what: &str, known: &[&str]) {
    let help = match meant(typed, known.iter().copied()) {
        Some(name) => format!("did you mean `{name}`?"),
        None if known.len() <= 8 => format!("known are {}", listed(known)),
        None => "`sprag rules` lists them".to_owned(),
    };
    r.problem(range, format!("there is no {what} `{typed}`"), help);
}

fn is_rule(r: &mut Reader<'_>, name: &str, range: Range<usize>, catalogue: &Catalogue) -> bool {
    let names: Vec<&str> = catalogue.names().collect();
    let known = names.contains(&name);
    if !known {
        unknown(r, range, name, "rule", &names);
    }
    known
}

pub(super) fn is_inside(path: &str) -> bool {
    !path.split('/').any(|it| matches!(it, "" | "." | "..")) && !path.contains(['\\', '*', ':'])
}

/// The dump that a rehearsal begins with.
fn dump(r: &mut Reader<'_>, entry: &Entry) -> Option<(String, Span)> {
    let table = r.table(entry)?;
    r.only(table, &["baseline"], "`[rehearsal]`");
    let (path, range) = r.text("baseline", &table.get("baseline")?.value)?;
    if !is_inside(&path) {
        let message = format!("`{path}` is no path inside the repository");
        r.problem(range, message, "write `db/baseline.sql`, as `pg_dump -s` made it");
        return None;
    }
    Some((path, r.span(range)))
}

fn deploy(r: &mut Reader<'_>, entry: &Entry, deploy: &mut Deploy) {
    let Some(table) = r.table(entry) else { return };
    r.only(table, &["allow", "local-scripts", "rehearsals"], "`[deploy]`");
    deploy.allow = table.get("allow").map(|it| placed(r, it));
    deploy.local_scripts = table.get("local-scripts").map(|it| placed(r, it)).unwrap_or_default();
    // An empty list is nothing forgotten: then no workflow may.
    let rehearsals = table.get("rehearsals").map(|it| match it.value.as_array() {
        Some([]) => Globs::default(),
        _ => globs(r, it),
    });
    deploy.rehearsals = rehearsals.into_iter().collect();
}

fn history(r: &mut Reader<'_>, entry: &Entry) -> bool {
    let Some(table) = r.table(entry) else { return false };
    r.only(table, &["ledger"], "`[history]`");
    let Some(it) = table.get("ledger") else { return false };
    if let Kind::Bool(it) = it.value.kind {
        return it;
    }
    r.wrong_type("ledger", &it.value, "`true` or `false`", "write it without quotes");
    false
}

fn placed(r: &mut Reader<'_>, entry: &Entry) -> Vec<(String, Span)> {
    let texts = r.texts(entry);
    texts.into_iter().map(|(text, range)| (text, r.span(range))).collect()
}

/// Commands that are refused besides those that always are.
fn forbidden(r: &mut Reader<'_>, entry: &Entry) -> Vec<(String, Span)> {
    let commands = placed(r, entry);
    for (command, span) in &commands {
        // One word alone would refuse everything a program does.
        if command.split_whitespace().nth(1).is_none() {
            let message = format!("`{command}` is a program, and a command has further words");
            r.problem(span.range(), message, "write it out, as `prisma migrate deploy`");
        }
    }
    commands
}
