//! What runs what: every place with commands, and where each of them leads.

use super::forbidden::{Forbidden, Hit};
use super::routes::Routes;
use crate::parse::command::{Call, Command, Host, Reading, Word};
use crate::source::Span;

/// Everything that was read of a repository, joined.
pub(super) struct Graph<'a> {
    pub(super) nodes: Vec<Node<'a>>,
    pub(super) routes: Routes<'a>,
    forbidden: &'a Forbidden,
}

pub(super) struct Node<'a> {
    pub(super) host: &'a Host,
    pub(super) actions: Vec<Action<'a>>,
    /// Whether it goes to another folder, so that a name may mean a script there.
    moves: bool,
}

/// A command or a link, what is wrong with it, and where it leads.
pub(super) struct Action<'a> {
    pub(super) span: Span,
    /// The text it is part of; empty for a link.
    pub(super) text: &'a str,
    pub(super) command: Option<&'a Command>,
    /// What it runs without a command.
    call: Option<&'a Call>,
    pub(super) hit: Option<Hit>,
    /// The numbers of routes, and the words the command adds there.
    pub(super) leads: Vec<(usize, Vec<Word>)>,
}

impl<'a> Graph<'a> {
    pub(super) fn new(reading: &'a Reading, forbidden: &'a Forbidden) -> Graph<'a> {
        let mut graph = Graph { nodes: Vec::new(), routes: Routes::default(), forbidden };
        for command in &reading.commands {
            let node = graph.node(&command.host);
            node.moves |= matches!(command.program().as_deref(), Some("cd" | "pushd"));
            let hit = forbidden.judge(command);
            let span = command.span.clone();
            let (text, command) = (&*command.text, Some(command));
            node.actions.push(Action { span, text, command, call: None, hit, leads: Vec::new() });
        }
        for link in &reading.links {
            let span = link.span.clone();
            let call = Some(&link.call);
            let (command, hit, leads) = (None, None, Vec::new());
            let action = Action { span, text: "", command, call, hit, leads };
            graph.node(&link.host).actions.push(action);
        }
        graph.connect();
        graph
    }

    fn node(&mut self, host: &'a Host) -> &mut Node<'a> {
        let at = self.routes.host(host, self.nodes.len());
        if at == self.nodes.len() {
            self.nodes.push(Node { host, actions: Vec::new(), moves: false });
        }
        &mut self.nodes[at]
    }

    /// Finds where everything leads, once every place is known by its name.
    fn connect(&mut self) {
        for node in &mut self.nodes {
            for action in &mut node.actions {
                if let Some(command) = action.command {
                    action.leads = led(&mut self.routes, node.host, node.moves, command);
                }
                if let Some(call) = action.call {
                    let route = self.routes.resolve(node.host, false, call);
                    action.leads.push((route, Vec::new()));
                }
            }
        }
    }

    /// What a place does besides, where a caller adds words: they stand at the end of its last command.
    pub(super) fn added(&mut self, node: usize, arguments: &[Word]) -> Vec<Action<'a>> {
        if arguments.is_empty() {
            return Vec::new();
        }
        let node = &self.nodes[node];
        let Some(last) = node.actions.iter().rev().find_map(|it| it.command) else {
            return Vec::new();
        };
        let mut added: Vec<Action<'a>> = Vec::new();
        for command in last.with_arguments(arguments) {
            // The added words are of another place, perhaps of another file.
            let range = last.span.range();
            let hit = self.forbidden.judge(&command).map(|hit| Hit { range, ..hit });
            // What is wrong without them is told already.
            let all = || node.actions.iter().chain(&added).flat_map(|it| &it.hit);
            let hit = hit.filter(|it| !all().any(|old| old.what == it.what));
            let leads = led(&mut self.routes, node.host, node.moves, &command);
            let span = last.span.clone();
            added.push(Action {
                span,
                text: &last.text,
                command: Some(last),
                call: None,
                hit,
                leads,
            });
        }
        added
    }
}

fn led(
    routes: &mut Routes<'_>,
    host: &Host,
    moves: bool,
    command: &Command,
) -> Vec<(usize, Vec<Word>)> {
    let calls = command.calls().into_iter();
    let mut leads: Vec<(usize, Vec<Word>)> = calls
        .map(|call| {
            let route = routes.resolve(host, moves, &call);
            match call {
                Call::Script { arguments, .. } => (route, arguments),
                Call::File { .. } => (route, Vec::new()),
            }
        })
        .collect();
    leads.extend(command.program().and_then(|it| routes.program(&it)).map(|it| (it, Vec::new())));
    leads
}
