//! What a change does to what is run, before anybody asks who runs it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{COMMAND_LIMIT, PROGRAM_LIMIT, read};
use crate::failure::Result;
use crate::parse::command::{self, Call, Host, Problem, Reading};
use crate::repo::{Delta, Entry, Repo};
use crate::rules::{Found, deploy};
use crate::source::{File, Mode, ObjectId, RepoPath, Source};

/// How many files are held at once while those are looked for that run something.
pub(super) const AT_ONCE: usize = 512;

/// What a change does to what is run.
#[derive(Default)]
pub(super) struct Changed {
    /// Places that run something else than before, by file and key.
    hosts: BTreeSet<(RepoPath, Arc<str>)>,
    /// Files of which only those that run them know what they are.
    whole: BTreeSet<RepoPath>,
    /// Programs and files without telling names that are looked at because they have changed.
    pub(super) programs: Vec<Entry>,
    /// What was wrong with these files before is no news.
    known_problems: BTreeSet<(RepoPath, String)>,
    /// Files in which any of this differs.
    files: BTreeSet<RepoPath>,
    /// What is wrong with what the changed files say, whoever runs them.
    pub(super) written: Vec<Found>,
    /// The texts that this points into.
    pub(super) texts: Vec<(RepoPath, Arc<str>)>,
    /// A file does not generate the client any more.
    generation_lost: bool,
}

impl Changed {
    /// Compares what changed files run with what they ran.
    pub(super) fn of(repo: &Repo, deltas: &[Delta]) -> Result<Changed> {
        let mut changed = Changed::default();
        let present: Vec<&Delta> =
            deltas.iter().filter(|it| it.after.is_some() && command::may_hold(&it.path)).collect();
        for chunk in present.chunks(AT_ONCE) {
            let of = |pick: fn(&Delta) -> Option<&(Mode, ObjectId)>| {
                chunk.iter().filter_map(move |it| entry(it, pick(it)))
            };
            let mut after = files(repo, of(|it| it.after.as_ref()))?;
            let telling = telling(&after);
            after.retain(|it| {
                command::is_read(&it.path)
                    || it
                        .content
                        .text()
                        .is_some_and(|text| command::may_run(&it.path, text.as_bytes()))
            });
            let suspects: BTreeSet<&RepoPath> =
                after.iter().map(|it| &it.path).chain(telling.iter().map(|it| &it.0)).collect();
            let before = of(|it| it.before.as_ref()).filter(|it| suspects.contains(&it.path));
            let before = files(repo, before)?;
            let mut before: BTreeMap<RepoPath, File> =
                before.into_iter().map(|it| (it.path.clone(), it)).collect();
            for (path, text) in telling {
                let was = before.get(&path).and_then(|it| it.content.text());
                changed.written.extend(deploy::written(&path, &text, was.map(|it| &**it)));
                changed.texts.push((path, text));
            }
            for file in after {
                let before = before.remove(&file.path);
                changed.compare(before.as_ref(), file);
            }
        }
        Ok(changed)
    }

    fn compare(&mut self, before: Option<&File>, after: File) {
        let path = after.path.clone();
        if after.content.text().is_some_and(|it| !command::holds(&path, it)) {
            // What it is only those know who run it.
            self.whole.insert(path.clone());
            self.files.insert(path);
            return;
        }
        let read = |file: &File| {
            let text = file.content.text()?;
            Some(command::commands(&Source::new(file.path.clone(), text.clone())))
        };
        let was = before.and_then(read).unwrap_or_default();
        let Some(is) = read(&after) else {
            self.files.insert(path);
            return;
        };
        self.generation_lost |= deploy::generates(&was) && !deploy::generates(&is);
        let (before, after_signs) = (signs(&was), signs(&is));
        let hosts = after_signs.iter().filter(|(key, sign)| before.get(*key) != Some(*sign));
        let hosts: Vec<_> = hosts.map(|(key, _)| (path.clone(), Arc::clone(key))).collect();
        let problems = is.problems.iter().map(|it| &it.message).collect::<BTreeSet<_>>();
        let known: BTreeSet<&String> = was.problems.iter().map(|it| &it.message).collect();
        let news = !hosts.is_empty() || problems.difference(&known).next().is_some();
        self.known_problems.extend(known.into_iter().map(|it| (path.clone(), it.clone())));
        self.hosts.extend(hosts);
        if news {
            self.files.insert(path.clone());
            if !command::is_read(&path) {
                let File { path, mode, id, .. } = after;
                self.programs.push(Entry { path, mode, id });
            }
        }
    }

