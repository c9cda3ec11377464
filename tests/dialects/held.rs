//! Which rules hold for which database, and in whose language they speak.

use insta::assert_snapshot;
use sprag::rules::{self, Scope, Target};
use sprag::schema::{Catalog, Provider};

use super::migration;

#[test]
fn what_is_about_the_data_and_the_files_holds_everywhere() {
    let mut families: Vec<(&str, Vec<&str>, usize)> = Vec::new();
    for rule in rules::all() {
        if families.last().is_none_or(|it| it.0 != rule.family) {
            families.push((rule.family, Vec::new(), 0));
        }
        let family = families.last_mut().unwrap();
        family.2 += 1;
        let others = [Provider::Mysql, Provider::Sqlite, Provider::Sqlserver];
        assert!(rule.holds_for(Provider::Postgresql) && rule.holds_for(Provider::Cockroachdb));
        assert!(others.windows(2).all(|it| rule.holds_for(it[0]) == rule.holds_for(it[1])));
        if rule.holds_for(Provider::Mysql) {
            family.1.push(rule.name);
        }
    }
    let line = |(family, held, all): &(&str, Vec<&str>, usize)| {
        if held.len() == *all {
            format!("{family}: all")
        } else {
            format!("{family}: {}", held.join(" "))
        }
    };
    let lines: Vec<String> = families.iter().map(line).collect();
    assert_snapshot!(lines.join("\n"), @r"
    destructive: drop-table drop-column drop-schema drop-type enum-value-removed truncate delete-without-filter rename-table rename-column rename-type alter-column-type drop-index drop-constraint drop-default drop-sequence reset-sequence update-without-filter delete-rows removed-declaration
    access: drop-function drop-view secret-literal
    naming: column-snake-case table-snake-case special-characters index-name constraint-name other-snake-case
    compatibility: all
    locking: 
    design: 
    prisma: all
    history: all
    hygiene: empty-migration mixed-concerns invalid-allow unused-allow
    deploy: all
    rehearsal: 
    live: 
    unreadable: all
    tamper: all
    ");
}

/// Words that only Postgres understands.
const POSTGRES: &[&str] = &[
    "concurrently",
    "pg_",
    "not valid",
    "security_invoker",
    "::",
    "alter column",
    "generated always",
    "comment on",
    "cascade`",
];

#[test]
fn no_help_speaks_the_language_of_another_database() {
    for (provider, past, change) in [
        (
            Provider::Mysql,
            "CREATE TABLE `Order` (`id` INT PRIMARY KEY, `a b` TEXT NOT NULL DEFAULT (1), `n` INT NULL, INDEX `i`(`n`), UNIQUE `u`(`n`)); CREATE VIEW v AS SELECT 1 AS a;",
            "ALTER TABLE `Order` DROP COLUMN `a b`, MODIFY `n` BIGINT NOT NULL, DROP INDEX `i`, DROP INDEX `u`, DROP PRIMARY KEY, ADD COLUMN x INT NOT NULL;\nDELETE FROM `Order`; UPDATE `Order` SET n = 1; TRUNCATE `Order`; DELETE FROM `Order` WHERE n = 1;\nCREATE UNIQUE INDEX z ON `Order`(`n`, `a b`); ALTER TABLE `Order` RENAME COLUMN n TO m; RENAME TABLE `Order` TO `Orders`; DROP VIEW v; DROP TABLE Orders; DROP DATABASE shop;",
        ),
        (
            Provider::Sqlserver,
            "CREATE TABLE [dbo].[a-b] ([id] INT NOT NULL, [n] INT NOT NULL CONSTRAINT [d] DEFAULT 1, CONSTRAINT [p] PRIMARY KEY ([id])); CREATE INDEX [i] ON [dbo].[a-b]([n]);",
            "ALTER TABLE [dbo].[a-b] DROP CONSTRAINT [d]; ALTER TABLE [dbo].[a-b] ALTER COLUMN [n] BIGINT NULL; DROP INDEX [i] ON [dbo].[a-b]; DELETE FROM [dbo].[a-b]; EXEC sp_rename 'dbo.a-b', 'c'; DROP TABLE c;",
        ),
    ] {
        let target = Target { provider, ..Target::default() };
        let mut catalog = Catalog::default();
        let past = migration(provider, "1_past", past);
        rules::run(&mut catalog, &[past], &target, Scope::Everything);
        let change = migration(provider, "2_change", change);
        let found = rules::run(&mut catalog, &[change], &target, Scope::Change);
        assert!(found.len() >= 6, "{}", found.len());
        for it in &found {
            assert!(it.finding.fix.is_none());
            let said = format!("{} {:?}", it.finding.message, it.finding.help).to_lowercase();
            let foreign: Vec<&&str> =
                POSTGRES.iter().filter(|word| said.contains(**word)).collect();
            assert!(foreign.is_empty(), "{}: {foreign:?} {said}", it.rule.name);
        }
    }
}
