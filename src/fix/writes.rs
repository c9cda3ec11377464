//! What one fix writes: edits of a migration that nobody has yet, migrations after it, lines of a Prisma schema.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::plan::{Work, Writes};
use super::{name, prisma};
use crate::gate::{Change, Outcome};
use crate::rules::{Fix, Mapped, Slot};
use crate::schema::Op;
use crate::source::RepoPath;
use crate::verdict::Judged;

impl Work<'_> {
    /// Says why, where it cannot be taken.
    pub(super) fn writes(
        &self,
        judged: &Judged,
        fix: &Fix,
        outcome: &Outcome,
    ) -> Result<Writes, String> {
        let path = &judged.finding.span.path;
        if path.as_bytes().ends_with(b".prisma") {
            return self.mapped(path, fix);
        }
        if self.is_published(path)? {
            let Some((words, sql)) = &fix.afterwards else {
                return Err(format!("`{path}` is merged, so it takes a new migration"));
            };
            let new = self.new_migration(path, words, sql, &[])?;
            return Ok(Writes { edits: Vec::new(), new: vec![new] });
        }
        if !self.overlay.0.contains_key(path) {
            self.question.worktree.read(path).map_err(|it| it.message)?;
        }
        let ends = |it: &crate::rules::Edit| it.text.ends_with("commit;");
        if fix.edits.iter().any(ends) && self.has_journal(&Slot::of(path).folder) {
            return Err(
                "Drizzle has a transaction of its own around it: take the `begin;` out".to_owned()
            );
        }
        let mut writes = Writes::default();
        writes.edits.extend(fix.edits.iter().map(|it| (path.clone(), it.clone())));
        for (words, sql) in &fix.follow {
            let new = self.new_migration(path, words, sql, &writes.new)?;
            writes.new.push(new);
        }
        for ((_, sql), (new, _)) in fix.follow.iter().zip(&writes.new) {
            if let Some(name) = validated_too_late(outcome, path, new, sql) {
                return Err(format!("another migration before it speaks of `{name}`"));
            }
            if let Some(name) = self.named_before(path, fix, sql, outcome) {
                return Err(format!(
                    "what comes after it speaks of `{name}`, which would not be there yet"
                ));
            }
        }
        for it in &fix.mapped {
            if let Some(other) = names_again(outcome, path, it) {
                return Err(format!("`{other}` speaks of it too"));
            }
        }
        if !fix.mapped.is_empty() {
            self.map(path, fix, &mut writes)?;
        }
        Ok(writes)
    }

    /// An index that is moved behind a statement which speaks of it.
    fn named_before(
        &self,
        path: &RepoPath,
        fix: &Fix,
        sql: &str,
        outcome: &Outcome,
    ) -> Option<String> {
        let moved = fix.edits.iter().filter(|it| !it.at.is_empty()).map(|it| it.at.end).min()?;
        let own = self.text(path)?;
        let rest = own.get(moved..).unwrap_or_default();
        let slot = Slot::of(path);
        let later = outcome.sources.iter().filter(|(path, _)| {
            let other = Slot::of(path);
            other.folder == slot.folder && other.name > slot.name
        });
        let later: Vec<&str> = later.map(|it| it.1).chain([rest]).collect();
        let made = crate::parse::sql::read(sql).changes.into_iter().filter_map(|it| match it.op {
            Op::CreateIndex(index) => index.name,
            _ => None,
        });
        { made }.find(|name| later.iter().any(|text| text.contains(name.as_str())))
    }

    /// Whether others may have it.
    pub(super) fn is_published(&self, path: &RepoPath) -> Result<bool, String> {
        let Change { repo, before, published, .. } = &self.question.change;
        for side in [before, &published.order] {
            let entry = repo.entry(side, path.as_bytes()).map_err(|it| it.message)?;
            if entry.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether Drizzle keeps account of this folder.
    fn has_journal(&self, folder: &RepoPath) -> bool {
        let journal = [folder.as_bytes(), b"/meta/_journal.json"].concat();
        self.question.worktree.exists(&RepoPath::from(journal))
    }

    pub(super) fn new_migration(
        &self,
        path: &RepoPath,
        words: &str,
        sql: &str,
        more: &[(RepoPath, String)],
    ) -> Result<(RepoPath, String), String> {
        let folder = Slot::of(path).folder;
        if self.has_journal(&folder) {
            return Err(format!(
                "Drizzle keeps a journal of its migrations: run `drizzle-kit generate --custom --name {words}` and write this into it: {}",
                one_line(sql)
            ));
        }
        let mut taken = self.migrations(&folder).map_err(|it| it.message)?;
        taken.extend(more.iter().map(|it| it.0.clone()));
        let last = self.last_published(&folder).map_err(|it| it.message)?;
        let last = more.last().map(|it| Slot::of(&it.0).name).max(last);
        let path = name::after(path, last.as_deref(), &slug(words), &taken).ok_or_else(|| {
            format!("the name of `{path}` shows no number for the migration that has to follow it")
        })?;
        if self.question.worktree.exists(&path) {
            return Err(format!("`{path}` is there already"));
        }
        let text = format!("{}\n", sql.trim_end());
        Ok((path, text))
    }

    /// Whether a migration that is not merged yet does this already: one that was written before, say.
    pub(super) fn is_waiting(&self, folder: &RepoPath, sql: &str) -> crate::failure::Result<bool> {
        let published = &self.question.change.published.order;
        let mut done = Vec::new();
        for path in self.migrations(folder)? {
            if Slot::of(&path).folder != *folder
                || self.question.change.repo.entry(published, path.as_bytes())?.is_some()
            {
                continue;
            }
            let text = self.text(&path).unwrap_or_default();
            done.extend(crate::parse::sql::read(&text).changes.into_iter().map(|it| effect(it.op)));
        }
        let wanted = crate::parse::sql::read(sql).changes;
        let first = wanted.into_iter().next().map(|it| effect(it.op));
        Ok(first.is_some_and(|it| done.contains(&it)))
    }

    /// Every migration of a folder, wherever it is known from.
    fn migrations(&self, folder: &RepoPath) -> crate::failure::Result<BTreeSet<RepoPath>> {
        let Change { repo, after, published, .. } = &self.question.change;
        let below = Below(folder);
        let mut paths: BTreeSet<RepoPath> = self.overlay.0.keys().cloned().collect();
        for side in [after, &published.order] {
            paths.extend(repo.list(side, &below)?.into_iter().map(|it| it.path));
        }
        Ok(paths)
    }

    fn last_published(&self, folder: &RepoPath) -> crate::failure::Result<Option<String>> {
        let Change { repo, published, .. } = &self.question.change;
        let listed = repo.list(&published.order, &Below(folder))?;
        let slots = listed.iter().map(|it| Slot::of(&it.path)).filter(|it| it.folder == *folder);
        Ok(slots.filter(|it| it.version().is_some()).map(|it| it.name).max())
    }

    /// The lines of a schema that is judged itself. It is everyone's, and edited all the time.
    fn mapped(&self, path: &RepoPath, fix: &Fix) -> Result<Writes, String> {
        let text = self.text(path).ok_or_else(|| format!("`{path}` cannot be read"))?;
        let edits = prisma::map(&[(path.clone(), text)], &fix.mapped)?;
        Ok(Writes { edits, new: Vec::new() })
    }

    /// The lines of a Prisma schema that keep its names.
    fn map(&self, path: &RepoPath, fix: &Fix, writes: &mut Writes) -> Result<(), String> {
        let folder = Slot::of(path).folder;
        if self.has_journal(&folder) {
            return Err("Drizzle generates the migration from TypeScript: change the name there, and generate it again".to_owned());
        }
        let schemas = self.schemas(&folder).map_err(|it| it.message)?;
        let texts: Vec<(RepoPath, Arc<str>)> =
            schemas.into_iter().filter_map(|it| Some((it.clone(), self.text(&it)?))).collect();
        if !texts.is_empty() {
            // What the schema calls by name keeps it: Prisma would rename it back.
            let own = self.text(path).unwrap_or_default();
            let table = fix.mapped.first().map_or("", |it| it.table.as_str());
            writes.edits.retain(|(_, edit)| {
                let old = own.get(edit.at.clone()).unwrap_or_default().trim_matches('"');
                let derived = old.strip_prefix(table).is_some_and(|it| it.starts_with('_'));
                !(derived && texts.iter().any(|it| prisma::names(&it.1, old)))
            });
            writes.edits.extend(prisma::map(&texts, &fix.mapped)?);
        }
        Ok(())
    }

    /// The files of the Prisma schema whose migrations are in this folder.
    fn schemas(&self, folder: &RepoPath) -> crate::failure::Result<Vec<RepoPath>> {
        let Some(above) = folder.parent().filter(|_| folder.file_name() == b"migrations") else {
            return Ok(Vec::new());
        };
        let files = self.question.change.repo.files()?;
        let is_schema =
            |it: &RepoPath| it.is_under(above.as_bytes()) && it.as_bytes().ends_with(b".prisma");
        Ok(files.into_iter().filter(is_schema).collect())
    }
}

struct Below<'a>(&'a RepoPath);

