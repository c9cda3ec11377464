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

use std::ops::Range;

use crate::parse::sql::{Token, is_plain, tokens};
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
    let fix = conditions()
        .fold(Fix::new("ask once a query"), |fix, it| wrap(fix, cx, &change.statement, it));
    Some(if fix.edits.is_empty() { finding } else { finding.fix(fix) })
}

/// Puts `(select …)` around the calls. What strings and comments say of them is left.
fn wrap(mut fix: Fix, cx: &Context<'_>, statement: &Range<usize>, condition: &Expression) -> Fix {
    let Some(text) = cx.migration.text.get(condition.at.clone()) else { return fix };
    // In a string that is run, quotes are doubled, and what is a string in it cannot be told. No string goes over the
    // end of a statement, so a file of many policies is not read anew for each.
    let around = cx.migration.text.get(statement.clone()).unwrap_or_default();
    if !is_plain(around, condition.at.start.saturating_sub(statement.start)) {
        return fix;
    }
    let tokens = tokens(text);
    let mut at = 0;
    while at < tokens.len() {
        let Some(end) = call(&tokens, at) else {
            at += 1;
            continue;
        };
        let asked = at.checked_sub(1).and_then(|it| tokens.get(it));
        if !asked.is_some_and(|it| it.is("select"))
            && let (Some(first), Some(last)) = (tokens.get(at), tokens.get(end - 1))
        {
            let start = condition.at.start + first.at.start;
            let end = condition.at.start + last.at.end;
            fix = fix.edit(start..start, "(select ").edit(end..end, ")");
        }
        at = end;
    }
    fix
}

/// The end of the steady call that begins at a token. Its arguments are constants: others may be of the row.
fn call(tokens: &[Token<'_>], at: usize) -> Option<usize> {
    let text = |at: usize| tokens.get(at).map_or("", |it| it.text);
    if at.checked_sub(1).is_some_and(|before| text(before) == ".") {
        return None;
    }
    let mut name = tokens.get(at)?.name()?;
    let mut next = at + 1;
    while text(next) == "." {
        name = format!("{name}.{}", tokens.get(next + 1)?.name()?);
        next += 2;
    }
    if !STEADY.contains(&name.as_str()) || text(next) != "(" {
        return None;
    }
    let constant =
        |it: &&Token<'_>| it.is_literal() || it.text == "," || it.is("true") || it.is("false");
    let end = next + 1 + tokens.get(next + 1..)?.iter().take_while(constant).count();
    (text(end) == ")").then_some(end + 1)
}
