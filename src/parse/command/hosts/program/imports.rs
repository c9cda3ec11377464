//! The files and libraries that a program loads.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::Program;
use super::token::What;
use crate::parse::command::text::Text;
use crate::parse::command::{Call, Kind, Reading, Word};

/// How many tokens the names between `import` and `from` may take.
const CLAUSE: usize = 120;

/// What a program loads that is not its own.
#[derive(Default)]
pub(super) struct Imports {
    /// The libraries, and where each is first named.
    pub(super) libraries: BTreeMap<String, Range<usize>>,
    /// The names by which the program calls what a library gives: its own name there, and the library.
    pub(super) names: BTreeMap<String, Vec<(String, String)>>,
    /// Every name in the program.
    pub(super) mentioned: BTreeSet<String>,
}

impl Imports {
    /// Whether a library is loaded whose name begins so.
    pub(super) fn has(&self, library: &str) -> bool {
        let loaded = self.libraries.range(library.to_owned()..).next();
        loaded.is_some_and(|(name, _)| {
            name.strip_prefix(library)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '.']))
        })
    }

    /// Whether a name stands for what a library calls by one of these names; `default` for what it is as a whole.
    pub(super) fn is(&self, name: &str, library: &str, given: &[&str]) -> bool {
        let meanings = self.names.get(name).into_iter().flatten();
        meanings.into_iter().any(|it| it.1 == library && given.contains(&it.0.as_str()))
    }
}

/// Links to the files of the repository that a program loads.
pub(super) fn read(reading: &mut Reading, program: &Program<'_>) -> Imports {
    let mut imports = Imports::default();
    for at in 0..program.tokens.len() {
        let Some(name) = program.name(at) else { continue };
        imports.mentioned.insert(name.to_owned());
        match (program.kind, name) {
            (Kind::JavaScript, "from" | "require" | "import" | "Worker" | "register") => {
                javascript(reading, program, &mut imports, at);
            }
            (Kind::Python, "import" | "from") => python(reading, program, &mut imports, at),
            (Kind::Ruby, "require_relative" | "load" | "require") => {
                let at = at + 1 + usize::from(program.is_sign(at + 1, '('));
                let Some(path) = program.literal(at) else { continue };
                let own = name == "require_relative" || path.starts_with('.') || name == "load";
                let named = path.rsplit_once('.').is_some_and(|it| it.1 == "rb");
                let end = if named { "" } else { ".rb" };
                link(reading, program, at..at, &format!("{path}{end}"), own, Kind::Ruby);
            }
            _ => {}
        }
    }
    imports
}

/// `from './x'`, `require('./x')`, `import('./x')`, `import './x'`, `new Worker('./x')`.
fn javascript(reading: &mut Reading, program: &Program<'_>, imports: &mut Imports, at: usize) {
    let call = program.is_sign(at + 1, '(');
    let url = call && program.name(at + 2) == Some("new") && program.name(at + 3) == Some("URL");
    let place = at + if url { 5 } else { 1 + usize::from(call) };
    let Some(path) = program.literal(place) else { return };
    if path.starts_with('.') {
        link(reading, program, place..place, &path, true, Kind::JavaScript);
        return;
    }
    let path = path.strip_prefix("npm:").unwrap_or(&path).to_owned();
    let clause = match program.name(at) {
        Some("from") => (0..at)
            .rev()
            .take(CLAUSE)
            .find(|it| matches!(program.name(*it), Some("import" | "export"))),
        _ => (0..at)
            .rev()
            .take(CLAUSE)
            .find(|it| matches!(program.name(*it), Some("const" | "let" | "var"))),
    };
    let Some(clause) = clause else {
        imports.libraries.entry(path).or_insert(program.range(place, place));
        return;
    };
    // Types are gone before anything runs.
    if program.name(clause + 1) == Some("type") && program.name(clause + 2) != Some("from") {
        return;
    }
    imports.libraries.entry(path.clone()).or_insert(program.range(place, place));
    names(program, imports, clause + 1..at, &path);
}

