//! Histories for other databases than Postgres: a commit is judged as that database would run it.

use crate::support::Sandbox;

const POLICY: &str =
    "version = 1\n\n[rules]\ncolumn-snake-case = \"allow\"\ntable-snake-case = \"allow\"\n";

/// A merged history of one migration.
fn merged(provider: &str, begin: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox
        .write("policy.toml", POLICY)
        .write("prisma/migrations/migration_lock.toml", format!("provider = \"{provider}\"\n"))
        .write("prisma/migrations/20260101000000_init/migration.sql", begin)
        .commit_all("Begin");
    let sandbox = sandbox.with_origin();
    sandbox.install();
    sandbox
}

/// A script that commits a new migration.
fn commit(sandbox: &Sandbox, sql: &str) -> &'static str {
    sandbox.write("prisma/migrations/20260201000000_next/migration.sql", sql);
    "git add -A; git commit -qm next"
}

#[test]
fn a_commit_for_sqlite_may_make_a_table_anew_and_lose_nothing() {
    let begin = "CREATE TABLE \"User\" (\n    \"id\" TEXT NOT NULL PRIMARY KEY,\n    \"email\" TEXT NOT NULL,\n    \"name\" TEXT\n);\n";
    let anew = |columns: &str, copied: &str| {
        format!(
            "PRAGMA foreign_keys=OFF;\nCREATE TABLE \"new_User\" ({columns});\nINSERT INTO \"new_User\" ({copied}) SELECT {copied} FROM \"User\";\nDROP TABLE \"User\";\nALTER TABLE \"new_User\" RENAME TO \"User\";\nPRAGMA foreign_keys=ON;\n"
        )
    };
    let id = "\"id\" TEXT NOT NULL PRIMARY KEY";
    let lost = anew(&format!("{id}, \"email\" TEXT NOT NULL"), "\"id\", \"email\"");
    let kept = anew(
        &format!("{id}, \"email\" TEXT NOT NULL, \"name\" TEXT, \"age\" INTEGER"),
        "\"id\", \"email\", \"name\"",
    );
    let sandbox = merged("sqlite", begin);
    let said = sandbox.refuses(
        commit(&sandbox, &lost),
        &["error[drop-column]", "`User.name` and all its data are gone"],
    );
    assert!(!said.contains("drop-table"), "{said}");
    sandbox.passes(commit(&sandbox, &kept));
}

#[test]
fn a_commit_for_mysql_is_refused_for_what_it_takes_away() {
    let begin = "CREATE TABLE `User` (\n    `id` INTEGER NOT NULL AUTO_INCREMENT,\n    `role` ENUM('USER', 'ADMIN') NOT NULL,\n    PRIMARY KEY (`id`)\n) DEFAULT CHARACTER SET utf8mb4;\n";
    let sandbox = merged("mysql", begin);
    sandbox.refuses(
        commit(&sandbox, "ALTER TABLE `User` MODIFY `role` ENUM('USER') NOT NULL;\n"),
        &["error[enum-value-removed]", "`User.role` no longer takes `ADMIN`"],
    );
    sandbox.refuses(
        commit(&sandbox, "/*!40000 DROP TABLE `User` */;\n"),
        &["error[drop-table]", "migration.sql:1:21"],
    );
    sandbox.passes(commit(&sandbox, "ALTER TABLE `User` ADD COLUMN `nick` VARCHAR(191) NULL;\n"));
}

#[test]
fn a_commit_for_sql_server_is_refused_for_what_it_takes_away() {
    let tried = |sql: &str| {
        format!(
            "BEGIN TRY\n\nBEGIN TRAN;\n\n{sql}\n\nCOMMIT TRAN;\n\nEND TRY\nBEGIN CATCH\n\nIF @@TRANCOUNT > 0\nBEGIN\n    ROLLBACK TRAN;\nEND;\nTHROW\n\nEND CATCH\n"
        )
    };
    let begin = "CREATE TABLE [dbo].[User] (\n    [id] INT NOT NULL IDENTITY(1,1),\n    [email] NVARCHAR(1000) NOT NULL,\n    CONSTRAINT [User_pkey] PRIMARY KEY CLUSTERED ([id])\n);";
    // What Prisma calls it in this file.
    let sandbox = merged("mssql", &tried(begin));
    sandbox.refuses(
        commit(&sandbox, &tried("EXEC SP_RENAME N'dbo.User', N'Person';")),
        &["error[rename-table]", "`dbo.User` is not found under its name"],
    );
    sandbox.passes(commit(&sandbox, &tried("ALTER TABLE [dbo].[User] ADD [nick] NVARCHAR(1000);")));
}

