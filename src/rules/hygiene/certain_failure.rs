//! # certain-failure
//!
//! A statement that cannot succeed stops the migration half way, or is passed over while the rest is applied.
//!
//! Told are columns that are not there, foreign keys to columns that are not unique or of a type that cannot be
//! compared, and another type for a column that a policy reads. Judged by the tables that the migrations have created
//! from their beginning; of others nothing is known.
//!
//! ## Fails
//!
//! ```sql before
//! create table users (id bigint primary key, email text);
//! alter table users enable row level security;
//! ```
//!
//! ```sql
//! create index users_emial_idx on users (emial);
//! ```
//!
//! ```sql before
//! create table users (id uuid primary key, email text);
//! create table notes (id bigint primary key);
//! alter table users enable row level security;
//! alter table notes enable row level security;
//! ```
//!
//! ```sql
//! alter table notes add column user_id text references users (id);
//! ```
//!
//! ```sql before
//! create table users (id bigint primary key, email text);
//! create table notes (id bigint primary key);
//! alter table users enable row level security;
//! alter table notes enable row level security;
//! ```
//!
//! ```sql
//! alter table notes add column user_email text references users (email);
//! ```
//!
//! ```sql before
//! create table users (id bigint primary key, tenant integer);
//! alter table users enable row level security;
//! create policy "own tenant" on users using (tenant = 1);
//! ```
//!
//! ```sql
//! alter table users alter column tenant type bigint;
//! ```
//!
//! ## Passes
//!
//! ```sql before
//! create table users (id bigint primary key, email text unique);
//! create table notes (id bigint primary key);
//! alter table users enable row level security;
//! alter table notes enable row level security;
//! ```
//!
//! ```sql
//! alter table notes add column user_id integer references users (id);
//! alter table notes add column user_email varchar(200) references users (email);
//! create index notes_user_id_idx on notes (user_id);
//! create index users_email_idx on users (lower(email));
//! ```

use super::failing::{foreign_key, missing_column, policy_column};
use super::is_followed;
use crate::rules::{Check, Context, Finding, Rule, declare};
use crate::schema::Change;

pub(super) const RULE: Rule =
    declare!("hygiene", "certain_failure.rs", "certain-failure", Deny, Check::Change(check));

fn check(cx: &Context<'_>, change: &Change) -> Option<Finding> {
    let failure = missing_column(cx, change)
        .or_else(|| foreign_key(cx, change))
        .or_else(|| policy_column(cx, change))
        .filter(|_| is_followed(cx, change))?;
    Some(cx.finding(change, failure.subject, failure.message).help(failure.help))
}
