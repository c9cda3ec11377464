//! A folder for the person who applies a migration by hand.

use std::fmt::Write as _;

use super::guide::{proof_words, rollback_guide, rollback_sql};
use crate::kit::Query;
use crate::rollback::{Guide, Proof};
use crate::schema::Shown;
use crate::source::shell_word as word;

/// The files by their names.
pub fn kit_files(guide: &Guide, engine: Option<&str>) -> Vec<(String, String)> {
    let files = [
        ("README.md", checklist(guide, engine)),
        ("1-before.sql", queries("What to look at before", &guide.before)),
        ("2-apply-editor.sql", editor(guide)),
        ("2-apply-psql.sql", psql(guide)),
        ("3-after.sql", queries("What to look at after", &guide.after)),
        ("4-record.md", record(guide)),
        ("REPORT.md", report(guide, engine)),
        ("rollback.md", rollback_guide(guide, engine)),
    ];
    let sql = (format!("{}.rollback.sql", guide.name()), rollback_sql(guide));
    files.into_iter().map(|(name, text)| (name.to_owned(), text)).chain([sql]).collect()
}

fn head(guide: &Guide) -> String {
    format!("-- {}\n-- SHA-256 {}\n", guide.path, guide.sha256)
}

fn queries(about: &str, all: &[Query]) -> String {
    let mut text = format!("-- {about}. Reads only.\n");
    if all.is_empty() {
        text += "-- Nothing to ask.\n";
    }
    for it in all {
        text += "\n";
        text += &it.text();
    }
    text
}

/// With an end, so that what follows is a statement of its own.
fn ended(text: &str) -> String {
    let (at, has) = crate::parse::sql::end(text);
    let line = if text.ends_with('\n') { "" } else { "\n" };
    let semicolon = if has || at == 0 { "" } else { ";\n" };
    format!("{text}{line}{semicolon}")
}

/// An editor sends all of a text at once, in a transaction, and stops at an error.
fn editor(guide: &Guide) -> String {
    let mut text = head(guide) + "-- Paste all of it into the SQL editor.\n";
    if guide.alone {
        text += "-- It may not run in a transaction: send one statement after the other, or use 2-apply-psql.sql.\n\n";
    } else {
        text += "-- It waits five seconds for a lock and then gives up: nothing is applied, try again later.\n\n";
        text += "SET LOCAL lock_timeout = '5s';\n\n";
    }
    text + &ended(&guide.text)
}

/// For `psql -f`: it stops at the first error, and has applied nothing then.
fn psql(guide: &Guide) -> String {
    let mut text = head(guide) + "-- psql \"$DATABASE_URL\" -X -f 2-apply-psql.sql\n";
    text += "\\set ON_ERROR_STOP on\n";
    if guide.alone {
        text +=
            "-- It may not run in a transaction. Where it stops half-way, what ran before stays.\n";
        text += "SET lock_timeout = '5s';\n\n";
        return text + &ended(&guide.text);
    }
    text += "BEGIN;\nSET LOCAL lock_timeout = '5s';\n\n";
    text += &ended(&guide.text);
    text + "\nCOMMIT;\n"
}

/// What the tool has to be told, since it did not apply the migration itself.
fn record(guide: &Guide) -> String {
    let name = Shown(&guide.name()).to_string();
    let mut text = String::from("# Write down that it was applied\n\n");
    if guide.is_prisma() {
        let _ = write!(
            text,
            "So that `prisma migrate` does not apply it again:\n\n```sh\nnpx prisma migrate resolve --applied {}\n```\n\n",
            word(&name)
        );
    } else if guide.is_supabase() {
        let version = name.split('_').next().unwrap_or(&name);
        let _ = write!(
            text,
            "So that `supabase db push` does not apply it again:\n\n```sh\nsupabase migration repair --status applied {}\n```\n\n",
            word(version)
        );
    }
    let _ = write!(
        text,
        "For the people, with the name of who looked at `3-after.sql`:\n\n```sh\nsprag applied {} --by \"…\" --verified-by \"…\"\n```\n",
        word(&guide.path.to_string())
    );
    text
}

fn checklist(guide: &Guide, engine: Option<&str>) -> String {
    let name = Shown(&guide.name()).to_string();
    let done = |it: bool| if it { "x" } else { " " };
    let proven = matches!(guide.proof, Proof::Proven(_));
    let mut text = format!("# Apply `{name}` by hand\n\n");
    let _ = writeln!(text, "* **Migration**: `{}`", guide.path);
    let _ = writeln!(text, "* **SHA-256**: `{}`", guide.sha256);
    let _ = writeln!(text, "* **Rollback**: {}", proof_words(&guide.proof, engine));
    text += "\n## Before\n\n";
    let _ = writeln!(text, "- [{}] The rollback is proven (`rollback.md`)", done(proven));
    text += "- [ ] CI is green on what was merged\n- [ ] It was approved\n- [ ] There is a backup of today, and somebody has restored one\n";
    let _ = writeln!(
        text,
        "- [ ] The hash of the file is the one above: `sha256sum {}`",
        word(&guide.path.to_string())
    );
    text += "- [ ] `1-before.sql` answers as expected\n";
    text += "\n## Apply\n\n- [ ] One of the two: `2-apply-editor.sql` in the SQL editor, or `2-apply-psql.sql` by psql\n";
    text += "\n## After\n\n- [ ] `3-after.sql` answers as expected\n- [ ] It is written down (`4-record.md`)\n- [ ] The applications work: no errors about tables or columns\n- [ ] `REPORT.md` is filled in and posted\n";
    text += "\nIf anything is wrong: `rollback.md`.\n";
    text
}

/// The form in which it is told that a migration was verified.
fn report(guide: &Guide, engine: Option<&str>) -> String {
    let name = Shown(&guide.name()).to_string();
    let tables: Vec<String> = guide.makes.iter().map(|it| format!("`{it}`")).collect();
    let columns: Vec<String> = guide.adds.iter().map(|it| format!("`{}.{}`", it.0, it.1)).collect();
    let list = |all: &[String]| if all.is_empty() { "none".to_owned() } else { all.join(", ") };
    let mut text = String::from("## HH:MM - Migration Verified\n\n");
    let _ = writeln!(text, "**Migration**: {name}");
    let _ = writeln!(text, "**SHA-256**: {}", guide.sha256);
    let _ = writeln!(text, "**Applied by**: \n**Verified by**: ");
    let _ = writeln!(text, "**Tables**: {} (verified exists: yes / no)", list(&tables));
    let _ = writeln!(text, "**Columns**: {} (verified exists: yes / no)", list(&columns));
    let _ = writeln!(text, "**RLS**: Enabled: yes / no");
    let _ = writeln!(text, "**Rollback**: {}", proof_words(&guide.proof, engine));
    let _ = writeln!(text, "**Engineer Status**: Unblocked: yes / no");
    text
}
