//! The way from the top of a file to a command in it, and what lies beside that way.

use std::ops::Range;

use super::layout::Layout;
use super::place::{Facts, Place, before_fact};
use super::{
    Bearing, Guard, circle, github, gitlab, logical_line, shell_of, squeezed, status, words,
};
use crate::parse::command::tree::{Entry, Node, Tree};
use crate::parse::command::{Command, Kind, Text};
use crate::source::{Source, Span};

/// What is known of the file that is walked.
pub(super) struct Walk<'a> {
    pub(super) source: &'a Source,
    pub(super) layout: &'a Layout,
    pub(super) kind: Kind,
}

/// One step down: a table with the key that is taken, or a list with the item.
#[derive(Clone, Copy)]
enum Step<'t> {
    Key(&'t Tree, &'t Entry),
    /// With the key that the list stands under.
    Item(&'t Tree, usize),
}

impl Walk<'_> {
    /// Each command in one document, and each action that is sprag or runs it: `linked` are the places of the latter.
    pub(super) fn guards(&self, tree: &Tree, runs: &[&Command], linked: &[usize]) -> Vec<Guard> {
        let effective = (self.kind == Kind::GitLab).then(|| gitlab::effective(tree));
        let tree = effective.as_ref().unwrap_or(tree);
        let mut leaves = Vec::new();
        leaves_of(tree, &mut Vec::new(), &mut leaves);
        let mut guards = Vec::new();
        for (steps, text) in &leaves {
            let range = text.range().unwrap_or_default();
            for command in runs.iter().filter(|it| range.contains(&it.span.start)) {
                guards.push(self.guard(tree, steps, Some((text, command)), &command.span.range()));
            }
            let links = linked.iter().any(|it| range.contains(it));
            if links || self.is_sprag(steps, text) {
                guards.push(self.guard(tree, steps, None, &range));
            }
        }
        guards
    }

    /// Whether a text names sprag as an action, or as a hook of another repository.
    fn is_sprag(&self, steps: &[Step<'_>], text: &Text) -> bool {
        let Some(Step::Key(table, entry)) = steps.last() else { return false };
        let value = text.to_string();
        let named = match (self.kind, entry.key.as_str()) {
            (Kind::Workflow | Kind::Action, "uses") | (Kind::Bitbucket, "pipe") => true,
            (Kind::PreCommit, "id") => table.get("entry").is_none(),
            _ => false,
        };
        let bare = value.split(['@', ':']).next().unwrap_or_default();
        let is = |it: &str| it == "sprag" || it.starts_with("sprag-") || it.ends_with("-sprag");
        named && bare.split('/').any(is) && !bare.contains("setup") && !bare.contains("install")
    }

    fn guard(
        &self,
        root: &Tree,
        steps: &[Step<'_>],
        run: Option<(&Text, &Command)>,
        range: &Range<usize>,
    ) -> Guard {
        let unit_at = self.unit(steps);
        let unit = path_of(steps.get(..=unit_at).unwrap_or_default());
        let mut heard = String::new();
        for (at, step) in steps.iter().enumerate() {
            if let Step::Item(list, index) = step
                && at > unit_at
            {
                list.items().iter().take(index + 1).for_each(|it| texts(it, &mut heard));
            }
        }
        if let Some((text, _)) = run {
            heard.push_str(&text.to_string());
        }
        let place = Place { source: self.source, layout: self.layout, heard };
        let mut facts = Facts::new();
        for (at, step) in steps.iter().enumerate() {
            self.beside(steps, at, (unit_at, step), &place, &mut facts);
        }
        let mut guard = Guard {
            unit,
            name: None,
            words: String::new(),
            line: String::new(),
            span: Span::new(self.source.path.clone(), range.clone()),
            slip: None,
            facts: Vec::new(),
            triggers: None,
        };
        match run {
            Some((text, command)) => self.run(&mut guard, steps, (text, command), &mut facts),
            None => {
                let Some(Step::Key(table, entry)) = steps.last() else { return guard };
                let value = entry.value.text().map(Text::to_string).unwrap_or_default();
                let bare = value.split('@').next().unwrap_or_default();
                guard.words = format!("{} {bare}", entry.key);
                let _ = table;
                place.fact(entry, &guard.unit, &mut facts);
            }
        }
        let job = match steps.get(unit_at) {
            Some(Step::Key(_, entry)) => Some(&entry.value),
            Some(Step::Item(list, at)) => list.items().get(*at),
            None => None,
        };
        let named = ["name", "displayName", "label"];
        let name = job.and_then(|job| named.iter().find_map(|it| job.get(it)?.text()));
        guard.name = name.map(Text::to_string);
        match (self.kind, job) {
            (Kind::Workflow, Some(job)) => {
                guard.triggers = github::triggers(root);
                github::waits(self.source, root, job, &mut facts);
            }
            (Kind::CircleCi, _) => {
                let name = guard.unit.rsplit('.').next().unwrap_or_default().to_owned();
                circle::workflows(root, &name, &place, &mut facts);
            }
            _ => {}
        }
        guard.facts = facts;
        guard
    }

    /// What the command itself says, and what comes before it in its own text.
    fn run(
        &self,
        guard: &mut Guard,
        steps: &[Step<'_>],
        (text, command): (&Text, &Command),
        facts: &mut Facts,
    ) {
        let written = text.to_string();
        let at = command.span.start;
        let index = text.spots().iter().position(|it| it.start <= at && at < it.end);
        let offset: usize =
            text.spots().iter().take(index.unwrap_or_default()).map(|it| it.c.len_utf8()).sum();
        let (line, start) = logical_line(&written, offset);
        let before = written.get(..start).unwrap_or_default();
        let mut from = 0;
        while from < before.len() {
            let (line, begin) = logical_line(before, from);
            let line_squeezed = squeezed(&line);
            let comment = line_squeezed.starts_with('#') && !line_squeezed.starts_with("#!");
            if !line_squeezed.is_empty() && !comment {
                let first = written.get(..begin).map_or(0, |it| it.chars().count());
                let last = first + line.chars().count();
                let spots = text.spots().get(first..last).unwrap_or_default();
                facts.push(before_fact(
                    "run",
                    line_squeezed,
                    Text::from(spots).range().unwrap_or_default(),
                ));
            }
            from = begin + line.len().max(1);
            while before.get(from..).is_some_and(|it| it.starts_with(['\n', '\r'])) {
                from += 1;
            }
        }
        guard.words = words(command);
        guard.line = squeezed(&line);
        let shell = shell(steps);
        guard.slip = status::slip(text, at, shell_of(self.kind, self.layout, shell.as_deref()));
    }

    /// The index of the step into the part that runs by itself.
    fn unit(&self, steps: &[Step<'_>]) -> usize {
        let below = |at: usize| match at.checked_sub(1).and_then(|it| steps.get(it)) {
            Some(Step::Key(_, entry)) => self.layout.units.contains(&entry.key.as_str()),
            _ => false,
        };
        let found = (0..steps.len()).rev().find(|&at| {
            let table = matches!(steps.get(at), Some(Step::Key(..) | Step::Item(..)));
            table && below(at)
        });
        // At the top of some files every key is a part.
        found.unwrap_or_default()
    }

    /// What stands beside one step of the way.
    fn beside(
        &self,
        steps: &[Step<'_>],
        at: usize,
        (unit_at, step): (usize, &Step<'_>),
        place: &Place<'_>,
        facts: &mut Facts,
    ) {
        let path = path_of(steps.get(..at).unwrap_or_default());
        let above = at.checked_sub(1).and_then(|it| steps.get(it));
        let above = match above {
            Some(Step::Key(_, entry)) => entry.key.as_str(),
            _ => "",
        };
        match step {
            Step::Key(table, taken) => {
                if at > 0 && self.layout.units.contains(&above) {
                    return;
                }
                for entry in table.entries().iter().filter(|it| it.key != taken.key) {
                    let global = self.layout.globals.contains(&entry.key.as_str());
                    if at == 0 && !self.layout.globals.is_empty() && !global {
                        continue;
                    }
                    // A step or the file may be called what it likes.
                    let named = self.layout.bearing(&entry.key) == Bearing::Name;
                    if named && at != unit_at + 1 {
                        continue;
                    }
                    place.fact(entry, &path, facts);
                }
            }
            Step::Item(list, index) => {
                let scripts = self.layout.scripts.contains(&above);
                if !scripts && !self.layout.steps.contains(&above) {
                    return;
                }
                for item in list.items().iter().take(*index) {
                    let fact = place.step(item);
                    // Another command of sprag replaces nothing.
                    let own = fact.value.strip_prefix("run: ").unwrap_or(&fact.value);
                    let plain = !own.contains(['\n', ';', '|', '&', '`', '$']);
                    if !(own.starts_with("sprag ") && plain) {
                        facts.push(fact);
                    }
                }
            }
        }
    }
}

/// No deeper than the tree.
fn texts(tree: &Tree, all: &mut String) {
    match &tree.node {
        Node::Text(text) => {
            all.push_str(&text.to_string());
            all.push('\n');
        }
        Node::List(items) => items.iter().for_each(|it| texts(it, all)),
        Node::Table(entries) => {
            for entry in entries {
                all.push_str(&entry.key);
                all.push('\n');
                texts(&entry.value, all);
            }
        }
        Node::Other => {}
    }
}

/// Every text of a tree with the way to it. No deeper than the tree.
fn leaves_of<'t>(
    tree: &'t Tree,
    way: &mut Vec<Step<'t>>,
    found: &mut Vec<(Vec<Step<'t>>, &'t Text)>,
) {
    match &tree.node {
        Node::Text(text) => found.push((way.clone(), text)),
        Node::List(items) => {
            for (at, item) in items.iter().enumerate() {
                way.push(Step::Item(tree, at));
                leaves_of(item, way, found);
                way.pop();
            }
        }
        Node::Table(entries) => {
            for entry in entries {
                way.push(Step::Key(tree, entry));
                leaves_of(&entry.value, way, found);
                way.pop();
            }
        }
        Node::Other => {}
    }
}

/// The text that a byte of the file belongs to.
pub(super) fn text_at(tree: &Tree, at: usize) -> Option<&Text> {
    let mut leaves = Vec::new();
    leaves_of(tree, &mut Vec::new(), &mut leaves);
    let holds = |it: &Text| it.range().is_some_and(|it| it.contains(&at));
    leaves.into_iter().map(|it| it.1).find(|it| holds(it))
}

/// Keys by which an item of a list is known.
const KNOWN_BY: &[&str] = &["job", "stage", "deployment", "name", "key", "label", "id"];

fn path_of(steps: &[Step<'_>]) -> String {
    let mut path: Vec<String> = Vec::new();
    for step in steps {
        match step {
            Step::Key(_, entry) => path.push(entry.key.clone()),
            Step::Item(list, at) => {
                let item = list.items().get(*at);
                let name = item.and_then(|it| KNOWN_BY.iter().find_map(|key| it.get(key)?.text()));
                path.extend(name.map(Text::to_string));
            }
        }
    }
    path.join(".")
}

/// The shell that the nearest table names.
fn shell(steps: &[Step<'_>]) -> Option<String> {
    let tables = steps.iter().rev().filter_map(|it| match it {
        Step::Key(table, _) => Some(*table),
        Step::Item(..) => None,
    });
    let named = |table: &Tree| {
        let own = table.get("shell").or(table.at(&["defaults", "run", "shell"]))?;
        own.text().map(Text::to_string)
    };
    tables.into_iter().find_map(named)
}
