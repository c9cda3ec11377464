//! The policy that a repository starts with.

use insta::assert_snapshot;
use sprag::policy::Provider;
use sprag::policy::init::{Facts, starter};
use sprag::rules::Level;

use super::{policy, rules, weakenings};

fn all_facts() -> Vec<Facts> {
    let prisma =
        [vec![], vec!["prisma"], vec!["apps/a/prisma", "b\\\"[", "", "prisma", "/x/", "é "]];
    let providers = Provider::ALL.into_iter().map(Some).chain([None]);
    let schemas = [vec![], vec!["public", "public", "a\"b", " "]];
    let mut all = Vec::new();
    for provider in providers {
        for prisma in &prisma {
            for schemas in &schemas {
                for bits in 0..16 {
                    all.push(Facts {
                        prisma: prisma.iter().map(|it| (*it).to_owned()).collect(),
                        supabase: bits & 1 > 0,
                        drizzle: if bits & 2 > 0 {
                            vec!["db/out".to_owned(), "b[".to_owned()]
                        } else {
                            vec![]
                        },
                        fly: bits & 4 > 0,
                        package_json: bits & 8 > 0,
                        provider,
                        schemas: schemas.iter().map(|it| (*it).to_owned()).collect(),
                    });
                }
            }
        }
    }
    all
}

#[test]
fn a_starter_has_no_problems_whatever_was_found() {
    for facts in all_facts() {
        let policy = policy(&starter(&facts));
        assert!(policy.unmatched(std::iter::empty()).is_empty() || !facts.drizzle.is_empty());
        assert_eq!(policy.target.provider, facts.provider.unwrap_or(Provider::Postgresql));
    }
}

#[test]
fn what_a_starter_has_in_comments_can_be_used() {
    for facts in all_facts() {
        let text = starter(&facts);
        let mut used = String::new();
        let mut on = false;
        for line in text.lines() {
            let bare = line.strip_prefix("# ").unwrap_or(line);
            on = bare.starts_with("[[exceptions]]")
                || bare.starts_with("[deploy]")
                || (on && line.starts_with('#'));
            used.push_str(if on { bare } else { line });
            used.push('\n');
        }
        let policy = policy(&used);
        assert_eq!(policy.exceptions().len(), 1);
    }
}

#[test]
fn a_starter_is_not_weaker_than_the_defaults() {
    let defaults = rules("");
    for facts in all_facts() {
        let weaker = weakenings(&defaults, &policy(&starter(&facts)));
        let weaker: Vec<_> = weaker
            .into_iter()
            // The built-in policy looks for every tool, the starter for those that are there.
            .filter(|it| {
                !it.starts_with("migrations:")
                    && !it.starts_with("database:")
                    && !it.starts_with("exposed-schemas:")
                    // What a tool makes pointless, its preset says.
                    && !it.ends_with(", by the preset")
            })
            .collect();
        assert_eq!(weaker, [""; 0], "{facts:?}");
    }
}

#[test]
fn globs_are_for_every_tool_and_for_the_folders_that_were_found() {
    let facts = Facts { drizzle: vec!["packages/db/out".to_owned()], ..Facts::default() };
    let globs = policy(&starter(&facts)).migrations;
    for path in [
        "packages/db/out/0001_a.sql",
        "packages/db/out/20260101000000_a/migration.sql",
        "drizzle/20260101000000_a/migration.sql",
        "apps/web/prisma/migrations/1_a/migration.sql",
        "supabase/migrations/1_a.sql",
        "drizzle/0000_a.sql",
    ] {
        assert!(globs.matches(path.as_bytes()), "{path}");
    }
    assert!(!globs.matches(b"scripts/a.sql"));
}

#[test]
fn tables_that_no_api_shows_get_row_level_security_all_the_same() {
    let facts = Facts {
        prisma: vec!["prisma".to_owned()],
        provider: Some(Provider::Postgresql),
        ..Facts::default()
    };
    let policy = policy(&starter(&facts));
    let setting = policy.setting("table-without-rls", &"a.sql".into());
    assert_eq!((setting.level, setting.span.is_some()), (Level::Deny, true));
}

#[test]
fn a_starter_explains_itself() {
    let facts = Facts {
        prisma: vec!["prisma".to_owned()],
        supabase: true,
        fly: true,
        package_json: true,
        provider: Some(Provider::Postgresql),
        ..Facts::default()
    };
    assert_snapshot!(starter(&facts), @r#"
    # What may reach the database, and what may not.
    #
    # A change is judged by the stricter of the policy it starts from and the one it brings along.
    # `sprag explain <rule>` says what a rule is for, `sprag rules` lists all of them.

    version = 1

    # Levels that fit the tool; a line under [rules] wins over it.
    preset = "supabase"

    [paths]
    # Globs from the repository's root. `*` stays inside a folder, `**` crosses them.
    migrations = [
      "**/migrations/*/migration.sql", # Prisma
      "**/supabase/migrations/*.sql", # Supabase
      "**/drizzle/*.sql", # Drizzle
      "**/drizzle/*/migration.sql", # Drizzle from 1.0 on
    ]

    [database]
    # Facts about what is deployed to.
    provider = "postgresql"
    version = 15 # of the server in production
    # The schemas that clients reach through an API.
    exposed-schemas = ["public", "graphql_public"]

    [rules]
    # deny     refused; an entry under [[exceptions]] or in .sprag/baseline.toml excuses it
    # approve  refused until whoever answers for the data lets it pass
    # warn     told, and passes
    # allow    passes

    # Migrations only add.
    drop-table = { level = "deny", reason = "migrations only add: a dropped table takes its data with it" }
    drop-column = { level = "deny", reason = "migrations only add: a dropped column takes its data with it" }
    rename-table = { level = "deny", reason = "the running release still asks for the old name" }
    rename-column = { level = "deny", reason = "the running release still asks for the old name" }
    alter-column-type = { level = "approve", reason = "a change of type needs the owner's word" }

    # For a library that insists on its own names: exempt = ["public.Session.*"]
    column-snake-case = { level = "deny", reason = "columns are snake_case" }
    table-snake-case = { level = "deny", reason = "tables are snake_case" }

    # Without it everyone who has the public key of the API reads and writes the table.
    table-without-rls = { level = "deny", reason = "every new table has row-level security" }
    disabled-rls = { level = "deny", reason = "row-level security stays on" }

    # Migrations are applied by hand, after somebody has looked at them.
    deploy-migration = { level = "deny", reason = "no deploy changes the database" }
    # The key of the database is with the platform, not with everyone who has a copy.
    production-url = { level = "deny", reason = "passwords are set where the application runs" }

    # One thing that may stay, and why. `until` is the last day on which it may.
    #
    # [[exceptions]]
    # rule = "table-without-rls"
    # subject = "public._prisma_migrations"
    # reason = "owned by Prisma, not reachable through the API"
    # until = 2027-06-30

    [approvals]
    # Public keys of those who may sign, in OpenSSH's format: name namespaces="sprag-approval" ssh-ed25519 AAAA…
    signers = ".sprag/allowed_signers"
    namespace = "sprag-approval"

    # What a deploy may run. Without `allow` it may run whatever leaves the database alone.
    #
    # [deploy]
    # allow = ["npx prisma generate"]
    # local-scripts = ["db:migrate"] # scripts of package.json that only developers run
    "#);
}
