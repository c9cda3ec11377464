//! The name of the program that a word starts.

use super::word::Word;

/// Without folders, version and suffix; none where a part of the name itself cannot be resolved.
pub(super) fn name(word: &Word) -> Option<String> {
    let text = word.text.as_str();
    if matches!(text, "$npm_execpath" | "${npm_execpath}") {
        return Some("npm".to_owned());
    }
    let (folder, file) = text.rsplit_once(['/', '\\']).unwrap_or(("", text));
    let whole = word.unknown.as_deref() == Some(text);
    let unresolved = whole || word.unknown.is_some() && file.contains(['$', '`', ')', '}', '{']);
    if text == "[" || text == "[[" {
        return Some(text.to_owned());
    }
    if unresolved || (word.globs && file.contains(['*', '?', '['])) {
        return None;
    }
    let text = text.strip_prefix("npm:").unwrap_or(text);
    let text = match text.rsplit_once("node_modules/") {
        Some((_, inside)) => package(inside),
        None if text.starts_with('@') => text,
        None if folder.is_empty() => text,
        None => file,
    };
    let version = text.char_indices().skip(1).find(|(_, c)| *c == '@');
    let text = &text[..version.map_or(text.len(), |(at, _)| at)];
    let suffixes = [".cmd", ".exe", ".ps1", ".bat"];
    let bare = suffixes.iter().find_map(|it| text.strip_suffix(it)).unwrap_or(text);
    Some(bare.to_owned())
}

/// The package a path inside `node_modules` belongs to, or the program in its `.bin`.
fn package(inside: &str) -> &str {
    let mut parts = inside.splitn(3, '/');
    let first = parts.next().unwrap_or_default();
    let second = parts.next().unwrap_or_default();
    match first {
        ".bin" => second,
        _ if first.starts_with('@') => {
            &inside[..(first.len() + 1 + second.len()).min(inside.len())]
        }
        _ => first,
    }
}
