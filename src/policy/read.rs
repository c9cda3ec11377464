//! `policy.toml` from its text, section by section.

use std::collections::BTreeMap;
use std::ops::Range;

use super::catalogue::{Catalogue, meant};
use super::reader::{Reader, listed};
use super::settings::{Exception, Override, RuleEntry};
use super::{Approvals, Date, Deploy, Globs, Pattern, Policy, Problem, Provider, Target};
use crate::parse::toml::{self, Entry, Kind, Table};
use crate::rules::Level;
use crate::source::Source;

/// The version of the format that is read.
const VERSION: i64 = 1;

/// What could be read, and every problem with the rest. A policy that has problems is for nobody to judge by.
pub(super) fn read(
    source: &Source,
    catalogue: &Catalogue,
    default_paths: &Globs,
) -> (Policy, Vec<Problem>) {
    let mut policy = Policy {
        source: source.clone(),
        built_in: false,
        migrations: default_paths.clone(),
        target: Target::default(),
        deploy: Deploy::default(),
        approvals: Approvals::default(),
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
    let Some(entry) = document.get("version") else {
        // `versoin` is told as a key that does not exist.
        if document.entries.iter().all(|it| meant(&it.key, ["version"]).is_none()) {
            r.missing(0..0, "version", format!("begin the file with `version = {VERSION}`"));
        }
        return true;
    };
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
    const KNOWN: [&str; 8] =
        ["version", "paths", "database", "rules", "overrides", "exceptions", "approvals", "deploy"];
    r.only(document, &KNOWN, "a policy");
    for entry in &document.entries {
        policy.places.insert(entry.key.clone(), entry.key_range.clone());
        match entry.key.as_str() {
            "paths" => paths(r, entry, policy),
            "database" => database(r, entry, &mut policy.target),
            "rules" => policy.rules = rules(r, entry, &policy.catalogue),
            "overrides" => policy.overrides = overrides(r, entry, &policy.catalogue),
            "exceptions" => policy.exceptions = exceptions(r, entry, &policy.catalogue),
            "approvals" => approvals(r, entry, &mut policy.approvals),
            "deploy" => deploy(r, entry, &mut policy.deploy),
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

fn paths(r: &mut Reader<'_>, entry: &Entry, policy: &mut Policy) {
    let Some(table) = r.table(entry) else { return };
    r.only(table, &["migrations"], "`[paths]`");
    match table.get("migrations") {
        Some(list) => policy.migrations = globs(r, list),
        None => {
            let help =
                "list the globs of your migrations, or remove `[paths]` for the built-in ones";
            r.missing(entry.key_range.clone(), "migrations", help);
        }
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

fn unknown(
    r: &mut Reader<'_>,
    range: Range<usize>,
    typed: &str,
    what: &str,
    known: &[&'static str],
) {
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

fn rules(r: &mut Reader<'_>, entry: &Entry, catalogue: &Catalogue) -> BTreeMap<String, RuleEntry> {
    let Some(table) = r.table(entry) else { return BTreeMap::new() };
    let mut rules = BTreeMap::new();
    for entry in &table.entries {
        let known = is_rule(r, &entry.key, entry.key_range.clone(), catalogue);
        let rule = rule(r, entry, catalogue.level(&entry.key));
        if known {
            rules.insert(entry.key.clone(), rule);
        }
    }
    rules
}

fn rule(r: &mut Reader<'_>, entry: &Entry, default: Level) -> RuleEntry {
    let range = entry.key_range.start..entry.value.range.end.max(entry.key_range.end);
    let mut rule = RuleEntry { level: default, reason: None, exempt: Vec::new(), range };
    match &entry.value.kind {
        Kind::String(_) => rule.level = level(r, entry).unwrap_or(default),
        Kind::Table(table) => {
            // A table under its own header ends nowhere near its header.
            rule.range = if r
                .source
                .text
                .get(entry.value.range.clone())
                .is_some_and(|it| it.starts_with('{'))
            {
                rule.range
            } else {
                entry.key_range.clone()
            };
            r.only(table, &["level", "reason", "exempt"], &format!("`{}`", entry.key));
            if table.entries.is_empty() {
                r.problem(
                    entry.value.range.clone(),
                    format!("`{}` is empty", entry.key),
                    "write its level",
                );
            }
            if let Some(it) = table.get("level") {
                rule.level = level(r, it).unwrap_or(default);
            }
            if let Some(it) = table.get("reason") {
                rule.reason = r.text("reason", &it.value).map(|it| it.0);
            }
            if let Some(it) = table.get("exempt") {
                rule.exempt = exempt(r, it, &entry.key);
            }
        }
        _ => {
            let help = format!("write `{} = \"{}\"`", entry.key, default.name());
            r.wrong_type(&entry.key, &entry.value, "a level", help);
        }
    }
    rule
}

fn level(r: &mut Reader<'_>, entry: &Entry) -> Option<Level> {
    let (name, range) = r.text(&entry.key, &entry.value)?;
    let level = Level::ALL.into_iter().find(|it| it.name() == name);
    if level.is_none() {
        unknown(r, range, &name, "level", &Level::ALL.map(Level::name));
    }
    level
}

fn exempt(r: &mut Reader<'_>, entry: &Entry, rule: &str) -> Vec<Pattern> {
    let mut patterns = Vec::new();
    for (text, range) in r.texts(entry) {
        let pattern = Pattern { text, range };
        if pattern.is_everything() {
            let help = format!("write `{rule} = \"allow\"`, which says so");
            r.problem(pattern.range, format!("`{rule}` exempts everything"), help);
        } else {
            patterns.push(pattern);
        }
    }
    patterns
}

fn overrides(r: &mut Reader<'_>, entry: &Entry, catalogue: &Catalogue) -> Vec<Override> {
    let mut overrides = Vec::new();
    for (table, range) in r.tables(entry) {
        r.only(table, &["paths", "rules"], "`[[overrides]]`");
        let paths = match table.get("paths") {
            Some(it) => globs(r, it),
            None => {
                r.missing(range.clone(), "paths", "list the globs that this is for");
                Globs::default()
            }
        };
        let rules = match table.get("rules") {
            Some(it) => {
                let found = rules(r, it, catalogue);
                if it.value.as_table().is_some_and(|it| it.entries.is_empty()) {
                    r.problem(
                        it.key_range.clone(),
                        "`rules` is empty",
                        "name a rule and its level",
                    );
                }
                found
            }
            None => {
                r.missing(range, "rules", "name rules and levels under `[overrides.rules]`");
                BTreeMap::new()
            }
        };
        overrides.push(Override { paths, rules });
    }
    overrides
}

fn exceptions(r: &mut Reader<'_>, entry: &Entry, catalogue: &Catalogue) -> Vec<Exception> {
    let mut exceptions: Vec<Exception> = Vec::new();
    for (table, range) in r.tables(entry) {
        let Some(exception) = exception(r, table, &range, catalogue) else { continue };
        if exceptions.iter().any(|it| it.same_ground(&exception)) {
            let message = format!(
                "there is an exception of `{}` for `{}` already",
                exception.rule, exception.subject.text
            );
            r.problem(range, message, "remove one of the two");
        } else {
            exceptions.push(exception);
        }
    }
    exceptions
}

fn exception(
    r: &mut Reader<'_>,
    table: &Table,
    range: &Range<usize>,
    catalogue: &Catalogue,
) -> Option<Exception> {
    r.only(table, &["rule", "subject", "reason", "until", "paths"], "`[[exceptions]]`");
    let needed = |r: &mut Reader<'_>, key: &str, help: &str| match table.get(key) {
        Some(it) => r.text(key, &it.value),
        None => {
            r.missing(range.clone(), key, help);
            None
        }
    };
    let rule = needed(r, "rule", "name the rule that this excuses");
    let subject = needed(r, "subject", "say what is excused, such as `public.users.email`");
    let reason = needed(r, "reason", "say why, for those who read it in a year");
    let paths = table.get("paths").map(|it| globs(r, it));
    let until = match table.get("until") {
        Some(it) => Some(until(r, it)?),
        None => None,
    };
    let (rule, subject) = (rule?, subject?);
    if !is_rule(r, &rule.0, rule.1, catalogue) {
        return None;
    }
    let subject = Pattern { text: subject.0, range: subject.1 };
    if subject.is_everything() && paths.is_none() {
        let help = format!("write `{} = \"allow\"` under `[rules]`, which says so", rule.0);
        r.problem(subject.range, "this excuses everything", help);
        return None;
    }
    Some(Exception {
        rule: rule.0,
        subject,
        reason: reason?.0,
        until,
        paths,
        span: r.span(range.clone()),
    })
}

fn until(r: &mut Reader<'_>, entry: &Entry) -> Option<Date> {
    if let Kind::Date { year, month, day } = entry.value.kind {
        let date = Date::new(year, month, day);
        if date.is_none() {
            r.problem(entry.value.range.clone(), "there is no such day", "");
        }
        return date;
    }
    let help = match &entry.value.kind {
        Kind::String(_) => "write it without quotes: `until = 2027-06-30`",
        _ => "write it like this: `until = 2027-06-30`",
    };
    r.wrong_type("until", &entry.value, "a date", help);
    None
}

fn approvals(r: &mut Reader<'_>, entry: &Entry, approvals: &mut Approvals) {
    let Some(table) = r.table(entry) else { return };
    r.only(table, &["signers", "namespace"], "`[approvals]`");
    if let Some(it) = table.get("signers")
        && let Some((path, range)) = r.text("signers", &it.value)
    {
        if path.split('/').any(|it| matches!(it, "" | "." | ".."))
            || path.contains(['\\', '*', ':'])
        {
            r.problem(
                range,
                format!("`{path}` is no path inside the repository"),
                "write `.sprag/allowed_signers`",
            );
        } else {
            approvals.signers = path;
        }
    }
    if let Some(it) = table.get("namespace")
        && let Some((name, range)) = r.text("namespace", &it.value)
    {
        if name.bytes().all(|it| it.is_ascii_alphanumeric() || b"@._-".contains(&it)) {
            approvals.namespace = name;
        } else {
            r.problem(
                range,
                format!("`{name}` cannot be a namespace"),
                "use letters, digits, `-`, `.`, `_` and `@`",
            );
        }
    }
}

fn deploy(r: &mut Reader<'_>, entry: &Entry, deploy: &mut Deploy) {
    let Some(table) = r.table(entry) else { return };
    r.only(table, &["allow", "local-scripts"], "`[deploy]`");
    if let Some(it) = table.get("allow") {
        deploy.allow = Some(r.texts(it));
    }
    if let Some(it) = table.get("local-scripts") {
        deploy.local_scripts = r.texts(it);
    }
}
