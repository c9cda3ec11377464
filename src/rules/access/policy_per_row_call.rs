//! # policy-per-row-call
//!
//! A policy that calls `auth.uid()` as it stands calls it anew for every row that a query looks at.
//!
//! As `(select auth.uid())` it is asked once a query. The condition means the same.
//!
//! ## Fails
//!
//! ```sql
//! create policy own on users for select using (email = auth.jwt() ->> 'email');
//! ```
//!
//! ```sql
//! create policy own on users for select using (name = current_setting('app.user'));
//! ```
//!
//! ## Passes
//!
//! ```sql
//! create policy own on users for select using (email = (select auth.jwt() ->> 'email'));
//! ```

use crate::rules::{Check, Context, Finding, Fix, Rule, declare};
use crate::schema::{Change, Expression, Op, Resolved, Shown};

/// They answer the same for every row of a query.
const STEADY: &[&str] = &["auth.uid", "auth.jwt", "auth.role", "auth.email", "current_setting"];

pub(super) const RULE: Rule =
    declare!("access", "policy_per_row_call.rs", "policy-per-row-call", Warn, Check::Change(check));

fn check(cx: &Context<'_>, change: &Change) -> Option<Finding> {
    let (Op::CreatePolicy { table, name, using, check, .. }
    | Op::AlterPolicy { table, name, using, check, .. }) = &change.op
    else {
        return None;
    };
    let Resolved::Permanent(on) = cx.catalog.resolve(table) else { return None };
    let conditions = || using.iter().chain(check);
    let called = |it: &&String| STEADY.contains(&it.as_str());
    let call = conditions().flat_map(|it| &it.per_row).find(called)?;
    let message = format!("`{call}()` runs again for every row of `{on}` that a query looks at");
    let finding = cx.finding(change, super::reach::policy_name(&on, name), message);
    let finding = finding.help(format!(
        "write `(select {call}(…))`, which runs once a query; the policy `{}` means the same",
        Shown(name)
    ));
    let fix = conditions().fold(Fix::new("ask once a query"), |fix, it| wrap(fix, cx, it));
    Some(if fix.edits.is_empty() { finding } else { finding.fix(fix) })
}

/// Puts `(select …)` around the calls that have no arguments: the end of others is not plain to see.
fn wrap(mut fix: Fix, cx: &Context<'_>, condition: &Expression) -> Fix {
    let Some(text) = cx.migration.text.get(condition.at.clone()) else { return fix };
    let lower = text.to_ascii_lowercase();
    for call in STEADY.iter().map(|it| format!("{it}()")) {
        for (at, _) in lower.match_indices(&call) {
            let before = lower.get(..at).unwrap_or_default().trim_end();
            let named = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '"' | '\'');
            if before.ends_with("select") || lower.get(..at).is_some_and(|it| it.ends_with(named)) {
                continue;
            }
            let start = condition.at.start + at;
            let end = start + call.len();
            fix = fix.edit(start..start, "(select ").edit(end..end, ")");
        }
    }
    fix
}
