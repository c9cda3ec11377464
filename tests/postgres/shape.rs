//! Constraints, indexes and what a column may hold: the catalog has them as the server does, under the same names.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use sprag::schema::{Catalog, Constraint, ConstraintKind, Generated, Referential, TableName};

use super::dice::Dice;
use super::server::{Database, Sent};
use crate::sql;

const QUERY: &str = "
with names as (
  select c.oid, n.nspname || '.' || c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p', 'f') and n.nspname <> 'information_schema' and n.nspname not like 'pg\\_%'
), lines as (
  select format('%s.%s%s%s%s', name, attname, case when attnotnull then ' not null' end,
    case when atthasdef and attgenerated = '' then ' default' end,
    case when attidentity <> '' then ' identity' when attgenerated <> '' then ' generated' end) as line
  from names join pg_attribute a on attrelid = names.oid where attnum > 0 and not attisdropped
  union all
  select format('%s %s %s (%s)%s%s', names.name, conname, contype,
    (select string_agg(attname, ', ' order by case when contype = 'c' then 0 else k end, attname)
     from unnest(conkey) with ordinality u (num, k) join pg_attribute on attrelid = conrelid and attnum = num),
    case when contype = 'f' then format(' -> %s (%s) %s%s', target.name,
      (select string_agg(attname, ', ' order by k) from unnest(confkey) with ordinality u (num, k)
       join pg_attribute on attrelid = confrelid and attnum = num), confdeltype, confupdtype) end,
    case when not convalidated then ' not valid' end)
  from pg_constraint join names on names.oid = conrelid left join names target on target.oid = confrelid
  where contype in ('p', 'u', 'c', 'f', 'x')
  union all
  select format('%s index %s%s %s (%s)%s', names.name, c.relname, case when indisunique then ' unique' end, amname,
    (select string_agg(case when num = 0 then '?' else attname::text end, ', ' order by k)
     from unnest(indkey) with ordinality u (num, k) left join pg_attribute on attrelid = indrelid and attnum = num),
    case when indpred is not null then ' where' end)
  from pg_index join names on names.oid = indrelid join pg_class c on c.oid = indexrelid join pg_am on pg_am.oid = relam
  where not exists (select 1 from pg_constraint where conindid = indexrelid and contype in ('p', 'u', 'x'))
)
select coalesce(json_agg(line), '[]') from lines";

fn server(database: &Database) -> BTreeSet<String> {
    let lines = database.value(QUERY);
    lines.as_array().unwrap().iter().map(|it| it.as_str().unwrap().to_owned()).collect()
}

fn ours(catalog: &Catalog) -> BTreeSet<String> {
    let mut lines = BTreeSet::new();
    for (name, table) in catalog.tables() {
        if table.kind != sprag::schema::RelationKind::Table {
            continue;
        }
        for (column, it) in &table.columns {
            let mut line = format!("{name}.{column}");
            line += if it.not_null { " not null" } else { "" };
            line += if it.default.is_some() { " default" } else { "" };
            line += match it.generated {
                Some(Generated::Identity) => " identity",
                Some(_) => " generated",
                None => "",
            };
            lines.insert(line);
        }
        for (constraint, it) in &table.constraints {
            lines.extend(constraint_line(&name, constraint, it));
        }
        for (index, it) in catalog.indexes_of(&name, &table) {
            let keys = it.keys.iter().map(|it| it.column.as_deref().unwrap_or("?"));
            let keys: Vec<&str> = keys.chain(it.include.iter().map(String::as_str)).collect();
            let unique = if it.unique { " unique" } else { "" };
            let filter = if it.predicate.is_some() { " where" } else { "" };
            let keys = keys.join(", ");
            lines.insert(format!("{name} index {index}{unique} {} ({keys}){filter}", it.method));
        }
    }
    lines
}

fn constraint_line(table: &TableName, name: &str, it: &Constraint) -> Option<String> {
    let letter = match it.kind {
        ConstraintKind::PrimaryKey { .. } => "p",
        ConstraintKind::Unique { .. } => "u",
        ConstraintKind::ForeignKey(_) => "f",
        ConstraintKind::Check(_) => "c",
        ConstraintKind::Exclude { .. } => "x",
        // Only SQL Server has it.
        ConstraintKind::Default { .. } => return None,
        ConstraintKind::NotNull { .. } => return None,
    };
    let mut columns: Vec<&str> = it.kind.columns().iter().map(String::as_str).collect();
    if letter == "c" {
        columns.sort_unstable();
        columns.dedup();
    }
    let mut line = format!("{table} {name} {letter} ({})", columns.join(", "));
    if let ConstraintKind::ForeignKey(key) = &it.kind {
        let action = |it| match it {
            Referential::Unsaid | Referential::NoAction => "a",
            Referential::Restrict => "r",
            Referential::Cascade => "c",
            Referential::SetNull => "n",
            Referential::SetDefault => "d",
        };
        let to = key.target_columns.join(", ");
        let _ = write!(
            line,
            " -> {} ({to}) {}{}",
            key.target,
            action(key.on_delete),
            action(key.on_update)
        );
    }
    line += if it.validated { "" } else { " not valid" };
    Some(line)
}

