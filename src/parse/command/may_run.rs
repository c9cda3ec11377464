//! Which programs are worth reading, told from their bytes alone.

use super::Kind;
use crate::source::RepoPath;

/// Without one of these a program starts nothing, migrates nothing and loads nothing that does.
const NEEDLES: &[&[u8]] = &[
    b"child_process",
    b"exec",
    b"Exec",
    b"spawn",
    b"Spawn",
    b"system",
    b"subprocess",
    b"popen",
    b"Popen",
    b"Open3",
    b"%x",
    b"fork(",
    b"Worker(",
    b"$`",
    b"zx",
    b"shell",
    b"migrat",
    b"Migrat",
    b"prisma",
    b"drizzle",
    b"umzug",
    b"alembic",
    b"postgrator",
    b"synchronize",
    b"sync(",
    b"upgrade(",
    b"updateSchema",
    b"DatabaseTasks",
    b"post-deploy",
    b"Command(",
    b"run(",
    b"sh(",
    b"script:",
];

/// Whether a file that [`Kind::perhaps`] names may hold a command or apply a migration. False only where it surely does
/// not. What it only loads from elsewhere is no reason: whoever looks at it follows that only if something changes there.
pub fn may_run(path: &RepoPath, bytes: &[u8]) -> bool {
    let name = String::from_utf8_lossy(path.file_name());
    let extension = name.rsplit_once('.').map_or("", |it| it.1).to_ascii_lowercase();
    match extension.as_str() {
        "" => bytes.starts_with(b"#!"),
        "yml" | "yaml" => has(bytes, b"apiVersion:"),
        "sh" | "bash" | "zsh" | "ksh" => true,
        // Backticks run what is in them.
        "rb" => bytes.contains(&b'`') || NEEDLES.iter().any(|it| has(bytes, it)),
        _ => Kind::perhaps(path) && NEEDLES.iter().any(|it| has(bytes, it)),
    }
}

/// Whether bytes stand somewhere in others. Looks for the first of them, then compares.
fn has(bytes: &[u8], needle: &[u8]) -> bool {
    let Some((&first, rest)) = needle.split_first() else { return true };
    let mut bytes = bytes;
    while let Some(at) = bytes.iter().position(|&it| it == first) {
        bytes = &bytes[at + 1..];
        if bytes.starts_with(rest) {
            return true;
        }
    }
    false
}
