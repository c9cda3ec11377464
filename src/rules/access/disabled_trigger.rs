//! # disabled-trigger
//!
//! A trigger that is switched off and left off does nothing any more, and nothing says so.
//!
//! Around a load it may be off: what the same migration switches on again for certain is not reported. `disable
//! trigger all` switches off the checks of foreign keys too. An event trigger is often a guard that watches over all
//! tables.
//!
//! ## Fails
//!
//! ```sql
//! alter table users disable trigger all;
//! ```
//!
//! ```sql before
//! create function watch() returns event_trigger language plpgsql as $$ begin end $$;
//! create event trigger watch_tables on ddl_command_end execute function watch();
//! alter event trigger watch_tables enable;
//! ```
//!
//! ```sql
//! alter event trigger watch_tables disable;
//! drop event trigger watch_tables;
//! ```
//!
//! ```sql
//! alter table users disable trigger all;
//! begin;
//! alter table users enable trigger all;
//! rollback;
//! ```
//!
//! ## Passes
//!
//! ```sql
//! alter table users disable trigger user;
//! update users set age = 18 where age is null;
//! alter table users enable trigger user;
//! ```

use crate::rules::{Check, Finding, Rule, Whole, declare, taken_back};
use crate::schema::{Certainty, Change, EventTriggerOp, ObjectName, Op, Shown};

pub(super) const RULE: Rule =
    declare!("access", "disabled_trigger.rs", "disabled-trigger", Approve, Check::Migration(check));

fn check(whole: &Whole<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let taken_back = taken_back(&whole.migration.script.changes);
    for (at, step) in whole.steps.iter().enumerate() {
        let together = step.change.certainty;
        let rest = whole.steps.iter().enumerate().skip(at + 1);
        let mut later = rest
            .filter(|(index, _)| !taken_back.contains(index))
            .map(|(_, it)| it.change)
            .filter(|it| it.certainty == Certainty::Sure || it.certainty == together);
        match &step.change.op {
            Op::SetTrigger { table, name, enabled: false }
                if !later.any(|it| enables(&it.op, table, name.as_ref())) && !is_made(whole, at, table) =>
            {
                let what = name.as_ref().map_or_else(|| "every trigger".to_owned(), |it| format!("`{}`", Shown(it)));
                let message = format!("{what} of `{table}` stays off after this");
                findings.push(finding(whole, step.change, &table.to_string(), message));
            }
            Op::EventTrigger { name, op: EventTriggerOp::Disable }
                if !later.any(|it| matches!(&it.op, Op::EventTrigger { name: on, op: EventTriggerOp::Enable } if on == name)) =>
            {
                let message = format!("`{}` no longer watches what is done to the database", Shown(name));
                findings.push(finding(whole, step.change, name, message));
            }
            _ => {}
        }
    }
    findings
}

fn finding(whole: &Whole<'_>, change: &Change, subject: &str, message: String) -> Finding {
    let finding = whole.finding(&change.span, Shown(subject).to_string(), message);
    finding.help("switch it on again at the end of the migration")
}

fn enables(op: &Op, table: &ObjectName, name: Option<&String>) -> bool {
    match op {
        Op::SetTrigger { table: on, name: which, enabled: true } => {
            on.name == table.name && (which.is_none() || which.as_ref() == name)
        }
        _ => false,
    }
}

fn is_made(whole: &Whole<'_>, before: usize, table: &ObjectName) -> bool {
    let mut earlier = whole.steps.iter().take(before);
    earlier.any(|it| matches!(&it.change.op, Op::CreateTable(new) if new.name == *table))
}
