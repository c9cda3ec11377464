//! Statements one by one: where each ends, and which reader is its own.

use sqlparser::tokenizer::Token;

use super::cursor::{Cursor, Read};
use super::{Reader, SYNTAX_HELP};
use crate::schema::{Certainty, Provider};

/// Words that begin a statement of SQL Server where they begin a line: semicolons are optional there.
const BEGINS: &[&str] = &[
    "alter",
    "begin",
    "commit",
    "create",
    "declare",
    "drop",
    "else",
    "end",
    "exec",
    "execute",
    "go",
    "grant",
    "if",
    "print",
    "raiserror",
    "return",
    "rollback",
    "throw",
    "truncate",
    "use",
    "while",
];
/// The same, but behind what may go on with them: `INSERT … SELECT`, `UPDATE … SET`.
const MAY_BEGIN: &[&str] = &["delete", "insert", "merge", "select", "set", "update", "with"];
/// What nothing of the latter can go on with.
const ENDS_BEFORE: &[&str] = &[
    "alter", "commit", "declare", "drop", "exec", "execute", "print", "rollback", "throw",
    "truncate", "use",
];

/// More statements in a row without a semicolon or line between them are not read: each looks at all of the rest.
const MOST: usize = 64;

impl Reader<'_> {
    pub(super) fn all(&mut self, cursor: &mut Cursor<'_>) {
        let mut joined = 0;
        while !cursor.is_done() {
            if cursor.eat_sign(&Token::SemiColon) || is_go(cursor) || self.own_constraints(cursor) {
                continue;
            }
            let from = cursor.at;
            let pending = match self.provider {
                Provider::Sqlserver => self.flow(cursor),
                _ => None,
            };
            if cursor.is_end() {
                continue;
            }
            let start = if pending.is_some() { from } else { cursor.at };
            let end = extent(cursor);
            let mut statement = Cursor { tokens: &cursor.tokens[..end], ..cursor.clone() };
            cursor.at = end;
            self.begin(Cursor { at: end, ..cursor.clone() }.since(start));
            let certainty = self.certainty;
            self.certainty = pending.unwrap_or(certainty);
            self.one(&mut statement);
            self.certainty = certainty;
            // What could follow without a semicolon: it is a statement of its own.
            let more = self.provider == Provider::Sqlserver && statement.at < end;
            joined = if more { joined + 1 } else { 0 };
            if more && joined < MOST {
                cursor.at = statement.at;
            } else if more {
                let rest = statement.tokens[statement.at].at.start..statement.range().end;
                let help = "write each statement on a line of its own";
                self.opaque(rest, "too many statements stand on one line to be read", help);
            }
        }
    }

    /// One statement, which must be all that there is.
    pub(super) fn one(&mut self, cursor: &mut Cursor<'_>) {
        match self.statement(cursor) {
            Ok(()) if cursor.is_done() => {}
            Ok(()) if self.provider == Provider::Sqlserver && begins(cursor) => {}
            Ok(()) => {
                let rest = cursor.tokens[cursor.at].at.start..cursor.range().end;
                let why = "this cannot be read: the statement is expected to end here";
                self.opaque(rest, why, SYNTAX_HELP);
                cursor.at = cursor.tokens.len();
            }
            Err(unread) => {
                self.unread(unread);
                cursor.at = cursor.tokens.len();
            }
        }
    }

    pub(super) fn statement(&mut self, cursor: &mut Cursor<'_>) -> Read<()> {
        let Some(first) = cursor.peek() else { return Ok(()) };
        let word = match first.word().filter(|_| !first.is_quoted()) {
            Some(word) => word.to_ascii_uppercase(),
            None if first.is_sign(&Token::LParen) => "SELECT".to_owned(),
            None => return Err(cursor.unread("a statement")),
        };
        match word.as_str() {
            "CREATE" => self.create(cursor),
            "ALTER" => self.alter(cursor),
            "DROP" => self.drop(cursor),
            "RENAME" => self.rename(cursor),
            "TRUNCATE" => self.truncate(cursor),
            "INSERT" | "REPLACE" | "UPDATE" | "DELETE" | "MERGE" | "SELECT" | "WITH" | "VALUES"
            | "EXPLAIN" | "LOAD" => self.rows(cursor),
            "EXEC" | "EXECUTE" | "CALL" | "PREPARE" | "DEALLOCATE" => self.execute(cursor),
            "DECLARE" => self.declare(cursor),
            _ => self.setting(cursor, &word),
        }
    }

    /// The branch that what is read next is in, where it may not run.
    pub(super) fn maybe(&mut self) -> Certainty {
        match self.certainty {
            Certainty::Deferred => Certainty::Deferred,
            Certainty::Sure | Certainty::Maybe(_) => self.branch(),
        }
    }
}

