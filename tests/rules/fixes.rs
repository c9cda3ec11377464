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

#[test]
fn a_constraint_that_does_not_last_is_not_validated_later() {
    let add = "alter table users add constraint age_ok check (age >= 0);";
    let rule = "check-validated-at-once";
    assert!(mended(rule, add).is_some());
    for more in [
        "alter table users rename constraint age_ok to age_fine;",
        "alter table users drop constraint age_ok;",
        "alter table users drop column age;",
        "alter table users rename to people;",
    ] {
        assert_eq!(mended(rule, &format!("{add}\n{more}")), None, "{more}");
    }
}

#[test]
fn a_statement_is_not_moved_out_of_the_reach_of_its_settings() {
    let index = "alter table users add nick text; create index users_age on users (age);";
    let rule = "index-without-concurrently";
    assert!(mended(rule, index).is_some());
    for set in ["set search_path = public, private;", "set role postgres;"] {
        assert_eq!(mended(rule, &format!("{set}\n{index}")), None, "{set}");
    }
}

#[test]
fn a_function_keeps_the_path_that_its_file_has_set() {
    let function = "create function f() returns int language sql security definer as 'select 1';";
    let rule = "definer-without-search-path";
    assert!(mended(rule, function).is_some());
    assert_eq!(mended(rule, &format!("set search_path = private, public;\n{function}")), None);
}

#[test]
fn a_table_of_a_branch_is_closed_where_it_is_there() {
    let text = "do $$ begin if now() > '2020-01-01' then create table public.logs (id bigint); end if; end $$;";
    let mended = mended("table-without-rls", text).unwrap();
    assert!(
        mended[0].ends_with("$$;\nalter table if exists public.logs enable row level security;")
    );
}

#[test]
fn an_owner_is_a_user() {
    let rule = "table-without-rls";
    let table = |key: &str| {
        format!("/* auth.uid() */ create table todos (id bigint, user_id uuid references {key});")
    };
    assert!(mended(rule, &table("auth.users (id)")).unwrap()[0].contains("create policy"));
    assert!(!mended(rule, &table("users (id)")).unwrap()[0].contains("create policy"));
}

#[test]
fn a_transaction_ends_behind_the_last_comment() {
    assert_eq!(
        mended("begin-without-commit", "begin;\nalter table users add nick text -- new\n"),
        Some(vec!["begin;\nalter table users add nick text; -- new\ncommit;\n".to_owned()])
    );
    assert_eq!(
        mended("begin-without-commit", "begin;\nalter table users add nick text"),
        Some(vec!["begin;\nalter table users add nick text;\ncommit;".to_owned()])
    );
}

#[test]
fn drizzle_keeps_its_own_transaction() {
    let text = "begin;--> statement-breakpoint\nalter table users add nick text;--> statement-breakpoint\nalter table users add city text;";
    let wanted = text.strip_prefix("begin;--> statement-breakpoint\n").unwrap().to_owned();
    assert_eq!(mended("begin-without-commit", text), Some(vec![wanted]));
}
