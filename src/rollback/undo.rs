//! What takes back an effect.

use super::{At, Undo, access, named, structure};
use crate::schema::Op;

/// Nothing where an effect leaves nothing behind, or nothing is known of what it was about.
pub(super) fn of(at: &At<'_>) -> Option<Undo> {
    match &at.change.op {
        Op::CreateTable(_)
        | Op::DropTable { .. }
        | Op::DropView { .. }
        | Op::AddColumn { .. }
        | Op::DropColumn { .. }
        | Op::RenameColumn { .. }
        | Op::AlterColumnType { .. }
        | Op::SetNotNull { .. }
        | Op::DropNotNull { .. }
        | Op::SetDefault { .. }
        | Op::DropDefault { .. }
        | Op::SetGenerated { .. }
        | Op::AddConstraint { .. }
        | Op::DropConstraint { .. }
        | Op::ValidateConstraint { .. }
        | Op::RenameConstraint { .. }
        | Op::CreateIndex(_)
        | Op::DropIndex { .. }
        | Op::Attach { .. }
        | Op::Detach { .. } => structure::of(at),
        Op::CreatePolicy { .. }
        | Op::AlterPolicy { .. }
        | Op::DropPolicy { .. }
        | Op::RenamePolicy { .. }
        | Op::SetRls { .. }
        | Op::SetSecurityInvoker { .. }
        | Op::Grant { .. }
        | Op::Revoke { .. }
        | Op::DefaultPrivileges { .. }
        | Op::Role(_)
        | Op::SetOwner { .. }
        | Op::Publish { .. }
        | Op::Unpublish { .. }
        | Op::CreateTrigger { .. }
        | Op::DropTrigger { .. }
        | Op::RenameTrigger { .. }
        | Op::SetTrigger { .. }
        | Op::RewriteRule { .. }
        | Op::EventTrigger { .. } => access::of(at),
        Op::CreateSchema { .. }
        | Op::DropSchema { .. }
        | Op::RenameSchema { .. }
        | Op::RenameTable { .. }
        | Op::RenameIndex { .. }
        | Op::MoveTable { .. }
        | Op::CreateRoutine(_)
        | Op::Routine { .. }
        | Op::CreateSequence { .. }
        | Op::DropSequence { .. }
        | Op::CreateExtension { .. }
        | Op::DropExtension { .. }
        | Op::CreateType { .. }
        | Op::DropType { .. }
        | Op::RenameType { .. }
        | Op::MoveType { .. }
        | Op::AddEnumValue { .. }
        | Op::RenameEnumValue { .. }
        | Op::AlterDomain { .. }
        | Op::Attribute { .. }
        | Op::CommentOnTable { .. } => named::of(at),
        Op::DropDatabase { name } => {
            Some(Undo::impossible(format!("the database `{name}` is gone with all that was in it")))
        }
        Op::SetStorage { table, what } => Some(Undo::impossible(format!(
            "`{what}` of `{table}` stays: what it was before, the migrations do not tell"
        ))),
        Op::ResetSequence { name } => Some(Undo::impossible(format!(
            "the numbers of `{name}` go on from where it was set to"
        ))),
        Op::Truncate { table } | Op::Delete { table, .. } => Some(Undo::impossible(format!(
            "rows that were deleted from `{table}` come back from a backup alone"
        ))),
        Op::Update { table, .. } => Some(Undo::impossible(format!(
            "what rows of `{table}` held before they were updated comes back from a backup alone"
        ))),
        Op::Insert { table, .. } => Some(Undo::impossible(format!(
            "rows that were inserted into `{table}` stay there: which ones they are, only who wrote them knows"
        ))),
        Op::Configure { what, setting, .. } => Some(Undo::impossible(format!(
            "`{setting}` of {what} stays as it was set: what it was before, the migrations do not tell"
        ))),
        Op::OutsideTransaction { what } => {
            Some(Undo::impossible(format!("`{what}` is not taken back")))
        }
        Op::Opaque { why, .. } => {
            Some(Undo::impossible(format!("what this statement does could not be read: {why}")))
        }
        // They leave nothing behind.
        Op::CopyRows { .. }
        | Op::Maintain { .. }
        | Op::Lock { .. }
        | Op::Set { .. }
        | Op::SetSearchPath { .. }
        | Op::Transaction(_) => None,
    }
}
