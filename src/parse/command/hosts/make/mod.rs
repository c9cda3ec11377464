//! `Makefile`: targets and their recipes.

mod variables;

use std::ops::Range;

use crate::parse::command::lines::{lines, offset};
use crate::parse::command::names::{deploys, is_local_file};
use crate::parse::command::{Call, Host, Kind, Reading, Spot, Text, Weight, Word};
use crate::source::Source;

use variables::{Place, Variables};

/// How many targets one rule may have, and how many files one may include.
const MOST: usize = 100;
/// How many targets of one rule have a recipe of their own, where it names its target.
const OWN: usize = 8;

pub(super) fn read(source: &Source) -> Reading {
    let mut makefile = Makefile::default();
    makefile.read(&source.text);
    makefile.write(source)
}

#[derive(Default)]
struct Makefile {
    variables: Variables,
    rules: Vec<Rule>,
    /// `include more.mk`.
    includes: Vec<(String, Range<usize>)>,
    /// Commands that run whenever the file is read: `X := $(shell …)`.
    at_once: Vec<Text>,
    /// `.DEFAULT_GOAL`.
    default: Option<String>,
    /// `.RECIPEPREFIX`.
    prefix: Option<char>,
    /// All lines of a recipe are one script.
    oneshell: bool,
    /// How many conditions the line stands in.
    conditions: usize,
}

/// Targets and what makes them.
struct Rule {
    targets: Vec<String>,
    prerequisites: Vec<String>,
    range: Range<usize>,
    recipe: Vec<Text>,
}

/// A line with those that continue it.
struct Logical {
    start: usize,
    text: Text,
}

impl Makefile {
    fn read(&mut self, text: &str) {
        let physical: Vec<(usize, &str)> = lines(text).collect();
        let mut at = 0;
        let mut in_rule = false;
        while let Some(&(start, line)) = physical.get(at) {
            let recipe = in_rule && line.starts_with(self.prefix.unwrap_or('\t'));
            let logical = joined(&physical, &mut at, recipe);
            if recipe {
                if let Some(rule) = self.rules.last_mut() {
                    rule.recipe.push(Text::from(logical.text.spots().get(1..).unwrap_or_default()));
                }
                continue;
            }
            if let Some(name) = line.trim_start().strip_prefix("define ") {
                self.define(name, &physical, &mut at);
                continue;
            }
            let text = without_comment(&logical.text.to_string());
            let trimmed = text.trim();
            if trimmed.is_empty() {
                continue;
            }
            let first = trimmed.split([' ', '\t', '(']).next().unwrap_or_default();
            match first {
                "ifeq" | "ifneq" | "ifdef" | "ifndef" => self.conditions += 1,
                "endif" => self.conditions = self.conditions.saturating_sub(1),
                "else" | "unexport" | "vpath" | "endef" => {}
                "include" | "-include" | "sinclude" => {
                    let files = self.variables.expanded(&trimmed[first.len()..], &Place::default());
                    let range = start..start + line.len();
                    let files = files.split_whitespace().take(MOST);
                    self.includes.extend(files.map(|it| (it.to_owned(), range.clone())));
                }
                _ if self.assignment(&text, &logical) => {}
                _ => in_rule = self.rule(&text, &logical),
            }
        }
    }

    /// `define NAME` to `endef`.
    fn define(&mut self, name: &str, lines: &[(usize, &str)], at: &mut usize) {
        let name = name.trim().trim_end_matches(['=', ':', '?', '+', ' ']);
        let mut body = Vec::new();
        while let Some((_, line)) = lines.get(*at) {
            *at += 1;
            if line.trim() == "endef" {
                break;
            }
            if !body.is_empty() {
                body.push('\n');
            }
            // Where it becomes lines of a recipe, each may have the signs of one.
            body.extend(line.trim_start_matches(['@', '-', '+', ' ', '\t']).chars());
        }
        self.variables.set(name, body, self.conditions > 0);
    }

