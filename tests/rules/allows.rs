//! A comment lets a warning pass, for its own statement, and says so when it does not.

use sprag::policy::{Baseline, Date, Policy};
use sprag::source::Source;
use sprag::verdict::{Excuse, Excuses, Inline, Outcome, judge_with_comments};

use crate::sql;

const TODAY: Date = Date { year: 2026, month: 6, day: 30 };

/// What becomes of a migration on top of a table `notes` with a column `body`, under these levels.
fn judged(levels: &str, text: &str) -> Vec<(&'static str, String)> {
    let past =
        "create table notes (id bigint, body text); alter table notes enable row level security;";
    let change = sql::migration("1_change", text);
    let inline: Vec<Inline> = Inline::of(&change).collect();
    let found = sql::judged(&mut sql::database(&[past]), &[change]);
    let policy = format!("version = 1\n[rules]\nempty-migration = \"allow\"\n{levels}");
    let policy = Policy::parse(&Source::new("policy.toml", policy)).unwrap();
    let baseline = Baseline::default();
    let excuses = Excuses { policy: &policy, baseline: &baseline, today: TODAY, inline: &inline };
    let judged = judge_with_comments(found, &excuses);
    let about = ["drop-column", "invalid-allow", "unused-allow"];
    let judged = judged.into_iter().filter(|it| about.contains(&it.rule.name));
    let told = judged.map(|it| {
        let outcome = match it.outcome {
            Outcome::Blocks => "blocks".to_owned(),
            Outcome::Warns => "warns".to_owned(),
            Outcome::Excused(Excuse::Comment { reason, .. }) => format!("excused: {reason}"),
            Outcome::Excused(_) => "excused".to_owned(),
        };
        (it.rule.name, outcome)
    });
    told.collect()
}

const WARN: &str = "drop-column = \"warn\"";
const DROP: &str = "alter table notes drop column body;";
const ALLOW: &str = "-- sprag: allow drop-column reason=\"unused\"";

fn is_excused(text: &str) -> bool {
    judged(WARN, text) == [("drop-column", "excused: unused".to_owned())]
}

#[test]
fn a_comment_on_the_line_or_directly_above_excuses_the_statement() {
    assert!(is_excused(&format!("{DROP} {ALLOW}\n")));
    assert!(is_excused(&format!("{ALLOW}\n{DROP}\n")));
    assert!(is_excused(&format!("{ALLOW}\r\n-- another word\r\n{DROP}\r\n")));
    assert!(is_excused(&format!("alter table notes\n  {ALLOW}\n  drop column body;\n")));
    assert!(is_excused(&format!("alter table notes\n  drop column body; {ALLOW}")));
    assert!(is_excused(&format!("select 1;\n{ALLOW} until=2026-06-30\n{DROP}\n")));
}

#[test]
fn a_comment_is_for_no_other_statement() {
    for text in [
        format!("{ALLOW}\nselect 1; {DROP}"),
        format!("{ALLOW}\n\n{DROP}"),
        format!("{ALLOW}\nselect 1;\n{DROP}"),
        format!("{DROP}\n{ALLOW}\n"),
        format!("select '\n{ALLOW}\n'; \n{DROP}"),
        format!("do $$ begin\n{ALLOW}\nend $$;\n{DROP}"),
    ] {
        assert!(!is_excused(&text), "{text}");
        assert!(judged(WARN, &text).contains(&("drop-column", "warns".to_owned())), "{text}");
    }
}

#[test]
fn what_is_refused_is_not_excused_by_a_comment() {
    for level in ["deny", "approve"] {
        let judged = judged(&format!("drop-column = \"{level}\""), &format!("{ALLOW}\n{DROP}"));
        let wanted = [("drop-column", "blocks".to_owned()), ("unused-allow", "warns".to_owned())];
        assert_eq!(judged, wanted, "{level}");
    }
}

#[test]
fn a_comment_that_excuses_nothing_is_told() {
    let idle = vec![("unused-allow", "warns".to_owned())];
    assert_eq!(judged(WARN, &format!("{ALLOW}\nselect 1;")), idle);
    assert_eq!(judged("drop-column = \"allow\"", &format!("{ALLOW}\n{DROP}")), idle);
}

#[test]
fn a_comment_holds_until_its_last_day() {
    let judged = judged(WARN, &format!("{ALLOW} until=2026-06-29\n{DROP}"));
    let wanted = [("drop-column", "warns".to_owned()), ("unused-allow", "warns".to_owned())];
    assert_eq!(judged, wanted);
}

#[test]
fn a_comment_that_cannot_be_understood_is_told() {
    for comment in [
        "-- sprag: allow drop-column",
        "-- sprag: allow dorp reason=\"x\"",
        "/* sprag: allow drop-column reason=\"x\" */",
    ] {
        let judged = judged(WARN, &format!("{comment}\n{DROP}"));
        let wanted = [("drop-column", "warns".to_owned()), ("invalid-allow", "warns".to_owned())];
        assert_eq!(judged, wanted, "{comment}");
    }
}
