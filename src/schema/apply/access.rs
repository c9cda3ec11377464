//! Who may read and write: policies, views that check them, privileges.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::super::{
    Born, Catalog, Certainty, Change, NewTable, ObjectName, Op, Policy, Privilege, RelationKind,
    Resolved, Securable, Table, TableName,
};

impl Catalog {
    pub(super) fn apply_access(&mut self, change: &Change, born: &Born) {
        let sure = change.certainty == Certainty::Sure;
        match &change.op {
            Op::CreatePolicy { .. }
            | Op::AlterPolicy { .. }
            | Op::RenamePolicy { .. }
            | Op::DropPolicy { .. } => self.apply_policy(change, born),
            Op::SetSecurityInvoker { view, on } if sure || !on => self.edit(view, |it| {
                it.security_invoker = *on;
                it.defined = born.clone();
            }),
            Op::Grant { privileges, on: Securable::Membership, to, .. } => {
                for role in to {
                    self.members
                        .entry(role.clone())
                        .or_default()
                        .extend(privileges.iter().cloned());
                }
            }
            Op::Revoke { privileges, on: Securable::Membership, from } if sure => {
                for role in from {
                    let groups = self.members.entry(role.clone()).or_default();
                    groups.retain(|it| !privileges.contains(it));
                }
            }
            Op::Grant { on, to, .. } => self.grant(on, to, true),
            // It protects, so it must be certain, and whatever is left of the privileges on a table is a way in.
            Op::Revoke { on, from, privileges } if sure => {
                let routines = matches!(on, Securable::Routines(_) | Securable::AllRoutinesIn(_));
                if routines || privileges.is_empty() {
                    self.grant(on, from, false);
                } else {
                    self.revoke(on, from, privileges);
                }
            }
            Op::CreateExtension { name, .. } if !self.extensions.contains_key(name) => {
                self.put_extension(name, Some(born.clone()));
            }
            Op::DropExtension { name, .. } if sure => self.put_extension(name, None),
            _ => {}
        }
    }

    fn apply_policy(&mut self, change: &Change, born: &Born) {
        let sure = change.certainty == Certainty::Sure;
        match &change.op {
            Op::CreatePolicy { table, name, command, permissive, roles, using, check } => {
                let public = || vec!["public".to_owned()];
                let policy = Policy {
                    command: *command,
                    permissive: *permissive,
                    roles: if roles.is_empty() { public() } else { roles.clone() },
                    using: using.clone(),
                    check: check.clone(),
                    born: born.clone(),
                    defined: born.clone(),
                };
                // One that restricts protects, so it must be certain.
                if sure || *permissive {
                    self.edit(table, |it| {
                        let policy = settled(policy, it);
                        // One that may have been dropped gives way.
                        let dropped = it.former_policies.contains_key(name);
                        if dropped || !it.policies.contains_key(name) {
                            it.policies.insert(name.clone(), policy);
                        }
                    });
                }
            }
            Op::AlterPolicy { table, name, roles, using, check } => self.edit(table, |it| {
                let Some(policy) = it.policies.get(name) else { return };
                let before = it.former_policies.entry(name.clone());
                let before = before.or_insert_with(|| (policy.clone(), born.clone()));
                before.1 = born.clone();
                let mut policy = policy.clone();
                policy.roles = roles.clone().unwrap_or_else(|| policy.roles.clone());
                policy.using = using.clone().or_else(|| policy.using.take());
                policy.check = check.clone().or_else(|| policy.check.take());
                policy.defined = born.clone();
                let policy = settled(policy, it);
                it.policies.insert(name.clone(), policy);
            }),
            Op::RenamePolicy { table, from, to } => self.edit(table, |it| {
                if let Some(policy) = it.policies.remove(from) {
                    it.policies.insert(to.clone(), policy);
                }
                if let Some(before) = it.former_policies.remove(from) {
                    it.former_policies.insert(to.clone(), before);
                }
            }),
            Op::DropPolicy { table, name, .. } => self.edit(table, |it| {
                let Some(policy) = it.policies.get(name) else { return };
                let before = it.former_policies.entry(name.clone());
                before.or_insert_with(|| (policy.clone(), born.clone())).1 = born.clone();
                // A policy that permits may still be there; one that restricts may not.
                if sure || !policy.permissive {
                    it.policies.remove(name);
                }
            }),
            _ => {}
        }
    }

