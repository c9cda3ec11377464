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
create table orders (id bigint primary key, user_id integer not null, constraint orders_user_id_fkey foreign key (user_id) references users (id) on delete restrict on update cascade);
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
        .replace(", constraint orders_user_id_fkey foreign key (user_id) references users (id) on delete restrict on update cascade", "");
    assert_ne!(without, SQL);
    assert_eq!(
        drift(&without, SCHEMA),
        ["no migration makes the foreign key of `user_id` in `public.orders` to `users`"]
    );
    let source = "datasource db {\n  provider = \"postgresql\"\n  relationMode = \"prisma\"\n}\n";
    assert_eq!(drift(&without, &format!("{source}{SCHEMA}")), Vec::<String>::new());
}

const MANY: &str = r#"
model Zebra {
  id    Int   @id
  birds Bird[] @relation("Seen")
  @@map("aa")
}
model Bird {
  id     BigInt  @id
  zebras Zebra[] @relation("Seen")
  @@map("bb")
}
"#;

const SEEN: &str = r#"
create table aa (id int primary key);
create table bb (id bigint primary key);
create table "_Seen" ("A" bigint not null, "B" int not null, constraint "_Seen_AB_pkey" primary key ("A", "B"));
create index "_Seen_B_index" on "_Seen" ("B");
alter table "_Seen" add constraint "_Seen_A_fkey" foreign key ("A") references bb (id) on delete cascade on update cascade;
alter table "_Seen" add constraint "_Seen_B_fkey" foreign key ("B") references aa (id) on delete cascade on update cascade;
"#;

#[test]
fn a_relation_of_many_to_many_has_a_table_of_its_own() {
    assert_eq!(drift(SEEN, MANY), Vec::<String>::new());
    let without = "create table aa (id int primary key);create table bb (id bigint primary key);";
    assert_eq!(drift(without, MANY), ["no migration makes the table `public._Seen` of `_Seen`"]);
    let other = SEEN
        .replace("\"A\" bigint", "\"A\" int")
        .replace("bb (id) on delete cascade", "bb (id) on delete restrict");
    assert_eq!(
        drift(&other, MANY),
        [
            "`public._Seen.A` is `integer` in the database and `bigint` in the schema",
            "the foreign key of `A` in `public._Seen` is `on delete restrict on update cascade` in the database and `on delete cascade on update cascade` in the schema",
        ]
    );
}

/// Prisma made a unique index before its version 6, and a primary key since.
#[test]
fn the_key_of_a_relations_table_may_be_as_an_older_prisma_made_it() {
    let tables = SEEN.split_at(SEEN.find("create table \"_Seen\"").unwrap());
    let older = tables.1.replace(
        ", constraint \"_Seen_AB_pkey\" primary key (\"A\", \"B\"));",
        ");\ncreate unique index \"_Seen_AB_unique\" on \"_Seen\" (\"A\", \"B\");",
    );
    assert_ne!(older, tables.1);
    assert_eq!(drift(&format!("{}{older}", tables.0), MANY), Vec::<String>::new());
    // Another table shows that a newer one is in use.
    let both = format!("{SEEN}{}", older.replace("_Seen", "_Heard"));
    let lists = |it: &str| format!("{it} @relation(\"Seen\")\n  heard {it} @relation(\"Heard\")");
    let schema = MANY
        .replace("Bird[] @relation(\"Seen\")", &lists("Bird[]"))
        .replace("Zebra[] @relation(\"Seen\")", &lists("Zebra[]"));
    assert_eq!(
        drift(&both, &schema),
        [
            "the primary key of `public._Heard` is nothing in the database and `A`, `B` in the schema",
            "`A`, `B` is unique in `public._Heard`, and not in the schema",
        ]
    );
}

#[test]
fn a_partial_index_stands_for_a_whole_one_and_is_asked_for_by_none() {
    let sql = SQL.replace("on orders (user_id);", "on orders (user_id) where user_id > 0;");
    assert_ne!(sql, SQL);
    assert_eq!(drift(&sql, SCHEMA), Vec::<String>::new());
    assert_eq!(drift(&sql, &SCHEMA.replace("  @@index([userId])\n", "")), Vec::<String>::new());
}