/// How the catalog differs from the server after a script; what the server says where the script fails.
fn differences(database: &Database, past: &str, script: &str) -> Result<Vec<String>, String> {
    database.reset(past);
    let (_, errors) = database.send(script, Sent::Each);
    if !errors.is_empty() {
        return Err(errors);
    }
    let server = server(database);
    let ours = ours(&sql::database(&[past, script]));
    let extra = ours.difference(&server).map(|it| format!("only in the catalog: {it}"));
    let missing = server.difference(&ours).map(|it| format!("only on the server: {it}"));
    Ok(extra.chain(missing).collect())
}

/// Merged before each of the scripts.
const PAST: &str = "create table users (id bigint primary key, email text unique, age int not null default 1, team int);
create table orders (id serial primary key, user_id bigint references users, total numeric check (total > 0));
create index orders_user on orders (user_id);
";

const SCRIPTS: &[&str] = &[
    // Names.
    "create table t (id int primary key, a int unique, b int check (b > 0), c int references t, unique (a, b), check (a > b));",
    "create table t (a int, b int, foreign key (a) references orders, foreign key (b) references users (id) on delete set null on update cascade);",
    "create table t (id int unique primary key, a int constraint x unique, unique (a));",
    "create table t (a int constraint one unique constraint two unique);",
    "create table t (a int check (a > 0) check (a < 9), check (1 < 2), constraint t_a_check5 check (a <> 5));",
    "create table t (a int); create index on t (a); create index on t (a); create index on t (a, (a + 1), lower(a::text));",
    "create table t (a int); create index on t ((a + 1), (a + 2)); create index on t (a) include (a);",
    "create table t_a (b_c int unique); create table t (a_b_c int unique);",
    "create table a23456789_123456789_123456789_123456789_123456789_123456789_123 (b23456789_123456789_123456789_123456789_123456789_123456789_123 int unique primary key, c int check (c > 0));",
    "create table \"Ünïcödé_tàblé_wïth_ä_löng_nämé_hére\" (\"Ünïcödé_cölümn_wïth_ä_löng_nämé_hére\" int unique);",
    "create table t (a int, b int, c int, unique (a, b, c), primary key (c, a));",
    "alter table users add unique (age), add check (age > 0), add foreign key (team) references orders (id);",
    "create table t (r int4range, exclude using gist (r with &&));",
    // Columns.
    "create table t (a int not null, b serial, c int generated always as identity, d int generated always as (a * 2) stored, e int default null);",
    "alter table users alter age drop not null, alter age drop default, alter email set not null, alter email set default 'x';",
    "alter table users alter email set default null;",
    "alter table users add column x bigserial, add column y int not null default 0, add column z int generated by default as identity;",
    "create table t (a int not null); alter table t alter a add generated always as identity; alter table t alter a drop identity;",
    "create table t (a int, d int generated always as (a * 2) stored); alter table t alter d drop expression;",
    "alter table users add column x int references orders on delete cascade, add column y int unique check (y > 0);",
    "alter table users add column if not exists email text references users (email);",
    "create table t (a int); alter table t add primary key (a);",
    // Constraints come and go.
    "alter table users drop constraint users_email_key; alter table orders drop constraint if exists nothing;",
    "alter table users drop constraint users_pkey cascade;",
    "alter table orders add constraint f foreign key (user_id) references users not valid; alter table orders validate constraint f;",
    "alter table orders add constraint c check (id > 0) not valid;",
    "alter table users rename constraint users_email_key to mails;",
    "create unique index i on users (team); alter table users add constraint one_team unique using index i;",
    "create table t (a int); create unique index i on t (a); alter table t add primary key using index i;",
    "create table t (a int not null); create unique index i on t (a); alter table t add constraint p primary key using index i;",
    "create table t (a int, constraint c check (a > 0) not valid, constraint f foreign key (a) references orders not valid);",
    // Indexes.
    "create unique index i on users using btree (lower(email) desc nulls last, team) where age > 1;",
    "create index if not exists orders_user on users (id); drop index if exists nothing; drop index orders_user;",
    "create index i on users (team) include (age); alter index i rename to j; alter table j rename to k;",
    "alter index users_pkey rename to users_key; alter index users_email_key rename to mail;",
    "create index concurrently i on users (team); drop index concurrently i;",
    "create table a.t (x int); create index on a.t (x); drop index a.t_x_idx;",
    // What goes with a column.
    "alter table users drop column email;",
    "alter table users drop column id cascade;",
    "alter table orders drop column user_id, drop column total;",
    "create table t (a int, b int, c int, check (a > b), unique (a, c)); create index on t ((a + b)); create index on t (c) where a > 0; create index on t (c) include (a); alter table t drop column a;",
    "alter table users rename email to mail; alter table users rename id to key; alter table orders rename user_id to owner; drop index orders_user;",
    "create table t (a int, b int, check (a > b)); create index on t ((a + b)); alter table t rename a to x; alter table t drop column x;",
    // What goes with a table.
    "drop table users cascade;",
    "alter table users rename to people; alter table people add unique (age);",
    "alter table users set schema a; create table users (id int);",
    "alter table orders set schema a; drop index a.orders_user;",
    "alter schema a rename to b; create table b.t (x int references users);",
    "create table a.t (x int primary key, y int references a.t); create index on a.t (y); alter schema a rename to b; drop table b.t;",
    "create table a.t (x int primary key); alter table users add foreign key (team) references a.t; drop schema a cascade;",
    "create table a.t (x int primary key); alter table users add foreign key (team) references a.t; alter schema a rename to b;",
    // Of others.
    "create table t (like users);",
    "create table t (like users including all);",
    "create table t (like orders including indexes including constraints);",
    "create table t (like orders including defaults);",
    "create table t (like orders including all excluding indexes excluding defaults);",
    "create table t (x int) inherits (users);",
    "create table t (age bigint) ; create table u (check (total > 5)) inherits (orders);",
    "create table p (id int primary key, a int check (a > 0), b int references users, check (a > id)) partition by list (id); create table q partition of p for values in (1);",
    "create table p (id int primary key, b bigint references users default 3, c int not null check (c > 0)) partition by list (id); create index on p (b); create table p1 partition of p for values in (1);",
    "create table p (id int not null, at date) partition by range (at); create index p_at on p (at); create table p1 partition of p (id default 5, constraint k unique (id)) for values from ('2025-01-01') to ('2026-01-01'); drop table p;",
    "create table p (id int, unique (id)) partition by list (id); create table q partition of p default; alter table p detach partition q;",
    // Rolled back.
    "begin; create index i on users (age); alter table users add unique (age); drop index orders_user; rollback;",
    "begin; alter table users rename to people; alter table people drop constraint users_pkey cascade; rollback;",
    "begin; create sequence s; drop table orders; savepoint x; create table orders (id int primary key); rollback to x; commit;",
];

