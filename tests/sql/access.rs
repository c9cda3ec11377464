//! What becomes of policies, views, functions and privileges.

use sprag::rules;
use sprag::schema::{Catalog, Policy, Routine, Table, TableName};

use super::{database, hits};

const NOTES: &str = "create table notes (id bigint primary key, owner_id uuid, shared boolean);
    alter table notes enable row level security;
    create policy own on notes using (owner_id = auth.uid());";

fn table(catalog: &Catalog, name: &str) -> Table {
    catalog.table(&TableName::new("public", name)).unwrap().into_owned()
}

fn policy(catalog: &Catalog, name: &str) -> Option<Policy> {
    table(catalog, "notes").policies.get(name).cloned()
}

fn routine(past: &[&str], name: &str) -> Option<Routine> {
    database(past).routine(&TableName::new("public", name)).map(std::borrow::Cow::into_owned)
}

#[test]
fn an_altered_policy_keeps_what_the_statement_does_not_say() {
    let after = database(&[NOTES, "alter policy own on notes to authenticated"]);
    let own = policy(&after, "own").unwrap();
    assert_eq!(own.roles, ["authenticated"]);
    assert_eq!(own.using.unwrap().text, "owner_id = auth.uid()");
}

#[test]
fn a_policy_without_a_role_is_for_everyone() {
    assert_eq!(policy(&database(&[NOTES]), "own").unwrap().roles, ["public"]);
}

#[test]
fn a_policy_goes_with_its_table_its_name_and_its_columns() {
    let renamed = database(&[NOTES, "alter policy own on notes rename to owners"]);
    assert!(policy(&renamed, "own").is_none() && policy(&renamed, "owners").is_some());
    let column = database(&[NOTES, "alter table notes rename owner_id to user_id"]);
    assert_eq!(policy(&column, "own").unwrap().using.unwrap().columns, ["user_id"]);
    let dropped = database(&[NOTES, "alter table notes drop column owner_id cascade"]);
    assert!(policy(&dropped, "own").is_none());
    let moved = database(&[NOTES, "alter table notes rename to texts"]);
    assert!(table(&moved, "texts").policies.contains_key("own"));
}

#[test]
fn what_a_transaction_takes_back_is_no_policy() {
    let after = database(&[NOTES, "begin; drop policy own on notes; rollback;"]);
    assert!(policy(&after, "own").is_some());
}

#[test]
fn a_policy_that_may_restrict_restricts_nobody() {
    let text = "do $$ begin if true then
        create policy narrow on notes as restrictive using (shared); end if; end $$";
    assert!(policy(&database(&[NOTES, text]), "narrow").is_none());
}

#[test]
fn a_view_reads_what_its_query_names_under_whatever_name_it_has() {
    let view = "create view texts as with x as (select 1) select * from notes, x, private.queue";
    let reads = |past: &[&str]| -> Vec<String> {
        table(&database(past), "texts").reads.iter().map(ToString::to_string).collect()
    };
    assert_eq!(reads(&[NOTES, view]), ["public.notes", "private.queue"]);
    let renamed = "alter table notes rename to papers";
    assert_eq!(reads(&[NOTES, view, renamed]), ["public.papers", "private.queue"]);
}

#[test]
fn security_invoker_is_what_the_last_statement_says() {
    let on = |past: &[&str]| table(&database(past), "texts").security_invoker;
    let view = "create view texts with (security_invoker) as select 1 as id";
    assert!(on(&[view]));
    assert!(on(&["create view texts with (security_invoker = 'ON') as select 1 as id"]));
    assert!(!on(&["create view texts with (security_invoker = false) as select 1 as id"]));
    assert!(!on(&[view, "create or replace view texts as select 1 as id"]));
    assert!(!on(&[view, "alter view texts reset (security_invoker)"]));
    assert!(!on(&[view, "alter table texts set (security_invoker = off)"]));
    assert!(on(&[
        "create view texts as select 1 as id",
        "alter view texts set (security_invoker)"
    ]));
    let perhaps =
        "do $$ begin if true then alter view texts set (security_invoker); end if; end $$";
    assert!(!on(&["create view texts as select 1 as id", perhaps]));
}

