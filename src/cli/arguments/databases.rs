//! What commands take that work with a database: one that is thrown away, or one that is in use.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::Format;
use crate::gate::Wanted;

/// Which migrations it is about.
#[derive(Debug, Args)]
pub(in crate::cli) struct Migrations {
    /// Those that were committed since the branch left REF
    #[arg(long, value_name = "REF", conflicts_with_all = ["rev", "from"])]
    pub(in crate::cli) base: Option<String>,
    /// Those of one commit
    #[arg(long, value_name = "REV", conflicts_with = "from")]
    pub(in crate::cli) rev: Option<String>,
    /// That migration and all that come after it in HEAD
    #[arg(long, value_name = "MIGRATION")]
    pub(in crate::cli) from: Option<String>,
    /// Do not try the rollback on a throw-away Postgres
    #[arg(long)]
    pub(in crate::cli) no_proof: bool,
    /// What to try it on
    #[arg(long, value_enum, default_value_t = Engine::Auto)]
    pub(in crate::cli) engine: Engine,
    /// After how many seconds the server is stopped
    #[arg(long, value_name = "SECONDS", default_value_t = 300)]
    pub(in crate::cli) deadline: u64,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Without --base, --rev and --from, it is about the migrations that are staged or were not merged yet."
)]
pub(in crate::cli) struct Kit {
    #[command(flatten)]
    pub(in crate::cli) migrations: Migrations,
    /// A folder that is made, with one in it for each migration
    #[arg(long, value_name = "DIR")]
    pub(in crate::cli) out: PathBuf,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Without --base, --rev and --from, it is about the migrations that are staged or were not merged yet."
)]
pub(in crate::cli) struct Rollback {
    #[command(flatten)]
    pub(in crate::cli) migrations: Migrations,
    /// Only the statements
    #[arg(long, conflicts_with = "json")]
    pub(in crate::cli) sql: bool,
    /// For programs
    #[arg(long)]
    pub(in crate::cli) json: bool,
    /// Write a guide and a file of SQL for each migration into DIR
    #[arg(long, value_name = "DIR")]
    pub(in crate::cli) out: Option<PathBuf>,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Without --base and --rev, what is staged is rehearsed on top of what is merged."
)]
pub(in crate::cli) struct Rehearse {
    /// What was committed since the branch left REF
    #[arg(long, value_name = "REF", conflicts_with = "rev")]
    pub(in crate::cli) base: Option<String>,
    /// What one commit did to its first parent
    #[arg(long, value_name = "REV")]
    pub(in crate::cli) rev: Option<String>,
    /// Stop what takes longer
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=86400))]
    pub(in crate::cli) deadline: u64,
    /// What runs Postgres: programs of this machine, or what is built into sprag
    #[arg(long, value_enum, default_value_t = Engine::Auto)]
    pub(in crate::cli) engine: Engine,
    /// Make a database for this on a server that is kept for it, and drop it again
    #[arg(long, value_name = "URL", conflicts_with = "engine")]
    pub(in crate::cli) shadow_url: Option<String>,
    /// The same, and the URL stands in a variable of the environment
    #[arg(long, value_name = "NAME", conflicts_with_all = ["engine", "shadow_url"])]
    pub(in crate::cli) shadow_url_env: Option<String>,
    /// The shadow server may be a hosted one
    #[arg(long)]
    pub(in crate::cli) allow_hosted_shadow: bool,
    /// How to say it; the verdict is the same
    #[arg(long)]
    pub(in crate::cli) format: Option<Format>,
    /// Show what is excused as well
    #[arg(short, long)]
    pub(in crate::cli) verbose: bool,
}

/// A database that is in use. The session can only read.
#[derive(Args)]
pub(in crate::cli) struct Database {
    /// Look at the database that this URL names; a variable is safer
    #[arg(long, value_name = "URL", conflicts_with = "database_url_env")]
    pub(in crate::cli) database_url: Option<String>,
    /// Look at the database whose URL this environment variable has
    #[arg(long, value_name = "NAME")]
    pub(in crate::cli) database_url_env: Option<String>,
}

impl std::fmt::Debug for Database {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Database")
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum Telling {
    Human,
    // To be pasted into a report.
    Markdown,
    Json,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Nothing is written: the session is read-only. Without `sslmode` in the URL a connection to another machine \
                  is encrypted; `verify-full` has the server's certificate verified as well. Exit codes: 0 the database is \
                  as the migrations leave it, 1 it differs, 2 it could not be looked at."
)]
pub(in crate::cli) struct Verify {
    #[command(flatten)]
    pub(in crate::cli) database: Database,
    /// Compare with the migrations of this revision
    #[arg(long, value_name = "REV", default_value = "HEAD")]
    pub(in crate::cli) rev: String,
    /// Ask only for what this migration makes; may be given several times
    #[arg(long = "migration", value_name = "PATH")]
    pub(in crate::cli) migrations: Vec<String>,
    /// The folder of one database, where the repository has the migrations of several
    #[arg(long, value_name = "FOLDER")]
    pub(in crate::cli) folder: Option<String>,
    /// How to say it; the verdict is the same
    #[arg(long)]
    pub(in crate::cli) format: Option<Telling>,
    /// Show what is excused as well
    #[arg(short, long)]
    pub(in crate::cli) verbose: bool,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Without a database, what `.sprag/applied.toml` has is told. Exit codes: 0 nothing is wrong, 1 a migration \
                  failed, was edited after it was applied, or has no file, 2 it could not be looked at."
)]
pub(in crate::cli) struct Status {
    #[command(flatten)]
    pub(in crate::cli) database: Database,
    /// The migrations of this revision
    #[arg(long, value_name = "REV", default_value = "HEAD")]
    pub(in crate::cli) rev: String,
    /// Those of one database, where the repository has the migrations of several
    #[arg(long, value_name = "FOLDER")]
    pub(in crate::cli) folder: Option<String>,
    /// How to say it
    #[arg(long)]
    pub(in crate::cli) format: Option<Format>,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Writes `.sprag/applied.toml`, which is then committed. What it lists is neither edited nor removed."
)]
pub(in crate::cli) struct Applied {
    /// Migrations that HEAD has
    #[arg(required = true, value_name = "PATH")]
    pub(in crate::cli) paths: Vec<String>,
    /// Who has applied them
    #[arg(long, value_name = "NAME", required_unless_present = "verified_by")]
    pub(in crate::cli) by: Option<String>,
    /// Who has looked whether they are there; somebody else
    #[arg(long, value_name = "NAME")]
    pub(in crate::cli) verified_by: Option<String>,
    /// When, in place of now
    #[arg(long, value_name = "TIME")]
    pub(in crate::cli) at: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum Engine {
    /// Programs of this machine, else what is built in
    Auto,
    /// Programs of this machine
    Local,
    /// What `./install.sh --with-postgres` builds in
    Embedded,
}

impl From<Engine> for Wanted {
    fn from(engine: Engine) -> Wanted {
        match engine {
            Engine::Auto => Wanted::Any,
            Engine::Local => Wanted::Local,
            Engine::Embedded => Wanted::Embedded,
        }
    }
}

/// The process of the embedded Postgres, which is started by a rehearsal.
#[cfg(feature = "embedded-postgres")]
#[derive(Debug, Args)]
pub(in crate::cli) struct EmbeddedPostgres {
    #[arg(value_parser = ["memory", "directory"])]
    pub(in crate::cli) storage: String,
    pub(in crate::cli) data: PathBuf,
    pub(in crate::cli) sockets: PathBuf,
}
