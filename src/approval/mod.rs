//! What somebody has signed for: which findings, of which rule, in which content of which file, and until when.
//!
//! An approval is a text in the tree of the change, with a signature beside it ([`Letter`]). Who may sign, and for what,
//! is said by the tree that is trusted already, never by the change ([`Ledger`]).

mod escape;
mod ledger;
mod letter;
mod weigh;

pub use ledger::{Ledger, Posted, There, Writer};
pub use letter::Letter;
pub use weigh::{files_of, finding_text, needed_rule, weigh};

/// Where approvals are. A file `NAME` there is one, and `NAME.sig` its signature.
pub const FOLDER: &str = ".sprag/approvals";

/// What is longer is no approval, and is not read.
pub const LIMIT: usize = 64 << 10;

/// What an approval of a change to the gate's own files names as its rule: whoever may sign for everything else must not
/// be able to sign for this by the same words.
pub const POLICY_CHANGE: &str = crate::policy::POLICY_CHANGE;

/// What stands for the content of a file that is not there.
pub const NO_CONTENT: &str = "0000000000000000000000000000000000000000000000000000000000000000";
