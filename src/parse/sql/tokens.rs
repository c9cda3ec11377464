//! The words of a text: what stands in strings and comments is none of them.

use std::ops::Range;

use squawk_lexer::{TokenKind, tokenize};

/// A word or sign of a text, or a whole string.
#[derive(Clone, Debug)]
pub struct Token<'t> {
    /// In bytes of the text.
    pub at: Range<usize>,
    kind: TokenKind,
    pub text: &'t str,
}

impl Token<'_> {
    pub fn is(&self, word: &str) -> bool {
        self.text.eq_ignore_ascii_case(word)
    }

    /// A string, a number and the like.
    pub fn is_literal(&self) -> bool {
        matches!(self.kind, TokenKind::Literal { .. })
    }

    /// A word without quotes, or a name in them.
    pub fn is_name(&self) -> bool {
        matches!(self.kind, TokenKind::Ident | TokenKind::QuotedIdent { .. })
    }

    pub fn is_quoted(&self) -> bool {
        matches!(self.kind, TokenKind::QuotedIdent { .. })
    }

    /// The name, where it is one.
    pub fn name(&self) -> Option<String> {
        match self.kind {
            TokenKind::QuotedIdent { .. } => {
                let inside = self.text.strip_prefix('"')?.strip_suffix('"')?;
                Some(inside.replace("\"\"", "\""))
            }
            TokenKind::Ident => Some(self.text.to_lowercase()),
            _ => None,
        }
    }
}

/// Everything but white space and comments.
pub fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut at = 0;
    for token in tokenize(text) {
        let range = at..at + token.len as usize;
        at = range.end;
        let apart = matches!(
            token.kind,
            TokenKind::Whitespace
                | TokenKind::LineComment
                | TokenKind::BlockComment { .. }
                | TokenKind::Eof
        );
        if let Some(text) = text.get(range.clone()).filter(|_| !apart) {
            tokens.push(Token { at: range, kind: token.kind, text });
        }
    }
    tokens
}

/// Whether a place of a text can be edited as it is written: it lies in no string but those between dollars.
pub fn is_plain(text: &str, at: usize) -> bool {
    let Some(around) = tokens(text).into_iter().find(|it| it.at.start < at && at < it.at.end)
    else {
        return true;
    };
    let end = around.text.strip_prefix('$').and_then(|it| it.find('$')).map(|it| it + 2);
    let inside = end.and_then(|end| around.text.get(end..around.text.len().checked_sub(end)?));
    match (inside, end) {
        (Some(inside), Some(end)) => {
            at >= around.at.start + end && is_plain(inside, at - around.at.start - end)
        }
        _ => false,
    }
}

/// Where the last statement ends, and whether a semicolon does it.
pub fn end(text: &str) -> (usize, bool) {
    tokens(text).last().map_or((0, false), |it| (it.at.end, it.text == ";"))
}

#[cfg(test)]
mod tests {
    use super::{end, is_plain};

    #[test]
    fn only_strings_between_dollars_are_plain() {
        let text = "select 'here'; do $$ begin execute 'there'; now(); end $$; -- ;";
        for (word, plain) in [("here", false), ("there", false), ("now", true), ("end", true)] {
            assert_eq!(is_plain(text, text.find(word).unwrap_or(0)), plain, "{word}");
        }
        assert_eq!(end(text), (text.find(" -- ").unwrap_or(0), true));
        assert_eq!(end("select 1 -- one"), (8, false));
    }
}
