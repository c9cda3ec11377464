//! The command line, as `--help` tells it.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use super::rules::Listing;
use crate::gate::Wanted;
use crate::report;

/// Refuses schema changes that take away, and deployments that run migrations.
///
/// Exit codes: 0 passes, 1 refused, 2 could not judge.
#[derive(Debug, Parser)]
#[command(name = "sprag", version, max_term_width = 100)]
pub(super) struct Arguments {
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Judge a change, or files
    Check(Check),
    /// Show what a machine can mend, or write it
    Fix(Fix),
    /// Judge everything that the repository holds
    Audit(Audit),
    /// Compare schema.prisma with what the migrations leave behind, without a database
    Drift(Audit),
    /// Apply a change to a throw-away Postgres, and compare what it does with what it says
    Rehearse(Rehearse),
    /// Write how to take migrations back, and prove it on a throw-away Postgres
    Rollback(Rollback),
    /// Write what whoever applies migrations by hand needs: queries, scripts, checklist
    Kit(Kit),
    /// Compare a database that is in use with what the migrations leave behind
    Verify(Verify),
    /// Say which migrations a database has, by what tools and the ledger record
    Status(Status),
    /// Write down that migrations were applied by hand, or that somebody verified them
    Applied(Applied),
    /// Write down what was there before, so that only new findings are refused
    Baseline {
        #[arg(hide = true, value_parser = ["write"])]
        action: Option<String>,
    },
    /// Sign for what a rule refuses until somebody does
    Approve(Approve),
    /// List what was signed for, and what of it counts
    Approvals(Approvals),
    /// Judge the change that a CI job is about
    Ci(Ci),
    /// What the git hooks run
    Hook {
        #[command(subcommand)]
        hook: Hook,
    },
    /// Put the hooks where git looks
    Install(Install),
    /// Take the hooks away again
    Uninstall(Uninstall),
    /// Say whether the hooks are really there, and what mends them
    Doctor(Doctor),
    /// Write a policy.toml that fits the repository
    Init,
    /// Show what deployments run, and what that runs
    DeployGraph(DeployGraph),
    /// Show a rule's page
    Explain { rule: String },
    /// List every rule
    Rules {
        /// How to say it
        #[arg(long, value_enum, default_value_t = Listing::Human)]
        format: Listing,
    },
    #[cfg(feature = "embedded-postgres")]
    #[command(hide = true)]
    EmbeddedPostgres(EmbeddedPostgres),
}

