//! What looks like harm and is none, and what only looks as if it were none.

use super::hits;

const USERS: &str =
    "create table users (id bigint primary key, email text not null, age integer, plan text);
    alter table users enable row level security;";

fn is_hit(past: &[&str], change: &str, rule: &str) -> bool {
    hits(past, &[change]).contains(&rule)
}

/// Whether a check on `users` that takes the place of another is worth a word.
fn is_tighter(old: &str, new: &str) -> bool {
    let past = format!("{USERS} alter table users add constraint c check ({old});");
    let change = format!(
        "alter table users drop constraint c; alter table users add constraint c check ({new}) not valid;"
    );
    let beside = format!("alter table users add constraint d check ({new}) not valid;");
    let tighter = is_hit(&[&past], &change, "tighter-check");
    assert_eq!(is_hit(&[&past], &beside, "tighter-check"), tighter, "{old} -> {new}");
    tighter
}

#[test]
fn a_check_that_lets_in_more_is_not_tighter() {
    for (old, new) in [
        ("plan in ('a', 'b')", "plan in ('a', 'b', 'c')"),
        ("plan in ('a', 'b')", "plan = any (array['a', 'b', 'c'])"),
        ("plan in ('a', 'b')", "(plan = ANY (ARRAY['b'::text, 'c'::text, 'a'::text]))"),
        (
            "plan in ('a')",
            "(plan)::text = any ((array['a'::character varying, 'b'::character varying])::text[])",
        ),
        ("plan = 'a'", "plan in ('a', 'b')"),
        ("age <= 100", "age <= 200"),
        ("age < 100", "age <= 100"),
        ("char_length(plan) <= 100", "(char_length(plan) <= 200)"),
        ("age between 0 and 150", "age between -1 and 200"),
        ("age between 0 and 150", "((age >= 0) and (age <= 200))"),
        ("age > 0", "age > 0 or plan = 'a'"),
        ("age > 0 and plan = 'a'", "age > 0"),
        ("age >= 18", "\"age\" >= '17'::integer"),
    ] {
        assert!(!is_tighter(old, new), "{old} -> {new}");
    }
}

#[test]
fn a_check_that_keeps_out_more_is_tighter() {
    for (old, new) in [
        ("plan in ('a', 'b')", "plan in ('a', 'c')"),
        ("plan in ('a', 'b')", "plan in ('A', 'b')"),
        ("plan in ('a', 'b')", "plan not in ('a', 'b', 'c')"),
        ("plan not in ('a', 'b')", "plan not in ('a', 'b', 'c')"),
        ("plan <> any (array['a'])", "plan <> any (array['a', 'b'])"),
        ("age <= 200", "age <= 100"),
        ("age <= 100", "age < 100"),
        ("age <= 100", "age >= 100"),
        ("age <= 100", "id <= 200"),
        ("age between 0 and 150", "age between 1 and 150"),
        ("age > 0", "age > 0 and plan = 'a'"),
        ("age > 0 or plan = 'a'", "age > 0"),
        ("not (age < 5)", "not (age < 6)"),
        ("age <= 100 is true", "age <= 200 is false"),
        ("plan like 'a%'", "plan like 'ab%'"),
        ("plan = 'a'", "plan = E'\\x62'"),
    ] {
        assert!(is_tighter(old, new), "{old} -> {new}");
    }
}

#[test]
fn a_temporary_table_is_one_as_long_as_that_is_certain() {
    let denied = |change: &str| is_hit(&[USERS], change, "drop-table");
    assert!(!denied("create temp table a (id int); alter table a rename to b; drop table b;"));
    for change in [
        "create temp table users (id int); alter table users rename to b; drop table users;",
        "create temp table a (id int); alter table a rename to b; drop table a;",
        "create temp table a (id int); alter table a rename to users; drop table users;",
        "create temp table a (id int);
         do $$ begin if now() > '2026-01-01' then alter table a rename to b; end if; end $$;
         drop table a;",
        "create temp table a (id int); begin; alter table a rename to b; rollback; drop table b;",
        "create temp view a as select id from users; drop table a; drop table a;",
    ] {
        assert!(denied(change), "{change}");
    }
}

