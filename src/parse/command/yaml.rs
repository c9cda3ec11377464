//! YAML as trees in which every value knows its place. The only owner of `saphyr-parser`.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use saphyr_parser::{Event, Parser, ScalarStyle, Span, StrInput, Tag};

use super::text::{Spot, Text};
use super::tree::{Entry, Node, Tree};

/// Lists and tables inside each other, deeper than which nothing is read.
const DEPTH: usize = 100;
/// How many brackets may stand further out than they should.
const OUTDENTED: usize = 32;
/// How many characters and values anchors and aliases may repeat in all. Nobody who means well needs a tenth of it.
const COPIED: usize = 1 << 20;

/// The documents of a text, and why it is not read to its end, if it is not. What stands before that is there.
pub(super) fn read(text: &str) -> (Vec<Tree>, Option<(Range<usize>, String)>) {
    let mut patched = Cow::Borrowed(text);
    for _ in 0..OUTDENTED {
        let read = read_strictly(&patched);
        let place = read.1.as_ref().and_then(|it| outdented(&patched, it.0.start));
        let Some(line_end) = place else { return read };
        patched.to_mut().replace_range(line_end..=line_end, " ");
    }
    read_strictly(&patched)
}

fn read_strictly(text: &str) -> (Vec<Tree>, Option<(Range<usize>, String)>) {
    let mut builder = Builder::new(text);
    let mut parser = Parser::new_from_str(text);
    while builder.problem.is_none() && builder.next(&mut parser) {}
    builder.finish()
}

/// The end of the line before a `]` or `}` that begins its own. The standard wants it to stand further in than the key
/// of its list (YAML 1.2.2, 7.4); libyaml, and so Compose, GitLab and Kubernetes, take it where it is. A blank in place
/// of the line's end says the same to both, and nothing moves.
fn outdented(text: &str, at: usize) -> Option<usize> {
    let before = text.get(..at)?.trim_end_matches([' ', '\t']);
    let line_end = before.strip_suffix('\n')?.len();
    let line = before[..line_end].rsplit('\n').next().unwrap_or_default();
    (text[at..].starts_with([']', '}']) && !line.contains('#')).then_some(line_end)
}

struct Builder<'a> {
    text: &'a str,
    /// The byte at which each character begins, since the parser counts characters. Empty: they are the same.
    offsets: Vec<usize>,
    open: Vec<Open>,
    anchors: BTreeMap<usize, Tree>,
    copied: usize,
    done: Vec<Tree>,
    problem: Option<(Range<usize>, String)>,
}

/// A list or table that is not at its end.
struct Open {
    start: usize,
    anchor: usize,
    tag: Option<String>,
    inside: Inside,
}

enum Inside {
    List(Vec<Tree>),
    Table { entries: Vec<Entry>, key: Option<(String, Range<usize>)> },
}