impl Command {
    pub(super) fn format(&self) -> Format {
        match self {
            Command::Check(it) => it.format.unwrap_or(Format::Human),
            Command::Audit(it) | Command::Drift(it) => it.format.unwrap_or(Format::Human),
            Command::Rehearse(it) => it.format.unwrap_or(Format::Human),
            Command::Rollback(it) if it.json => Format::Json,
            Command::Status(it) => it.format.unwrap_or(Format::Human),
            Command::Verify(it) => match it.format {
                Some(Telling::Json) => Format::Json,
                _ => Format::Human,
            },
            Command::Doctor(it) => it.format.unwrap_or(Format::Human),
            Command::Ci(it) => it.format.unwrap_or_else(|| {
                let github = super::env("GITHUB_ACTIONS").is_some_and(|it| it == "true");
                if github { Format::Github } else { Format::Human }
            }),
            _ => Format::Human,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    Human,
    Json,
    Github,
}

impl From<Format> for report::Format {
    fn from(format: Format) -> report::Format {
        match format {
            Format::Human => report::Format::Human,
            Format::Json => report::Format::Json,
            Format::Github => report::Format::Github,
        }
    }
}

#[derive(Debug, Args)]
#[command(
    after_help = "Without any of these, what is staged is judged, and where nothing is, what the branch has."
)]
pub(super) struct Check {
    /// What is about to be committed
    #[arg(long, conflicts_with_all = ["base", "range", "rev", "paths"])]
    pub(super) staged: bool,
    /// What was committed since the branch left REF
    #[arg(long, value_name = "REF", conflicts_with_all = ["range", "rev", "paths"])]
    pub(super) base: Option<String>,
    /// From A to B, or with three dots from where they parted
    #[arg(long, value_name = "A..B", conflicts_with_all = ["rev", "paths"])]
    pub(super) range: Option<String>,
    /// What one commit did to its first parent
    #[arg(long, value_name = "REV", conflicts_with = "paths")]
    pub(super) rev: Option<String>,
    /// Files as they lie, as if they were new; `-` for a migration from standard input
    pub(super) paths: Vec<PathBuf>,
    /// How to say it; the verdict is the same
    #[arg(long)]
    pub(super) format: Option<Format>,
    /// Show what is excused as well
    #[arg(short, long)]
    pub(super) verbose: bool,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Mends the files of the worktree, staged or not, whose migrations are not merged yet, and only where \
                  nothing new is found afterwards. The index stays as it is. Exit codes: 0 nothing is left, 1 something \
                  is, 2 could not judge."
)]
pub(super) struct Fix {
    /// Write the files instead of showing what would differ
    #[arg(short, long)]
    pub(super) write: bool,
    /// Mend what was added since the branch left REF
    #[arg(long, value_name = "REF")]
    pub(super) base: Option<String>,
    /// Mend what is merged already, by new migrations
    #[arg(long, conflicts_with = "base")]
    pub(super) merged: bool,
    /// Mend what this rule finds, and nothing else; may be given several times
    #[arg(long = "rule", value_name = "RULE")]
    pub(super) rules: Vec<String>,
}

#[derive(Debug, Args)]
pub(super) struct Audit {
    #[arg(default_value = "HEAD")]
    pub(super) rev: String,
    /// How to say it; the verdict is the same
    #[arg(long)]
    pub(super) format: Option<Format>,
    /// Show what is excused as well
    #[arg(short, long)]
    pub(super) verbose: bool,
}

/// Which migrations it is about.
#[derive(Debug, Args)]
pub(super) struct Migrations {
    /// Those that were committed since the branch left REF
    #[arg(long, value_name = "REF", conflicts_with_all = ["rev", "from"])]
    pub(super) base: Option<String>,
    /// Those of one commit
    #[arg(long, value_name = "REV", conflicts_with = "from")]
    pub(super) rev: Option<String>,
    /// That migration and all that come after it in HEAD
    #[arg(long, value_name = "MIGRATION")]
    pub(super) from: Option<String>,
    /// Do not try the rollback on a throw-away Postgres
    #[arg(long)]
    pub(super) no_proof: bool,
    /// What to try it on
    #[arg(long, value_enum, default_value_t = Engine::Auto)]
    pub(super) engine: Engine,
    /// After how many seconds the server is stopped
    #[arg(long, value_name = "SECONDS", default_value_t = 300)]
    pub(super) deadline: u64,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Without --base, --rev and --from, it is about the migrations that are staged or were not merged yet."
)]
pub(super) struct Kit {
    #[command(flatten)]
    pub(super) migrations: Migrations,
    /// A folder that is made, with one in it for each migration
    #[arg(long, value_name = "DIR")]
    pub(super) out: PathBuf,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Without --base, --rev and --from, it is about the migrations that are staged or were not merged yet."
)]
pub(super) struct Rollback {
    #[command(flatten)]
    pub(super) migrations: Migrations,
    /// Only the statements
    #[arg(long, conflicts_with = "json")]
    pub(super) sql: bool,
    /// For programs
    #[arg(long)]
    pub(super) json: bool,
    /// Write a guide and a file of SQL for each migration into DIR
    #[arg(long, value_name = "DIR")]
    pub(super) out: Option<PathBuf>,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Without --base and --rev, what is staged is rehearsed on top of what is merged."
)]
pub(super) struct Rehearse {
    /// What was committed since the branch left REF
    #[arg(long, value_name = "REF", conflicts_with = "rev")]
    pub(super) base: Option<String>,
    /// What one commit did to its first parent
    #[arg(long, value_name = "REV")]
    pub(super) rev: Option<String>,
    /// Stop what takes longer
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=86400))]
    pub(super) deadline: u64,
    /// What runs Postgres: programs of this machine, or what is built into sprag
    #[arg(long, value_enum, default_value_t = Engine::Auto)]
    pub(super) engine: Engine,
    /// Make a database for this on a server that is kept for it, and drop it again
    #[arg(long, value_name = "URL", conflicts_with = "engine")]
    pub(super) shadow_url: Option<String>,
    /// The same, and the URL stands in a variable of the environment
    #[arg(long, value_name = "NAME", conflicts_with_all = ["engine", "shadow_url"])]
    pub(super) shadow_url_env: Option<String>,
    /// The shadow server may be a hosted one
    #[arg(long)]
    pub(super) allow_hosted_shadow: bool,
    /// How to say it; the verdict is the same
    #[arg(long)]
    pub(super) format: Option<Format>,
    /// Show what is excused as well
    #[arg(short, long)]
    pub(super) verbose: bool,
}