#[test]
fn a_temporary_sequence_is_one_as_long_as_that_is_certain() {
    let past =
        format!("{USERS} create sequence numbers; create table lines (id bigserial primary key);");
    let reset = |change: &str| {
        let hits = hits(&[&past], &[change]);
        hits.contains(&"drop-sequence") || hits.contains(&"reset-sequence")
    };
    for change in [
        "create temp sequence a; drop sequence a;",
        "create temp table a (id serial); alter sequence a_id_seq restart;",
        "create temp table a (id int generated always as identity); select setval('a_id_seq', 5);",
    ] {
        assert!(!reset(change), "{change}");
    }
    for change in [
        "create temp sequence a; drop sequence a; drop sequence a;",
        "create temp sequence numbers; drop sequence numbers;",
        "create temp table lines (id serial); alter sequence lines_id_seq restart;",
        "create temp sequence lines_id_seq; alter sequence lines_id_seq restart;",
        "create temp table a (id serial); drop table a; alter sequence a_id_seq restart;",
        "create temp table a (id serial); alter table a drop column id; alter sequence a_id_seq restart;",
        "create temp table a (id int); alter sequence a_id_seq restart;",
        "do $$ begin if now() > '2026-01-01' then create temp sequence a; end if; end $$; drop sequence a;",
    ] {
        assert!(reset(change), "{change}");
    }
    assert!(reset("drop sequence numbers"));
}

#[test]
fn a_body_may_empty_the_temporary_table_that_it_has_just_made() {
    let denied = |body: &str| {
        let body = body.trim();
        let made = format!(
            "create function private.f() returns void language plpgsql as $$ begin {body} end $$;"
        );
        let hits =
            hits(&[USERS, "create schema private; create table private.kept (id int);"], &[&made]);
        let rules = ["truncate", "delete-without-filter", "update-without-filter"];
        rules.iter().any(|it| hits.contains(it))
    };
    for body in [
        "create temp table a (id int) on commit drop; truncate a; delete from a; update a set id = 1;",
        "create temp table if not exists a (id int); create temp table b (id int); truncate a; delete from b;",
        "create temp table a as select 1; if found then truncate a; end if;",
        "create temp table a (id int); begin delete from a; exception when others then null; end;",
        "drop table if exists a; create temp table a (id int); truncate a; drop table a;",
    ] {
        assert!(!denied(body), "{body}");
    }
    for body in [
        "truncate a; create temp table a (id int);",
        "create temp table a (id int); truncate b;",
        "create temp table a (id int); truncate public.a;",
        "create temp table users (id int); truncate users;",
        "create temp table kept (id int); truncate kept;",
        "if found then create temp table a (id int); end if; truncate a;",
        "create temp table a (id int); drop table a; truncate a;",
        "create temp table a (id int); alter table a rename to b; truncate a;",
        "create temp table a (id int); loop truncate a; drop table a; end loop;",
        "create temp table a (id int) on commit drop; commit; delete from a;",
        "create temp table a (id int); execute 'drop table a'; delete from a;",
        "begin create temp table a (id int); exception when others then null; end; delete from a;",
    ] {
        assert!(denied(body), "{body}");
    }
}

