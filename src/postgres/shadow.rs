//! A server that somebody keeps for rehearsals. No database of it is used but those that are made for one run.
//!
//! They carry a name and a mark (a comment: a schema would be seen in what is rehearsed), and who made them holds a lock
//! for as long as it runs. Only what has all of that is ever dropped. Roles belong to all databases of a server, so
//! migrations run as one that is made for the run, or as one that may make none and owns nothing else.

use std::collections::BTreeSet;
use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use super::engine::TELL_PLANS;
use super::watch::{Limits, Stopped};
use super::{ROLE, Session, ShadowAddress};
use crate::failure::{Context, Failure, Result};

/// How all databases and roles begin that are made here.
const PREFIX: &str = "sprag_rehearsal_";
/// What is said of each in the server's own catalogs.
const MARK: &str = "made by sprag rehearse, which drops it";
/// The first half of the lock that a run holds; the second is its number.
const CLASS: i32 = 0x7370_7261;

/// A server, and what may be done there.
#[derive(Clone, Debug)]
pub struct Shadow {
    pub version: String,
    /// Those that a migration can make: others need a superuser.
    pub(super) extensions: Vec<String>,
    address: ShadowAddress,
    /// Migrations run as a role of their own.
    lends: bool,
    is_superuser: bool,
    has_explain: bool,
}

impl Shadow {
    /// Looks at a server, and refuses one on which migrations would run with too much.
    pub fn find(address: &ShadowAddress) -> Result<Shadow> {
        let host = address.host();
        if address.wants_tls() {
            return Err(Failure::new(format!(
                "the shadow server at `{host}` wants TLS, which sprag does not speak yet"
            ))
            .help("use one on this machine or in its network, without `sslmode=require`"));
        }
        let mut session = Session::with(address.config.clone()).map_err(|it| {
            Failure::new(format!("the shadow server at `{host}` lets nobody in: {}", it.message))
        })?;
        let facts = session.rows(
            "select current_setting('server_version'), current_setting('server_version_num')::int >= 130000, rolsuper,
                    rolcreatedb, rolcreaterole, rolname
             from pg_roles where rolname = current_user",
        )?;
        let facts = facts.into_iter().next().unwrap_or_default();
        let [version, is_new, superuser, databases, roles, name] = facts.as_slice() else {
            return Err(Failure::new("the shadow server does not say who is connected"));
        };
        let is = |it: &String| it == "t";
        if !is(is_new) {
            return Err(Failure::new(format!(
                "the shadow server is PostgreSQL {version}, older than 13"
            ))
            .help("use a newer one"));
        }
        let (is_superuser, lends) = (is(superuser), is(superuser) || is(roles));
        if !is(superuser) && !is(databases) {
            return Err(Failure::new(format!(
                "the role `{name}` may not make databases on the shadow server"
            ))
            .help(format!("as a superuser there: alter role \"{name}\" createdb;")));
        }
        if !lends {
            let own = session.rows("select datname from pg_database where datdba = current_user::regrole and not starts_with(datname, 'sprag_rehearsal_')")?;
            if let Some(own) = own.first().and_then(|it| it.first()) {
                return Err(Failure::new(format!(
                    "the role `{name}` owns the database `{own}` on the shadow server, and a migration could drop it"
                ))
                .help("give a role that may make databases and owns none: create role shadow login createdb password '…';")
                .help("and connect it to a database of somebody else: …/postgres"));
            }
        }
        let extensions = session.rows(
            "select distinct name from pg_available_extension_versions where trusted order by 1",
        )?;
        let has_explain = is_superuser && session.send("load 'auto_explain'").is_ok();
        Ok(Shadow {
            version: version.split(' ').next().unwrap_or_default().to_owned(),
            extensions: extensions.into_iter().flatten().collect(),
            address: address.clone(),
            lends,
            is_superuser,
            has_explain,
        })
    }

    /// Makes an empty database for one run.
    pub(super) fn begin(&self, limits: Limits) -> Result<OnShadow> {
        let id = RandomState::new().build_hasher().finish().to_be_bytes();
        let id = i32::from_be_bytes([id[0], id[1], id[2], id[3]]);
        let mut owner = Session::with(self.address.config.clone())?;
        // Whoever sees the name sees the lock as well.
        owner.script(&format!("select pg_advisory_lock({CLASS}, {id})"))?;
        drop_leftovers(&mut owner)?;
        let mut it = OnShadow {
            shadow: self.clone(),
            prefix: format!("{PREFIX}{:08x}", id.cast_unsigned()),
            login: None,
            owner: Mutex::new(owner),
            made: Mutex::default(),
            log: Arc::default(),
            over: Arc::default(),
            stopped: Arc::default(),
            limits,
        };
        if self.lends {
            it.make_role()?;
        }
        it.make(super::engine::NAME, "template0")?;
        it.is_empty()?;
        it.watch();
        Ok(it)
    }
}

