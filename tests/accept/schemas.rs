//! What a change to `schema.prisma` is judged by.

use crate::support::Sandbox;

const SCHEMA: &str = r#"datasource db {
  provider = "postgresql"
  url      = env("DATABASE_URL")
}

model User {
  id     BigInt  @id
  email  String
  orders Order[]

  @@map("users")
}

model Order {
  id     BigInt @id
  userId BigInt @map("user_id")
  user   User   @relation(fields: [userId], references: [id])

  @@map("orders")
}
"#;

const TABLES: &str = "create table users (id bigint primary key, email text not null);
alter table users enable row level security;
create table orders (id bigint primary key, user_id bigint not null references users (id) on delete restrict on update cascade);
alter table orders enable row level security;
";

const PLACE: &str = "prisma/schema.prisma";

fn seed() -> Sandbox {
    let sandbox = Sandbox::init(&[]);
    sandbox.write(PLACE, SCHEMA);
    sandbox.write("prisma/migrations/20250101000000_init/migration.sql", TABLES);
    sandbox.commit_all("seed");
    let sandbox = sandbox.with_origin();
    sandbox.install();
    sandbox
}

/// The schema with one thing another way.
fn with(from: &str, to: &str) -> String {
    assert!(SCHEMA.contains(from), "{from}");
    SCHEMA.replace(from, to)
}

fn migration(sandbox: &Sandbox, sql: &str) {
    sandbox.write("prisma/migrations/20250201000000_next/migration.sql", sql);
}

#[test]
fn a_field_that_goes_is_refused_before_there_is_a_migration() {
    let sandbox = seed();
    sandbox.write(PLACE, with("  email  String\n", ""));
    sandbox.does("git add -A");
    sandbox.refuses(
        "git commit -m x",
        &["removed-field", "prisma/schema.prisma", "public.users.email"],
    );
}

#[test]
fn a_field_that_a_migration_drops_is_judged_in_the_migration() {
    let sandbox = seed();
    sandbox.write(PLACE, with("  email  String\n", ""));
    migration(&sandbox, "alter table users drop column email;\n");
    sandbox.does("git add -A");
    let (code, said) = sandbox.sprag(&["check", "--staged"]);
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("drop-column") && !said.contains("removed-field"), "{said}");
}

#[test]
fn a_column_that_was_dropped_long_ago_may_leave_the_schema() {
    let sandbox = Sandbox::init(&[]);
    sandbox.write(PLACE, SCHEMA);
    sandbox.write("prisma/migrations/20250101000000_init/migration.sql", TABLES);
    migration(&sandbox, "alter table users drop column email;\n");
    sandbox.commit_all("seed");
    let sandbox = sandbox.with_origin();
    sandbox.install();
    sandbox.write(PLACE, with("  email  String\n", ""));
    sandbox.does("git add -A");
    sandbox.passes("git commit -qm x");
}

#[test]
fn a_required_field_with_its_migration_is_told_once() {
    let sandbox = seed();
    sandbox.write(PLACE, with("  email  String\n", "  email  String\n  plan   String\n"));
    migration(&sandbox, "alter table users add column plan text not null;\n");
    sandbox.does("git add -A");
    let (code, said) = sandbox.sprag(&["check", "--staged"]);
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("required-column") && !said.contains("required-field"), "{said}");
}

#[test]
fn a_new_field_in_another_case_is_refused_where_it_is_written() {
    let sandbox = seed();
    sandbox.write(PLACE, with("  email  String\n", "  email  String\n  firstName String?\n"));
    sandbox.does("git add -A");
    sandbox.refuses(
        "git commit -m x",
        &["column-snake-case", "schema.prisma", "@map(\"first_name\")"],
    );
    sandbox.write(
        PLACE,
        with("  email  String\n", "  email  String\n  firstName String? @map(\"first_name\")\n"),
    );
    sandbox.does("git add -A");
    sandbox.passes("git commit -qm x");
}

#[test]
fn a_schema_may_be_cut_into_files() {
    let sandbox = seed();
    let (head, order) = SCHEMA.split_at(SCHEMA.find("model Order").unwrap());
    sandbox.does("mkdir prisma/schema; git mv prisma/schema.prisma prisma/schema/main.prisma");
    sandbox.write("prisma/schema/main.prisma", head);
    sandbox.write("prisma/schema/order.prisma", order);
    sandbox.does("git add -A");
    sandbox.passes("git commit -qm x");
    sandbox.does("git rm -q prisma/schema/order.prisma");
    sandbox.write("prisma/schema/main.prisma", head.replace("  orders Order[]\n", ""));
    sandbox.does("git add -A");
    sandbox.refuses("git commit -m x", &["removed-model", "public.orders"]);
}

