//! Columns and constraints, as a statement declares them.

use squawk_syntax::ast;
use squawk_syntax::ast::AstNode;
use squawk_syntax::{SyntaxKind as Kind, SyntaxNode};

use super::statement::{child, children};
use super::table::new_column;
use super::{Place, names, scalar, trimmed};
use crate::schema::{
    ConstraintKind, Expression, ForeignKey, Generated, NewColumn, NewConstraint, Referential,
};

/// A column of `CREATE TABLE` or `ADD COLUMN`, and the constraints that stand with it.
pub(super) fn column(
    place: &Place<'_>,
    node: &SyntaxNode,
) -> Option<(NewColumn, Vec<NewConstraint>)> {
    let name = child(node, Kind::COLUMN_NAME)?;
    let data_type = node.children().find_map(ast::Type::cast);
    let data_type = data_type.map_or_else(String::new, |it| names::data_type(it.syntax()));
    let mut column = new_column(&name, data_type);
    column.at = place.map(column.at);
    if is_serial(&column.data_type) {
        column.not_null = true;
        column.default = Some(next_number(&column));
    }
    let mut constraints = Vec::new();
    for part in node.children() {
        match part.kind() {
            Kind::NOT_NULL_CONSTRAINT => column.not_null = true,
            Kind::DEFAULT_CONSTRAINT => column.default = default(place, &part),
            Kind::GENERATED_CONSTRAINT => {
                column.generated = generated(&part);
                column.not_null |= column.generated == Some(Generated::Identity);
            }
            _ => {
                column.not_null |= part.kind() == Kind::PRIMARY_KEY_CONSTRAINT;
                constraints.extend(constraint(place, &part, Some(&column.name)));
            }
        }
    }
    Some((column, constraints))
}

/// A constraint of a table, or of the column named.
pub(super) fn constraint(
    place: &Place<'_>,
    node: &SyntaxNode,
    column: Option<&str>,
) -> Option<NewConstraint> {
    let own = || column.map(str::to_owned).into_iter().collect::<Vec<String>>();
    let indexed = || {
        let parameters = child(node, Kind::INDEX_PARAMETERS);
        let list = parameters.and_then(|it| child(&it, Kind::CONSTRAINT_COLUMN_REF_LIST));
        list.map_or_else(own, |it| column_names(&it))
    };
    let kind = match node.kind() {
        Kind::PRIMARY_KEY_CONSTRAINT => ConstraintKind::PrimaryKey { columns: indexed() },
        Kind::UNIQUE_CONSTRAINT => {
            let apart = Kind::NULLS_NOT_DISTINCT;
            let parameters = child(node, Kind::INDEX_PARAMETERS);
            let nulls_not_distinct = parameters.is_some_and(|it| child(&it, apart).is_some());
            ConstraintKind::Unique { columns: indexed(), nulls_not_distinct }
        }
        Kind::CHECK_CONSTRAINT => {
            ConstraintKind::Check(expression(place, node).unwrap_or_default())
        }
        Kind::REFERENCES_CONSTRAINT | Kind::FOREIGN_KEY_CONSTRAINT => {
            ConstraintKind::ForeignKey(foreign_key(node, own())?)
        }
        Kind::EXCLUDE_CONSTRAINT => {
            let list = child(node, Kind::CONSTRAINT_EXCLUSION_LIST);
            let parts = list.into_iter().flat_map(|it| it.children().collect::<Vec<_>>());
            let columns = parts.filter_map(|it| child(&it, Kind::NAME_REF));
            ConstraintKind::Exclude { columns: columns.map(|it| names::name(&it)).collect() }
        }
        // Postgres before 18 ignores the name of one that stands with its column.
        Kind::NOT_NULL_CONSTRAINT if column.is_none() => {
            let column = names::name(&child(node, Kind::COLUMN_NAME_REF)?);
            ConstraintKind::NotNull { column }
        }
        _ => return None,
    };
    let named = child(node, Kind::CONSTRAINT_NAME_CLAUSE);
    let named = named.and_then(|it| child(&it, Kind::CONSTRAINT_NAME));
    let using = child(node, Kind::USING_INDEX_NAME).and_then(|it| names::object(&it));
    Some(NewConstraint {
        name: named.as_ref().map(names::name),
        kind,
        not_valid: [Kind::NOT_VALID, Kind::NOT_ENFORCED]
            .iter()
            .any(|it| child(node, *it).is_some()),
        using_index: using.map(|it| it.name),
        at: place.map(trimmed(node)),
    })
}

