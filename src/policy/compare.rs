//! Which of two policies lets more pass, and where.

use std::collections::BTreeSet;
use std::ops::Range;

use super::settings::RuleEntry;
use super::{Deploy, Globs, Policy, Target};
use crate::rules::Level;
use crate::source::Span;

/// One thing that a proposed policy lets pass and the trusted one does not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Weakening {
    /// `drop-table: deny -> warn`.
    pub text: String,
    /// The line of the proposed policy, or the section where a line is gone.
    pub span: Span,
}

pub(super) fn weakenings(trusted: &Policy, proposed: &Policy) -> Vec<Weakening> {
    let mut found = Found { proposed, list: Vec::new() };
    if trusted.source.text == proposed.source.text {
        return found.list;
    }
    let rules: BTreeSet<&str> =
        trusted.catalogue.names().chain(proposed.catalogue.names()).collect();
    for rule in rules {
        levels(&mut found, trusted, rule);
    }
    paths(&mut found, trusted);
    facts(&mut found, &trusted.target);
    exceptions(&mut found, trusted);
    deploy(&mut found, &trusted.deploy);
    approvals(&mut found, trusted);
    if proposed.ledger && !trusted.ledger {
        let text = "history: what the ledger does not list may be edited and removed".to_owned();
        found.at_section(text, "history");
    }
    found.list
}

struct Found<'p> {
    proposed: &'p Policy,
    list: Vec<Weakening>,
}

impl Found<'_> {
    fn push(&mut self, text: String, span: Span) {
        let weakening = Weakening { text, span };
        if !self.list.contains(&weakening) {
            self.list.push(weakening);
        }
    }

    fn at_section(&mut self, text: String, key: &str) {
        self.push(text, self.proposed.place(key));
    }

    fn at(&mut self, text: String, range: Range<usize>) {
        self.push(text, self.proposed.span(range));
    }
}

/// Compared wherever the globs of overrides can match together.
fn levels(found: &mut Found<'_>, trusted: &Policy, rule: &str) {
    let globs: Vec<String> = override_globs(trusted, rule)
        .union(&override_globs(found.proposed, rule))
        .cloned()
        .collect();
    let mut told = BTreeSet::new();
    for matched in together(&globs) {
        let matches = |glob: &str| matched.iter().any(|&at| globs[at] == glob);
        let before = entry(trusted, rule, &matches);
        let after = entry(found.proposed, rule, &matches);
        let place = |it: Option<&RuleEntry>| it.map(|it| it.range.start);
        if told.insert((place(before), place(after))) {
            let here = if matched.is_empty() {
                String::new()
            } else {
                format!(" in {}", listed(&globs, &matched))
            };
            compare(found, trusted, rule, &here, (before, after));
        }
    }
}

/// The fewest globs that a path can match which matches these two, for every two: a wider glob comes with a narrower
/// one. In each of the policies one override counts for a path, by one of its globs, so that no more than two decide.
fn together(globs: &[String]) -> Vec<Vec<usize>> {
    let span = || Span::file("".into());
    let sets: Vec<Globs> = globs.iter().map(|it| Globs::new(vec![(it.clone(), span())])).collect();
    let all = 0..globs.len();
    let above: Vec<BTreeSet<usize>> = all
        .clone()
        .map(|at| all.clone().filter(|&wide| wide == at || sets[wide].cover(&globs[at])).collect())
        .collect();
    let mut found = BTreeSet::from([Vec::new()]);
    for one in all.clone() {
        for other in one..globs.len() {
            found.insert(above[one].union(&above[other]).copied().collect());
        }
    }
    let mut found: Vec<Vec<usize>> = found.into_iter().collect();
    found.sort_by_key(Vec::len);
    found
}

/// What counts for paths that match these globs and no others.
fn entry<'p>(
    policy: &'p Policy,
    rule: &str,
    matches: &impl Fn(&str) -> bool,
) -> Option<&'p RuleEntry> {
    let overrides = policy.overrides.iter().rev().filter(|it| it.rules.contains_key(rule));
    let here = { overrides }.find(|it| it.paths.patterns().any(|(glob, _)| matches(glob)));
    here.map_or(&policy.rules, |it| &it.rules).get(rule)
}

fn override_globs(policy: &Policy, rule: &str) -> BTreeSet<String> {
    let overrides = policy.overrides.iter().filter(|it| it.rules.contains_key(rule));
    overrides.flat_map(|it| it.paths.patterns().map(|it| it.0.to_owned())).collect()
}

fn listed(globs: &[String], matched: &[usize]) -> String {
    matched.iter().map(|&at| format!("`{}`", globs[at])).collect::<Vec<_>>().join(" and ")
}

