//! What a revision runs: its files with commands, and the files that those run.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::changed::{AT_ONCE, Changed, files};
use super::read::{self, unreadable};
use super::{COMMAND_LIMIT, PROGRAM_LIMIT};
use crate::failure::Result;
use crate::parse::command::{self, Call, Host, Kind, Problem, Reading};
use crate::policy;
use crate::repo::{Entry, Repo, Side};
use crate::report::Sources;
use crate::rules::deploy::{Forbidden, Judging, Map};
use crate::rules::{self, Finding, Found};
use crate::source::{File, Mode, RepoPath, Source};

/// How many links to links are followed, as Linux does (`path_resolution(7)`).
const LINKS: usize = 40;

/// Files with commands, read.
#[derive(Default)]
pub(super) struct Deployment {
    reading: Reading,
    read: BTreeMap<RepoPath, File>,
    unreadable: Vec<(RepoPath, Finding)>,
    /// What could not be read of a file, or of a place in one.
    problems: Vec<(RepoPath, Problem)>,
    /// How many files are read for their name.
    files: usize,
    /// What is wrong with what files say, whoever runs them: looked for where everything is read.
    written: Vec<Found>,
    /// The files of which something is said there.
    looked: Vec<File>,
}

impl Deployment {
    /// These files alone.
    pub(super) fn of_files(files: &[File]) -> Deployment {
        let mut deployment = Deployment::default();
        for file in files {
            deployment.look(file);
            deployment.add(file, None);
        }
        deployment
    }

    /// Everything that a change could touch: all files with telling names, the changed ones, and what they run.
    pub(super) fn around(repo: &Repo, side: &Side, changed: &Changed) -> Result<Deployment> {
        let tree = Tree::of(repo, side)?;
        let mut deployment = tree.named(repo)?;
        for file in files(repo, changed.programs.iter().cloned())? {
            deployment.add(&file, None);
        }
        deployment.follow(repo, &tree)?;
        Ok(deployment)
    }

    /// Everything that a revision runs, and every program in it that might be run.
    pub(super) fn whole(repo: &Repo, side: &Side) -> Result<Deployment> {
        let tree = Tree::of(repo, side)?;
        let mut deployment = tree.named(repo)?;
        for file in deployment.read.values().cloned().collect::<Vec<_>>() {
            deployment.look(&file);
        }
        // A password may be written into any file.
        let others = tree.entries.values().filter(|it| !command::is_read(&it.path));
        let others: Vec<&Entry> = others.collect();
        for chunk in others.chunks(AT_ONCE) {
            for file in files(repo, chunk.iter().map(|it| (*it).clone()))? {
                deployment.look(&file);
                let runs = |it: &Arc<str>| command::may_run(&file.path, it.as_bytes());
                if Kind::perhaps(&file.path) && file.content.text().is_some_and(runs) {
                    deployment.add(&file, None);
                }
            }
        }
        deployment.follow(repo, &tree)?;
        Ok(deployment)
    }

    /// Judges a file for what it says, whoever runs it.
    fn look(&mut self, file: &File) {
        let Some(text) = file.content.text() else { return };
        let written = rules::deploy::written(&file.path, text, None);
        if !written.is_empty() {
            self.written.extend(written);
            self.looked.push(file.clone());
        }
    }

    fn add(&mut self, file: &File, kind: Option<Kind>) {
        let Some(text) = file.content.text() else {
            self.unreadable.extend(unreadable(file).map(|it| (file.path.clone(), it)));
            return;
        };
        if self.read.contains_key(&file.path) {
            return;
        }
        let source = Source::new(file.path.clone(), text.clone());
        let reading = match kind.filter(|_| !command::is_read(&file.path)) {
            Some(kind) => command::commands_as(&source, kind),
            None => command::commands(&source),
        };
        self.problems.extend(reading.problems.into_iter().map(|it| (file.path.clone(), it)));
        self.reading.commands.extend(reading.commands);
        self.reading.links.extend(reading.links);
        self.read.insert(file.path.clone(), file.clone());
    }