/// The names of a clause: `run`, `{ a, b as c }`, `{ b: c }`, `* as all`.
fn names(program: &Program<'_>, imports: &mut Imports, clause: Range<usize>, library: &str) {
    let mut braces = false;
    let mut given = None;
    for at in clause {
        match &program.tokens.get(at).map(|it| &it.what) {
            Some(What::Sign('{')) => braces = true,
            Some(What::Sign('=')) => break,
            Some(What::Name(name)) if name == "as" || name == "type" || name == "await" => {}
            Some(What::Name(name)) => {
                let renamed = program.is_sign(at + 1, ':') || program.name(at + 1) == Some("as");
                if renamed && braces {
                    given = Some(name.clone());
                    continue;
                }
                let own = if braces { name.clone() } else { "default".to_owned() };
                let meaning = (given.take().unwrap_or(own), library.to_owned());
                imports.names.entry(name.clone()).or_default().push(meaning);
            }
            _ => {}
        }
    }
}

/// `import a.b`, `from .a import b`.
fn python(reading: &mut Reading, program: &Program<'_>, imports: &mut Imports, at: usize) {
    let keyword = program.name(at);
    let before = at.checked_sub(1);
    if keyword == Some("import") && before.is_some_and(|it| is_path(program, it)) {
        // The `import` of `from x import y`: the line of `from` has seen to it.
        return;
    }
    let first = at + 1;
    let mut end = first;
    let mut path = String::new();
    while let Some(token) = program.tokens.get(end) {
        match &token.what {
            What::Sign('.') => path.push('.'),
            What::Name(name) if path.is_empty() || path.ends_with('.') => {
                if name == "import" {
                    break;
                }
                path.push_str(name);
            }
            _ => break,
        }
        end += 1;
    }
    if path.is_empty() {
        return;
    }
    let place = first..end.saturating_sub(1).max(first);
    let dots = path.chars().take_while(|it| *it == '.').count();
    if dots == 0 {
        let range = program.range(place.start, place.end);
        imports.libraries.entry(path.clone()).or_insert(range);
    }
    let up = "../".repeat(dots.saturating_sub(1).min(64));
    let file = format!("{up}{}", path[dots..].replace('.', "/"));
    let mut files = vec![file.clone()];
    if keyword == Some("from") && program.name(end) == Some("import") {
        // What is taken from a package may be a file in it.
        let taken = (end + 1..end + 20).take_while(|it| {
            program.name(*it).is_some() || program.is_sign(*it, ',') || program.is_sign(*it, '(')
        });
        let names = taken.filter_map(|it| program.name(it));
        let names = names.take_while(|it| !matches!(*it, "import" | "from" | "def" | "class"));
        let below = |it: &str| {
            if path[dots..].is_empty() { format!("{up}{it}") } else { format!("{file}/{it}") }
        };
        files.extend(names.map(below));
    }
    for file in files.iter().filter(|it| !it.is_empty() && !it.ends_with('/')) {
        for file in [format!("{file}.py"), format!("{file}/__init__.py")] {
            link(reading, program, place.clone(), &file, true, Kind::Python);
        }
    }
}

/// Whether a token may be part of a module's path in `from a.b import`.
fn is_path(program: &Program<'_>, at: usize) -> bool {
    let mut back = (0..=at).rev().take(24);
    let stop = back.find(|it| match program.name(*it) {
        Some(name) => matches!(name, "from" | "import"),
        None => !program.is_sign(*it, '.'),
    });
    stop.is_some_and(|it| program.name(it) == Some("from"))
}

/// A link to a file, where it is one of this repository.
fn link(
    reading: &mut Reading,
    program: &Program<'_>,
    tokens: Range<usize>,
    path: &str,
    own: bool,
    kind: Kind,
) {
    if own {
        let range = program.range(tokens.start, tokens.end);
        let word = Word::new(Text::within(path, &range));
        reading.link(program.host, range, Call::file_as(word, kind));
    }
}
