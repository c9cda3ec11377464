//! What must be settled before the parser sees a text: what it cannot survive, and what is not SQL at all.
//!
//! The parser descends once for each nested parenthesis and each link of a chain such as `1 + 1 + …`, and overflows
//! its stack at about ten thousand; a chain of 100,000 terms takes it over a minute. `psql` obeys backslash commands
//! and reads rows after `COPY … FROM stdin`, which are no SQL. Each such part is blanked out, byte for byte, so that
//! everything else is read and keeps its place.

use std::ops::Range;

use squawk_lexer::{LiteralKind, Token, TokenKind, tokenize};

/// Brackets, `CASE` and nested bodies deeper than this are not read.
const DEEPEST: usize = 256;
/// Operators and joins between two commas or brackets; more are not read.
const LONGEST_CHAIN: usize = 1_000;
/// Where Drizzle cuts a file into the batches that it sends.
const BREAKPOINT: &str = "--> statement-breakpoint";

/// A part of the text that was taken out, or must not be trusted.
pub(super) struct Problem {
    pub(super) range: Range<usize>,
    pub(super) why: String,
    pub(super) help: &'static str,
}

/// The text with what is not SQL blanked out, byte for byte.
pub(super) struct Guarded {
    pub(super) text: String,
    pub(super) problems: Vec<Problem>,
}

const PSQL_HELP: &str =
    "write plain SQL: only `psql` obeys backslash commands, and what they do cannot be read here";
const SHAPE_HELP: &str = "split the statement into smaller ones";

/// Reads the tokens of a file once, front to back.
pub(super) fn guard(text: &str) -> Guarded {
    scan(text, true)
}

/// The same of the body of a function or block, which `psql` passes on as it is.
pub(super) fn guard_body(text: &str) -> Guarded {
    scan(text, false)
}

fn scan(text: &str, psql: bool) -> Guarded {
    let mut scan = Scan {
        text,
        psql,
        start: None,
        words: Vec::new(),
        depths: Vec::new(),
        outer: Vec::new(),
        chain: 0,
        path: 0,
        last: 0..0,
        escapes: false,
        blocks: 0,
        nested: false,
        shape: None,
        blanks: Vec::new(),
        problems: Vec::new(),
    };
    let mut from = 0;
    // The rows after COPY … FROM stdin are skipped as lines, then the tokens go on.
    while let Some(next) = scan.tokens(from) {
        from = next;
    }
    scan.end_statement(text.len());
    if scan.nested {
        let whole = 0..text.len();
        scan.problem(
            whole.clone(),
            "it nests more than 256 blocks, too many to be read",
            SHAPE_HELP,
        );
        scan.blanks.push(whole);
    }
    let mut clean = text.to_owned().into_bytes();
    for blank in &scan.blanks {
        for byte in &mut clean[blank.clone()] {
            if !matches!(byte, b'\n' | b'\r') {
                *byte = b' ';
            }
        }
    }
    Guarded {
        // Whole characters are blanked, so this stays UTF-8; if it did not, nothing of it would be read.
        text: String::from_utf8(clean).unwrap_or_default(),
        problems: scan.problems,
    }
}

struct Scan<'a> {
    text: &'a str,
    /// Whether `psql` may read the text itself.
    psql: bool,
    /// Where the statement at hand begins.
    start: Option<usize>,
    /// Its first words outside of brackets, in upper case.
    words: Vec<String>,
    /// For each open bracket, the lengths of the chains around it.
    depths: Vec<(usize, usize)>,
    /// For each of them, the sums up to it.
    outer: Vec<(usize, usize)>,
    chain: usize,
    /// What follows one name or value directly: `.a.b`, `[1][2]`, `(1)(2)`.
    path: usize,
    /// The last token that is neither white space nor a comment.
    last: Range<usize>,
    /// Whether it was a string in which a backslash escapes what follows it.
    escapes: bool,
    /// Blocks, branches and loops of a body that are open, and whether there were ever too many of them.
    blocks: usize,
    nested: bool,
    /// Why the statement at hand cannot be given to the parser.
    shape: Option<&'static str>,
    blanks: Vec<Range<usize>>,
    problems: Vec<Problem>,
}

