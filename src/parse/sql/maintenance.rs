//! Statements that run a whole table by, lock it, or configure the server.

use squawk_syntax::ast::Stmt;
use squawk_syntax::{SyntaxKind as Kind, SyntaxNode};

use super::setting::{assigned, role, session};
use super::statement::{child, descendant, tokens};
use super::{Lower, Place, names, trimmed};
use crate::schema::{Certainty, ObjectName, Op, Work, Worked};

pub(super) fn lower(
    cx: &mut Lower,
    place: &Place<'_>,
    node: &SyntaxNode,
    statement: &Stmt,
    certainty: Certainty,
) {
    let mut push = |at: &SyntaxNode, op| cx.push(place, trimmed(at), certainty, op);
    match statement {
        Stmt::Vacuum(_) => {
            let full = has_option(node, "full");
            let work = if full { Work::VacuumFull } else { Work::Vacuum };
            worked(node, Kind::TABLE_RELATION_NAME, "database")
                .for_each(|(at, on)| push(&at, Op::Maintain { on, work }));
        }
        Stmt::Analyze(_) => worked(node, Kind::TABLE_RELATION_NAME, "database")
            .for_each(|(at, on)| push(&at, Op::Maintain { on, work: Work::Analyze })),
        Stmt::Cluster(_) | Stmt::Repack(_) => worked(node, Kind::TABLE_NAME_REF, "database")
            .for_each(|(at, on)| push(&at, Op::Maintain { on, work: Work::Cluster })),
        Stmt::Reindex(_) => {
            if let Some(on) = reindexed(node) {
                let work = Work::Reindex { concurrently: has_option(node, "concurrently") };
                push(node, Op::Maintain { on, work });
            }
        }
        Stmt::Refresh(_) => {
            let view = child(node, Kind::VIEW_REF).and_then(|it| names::object(&it));
            // WITH NO DATA empties the view: nothing is run.
            if let Some(view) = view.filter(|_| !leaves_empty(node)) {
                let work = Work::Refresh { concurrently: has_option(node, "concurrently") };
                push(node, Op::Maintain { on: Worked::Relation(view), work });
            }
        }
        Stmt::Lock(_) => {
            let mode = child(node, Kind::LOCK_MODE_CLAUSE).and_then(|it| it.first_child());
            let mode = mode.map_or_else(|| "access exclusive".to_owned(), |it| folded(&it));
            let list = child(node, Kind::RELATION_LIST);
            for name in list.iter().flat_map(SyntaxNode::children) {
                if let Some(table) = names::object(&name) {
                    push(&name, Op::Lock { table, mode: mode.clone() });
                }
            }
        }
        Stmt::AlterSystem(_) => {
            assigned(node).for_each(|(setting, value)| {
                push(node, Op::Configure { what: "system".to_owned(), setting, value });
            });
        }
        Stmt::AlterDatabase(_) if descendant(node, Kind::SET_TABLESPACE).is_some() => {
            push(
                node,
                Op::OutsideTransaction { what: "ALTER DATABASE … SET TABLESPACE".to_owned() },
            );
        }
        Stmt::AlterDatabase(_) => {
            let name = child(node, Kind::DATABASE_REF).map(|it| names::name(&it));
            let what = format!("database {}", name.unwrap_or_default());
            assigned(node).for_each(|(setting, value)| {
                push(node, Op::Configure { what: what.clone(), setting, value });
            });
        }
        Stmt::AlterRole(_) | Stmt::AlterUser(_) => {
            let name = child(node, Kind::ROLE_REF).map_or_else(|| "all".to_owned(), |it| role(&it));
            assigned(node).for_each(|(setting, value)| {
                push(node, Op::Configure { what: format!("role {name}"), setting, value });
            });
        }
        Stmt::CreateDatabase(_) | Stmt::CreateTablespace(_) | Stmt::DropTablespace(_) => {
            let words: Vec<String> =
                tokens(node).into_iter().take(2).map(|it| it.1.to_ascii_uppercase()).collect();
            push(node, Op::OutsideTransaction { what: words.join(" ") });
        }
        Stmt::SetRole(_)
        | Stmt::SetSessionAuth(_)
        | Stmt::ResetRole(_)
        | Stmt::ResetSessionAuth(_) => {
            session(cx, place, node, certainty);
        }
        _ => {}
    }
}

/// What the statement names, each at its place; without a name it is about all of the database.
fn worked(
    node: &SyntaxNode,
    kind: Kind,
    otherwise: &str,
) -> impl Iterator<Item = (SyntaxNode, Worked)> {
    let named = node.descendants().filter(|it| it.kind() == kind);
    let mut found: Vec<(SyntaxNode, Worked)> =
        named.filter_map(|it| Some((it.clone(), Worked::Relation(names::object(&it)?)))).collect();
    if found.is_empty() {
        found.push((node.clone(), Worked::Several(otherwise.to_owned())));
    }
    found.into_iter()
}

fn reindexed(node: &SyntaxNode) -> Option<Worked> {
    let object = |kind| -> Option<ObjectName> { names::object(&descendant(node, kind)?) };
    let target = node.children().find(|it| it.kind() != Kind::REINDEX_OPTION_LIST)?;
    Some(match target.kind() {
        Kind::REINDEX_TARGET_TABLE => Worked::Relation(object(Kind::TABLE_NAME_REF)?),
        Kind::REINDEX_TARGET_INDEX => Worked::Index(object(Kind::INDEX_REF)?),
        _ => Worked::Several(folded(&target)),
    })
}

/// An option of the statement, as a word of its own or in the list in parentheses, where it may be switched off.
fn has_option(node: &SyntaxNode, option: &str) -> bool {
    let lists = [Kind::VACUUM_OPTION_LIST, Kind::REINDEX_OPTION_LIST];
    let listed = children_of(node, &lists).any(|it| {
        let words = folded(&it);
        let mut words = words.split(' ');
        let off = ["off", "false", "no", "0"];
        words.next() == Some(option)
            && !words.next().is_some_and(|it| off.contains(&it.trim_matches('\'')))
    });
    let names =
        [Kind::TABLE_AND_COLUMNS_LIST, Kind::TABLE_NAME_REF, Kind::INDEX_REF, Kind::VIEW_REF];
    let words = node.descendants_with_tokens().filter_map(squawk_syntax::SyntaxElement::into_token);
    let mut words = words.filter(|it| {
        it.parent_ancestors().all(|it| !lists.contains(&it.kind()) && !names.contains(&it.kind()))
    });
    listed || words.any(|it| it.text().eq_ignore_ascii_case(option))
}

fn children_of<'a>(
    node: &'a SyntaxNode,
    lists: &'a [Kind],
) -> impl Iterator<Item = SyntaxNode> + 'a {
    let found = node.children().filter(|it| lists.contains(&it.kind()));
    found.flat_map(|it| it.children().collect::<Vec<_>>())
}

fn leaves_empty(node: &SyntaxNode) -> bool {
    let words = tokens(node);
    let last: Vec<String> =
        words.iter().map(|it| it.1.to_ascii_lowercase()).filter(|it| it != ";").collect();
    last.ends_with(&["with".to_owned(), "no".to_owned(), "data".to_owned()])
}

fn folded(node: &SyntaxNode) -> String {
    let words: Vec<String> = tokens(node).into_iter().map(|it| it.1.to_ascii_lowercase()).collect();
    words.join(" ")
}
