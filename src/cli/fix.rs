//! `sprag fix`: what a machine can mend, shown or written.

use std::fmt::Write as _;

use super::arguments::Fix;
use super::output::Output;
use super::{PASSED, REFUSED, now};
use crate::failure::Result;
use crate::fix::{Plan, Question, Worktree, plan, plan_merged};
use crate::gate::{self, Stop};
use crate::repo::{Caller, Repo, Side};
use crate::report::Action;
use crate::rules;
use crate::verdict::Outcome;

pub(super) fn run(it: &Fix, output: &Output) -> Result<u8> {
    if let Some(name) = it.rules.iter().find(|it| rules::by_name(it).is_none()) {
        return Err(super::rules::unknown(name));
    }
    let repo = Repo::open(Caller::Command)?;
    let mut change = gate::to_be_committed(&repo)?;
    let mut action = Action::Change { against: "HEAD".to_owned() };
    if let Some(base) = &it.base {
        let since = gate::since(&repo, &repo.commit(base)?, &repo.commit("HEAD")?)?;
        change = since.to(&repo, change.after);
        action = Action::Change { against: base.clone() };
    }
    let worktree = Worktree::new(&repo, change.after.clone())?;
    let unstaged = worktree.unstaged(&gate::migrations(&change)?)?;
    let question = Question { change, worktree: &worktree, now: now(), rules: &it.rules };
    let planned = if it.merged {
        let head = repo.commit("HEAD")?;
        gate::audit(&repo, &Side::Tree(head.tree), now())
            .and_then(|audited| plan_merged(&question, unstaged, &audited))
    } else {
        plan(&question, unstaged)
    };
    let plan = match planned {
        Ok(plan) => plan,
        Err(Stop::Failure(failure)) => return Err(failure),
        Err(stop) => return Ok(output.verdict(Err(stop), &action, false)),
    };
    if it.write && !plan.files.is_empty() {
        worktree.write(&plan.files)?;
    }
    tell(&plan, it.write, output);
    let waits = !it.write && !plan.files.is_empty();
    Ok(if waits || plan.after.verdict.blocks() { REFUSED } else { PASSED })
}

/// The diff goes where it can be piped on; what is said about it goes beside it.
fn tell(plan: &Plan, write: bool, output: &Output) {
    if !write {
        for (path, (before, after)) in &plan.files {
            let before = before.as_ref().map(|it| it.text.as_ref());
            output.diff(&path.to_string(), before, after);
        }
    }
    let mut text = String::new();
    if plan.done.is_empty() {
        text.push_str("there is nothing that a machine can mend\n");
    }
    let verb = if write { "fixed" } else { "would fix" };
    for (rule, title) in &plan.done {
        _ = writeln!(text, "{verb} {rule}: {title}");
    }
    for left in &plan.left {
        _ = writeln!(text, "left {} of `{}`: {}", left.rule, left.subject, left.why);
    }
    let judged = &plan.after.verdict.judged;
    let blocking = judged.iter().filter(|it| it.outcome == Outcome::Blocks).count();
    if blocking > 0 {
        let (plural, verb) = if blocking == 1 { ("", "is") } else { ("s", "are") };
        _ = writeln!(text, "{blocking} finding{plural} {verb} left for people: `sprag check`");
    }
    if !plan.files.is_empty() {
        if write {
            for path in plan.files.keys() {
                _ = writeln!(text, "wrote {path}");
            }
            text.push_str("look at it, and stage it\n");
        } else {
            text.push_str("nothing is written; `sprag fix --write` writes it\n");
        }
    }
    output.aside(&text);
}
