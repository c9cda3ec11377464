//! What is refused.

pub mod deploy;
mod finding;
mod rule;

pub use finding::{Finding, Label, Subject};
pub use rule::{Level, Rule};

/// What a rule looks at.
#[derive(Debug)]
pub enum Check {
    /// Filled in by the engine.
    None,
}

/// Every rule, by name.
pub fn all() -> &'static [Rule] {
    &[]
}
