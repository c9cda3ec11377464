//! The string literals of a program in another language, which it may hand to a shell.

use super::text::{Spot, Text};

/// Each literal, and each list of literals with nothing but commas and brackets between them.
pub(super) struct Literals {
    pub(super) texts: Vec<Text>,
    pub(super) lists: Vec<Vec<Text>>,
}

pub(super) fn read(program: &Text) -> Literals {
    let spots = program.spots();
    let mut found = Literals { texts: Vec::new(), lists: Vec::new() };
    let mut list: Vec<Text> = Vec::new();
    let mut at = 0;
    while at < spots.len() {
        match spots[at].c {
            quote @ ('\'' | '"' | '`') => {
                let (mut text, mut end) = literal(spots, at + 1, quote);
                // `'npx prisma ' + 'migrate deploy'`
                while let Some((next, quote)) = added(spots, end + 1) {
                    let (more, after) = literal(spots, next + 1, quote);
                    text.extend(more.spots());
                    end = after;
                }
                found.texts.push(text.clone());
                list.push(text);
                at = end;
            }
            c if c.is_whitespace() || matches!(c, ',' | '[') => {}
            _ if list.is_empty() => {}
            _ => found.lists.push(std::mem::take(&mut list)),
        }
        at += 1;
    }
    found.lists.push(list);
    found.lists.retain(|it| it.len() > 1);
    found
}

/// The opening quote of a literal that a `+` adds to what ends before `at`.
fn added(spots: &[Spot], at: usize) -> Option<(usize, char)> {
    let next = |from: usize| (from..spots.len()).find(|it| !spots[*it].c.is_whitespace());
    let plus = next(at).filter(|it| spots[*it].c == '+')?;
    let quote = next(plus + 1)?;
    matches!(spots[quote].c, '\'' | '"' | '`').then_some((quote, spots[quote].c))
}

/// The literal that begins at `from`, and the index of its last quote.
fn literal(spots: &[Spot], from: usize, quote: char) -> (Text, usize) {
    let mut text = Text::default();
    let mut at = from;
    while let Some(&spot) = spots.get(at) {
        match spot.c {
            '\\' => {
                at += 1;
                if let Some(&next) = spots.get(at) {
                    let c = if next.c == 'n' { '\n' } else { next.c };
                    text.push(Spot { c, start: spot.start, end: next.end });
                }
            }
            c if c == quote => break,
            _ => text.push(spot),
        }
        at += 1;
    }
    (text, at)
}
