//! What hosted databases have before the first migration, and something in place of extensions that are not here.

use super::base::Told;
use super::session::Session;
use crate::failure::Result;

/// Changes with the texts below and with what a [`Step`](super::Step) makes of its text, so that what was kept with older
/// ones is not used.
pub(super) const VERSION: &str = "3";

const SUPABASE: &str = include_str!("sql/supabase.sql");

/// As there, what belongs to a part of Supabase belongs to a role of its own, and who migrates is a member of it.
const OWNERS: &str = "
do $$ declare it record; begin
  for it in
    select format('alter table %s owner to supabase_%s_admin', c.oid::regclass, n.nspname) as sql
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname in ('auth', 'storage', 'realtime') and c.relkind in ('r', 'p', 'v', 'm')
    union all
    select format('alter routine %s owner to supabase_%s_admin', p.oid::regprocedure, n.nspname)
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where n.nspname in ('auth', 'storage', 'realtime')
  loop execute it.sql; end loop;
  grant supabase_realtime_admin to postgres;
  alter publication supabase_realtime owner to postgres;
end $$;
";

/// Extensions that only a superuser makes, that hosted databases have and that reach nothing outside.
pub(super) const GIVEN: &[&str] = &["pg_stat_statements"];

/// SQL that has the names of an extension's types and functions, and does nothing.
const STUBS: &[(&str, &str)] = &[
    ("http", include_str!("sql/stub_http.sql")),
    ("pg_cron", include_str!("sql/stub_cron.sql")),
    ("pg_jsonschema", include_str!("sql/stub_jsonschema.sql")),
    ("pg_net", include_str!("sql/stub_net.sql")),
    ("pgcrypto", include_str!("sql/stub_pgcrypto.sql")),
    ("pgjwt", include_str!("sql/stub_pgjwt.sql")),
    ("pgmq", include_str!("sql/stub_pgmq.sql")),
    ("postgis", include_str!("sql/stub_postgis.sql")),
    ("supabase_vault", include_str!("sql/stub_vault.sql")),
    ("uuid-ossp", include_str!("sql/stub_uuid_ossp.sql")),
    ("vector", include_str!("sql/stub_vector.sql")),
];

/// As the owner: extensions of contrib where the server has them, and what Supabase brings.
pub(super) fn install(owner: &mut Session, supabase: bool) -> Result<()> {
    if supabase {
        owner.script(SUPABASE)?;
        owner.script(OWNERS)?;
    }
    Ok(())
}

/// As the owner, once: what stands for an extension.
pub(super) fn stub(
    owner: &mut Session,
    extension: &str,
    schema: &str,
    told: &mut Told,
) -> Result<()> {
    let named = |all: &[String]| all.iter().any(|it| it == extension);
    if named(&told.stubs) || named(&told.missing) {
        return Ok(());
    }
    if GIVEN.contains(&extension) {
        let schema = schema.replace('"', "\"\"");
        let made = format!("create extension if not exists {extension} schema \"{schema}\"");
        if owner.send(&made).is_ok() {
            return Ok(());
        }
    }
    match STUBS.iter().find(|it| it.0 == extension) {
        Some((_, sql)) => {
            let schema = format!("\"{}\"", schema.replace('"', "\"\""));
            owner.script(&sql.replace("@SCHEMA@", &schema))?;
            told.stubs.push(extension.to_owned());
        }
        None => told.missing.push(extension.to_owned()),
    }
    Ok(())
}
