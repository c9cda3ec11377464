//! How a way from a deployment to a command is told.

use super::reach::{Reached, Step};
use crate::parse::command::Weight;
use crate::rules::{Finding, Label};

/// A finding at the place of the command, with the way that leads there.
pub(super) fn told(reached: &Reached<'_>, message: String) -> Option<Finding> {
    let chain = shown(&reached.chain);
    let last = reached.chain.last()?;
    let message = if chain.len() < 2 { message } else { format!("{message}: {}", way(&chain)) };
    let subject = match &*last.host.key {
        "" => last.host.path.to_string(),
        key => format!("{}:{key}", last.host.path),
    };
    let evidence = if reached.repeated { reached.hit.what.word() } else { reached.text };
    let mut finding = Finding::new(subject, last.span.clone(), message).evidence(evidence);
    if chain.len() > 1 {
        let label = |it: &&Step<'_>| Label { span: it.span.clone(), text: it.host.name() };
        finding.path = chain.iter().map(label).collect();
    }
    Some(finding)
}

/// When it runs.
pub(super) fn when(reached: &Reached<'_>) -> String {
    let Some(first) = reached.chain.first() else { return String::new() };
    match (reached.weight, first.host.kind) {
        (Weight::Alone, _) => format!("wherever `{}` does", first.host.path),
        (_, kind) if kind.is_automation() => "in automation".to_owned(),
        _ => "on every deployment".to_owned(),
    }
}

/// The steps that a reader needs: what only holds the next one in the same file is none.
fn shown<'a, 'b>(chain: &'b [Step<'a>]) -> Vec<&'b Step<'a>> {
    let needless = |at: usize| {
        let (this, next) = (&chain[at], chain.get(at + 1));
        this.host.key.is_empty() && next.is_some_and(|it| it.host.path == this.host.path)
    };
    (0..chain.len()).filter(|at| !needless(*at)).map(|at| &chain[at]).collect()
}

fn way(chain: &[&Step<'_>]) -> String {
    let names: Vec<String> = chain.iter().map(|it| format!("`{}`", it.host.name())).collect();
    names.join(" -> ")
}