    /// Whether there is nothing to judge.
    pub(super) fn is_empty(&self) -> bool {
        self.runs_the_same() && self.written.is_empty()
    }

    /// Whether nothing that is run differs.
    pub(super) fn runs_the_same(&self) -> bool {
        self.files.is_empty() && !self.generation_lost
    }

    /// Whether the change may leave the client of this schema without anybody who generates it.
    pub(super) fn may_lose_client(&self, schema: &RepoPath) -> bool {
        self.generation_lost || self.touches(schema)
    }

    /// Whether the change makes this place run something else.
    pub(super) fn runs(&self, host: &Host) -> bool {
        let place = || (host.path.clone(), Arc::clone(&host.key));
        self.whole.contains(&host.path) || self.hosts.contains(&place())
    }

    /// Whether the change brings this problem.
    pub(super) fn brings(&self, path: &RepoPath, problem: &Problem) -> bool {
        let known = || (path.clone(), problem.message.clone());
        self.touches(path) && !self.known_problems.contains(&known())
    }

    /// Whether the change makes a difference to what this file runs.
    pub(super) fn touches(&self, path: &RepoPath) -> bool {
        self.files.contains(path)
    }

    /// How many files with telling names differ.
    pub(super) fn files(&self) -> usize {
        self.files.iter().filter(|it| command::is_read(it)).count()
    }
}

/// The files that say something wrong, with their texts.
fn telling(files: &[File]) -> Vec<(RepoPath, Arc<str>)> {
    let texts =
        files.iter().filter_map(|it| Some((it.path.clone(), Arc::clone(it.content.text()?))));
    texts.filter(|(path, text)| !deploy::written(path, text, None).is_empty()).collect()
}

fn entry(delta: &Delta, version: Option<&(Mode, ObjectId)>) -> Option<Entry> {
    let (mode, id) = version?.clone();
    Some(Entry { path: delta.path.clone(), mode, id })
}

pub(super) fn files(repo: &Repo, entries: impl Iterator<Item = Entry>) -> Result<Vec<File>> {
    // Manifests may be long; a program of a megabyte was written by a program.
    let (named, others): (Vec<Entry>, Vec<Entry>) =
        entries.partition(|it| command::is_read(&it.path));
    let mut files = read::files(repo, named, COMMAND_LIMIT)?;
    files.extend(read::files(repo, others, PROGRAM_LIMIT)?);
    Ok(files)
}

/// What each place of a file runs, wherever in the file it is written.
fn signs(reading: &Reading) -> BTreeMap<&Arc<str>, Vec<String>> {
    let mut signs: BTreeMap<&Arc<str>, Vec<String>> = BTreeMap::new();
    let about = |host: &Host| format!("{:?} {:?}", host.weight, host.folder);
    for it in &reading.commands {
        let words: Vec<&str> = it.words.iter().map(|it| it.text.as_str()).collect();
        let sign = format!("{} {words:?} {:?} {}", about(&it.host), it.input, it.guessed);
        signs.entry(&it.host.key).or_default().push(sign);
    }
    for it in &reading.links {
        let (file, part) = match &it.call {
            Call::Script { name, .. } => (Some(name), None),
            Call::File { path, part, .. } => (path.as_ref(), part.as_ref()),
        };
        let text = |it: Option<&command::Word>| it.map(|it| it.text.clone());
        let sign = format!("{} {:?} {:?}", about(&it.host), text(file), text(part));
        signs.entry(&it.host.key).or_default().push(sign);
    }
    signs
}
