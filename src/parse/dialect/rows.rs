//! Rows: what a statement deletes, changes, adds and copies.

use sqlparser::tokenizer::Token;

use super::cursor::{Cursor, Piece, Read};
use super::value::constant;
use super::{Reader, names};
use crate::schema::{Filter, ObjectName, Op, Provider};

/// Words behind which a clause of `DELETE` or `UPDATE` begins.
const CLAUSES: &[&str] = &[
    "from",
    "set",
    "where",
    "order",
    "limit",
    "returning",
    "output",
    "using",
    "join",
    "inner",
    "left",
    "right",
    "cross",
    "straight_join",
    "option",
    "on",
    "natural",
];

impl Reader<'_> {
    pub(super) fn rows(&mut self, cursor: &mut Cursor<'_>) -> Read<()> {
        let from = cursor.at;
        if cursor.is(&["insert"]) && copied(cursor, |_| None).is_some() {
            // Nothing of it is left to be known.
            cursor.until(Cursor::is_end);
        } else {
            cursor.parsed(Piece::Statement)?;
        }
        let whole = Cursor { tokens: &cursor.tokens[from..cursor.at], at: 0, ..cursor.clone() };
        let at = whole.range();
        let mut it = whole.clone();
        if it.is(&["with"]) {
            it.until(|it| it.is_any(&["select", "insert", "update", "delete", "merge", "replace"]));
        }
        let op = match () {
            () if it.eat(&["delete"]) => deleted(it),
            () if it.eat(&["update"]) => updated(it),
            () if it.eat(&["merge"]) => return self.merged(it),
            () if it.eat(&["load"]) => {
                it.until(|it| it.is(&["into", "table"]));
                it.skip(2);
                let table = names::object(&mut it).ok();
                table.map(|table| Op::Insert { table, queried: true, overwrites: false })
            }
            () if it.is_any(&["insert", "replace"]) => {
                self.inserted(it);
                None
            }
            () => {
                self.selected(it);
                None
            }
        };
        if let Some(op) = op {
            self.push(at, op);
        }
        Ok(())
    }

    fn inserted(&mut self, mut it: Cursor<'_>) {
        let at = it.range();
        let copied = copied(&it, |it| self.made(it));
        let replaces = it.eat(&["replace"]) || {
            it.skip(1);
            it.eat(&["or", "replace"])
        };
        it.until(|it| {
            it.is_end()
                || it.is_any(&["into"])
                || it.peek().is_some_and(|it| {
                    it.word().is_some()
                        && !it.is_any(&[
                            "ignore",
                            "low_priority",
                            "high_priority",
                            "delayed",
                            "or",
                            "abort",
                            "fail",
                            "rollback",
                            "top",
                        ])
                })
        });
        it.eat(&["into"]);
        let Ok(table) = names::object(&mut it) else { return };
        let has = |words: &[&str]| {
            let mut it = it.clone();
            let _ = it.until(|it| it.is(words));
            !it.is_done()
        };
        let queried = has(&["from"]);
        let overwrites =
            replaces || has(&["on", "duplicate", "key", "update"]) || has(&["do", "update"]);
        self.push(at.clone(), Op::Insert { table, queried, overwrites });
        if let Some((to, from, columns)) = copied {
            self.push(at, Op::CopyRows { from, to, columns });
        }
    }

    /// The columns of a table as the migration has made it.
    fn made(&self, name: &ObjectName) -> Option<Vec<String>> {
        self.changes.iter().rev().find_map(|it| match &it.op {
            Op::CreateTable(new) if new.name == *name => {
                Some(new.columns.iter().map(|it| it.name.clone()).collect())
            }
            _ => None,
        })
    }

    /// `SELECT … INTO t FROM …` of SQL Server makes a table; `INTO OUTFILE` of MySQL writes a file of the server.
    fn selected(&mut self, mut it: Cursor<'_>) {
        let at = it.range();
        let query = it.clone();
        it.until(|it| it.is(&["into"]));
        if !it.eat(&["into"]) {
            return;
        }
        if it.is_any(&["outfile", "dumpfile"]) {
            let help =
                "take the statement out: a migration has no business outside of its database";
            return self.opaque(at, "it writes a file of the database server", help);
        }
        if self.provider != Provider::Sqlserver {
            return;
        }
        let from = it.at;
        if let Ok(name) = names::object(&mut it) {
            let temporary = name.schema.as_deref() == Some("pg_temp");
            let named = self.place(it.since(from));
            let mut table = super::create::new_table(name, crate::schema::Guard::None, named);
            table.persistence = super::create::lasting(temporary);
            table.reads = relations(&query);
            table.reads.retain(|it| *it != table.name);
            self.push(at, Op::CreateTable(Box::new(table)));
        }
    }

    /// `MERGE INTO t … WHEN MATCHED THEN DELETE`
    fn merged(&mut self, mut it: Cursor<'_>) -> Read<()> {
        let at = it.range();
        it.eat(&["into"]);
        let table = names::object(&mut it)?;
        let mut ops = Vec::new();
        while !it.is_done() {
            if it.eat(&["then", "delete"]) {
                ops.push(Op::Delete { table: table.clone(), filter: Filter::Some });
            } else if it.eat(&["then", "update"]) {
                let columns = assigned(&mut it);
                ops.push(Op::Update { table: table.clone(), filter: Filter::Some, columns });
            } else if it.eat(&["then", "insert"]) {
                ops.push(Op::Insert { table: table.clone(), queried: true, overwrites: false });
            } else {
                it.skip(1);
            }
        }
        for op in ops {
            self.push(at.clone(), op);
        }
        Ok(())
    }
}