/// A database that is in use. The session can only read.
#[derive(Args)]
pub(super) struct Database {
    /// Look at the database that this URL names; a variable is safer
    #[arg(long, value_name = "URL", conflicts_with = "database_url_env")]
    pub(super) database_url: Option<String>,
    /// Look at the database whose URL this environment variable has
    #[arg(long, value_name = "NAME")]
    pub(super) database_url_env: Option<String>,
}

impl std::fmt::Debug for Database {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Database")
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Telling {
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
pub(super) struct Verify {
    #[command(flatten)]
    pub(super) database: Database,
    /// Compare with the migrations of this revision
    #[arg(long, value_name = "REV", default_value = "HEAD")]
    pub(super) rev: String,
    /// Ask only for what this migration makes; may be given several times
    #[arg(long = "migration", value_name = "PATH")]
    pub(super) migrations: Vec<String>,
    /// The folder of one database, where the repository has the migrations of several
    #[arg(long, value_name = "FOLDER")]
    pub(super) folder: Option<String>,
    /// How to say it; the verdict is the same
    #[arg(long)]
    pub(super) format: Option<Telling>,
    /// Show what is excused as well
    #[arg(short, long)]
    pub(super) verbose: bool,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Without a database, what `.sprag/applied.toml` has is told. Exit codes: 0 nothing is wrong, 1 a migration \
                  failed, was edited after it was applied, or has no file, 2 it could not be looked at."
)]
pub(super) struct Status {
    #[command(flatten)]
    pub(super) database: Database,
    /// The migrations of this revision
    #[arg(long, value_name = "REV", default_value = "HEAD")]
    pub(super) rev: String,
    /// Those of one database, where the repository has the migrations of several
    #[arg(long, value_name = "FOLDER")]
    pub(super) folder: Option<String>,
    /// How to say it
    #[arg(long)]
    pub(super) format: Option<Format>,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Writes `.sprag/applied.toml`, which is then committed. What it lists is neither edited nor removed."
)]
pub(super) struct Applied {
    /// Migrations that HEAD has
    #[arg(required = true, value_name = "PATH")]
    pub(super) paths: Vec<String>,
    /// Who has applied them
    #[arg(long, value_name = "NAME", required_unless_present = "verified_by")]
    pub(super) by: Option<String>,
    /// Who has looked whether they are there; somebody else
    #[arg(long, value_name = "NAME")]
    pub(super) verified_by: Option<String>,
    /// When, in place of now
    #[arg(long, value_name = "TIME")]
    pub(super) at: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Engine {
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
pub(super) struct EmbeddedPostgres {
    #[arg(value_parser = ["memory", "directory"])]
    pub(super) storage: String,
    pub(super) data: PathBuf,
    pub(super) sockets: PathBuf,
}

#[derive(Debug, Args)]
pub(super) struct DeployGraph {
    #[arg(default_value = "HEAD")]
    pub(super) rev: String,
    /// How to draw it
    #[arg(long, default_value = "text")]
    pub(super) format: Picture,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Picture {
    /// A tree, for a terminal
    Text,
    /// A flowchart, which GitHub draws in Markdown
    Mermaid,
    /// For Graphviz
    Dot,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Shows what is approved, writes it to .sprag/approvals, and has `ssh-keygen` sign it. It counts once it is \
                  part of the change: stage and commit both files."
)]
pub(super) struct Approve {
    /// The file that the finding is in
    pub(super) path: PathBuf,
    /// The rule that refuses it, as the finding names it; `policy-change` for what `policy-tampered` finds
    #[arg(long, value_name = "RULE")]
    pub(super) rule: String,
    /// Why, for who reads it in a year
    #[arg(long, value_name = "TEXT")]
    pub(super) reason: String,
    /// The last day on which it counts
    #[arg(long, value_name = "DATE", conflicts_with = "days")]
    pub(super) expires: Option<String>,
    /// For how many days it counts: 14, or as many as the policy allows
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=3650))]
    pub(super) days: Option<u32>,
    /// Your name in the list of signers, where the key alone does not say it
    #[arg(long = "as", value_name = "PRINCIPAL")]
    pub(super) principal: Option<String>,
    /// The key to sign with, private or public: git's `user.signingkey`, else the only one of your agent
    #[arg(long, value_name = "FILE")]
    pub(super) key: Option<PathBuf>,
    /// Approve what was committed since the branch left REF, not what is staged
    #[arg(long, value_name = "REF")]
    pub(super) base: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct Approvals {
    /// What was committed since the branch left REF, not what is staged
    #[arg(long, value_name = "REF")]
    pub(super) base: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct Ci {
    /// Compare with REF instead of what the CI system says
    #[arg(long, value_name = "REF")]
    pub(super) base: Option<String>,
    /// How to say it; the verdict is the same
    #[arg(long)]
    pub(super) format: Option<Format>,
}

// Whatever git or a manager adds, names of files and of remotes, is taken and looked at by nobody.
#[derive(Clone, Debug, Subcommand)]
#[expect(clippy::enum_variant_names, reason = "these are git's names")]
pub(super) enum Hook {
    PreCommit {
        #[arg(hide = true, allow_hyphen_values = true)]
        rest: Vec<OsString>,
    },
    PreMergeCommit {
        #[arg(hide = true, allow_hyphen_values = true)]
        rest: Vec<OsString>,
    },
    /// Reads the refs from standard input, as git writes them
    PrePush {
        #[arg(hide = true, allow_hyphen_values = true)]
        rest: Vec<OsString>,
    },
    /// Reads the refs from standard input, as git writes them
    PreReceive {
        #[arg(hide = true, allow_hyphen_values = true)]
        rest: Vec<OsString>,
    },
}

#[derive(Debug, Args)]
pub(super) struct Install {
    /// The repository, where it is not the current one
    #[arg(long, value_name = "DIR")]
    pub(super) repo: Option<PathBuf>,
    /// Install the hook of a server that people push to
    #[arg(long)]
    pub(super) server: bool,
    /// Install also where git is told to look elsewhere, and in CI
    #[arg(long)]
    pub(super) force: bool,
}

#[derive(Debug, Args)]
pub(super) struct Uninstall {
    /// The repository, where it is not the current one
    #[arg(long, value_name = "DIR")]
    pub(super) repo: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct Doctor {
    /// The repository, where it is not the current one
    #[arg(long, value_name = "DIR")]
    pub(super) repo: Option<PathBuf>,
    #[arg(long)]
    pub(super) format: Option<Format>,
}
