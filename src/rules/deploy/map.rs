//! What a repository's deployments run, to be looked at.

use std::collections::{BTreeMap, VecDeque};

use super::Judging;
use super::graph::Graph;
use super::reach::reached;
use crate::parse::command::{Host, Reading, Weight};
use crate::source::Span;

/// Everything that deployments run, and what runs what.
#[derive(Clone, Debug, Default)]
pub struct Map {
    /// In the order in which they are reached.
    pub places: Vec<Place>,
    /// Where deployments begin, by their numbers.
    pub roots: Vec<usize>,
}

/// A place with commands that a deployment comes to.
#[derive(Clone, Debug)]
pub struct Place {
    pub host: Host,
    /// Why a deployment begins there, if one does.
    pub weight: Weight,
    /// Where its first command stands.
    pub span: Span,
    /// What it runs, as far as it leads on.
    pub runs: Vec<Run>,
    /// What is wrong there: words of the command, and its place.
    pub wrong: Vec<(String, Span)>,
}

/// A command or link that leads on.
#[derive(Clone, Debug)]
pub struct Run {
    pub span: Span,
    /// The numbers of the places it leads to.
    pub leads: Vec<usize>,
}

/// Maps what is run from everything that deploys.
pub fn map(reading: &Reading, judging: &Judging<'_>) -> Map {
    let mut graph = Graph::new(reading, judging.forbidden);
    let mut wrong: BTreeMap<Host, Vec<(String, Span)>> = BTreeMap::new();
    let mut callers: BTreeMap<Host, Weight> = BTreeMap::new();
    for it in reached(&mut graph, judging) {
        let Some(last) = it.chain.last() else { continue };
        wrong
            .entry(last.host.clone())
            .or_default()
            .push((it.hit.what.word().to_owned(), last.span.clone()));
        callers.entry(it.chain[0].host.clone()).or_insert(it.weight);
    }
    let mut map = Map::default();
    let mut numbers: BTreeMap<usize, usize> = BTreeMap::new();
    for tier in [Weight::Platform, Weight::Image, Weight::Named, Weight::Alone] {
        for node in 0..graph.nodes.len() {
            let host = graph.nodes[node].host;
            let counts = match tier {
                // Of scripts that nothing calls, those that are told of.
                Weight::Alone => callers.get(host) == Some(&Weight::Alone),
                tier => judging.weight(host) == tier,
            };
            if counts && !numbers.contains_key(&node) {
                let root = map.add(&graph, node, tier, &mut numbers);
                map.roots.push(root);
                map.follow(&graph, node, &mut numbers);
            }
        }
    }
    for place in &mut map.places {
        place.wrong = wrong.remove(&place.host).unwrap_or_default();
    }
    map
}

impl Map {
    fn add(
        &mut self,
        graph: &Graph<'_>,
        node: usize,
        weight: Weight,
        numbers: &mut BTreeMap<usize, usize>,
    ) -> usize {
        let next = self.places.len();
        let number = *numbers.entry(node).or_insert(next);
        if number == next {
            let host = graph.nodes[node].host.clone();
            let first = graph.nodes[node].actions.iter().map(|it| &it.span).min();
            let span = first.cloned().unwrap_or_else(|| Span::file(host.path.clone()));
            self.places.push(Place { host, weight, span, runs: Vec::new(), wrong: Vec::new() });
        }
        number
    }

    fn follow(&mut self, graph: &Graph<'_>, root: usize, numbers: &mut BTreeMap<usize, usize>) {
        let mut open = VecDeque::from([root]);
        while let Some(node) = open.pop_front() {
            let Some(&from) = numbers.get(&node) else { continue };
            for action in &graph.nodes[node].actions {
                let mut leads = Vec::new();
                let routes = action.leads.iter().map(|it| it.0);
                for &(target, _) in routes.flat_map(|it| &graph.routes.targets[it]) {
                    let known = numbers.contains_key(&target);
                    leads.push(self.add(graph, target, Weight::Maybe, numbers));
                    if !known {
                        open.push_back(target);
                    }
                }
                if !leads.is_empty() {
                    self.places[from].runs.push(Run { span: action.span.clone(), leads });
                }
            }
        }
    }
}
