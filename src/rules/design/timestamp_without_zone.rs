//! # timestamp-without-zone
//!
//! A time without its zone means another moment to every client whose session has another zone.
//!
//! `timestamp` stores what a clock showed, and not where the clock was; `timestamptz` stores the moment, in the same eight
//! bytes. Prisma's `DateTime` is a `timestamp(3)` unless `@db.Timestamptz(3)` stands beside it. Changing it later can
//! rewrite the table.
//!
//! ## Fails
//!
//! ```sql
//! alter table users add column seen_at timestamp;
//! ```
//!
//! ```sql
//! create table logs (id bigint primary key, at timestamp(3) not null default current_timestamp);
//! alter table logs enable row level security;
//! ```
//!
//! ## Passes
//!
//! ```sql
//! alter table users add column seen_at timestamptz, add column renewed_at timestamp(3) with time zone;
//! ```
//!
//! A date has no zone.
//!
//! ```sql
//! alter table users add column born_on date;
//! ```

use super::typed::find;
use crate::rules::{Check, Context, Finding, Rule, declare};
use crate::schema::Change;

pub(super) const RULE: Rule = declare!(
    "design",
    "timestamp_without_zone.rs",
    "timestamp-without-zone",
    Allow,
    Check::Change(check)
);

fn check(cx: &Context<'_>, change: &Change) -> Option<Finding> {
    find(
        cx,
        change,
        |it| is_without_zone(it.data_type),
        |it| format!("`{}` holds the time of a clock and not which clock", it.subject()),
        |it| {
            format!(
                "make it `{}`; in Prisma, `@db.Timestamptz(3)`",
                it.data_type.replace(" without time zone", "").replacen(
                    "timestamp",
                    "timestamptz",
                    1
                )
            )
        },
    )
}

fn is_without_zone(data_type: &str) -> bool {
    super::typed::base(data_type) == "timestamp" && !data_type.contains("with time zone")
}
