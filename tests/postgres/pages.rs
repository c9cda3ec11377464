//! What a page shows runs, and does what the page says.

use super::server::{Database, Sent};
use super::snapshot::{losses, snapshot};
use crate::rules::examples;
use crate::rules::fixes::{fixed, fixes};

/// What the examples take for granted.
pub(super) const WORLD: &str = "do $$ begin create role authors superuser; exception when duplicate_object then null; end $$;
    create type order_status as enum ('new', 'paid'); create type address as (street text, city text);
    create domain email_text as text;
    create table users (id bigint primary key, email text, age integer, name text, \"type\" text);
    create index users_email_idx on users (email);
    create table rooms (id bigint primary key); alter table rooms enable row level security;
    create table orders (id bigint, status order_status);
    create table sessions (id bigint, expires_at timestamptz);
    create table events (id bigint, at date) partition by range (at);
    alter table users enable row level security; alter table users force row level security;
    alter table orders enable row level security; alter table sessions enable row level security;
    alter table events enable row level security;";

/// What a database of Supabase has before the first migration.
const SUPABASE: &str = "do $$ declare it text; begin
      foreach it in array array['anon', 'authenticated', 'service_role', 'app_owner'] loop
        execute format('create role %I', it);
      end loop;
    exception when duplicate_object then null; end $$;
    create schema auth; create schema extensions; create schema supabase_migrations;
    create table auth.users (id uuid primary key, email text, raw_user_meta_data jsonb);
    create function auth.uid() returns uuid stable language sql as 'select null::uuid';
    create function auth.role() returns text stable language sql as 'select null::text';
    create function auth.jwt() returns jsonb stable language sql as 'select null::jsonb';
    create table supabase_migrations.schema_migrations (version text primary key);
    drop publication if exists supabase_realtime; create publication supabase_realtime;
    drop event trigger if exists watch_tables;
    ";

#[test]
fn every_example_of_a_page_runs() {
    let Some(database) = Database::new() else { return };
    let mut wrong = Vec::new();
    for it in examples().iter().filter(|it| it.is_sql()) {
        // These show what Postgres refuses as well.
        let unreadable = it.text.contains("create tabel") || it.text.contains("\\i other.sql");
        let transaction = it.rule.name == "concurrently-in-transaction" && it.fails;
        if unreadable || transaction {
            continue;
        }
        database.beside("create database shop");
        let past = if it.before.is_empty() { WORLD.to_owned() } else { it.before.concat() };
        database.reset(&format!("{SUPABASE}{past}"));
        let before = snapshot(&database);
        let (_, errors) = database.send(&it.text, Sent::Each);
        // These say themselves that it fails.
        let told = ["certain-failure", "duplicate-object"].contains(&it.rule.name) && it.fails;
        if errors.is_empty() == told {
            wrong.push(format!("{}: {errors}", it.name()));
        }
        let losses = losses(&before, &snapshot(&database));
        if !losses.is_empty() && it.refusals().is_empty() {
            wrong.push(format!("{}: {}", it.name(), losses.join(", ")));
        }
    }
    database.beside("drop database if exists shop");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_a_fix_writes_runs() {
    let Some(database) = Database::new() else { return };
    let mut wrong = Vec::new();
    let mut tried = 0;
    for (example, found, fix) in fixes() {
        let past =
            if example.before.is_empty() { WORLD.to_owned() } else { example.before.concat() };
        let past = format!("{SUPABASE}{past}");
        database.beside("create database shop");
        database.reset(&past);
        let (_, known) = database.send(&example.text, Sent::Each);
        database.reset(&past);
        for text in fixed(&example.text, &fix) {
            tried += 1;
            let (_, errors) = database.send(&text, Sent::Each);
            if !errors.is_empty() && known.is_empty() {
                wrong.push(format!(
                    "{}, fixing {}: {errors}\n{text}",
                    example.name(),
                    found.rule.name
                ));
            }
        }
    }
    database.beside("drop database if exists shop");
    assert!(tried > 0);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