/// Behind `DELETE`.
fn deleted(mut it: Cursor<'_>) -> Option<Op> {
    it.eat_any(&["low_priority", "quick", "ignore"]);
    let limited = it.eat(&["top"]);
    if limited {
        it.skip_parens().ok()?;
    }
    it.eat(&["from"]);
    let target = names::object(&mut it).ok()?;
    let table = aliased(&it, &target);
    let filter = if limited { Filter::Some } else { filter(&it) };
    Some(Op::Delete { table, filter })
}

/// Behind `UPDATE`.
fn updated(mut it: Cursor<'_>) -> Option<Op> {
    it.eat_any(&["low_priority"]);
    if it.eat(&["or"]) {
        it.skip(1);
    }
    it.eat(&["ignore"]);
    let limited = it.eat(&["top"]);
    if limited {
        it.skip_parens().ok()?;
    }
    let target = names::object(&mut it).ok()?;
    let table = aliased(&it, &target);
    let filter = if limited { Filter::Some } else { filter(&it) };
    let columns = assigned(&mut it);
    Some(Op::Update { table, filter, columns })
}

/// The table that a target is the alias of: `DELETE u FROM users u`.
fn aliased(rest: &Cursor<'_>, target: &ObjectName) -> ObjectName {
    let mut it = rest.clone();
    while !it.is_done() {
        let before = it.tokens[..it.at].last();
        let begins = before
            .is_some_and(|it| it.is_any(&["from", "join", "using"]) || it.is_sign(&Token::Comma));
        if begins {
            let mut named = it.clone();
            if let Ok(table) = names::object(&mut named) {
                named.eat(&["as"]);
                let alias = named.peek().and_then(|it| it.word());
                if alias.is_some_and(|it| it == target.name) && !named.is_any(CLAUSES) {
                    return table;
                }
            }
        }
        it.skip(1);
    }
    target.clone()
}

