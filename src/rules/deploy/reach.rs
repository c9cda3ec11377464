//! From what a deployment runs to everything that makes run.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::Judging;
use super::forbidden::{Hit, What};
use super::graph::Graph;
use crate::parse::command::{Host, Kind, Weight, Word};
use crate::source::{RepoPath, Span};

/// How many commands are looked at in all, and how many for each that is written, for words that callers add make
/// others of them; a repository that needs more is made to need them.
const STEPS: (usize, usize) = (50_000, 8);
/// How long the text of a command may be that is told with each finding in it. Of a script that is longer, and has
/// thousands of them, the first tells it all: who edits the script changes that one.
const LONG: usize = 4096;
/// How many words callers may add to a script. No tool has its command further behind.
const ADDED: usize = 64;

/// Something wrong that a deployment comes to.
pub(super) struct Reached<'a> {
    /// From what deploys to what holds the command, the shortest way.
    pub(super) chain: Vec<Step<'a>>,
    /// Why the first of the chain counts.
    pub(super) weight: Weight,
    pub(super) hit: Hit,
    /// The text of the command.
    pub(super) text: &'a str,
    /// Whether the text is long, and stands by another finding already.
    pub(super) repeated: bool,
}

/// A host on the way, and the place in it that leads on. At the end: the place of the hit.
#[derive(Clone)]
pub(super) struct Step<'a> {
    pub(super) host: &'a Host,
    pub(super) span: Span,
}

/// A host that is looked at: with what words added, and from where.
struct Visit {
    node: usize,
    touched: bool,
    arguments: Vec<Word>,
    from: Option<(usize, Span)>,
}

/// Everything that deploys and is wrong, where a step on the way to it is part of the change: each once, by its best
/// proof.
pub(super) fn reached<'a>(graph: &mut Graph<'a>, judging: &Judging<'_>) -> Vec<Reached<'a>> {
    let mut walk = Walk {
        judging,
        found: Vec::new(),
        told: BTreeSet::new(),
        long: BTreeSet::new(),
        seen: BTreeSet::new(),
        taken: BTreeSet::new(),
        jobs: BTreeMap::new(),
        steps: 0,
        most: STEPS.0 + STEPS.1 * graph.nodes.iter().map(|it| it.actions.len()).sum::<usize>(),
    };
    let weight = |host: &Host| judging.weight(host);
    for tier in [Weight::Platform, Weight::Image, Weight::Named] {
        let roots = (0..graph.nodes.len()).filter(|at| weight(graph.nodes[*at].host) == tier);
        let roots = roots.collect();
        walk.from(graph, roots, tier);
    }
    let peoples = called_by_people(graph, judging);
    let alone = (0..graph.nodes.len())
        .filter(|at| weight(graph.nodes[*at].host) == Weight::Alone && !peoples[*at]);
    let alone = alone.collect();
    walk.from(graph, alone, Weight::Alone);
    let rehearsals =
        (0..graph.nodes.len()).filter(|at| weight(graph.nodes[*at].host) == Weight::Rehearsal);
    let rehearsals = rehearsals.collect();
    // What a job runs against a database of its own may be run otherwise too.
    walk.seen.clear();
    walk.taken.clear();
    walk.from(graph, rehearsals, Weight::Rehearsal);
    walk.found
}

/// What is called by something that only people run, by whatever way.
fn called_by_people(graph: &Graph<'_>, judging: &Judging<'_>) -> Vec<bool> {
    let mut called = vec![false; graph.nodes.len()];
    let mut opened = vec![false; graph.routes.targets.len()];
    let mut open: Vec<usize> = (0..graph.nodes.len())
        .filter(|at| {
            let host = graph.nodes[*at].host;
            // What an agent may run, nobody has run yet.
            host.kind != Kind::Agent
                && matches!(judging.weight(host), Weight::Maybe | Weight::Rehearsal)
        })
        .collect();
    while let Some(at) = open.pop() {
        for (route, _) in graph.nodes[at].actions.iter().flat_map(|it| &it.leads) {
            if std::mem::replace(&mut opened[*route], true) {
                continue;
            }
            for (node, _) in &graph.routes.targets[*route] {
                if !std::mem::replace(&mut called[*node], true) {
                    open.push(*node);
                }
            }
        }
    }
    called
}

