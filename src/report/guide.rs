//! How to take a migration back, for who does it by hand.

use std::fmt::Write as _;

use serde::Serialize;

use crate::kit::pairs;
use crate::rollback::{Caution, Guide, Proof, Undo};
use crate::schema::{Shown, literal};
use crate::source::shell_word as word;

/// Markdown.
pub fn rollback_guide(guide: &Guide, engine: Option<&str>) -> String {
    let name = Shown(&guide.name()).to_string();
    let mut text = format!("# Roll back `{name}`\n\n");
    let _ = writeln!(text, "* **Migration**: `{}`", guide.path);
    let _ = writeln!(text, "* **SHA-256**: `{}`", guide.sha256);
    let _ = writeln!(text, "* **Proof**: {}", proof_words(&guide.proof, engine));
    if let Some(committed) = &guide.committed {
        let proof = proof_words(&committed.proof, engine);
        let _ = writeln!(text, "* **`{}`**, as committed: {proof}", committed.path);
    }
    residue(&mut text, guide);
    text += "\n## It was not applied yet\n\nDo not apply it. Take its files away, and what `schema.prisma` has of it:\n\n";
    let files = if guide.is_prisma() {
        format!("git rm -r {}", word(guide.path.to_string().trim_end_matches("/migration.sql")))
    } else {
        format!("git rm {}", word(&guide.path.to_string()))
    };
    let _ =
        writeln!(text, "```sh\n{files}\ngit commit -m {}\n```", word(&format!("Take back {name}")));
    text += "\n## It was applied\n\nAgree with who answers for the data before anything is run.\n";
    text += "\n### 1. Look at what is there\n\n";
    let _ = writeln!(text, "```sql\n{}```", look(guide));
    text += "\n### 2. The rollback\n\n";
    let steps = steps(guide);
    if guide.rollback.steps.iter().all(|it| it.sql.is_empty()) {
        text += "There is nothing to run.\n";
    } else {
        let _ = writeln!(text, "```sql\n{steps}```");
    }
    let impossible = cautions(guide, |it| match it {
        Caution::Impossible(why) => Some(why),
        _ => None,
    });
    if !impossible.is_empty() {
        text += "\nWhat it does not give back:\n\n";
        for it in impossible {
            let _ = writeln!(text, "* {it}");
        }
    }
    let _ = write!(
        text,
        "\n### 3. Try it\n\n{}\n\n```sh\npsql \"$DEV_DATABASE_URL\" -v ON_ERROR_STOP=1 -f {}\n```\n",
        match (&guide.proof, engine) {
            (Proof::Proven(_), Some(engine)) => format!(
                "It was applied and taken back on a throw-away {engine} without rows. With rows like yours:"
            ),
            _ => "On a database that nobody needs, with rows like yours:".to_owned(),
        },
        word(&format!("{name}.rollback.sql"))
    );
    text += "\n### 4. Apply it\n\nBy hand: the text above in the SQL editor, or the file by `psql` as in step 3, after a backup.\n";
    text += "\n### 5. Afterwards\n\n";
    let _ = writeln!(text, "```sql\n{}```", gone(guide));
    text += &ledger(guide);
    text
}

/// One line about a guide.
pub fn proof(guide: &Guide, engine: Option<&str>) -> String {
    let mut text = format!("{}: {}", Shown(&guide.name()), proof_words(&guide.proof, engine));
    if let Some(committed) = &guide.committed {
        let words = proof_words(&committed.proof, engine);
        let _ = write!(text, "; `{}`: {words}", committed.path);
    }
    text
}

pub(super) fn proof_words(proof: &Proof, engine: Option<&str>) -> String {
    let on = engine.map(|it| format!(" on {it}")).unwrap_or_default();
    match proof {
        Proof::Proven(things) => {
            format!(
                "proven{on}: applied and taken back, and all {things} things in the catalogs are as before"
            )
        }
        Proof::Leaves(all) => {
            let first = all.first().map(ToString::to_string).unwrap_or_default();
            let more = match all.len() {
                0 | 1 => String::new(),
                n => format!(", and {} more", n - 1),
            };
            format!("taken back{on} but for {first}{more}")
        }
        Proof::Refused(why) => format!("refused{on}: {}", Shown(why)),
        Proof::Unproven(why) => format!("not proven: {}", Shown(why)),
    }
}

fn residue(text: &mut String, guide: &Guide) {
    let committed = guide.committed.iter().map(|it| (it.path.to_string(), &it.proof));
    let own = [("The rollback below".to_owned(), &guide.proof)];
    for (what, proof) in own.into_iter().chain(committed) {
        let Proof::Leaves(all) = proof else { continue };
        let _ = write!(text, "\n{what} leaves:\n\n");
        for it in all {
            let _ = writeln!(text, "* {it}");
        }
    }
}

fn cautions<'a>(
    guide: &'a Guide,
    of: impl Fn(&'a Caution) -> Option<&'a String>,
) -> Vec<&'a String> {
    let mut all: Vec<&String> = Vec::new();
    for it in guide.rollback.steps.iter().filter_map(|it| of(it.caution.as_ref()?)) {
        if !all.contains(&it) {
            all.push(it);
        }
    }
    all
}