fn compare(
    found: &mut Found<'_>,
    trusted: &Policy,
    rule: &str,
    here: &str,
    (before, after): (Option<&RuleEntry>, Option<&RuleEntry>),
) {
    let level = |policy: &Policy, it: Option<&RuleEntry>| {
        it.map_or(policy.catalogue.level(rule), |it| it.level)
    };
    let (from, to) = (level(trusted, before), level(found.proposed, after));
    if to < from {
        let by_preset = found.proposed.catalogue.preset_level(rule).is_some();
        let default = match after {
            Some(_) => "",
            None if by_preset => ", by the preset",
            None => ", its default",
        };
        let text = format!("{rule}{here}: {} -> {}{default}", from.name(), to.name());
        match after {
            Some(it) => found.at(text, it.range.clone()),
            None => found.at_section(text, if by_preset { "preset" } else { "rules" }),
        }
    }
    if from == Level::Allow {
        return;
    }
    for pattern in after.iter().flat_map(|it| &it.exempt) {
        if !before.is_some_and(|it| it.exempt.iter().any(|it| it.covers(pattern))) {
            found.at(format!("{rule}{here}: exempts `{}`", pattern.text), pattern.range.clone());
        }
    }
}

fn paths(found: &mut Found<'_>, trusted: &Policy) {
    for (glob, _) in trusted.migrations.patterns() {
        if !found.proposed.migrations.cover(glob) {
            found.at_section(format!("migrations: `{glob}` is not judged any more"), "paths");
        }
    }
}

fn facts(found: &mut Found<'_>, before: &Target) {
    let after = &found.proposed.target;
    if before.provider != after.provider {
        found.at_section(
            format!("database: {} -> {}", before.provider, after.provider),
            "database.provider",
        );
    }
    if before.version < after.version {
        // A later server allows more without a lock or a rewrite.
        let text = format!("database: version {} -> {}", before.version, after.version);
        found.at_section(text, "database.version");
    }
    for schema in before.exposed_schemas.iter().filter(|it| !after.exposed_schemas.contains(it)) {
        found
            .at_section(format!("exposed-schemas: `{schema}` is gone"), "database.exposed-schemas");
    }
}

fn exceptions(found: &mut Found<'_>, trusted: &Policy) {
    for exception in &found.proposed.exceptions {
        if trusted.exceptions.iter().any(|it| it.covers(exception)) {
            continue;
        }
        let (rule, subject) = (&exception.rule, &exception.subject.text);
        let until = exception.until.map(|it| format!(" until {it}")).unwrap_or_default();
        let text = if trusted.exceptions.iter().any(|it| it.same_ground(exception)) {
            let until = if until.is_empty() { " without an end" } else { &until };
            format!("{rule}: the exception for `{subject}` now holds{until}")
        } else {
            let globs =
                exception.paths.iter().flat_map(Globs::patterns).map(|it| format!("`{}`", it.0));
            let globs = globs.collect::<Vec<_>>().join(", ");
            let place = if globs.is_empty() { globs } else { format!(" in {globs}") };
            format!("{rule}: an exception for `{subject}`{place}{until}")
        };
        found.list.push(Weakening { text, span: exception.span.clone() });
    }
}

fn deploy(found: &mut Found<'_>, before: &Deploy) {
    let after = &found.proposed.deploy;
    match (&before.allow, &after.allow) {
        (Some(_), None) => found.at_section("deploy: `allow` is gone".to_owned(), "deploy"),
        (Some(_), Some(list)) => {
            for (command, span) in list.iter().filter(|it| !before.allows(&it.0)) {
                found.push(format!("deploy: allows `{command}`"), span.clone());
            }
        }
        (None, _) => {}
    }
    for (name, span) in after.local_scripts.iter().filter(|it| !before.is_local_script(&it.0)) {
        found.push(format!("deploy: takes the script `{name}` for local"), span.clone());
    }
    let known = |glob: &str| before.rehearsals.iter().all(|it| it.cover(glob));
    for (glob, span) in after.rehearsals.iter().flat_map(Globs::patterns).filter(|it| !known(it.0))
    {
        let text = format!("deploy: `{glob}` may migrate a database of its own");
        found.push(text, span.clone());
    }
    for (command, _) in &before.forbidden {
        if !after.forbidden.iter().any(|it| it.0 == *command) {
            found.at_section(format!("forbidden: `{command}` is gone"), "forbidden");
        }
    }
}

fn approvals(found: &mut Found<'_>, trusted: &Policy) {
    for text in found.proposed.approvals.weaker_than(&trusted.approvals) {
        found.at_section(format!("approvals: {text}"), "approvals");
    }
}

pub(super) fn stricter_target(trusted: &Target, proposed: &Target) -> Target {
    let mut target = trusted.clone();
    target.version = target.version.min(proposed.version);
    for schema in &proposed.exposed_schemas {
        if !target.exposed_schemas.contains(schema) {
            target.exposed_schemas.push(schema.clone());
        }
    }
    target
}

pub(super) fn stricter_deploy(trusted: &Deploy, proposed: &Deploy) -> Deploy {
    let allow = match (&trusted.allow, &proposed.allow) {
        (Some(list), _) => Some(list.iter().filter(|it| proposed.allows(&it.0)).cloned().collect()),
        (None, other) => other.clone(),
    };
    let local_scripts = trusted
        .local_scripts
        .iter()
        .filter(|it| proposed.is_local_script(&it.0))
        .cloned()
        .collect();
    let rehearsals = trusted.rehearsals.iter().chain(&proposed.rehearsals).cloned().collect();
    let mut forbidden = trusted.forbidden.clone();
    forbidden.extend(proposed.forbidden.iter().cloned());
    Deploy { allow, local_scripts, rehearsals, forbidden }
}
