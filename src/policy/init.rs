//! The policy that `sprag init` writes, fitted to what it found.

use std::fmt::Write as _;

use super::{Preset, Provider};
use crate::parse::toml::quoted;

/// What is in a repository that has no policy yet. Directories are relative to its root; `""` is the root itself.
#[derive(Clone, Debug, Default)]
#[allow(clippy::struct_excessive_bools, reason = "each is a thing that is there or is not")]
pub struct Facts {
    /// Directories that hold a Prisma `migrations` directory.
    pub prisma: Vec<String>,
    /// There is `supabase/migrations`.
    pub supabase: bool,
    /// Directories with the migrations of Drizzle: those with its journal or its snapshots, and what its configuration
    /// names.
    pub drizzle: Vec<String>,
    /// There is a `fly.toml`.
    pub fly: bool,
    /// There is a `package.json`.
    pub package_json: bool,
    /// What `schema.prisma` or `migration_lock.toml` say.
    pub provider: Option<Provider>,
    /// Schemas that an API shows to clients.
    pub schemas: Vec<String>,
}

/// A commented `policy.toml`. It has no problems, whatever was found.
#[must_use]
pub fn starter(facts: &Facts) -> String {
    let mut text = String::from(
        "# What may reach the database, and what may not.\n\
         #\n\
         # A change is judged by the stricter of the policy it starts from and the one it brings along.\n\
         # `sprag explain <rule>` says what a rule is for, `sprag rules` lists all of them.\n\
         \n\
         version = 1\n\n",
    );
    if let Some(preset) = preset(facts) {
        _ = writeln!(
            text,
            "# Levels that fit the tool; a line under [rules] wins over it.\npreset = {}\n",
            quoted(preset.name())
        );
    }
    paths(&mut text, facts);
    database(&mut text, facts);
    rules(&mut text, facts);
    text.push_str(REST);
    deploy(&mut text, facts);
    text
}

/// Where there are several tools, the strictest.
fn preset(facts: &Facts) -> Option<Preset> {
    let found = [
        (facts.supabase, Preset::Supabase),
        (!facts.prisma.is_empty(), Preset::Prisma),
        (!facts.drizzle.is_empty(), Preset::Drizzle),
    ];
    found.into_iter().find(|it| it.0).map(|it| it.1)
}

fn paths(text: &mut String, facts: &Facts) {
    // All three tools, found or not: a package that starts to use one tomorrow is looked at from its first migration.
    let mut globs = vec![
        ("**/migrations/*/migration.sql".to_owned(), "Prisma"),
        ("**/supabase/migrations/*.sql".to_owned(), "Supabase"),
        ("**/drizzle/*.sql".to_owned(), "Drizzle"),
        ("**/drizzle/*/migration.sql".to_owned(), "Drizzle from 1.0 on"),
    ];
    for folder in &facts.drizzle {
        let folder = folder.trim_matches('/');
        let slash = if folder.is_empty() { "" } else { "/" };
        let known = folder == "drizzle" || folder.ends_with("/drizzle");
        for files in ["*.sql", "*/migration.sql"] {
            let glob = format!("{folder}{slash}{files}");
            let plain = super::Globs::check(&glob).is_ok()
                && !folder.contains(['*', '?', '[', ']', '{', '}']);
            let known = known || (folder.ends_with("/migrations") && files != "*.sql");
            if plain && !known && !globs.iter().any(|it| it.0 == glob) {
                globs.push((glob, "Drizzle"));
            }
        }
    }
    text.push_str("[paths]\n# Globs from the repository's root. `*` stays inside a folder, `**` crosses them.\nmigrations = [\n");
    for (glob, from) in globs {
        _ = writeln!(text, "  {}, # {from}", quoted(&glob));
    }
    text.push_str("]\n\n");
}

fn database(text: &mut String, facts: &Facts) {
    let provider = facts.provider.unwrap_or(Provider::Postgresql);
    _ = writeln!(
        text,
        "[database]\n# Facts about what is deployed to.\nprovider = {}",
        quoted(provider.name())
    );
    if provider == Provider::Postgresql {
        text.push_str("version = 15 # of the server in production\n");
    }
    text.push_str("# The schemas that clients reach through an API.\n");
    let mut schemas: Vec<String> = Vec::new();
    for schema in facts.schemas.iter().filter(|it| !it.trim().is_empty()).map(|it| quoted(it)) {
        if !schemas.contains(&schema) {
            schemas.push(schema);
        }
    }
    if schemas.is_empty() {
        let preset = preset(facts).and_then(Preset::exposed_schemas);
        schemas.extend(preset.unwrap_or(&["public"]).iter().map(|it| quoted(it)));
    }
    _ = writeln!(text, "exposed-schemas = [{}]\n", schemas.join(", "));
}

fn rules(text: &mut String, facts: &Facts) {
    text.push_str(RULES);
    if matches!(facts.provider, None | Some(Provider::Postgresql)) {
        let why = if facts.supabase {
            "# Without it everyone who has the public key of the API reads and writes the table."
        } else {
            "# Cheap while a table is new. Without it the first API in front of this database opens every table."
        };
        _ = write!(text, "{why}\n{RLS}\n");
    }
    if facts.fly || facts.package_json {
        text.push_str(DEPLOY_RULE);
    }
}

fn deploy(text: &mut String, facts: &Facts) {
    if !facts.fly && !facts.package_json {
        return;
    }
    text.push_str("\n# What a deploy may run. Without `allow` it may run whatever leaves the database alone.\n#\n# [deploy]\n");
    if facts.prisma.is_empty() {
        text.push_str("# allow = [\"npm run build\"]\n");
    } else {
        text.push_str("# allow = [\"npx prisma generate\"]\n");
    }
    if facts.package_json {
        text.push_str("# local-scripts = [\"db:migrate\"] # scripts of package.json that only developers run\n");
    }
}

const RULES: &str = r#"[rules]
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

"#;

const RLS: &str = r#"table-without-rls = { level = "deny", reason = "every new table has row-level security" }
disabled-rls = { level = "deny", reason = "row-level security stays on" }
"#;

const DEPLOY_RULE: &str = r#"# Migrations are applied by hand, after somebody has looked at them.
deploy-migration = { level = "deny", reason = "no deploy changes the database" }
# The key of the database is with the platform, not with everyone who has a copy.
production-url = { level = "deny", reason = "passwords are set where the application runs" }

"#;

const REST: &str = r#"# One thing that may stay, and why. `until` is the last day on which it may.
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
"#;