    /// Whether the line sets a variable.
    fn assignment(&mut self, text: &str, logical: &Logical) -> bool {
        let mut line = text.trim();
        for word in ["export ", "override ", "private "] {
            line = line.strip_prefix(word).map_or(line, str::trim_start);
        }
        let Some((name, operator, value)) = assigned(line) else { return false };
        let run = places(&logical.text, text, value);
        let value: Vec<char> = value.chars().collect();
        let perhaps = self.conditions > 0;
        match (name, operator) {
            (".DEFAULT_GOAL", _) => self.default = Some(value.iter().collect()),
            (".RECIPEPREFIX", _) => self.prefix = value.first().copied(),
            (_, "?") if self.variables.is_set(name) => {}
            (_, "+") => self.variables.append(name, &value, perhaps),
            (_, "!") => {
                self.at_once.push(run);
                let value = ["$(shell ".chars().collect(), value, vec![')']].concat();
                self.variables.set(name, value, perhaps);
            }
            (_, ":") => {
                if value.windows(7).any(|it| it.iter().collect::<String>() == "$(shell") {
                    self.at_once.push(run);
                }
                // Its own name stands for what it was before.
                let before = format!("$({name})");
                let text: String = value.iter().collect();
                let value = if text.contains(&before) {
                    self.variables
                        .expanded(&text, &Place::default())
                        .replace('$', "$$")
                        .chars()
                        .collect()
                } else {
                    value
                };
                self.variables.set(name, value, perhaps);
            }
            _ => self.variables.set(name, value, perhaps),
        }
        true
    }

    /// Whether the line begins a rule, so that recipes may follow.
    fn rule(&mut self, line: &str, logical: &Logical) -> bool {
        let Some(colon) = colon(line) else { return false };
        let (head, rest) = line.split_at(colon);
        let rest = rest.trim_start_matches(':');
        let (rest, inline) =
            rest.split_once(';').map_or((rest, None), |(rest, it)| (rest, Some(it)));
        if let Some((name, _, value)) = assigned(rest.trim()) {
            // A variable of this target alone.
            self.variables.set(name, value.chars().collect(), true);
            return true;
        }
        let head = self.variables.expanded(head.trim_end_matches('&'), &Place::default());
        let rest = self.variables.expanded(rest, &Place::default());
        // `objects: %.o: %.c`
        let rest = rest.rsplit(':').next().unwrap_or_default();
        let words = |it: &str| -> Vec<String> {
            it.split_whitespace().take(MOST).filter(|it| *it != "|").map(str::to_owned).collect()
        };
        let targets = words(&head);
        self.oneshell |= targets.iter().any(|it| it == ".ONESHELL");
        let targets = targets.into_iter().filter(|it| !it.contains('%') && !is_special(it));
        let text = &logical.text;
        let mut recipe = Vec::new();
        if let Some(inline) = inline {
            recipe.push(places(text, line, inline));
        }
        let range = text.range().unwrap_or(logical.start..logical.start);
        let targets = targets.collect();
        self.rules.push(Rule { targets, prerequisites: words(rest), range, recipe });
        true
    }

    fn write(mut self, source: &Source) -> Reading {
        let mut reading = Reading::default();
        let local = is_local_file(&source.path);
        let whole = Host::new(Kind::Makefile, source, "", Weight::Maybe);
        for text in std::mem::take(&mut self.at_once) {
            let range = text.range().unwrap_or_default();
            let text = self.variables.expand(text.spots(), &Place::default());
            reading.add_shell(&whole, &range, &text);
        }
        for (path, range) in self.includes.iter().filter(|it| !it.0.contains('$')) {
            let path = Word::new(Text::within(path, range));
            reading.link(&whole, range.clone(), Call::file_as(path, Kind::Makefile));
        }
        let first =
            self.rules.iter().flat_map(|it| it.targets.iter().map(|name| (name, &it.range)));
        let named = self.default.as_deref().map(str::trim);
        let default = first.clone().find(|it| named.is_none_or(|name| name == it.0));
        if let Some((name, range)) = default {
            let part = Word::new(Text::within(name, range));
            reading.link(&whole, range.clone(), Call::part(part));
        }
        for rule in std::mem::take(&mut self.rules) {
            let own = rule.recipe.iter().any(|it| it.to_string().contains("$@"));
            for (at, target) in rule.targets.iter().enumerate() {
                let weight = if deploys(target) && !local { Weight::Named } else { Weight::Maybe };
                let host = Host::new(Kind::Makefile, source, target.as_str(), weight);
                match rule.targets.first() {
                    // All have the same recipe, which is read once unless it names its target.
                    Some(first) if at > if own { OWN } else { 0 } => {
                        let part = Word::new(Text::within(first, &rule.range));
                        reading.link(&host, rule.range.clone(), Call::part(part));
                    }
                    _ => self.target(&mut reading, &host, &rule),
                }
            }
        }
        reading
    }

