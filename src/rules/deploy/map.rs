//! What a repository's deployments run, to be looked at.

use std::collections::{BTreeMap, VecDeque};

use super::Judging;
use super::graph::{Graph, Node};
use super::reach::{Reached, reached};
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
    /// The numbers of the places it runs.
    pub runs: Vec<usize>,
    /// What is wrong there: words of the command, and its place.
    pub wrong: Vec<(String, Span)>,
}

/// Maps what is run from everything that deploys.
pub fn map(reading: &Reading, judging: &Judging<'_>) -> Map {
    let mut graph = Graph::new(reading, judging.forbidden);
    let reached = reached(&mut graph, judging);
    let alone = |host: &Host| {
        let first = |it: &Reached<'_>| it.chain.first().is_some_and(|it| it.host == host);
        reached.iter().any(|it| it.weight == Weight::Alone && first(it))
    };
    let mut drawing = Drawing { map: Map::default(), numbers: BTreeMap::new() };
    for tier in [Weight::Platform, Weight::Image, Weight::Named, Weight::Alone] {
        let counts = |host: &Host| match tier {
            // Of scripts that nothing calls, those that are told of.
            Weight::Alone => host.weight == Weight::Alone && alone(host),
            tier => judging.weight(host) == tier,
        };
        let mut roots: Vec<usize> =
            (0..graph.nodes.len()).filter(|at| counts(graph.nodes[*at].host)).collect();
        // What deploys comes before what also tests, and a file as a whole before its parts.
        roots.sort_by_key(|at| {
            let host = graph.nodes[*at].host;
            (host.kind.is_automation(), &host.path, !host.key.is_empty())
        });
        for root in roots {
            if !drawing.numbers.contains_key(graph.nodes[root].host) {
                let number = drawing.add(&graph.nodes[root], tier);
                drawing.map.roots.push(number);
                drawing.follow(&graph, root);
            }
        }
    }
    for it in &reached {
        drawing.prove(it);
    }
    drawing.map
}

struct Drawing<'a> {
    map: Map,
    numbers: BTreeMap<&'a Host, usize>,
}

impl<'a> Drawing<'a> {
    /// The number of a place.
    fn add(&mut self, node: &Node<'a>, weight: Weight) -> usize {
        let first = node.actions.iter().map(|it| &it.span).min();
        self.number(node.host, weight, first)
    }

    fn number(&mut self, host: &'a Host, weight: Weight, first: Option<&Span>) -> usize {
        let next = self.map.places.len();
        let number = *self.numbers.entry(host).or_insert(next);
        if number == next {
            let span = first.cloned().unwrap_or_else(|| Span::file(host.path.clone()));
            let host = host.clone();
            self.map.places.push(Place { host, weight, span, runs: Vec::new(), wrong: Vec::new() });
        }
        number
    }

    fn follow(&mut self, graph: &Graph<'a>, root: usize) {
        let mut open = VecDeque::from([root]);
        while let Some(node) = open.pop_front() {
            let Some(&from) = self.numbers.get(graph.nodes[node].host) else { continue };
            for action in &graph.nodes[node].actions {
                let routes = action.leads.iter().map(|it| it.0);
                for &(target, _) in routes.flat_map(|it| &graph.routes.targets[it]) {
                    let known = self.numbers.contains_key(graph.nodes[target].host);
                    let to = self.add(&graph.nodes[target], Weight::Maybe);
                    self.lead(from, to);
                    if !known {
                        open.push_back(target);
                    }
                }
            }
        }
    }

    fn lead(&mut self, from: usize, to: usize) {
        if let Some(place) = self.map.places.get_mut(from)
            && from != to
            && !place.runs.contains(&to)
        {
            place.runs.push(to);
        }
    }

    /// Draws the way to something wrong, some of which depends on words that are added on it.
    fn prove(&mut self, reached: &Reached<'a>) {
        let mut before = None;
        for step in &reached.chain {
            let at = self.number(step.host, Weight::Maybe, Some(&step.span));
            if let Some(before) = before {
                self.lead(before, at);
            }
            before = Some(at);
        }
        let last = before.and_then(|it| self.map.places.get_mut(it)).zip(reached.chain.last());
        if let Some((place, last)) = last {
            place.wrong.push((reached.hit.what.told(), last.span.clone()));
        }
    }
}