#[test]
fn a_trigger_that_goes_on_under_another_name_is_not_dropped() {
    let past = "create table notes (id bigint, body text);
        create function stamp() returns trigger language plpgsql as $$ begin return new; end $$;
        create function other() returns trigger language plpgsql as $$ begin return new; end $$;
        create trigger old before update of body on notes for each row execute function stamp('x');";
    let dropped = |change: &str| {
        is_hit(&[past], &format!("drop trigger old on notes; {change}"), "drop-trigger")
    };
    let made = "before update of body on notes for each row execute function stamp('x')";
    assert!(dropped(""));
    for change in [
        format!("create trigger new {made};"),
        format!("drop trigger if exists new on notes; create trigger new {made};"),
        "create trigger new before insert or update on public.notes for each row execute function public.stamp('x');".to_owned(),
        "create trigger new before update of id, body on notes for each row execute function stamp('x');".to_owned(),
    ] {
        assert!(!dropped(&change), "{change}");
    }
    for change in [
        "create trigger new after update of body on notes for each row execute function stamp('x');".to_owned(),
        "create trigger new before update of id on notes for each row execute function stamp('x');".to_owned(),
        "create trigger new before insert on notes for each row execute function stamp('x');".to_owned(),
        "create trigger new before update of body on notes for each statement execute function stamp('x');".to_owned(),
        "create trigger new before update of body on notes for each row when (false) execute function stamp('x');".to_owned(),
        "create trigger new before update of body on notes for each row execute function stamp('y');".to_owned(),
        "create trigger new before update of body on notes for each row execute function other('x');".to_owned(),
        format!("create trigger new {made}; drop trigger new on notes;"),
        format!("create trigger new {made}; alter trigger new on notes rename to newer; drop trigger newer on notes;"),
        format!("create trigger old {made}; alter trigger old on notes rename to newer; drop trigger newer on notes;"),
        format!("create trigger new {made}; do $$ begin if now() > '2026-01-01' then drop trigger new on notes; end if; end $$;"),
        format!("set search_path = private; create trigger new {}", made.replace("on notes", "on public.notes")),
    ] {
        assert!(dropped(&change), "{change}");
    }
}

#[test]
fn a_trigger_that_is_there_twice_may_be_dropped_once() {
    let made = "before update on notes for each row execute function stamp();";
    let past = format!(
        "create table notes (id bigint);
        create function stamp() returns trigger language plpgsql as $$ begin return new; end $$;
        create trigger one {made} create trigger two {made}"
    );
    assert!(!is_hit(&[&past], "drop trigger one on notes;", "drop-trigger"));
    assert!(is_hit(
        &[&past],
        "drop trigger one on notes; drop trigger two on notes;",
        "drop-trigger"
    ));
}

#[test]
fn what_is_taken_of_a_view_is_counted_by_what_it_has_a_use_for() {
    let past = "create table notes (id bigint primary key, body text); alter table notes enable row level security;";
    let open = |kind: &str, change: &str| {
        let change = format!("create {kind} v as select id from notes; {change}");
        let hits = hits(&[past], &[&change]);
        hits.contains(&"exposed-materialized-view") || hits.contains(&"view-bypasses-rls")
    };
    let roles = "from anon, authenticated";
    assert!(open("view", ""));
    assert!(!open("materialized view", &format!("revoke select on v {roles};")));
    assert!(!open(
        "view",
        &format!("revoke select on v {roles}; revoke insert, update, delete on v {roles};")
    ));
    for (kind, change) in [
        ("materialized view", "revoke select on v from anon;".to_owned()),
        ("materialized view", format!("revoke insert on v {roles};")),
        ("materialized view", format!("revoke select (id) on v {roles};")),
        ("materialized view", format!("revoke all (id) on v {roles};")),
        ("materialized view", format!("revoke grant option for select on v {roles};")),
        ("materialized view", format!("revoke select on v {roles}; grant select on v to anon;")),
        (
            "materialized view",
            format!(
                "do $$ begin if now() > '2026-01-01' then revoke select on v {roles}; end if; end $$;"
            ),
        ),
        ("view", format!("revoke select on v {roles};")),
        (
            "view",
            format!(
                "revoke insert, update, delete on v {roles}; grant update on v to anon; revoke select on v {roles};"
            ),
        ),
    ] {
        assert!(open(kind, &change), "{kind}: {change}");
    }
}
