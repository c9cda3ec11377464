//! `CREATE`: everything but tables is read here.

use sqlparser::tokenizer::Token;

use super::cursor::{Cursor, Piece, Read};
use super::statement::is_routine;
use super::{Reader, names};
use crate::schema::{
    Guard, NewTable, ObjectName, Op, Persistence, Provider, RelationKind, TypeKind,
};

impl Reader<'_> {
    pub(super) fn create(&mut self, cursor: &mut Cursor<'_>) -> Read<()> {
        if is_routine(cursor) {
            self.routine(cursor);
            return Ok(());
        }
        let start = cursor.at;
        cursor.skip(1);
        let replaces = cursor.eat(&["or", "replace"]) || cursor.eat(&["or", "alter"]);
        let temporary = cursor.eat_any(&["temp", "temporary"]);
        if cursor.eat(&["table"]) {
            return self.table(cursor, start, temporary, replaces);
        }
        self.view_options(cursor);
        if cursor.eat(&["view"]) {
            return self.view(cursor, start, temporary, replaces);
        }
        let unique = cursor.eat(&["unique"]);
        let special = cursor.eat_any(&["fulltext", "spatial", "xml"]);
        self.clustering(cursor);
        cursor.eat(&["columnstore"]);
        if cursor.is(&["index"]) {
            return self.index(cursor, unique, special);
        }
        if cursor.eat(&["virtual", "table"]) {
            let guard = guard(cursor);
            let at = cursor.at;
            let name = names::object(cursor)?;
            let at = cursor.since(at);
            cursor.until(Cursor::is_end);
            let table = new_table(name, guard, self.place(at));
            self.push(cursor.since(start), Op::CreateTable(Box::new(table)));
            return Ok(());
        }
        self.create_other(cursor, start)
    }

    fn create_other(&mut self, cursor: &mut Cursor<'_>, start: usize) -> Read<()> {
        if cursor.eat_any(&["schema", "database"]) {
            let guard = guard(cursor);
            let name =
                if cursor.eat(&["authorization"]) { String::new() } else { cursor.name()? };
            cursor.until(Cursor::is_end);
            if !name.is_empty() {
                self.push(cursor.since(start), Op::CreateSchema { name, guard });
            }
            return Ok(());
        }
        if cursor.eat(&["sequence"]) {
            let guard = guard(cursor);
            let name = names::object(cursor)?;
            cursor.until(Cursor::is_end);
            self.push(cursor.since(start), Op::CreateSequence { name, guard });
            return Ok(());
        }
        if cursor.eat(&["type"]) {
            let name = names::object(cursor)?;
            cursor.until(Cursor::is_end);
            self.push(cursor.since(start), Op::CreateType { name, kind: TypeKind::Other });
            return Ok(());
        }
        // Who may do what, and how queries are planned: not judged here.
        if cursor.eat_any(&[
            "user",
            "role",
            "login",
            "statistics",
            "synonym",
            "fulltext",
            "partition",
        ]) {
            cursor.until(Cursor::is_end);
            return Ok(());
        }
        Err(cursor.unread("what is created"))
    }

    /// `INDEX name ON table (…)`
    fn index(&mut self, cursor: &mut Cursor<'_>, unique: bool, special: bool) -> Read<()> {
        let word = cursor.at;
        cursor.skip(1);
        let guard = guard(cursor);
        let at = if cursor.is(&["on"]) {
            cursor.since(word)
        } else {
            cursor.peek().map(|it| it.at.clone()).unwrap_or_default()
        };
        let name = if cursor.is(&["on"]) { None } else { Some(names::object(cursor)?.name) };
        if cursor.eat(&["using"]) {
            cursor.skip(1);
        }
        cursor.must(&["on"])?;
        let table = names::object(cursor)?;
        if cursor.eat(&["using"]) {
            cursor.skip(1);
        }
        let keys = if cursor.is_sign(&Token::LParen) { self.keys(cursor)? } else { Vec::new() };
        let mut index = self.new_index(&table, name, keys, unique, at);
        index.guard = guard;
        if special {
            "other".clone_into(&mut index.method);
        }
        if cursor.eat(&["include"]) {
            let included = self.keys(cursor)?;
            index.include = included.into_iter().filter_map(|it| it.column).collect();
        }
        if cursor.eat(&["where"]) {
            let condition = cursor.until(|it| it.is_end() || it.is_any(&["with", "on"]));
            index.predicate = Some(self.expression(&condition));
        }
        self.key_options(cursor)?;
        if self.provider == Provider::Mysql {
            while cursor.eat_any(&["algorithm", "lock"]) {
                cursor.eat_sign(&Token::Eq);
                cursor.skip(1);
            }
        }
        let whole = cursor.since(0);
        self.push(whole, Op::CreateIndex(Box::new(index)));
        Ok(())
    }

    fn view_options(&self, cursor: &mut Cursor<'_>) {
        if self.provider != Provider::Mysql {
            return;
        }
        if cursor.eat(&["algorithm"]) {
            cursor.skip(2);
        }
        if cursor.eat(&["definer"]) {
            cursor.until(|it| it.is_end() || it.is_any(&["sql", "view"]));
        }
        if cursor.eat(&["sql", "security"]) {
            cursor.skip(1);
        }
    }

    pub(super) fn view(
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
        let mut shows = Vec::new();
        if cursor.is_sign(&Token::LParen) {
            let named = self.keys(cursor)?;
            shows = named.into_iter().filter_map(|it| it.column).collect();
        }
        cursor.until(|it| it.is_end() || it.is_any(&["as"]));
        cursor.must(&["as"])?;
        let from = cursor.at;
        cursor.parsed(Piece::Query)?;
        let query = Cursor { tokens: &cursor.tokens[from..cursor.at], ..cursor.clone() };
        if cursor.eat(&["with"]) {
            cursor.until(Cursor::is_end);
        }
        let table = NewTable {
            kind: RelationKind::View,
            persistence: lasting(temporary),
            reads: super::rows::relations(&query),
            shows,
            replaces,
            ..new_table(name, guard, self.place(at))
        };
        self.push(cursor.since(start), Op::CreateTable(Box::new(table)));
        Ok(())
    }

    /// A trigger, procedure, function or event: what its body does happens later.
    fn routine(&mut self, cursor: &mut Cursor<'_>) {
        let body = cursor.until(|_| false);
        let begin = body.tokens.iter().position(|it| it.is_any(&["begin", "as", "row", "do"]));
        let begin =
            begin.map_or(body.tokens.len(), |it| it + usize::from(!body.tokens[it].is("begin")));
        self.body(Cursor { tokens: &body.tokens[begin..], at: 0, provider: self.provider });
    }
}

pub(super) fn lasting(temporary: bool) -> Persistence {
    if temporary { Persistence::Temporary } else { Persistence::Permanent }
}

/// `IF [NOT] EXISTS`
pub(super) fn guard(cursor: &mut Cursor<'_>) -> Guard {
    match () {
        () if cursor.eat(&["if", "not", "exists"]) => Guard::IfNotExists,
        () if cursor.eat(&["if", "exists"]) => Guard::IfExists,
        () => Guard::None,
    }
}

/// A table without anything in it.
pub(super) fn new_table(name: ObjectName, guard: Guard, at: std::ops::Range<usize>) -> NewTable {
    NewTable {
        name,
        kind: RelationKind::Table,
        persistence: Persistence::Permanent,
        guard,
        columns: Vec::new(),
        constraints: Vec::new(),
        columns_of: Vec::new(),
        like: Vec::new(),
        parent: None,
        partitioned: false,
        reads: Vec::new(),
        shows: Vec::new(),
        security_invoker: None,
        unlogged: false,
        at,
        folded_from: None,
        replaces: false,
    }
}
