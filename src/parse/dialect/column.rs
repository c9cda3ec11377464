//! Columns as a statement defines them.

use sqlparser::tokenizer::Token;

use super::Reader;
use super::cursor::{Cursor, Read};
use super::value::is_option;
use crate::schema::{
    ConstraintKind, Expression, Generated, NewColumn, NewConstraint, NewIndex, ObjectName, Provider,
};

/// A column with what stands beside it.
pub(super) struct Defined {
    pub(super) column: NewColumn,
    pub(super) constraints: Vec<NewConstraint>,
    /// Of MySQL, where a unique key is an index.
    pub(super) indexes: Vec<NewIndex>,
    /// It says that it may be null.
    pub(super) null: bool,
}

impl Reader<'_> {
    /// `name type options`
    pub(super) fn column(&self, cursor: &mut Cursor<'_>, table: &ObjectName) -> Read<Defined> {
        let at = cursor.peek().map(|it| it.at.clone()).unwrap_or_default();
        let (name, folded_from) = self.new_name(cursor)?;
        let data_type = self.data_type(cursor);
        if data_type.is_empty() && self.provider != Provider::Sqlite && !cursor.is(&["as"]) {
            return Err(cursor.unread("a type"));
        }
        let column = NewColumn {
            name,
            not_null: data_type.contains("serial"),
            data_type,
            at: self.place(at),
            folded_from,
            ..NewColumn::default()
        };
        let mut it = Defined { column, constraints: Vec::new(), indexes: Vec::new(), null: false };
        self.options(cursor, table, &mut it)?;
        Ok(it)
    }

    /// A name that is given here, and how it is written where folding changes it.
    pub(super) fn new_name(&self, cursor: &mut Cursor<'_>) -> Read<(String, Option<String>)> {
        let folds = self.provider.is_postgres() && cursor.peek().is_some_and(|it| !it.is_quoted());
        let written = cursor.name()?;
        let name = if folds { written.to_lowercase() } else { written.clone() };
        let folded_from = (name != written).then_some(written);
        Ok((name, folded_from))
    }

    fn options(&self, cursor: &mut Cursor<'_>, table: &ObjectName, it: &mut Defined) -> Read<()> {
        let mut named: Option<String> = None;
        let own = vec![it.column.name.clone()];
        while !cursor.is_end() && !cursor.is_sign(&Token::Comma) {
            let start = cursor.at;
            if cursor.eat(&["constraint"]) {
                named = Some(cursor.name()?);
                continue;
            }
            if cursor.eat(&["not", "null"]) {
                it.column.not_null = true;
                self.conflict(cursor);
            } else if cursor.eat(&["null"]) {
                it.null = true;
            } else if cursor.eat(&["default"]) {
                let default = self.default(cursor)?;
                if self.provider == Provider::Sqlserver {
                    let kind = ConstraintKind::Default { column: it.column.name.clone() };
                    it.constraints.push(self.constraint_of(
                        kind,
                        named.take(),
                        cursor.since(start),
                    ));
                }
                it.column.default =
                    Some(default).filter(|it| !it.text.eq_ignore_ascii_case("null"));
            } else if cursor.eat(&["primary", "key"]) || cursor.is(&["key"]) {
                cursor.eat(&["key"]);
                self.clustering(cursor);
                cursor.eat_any(&["asc", "desc"]);
                self.conflict(cursor);
                it.column.not_null = true;
                if cursor.is_any(&["autoincrement"]) || self.is_row_number(&it.column) {
                    cursor.eat(&["autoincrement"]);
                    it.column.generated = Some(Generated::Identity);
                }
                let kind = ConstraintKind::PrimaryKey { columns: own.clone() };
                let name = self.key_name(named.take());
                it.constraints.push(self.constraint_of(kind, name, cursor.since(start)));
            } else if cursor.eat(&["unique"]) {
                cursor.eat(&["key"]);
                self.clustering(cursor);
                self.conflict(cursor);
                let at = cursor.since(start);
                self.unique(table, &own, named.take(), at, it);
            } else if cursor.eat(&["check"]) {
                let check = self.expression(&cursor.parens()?);
                cursor.eat(&["not"]);
                cursor.eat(&["enforced"]);
                let kind = ConstraintKind::Check(check);
                it.constraints.push(self.constraint_of(kind, named.take(), cursor.since(start)));
            } else if cursor.is(&["references"]) || cursor.eat(&["foreign", "key"]) {
                let key = self.references(cursor, own.clone())?;
                let kind = ConstraintKind::ForeignKey(key);
                it.constraints.push(self.constraint_of(kind, named.take(), cursor.since(start)));
            } else if cursor.eat(&["auto_increment"]) || cursor.eat(&["autoincrement"]) {
                it.column.generated = Some(Generated::Identity);
            } else if cursor.eat(&["identity"]) {
                cursor.skip_parens()?;
                cursor.eat(&["not", "for", "replication"]);
                it.column.generated = Some(Generated::Identity);
                it.column.not_null = true;
            } else if cursor.eat(&["generated"]) || cursor.is(&["as"]) {
                it.column.generated = Some(generated(cursor)?);
                it.column.not_null |= it.column.generated == Some(Generated::Identity);
            } else if cursor.eat(&["on", "update"]) {
                self.default(cursor)?;
            } else if cursor.eat(&["collate"])
                || cursor.eat(&["character", "set"])
                || cursor.eat(&["charset"])
                || cursor.eat(&["comment"])
                || cursor.eat_any(&["column_format", "storage", "srid"])
            {
                cursor.eat_sign(&Token::Eq);
                if cursor.next().is_none() {
                    return Err(cursor.unread("a value"));
                }
            } else if cursor.eat(&["after"]) {
                cursor.name()?;
            } else if !cursor.eat_any(&[
                "first",
                "invisible",
                "visible",
                "sparse",
                "rowguidcol",
                "persisted",
                "stored",
                "virtual",
            ]) {
                return Err(cursor.unread("an option of the column, or its end"));
            }
        }
        Ok(())
    }

    /// `INTEGER PRIMARY KEY` is the number of the row, which SQLite gives (SQLite, "ROWIDs and the INTEGER PRIMARY
    /// KEY").
    fn is_row_number(&self, column: &NewColumn) -> bool {
        self.provider == Provider::Sqlite && column.data_type == "integer"
    }

    /// `ON CONFLICT ABORT` of SQLite.
    fn conflict(&self, cursor: &mut Cursor<'_>) {
        if self.provider == Provider::Sqlite && cursor.eat(&["on", "conflict"]) {
            cursor.skip(1);
        }
    }

    /// `CLUSTERED`, `NONCLUSTERED`
    pub(super) fn clustering(&self, cursor: &mut Cursor<'_>) {
        if self.provider == Provider::Sqlserver {
            cursor.eat_any(&["clustered", "nonclustered"]);
        }
    }
}

/// `GENERATED ALWAYS AS (…)`, `AS (…)`, `GENERATED … AS IDENTITY`
fn generated(cursor: &mut Cursor<'_>) -> Read<Generated> {
    cursor.eat(&["always"]);
    cursor.eat(&["by", "default"]);
    cursor.must(&["as"])?;
    if cursor.eat(&["identity"]) {
        cursor.skip_parens()?;
        return Ok(Generated::Identity);
    }
    if cursor.eat(&["row"]) {
        // The period of a temporal table.
        cursor.eat_any(&["start", "end"]);
        cursor.eat(&["hidden"]);
        return Ok(Generated::Stored);
    }
    if !cursor.skip_parens()? {
        cursor.until(|it| is_option(it) || it.is_sign(&Token::Comma) || it.is_end());
    }
    if cursor.eat_any(&["stored", "persisted", "persistent"]) {
        return Ok(Generated::Stored);
    }
    cursor.eat(&["virtual"]);
    Ok(Generated::Virtual)
}

/// The value that a column is given by its definition.
pub(super) fn is_filled(default: Option<&Expression>) -> bool {
    default.is_some_and(|it| !it.text.eq_ignore_ascii_case("null"))
}
