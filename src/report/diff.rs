//! Two versions of a file, as `git diff` shows them.

use std::fmt::Write as _;

use annotate_snippets::renderer::AnsiColor;
use similar::{ChangeTag, TextDiff};

use super::Style;
use super::text::{is_unfit, stand_in};

/// Lines around what differs.
const AROUND: usize = 3;

/// Nothing before: the file is new. What a terminal would act on is shown and not sent.
pub fn diff(path: &str, before: Option<&str>, after: &str, style: &Style) -> String {
    let mut text = String::new();
    let paint = |text: &str, color: Option<AnsiColor>| match color {
        Some(color) if style.color => {
            let paint = color.on_default();
            format!("{paint}{text}{paint:#}")
        }
        _ => text.to_owned(),
    };
    // Letters stay what they are, so that what is shown can be applied.
    let fit = |c: char| if c != '\t' && is_unfit(c) { stand_in(c, *style) } else { c };
    let shown = |it: &str| -> String { it.chars().map(fit).collect() };
    let old = before.map_or_else(|| "/dev/null".to_owned(), |_| format!("a/{path}"));
    _ = writeln!(text, "--- {}\n+++ b/{}", shown(&old), shown(path));
    let compared = TextDiff::from_lines(before.unwrap_or_default(), after);
    for hunk in compared.unified_diff().context_radius(AROUND).iter_hunks() {
        _ = writeln!(text, "{}", paint(&hunk.header().to_string(), Some(AnsiColor::Cyan)));
        for change in hunk.iter_changes() {
            let (sign, color) = match change.tag() {
                ChangeTag::Equal => (' ', None),
                ChangeTag::Delete => ('-', Some(AnsiColor::Red)),
                ChangeTag::Insert => ('+', Some(AnsiColor::Green)),
            };
            // How a line ends and the mark before the first one are part of the file, and move nothing on a terminal.
            let line = change.value();
            let line = line.strip_suffix('\n').unwrap_or(line);
            let (line, end) = match line.strip_suffix('\r') {
                Some(line) if !change.missing_newline() => (line, "\r"),
                _ => (line, ""),
            };
            let first = change.old_index().or(change.new_index()) == Some(0);
            let (mark, line) = match line.strip_prefix('\u{feff}').filter(|_| first) {
                Some(line) => ("\u{feff}", line),
                None => ("", line),
            };
            let line = format!("{sign}{mark}{}", shown(line));
            _ = writeln!(text, "{}{end}", paint(&line, color));
            if change.missing_newline() {
                text.push_str("\\ No newline at end of file\n");
            }
        }
    }
    text
}
