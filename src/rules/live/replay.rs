//! What migrations leave behind, as far as that is certain.

use crate::parse::Migration;
use crate::schema::{Catalog, Certainty, Change};

/// A database that migrations were applied to, by their text.
#[derive(Clone, Debug, Default)]
pub struct Replay {
    /// Where everything happens that may happen.
    pub most: Catalog,
    /// Where nothing does that may not.
    pub least: Catalog,
}

impl Replay {
    /// Applies one more.
    pub fn apply(&mut self, migration: &Migration) {
        if !migration.provider.is_postgres() {
            // It was for another database, and so were those before it.
            *self = Replay::default();
            return;
        }
        for it in [&mut self.most, &mut self.least] {
            it.settle();
        }
        for change in &migration.script.changes {
            let sure = Change { certainty: Certainty::Sure, ..change.clone() };
            match change.certainty {
                // Nobody has called it yet.
                Certainty::Deferred => {}
                Certainty::Maybe(_) if !is_made_or_there(&migration.text, change) => {
                    self.most.apply(&migration.path, &sure);
                }
                Certainty::Sure | Certainty::Maybe(_) => {
                    self.most.apply(&migration.path, &sure);
                    self.least.apply(&migration.path, &sure);
                }
            }
        }
        self.most.end_session();
        self.least.end_session();
    }

    /// What these leave behind together.
    pub fn of(migrations: &[Migration]) -> Replay {
        let mut all = Replay::default();
        for migration in migrations {
            all.apply(migration);
        }
        all
    }
}

/// Whether it is in a block that makes something, and is content where it is there already: either way it is there.
fn is_made_or_there(text: &str, change: &Change) -> bool {
    let Some(block) = text.get(change.statement.clone()) else { return false };
    let block = block.to_ascii_lowercase();
    let words: Vec<&str> = block
        .split(|c: char| !c.is_alphanumeric() && c != '_')
        .filter(|it| !it.is_empty())
        .collect();
    let caught = ["duplicate_object", "duplicate_table", "duplicate_column"];
    let branches = ["if", "case", "loop", "others", "return", "execute"];
    caught.iter().any(|it| words.contains(it)) && !branches.iter().any(|it| words.contains(it))
}
