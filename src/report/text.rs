//! Text of others, made fit to be shown.
//!
//! Names, statements and reasons come from whoever wrote the change. None of their characters may move the cursor,
//! turn the line around, hide, or begin a line of their own.

use super::Style;

/// Longer texts than these say nothing more.
const LONGEST: usize = 600;

/// What makes a character unfit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Trick {
    Controls,
    Reorders,
    Hides,
}

fn trick(c: char) -> Option<Trick> {
    match c {
        _ if c.is_control() => Some(Trick::Controls),
        // Line and paragraph separators; the noncharacters, of which the frames make their own use.
        '\u{2028}' | '\u{2029}' | '\u{fdd0}'..='\u{fdef}' => Some(Trick::Controls),
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
            Some(Trick::Reorders)
        }
        '\u{ad}'
        | '\u{34f}'
        | '\u{115f}'
        | '\u{1160}'
        | '\u{17b4}'
        | '\u{17b5}'
        | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200d}'
        | '\u{2060}'..='\u{2065}'
        | '\u{206a}'..='\u{206f}'
        | '\u{3164}'
        | '\u{fe00}'..='\u{fe0e}'
        | '\u{feff}'
        | '\u{ffa0}'
        | '\u{fff0}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e0fff}' => Some(Trick::Hides),
        _ => None,
    }
}

/// Whether a terminal would act on a character, or show something else than it is.
pub(super) fn is_unfit(c: char) -> bool {
    trick(c).is_some()
}

/// What is shown in a code frame for a character: one for one, so that columns stay true.
pub(super) fn stand_in(c: char, style: Style) -> char {
    match c {
        '\t' => '\t',
        ' '..='~' => c,
        _ if !style.unicode => '?',
        '\0'..='\u{1f}' => char::from_u32(0x2400 + u32::from(c)).unwrap_or('\u{fffd}'),
        '\u{7f}' => '\u{2421}',
        _ if trick(c).is_some() => '\u{fffd}',
        _ => c,
    }
}

/// How many columns a terminal gives a character, near enough to cut lines by.
pub(super) fn columns(c: char) -> usize {
    match c {
        '\t' => 4,
        '\u{1100}'..='\u{115f}'
        | '\u{2e80}'..='\u{a4cf}'
        | '\u{ac00}'..='\u{d7a3}'
        | '\u{f900}'..='\u{faff}'
        | '\u{fe30}'..='\u{fe6f}'
        | '\u{ff00}'..='\u{ff60}'
        | '\u{ffe0}'..='\u{ffe6}'
        | '\u{1f300}'..='\u{1faff}'
        | '\u{20000}'..='\u{3fffd}' => 2,
        _ => 1,
    }
}

/// One line of prose: what is unfit is written as an escape, what is too long is cut.
pub(super) fn clean(text: &str, style: Style) -> String {
    let mut shown = String::with_capacity(text.len().min(LONGEST));
    for (count, c) in text.chars().enumerate() {
        if count == LONGEST {
            shown.push_str(style.ellipsis());
            break;
        }
        match c {
            _ if trick(c).is_some() => shown.extend(c.escape_default()),
            _ if !c.is_ascii() && !style.unicode => shown.extend(c.escape_default()),
            _ => shown.push(c),
        }
    }
    shown
}

/// Several lines of prose, as the help of a failure may have: commands to run, lines to add to a file.
pub(super) fn clean_lines(text: &str, style: Style) -> String {
    text.split('\n').map(|line| clean(line, style)).collect::<Vec<_>>().join("\n")
}

/// A sentence for each kind of character in `text` that shows another text than there is.
pub(super) fn disguises(what: &str, text: &str) -> Vec<String> {
    let mut reordering = Vec::new();
    let mut hiding = Vec::new();
    let mut before = None;
    for c in text.chars() {
        // An emoji may ask to be shown in colour; nothing else has a reason to.
        let is_odd = c == '\u{fe0f}' && before.is_some_and(|it: char| it.is_ascii());
        let kind = match trick(c) {
            Some(Trick::Reorders) => Some(&mut reordering),
            Some(Trick::Hides) => Some(&mut hiding),
            None if is_odd => Some(&mut hiding),
            Some(Trick::Controls) | None => None,
        };
        if let Some(kind) = kind.filter(|it| !it.contains(&c)) {
            kind.push(c);
        }
        before = Some(c);
    }
    let names = |all: &[char]| {
        let names = all.iter().take(4).map(|&c| format!("U+{:04X}", u32::from(c)));
        let more = if all.len() > 4 { " and others" } else { "" };
        format!("{}{more}", names.collect::<Vec<_>>().join(", "))
    };
    let mut notes = Vec::new();
    if !reordering.is_empty() {
        let verb = if reordering.len() == 1 { "shows" } else { "show" };
        notes.push(format!(
            "{what} contains {}, which {verb} text in another order",
            names(&reordering)
        ));
    }
    if !hiding.is_empty() {
        let verb = if hiding.len() == 1 { "is" } else { "are" };
        notes.push(format!("{what} contains {}, which {verb} invisible", names(&hiding)));
    }
    notes
}
