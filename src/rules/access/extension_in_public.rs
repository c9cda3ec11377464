//! # extension-in-public
//!
//! An extension without a schema of its own puts its functions into `public`, where the API offers them.
//!
//! Prisma and many tutorials write it so, so this is off until a policy asks for it.
//!
//! ## Fails
//!
//! ```sql
//! create extension citext;
//! ```
//!
//! ## Passes
//!
//! ```sql
//! create extension citext schema extensions;
//! ```

use crate::rules::{Check, Context, Finding, Rule, declare};
use crate::schema::{Change, Op, Shown};

pub(super) const RULE: Rule = declare!(
    "access",
    "extension_in_public.rs",
    "extension-in-public",
    Allow,
    Check::Change(check)
);

fn check(cx: &Context<'_>, change: &Change) -> Option<Finding> {
    let Op::CreateExtension { name, schema, .. } = &change.op else { return None };
    let exposed = |it: &String| cx.target.exposed_schemas.contains(it);
    if !schema.as_ref().is_none_or(exposed) || cx.catalog.extension(name).is_some() {
        return None;
    }
    let name = Shown(name);
    let message =
        format!("the functions of `{name}` are offered by the API: they lie in an exposed schema");
    let finding = cx.finding(change, name.to_string(), message);
    Some(
        finding
            .help(format!("create it elsewhere: `create extension \"{name}\" schema extensions;`")),
    )
}
