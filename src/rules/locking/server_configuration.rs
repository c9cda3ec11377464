//! # server-configuration
//!
//! `ALTER SYSTEM`, `ALTER DATABASE … SET` and `ALTER ROLE … SET` change how every later session behaves, and no schema
//! shows it.
//!
//! A copy of the database does not have the setting, and whoever looks for the cause of a change in behaviour does not
//! look into migrations. So somebody who answers for the server looks at it first.
//!
//! ## Fails
//!
//! ```sql
//! alter system set work_mem = '64MB';
//! ```
//!
//! ```sql
//! alter role postgres set app.mode = 'strict';
//! ```
//!
//! ## Passes
//!
//! ```sql
//! set work_mem = '64MB';
//! ```

use crate::rules::{Check, Context, Finding, Rule, declare};
use crate::schema::{Change, Op, Shown};

pub(super) const RULE: Rule = declare!(
    "locking",
    "server_configuration.rs",
    "server-configuration",
    Approve,
    Check::Change(check)
);

fn check(cx: &Context<'_>, change: &Change) -> Option<Finding> {
    let Op::Configure { what, setting, value } = &change.op else { return None };
    let whose = match what.as_str() {
        "system" => "every database of the server".to_owned(),
        it => format!("every later session of {}", Shown(it)),
    };
    let setting = match setting.as_str() {
        "all" => "every setting".to_owned(),
        it => format!("`{}`", Shown(it)),
    };
    let verb = if value.is_some() { "is another" } else { "is no longer what it was" };
    let finding = cx.finding(
        change,
        format!("{} {}", Shown(what), setting.trim_matches('`')),
        format!("{setting} {verb} for {whose} after this"),
    );
    Some(finding.help(
        "configure the server where the rest of its configuration is, or let whoever answers for it decide",
    ))
}
