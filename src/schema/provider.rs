//! The kinds of databases whose migrations are read.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The databases that Prisma has migrations for. MariaDB is `mysql` to it.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub enum Provider {
    #[default]
    Postgresql,
    Cockroachdb,
    Mysql,
    Sqlite,
    Sqlserver,
}

impl Provider {
    pub const ALL: [Provider; 5] = [
        Provider::Postgresql,
        Provider::Cockroachdb,
        Provider::Mysql,
        Provider::Sqlite,
        Provider::Sqlserver,
    ];

    /// As `schema.prisma` writes it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Provider::Postgresql => "postgresql",
            Provider::Cockroachdb => "cockroachdb",
            Provider::Mysql => "mysql",
            Provider::Sqlite => "sqlite",
            Provider::Sqlserver => "sqlserver",
        }
    }

    #[must_use]
    pub fn from_name(name: &str) -> Option<Provider> {
        Provider::ALL.into_iter().find(|it| it.name() == name)
    }

    /// As `migration_lock.toml` writes it, also what Prisma wrote before `postgresql`, and what it still writes for SQL
    /// Server.
    #[must_use]
    pub fn from_lock(name: &str) -> Option<Provider> {
        match name {
            "postgres" => Some(Provider::Postgresql),
            "mssql" => Some(Provider::Sqlserver),
            _ => Provider::from_name(name),
        }
    }

    /// The schema of what is not placed in one. MySQL and SQLite have none.
    #[must_use]
    pub fn own_schema(self) -> &'static str {
        match self {
            Provider::Postgresql | Provider::Cockroachdb => "public",
            Provider::Mysql | Provider::Sqlite => "",
            Provider::Sqlserver => "dbo",
        }
    }

    /// Whether it speaks the language of Postgres.
    #[must_use]
    pub fn is_postgres(self) -> bool {
        matches!(self, Provider::Postgresql | Provider::Cockroachdb)
    }
}

impl fmt::Display for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