/// `GO` alone on its line: where a client of SQL Server ends a batch.
fn is_go(cursor: &mut Cursor<'_>) -> bool {
    let alone = cursor.provider == Provider::Sqlserver
        && cursor.peek().is_some_and(|it| it.is("go") && it.begins_line)
        && cursor.peek_at(1).is_none_or(|it| it.begins_line);
    cursor.at += usize::from(alone);
    alone
}

fn begins(cursor: &Cursor<'_>) -> bool {
    cursor.is_any(BEGINS) || cursor.is_any(MAY_BEGIN)
}

/// The token behind the statement that begins at the cursor: its semicolon, or where the next one begins.
fn extent(cursor: &Cursor<'_>) -> usize {
    let mut it = cursor.clone();
    let routine = is_routine(cursor);
    if routine && cursor.provider == Provider::Sqlserver {
        // It goes on to the end of its batch.
        while !it.is_done() && !is_go(&mut it.clone()) {
            it.skip(1);
        }
        return it.at;
    }
    let (mut blocks, mut depth) = (0usize, 0usize);
    while let Some(token) = it.peek() {
        match &token.token.token {
            Token::SemiColon if blocks == 0 || !routine => break,
            Token::LParen => depth += 1,
            Token::RParen => depth = depth.saturating_sub(1),
            _ => {}
        }
        if routine {
            if token.is_any(&["begin", "case"])
                && !it.tokens[..it.at].last().is_some_and(|it| it.is("end"))
            {
                blocks += 1;
            } else if token.is("end")
                && !it.peek_at(1).is_some_and(|it| it.is_any(&["if", "loop", "while", "repeat"]))
            {
                blocks = blocks.saturating_sub(1);
            }
        }
        let begins = cursor.provider == Provider::Sqlserver && depth == 0 && it.at > cursor.at;
        if begins && token.begins_line && is_next(cursor, &it) {
            break;
        }
        it.skip(1);
    }
    it.at
}

/// Whether the line at `here` begins another statement than the one at `first`.
fn is_next(first: &Cursor<'_>, here: &Cursor<'_>) -> bool {
    if here.is_any(BEGINS) {
        let last = here.tokens[..here.at].last();
        // `ALTER TABLE users⏎DROP COLUMN …`, `WITH x⏎…`, `IF …⏎BEGIN` of a routine are no beginnings.
        let action = here.is_any(&["alter", "drop"]) && first.is_any(&["alter"]);
        let named = here.tokens[first.at..here.at].iter().filter(|it| it.word().is_some()).count();
        return !(action && named <= 4 || last.is_some_and(|it| it.is_sign(&Token::Comma)));
    }
    let index = first.is(&["create"])
        && here.tokens[first.at..here.at].iter().take(5).any(|it| it.is("index"));
    here.is_any(MAY_BEGIN) && (first.is_any(ENDS_BEFORE) || index)
}

/// A statement with a body: `CREATE TRIGGER` and the like.
pub(super) fn is_routine(cursor: &Cursor<'_>) -> bool {
    let head = cursor.tokens.get(cursor.at..).unwrap_or_default();
    let head = &head[..head.len().min(16)];
    if !head.first().is_some_and(|it| it.is_any(&["create", "alter"])) {
        return false;
    }
    let other = ["table", "index", "view", "schema", "database", "as", "on"];
    let routine = ["trigger", "procedure", "proc", "function", "event"];
    let known = head.iter().skip(1).find(|it| it.is_any(&routine) || it.is_any(&other));
    known.is_some_and(|it| it.is_any(&routine))
}
