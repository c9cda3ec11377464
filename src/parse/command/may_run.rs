//! Which programs are worth reading, told from their bytes alone.

use super::Kind;
use crate::source::RepoPath;

/// Without one of these a program starts nothing, migrates nothing and loads nothing that does.
const NEEDLES: &[&[u8]] = &[
    b"child_process",
    b"execa",
    b"exec(",
    b"execSync",
    b"execFile",
    b"execCommand",
    b"executeCommand",
    b"execAsync",
    b"execP",
    b"ExecOutput",
    b"os.exec",
    b"spawn",
    b"Spawn",
    b"system(",
    b"system '",
    b"system \"",
    b"subprocess",
    b"popen",
    b"Popen",
    b"getoutput",
    b"getstatusoutput",
    b"Open3",
    b"%x",
    b"fork(",
    b"Worker(",
    b"$`",
    b"$({",
    b"zx",
    b"sh`",
    b"shell`",
    b"exec`",
    b"quiet`",
    b"runC",
    b"runS",
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
    b"dropSchema",
    b"refreshDatabase",
    b"DatabaseTasks",
    b"post-deploy",
    b"pre-deploy",
    b"post-setup",
    b"pre-setup",
    b"Deno.Command",
    b"npx",
    b"run('",
    b"run(\"",
    b"sh('",
    b"sh(\"",
    b"local('",
    b"local(\"",
    b"sudo('",
    b"sudo(\"",
    b"call('",
    b"call(\"",
    b"execute('",
    b"execute(\"",
    b"run(`",
    b"sh(`",
    b"run '",
    b"run \"",
    b"sh '",
    b"sh \"",
    b"exec '",
    b"exec \"",
    b"spawn '",
    b"spawn \"",
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
        // Their keys are common words elsewhere.
        "js" | "cjs" | "mjs" | "ts" if name.contains("ecosystem") || name.contains("pm2") => true,
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
