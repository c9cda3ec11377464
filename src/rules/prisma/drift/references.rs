//! Where foreign keys are not those of the relations.

use super::{MIGRATE, PULL, one};
use crate::parse::prisma::ast::ModelKind;
use crate::parse::prisma::{Datamodel, Model, Reference};
use crate::rules::Finding;
use crate::rules::prisma::words;
use crate::schema::{ConstraintKind, ForeignKey, Referential, Shown, Table};

pub(super) fn compare(datamodel: &Datamodel, model: &Model, table: &Table, all: &mut Vec<Finding>) {
    let name = &model.table;
    let there: Vec<(&String, &ForeignKey)> = table
        .constraints
        .iter()
        .filter_map(|(name, it)| match &it.kind {
            ConstraintKind::ForeignKey(it) => Some((name, it)),
            _ => None,
        })
        .collect();
    // No view has one, nor is one referred to.
    let wanted: Vec<(&Reference, &Model)> = model
        .references
        .iter()
        .filter_map(|it| {
            let target = datamodel.models.iter().find(|other| other.name == it.model)?;
            (target.kind == ModelKind::Model).then_some((it, target))
        })
        .collect();
    for (it, target) in &wanted {
        let mut alike = there.iter().filter(|(_, key)| is_alike(it, target, key)).peekable();
        let columns = it.columns.join("`, `");
        let subject = format!("{name}.{}", it.columns.join("."));
        if alike.peek().is_none() {
            let message = format!(
                "no migration makes the foreign key of `{columns}` in `{name}` to `{}`",
                Shown(&target.table.name)
            );
            all.push(one(&subject, &it.at, message, MIGRATE));
            continue;
        }
        let same: Vec<_> = alike.clone().filter(|(_, key)| is_same(it, key)).collect();
        match (same.as_slice(), alike.next()) {
            ([], Some((_, key))) => {
                let message = format!(
                    "the foreign key of `{columns}` in `{name}` is `{}` in the database and `{}` in the schema",
                    actions(key.on_delete, key.on_update),
                    actions(it.on_delete, it.on_update)
                );
                all.push(one(&subject, &it.at, message, MIGRATE));
            }
            // Which of two it means cannot be told, and those that Prisma makes for itself it does not rename.
            ([(is, _)], _) if **is != it.name && !model.implicit => {
                let (is, should) = (Shown(is), Shown(&it.name));
                let message = format!(
                    "the foreign key of `{columns}` in `{name}` is called `{is}` in the database and `{should}` in the schema"
                );
                let help = format!(
                    "write `map: \"{is}\"` into the relation, or rename the constraint in a migration"
                );
                all.push(one(&subject, &it.at, message, &help));
            }
            _ => {}
        }
    }
    for (_, key) in &there {
        if !wanted.iter().any(|(it, target)| is_alike(it, target, key)) {
            let message = format!(
                "`{name}` has a foreign key of `{}` to `{}`, and the schema has none",
                key.columns.join("`, `"),
                Shown(&key.target.name)
            );
            all.push(one(&format!("{name}.{}", key.columns.join(".")), &model.at, message, PULL));
        }
    }
}

/// Whether they tie the same columns to the same ones.
fn is_alike(it: &Reference, target: &Model, key: &ForeignKey) -> bool {
    let targets = if key.target_columns.is_empty() { &target.id } else { &key.target_columns };
    key.columns == it.columns && key.target.name == target.table.name && *targets == it.targets
}

fn is_same(it: &Reference, key: &ForeignKey) -> bool {
    written(key.on_delete) == it.on_delete && written(key.on_update) == it.on_update
}

fn written(it: Referential) -> Referential {
    if it == Referential::Unsaid { Referential::NoAction } else { it }
}

fn actions(on_delete: Referential, on_update: Referential) -> String {
    format!("on delete {} on update {}", words(on_delete), words(on_update))
}
