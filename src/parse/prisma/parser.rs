//! Blocks and their lines. After what is wrong, reading goes on at the next line or the next block.

use std::ops::Range;

use super::ast::{
    Arity, Document, Enum, EnumValue, Field, Model, ModelKind, Name, Source, SourceKind,
};
use super::lexer::{self, Kind, Token};
use super::tokens::Parser;
use super::values::plain;

/// Reads a whole file. Of several errors in one line only the first is told: the others follow from it.
pub fn parse(text: &str) -> Document {
    let (tokens, errors) = lexer::read(text);
    let mut parser = Parser::new(tokens, errors);
    let mut document = Document::default();
    loop {
        parser.skip_newlines();
        if parser.peek().is_none() {
            break;
        }
        parser.block(&mut document);
    }
    document.errors = parser.errors;
    document.errors.sort_by_key(|it| it.at.start);
    let ends: Vec<usize> = text.match_indices(lexer::is_newline).map(|(at, _)| at).collect();
    document.errors.dedup_by_key(|it| ends.partition_point(|&end| end < it.at.start));
    document
}

#[derive(Clone, Copy)]
enum Block {
    Model(ModelKind),
    Enum,
    Source(SourceKind),
}

impl Block {
    fn of(word: &str) -> Option<Block> {
        Some(match word {
            "model" => Block::Model(ModelKind::Model),
            "view" => Block::Model(ModelKind::View),
            "type" => Block::Model(ModelKind::Type),
            "enum" => Block::Enum,
            "datasource" => Block::Source(SourceKind::Datasource),
            "generator" => Block::Source(SourceKind::Generator),
            _ => return None,
        })
    }
}

/// How to go on.
impl Parser<'_> {
    /// To the end of the line, or a bracket that closes the block. A table begun in it is skipped where `tables` can
    /// be, up to the next block at most.
    fn skip_line(&mut self, tables: bool) {
        let mut depth = 0usize;
        while let Some(kind) = self.peek() {
            match kind {
                Kind::Newline if depth == 0 || !tables => return,
                Kind::Newline => {
                    self.skip_newlines();
                    if self.begins_block() {
                        return;
                    }
                    continue;
                }
                Kind::Sign('}') if depth == 0 => return,
                Kind::Sign('}') => depth -= 1,
                Kind::Sign('{') => depth += 1,
                _ => {}
            }
            self.next();
        }
    }

    /// After brackets that were not closed. The line that is no part of them is read on its own, so what was wrong
    /// is not in it.
    fn recover(&mut self, start: usize, tables: bool) {
        let read = self.tokens.get(start..self.at).unwrap_or_default();
        let Some(newline) = read.iter().rposition(|it| it.kind == Kind::Newline) else {
            return self.skip_line(tables);
        };
        self.at = start + newline + 1;
        self.errors.pop();
        self.error_at("expected the brackets to go on or close after this", self.last());
    }

    /// `whole` tells whether the line that began at `start` could be read so far.
    fn end_line(&mut self, whole: Option<()>, start: usize, tables: bool) {
        if whole.is_none() {
            self.recover(start, tables);
        } else if self.is('}') {
            self.error("expected a new line before `}`");
        } else if !self.at_line_end() {
            self.error("expected the end of the line");
            self.skip_line(tables);
        }
    }

    /// `model User {`. A field may be called `model` too, but has no such bracket.
    fn begins_block(&self) -> bool {
        self.word().is_some_and(|(word, _)| Block::of(word).is_some())
            && matches!(self.tokens.get(self.at + 1), Some(Token { kind: Kind::Word(_), .. }))
            && self.sign_at(self.at + 2) == Some('{')
    }
}

