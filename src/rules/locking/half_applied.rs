//! # half-applied
//!
//! Statements without a transaction around them are applied one by one by `psql`, which goes on after one that fails.
//!
//! Of a file that Prisma or an editor sends as one text, an error leaves nothing. The same file under `psql -f` or `\i`
//! is left half applied, with what came after the error as well. `BEGIN` and `COMMIT` around it make both ways the
//! same. (`psql -1 -v ON_ERROR_STOP=1` does so too, where somebody thinks of it.)
//!
//! ## Fails
//!
//! ```sql
//! alter table users add column nick text;
//! update users set nick = name where id < 1000;
//! ```
//!
//! ## Passes
//!
//! ```sql
//! begin;
//! alter table users add column nick text;
//! update users set nick = name where id < 1000;
//! commit;
//! ```
//!
//! ```sql
//! alter table users add column nick text, add column city text;
//! ```

use super::{committed, outside};
use crate::rules::{BREAKPOINT, Check, Finding, Fix, Rule, Whole, declare};
use crate::schema::Op;

pub(super) const RULE: Rule =
    declare!("locking", "half_applied.rs", "half-applied", Allow, Check::Migration(check));

fn check(whole: &Whole<'_>) -> Vec<Finding> {
    let mut bare = whole.steps.iter().filter(|it| {
        let settles = matches!(
            it.change.op,
            Op::Transaction(_) | Op::Set { .. } | Op::SetSearchPath { .. } | Op::Opaque { .. }
        );
        it.runs() && !it.in_transaction && !settles
    });
    let Some(first) = bare.next() else { return Vec::new() };
    let Some(second) = bare.find(|it| it.change.statement != first.change.statement) else {
        return Vec::new();
    };
    let path = whole.migration.path.to_string();
    let message = "`psql` goes on when this fails, and leaves the migration half applied";
    let mut finding = whole
        .finding(&first.change.statement, path, message)
        .label(whole.span(&second.change.statement), "this is applied all the same")
        .help("put `begin;` before the first statement and `commit;` after the last");
    // A label that was added to an enum cannot be used in the same transaction, so one around the file may be too much.
    let apart = |op: &Op| {
        matches!(op, Op::Transaction(_) | Op::AddEnumValue { .. }) || outside(op).is_some()
    };
    let cut = whole.migration.text.contains(BREAKPOINT);
    if !cut && !whole.steps.iter().any(|it| apart(&it.change.op)) {
        let start = first
            .change
            .statement
            .start
            .min(whole.steps.first().map_or(0, |it| it.change.statement.start));
        let fix = Fix::new("put one transaction around the file").edit(start..start, "begin;\n");
        finding = finding.fix(committed(fix, &whole.migration.text));
    }
    vec![finding]
}
