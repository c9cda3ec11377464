//! The shape of the code, as `src/lib.rs` tells it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use sprag::rules;

/// The modules, in reading order: each may use those before it, never those after.
const ORDER: [&str; 19] = [
    "failure",
    "source",
    "schema",
    "parse",
    "kit",
    "rollback",
    "rules",
    "signature",
    "policy",
    "verdict",
    "approval",
    "report",
    "repo",
    "cache",
    "postgres",
    "gate",
    "fix",
    "hooks",
    "cli",
];

/// What is arithmetic: it cannot fail, and it looks at nothing but what it is given.
const MIDDLE: [&str; 11] = [
    "source",
    "schema",
    "parse",
    "kit",
    "rollback",
    "rules",
    "signature",
    "policy",
    "verdict",
    "approval",
    "report",
];

/// Who may use a crate from outside: a file or a folder below `src`. Another owner needs a reason, written here.
const OWNERS: &[(&str, &[&str])] = &[
    // Programs by the thousand are told from their bytes.
    ("aho-corasick", &["parse/command/may_run.rs"]),
    ("annotate-snippets", &["report"]),
    ("clap", &["cli"]),
    ("crc32fast", &["cache"]),
    ("git2", &["repo"]),
    ("jsonc-parser", &["parse/command/jsonc.rs"]),
    // Named only for how it is built.
    ("libz-sys", &[]),
    ("globset", &["policy/globs.rs"]),
    // The child process of the embedded server is the only one that knows it.
    ("oliphaunt-wasix", &["postgres/backend.rs"]),
    // What a connection string says is read where it is kept from being shown.
    ("postgres", &["postgres/session.rs", "postgres/connect.rs", "postgres/lent.rs"]),
    // Catalogs lie in files so that one table can be read of ten thousand, and the cache writes such files.
    ("postcard", &["schema/store.rs", "schema/stored.rs", "cache"]),
    // TLS for databases that are in use.
    ("rustls", &["postgres/connect.rs"]),
    ("rustls-native-certs", &["postgres/connect.rs"]),
    ("saphyr-parser", &["parse/command/yaml.rs"]),
    // Derives, wherever something is kept or told as JSON.
    (
        "serde",
        &[
            "source", "schema", "parse", "rules", "verdict", "report", "cache", "postgres", "gate",
            "hooks",
        ],
    ),
    ("serde_json", &["parse/json.rs", "report/json.rs"]),
    // A finding is named by a hash, and so is a cached file, and what is approved; Prisma names a migration by one.
    ("sha2", &["source/hash.rs", "verdict", "cache", "postgres/kept.rs"]),
    ("similar", &["report/diff.rs"]),
    ("sqlparser", &["parse/dialect"]),
    ("squawk-lexer", &["parse/sql"]),
    // Pinned, not used: the four are only compatible in one release.
    ("squawk-line-index", &[]),
    ("squawk-parser", &[]),
    ("squawk-syntax", &["parse/sql"]),
    ("ssh-key", &["signature"]),
    // The word that was meant: in a policy, on the command line, and in a statement.
    ("strsim", &["policy/catalogue.rs", "cli/rules.rs", "rules/hygiene"]),
    // Files that are there whole or not at all.
    ("tempfile", &["cache", "hooks/file.rs", "fix/write.rs", "postgres", "cli/sign.rs"]),
    ("terminal_size", &["cli/output.rs"]),
    // The second owner reads its own writing again before it touches the configuration of a hook manager.
    ("toml", &["parse", "hooks/manager"]),
    ("tokio-postgres-rustls", &["postgres/connect.rs"]),
];

struct Code {
    /// Below `src`.
    path: String,
    /// What it says that is neither a comment nor one of its own tests.
    text: String,
    lines: usize,
}

impl Code {
    fn module(&self) -> &str {
        let top = self.path.split('/').next().unwrap();
        top.strip_suffix(".rs").unwrap_or(top)
    }

    /// How many modules it lies in: `gate/change.rs` in two.
    fn depth(&self) -> usize {
        self.path.trim_end_matches("/mod.rs").split('/').count()
    }

