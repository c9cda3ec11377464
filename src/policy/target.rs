//! Facts about the database that is deployed to.

pub use crate::schema::Provider;

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
