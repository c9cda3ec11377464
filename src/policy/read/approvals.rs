//! `[approvals]`, with its roles and rules.

use std::collections::BTreeMap;

use super::super::approvals::{Approvals, Asked, POLICY_CHANGE};
use super::super::catalogue::Catalogue;
use super::super::reader::Reader;
use super::{is_rule, unknown};
use crate::parse::toml::{Entry, Kind, Table};

/// Nobody waits for more people, or longer.
const MOST_PEOPLE: i64 = 50;
const MOST_DAYS: i64 = 3650;

const KNOWN: [&str; 9] = [
    "signers",
    "namespace",
    "repo",
    "longest-days",
    "distinct",
    "branches-may-wait",
    "threshold",
    "roles",
    "rules",
];

pub(super) fn approvals(r: &mut Reader<'_>, entry: &Entry, catalogue: &Catalogue) -> Approvals {
    let mut approvals = Approvals::default();
    let Some(table) = r.table(entry) else { return approvals };
    r.only(table, &KNOWN, "`[approvals]`");
    if let Some(path) = table.get("signers").and_then(|it| signers(r, it)) {
        approvals.signers = path;
    }
    if let Some(name) = table.get("namespace").and_then(|it| word(r, it, "namespace", b"@._-")) {
        approvals.namespace = name;
    }
    approvals.repo = table.get("repo").and_then(|it| word(r, it, "repository", b"@._-/:"));
    let days = table.get("longest-days").and_then(|it| r.number(it, 1, MOST_DAYS));
    approvals.longest_days = days.and_then(|it| u32::try_from(it).ok());
    if let Some(it) = table.get("distinct").and_then(|it| yes_or_no(r, it)) {
        approvals.distinct = it;
    }
    if let Some(it) = table.get("branches-may-wait").and_then(|it| yes_or_no(r, it)) {
        approvals.branches_may_wait = it;
    }
    if let Some(it) = table.get("threshold").and_then(|it| threshold(r, it)) {
        approvals.threshold = it;
    }
    approvals.roles = table.get("roles").map(|it| roles(r, it)).unwrap_or_default();
    if let Some(it) = table.get("rules") {
        approvals.rules = rules(r, it, &approvals.roles, catalogue);
    }
    all_used(r, table, &approvals);
    enough(r, table, &approvals);
    approvals
}

/// What asks for more people than there are lets nothing pass, ever.
fn enough(r: &mut Reader<'_>, table: &Table, approvals: &Approvals) {
    let Some(rules) = table.get("rules").and_then(|it| it.value.as_table()) else { return };
    for entry in &rules.entries {
        let rule = entry.key.as_str();
        let (Some(people), wanted) = (approvals.people(rule), approvals.threshold(rule)) else {
            continue;
        };
        let role = approvals.role(rule).unwrap_or_default();
        // Where the role could not be read, that is told already.
        if !people.is_empty() && people.len() < wanted {
            let message =
                format!("`{rule}` asks for {wanted} people, and `{role}` has {}", people.len());
            let help = if rule == POLICY_CHANGE {
                "changing the policy takes as many people as its strictest rule: name more of them"
            } else {
                "name more people, or ask for fewer"
            };
            r.problem(entry.key_range.clone(), message, help);
        }
    }
}

fn yes_or_no(r: &mut Reader<'_>, entry: &Entry) -> Option<bool> {
    if let Kind::Bool(said) = entry.value.kind {
        return Some(said);
    }
    r.wrong_type(&entry.key, &entry.value, "`true` or `false`", "write it without quotes");
    None
}

fn signers(r: &mut Reader<'_>, entry: &Entry) -> Option<String> {
    let (path, range) = r.text("signers", &entry.value)?;
    if super::is_inside(&path) {
        return Some(path);
    }
    let message = format!("`{path}` is no path inside the repository");
    r.problem(range, message, "write `.sprag/allowed_signers`");
    None
}

/// One word of letters, digits and these signs.
fn word(r: &mut Reader<'_>, entry: &Entry, what: &str, signs: &[u8]) -> Option<String> {
    let (name, range) = r.text(&entry.key, &entry.value)?;
    if name.bytes().all(|it| it.is_ascii_alphanumeric() || signs.contains(&it)) {
        return Some(name);
    }
    let signs: Vec<String> = signs.iter().map(|it| format!("`{}`", char::from(*it))).collect();
    let help = format!("use letters, digits and {}", signs.join(" "));
    r.problem(range, format!("`{name}` cannot be a {what}"), help);
    None
}