impl Scan<'_> {
    /// Reads tokens up to the end, or up to the rows of a COPY; then says where to go on.
    fn tokens(&mut self, from: usize) -> Option<usize> {
        let mut at = from;
        for token in tokenize(&self.text[from..]) {
            let range = at..at + token.len as usize;
            at = range.end;
            if token.kind == TokenKind::Eof {
                break;
            }
            let backslash = self.text[range.clone()].starts_with('\\');
            if self.psql && token.kind == TokenKind::Unknown && backslash {
                // It goes on to the end of its line, whatever is on it.
                let end = line_end(self.text, range.start);
                self.problem(range.start..end, "this is a `psql` command, not SQL", PSQL_HELP);
                self.blanks.push(range.start..end);
                // The lexer may have taken a quote on that line as the start of a string: begin afresh after it.
                return Some(end);
            }
            if !is_trivia(token.kind) && self.start.is_none() {
                self.start = Some(range.start);
            }
            self.string(token.kind, &range);
            self.token(token, range.clone());
            if !is_trivia(token.kind) {
                self.last = range.clone();
            }
            if token.kind == TokenKind::Semi && self.depths.is_empty() {
                if self.psql && self.start == Some(range.start) {
                    // An empty statement is nothing, and a million of them take the parser long.
                    self.blanks.push(range.clone());
                }
                let rows = self.copies_rows().then(|| rows(self.text, range.end));
                self.end_statement(range.end);
                if let Some(rows) = rows {
                    self.blanks.push(rows.clone());
                    return Some(rows.end);
                }
            }
        }
        None
    }

    /// A string that goes on after a line break is one with the piece before it, and where that was `E'…'` a backslash
    /// still escapes (Postgres manual, 4.1.2.1). The lexer takes the second piece for a plain string, so where it ends is
    /// not known.
    fn string(&mut self, kind: TokenKind, range: &Range<usize>) {
        if is_trivia(kind) {
            return;
        }
        let goes_on = matches!(kind, TokenKind::Literal { kind: LiteralKind::Str { .. } })
            && self.escapes
            && self.text[self.last.end..range.start].contains(['\n', '\r']);
        if goes_on && self.text[range.clone()].contains('\\') {
            let why = "this string goes on in another line, where its backslashes still escape, so where it ends cannot be read with certainty";
            self.problem(self.last.start..range.end, why, "write the string in one piece");
        }
        let begins = matches!(kind, TokenKind::Literal { kind: LiteralKind::EscStr { .. } });
        self.escapes = begins || goes_on;
    }

    fn token(&mut self, token: Token, range: Range<usize>) {
        let text = &self.text[range.clone()];
        match token.kind {
            TokenKind::OpenParen | TokenKind::OpenBracket => {
                if matches!(self.last(), ")" | "]") {
                    self.step();
                }
                self.open();
            }
            TokenKind::CloseParen | TokenKind::CloseBracket => self.close(),
            TokenKind::Comma | TokenKind::Semi => (self.chain, self.path) = (0, 0),
            TokenKind::Dot => self.step(),
            TokenKind::Ident => self.word(text),
            TokenKind::Literal { kind: LiteralKind::Int { .. } | LiteralKind::Numeric { .. } }
            | TokenKind::Whitespace
            | TokenKind::PositionalParam { .. } => {}
            TokenKind::LineComment => {
                // What stands behind the mark is no comment to Drizzle.
                let behind = text.split(BREAKPOINT).skip(1).map(str::trim);
                if behind.into_iter().any(|it| !it.is_empty() && !it.starts_with("--")) {
                    self.problem(
                        range,
                        "Drizzle cuts the file at this mark, and runs what follows on the line as a statement",
                        "put the mark at the end of its line",
                    );
                }
            }
            TokenKind::Literal { .. }
            | TokenKind::BlockComment { .. }
            | TokenKind::QuotedIdent { .. } => {
                if let Some(found) = text.find(BREAKPOINT) {
                    let place = range.start + found..range.start + found + BREAKPOINT.len();
                    self.problem(
                        place,
                        "Drizzle cuts the file at this mark, even inside a string or comment, and runs what follows as a statement",
                        "take the mark out of the string or comment",
                    );
                }
            }
            _ => self.link(),
        }
    }

    fn word(&mut self, text: &str) {
        if text.len() > 12 {
            return;
        }
        let upper = text.to_ascii_uppercase();
        match upper.as_str() {
            "AND" | "OR" | "NOT" | "IS" | "IN" | "LIKE" | "ILIKE" | "BETWEEN" | "UNION"
            | "EXCEPT" | "INTERSECT" | "JOIN" | "COLLATE" | "EXPLAIN" | "ELSIF" | "ISNULL"
            | "NOTNULL" | "AT" | "AS" | "WITH" | "DECLARE" | "FOR" => self.link(),
            "CASE" if !self.follows(&["END"]) => self.open(),
            "END" if !self.depths.is_empty() => self.close(),
            "END" => self.blocks = self.blocks.saturating_sub(1),
            "BEGIN" => self.block(),
            "LOOP" if !self.follows(&["END"]) => self.block(),
            "IF" if self.follows(&["", ";", "BEGIN", "THEN", "ELSE", "LOOP", ">>"]) => self.block(),
            _ => {}
        }
        if self.words.len() < 64 && self.depths.is_empty() {
            self.words.push(upper);
        }
    }

    fn last(&self) -> &str {
        &self.text[self.last.clone()]
    }

    fn follows(&self, words: &[&str]) -> bool {
        words.iter().any(|it| self.last().eq_ignore_ascii_case(it))
    }

    /// A body in which blocks are nested too deeply is not read at all.
    fn block(&mut self) {
        if !self.psql {
            self.blocks += 1;
            self.nested |= self.blocks > DEEPEST;
        }
    }

    /// One step further along a path.
    fn step(&mut self) {
        self.path += 1;
        self.measure();
    }

    fn link(&mut self) {
        self.path = 0;
        self.chain += 1;
        self.measure();
    }

    fn open(&mut self) {
        let (chain, path) = self.outer.last().copied().unwrap_or_default();
        self.outer.push((chain + self.chain, path + self.path));
        self.depths.push((self.chain, self.path));
        (self.chain, self.path) = (0, 0);
        if self.depths.len() > DEEPEST {
            self.shape = Some("it is nested too deeply to be read (more than 256 levels)");
        }
    }

    fn close(&mut self) {
        self.outer.pop();
        if let Some((chain, path)) = self.depths.pop() {
            (self.chain, self.path) = (chain, path);
        }
    }

    /// Links of the brackets around count as well: the parser stands in all of them at once.
    fn measure(&mut self) {
        let (chain, path) = self.outer.last().copied().unwrap_or_default();
        if (chain + self.chain).max(path + self.path) > LONGEST_CHAIN {
            self.shape = Some("it chains more than 1,000 operators, too many to be read");
        }
    }

    /// `COPY t FROM stdin`, whose rows follow in the file. A column or table may be called so, but not right behind the
    /// first `FROM`.
    fn copies_rows(&self) -> bool {
        let is = |at: Option<&String>, word: &str| at.is_some_and(|it| it == word);
        let mut words = self.words.iter();
        let copies = self.psql && is(words.next(), "COPY");
        copies && words.any(|it| it == "FROM") && is(words.next(), "STDIN")
    }

    fn end_statement(&mut self, end: usize) {
        if let (Some(start), Some(why)) = (self.start, self.shape) {
            self.problem(start..end, why, SHAPE_HELP);
            self.blanks.push(start..end);
        }
        self.start = None;
        self.shape = None;
        self.words.clear();
        self.depths.clear();
        self.outer.clear();
        (self.chain, self.path) = (0, 0);
    }

    fn problem(&mut self, range: Range<usize>, why: &str, help: &'static str) {
        self.problems.push(Problem { range, why: why.to_owned(), help });
    }
}

fn is_trivia(kind: TokenKind) -> bool {
    matches!(kind, TokenKind::Whitespace | TokenKind::LineComment | TokenKind::BlockComment { .. })
}

fn line_end(text: &str, from: usize) -> usize {
    text[from..].find(['\n', '\r']).map_or(text.len(), |at| from + at)
}

/// The rows of a COPY: from the end of its line through the line `\.`, or the end of the file.
fn rows(text: &str, from: usize) -> Range<usize> {
    let begin = line_end(text, from);
    let mut at = begin;
    for line in text[begin..].split_inclusive('\n') {
        at += line.len();
        if line.trim_end_matches(['\n', '\r']) == "\\." {
            break;
        }
    }
    begin..at
}
