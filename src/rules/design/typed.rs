//! The columns that a change adds to tables, with their types.

use std::ops::Range;

use crate::rules::{Context, Finding};
use crate::schema::{
    Certainty, Change, Guard, NewColumn, Op, Persistence, RelationKind, Resolved, Shown, TableName,
};

/// A column of a table that stays, with the type that it is given.
pub(super) struct Typed<'a> {
    pub(super) table: TableName,
    pub(super) name: &'a str,
    pub(super) data_type: &'a str,
    pub(super) at: Range<usize>,
}

impl Typed<'_> {
    /// Its type without length, precision and brackets: `varchar` of `varchar(20)[]`.
    pub(super) fn base(&self) -> &str {
        base(self.data_type)
    }

    pub(super) fn subject(&self) -> String {
        format!("{}.{}", self.table, Shown(self.name))
    }
}

/// A type without length, precision and brackets.
pub(super) fn base(data_type: &str) -> &str {
    data_type.split(['(', '[']).next().unwrap_or_default().trim()
}

/// The columns that come with a change, or get another type by it; none of what is temporary, runs later, or is there
/// already.
pub(super) fn typed<'a>(cx: &Context<'_>, change: &'a Change) -> Vec<Typed<'a>> {
    if change.certainty == Certainty::Deferred {
        return Vec::new();
    }
    let new = |table: &TableName, column: &'a NewColumn| Typed {
        table: table.clone(),
        name: &column.name,
        data_type: &column.data_type,
        at: column.at.clone(),
    };
    match &change.op {
        Op::CreateTable(made)
            if made.kind == RelationKind::Table && made.persistence == Persistence::Permanent =>
        {
            let table = cx.catalog.resolve_permanent(&made.name);
            if made.guard == Guard::IfNotExists && cx.catalog.table(&table).is_some() {
                return Vec::new();
            }
            made.columns.iter().map(|it| new(&table, it)).collect()
        }
        Op::AddColumn { table, column, .. } => match cx.catalog.resolve(table) {
            Resolved::Permanent(table) => vec![new(&table, column)],
            Resolved::Temporary(_) => Vec::new(),
        },
        Op::AlterColumnType { table, column, to, .. } => {
            let Resolved::Permanent(table) = cx.catalog.resolve(table) else { return Vec::new() };
            let known = cx.catalog.table(&table);
            let old = known.as_ref().and_then(|it| it.columns.get(column));
            if old.is_some_and(|it| base(&it.data_type) == base(to)) {
                return Vec::new();
            }
            vec![Typed { table, name: column, data_type: to, at: change.span.clone() }]
        }
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
    let finding = cx.finding_at(change, &first.at, first.subject(), message(first));
    Some(meant.fold(finding.help(help(first)), |finding, it| {
        let text = format!("`{}` as well", Shown(it.name));
        finding.label(cx.span(&it.at), text)
    }))
}