/// What a run has made on a shadow server, until it is dropped.
pub struct OnShadow {
    shadow: Shadow,
    prefix: String,
    /// The role that was made for the run, and its password.
    login: Option<(String, String)>,
    /// Holds the lock.
    owner: Mutex<Session>,
    made: Mutex<BTreeSet<String>>,
    log: Arc<Mutex<String>>,
    over: Arc<AtomicBool>,
    stopped: Arc<AtomicU8>,
    limits: Limits,
}

impl OnShadow {
    fn owner<T>(&self, with: impl FnOnce(&mut Session) -> Result<T>) -> Result<T> {
        with(&mut self.owner.lock().unwrap_or_else(std::sync::PoisonError::into_inner))
    }

    fn name(&self, database: &str) -> String {
        format!("{}_{database}", self.prefix)
    }

    /// A role that may do nothing but use its own databases. It is let in by a password that only this process knows.
    fn make_role(&mut self) -> Result<()> {
        let role = self.prefix.clone();
        let password = self.owner(|owner| {
            let password = owner.rows("select gen_random_uuid()")?.concat().concat();
            let bypass = if self.shadow.is_superuser { "bypassrls" } else { "" };
            owner.script(&format!(
                "create role {role} login {bypass} password '{password}'; comment on role {role} is '{MARK}'"
            ))?;
            if !self.shadow.is_superuser {
                // Who gives a database away has to be a member of whom it is given to.
                owner.script(&format!("grant {role} to current_user"))?;
            }
            Ok(password)
        })?;
        self.login = Some((role, password));
        Ok(())
    }

    fn make(&self, database: &str, template: &str) -> Result<()> {
        let name = self.name(database);
        let role = self.login.as_ref().map_or("current_user", |it| &it.0);
        let seconds = self.limits.time.as_secs();
        self.owner(|owner| {
            let role = match role {
                "current_user" => String::new(),
                role => format!("owner {role}"),
            };
            owner.script(&format!("create database {name} {role} template {template}"))?;
            self.made
                .lock()
                .unwrap_or_else(std::sync::PoisonError::into_inner)
                .insert(name.clone());
            owner.script(&format!("comment on database {name} is '{MARK}'"))?;
            // What is left behind by who was killed ends by itself.
            owner.script(&format!("alter database {name} set statement_timeout = '{seconds}s'"))?;
            let _ = owner.send(&format!(
                "alter database {name} set client_connection_check_interval = '1s'"
            ));
            Ok(())
        })
    }

    /// Nothing is ever done in a database that was there before.
    fn is_empty(&self) -> Result<()> {
        let name = self.name(super::engine::NAME);
        let mut session = self.session(super::engine::NAME, ROLE).map_err(|it| {
            Failure::new(format!(
                "the shadow server does not let in the role that was made for the run: {}",
                it.message
            ))
            .help("let roles with a password connect to all databases in its pg_hba.conf, or")
            .help("give a role that is no superuser, may make databases and owns none")
        })?;
        let found = session.rows(
            "select current_database(), (select count(*) from pg_class c join pg_namespace n on n.oid = c.relnamespace
             where n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')),
             (select rolsuper or rolcreaterole from pg_roles where rolname = current_user)",
        )?;
        match found.concat().as_slice() {
            [database, objects, powers] if *database == name && objects == "0" && powers == "f" => {
                Ok(())
            }
            _ => Err(Failure::new(
                "the shadow server did not lead to the empty database that was just made there",
            )
            .help("connect to the server itself, past what stands in front of it")),
        }
    }

    pub(super) fn session(&self, database: &str, role: &str) -> Result<Session> {
        let login = self.login.as_ref().filter(|_| role == ROLE);
        let login = login.map(|it| (it.0.as_str(), it.1.as_str()));
        Session::overheard(self.shadow.address.of(&self.name(database), login), database, &self.log)
    }

    pub(super) fn copy(&self, from: &str, to: &str) -> Result<()> {
        self.make(to, &self.name(from))
    }

