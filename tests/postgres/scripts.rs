//! Scripts whose outcome is compared, table by table, with what the catalog holds after them.

use super::Trial;
use super::server::{Database, Sent};

/// Merged before each of the scripts.
const PAST: &str = "create table users (id bigint, email text, age int);
alter table users enable row level security;
create table orders (id bigint, \"Total\" numeric);
alter table orders enable row level security;
alter table orders force row level security;
create table a.notes (id bigint, body text);
create type mood as enum ('good', 'bad');
";

/// The catalog is exactly what the server has.
const SAME: &[&str] = &[
    // Row level security.
    "create table t (id int); alter table t enable row level security;",
    "create table t (id int); alter table only t enable row level security, force row level security;",
    "alter table users disable row level security; alter table users enable row level security;",
    "alter table users disable row level security;",
    "alter table orders no force row level security;",
    "alter table if exists users force row level security;",
    "alter table if exists nothing enable row level security;",
    "create table t (id int); alter table public.t enable row level security;",
    "create table \"T\" (id int); alter table \"T\" enable row level security; create table t (id int);",
    "do $$ begin alter table users disable row level security; end $$;",
    "do $$ begin create table t (id int); alter table t enable row level security; end $$;",
    // Partitions and inheritance.
    "create table p (id int, at date) partition by range (at); create table p1 partition of p for values from ('2025-01-01') to ('2026-01-01'); alter table p enable row level security;",
    "create table p (id int) partition by list (id); create table q (id int); alter table p attach partition q for values in (1); alter table q enable row level security;",
    "create table p (id int) partition by list (id); create table p0 partition of p default; alter table p detach partition p0;",
    "create table child (extra int) inherits (users);",
    "create table child (extra int) inherits (users, a.notes);",
    // LIKE and queries.
    "create table t (like users);",
    "create table t (like a.notes including all, extra int);",
    "create table t as select 1 as one, 'x' as two;",
    "create table t (x, y) as select id, email from users;",
    "select 1 as one into t;",
    "create table t as select 1 as one with no data; alter table t enable row level security;",
    // Columns.
    "alter table users add column nick text, add column \"Nick\" text;",
    "alter table users drop column email;",
    "alter table users drop column if exists nothing, drop column age;",
    "alter table users rename column email to mail; alter table users rename age to years;",
    "alter table users add column x int; alter table users drop column x;",
    "alter table users add column if not exists email text, add column if not exists x int;",
    "alter table users alter column age type bigint using age::bigint;",
    "alter table users rename email to \"E Mail\";",
    // Names.
    "alter table users rename to people; create table users (x int);",
    "alter table users rename to people; alter table people rename to users;",
    "create table Mixed (Id int, \"Id\" int);",
    "create table U&\"d\\0061ta\" (U&\"\\0061\" int);",
    "create table U&\"d!0061ta\" uescape '!' (x int);",
    "create table \"a\"\"b\" (\"c\"\"d\" int); alter table \"a\"\"b\" enable row level security;",
    "create table a23456789012345678901234567890123456789012345678901234567890123456789 (x int); alter table a2345678901234567890123456789012345678901234567890123456789012 enable row level security;",
    "create table \"ééééééééééééééééééééééééééééééééééé\" (x int);",
    "create table t (a234567890123456789012345678901234567890123456789012345678901234567890 int);",
    "create table t$1 (_x int); alter table t$1 enable row level security;",
    "create table \u{e9}t\u{e9} (na\u{ef}ve int);",
    // Schemas.
    "alter table users set schema a;",
    "alter table a.notes set schema public; alter table notes enable row level security;",
    "create schema b; create table b.t (id int); alter table b.t set schema public;",
    "create schema b create table t (id int) create table u (id int);",
    "create schema b; create table b.t (id int); alter schema b rename to archive2;",
    "create schema b; create table b.t (id int); drop schema b cascade;",
    "drop schema a cascade;",
    // search_path.
    "set search_path to a; create table t (id int); alter table t enable row level security;",
    "set search_path to a, public; alter table notes enable row level security; alter table users disable row level security;",
    "set search_path = 'a', 'public'; create table t (id int);",
    "begin; set local search_path to a; create table t (id int); commit; create table u (id int);",
    "begin; set search_path to a; create table t (id int); rollback; create table u (id int);",
    "set search_path to a; reset search_path; create table t (id int);",
    "set search_path to a; set search_path to default; create table t (id int);",
    "set search_path to a; discard all; create table t (id int);",
    "set schema 'a'; create table t (id int);",
    "select set_config('search_path', 'a', false); create table t (id int);",
    "begin; select set_config('search_path', 'a', true); create table t (id int); commit; create table u (id int);",
    // Temporary tables hide others.
    "create temp table users (id int); alter table users add column x int; drop table users; alter table users add column y int;",
    "create temp table t (id int); create table t (id int, y int); alter table public.t enable row level security;",
    "create temp table users (id int); alter table users rename to people;",
    "create temporary table pg_temp.users (id int); drop table pg_temp.users;",
    "create unlogged table t (id int);",
    // Transactions.
    "begin; drop table users; rollback;",
    "begin; alter table users disable row level security; rollback;",
    "begin; create table t (id int); savepoint s; alter table t enable row level security; rollback to s; commit;",
    "begin; create table t (id int); savepoint s; alter table t enable row level security; release s; commit;",
    "begin; savepoint s; create table t (id int); savepoint s; create table u (id int); rollback to s; commit;",
    "begin; savepoint s; create table t (id int); savepoint s; create table u (id int); release s; rollback to s; commit;",
    "begin; begin; create table t (id int); commit; rollback;",
    "start transaction; create table t (id int); end;",
    "begin; create table t (id int); abort;",
    "begin; create table t (id int); commit and chain; create table u (id int); rollback;",
    "create table t (id int); commit; rollback; alter table t enable row level security;",
    "begin; alter table users rename to people; alter table people rename column email to mail; rollback;",
    // Types, views.
    "create type pair as (a int, b int); alter type mood add value 'fair'; create table t (m mood, p pair);",
    "alter type mood rename to feeling; alter table users add column m feeling;",
    "create view v as select id from users; create or replace view v as select id from users;",
    "create view v as select 1 as one; alter view v rename to w; drop view w;",
    "create materialized view mv as select 1 as one; drop materialized view mv;",
    "alter index users_none rename to users_some;",
    "create index i on users (id); alter index i rename to j;",
    "create index i on users (id); alter table i rename to j;",
    // Bodies that run, texts that are executed for certain.
    "do $$ begin alter table users add column x int; drop table a.notes; end $$;",
    "do language plpgsql $$ declare n int; begin select 1 into n; create table t (id int); end $$;",
    "do 'begin create table t (id int); end';",
    "create function f() returns void language sql as $$ drop table users $$;",
    "create function f() returns void language plpgsql as $$ begin drop table users; end $$;",
    // Guards.
    "create table if not exists t (id int); alter table t enable row level security;",
    "create table if not exists users (nothing int);",
    "drop table if exists nothing; drop table if exists users;",
    "drop table users, orders; drop view if exists users;",
    "create table t (id int); drop table t; create table t (other int);",
    "create table t (id int); alter table t enable row level security; drop table t; create table t (id int);",
    "create table users (nothing int); alter table users add column x int;",
];

/// What happens depends on what is there: the catalog may fear more than is true, and hopes for nothing.
const CAREFUL: &[&str] = &[
    "create table t (id int); commit; alter table t enable row level security; rollback;",
    "create table t (id int); commit; alter table t enable row level security; begin; select 1; rollback;",
    "create table t (id int); alter table t enable row level security; begin; select 1; rollback;",
    "create table t (id int); begin; alter table t enable row level security; savepoint s; select 1;",
    "create table t (id int); begin; commit and chain; alter table t enable row level security; rollback;",
    "create table t (id int); begin; rollback and chain; alter table t enable row level security; rollback;",
    "alter table users disable row level security; commit; alter table users enable row level security; rollback;",
    "begin; create procedure p() language plpgsql as $$ begin commit; end $$; create table t (id int); alter table t enable row level security; rollback; create table t (id int);",
    "begin; alter table users disable row level security; create procedure p() language plpgsql as $$ begin rollback; end $$; commit;",
    "create table t (id int); do $$ begin alter table t enable row level security; if true then rollback; end if; end $$;",
    "create table t (id int); do $$ begin alter table t enable row level security; rollback; end $$;",
    "create table a.users (id int); begin; set local search_path to a; commit; drop table users;",
    "create table a.users (id int); begin; set local search_path to a; rollback; drop table users;",
    "create table a.users (id int); set local search_path to a; drop table users;",
    "create table a.users (id int); begin; select set_config('search_path', 'a', true); commit; drop table users;",
    "create table a.users (id int); select set_config('search_path', 'a', 1 = 1); drop table users;",
    "create table a.users (id int); select set_config('search_path', lower('A'), false); drop table a.notes;",
    "create table public.notes (id int); alter table notes enable row level security; set search_path to a; discard plans; drop table notes;",
    "create table public.notes (id int); alter table notes enable row level security; select set_config('search_path', lower('A'), false); drop table notes;",
    "create table public.notes (id int); alter table notes enable row level security; select set_config('search_path', lower('A'), false); alter table notes rename to x;",
    "create table public.notes (id int); alter table notes enable row level security; do $$ begin if true then set search_path to a; end if; end $$; drop table notes;",
    "create temp table users (id int); discard temp; alter table users disable row level security;",
    "create temp table orders (id int) on commit drop; alter table orders no force row level security;",
    "begin; create table t (id int); prepare transaction 'x';",
    "begin; alter table users disable row level security;",
    "create table t (id int); begin; alter table t enable row level security;",
    "begin; create table t (id int);",
    "set local search_path to a; create table t (id int);",
    "create table t (id int); do $$ begin if false then alter table t enable row level security; end if; end $$;",
    "create table t (id int); do $$ begin if true then alter table t enable row level security; end if; end $$;",
    "do $$ begin if not exists (select 1 from pg_class where relname = 't') then create table t (id int); alter table t enable row level security; end if; end $$;",
    "create table t (id int); do $$ begin alter table t enable row level security; raise exception 'x'; exception when others then null; end $$;",
    "create table t (id int); do $$ begin return; alter table t enable row level security; end $$;",
    "create table t (id int); do $$ begin for i in 1..0 loop alter table t enable row level security; end loop; end $$;",
    "create table t (id int); do $$ begin case 1 when 2 then alter table t enable row level security; else null; end case; end $$;",
    "create table t (id int); do $$ begin raise exception 'x'; alter table t enable row level security; end $$;",
    "create table t (id int); do $$ begin perform 1/0; exception when others then alter table t enable row level security; end $$;",
    "create table t (id int); do $$ begin begin alter table t enable row level security; perform 1/0; exception when division_by_zero then null; end; end $$;",
    "create table t (id int); do $$ begin <<l>> begin exit l; alter table t enable row level security; end; end $$;",
    "create table t (id int); do $$ begin assert false; alter table t enable row level security; end $$;",
    "create table t (id int); do $$ begin while false loop alter table t enable row level security; end loop; end $$;",
    "create table t (id int); create function f() returns void language sql as $$ alter table t enable row level security $$;",
    "create table t (id int); do $$ begin execute 'alter table t enable row level security'; end $$;",
    "create table t (id int); do $$ begin if true then return; end if; alter table t enable row level security; end $$;",
    "create table t (id int); begin; alter table t enable row level security; rollback;",
    "create table t (id int); set role nobody_here; alter table t enable row level security;",
    "create table t (id int); create temp table t (id int); alter table t enable row level security;",
    "create temp table t (id int) on commit drop; create table public.t (id int); alter table public.t enable row level security;",
    "begin; create temp table users (id int) on commit drop; commit; alter table users disable row level security;",
    "begin; create temp table users (id int) on commit drop; commit; drop table users;",
    "create temp table users (id int); discard temp; drop table users;",
    "create temp table users (id int); discard all; drop table users;",
    "create temp table users (id int); drop table users; drop table users;",
    "create temp table if not exists users (id int); drop table public.users;",
    "create table users (id int); drop table users;",
    "create table if not exists users (id int); drop table users;",
    "create table a.t (id int); set search_path to a; drop table t;",
    "set search_path to a; create table users (id int); set search_path to public; drop table users;",
    "create schema b; set search_path to b; create table users (id int); reset search_path; drop table users;",
    "begin; create table t (id int); rollback; drop table users;",
    "begin; alter table users rename to old; create table users (id int); rollback; drop table users;",
    "alter table users rename to old; create table users (id int); drop table users; alter table old rename to users;",
    "create table t (id int); alter table t rename to t2; alter table users rename to t; drop table t;",
    "create table t (id int, email text); alter table users drop column email; ",
    "create view v as select 1 as one; drop view v; drop table users;",
    "create table t (id int) partition by list (id); alter table t attach partition orders default; drop table t;",
    "create table parent (id bigint, email text, age int); alter table users inherit parent; drop table parent cascade;",
    "create schema b; alter table users set schema b; drop schema b cascade;",
    "create schema if not exists a; drop schema a cascade;",
    "create type t as enum ('x'); alter table users alter column email type t using null; drop type t cascade;",
    "create domain d as text; alter table users alter column email type d; drop domain d cascade;",
    "alter table users drop column email, add column email text;",
    "alter table users add column x int; alter table users rename column email to y; alter table users rename x to email; alter table users drop column y;",
    "alter table users add column if not exists email text; alter table users drop column email;",
    "alter index users rename to people;",
    "alter sequence users rename to people;",
    "alter view users rename to people;",
    "alter foreign table users rename to people;",
    "alter table users rename to \"users \"; drop table \"users \";",
    "drop table \"users\"; drop table U&\"order\\0073\";",
    "drop table public . /* x */ users;",
    "drop owned by postgres;",
    "do $$ declare r record; begin for r in select tablename from pg_tables where schemaname = 'public' loop execute 'drop table ' || r.tablename; end loop; end $$;",
    "do $$ begin execute 'drop table users'; end $$;",
    "do $$ begin execute format('drop table %I', 'users'); end $$;",
    "create function f() returns void language sql as $$ drop table users $$; select f();",
    "create procedure p() language plpgsql as $$ begin drop table users; end $$; call p();",
    "create function f() returns void language sql begin atomic; delete from users; end; select f();",
    "prepare x as delete from users; execute x; drop table users;",
    "with gone as (delete from users returning *) select * into t from gone;",
    "explain analyze create table t as select 1 as one;",
    "create table t (id int); alter table all in tablespace pg_default set tablespace pg_default; drop table users;",
    "set standard_conforming_strings = off; select '\\'; drop table users; --';",
    "select E'\\'; drop table users; --'; drop table users;",
    "select $a$ drop $a$; drop table users; select $a$ $a$;",
    "/* /* */ drop table orders; */ drop table users;",
    "-- drop table orders\rdrop table users;",
    "select 1 as \"; drop table orders; --\"; drop table users;",
    "comment on table users is 'x'; drop table users cascade;",
    "copy (select 1) to '/dev/null'; drop table users;",
    "create table t (id int); create table t (id int, x int); alter table t enable row level security; drop table t; alter table users rename to t;",
    "savepoint s; drop table users; rollback to s;",
    "begin; savepoint s; select 1/0; rollback to s; drop table users; commit;",
    "begin; select 1/0; commit; drop table users;",
    "create table t (id int); alter table t enable row level security; drop table t; alter table users rename to t; alter table t disable row level security;",
    "create table like_users (like users including all); drop table users; alter table like_users rename to users;",
    "set session search_path = a; alter table notes add column x int; drop table notes;",
    "alter role postgres set search_path = a; drop table users;",
    "create table users_new (id bigint); alter table users_new enable row level security; drop table users; alter table users_new rename to users;",
    "set search_path to nowhere; create table t (id int);",
    "set search_path to nowhere, public; create table t (id int); drop table users;",
    "set search_path to ''; create table public.t (id int); alter table t enable row level security;",
    "set search_path to \"$user\", a, public; drop table notes;",
    "create table pg_temp.t (id int); create table t (id int); alter table t enable row level security;",
];

#[test]
fn the_catalog_is_what_the_server_has() {
    let Some(database) = Database::new() else { return };
    let mut wrong = Vec::new();
    for script in SAME {
        let trial = Trial::run(&database, PAST, script, Sent::Each);
        let mut found = trial.wrong();
        found.extend(trial.differences());
        if !found.is_empty() {
            wrong.push(format!("{script}\n  {}\n  {}", found.join("\n  "), trial.errors));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_catalog_never_hopes() {
    let Some(database) = Database::new() else { return };
    let mut wrong = Vec::new();
    let each = CAREFUL.iter().map(|it| (it, Sent::Each));
    let whole = CAREFUL.iter().chain(SAME).map(|it| (it, Sent::Whole));
    for (script, sent) in each.chain(whole) {
        let trial = Trial::run(&database, PAST, script, sent);
        let found = trial.wrong();
        if !found.is_empty() {
            let (hits, errors) = (trial.hits.join(", "), &trial.errors);
            let found = found.join("\n  ");
            wrong.push(format!("{sent:?}: {script}\n  {found}\n  [{hits}] {errors}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
