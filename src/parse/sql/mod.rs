//! Postgres text to changes. The only owner of the SQL parser.
//!
//! Nothing here fails: what cannot be read becomes [`Op::Opaque`], statement by statement, and the rest of the file is
//! read all the same, because `psql` goes on after an error too.

mod access;
mod allow;
mod alter;
mod block;
mod body;
mod constraint;
mod dialect;
mod expression;
mod folded;
mod guard;
mod maintenance;
mod names;
mod privilege;
mod rename;
mod routine;
mod rows;
mod scalar;
mod setting;
mod statement;
mod structure;
mod table;
mod temporary;
mod tokens;
mod transaction;
mod truth;
mod types;
mod value;
mod view;

use std::collections::BTreeMap;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};

pub(super) use allow::allows;
pub use allow::{Allow, Said};
pub use rename::{Renaming, rename};
use squawk_syntax::ast::{AstNode, Stmt};
use squawk_syntax::decoded_text::DecodedText;
use squawk_syntax::{SourceFile, SyntaxKind, SyntaxNode};
pub use tokens::{Token, end, is_plain, tokens};

use crate::schema::{Certainty, Change, Op};

/// Bodies inside bodies deeper than this are not read.
const DEEPEST_BODY: usize = 8;

/// What a migration does, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Script {
    pub changes: Vec<Change>,
    /// Top-level statements, the empty ones left out.
    pub statements: usize,
    /// Those of them of which something could not be read.
    pub opaque: usize,
    /// Comments that ask to let something pass.
    pub allows: Vec<Allow>,
    /// Names that Postgres stores shortened, by what it stores.
    pub cut: BTreeMap<String, Vec<CutName>>,
}

/// A name of more bytes than Postgres stores ([`NAME_LIMIT`](crate::schema::NAME_LIMIT)).
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct CutName {
    pub at: Range<usize>,
    /// In full, folded unless quoted.
    pub written: String,
}

impl Script {
    /// What is written in `within` for a name that is stored as `stored`, where Postgres cuts it.
    pub fn cut_from(&self, within: &Range<usize>, stored: &str) -> Option<&CutName> {
        self.cut.get(stored)?.iter().find(|it| within.contains(&it.at.start))
    }
}

/// Reads one migration.
pub fn read(text: &str) -> Script {
    // The parser has never panicked on 200,000 mutated statements; if it does, the file is not vouched for.
    catch_unwind(AssertUnwindSafe(|| parse(text))).unwrap_or_else(|_| {
        let why = "the SQL reader gave up on this file".to_owned();
        let help = "split the migration, and report the statement that caused it".to_owned();
        let change = Change {
            op: Op::Opaque { why, help },
            span: 0..0,
            statement: 0..0,
            certainty: Certainty::Sure,
        };
        Script {
            changes: vec![change],
            statements: 1,
            opaque: 1,
            allows: Vec::new(),
            cut: BTreeMap::new(),
        }
    })
}

/// The places of the top-level statements, without the `;` behind them. What begins no statement is one as well.
pub fn statements(text: &str) -> Vec<Range<usize>> {
    let read = || {
        let guarded = guard::guard(text);
        let root = SourceFile::parse(&guarded.text).syntax_node();
        let mut all: Vec<Range<usize>> = Vec::new();
        let mut stray = false;
        for child in root.children().filter(|it| it.kind() != SyntaxKind::EMPTY_STMT) {
            let (at, statement) = (trimmed(&child), Stmt::can_cast(child.kind()));
            match all.last_mut().filter(|_| stray && !statement) {
                Some(last) => last.end = at.end,
                None => all.push(at),
            }
            stray = !statement;
        }
        all
    };
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_default()
}