    fn grant(&mut self, on: &Securable, roles: &[String], granted: bool) {
        let mark = |marks: &mut BTreeMap<String, bool>| {
            marks.extend(roles.iter().map(|it| (it.clone(), granted)));
        };
        match on {
            Securable::Tables(_) | Securable::AllTablesIn(_) => self.edit_all(on, |it| {
                mark(&mut it.granted);
                // Whatever is given back, the rest has to be taken anew.
                it.revoked.retain(|role, _| !roles.contains(role));
            }),
            Securable::Routines(routines) => {
                for (name, arguments) in routines {
                    let name = self.resolve_routine(name, arguments.as_deref());
                    self.grant_routine(name, mark);
                }
            }
            Securable::AllRoutinesIn(schemas) => {
                let names = self.routines.iter().map(|(name, _)| name);
                let names: Vec<TableName> =
                    names.filter(|it| schemas.contains(&it.schema)).collect();
                for name in names {
                    self.grant_routine(name, mark);
                }
            }
            Securable::Schemas(_)
            | Securable::Sequences(_)
            | Securable::Membership
            | Securable::Other(_) => {}
        }
    }

    /// Some privileges on tables. Of a view nothing is left once all that it has a use for are taken.
    fn revoke(&mut self, on: &Securable, roles: &[String], privileges: &[Privilege]) {
        self.edit_all(on, |it| {
            let useful: &[&str] = match it.kind {
                RelationKind::MaterializedView => &["select"],
                RelationKind::View => &["select", "insert", "update", "delete"],
                RelationKind::Table | RelationKind::ForeignTable => return,
            };
            for role in roles {
                let taken = it.revoked.entry(role.clone()).or_default();
                taken.extend(privileges.iter().cloned());
                if useful.iter().all(|it| taken.contains(*it)) {
                    it.granted.insert(role.clone(), false);
                }
            }
        });
    }

    fn edit_all(&mut self, on: &Securable, edit: impl Fn(&mut Table)) {
        match on {
            Securable::Tables(tables) => tables.iter().for_each(|it| self.edit(it, &edit)),
            Securable::AllTablesIn(schemas) => {
                self.names_in(schemas).iter().for_each(|it| self.edit_table(it, &edit));
            }
            _ => {}
        }
    }

    fn grant_routine(&mut self, name: TableName, mark: impl Fn(&mut BTreeMap<String, bool>)) {
        if let Some(mut routine) = self.routines.get(&name).map(Cow::into_owned) {
            mark(&mut routine.granted);
            self.put_routine(name, Some(routine));
        }
    }

    /// The role, and every one that it is a member of.
    pub fn groups_of(&self, role: &str) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        let mut next = vec![role.to_owned()];
        while let Some(role) = next.pop() {
            next.extend(self.members.get(&role).into_iter().flatten().cloned());
            if !found.insert(role) {
                continue;
            }
            next.retain(|it| !found.contains(it));
        }
        found
    }

    fn names_in(&self, schemas: &[String]) -> Vec<TableName> {
        let names = self.tables.iter().map(|(name, _)| name);
        names.filter(|it| schemas.contains(&it.schema)).collect()
    }

    /// What the query of a new relation reads, as far as it is not temporary.
    pub(super) fn read_by(&self, new: &NewTable) -> Vec<TableName> {
        let resolved = new.reads.iter().map(|it: &ObjectName| self.resolve(it));
        let permanent = resolved.filter_map(|it| match it {
            Resolved::Permanent(name) => Some(name),
            Resolved::Temporary(_) => None,
        });
        permanent.collect()
    }
}

/// A view after `CREATE OR REPLACE VIEW`: it keeps its age, its privileges and its triggers, and loses every option
/// that the statement does not repeat.
pub(super) fn replaced(there: &Table, new: Table, certainty: Certainty) -> Table {
    let kept = certainty == Certainty::Sure || there.security_invoker;
    Table {
        born: there.born.clone(),
        granted: there.granted.clone(),
        revoked: there.revoked.clone(),
        triggers: there.triggers.clone(),
        comment: there.comment.clone(),
        security_invoker: new.security_invoker && kept,
        ..new
    }
}

/// A condition that every row of the table meets is as good as none: `id IS NOT NULL`.
fn settled(mut policy: Policy, table: &Table) -> Policy {
    for condition in policy.using.iter_mut().chain(&mut policy.check) {
        if condition.whenever.as_ref().is_some_and(|it| table.meets(it)) {
            condition.constant = Some(true);
        }
    }
    policy
}