/// A default. Postgres stores none that is `NULL`.
pub(super) fn default(place: &Place<'_>, node: &SyntaxNode) -> Option<Expression> {
    let is_null = |it: &Expression| {
        let text = it.text.to_ascii_lowercase();
        text == "null" || text.starts_with("null::")
    };
    expression(place, node).filter(|it| !is_null(it))
}

/// The expression that stands directly below a node.
pub(super) fn expression(place: &Place<'_>, node: &SyntaxNode) -> Option<Expression> {
    let found = node.children().find_map(ast::Expr::cast)?;
    Some(scalar::read(place, found.syntax()))
}

/// Names of the columns of a list.
pub(super) fn column_names(list: &SyntaxNode) -> Vec<String> {
    children(list, Kind::COLUMN_NAME_REF).map(|it| names::name(&it)).collect()
}

fn foreign_key(node: &SyntaxNode, own: Vec<String>) -> Option<ForeignKey> {
    let target = names::object(&child(node, Kind::TABLE_NAME_REF)?)?;
    let lists: Vec<Vec<String>> =
        children(node, Kind::FOREIGN_KEY_COLUMN_LIST).map(|it| column_names(&it)).collect();
    let mut lists = lists.into_iter();
    let (columns, target_columns) = if node.kind() == Kind::FOREIGN_KEY_CONSTRAINT {
        (lists.next().unwrap_or_default(), lists.next().unwrap_or_default())
    } else {
        (own, column_names(node))
    };
    let action = |kind| {
        let action = child(node, kind);
        action.map_or(Referential::Unsaid, |it| referential(&it))
    };
    Some(ForeignKey {
        columns,
        target,
        target_columns,
        on_delete: action(Kind::ON_DELETE_ACTION),
        on_update: action(Kind::ON_UPDATE_ACTION),
    })
}

fn referential(action: &SyntaxNode) -> Referential {
    let found = action.children().find_map(|it| match it.kind() {
        Kind::CASCADE => Some(Referential::Cascade),
        Kind::RESTRICT => Some(Referential::Restrict),
        Kind::NO_ACTION => Some(Referential::NoAction),
        Kind::SET_NULL_COLUMNS => Some(Referential::SetNull),
        Kind::SET_DEFAULT_COLUMNS => Some(Referential::SetDefault),
        _ => None,
    });
    found.unwrap_or_default()
}

fn generated(constraint: &SyntaxNode) -> Option<Generated> {
    if child(constraint, Kind::GENERATED_IDENTITY).is_some() {
        return Some(Generated::Identity);
    }
    let stored = child(constraint, Kind::GENERATED_STORED)?;
    // Postgres 18 takes it as virtual where nothing is said.
    let kind =
        if child(&stored, Kind::STORED).is_some() { Generated::Stored } else { Generated::Virtual };
    Some(kind)
}

/// Types that are a whole number with a sequence of its own (Postgres manual, 8.1.4).
fn is_serial(data_type: &str) -> bool {
    let names = ["serial", "bigserial", "smallserial", "serial2", "serial4", "serial8"];
    names.contains(&data_type)
}

fn next_number(column: &NewColumn) -> Expression {
    Expression {
        text: "nextval".to_owned(),
        calls: vec!["nextval".to_owned()],
        per_row: vec!["nextval".to_owned()],
        at: column.at.clone(),
        ..Expression::default()
    }
}