/// The database as it is after this one statement, beside a schema with this one line.
fn index(sql: &str, line: &str) -> Vec<String> {
    let table = "create table notes (id int primary key, title text, body jsonb, at timestamp(3));";
    let model = format!(
        "model Note {{\n  id Int @id\n  title String?\n  body Json?\n  at DateTime?\n  {line}\n  @@map(\"notes\")\n}}\n"
    );
    drift(&format!("{table}{sql}"), &model)
}

#[test]
fn an_index_is_another_one_where_it_is_sorted_or_built_another_way() {
    let none = Vec::<String>::new();
    for (sql, line) in [
        ("create index notes_at_idx on notes (at desc);", "@@index([at(sort: Desc)])"),
        ("create index notes_at_idx on notes (at desc nulls last);", "@@index([at(sort: Desc)])"),
        (
            "create index notes_body_idx on notes using gin (body);",
            "@@index([body(ops: JsonbOps)], type: Gin)",
        ),
        (
            "create index notes_body_idx on notes using gin (body jsonb_path_ops);",
            "@@index([body(ops: JsonbPathOps)], type: Gin)",
        ),
        (
            "create index notes_title_idx on notes using gin (title public.gin_trgm_ops);",
            "@@index([title(ops: raw(\"gin_trgm_ops\"))], type: Gin)",
        ),
        // Nobody would see another one of a btree.
        ("create index notes_title_idx on notes (title text_pattern_ops);", "@@index([title])"),
        ("create index notes_title_at_idx on notes (title) include (at);", "@@index([title, at])"),
        ("create index old on notes (title);", "@@index([title], name: \"old\")"),
    ] {
        assert_eq!(index(sql, line), none, "{sql}");
    }
    for (sql, line, there, wanted) in [
        (
            "create index notes_at_idx on notes (at desc);",
            "@@index([at])",
            "`at` descending",
            "`at`",
        ),
        (
            "create index notes_at_idx on notes using hash (at);",
            "@@index([at])",
            "`at` by hash",
            "`at`",
        ),
        (
            "create index notes_body_idx on notes using gin (body jsonb_path_ops);",
            "@@index([body], type: Gin)",
            "`body` (`jsonb_path_ops`) by gin",
            "`body` by gin",
        ),
    ] {
        assert_eq!(
            index(sql, line),
            [
                format!("no migration makes the index on {wanted} of `public.notes`"),
                format!("`public.notes` has an index on {there}, and the schema has none"),
            ],
            "{sql}"
        );
    }
}

#[test]
fn what_has_another_name_is_renamed_by_prisma() {
    let called = |what: &str, is: &str, should: &str| {
        [format!(
            "the {what} of `public.notes` is called `{is}` in the database and `{should}` in the schema"
        )]
    };
    assert_eq!(
        index("create index old on notes (title);", "@@index([title])"),
        called("index on `title`", "old", "notes_title_idx")
    );
    assert_eq!(
        index("create unique index old on notes (title);", "@@unique([title])"),
        called("index on `title`", "old", "notes_title_key")
    );
    assert_eq!(
        index("alter index notes_pkey rename to old;", ""),
        called("primary key", "old", "notes_pkey")
    );
    assert_eq!(
        index("create index old on notes (title);", "@@index([title], map: \"old\")"),
        Vec::<String>::new()
    );
    // Two that are alike Prisma does not tell apart.
    assert_eq!(
        index(
            "create index a on notes (title); create index b on notes (title);",
            "@@index([title])"
        ),
        Vec::<String>::new()
    );
    let sql = SQL.replace("constraint orders_user_id_fkey", "constraint old");
    assert_eq!(
        drift(&sql, SCHEMA),
        [
            "the foreign key of `user_id` in `public.orders` is called `old` in the database and `orders_user_id_fkey` in the schema"
        ]
    );
}

