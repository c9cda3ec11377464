//! Who may do what: policies, privileges, roles, triggers, publications.

use super::render::role;
use super::structure::permanent;
use super::{At, Undo, made, render};
use crate::parse::sql;
use crate::schema::{
    EventTriggerOp, ObjectName, Op, RewriteRuleOp, RlsSwitch, RoleOp, Securable, TableName, quoted,
};

#[allow(clippy::too_many_lines)] // One arm for each kind of effect.
pub(super) fn of(at: &At<'_>) -> Option<Undo> {
    match &at.change.op {
        Op::CreatePolicy { table, name, .. } => {
            let table = permanent(at, table)?.sql();
            Some(Undo::sql(format!("DROP POLICY IF EXISTS {} ON {table}", quoted(name))))
        }
        Op::DropPolicy { table, name, .. } => {
            let table = permanent(at, table)?;
            let was = at.before.table(&table)?.policies.get(name)?.clone();
            Some(Undo::sql(render::policy(&table, name, &was)))
        }
        Op::AlterPolicy { table, name, .. } => {
            let table = permanent(at, table)?;
            let was = at.before.table(&table)?.policies.get(name)?.clone();
            let drop = format!("DROP POLICY IF EXISTS {} ON {}", quoted(name), table.sql());
            Some(Undo { sql: vec![drop, render::policy(&table, name, &was)], ..Undo::default() })
        }
        Op::RenamePolicy { table, from, to } => {
            let table = permanent(at, table)?.sql();
            let (from, to) = (quoted(from), quoted(to));
            Some(Undo::sql(format!("ALTER POLICY {to} ON {table} RENAME TO {from}")))
        }
        Op::SetRls { table, switch } => rls(at, &permanent(at, table)?, *switch),
        Op::SetSecurityInvoker { view, on } => {
            let view = permanent(at, view)?;
            let was = at.before.table(&view)?.security_invoker;
            (was != *on).then(|| {
                let view = view.sql();
                Undo::sql(if was {
                    format!("ALTER VIEW {view} SET (security_invoker = true)")
                } else {
                    format!("ALTER VIEW {view} RESET (security_invoker)")
                })
            })
        }
        Op::Grant { privileges, on, to, .. } => granted(at, privileges, on, to),
        Op::Revoke { privileges, on, from } => {
            let on = securable(at, on)?;
            let sql = format!("GRANT {} ON {on} TO {}", words(privileges), roles(from));
            Some(Undo::sql(sql).check("it grants what was not there before, where it was not"))
        }
        Op::DefaultPrivileges { schemas, privileges, on, roles: to, granted } => {
            let within = if schemas.is_empty() {
                String::new()
            } else {
                let all: Vec<String> = schemas.iter().map(|it| quoted(it)).collect();
                format!(" IN SCHEMA {}", all.join(", "))
            };
            let (verb, word) = if *granted { ("REVOKE", "FROM") } else { ("GRANT", "TO") };
            Some(Undo::sql(format!(
                "ALTER DEFAULT PRIVILEGES{within} {verb} {} ON {on} {word} {}",
                words(privileges),
                roles(to)
            )))
        }
        Op::Role(RoleOp::SetOptions { role: name, created: true, .. }) => {
            Some(Undo::sql(format!("DROP ROLE IF EXISTS {}", quoted(name))))
        }
        Op::Role(_) => Some(Undo::impossible(
            "what the role was and owned before, the migrations do not tell".to_owned(),
        )),
        Op::SetOwner { what, .. } => {
            Some(Undo::impossible(format!("who owned {what} before, the migrations do not tell")))
        }
        Op::Publish { publication, tables } => Some(published(at, publication, tables)),
        Op::Unpublish { publication, tables } if !tables.is_empty() => {
            let tables = names(at, tables);
            let publication = quoted(publication);
            Some(Undo::sql(format!("ALTER PUBLICATION {publication} ADD TABLE {tables}")))
        }
        Op::Unpublish { publication, .. } => {
            Some(Undo::impossible(format!("`{publication}` is not made again")))
        }
        Op::CreateTrigger { table, name, .. } => {
            let key = made::on(at.before, table, name);
            let table = permanent(at, table)?;
            let there = at.before.table(&table).is_some_and(|it| it.triggers.contains_key(name));
            let drop = format!("DROP TRIGGER IF EXISTS {} ON {}", quoted(name), table.sql());
            let was = at.known.of("trigger", &key).filter(|_| there).cloned();
            Some(Undo { sql: [Some(drop), was].into_iter().flatten().collect(), ..Undo::default() })
        }
        Op::DropTrigger { table, name, .. } => {
            let key = made::on(at.before, table, name);
            let table = permanent(at, table)?;
            at.before.table(&table)?.triggers.get(name)?;
            Some(again(at, "trigger", &key, &format!("the trigger `{name}` of `{table}`")))
        }
        Op::RenameTrigger { table, from, to } => {
            let table = permanent(at, table)?.sql();
            let (from, to) = (quoted(from), quoted(to));
            Some(Undo::sql(format!("ALTER TRIGGER {to} ON {table} RENAME TO {from}")))
        }
        Op::SetTrigger { table, name, enabled } => {
            let table = permanent(at, table)?.sql();
            let name = name.as_ref().map_or_else(|| "ALL".to_owned(), |it| quoted(it));
            let verb = if *enabled { "DISABLE" } else { "ENABLE" };
            Some(Undo::sql(format!("ALTER TABLE {table} {verb} TRIGGER {name}")))
        }
        Op::RewriteRule { on, name, op } => {
            let key = made::on(at.before, on, name);
            let table = permanent(at, on)?.sql();
            Some(match op {
                RewriteRuleOp::Create { .. } => {
                    Undo::sql(format!("DROP RULE IF EXISTS {} ON {table}", quoted(name)))
                }
                RewriteRuleOp::Drop => again(at, "rule", &key, &format!("the rule `{name}`")),
                RewriteRuleOp::Disable => {
                    Undo::sql(format!("ALTER TABLE {table} ENABLE RULE {}", quoted(name)))
                }
            })
        }
        Op::EventTrigger { name, op } => {
            let quoted = quoted(name);
            Some(match op {
                EventTriggerOp::Create => {
                    Undo::sql(format!("DROP EVENT TRIGGER IF EXISTS {quoted}"))
                }
                EventTriggerOp::Drop => {
                    again(at, "event trigger", name, &format!("the event trigger `{name}`"))
                }
                EventTriggerOp::Enable => {
                    Undo::sql(format!("ALTER EVENT TRIGGER {quoted} DISABLE"))
                }
                EventTriggerOp::Disable => {
                    Undo::sql(format!("ALTER EVENT TRIGGER {quoted} ENABLE"))
                }
            })
        }
        _ => None,
    }
}

