//! One message with the lines it speaks of. The only owner of the drawing.

use std::fmt::Write as _;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Element, Level, Origin, Renderer, Snippet};

use super::Style;
use super::excerpt::{Drawn, Excerpt, Texts};
use super::text::{clean, disguises};
use crate::rules::Label;
use crate::source::{RepoPath, Span};

/// How the heading begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Weight {
    Error,
    Warning,
    Excused,
}

/// A line under the frame.
pub(super) enum Note {
    /// With a word before it: `help`, `note`.
    Named(&'static str, String),
    Bare(String),
}

/// What is drawn. Only the notes are clean already.
pub(super) struct Card<'a> {
    pub(super) weight: Weight,
    pub(super) rule: Option<&'a str>,
    pub(super) message: &'a str,
    pub(super) span: Option<&'a Span>,
    pub(super) labels: &'a [Label],
    pub(super) notes: Vec<Note>,
}

/// More places than these help nobody.
const MOST_LABELS: usize = 8;
/// Places that are further apart get frames of their own.
const FAR: usize = 200;

/// Around the number of a location: noncharacters, which [`clean`] never lets through.
///
/// The drawing counts lines and columns in the excerpt. The reader wants those of the file, so that locations are
/// written in afterwards.
const OPEN: char = '\u{fdd0}';
const CLOSE: char = '\u{fdd1}';

pub(super) fn draw(card: Card<'_>, texts: &Texts<'_>, style: Style) -> String {
    let mut drawing =
        Drawing { texts, style, elements: Vec::new(), locations: Vec::new(), notes: Vec::new() };
    if let Some(span) = card.span {
        drawing.places(span, card.labels);
        drawing.disguises(span, card.message);
    }
    let level = match card.weight {
        Weight::Error => Level::ERROR,
        Weight::Warning => Level::WARNING,
        Weight::Excused => Level::INFO.with_name("excused"),
    };
    let mut title = level.primary_title(clean(card.message, style));
    if let Some(rule) = card.rule {
        title = title.id(rule);
    }
    let notes =
        std::mem::take(&mut drawing.notes).into_iter().chain(card.notes).map(|note| match note {
            Note::Named(name, text) => Element::from(Level::NOTE.with_name(name).message(text)),
            Note::Bare(text) => Element::from(Level::NOTE.no_name().message(text)),
        });
    let group = title.elements(drawing.elements.into_iter().chain(notes));
    let mut shown = relocate(&renderer(style).render(&[group]), &drawing.locations);
    shown.push('\n');
    shown
}

fn renderer(style: Style) -> Renderer {
    let renderer = if style.color { Renderer::styled() } else { Renderer::plain() };
    let decor = if style.unicode { DecorStyle::Unicode } else { DecorStyle::Ascii };
    // Lines are cut to the width before they come here.
    renderer.decor_style(decor).hyperlink(style.links).term_width(100_000)
}

struct Drawing<'a> {
    texts: &'a Texts<'a>,
    style: Style,
    elements: Vec<Element<'static>>,
    locations: Vec<String>,
    notes: Vec<Note>,
}

impl<'a> Drawing<'a> {
    fn places(&mut self, span: &Span, labels: &'a [Label]) {
        let mut apart: Vec<&Label> = labels.iter().take(MOST_LABELS).collect();
        if let Some(text) = self.texts.get(span) {
            let primary = text.drawn(span.range());
            if let Some(last) = primary.goes_on_to {
                self.notes.push(Note::Named("note", format!("this goes on to line {last}")));
            }
            let line = primary.first.line;
            let mut drawn = vec![primary];
            let mut near = Vec::new();
            apart.retain(|label| {
                if label.span.path != span.path || self.texts.get(&label.span).is_none() {
                    return true;
                }
                let place = text.drawn(label.span.range());
                let is_far = place.first.line.abs_diff(line) > FAR;
                if !is_far {
                    drawn.push(place);
                    near.push(*label);
                }
                is_far
            });
            self.snippet(span, &drawn, None, &near);
        } else {
            let path = self.location(path(&span.path, self.style));
            self.elements.push(Origin::path(path).into());
        }
        for label in apart {
            self.apart(label);
        }
        if labels.len() > MOST_LABELS {
            let more = labels.len() - MOST_LABELS;
            self.notes.push(Note::Named("note", format!("and {more} more places")));
        }
    }