#[test]
fn the_catalog_has_what_the_server_has() {
    let Some(database) = Database::new() else { return };
    let mut wrong = Vec::new();
    for script in SCRIPTS {
        match differences(&database, PAST, script) {
            Err(errors) => wrong.push(format!("{script}\n  {errors}")),
            Ok(found) if found.is_empty() => {}
            Ok(found) => wrong.push(format!("{script}\n  {}", found.join("\n  "))),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// `T` is a table, `S` a schema, `C` a column, each by chance.
const STATEMENTS: &[&str] = &[
    "create table T (id int primary key, x int unique, email text check (email <> ''))",
    "create table S.T (id int primary key, x int references users, C text)",
    "create table T (like N including all)",
    "drop table T cascade",
    "drop table T",
    "alter table T rename to N",
    "alter table T set schema S",
    "alter table T add column x int references N",
    "alter table T add column email text unique",
    "alter table T drop column C cascade",
    "alter table T drop column C",
    "alter table T rename column C to x",
    "alter table T rename column x to email",
    "alter table T alter column C set not null",
    "alter table T alter column C drop not null",
    "alter table T alter column C set default null",
    "alter table T alter column C set default 1",
    "alter table T add unique (C)",
    "alter table T add primary key (C)",
    "alter table T add constraint k unique (C)",
    "alter table T add check (C is not null)",
    "alter table T add foreign key (C) references N (C)",
    "alter table T add foreign key (C) references N",
    "alter table T drop constraint k cascade",
    "alter table T drop constraint if exists T_pkey cascade",
    "alter table T rename constraint k to T_k",
    "create index on T (C)",
    "create index i on T (C, id)",
    "create unique index if not exists i on T (C)",
    "create index on T (lower(C::text)) where C is null",
    "drop index i",
    "drop index if exists T_C_idx",
    "alter index i rename to k",
    "alter index T_pkey rename to T_i",
    "alter table T add constraint k unique using index i",
    "begin",
    "commit",
    "rollback",
    "savepoint s",
    "rollback to s",
    "alter schema S rename to b",
    "drop schema S cascade",
    "create schema b",
];

#[test]
fn the_catalog_has_what_the_server_has_after_scripts_that_nobody_thought_of() {
    let Some(database) = Database::new() else { return };
    let (throws, seed) = super::dice::throws();
    let mut dice = Dice::new(seed);
    let (mut wrong, mut ran) = (Vec::new(), 0);
    for _ in 0..throws {
        let script = dice.script(STATEMENTS);
        // Only what runs to its end can be compared: so as much of it as does.
        let mut kept = String::new();
        for statement in script.split_inclusive(";\n") {
            let longer = kept.clone() + statement;
            let end = if longer.contains("begin") { "commit;" } else { "" };
            if let Ok(found) = differences(&database, PAST, &(longer.clone() + end)) {
                ran += 1;
                kept = longer;
                if !found.is_empty() {
                    wrong.push(format!("{kept}  {}", found.join("\n  ")));
                    break;
                }
            }
        }
    }
    assert!(ran > 20, "too few statements run: {ran}");
    assert!(wrong.is_empty(), "{} of {throws}\n{}", wrong.len(), wrong.join("\n"));
}
