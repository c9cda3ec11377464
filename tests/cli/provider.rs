//! Migrations for another database than Postgres.

use crate::support::Sandbox;

#[test]
fn migrations_that_no_reader_knows_are_refused_as_unread_and_not_misread() {
    let sandbox = Sandbox::new();
    sandbox.write("prisma/migrations/migration_lock.toml", "provider = \"oracle\"\n");
    sandbox.write(
        "prisma/migrations/20260101000000_init/migration.sql",
        "CREATE TABLE users (id NUMBER(10));\n",
    );
    sandbox.commit_all("Begin");
    let (code, said) = sandbox.sprag(&["audit"]);
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("the migrations in `prisma/migrations` are for oracle"), "{said}");
    assert!(!said.contains("opaque-statement"), "{said}");
}

#[test]
fn what_prisma_once_called_postgres_is_read() {
    let sandbox = Sandbox::new();
    sandbox.write("prisma/migrations/migration_lock.toml", "provider = \"postgres\"\n");
    sandbox.write("prisma/migrations/20260101000000_init/migration.sql", "select 1;\n");
    sandbox.commit_all("Begin");
    let (code, said) = sandbox.sprag(&["audit"]);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("1 statement judged"), "{said}");
}
