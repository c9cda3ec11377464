//! Which locks a statement takes, and whether it writes a table anew, is what the server says.

use std::collections::BTreeMap;

use sprag::schema::{Effort, LockMode, Resolved};

use super::server::{Database, Sent};
use crate::sql;

const PAST: &str = "create table users (id bigint primary key, email text, age integer, name varchar(9));
    create index users_email_idx on users (email);
    alter table users add constraint users_age_check check (age > 0) not valid;
    create table orders (id bigint primary key, user_id bigint);
    alter table orders add constraint orders_user_fkey foreign key (user_id) references users not valid;
    create table events (id bigint, at date) partition by range (at);
    create table events_1 partition of events for values from ('2025-01-01') to ('2026-01-01');
    create table events_2 (id bigint, at date);
    create table parents (id bigint); create table children () inherits (parents); create table others (id bigint);
    create policy readers on users using (true);
    create function stamp() returns trigger language plpgsql as 'begin return new; end';
    create trigger stamped before insert on users for each row execute function stamp();
    create materialized view totals as select 1 as total; create unique index totals_idx on totals (total);
    create sequence numbers;
    create domain positive as integer check (value > 0); create domain word as text;
    insert into users values (1, 'a', 1, 'a'); insert into orders values (1, 1);";

const STATEMENTS: &[&str] = &[
    "alter table users enable row level security",
    "create policy writers on users using (true)",
    "alter policy readers on users using (false)",
    "alter policy readers on users rename to others",
    "drop policy readers on users",
    "alter table users add column c integer",
    "alter table users add column c integer default 1",
    "alter table users add column c timestamptz default now()",
    "alter table users add column c timestamptz default clock_timestamp()",
    "alter table users add column c uuid default gen_random_uuid()",
    "alter table users add column c text default md5('x')",
    "alter table users add column c timestamp default timezone('utc'::text, now())",
    "alter table users add column c bigint default nextval('numbers')",
    "alter table users add column c jsonb default '{}'::jsonb",
    "alter table users add column c serial",
    "alter table users add column c integer generated always as identity",
    "alter table users add column c integer generated always as (age + 1) stored",
    "alter table users add column c positive",
    "alter table users add column c word",
    "alter table users add column c text unique",
    "alter table users add column c integer check (c > 0)",
    "alter table users add column c bigint references orders",
    "alter table users drop column age",
    "alter table users rename column age to years",
    "alter table users alter column age set default 1",
    "alter table users alter column age drop default",
    "alter table users alter column age set not null",
    "alter table users alter column age type bigint",
    "alter table users alter column name type varchar(20)",
    "alter table users alter column name type varchar(5)",
    "alter table users add constraint c check (age > 1) not valid",
    "alter table users add constraint c check (age > 0)",
    "alter table users add constraint c unique (email)",
    "alter table users validate constraint users_age_check",
    "alter table orders validate constraint orders_user_fkey",
    "alter table orders add constraint c foreign key (user_id) references users not valid",
    "alter table orders add constraint c foreign key (user_id) references users",
    "alter table orders drop constraint orders_user_fkey",
    "alter table users rename constraint users_age_check to c",
    "alter table users set (fillfactor = 50)",
    "alter table users cluster on users_pkey",
    "alter table users replica identity full",
    "alter table others set unlogged",
    "alter table events attach partition events_2 for values from ('2026-01-01') to ('2027-01-01')",
    "alter table events detach partition events_1",
    "alter table others inherit parents",
    "create trigger more before insert on users for each row execute function stamp()",
    "drop trigger stamped on users",
    "alter table users disable trigger stamped",
    "create index on users (name)",
    "drop index users_email_idx",
    "reindex table users",
    "reindex index users_email_idx",
    "cluster users using users_pkey",
    "analyze users",
    "refresh materialized view totals",
    "refresh materialized view concurrently totals",
    "comment on table users is 'x'",
    "truncate orders",
    "insert into users select id + 1 from orders",
    "update users set age = 2 where id = 1",
    "delete from orders where id = 1",
    "create table notes (id bigint references users)",
    "create table events_3 partition of events for values from ('2027-01-01') to ('2028-01-01')",
    "lock table users in share row exclusive mode",
    "lock table users",
    "grant select on users to public",
    "set lock_timeout = '5s'",
];