#[test]
fn a_model_in_a_file_that_prisma_does_not_read_is_gone() {
    let sandbox = seed();
    let (head, order) = SCHEMA.split_at(SCHEMA.find("model Order").unwrap());
    sandbox.write(PLACE, head.replace("  orders Order[]\n", ""));
    sandbox.write("prisma/old/order.prisma", order);
    sandbox.does("git add -A");
    sandbox.refuses("git commit -m x", &["removed-model", "public.orders"]);
}

#[test]
fn a_schema_that_goes_takes_its_models_with_it() {
    let sandbox = seed();
    sandbox.does("git rm -q prisma/schema.prisma");
    sandbox.refuses("git commit -m x", &["removed-model", "2 models"]);
}

#[test]
fn a_schema_that_moves_is_the_same() {
    let sandbox = seed();
    sandbox.does("mkdir -p packages/db/prisma; git mv prisma/schema.prisma packages/db/prisma/");
    sandbox.passes("git commit -qm x");
}

#[test]
fn comments_order_and_space_are_no_change() {
    let sandbox = seed();
    let (head, order) = SCHEMA.split_at(SCHEMA.find("model Order").unwrap());
    let (head, user) = head.split_at(head.find("model User").unwrap());
    sandbox.write(PLACE, format!("{head}// moved\n{order}\n{}", user.replace("  ", "    ")));
    sandbox.does("git add -A");
    sandbox.passes("git commit -qm x");
}

#[test]
fn a_schema_that_is_broken_is_refused_with_its_line() {
    let sandbox = seed();
    sandbox.write(PLACE, with("  email  String\n", "  email\n"));
    sandbox.does("git add -A");
    sandbox.refuses("git commit -m x", &["broken-schema", "prisma/schema.prisma:8"]);
}

#[test]
fn drift_is_told_from_the_commit_without_a_database() {
    let sandbox = seed();
    let (code, said) = sandbox.sprag(&["drift"]);
    assert_eq!(code, 0, "{said}");
    sandbox.write(PLACE, with("  email  String\n", "  email  String\n  nick   String?\n"));
    sandbox.does("git add -A; git commit -qnm x");
    let (code, said) = sandbox.sprag(&["drift"]);
    assert_eq!(code, 1, "{said}");
    let says = [
        "schema-drift",
        "prisma/schema.prisma:9",
        "no migration adds the column `public.users.nick`",
    ];
    assert!(says.iter().all(|it| said.contains(it)), "{said}");
}

#[test]
fn drift_has_no_verdict_where_there_is_no_schema() {
    let sandbox = Sandbox::init(&[]);
    sandbox.write("a", "a").commit_all("seed");
    let (code, said) = sandbox.sprag(&["drift"]);
    assert!(code == 2 && said.contains("no Prisma schema"), "{said}");
}

#[test]
fn a_view_is_nothing_that_prisma_takes_away() {
    let sandbox = seed();
    let view = "view Adult {\n  userId BigInt @unique\n  @@map(\"adults\")\n}\n";
    sandbox.write(PLACE, format!("{SCHEMA}{view}"));
    sandbox.does("git add -A; git commit -qnm x; git push -q --no-verify");
    sandbox.write(PLACE, format!("{SCHEMA}{view}// a comment\n"));
    sandbox.does("git add -A");
    sandbox.passes("git commit -qm x");
    sandbox.write(PLACE, SCHEMA);
    sandbox.does("git add -A");
    sandbox.passes("git commit -qm x");
}

#[test]
fn schemas_in_folders_of_each_other_are_told_apart() {
    let sandbox = seed();
    sandbox.write(
        "schema.prisma",
        SCHEMA.replace("users", "people").replace("\"orders\"", "\"sales\""),
    );
    sandbox.does("git add -A; git commit -qnm x; git push -q --no-verify");
    sandbox.does("echo // >>schema.prisma; echo // >>prisma/schema.prisma; git add -A");
    sandbox.passes("git commit -qm x");
}
