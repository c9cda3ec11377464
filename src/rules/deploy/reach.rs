//! From what a deployment runs to everything that makes run.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::forbidden::{Hit, judge};
use crate::parse::command::{Call, Command, Host, Weight, Word};
use crate::source::{RepoPath, Span};

/// How many commands are looked at in all; a repository that needs more is made to need them.
const STEPS: usize = 1_000_000;

/// Something wrong that a deployment comes to.
pub(super) struct Reached<'a> {
    /// From what deploys to what holds the command.
    pub(super) chain: Vec<Step<'a>>,
    pub(super) hit: Hit,
    /// The text of the command.
    pub(super) text: &'a str,
}

/// A host on the way, and the place in it that leads on. At the end: the place of the hit.
pub(super) struct Step<'a> {
    pub(super) host: &'a Host,
    pub(super) span: Span,
}

/// Everything that deploys and is wrong, where a step on the way to it is in a changed file.
pub(super) fn reached<'a>(
    commands: &'a [Command],
    changed: &BTreeSet<RepoPath>,
) -> Vec<Reached<'a>> {
    let graph = Graph::new(commands);
    let mut steps = 0;
    let mut found = Vec::new();
    for (at, node) in graph.nodes.iter().enumerate() {
        if node.host.weight == Weight::Deploys {
            found.extend(graph.from(at, changed, &mut steps));
        }
    }
    without_shadows(found)
}

/// Of two that end in the same command, one on the way of the other, the nearer is enough.
fn without_shadows(found: Vec<Reached<'_>>) -> Vec<Reached<'_>> {
    let end = |it: &Reached<'_>| it.chain.last().map(|it| it.span.clone());
    let said: BTreeSet<(Host, Option<Span>)> =
        found.iter().map(|it| (it.chain[0].host.clone(), end(it))).collect();
    let shadowed = |it: &Reached<'_>| {
        it.chain[1..].iter().any(|step| said.contains(&(step.host.clone(), end(it))))
    };
    found.into_iter().filter(|it| !shadowed(it)).collect()
}

struct Graph<'a> {
    nodes: Vec<Node<'a>>,
    /// Of each file, its hosts by the name others call them by.
    files: BTreeMap<&'a RepoPath, BTreeMap<&'a str, usize>>,
}

struct Node<'a> {
    host: &'a Host,
    commands: Vec<&'a Command>,
    hits: Vec<Option<Hit>>,
    calls: Vec<Vec<Call>>,
    /// Whether it goes to another folder, so that a name may mean a script there.
    moves: bool,
}

/// A host that is looked at: with what words added, and from where.
struct Visit {
    node: usize,
    touched: bool,
    arguments: Vec<Word>,
    from: Option<(usize, Span)>,
}

impl<'a> Graph<'a> {
    fn new(commands: &'a [Command]) -> Graph<'a> {
        let mut graph = Graph { nodes: Vec::new(), files: BTreeMap::new() };
        for command in commands {
            let names = graph.files.entry(&command.host.path).or_default();
            let at = *names.entry(name(&command.host)).or_insert(graph.nodes.len());
            if at == graph.nodes.len() {
                let host = &command.host;
                graph.nodes.push(Node {
                    host,
                    commands: vec![],
                    hits: vec![],
                    calls: vec![],
                    moves: false,
                });
            }
            let node = &mut graph.nodes[at];
            node.moves |= matches!(command.program().as_deref(), Some("cd" | "pushd"));
            node.hits.push(judge(command));
            node.calls.push(command.calls());
            node.commands.push(command);
        }
        graph
    }

    /// Breadth first, so that the shortest way is told.
    fn from(
        &self,
        root: usize,
        changed: &BTreeSet<RepoPath>,
        steps: &mut usize,
    ) -> Vec<Reached<'a>> {
        let mut found = Vec::new();
        let mut told = BTreeSet::new();
        let mut seen = BTreeSet::new();
        let mut visits: Vec<Visit> = Vec::new();
        let mut next = VecDeque::new();
        next.push_back(Visit { node: root, touched: false, arguments: Vec::new(), from: None });
        while let Some(mut visit) = next.pop_front() {
            let node = &self.nodes[visit.node];
            visit.touched |= changed.contains(&node.host.path);
            let words: Vec<String> = visit.arguments.iter().map(|it| it.text.clone()).collect();
            *steps += node.commands.len() + words.len() + 1;
            if *steps > STEPS || !seen.insert((visit.node, visit.touched, words)) {
                continue;
            }
            let at = visits.len();
            let added = self.added(&visit);
            for (command, hit, calls) in self.commands(&visit, &added) {
                if let Some(hit) = hit.as_ref().filter(|_| visit.touched) {
                    let span = Span::new(node.host.path.clone(), hit.range.clone());
                    if told.insert((span.clone(), format!("{:?}", hit.what))) {
                        let mut chain = self.chain(&visits, &visit);
                        chain.push(Step { host: node.host, span });
                        found.push(Reached {
                            chain,
                            hit: hit.clone(),
                            text: &node.commands[0].text,
                        });
                    }
                }
                for call in calls {
                    for (target, arguments) in self.targets(node, call, steps) {
                        let from = Some((at, command.span.clone()));
                        next.push_back(Visit {
                            node: target,
                            touched: visit.touched,
                            arguments,
                            from,
                        });
                    }
                }
            }
            visits.push(visit);
        }
        found
    }