#[test]
fn what_only_postgres_has_is_not_asked_of_others() {
    let sandbox = merged("sqlite", "CREATE TABLE \"a\" (\"id\" TEXT NOT NULL PRIMARY KEY);\n");
    // Neither row level security nor locks nor the lengths of names.
    let name = "a".repeat(70);
    sandbox.passes(commit(
        &sandbox,
        &format!("CREATE TABLE \"{name}\" (\"id\" INTEGER PRIMARY KEY, \"at\" TIMESTAMP);\nCREATE INDEX \"i\" ON \"a\"(\"id\");\n"),
    ));
    let (code, said) = sandbox.sprag(&["audit"]);
    assert_eq!(code, 0, "{said}");
    assert!(!said.contains("warning["), "{said}");
}

#[test]
fn a_new_migration_is_judged_for_the_database_in_force_and_not_for_another() {
    let sandbox = merged(
        "postgresql",
        "create table a (id int primary key);\nalter table a enable row level security;\n",
    );
    sandbox.refuses(
        commit(&sandbox, "PRAGMA foreign_keys=OFF;\nCREATE TABLE `b` (`id` INTEGER);\n"),
        &["error[opaque-statement]"],
    );
}

const SQLITE: &str = "CREATE TABLE \"User\" (\n    \"id\" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,\n    \"email\" TEXT NOT NULL\n);\nPRAGMA foreign_keys=OFF;\n";
const POSTGRES: &str = "CREATE TABLE \"User\" (\n    \"id\" SERIAL NOT NULL,\n    \"email\" TEXT NOT NULL,\n    CONSTRAINT \"User_pkey\" PRIMARY KEY (\"id\")\n);\nALTER TABLE \"User\" ENABLE ROW LEVEL SECURITY;\n";

#[test]
fn old_migrations_for_another_database_are_history_and_nothing_else() {
    let sandbox = merged("postgresql", SQLITE);
    // The same table once more, in the new database.
    sandbox.passes(commit(&sandbox, POSTGRES));
    sandbox.does("git push -q origin HEAD");
    // It is known as the new database has it.
    sandbox.write(
        "prisma/migrations/20260301000000_more/migration.sql",
        "ALTER TABLE \"User\" DROP COLUMN \"email\";\n",
    );
    sandbox.refuses("git add -A; git commit -qm more", &["`public.User.email` and all its data"]);
    // Nobody can make a database from all of it, and that is said once.
    let (code, said) = sandbox.sprag(&["audit"]);
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("are for sqlite, and their folder is for postgresql"), "{said}");
    assert!(!said.contains("opaque-statement") && !said.contains("duplicate-object"), "{said}");
}

#[test]
fn a_change_that_moves_to_another_database_is_not_compared_with_the_old_one() {
    let sandbox = merged("sqlite", &SQLITE.replace("PRAGMA foreign_keys=OFF;\n", ""));
    sandbox.write("prisma/migrations/migration_lock.toml", "provider = \"postgresql\"\n");
    let (_, said) = sandbox.try_in(sandbox.path(), commit(&sandbox, POSTGRES));
    assert!(!said.contains("duplicate-object"), "{said}");
    assert!(!said.contains("failed") && !said.contains("could not judge"), "{said}");
}

#[test]
fn files_are_checked_as_the_database_of_their_history_reads_them() {
    let sandbox = merged("mysql", "CREATE TABLE `User` (`id` INT PRIMARY KEY, `email` TEXT);\n");
    sandbox.write("idea.sql", "ALTER TABLE `User` DROP COLUMN `email`;\n");
    let (code, said) = sandbox.sprag(&["check", "idea.sql"]);
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("error[drop-column]") && !said.contains("opaque"), "{said}");
}

#[test]
fn nothing_is_mended_in_another_language() {
    let sandbox = merged("mysql", "CREATE TABLE `User` (`id` INT PRIMARY KEY);\n");
    sandbox.write("policy.toml", "version = 1\n").commit_all("Judge by the defaults");
    sandbox.write(
        "prisma/migrations/20260201000000_next/migration.sql",
        "CREATE TABLE `userNames` (`theId` INT PRIMARY KEY);\n",
    );
    sandbox.does("git add -A");
    let (_, said) = sandbox.sprag(&["fix"]);
    assert!(!said.contains("+++"), "{said}");
}
