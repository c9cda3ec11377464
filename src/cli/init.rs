//! `sprag init`: a policy that fits what is there.

use std::collections::BTreeSet;

use super::PASSED;
use super::output::Output;
use crate::failure::{Failure, Result};
use crate::fix::write::whole as write;
use crate::parse::layout::{self, What};
use crate::policy::init::{Facts, starter};
use crate::policy::{PATH, Provider};
use crate::repo::{Caller, Repo};

pub(super) fn run(output: &Output) -> Result<u8> {
    let repo = Repo::open(Caller::Command)?;
    let top = repo.worktree()?;
    let path = top.join(PATH);
    if path.symlink_metadata().is_ok() {
        return Err(Failure::new(format!("there is a {PATH} already, and it stays as it is"))
            .help("edit it; `sprag rules` lists what it can speak of"));
    }
    let files: Vec<String> =
        repo.files()?.iter().map(|it| it.to_str_lossy().into_owned()).collect();
    let facts = facts(&files, |path| std::fs::read_to_string(top.join(path)).unwrap_or_default());
    write(&path, &starter(&facts))?;
    let mut found = Vec::new();
    if !facts.prisma.is_empty() {
        found.push("Prisma");
    }
    if facts.supabase {
        found.push("Supabase");
    }
    if !facts.drizzle.is_empty() {
        found.push("Drizzle");
    }
    if facts.fly {
        found.push("Fly");
    }
    if facts.package_json {
        found.push("package.json");
    }
    let found = if found.is_empty() { "no migrations yet".to_owned() } else { found.join(", ") };
    output.say(&format!("{PATH}: written for {found}\ncommit it: from then on it is the policy\n"));
    Ok(PASSED)
}

fn facts(files: &[String], text: impl Fn(&str) -> String) -> Facts {
    let mut facts = Facts::default();
    let mut prisma = BTreeSet::new();
    for file in files {
        let (folder, name) = file.rsplit_once('/').unwrap_or(("", file));
        match name {
            "migration.sql" => {
                if let Some((above, _)) = folder.rsplit_once('/')
                    && let Some(schema) = above.strip_suffix("/migrations")
                {
                    prisma.insert(schema.to_owned());
                }
            }
            "schema.prisma" => {
                prisma.insert(folder.to_owned());
                facts.provider = facts.provider.or_else(|| provider(&text(file)));
            }
            "migration_lock.toml" => {
                facts.provider = provider(&text(file)).or(facts.provider);
            }
            "fly.toml" => facts.fly = true,
            "package.json" => facts.package_json = true,
            _ => {}
        }
        let sql = name.rsplit_once('.').is_some_and(|(_, end)| end.eq_ignore_ascii_case("sql"));
        if sql && format!("/{folder}").ends_with("/supabase/migrations") {
            facts.supabase = true;
        }
        // The journal lies in `meta` beside the migrations, whatever their folder is called.
        if name == "_journal.json" && (folder == "meta" || folder.ends_with("/meta")) {
            let above = folder.rsplit_once('/').map_or("", |it| it.0);
            facts.drizzle.push(above.to_owned());
        }
        // From 1.0 on each migration has a folder, and its snapshot lies in it.
        if name == "snapshot.json" && files.contains(&format!("{folder}/migration.sql")) {
            facts.drizzle.push(folder.rsplit_once('/').map_or("", |it| it.0).to_owned());
        }
        if name.starts_with("drizzle") {
            facts.drizzle.extend(configured(file, &text(file)));
        }
        if sql && format!("/{folder}").ends_with("/drizzle") {
            facts.drizzle.push(folder.to_owned());
        }
    }
    facts.prisma = prisma.into_iter().collect();
    facts.drizzle.sort();
    facts.drizzle.dedup();
    facts
}

/// The folder that a `drizzle.config.ts` names, if that is plain and for Postgres.
fn configured(file: &str, text: &str) -> Vec<String> {
    let named = layout::read(&file.into(), text).into_iter();
    let folders = named.filter(|it| it.what == What::DrizzleMigrations);
    folders.map(|it| it.path.to_str_lossy().into_owned()).collect()
}

/// `provider = "postgresql"` of a `datasource` block or of `migration_lock.toml`.
fn provider(text: &str) -> Option<Provider> {
    let mut lines = text.lines().filter_map(|line| line.trim().strip_prefix("provider"));
    lines.find_map(|rest| {
        let value = rest.trim_start().strip_prefix('=')?.trim().trim_matches('"');
        Provider::from_lock(value)
    })
}
