//! Where the migrations leave another database behind than the schema describes.

use sprag::parse::prisma::Datamodel;
use sprag::rules;

use crate::sql;

const SQL: &str = r#"
create type "Status" as enum ('NEW', 'PAID');
create table users (
    id serial primary key,
    email varchar(100) not null,
    created_at timestamp(3) not null default current_timestamp,
    tags text[],
    price decimal(65,30),
    status "Status" not null default 'NEW'
);
create unique index users_email_key on users (email);
create table orders (id bigint primary key, user_id integer not null, constraint orders_user_fkey foreign key (user_id) references users (id));
create index orders_user_id_idx on orders (user_id);
create table _prisma_migrations (id text primary key);
create policy own on users using (true);
create index users_small_idx on users (lower(email));
create index users_new_idx on users (price) where status = 'NEW';
"#;

const SCHEMA: &str = r#"
model User {
  id        Int      @id @default(autoincrement())
  email     String   @unique @db.VarChar(100)
  createdAt DateTime @default(now()) @map("created_at")
  tags      String[]
  price     Decimal?
  status    Status   @default(NEW)
  orders    Order[]
  @@map("users")
}
model Order {
  id     BigInt @id
  userId Int    @map("user_id")
  user   User   @relation(fields: [userId], references: [id])
  @@index([userId])
  @@map("orders")
}
enum Status {
  NEW
  PAID
}
"#;

fn drift(sql: &str, schema: &str) -> Vec<String> {
    let datamodel = Datamodel::read(&[("prisma/schema.prisma".into(), schema.into())]);
    assert_eq!(datamodel.broken, Vec::new());
    let found = rules::drift(&datamodel, &sql::database(&[sql]));
    found.into_iter().map(|it| it.finding.message).collect()
}

/// What is said when the schema has one thing another way.
fn with(from: &str, to: &str) -> Vec<String> {
    assert!(SCHEMA.contains(from), "{from}");
    drift(SQL, &SCHEMA.replace(from, to))
}

#[test]
fn a_schema_that_describes_the_database_has_none_whatever_prisma_cannot_express() {
    assert_eq!(drift(SQL, SCHEMA), Vec::<String>::new());
}

#[test]
fn what_the_schema_has_and_no_migration_makes_is_named() {
    assert_eq!(
        with("  tags      String[]\n", "  tags      String[]\n  nick      String?\n"),
        ["no migration adds the column `public.users.nick`"]
    );
    assert_eq!(
        with("  PAID\n", "  PAID\n  SENT\n"),
        ["no migration adds `SENT` to the enum `public.Status`"]
    );
    assert_eq!(
        with("  price     Decimal?\n", "  price     Decimal? @unique\n"),
        ["no migration makes `price` unique in `public.users`"]
    );
    assert_eq!(
        with("  @@index([userId])\n", "  @@index([userId])\n  @@index([userId, id])\n"),
        ["no migration makes the index on `user_id`, `id` of `public.orders`"]
    );
    let model = "enum Status {";
    assert_eq!(
        with(model, &format!("model Note {{\n  id Int @id\n  @@map(\"notes\")\n}}\n{model}")),
        ["no migration makes the table `public.notes` of `Note`"]
    );
}

#[test]
fn what_a_migration_made_and_the_schema_has_not_is_named() {
    assert_eq!(
        with("  price     Decimal?\n", ""),
        ["`public.users.price` has no field, so Prisma's next migration drops it"]
    );
    assert_eq!(
        with("  @@index([userId])\n", ""),
        ["`public.orders` has an index on `user_id`, and the schema has none"]
    );
    assert_eq!(
        with(" @unique @db.VarChar(100)", " @db.VarChar(100)"),
        ["`email` is unique in `public.users`, and not in the schema"]
    );
    assert_eq!(
        with("  PAID\n", ""),
        ["the enum `public.Status` has `PAID`, which the schema has not"]
    );
    assert_eq!(
        drift(&format!("{SQL}create table notes (id int);"), SCHEMA),
        ["`public.notes` has no model, so Prisma's next migration drops it"]
    );
}

#[test]
fn another_type_requirement_or_default_is_named_with_both() {
    assert_eq!(
        with("@db.VarChar(100)", "@db.VarChar(50)"),
        ["`public.users.email` is `varchar(100)` in the database and `varchar(50)` in the schema"]
    );
    assert_eq!(
        with("price     Decimal?", "price     Decimal"),
        ["`public.users.price` may be null in the database and required in the schema"]
    );
    assert_eq!(
        with("@default(now()) @map", "@map"),
        ["`public.users.created_at` has a default in the database and none in the schema"]
    );
}

#[test]
fn a_relation_is_a_foreign_key_unless_prisma_keeps_it_itself() {
    let without = SQL
        .replace(", constraint orders_user_fkey foreign key (user_id) references users (id)", "");
    assert_ne!(without, SQL);
    assert_eq!(
        drift(&without, SCHEMA),
        ["no migration makes the foreign key of `user_id` in `public.orders` to `users`"]
    );
    let source = "datasource db {\n  provider = \"postgresql\"\n  relationMode = \"prisma\"\n}\n";
    assert_eq!(drift(&without, &format!("{source}{SCHEMA}")), Vec::<String>::new());
}

#[test]
fn a_relation_of_many_to_many_has_a_table_of_its_own() {
    let schema = SCHEMA
        .replace(
            "  orders    Order[]\n",
            "  orders    Order[]\n  bought    Order[] @relation(\"Bought\")\n",
        )
        .replace(
            "  @@index([userId])\n",
            "  buyers User[] @relation(\"Bought\")\n  @@index([userId])\n",
        );
    assert_eq!(drift(SQL, &schema), ["no migration makes the table `public._Bought` of `_Bought`"]);
    let join = "create table \"_Bought\" (\"A\" bigint not null, \"B\" integer not null);";
    assert_eq!(drift(&format!("{SQL}{join}"), &schema), Vec::<String>::new());
}

#[test]
fn a_partial_index_stands_for_a_whole_one_and_is_asked_for_by_none() {
    let sql = SQL.replace("on orders (user_id);", "on orders (user_id) where user_id > 0;");
    assert_ne!(sql, SQL);
    assert_eq!(drift(&sql, SCHEMA), Vec::<String>::new());
    assert_eq!(drift(&sql, &SCHEMA.replace("  @@index([userId])\n", "")), Vec::<String>::new());
}
