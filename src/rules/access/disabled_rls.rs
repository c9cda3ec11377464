//! # disabled-rls
//!
//! Switching row level security off opens the table to everyone who can reach the API; its policies stay, and mean
//! nothing.
//!
//! Judged is the state that the whole change leaves behind: off and on again around a load passes.
//!
//! ## Fails
//!
//! ```sql
//! alter table users disable row level security;
//! ```
//!
//! ```sql
//! alter table users no force row level security;
//! ```
//!
//! ```sql
//! do $$ begin alter table users disable row level security; end $$;
//! ```
//!
//! ## Passes
//!
//! ```sql before
//! create table users (id bigint);
//! alter table users enable row level security;
//! ```
//!
//! ```sql
//! alter table users disable row level security;
//! insert into users values (1);
//! alter table users enable row level security;
//! ```

use crate::rules::{Check, Context, Finding, Rule, State, declare};
use crate::schema::{Change, Op, Resolved, RlsSwitch};

pub(super) const RULE: Rule = declare!(
    "access",
    "disabled_rls.rs",
    "disabled-rls",
    Deny,
    Check::ChangeAndState(unknown, check)
);

/// What becomes of a table that no migration made cannot be followed, so it is judged at once.
fn unknown(cx: &Context<'_>, change: &Change) -> Option<Finding> {
    let Op::SetRls { table, switch } = &change.op else { return None };
    let Resolved::Permanent(name) = cx.catalog.resolve(table) else { return None };
    let off = matches!(switch, RlsSwitch::Disable | RlsSwitch::NoForce);
    if !off || cx.catalog.table(&name).is_some() {
        return None;
    }
    let table = cx.name(table);
    Some(help(cx.finding(change, &table, message(&table, *switch)), &name.sql(), *switch))
}

fn check(state: &State<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (name, table) in state.catalog.touched_tables() {
        // A table that this change made is judged by what it ends as.
        if state.catalog.is_recent(&table.born) && !state.everything {
            continue;
        }
        let off =
            [(RlsSwitch::Disable, &table.disabled_at), (RlsSwitch::NoForce, &table.unforced_at)];
        for (switch, at) in off {
            let Some(at) = at else { continue };
            let sql = name.sql();
            let name = name.to_string();
            let finding = Finding::new(&name, at.clone(), message(&name, switch));
            let evidence = format!("alter table {name} {}", words(switch));
            findings.push(help(finding.evidence(&evidence), &sql, switch));
        }
    }
    findings
}

fn words(switch: RlsSwitch) -> &'static str {
    match switch {
        RlsSwitch::NoForce => "no force row level security",
        _ => "disable row level security",
    }
}

fn message(table: &str, switch: RlsSwitch) -> String {
    match switch {
        RlsSwitch::NoForce => format!("the owner of `{table}` is above its policies after this"),
        _ => format!(
            "`{table}` is left without row level security: everyone who reaches the API can read and write it"
        ),
    }
}

fn help(finding: Finding, table: &str, switch: RlsSwitch) -> Finding {
    let undo = match switch {
        RlsSwitch::NoForce => format!("alter table {table} force row level security;"),
        _ => format!("alter table {table} enable row level security;"),
    };
    finding.help(format!("take the statement out, or end the change with `{undo}`"))
}
