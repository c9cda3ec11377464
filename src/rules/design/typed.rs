//! The columns that a change adds to tables, with their types.

use crate::rules::{Context, Finding};
use crate::schema::{
    Certainty, Change, Guard, NewColumn, Op, Persistence, RelationKind, Resolved, Shown, TableName,
};

/// A new column of a table that stays.
pub(super) struct Typed<'a> {
    pub(super) table: TableName,
    pub(super) column: &'a NewColumn,
}

impl Typed<'_> {
    /// Its type without length, precision and brackets: `varchar` of `varchar(20)[]`.
    pub(super) fn base(&self) -> &str {
        base(&self.column.data_type)
    }

    pub(super) fn subject(&self) -> String {
        format!("{}.{}", self.table, Shown(&self.column.name))
    }
}

/// A type without length, precision and brackets.
pub(super) fn base(data_type: &str) -> &str {
    data_type.split(['(', '[']).next().unwrap_or_default().trim()
}

/// The columns that come with a change; none of what is temporary, runs later, or is there already.
pub(super) fn typed<'a>(cx: &Context<'_>, change: &'a Change) -> Vec<Typed<'a>> {
    if change.certainty == Certainty::Deferred {
        return Vec::new();
    }
    match &change.op {
        Op::CreateTable(new)
            if new.kind == RelationKind::Table && new.persistence == Persistence::Permanent =>
        {
            let table = cx.catalog.resolve_permanent(&new.name);
            if new.guard == Guard::IfNotExists && cx.catalog.table(&table).is_some() {
                return Vec::new();
            }
            let typed = new.columns.iter().map(|column| Typed { table: table.clone(), column });
            typed.collect()
        }
        Op::AddColumn { table, column, .. } => match cx.catalog.resolve(table) {
            Resolved::Permanent(table) => vec![Typed { table, column }],
            Resolved::Temporary(_) => Vec::new(),
        },
        _ => Vec::new(),
    }
}

/// One finding for all the columns of a change that are meant: `message` is said of the first.
pub(super) fn find(
    cx: &Context<'_>,
    change: &Change,
    is_meant: impl Fn(&Typed<'_>) -> bool,
    message: impl Fn(&Typed<'_>) -> String,
    help: impl Fn(&Typed<'_>) -> String,
) -> Option<Finding> {
    let typed = typed(cx, change);
    let mut meant = typed.iter().filter(|it| is_meant(it));
    let first = meant.next()?;
    let finding = cx.finding_at(change, &first.column.at, first.subject(), message(first));
    Some(meant.fold(finding.help(help(first)), |finding, it| {
        let text = format!("`{}` as well", Shown(&it.column.name));
        finding.label(cx.span(&it.column.at), text)
    }))
}