    /// The last command with the words a caller adds to it.
    fn added(&self, visit: &Visit) -> Vec<(Command, Option<Hit>, Vec<Call>)> {
        let Some(last) = self.nodes[visit.node].commands.last() else { return Vec::new() };
        if visit.arguments.is_empty() {
            return Vec::new();
        }
        let commands = last.with_arguments(&visit.arguments).into_iter();
        commands
            .map(|it| {
                // The added words are of another place, perhaps of another file.
                let hit = judge(&it).map(|hit| Hit { range: last.span.range(), ..hit });
                let calls = it.calls();
                (it, hit, calls)
            })
            .collect()
    }

    fn commands<'b>(
        &'b self,
        visit: &Visit,
        added: &'b [(Command, Option<Hit>, Vec<Call>)],
    ) -> impl Iterator<Item = (&'b Command, &'b Option<Hit>, &'b Vec<Call>)> {
        let node = &self.nodes[visit.node];
        let own = node.commands.iter().zip(&node.hits).zip(&node.calls);
        own.map(|((command, hit), calls)| (*command, hit, calls))
            .chain(added.iter().map(|(command, hit, calls)| (command, hit, calls)))
    }

    fn chain(&self, visits: &[Visit], visit: &Visit) -> Vec<Step<'a>> {
        let mut chain = Vec::new();
        let mut from = &visit.from;
        while let Some((at, span)) = from {
            chain.push(Step { host: self.nodes[visits[*at].node].host, span: span.clone() });
            from = &visits[*at].from;
        }
        chain.reverse();
        chain
    }

    fn targets(&self, node: &Node<'_>, call: &Call, steps: &mut usize) -> Vec<(usize, Vec<Word>)> {
        match call {
            Call::File { path } => {
                let path = joined(&node.host.path, &path.text);
                let whole = self.files.get(&path).and_then(|it| it.get(""));
                whole.map(|it| (*it, Vec::new())).into_iter().collect()
            }
            Call::Script { name, arguments, elsewhere } => {
                let own =
                    if *elsewhere || node.moves { None } else { self.package(&node.host.path) };
                let mut scripts = own.map_or_else(Vec::new, |it| named(it, &name.text, steps));
                if scripts.is_empty() {
                    scripts =
                        self.files.values().flat_map(|it| named(it, &name.text, steps)).collect();
                }
                scripts
                    .into_iter()
                    .map(|(node, main)| (node, if main { arguments.clone() } else { vec![] }))
                    .collect()
            }
        }
    }

    /// The scripts of the `package.json` that is nearest to a file.
    fn package(&self, path: &RepoPath) -> Option<&BTreeMap<&'a str, usize>> {
        let mut folder = path.parent();
        loop {
            let mut name =
                folder.as_ref().map_or_else(Vec::new, |it| [it.as_bytes(), b"/"].concat());
            name.extend_from_slice(b"package.json");
            if let Some(found) = self.files.get(&RepoPath::from(name)) {
                return Some(found);
            }
            folder = folder?.parent();
        }
    }
}

/// The name of a host by which commands call it.
fn name(host: &Host) -> &str {
    host.key.strip_prefix("scripts.").unwrap_or(&host.key)
}

/// The scripts of that name or pattern, and those that run before and after each. Whether it is the script itself.
fn named(scripts: &BTreeMap<&str, usize>, pattern: &str, steps: &mut usize) -> Vec<(usize, bool)> {
    *steps += 1;
    let mut found = Vec::new();
    let mut add = |name: &str| {
        for (full, main) in
            [(format!("pre{name}"), false), (name.to_owned(), true), (format!("post{name}"), false)]
        {
            found.extend(scripts.get(full.as_str()).map(|it| (*it, main)));
        }
    };
    if pattern.contains('*') {
        *steps += scripts.len();
        scripts.keys().filter(|it| matches(pattern, it)).for_each(|it| add(it));
    } else if !pattern.is_empty() {
        add(pattern);
    }
    found
}

/// Whether a name fits a pattern in which `*` stands for anything.
fn matches(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = name.strip_prefix(parts.next().unwrap_or_default()) else { return false };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else { return rest.is_empty() };
    for part in middle {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}

/// A path as a command in `host` names it, from the top of the repository.
fn joined(host: &RepoPath, path: &str) -> RepoPath {
    let folder = host.parent().map(|it| it.to_str_lossy().into_owned()).unwrap_or_default();
    let mut parts: Vec<&str> = folder.split('/').filter(|it| !it.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    RepoPath::from(parts.join("/").as_str())
}
