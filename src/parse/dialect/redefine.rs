//! What becomes of a column that is there.

use std::ops::Range;

use sqlparser::tokenizer::Token;

use super::Reader;
use super::column::{Defined, is_filled};
use super::cursor::{Cursor, Read};
use crate::schema::{NewColumn, ObjectName, Op, Provider};

impl Reader<'_> {
    /// `ALTER …` of a column, an index or a constraint.
    pub(super) fn alter_part(
        &mut self,
        cursor: &mut Cursor<'_>,
        table: &ObjectName,
        start: usize,
    ) -> Read<()> {
        if cursor.eat_any(&["index", "constraint", "check"]) {
            cursor.name()?;
            cursor.until(|it| it.is_end() || it.is_sign(&Token::Comma));
            return Ok(());
        }
        cursor.eat(&["column"]);
        let (column, _) = self.new_name(cursor)?;
        let of = || table.clone();
        if cursor.eat(&["set", "default"]) {
            let default = self.default(cursor)?;
            let op = if is_filled(Some(&default)) {
                Op::SetDefault { table: of(), column, default }
            } else {
                Op::DropDefault { table: of(), column }
            };
            self.push(cursor.since(start), op);
        } else if cursor.eat(&["drop", "default"]) {
            self.push(cursor.since(start), Op::DropDefault { table: of(), column });
        } else if cursor.eat(&["set", "not", "null"]) {
            self.push(cursor.since(start), Op::SetNotNull { table: of(), column });
        } else if cursor.eat(&["drop", "not", "null"]) {
            self.push(cursor.since(start), Op::DropNotNull { table: of(), column });
        } else if cursor.eat(&["set", "data", "type"]) || cursor.eat(&["type"]) {
            let to = self.data_type(cursor);
            let op = Op::AlterColumnType { table: of(), column, to, using: None };
            self.push(cursor.since(start), op);
        } else if cursor.eat_any(&["set", "add", "drop"]) {
            // `SET VISIBLE`, `ADD MASKED`, `DROP ROWGUIDCOL`
            cursor.until(|it| it.is_end() || it.is_sign(&Token::Comma));
        } else if self.provider == Provider::Sqlserver {
            cursor.at -= 1;
            let defined = self.column(cursor, table)?;
            // Its default and its numbers stay as they are.
            let at = cursor.since(start);
            let Defined { column, null, .. } = defined;
            self.retype(at, table, &column, null || !column.not_null);
        } else {
            return Err(cursor.unread("what is done to the column"));
        }
        Ok(())
    }

    /// `MODIFY` and `CHANGE` give a column all that it has anew: what they do not say is gone (MySQL manual, 15.1.9).
    pub(super) fn redefine(&mut self, at: Range<usize>, table: &ObjectName, defined: Defined) {
        let Defined { column, constraints, indexes, .. } = defined;
        let of = || table.clone();
        self.retype(at.clone(), table, &column, !column.not_null);
        let name = column.name.clone();
        match (column.default.clone(), column.generated) {
            (Some(default), _) => {
                self.push(at.clone(), Op::SetDefault { table: of(), column: name, default });
            }
            (None, None) => self.push(at.clone(), Op::DropDefault { table: of(), column: name }),
            (None, Some(_)) => {}
        }
        for constraint in constraints {
            self.push(at.clone(), Op::AddConstraint { table: of(), constraint });
        }
        for it in indexes {
            self.push(at.clone(), Op::CreateIndex(Box::new(it)));
        }
    }

    fn retype(&mut self, at: Range<usize>, table: &ObjectName, column: &NewColumn, null: bool) {
        let (of, name) = (|| table.clone(), || column.name.clone());
        let to = column.data_type.clone();
        let op = Op::AlterColumnType { table: of(), column: name(), to, using: None };
        self.push(at.clone(), op);
        let op = if null {
            Op::DropNotNull { table: of(), column: name() }
        } else {
            Op::SetNotNull { table: of(), column: name() }
        };
        self.push(at, op);
    }
}
