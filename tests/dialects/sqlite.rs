//! SQLite: a table is altered by making it anew.

use insta::assert_snapshot;
use sprag::schema::Provider::Sqlite;

use super::said;

const PAST: &str = r#"CREATE TABLE "User" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "email" TEXT NOT NULL,
    "name" TEXT,
    "age" INTEGER NOT NULL DEFAULT 1
);
CREATE TABLE "Post" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "authorId" INTEGER NOT NULL,
    CONSTRAINT "Post_authorId_fkey" FOREIGN KEY ("authorId") REFERENCES "User" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE UNIQUE INDEX "User_email_key" ON "User"("email");
CREATE INDEX "User_name_idx" ON "User"("name");
"#;

/// The table made anew as Prisma does it: with these columns, from those.
fn anew(create: &str, to: &str, from: &str) -> String {
    format!(
        r#"PRAGMA defer_foreign_keys=ON;
PRAGMA foreign_keys=OFF;
CREATE TABLE "new_User" (
{create}
);
INSERT INTO "new_User" ({to}) SELECT {from} FROM "User";
DROP TABLE "User";
ALTER TABLE "new_User" RENAME TO "User";
CREATE UNIQUE INDEX "User_email_key" ON "User"("email");
CREATE INDEX "User_name_idx" ON "User"("name");
PRAGMA foreign_keys=ON;
PRAGMA defer_foreign_keys=OFF;
"#
    )
}

const ID: &str = r#""id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,"#;

#[test]
fn a_table_made_anew_with_all_its_columns_only_adds() {
    let create = format!(
        r#"{ID} "email" TEXT NOT NULL, "name" TEXT, "age" INTEGER NOT NULL DEFAULT 1, "nick" TEXT, "karma" INTEGER NOT NULL DEFAULT 0"#
    );
    let all = r#""id", "email", "name", "age""#;
    assert_snapshot!(said(Sqlite, PAST, &anew(&create, all, all)), @"nothing");
}

