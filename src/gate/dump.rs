//! The dump that stands for the migrations of a history that are lost.

use super::{SQL_LIMIT, read};
use crate::failure::{Failure, Result};
use crate::parse::Migration;
use crate::policy::Policy;
use crate::repo::{Repo, Side};
use crate::schema::Provider;

/// What the trusted policy names, from the trusted tree, as the first migration. A change brings neither.
pub(super) fn of(repo: &Repo, trusted: &Policy, side: &Side) -> Result<Option<Migration>> {
    let Some((path, span)) = &trusted.dump else { return Ok(None) };
    let wrong = |why: String| {
        let line = trusted.source.text[..span.start].matches('\n').count() + 1;
        Failure::new(format!("`{path}` {why}")).help(format!(
            "line {line} of `{}` names it, of what is merged: pg_dump --schema-only > {path}",
            trusted.source.path
        ))
    };
    let Some(entry) = repo.entry(side, path.as_bytes())? else {
        return Err(wrong("is no file of the repository".to_owned()));
    };
    let files = read::files(repo, vec![entry], SQL_LIMIT)?;
    let Some((path, text)) = files.first().and_then(read::text_of) else {
        return Err(wrong("is no text that can be read".to_owned()));
    };
    let text = without_commands(&text)
        .map_err(|(line, why)| wrong(format!("cannot be sent to a server: line {line} {why}")))?;
    Ok(Some(Migration::read(path, text.into(), Provider::Postgresql)))
}

/// The same text without what `psql` keeps to itself (Postgres manual, "psql", "Meta-Commands"), every byte in its place;
/// else the line that is more than that, and why.
fn without_commands(text: &str) -> std::result::Result<String, (usize, String)> {
    /// They change nothing about what is sent.
    const IDLE: [&str; 6] =
        ["\\restrict", "\\unrestrict", "\\set", "\\unset", "\\echo", "\\encoding"];
    let mut sent = String::with_capacity(text.len());
    for (at, line) in text.split_inclusive('\n').enumerate() {
        let command = line.split_whitespace().next().filter(|it| it.starts_with('\\'));
        if let Some(command) = command {
            if !IDLE.contains(&command) {
                return Err((at + 1, format!("is `{command}`, which only `psql` understands")));
            }
            sent.extend(line.bytes().map(|it| if it == b'\n' { '\n' } else { ' ' }));
            continue;
        }
        let lower = line.trim_end().to_ascii_lowercase();
        if lower.starts_with("copy ") && lower.ends_with("from stdin;") {
            return Err((at + 1, "has rows behind it, and a rehearsal has none".to_owned()));
        }
        sent.push_str(line);
    }
    Ok(sent)
}

#[cfg(test)]
mod tests {
    use super::without_commands;

    #[test]
    fn what_psql_keeps_to_itself_is_blank_and_the_rest_is_refused_by_its_name() {
        let sent = without_commands("\\restrict x\nselect 1;\n\\unrestrict x\n").unwrap();
        assert_eq!(sent, "           \nselect 1;\n             \n");
        let (line, why) = without_commands("select 1;\n\\connect other\n").unwrap_err();
        assert_eq!((line, why.contains("`\\connect`")), (2, true));
        let (line, why) = without_commands("COPY public.a (id) FROM stdin;\n1\n\\.\n").unwrap_err();
        assert_eq!((line, why.contains("has rows")), (1, true));
    }
}
