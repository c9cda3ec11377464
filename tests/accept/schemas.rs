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
fn a_schema_that_is_broken_is_refused_though_it_names_no_database() {
    let sandbox = seed();
    sandbox.stage("other/prisma/schema.prisma", "model User {\n  id Int @id\n");
    sandbox.refuses("git commit -m x", &["broken-schema", "other/prisma/schema.prisma:1"]);
    // Whether all is there that it needs is nobody's business where no database is named.
    sandbox
        .stage("other/prisma/schema.prisma", "model User {\n  id Int @id\n  @@map(\"users\")\n}\n");
    sandbox.passes("git commit -qm x");
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

/// What is said of a change that passes: "rule: message" for each warning.
fn warnings(sandbox: &Sandbox) -> Vec<String> {
    sandbox.does("git add -A");
    let (code, said) = sandbox.sprag(&["check", "--staged", "--format", "json"]);
    assert_eq!(code, 0, "{said}");
    let said: serde_json::Value = serde_json::from_str(&said).unwrap();
    let all = said["findings"].as_array().unwrap().iter();
    let text = |it: &serde_json::Value| it.as_str().unwrap().to_owned();
    all.map(|it| format!("{}: {}", text(&it["rule"]), text(&it["message"]))).collect()
}

fn said(rule: &str, message: &str) -> String {
    format!("{rule}: {message}")
}

#[test]
fn a_schema_that_is_ahead_of_its_migrations_is_said_so() {
    let sandbox = seed();
    sandbox.write(PLACE, with("  email  String\n", "  email  String\n  plan   String?\n"));
    assert_eq!(
        warnings(&sandbox),
        [said("schema-without-migration", "no migration adds the column `public.users.plan`")]
    );
    migration(&sandbox, "alter table users add column plan text;\n");
    assert_eq!(warnings(&sandbox), Vec::<String>::new());
}

#[test]
fn a_migration_that_the_schema_does_not_know_is_said_so() {
    let sandbox = seed();
    migration(&sandbox, "alter table users add column plan text;\n");
    assert_eq!(
        warnings(&sandbox),
        [said(
            "migration-without-schema",
            "`public.users.plan` has no field, so Prisma's next migration drops it"
        )]
    );
}

#[test]
fn what_prisma_cannot_express_needs_no_schema() {
    let sandbox = seed();
    migration(
        &sandbox,
        "create policy own on users using (id = (select current_setting('app.user')::bigint));\n\
         comment on table users is 'people';\n",
    );
    assert_eq!(warnings(&sandbox), Vec::<String>::new());
}

#[test]
fn what_a_schema_says_to_the_client_alone_needs_no_migration() {
    let sandbox = seed();
    let text =
        with("  email  String\n", "  /// Where to write to.\n  mail   String @map(\"email\")\n");
    sandbox.write(PLACE, text.replace("orders Order[]", "orders Order[] // all of them"));
    assert_eq!(warnings(&sandbox), Vec::<String>::new());
}

#[test]
fn differences_that_were_there_before_are_no_news() {
    let sandbox = seed();
    sandbox.write(PLACE, with("  email  String\n", "  email  String\n  plan   String?\n"));
    sandbox.does("git add -A && git commit -qm plan && git push -q origin HEAD:main");
    migration(&sandbox, "alter table users add column age integer;\n");
    assert_eq!(
        warnings(&sandbox),
        [said(
            "migration-without-schema",
            "`public.users.age` has no field, so Prisma's next migration drops it"
        )]
    );
}

#[test]
fn a_schema_whose_database_another_tool_migrates_is_not_compared() {
    let sandbox = Sandbox::init(&[]);
    sandbox.write(PLACE, SCHEMA);
    sandbox.write("supabase/migrations/20250101000000_init.sql", TABLES);
    sandbox.commit_all("seed");
    sandbox.write(
        "supabase/migrations/20250201000000_notes.sql",
        "create table notes (id bigint primary key);\nalter table notes enable row level security;\n\
         create policy own on notes using (id = (select current_setting('app.user')::bigint));\n",
    );
    assert_eq!(warnings(&sandbox), Vec::<String>::new());
}

#[test]
fn what_another_rule_refuses_is_not_said_twice() {
    let sandbox = seed();
    sandbox.write(PLACE, with("  email  String\n", ""));
    sandbox.does("git add -A");
    let (code, said) = sandbox.sprag(&["check", "--staged"]);
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("removed-field"), "{said}");
    assert!(!said.contains("schema-without-migration"), "{said}");
}

