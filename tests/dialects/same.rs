//! Where both readers know a statement they say the same of it: `sqlparser` with its grammar of Postgres, and squawk.

use std::fmt::Write as _;

use sprag::parse::sql::Script;
use sprag::parse::{dialect, sql};
use sprag::rules;
use sprag::schema::{
    Certainty, Change, Expression, Filter, NewColumn, NewConstraint, Op, Provider,
};

/// Plain statements that define and alter.
const PLAIN: &[&str] = &[
    "create table users (id bigint primary key, email text not null unique, age int default 1)",
    "create table if not exists shop.users (a varchar(20), b numeric(10, 2) not null, primary key (a, b))",
    "create table \"User\" (\"theId\" integer not null, constraint \"User_pkey\" primary key (\"theId\"))",
    "create table Orders (id bigint, user_id bigint references users (id) on delete cascade on update no action)",
    "create table orders (id bigint, constraint fk foreign key (id) references users (id) on delete set null)",
    "create table t (a int, b int, constraint positive check (a > 0), unique (a, b))",
    "create temporary table picked (id bigint)",
    "alter table users add column nick text",
    "alter table users add column age int not null default 5, drop column email",
    "alter table users drop column if exists email cascade",
    "alter table users rename column email to mail",
    "alter table users rename to people",
    "alter table users rename constraint a to b",
    "alter table users alter column email set not null",
    "alter table users alter column email drop not null",
    "alter table users alter column age set default 7",
    "alter table users alter column age drop default",
    "alter table users alter column age type bigint",
    "alter table users alter column age set data type varchar(20)",
    "alter table users add constraint users_fk foreign key (team) references teams (id)",
    "alter table users add constraint users_key unique (email)",
    "alter table users add primary key (id)",
    "alter table users drop constraint users_fk",
    "drop table users",
    "drop table if exists a, shop.b cascade",
    "drop view v",
    "drop sequence s",
    "drop index users_email_idx",
    "create index users_email_idx on users (email)",
    "create unique index i on shop.users (email, age desc)",
    "create index on users (email)",
    "truncate users",
    "truncate table users, shop.orders",
    "delete from users",
    "delete from users where id = 1",
    "delete from users where true",
    "update users set age = 1, email = 'x'",
    "update users set age = 1 where id = 1",
    "insert into users (id) values (1)",
    "insert into users (id) select id from people",
    "create view v as select id, email from users",
    "create schema shop",
    "begin",
    "commit",
    "rollback",
];

/// The ops of a script, without what only one of the two keeps: places, and what squawk works out of an expression.
fn ops(changes: &[Change]) -> Vec<String> {
    // Only the readers of the others look for rows that are copied.
    let changes = changes.iter().filter(|it| !matches!(it.op, Op::CopyRows { .. }));
    changes.map(|it| format!("{:?}", plain(it.op.clone()))).collect()
}

fn plain(op: Op) -> Op {
    match op {
        Op::CreateTable(mut it) => {
            it.at = 0..0;
            it.folded_from = None;
            it.columns.iter_mut().for_each(column);
            it.constraints.iter_mut().for_each(constraint);
            // Of a view squawk tells the columns of its query, where all of them have names.
            it.shows.clear();
            Op::CreateTable(it)
        }
        // Squawk's reader sees through conditions that every row meets in disguise.
        Op::Delete { table, filter: Filter::Whenever(_) | Filter::Some } => {
            Op::Delete { table, filter: Filter::Some }
        }
        Op::Update { table, filter: Filter::Whenever(_) | Filter::Some, columns } => {
            Op::Update { table, filter: Filter::Some, columns }
        }
        Op::CreateIndex(mut it) => {
            it.at = 0..0;
            it.predicate = it.predicate.as_ref().map(expression);
            Op::CreateIndex(it)
        }
        Op::AddColumn { table, column: mut new, mut constraints, guard } => {
            column(&mut new);
            constraints.iter_mut().for_each(constraint);
            Op::AddColumn { table, column: new, constraints, guard }
        }
        Op::RenameColumn { table, from, mut to } => {
            column(&mut to);
            Op::RenameColumn { table, from, to }
        }
        Op::AddConstraint { table, constraint: mut it } => {
            constraint(&mut it);
            Op::AddConstraint { table, constraint: it }
        }
        Op::AlterColumnType { table, column, to, using } => {
            Op::AlterColumnType { table, column, to: data_type(&to), using }
        }
        Op::SetDefault { table, column, default } => {
            Op::SetDefault { table, column, default: expression(&default) }
        }
        op => op,
    }
}

fn column(it: &mut NewColumn) {
    it.at = 0..0;
    // What squawk's reader keeps of it depends on the case of its letters, and it calls types by one name each.
    it.folded_from = None;
    it.data_type = data_type(&it.data_type);
    it.default = it.default.as_ref().map(expression);
}