struct Walk<'a, 'j> {
    judging: &'j Judging<'j>,
    found: Vec<Reached<'a>>,
    told: BTreeSet<(RepoPath, usize, usize, String)>,
    /// Long texts that stand by a finding.
    long: BTreeSet<(*const u8, usize)>,
    seen: BTreeSet<(usize, bool, Vec<String>)>,
    /// Routes that were followed, so that many callers of many scripts are not multiplied.
    taken: BTreeSet<(usize, bool, Vec<String>)>,
    /// Jobs that try migrations, and whether anything in them sets variables.
    jobs: BTreeMap<(RepoPath, String), bool>,
    steps: usize,
    most: usize,
}

impl<'a> Walk<'a, '_> {
    /// Breadth first from all roots at once, so that the shortest way is told, and each way is walked once.
    fn from(&mut self, graph: &mut Graph<'a>, roots: Vec<usize>, tier: Weight) {
        let root = |node| Visit { node, touched: false, arguments: Vec::new(), from: None };
        let mut next: VecDeque<Visit> = roots.into_iter().map(root).collect();
        let mut visits: Vec<Visit> = Vec::new();
        while let Some(mut visit) = next.pop_front() {
            let host = graph.nodes[visit.node].host;
            // A job with a database of its own has it, whoever calls its workflow.
            if tier != Weight::Rehearsal && self.judging.weight(host) == Weight::Rehearsal {
                continue;
            }
            visit.touched |= (self.judging.changed)(host);
            let key = |touched| (visit.node, touched, written(&visit.arguments));
            if self.seen.contains(&key(true)) || !self.seen.insert(key(visit.touched)) {
                continue;
            }
            let added = graph.added(visit.node, &visit.arguments);
            self.steps +=
                graph.nodes[visit.node].actions.len() + added.len() + visit.arguments.len();
            if self.steps > self.most || graph.routes.exhausted() {
                self.too_much(graph, visit.node, tier);
                return;
            }
            for action in graph.nodes[visit.node].actions.iter().chain(&added) {
                if let Some(hit) = action.hit.as_ref().filter(|_| visit.touched) {
                    let mut chain = chain(graph, &visits, &visit);
                    let span = Span::new(host.path.clone(), hit.range.clone());
                    chain.push(Step { host, span });
                    let (hit, text) = (hit.clone(), action.text);
                    self.tell(Reached { chain, weight: tier, hit, text, repeated: false }, graph);
                }
                for (route, arguments) in &action.leads {
                    let arguments = &arguments[..arguments.len().min(ADDED)];
                    if !self.taken.insert((*route, visit.touched, written(arguments))) {
                        continue;
                    }
                    for &(node, main) in &graph.routes.targets[*route] {
                        let arguments = if main { arguments.to_vec() } else { Vec::new() };
                        let from = Some((visits.len(), action.span.clone()));
                        next.push_back(Visit { node, touched: visit.touched, arguments, from });
                    }
                }
            }
            visits.push(visit);
        }
    }

    fn tell(&mut self, mut reached: Reached<'a>, graph: &Graph<'a>) {
        let Some(last) = reached.chain.last() else { return };
        if reached.weight == Weight::Rehearsal
            && !leaves(&reached, graph)
            && !self.sets_variables(&reached, graph)
        {
            return;
        }
        if let What::Opaque { word } = &reached.hit.what
            && !deploys(&reached, word)
        {
            return;
        }
        let Span { path, start, end } = last.span.clone();
        if self.told.insert((path, start, end, reached.hit.what.word().to_owned())) {
            let text = reached.text;
            reached.repeated = text.len() > LONG && !self.long.insert((text.as_ptr(), text.len()));
            self.found.push(reached);
        }
    }

    /// Whether something that the job of a rehearsal runs, in whatever step, sets variables for the steps after it.
    fn sets_variables(&mut self, reached: &Reached<'_>, graph: &Graph<'a>) -> bool {
        let Some(first) = reached.chain.first().map(|it| it.host) else { return false };
        let job = first.key.split(".steps").next().unwrap_or_default();
        let known = (first.path.clone(), job.to_owned());
        if let Some(sets) = self.jobs.get(&known) {
            return *sets;
        }
        let steps = format!("{job}.steps");
        let own = |at: &usize| {
            let host = graph.nodes[*at].host;
            host.path == first.path && host.key.starts_with(&steps)
        };
        let mut open: Vec<usize> = (0..graph.nodes.len()).filter(own).collect();
        let mut seen: BTreeSet<usize> = open.iter().copied().collect();
        let mut sets = false;
        while let Some(at) = open.pop() {
            for action in &graph.nodes[at].actions {
                sets |= ["GITHUB_ENV", "GITHUB_PATH"].iter().any(|it| action.text.contains(it));
                let routes = action.leads.iter().map(|it| it.0);
                for (node, _) in routes.flat_map(|it| &graph.routes.targets[it]) {
                    if seen.insert(*node) {
                        open.push(*node);
                    }
                }
            }
        }
        self.jobs.insert(known, sets);
        sets
    }

    fn too_much(&mut self, graph: &Graph<'a>, node: usize, weight: Weight) {
        let node = &graph.nodes[node];
        let Some(action) = node.actions.first() else { return };
        let word = "more scripts than are followed".to_owned();
        let hit = Hit { what: What::Opaque { word }, range: action.span.range() };
        let chain = vec![Step { host: node.host, span: action.span.clone() }];
        self.found.push(Reached { chain, weight, hit, text: action.text, repeated: false });
    }
}