fn threshold(r: &mut Reader<'_>, entry: &Entry) -> Option<usize> {
    r.number(entry, 1, MOST_PEOPLE).and_then(|it| usize::try_from(it).ok())
}

fn roles(r: &mut Reader<'_>, entry: &Entry) -> BTreeMap<String, Vec<String>> {
    let Some(table) = r.table(entry) else { return BTreeMap::new() };
    let mut roles = BTreeMap::new();
    for entry in &table.entries {
        let people = r.texts(entry).into_iter().map(|it| it.0).collect();
        roles.insert(entry.key.clone(), people);
    }
    roles
}

fn rules(
    r: &mut Reader<'_>,
    entry: &Entry,
    roles: &BTreeMap<String, Vec<String>>,
    catalogue: &Catalogue,
) -> BTreeMap<String, Asked> {
    let Some(table) = r.table(entry) else { return BTreeMap::new() };
    let mut rules = BTreeMap::new();
    for entry in &table.entries {
        if entry.key != POLICY_CHANGE && !is_rule(r, &entry.key, entry.key_range.clone(), catalogue)
        {
            continue;
        }
        if entry.key == "policy-tampered" {
            let help = "write `policy-change`, which is what such an approval names";
            r.problem(entry.key_range.clone(), "nobody approves tampering", help);
            continue;
        }
        rules.insert(entry.key.clone(), asked(r, entry, roles));
    }
    if !table.entries.is_empty() && !rules.contains_key(POLICY_CHANGE) {
        // Else anybody on the list could sign for a policy in which they may sign for anything.
        let help = "say who may change the policy itself: `policy-change = \"...\"`";
        r.missing(entry.key_range.clone(), POLICY_CHANGE, help);
    }
    rules
}

fn asked(r: &mut Reader<'_>, entry: &Entry, roles: &BTreeMap<String, Vec<String>>) -> Asked {
    let mut asked = Asked::default();
    match &entry.value.kind {
        Kind::String(_) => asked.role = role(r, entry, roles),
        Kind::Table(table) => {
            r.only(table, &["role", "threshold"], &format!("`{}`", entry.key));
            if table.entries.is_empty() {
                let message = format!("`{}` is empty", entry.key);
                r.problem(entry.value.range.clone(), message, "name a role, or a threshold");
            }
            let named = table.get("role").and_then(|it| role(r, it, roles));
            asked.role = named;
            asked.threshold = table.get("threshold").and_then(|it| threshold(r, it));
        }
        _ => {
            let help = format!("write `{} = \"owner\"`, or `{{ threshold = 2 }}`", entry.key);
            r.wrong_type(&entry.key, &entry.value, "a role", help);
        }
    }
    asked
}

fn role(
    r: &mut Reader<'_>,
    entry: &Entry,
    roles: &BTreeMap<String, Vec<String>>,
) -> Option<String> {
    let (name, range) = r.text(&entry.key, &entry.value)?;
    if roles.contains_key(&name) {
        return Some(name);
    }
    let known: Vec<&str> = roles.keys().map(String::as_str).collect();
    if known.is_empty() {
        let help =
            format!("name its people: `{name} = [\"ceo@example.com\"]` under `[approvals.roles]`");
        r.problem(range, format!("there is no role `{name}`"), help);
    } else {
        unknown(r, range, &name, "role", &known);
    }
    None
}

/// A role that nothing asks for was meant for something.
fn all_used(r: &mut Reader<'_>, table: &Table, approvals: &Approvals) {
    let Some(roles) = table.get("roles").and_then(|it| it.value.as_table()) else { return };
    for entry in &roles.entries {
        let used = approvals.rules.values().any(|it| it.role.as_ref() == Some(&entry.key));
        if !used {
            let message = format!("no rule asks for the role `{}`", entry.key);
            let help = "name it under `[approvals.rules]`, or remove it";
            r.problem(entry.key_range.clone(), message, help);
        }
    }
}
