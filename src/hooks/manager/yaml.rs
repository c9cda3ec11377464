//! Just enough of YAML to say where lines may be added: block mappings. Anything else is left alone.

/// A key of a block mapping, with the lines that belong to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Section<'text> {
    pub key: &'text str,
    /// What stands behind the colon, without a comment.
    pub value: &'text str,
    /// The line of the key, counted from 0.
    pub line: usize,
    /// The line after the last one that says something for this key.
    pub end: usize,
}

/// The top-level keys of a file, or nothing when it is not one plain block mapping.
pub(super) fn sections(text: &str) -> Option<Vec<Section<'_>>> {
    let lines = text.lines().collect::<Vec<_>>();
    // A document's start is no content.
    let first = lines
        .iter()
        .position(|line| !is_idle(line, usize::MAX))
        .filter(|&at| lines[at].trim_end() == "---");
    mapping(&lines, first.map_or(0, |at| at + 1), lines.len(), 0)
}

/// The keys of the mapping inside a section, and how far they are indented.
pub(super) fn children<'text>(
    text: &'text str,
    section: Section<'_>,
) -> Option<(usize, Vec<Section<'text>>)> {
    let lines = text.lines().collect::<Vec<_>>();
    let first =
        lines[section.line + 1..section.end].iter().find(|line| !is_idle(line, usize::MAX))?;
    let indent = indent(first);
    Some((indent, mapping(&lines, section.line + 1, section.end, indent)?))
}

/// How far the entries of a section are indented: those of a list or of a mapping.
pub(super) fn entries(text: &str, section: Section<'_>) -> Option<(usize, Entries)> {
    let lines = text.lines().collect::<Vec<_>>();
    let first =
        lines[section.line + 1..section.end].iter().find(|line| !is_idle(line, usize::MAX))?;
    let kind = if is_item(first.trim_start()) { Entries::List } else { Entries::Mapping };
    Some((indent(first), kind))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Entries {
    List,
    Mapping,
}

fn mapping<'text>(
    lines: &[&'text str],
    from: usize,
    to: usize,
    at: usize,
) -> Option<Vec<Section<'text>>> {
    let mut sections: Vec<Section<'_>> = Vec::new();
    for (number, &line) in lines.iter().enumerate().take(to).skip(from) {
        if is_idle(line, at) {
            continue;
        }
        let (depth, content) = (indent(line), line.trim());
        if depth < at || line[depth..].starts_with('\t') {
            return None;
        }
        // A list may stand as far left as the key that it belongs to.
        if depth > at || is_item(content) {
            sections.last_mut()?.end = number + 1;
            continue;
        }
        let (key, value) = content.split_once(':')?;
        let key = key.trim_matches(['"', '\'']);
        let is_plain =
            !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c));
        if !is_plain || !(value.is_empty() || value.starts_with([' ', '\t'])) {
            return None;
        }
        let value = value.trim();
        let value = if value.starts_with('#') { "" } else { value };
        if sections.iter().any(|it| it.key == key) {
            return None;
        }
        sections.push(Section { key, value, line: number, end: number + 1 });
    }
    Some(sections)
}

/// Blank lines, and comments not deeper than `depth`: deeper ones may be text of a block scalar.
fn is_idle(line: &str, depth: usize) -> bool {
    let content = line.trim();
    content.is_empty() || (content.starts_with('#') && indent(line) <= depth)
}

fn is_item(content: &str) -> bool {
    content == "-" || content.starts_with("- ")
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}
