//! Writes what a machine can, and only where it is sure of what comes of it.
//!
//! What is mended is what lies in the worktree, whether it is staged or not: that is what its author looks at, and
//! nothing of it can be lost, because each file is judged, mended and written as one text. The index and the objects
//! of the repository are never touched. A migration that others may have is never edited: there, a fix is a migration
//! that comes later, or none.
//!
//! Every fix is judged before it is offered: its finding must be gone, and no rule may have more to say than before.

mod edits;
mod merged;
mod name;
mod plan;
mod prisma;
mod worktree;
pub mod write;
mod writes;

pub use edits::apply;
pub use merged::plan_merged;
pub use plan::{Left, Plan, Question, plan};
pub use worktree::{OnDisk, Worktree};