impl<'a> Builder<'a> {
    fn new(text: &'a str) -> Builder<'a> {
        let offsets = if text.is_ascii() {
            Vec::new()
        } else {
            text.char_indices().map(|(at, _)| at).collect()
        };
        Builder {
            text,
            offsets,
            open: Vec::new(),
            anchors: BTreeMap::new(),
            copied: 0,
            done: Vec::new(),
            problem: None,
        }
    }

    /// Takes in one event; false after the last.
    fn next(&mut self, parser: &mut Parser<'_, StrInput<'_>>) -> bool {
        match parser.next_event() {
            Some(Ok((event, span))) => self.event(event, span),
            Some(Err(error)) => {
                let start = self.byte(error.marker().index());
                let end = self.text.ceil_char_boundary((start + 1).min(self.text.len()));
                self.problem = Some((start..end, format!("this is not YAML: {}", error.info())));
            }
            None => return false,
        }
        true
    }

    fn event(&mut self, event: Event<'_>, span: Span) {
        let range = self.range(span);
        match event {
            Event::Scalar(value, style, anchor, tag) => {
                let tree = self.scalar(&value, style, &range, anchor > 0, tag.as_deref());
                self.add(tree, anchor);
            }
            Event::SequenceStart(anchor, tag) => {
                self.begin(range, anchor, tag.as_ref(), Inside::List(Vec::new()));
            }
            Event::MappingStart(anchor, tag) => {
                let inside = Inside::Table { entries: Vec::new(), key: None };
                self.begin(range, anchor, tag.as_ref(), inside);
            }
            Event::SequenceEnd | Event::MappingEnd => self.end(range.end),
            Event::Alias(anchor) => self.alias(anchor, range),
            Event::Nothing
            | Event::StreamStart
            | Event::StreamEnd
            | Event::DocumentStart(_)
            | Event::DocumentEnd => {}
        }
    }

    fn byte(&self, index: usize) -> usize {
        if self.offsets.is_empty() {
            return index.min(self.text.len());
        }
        self.offsets.get(index).copied().unwrap_or(self.text.len())
    }

    fn range(&self, span: Span) -> Range<usize> {
        let start = self.byte(span.start.index());
        start..self.byte(span.end.index()).max(start)
    }

    fn begin(
        &mut self,
        range: Range<usize>,
        anchor: usize,
        tag: Option<&Cow<'_, Tag>>,
        inside: Inside,
    ) {
        if self.open.len() >= DEPTH {
            let message = format!("values lie deeper in each other than {DEPTH}");
            self.problem = Some((range, message));
            return;
        }
        let tag = tag.and_then(|it| name(it));
        self.open.push(Open { start: range.start, anchor, tag, inside });
    }

    fn end(&mut self, end: usize) {
        let Some(Open { start, anchor, tag, inside }) = self.open.pop() else { return };
        let node = match inside {
            Inside::List(items) => Node::List(items),
            Inside::Table { entries, .. } => Node::Table(merged(entries)),
        };
        let written = self.text.get(start..end).unwrap_or_default().trim_end();
        self.add(Tree { range: start..start + written.len(), node, tag }, anchor);
    }

    /// Puts a value where it belongs. What another table stands for as a key is nothing anybody asks for.
    fn add(&mut self, tree: Tree, anchor: usize) {
        if anchor > 0 {
            let (size, _) = measure(&tree);
            self.copied += size;
            if self.copied <= COPIED {
                self.anchors.insert(anchor, tree.clone());
            }
        }
        let Some(open) = self.open.last_mut() else { return self.done.push(tree) };
        match &mut open.inside {
            Inside::List(items) => items.push(tree),
            Inside::Table { entries, key } => match key.take() {
                Some((key, key_range)) => entries.push(Entry { key, key_range, value: tree }),
                None => {
                    let written = self.text.get(tree.range.clone()).unwrap_or_default();
                    let text = match &tree.node {
                        Node::Text(text) => text.to_string(),
                        Node::Other => written.to_owned(),
                        Node::List(_) | Node::Table(_) => String::new(),
                    };
                    *key = Some((text, tree.range));
                }
            },
        }
    }

    /// The value of an anchor once more, as long as that does not get out of hand.
    fn alias(&mut self, anchor: usize, range: Range<usize>) {
        let known = self.anchors.get(&anchor).map(|it| (it, measure(it)));
        let fits = |(_, (size, depth)): &(&Tree, (usize, usize))| {
            self.copied + size <= COPIED && self.open.len() + depth <= DEPTH
        };
        let Some((tree, (size, _))) = known.filter(fits) else {
            let message = "aliases repeat more than is followed, or themselves".to_owned();
            self.problem = Some((range, message));
            return;
        };
        let tree = tree.clone();
        self.copied += size;
        self.add(tree, 0);
    }

    fn scalar(
        &self,
        value: &str,
        style: ScalarStyle,
        range: &Range<usize>,
        anchored: bool,
        tag: Option<&Tag>,
    ) -> Tree {
        let block = matches!(style, ScalarStyle::Literal | ScalarStyle::Folded);
        let mut written = self.text.get(range.clone()).unwrap_or_default();
        if anchored || tag.is_some() {
            // Only then the range begins before the value, and in a block before its head.
            written = without_properties(written);
            if block {
                written = written.split_once('\n').map_or("", |it| it.1);
            }
        }
        let range = range.end - written.len()..range.end - written.len() + written.trim_end().len();
        let plain = style == ScalarStyle::Plain && tag.is_none();
        let node = if plain && is_no_text(value) {
            Node::Other
        } else {
            let text = placed(value, written, range.start, style);
            Node::Text(text.unwrap_or_else(|| Text::within(value, &range)))
        };
        Tree { range, node, tag: tag.and_then(name) }
    }

    /// Ends what is open where reading has stopped.
    fn finish(mut self) -> (Vec<Tree>, Option<(Range<usize>, String)>) {
        let end = self.problem.as_ref().map_or(self.text.len(), |it| it.0.start);
        while !self.open.is_empty() {
            self.end(end);
        }
        (self.done, self.problem)
    }
}

/// The tag of a value, where it is none of the usual ones (`!!str`).
fn name(tag: &Tag) -> Option<String> {
    (!tag.is_yaml_core_schema()).then(|| format!("{}{}", tag.handle, tag.suffix))
}

/// How many characters and values there are in a tree, and how deep it is. No deeper than `DEPTH`.
fn measure(tree: &Tree) -> (usize, usize) {
    let sum = |inner: &mut dyn Iterator<Item = &Tree>| {
        inner.map(measure).fold((1, 1), |(size, depth), it| (size + it.0, depth.max(it.1 + 1)))
    };
    match &tree.node {
        Node::Text(text) => (1 + text.spots().len(), 0),
        Node::Other => (1, 0),
        Node::List(items) => sum(&mut items.iter()),
        Node::Table(entries) => {
            let keys: usize = entries.iter().map(|it| it.key.len()).sum();
            let (size, depth) = sum(&mut entries.iter().map(|it| &it.value));
            (size + keys, depth)
        }
    }
}

/// Entries with those of `<<` before them, unless they are overridden (YAML 1.1, "Merge Key Language-Independent Type").
fn merged(entries: Vec<Entry>) -> Vec<Entry> {
    if !entries.iter().any(|it| it.key == "<<") {
        return entries;
    }
    let (merges, own): (Vec<Entry>, Vec<Entry>) = entries
        .into_iter()
        .partition(|it| it.key == "<<" && matches!(it.value.node, Node::Table(_) | Node::List(_)));
    let names: BTreeSet<String> = own.iter().map(|it| it.key.clone()).collect();
    let mut all = Vec::new();
    for merge in merges {
        match merge.value.node {
            Node::Table(entries) => all.extend(entries),
            // Of several, the earlier one counts.
            Node::List(items) => all.extend(items.into_iter().rev().flat_map(|it| match it.node {
                Node::Table(entries) => entries,
                Node::List(_) | Node::Text(_) | Node::Other => Vec::new(),
            })),
            Node::Text(_) | Node::Other => {}
        }
    }
    all.retain(|it| !names.contains(&it.key));
    all.extend(own);
    all
}

/// Nothing, a truth, a number (YAML 1.2.2, 10.3.2).
fn is_no_text(value: &str) -> bool {
    let number = value.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.'))
        && value.parse::<f64>().is_ok();
    number || matches!(value.to_ascii_lowercase().as_str(), "" | "~" | "null" | "true" | "false")
}

/// What stands behind the anchor and the tag of a value.
fn without_properties(written: &str) -> &str {
    let mut rest = written;
    while rest.starts_with(['&', '!', '#']) {
        let end = if rest.starts_with('#') {
            rest.find('\n')
        } else {
            rest.find(|c: char| c.is_whitespace())
        };
        rest = rest.get(end.unwrap_or(rest.len())..).unwrap_or_default().trim_start();
    }
    rest
}

/// The characters of a value, each with its place in what is written: blanks may be folded, quotes doubled, others
/// escaped. None where the two do not fit.
fn placed(value: &str, written: &str, at: usize, style: ScalarStyle) -> Option<Text> {
    let quoted = matches!(style, ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted);
    let mut rest = written.get(usize::from(quoted)..)?;
    let mut text = Text::default();
    let mut value = value.chars();
    let mut wanted = value.next();
    while let Some(c) = wanted {
        let next = rest.chars().next();
        let blank = next.is_some_and(char::is_whitespace);
        let length = match next {
            Some('\\') if style == ScalarStyle::DoubleQuoted => match escape(rest) {
                Some(length) => length,
                None => {
                    rest = rest.get(1..)?.trim_start();
                    continue;
                }
            },
            Some('\'') if style == ScalarStyle::SingleQuoted => {
                if c != '\'' || !rest.starts_with("''") {
                    return None;
                }
                2
            }
            Some(next) if next == c || (c.is_whitespace() && blank) => next.len_utf8(),
            Some(next) if blank => {
                rest = rest.get(next.len_utf8()..)?;
                continue;
            }
            // A line break that nobody wrote, or that stands before the range.
            _ if c.is_whitespace() => 0,
            _ => return None,
        };
        let start = at + written.len() - rest.len();
        text.push(Spot { c, start, end: start + length });
        rest = rest.get(length..)?;
        wanted = value.next();
    }
    Some(text)
}

/// The length of the escape that begins here; none of one that joins two lines (YAML 1.2.2, 5.7).
fn escape(rest: &str) -> Option<usize> {
    let next = rest.get(1..)?.chars().next()?;
    match next {
        '\n' | '\r' => None,
        'x' => Some(4),
        'u' => Some(6),
        'U' => Some(10),
        next => Some(1 + next.len_utf8()),
    }
    .map(|it| it.min(rest.len()))
}