/// Whether something on the way of a rehearsal may turn to another database than the one of the job. The job itself was
/// looked at when it was read.
fn leaves(reached: &Reached<'_>, graph: &Graph<'_>) -> bool {
    const TURNS: &[&str] = &[
        "URL=",
        "url=",
        "Url=",
        "--url",
        "URI=",
        "DSN=",
        "PGHOST",
        "dotenv",
        ".env",
        "env-cmd",
        "doppler",
        "infisical",
        "op run",
        "vault",
        "sops",
        "export ",
        "source ",
        ". ./",
        "eval ",
        "read ",
        "printf -v",
        "GITHUB_ENV",
        "secrets",
        "ssh",
        "fly ",
        "flyctl",
        "heroku",
        "railway",
        "--linked",
        "--db-url",
        "kubectl",
    ];
    let hosts: BTreeSet<&Host> = reached.chain.iter().skip(1).map(|it| it.host).collect();
    // Scripts are read to the end; whatever else runs on the way may set variables in ways of its own.
    if hosts.iter().any(|it| !matches!(it.kind, Kind::PackageJson | Kind::Shell)) {
        return true;
    }
    // Where a schema names its database itself, no variable of the job leads anywhere.
    let names = |it: &Host| it.kind == Kind::Prisma && it.key.starts_with("datasource ");
    if graph.nodes.iter().any(|it| names(it.host)) {
        return true;
    }
    let nodes = graph.nodes.iter().filter(|it| hosts.contains(it.host));
    let mut texts = nodes.flat_map(|it| it.actions.iter().map(|it| it.text));
    texts.any(|text| TURNS.iter().any(|it| text.contains(it)))
}

/// Whether a command that nobody knows is on the way of a deployment. A script that nobody is seen to run, and a hook
/// of git, are on no such way; a job tests and builds as well, so there only what comes from outside the repository
/// counts: an input, a secret, a download.
fn deploys(reached: &Reached<'_>, word: &str) -> bool {
    let Some(first) = reached.chain.first() else { return false };
    let outside = || comes_from_outside(word, reached.text) || word.contains(" | ");
    match reached.weight {
        Weight::Alone | Weight::Rehearsal => false,
        _ if first.host.kind.is_hook() || first.host.path.is_under(b".husky") => false,
        _ if first.host.kind.is_automation() => outside(),
        _ => true,
    }
}

/// Whether an expression of a workflow brings the command from outside of the repository. `PowerShell` runs no word that
/// begins with a quote (`about_Parsing`: it is an expression), and a file in a folder that a job knows by a variable is a
/// file of the repository or one that the job has made.
fn comes_from_outside(word: &str, text: &str) -> bool {
    const OWN: &[&str] = &["env.", "runner.", "matrix.", "github.workspace", "github.action_path"];
    let Some((_, expression)) = word.split_once("${{") else { return false };
    let own = OWN.iter().any(|it| expression.trim_start().starts_with(it));
    let named = expression.split_once("}}").is_some_and(|(_, rest)| !rest.is_empty());
    let power_shell =
        ["Write-Host", "Out-File", "Test-Path", "$env:"].iter().any(|it| text.contains(it));
    let quoted = power_shell && text.contains(&format!("\"{word}\""));
    let called = text.contains(&format!("& \"{word}\""));
    !(own && named || quoted && !called)
}

fn chain<'a>(graph: &Graph<'a>, visits: &[Visit], visit: &Visit) -> Vec<Step<'a>> {
    let mut chain = Vec::new();
    let mut from = &visit.from;
    while let Some((at, span)) = from {
        chain.push(Step { host: graph.nodes[visits[*at].node].host, span: span.clone() });
        from = &visits[*at].from;
    }
    chain.reverse();
    chain
}

fn written(words: &[Word]) -> Vec<String> {
    words.iter().map(|it| it.text.clone()).collect()
}