#[test]
fn what_the_configuration_calls_the_schema_is_read_together() {
    for (config, text) in [
        (
            "prisma.config.ts",
            "export default defineConfig({ schema: path.join('prisma', 'schema') });\n",
        ),
        ("package.json", "{ \"prisma\": { \"schema\": \"./prisma/schema\" } }\n"),
        (
            "package.json",
            "{ \"scripts\": { \"generate\": \"prisma generate --schema=prisma/schema\" } }\n",
        ),
    ] {
        let sandbox = Sandbox::init(&[]);
        // Each of the two files could stand alone.
        let head = SCHEMA.split("model Order").next().unwrap().replace("  orders Order[]\n", "");
        sandbox.write("prisma/schema/main.prisma", head);
        sandbox.write(
            "prisma/schema/log.prisma",
            "model Log {\n  id BigInt @id\n\n  @@map(\"logs\")\n}\n",
        );
        sandbox.write(config, text);
        sandbox.commit_all("seed");
        let sandbox = sandbox.with_origin();
        sandbox.install();
        sandbox.does("git rm -q prisma/schema/log.prisma");
        sandbox.refuses("git commit -m x", &["removed-model", "public.logs"]);
    }
}

#[test]
fn another_schema_in_the_configuration_is_a_change_of_the_schema() {
    let sandbox = seed();
    sandbox.write("prisma/small.prisma", SCHEMA.split("model User").next().unwrap());
    sandbox.commit_all("small");
    sandbox.does("git push -q origin HEAD:main");
    sandbox.write("prisma.config.ts", "export default { schema: 'prisma/small.prisma' };\n");
    sandbox.does("git add -A");
    sandbox
        .refuses("git commit -m x", &["removed-model", "`prisma/schema.prisma` is no longer read"]);
}

#[test]
fn migrations_that_a_tool_is_told_to_keep_elsewhere_are_refused_unless_the_policy_looks_there() {
    const RULE: &str = "unwatched-migrations";
    let drop = "drop table users;\n";
    for (config, text, place) in [
        (
            "package.json",
            "{ \"prisma\": { \"schema\": \"db/schema.prisma\" } }",
            "db/migrations/20250301000000_x/migration.sql",
        ),
        (
            "prisma.config.ts",
            "export default { migrations: { path: 'sql' } }",
            "sql/20250301000000_x/migration.sql",
        ),
        (
            "drizzle.config.ts",
            "export default defineConfig({ out: './sql', dialect: 'postgresql' })",
            "sql/0001_x.sql",
        ),
    ] {
        let sandbox = Sandbox::init(&[]);
        sandbox.write(
            "policy.toml",
            "version = 1\n[paths]\nmigrations = [\"prisma/migrations/*/migration.sql\"]\n",
        );
        sandbox.write(config, text);
        sandbox.write("db/schema.prisma", SCHEMA);
        sandbox.write("prisma/migrations/20250101000000_init/migration.sql", TABLES);
        sandbox.commit_all("seed");
        let sandbox = sandbox.with_origin();
        sandbox.install();
        // The configuration is older than the migration.
        sandbox.write(place, drop);
        sandbox.does("git add -A");
        sandbox.refuses("git commit -m x", &[RULE, config, "policy.toml"]);
        // What is said in as many words is told before there is anything in the folder.
        let (_, said) = sandbox.sprag(&["audit"]);
        assert_eq!(said.contains(RULE), config != "package.json", "{said}");
        sandbox.does("git commit -q --no-verify -m x");
        for _ in 0..2 {
            let (code, said) = sandbox.sprag(&["audit"]);
            assert!(code == 1 && said.contains(RULE), "{said}");
        }
    }
}

#[test]
fn a_schema_as_it_lies_is_judged_against_that_of_the_last_commit() {
    let sandbox = seed();
    let (code, said) = sandbox.sprag(&["check", PLACE]);
    assert_eq!(code, 0, "{said}");
    sandbox.write(PLACE, with("  email  String\n", ""));
    let (code, said) = sandbox.sprag(&["check", PLACE]);
    assert!(code == 1 && said.contains("removed-field"), "{said}");
}

#[test]
fn an_audit_says_where_the_schema_and_the_migrations_differ() {
    let sandbox = seed();
    sandbox.write(PLACE, with("  email  String\n", "  email  String\n  plan   String?\n"));
    sandbox.commit_all("plan");
    // The second time it is remembered.
    for _ in 0..2 {
        let (code, said) = sandbox.sprag(&["audit"]);
        assert!(code == 1 && said.contains("schema-drift"), "{said}");
        assert!(said.contains("plan   String?"), "{said}");
    }
}