impl crate::repo::Wanted for Below<'_> {
    fn file(&self, path: &[u8]) -> bool {
        path.ends_with(b".sql") && RepoPath::from(path).is_under(self.0.as_bytes())
    }

    fn directory(&self, path: &[u8]) -> bool {
        let path = RepoPath::from(path);
        path.is_under(self.0.as_bytes()) || self.0.is_under(path.as_bytes())
    }
}

/// The table of a constraint that is validated behind another migration, which speaks of it: the constraint may be
/// another then, or none.
fn validated_too_late(
    outcome: &Outcome,
    own: &RepoPath,
    new: &RepoPath,
    sql: &str,
) -> Option<String> {
    let (own, new) = (Slot::of(own), Slot::of(new));
    let between = |path: &RepoPath| {
        let slot = Slot::of(path);
        slot.folder == own.folder && slot.name > own.name && slot.name < new.name
    };
    let texts: Vec<&str> =
        outcome.sources.iter().filter(|it| between(it.0)).map(|it| it.1).collect();
    let validated = crate::parse::sql::read(sql).changes.into_iter().filter_map(|it| match it.op {
        Op::ValidateConstraint { table, .. } => Some(table.name),
        _ => None,
    });
    // Nothing else takes it away or gives it another name.
    let moves = |text: &str| {
        let text = text.to_ascii_lowercase();
        ["drop", "rename", "set schema"].iter().any(|it| text.contains(it))
    };
    { validated }.find(|name| texts.iter().any(|it| it.contains(name.as_str()) && moves(it)))
}

/// Another migration of the change that has both names: what it means by them nobody can tell.
fn names_again<'o>(outcome: &'o Outcome, own: &RepoPath, it: &Mapped) -> Option<&'o RepoPath> {
    let has = |text: &str| {
        text.contains(&it.table) && it.column.as_ref().is_none_or(|it| text.contains(it))
    };
    let sql = |path: &RepoPath| path != own && path.as_bytes().ends_with(b".sql");
    outcome.sources.iter().find(|(path, text)| sql(path) && has(text)).map(|it| it.0)
}

/// As every spelling of it is the same.
fn effect(mut op: Op) -> Op {
    if let Op::SetRls { table: of, .. } | Op::SetSecurityInvoker { view: of, .. } = &mut op {
        of.schema.get_or_insert_with(|| "public".to_owned());
    }
    op
}

/// The words of a name, as every tool takes them.
fn slug(words: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' };
    let slug: String = words.chars().map(plain).take(60).collect();
    slug.trim_matches('_').to_owned()
}

fn one_line(sql: &str) -> String {
    sql.split_whitespace().collect::<Vec<_>>().join(" ")
}