    /// The words that follow `prefix`, wherever it stands.
    fn after<'a>(&'a self, prefix: &'a str) -> impl Iterator<Item = &'a str> {
        self.text.match_indices(prefix).map(move |(at, _)| {
            let rest = &self.text[at + prefix.len()..];
            let end = rest.find(|c: char| !is_word(c)).unwrap_or(rest.len());
            &rest[..end]
        })
    }

    fn says(&self, text: &str) -> bool {
        self.text.match_indices(text).any(|(at, _)| {
            let before = self.text[..at].chars().next_back();
            let after = self.text[at + text.len()..].chars().next();
            let begins = text.starts_with(is_word) && before.is_some_and(is_word);
            let ends = text.ends_with(is_word) && after.is_some_and(is_word);
            !begins && !ends
        })
    }

    /// Whether it names the crate `name`, and not a module of ours that has its name.
    fn uses(&self, name: &str) -> bool {
        let ours = ["crate::", "super::", "parse::", "self::"];
        let path = format!("{name}::");
        let imports = self.text.split("use ").skip(1).filter_map(|it| it.split(';').next());
        let mut imports =
            imports.filter(|it| it.starts_with("crate::") || it.starts_with("super::"));
        let imports_ours = imports.any(|it| it.split(|c| !is_word(c)).any(|word| word == name));
        let direct = self.text.match_indices(&path).any(|(at, _)| {
            let before = &self.text[..at];
            let word = before.chars().next_back().is_some_and(is_word);
            !word && !ours.iter().any(|it| before.ends_with(it)) && !imports_ours
        });
        direct || self.text.contains(&format!("use {name};"))
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

fn below(directory: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            below(&path, found);
        } else {
            found.push(path);
        }
    }
    found.sort();
}

/// Every file of `src`.
fn files() -> Vec<Code> {
    let mut paths = Vec::new();
    below(&source(), &mut paths);
    let rust = paths.iter().filter(|it| it.extension().is_some_and(|it| it == "rs"));
    let read = |path: &PathBuf| {
        let text = fs::read_to_string(path).unwrap();
        // Tests stand at the end of a file.
        let shipped = text.split("#[cfg(test)]").next().unwrap_or_default();
        let lines = shipped.lines().filter(|it| !it.trim_start().starts_with("//"));
        let path = path.strip_prefix(source()).unwrap().to_str().unwrap().to_owned();
        Code { path, text: lines.collect::<Vec<_>>().join("\n"), lines: text.lines().count() }
    };
    let files: Vec<Code> = rust.map(read).collect();
    assert!(files.len() > 50);
    files
}

fn place(module: &str) -> usize {
    ORDER.iter().position(|it| *it == module).unwrap_or(ORDER.len())
}

#[test]
fn the_modules_are_those_of_lib_rs_in_its_order() {
    let lib = fs::read_to_string(source().join("lib.rs")).unwrap();
    let declared = lib.lines().filter_map(|it| it.strip_prefix("pub mod ")?.strip_suffix(';'));
    assert_eq!(declared.collect::<Vec<_>>(), ORDER);
    let modules: BTreeSet<String> = files().iter().map(|it| it.module().to_owned()).collect();
    let known = ORDER.into_iter().chain(["lib", "main"]);
    assert_eq!(modules, known.map(str::to_owned).collect());
}

