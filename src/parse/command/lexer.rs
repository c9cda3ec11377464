//! Where quotes, substitutions and words of a shell text begin and end.

use super::text::Spot;

/// The index of what closes the substitution whose inside begins at `from`: the `)` of `$(`, the `}` of `${`.
///
/// Walks with a stack of its own, so no depth of nesting can exhaust the machine's.
pub(super) fn closing(spots: &[Spot], from: usize, close: char) -> Option<usize> {
    let mut open = vec![close];
    let mut at = from;
    while let Some(spot) = spots.get(at) {
        let next = spots.get(at + 1).map(|it| it.c);
        let inside = *open.last()?;
        match (inside, spot.c) {
            (_, '\\') => at += 1,
            (_, c) if c == inside => {
                open.pop();
                if open.is_empty() {
                    return Some(at);
                }
            }
            ('"' | ')' | '}', '$') if next == Some('(') => {
                open.push(')');
                at += 1;
            }
            ('"' | ')' | '}', '$') if next == Some('{') => {
                open.push('}');
                at += 1;
            }
            (')' | '}', '$') if next == Some('\'') => at = ansi_end(spots, at + 2)?,
            ('"' | ')' | '}', '`') => open.push('`'),
            (')', '(') => open.push(')'),
            (')' | '}', '"') => open.push('"'),
            (')' | '}', '\'') => at = quote_end(spots, at + 1)?,
            (')', '#') if at == from || spots[at - 1].c.is_whitespace() => {
                while spots.get(at + 1).is_some_and(|it| it.c != '\n') {
                    at += 1;
                }
            }
            _ => {}
        }
        at += 1;
    }
    None
}

/// The index of the single quote that ends what begins at `from`.
pub(super) fn quote_end(spots: &[Spot], from: usize) -> Option<usize> {
    (from..spots.len()).find(|&at| spots[at].c == '\'')
}

/// The index of the quote that ends the `$'…'` whose inside begins at `from`.
fn ansi_end(spots: &[Spot], from: usize) -> Option<usize> {
    let mut at = from;
    while spots.get(at)?.c != '\'' {
        at += if spots[at].c == '\\' { 2 } else { 1 };
    }
    Some(at)
}

/// Where the name of a variable that begins at `from` ends.
pub(super) fn name_end(spots: &[Spot], from: usize) -> usize {
    let is_name = |it: &Spot| it.c == '_' || it.c.is_ascii_alphanumeric();
    match spots.get(from).map(|it| it.c) {
        Some('0'..='9' | '@' | '*' | '#' | '?' | '$' | '!' | '-') => from + 1,
        _ => from + spots[from.min(spots.len())..].iter().take_while(|it| is_name(it)).count(),
    }
}

/// The character that the escape of `$'…'` at `at` (after the backslash) stands for, and where it ends.
pub(super) fn ansi_escape(spots: &[Spot], at: usize) -> (char, usize) {
    let Some(spot) = spots.get(at) else { return ('\\', at) };
    let number = |from: usize, radix: u32, most: usize| {
        let digits = spots[from.min(spots.len())..].iter().map_while(|it| it.c.to_digit(radix));
        let (value, count) = digits.take(most).fold((0u32, 0), |(sum, count), it| {
            (sum.wrapping_mul(radix).wrapping_add(it), count + 1)
        });
        (char::from_u32(value).unwrap_or(char::REPLACEMENT_CHARACTER), from + count)
    };
    match spot.c {
        'n' => ('\n', at + 1),
        't' => ('\t', at + 1),
        'r' => ('\r', at + 1),
        'a' => ('\u{7}', at + 1),
        'b' => ('\u{8}', at + 1),
        'e' | 'E' => ('\u{1b}', at + 1),
        'f' => ('\u{c}', at + 1),
        'v' => ('\u{b}', at + 1),
        'x' => number(at + 1, 16, 2),
        'u' => number(at + 1, 16, 4),
        'U' => number(at + 1, 16, 8),
        '0'..='7' => number(at, 8, 3),
        c => (c, at + 1),
    }
}