/// Blocks.
impl Parser<'_> {
    fn block(&mut self, document: &mut Document) {
        let Some((word, start, block)) =
            self.word().and_then(|(word, at)| Some((word, at.start, Block::of(word)?)))
        else {
            self.error("expected `model`, `view`, `type`, `enum`, `datasource` or `generator`");
            if !self.eat('}') {
                self.skip_line(true);
            }
            return;
        };
        self.next();
        let name = self.name();
        if name.is_none() {
            self.error(&format!("expected a name after `{word}`"));
        }
        if !self.is('{') {
            self.error("expected `{`");
            while !self.at_line_end() && !self.is('{') {
                self.next();
            }
            self.skip_newlines();
        }
        if !self.eat('{') {
            return;
        }
        if !self.at_line_end() {
            self.error("expected a new line after `{`");
        }
        // What has no name is read all the same, so that its lines are not taken for blocks.
        let head = start..self.end();
        let unnamed = name.is_none();
        let name = name.unwrap_or_default();
        match block {
            Block::Model(kind) => {
                let (fields, attributes) = (Vec::new(), Vec::new());
                let mut it = Model { kind, name, fields, attributes, at: head.clone() };
                it.at.end = self.body(word, head, |parser| parser.field(&mut it));
                document.models.extend((!unnamed).then_some(it));
            }
            Block::Enum => {
                let (values, attributes) = (Vec::new(), Vec::new());
                let mut it = Enum { name, values, attributes, at: head.clone() };
                it.at.end = self.body(word, head, |parser| parser.enum_value(&mut it));
                document.enums.extend((!unnamed).then_some(it));
            }
            Block::Source(kind) => {
                let mut it = Source { kind, name, properties: Vec::new(), at: head.clone() };
                it.at.end = self.body(word, head, |parser| parser.property(&mut it));
                document.sources.extend((!unnamed).then_some(it));
            }
        }
    }

    /// The lines up to the closing bracket, and where that ends.
    fn body(&mut self, word: &str, head: Range<usize>, mut line: impl FnMut(&mut Self)) -> usize {
        loop {
            self.skip_newlines();
            if self.eat('}') {
                return self.end();
            }
            if self.peek().is_none() || self.begins_block() {
                self.error_at(&format!("this {word} is not closed"), head);
                return self.end();
            }
            line(self);
        }
    }

    /// A name may be nothing but digits. One that Prisma does not take is an error, and kept.
    fn name(&mut self) -> Option<Name> {
        let (text, at) = match self.tokens.get(self.at)? {
            Token { kind: Kind::Word(text), at } => (*text, at.clone()),
            Token { kind: Kind::Number(text), at } if !text.contains(['-', '.']) => {
                (*text, at.clone())
            }
            _ => return None,
        };
        self.next();
        if !plain(text) || text.contains('.') {
            let message =
                "expected a name of ASCII letters, digits, `_` and `-`, neither sign first";
            self.error_at(message, at.clone());
        }
        Some(Name { text: text.to_owned(), at })
    }

    fn field(&mut self, model: &mut Model) {
        let start = self.at;
        if self.peek() == Some(&Kind::Block) {
            let whole = self.attribute("@@", &mut model.attributes);
            return self.end_line(whole, start, false);
        }
        let Some(name) = self.name() else {
            return self.stray("expected a field, `@@` or `}`");
        };
        if self.is(':') {
            self.error("expected no `:` between a field's name and its type");
            self.next();
        }
        let Some((data_type, unsupported, arity)) = self.data_type() else {
            return self.skip_line(false);
        };
        let end = self.end();
        let mut attributes = Vec::new();
        let whole = self.attributes(&mut attributes);
        let at = name.at.start..attributes.last().map_or(end, |it| it.at.end);
        model.fields.push(Field { name, data_type, unsupported, arity, attributes, at });
        self.end_line(whole, start, false);
    }

    /// With what stands in `Unsupported("…")`.
    fn data_type(&mut self) -> Option<(Name, Option<String>, Arity)> {
        if self.eat('[') {
            // Prisma 1 wrote a list like this.
            self.error_at("expected `Type[]` for a list", self.last());
            let name = self.name()?;
            self.eat(']');
            return Some((name, None, Arity::List));
        }
        let Some(name) = self.name() else {
            self.error("expected a type after the field's name");
            return None;
        };
        let mut unsupported = None;
        if name.text == "Unsupported" && self.eat('(') {
            if let Some(Kind::String(content)) = self.peek() {
                unsupported = Some(content.clone());
                self.next();
            } else {
                self.error("expected a string between these brackets");
            }
            if !self.eat(')') {
                self.error("expected `)`");
            }
        }
        Some((name, unsupported, self.arity()))
    }

    fn arity(&mut self) -> Arity {
        let mut arity = Arity::Required;
        loop {
            if self.is('[') && self.sign_after() == Some(']') {
                if arity != Arity::Required {
                    self.error("expected one `?` or `[]` at most");
                }
                arity = Arity::List;
                self.next();
            } else if self.is('?') {
                if arity == Arity::Required {
                    arity = Arity::Optional;
                } else {
                    self.error("expected one `?` or `[]` at most");
                }
            } else if self.is('!') {
                self.error("expected no `!`, as a field without `?` is required");
            } else {
                return arity;
            }
            self.next();
        }
    }

    /// A line that begins with what none does. An attribute's brackets may go over several.
    fn stray(&mut self, message: &str) {
        let start = self.at;
        self.error(message);
        let whole = self.attributes(&mut Vec::new());
        if whole.is_none() { self.recover(start, false) } else { self.skip_line(false) }
    }

    fn enum_value(&mut self, it: &mut Enum) {
        let start = self.at;
        if self.peek() == Some(&Kind::Block) {
            let whole = self.attribute("@@", &mut it.attributes);
            return self.end_line(whole, start, false);
        }
        let Some(name) = self.name() else {
            return self.stray("expected a value, `@@` or `}`");
        };
        let mut attributes = Vec::new();
        let whole = self.attributes(&mut attributes);
        let at = name.at.start..attributes.last().map_or(name.at.end, |it| it.at.end);
        it.values.push(EnumValue { name, attributes, at });
        self.end_line(whole, start, false);
    }

    fn property(&mut self, source: &mut Source) {
        let start = self.at;
        let Some(name) = self.name() else {
            self.error("expected a property or `}`");
            return self.skip_line(true);
        };
        let equals = self.eat('=');
        if self.is('{') {
            self.error_at("a property is no table", name.at);
            return self.skip_line(true);
        }
        if !equals {
            self.error("expected `=` after the property's name");
            return self.skip_line(true);
        }
        let value = self.value(0);
        let whole = value.is_some().then_some(());
        source.properties.extend(value.map(|it| (name, it)));
        self.end_line(whole, start, true);
    }
}
