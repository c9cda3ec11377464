//! The command line, as `--help` tells it.

mod databases;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use super::rules::Listing;
use crate::report;

#[cfg(feature = "embedded-postgres")]
pub(in crate::cli) use databases::EmbeddedPostgres;
pub(in crate::cli) use databases::{
    Applied, Database, Kit, Migrations, Rehearse, Rollback, Status, Telling, Verify,
};

/// Refuses schema changes that take away, and deployments that run migrations.
///
/// Exit codes: 0 passes, 1 refused, 2 could not judge.
#[derive(Debug, Parser)]
#[command(name = "sprag", version, max_term_width = 100)]
pub(in crate::cli) struct Arguments {
    #[command(subcommand)]
    pub(in crate::cli) command: Command,
}

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum Command {
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
    /// Say which gates are really there, how they are passed by, and what mends them
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
    pub(in crate::cli) fn format(&self) -> Format {
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
pub(in crate::cli) enum Format {
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
pub(in crate::cli) struct Check {
    /// What is about to be committed
    #[arg(long, conflicts_with_all = ["base", "range", "rev", "paths"])]
    pub(in crate::cli) staged: bool,
    /// What was committed since the branch left REF
    #[arg(long, value_name = "REF", conflicts_with_all = ["range", "rev", "paths"])]
    pub(in crate::cli) base: Option<String>,
    /// From A to B, or with three dots from where they parted
    #[arg(long, value_name = "A..B", conflicts_with_all = ["rev", "paths"])]
    pub(in crate::cli) range: Option<String>,
    /// What one commit did to its first parent
    #[arg(long, value_name = "REV", conflicts_with = "paths")]
    pub(in crate::cli) rev: Option<String>,
    /// Files as they lie, as if they were new; `-` for a migration from standard input
    pub(in crate::cli) paths: Vec<PathBuf>,
    /// How to say it; the verdict is the same
    #[arg(long)]
    pub(in crate::cli) format: Option<Format>,
    /// Show what is excused as well
    #[arg(short, long)]
    pub(in crate::cli) verbose: bool,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Mends the files of the worktree, staged or not, whose migrations are not merged yet, and only where \
                  nothing new is found afterwards. The index stays as it is. Exit codes: 0 nothing is left, 1 something \
                  is, 2 could not judge."
)]
pub(in crate::cli) struct Fix {
    /// Write the files instead of showing what would differ
    #[arg(short, long)]
    pub(in crate::cli) write: bool,
    /// Mend what was added since the branch left REF
    #[arg(long, value_name = "REF")]
    pub(in crate::cli) base: Option<String>,
    /// Mend what is merged already, by new migrations
    #[arg(long, conflicts_with = "base")]
    pub(in crate::cli) merged: bool,
    /// Mend what this rule finds, and nothing else; may be given several times
    #[arg(long = "rule", value_name = "RULE")]
    pub(in crate::cli) rules: Vec<String>,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Audit {
    #[arg(default_value = "HEAD")]
    pub(in crate::cli) rev: String,
    /// How to say it; the verdict is the same
    #[arg(long)]
    pub(in crate::cli) format: Option<Format>,
    /// Show what is excused as well
    #[arg(short, long)]
    pub(in crate::cli) verbose: bool,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct DeployGraph {
    #[arg(default_value = "HEAD")]
    pub(in crate::cli) rev: String,
    /// How to draw it
    #[arg(long, default_value = "text")]
    pub(in crate::cli) format: Picture,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum Picture {
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
pub(in crate::cli) struct Approve {
    /// The file that the finding is in
    pub(in crate::cli) path: PathBuf,
    /// The rule that refuses it, as the finding names it; `policy-change` for what `policy-tampered` finds
    #[arg(long, value_name = "RULE")]
    pub(in crate::cli) rule: String,
    /// Why, for who reads it in a year
    #[arg(long, value_name = "TEXT")]
    pub(in crate::cli) reason: String,
    /// The last day on which it counts
    #[arg(long, value_name = "DATE", conflicts_with = "days")]
    pub(in crate::cli) expires: Option<String>,
    /// For how many days it counts: 14, or as many as the policy allows
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=3650))]
    pub(in crate::cli) days: Option<u32>,
    /// Your name in the list of signers, where the key alone does not say it
    #[arg(long = "as", value_name = "PRINCIPAL")]
    pub(in crate::cli) principal: Option<String>,
    /// The key to sign with, private or public: git's `user.signingkey`, else the only one of your agent
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) key: Option<PathBuf>,
    /// Approve what was committed since the branch left REF, not what is staged
    #[arg(long, value_name = "REF")]
    pub(in crate::cli) base: Option<String>,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Approvals {
    /// What was committed since the branch left REF, not what is staged
    #[arg(long, value_name = "REF")]
    pub(in crate::cli) base: Option<String>,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Ci {
    /// Compare with REF instead of what the CI system says
    #[arg(long, value_name = "REF")]
    pub(in crate::cli) base: Option<String>,
    /// How to say it; the verdict is the same
    #[arg(long)]
    pub(in crate::cli) format: Option<Format>,
}

// Whatever git or a manager adds, names of files and of remotes, is taken and looked at by nobody.
#[derive(Clone, Debug, Subcommand)]
#[expect(clippy::enum_variant_names, reason = "these are git's names")]
pub(in crate::cli) enum Hook {
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
pub(in crate::cli) struct Install {
    /// The repository, where it is not the current one
    #[arg(long, value_name = "DIR")]
    pub(in crate::cli) repo: Option<PathBuf>,
    /// Install the hook of a server that people push to
    #[arg(long)]
    pub(in crate::cli) server: bool,
    /// Install also where git is told to look elsewhere, and in CI
    #[arg(long)]
    pub(in crate::cli) force: bool,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Uninstall {
    /// The repository, where it is not the current one
    #[arg(long, value_name = "DIR")]
    pub(in crate::cli) repo: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Doctor {
    /// The hook of a repository that people push to, though it has a working tree
    #[arg(long)]
    pub(in crate::cli) server: bool,
    /// Ask GitHub by `gh`, or GitLab by `glab`, which checks are required: the only way that it uses the network
    #[arg(long)]
    pub(in crate::cli) ask_forge: bool,
    /// The repository, where it is not the current one
    #[arg(long, value_name = "DIR")]
    pub(in crate::cli) repo: Option<PathBuf>,
    #[arg(long)]
    pub(in crate::cli) format: Option<Format>,
}
