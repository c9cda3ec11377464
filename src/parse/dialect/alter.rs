//! `ALTER`: each action of a table has its own place.

use sqlparser::tokenizer::Token;

use super::column::Defined;
use super::constraint::{Part, is_constraint};
use super::create::guard;
use super::cursor::{Cursor, Read};
use super::statement::is_routine;
use super::{Reader, names};
use crate::schema::{Cascade, Guard, NewColumn, ObjectName, Op, Provider};

impl Reader<'_> {
    pub(super) fn alter(&mut self, cursor: &mut Cursor<'_>) -> Read<()> {
        if is_routine(cursor) {
            let mut again = cursor.clone();
            cursor.at = cursor.tokens.len();
            return self.create(&mut again);
        }
        let start = cursor.at;
        cursor.skip(1);
        cursor.eat_any(&["online", "ignore"]);
        if cursor.eat(&["table"]) {
            guard(cursor);
            let table = names::object(cursor)?;
            return self.actions(cursor, &table);
        }
        if cursor.eat(&["view"]) {
            return self.view(cursor, start, false, true);
        }
        if cursor.eat(&["schema"]) {
            let schema = cursor.name()?;
            if cursor.eat(&["transfer"]) {
                if cursor.eat_any(&["object", "type"]) {
                    cursor.skip(2);
                }
                let from = names::object(cursor)?;
                self.push(cursor.since(start), Op::MoveTable { from, schema });
                return Ok(());
            }
            cursor.until(Cursor::is_end);
            return Ok(());
        }
        if cursor.eat(&["index"]) {
            let name = cursor.name()?;
            cursor.must(&["on"])?;
            let table = names::object(cursor)?;
            if cursor.eat(&["disable"]) {
                // It keeps nothing out any more, until it is built anew.
                let op = self.drop_index(&table, &name, Guard::None);
                self.push(cursor.since(start), op);
            }
            cursor.until(Cursor::is_end);
            return Ok(());
        }
        // Who may do what, and how the server is set up: not judged here.
        if cursor.eat_any(&[
            "database",
            "user",
            "role",
            "login",
            "sequence",
            "authorization",
            "server",
        ]) {
            cursor.until(Cursor::is_end);
            return Ok(());
        }
        Err(cursor.unread("what is altered"))
    }

    pub(super) fn drop_index(&self, table: &ObjectName, name: &str, guard: Guard) -> Op {
        let name = names::index(self.provider, table, name);
        let name = ObjectName { schema: table.schema.clone(), name };
        Op::DropIndex { name, guard, concurrently: false, cascade: Cascade::No }
    }

    fn actions(&mut self, cursor: &mut Cursor<'_>, table: &ObjectName) -> Read<()> {
        let mut table = table.clone();
        // What the action before it did, which SQL Server lets out behind a comma.
        let mut again: Option<Again> = None;
        loop {
            let start = cursor.at;
            again = self.action(cursor, &mut table, again.take(), start)?;
            if !cursor.eat_sign(&Token::Comma) {
                return Ok(());
            }
        }
    }

    fn action(
        &mut self,
        cursor: &mut Cursor<'_>,
        table: &mut ObjectName,
        again: Option<Again>,
        start: usize,
    ) -> Read<Option<Again>> {
        let checked = cursor.eat(&["with", "check"]) || cursor.eat(&["with", "nocheck"]);
        if cursor.eat(&["add"]) {
            return self.add(cursor, table, start).map(|()| Some(Again::Add));
        }
        if cursor.eat(&["drop"]) {
            return self.drop_part(cursor, table, start);
        }
        if cursor.eat(&["modify"]) {
            cursor.eat(&["column"]);
            guard(cursor);
            let defined = self.column(cursor, table)?;
            self.redefine(cursor.since(start), table, defined);
        } else if cursor.eat(&["change"]) {
            cursor.eat(&["column"]);
            guard(cursor);
            let from = cursor.name()?;
            let defined = self.column(cursor, table)?;
            let at = cursor.since(start);
            if from != defined.column.name {
                let to = NewColumn { ..defined.column.clone() };
                self.push(at.clone(), Op::RenameColumn { table: table.clone(), from, to });
            }
            self.redefine(at, table, defined);
        } else if cursor.eat(&["alter"]) {
            self.alter_part(cursor, table, start)?;
        } else if cursor.eat(&["rename"]) {
            self.rename_part(cursor, table, start)?;
        } else if let Some(again) = again.filter(|_| !self.is_setting(cursor)) {
            match again {
                Again::Add => self.add(cursor, table, start)?,
                Again::DropColumn => self.drop_column(cursor, table, start)?,
                Again::DropConstraint => self.drop_constraint(cursor, table, start)?,
            }
            return Ok(Some(again));
        } else if self.is_setting(cursor) || checked {
            self.set_storage(cursor, table, start);
        } else {
            return Err(cursor.unread("what is done to the table"));
        }
        Ok(None)
    }

    /// `ADD …`
    fn add(&mut self, cursor: &mut Cursor<'_>, table: &ObjectName, start: usize) -> Read<()> {
        let column = cursor.eat(&["column"]);
        let guard = guard(cursor);
        if cursor.is(&["partition"]) && self.provider == Provider::Mysql {
            cursor.until(Cursor::is_end);
            return Ok(());
        }
        if !column && is_constraint(cursor) {
            let part = self.part(cursor, table)?;
            let at = cursor.since(start);
            match part {
                Part::Constraint(constraint) => {
                    self.push(at, Op::AddConstraint { table: table.clone(), constraint });
                }
                Part::Index(it) => self.push(at, Op::CreateIndex(Box::new(it))),
                Part::Default { column, default, constraint } => {
                    let of = || table.clone();
                    self.push(at.clone(), Op::SetDefault { table: of(), column, default });
                    self.push(at, Op::AddConstraint { table: of(), constraint });
                }
                Part::Nothing => {}
            }
            return Ok(());
        }
        // MySQL: `ADD (a INT, b INT)`.
        if cursor.is_sign(&Token::LParen) {
            for mut item in cursor.parens()?.items() {
                self.add(&mut item, table, 0)?;
            }
            return Ok(());
        }
        let Defined { column, constraints, indexes, .. } = self.column(cursor, table)?;
        let at = cursor.since(start);
        self.push(at, Op::AddColumn { table: table.clone(), column, constraints, guard });
        for it in indexes {
            self.push(it.at.clone(), Op::CreateIndex(Box::new(it)));
        }
        Ok(())
    }

    /// `DROP …`
    fn drop_part(
        &mut self,
        cursor: &mut Cursor<'_>,
        table: &ObjectName,
        start: usize,
    ) -> Read<Option<Again>> {
        if cursor.eat(&["primary", "key"]) {
            let name = self.key_name(None).unwrap_or_else(|| format!("{}_pkey", table.name));
            let (guard, cascade) = (Guard::None, Cascade::No);
            let op = Op::DropConstraint { table: table.clone(), name, guard, cascade };
            self.push(cursor.since(start), op);
            return Ok(None);
        }
        if cursor.eat(&["foreign", "key"]) || cursor.eat(&["constraint"]) || cursor.eat(&["check"])
        {
            self.drop_constraint(cursor, table, start)?;
            return Ok((self.provider == Provider::Sqlserver).then_some(Again::DropConstraint));
        }
        if cursor.eat_any(&["index", "key"]) {
            let guard = guard(cursor);
            let name = cursor.name()?;
            let op = self.drop_index(table, &name, guard);
            self.push(cursor.since(start), op);
            return Ok(None);
        }
        if self.provider == Provider::Mysql && cursor.eat(&["partition"]) {
            cursor.until(Cursor::is_end);
            // The rows of a partition go with it.
            self.push(cursor.since(start), Op::Truncate { table: table.clone() });
            return Ok(None);
        }
        if self.provider == Provider::Sqlserver && cursor.eat(&["period", "for", "system_time"]) {
            return Ok(None);
        }
        cursor.eat(&["column"]);
        self.drop_column(cursor, table, start)?;
        Ok((self.provider == Provider::Sqlserver).then_some(Again::DropColumn))
    }

    fn drop_column(
        &mut self,
        cursor: &mut Cursor<'_>,
        table: &ObjectName,
        start: usize,
    ) -> Read<()> {
        cursor.eat(&["column"]);
        let guard = guard(cursor);
        let (column, _) = self.new_name(cursor)?;
        let cascade = cascade(cursor);
        let op = Op::DropColumn { table: table.clone(), column, guard, cascade };
        self.push(cursor.since(start), op);
        Ok(())
    }

    fn drop_constraint(
        &mut self,
        cursor: &mut Cursor<'_>,
        table: &ObjectName,
        start: usize,
    ) -> Read<()> {
        let column = cursor.provider == Provider::Sqlserver && cursor.eat(&["column"]);
        if column {
            return self.drop_column(cursor, table, start);
        }
        let guard = guard(cursor);
        let (name, _) = self.new_name(cursor)?;
        let cascade = cascade(cursor);
        if cursor.is(&["with"]) {
            self.key_options(cursor)?;
        }
        let op = Op::DropConstraint { table: table.clone(), name, guard, cascade };
        self.push(cursor.since(start), op);
        Ok(())
    }

    /// `RENAME …`
    fn rename_part(
        &mut self,
        cursor: &mut Cursor<'_>,
        table: &mut ObjectName,
        start: usize,
    ) -> Read<()> {
        if cursor.eat_any(&["index", "key"]) {
            let from = cursor.name()?;
            cursor.must(&["to"])?;
            let to = names::index(self.provider, table, &cursor.name()?);
            let from = names::index(self.provider, table, &from);
            let from = ObjectName { schema: table.schema.clone(), name: from };
            self.push(cursor.since(start), Op::RenameIndex { from, to });
        } else if cursor.eat(&["constraint"]) {
            let from = self.new_name(cursor)?.0;
            cursor.must(&["to"])?;
            let to = self.new_name(cursor)?.0;
            let op = Op::RenameConstraint { table: table.clone(), from, to };
            self.push(cursor.since(start), op);
        } else if cursor.eat_any(&["to", "as"]) {
            let to = names::object(cursor)?;
            self.rename_table(cursor.since(start), table, &to);
            *table = to;
        } else {
            cursor.eat(&["column"]);
            guard(cursor);
            let from = self.new_name(cursor)?.0;
            if self.provider == Provider::Mysql && cursor.is_end() {
                // `RENAME new_name`
                let to = ObjectName { name: from, ..table.clone() };
                self.rename_table(cursor.since(start), table, &to);
                *table = to;
                return Ok(());
            }
            cursor.must(&["to"])?;
            let at = cursor.peek().map(|it| it.at.clone()).unwrap_or_default();
            let (name, folded_from) = self.new_name(cursor)?;
            let to = NewColumn { name, folded_from, at: self.place(at), ..NewColumn::default() };
            let op = Op::RenameColumn { table: table.clone(), from, to };
            self.push(cursor.since(start), op);
        }
        Ok(())
    }

    pub(super) fn rename_table(
        &mut self,
        at: std::ops::Range<usize>,
        from: &ObjectName,
        to: &ObjectName,
    ) {
        let mut from = from.clone();
        if to.schema != from.schema
            && let Some(schema) = to.schema.clone()
        {
            self.push(at.clone(), Op::MoveTable { from: from.clone(), schema });
            from.schema.clone_from(&to.schema);
        }
        if to.name != from.name {
            self.push(at, Op::RenameTable { from, to: to.name.clone() });
        }
    }

    /// What changes nothing of the shape: `ENGINE = …`, `AUTO_INCREMENT = …`, `CHECK CONSTRAINT …`.
    fn is_setting(&self, cursor: &Cursor<'_>) -> bool {
        let mysql = &[
            "algorithm",
            "auto_increment",
            "avg_row_length",
            "charset",
            "checksum",
            "collate",
            "comment",
            "convert",
            "default",
            "character",
            "disable",
            "enable",
            "engine",
            "force",
            "key_block_size",
            "lock",
            "max_rows",
            "min_rows",
            "optimize",
            "order",
            "pack_keys",
            "partition",
            "rebuild",
            "reorganize",
            "row_format",
            "stats_persistent",
            "tablespace",
            "without",
            "with",
            "analyze",
            "coalesce",
        ];
        let sqlserver = &["check", "nocheck", "enable", "disable", "rebuild", "set"];
        match self.provider {
            Provider::Mysql => cursor.is_any(mysql),
            Provider::Sqlserver => cursor.is_any(sqlserver),
            Provider::Sqlite | Provider::Postgresql | Provider::Cockroachdb => false,
        }
    }

    fn set_storage(&mut self, cursor: &mut Cursor<'_>, table: &ObjectName, start: usize) {
        let body = cursor.until(|it| it.is_end() || it.is_sign(&Token::Comma));
        let what = self.folded(&body.range()).to_lowercase();
        self.push(cursor.since(start), Op::SetStorage { table: table.clone(), what });
    }
}

/// What an action does that begins without its verb.
#[derive(Clone, Copy, Debug)]
enum Again {
    Add,
    DropColumn,
    DropConstraint,
}

pub(super) fn cascade(cursor: &mut Cursor<'_>) -> Cascade {
    // In MySQL the word does nothing (MySQL manual, 15.1.32), and the others do not know it.
    if cursor.eat(&["cascade"]) && cursor.provider.is_postgres() {
        return Cascade::Yes;
    }
    cursor.eat(&["restrict"]);
    Cascade::No
}
