//! Histories as people and tools write them, one statement of each kind and some that are written otherwise.

use std::sync::Arc;

use sprag::parse::Migration;
use sprag::schema::Provider;
use sprag::source::RepoPath;

use super::{referee, server};

/// Each list is a history, in the order of its files.
const HISTORIES: &[&[&str]] = &[
    // Prisma.
    &[
        r#"CREATE TYPE "Role" AS ENUM ('USER', 'ADMIN');
CREATE TABLE "User" (
    "id" SERIAL NOT NULL,
    "email" TEXT NOT NULL,
    "name" VARCHAR(255),
    "role" "Role" NOT NULL DEFAULT 'USER',
    "tags" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "score" DECIMAL(65,30) NOT NULL DEFAULT 0,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "User_pkey" PRIMARY KEY ("id")
);
CREATE TABLE "Post" ("id" TEXT NOT NULL, "authorId" INTEGER NOT NULL, "meta" JSONB NOT NULL DEFAULT '{}', PRIMARY KEY ("id"));
CREATE UNIQUE INDEX "User_email_key" ON "User"("email");
CREATE INDEX "Post_authorId_idx" ON "Post"("authorId" DESC);
ALTER TABLE "Post" ADD CONSTRAINT "Post_authorId_fkey" FOREIGN KEY ("authorId") REFERENCES "User"("id") ON DELETE CASCADE ON UPDATE CASCADE;"#,
        r#"ALTER TYPE "Role" ADD VALUE 'OWNER';"#,
        r#"BEGIN;
CREATE TYPE "Role_new" AS ENUM ('USER', 'OWNER');
ALTER TABLE "User" ALTER COLUMN "role" DROP DEFAULT;
ALTER TABLE "User" ALTER COLUMN "role" TYPE "Role_new" USING ("role"::text::"Role_new");
ALTER TYPE "Role" RENAME TO "Role_old";
ALTER TYPE "Role_new" RENAME TO "Role";
DROP TYPE "Role_old";
ALTER TABLE "User" ALTER COLUMN "role" SET DEFAULT 'USER';
COMMIT;"#,
        r#"ALTER TABLE "User" RENAME COLUMN "name" TO "fullName";
ALTER TABLE "User" RENAME CONSTRAINT "User_pkey" TO "users_pkey";
ALTER INDEX "User_email_key" RENAME TO "users_email_key";
ALTER TABLE "User" RENAME TO "users";
ALTER TABLE "Post" DROP CONSTRAINT "Post_authorId_fkey", ALTER COLUMN "authorId" DROP NOT NULL;
DROP INDEX "Post_authorId_idx";"#,
    ],
    // Supabase.
    &[
        "create schema private;
create table public.profiles (
  id uuid primary key default gen_random_uuid(), handle text unique check (char_length(handle) > 2),
  bio text default 'it''s me', age smallint, seen timestamptz default now(), total numeric(10, 2) generated always as (1.5 * 2) stored
);
alter table public.profiles enable row level security;
create policy \"Anyone reads\" on public.profiles for select using (true);
create policy own on public.profiles for update to public using (current_user = handle) with check (current_user = handle);
create function private.touch() returns trigger language plpgsql as $$ begin new.seen := now(); return new; end $$;
create trigger touched before update on public.profiles for each row execute function private.touch();
create view public.handles as select id, handle from public.profiles;
create materialized view private.counted as select count(*) as many from public.profiles;",
        "do $$ begin create type public.mood as enum ('sad', 'glad'); exception when duplicate_object then null; end $$;
alter table public.profiles add column if not exists mood public.mood default 'sad';
alter table public.profiles force row level security;
drop policy if exists own on public.profiles;
create policy own on public.profiles as restrictive for all to public using (true);
create table if not exists private.logs (id bigint generated always as identity primary key, at timestamptz not null, line text);
create index concurrently_not on private.logs using brin (at);
create unique index one_line on private.logs (lower(line)) where line is not null;",
        "alter table private.logs set schema public;
alter table public.logs rename to entries;
alter policy \"Anyone reads\" on public.profiles rename to readers;
alter table public.profiles disable row level security;
alter table public.profiles no force row level security;
drop view public.handles;
drop materialized view private.counted;
drop trigger touched on public.profiles;
alter table public.profiles drop column bio, alter column age type integer, alter column age set default 18;",
    ],
    // Partitions, inheritance, `LIKE`, defaults that are taken back, keys that are only checked later.
    &[
        "create table events (id bigint not null, at date not null, kind text) partition by range (at);
create table events_2025 partition of events for values from ('2025-01-01') to ('2026-01-01');
create table base (id int primary key, note varchar default 'x');
create table child (more int) inherits (base);
create table alike (like base including all);
create domain email as text check (value like '%@%');
create table people (id int, mail email not null, parent int, unique (mail, parent));",
        "alter table people add primary key (id);
alter table people add constraint parents foreign key (parent) references people not valid;
alter table people validate constraint parents;
alter table people alter mail drop not null, alter parent set not null, alter parent set default 1;
alter table people alter parent drop default;
create unique index concurrently_later on people (parent);
alter table people add constraint one_parent unique using index concurrently_later;",
    ],
    // A type that goes with what hangs on it: columns, and a default that was written in it.
    &[
        "create type currency as enum ('USD', 'EUR');
create table accounts (id serial primary key, currency currency not null default 'USD', other currency);",
        "alter table accounts alter currency type text;
drop type currency cascade;",
        "drop table accounts;",
    ],
];

/// One of the histories.
fn read(at: usize) -> Vec<Migration> {
    let read = |(number, text): (usize, &&str)| {
        let path = format!("db{at}/prisma/migrations/{number}_step/migration.sql");
        Migration::read(RepoPath::from(path.as_str()), Arc::from(*text), Provider::Postgresql)
    };
    HISTORIES[at].iter().enumerate().map(read).collect()
}

#[test]
fn reading_and_a_server_come_to_the_same_after_every_file() {
    let Some((binaries, place)) = server() else { return };
    let (mut wrong, mut things) = (Vec::new(), 0);
    for at in 0..HISTORIES.len() {
        let found = referee(&binaries, &place, &read(at), None);
        assert_eq!(found.refused, Vec::<String>::new());
        things += found.things;
        wrong.extend(found.differ);
        wrong.extend(found.missed);
    }
    assert!(things > 60, "{things}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn whatever_file_is_not_read_is_missed() {
    let Some((binaries, place)) = server() else { return };
    for at in 0..HISTORIES.len() {
        let migrations = read(at);
        for unread in 0..migrations.len() {
            let found = referee(&binaries, &place, &migrations, Some(unread));
            let path = migrations[unread].path.to_string();
            assert!(
                found.differ.iter().any(|it| it.starts_with(&path)),
                "{path}: {:?}",
                found.differ
            );
        }
    }
}
