//! One statement to the changes it makes.

use squawk_syntax::ast::{AstNode, Stmt};
use squawk_syntax::{SyntaxElement, SyntaxKind as Kind, SyntaxNode};

use super::rows::data;
use super::setting::setting;
use super::transaction::transaction;
use super::{
    Lower, Place, access, body, expression, maintenance, names, routine, structure, table,
    temporary, trimmed, types, view,
};
use crate::schema::{Cascade, Certainty, Guard, Op, RoleOp};

/// Lowers a statement. Every kind is named: one that is not known is opaque, never nothing.
#[allow(clippy::too_many_lines)]
pub(super) fn lower(cx: &mut Lower, place: &Place<'_>, node: &SyntaxNode, certainty: Certainty) {
    let Some(statement) = Stmt::cast(node.clone()) else {
        return; // An error node: its error has been reported.
    };
    if cx.calls {
        expression::calls(cx, place, node, certainty);
    }
    match statement {
        Stmt::CreateTable(_) | Stmt::CreateTableAs(_) | Stmt::CreateForeignTable(_) => {
            table::create(cx, place, node, certainty);
            data(cx, place, node, certainty);
        }
        Stmt::AlterTable(_) | Stmt::AlterForeignTable(_) => {
            table::alter(cx, place, node, certainty);
        }
        Stmt::CreateView(_) | Stmt::CreateMaterializedView(_) => {
            view::create(cx, place, node, certainty);
            data(cx, place, node, certainty);
        }
        Stmt::AlterView(_) | Stmt::AlterMaterializedView(_) => {
            view::alter(cx, place, node, certainty);
        }
        Stmt::AlterSequence(_) => structure::alter_sequence(cx, place, node, certainty),
        Stmt::AlterIndex(_) => table::alter_index(cx, place, node, certainty),
        Stmt::DropTable(_) | Stmt::DropForeignTable(_) => {
            each(cx, place, node, Kind::TABLE_NAME_REF, certainty, |name, cascade| Op::DropTable {
                name,
                cascade,
            });
        }
        Stmt::DropView(_) | Stmt::DropMaterializedView(_) => {
            each(cx, place, node, Kind::VIEW_REF, certainty, |name, cascade| Op::DropView {
                name,
                cascade,
            });
        }
        Stmt::DropType(_) => {
            each(cx, place, node, Kind::TYPE_NAME_REF, certainty, |name, cascade| Op::DropType {
                name,
                cascade,
                domain: false,
            });
        }
        Stmt::DropDomain(_) => {
            each(cx, place, node, Kind::DOMAIN_REF, certainty, |name, cascade| Op::DropType {
                name,
                cascade,
                domain: true,
            });
        }
        Stmt::DropSchema(_) => {
            let cascade = cascade(node);
            for schema in children(node, Kind::SCHEMA_REF) {
                let name = names::name(&schema);
                cx.push(place, trimmed(&schema), certainty, Op::DropSchema { name, cascade });
            }
        }
        Stmt::DropDatabase(_) => {
            let name =
                child(node, Kind::DATABASE_REF).map_or_else(String::new, |it| names::name(&it));
            cx.push(place, trimmed(node), certainty, Op::DropDatabase { name });
        }
        Stmt::DropOwned(_) => {
            let roles =
                child(node, Kind::ROLE_REF_LIST).map_or_else(String::new, |it| names::plain(&it));
            cx.push(place, trimmed(node), certainty, Op::Role(RoleOp::DropOwned { roles }));
        }
        Stmt::CreateSchema(_) => types::create_schema(cx, place, node, certainty),
        Stmt::AlterSchema(_) => types::alter_schema(cx, place, node, certainty),
        Stmt::CreateType(_) | Stmt::CreateDomain(_) => types::create(cx, place, node, certainty),
        Stmt::AlterType(_) | Stmt::AlterDomain(_) => types::alter(cx, place, node, certainty),
        Stmt::Truncate(_) => {
            for name in node.descendants().filter(|it| it.kind() == Kind::TABLE_NAME_REF) {
                if let Some(table) = names::object(&name) {
                    let table = temporary::of(node, certainty, table);
                    cx.push(place, trimmed(&name), certainty, Op::Truncate { table });
                }
            }
        }
        Stmt::Explain(_) => {
            // Only EXPLAIN ANALYZE executes.
            let mode = child(node, Kind::EXPLAIN_OPTION_LIST)
                .or_else(|| child(node, Kind::EXPLAIN_ANALYZE))
                .map_or_else(String::new, |it| it.text().to_string().to_ascii_lowercase());
            if mode.contains("analy") {
                data(cx, place, node, certainty);
                for inner in node.children() {
                    if matches!(
                        inner.kind(),
                        Kind::CREATE_TABLE_AS | Kind::CREATE_MATERIALIZED_VIEW
                    ) {
                        lower(cx, place, &inner, certainty);
                    }
                }
            }
        }
        Stmt::Delete(_)
        | Stmt::Merge(_)
        | Stmt::Insert(_)
        | Stmt::Update(_)
        | Stmt::Select(_)
        | Stmt::SelectInto(_)
        | Stmt::CompoundSelect(_)
        | Stmt::ParenSelect(_)
        | Stmt::Values(_)
        | Stmt::Table(_)
        | Stmt::Prepare(_)
        | Stmt::Declare(_) => data(cx, place, node, certainty),
        Stmt::Copy(_) => {
            data(cx, place, node, certainty);
            if let Some(program) = descendant(node, Kind::COPY_PROGRAM) {
                cx.opaque(
                    place,
                    trimmed(&program),
                    "this runs a program on the database server",
                    "load the rows with INSERT",
                );
            }
        }
        Stmt::DropRule(_) => types::rule(cx, place, node, certainty),
        Stmt::CreateRule(_) => {
            types::rule(cx, place, node, certainty);
            for action in node.descendants().filter(|it| Stmt::can_cast(it.kind()) && it != node) {
                if action
                    .ancestors()
                    .skip(1)
                    .take_while(|it| it != node)
                    .all(|it| !Stmt::can_cast(it.kind()))
                {
                    lower(cx, place, &action, Certainty::Deferred);
                }
            }
        }
        Stmt::CreateFunction(_) | Stmt::CreateProcedure(_) => {
            routine::create(cx, place, node, certainty);
        }
        Stmt::Do(it) => body::anonymous(cx, place, &it, certainty),
        Stmt::Begin(_)
        | Stmt::Commit(_)
        | Stmt::Rollback(_)
        | Stmt::SavepointCreate(_)
        | Stmt::ReleaseSavepoint(_)
        | Stmt::PrepareTransaction(_) => transaction(cx, place, node, &statement, certainty),
        Stmt::Set(_) | Stmt::Reset(_) | Stmt::Discard(_) => setting(cx, place, node, certainty),
        Stmt::ImportForeignSchema(_) => {
            cx.opaque(
                place,
                trimmed(node),
                "this creates tables that nobody can name beforehand",
                "write a CREATE FOREIGN TABLE for each table",
            );
        }
        Stmt::Load(_) => {
            cx.opaque(
                place,
                trimmed(node),
                "this loads a program into the database server",
                "take the statement out",
            );
        }
        Stmt::CreateIndex(_)
        | Stmt::DropIndex(_)
        | Stmt::CreateSequence(_)
        | Stmt::DropSequence(_)
        | Stmt::CommentOn(_) => {
            structure::lower(cx, place, node, &statement, certainty);
        }
        Stmt::CreatePolicy(_)
        | Stmt::AlterPolicy(_)
        | Stmt::DropPolicy(_)
        | Stmt::Grant(_)
        | Stmt::Revoke(_)
        | Stmt::AlterDefaultPrivileges(_)
        | Stmt::CreateRole(_)
        | Stmt::CreateUser(_)
        | Stmt::CreateGroup(_)
        | Stmt::AlterGroup(_)
        | Stmt::DropRole(_)
        | Stmt::DropUser(_)
        | Stmt::DropGroup(_)
        | Stmt::Reassign(_)
        | Stmt::CreateExtension(_)
        | Stmt::DropExtension(_)
        | Stmt::AlterExtension(_)
        | Stmt::CreatePublication(_)
        | Stmt::AlterPublication(_)
        | Stmt::DropPublication(_)
        | Stmt::CreateSubscription(_)
        | Stmt::DropSubscription(_)
        | Stmt::DropServer(_)
        | Stmt::DropForeignDataWrapper(_)
        | Stmt::CreateEventTrigger(_)
        | Stmt::AlterEventTrigger(_)
        | Stmt::DropEventTrigger(_) => {
            access::lower(cx, place, node, &statement, certainty);
        }
        // Their settings here, their options there.
        Stmt::AlterRole(_) | Stmt::AlterUser(_) => {
            maintenance::lower(cx, place, node, &statement, certainty);
            access::lower(cx, place, node, &statement, certainty);
        }
        Stmt::AlterFunction(_)
        | Stmt::AlterProcedure(_)
        | Stmt::AlterRoutine(_)
        | Stmt::AlterAggregate(_)
        | Stmt::DropFunction(_)
        | Stmt::DropProcedure(_)
        | Stmt::DropRoutine(_)
        | Stmt::DropAggregate(_)
        | Stmt::CreateTrigger(_)
        | Stmt::DropTrigger(_)
        | Stmt::AlterTrigger(_) => {
            routine::lower(cx, place, node, &statement, certainty);
        }
        Stmt::Vacuum(_)
        | Stmt::Cluster(_)
        | Stmt::Reindex(_)
        | Stmt::Repack(_)
        | Stmt::Refresh(_)
        | Stmt::Analyze(_)
        | Stmt::Lock(_)
        | Stmt::AlterSystem(_)
        | Stmt::AlterDatabase(_)
        | Stmt::CreateDatabase(_)
        | Stmt::CreateTablespace(_)
        | Stmt::DropTablespace(_)
        | Stmt::SetRole(_)
        | Stmt::SetSessionAuth(_)
        | Stmt::ResetRole(_)
        | Stmt::ResetSessionAuth(_) => {
            maintenance::lower(cx, place, node, &statement, certainty);
        }
        Stmt::DropAccessMethod(_)
        | Stmt::DropCast(_)
        | Stmt::DropCollation(_)
        | Stmt::DropConversion(_)
        | Stmt::DropLanguage(_)
        | Stmt::DropOperator(_)
        | Stmt::DropOperatorClass(_)
        | Stmt::DropOperatorFamily(_)
        | Stmt::DropStatistics(_)
        | Stmt::DropTextSearchConfig(_)
        | Stmt::DropTextSearchDict(_)
        | Stmt::DropTextSearchParser(_)
        | Stmt::DropTextSearchTemplate(_)
        | Stmt::DropTransform(_) => {
            if cascade(node) == Cascade::Yes {
                let why = "`cascade` takes along whatever uses this, columns with their data too, and no migration says what";
                cx.opaque(place, trimmed(node), why, "drop it without `cascade`");
            }
        }
        Stmt::AlterCollation(_)
        | Stmt::AlterConversion(_)
        | Stmt::AlterForeignDataWrapper(_)
        | Stmt::AlterLanguage(_)
        | Stmt::AlterLargeObject(_)
        | Stmt::AlterOperator(_)
        | Stmt::AlterOperatorClass(_)
        | Stmt::AlterOperatorFamily(_)
        | Stmt::AlterPropertyGraph(_)
        | Stmt::AlterRule(_)
        | Stmt::AlterServer(_)
        | Stmt::AlterStatistics(_)
        | Stmt::AlterSubscription(_)
        | Stmt::AlterTablespace(_)
        | Stmt::AlterTextSearchConfiguration(_)
        | Stmt::AlterTextSearchDictionary(_)
        | Stmt::AlterTextSearchParser(_)
        | Stmt::AlterTextSearchTemplate(_)
        | Stmt::AlterUserMapping(_)
        | Stmt::Call(_)
        | Stmt::Checkpoint(_)
        | Stmt::Close(_)
        | Stmt::CreateAccessMethod(_)
        | Stmt::CreateAggregate(_)
        | Stmt::CreateCast(_)
        | Stmt::CreateCollation(_)
        | Stmt::CreateConversion(_)
        | Stmt::CreateForeignDataWrapper(_)
        | Stmt::CreateLanguage(_)
        | Stmt::CreateOperator(_)
        | Stmt::CreateOperatorClass(_)
        | Stmt::CreateOperatorFamily(_)
        | Stmt::CreatePropertyGraph(_)
        | Stmt::CreateServer(_)
        | Stmt::CreateStatistics(_)
        | Stmt::CreateTextSearchConfiguration(_)
        | Stmt::CreateTextSearchDictionary(_)
        | Stmt::CreateTextSearchParser(_)
        | Stmt::CreateTextSearchTemplate(_)
        | Stmt::CreateTransform(_)
        | Stmt::CreateUserMapping(_)
        | Stmt::Deallocate(_)
        | Stmt::DropPropertyGraph(_)
        | Stmt::DropUserMapping(_)
        | Stmt::EmptyStmt(_)
        | Stmt::Execute(_)
        | Stmt::Fetch(_)
        | Stmt::Listen(_)
        | Stmt::Move(_)
        | Stmt::Notify(_)
        | Stmt::SecurityLabel(_)
        | Stmt::SetConstraints(_)
        | Stmt::SetTransaction(_)
        | Stmt::Show(_)
        | Stmt::Unlisten(_) => {}
    }
}

