//! Names of files in commands.

use super::{Call, Host, Kind, Word};
use crate::source::RepoPath;

impl Call {
    /// Where the file of a call may be, most likely first; none for a script of a `package.json`.
    pub fn files(&self, host: &Host) -> Vec<RepoPath> {
        let Call::File { path, kind, .. } = self else { return Vec::new() };
        let Some(word) = path else {
            return match kind {
                None => vec![host.path.clone()],
                Some(kind) => named(host, "", *kind),
            };
        };
        let mut found = Vec::new();
        for path in spellings(word) {
            found.extend(bases(host).iter().map(|it| RepoPath::joined(it, path)));
            if let Some(kind) = kind {
                found.extend(named(host, path, *kind));
            }
        }
        if matches!(kind, Some(Kind::JavaScript)) || host.kind == Kind::JavaScript {
            found = found.iter().flat_map(modules).collect();
        }
        found.retain(|it| !it.as_bytes().is_empty());
        found
    }
}

/// The folders from which a host may name files: where it runs, where it lies, the top.
fn bases(host: &Host) -> Vec<String> {
    let own = host.path.parent().map(|it| it.to_str_lossy().into_owned()).unwrap_or_default();
    let mut bases = vec![host.folder.to_str_lossy().into_owned(), own, String::new()];
    bases.dedup();
    bases
}

/// The files of a kind that a tool looks for by itself in a folder.
fn named(host: &Host, folder: &str, kind: Kind) -> Vec<RepoPath> {
    let names = kind.usual_names().iter();
    let path = |base: &String, name: &str| RepoPath::joined(base, &format!("{folder}/{name}"));
    bases(host).iter().flat_map(|base| names.clone().map(|it| path(base, it))).collect()
}

/// What a word may mean as a path: `/app/docker/start.sh` is `docker/start.sh` before it is copied into an image, and
/// of `"$(dirname "$0")/start.sh"` the end is known.
fn spellings(word: &Word) -> Vec<&str> {
    let text = match &word.unknown {
        None => word.text.as_str(),
        Some(unknown) => match word.text.strip_prefix(unknown.as_str()) {
            Some(rest) if rest.starts_with('/') && !rest.contains('$') => &rest[1..],
            _ => return Vec::new(),
        },
    };
    let Some(absolute) = text.strip_prefix('/') else { return vec![text] };
    let ends = absolute.match_indices('/').take(3).map(|(at, _)| &absolute[at + 1..]);
    std::iter::once(absolute).chain(ends).collect()
}

/// The files that `node` or a bundler may mean by a name, and those that are built into it.
fn modules(path: &RepoPath) -> Vec<RepoPath> {
    const ENDS: &[&str] = &["ts", "js", "mjs", "cjs", "mts", "cts", "tsx", "jsx"];
    let text = path.to_str_lossy();
    let mut stems = vec![text.to_string()];
    for built in ["dist/", "build/", "out/", "lib/"] {
        let source = text.strip_prefix(built).map(|it| format!("src/{it}"));
        let inner = format!("/{built}");
        let source =
            source.or_else(|| text.contains(&inner).then(|| text.replacen(&inner, "/src/", 1)));
        stems.extend(source);
    }
    let mut found = Vec::new();
    for stem in stems {
        found.push(stem.clone());
        if let Some((bare, "js" | "mjs" | "cjs" | "jsx")) = stem.rsplit_once('.') {
            found.extend(["ts", "mts", "cts", "tsx"].map(|it| format!("{bare}.{it}")));
        }
        found.extend(ENDS.iter().map(|it| format!("{stem}.{it}")));
        found.extend(ENDS.iter().map(|it| format!("{stem}/index.{it}")));
    }
    found.iter().map(|it| RepoPath::from(it.as_str())).collect()
}
