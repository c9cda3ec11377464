//! Where the configuration of a migration tool says that its files are.

mod properties;

use super::{drizzle, json, toml};
use crate::source::{RepoPath, Span};
use properties::{Property, properties};

/// What a configuration names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    pub what: What,
    /// From the root of the repository; of [`What::SqlSchemas`] it may be a glob.
    pub path: RepoPath,
    pub at: Span,
    /// It is said in as many words, and does not follow from where something else is.
    pub said: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// The Prisma schema: one file, or a folder with its files.
    PrismaSchema,
    /// One that a script names for its own command.
    ScriptSchema,
    /// The folder of Prisma's migrations, each in a folder of its own.
    PrismaMigrations,
    /// The folder of Drizzle's migrations.
    DrizzleMigrations,
    /// Files in which Supabase is told what the database shall look like, to write the migrations from.
    SqlSchemas,
}

impl What {
    pub fn is_schema(self) -> bool {
        matches!(self, What::PrismaSchema | What::ScriptSchema)
    }

    /// Who reads them.
    pub fn tool(self) -> &'static str {
        match self {
            What::PrismaSchema | What::ScriptSchema | What::PrismaMigrations => "Prisma",
            What::DrizzleMigrations => "Drizzle",
            What::SqlSchemas => "Supabase",
        }
    }
}

/// Whether a file is such a configuration by its name.
pub fn is_read(path: &RepoPath) -> bool {
    kind(path).is_some()
}

/// What Prisma reads where no configuration names a schema (Prisma manual, "Prisma schema location").
pub fn default_schemas(configuration: &RepoPath) -> impl Iterator<Item = RepoPath> + use<> {
    let beside = ["schema.prisma", "prisma/schema.prisma"];
    beside.map(|it| configuration.beside(it)).into_iter()
}

const SCRIPTS: &[&str] = &["ts", "mts", "cts", "js", "mjs", "cjs"];

enum Kind {
    PrismaConfig,
    PackageJson,
    DrizzleConfig,
    DrizzleJson,
    DrizzleJournal,
    SupabaseConfig,
}

fn kind(path: &RepoPath) -> Option<Kind> {
    let name = std::str::from_utf8(path.file_name()).ok()?;
    let folder = path.parent();
    let folder = folder.as_ref().map_or(&b""[..], |it| it.file_name());
    let (stem, ending) = name.rsplit_once('.')?;
    match (stem, SCRIPTS.contains(&ending)) {
        ("prisma.config", true) => Some(Kind::PrismaConfig),
        ("prisma", true) if folder == b".config" => Some(Kind::PrismaConfig),
        ("_journal", false) if ending == "json" && folder == b"meta" => Some(Kind::DrizzleJournal),
        // `drizzle-pg.config.ts`
        _ if stem.starts_with("drizzle") && stem.ends_with(".config") => match ending {
            "json" => Some(Kind::DrizzleJson),
            _ => SCRIPTS.contains(&ending).then_some(Kind::DrizzleConfig),
        },
        _ if name == "package.json" => Some(Kind::PackageJson),
        _ if name == "config.toml" && folder == b"supabase" => Some(Kind::SupabaseConfig),
        _ => None,
    }
}

/// What a configuration names in words that can be read: literals, and `path.join` of literals.
pub fn read(path: &RepoPath, text: &str) -> Vec<Named> {
    match kind(path) {
        Some(Kind::PrismaConfig) => prisma_config(path, text),
        Some(Kind::PackageJson) => package_json(path, text),
        Some(Kind::DrizzleConfig) => drizzle_config(path, &properties(text)),
        Some(Kind::DrizzleJson) => drizzle_config(path, &members(text)),
        Some(Kind::DrizzleJournal) => journal(path, text).into_iter().collect(),
        Some(Kind::SupabaseConfig) => supabase(path, text),
        None => Vec::new(),
    }
}

fn prisma_config(path: &RepoPath, text: &str) -> Vec<Named> {
    let all = properties(text);
    let schema = all.iter().find(|it| it.is(&["schema"]));
    let migrations = all.iter().find(|it| it.is(&["migrations", "path"]));
    let mut named = Vec::new();
    if let Some(schema) = schema {
        named.extend(one(path, What::PrismaSchema, schema));
    }
    match migrations {
        Some(it) => named.extend(one(path, What::PrismaMigrations, it)),
        None => named.extend(named.first().map(beside)),
    }
    named
}

