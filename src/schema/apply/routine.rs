//! Functions and triggers.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::super::{
    Born, Catalog, Certainty, Change, NewRoutine, ObjectName, Op, Routine, RoutineKind, RoutineOp,
    TableName, Trigger,
};
use crate::source::Span;

impl Catalog {
    pub(super) fn apply_routine(&mut self, change: &Change, born: &Born) {
        let sure = change.certainty == Certainty::Sure;
        match &change.op {
            Op::CreateRoutine(new) => self.create_routine(new, born),
            Op::Routine { name, arguments, op: RoutineOp::Drop { kind, .. } } if sure => {
                let name = self.resolve_routine(name, arguments.as_deref());
                let same = |it: &Routine| match kind {
                    RoutineKind::Any => true,
                    kind => it.kind == *kind,
                };
                if self.routines.get(&name).is_some_and(|it| same(&it)) {
                    self.put_routine(name, None);
                }
            }
            Op::Routine {
                name,
                arguments,
                op: RoutineOp::Alter { definer, search_path, leakproof },
            } => {
                self.edit_routine(name, arguments.as_deref(), |it| {
                    it.defined = born.clone();
                    // What protects must be certain; what opens counts in every case.
                    it.definer = definer.filter(|on| *on || sure).unwrap_or(it.definer);
                    it.leakproof = leakproof.filter(|on| *on || sure).unwrap_or(it.leakproof);
                    if let Some(path) = search_path.as_ref().filter(|it| it.is_none() || sure) {
                        it.search_path.clone_from(path);
                    }
                });
            }
            Op::Routine { name, arguments, op: RoutineOp::Rename { to } } => {
                let from = self.resolve_routine(name, arguments.as_deref());
                let signature = from.name.find('(').and_then(|at| from.name.get(at..));
                let to = format!("{to}{}", signature.unwrap_or_default());
                self.move_routine(&from, TableName::new(from.schema.as_str(), to));
            }
            Op::Routine { name, arguments, op: RoutineOp::Move { schema } } => {
                let from = self.resolve_routine(name, arguments.as_deref());
                self.move_routine(&from, TableName::new(schema.as_str(), from.name.as_str()));
            }
            Op::CreateTrigger { table, name, function, arguments, event, replaces } => {
                self.edit(table, |it| {
                    let before = it.triggers.get(name).map(|it| it.born.clone());
                    if before.is_some() && !replaces {
                        return;
                    }
                    let born = before.unwrap_or_else(|| born.clone());
                    let trigger = Trigger {
                        function: function.clone(),
                        arguments: arguments.clone(),
                        enabled: true,
                        event: event.clone(),
                        born,
                    };
                    it.triggers.insert(name.clone(), trigger);
                });
            }
            Op::DropTrigger { table, name, .. } if sure => self.edit(table, |it| {
                it.triggers.remove(name);
            }),
            Op::RenameTrigger { table, from, to } => self.edit(table, |it| {
                if let Some(trigger) = it.triggers.remove(from) {
                    it.triggers.insert(to.clone(), trigger);
                }
            }),
            Op::SetTrigger { table, name, enabled } if sure || !enabled => {
                self.edit(table, |it| {
                    let named = |it: &String| name.as_ref().is_none_or(|name| name == it);
                    let found = it.triggers.iter_mut().filter(|(it, _)| named(it));
                    found.for_each(|(_, trigger)| trigger.enabled = *enabled);
                });
            }
            _ => {}
        }
    }

    /// `OR REPLACE` keeps what was granted and forgets every option that the statement does not repeat.
    fn create_routine(&mut self, new: &NewRoutine, born: &Born) {
        let signed = format!("{}({})", new.name.name, new.arguments.join(","));
        let signed = ObjectName { schema: new.name.schema.clone(), name: signed };
        let name = self.created_as(&signed);
        let there = self.routines.get(&name).map(Cow::into_owned);
        if there.is_some() && !new.replaces {
            return; // It fails, and what was there is what stays.
        }
        let at = born.at.as_ref().map(|it| Span::new(it.path.clone(), new.at.clone()));
        let defined = Born { sure: born.sure && !new.replaces, at, ..born.clone() };
        let certain = there.is_none() || born.sure;
        let (born, granted) = match &there {
            Some(there) => (there.born.clone(), there.granted.clone()),
            None => (defined.clone(), BTreeMap::new()),
        };
        let kept = there.as_ref().filter(|_| !certain);
        self.put_routine(
            name,
            Some(Routine {
                kind: new.kind,
                definer: new.definer,
                search_path: match kept {
                    Some(it) if it.search_path.is_none() => None,
                    _ => new.search_path.clone(),
                },
                language: new.language.clone(),
                returns: new.returns.clone(),
                volatility: new.volatility,
                leakproof: new.leakproof,
                idle: new.idle,
                reads: new.reads.clone(),
                calls: new.calls.clone(),
                granted,
                born,
                defined,
            }),
        );
    }

    fn edit_routine(
        &mut self,
        name: &ObjectName,
        arguments: Option<&[String]>,
        edit: impl FnOnce(&mut Routine),
    ) {
        let name = self.resolve_routine(name, arguments);
        if let Some(mut routine) = self.routines.get(&name).map(Cow::into_owned) {
            edit(&mut routine);
            self.put_routine(name, Some(routine));
        }
    }

    fn move_routine(&mut self, from: &TableName, to: TableName) {
        if let Some(routine) = self.routines.get(from).map(Cow::into_owned) {
            self.put_routine(from.clone(), None);
            self.put_routine(to, Some(routine));
        }
    }
}
