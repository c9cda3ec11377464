//! `DROP`, `TRUNCATE` and the `RENAME TABLE` of MySQL.

use sqlparser::tokenizer::Token;

use super::alter::cascade;
use super::create::guard;
use super::cursor::{Cursor, Read};
use super::{Reader, names};
use crate::schema::{Cascade, ObjectName, Op, Provider, RoutineKind, RoutineOp};

impl Reader<'_> {
    pub(super) fn drop(&mut self, cursor: &mut Cursor<'_>) -> Read<()> {
        cursor.skip(1);
        let temporary = cursor.eat_any(&["temporary", "temp"]);
        let Some(kind) = cursor.next() else { return Err(cursor.unread("what is dropped")) };
        let word = kind.word().filter(|_| !kind.is_quoted()).unwrap_or_default();
        match word.to_ascii_lowercase().as_str() {
            "table" | "tables" if temporary => self.each(cursor, |name, cascade| {
                let name = ObjectName { schema: Some("pg_temp".to_owned()), ..name };
                Op::DropTable { name, cascade }
            }),
            "table" | "tables" => {
                self.each(cursor, |name, cascade| Op::DropTable { name, cascade })
            }
            "view" => self.each(cursor, |name, cascade| Op::DropView { name, cascade }),
            "type" => {
                self.each(cursor, |name, cascade| Op::DropType { name, cascade, domain: false })
            }
            "sequence" => {
                let guard = guard(&mut cursor.clone());
                self.each(cursor, |name, cascade| Op::DropSequence { name, guard, cascade })
            }
            "index" => self.drop_indexes(cursor),
            "database" | "schema" => {
                guard(cursor);
                let at = cursor.at;
                let name = cursor.name()?;
                let cascade = cascade(cursor);
                // In MySQL both words mean the same.
                let schema =
                    word.eq_ignore_ascii_case("schema") && self.provider != Provider::Mysql;
                let op = if schema {
                    Op::DropSchema { name, cascade }
                } else {
                    Op::DropDatabase { name }
                };
                self.push(cursor.since(at), op);
                Ok(())
            }
            "procedure" | "proc" | "function" => {
                let kind = match word.to_ascii_lowercase().as_str() {
                    "function" => RoutineKind::Function,
                    _ => RoutineKind::Procedure,
                };
                self.each(cursor, |name, cascade| Op::Routine {
                    name,
                    arguments: None,
                    op: RoutineOp::Drop { kind, guard: crate::schema::Guard::None, cascade },
                })
            }
            // Who may do what, and how queries are planned: not judged here.
            "trigger" | "event" | "user" | "role" | "login" | "synonym" | "statistics"
            | "prepare" | "fulltext" | "partition" | "security" | "assembly" => {
                cursor.until(Cursor::is_end);
                Ok(())
            }
            _ => {
                cursor.at -= 1;
                Err(cursor.unread("what is dropped"))
            }
        }
    }

    /// One change for each name of a list.
    fn each(
        &mut self,
        cursor: &mut Cursor<'_>,
        op: impl Fn(ObjectName, Cascade) -> Op,
    ) -> Read<()> {
        guard(cursor);
        let mut found = Vec::new();
        loop {
            let at = cursor.at;
            let name = names::object(cursor)?;
            found.push((name, cursor.since(at)));
            if !cursor.eat_sign(&Token::Comma) {
                break;
            }
        }
        let cascade = cascade(cursor);
        for (name, at) in found {
            self.push(at, op(name, cascade));
        }
        Ok(())
    }

    /// `DROP INDEX i ON t`, of SQLite without a table, of SQL Server also `t.i`.
    fn drop_indexes(&mut self, cursor: &mut Cursor<'_>) -> Read<()> {
        let guard = guard(cursor);
        loop {
            let at = cursor.at;
            let mut name = names::object(cursor)?;
            if cursor.eat(&["on"]) {
                let table = names::object(cursor)?;
                let op = self.drop_index(&table, &name.name, guard);
                self.push(cursor.since(at), op);
            } else {
                if self.provider == Provider::Sqlserver {
                    // `t.i`: the table stands where a schema does elsewhere.
                    let table = name.schema.take().unwrap_or_default();
                    name = ObjectName::new(Some("dbo"), &format!("{table}.{}", name.name));
                }
                let cascade = cascade(cursor);
                self.push(
                    cursor.since(at),
                    Op::DropIndex { name, guard, concurrently: false, cascade },
                );
            }
            if cursor.is(&["with"]) {
                self.key_options(cursor)?;
            }
            while self.provider == Provider::Mysql && cursor.eat_any(&["algorithm", "lock"]) {
                cursor.eat_sign(&Token::Eq);
                cursor.skip(1);
            }
            if !cursor.eat_sign(&Token::Comma) {
                return Ok(());
            }
        }
    }

    pub(super) fn truncate(&mut self, cursor: &mut Cursor<'_>) -> Read<()> {
        cursor.skip(1);
        cursor.eat(&["table"]);
        self.each(cursor, |table, _| Op::Truncate { table })?;
        if cursor.is(&["with"]) {
            cursor.until(Cursor::is_end);
        }
        Ok(())
    }

    /// `RENAME TABLE a TO b, c TO d`
    pub(super) fn rename(&mut self, cursor: &mut Cursor<'_>) -> Read<()> {
        cursor.skip(1);
        if cursor.eat(&["user"]) {
            cursor.until(Cursor::is_end);
            return Ok(());
        }
        if !cursor.eat_any(&["table", "tables"]) {
            return Err(cursor.unread("`TABLE`"));
        }
        loop {
            let at = cursor.at;
            let from = names::object(cursor)?;
            cursor.must(&["to"])?;
            let to = names::object(cursor)?;
            self.rename_table(cursor.since(at), &from, &to);
            if !cursor.eat_sign(&Token::Comma) {
                return Ok(());
            }
        }
    }
}