#[test]
fn a_foreign_key_does_what_the_relation_says_or_prisma_takes_by_default() {
    let is = |written: &str| SQL.replace(" on delete restrict on update cascade", written);
    let said = |is: &str, should: &str| {
        [format!(
            "the foreign key of `user_id` in `public.orders` is `{is}` in the database and `{should}` in the schema"
        )]
    };
    assert_eq!(
        drift(&is(""), SCHEMA),
        said("on delete no action on update no action", "on delete restrict on update cascade")
    );
    let none = SCHEMA
        .replace("references: [id])", "references: [id], onDelete: NoAction, onUpdate: NoAction)");
    assert_eq!(drift(&is(""), &none), Vec::<String>::new());
    let optional = SCHEMA
        .replace("userId Int    @map", "userId Int?   @map")
        .replace("user   User   @relation", "user   User?  @relation");
    let sql = is(" on delete set null on update cascade")
        .replace("user_id integer not null", "user_id integer");
    assert_eq!(drift(&sql, &optional), Vec::<String>::new());
}

/// A column with this default beside a field with that one.
fn default(column: &str, field: &str) -> Vec<String> {
    let sql = format!(
        "create type mood as enum ('fine', 'GRIM'); create table t (id int primary key, c {column});"
    );
    let model = format!(
        "model t {{\n  id Int @id\n  c {field}\n}}\nenum mood {{\n  fine\n  grim @map(\"GRIM\")\n}}\n"
    );
    drift(&sql, &model)
}

#[test]
fn a_default_is_told_apart_by_what_it_is_and_not_by_how_it_is_written() {
    for (column, field) in [
        ("int not null default 0", "Int @default(0)"),
        ("numeric(65,30) not null default 0.00", "Decimal @default(0)"),
        ("text not null default 'it''s'::text", "String @default(\"it's\")"),
        ("boolean not null default FALSE", "Boolean @default(false)"),
        ("mood not null default 'GRIM'::mood", "mood @default(grim)"),
        ("text[] default '{}'", "String[] @default([])"),
        ("text[] default array['a', 'b']::text[]", "String[] @default([\"a\", \"b\"])"),
        ("timestamp(3) not null default now()", "DateTime @default(now())"),
        ("jsonb not null default '{\"a\": 1}'", "Json @default(\"{\\\"a\\\":1}\")"),
        ("int not null default 5", "Int @default(dbgenerated())"),
        ("int not null", "Int @default(dbgenerated())"),
        (
            "uuid not null default extensions.gen_random_uuid()",
            "String @default(dbgenerated(\"gen_random_uuid()\")) @db.Uuid",
        ),
        ("text not null default lower('X')", "String @default(dbgenerated(\"lower('Y')\"))"),
        ("int generated by default as identity", "Int @default(autoincrement())"),
    ] {
        assert_eq!(default(column, field), Vec::<String>::new(), "{column}");
    }
    for (column, field, is, should) in [
        ("int not null default 0", "Int @default(1)", "0", "1"),
        ("text not null default 'a'", "String @default(\"b\")", "a", "b"),
        ("boolean not null default true", "Boolean @default(false)", "true", "false"),
        ("mood not null default 'fine'", "mood @default(grim)", "fine", "GRIM"),
        ("text[] default array['a']", "String[] @default([\"b\"])", "[a]", "[b]"),
        (
            "timestamp(3) not null default clock_timestamp()",
            "DateTime @default(now())",
            "clock_timestamp()",
            "now()",
        ),
        (
            "uuid not null default uuid_generate_v4()",
            "String @default(dbgenerated(\"gen_random_uuid()\")) @db.Uuid",
            "uuid_generate_v4()",
            "gen_random_uuid()",
        ),
        ("int not null default 3", "Int @default(autoincrement())", "a value", "autoincrement()"),
    ] {
        assert_eq!(
            default(column, field),
            [format!(
                "the default of `public.t.c` is `{is}` in the database and `{should}` in the schema"
            )],
            "{column}"
        );
    }
}

#[test]
fn an_enum_that_no_schema_has_is_dropped() {
    assert_eq!(
        drift(&format!("{SQL}create type mood as enum ('fine');"), SCHEMA),
        ["the enum `public.mood` is not in the schema, so Prisma's next migration drops it"]
    );
}
