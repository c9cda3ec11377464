//! What is refused: one file a rule, whose header is its page and whose examples are its test.

mod access;
mod ahead;
mod compatibility;
mod context;
pub mod deploy;
mod design;
mod destructive;
mod finding;
mod fix;
mod history;
mod hygiene;
mod live;
mod locking;
mod naming;
mod page;
mod prisma;
mod rehearsal;
mod rule;
mod run;
mod steps;
mod tamper;
mod unreadable;

pub use access::without_secrets;
use ahead::taken_back;
pub use ahead::{Ahead, Made, Place, Recreation};
pub use context::{Context, State, Target};
pub use finding::{Finding, Label, Subject};
use fix::BREAKPOINT;
pub use fix::{Edit, Fix, Mapped};
pub use history::{Application, Applied, Beside, History, Slot, Snapshot, Versions};
pub use live::{Replay, Told, Verification, Verified, is_platform, touched, verified};
pub use page::{Example, Page, Verdict as Expected};
pub use prisma::{SchemaChange, drift};
pub use rehearsal::{Additive, Failure, Rehearsal, Trial, Write, rehearsed};
pub use rule::{Check, Level, Rule};
pub use run::{Found, Scope, found, run, schema, state};
pub use steps::{Held, Step, Whole};

/// Every rule, in the order of `sprag rules`.
pub fn all() -> &'static [&'static Rule] {
    static RULES: std::sync::LazyLock<Vec<&'static Rule>> = std::sync::LazyLock::new(|| {
        let families = [
            destructive::RULES,
            access::RULES,
            naming::RULES,
            compatibility::RULES,
            locking::RULES,
            design::RULES,
            prisma::RULES,
            history::RULES,
            hygiene::RULES,
            deploy::RULES,
            rehearsal::RULES,
            live::RULES,
            unreadable::RULES,
            tamper::RULES,
        ];
        families.into_iter().flatten().copied().collect()
    });
    &RULES
}

/// The rule of that name.
pub fn by_name(name: &str) -> Option<&'static Rule> {
    all().iter().copied().find(|rule| rule.name == name)
}

/// A rule of the family at hand: its name and its page come from its file.
macro_rules! declare {
    ($family:literal, $file:literal, $name:literal, $level:ident, $check:expr) => {
        $crate::rules::Rule {
            name: $name,
            family: $family,
            text: include_str!($file),
            level: $crate::rules::Level::$level,
            check: $check,
        }
    };
}
use declare;
