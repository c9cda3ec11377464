//! What a command of a shell reads and writes: `<`, `>`, here-documents.

use super::Input;
use super::functions;
use super::shell::{Reader, State};
use super::text::Text;
use super::word::Word;

/// A here-document that is still to come.
pub(super) struct Here {
    delimiter: String,
    /// The command it belongs to.
    command: usize,
    /// Whether its delimiter is quoted, so that nothing in it is run before it is handed over.
    quoted: bool,
}

impl Reader<'_> {
    pub(super) fn line_end(&mut self) {
        self.at += 1;
        if self.state != State::Pattern {
            self.end(false);
        }
        for Here { delimiter, command, quoted } in std::mem::take(&mut self.here) {
            let mut body = Text::default();
            while self.at < self.spots.len() {
                let start = self.at;
                self.skip_line();
                self.at += 1;
                let line = &self.spots[start..self.at.min(self.spots.len())];
                let text: String = line.iter().map(|it| it.c).collect();
                if text.trim_matches(['\t', '\r', '\n']) == delimiter {
                    break;
                }
                body.extend(line);
            }
            if !quoted {
                self.script.nested.append(&mut functions::substitutions(&body));
            }
            if let Some((_, input)) = self.script.commands.get_mut(command) {
                *input = Input::Text(body);
            }
        }
        self.at = self.at.min(self.spots.len());
    }

    pub(super) fn redirection(&mut self) {
        let start = self.at;
        while self.peek(0).is_some_and(|it| matches!(it, '<' | '>' | '&' | '|'))
            && self.at < start + 3
        {
            self.at += 1;
        }
        let operator: String = self.spots[start..self.at].iter().map(|it| it.c).collect();
        if operator == "<<" && self.peek(0) == Some('-') {
            self.at += 1;
        }
        while matches!(self.peek(0), Some(' ' | '\t')) {
            self.at += 1;
        }
        if matches!((self.peek(0), self.peek(1)), (Some('<' | '>'), Some('('))) {
            // `< <(…)`
            let start = self.at;
            let inner = self.substitution(self.at + 2, ')');
            self.push_unknown(start, inner);
            let word = self.words.pop();
            self.input = word.filter(|_| operator == "<").map_or(Input::Inherited, Input::File);
            return;
        }
        let start = self.at;
        let target = self.read_word().into_iter().next();
        let Some(target) = target else { return };
        let written = &self.spots[start..self.at];
        let quoted = written.iter().any(|it| matches!(it.c, '\'' | '"' | '\\'));
        match operator.as_str() {
            "<" | "<>" => self.input = Input::File(target),
            "<<<" => self.input = text_of(target),
            ">" | ">>" | ">|" => self.output = Some(target),
            "<<" => {
                let command = self.script.commands.len();
                self.here.push(Here { delimiter: target.text, command, quoted });
            }
            _ => {}
        }
    }
}

fn text_of(word: Word) -> Input {
    match word.unknown {
        None => Input::Text(word.spots),
        Some(_) => Input::File(word),
    }
}