/// Names of temporary tables that the statements below `root` create, wherever they stand.
pub(super) fn temporary_tables(root: &SyntaxNode) -> Vec<String> {
    let temporary = root.descendants().filter(|it| it.kind() == Kind::TEMP);
    let created = temporary.filter_map(|it| it.parent());
    created
        .filter_map(|it| child(&it, Kind::TABLE_NAME))
        .filter_map(|it| names::object(&it))
        .map(|it| it.name)
        .collect()
}

/// One change for each name of a list.
fn each(
    cx: &mut Lower,
    place: &Place<'_>,
    node: &SyntaxNode,
    kind: Kind,
    certainty: Certainty,
    op: impl Fn(crate::schema::ObjectName, Cascade) -> Op,
) {
    let cascade = cascade(node);
    for name in children(node, kind) {
        let Some(mut object) = names::object(&name) else { continue };
        // A body that makes a temporary table drops the one of its last run first. The rules look whether an older
        // table has the name.
        let deferred = certainty == Certainty::Deferred && kind == Kind::TABLE_NAME_REF;
        if deferred && object.schema.is_none() && cx.temporary.contains(&object.name) {
            object.schema = Some("pg_temp".to_owned());
        }
        cx.push(place, trimmed(&name), certainty, op(object, cascade));
    }
}

