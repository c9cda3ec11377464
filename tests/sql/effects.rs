//! What single statements are read as.

use std::fmt::Write as _;

use insta::assert_snapshot;

use super::migration;

/// One line for each change of a script.
fn read(text: &str) -> String {
    let mut lines = String::new();
    for change in migration("1_read", text).script.changes {
        let op = format!("{:?}", change.op);
        let op = op.replace("ObjectName { schema: None, name: \"", "{\"");
        let op = op.replace("ObjectName { schema: Some(\"", "{\"");
        let _ = writeln!(lines, "{op}");
    }
    lines
}

#[test]
fn rows_are_written_wherever_a_query_may_write_them() {
    assert_snapshot!(read(
        "update users set age = 1, (name, email) = (select 'a', 'b');
        update only shop.users u set age = 1 where id = 1;
        insert into users values (1);
        insert into users (id) select 1 where not exists (select 1 from users);
        insert into users (id) select id from people on conflict (id) do update set id = 2;
        insert into users (id) select * from generate_series(1, 9);
        with gone as (insert into log select * from users returning id) update users set age = 1 where true;
        insert into users (id) select 1 union all select id from people;
        insert into users (id) select x from (values (1), (2)) as v (x);
        merge into users u using people p on u.id = p.id
          when matched and p.gone then delete when matched then update set age = p.age
          when not matched then insert (id) values (p.id);
        copy users from stdin;
        copy users to stdout;
        update pg_catalog.pg_class set relrowsecurity = false;"
    ), @r#"
    Update { table: {"users" }, filter: EveryRow, columns: ["age", "name", "email"] }
    Update { table: {"shop"), name: "users" }, filter: Some, columns: ["age"] }
    Insert { table: {"users" }, queried: false, overwrites: false }
    Insert { table: {"users" }, queried: false, overwrites: false }
    Insert { table: {"users" }, queried: true, overwrites: true }
    Insert { table: {"users" }, queried: true, overwrites: false }
    Update { table: {"users" }, filter: EveryRow, columns: ["age"] }
    Insert { table: {"log" }, queried: true, overwrites: false }
    Insert { table: {"users" }, queried: true, overwrites: false }
    Insert { table: {"users" }, queried: false, overwrites: false }
    Delete { table: {"users" }, filter: Some }
    Update { table: {"users" }, filter: EveryRow, columns: ["age"] }
    Insert { table: {"users" }, queried: true, overwrites: false }
    Insert { table: {"users" }, queried: true, overwrites: false }
    "#);
}