#[test]
fn a_column_that_is_not_copied_is_lost() {
    let create = format!(r#"{ID} "email" TEXT NOT NULL, "age" INTEGER NOT NULL DEFAULT 1"#);
    let kept = r#""id", "email", "age""#;
    let change = anew(&create, kept, kept)
        .replace("CREATE INDEX \"User_name_idx\" ON \"User\"(\"name\");\n", "");
    assert_snapshot!(said(Sqlite, PAST, &change), @r#"
    drop-column: `User.name` and all its data are gone after this, and with it the index `User_name_idx`
        "User"
    "#);
    // It is there, and empty.
    let create =
        format!(r#"{ID} "email" TEXT NOT NULL, "name" TEXT, "age" INTEGER NOT NULL DEFAULT 1"#);
    assert_snapshot!(said(Sqlite, PAST, &anew(&create, kept, kept)), @r#"
    drop-column: `User.name` and all its data are gone after this, and with it the index `User_name_idx`
        "User"
    "#);
    // Its values go to another.
    let create =
        format!(r#"{ID} "email" TEXT NOT NULL, "title" TEXT, "age" INTEGER NOT NULL DEFAULT 1"#);
    let change =
        anew(&create, r#""id", "email", "title", "age""#, r#""id", "email", "name", "age""#);
    let change = change.replace("(\"name\")", "(\"title\")");
    assert_snapshot!(said(Sqlite, PAST, &change), @r#"
    rename-column: `User.name` is not found under its name after this
        "title"
    drop-index: queries that `User_name_idx` made fast read the whole table of `User` after this
        "User"
    "#);
}

#[test]
fn a_column_made_anew_is_judged_as_one_that_is_altered() {
    let create = format!(
        r#"{ID} "email" TEXT NOT NULL UNIQUE, "name" TEXT NOT NULL DEFAULT 'x', "age" REAL NOT NULL, "team" TEXT NOT NULL, CHECK ("age" > 0)"#
    );
    let change = anew(
        &create,
        r#""id", "email", "name", "age""#,
        r#""id", "email", coalesce("name", 'x') AS "name", "age""#,
    );
    assert_snapshot!(said(Sqlite, PAST, &change), @r#"
    set-not-null: rows without `User.name` are refused after this
        "name"
    alter-column-type: `User.age` is no longer integer but real after this
        "age"
    drop-default: rows without `User.age` are refused after this
        "age"
    required-column: rows without `User.team` are refused after this, and it fails where `User` has rows
        "team"
    tighter-check: `User` refuses rows that break `"age" > 0` after this
        CHECK ("age" > 0)
    "#);
}

#[test]
fn a_table_is_dropped_where_its_rows_are_not_all_copied() {
    let create =
        format!(r#"{ID} "email" TEXT NOT NULL, "name" TEXT, "age" INTEGER NOT NULL DEFAULT 1"#);
    let all = r#""id", "email", "name", "age""#;
    let change = anew(&create, all, all);
    let without = change.replace("FROM \"User\";", "FROM \"User\" WHERE \"age\" > 1;");
    assert_snapshot!(said(Sqlite, PAST, &without), @r#"
    drop-table: `User` and all its rows are gone after this
        "User"
    "#);
    let nothing: String =
        change.lines().filter(|it| !it.starts_with("INSERT")).map(|it| format!("{it}\n")).collect();
    assert_snapshot!(said(Sqlite, PAST, &nothing), @r#"
    drop-table: `User` and all its rows are gone after this
        "User"
    "#);
    // SQLite deletes the rows of a table that it drops, and with them those that refer to them.
    let enforced = change.replace("PRAGMA foreign_keys=OFF;", "PRAGMA foreign_keys=ON;");
    assert_snapshot!(said(Sqlite, PAST, &enforced), @r#"
    drop-table: `User` and all its rows are gone after this
        "User"
    "#);
    // The table that is dropped is another.
    let other = change.replace("DROP TABLE \"User\"", "DROP TABLE \"Post\"");
    assert_snapshot!(said(Sqlite, PAST, &other), @r#"
    drop-table: `Post` and all its rows are gone after this
        "Post"
    "#);
}

#[test]
fn of_a_table_that_the_migrations_do_not_show_nobody_knows_what_is_lost() {
    let create = format!(r#"{ID} "email" TEXT NOT NULL, "name" TEXT"#);
    let all = r#""id", "email", "name""#;
    assert_snapshot!(said(Sqlite, "", &anew(&create, all, all)), @r#"
    opaque-statement: `User` is made anew, and the migrations do not show which columns it had
        "User"
    "#);
}

#[test]
fn what_takes_away_in_sqlite_is_refused() {
    for (change, expected) in [
        ("DROP TABLE main.\"User\";", "drop-table"),
        ("ALTER TABLE [User] DROP COLUMN `email`;", "drop-column"),
        ("ALTER TABLE User RENAME COLUMN name TO title;", "rename-column"),
        ("ALTER TABLE 'User' RENAME TO People;", "rename-table"),
        ("DROP INDEX User_email_key;", "drop-constraint"),
        ("DROP INDEX IF EXISTS \"User_name_idx\"", "drop-index"),
        ("CREATE TEMP TABLE User (id INTEGER); DROP TABLE main.User;", "drop-table"),
        ("DELETE FROM User;", "delete-without-filter"),
        ("UPDATE User SET age = 2 WHERE 1 = 1;", "update-without-filter"),
        ("ALTER TABLE User ADD COLUMN team TEXT NOT NULL;", "required-column"),
        ("CREATE UNIQUE INDEX u ON User(name);", "unique-on-existing"),
        ("PRAGMA writable_schema=1;", "opaque-statement"),
        ("ATTACH 'other.db' AS other;", "opaque-statement"),
        ("/* DROP TABLE x; */ DROP TABLE User", "drop-table"),
        (
            "CREATE TRIGGER t AFTER INSERT ON User BEGIN DELETE FROM Post; END;",
            "delete-without-filter",
        ),
        ("ALTER TABLE User ALTER COLUMN", "opaque-statement"),
    ] {
        let said = said(Sqlite, PAST, change);
        assert!(said.starts_with(expected), "{change}: {said}");
    }
}

#[test]
fn what_adds_in_sqlite_passes() {
    for change in [
        "ALTER TABLE User ADD COLUMN nick TEXT;",
        "CREATE TABLE t (id, name VARCHAR(20) COLLATE NOCASE, PRIMARY KEY (id, name)) WITHOUT ROWID, STRICT;",
        "CREATE TABLE t (key TEXT PRIMARY KEY ON CONFLICT REPLACE, value BLOB) STRICT;",
        "CREATE TABLE IF NOT EXISTS t (a INT GENERATED ALWAYS AS (1 + 1) STORED, b AS (a) VIRTUAL);",
        "CREATE VIRTUAL TABLE search USING fts5(title, body);",
        "CREATE INDEX i ON User(lower(name), age DESC) WHERE age > 1;",
        "CREATE VIEW v AS SELECT id, name FROM User WHERE age > 1;",
        "CREATE TRIGGER t AFTER UPDATE ON User BEGIN UPDATE User SET age = 1 WHERE id = NEW.id; END;",
        "INSERT OR IGNORE INTO User (email) VALUES ('a;b'), ('--');",
        "BEGIN; CREATE TABLE t (id INTEGER PRIMARY KEY); DROP TABLE t; COMMIT;",
        "CREATE TEMP TABLE picked (id INTEGER); DROP TABLE picked;",
        "PRAGMA foreign_key_check(\"User\"); VACUUM; ANALYZE;",
    ] {
        let said = said(Sqlite, PAST, change);
        assert_eq!(said, "nothing", "{change}");
    }
}

#[test]
fn the_old_table_may_step_aside_and_drizzle_may_cut_the_file() {
    let change = r"PRAGMA foreign_keys=OFF;
--> statement-breakpoint
ALTER TABLE `User` RENAME TO `__User_old`;
--> statement-breakpoint
CREATE TABLE `User` (
    `id` integer PRIMARY KEY NOT NULL,
    `email` text NOT NULL,
    `name` text,
    `age` integer DEFAULT 1 NOT NULL,
    FOREIGN KEY (`id`) REFERENCES `Post`(`id`)
    FOREIGN KEY (`age`) REFERENCES `Post`(`id`)
);--> statement-breakpoint
INSERT INTO `User` SELECT `id`, `email`, null, `age` FROM `__User_old`;
--> statement-breakpoint
DROP TABLE `__User_old`;
";
    assert_snapshot!(said(Sqlite, PAST, change), @r"
    drop-column: `User.name` and all its data are gone after this, and with it the index `User_name_idx`
        `__User_old`
    drop-constraint: two rows of `User` can have the same `email` after this
        `__User_old`
    ");
}