pub(super) fn cascade(node: &SyntaxNode) -> Cascade {
    if descendant(node, Kind::CASCADE).is_some() { Cascade::Yes } else { Cascade::No }
}

pub(super) fn guard(node: &SyntaxNode) -> Guard {
    if child(node, Kind::IF_NOT_EXISTS).is_some() {
        Guard::IfNotExists
    } else if child(node, Kind::IF_EXISTS).is_some() {
        Guard::IfExists
    } else {
        Guard::None
    }
}

pub(super) fn child(node: &SyntaxNode, kind: Kind) -> Option<SyntaxNode> {
    node.children().find(|it| it.kind() == kind)
}

pub(super) fn children(node: &SyntaxNode, kind: Kind) -> impl Iterator<Item = SyntaxNode> {
    node.children().filter(move |it| it.kind() == kind)
}

pub(super) fn descendant(node: &SyntaxNode, kind: Kind) -> Option<SyntaxNode> {
    node.descendants().find(|it| it.kind() == kind)
}

/// The tokens below a node that are neither white space nor comments.
pub(super) fn tokens(node: &SyntaxNode) -> Vec<(Kind, String)> {
    node.descendants_with_tokens()
        .filter_map(SyntaxElement::into_token)
        .filter(|it| !it.kind().is_trivia())
        .map(|it| (it.kind(), it.text().to_owned()))
        .collect()
}