#[test]
fn settings_keep_their_name_and_value() {
    assert_snapshot!(read(
        "set lock_timeout = '5s'; set local statement_timeout to 0; set session \"row_security\" = off;
        set lock_timeout to default; reset lock_timeout; set app.user_id = 'x'; set work_mem = -1;
        set role anon; set local role 'authenticated'; set role none; reset role;
        set session authorization postgres; set time zone 'UTC'; set timezone = 'UTC'; reset time zone; reset all; discard all;
        discard plans; set datestyle to iso, dmy; set standard_conforming_strings = on;
        select set_config('lock_timeout', '5s', false), set_config('role', x, true) from y;"
    ), @r#"
    Set { setting: "lock_timeout", value: Some("5s"), lasting: Session }
    Set { setting: "statement_timeout", value: Some("0"), lasting: Transaction }
    Set { setting: "row_security", value: Some("off"), lasting: Session }
    Set { setting: "lock_timeout", value: None, lasting: Session }
    Set { setting: "lock_timeout", value: None, lasting: Session }
    Set { setting: "app.user_id", value: Some("x"), lasting: Session }
    Set { setting: "work_mem", value: Some("-1"), lasting: Session }
    Set { setting: "role", value: Some("anon"), lasting: Session }
    Set { setting: "role", value: Some("authenticated"), lasting: Transaction }
    Set { setting: "role", value: None, lasting: Session }
    Set { setting: "role", value: None, lasting: Session }
    Set { setting: "session_authorization", value: Some("postgres"), lasting: Session }
    Set { setting: "timezone", value: Some("UTC"), lasting: Session }
    Set { setting: "timezone", value: Some("UTC"), lasting: Session }
    Set { setting: "timezone", value: None, lasting: Session }
    SetSearchPath { schemas: Some(["public"]), lasting: Session }
    Set { setting: "all", value: None, lasting: Session }
    SetSearchPath { schemas: Some(["public"]), lasting: Session }
    Set { setting: "all", value: None, lasting: Session }
    OutsideTransaction { what: "DISCARD ALL" }
    Set { setting: "datestyle", value: Some("iso, dmy"), lasting: Session }
    Set { setting: "lock_timeout", value: Some("5s"), lasting: Session }
    Set { setting: "role", value: None, lasting: Transaction }
    "#);
}

#[test]
fn what_configures_the_server_says_where() {
    assert_snapshot!(read(
        "alter system set max_connections = 10; alter system reset all; alter system reset work_mem;
        alter database shop set search_path to public; alter database shop set tablespace fast; alter database shop connection limit 3;
        alter role anon set statement_timeout = '3s'; alter role all reset all; alter user anon in database shop set role to x;
        create database shop; create tablespace fast location '/x'; drop tablespace fast;"
    ), @r#"
    Configure { what: "system", setting: "max_connections", value: Some("10") }
    Configure { what: "system", setting: "all", value: None }
    Configure { what: "system", setting: "work_mem", value: None }
    Configure { what: "database shop", setting: "search_path", value: Some("public") }
    OutsideTransaction { what: "ALTER DATABASE … SET TABLESPACE" }
    Configure { what: "role anon", setting: "statement_timeout", value: Some("3s") }
    Configure { what: "role all", setting: "all", value: None }
    Configure { what: "role anon", setting: "role", value: Some("x") }
    OutsideTransaction { what: "CREATE DATABASE" }
    OutsideTransaction { what: "CREATE TABLESPACE" }
    OutsideTransaction { what: "DROP TABLESPACE" }
    "#);
}

#[test]
fn what_runs_a_whole_table_by_names_it() {
    assert_snapshot!(read(
        "vacuum; vacuum full users; vacuum (full, verbose) users, orders; vacuum (full off) users; vacuum full; analyze users (age); analyze;
        cluster users using users_pkey; cluster; reindex table concurrently users; reindex (concurrently) index users_pkey;
        reindex (concurrently false, verbose) table users; reindex schema public; reindex database concurrently shop;
        refresh materialized view concurrently totals; refresh materialized view totals with no data; refresh materialized view totals;
        lock table users, only orders in share row exclusive mode nowait; lock users; lock users in access share mode;"
    ), @r#"
    Maintain { on: Several("database"), work: Vacuum }
    Maintain { on: Relation({"users" }), work: VacuumFull }
    Maintain { on: Relation({"users" }), work: VacuumFull }
    Maintain { on: Relation({"orders" }), work: VacuumFull }
    Maintain { on: Relation({"users" }), work: Vacuum }
    Maintain { on: Several("database"), work: VacuumFull }
    Maintain { on: Relation({"users" }), work: Analyze }
    Maintain { on: Several("database"), work: Analyze }
    Maintain { on: Relation({"users" }), work: Cluster }
    Maintain { on: Several("database"), work: Cluster }
    Maintain { on: Relation({"users" }), work: Reindex { concurrently: true } }
    Maintain { on: Index({"users_pkey" }), work: Reindex { concurrently: true } }
    Maintain { on: Relation({"users" }), work: Reindex { concurrently: false } }
    Maintain { on: Several("schema public"), work: Reindex { concurrently: false } }
    Maintain { on: Several("database concurrently shop"), work: Reindex { concurrently: true } }
    Maintain { on: Relation({"totals" }), work: Refresh { concurrently: true } }
    Maintain { on: Relation({"totals" }), work: Refresh { concurrently: false } }
    Lock { table: {"users" }, mode: "share row exclusive" }
    Lock { table: {"orders" }, mode: "share row exclusive" }
    Lock { table: {"users" }, mode: "access exclusive" }
    Lock { table: {"users" }, mode: "access share" }
    "#);
}
