//! What new migrations can mend of those that are merged: a file for each folder and kind of fix.

use std::collections::BTreeMap;

use super::plan::{Plan, Question, Work, holds};
use crate::gate::{Outcome, Overlay, Stop};
use crate::rules::Slot;
use crate::source::RepoPath;
use crate::verdict::{Excuse, Judged, Outcome as Standing};

/// Statements for one new migration, and one of the migrations that they are about.
struct Later<'o> {
    about: &'o RepoPath,
    sql: String,
    done: Vec<(&'static str, String)>,
}

/// Everything that an audit found and that can be mended afterwards, what the baseline excuses included: that it was
/// there before is no reason to keep it.
pub fn plan_merged(
    question: &Question<'_>,
    unstaged: Overlay,
    audited: &Outcome,
) -> Result<Plan, Stop> {
    let mut work = Work::new(question, unstaged);
    let mut all: BTreeMap<(RepoPath, &str), Later<'_>> = BTreeMap::new();
    for judged in &audited.verdict.judged {
        let path = &judged.finding.span.path;
        let afterwards = judged.finding.fix.as_ref().and_then(|fix| {
            let (words, sql) = fix.afterwards.as_ref()?;
            Some((words, sql, fix.title.clone()))
        });
        if !is_wanted(question, judged) || !work.is_published(path).unwrap_or(false) {
            continue;
        }
        let Some((words, sql, title)) = afterwards else {
            if judged.finding.fix.is_some() {
                let why = format!("`{path}` is merged, so it takes a new migration");
                let subject = judged.finding.subject.0.clone();
                work.plan.left.push(super::Left { rule: judged.rule.name, subject, why });
            }
            continue;
        };
        if work.is_waiting(&Slot::of(path).folder, sql).unwrap_or(false) {
            continue;
        }
        let key = (Slot::of(path).folder, words.as_str());
        let later = all.entry(key).or_insert_with(|| Later {
            about: path,
            sql: String::new(),
            done: Vec::new(),
        });
        later.sql.push_str(sql);
        later.done.push((judged.rule.name, title));
    }
    let mut before = work.judge(&work.overlay)?;
    for ((_, words), later) in all {
        let rule = later.done.first().map_or("", |it| it.0);
        let subject = later.about.to_string();
        let why = match work.new_migration(later.about, words, &later.sql, &[]) {
            Err(why) => why,
            Ok((path, text)) => {
                let mut overlay = work.overlay.clone();
                overlay.0.insert(path.clone(), Some(text.as_str().into()));
                let after = work.judge(&overlay)?;
                match holds(&before, &after, &[]) {
                    Err(why) => why,
                    Ok(()) => {
                        work.plan.files.insert(path, (None, text.into()));
                        work.plan.done.extend(later.done);
                        (work.overlay, before) = (overlay, after);
                        continue;
                    }
                }
            }
        };
        work.plan.left.push(super::Left { rule, subject, why });
    }
    work.plan.left.sort();
    work.plan.left.dedup();
    work.plan.after = before;
    Ok(work.plan)
}

fn is_wanted(question: &Question<'_>, judged: &Judged) -> bool {
    let stands = !matches!(
        judged.outcome,
        Standing::Excused(Excuse::Policy { .. } | Excuse::Comment { .. })
    );
    let named = question.rules.is_empty() || question.rules.iter().any(|it| it == judged.rule.name);
    stands && named
}
