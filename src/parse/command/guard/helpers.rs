//! Scripts, targets and actions that run sprag for whoever runs them.

use std::collections::BTreeSet;

use super::{Guards, How, guards, kind};
use crate::parse::command::{Call, Host, Kind};
use crate::source::{RepoPath, Source};

/// What runs sprag when something else calls it: `npm run check:db`, `make gate`, `./scripts/ci.sh`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Helpers {
    /// Scripts of a `package.json`, whichever.
    scripts: BTreeSet<String>,
    /// Files, and the target in them; none: the file as a whole.
    files: BTreeSet<(RepoPath, Option<String>)>,
}

/// How many may call one another.
const CHAIN: usize = 4;

impl Helpers {
    /// Those that are among these files, as far as a failure of sprag is theirs.
    pub fn of(sources: &[Source]) -> Helpers {
        let mut helpers = Helpers::default();
        for _ in 0..CHAIN {
            let before = helpers.clone();
            for source in sources {
                let found = guards(source, &helpers);
                helpers.add(source, &found);
            }
            if helpers == before {
                break;
            }
        }
        helpers
    }

    fn add(&mut self, source: &Source, found: &Guards) {
        let kind = kind(&source.path);
        let counts = |how: How| how == How::Conditional;
        let guards = found.guards.iter().filter(|it| {
            let obeyed = it.slip.as_ref().is_none_or(|it| counts(it.how));
            obeyed && !it.words.starts_with("sprag install")
        });
        for guard in guards {
            let path = source.path.clone();
            match kind {
                Some(Kind::PackageJson) => {
                    let script = guard.unit.strip_prefix("scripts.");
                    self.scripts.extend(script.map(str::to_owned));
                }
                Some(Kind::Makefile | Kind::Justfile | Kind::Taskfile) => {
                    self.files.insert((path, Some(guard.unit.clone())));
                }
                Some(Kind::Shell | Kind::Action | Kind::Workflow) => {
                    self.files.insert((path, None));
                }
                _ => {}
            }
        }
    }

    /// Whether a text may call one of them, told from its words alone.
    pub(super) fn are_named(&self, text: &str) -> bool {
        let parts = self.files.iter().map(|(path, part)| match part {
            Some(part) => part.clone(),
            None => {
                // An action is called by its folder.
                let name = String::from_utf8_lossy(path.file_name()).into_owned();
                let folder = path.parent().map(|it| it.to_str_lossy().into_owned());
                if name.starts_with("action.") { folder.unwrap_or_default() } else { name }
            }
        });
        self.scripts.iter().cloned().chain(parts).any(|it| text.contains(&it))
    }

    /// Whether one of these calls leads to one of them.
    pub(super) fn run(&self, calls: &[Call], host: &Host) -> bool {
        calls.iter().any(|call| match call {
            Call::Script { name, .. } => self.scripts.contains(&name.text),
            Call::File { path: Some(path), part, .. } => {
                let folder = host.folder.to_str_lossy();
                let named = RepoPath::joined(&folder, &path.text);
                let inside = |name: &str| RepoPath::joined(&named.to_str_lossy(), name);
                let part = part.as_ref().map(|it| it.text.clone());
                [named.clone(), inside("action.yml"), inside("action.yaml")]
                    .into_iter()
                    .any(|it| self.files.contains(&(it, part.clone())))
            }
            Call::File { path: None, kind: Some(of), part: Some(part) } => self
                .files
                .iter()
                .any(|(path, it)| it.as_ref() == Some(&part.text) && kind(path) == Some(*of)),
            Call::File { .. } => false,
        })
    }
}
