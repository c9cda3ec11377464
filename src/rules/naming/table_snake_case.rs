//! # table-snake-case
//!
//! New tables and views are named in `snake_case`: lower-case letters, digits and underscores.
//!
//! Only new names are judged. With Prisma, the model keeps its name and `@@map` gives the table's: `sprag fix` writes it
//! into `schema.prisma` too, in the plural where the other tables are. Names of indexes, constraints, policies and enum
//! labels are nobody's business here.
//!
//! Models that a library brings along (`Account` and `Session` of Auth.js, Better Auth, Shopify) can be mapped as well: it
//! asks Prisma's client for them, and the client keeps their names. For a table that a library reads by itself, give the
//! rule an `exempt = ["public.Session"]` in the policy; it holds for SQL and schema alike.
//!
//! ## Fails
//!
//! ```sql
//! create table "UserProfile" (id bigint);
//! ```
//!
//! ```sql
//! create table UserAccounts (id bigint);
//! ```
//!
//! ## Passes
//!
//! ```sql
//! create table user_profiles (id bigint, constraint "UserProfile_pkey" primary key (id));
//! create index "UserProfile_id_idx" on user_profiles (id);
//! alter table user_profiles enable row level security;
//! ```

use super::column_snake_case::is_join_table;
use super::{is_snake_case, renamed, snake_case};
use crate::rules::{Check, Context, Finding, Rule, declare};
use crate::schema::{Change, Op, Persistence, Shown, TableName};

pub(super) const RULE: Rule =
    declare!("naming", "table_snake_case.rs", "table-snake-case", Deny, Check::Change(check));

fn check(cx: &Context<'_>, change: &Change) -> Option<Finding> {
    let (name, at, folded) = match &change.op {
        Op::CreateTable(table) => {
            let name = cx.catalog.resolve_permanent(&table.name);
            let exists = cx.catalog.table_or_gone(&name).is_some();
            if table.persistence == Persistence::Temporary || is_join_table(table) || exists {
                return None;
            }
            (cx.catalog.resolve_permanent(&table.name), &table.at, table.folded_from.as_deref())
        }
        Op::RenameTable { from, to } => {
            let schema = cx.catalog.resolve_permanent(from).schema;
            (TableName::new(schema, to.as_str()), &change.span, None)
        }
        _ => return None,
    };
    if folded.is_none() && is_snake_case(&name.name) {
        return None;
    }
    if let Some(written) = folded {
        let message = format!("`{written}` without quotes is stored as `{}`", Shown(&name.name));
        let snake = snake_case(written).unwrap_or_else(|| name.name.clone());
        return Some(
            cx.finding_at(change, at, name.to_string(), message).help(format!("name it `{snake}`")),
        );
    }
    let mut finding =
        cx.finding_at(change, at, name.to_string(), format!("`{name}` is not snake_case"));
    if let Op::CreateTable(table) = &change.op {
        finding.fix = renamed::table(cx, &table.name);
    }
    Some(match snake_case(&name.name) {
        Some(snake) => finding.help(format!(
            "name it `{snake}`; in Prisma, keep the model `{}` and add `@@map(\"{snake}\")`",
            Shown(&name.name)
        )),
        None => finding.help("use only a to z, 0 to 9 and `_`"),
    })
}