/// The statement that made it once, where a migration has it.
pub(super) fn again(at: &At<'_>, kind: &'static str, key: &str, what: &str) -> Undo {
    match at.known.of(kind, &key) {
        Some(was) if kind == "routine" => Undo::sql(replacing(was)),
        Some(was) => Undo::sql(was.clone()),
        None => Undo::impossible(format!("{what} is in no migration as it was")),
    }
}

/// The statement with the words that let it take the place of what is there.
fn replacing(statement: &str) -> String {
    let tokens = sql::tokens(statement);
    match tokens.as_slice() {
        [create, or, ..] if create.is("create") && !or.is("or") => {
            let (head, rest) = statement.split_at(create.at.end);
            format!("{head} OR REPLACE{rest}")
        }
        _ => statement.to_owned(),
    }
}

fn rls(at: &At<'_>, table: &TableName, switch: RlsSwitch) -> Option<Undo> {
    let (was, forced) = at.before.table(table).map_or((false, false), |it| (it.rls, it.forced_rls));
    let what = match switch {
        RlsSwitch::Enable if !was => "DISABLE ROW LEVEL SECURITY",
        RlsSwitch::Disable if was => "ENABLE ROW LEVEL SECURITY",
        RlsSwitch::Force if !forced => "NO FORCE ROW LEVEL SECURITY",
        RlsSwitch::NoForce if forced => "FORCE ROW LEVEL SECURITY",
        _ => return None,
    };
    let undo = Undo::sql(format!("ALTER TABLE {} {what}", table.sql()));
    let opens = switch == RlsSwitch::Enable;
    Some(if opens { undo.check(format!("it opens `{table}` again")) } else { undo })
}

fn granted(at: &At<'_>, privileges: &[String], on: &Securable, to: &[String]) -> Option<Undo> {
    if *on == Securable::Membership {
        return Some(Undo::sql(format!("REVOKE {} FROM {}", roles(privileges), roles(to))));
    }
    let on = securable(at, on)?;
    let undo = Undo::sql(format!("REVOKE {} ON {on} FROM {}", words(privileges), roles(to)));
    Some(undo.check("what was granted before is taken as well"))
}

fn words(privileges: &[String]) -> String {
    if privileges.is_empty() { "ALL".to_owned() } else { privileges.join(", ").to_uppercase() }
}

fn roles(all: &[String]) -> String {
    all.iter().map(|it| role(it)).collect::<Vec<_>>().join(", ")
}

fn names(at: &At<'_>, all: &[ObjectName]) -> String {
    all.iter().map(|it| at.before.resolve_permanent(it).sql()).collect::<Vec<_>>().join(", ")
}

fn securable(at: &At<'_>, on: &Securable) -> Option<String> {
    let schemas = |all: &[String]| all.iter().map(|it| quoted(it)).collect::<Vec<_>>().join(", ");
    Some(match on {
        Securable::Tables(all) => format!("TABLE {}", names(at, all)),
        Securable::AllTablesIn(all) => format!("ALL TABLES IN SCHEMA {}", schemas(all)),
        Securable::Schemas(all) => format!("SCHEMA {}", schemas(all)),
        Securable::Sequences(all) => {
            let all: Vec<String> =
                all.iter().map(|it| at.before.resolve_sequence(it).sql()).collect();
            format!("SEQUENCE {}", all.join(", "))
        }
        Securable::Routines(all) => {
            let one = |(name, arguments): &(ObjectName, Option<Vec<String>>)| {
                super::named::routine(at, name, arguments.as_deref())
            };
            format!("ROUTINE {}", all.iter().map(one).collect::<Vec<_>>().join(", "))
        }
        Securable::AllRoutinesIn(all) => format!("ALL ROUTINES IN SCHEMA {}", schemas(all)),
        Securable::Other(text) => text.clone(),
        Securable::Membership => return None,
    })
}

fn published(at: &At<'_>, publication: &str, tables: &[ObjectName]) -> Undo {
    let name = quoted(publication);
    let created = at.text.get(..6).is_some_and(|it| it.eq_ignore_ascii_case("create"));
    if tables.is_empty() || created {
        return Undo::sql(format!("DROP PUBLICATION IF EXISTS {name}"));
    }
    Undo::sql(format!("ALTER PUBLICATION {name} DROP TABLE {}", names(at, tables)))
}
