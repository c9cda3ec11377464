//! What decides whether a statement runs: the control flow of SQL Server, and bodies that run later.

use sqlparser::tokenizer::Token;

use super::Reader;
use super::cursor::Cursor;
use crate::schema::{Certainty, Provider};

/// A block that is open.
#[derive(Clone, Copy, Debug)]
pub(super) struct Block {
    certainty: Certainty,
    catching: bool,
}

/// Words that begin a statement, so that a condition has ended.
const VERBS: &[&str] = &[
    "alter",
    "begin",
    "break",
    "commit",
    "continue",
    "create",
    "declare",
    "delete",
    "drop",
    "exec",
    "execute",
    "goto",
    "grant",
    "insert",
    "merge",
    "print",
    "raiserror",
    "return",
    "revoke",
    "rollback",
    "select",
    "set",
    "throw",
    "truncate",
    "update",
    "use",
    "waitfor",
    "with",
];

impl Reader<'_> {
    /// Goes past the words around statements. Of a statement that may not run it gives how likely it is to.
    pub(super) fn flow(&mut self, cursor: &mut Cursor<'_>) -> Option<Certainty> {
        let mut pending = None;
        loop {
            if cursor.eat(&["begin", "try"]) {
                self.open(self.certainty, self.catching);
            } else if cursor.eat(&["begin", "catch"]) {
                let certainty = self.maybe();
                self.open(certainty, true);
            } else if cursor.is(&["begin"]) && is_block(cursor) {
                cursor.skip(1);
                self.open(pending.take().unwrap_or(self.certainty), self.catching);
            } else if cursor.eat(&["end"]) {
                cursor.eat_any(&["try", "catch"]);
                self.close();
            } else if cursor.eat(&["if"]) || cursor.eat(&["while"]) {
                let condition = cursor.until(|it| it.is_end() || is_verb(it));
                pending =
                    if self.is_copied(&condition, cursor) { pending } else { Some(self.maybe()) };
            } else if cursor.eat(&["else"]) {
                pending = Some(self.maybe());
            } else if cursor.is_sign(&Token::SemiColon) && pending.is_none() {
                cursor.skip(1);
            } else {
                return pending;
            }
        }
    }

    /// `IF EXISTS(SELECT * FROM t) EXEC('INSERT … SELECT … FROM t')`: where there are no rows, there is nothing to copy.
    fn is_copied(&self, condition: &Cursor<'_>, then: &Cursor<'_>) -> bool {
        let mut asked = condition.clone();
        let mut run = then.clone();
        if !asked.eat(&["exists"]) || !run.eat_any(&["exec", "execute"]) {
            return false;
        }
        let table = asked.parens().ok().and_then(|mut it| {
            it.eat(&["select"]);
            it.eat_sign(&Token::Mul);
            it.must(&["from"]).and_then(|()| super::names::object(&mut it)).ok()
        });
        let text = run.parens().ok().and_then(|it| it.tokens.first()?.string().map(str::to_owned));
        let (Some(table), Some(text)) = (table, text) else { return false };
        let lexed = super::lexer::lex(&text, self.provider);
        let copied = super::rows::copied(&Cursor::new(&lexed.tokens, self.provider), |_| None);
        copied.is_some_and(|(_, from, _)| from == table)
    }

    fn open(&mut self, certainty: Certainty, catching: bool) {
        self.blocks.push(Block { certainty: self.certainty, catching: self.catching });
        (self.certainty, self.catching) = (certainty, catching);
    }

    fn close(&mut self) {
        if let Some(it) = self.blocks.pop() {
            (self.certainty, self.catching) = (it.certainty, it.catching);
        }
    }

    /// What the body of a trigger or routine does to rows and tables whenever it runs.
    pub(super) fn body(&mut self, mut cursor: Cursor<'_>) {
        let certainty = std::mem::replace(&mut self.certainty, Certainty::Deferred);
        if self.provider == Provider::Sqlserver {
            let blocks = std::mem::take(&mut self.blocks);
            self.all(&mut cursor);
            self.blocks = blocks;
            self.certainty = certainty;
            return;
        }
        while !cursor.is_done() {
            let verb = cursor.is_any(&[
                "insert", "update", "delete", "replace", "drop", "alter", "create", "truncate",
                "rename",
            ]);
            let begins = cursor.tokens[..cursor.at].last().is_none_or(|it| {
                it.is_sign(&Token::SemiColon)
                    || it.is_any(&["begin", "then", "else", "do", "loop", "repeat", "row"])
            });
            if !verb || !begins {
                cursor.skip(1);
                continue;
            }
            let mut statement = cursor.until(Cursor::is_end);
            self.one(&mut statement);
        }
        self.certainty = certainty;
    }
}

fn is_block(cursor: &Cursor<'_>) -> bool {
    let transaction = ["tran", "transaction", "distributed", "dialog", "conversation"];
    !cursor.peek_at(1).is_none_or(|it| it.is_any(&transaction))
}

/// `UPDATE(column)` asks, in a trigger, whether the column is written.
fn is_verb(cursor: &Cursor<'_>) -> bool {
    let called =
        cursor.is(&["update"]) && cursor.peek_at(1).is_some_and(|it| it.is_sign(&Token::LParen));
    cursor.is_any(VERBS) && !called
}