    pub(super) fn remove(&self, database: &str) -> Result<()> {
        let name = self.name(database);
        self.owner(|owner| drop_marked(owner, &name))?;
        self.made.lock().unwrap_or_else(std::sync::PoisonError::into_inner).remove(&name);
        Ok(())
    }

    pub(super) fn watch_writes(&self, database: &str) -> Result<bool> {
        if !self.shadow.has_explain {
            return Ok(false);
        }
        let name = self.name(database);
        self.owner(|owner| {
            for (setting, value) in TELL_PLANS {
                owner.script(&format!("alter database {name} set {setting} = '{value}'"))?;
            }
            Ok(true)
        })
    }

    pub(super) fn log(&self) -> String {
        self.log.lock().map(|it| it.clone()).unwrap_or_default()
    }

    pub(super) fn stopped(&self) -> Option<Stopped> {
        match self.stopped.load(Ordering::Acquire) {
            1 => Some(Stopped::Time),
            2 => Some(Stopped::Disk),
            _ => None,
        }
    }

    /// Ends the sessions of the run where a limit is reached, from a connection of its own.
    fn watch(&self) {
        let (over, stopped) = (self.over.clone(), self.stopped.clone());
        let (limits, prefix, config) =
            (self.limits, self.prefix.clone(), self.shadow.address.config.clone());
        std::thread::spawn(move || {
            let Ok(mut session) = Session::with(config) else { return };
            let (begin, mut looked) = (Instant::now(), Instant::now());
            while !over.load(Ordering::Acquire) {
                std::thread::sleep(Duration::from_millis(100));
                let late = begin.elapsed() > limits.time;
                let mut large = false;
                if looked.elapsed() > Duration::from_secs(1) {
                    looked = Instant::now();
                    let size = session.rows(&format!(
                        "select coalesce(sum(pg_database_size(oid)), 0)::bigint from pg_database where starts_with(datname, '{prefix}_')"
                    ));
                    let size = size.unwrap_or_default().concat().concat().parse::<u64>();
                    // An empty database has some 8 MB.
                    large = size.is_ok_and(|it| it > limits.disk);
                }
                if late || large {
                    stopped.store(if late { 1 } else { 2 }, Ordering::Release);
                    let _ = session.send(&format!(
                        "select pg_terminate_backend(pid) from pg_stat_activity where starts_with(datname, '{prefix}_')"
                    ));
                    return;
                }
            }
        });
    }
}

impl Drop for OnShadow {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Release);
        let made = std::mem::take(
            &mut *self.made.lock().unwrap_or_else(std::sync::PoisonError::into_inner),
        );
        let role = self.login.take().map(|it| it.0);
        let _ = self.owner(|owner| {
            for name in made {
                // What cannot be dropped now is dropped by the next run.
                let _ = drop_marked(owner, &name);
            }
            match role {
                Some(role) => owner.script(&format!("drop role {role}")),
                None => Ok(()),
            }
        });
    }
}

/// Drops a database by name, where it carries the mark.
fn drop_marked(owner: &mut Session, name: &str) -> Result<()> {
    let marked = owner.rows(&format!(
        "select 1 from pg_database where datname = '{name}' and starts_with(datname, '{PREFIX}')
         and shobj_description(oid, 'pg_database') = '{MARK}'"
    ))?;
    if marked.is_empty() {
        return Ok(());
    }
    owner.script(&format!("drop database {name} with (force)"))
}

/// Drops what runs have left that were killed: the lock of who made it is held by nobody.
fn drop_leftovers(owner: &mut Session) -> Result<()> {
    let left = owner.rows(&format!(
        "select kind, name from (
           select 1 as kind, datname as name, shobj_description(oid, 'pg_database') as mark from pg_database
           union all select 2, rolname, shobj_description(oid, 'pg_authid') from pg_roles
         ) it
         where name ~ '^{PREFIX}[0-9a-f]{{8}}(_[a-z]+)?$' and mark = '{MARK}' and not exists (
           select from pg_locks where locktype = 'advisory' and classid = {CLASS}
           and objid = ('x' || substr(name, {}, 8))::bit(32)::bigint::oid)
         order by kind",
        PREFIX.len() + 1
    ))
    .context("look for what earlier rehearsals left")?;
    for row in left {
        let [kind, name] = row.as_slice() else { continue };
        let dropped = match kind.as_str() {
            "1" => drop_marked(owner, name),
            _ => owner.script(&format!("drop role {name}")),
        };
        // Another run may be at it, or another role has to.
        let _ = dropped;
    }
    Ok(())
}
