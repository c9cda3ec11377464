//! What a fix promises, it does: its finding is gone, and nothing new is found.

use std::collections::BTreeMap;

use sprag::fix::apply;
use sprag::rules::{Edit, Fix, Found, Level, by_name};

use super::{Example, examples};
use crate::sql;

/// The texts of the migrations once a fix is written.
pub(crate) fn fixed(text: &str, fix: &Fix) -> Vec<String> {
    let edits: Vec<&Edit> = fix.edits.iter().collect();
    let mut texts = vec![apply(text, &edits).unwrap()];
    texts.extend(fix.follow.iter().map(|it| it.1.clone()));
    texts
}

/// Every example with each fix that its findings have.
pub(crate) fn fixes() -> Vec<(Example, Found, Fix)> {
    let mut fixes = Vec::new();
    for example in examples().into_iter().filter(Example::is_sql) {
        for found in example.found() {
            let Some(fix) = found.finding.fix.clone() else { continue };
            let (before, text) = (example.before.clone(), example.text.clone());
            let it = Example {
                before,
                text,
                kind: "sql".to_owned(),
                files: Vec::new(),
                printed: None,
                ..example
            };
            fixes.push((it, found, fix));
        }
    }
    fixes
}

fn counts(found: &[Found]) -> BTreeMap<&'static str, usize> {
    let mut counts = BTreeMap::new();
    for it in found {
        *counts.entry(it.rule.name).or_default() += 1;
    }
    counts
}

#[test]
fn a_fix_is_rid_of_its_finding_and_brings_no_other() {
    let mut wrong = Vec::new();
    let fixes = fixes();
    assert!(fixes.iter().any(|it| it.1.rule.name == "table-without-rls"));
    for (example, found, fix) in fixes {
        assert!(!fix.title.is_empty() && !fix.title.ends_with('.'), "{}", example.name());
        if fix.edits.is_empty() && fix.follow.is_empty() {
            continue;
        }
        let texts = fixed(&example.text, &fix);
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let mut allowed = counts(&example.found());
        *allowed.get_mut(found.rule.name).unwrap() -= 1;
        // What only those are told who ask for it may be told of a fix as well.
        let asked = |rule: &str| by_name(rule).is_some_and(|it| it.level == Level::Allow);
        for (rule, count) in counts(&sql::found(&example.before(), &texts)) {
            let more = count > allowed.get(rule).copied().unwrap_or(0);
            if more && (rule == found.rule.name || !asked(rule)) {
                wrong.push(format!(
                    "{}, fixing {}: {count} times {rule} in\n{}",
                    example.name(),
                    found.rule.name,
                    texts.join("\n---\n")
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

const USERS: &str = "create table users (id bigint primary key, age int, name text, owner_id uuid); alter table users enable row level security;";

/// The text of a migration with the fix of one rule in it, and those that follow.
fn mended(rule: &str, text: &str) -> Option<Vec<String>> {
    let found = sql::found(&[USERS], &[text]);
    let finding = found.iter().find(|it| it.rule.name == rule);
    let finding = finding.unwrap_or_else(|| panic!("{rule} is not found in {text}"));
    finding.finding.fix.as_ref().map(|fix| fixed(text, fix))
}

#[test]
fn a_call_is_wrapped_where_it_is_one() {
    let policy = |condition: &str| {
        format!("create policy own on users for select to authenticated using ({condition});")
    };
    for (before, after) in [
        (
            "name <> 'see auth.uid() for it' /* auth.uid() */ and owner_id = auth.uid()",
            "name <> 'see auth.uid() for it' /* auth.uid() */ and owner_id = (select auth.uid())",
        ),
        (
            "owner_id = \"auth\".\"uid\"() and name = current_setting('app.user', true)",
            "owner_id = (select \"auth\".\"uid\"()) and name = (select current_setting('app.user', true))",
        ),
        (
            "owner_id = (select auth.uid()) or owner_id = auth.uid()",
            "owner_id = (select auth.uid()) or owner_id = (select auth.uid())",
        ),
    ] {
        let mended = mended("policy-per-row-call", &policy(before));
        assert_eq!(mended, Some(vec![policy(after)]), "{before}");
    }
    let text = "do $$ begin execute 'create policy own on users for select to authenticated using (name <> ''auth.uid()'' and owner_id = auth.uid())'; end $$;";
    assert_eq!(mended("policy-per-row-call", text), None);
}