fn data_type(it: &str) -> String {
    match it {
        "int" => "integer".to_owned(),
        it => it.replace(", ", ","),
    }
}

fn constraint(it: &mut NewConstraint) {
    it.at = 0..0;
    if let sprag::schema::ConstraintKind::Check(check) = &it.kind {
        it.kind = sprag::schema::ConstraintKind::Check(expression(check));
    }
}

fn expression(it: &Expression) -> Expression {
    Expression { text: it.text.clone(), columns: it.columns.clone(), ..Expression::default() }
}

/// What is of Postgres alone, so that the other reader need not know it.
fn is_of_postgres(statement: &str, changes: &[Change]) -> bool {
    // Row level security, privileges, triggers, routines, types, settings: ops that the others have no use for.
    let common = |it: &Change| {
        matches!(
            it.op,
            Op::CreateTable(_)
                | Op::DropTable { .. }
                | Op::DropView { .. }
                | Op::RenameTable { .. }
                | Op::AddColumn { .. }
                | Op::DropColumn { .. }
                | Op::RenameColumn { .. }
                | Op::AlterColumnType { .. }
                | Op::SetNotNull { .. }
                | Op::DropNotNull { .. }
                | Op::SetDefault { .. }
                | Op::DropDefault { .. }
                | Op::AddConstraint { .. }
                | Op::DropConstraint { .. }
                | Op::RenameConstraint { .. }
                | Op::CreateIndex(_)
                | Op::DropIndex { .. }
                | Op::Truncate { .. }
                | Op::Delete { .. }
                | Op::Update { .. }
                | Op::Insert { .. }
                | Op::CreateSchema { .. }
                | Op::DropSequence { .. }
                | Op::Transaction(_)
        )
    };
    if !changes.iter().all(common) || changes.iter().any(|it| it.certainty != Certainty::Sure) {
        return true;
    }
    let lower = statement.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|it| lower.contains(it));
    // Conditions that every row meets in disguise: only squawk's reader sees through them.
    let disguised =
        [" in (", "id = id", "not null", "exists", "+", "using", "now(", "or ", "current of"];
    // Names that Postgres cuts, and what it has beyond the others in statements that all of them have.
    let long =
        statement.split(|it: char| !it.is_alphanumeric() && it != '_').any(|it| it.len() > 63);
    long || (lower.contains(" where ") && has(&disguised))
        || has(&[
            "only ",
            "using",
            "partition",
            "inherits",
            "like",
            "generated",
            "serial",
            "not valid",
            "nulls",
            "concurrently",
            "collate",
            "exclude",
            "unlogged",
            "foreign table",
            "materialized",
            "on conflict",
            "[]",
            "::",
            "pg_temp",
            "temp",
            "lateral",
            " into ",
            "current of",
            "include",
            " with",
            "with ",
            "()",
            " as ",
            "for ",
            "e'",
            "u&",
            "\"char\"",
            "copy",
            "merge",
            "(lower(",
            "ops",
            "numeric(",
            "varying",
            "precision",
            "time zone",
        ])
}

/// Writes down a statement that the two readers read in two ways.
fn note_difference(wrong: &mut String, statement: &str, one: &Script, other: &Script) {
    let (one, other) = (ops(&one.changes), ops(&other.changes));
    if one != other {
        let _ = writeln!(wrong, "{statement}\n  {one:?}\n  {other:?}");
    }
}

#[test]
fn plain_statements_are_read_alike() {
    let mut wrong = String::new();
    for statement in PLAIN {
        let (one, other) = (sql::read(statement), dialect::read(statement, Provider::Postgresql));
        note_difference(&mut wrong, statement, &one, &other);
    }
    assert_eq!(wrong, "");
}

#[test]
fn the_examples_of_the_rules_are_read_alike_where_both_read_them() {
    let (mut wrong, mut compared) = (String::new(), 0);
    for rule in rules::all() {
        for text in examples(rule.text) {
            for statement in text.split(';').map(str::trim).filter(|it| !it.is_empty()) {
                let (one, other) =
                    (sql::read(statement), dialect::read(statement, Provider::Postgresql));
                if one.opaque + other.opaque > 0 || is_of_postgres(statement, &one.changes) {
                    continue;
                }
                compared += 1;
                note_difference(&mut wrong, statement, &one, &other);
            }
        }
    }
    assert_eq!(wrong, "");
    assert!(compared > 300, "{compared}");
}

/// The blocks of SQL of a page.
fn examples(page: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut block: Option<String> = None;
    for line in page.lines().filter_map(|it| it.strip_prefix("//!")) {
        let line = line.strip_prefix(' ').unwrap_or(line);
        match &mut block {
            None if line.starts_with("```sql") => block = Some(String::new()),
            Some(_) if line.starts_with("```") => found.extend(block.take()),
            Some(text) => {
                text.push_str(line);
                text.push('\n');
            }
            None => {}
        }
    }
    found
}
