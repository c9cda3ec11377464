//! # changed-search-path
//!
//! A search path that is set for a database or a role changes what every name without a schema means from the next
//! connection on.
//!
//! ## Fails
//!
//! ```sql
//! alter role app_owner set search_path = evil, public;
//! alter role app_owner reset search_path;
//! ```
//!
//! ## Passes
//!
//! ```sql
//! alter role app_owner set statement_timeout = '5s';
//! alter role app_owner reset statement_timeout;
//! ```
//!
//! ```sql
//! set search_path = public;
//! ```

use crate::rules::{Check, Context, Finding, Rule, declare};
use crate::schema::{Change, Op, Shown};

pub(super) const RULE: Rule = declare!(
    "access",
    "changed_search_path.rs",
    "changed-search-path",
    Approve,
    Check::Change(check)
);

fn check(cx: &Context<'_>, change: &Change) -> Option<Finding> {
    let Op::Configure { what, setting, value: Some(value) } = &change.op else { return None };
    if setting != "search_path" {
        return None;
    }
    let message = format!(
        "every name without a schema is looked up in {} by the {} from its next connection on",
        Shown(value),
        Shown(what)
    );
    let finding = cx.finding(change, Shown(what).to_string(), message);
    Some(finding.help("write names with their schemas, and leave the search path"))
}
