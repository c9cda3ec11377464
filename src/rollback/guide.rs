//! What whoever rolls back is given for one migration.

use std::sync::Arc;

use super::{Residue, Rollback};
use crate::kit::Query;
use crate::schema::TableName;
use crate::source::RepoPath;

/// How to take one migration back, and what is known of it.
#[derive(Clone, Debug)]
pub struct Guide {
    pub path: RepoPath,
    pub text: Arc<str>,
    /// Of the bytes of the file, in hexadecimal.
    pub sha256: String,
    pub rollback: Rollback,
    pub proof: Proof,
    /// It may not be applied inside of a transaction.
    pub alone: bool,
    /// What somebody has written beside the migration for the same purpose.
    pub committed: Option<Committed>,
    /// Tables that it makes.
    pub makes: Vec<TableName>,
    /// Columns that it adds to tables that were there.
    pub adds: Vec<(TableName, String)>,
    /// What to ask the live database before it is applied, and after.
    pub before: Vec<Query>,
    pub after: Vec<Query>,
}

/// A rollback that was written by hand.
#[derive(Clone, Debug)]
pub struct Committed {
    pub path: RepoPath,
    pub proof: Proof,
}

/// What is known of a rollback.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Proof {
    /// Applied and taken back, and all that the catalogs say is as it was: so many things were compared.
    Proven(usize),
    /// The same, but for this.
    Leaves(Vec<Residue>),
    /// Postgres refuses the rollback.
    Refused(String),
    /// Nobody has tried, or could.
    Unproven(String),
}

impl Guide {
    /// The last part of the path that tells migrations apart: its folder for Prisma, its file for others.
    pub fn name(&self) -> String {
        let path = self.path.to_string();
        let stem = path.strip_suffix("/migration.sql").or_else(|| path.strip_suffix(".sql"));
        let stem = stem.unwrap_or(&path);
        stem.rsplit('/').next().unwrap_or(stem).to_owned()
    }

    /// Whether the tool that applies it is Supabase.
    pub fn is_supabase(&self) -> bool {
        self.path.to_string().contains("supabase/migrations/")
    }

    /// Whether the tool that applies it is Prisma.
    pub fn is_prisma(&self) -> bool {
        self.path.to_string().ends_with("/migration.sql")
    }
}