#[test]
fn functions_are_told_apart_by_the_types_that_go_in() {
    let made = "create function f(a int, out b text, c varchar(10), d timestamp(3) with time zone, e mood[])
        language sql as 'select 1'";
    let name = "f(integer,varchar,timestamptz,mood[])";
    assert!(routine(&[made], name).is_some());
    let drop = "drop function f(int4, character varying, timestamptz, public.mood[])";
    assert!(routine(&[made, drop], name).is_none());
    assert!(routine(&[made, "drop function f(int)"], name).is_some());
    assert!(routine(&[made, "drop function f"], name).is_none());
}

#[test]
fn a_replaced_function_forgets_what_is_not_repeated() {
    let made = "create function f() returns int language sql security definer
        set search_path to 'public', pg_temp as 'select 1'";
    let before = routine(&[made], "f()").unwrap();
    assert!(before.definer);
    assert_eq!(before.search_path.as_deref(), Some("'public', pg_temp"));
    let replaced = "create or replace function f() returns int language sql as 'select 2'";
    let after = routine(&[made, replaced], "f()").unwrap();
    assert!(!after.definer && after.search_path.is_none());
    let reset = routine(&[made, "alter function f() reset all"], "f()").unwrap();
    assert!(reset.definer && reset.search_path.is_none());
}

#[test]
fn a_body_names_what_it_reads_and_calls() {
    let made = "create function f() returns int language plpgsql as $$ begin
        perform g(n.id) from notes n join a.b on true; return h(1); end $$";
    let found = routine(&[made], "f()").unwrap();
    let reads: Vec<String> = found.reads.iter().map(ToString::to_string).collect();
    assert_eq!(reads, ["notes", "a.b"]);
    assert!(found.calls.iter().any(|it| it == "g"));
}

#[test]
fn privileges_that_may_be_taken_are_not() {
    let granted = |text: &str| table(&database(&[NOTES, text]), "notes").granted;
    assert_eq!(granted("revoke all on notes from anon").get("anon"), Some(&false));
    assert_eq!(
        granted("revoke all on all tables in schema public from anon").get("anon"),
        Some(&false)
    );
    assert_eq!(granted("revoke insert on notes from anon").get("anon"), None);
    let perhaps = "do $$ begin if true then revoke all on notes from anon; end if; end $$";
    assert_eq!(granted(perhaps).get("anon"), None);
}

#[test]
fn a_file_of_the_server_is_not_read_by_a_migration() {
    assert_eq!(hits(&[], &["select pg_read_file('/etc/passwd')"]), ["opaque-statement"]);
    assert!(hits(&[], &["select 'pg_read_file'"]).is_empty());
}

#[test]
fn a_policy_that_is_dropped_perhaps_and_made_for_certain_is_there() {
    let change = "do $$ begin if exists (select from pg_policies where policyname = 'own') then
        drop policy own on notes; end if; end $$;
        create policy own on notes using (owner_id = (select auth.uid()));";
    let hits = hits(&[NOTES], &[change]);
    assert!(!hits.contains(&"drop-policy") && !hits.contains(&"weaker-policy"), "{hits:?}");
}

#[test]
fn secrets_are_hidden_in_place() {
    let text =
        "create role r login password 'kX9vTq2LmZ'; -- ghp_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    let hidden = rules::without_secrets(text).unwrap();
    assert_eq!(hidden.len(), text.len());
    assert!(!hidden.contains("kX9") && !hidden.contains("ghp_"));
    assert!(rules::without_secrets("insert into t (password) values ('kX9vTq2LmZ')").is_none());
    // The payload says `anon`.
    let anon = "eyJhbGciOiJIUzI1NiJ9.eyJyb2xlIjoiYW5vbiJ9.aaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    assert!(rules::without_secrets(anon).is_none());
    let service =
        "eyJhbGciOiJIUzI1NiJ9.eyJyb2xlIjoic2VydmljZV9yb2xlIn0.aaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    assert!(rules::without_secrets(service).is_some());
}
