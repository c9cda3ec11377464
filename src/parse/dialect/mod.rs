//! MySQL, MariaDB, SQLite and SQL Server text to changes. The only owner of `sqlparser`.
//!
//! `sqlparser` cuts the text into tokens and reads queries and what writes rows. What defines and alters is read from the
//! tokens here: each of them has its exact place, which the syntax trees of `sqlparser` do not keep, and much of what
//! Prisma writes for SQL Server it does not know (`CREATE NONCLUSTERED INDEX`, `BEGIN TRY`, `DEFAULT … FOR`).
//!
//! As in the [reader of Postgres](super::sql), nothing fails: a statement that cannot be read is [`Op::Opaque`], and the
//! rest of the file is read all the same.

mod alter;
mod column;
mod constraint;
mod create;
mod cursor;
mod drop;
mod execute;
mod flow;
mod guard;
mod lexer;
mod names;
mod redefine;
mod rows;
mod setting;
mod statement;
mod table;
mod value;

use std::collections::BTreeMap;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};

use cursor::{Cursor, Unread};
use lexer::Lexed;

use super::sql::{self, Script};
use crate::schema::{Certainty, Change, Op, Provider};

/// Texts that run texts deeper than this are not read.
const DEEPEST: usize = 4;

/// Reads one migration.
pub fn read(text: &str, provider: Provider) -> Script {
    // Nothing here panics as far as anybody knows; if it does, the file is not vouched for.
    catch_unwind(AssertUnwindSafe(|| script(text, provider))).unwrap_or_else(|_| {
        let op = Op::Opaque {
            why: "the SQL reader gave up on this file".to_owned(),
            help: "split the migration, and report the statement that caused it".to_owned(),
        };
        let change = Change { op, span: 0..0, statement: 0..0, certainty: Certainty::Sure };
        Script { changes: vec![change], statements: 1, opaque: 1, ..Script::default() }
    })
}

/// Whether a text has what only this database knows.
pub fn is_marked(text: &str, provider: Provider) -> bool {
    let tokens = lexer::lex(text, provider).tokens;
    let quoted = |quote: char| tokens.iter().any(|it| it.quote() == Some(quote));
    match provider {
        Provider::Mysql => quoted('`'),
        Provider::Sqlite => tokens.iter().any(|it| it.is_any(&["pragma", "autoincrement"])),
        Provider::Sqlserver => quoted('['),
        Provider::Postgresql | Provider::Cockroachdb => quoted('"') && !text.contains(['`', '[']),
    }
}

fn script(text: &str, provider: Provider) -> Script {
    let lexed = lexer::lex(text, provider);
    let mut reader = Reader::new(provider, text);
    reader.file(text, &lexed);
    let mut changes = reader.changes;
    changes.sort_by_key(|it| (it.statement.start, it.statement.end));
    sql::clamp(&mut changes, text);
    let opaque = changes.iter().filter(|it| matches!(it.op, Op::Opaque { .. }));
    let mut unread: Vec<usize> = opaque.map(|it| it.statement.start).collect();
    unread.dedup();
    let allows = sql::allows(text, &lexed.comments, &reader.statements);
    Script {
        changes,
        statements: reader.statements.len(),
        opaque: unread.len(),
        allows,
        cut: BTreeMap::new(),
    }
}

const SYNTAX_HELP: &str = "correct the statement, or split it so that each part stands on its own";

/// Collects changes.
struct Reader<'t> {
    provider: Provider,
    /// The text at hand, for what is kept as written.
    text: &'t str,
    changes: Vec<Change>,
    /// Every statement of the file itself.
    statements: Vec<Range<usize>>,
    /// The statement at hand.
    statement: Range<usize>,
    /// Branches of conditional code counted so far.
    branches: u32,
    /// How likely what is read now is to happen.
    certainty: Certainty,
    /// Where the text at hand stands as a string of another one: all that it does is shown there.
    whole: Option<Range<usize>>,
    depth: usize,
    /// In a `CATCH` block: what it rolls back has failed before.
    catching: bool,
    /// Blocks that are open.
    blocks: Vec<flow::Block>,
}

impl<'t> Reader<'t> {
    fn new(provider: Provider, text: &'t str) -> Reader<'t> {
        Reader {
            provider,
            text,
            changes: Vec::new(),
            statements: Vec::new(),
            statement: 0..0,
            branches: 0,
            certainty: Certainty::Sure,
            whole: None,
            depth: 0,
            catching: false,
            blocks: Vec::new(),
        }
    }

    fn file(&mut self, text: &str, lexed: &Lexed) {
        for at in &lexed.client {
            self.begin(at.clone());
            let help = "leave the line out: Prisma sends the file as it is, and the server does not know it";
            self.opaque(at.clone(), "only the `mysql` client obeys `DELIMITER`", help);
        }
        for piece in guard::pieces(&lexed.tokens) {
            match piece {
                Ok(tokens) => self.all(&mut Cursor::new(tokens, self.provider)),
                Err((at, why)) => {
                    self.begin(at.clone());
                    self.opaque(at, why, "split the statement into smaller ones");
                }
            }
        }
        if let Some((at, why)) = &lexed.broken {
            let at = *at..text.len();
            self.begin(at.clone());
            let why = format!("nothing can be read from here on: {}", lower_first(why));
            self.opaque(at, why, "close what is opened here");
        }
    }

    /// A text that a statement runs, given as a string at `whole`.
    fn inner(&mut self, text: &str, whole: &Range<usize>) {
        if self.depth >= DEEPEST {
            let why = "it runs texts in texts, too deep to be read";
            return self.opaque(whole.clone(), why, "write the statement itself");
        }
        let mut inner = Reader {
            statement: self.statement.clone(),
            branches: self.branches,
            certainty: self.certainty,
            whole: Some(self.whole.clone().unwrap_or_else(|| whole.clone())),
            depth: self.depth + 1,
            catching: self.catching,
            ..Reader::new(self.provider, text)
        };
        let lexed = lexer::lex(text, self.provider);
        inner.file(text, &lexed);
        self.branches = inner.branches;
        self.changes.extend(inner.changes);
    }

    /// A statement of the file begins.
    fn begin(&mut self, at: Range<usize>) {
        if self.whole.is_none() && self.certainty != Certainty::Deferred {
            self.statement = at.clone();
            self.statements.push(at);
        }
    }

    fn push(&mut self, at: Range<usize>, op: Op) {
        let span = self.whole.clone().unwrap_or(at);
        let statement = self.statement.clone();
        self.changes.push(Change { op, span, statement, certainty: self.certainty });
    }

    fn opaque(&mut self, at: Range<usize>, why: impl Into<String>, help: impl Into<String>) {
        let certainty = std::mem::replace(&mut self.certainty, Certainty::Sure);
        self.push(at, Op::Opaque { why: why.into(), help: help.into() });
        self.certainty = certainty;
    }

    fn unread(&mut self, it: Unread) {
        let why = format!("this cannot be read: {}", lower_first(&it.why));
        self.opaque(it.at, why, SYNTAX_HELP);
    }

    fn branch(&mut self) -> Certainty {
        self.branches += 1;
        Certainty::Maybe(self.branches)
    }

    /// What stands at `at`, its white space folded.
    fn folded(&self, at: &Range<usize>) -> String {
        let text = self.text.get(at.clone()).unwrap_or_default();
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |c| c.to_lowercase().chain(chars).collect())
}
