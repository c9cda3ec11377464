//! Migrations that a program applies by itself, without a command: calls of libraries for it.
//!
//! Each counts only where the program loads the library, since `migrate` and `up` are names of many things. What is
//! found is told as the command that does the same.

use super::Program;
use super::imports::Imports;
use crate::parse::command::text::Text;
use crate::parse::command::{Kind, Reading, Word};

/// How far behind a call the options in its argument are looked for, in tokens.
const NEAR: usize = 24;

/// Members that migrate, by the library: `umzug.up()`, `knex.migrate.latest()`.
const MEMBERS: &[Member] = &[
    member("umzug", &["up", "down", "runAsCLI"], "", "umzug up"),
    member("knex", &["latest", "up", "down", "rollback"], "migrate", "knex migrate:latest"),
    member("typeorm", &["runMigrations"], "", "typeorm migration:run"),
    member("typeorm", &["undoLastMigration"], "", "typeorm migration:revert"),
    member("typeorm", &["dropDatabase"], "", "typeorm schema:drop"),
    member(
        "kysely",
        &["migrateToLatest", "migrateTo", "migrateUp", "migrateDown"],
        "",
        "kysely migrate:latest",
    ),
    member("@mikro-orm", &["up", "down"], "getMigrator", "mikro-orm migration:up"),
    member("@mikro-orm", &["updateSchema", "refreshDatabase"], "", "mikro-orm schema:update"),
    member("@mikro-orm", &["dropSchema", "dropDatabase"], "", "mikro-orm schema:drop"),
    member("postgrator", &["migrate"], "", "postgrator migrate"),
];

/// Functions that migrate, by the library and the name it gives them.
const FUNCTIONS: &[(&str, &[&str], &str)] = &[
    ("node-pg-migrate", &["default", "runner"], "node-pg-migrate up"),
    ("postgres-migrations", &["migrate"], "postgres-migrations migrate"),
    ("graphile-migrate", &["migrate", "reset", "watch"], "graphile-migrate migrate"),
];

struct Member {
    library: &'static str,
    names: &'static [&'static str],
    /// The name before it, if there must be one: `migrate` of `db.migrate.latest()`.
    after: &'static str,
    command: &'static str,
}

const fn member(
    library: &'static str,
    names: &'static [&'static str],
    after: &'static str,
    command: &'static str,
) -> Member {
    Member { library, names, after, command }
}

pub(super) fn read(reading: &mut Reading, program: &Program<'_>, imports: &Imports) {
    if let Some(range) = imports.libraries.get("@prisma/migrate") {
        // It has nothing else to give than what `prisma migrate` does.
        let word = Word::new(Text::within("@prisma/migrate", range));
        reading.add_words(program.host, range, vec![word]);
    }
    for at in 0..program.tokens.len() {
        let Some(name) = program.name(at) else { continue };
        let command = match program.kind {
            Kind::JavaScript if program.is_sign(at + 1, '(') => called(program, imports, at, name),
            Kind::JavaScript => set(program, imports, at, name),
            Kind::Python => python(program, imports, at, name),
            Kind::Ruby => ruby(program, at, name),
            _ => None,
        };
        let Some(command) = command else { continue };
        let range = program.range(at, at);
        let words = command.split(' ').map(|it| Word::new(Text::within(it, &range))).collect();
        reading.add_words(program.host, &range, words);
    }
}

fn called(program: &Program<'_>, imports: &Imports, at: usize, name: &str) -> Option<&'static str> {
    let member = at.checked_sub(1).is_some_and(|it| program.is_sign(it, '.'));
    let drizzle =
        |it: &(String, String)| it.1.starts_with("drizzle-orm/") && it.1.ends_with("/migrator");
    let named = |name: &str| imports.names.get(name).into_iter().flatten().find(|it| drizzle(it));
    let migrates = match program.owner(at) {
        // `import * as migrator from 'drizzle-orm/…/migrator'`
        Some(owner) => name == "migrate" && named(owner).is_some(),
        None => named(name).is_some_and(|it| it.0 == "migrate"),
    };
    if migrates {
        return Some("drizzle-orm migrate");
    }
    for (library, given, command) in FUNCTIONS {
        let own = imports.is(name, library, given);
        let of_all = member
            && given.contains(&name)
            && program.owner(at).is_some_and(|it| imports.is(it, library, &["default"]));
        if own && !member || of_all {
            return Some(command);
        }
    }
    if !member {
        return None;
    }
    if name == "sync" && loads(imports, "sequelize") {
        let options = (at + 2..at + NEAR).take_while(|it| !program.is_sign(*it, ')'));
        let forced = options.into_iter().any(|it| {
            matches!(program.name(it), Some("alter" | "force"))
                && program.is_sign(it + 1, ':')
                && program.name(it + 2) != Some("false")
        });
        return forced.then_some("sequelize sync");
    }
    let found = MEMBERS.iter().find(|it| {
        it.names.contains(&name) && loads(imports, it.library) && follows(program, at, it.after)
    });
    found.map(|it| it.command)
}

/// Whether `name` stands before the call at `at`, as `migrate` in `db.migrate.latest()` and `getMigrator().up()`.
fn follows(program: &Program<'_>, at: usize, name: &str) -> bool {
    name.is_empty()
        || (at.saturating_sub(6)..at).any(|it| program.name(it) == Some(name))
        || name == "getMigrator" && program.owner(at).is_some_and(|it| it.contains("igrator"))
}

/// Whether the program loads a library, or something that is built on it.
fn loads(imports: &Imports, library: &str) -> bool {
    let built_on = match library {
        "typeorm" => imports.has("@nestjs/typeorm") || imports.mentioned.contains("AppDataSource"),
        "sequelize" => {
            imports.has("sequelize-typescript") || imports.mentioned.contains("sequelize")
        }
        "knex" => imports.mentioned.contains("knex") || imports.has("objection"),
        _ => false,
    };
    built_on
        || imports.has(library)
        || imports.libraries.keys().any(|it| it.starts_with(library) && library.starts_with('@'))
}

/// Options that make a library migrate when it connects.
fn set(program: &Program<'_>, imports: &Imports, at: usize, name: &str) -> Option<&'static str> {
    let on = program.is_sign(at + 1, ':') && program.name(at + 2) == Some("true");
    match name {
        "migrationsRun" if on && loads(imports, "typeorm") => Some("typeorm migration:run"),
        "synchronize" if on && loads(imports, "typeorm") => Some("typeorm schema:sync"),
        _ => None,
    }
}

fn python(program: &Program<'_>, imports: &Imports, at: usize, name: &str) -> Option<&'static str> {
    if !program.is_sign(at + 1, '(') {
        return None;
    }
    match (program.owner(at), name) {
        (Some("command"), "upgrade") if imports.has("alembic") => Some("alembic upgrade"),
        (Some("command"), "downgrade") if imports.has("alembic") => Some("alembic downgrade"),
        (_, "call_command") if imports.has("django") => {
            let what = program.literal(at + 2)?;
            (what == "migrate").then_some("django migrate")
        }
        _ => None,
    }
}

fn ruby(program: &Program<'_>, at: usize, name: &str) -> Option<&'static str> {
    match (program.owner(at), name) {
        (Some("DatabaseTasks"), "migrate" | "migrate_all") => Some("rails db:migrate"),
        (_, "Task") if program.literal(at + 2).is_some_and(|it| it == "db:migrate") => {
            Some("rake db:migrate")
        }
        _ => None,
    }
}