#[test]
fn columns_follow_an_enum_that_a_migration_renames() {
    let with_enum = |name: &str| {
        let schema =
            SCHEMA.replace("  email  String\n", &format!("  email  String\n  role   {name}\n"));
        format!("{schema}\nenum {name} {{\n  A\n}}\n")
    };
    let sandbox = Sandbox::init(&[]);
    sandbox.write(PLACE, with_enum("Role"));
    let role = "create type \"Role\" as enum ('A');\nalter table users add column role \"Role\" not null;\n";
    sandbox.write("prisma/migrations/20250101000000_init/migration.sql", format!("{TABLES}{role}"));
    sandbox.commit_all("seed");
    let sandbox = sandbox.with_origin();
    migration(&sandbox, "alter type \"Role\" rename to \"Part\";\n");
    sandbox.write(PLACE, with_enum("Part"));
    sandbox.does("git add -A");
    // The second time what was before is remembered.
    for _ in 0..2 {
        let (_, said) = sandbox.sprag(&["check", "--staged"]);
        assert!(!said.contains("schema-without-migration"), "{said}");
    }
}

/// What `sprag check --staged` says once this is the schema, and this the next migration.
fn said_of(schema: String, sql: Option<&str>) -> String {
    let sandbox = seed();
    sandbox.write(PLACE, schema);
    if let Some(sql) = sql {
        migration(&sandbox, sql);
    }
    sandbox.does("git add -A");
    sandbox.sprag(&["check", "--staged"]).1
}

#[test]
fn an_action_that_a_migration_changes_is_not_told_again() {
    let cascade = || with("references: [id])", "references: [id], onDelete: Cascade)");
    assert!(said_of(cascade(), None).contains("changed-relation-action"));
    let sql = "alter table orders drop constraint orders_user_id_fkey, add constraint orders_user_id_fkey foreign key (user_id) references users (id) on delete cascade on update cascade;\n";
    let said = said_of(cascade(), Some(sql));
    assert!(!said.contains("changed-relation-action"), "{said}");
}

#[test]
fn a_relation_is_told_once_to_have_no_index() {
    let seller = with(
        "  @@map(\"orders\")",
        "  sellerId BigInt? @map(\"seller_id\")\n  seller User? @relation(\"Sold\", fields: [sellerId], references: [id])\n  @@map(\"orders\")",
    )
    .replace("  orders Order[]\n", "  orders Order[]\n  sold Order[] @relation(\"Sold\")\n");
    let told = |sql| said_of(seller.clone(), sql);
    let (alone, made) = (
        told(None),
        told(Some("alter table orders add column seller_id bigint references users (id);\n")),
    );
    assert!(
        alone.contains("relation-without-index")
            && alone.contains("add `@@index([sellerId])` to `Order`"),
        "{alone}"
    );
    assert!(made.contains("foreign-key-without-index"), "{made}");
    assert!(!made.contains("relation-without-index"), "{made}");
    // What was there before is no news.
    assert!(!alone.contains("orders.user_id"), "{alone}");
    let indexed = told(Some(
        "alter table orders add column seller_id bigint;\ncreate index orders_seller on orders (seller_id);\n",
    ));
    assert!(!indexed.contains("without-index"), "{indexed}");
}

#[test]
fn an_index_that_leaves_the_schema_alone_is_missed() {
    let sandbox = Sandbox::init(&[]);
    let indexed = SCHEMA.replace("  @@map(\"orders\")", "  @@index([userId])\n  @@map(\"orders\")");
    assert_ne!(indexed, SCHEMA);
    sandbox.write(PLACE, indexed);
    sandbox.write(
        "prisma/migrations/20250101000000_init/migration.sql",
        format!("{TABLES}create index orders_user_id_idx on orders (user_id);\n"),
    );
    sandbox.commit_all("seed");
    let sandbox = sandbox.with_origin();
    sandbox.write(PLACE, SCHEMA);
    sandbox.does("git add -A");
    let (_, said) = sandbox.sprag(&["check", "--staged"]);
    assert!(said.contains("relation-without-index"), "{said}");
    migration(&sandbox, "drop index orders_user_id_idx;\n");
    sandbox.does("git add -A");
    let (_, said) = sandbox.sprag(&["check", "--staged"]);
    assert!(!said.contains("relation-without-index"), "{said}");
}