fn parse(text: &str) -> Script {
    let guarded = guard::guard(text);
    let parse = SourceFile::parse(&guarded.text);
    let mut lower = Lower {
        changes: Vec::new(),
        branches: 0,
        statement: 0..0,
        temporary: Vec::new(),
        calls: expression::mentions_executor(text),
        cut: BTreeMap::new(),
    };
    let root = parse.syntax_node();
    lower.temporary = statement::temporary_tables(&root);
    let place = Place { decoded: None, whole: None, outer: None, depth: 0, schema: None };
    lower.note_long_names(&place, &root);
    let errors: Vec<(Range<usize>, String)> =
        parse.errors().iter().map(|it| (range(it.range()), it.message().to_owned())).collect();

    let mut statements = 0;
    let mut places = Vec::new();
    let mut errors = errors.into_iter().peekable();
    // Words that begin no statement: one run of them is one statement that cannot be read.
    let mut stray: Option<Range<usize>> = None;
    for child in root.children() {
        let whole = trimmed(&child);
        let end = range(child.text_range()).end;
        if !Stmt::can_cast(child.kind()) {
            while errors.next_if(|(at, _)| at.start < end).is_some() {}
            stray = Some(stray.map_or(whole.clone(), |it| it.start..whole.end));
            continue;
        }
        if let Some(at) = stray.take() {
            statements += 1;
            lower.statement = at.clone();
            lower.opaque(&place, at, "this is not a statement that Postgres knows", SYNTAX_HELP);
        }
        if child.kind() == SyntaxKind::EMPTY_STMT {
            continue;
        }
        statements += 1;
        lower.statement = whole.clone();
        places.push(whole.clone());
        // One finding a statement: the first error says most, the others follow from it.
        if let Some((at, message)) = errors.next_if(|(at, _)| at.start <= end) {
            while errors.next_if(|(at, _)| at.start < end).is_some() {}
            let inside = at.start >= whole.start && at.end <= whole.end && !at.is_empty();
            let at = if inside { at } else { whole };
            lower.opaque(&place, at, syntax(&message), SYNTAX_HELP);
        }
        statement::lower(&mut lower, &place, &child, Certainty::Sure);
    }
    if let Some(at) = stray {
        statements += 1;
        lower.statement = at.clone();
        lower.opaque(&place, at, "this is not a statement that Postgres knows", SYNTAX_HELP);
    }
    if let Some((at, message)) = errors.next() {
        statements += 1;
        lower.statement = at.clone();
        lower.opaque(&place, at, syntax(&message), SYNTAX_HELP);
    }
    statements += guarded.problems.len();
    for problem in guarded.problems {
        lower.statement = problem.range.clone();
        lower.opaque(&place, problem.range, problem.why, problem.help);
    }
    let mut changes = lower.changes;
    changes.sort_by_key(|change| (change.statement.start, change.statement.end));
    clamp(&mut changes, text);
    let mut unread: Vec<usize> = changes
        .iter()
        .filter(|change| matches!(change.op, Op::Opaque { .. }))
        .map(|change| change.statement.start)
        .collect();
    unread.dedup();
    let allows = allows(&guarded.text, &allow::comments(&guarded.text), &places);
    Script { changes, statements, opaque: unread.len(), allows, cut: lower.cut }
}

const SYNTAX_HELP: &str =
    "correct the statement; `psql` goes on after an error, so the rest of the file would still run";

/// Collects changes.
struct Lower {
    changes: Vec<Change>,
    /// Branches of conditional code counted so far.
    branches: u32,
    /// The top-level statement at hand.
    statement: Range<usize>,
    /// Names that the text at hand creates as temporary tables.
    temporary: Vec<String>,
    /// Whether the file mentions a function that runs a text.
    calls: bool,
    /// As in [`Script`].
    cut: BTreeMap<String, Vec<CutName>>,
}

/// Where the text at hand comes from: the file itself, or the decoded text of a literal in it.
#[derive(Clone)]
struct Place<'a> {
    decoded: Option<&'a DecodedText>,
    /// Of a text that was computed: the expression it comes from, in the text around it.
    whole: Option<Range<usize>>,
    outer: Option<&'a Place<'a>>,
    depth: usize,
    /// The schema that `CREATE SCHEMA … CREATE TABLE …` creates its elements in.
    schema: Option<String>,
}

impl<'a> Place<'a> {
    fn inside(&'a self, decoded: &'a DecodedText) -> Place<'a> {
        Place { decoded: Some(decoded), ..self.deeper() }
    }

    fn computed(&'a self, whole: Range<usize>) -> Place<'a> {
        Place { whole: Some(whole), ..self.deeper() }
    }

    fn deeper(&'a self) -> Place<'a> {
        Place { decoded: None, whole: None, outer: Some(self), depth: self.depth + 1, schema: None }
    }

    /// From a range of the text at hand to one of the file.
    fn map(&self, range: Range<usize>) -> Range<usize> {
        if let (Some(whole), Some(outer)) = (&self.whole, self.outer) {
            return outer.map(whole.clone());
        }
        let Some(decoded) = self.decoded else { return range };
        let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX).into();
        let start = usize::from(decoded.source_pos(number(range.start)));
        let end = usize::from(decoded.source_pos(number(range.end))).max(start);
        match self.outer {
            Some(outer) => outer.map(start..end),
            None => start..end,
        }
    }
}

