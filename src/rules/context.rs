//! What a rule may know besides the thing it looks at.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::{Ahead, Finding, Made, Place, Recreation};
use crate::parse::Migration;
use crate::schema::{
    Catalog, Certainty, Change, Filter, ObjectName, Provider, RelationKind, Resolved, Shown, Table,
    TableName, TypeKind, bare_type, quoted,
};
use crate::source::Span;

/// Facts about the database that is deployed to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    /// Schemas whose tables can be reached from outside, as through Supabase's API.
    pub exposed_schemas: Vec<String>,
    /// The major version of Postgres.
    pub version: u32,
    /// The kind of database where no migration says it.
    pub provider: Provider,
}

impl Default for Target {
    fn default() -> Target {
        Target {
            exposed_schemas: vec!["public".to_owned()],
            version: 15,
            provider: Provider::Postgresql,
        }
    }
}

/// One change in its surroundings.
pub struct Context<'a> {
    /// The database just before the change, replayed from every earlier migration and statement.
    pub catalog: &'a Catalog,
    pub migration: &'a Migration,
    pub target: &'a Target,
    /// The whole change set, to look ahead, and where in it the change stands.
    pub ahead: &'a Ahead<'a>,
    pub here: Place,
}

impl<'a> Context<'a> {
    /// Later changes of the same change set that make a thing of that name again, for certain and for good. The
    /// name is without its schema, of a policy, trigger or constraint behind its table's: `users.readers`.
    pub fn made_later(&self, made: Made, name: &str) -> Vec<&'a Change> {
        self.ahead.made_after(self.here, made, name)
    }

    /// The recreation of an enum that the change at hand is a part of.
    pub fn recreation(&self) -> Option<&'a Recreation> {
        self.ahead.recreation(self.here)
    }

    pub fn span(&self, range: &Range<usize>) -> Span {
        Span::new(self.migration.path.clone(), range.clone())
    }

    /// A finding at the change itself, with its statement as evidence.
    pub fn finding(
        &self,
        change: &Change,
        subject: impl Into<String>,
        message: impl Into<String>,
    ) -> Finding {
        self.finding_at(change, &change.span, subject, message)
    }

    pub fn finding_at(
        &self,
        change: &Change,
        at: &Range<usize>,
        subject: impl Into<String>,
        message: impl Into<String>,
    ) -> Finding {
        let statement = self.migration.text.get(change.statement.clone()).unwrap_or_default();
        Finding::new(subject, self.span(at), message).evidence(statement)
    }

    /// Nobody can depend on it: the same change set made it for certain, or it is a temporary table.
    ///
    /// What runs later, in a function's body, finds tables that are no longer new. A temporary table does not count
    /// where an older table has its name: after `ON COMMIT DROP` the statement would reach that one.
    pub fn is_new(&self, change: &Change, name: &ObjectName) -> bool {
        let schema = name.schema.clone().filter(String::is_empty);
        if !self.catalog.is_findable(name) {
            return false;
        }
        match self.catalog.resolve(name) {
            Resolved::Temporary(name) => {
                let made = self.catalog.temporary(&name).is_none_or(|it| {
                    let together = it.born.branch.map(Certainty::Maybe) == Some(change.certainty);
                    it.born.sure || together
                });
                // Whoever calls a body decides where it looks for names.
                if change.certainty == Certainty::Deferred {
                    return made && !self.catalog.is_older_name(&name);
                }
                let permanent = self.catalog.resolve_permanent(&ObjectName { schema, name });
                let hidden = self.catalog.table(&permanent);
                made && hidden.is_none_or(|it| self.catalog.is_new_born(&it.born))
            }
            Resolved::Permanent(name) => {
                change.certainty != Certainty::Deferred && self.catalog.is_new(&name)
            }
        }
    }

    /// Nobody can be waiting for it: it is new, or a materialized view that is, or `IF NOT EXISTS` has made it as far
    /// as anybody can see. For advice alone: what can do harm asks whether it [is new](Context::is_new) for certain.
    pub fn is_unused(&self, change: &Change, name: &ObjectName) -> bool {
        let Resolved::Permanent(found) = self.catalog.resolve(name) else { return true };
        let recent = self
            .catalog
            .table(&found)
            .is_some_and(|it| it.kind != RelationKind::View && self.catalog.is_recent(&it.born));
        self.is_new(change, name)
            || (recent && change.certainty != Certainty::Deferred && self.catalog.is_findable(name))
    }

    /// The same of a column: of a new table, or new itself.
    pub fn is_new_column(&self, change: &Change, table: &ObjectName, column: &str) -> bool {
        if !self.catalog.is_findable(table) {
            return false;
        }
        self.is_new(change, table)
            || match self.catalog.resolve(table) {
                Resolved::Temporary(_) => false,
                Resolved::Permanent(name) => {
                    let table = self.catalog.table(&name);
                    let column = table.as_ref().and_then(|it| it.columns.get(column));
                    change.certainty != Certainty::Deferred
                        && column.is_some_and(|it| self.catalog.is_new_born(&it.born))
                }
            }
    }

    /// The recreation that the change at hand is part of, where the catalog knows the labels of the old type.
    pub fn known_recreation(&self) -> Option<(&'a Recreation, TableName, Vec<String>)> {
        let recreation = self.recreation()?;
        let name = self.catalog.resolve_type(&recreation.name);
        let labels = match &self.catalog.data_type(&name)?.kind {
            TypeKind::Enum(labels) => labels.clone(),
            _ => return None,
        };
        Some((recreation, name, labels))
    }

    /// The change at hand is part of making the enum of that name anew.
    pub fn is_enum_again(&self, name: &TableName) -> bool {
        let known =
            self.catalog.data_type(name).is_some_and(|it| matches!(it.kind, TypeKind::Enum(_)));
        known && self.recreation().is_some()
    }

    /// A column follows its enum to the type that takes the enum's place: by way of a second type, or of `text`.
    pub fn is_recreated(&self, table: &ObjectName, column: &str, to: &str) -> bool {
        let Some(from) = self.data_type(table, column) else { return false };
        let (from, to) = (bare_type(&from), bare_type(to));
        let textual = |it: &str| matches!(it, "text" | "varchar");
        self.ahead.recreations().iter().any(|it| {
            let straight = it.aside.is_some()
                && (from == it.name.name || it.aside.as_ref() == Some(&from))
                && to == it.interim.name;
            let by_text = it.aside.is_none();
            let begins = by_text && from == it.name.name && textual(&to) && self.here < it.first;
            let ends = by_text
                && textual(&from)
                && to == it.name.name
                && self.ahead.retyped_before(self.here, table, column);
            straight || begins || ends
        })
    }

    /// Whether a filter leaves no row of the table out.
    pub fn is_every_row(&self, table: &ObjectName, filter: &Filter) -> bool {
        match filter {
            Filter::EveryRow => true,
            Filter::Whenever(when) => self.table(table).is_some_and(|(_, it)| it.meets(when)),
            Filter::Some => false,
        }
    }

    /// The table with its full name, where the migrations show it; not a temporary one.
    pub fn table(&self, name: &ObjectName) -> Option<(TableName, std::borrow::Cow<'a, Table>)> {
        let Resolved::Permanent(name) = self.catalog.resolve(name) else { return None };
        let table = self.catalog.table(&name)?;
        Some((name, table))
    }

    /// What comes after the change in its migration.
    pub fn rest(&self) -> &'a [Change] {
        self.migration.script.changes.get(self.here.1 + 1..).unwrap_or_default()
    }

    /// The same, without what a `ROLLBACK` takes back again.
    pub fn lasting_rest(&self) -> impl Iterator<Item = &'a Change> {
        let (ahead, (file, index)) = (self.ahead, self.here);
        let rest = self.rest().iter().enumerate();
        rest.filter(move |(at, _)| !ahead.is_taken_back((file, index + 1 + at))).map(|(_, it)| it)
    }

    /// Whether both names mean the same table.
    pub fn is_same(&self, one: &ObjectName, other: &ObjectName) -> bool {
        one.name == other.name && self.catalog.resolve(one) == self.catalog.resolve(other)
    }

    /// The name as the database would have it.
    pub fn name(&self, name: &ObjectName) -> String {
        self.catalog.resolve(name).to_string()
    }

    /// Whether the migration is for Postgres.
    pub fn is_postgres(&self) -> bool {
        self.migration.provider.is_postgres()
    }

    /// What is said where SQL of Postgres can be given, and what elsewhere.
    pub fn in_sql(&self, postgres: String, elsewhere: &str) -> String {
        if self.is_postgres() { postgres } else { elsewhere.to_owned() }
    }

    /// An identifier as a statement writes it. The others do not fold it.
    pub fn quoted(&self, name: &str) -> String {
        let plain = name.chars().all(|it| it.is_ascii_alphanumeric() || it == '_');
        let shown = Shown(name).to_string();
        match self.migration.provider {
            Provider::Postgresql | Provider::Cockroachdb => quoted(name),
            _ if plain => shown,
            Provider::Mysql => format!("`{}`", shown.replace('`', "``")),
            Provider::Sqlite => format!("\"{}\"", shown.replace('"', "\"\"")),
            Provider::Sqlserver => format!("[{}]", shown.replace(']', "]]")),
        }
    }

    /// The name as a statement writes it.
    pub fn sql_name(&self, name: &ObjectName) -> String {
        if !self.is_postgres() {
            let name = match self.catalog.resolve(name) {
                Resolved::Temporary(name) => TableName::new("", name),
                Resolved::Permanent(name) => name,
            };
            let schema = if name.schema.is_empty() {
                String::new()
            } else {
                self.quoted(&name.schema) + "."
            };
            return schema + &self.quoted(&name.name);
        }
        match self.catalog.resolve(name) {
            Resolved::Temporary(name) => format!("pg_temp.{}", quoted(&name)),
            Resolved::Permanent(name) => name.sql(),
        }
    }

    /// The type of a column, where it is known.
    pub fn data_type(&self, table: &ObjectName, column: &str) -> Option<String> {
        let Resolved::Permanent(name) = self.catalog.resolve(table) else { return None };
        let table = self.catalog.table(&name)?;
        let data_type = table.columns.get(column)?.data_type.clone();
        (!data_type.is_empty()).then_some(data_type)
    }
}

/// The database that the whole change leaves behind.
pub struct State<'a> {
    pub catalog: &'a Catalog,
    pub target: &'a Target,
    /// Whether everything is judged, or only what the change set at hand brought.
    pub everything: bool,
    /// The migrations that were judged on the way here.
    pub migrations: &'a [Migration],
}

impl State<'_> {
    /// The migration that a place is in, and the statement there.
    pub fn statement(&self, at: &Span) -> Option<(&Migration, Range<usize>)> {
        let migration = self.migrations.iter().find(|it| it.path == at.path)?;
        let mut statements = migration.script.changes.iter().map(|it| &it.statement);
        let around = statements.find(|it| it.start <= at.start && at.end <= it.end)?;
        Some((migration, around.clone()))
    }
}
