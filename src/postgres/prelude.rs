//! What hosted databases have before the first migration, and something in place of extensions that are not here.

use super::base::Told;
use super::session::Session;
use crate::failure::Result;

/// Changes with the texts below, so that what was kept with older ones is not used.
pub(super) const VERSION: &str = "1";

const SUPABASE: &str = include_str!("sql/supabase.sql");

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
