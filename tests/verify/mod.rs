//! A database that is in use is looked at, and compared with the migrations.
//!
//! Where no Postgres is installed these tests say so, and pass.

mod compared;
mod connecting;
mod ledger;
mod status;

use std::path::Path;
use std::time::Duration;

use serde_json::Value;
use sprag::postgres::{Binaries, Limits, OWNER, Place, Server, Session, find, initialize};

use crate::support::Sandbox;

pub(crate) const INIT: &str = "prisma/migrations/20260101000000_init/migration.sql";
pub(crate) const NEXT: &str = "prisma/migrations/20260201000000_posts/migration.sql";
pub(crate) const USERS: &str = "create type mood as enum ('sad', 'glad');
create table users (id bigint primary key, email text not null unique, mood mood default 'sad');
alter table users enable row level security;
create policy own on users for select using (id = 1);
";
pub(crate) const POSTS: &str = "create table posts (id serial primary key, user_id bigint not null, body varchar(20), score numeric default 0);
alter table posts add constraint posts_users foreign key (user_id) references users on delete cascade;
create index posts_user on posts (user_id);
alter table posts enable row level security;
";

/// A repository with two migrations.
pub(crate) fn repository() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write(INIT, USERS).write(NEXT, POSTS).commit_all("Begin");
    sandbox
}

/// A database in use, on a server of its own, and how many share the machine.
pub(crate) struct InUse {
    server: Server,
    /// Removed after the server has ended.
    folder: tempfile::TempDir,
    _alone: std::sync::MutexGuard<'static, ()>,
}

/// A password that must be shown nowhere.
pub(crate) const SECRET: &str = "hunter2-of-the-database";

impl InUse {
    /// Nothing where there is no server.
    pub(crate) fn new() -> Option<InUse> {
        InUse::with("", |_, _| {})
    }

    /// With more lines of configuration, and files that `prepare` puts into its folder.
    #[allow(clippy::print_stderr, reason = "who runs the tests has to know what was not run")]
    pub(crate) fn with(configuration: &str, prepare: impl Fn(&Place, &Path)) -> Option<InUse> {
        static ONE: std::sync::Mutex<()> = std::sync::Mutex::new(());
        let Some(binaries) = find(Some(15), Path::new("/nowhere")) else {
            eprintln!("no Postgres is installed: no database is looked at");
            return None;
        };
        let alone = ONE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let place = Place::of_user().unwrap();
        let folder = tempfile::Builder::new().prefix("in-use-").tempdir_in(place.folder()).unwrap();
        place.give(folder.path()).unwrap();
        let data = folder.path().join("data");
        initialize(&binaries, &place, &data).unwrap();
        let hba = format!(
            "local all {OWNER} trust\nlocal all all scram-sha-256\nhostssl all all all scram-sha-256\n"
        );
        std::fs::write(data.join("pg_hba.conf"), hba).unwrap();
        let file = data.join("postgresql.conf");
        let old = std::fs::read_to_string(&file).unwrap();
        std::fs::write(&file, format!("{old}\n{configuration}")).unwrap();
        prepare(&place, &data);
        let server = InUse::start(&binaries, &place, &data);
        let it = InUse { server, folder, _alone: alone };
        it.owner("postgres").script("create database shop").unwrap();
        it.owner("postgres")
            .script(&format!("create role app login superuser password '{SECRET}'"))
            .unwrap();
        Some(it)
    }

    fn start(binaries: &Binaries, place: &Place, data: &Path) -> Server {
        let limits = Limits { time: Duration::from_mins(10), disk: 1 << 30 };
        Server::start(binaries, place, data, limits).unwrap()
    }

    fn owner(&self, database: &str) -> Session {
        self.server.session(database, OWNER).unwrap()
    }

    /// Does something to the database.
    pub(crate) fn apply(&self, sql: &str) -> &InUse {
        self.owner("shop").script(sql).unwrap();
        self
    }

    pub(crate) fn rows(&self, sql: &str) -> Vec<Vec<String>> {
        self.owner("shop").rows(sql).unwrap()
    }

    pub(crate) fn data(&self) -> std::path::PathBuf {
        self.folder.path().join("data")
    }

    /// Its URL, with a password.
    pub(crate) fn url(&self) -> String {
        self.url_of("app", SECRET, "shop")
    }

    pub(crate) fn url_of(&self, user: &str, password: &str, database: &str) -> String {
        let sockets =
            self.owner("postgres").rows("show unix_socket_directories").unwrap().concat().concat();
        format!("postgresql://{user}:{password}@/{database}?host={sockets}")
    }
}

/// What the program said of a database.
pub(crate) struct Said {
    pub(crate) code: i32,
    pub(crate) text: String,
}

impl Said {
    /// `rule: message` of everything that was found.
    #[track_caller]
    pub(crate) fn found(&self) -> Vec<String> {
        let text = |it: &Value| it.as_str().unwrap().to_owned();
        let json = self.json();
        let all = json["findings"].as_array().unwrap().iter();
        let mine = ["missing-in-database", "different-in-database", "only-in-database"];
        let all = all.map(|it| (text(&it["rule"]), text(&it["message"])));
        let all = all.inspect(|it| assert!(mine.contains(&it.0.as_str()), "{it:?}"));
        all.map(|(rule, message)| format!("{rule}: {message}")).collect()
    }

    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("{}", self.text))
    }
}

/// Runs the program with the URL in a variable. Whatever it says, it does not say the password.
pub(crate) fn run(sandbox: &Sandbox, url: &str, args: &[&str]) -> Said {
    let program = env!("CARGO_BIN_EXE_sprag");
    let mut command = sandbox.command_in(sandbox.path(), program);
    let output = command
        .args(args)
        .args(["--database-url-env", "SHOP_URL"])
        .env("SHOP_URL", url)
        .output()
        .unwrap();
    let text = crate::support::both(&output);
    assert!(!text.contains(SECRET) && !text.contains("hunter"), "{text}");
    Said { code: output.status.code().unwrap(), text }
}

pub(crate) fn verify(sandbox: &Sandbox, url: &str, args: &[&str]) -> Said {
    run(sandbox, url, &[&["verify", "--format", "json"], args].concat())
}