impl Lower {
    fn note_long_names(&mut self, place: &Place<'_>, root: &SyntaxNode) {
        for (at, written) in names::too_long(root) {
            let cut = CutName { at: place.map(at), written };
            self.cut.entry(names::cut(cut.written.clone())).or_default().push(cut);
        }
    }

    fn push(&mut self, place: &Place<'_>, at: Range<usize>, certainty: Certainty, op: Op) {
        let statement = self.statement.clone();
        self.changes.push(Change { op, span: place.map(at), statement, certainty });
    }

    fn opaque(
        &mut self,
        place: &Place<'_>,
        at: Range<usize>,
        why: impl Into<String>,
        help: impl Into<String>,
    ) {
        let op = Op::Opaque { why: why.into(), help: help.into() };
        self.push(place, at, Certainty::Sure, op);
    }

    fn branch(&mut self) -> Certainty {
        self.branches += 1;
        Certainty::Maybe(self.branches)
    }
}

fn range(range: impl Into<Range<usize>>) -> Range<usize> {
    range.into()
}

/// The range of a node without the comments and white space around it.
fn trimmed(node: &SyntaxNode) -> Range<usize> {
    let whole = range(node.text_range());
    let tokens = || {
        node.descendants_with_tokens()
            .filter_map(squawk_syntax::SyntaxElement::into_token)
            .filter(|it| !it.kind().is_trivia())
    };
    let start = tokens().next().map_or(whole.start, |it| range(it.text_range()).start);
    let mut last = node.last_token();
    while let Some(token) = &last {
        if !token.kind().is_trivia() && token.kind() != SyntaxKind::SEMICOLON {
            return start..range(token.text_range()).end.max(start);
        }
        last = token.prev_token().filter(|it| range(it.text_range()).start >= start);
    }
    start..whole.end
}

/// Whatever the parser says, a place lies in the text, between characters, and shows something.
pub(super) fn clamp(changes: &mut [Change], text: &str) {
    for change in changes {
        for range in [&mut change.span, &mut change.statement] {
            range.start = text.floor_char_boundary(range.start.min(text.len()));
            range.end = text.ceil_char_boundary(range.end.clamp(range.start, text.len()));
        }
        if change.span.is_empty() {
            change.span = line_around(text, change.span.start);
        }
    }
}

/// The line that an error without extent stands on; at the end of a text, the last one with something on it.
fn line_around(text: &str, at: usize) -> Range<usize> {
    let before = text[..at].trim_end();
    let at =
        if text[before.len()..at].contains('\n') || at == text.len() { before.len() } else { at };
    let start = text[..at].rfind('\n').map_or(0, |it| it + 1);
    let end = text[at..].find('\n').map_or(text.len(), |it| at + it);
    let line = &text[start..end];
    let indent = line.len() - line.trim_start().len();
    start + indent..start + line.trim_end().len().max(indent)
}

/// The parser's message in the reader's words.
fn syntax(message: &str) -> String {
    let words = message.split(' ').map(|word| {
        let (word, comma) = word.strip_suffix(',').map_or((word, ""), |it| (it, ","));
        let shown = match word {
            "IDENT" => "a name".to_owned(),
            "L_PAREN" => "`(`".to_owned(),
            "R_PAREN" => "`)`".to_owned(),
            "SEMICOLON" => "`;`".to_owned(),
            "COMMA" => "`,`".to_owned(),
            "EOF" => "the end".to_owned(),
            _ => match word.strip_suffix("_KW") {
                Some(keyword) => format!("`{keyword}`"),
                None => word.to_owned(),
            },
        };
        shown + comma
    });
    let words: Vec<String> = words.collect();
    format!("Postgres would not run this: {}", lower_first(&words.join(" ")))
}

fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |c| c.to_lowercase().chain(chars).collect())
}