    fn apart(&mut self, label: &Label) {
        if let Some(text) = self.texts.get(&label.span) {
            let drawn = [text.drawn(label.span.range())];
            self.snippet(&label.span, &drawn, Some(label), &[]);
        } else {
            let path = path(&label.span.path, self.style);
            let note = format!("{}: {}", path, clean(&label.text, self.style));
            self.notes.push(Note::Named("note", note));
        }
    }

    /// Draws the first place of `drawn`, labelled or as the finding's own, and then those of `labels`.
    fn snippet(&mut self, span: &Span, drawn: &[Drawn], own: Option<&Label>, labels: &[&Label]) {
        let (Some(text), [first, rest @ ..]) = (self.texts.get(span), drawn) else { return };
        let style = self.style;
        let excerpt = Excerpt::new(text, drawn, style);
        let kind = if own.is_some() { AnnotationKind::Context } else { AnnotationKind::Primary };
        let mark =
            kind.span(excerpt.range(&first.range)).label(own.map(|it| clean(&it.text, style)));
        let others = rest.iter().zip(labels).map(|(place, label)| {
            let span = excerpt.range(&place.range);
            AnnotationKind::Context.span(span).label(clean(&label.text, style))
        });
        let marks: Vec<_> = std::iter::once(mark).chain(others).collect();
        let place = first.first;
        let location = format!("{}:{}:{}", path(&span.path, style), place.line, place.column);
        let location = self.location(location);
        let first_line = excerpt.first_line;
        let snippet = Snippet::source(excerpt.text).line_start(first_line).path(location);
        self.elements.push(snippet.annotations(marks).into());
    }

    fn location(&mut self, shown: String) -> String {
        self.locations.push(shown);
        format!("{OPEN}{}{CLOSE}", self.locations.len() - 1)
    }

    /// Names the characters that make a text look like another one.
    fn disguises(&mut self, span: &Span, message: &str) {
        /// A statement can be a whole file; nobody is fooled by what is not shown.
        const LOOKED_AT: usize = 16 * 1024;
        let mut notes = disguises("the file's name", &span.path.to_str_lossy());
        if let Some(text) = self.texts.get(span) {
            let range = text.clamp(span.range());
            let end = text.text.floor_char_boundary(range.end.min(range.start + LOOKED_AT));
            let statement = &text.text[range.start..end.max(range.start)];
            let statement =
                if range.start == 0 { statement.trim_start_matches('\u{feff}') } else { statement };
            let line = text.line_at(range.start);
            let line = &line[..line.floor_char_boundary(line.len().min(LOOKED_AT))];
            let both =
                if statement.is_empty() { line.to_owned() } else { format!("{statement}\n{line}") };
            notes.extend(disguises("the statement", &both));
        } else {
            notes.extend(disguises("the message", message));
        }
        self.notes.extend(notes.into_iter().map(|note| Note::Named("note", note)));
    }
}

pub(super) fn path(path: &RepoPath, style: Style) -> String {
    clean(&path.to_string(), style)
}

/// Puts the locations where their numbers are, in place of what the drawing thinks of them.
fn relocate(drawn: &str, locations: &[String]) -> String {
    let mut pieces = drawn.split(OPEN);
    let mut shown = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (number, rest) = piece.split_once(CLOSE).unwrap_or((piece, ""));
        let location = number.parse().ok().and_then(|number: usize| locations.get(number));
        let _ = write!(shown, "{}", location.map_or("", String::as_str));
        shown.push_str(rest.trim_start_matches(|c: char| c == ':' || c.is_ascii_digit()));
    }
    shown
}