    /// Reads the files that are run by those that are read, until there are no more.
    fn follow(&mut self, repo: &Repo, tree: &Tree) -> Result<()> {
        let (mut commands, mut links) = (0, 0);
        let mut asked = BTreeSet::new();
        while commands < self.reading.commands.len() || links < self.reading.links.len() {
            let mut wanted: BTreeMap<RepoPath, (Entry, Option<Kind>)> = BTreeMap::new();
            let mut want = |host: &Host, call: &Call| {
                let Call::File { kind, .. } = call else { return };
                let found = call.files(host).into_iter().find_map(|it| {
                    let entry = tree.resolved(repo, &it)?;
                    Some((it, entry))
                });
                if let Some((path, entry)) = found
                    && asked.insert(path.clone())
                {
                    wanted.insert(path, (entry, *kind));
                }
            };
            for command in &self.reading.commands[commands..] {
                for call in command.calls() {
                    want(&command.host, &call);
                }
            }
            for link in &self.reading.links[links..] {
                want(&link.host, &link.call);
            }
            (commands, links) = (self.reading.commands.len(), self.reading.links.len());
            wanted.retain(|path, _| !self.read.contains_key(path));
            let entries = wanted
                .iter()
                .map(|(path, (entry, _))| Entry { path: path.clone(), ..entry.clone() });
            let read = read::files(repo, entries.collect(), PROGRAM_LIMIT)?;
            for file in read {
                let kind = wanted.get(&file.path).and_then(|it| it.1);
                // A program that was compiled is no text, and nothing that anybody can read here.
                if file.content.text().is_some() {
                    self.add(&file, kind);
                }
            }
        }
        Ok(())
    }

    /// Judges what is run. `changed`: only what differs, in a change.
    pub(super) fn judge(
        &self,
        deploy: &policy::Deploy,
        changed: Option<&Changed>,
        sources: &mut Sources,
    ) -> Vec<Found> {
        let mut found = Vec::new();
        for (path, finding) in &self.unreadable {
            if changed.is_none_or(|it| it.touches(path)) {
                found.extend(Found::of("unreadable-file", finding.clone()));
            }
        }
        for (path, problem) in &self.problems {
            if changed.is_none_or(|it| it.brings(path, problem)) {
                let message = format!("`{path}` cannot be read: {}", problem.message);
                let finding = Finding::new(path.to_string(), problem.span.clone(), message);
                let finding = finding.evidence(&problem.message).help("correct the file");
                found.extend(Found::of("unreadable-file", finding));
            }
        }
        let is_new = |host: &Host| changed.is_none_or(|it| it.runs(host));
        let forbidden = forbidden(deploy);
        let judging = Judging {
            changed: &is_new,
            local: &|host| is_local(deploy, host),
            rehearses: &|path| deploy.rehearses(path),
            forbidden: &forbidden,
        };
        found.extend(rules::deploy::findings(&self.reading, &judging));
        found.extend(unlisted(&self.reading.commands, &is_new, deploy));
        found.extend(self.written.iter().cloned());
        let allowed = deploy.allow.iter().flatten().map(|it| it.0.as_str());
        let missing = rules::deploy::missing(&self.reading, allowed);
        found.extend(missing.filter(|it| {
            changed.is_none_or(|changed| changed.may_lose_client(&it.finding.span.path))
        }));
        self.show(sources);
        found
    }

    /// Lets a report point into what was read.
    pub(super) fn show(&self, sources: &mut Sources) {
        for file in self.read.values().chain(&self.looked) {
            if let Some(text) = file.content.text() {
                sources.insert(file.path.clone(), text.clone());
            }
        }
    }

