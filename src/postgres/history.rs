//! Migrations in the order of their history, as they are sent to a server.

use std::ops::Range;
use std::sync::OnceLock;

use super::prelude::GIVEN;
use super::session::{Refused, Session};
use crate::parse::{Migration, sql};
use crate::schema::Op;

/// One migration, ready to be sent.
#[derive(Clone, Debug)]
pub struct Step {
    pub path: String,
    /// As it is in the file, byte for byte in its place; only what an extension that is not installed needs is blank.
    pub text: String,
    /// Found when first asked: what is kept, or sent whole, needs them only where it fails.
    statements: OnceLock<Vec<Range<usize>>>,
    /// Extensions that it makes and this server has not, with the schema they are put in.
    pub extensions: Vec<(String, String)>,
    /// It may not be sent inside of a transaction: it builds concurrently, or has transactions of its own.
    pub alone: bool,
}

/// Where a migration failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failed {
    /// Which of the steps.
    pub step: usize,
    /// In bytes of its text.
    pub at: Range<usize>,
    pub code: String,
    pub message: String,
}

/// How a file is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sending {
    /// In one text, as editors, Prisma and Supabase do: all of it or nothing.
    Whole,
    /// One statement after the other, as psql and its `\i` do.
    Single,
}

/// What Drizzle cuts its files at.
const BREAKPOINT: &str = "--> statement-breakpoint";

/// Those of `vector`, whose options what stands in its place has not.
const METHODS: [&str; 2] = ["hnsw", "ivfflat"];

impl Step {
    /// `available` are the extensions that the server has.
    pub fn of(migration: &Migration, available: &[String]) -> Step {
        let mut text = migration.text.to_string();
        let mut extensions = Vec::new();
        for change in &migration.script.changes {
            if let Op::CreateIndex(index) = &change.op
                && METHODS.contains(&index.method.as_str())
                && !available.iter().any(|it| it == "vector")
                && let Some(range) = options(&text[change.statement.clone()])
            {
                let start = change.statement.start;
                blank(&mut text, &(start + range.start..start + range.end));
            }
            let (Op::CreateExtension { name, .. } | Op::DropExtension { name, .. }) = &change.op
            else {
                continue;
            };
            if available.contains(name) && !GIVEN.contains(&name.as_str()) {
                continue;
            }
            if let Op::CreateExtension { schema, .. } = &change.op {
                let schema = schema.clone().unwrap_or_else(|| "public".to_owned());
                extensions.push((name.clone(), schema));
            }
            // Within a block it stays, and fails.
            if text[change.statement.clone()]
                .trim_start()
                .get(..2)
                .is_some_and(|it| !it.eq_ignore_ascii_case("do"))
            {
                blank(&mut text, &change.statement);
            }
        }
        let upper = text.to_ascii_uppercase();
        let own = |it: &&crate::schema::Change| matches!(it.op, Op::Transaction(_));
        let alone = upper.contains("CONCURRENTLY")
            || upper.contains("VACUUM")
            || migration.script.changes.iter().any(|it| own(&it));
        let path = migration.path.to_string();
        Step { path, text, statements: OnceLock::new(), extensions, alone }
    }

    /// The statements in it.
    pub fn statements(&self) -> &[Range<usize>] {
        self.statements.get_or_init(|| sql::statements(&self.text))
    }

    /// Sends it in a session that is as a new one. What it began and did not end is rolled back.
    pub fn send(
        &self,
        session: &mut Session,
        sending: Sending,
    ) -> Result<(), (Range<usize>, Refused)> {
        if sending == Sending::Whole {
            if !self.text.contains(BREAKPOINT) || self.alone {
                return session.send(&self.text).map_err(|it| self.placed(0, it));
            }
            session.send("begin").map_err(|it| self.placed(0, it))?;
            self.send_open(session)?;
            return session.send("commit").map_err(|it| self.placed(0, it));
        }
        for range in self.statements() {
            session.send(&self.text[range.clone()]).map_err(|it| self.placed(range.start, it))?;
        }
        Ok(())
    }

    /// Sends it in a transaction that is open, and stays so.
    pub fn send_open(&self, session: &mut Session) -> Result<(), (Range<usize>, Refused)> {
        let mut start = 0;
        for piece in self.text.split(BREAKPOINT) {
            session.send(piece).map_err(|it| self.placed(start, it))?;
            start += piece.len() + BREAKPOINT.len();
        }
        Ok(())
    }

    /// The statement that an error is about, where the server tells its place.
    fn placed(&self, start: usize, refused: Refused) -> (Range<usize>, Refused) {
        let byte = refused.at.map(|at| {
            let sent = &self.text[start..];
            start + sent.char_indices().nth(at).map_or(sent.len(), |it| it.0)
        });
        let around = |it: &&Range<usize>| match byte {
            Some(byte) => it.contains(&byte),
            None => it.start == start,
        };
        let whole = self.statements().iter().find(around).cloned();
        let at = match (byte, whole) {
            // From the place that is told to the end of its word.
            (Some(byte), _) => {
                let rest = &self.text[byte..];
                let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_' && c != '"');
                byte..byte + end.unwrap_or(rest.len()).max(1).min(rest.len())
            }
            (None, Some(whole)) => whole,
            (None, None) => 0..0,
        };
        (at, refused)
    }
}

/// The `WITH (…)` of an index.
fn options(statement: &str) -> Option<Range<usize>> {
    let tokens = sql::tokens(statement);
    // Within a block or a string nothing is cut.
    tokens.first().filter(|it| it.is("create"))?;
    let begin = tokens.windows(2).find(|it| it[0].is("with") && it[1].text == "(")?[0].at.start;
    let end = tokens.iter().find(|it| it.at.start > begin && it.text == ")")?.at.end;
    Some(begin..end)
}

fn blank(text: &mut String, range: &Range<usize>) {
    let spaces: String =
        text[range.clone()].bytes().map(|it| if it == b'\n' { '\n' } else { ' ' }).collect();
    text.replace_range(range.clone(), &spaces);
}
