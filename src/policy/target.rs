//! Facts about the database that is deployed to.

use std::fmt;

/// The databases that Prisma has migrations for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Provider {
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

    /// As `schema.prisma` and `migration_lock.toml` write it.
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
}

impl fmt::Display for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What is deployed to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    pub provider: Provider,
    /// The major version.
    pub version: u32,
    /// The schemas that clients reach through an API, where a table without row-level security is open to the world.
    pub exposed_schemas: Vec<String>,
}

impl Default for Target {
    fn default() -> Target {
        Target {
            provider: Provider::Postgresql,
            version: 15,
            exposed_schemas: vec!["public".to_owned()],
        }
    }
}