    /// Everything that is run from where deployments begin.
    pub(super) fn map(&self, deploy: &policy::Deploy) -> Map {
        let forbidden = forbidden(deploy);
        let judging = Judging {
            changed: &|_| true,
            local: &|host| is_local(deploy, host),
            rehearses: &|path| deploy.rehearses(path),
            forbidden: &forbidden,
        };
        rules::deploy::map(&self.reading, &judging)
    }

    /// The files that were read.
    pub(super) fn into_files(self) -> impl Iterator<Item = File> {
        self.read.into_values().chain(self.looked)
    }

    pub(super) fn files(&self) -> usize {
        self.files
    }
}

fn forbidden(deploy: &policy::Deploy) -> Forbidden {
    Forbidden::new(deploy.forbidden.iter().map(|it| it.0.as_str()))
}

/// Whether the policy says that only developers run it: a script by its name, a file, a place in a file.
fn is_local(deploy: &policy::Deploy, host: &Host) -> bool {
    let name = host.key.strip_prefix("scripts.").unwrap_or(&host.key);
    let path = host.path.to_str_lossy();
    let names = [name, &*path, &*format!("{path}:{}", host.key)];
    names.into_iter().any(|it| !it.is_empty() && deploy.is_local_script(it))
}

/// The files of a revision by their paths.
struct Tree {
    entries: BTreeMap<RepoPath, Entry>,
}

impl Tree {
    fn of(repo: &Repo, side: &Side) -> Result<Tree> {
        let entries = repo.list(side, &|path: &[u8]| command::may_hold(&RepoPath::from(path)))?;
        Ok(Tree { entries: entries.into_iter().map(|it| (it.path.clone(), it)).collect() })
    }

    /// The files with telling names.
    fn named(&self, repo: &Repo) -> Result<Deployment> {
        let mut deployment = Deployment::default();
        let named = self.entries.values().filter(|it| command::is_read(&it.path)).cloned();
        let named: Vec<Entry> = named.collect();
        deployment.files = named.len();
        for chunk in named.chunks(AT_ONCE) {
            for file in read::files(repo, chunk.to_vec(), COMMAND_LIMIT)? {
                deployment.add(&file, None);
            }
        }
        Ok(deployment)
    }

    /// The file under a path; of a symbolic link, the file that it leads to.
    fn resolved(&self, repo: &Repo, path: &RepoPath) -> Option<Entry> {
        let mut entry = self.entries.get(path)?;
        for _ in 0..LINKS {
            if entry.mode != Mode::Symlink {
                return (entry.mode != Mode::Submodule).then(|| entry.clone());
            }
            let target = match repo.read(std::slice::from_ref(&entry.id), 4096).ok()?.pop()? {
                crate::repo::Blob::Bytes(bytes) => String::from_utf8(bytes).ok()?,
                crate::repo::Blob::TooLarge(_) => return None,
            };
            entry = self.entries.get(&entry.path.beside(&target))?;
        }
        None
    }
}

/// Where the policy lists what may stand as release command and setup script, nothing else may.
fn unlisted(
    commands: &[command::Command],
    is_new: &dyn Fn(&Host) -> bool,
    deploy: &policy::Deploy,
) -> Vec<Found> {
    let mut found: Vec<Found> = Vec::new();
    for command in commands {
        let host = &command.host;
        let named = matches!(&*host.key, "[deploy] release_command" | "scripts.setup");
        if !named || !is_new(host) || deploy.allows(&command.text) {
            continue;
        }
        let subject = format!("{}:{}", host.path, host.key);
        if found.iter().any(|it| it.finding.subject.0 == subject) {
            continue;
        }
        let allowed: Vec<&str> = deploy.allow.iter().flatten().map(|it| it.0.as_str()).collect();
        let message = format!(
            "`{}` is none of the commands that the policy allows here",
            command.text.trim()
        );
        let finding = Finding::new(subject, command.span.clone(), message).evidence(&command.text);
        let finding = finding.help(format!("write `{}`", allowed.join("` or `")));
        found.extend(Found::of("deploy-migration", finding));
    }
    found
}
