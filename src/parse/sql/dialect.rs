//! What PL/pgSQL allows and the parser does not know, taken out of a body so that every byte keeps its place.

use std::ops::Range;

use super::tokens::{Token, tokens};

/// The body as the parser reads it, and whether a query in it writes to variables.
pub(super) fn readable(text: &str) -> (String, bool) {
    let mut clean = text.to_owned().into_bytes();
    let tokens = without_second_declare(tokens(text), &mut clean);
    let assigns = without_into(&tokens, &mut clean);
    (String::from_utf8(clean).unwrap_or_else(|_| text.to_owned()), assigns)
}

/// Takes the second and every later `DECLARE` out of the declarations of a block. Postgres reads over them ("useless
/// extra DECLAREs", `decl_stmt` in its `pl_gram.y`).
fn without_second_declare<'t>(tokens: Vec<Token<'t>>, clean: &mut [u8]) -> Vec<Token<'t>> {
    let mut left: Vec<Token<'t>> = Vec::with_capacity(tokens.len());
    let mut declaring = false;
    for token in tokens {
        if token.is("begin") {
            declaring = false;
        } else if token.is("declare") {
            let again = |last: &Token<'_>| last.text == ";" || last.is("declare");
            if declaring && left.last().is_some_and(again) {
                blank(clean, token.at);
                continue;
            }
            declaring = true;
        }
        left.push(token);
    }
    left
}

/// Takes `INTO [STRICT] target, …` out of a body, byte for byte: in PL/pgSQL it assigns to variables, creates nothing,
/// and the parser does not know it behind every clause. Whether there was one.
fn without_into(tokens: &[Token<'_>], clean: &mut [u8]) -> bool {
    let mut found = false;
    let mut last = String::new();
    let mut first = String::new();
    // Where a target list began that has not ended yet, and whether a name must come next in it.
    let mut open: Option<(usize, usize, bool)> = None;
    for token in tokens {
        let here = &token.at;
        let word = token.text.to_ascii_uppercase();
        if let Some((start, end, expects)) = open {
            open = match (expects, token.is_name(), word.as_str()) {
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
                blank(clean, start..end);
                found = true;
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
        blank(clean, start..end);
        found = true;
    }
    found
}

fn blank(text: &mut [u8], range: Range<usize>) {
    for byte in &mut text[range] {
        if !matches!(byte, b'\n' | b'\r') {
            *byte = b' ';
        }
    }
}
