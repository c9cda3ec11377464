//! From what a deployment runs to everything that makes run.

use std::collections::{BTreeSet, VecDeque};

use super::forbidden::{Hit, What, judge};
use super::routes::Routes;
use crate::parse::command::{Call, Command, Host, Weight, Word};
use crate::source::{RepoPath, Span};

/// How many commands are looked at in all; a repository that needs more is made to need them.
const STEPS: usize = 2_000_000;
/// How many words callers may add to a script. No tool has its command further behind.
const ADDED: usize = 64;

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
    let mut graph = Graph::new(commands);
    let leads = graph.leads();
    let roots = (0..graph.nodes.len()).filter(|at| graph.nodes[*at].host.weight == Weight::Deploys);
    let mut found = Vec::new();
    let roots: Vec<usize> = roots.collect();
    for &root in roots.iter().filter(|it| leads[**it]) {
        found.extend(graph.from(root, changed));
    }
    if graph.exhausted() {
        let in_change = |it: &&usize| changed.contains(&graph.nodes[**it].host.path);
        let root = roots.iter().find(in_change).or(roots.first());
        found.extend(root.and_then(|it| graph.too_much(*it)));
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
    routes: Routes<'a>,
    steps: usize,
}

struct Node<'a> {
    host: &'a Host,
    actions: Vec<Action<'a>>,
    /// Whether it goes to another folder, so that a name may mean a script there.
    moves: bool,
}

/// A command, what is wrong with it, and where it leads.
#[derive(Clone)]
struct Action<'a> {
    command: &'a Command,
    hit: Option<Hit>,
    /// The numbers of routes, and the words the command adds there.
    leads: Vec<(usize, Vec<Word>)>,
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
        let mut graph = Graph { nodes: Vec::new(), routes: Routes::default(), steps: 0 };
        for command in commands {
            let at = graph.routes.host(&command.host, graph.nodes.len());
            if at == graph.nodes.len() {
                graph.nodes.push(Node { host: &command.host, actions: Vec::new(), moves: false });
            }
            let node = &mut graph.nodes[at];
            node.moves |= matches!(command.program().as_deref(), Some("cd" | "pushd"));
            node.actions.push(Action { command, hit: judge(command), leads: Vec::new() });
        }
        for node in &mut graph.nodes {
            for action in &mut node.actions {
                action.leads = led(&mut graph.routes, node.host, node.moves, action.command);
            }
        }
        graph
    }

    fn exhausted(&self) -> bool {
        self.steps > STEPS || self.routes.exhausted()
    }

    /// Breadth first, so that the shortest way is told.
    fn from(&mut self, root: usize, changed: &BTreeSet<RepoPath>) -> Vec<Reached<'a>> {
        let mut found = Vec::new();
        let mut told = BTreeSet::new();
        let mut seen = BTreeSet::new();
        let mut taken = BTreeSet::new();
        let mut visits: Vec<Visit> = Vec::new();
        let mut next = VecDeque::new();
        next.push_back(Visit { node: root, touched: false, arguments: Vec::new(), from: None });
        while let Some(mut visit) = next.pop_front() {
            visit.touched |= changed.contains(&self.nodes[visit.node].host.path);
            self.steps += 1;
            if !seen.insert((visit.node, visit.touched, written(&visit.arguments))) {
                continue;
            }
            if self.exhausted() {
                break;
            }
            let host = self.nodes[visit.node].host;
            for action in self.actions(&visit) {
                self.steps += 1;
                if let Some(hit) = action.hit.filter(|_| visit.touched) {
                    let span = Span::new(host.path.clone(), hit.range.clone());
                    if told.insert((span.clone(), format!("{:?}", hit.what))) {
                        let mut chain = self.chain(&visits, &visit);
                        chain.push(Step { host, span });
                        found.push(Reached { chain, hit, text: &action.command.text });
                    }
                }
                for (route, mut arguments) in action.leads {
                    arguments.truncate(ADDED);
                    if !taken.insert((route, visit.touched, written(&arguments))) {
                        continue;
                    }
                    for &(node, main) in &self.routes.targets[route] {
                        let arguments = if main { arguments.clone() } else { Vec::new() };
                        let from = Some((visits.len(), action.command.span.clone()));
                        next.push_back(Visit { node, touched: visit.touched, arguments, from });
                    }
                }
            }
            visits.push(visit);
        }
        found
    }

    /// Which hosts may come to something wrong: those with a hit, or with words for a script, and their callers.
    fn leads(&self) -> Vec<bool> {
        let mut takers: Vec<Vec<usize>> = vec![Vec::new(); self.routes.targets.len()];
        let mut into: Vec<Vec<usize>> = vec![Vec::new(); self.nodes.len()];
        for (route, targets) in self.routes.targets.iter().enumerate() {
            for (node, _) in targets {
                into[*node].push(route);
            }
        }
        let mut open = Vec::new();
        for (at, node) in self.nodes.iter().enumerate() {
            let leads = || node.actions.iter().flat_map(|it| &it.leads);
            leads().for_each(|(route, _)| takers[*route].push(at));
            let adds = leads().any(|(_, arguments)| arguments.iter().any(|it| !it.is_flag()));
            if adds || node.actions.iter().any(|it| it.hit.is_some()) {
                open.push(at);
            }
        }
        let mut leads = vec![false; self.nodes.len()];
        while let Some(at) = open.pop() {
            if !std::mem::replace(&mut leads[at], true) {
                for route in std::mem::take(&mut into[at]) {
                    open.append(&mut takers[route]);
                }
            }
        }
        leads
    }

    fn too_much(&self, root: usize) -> Option<Reached<'a>> {
        let command = self.nodes[root].actions.first()?.command;
        let word = "more scripts than are followed".to_owned();
        let hit = Hit { what: What::Opaque { word }, range: command.span.range() };
        let chain = vec![Step { host: &command.host, span: command.span.clone() }];
        Some(Reached { chain, hit, text: &command.text })
    }

    /// What a host does. The words a caller adds stand at the end of its last command.
    fn actions(&mut self, visit: &Visit) -> Vec<Action<'a>> {
        let node = &self.nodes[visit.node];
        let mut actions = node.actions.clone();
        let Some(last) =
            actions.last().map(|it| it.command).filter(|_| !visit.arguments.is_empty())
        else {
            return actions;
        };
        self.steps += visit.arguments.len();
        for command in last.with_arguments(&visit.arguments) {
            // The added words are of another place, perhaps of another file.
            let hit = judge(&command).map(|hit| Hit { range: last.span.range(), ..hit });
            let leads = led(&mut self.routes, node.host, node.moves, &command);
            actions.push(Action { command: last, hit, leads });
        }
        actions
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
}

fn led(
    routes: &mut Routes<'_>,
    host: &Host,
    moves: bool,
    command: &Command,
) -> Vec<(usize, Vec<Word>)> {
    let calls = command.calls().into_iter();
    calls
        .map(|call| {
            let route = routes.resolve(&host.path, moves, &call);
            match call {
                Call::Script { arguments, .. } => (route, arguments),
                Call::File { .. } => (route, Vec::new()),
            }
        })
        .collect()
}

fn written(words: &[Word]) -> Vec<String> {
    words.iter().map(|it| it.text.clone()).collect()
}