fn filter(rest: &Cursor<'_>) -> Filter {
    let mut it = rest.clone();
    let ends = |it: &Cursor<'_>| it.is_any(&["where", "join", "limit"]);
    it.until(ends);
    if it.is_any(&["join", "limit"]) {
        return Filter::Some;
    }
    if !it.eat(&["where"]) {
        return Filter::EveryRow;
    }
    let condition =
        it.until(|it| it.is_any(&["order", "limit", "returning", "option"]) || it.is_end());
    match constant(&condition) {
        Some(true) if !it.is(&["limit"]) => Filter::EveryRow,
        _ => Filter::Some,
    }
}

/// The columns on the left of the equals signs behind the next `SET`.
fn assigned(it: &mut Cursor<'_>) -> Vec<String> {
    it.until(|it| it.is_any(&["set"]));
    if !it.eat(&["set"]) {
        return Vec::new();
    }
    let list = it.until(|it| {
        it.is_any(&["where", "from", "order", "limit", "returning", "output", "when", "option"])
    });
    let targets = list.items().into_iter().filter_map(|mut it| {
        let left = it.until(|it| it.is_sign(&Token::Eq));
        left.tokens.last()?.word().map(str::to_owned)
    });
    targets.collect()
}

/// Relations that a query reads, as far as `FROM` and `JOIN` name them.
pub(super) fn relations(query: &Cursor<'_>) -> Vec<ObjectName> {
    let mut found: Vec<ObjectName> = Vec::new();
    let mut it = query.clone();
    it.at = 0;
    while let Some(token) = it.next() {
        if !token.is_any(&["from", "join"]) {
            continue;
        }
        while let Ok(name) = names::object(&mut it) {
            if !it.is_sign(&Token::LParen) && !found.contains(&name) {
                found.push(name);
            }
            it.eat(&["as"]);
            if it.peek().is_some_and(|it| it.word().is_some()) && !it.is_any(CLAUSES) {
                it.skip(1);
            }
            if !it.eat_sign(&Token::Comma) {
                break;
            }
        }
    }
    found
}

/// `INSERT INTO t (a, b) SELECT x, y FROM s`, which copies every row: the target, the source, and for each column of the
/// target the one of the source that it holds.
pub(super) type Copied = (ObjectName, ObjectName, Vec<(String, Option<String>)>);

/// `made` knows the columns of a table that the migration has made, for an `INSERT` that names none.
pub(super) fn copied(
    insert: &Cursor<'_>,
    made: impl Fn(&ObjectName) -> Option<Vec<String>>,
) -> Option<Copied> {
    let mut it = insert.clone();
    it.must(&["insert", "into"]).ok()?;
    let to = names::object(&mut it).ok()?;
    let columns = if it.is_sign(&Token::LParen) {
        let items = it.parens().ok()?.items();
        items.into_iter().map(|mut it| it.name().ok()).collect::<Option<Vec<String>>>()?
    } else {
        made(&to)?
    };
    it.must(&["select"]).ok()?;
    let list = it.until(|it| it.is_any(&["from"])).items();
    it.must(&["from"]).ok()?;
    let from = names::object(&mut it).ok()?;
    if it.eat(&["with"]) {
        it.parens().ok()?;
    }
    it.eat_sign(&Token::SemiColon);
    if !it.is_done() || columns.len() != list.len() {
        return None;
    }
    let pairs = columns.into_iter().zip(list).map(|(name, source)| (name, source_of(source)));
    Some((to, from, pairs.collect()))
}

/// The column that a value keeps: itself, or in its place another one where it is null.
fn source_of(mut it: Cursor<'_>) -> Option<String> {
    let keeps = ["coalesce", "ifnull", "isnull", "cast"];
    if it.is_any(&keeps) && it.peek_at(1).is_some_and(|it| it.is_sign(&Token::LParen)) {
        it.skip(1);
        let mut first = it.parens().ok()?;
        let name = names::object(&mut first).ok()?.name;
        let ends = first.is_sign(&Token::Comma) || first.is(&["as"]);
        return ends.then_some(name);
    }
    let name = names::object(&mut it).ok()?.name;
    if it.eat(&["as"]) {
        it.skip(1);
    }
    it.is_done().then_some(name)
}