#[test]
fn a_module_uses_only_those_before_it() {
    let mut wrong = Vec::new();
    for it in files().iter().filter(|it| place(it.module()) < ORDER.len()) {
        for other in it.after("crate::").filter(|other| place(other) > place(it.module())) {
            // `$crate::` and `pub(in crate::…)` name what they lie in; a list in braces hides what it names.
            if other.is_empty() || ORDER.contains(&other) {
                wrong.push(format!("src/{} uses `{other}`", it.path));
            }
        }
        let out = "super::".repeat(it.depth());
        if it.text.contains(&out) {
            wrong.push(format!("src/{} leaves its module by `{out}`: write `crate::`", it.path));
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

/// The names under `[dependencies]`.
fn dependencies() -> BTreeSet<String> {
    let manifest = include_str!("../../Cargo.toml");
    let section = manifest.split("\n[dependencies]\n").nth(1).unwrap();
    let lines = section.lines().take_while(|it| !it.starts_with('['));
    let named = lines.filter_map(|it| it.split_once(" = ")).map(|it| it.0);
    named.filter(|it| !it.starts_with('#')).map(str::to_owned).collect()
}

#[test]
fn a_crate_from_outside_has_one_owner() {
    let owners: BTreeMap<&str, &[&str]> = OWNERS.iter().copied().collect();
    let listed: BTreeSet<String> = owners.keys().map(|&it| it.to_owned()).collect();
    assert_eq!(dependencies(), listed, "name the module that may use it, in OWNERS");

    let files = files();
    let mut wrong = Vec::new();
    for (name, owners) in owners {
        let using = files.iter().filter(|it| it.uses(&name.replace('-', "_")));
        let using: Vec<&str> = using.map(|it| it.path.as_str()).collect();
        let owns = |owner: &str, path: &str| {
            path.strip_prefix(owner)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/') || rest == ".rs")
        };
        for path in &using {
            if !owners.iter().any(|owner| owns(owner, path)) {
                wrong.push(format!("src/{path} uses `{name}`"));
            }
        }
        for owner in owners {
            if !using.iter().any(|path| owns(owner, path)) {
                wrong.push(format!("src/{owner} owns `{name}` and does not use it"));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn the_middle_looks_at_nothing_but_what_it_is_given() {
    let outside = [
        "std::fs",
        "std::env",
        "std::process",
        "std::net",
        "std::time",
        "std::thread",
        "SystemTime",
        "Instant",
        "HashMap",
        "HashSet",
        "println!",
        "eprintln!",
        "print!",
        "eprint!",
        "io::stdin",
        "io::stdout",
        "io::stderr",
    ];
    let mut wrong = Vec::new();
    for it in files().iter().filter(|it| MIDDLE.contains(&it.module())) {
        for name in outside.iter().filter(|name| it.says(name)) {
            wrong.push(format!("src/{} names `{name}`", it.path));
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn only_the_edge_can_fail() {
    let fails = ["failure", "repo", "cache", "postgres", "gate", "fix", "hooks", "cli"];
    let mut wrong = Vec::new();
    for it in files().iter().filter(|it| !fails.contains(&it.module())) {
        for line in it.text.lines().filter(|it| it.contains("failure::")) {
            let named = line.rsplit("failure::").next().unwrap_or_default();
            if named.contains("Result") || named.contains("Context") {
                wrong.push(format!("src/{}: {}", it.path, line.trim()));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn nothing_that_ships_gives_up_by_a_panic() {
    let mut wrong = Vec::new();
    for it in files() {
        for call in [".unwrap()", ".expect(", "panic!", "todo!", "unimplemented!", "unreachable!"] {
            for line in it.text.lines().filter(|it| it.contains(call)) {
                wrong.push(format!("src/{}: {}", it.path, line.trim()));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn every_rule_is_in_the_list_of_its_family() {
    let listed: BTreeSet<&str> = rules::all().iter().map(|it| it.text).collect();
    let mut declared = 0;
    for it in files().iter().filter(|it| it.module() == "rules" && it.text.contains("declare!(")) {
        let text = fs::read_to_string(source().join(&it.path)).unwrap();
        assert!(listed.contains(text.as_str()), "src/{} is in no list", it.path);
        declared += 1;
    }
    assert_eq!(declared, rules::all().len());
}

#[test]
fn a_file_fits_into_a_head() {
    let long = files().into_iter().filter(|it| it.lines > 400);
    let long: Vec<String> = long.map(|it| format!("src/{}: {} lines", it.path, it.lines)).collect();
    assert_eq!(long, Vec::<String>::new());
}

#[test]
fn a_file_says_what_it_is_in_its_first_line() {
    for it in files() {
        let text = fs::read_to_string(source().join(&it.path)).unwrap();
        let first = text.lines().next().unwrap_or_default();
        assert!(first.starts_with("//! "), "src/{}", it.path);
        assert!(!first.contains("This module"), "src/{}: {first}", it.path);
    }
}