/// The statements, each with what is to be known of it.
fn steps(guide: &Guide) -> String {
    let mut text = String::from("BEGIN;\n");
    for Undo { sql, caution, .. } in &guide.rollback.steps {
        let note = match caution {
            Some(Caution::Loses(what)) => Some(("LOSES", what)),
            Some(Caution::Check(what)) => Some(("CHECK", what)),
            Some(Caution::Impossible(what)) => Some(("NOT GIVEN BACK", what)),
            None => None,
        };
        if let Some((word, what)) = note {
            let _ = writeln!(text, "-- {word}: {}", Shown(what));
        }
        for statement in sql {
            let _ = writeln!(text, "{statement};");
        }
    }
    text + "COMMIT;\n"
}

/// The statements as a file.
pub fn rollback_sql(guide: &Guide) -> String {
    let steps = steps(guide);
    format!("-- Takes back {}\n-- SHA-256 {}\n{steps}", guide.path, guide.sha256)
}

/// What there is of what the migration makes, with how much would be lost.
fn look(guide: &Guide) -> String {
    let mut text = String::new();
    for table in &guide.makes {
        let _ = writeln!(text, "SELECT count(*) FROM {}; -- rows that go", table.sql());
    }
    for (table, column) in &guide.adds {
        let column = crate::schema::quoted(column);
        let table = table.sql();
        let _ = writeln!(
            text,
            "SELECT count(*) FROM {table} WHERE {column} IS NOT NULL; -- values of {column} that go"
        );
    }
    if text.is_empty() {
        text += "-- No table and no column is new.\n";
    }
    text
}

/// Queries that have no rows when everything is taken back.
fn gone(guide: &Guide) -> String {
    let mut text = String::new();
    if !guide.makes.is_empty() {
        let _ = writeln!(
            text,
            "-- No rows.\nSELECT table_schema, table_name FROM information_schema.tables\nWHERE (table_schema, table_name) IN ({});",
            pairs(guide.makes.iter())
        );
    }
    for (table, column) in &guide.adds {
        let _ = writeln!(
            text,
            "-- No rows.\nSELECT column_name FROM information_schema.columns\nWHERE table_schema = {} AND table_name = {} AND column_name = {};",
            literal(&table.schema),
            literal(&table.name),
            literal(column)
        );
    }
    if text.is_empty() {
        text += "-- No table and no column has to be gone.\n";
    }
    text
}

/// What the tool remembers has to follow.
fn ledger(guide: &Guide) -> String {
    let name = guide.name();
    if guide.is_prisma() {
        return format!(
            "\nPrisma still counts it as applied, and `prisma migrate resolve --rolled-back` takes only what failed. So that \
             it is not counted any more:\n\n```sql\nDELETE FROM \"_prisma_migrations\" WHERE migration_name = {};\n```\n\n\
             Then let `schema.prisma` say what the database is: `npx prisma db pull`, and look at `git diff`.\n",
            literal(&name)
        );
    }
    if guide.is_supabase() {
        let version = name.split('_').next().unwrap_or(&name);
        return format!(
            "\nSo that Supabase does not count it any more:\n\n```sh\nsupabase migration repair --status reverted {}\n```\n",
            word(version)
        );
    }
    String::new()
}

#[derive(Serialize)]
struct Document<'a> {
    schema_version: u32,
    engine: Option<&'a str>,
    rollbacks: Vec<Entry<'a>>,
}

#[derive(Serialize)]
struct Entry<'a> {
    migration: String,
    sha256: &'a str,
    proof: &'static str,
    detail: String,
    residue: Vec<String>,
    sql: Vec<&'a String>,
    loses: Vec<&'a String>,
    not_given_back: Vec<&'a String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    committed: Option<ByHand>,
}

#[derive(Serialize)]
struct ByHand {
    path: String,
    proof: &'static str,
    detail: String,
    residue: Vec<String>,
}

fn proof_word(proof: &Proof) -> &'static str {
    match proof {
        Proof::Proven(_) => "proven",
        Proof::Leaves(_) => "leaves",
        Proof::Refused(_) => "refused",
        Proof::Unproven(_) => "unproven",
    }
}

fn left(proof: &Proof) -> Vec<String> {
    let Proof::Leaves(all) = proof else { return Vec::new() };
    all.iter().map(ToString::to_string).collect()
}

/// For programs.
pub fn rollbacks_json(guides: &[Guide], engine: Option<&str>) -> String {
    let entry = |it| -> Entry<'_> {
        let it: &Guide = it;
        Entry {
            migration: it.path.to_string(),
            sha256: &it.sha256,
            proof: proof_word(&it.proof),
            detail: proof_words(&it.proof, engine),
            residue: left(&it.proof),
            sql: it.rollback.steps.iter().flat_map(|it| &it.sql).collect(),
            loses: cautions(it, |it| match it {
                Caution::Loses(what) => Some(what),
                _ => None,
            }),
            not_given_back: cautions(it, |it| match it {
                Caution::Impossible(what) => Some(what),
                _ => None,
            }),
            committed: it.committed.as_ref().map(|it| ByHand {
                path: it.path.to_string(),
                proof: proof_word(&it.proof),
                detail: proof_words(&it.proof, engine),
                residue: left(&it.proof),
            }),
        }
    };
    let document =
        Document { schema_version: 1, engine, rollbacks: guides.iter().map(entry).collect() };
    crate::parse::json::to_text(&document).unwrap_or_default() + "\n"
}