#[test]
fn an_ignored_field_that_a_migration_frees_is_no_trouble() {
    let ignored = || with("  email  String\n", "  email  String @ignore\n");
    assert!(said_of(ignored(), None).contains("ignored-required-field"));
    let sql = "alter table users alter column email drop not null;\n";
    let said = said_of(ignored(), Some(sql));
    assert!(!said.contains("ignored-required-field"), "{said}");
}

#[test]
fn a_rename_is_told_with_both_ways_out() {
    for (schema, says) in [
        (
            with("  email  String\n", "  mail   String\n"),
            [
                "add `@map(\"email\")` to it",
                "alter table public.users rename column email to mail;",
            ],
        ),
        (
            with("model Order {", "model Purchase {")
                .replace("Order[]", "Purchase[]")
                .replace("@@map(\"orders\")", "@@map(\"purchases\")"),
            ["add `@@map(\"orders\")` to it", "alter table public.orders rename to purchases;"],
        ),
        (
            with("@@map(\"orders\")", "@@map(\"sales\")"),
            ["put `@@map(\"orders\")` back", "alter table public.orders rename to sales;"],
        ),
        (
            with("@map(\"user_id\")", "@map(\"buyer_id\")"),
            [
                "put `@map(\"user_id\")` back",
                "alter table public.orders rename column user_id to buyer_id;",
            ],
        ),
    ] {
        let said = said_of(schema, None);
        assert!(says.iter().all(|it| said.contains(it)), "{said}");
    }
}

const TAGS: &str = "model Post {
  id   BigInt @id
  tags Tag[]
  @@map(\"posts\")
}
model Tag {
  id    BigInt @id
  posts Post[]
  @@map(\"tags\")
}
";

const TAGGED: &str = "model Post {
  id   BigInt    @id
  tags PostTag[]
  @@map(\"posts\")
}
model Tag {
  id    BigInt    @id
  posts PostTag[]
  @@map(\"tags\")
}
model PostTag {
  postId BigInt @map(\"post_id\")
  tagId  BigInt @map(\"tag_id\")
  post   Post   @relation(fields: [postId], references: [id])
  tag    Tag    @relation(fields: [tagId], references: [id])
  @@id([postId, tagId])
  @@index([tagId])
  @@map(\"post_tags\")
}
";

#[test]
fn the_table_of_a_relation_that_becomes_another_is_told_how_to_stay() {
    let told = |before: &str, after: &str| {
        let sandbox = Sandbox::init(&[]);
        let head = SCHEMA.split_once("model User").unwrap().0;
        sandbox.write(PLACE, format!("{head}{before}"));
        sandbox.commit_all("seed");
        let sandbox = sandbox.with_origin();
        sandbox.write(PLACE, format!("{head}{after}"));
        sandbox.does("git add -A");
        sandbox.sprag(&["check", "--staged"]).1
    };
    let named = TAGS
        .replace("Tag[]", "Tag[] @relation(\"Labels\")")
        .replace("Post[]", "Post[] @relation(\"Labels\")");
    for (before, after, says) in [
        (
            TAGS,
            TAGGED,
            [
                "add `@@map(\"_PostToTag\")` to `PostTag`, `@map(\"A\")` to `postId` and `@map(\"B\")` to `tagId`",
                "alter table public.\"_PostToTag\" rename to post_tags; alter table public.post_tags rename column \"A\" to post_id; alter table public.post_tags rename column \"B\" to tag_id;",
            ],
        ),
        (
            TAGGED,
            TAGS,
            [
                "keep `PostTag`, whose links the new table `public._PostToTag` does not have",
                "alter table public.post_tags rename to \"_PostToTag\"; alter table public.\"_PostToTag\" rename column post_id to \"A\"; alter table public.\"_PostToTag\" rename column tag_id to \"B\";",
            ],
        ),
        (
            TAGS,
            named.as_str(),
            [
                "keep its name with `@relation(\"PostToTag\")` at both ends",
                "alter table public.\"_PostToTag\" rename to \"_Labels\";",
            ],
        ),
    ] {
        let said = told(before, after);
        assert!(says.iter().all(|it| said.contains(it)), "{said}");
    }
}

#[test]
fn a_relation_that_loses_its_way_back_is_refused_before_prisma_says_so() {
    let sandbox = seed();
    sandbox.write(PLACE, with("  orders Order[]\n", ""));
    sandbox.does("git add -A");
    sandbox.refuses(
        "git commit -m x",
        &["broken-schema", "`Order.user` has no field for the way back in `User`"],
    );
}
