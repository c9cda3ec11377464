//! The name of the program that a word starts.

use super::word::Word;

/// Without folders, version and suffix; none where a part of the name itself cannot be resolved.
pub(super) fn name(word: &Word) -> Option<String> {
    let text = word.text.as_str();
    if matches!(text, "$npm_execpath" | "${npm_execpath}") {
        return Some("npm".to_owned());
    }
    if word.unknown.is_some()
        && let Some(tool) = tool(text)
    {
        return Some(tool);
    }
    let roots = ["$(npm root)/", "$(npm root -g)/", "`npm root`/", "`npm root -g`/"];
    if let Some(inside) = roots.iter().find_map(|it| text.strip_prefix(it)) {
        return Some(package(inside).to_owned());
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

/// Tools that scripts call by a variable of their name: `$PYTHON`, `"${DOCKER_COMPOSE}"`, `$PRISMA_BIN`.
const TOOLS: &[&str] = &[
    "sudo",
    "docker",
    "podman",
    "kubectl",
    "helm",
    "git",
    "node",
    "npm",
    "npx",
    "pnpm",
    "yarn",
    "bun",
    "bunx",
    "deno",
    "tsx",
    "python",
    "python3",
    "pip",
    "pip3",
    "uv",
    "poetry",
    "ruby",
    "bundle",
    "php",
    "composer",
    "perl",
    "java",
    "mvn",
    "gradle",
    "go",
    "cargo",
    "rustc",
    "make",
    "cmake",
    "ninja",
    "cc",
    "cxx",
    "gcc",
    "clang",
    "curl",
    "wget",
    "psql",
    "pg_dump",
    "prisma",
    "supabase",
    "drizzle-kit",
    "knex",
    "alembic",
    "tar",
    "sed",
    "awk",
    "grep",
    "gpg",
    "ssh",
    "scp",
    "rsync",
    "aws",
    "gcloud",
    "az",
    "terraform",
    "gh",
    "jq",
    "yq",
    "fly",
    "flyctl",
    "openssl",
    "shell",
    "bash",
    "sh",
    "editor",
    "browser",
    "vercel",
    "netlify",
    "heroku",
    "railway",
    "turbo",
    "tsc",
    "vite",
];

/// The tool that a word stands for which is a variable named like it, or asks where it is: `$(which npx)`.
fn tool(text: &str) -> Option<String> {
    let asked = text.strip_prefix("$(").and_then(|it| it.strip_suffix(')'));
    let asked = asked.or_else(|| text.strip_prefix('`')?.strip_suffix('`'));
    if let Some(asked) = asked {
        let asks = ["command -v ", "which ", "type -P ", "type -p "];
        let name = asks.iter().find_map(|it| asked.trim().strip_prefix(it))?.trim();
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        return name.chars().all(plain).then(|| name.to_owned());
    }
    let name = text.strip_prefix('$')?;
    let name = name.strip_prefix('{').map_or(Some(name), |it| it.strip_suffix('}'))?;
    let name = name.to_ascii_lowercase();
    let ends = ["_bin", "_cmd", "_path", "_exe", "_executable", "_command", "_binary"];
    let name = ends.iter().find_map(|it| name.strip_suffix(it)).unwrap_or(&name);
    let name = name.replace('_', "-");
    let name = match name.as_str() {
        "compose" => "docker-compose",
        "shell" => "sh",
        it => it,
    };
    (TOOLS.contains(&name) || matches!(name, "docker-compose" | "sh")).then(|| name.to_owned())
}