    fn target(&mut self, reading: &mut Reading, host: &Host, rule: &Rule) {
        for name in &rule.prerequisites {
            let part = Word::new(Text::within(name, &rule.range));
            reading.link(host, rule.range.clone(), Call::part(part.clone()));
            for (path, range) in self.includes.iter().filter(|it| !it.0.contains('$')).take(MOST) {
                let path = Some(Word::new(Text::within(path, range)));
                let call =
                    Call::File { path, kind: Some(Kind::Makefile), part: Some(part.clone()) };
                reading.link(host, rule.range.clone(), call);
            }
        }
        let lines: Vec<Text> = if self.oneshell {
            let mut script = Text::default();
            rule.recipe.iter().for_each(|it| {
                script.extend(it.spots());
                let end = it.range().map_or(rule.range.end, |it| it.end);
                script.push(Spot { c: '\n', start: end, end });
            });
            vec![script]
        } else {
            rule.recipe.clone()
        };
        for line in lines {
            let Some(range) = line.range() else { continue };
            for branch in 0..self.variables.branches(&line) {
                let place = Place {
                    branch,
                    target: host.key.to_string(),
                    first: rule.prerequisites.first().cloned().unwrap_or_default(),
                    all: rule.prerequisites.join(" "),
                };
                let text = self.variables.expand(line.spots(), &place);
                reading.add_shell(host, &range, &without_prefixes(&text));
            }
        }
    }
}

/// A line and those that continue it. In a recipe the shell joins them, elsewhere each end becomes a blank.
fn joined(lines: &[(usize, &str)], at: &mut usize, recipe: bool) -> Logical {
    let mut text = Text::default();
    let mut begin = None;
    while let Some(&(start, line)) = lines.get(*at) {
        *at += 1;
        // The sign of a recipe is dropped from the lines that go on, too.
        let kept =
            if begin.is_some() && recipe { line.strip_prefix('\t').unwrap_or(line) } else { line };
        let from = offset(start, line, kept);
        begin.get_or_insert(start);
        let backslashes = kept.len() - kept.trim_end_matches('\\').len();
        if backslashes % 2 == 0 {
            text.extend(Text::plain(kept, from).spots());
            break;
        }
        let end = start + line.len();
        if recipe {
            text.extend(Text::plain(kept, from).spots());
            text.push(Spot { c: '\n', start: end, end });
        } else {
            text.extend(Text::plain(kept.strip_suffix('\\').unwrap_or(kept), from).spots());
            text.push(Spot { c: ' ', start: end, end });
        }
    }
    Logical { start: begin.unwrap_or_default(), text }
}

/// The text up to the `#` that begins a comment.
fn without_comment(text: &str) -> String {
    let mut before = None;
    let end = text.char_indices().find(|(_, c)| {
        let comment = *c == '#' && before != Some('\\');
        before = Some(*c);
        comment
    });
    text[..end.map_or(text.len(), |it| it.0)].to_owned()
}

/// The characters of a line that `part` of its text stands for, with their places.
fn places(line: &Text, text: &str, part: &str) -> Text {
    let before = text.get(..offset(0, text, part)).unwrap_or_default().chars().count();
    let spots = line.spots().get(before..).unwrap_or_default();
    Text::from(spots.get(..part.chars().count()).unwrap_or_default())
}

/// The name, the sign before `=`, and the value of an assignment.
fn assigned(line: &str) -> Option<(&str, &str, &str)> {
    let at = line.find('=')?;
    let (name, value) = (&line[..at], &line[at + 1..]);
    let bare = name.trim_end_matches([':', '?', '+', '!']);
    let operator = name[bare.len()..].get(..1).unwrap_or("");
    let bare = bare.trim();
    let fits = !bare.is_empty()
        && !bare
            .contains(|it: char| it.is_whitespace() || matches!(it, ':' | '#' | '=' | '$' | ';'));
    fits.then_some((bare, operator, value.trim_start()))
}

/// Where the `:` of a rule stands: outside of references.
fn colon(line: &str) -> Option<usize> {
    let mut depth = 0_usize;
    line.char_indices()
        .find(|(_, c)| {
            match c {
                '(' | '{' => depth += 1,
                ')' | '}' => depth = depth.saturating_sub(1),
                _ => {}
            }
            *c == ':' && depth == 0
        })
        .map(|it| it.0)
}

/// `.PHONY` and its like, which are no targets.
fn is_special(target: &str) -> bool {
    target
        .strip_prefix('.')
        .is_some_and(|it| it.chars().all(|it| it.is_ascii_uppercase() || it == '_'))
}

/// A line of a recipe without the signs that tell make how to run it.
fn without_prefixes(text: &Text) -> Text {
    let spots = text.spots();
    let from = spots.iter().position(|it| !matches!(it.c, '@' | '-' | '+' | ' ' | '\t'));
    Text::from(spots.get(from.unwrap_or(spots.len())..).unwrap_or_default())
}
