//! Which programs are worth reading, told from their bytes alone.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use super::Kind;
use crate::source::RepoPath;

/// Without one of these a program starts nothing, migrates nothing and loads nothing that does.
const NEEDLES: &[&str] = &[
    "child_process",
    "execa",
    "exec(",
    "execSync",
    "execFile",
    "execCommand",
    "executeCommand",
    "execAsync",
    "execP",
    "ExecOutput",
    "os.exec",
    "spawn",
    "Spawn",
    "system(",
    "system '",
    "system \"",
    "subprocess",
    "popen",
    "Popen",
    "getoutput",
    "getstatusoutput",
    "Open3",
    "%x",
    "fork(",
    "Worker(",
    "$`",
    "$({",
    "zx",
    "sh`",
    "shell`",
    "exec`",
    "quiet`",
    "runC",
    "runS",
    "migrat",
    "Migrat",
    "prisma",
    "drizzle",
    "umzug",
    "alembic",
    "postgrator",
    "synchronize",
    "sync(",
    "upgrade(",
    "updateSchema",
    "dropSchema",
    "refreshDatabase",
    "DatabaseTasks",
    "post-deploy",
    "pre-deploy",
    "post-setup",
    "pre-setup",
    "Deno.Command",
    "npx",
    "run('",
    "run(\"",
    "sh('",
    "sh(\"",
    "local('",
    "local(\"",
    "sudo('",
    "sudo(\"",
    "call('",
    "call(\"",
    "execute('",
    "execute(\"",
    "run(`",
    "sh(`",
    "run '",
    "run \"",
    "sh '",
    "sh \"",
    "exec '",
    "exec \"",
    "spawn '",
    "spawn \"",
];

/// Without one of these a file that nobody's name tells does nothing to a database.
const TOOLS: &[&str] = &[
    "prisma",
    "migrat",
    "Migrat",
    "drizzle",
    "supabase",
    "psql",
    "knex",
    "sequelize",
    "typeorm",
    "flyway",
    "liquibase",
    "dbmate",
    "goose",
    "sqlx",
    "alembic",
    "atlas",
    "sqitch",
    "db:",
];

/// Whether a file may hold a command or apply a migration. False only where it surely does not. What a program only
/// loads from elsewhere is no reason: whoever looks at it follows that only if something changes there.
pub fn may_run(path: &RepoPath, bytes: &[u8]) -> bool {
    static PROGRAMS: LazyLock<Option<AhoCorasick>> =
        LazyLock::new(|| AhoCorasick::new(NEEDLES).ok());
    static OTHERS: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| AhoCorasick::new(TOOLS).ok());
    let any = |of: &Option<AhoCorasick>| of.as_ref().is_none_or(|it| it.is_match(bytes));
    let name = String::from_utf8_lossy(path.file_name());
    let extension = name.rsplit_once('.').map_or("", |it| it.1).to_ascii_lowercase();
    match extension.as_str() {
        "" => bytes.starts_with(b"#!"),
        // Every Kubernetes manifest has it.
        "yml" | "yaml" => memmem(bytes, b"apiVersion:"),
        "sh" | "bash" | "zsh" | "ksh" => true,
        // Backticks run what is in them.
        "rb" => bytes.contains(&b'`') || any(&PROGRAMS),
        // Their keys are common words elsewhere.
        "js" | "cjs" | "mjs" | "ts" if name.contains("ecosystem") || name.contains("pm2") => true,
        _ if Kind::perhaps(path) => any(&PROGRAMS),
        _ => any(&OTHERS),
    }
}

fn memmem(bytes: &[u8], needle: &[u8]) -> bool {
    bytes.windows(needle.len()).any(|it| it == needle)
}