/// What the server says, of tables that were there: the strongest lock of each, and which were written anew.
fn measured(database: &Database, statement: &str) -> (BTreeMap<String, String>, bool) {
    let script = format!(
        "drop table if exists files, held;
         create unlogged table files as select oid, relfilenode from pg_class where relkind in ('r', 'm', 'p')
           and relnamespace = 'public'::regnamespace;
         create unlogged table held (name text, mode text); begin; {statement};
         insert into held select relname, mode from pg_locks join files on files.oid = relation
           join pg_class on pg_class.oid = relation
           where pid = pg_backend_pid() and mode <> 'AccessShareLock' and relname not in ('files', 'held');
         insert into held select relname, 'rewritten' from pg_class join files using (oid)
           where pg_class.relfilenode <> files.relfilenode; commit;"
    );
    let (ok, said) = database.send(&script, Sent::Each);
    assert!(ok, "{statement}: {said}");
    let rows =
        database.value("select coalesce(jsonb_agg(jsonb_build_array(name, mode)), '[]') from held");
    let mut locks: BTreeMap<String, String> = BTreeMap::new();
    let mut rewritten = false;
    for row in rows.as_array().unwrap() {
        let (name, mode) = (row[0].as_str().unwrap(), row[1].as_str().unwrap());
        if mode == "rewritten" {
            rewritten = true;
            continue;
        }
        let strength = |it: &str| it.strip_suffix("Lock").map_or(0, |it| rank(&words(it)));
        let before = locks.get(name).map_or(0, |it| strength(it));
        if strength(mode) > before {
            locks.insert(name.to_owned(), mode.to_owned());
        }
    }
    (
        locks.into_iter().map(|(name, mode)| (name, words(&mode[..mode.len() - 4]))).collect(),
        rewritten,
    )
}

/// `ShareRowExclusive` as `LOCK TABLE` writes it.
fn words(mode: &str) -> String {
    let spaced =
        mode.chars().map(|c| if c.is_uppercase() { format!(" {c}") } else { c.to_string() });
    spaced.collect::<String>().trim().to_ascii_lowercase()
}

fn rank(mode: &str) -> usize {
    LockMode::ALL.iter().position(|it| it.name() == mode).unwrap_or_default()
}

#[test]
fn locks_and_rewrites_are_those_of_the_server() {
    let Some(database) = Database::new() else { return };
    let mut wrong = Vec::new();
    for statement in STATEMENTS {
        database.reset(PAST);
        let (locks, rewritten) = measured(&database, statement);
        let catalog = sql::database(&[PAST]);
        let changes = sql::migration("1_change", statement).script.changes;
        let mut ours: BTreeMap<String, LockMode> = BTreeMap::new();
        let mut rewrites = false;
        for change in &changes {
            rewrites |= catalog.effort(&change.op) == Effort::Rewrite;
            for lock in catalog.locks(&change.op) {
                let Resolved::Permanent(name) = catalog.resolve(&lock.on) else { continue };
                let mode = ours.entry(name.name).or_insert(lock.mode);
                *mode = lock.mode.max(*mode);
            }
        }
        let mut ours: BTreeMap<String, String> =
            ours.into_iter().map(|(name, mode)| (name, mode.name().to_owned())).collect();
        // What a foreign key reads while it is validated nobody waits for.
        let locks: BTreeMap<String, String> =
            locks.into_iter().filter(|(_, mode)| mode != "row share").collect();
        ours.retain(|_, mode| mode != "row share");
        if ours != locks {
            wrong.push(format!("{statement}: {ours:?}, and {locks:?} on the server"));
        }
        // A materialized view, and what is emptied, is another file too.
        let emptied = statement.starts_with("truncate") || statement.starts_with("refresh");
        if rewrites != rewritten && !emptied {
            wrong.push(format!("{statement}: rewritten {rewrites}, and {rewritten} on the server"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
