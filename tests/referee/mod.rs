//! Postgres is the referee: what reading a history says that it leaves behind is compared, after every file, with what a
//! server has that the same files were applied to.
//!
//! Where no Postgres is installed these tests say so, and pass.

mod histories;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::Duration;

use sprag::parse::{Migration, snapshot};
use sprag::policy::Policy;
use sprag::postgres::{Base, Binaries, Engine, History, Limits, OWNER, Place, Sending, Step, find};
use sprag::rules::{self, Rehearsal, Replay, Slot, Trial, Verification};
use sprag::schema::{Provider, Snapshot};
use sprag::source::RepoPath;

/// Where a history and a server go apart.
#[derive(Debug, Default)]
struct Match {
    /// How many files were applied and compared, and how many the server refused.
    compared: usize,
    refused: Vec<String>,
    /// `file: rule: message`, where it is first seen.
    differ: Vec<String>,
    /// What nobody can tell by reading, where it is first seen.
    unknown: Vec<String>,
    /// What a file takes away without its text showing it.
    missed: Vec<String>,
    /// How many things were compared in the end.
    things: usize,
    /// How many statements could not be read.
    opaque: usize,
}

/// Nothing where there is no server.
#[allow(clippy::print_stderr, reason = "who runs the tests has to know what was not run")]
fn server() -> Option<(Binaries, Place)> {
    let binaries = find(Some(15), Path::new("/nowhere"));
    if binaries.is_none() {
        eprintln!("no Postgres is installed: nothing is refereed");
    }
    Some((binaries?, Place::of_user().unwrap()))
}

/// Applies a history, file by file, and compares. One of the files may be kept from who reads.
fn referee(
    binaries: &Binaries,
    place: &Place,
    migrations: &[Migration],
    unread: Option<usize>,
) -> Match {
    static ONE: std::sync::Mutex<()> = std::sync::Mutex::new(());
    let _one = ONE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let available = binaries.extensions();
    let steps: Vec<Step> = migrations.iter().map(|it| Step::of(it, &available)).collect();
    let extensions: BTreeSet<(String, String)> =
        steps.iter().flat_map(|it| it.extensions.clone()).collect();
    let extensions: Vec<(String, String)> = extensions.into_iter().collect();
    let supabase = migrations.iter().any(|it| it.path.to_string().contains("supabase/migrations/"));
    let history = History {
        known: &[],
        available: &available,
        steps: &|_| Vec::new(),
        supabase,
        extensions: &extensions,
    };
    let limits = Limits { time: Duration::from_hours(1), disk: 4 << 30 };
    let base =
        Base::open(&Engine::Local(binaries.clone()), place, &history, limits, &|_, _| {}).unwrap();
    base.copy("referee").unwrap();
    let look =
        || -> Snapshot { base.server.session("referee", OWNER).unwrap().snapshot().unwrap() };
    let mut seen: BTreeSet<String> = BTreeSet::new();
    let mut unknown: BTreeSet<String> = BTreeSet::new();
    let (mut result, mut expected, mut before) = (Match::default(), Replay::default(), look());
    for (at, (migration, step)) in migrations.iter().zip(&steps).enumerate() {
        let path = &migration.path;
        let mut session = base.session("referee").unwrap();
        if let Err((_, why)) = step.send(&mut session, Sending::Whole) {
            // Neither of the two has it then.
            result.refused.push(format!("{path}: {}", why.message));
            continue;
        }
        drop(session);
        let after = look();
        if unread != Some(at) {
            expected.apply(migration);
        }
        result.compared += 1;
        result.opaque += migration.script.opaque;
        let is = snapshot::catalog(&after);
        let verified = rules::verified(&Verification {
            most: &expected.most,
            least: &expected.least,
            live: &after,
            is: &is,
            only: None,
            place: path,
        });
        result.things = verified.compared;
        for it in verified.found {
            let said = format!("{}: {}", it.rule.name, it.finding.message);
            if seen.insert(said.clone()) {
                result.differ.push(format!("{path}: {said}"));
            }
        }
        unknown.extend(verified.unknown);
        let trial = Trial { how: "in one text", after: after.clone(), ..Trial::default() };
        let rehearsal = Rehearsal {
            migrations: std::slice::from_ref(migration),
            before: &before,
            trials: &[trial],
            model: &expected.most,
            partial: None,
        };
        let (found, _) = rules::rehearsed(&rehearsal);
        let hidden = found.iter().filter(|it| it.rule.name == "hidden-loss");
        // What a block takes away that nobody can read is refused for that.
        let read = migration.script.opaque == 0;
        result
            .missed
            .extend(hidden.filter(|_| read).map(|it| format!("{path}: {}", it.finding.message)));
        before = after;
    }
    result.unknown = unknown.into_iter().collect();
    result
}

/// The histories in a folder, by the databases that they are of.
fn histories(folder: &Path) -> BTreeMap<RepoPath, Vec<Migration>> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        let Ok(entries) = std::fs::read_dir(folder) else { return };
        for path in entries.flatten().map(|it| it.path()) {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if path.is_dir() && !path.is_symlink() && name != ".git" && name != "node_modules" {
                walk(&path, found);
            } else if path.is_file() {
                found.push(path);
            }
        }
    }
    let globs = Policy::built_in_migrations();
    let mut paths = Vec::new();
    walk(folder, &mut paths);
    let mut all: BTreeMap<RepoPath, Vec<Migration>> = BTreeMap::new();
    for path in paths {
        let name = path.strip_prefix(folder).unwrap().to_string_lossy().into_owned();
        let name = RepoPath::from(name.as_str());
        let Ok(text) = std::fs::read_to_string(&path) else { continue };
        // Some keep what Prisma makes in a folder of their own name.
        if globs.matches(name.as_bytes()) || name.file_name() == b"migration.sql" {
            let migration = Migration::read_past(name, text.into(), Provider::Postgresql);
            all.entry(sprag::gate::database(&migration.path)).or_default().push(migration);
        }
    }
    for migrations in all.values_mut() {
        migrations.sort_by_key(|it| (Slot::of(&it.path).name, it.path.clone()));
    }
    all.retain(|_, it| it.iter().all(|it| it.provider.is_postgres()));
    all
}

/// Over the repositories below a folder: `SPRAG_REFEREE=FOLDER cargo test referee -- --ignored --nocapture`.
#[test]
#[ignore = "needs a folder with the repositories of others"]
#[allow(clippy::print_stdout, reason = "its figures are what it is run for")]
fn histories_of_others() {
    let folder = std::env::var("SPRAG_REFEREE").expect("SPRAG_REFEREE names a folder");
    let Some((binaries, place)) = server() else { return };
    for (database, migrations) in histories(Path::new(&folder)) {
        let begin = std::time::Instant::now();
        let it = referee(&binaries, &place, &migrations, None);
        println!(
            "{database}: {} files compared, {} refused by the server, {} things in the end, {} statements unread; \
             {} disagreements, {} that nobody can tell, {} missed losses; {} s",
            it.compared,
            it.refused.len(),
            it.things,
            it.opaque,
            it.differ.len(),
            it.unknown.len(),
            it.missed.len(),
            begin.elapsed().as_secs()
        );
        it.refused.iter().for_each(|it| println!("  refused: {it}"));
        it.differ.iter().for_each(|it| println!("  differ: {it}"));
        it.unknown.iter().for_each(|it| println!("  unknown: {it}"));
        it.missed.iter().for_each(|it| println!("  missed: {it}"));
    }
}