/// `"prisma": { "schema": … }`, and the scripts that say `--schema`.
fn package_json(path: &RepoPath, text: &str) -> Vec<Named> {
    let all = members(text);
    let said = all.iter().find(|it| it.is(&["prisma", "schema"]));
    let mut named: Vec<Named> =
        said.and_then(|it| one(path, What::PrismaSchema, it)).into_iter().collect();
    for script in all.iter().filter(|it| it.path.len() == 2 && it.path[0] == "scripts") {
        let words: Vec<&str> = script.value.split_ascii_whitespace().collect();
        if !words.iter().any(|it| *it == "prisma" || it.starts_with("prisma@")) {
            continue;
        }
        let after = words.iter().position(|it| *it == "--schema").and_then(|at| words.get(at + 1));
        let joined = words.iter().find_map(|it| it.strip_prefix("--schema="));
        let Some(value) = after.copied().or(joined) else { continue };
        let value = value.trim_matches(['"', '\'']).to_owned();
        let it = Property { path: Vec::new(), value, range: script.range.clone() };
        if let Some(it) = one(path, What::ScriptSchema, &it)
            && named.iter().all(|other| other.path != it.path)
        {
            named.push(it);
        }
    }
    let migrations: Vec<Named> = named.iter().map(beside).collect();
    named.extend(migrations);
    named
}

/// Prisma looks for migrations beside the file of the schema, or in its folder (Prisma manual, "Multi-file Prisma schema").
fn beside(schema: &Named) -> Named {
    let folder = if schema.path.as_bytes().ends_with(b".prisma") {
        schema.path.parent().unwrap_or_else(|| RepoPath::from(""))
    } else {
        schema.path.clone()
    };
    let path = RepoPath::joined(&folder.to_string(), "migrations");
    Named { what: What::PrismaMigrations, path, at: schema.at.clone(), said: false }
}

fn drizzle_config(path: &RepoPath, all: &[Property]) -> Vec<Named> {
    let dialect = all.iter().find(|it| it.is(&["dialect"]) || it.is(&["driver"]));
    if dialect.is_some_and(|it| !is_postgres(&it.value)) {
        return Vec::new();
    }
    let out = all.iter().find(|it| it.is(&["out"]));
    out.and_then(|it| one(path, What::DrizzleMigrations, it)).into_iter().collect()
}

/// What Drizzle calls Postgres, and what drives it.
fn is_postgres(dialect: &str) -> bool {
    matches!(dialect, "postgresql" | "pg" | "pglite" | "aws-data-api" | "cockroach")
}

/// The journal lies in `meta` beside the migrations, whatever their folder is called.
fn journal(path: &RepoPath, text: &str) -> Option<Named> {
    if drizzle::dialect(text).is_some_and(|it| !is_postgres(&it)) {
        return None;
    }
    let folder = path.parent()?.parent().unwrap_or_else(|| RepoPath::from(""));
    let at = Span::file(path.clone());
    Some(Named { what: What::DrizzleMigrations, path: folder, at, said: true })
}

/// `[db.migrations] schema_paths`, which count from the folder of the file (Supabase manual, "CLI config").
fn supabase(path: &RepoPath, text: &str) -> Vec<Named> {
    let Ok(table) = toml::parse(text) else { return Vec::new() };
    let within =
        |table: &toml::Table, key: &str| table.get(key).and_then(|it| it.value.as_table()).cloned();
    let migrations = within(&table, "db").and_then(|it| within(&it, "migrations"));
    let paths = migrations.and_then(|it| Some(it.get("schema_paths")?.value.as_array()?.to_vec()));
    let property = |it: &toml::Value| {
        let value = it.as_str()?.to_owned();
        one(path, What::SqlSchemas, &Property { path: Vec::new(), value, range: it.range.clone() })
    };
    paths.iter().flatten().filter_map(property).collect()
}

fn one(config: &RepoPath, what: What, it: &Property) -> Option<Named> {
    let value = it.value.trim();
    let outside = value.starts_with('/') || value.contains("${") || value.contains("://");
    if value.is_empty() || outside {
        return None;
    }
    let at = Span::new(config.clone(), it.range.clone());
    Some(Named { what, path: config.beside(value), at, said: true })
}

/// The strings of a JSON text, by the keys above them. Three levels are all that is asked for.
fn members(text: &str) -> Vec<Property> {
    fn walk(value: &json::Value<'_>, path: &[String], all: &mut Vec<Property>) {
        for member in value.members().into_iter().flatten() {
            let path: Vec<String> = path.iter().cloned().chain([member.key]).collect();
            if let Some(value) = member.value.string() {
                all.push(Property { path, value, range: member.value.range() });
            } else if path.len() < 2 {
                walk(&member.value, &path, all);
            }
        }
    }
    let mut all = Vec::new();
    if let json::Json::Value(value) = json::read(text) {
        walk(&value, &[], &mut all);
    }
    all
}
