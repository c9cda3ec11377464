//! What PL/pgSQL allows and the parser does not know, taken out of a body so that every byte keeps its place.

use std::ops::Range;

use squawk_lexer::{Token, TokenKind, tokenize};

/// The tokens of a text that say something, with their places.
fn words(text: &str) -> impl Iterator<Item = (Token, Range<usize>)> {
    let mut at = 0;
    let placed = tokenize(text).map(move |token| {
        let here = at..at + token.len as usize;
        at = here.end;
        (token, here)
    });
    placed.filter(|(token, _)| {
        !matches!(
            token.kind,
            TokenKind::Whitespace | TokenKind::LineComment | TokenKind::BlockComment { .. }
        )
    })
}

/// Takes the second and every later `DECLARE` out of the declarations of a block. Postgres reads over them ("useless
/// extra DECLAREs", `decl_stmt` in its `pl_gram.y`).
pub(super) fn without_second_declare(text: &str) -> String {
    let mut clean = text.to_owned().into_bytes();
    let mut declaring = false;
    let mut last = "";
    for (_, here) in words(text) {
        let word = &text[here.clone()];
        if word.eq_ignore_ascii_case("begin") {
            declaring = false;
        } else if word.eq_ignore_ascii_case("declare") {
            if declaring && (last == ";" || last.eq_ignore_ascii_case("declare")) {
                blank(&mut clean, here);
            }
            declaring = true;
        }
        last = word;
    }
    String::from_utf8(clean).unwrap_or_else(|_| text.to_owned())
}

/// Takes `INTO [STRICT] target, …` out of a body, byte for byte: in PL/pgSQL it assigns to variables, creates nothing,
/// and the parser does not know it behind every clause.
pub(super) fn without_into(text: &str) -> String {
    let mut clean = text.to_owned().into_bytes();
    let mut last = String::new();
    let mut first = String::new();
    // Where a target list began that has not ended yet, and whether a name must come next in it.
    let mut open: Option<(usize, usize, bool)> = None;
    for (token, here) in words(text) {
        let word = text[here.clone()].to_ascii_uppercase();
        if let Some((start, end, expects)) = open {
            let name = matches!(token.kind, TokenKind::Ident | TokenKind::QuotedIdent { .. });
            open = match (expects, name, word.as_str()) {
                (true, true, "STRICT") => Some((start, here.end, true)),
                (true, true, _) => Some((start, here.end, false)),
                (false, _, "," | ".") => Some((start, here.end, true)),
                _ => None,
            };
            if open.is_some() {
                continue;
            }
            // A list that ends on a comma or dot was no target list: leave it to the parser.
            if !expects {
                blank(&mut clean, start..end);
            }
        }
        let begins = matches!(last.as_str(), "" | ";" | "THEN" | "ELSE" | "LOOP" | "BEGIN");
        if begins {
            first.clone_from(&word);
        }
        let assigns = word == "INTO"
            && !matches!(last.as_str(), "INSERT" | "MERGE")
            && !matches!(first.as_str(), "FETCH" | "EXECUTE" | "IMPORT" | "MOVE" | "ALTER");
        if assigns {
            open = Some((here.start, here.end, true));
        }
        last = word;
    }
    if let Some((start, end, false)) = open {
        blank(&mut clean, start..end);
    }
    String::from_utf8(clean).unwrap_or_else(|_| text.to_owned())
}

fn blank(text: &mut [u8], range: Range<usize>) {
    for byte in &mut text[range] {
        if !matches!(byte, b'\n' | b'\r') {
            *byte = b' ';
        }
    }
}
