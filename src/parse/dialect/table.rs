//! `CREATE TABLE`.

use sqlparser::tokenizer::Token;

use super::constraint::{Part, is_constraint};
use super::create::{guard, lasting, new_table};
use super::cursor::{Cursor, Piece, Read};
use super::{Reader, names, rows};
use crate::schema::{NewColumn, NewIndex, Op, Provider};

impl Reader<'_> {
    pub(super) fn table(
        &mut self,
        cursor: &mut Cursor<'_>,
        start: usize,
        temporary: bool,
        replaces: bool,
    ) -> Read<()> {
        let guard = guard(cursor);
        let at = cursor.at;
        let name = names::object(cursor)?;
        let at = cursor.since(at);
        let last = cursor.tokens[..cursor.at].last();
        let folded_from = last
            .filter(|it| self.provider.is_postgres() && !it.is_quoted())
            .and_then(|it| it.word())
            .filter(|it| *it != name.name)
            .map(str::to_owned);
        let mut table = new_table(name.clone(), guard, self.place(at));
        table.persistence = lasting(temporary || name.schema.as_deref() == Some("pg_temp"));
        table.folded_from = folded_from;
        let mut indexes = Vec::new();
        if cursor.eat(&["like"]) {
            let other = names::object(cursor)?;
            table.columns_of.push(other);
        } else if cursor.is_sign(&Token::LParen) && !is_query(cursor) {
            let inside = cursor.parens()?;
            for mut item in inside.items() {
                self.item(&mut item, &mut table, &mut indexes)?;
            }
        }
        let (query, partitioned) = behind(cursor)?;
        table.reads = query.as_ref().map(rows::relations).unwrap_or_default();
        if table.columns.is_empty() {
            table.columns = query.as_ref().map(targets).unwrap_or_default();
        }
        table.partitioned = partitioned;
        if replaces {
            // MariaDB drops the table of that name first.
            self.push(
                cursor.since(start),
                Op::DropTable { name, cascade: crate::schema::Cascade::No },
            );
        }
        self.push(cursor.since(start), Op::CreateTable(Box::new(table)));
        for index in indexes {
            self.push(index.at.clone(), Op::CreateIndex(Box::new(index)));
        }
        Ok(())
    }

    fn item(
        &self,
        item: &mut Cursor<'_>,
        table: &mut crate::schema::NewTable,
        indexes: &mut Vec<NewIndex>,
    ) -> Read<()> {
        if item.eat(&["like"]) {
            table.columns_of.push(names::object(item)?);
            return Ok(());
        }
        if is_constraint(item) {
            // SQLite does not miss a comma between constraints.
            let mut first = true;
            while first || (self.provider == Provider::Sqlite && is_constraint(item)) {
                first = false;
                match self.part(item, &table.name)? {
                    Part::Constraint(it) => table.constraints.push(it),
                    Part::Index(it) => indexes.push(it),
                    Part::Default { column, default, constraint } => {
                        let mut columns = table.columns.iter_mut();
                        if let Some(found) = columns.find(|it| it.name == column) {
                            found.default = Some(default);
                        }
                        table.constraints.push(constraint);
                    }
                    Part::Nothing => {}
                }
            }
        } else {
            let defined = self.column(item, &table.name)?;
            table.columns.push(defined.column);
            table.constraints.extend(defined.constraints);
            indexes.extend(defined.indexes);
        }
        if item.is_done() { Ok(()) } else { Err(item.unread("`,` or `)`")) }
    }
}

/// What follows the columns: options, perhaps a query; whether the table is partitioned.
fn behind<'a>(cursor: &mut Cursor<'a>) -> Read<(Option<Cursor<'a>>, bool)> {
    let mut partitioned = false;
    while !cursor.is_end() {
        let query = cursor.is_any(&["select", "with", "values"]) && !is_option(cursor);
        if query || is_query(cursor) {
            let from = cursor.at;
            cursor.parsed(Piece::Query)?;
            let tokens = &cursor.tokens[from..cursor.at];
            return Ok((Some(Cursor { tokens, at: 0, ..cursor.clone() }), partitioned));
        }
        if cursor.is_any(&["create", "drop", "alter", "insert", "exec", "delete", "update"]) {
            return Ok((None, partitioned));
        }
        partitioned |= cursor.is(&["partition", "by"]);
        if !cursor.skip_parens()? {
            cursor.skip(1);
        }
    }
    Ok((None, partitioned))
}

/// `WITH (…)` of SQL Server.
fn is_option(cursor: &Cursor<'_>) -> bool {
    cursor.is(&["with"]) && cursor.peek_at(1).is_some_and(|it| it.is_sign(&Token::LParen))
}

/// `(SELECT …)`
fn is_query(cursor: &Cursor<'_>) -> bool {
    cursor.is_sign(&Token::LParen)
        && cursor.peek_at(1).is_some_and(|it| it.is_any(&["select", "with"]))
}

/// The columns that a query's own list names.
fn targets(query: &Cursor<'_>) -> Vec<NewColumn> {
    let mut cursor = query.clone();
    while !cursor.is_done() && !cursor.eat(&["select"]) {
        cursor.skip(1);
    }
    let list = cursor.until(|it| it.is_end() || it.is_any(&["from", "where", "union"]));
    let named = list.items().into_iter().filter_map(|it| {
        let last = it.tokens.last()?;
        let name = last.word()?.to_owned();
        Some(NewColumn { name, at: last.at.clone(), ..NewColumn::default() })
    });
    named.collect()
}
