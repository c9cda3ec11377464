//! What `[approvals]` can say, and what it takes to say less.

use std::fmt::Write as _;

use insta::assert_snapshot;
use sprag::policy::Policy;
use sprag::source::{Lines, Source};

const ROLES: &str = "[approvals]\nthreshold = 1\n[approvals.roles]\nowner = [\"ceo@x\", \"cto@x\"]\ndata = [\"dba@x\", \"ceo@x\"]\n\
                     [approvals.rules]\nalter-column-type = { role = \"data\", threshold = 2 }\ndrop-column = \"owner\"\npolicy-change = \"owner\"\n";

fn source(lines: &str) -> Source {
    Source::new("policy.toml", format!("version = 1\n{lines}"))
}

fn policy(lines: &str) -> Policy {
    Policy::parse(&source(lines)).unwrap()
}

fn problems(lines: &str) -> String {
    let source = source(lines);
    let Err(problems) = Policy::parse(&source) else { return "no problems\n".to_owned() };
    let places = Lines::new(&source.text);
    let mut out = String::new();
    for it in problems {
        let at = places.position(it.span.start);
        let help = it.help.unwrap_or_default();
        let _ = writeln!(out, "{}:{}: {}\n  help: {help}", at.line, at.column, it.message);
    }
    out
}

#[test]
fn who_may_approve_what_and_how_many_it_takes() {
    let it = policy(ROLES).approvals;
    assert_eq!(it.people("drop-column").unwrap(), ["ceo@x", "cto@x"]);
    assert_eq!(it.people("rename-table"), None);
    assert_eq!((it.threshold("alter-column-type"), it.threshold("drop-column")), (2, 1));
    // Fewer people must not be able to change it than it asks for.
    assert_eq!(it.threshold("policy-change"), 2);
    let default = policy("").approvals;
    assert!(default.distinct && default.repo.is_none() && default.longest_days.is_none());
}

#[test]
fn what_is_wrong_is_said_with_its_line() {
    let lines = "[approvals]\nrepo = \"a b\"\nlongest-days = 0\ndistinct = \"yes\"\nthreshold = 99\nthresold = 1\n\
                 [approvals.roles]\nowner = \"ceo@x\"\nidle = [\"a@x\"]\n\
                 [approvals.rules]\ndrop-colum = \"owner\"\ndrop-table = \"onwer\"\ndrop-column = 1\ntruncate = {}\ndrop-type = { role = \"owner\", by = 1 }\npolicy-tampered = \"owner\"\n";
    assert_snapshot!(problems(lines), @r###"
    3:8: `a b` cannot be a repository
      help: use letters, digits and `@` `.` `_` `-` `/` `:`
    4:16: `longest-days` is 0, which is not between 1 and 3650
      help: 
    5:12: `distinct` is `true` or `false`, not a string
      help: write it without quotes
    6:13: `threshold` is 99, which is not between 1 and 50
      help: 
    7:1: there is no `thresold` in `[approvals]`
      help: did you mean `threshold`?
    9:9: `owner` is a list of strings, not a string
      help: put it in `[` and `]`
    10:1: no rule asks for the role `idle`
      help: name it under `[approvals.rules]`, or remove it
    11:12: `policy-change` is missing
      help: say who may change the policy itself: `policy-change = "..."`
    12:1: there is no rule `drop-colum`
      help: did you mean `drop-column`?
    13:14: there is no role `onwer`
      help: did you mean `owner`?
    14:15: `drop-column` is a role, not an integer
      help: write `drop-column = "owner"`, or `{ threshold = 2 }`
    15:12: `truncate` is empty
      help: name a role, or a threshold
    16:31: there is no `by` in `drop-type`
      help: `drop-type` can hold `role` and `threshold`
    17:1: nobody approves tampering
      help: write `policy-change`, which is what such an approval names
    "###);
    let lonely = ROLES.replace("[\"ceo@x\", \"cto@x\"]", "[\"ceo@x\"]");
    assert_snapshot!(problems(&lonely), @r###"
    10:1: `policy-change` asks for 2 people, and `owner` has 1
      help: changing the policy takes as many people as its strictest rule: name more of them
    "###);
}

#[test]
fn every_way_to_ask_for_less_is_told() {
    let strict = ROLES.replace(
        "[approvals]\n",
        "[approvals]\nrepo = \"acme/shop\"\nlongest-days = 30\ndistinct = true\n",
    );
    let told = |from: &str, to: &str| {
        let weaker = Policy::weakenings(&policy(&strict), &policy(&strict.replace(from, to)));
        weaker.into_iter().map(|it| it.text).collect::<Vec<_>>().join("; ")
    };
    let mut all = String::new();
    for (from, to) in [
        ("acme/shop", "acme/other"),
        ("repo = \"acme/shop\"\n", ""),
        ("longest-days = 30", "longest-days = 31"),
        ("longest-days = 30\n", ""),
        ("distinct = true", "distinct = false"),
        ("distinct = true", "branches-may-wait = true"),
        (", threshold = 2", ""),
        ("\"dba@x\", ", "\"dba@x\", \"new@x\", "),
        ("drop-column = \"owner\"", "drop-column = \"data\""),
        ("drop-column = \"owner\"\n", ""),
        ("policy-change = \"owner\"", "policy-change = { threshold = 2 }"),
    ] {
        let _ = writeln!(all, "{}", told(from, to));
    }
    assert_snapshot!(all, @r###"
    approvals: repo `acme/shop` -> `acme/other`
    approvals: repo `acme/shop` is gone
    approvals: longest-days 30 -> 31
    approvals: longest-days 30 is gone
    approvals: who wrote a change may approve it
    approvals: branches may hold what waits for an approval
    approvals: `alter-column-type`: threshold 2 -> 1; approvals: `policy-change`: threshold 2 -> 1
    approvals: `alter-column-type`: `new@x` may approve it
    approvals: `drop-column`: `dba@x` may approve it
    approvals: `drop-column`: anybody on the list may approve it
    approvals: `policy-change`: anybody on the list may approve it
    "###);
    for (from, to) in [
        ("longest-days = 30", "longest-days = 10"),
        ("threshold = 1", "threshold = 2"),
        ("drop-column = \"owner\"", "drop-column = { role = \"owner\", threshold = 2 }"),
        ("drop-column = \"owner\"", "drop-column = \"owner\"\ndrop-table = \"owner\""),
        (", \"ceo@x\"]", ", \"ceo@x\"] # as before"),
        ("distinct = true\n", ""),
    ] {
        assert_eq!(told(from, to), "", "{from} -> {to}");
    }
}

#[test]
fn of_two_policies_the_stricter_word_counts() {
    let trusted = policy(ROLES).approvals;
    let other = "[approvals]\nthreshold = 2\nrepo = \"acme/shop\"\nlongest-days = 30\ndistinct = false\nsigners = \"mine\"\nnamespace = \"mine\"\n\
                 [approvals.roles]\ndata = [\"dba@x\", \"new@x\"]\nrest = [\"ceo@x\", \"new@x\"]\n\
                 [approvals.rules]\nalter-column-type = \"data\"\ndrop-table = \"rest\"\npolicy-change = \"rest\"\n";
    let proposed = policy(other).approvals;
    let both = sprag::policy::Approvals::stricter(&trusted, &proposed);
    assert_eq!(both.people("alter-column-type").unwrap(), ["dba@x"]);
    assert_eq!(both.people("drop-column").unwrap(), ["ceo@x", "cto@x"]);
    assert_eq!(both.people("drop-table").unwrap(), ["ceo@x", "new@x"]);
    assert_eq!(both.people("rename-table"), None);
    for rule in ["alter-column-type", "drop-column", "drop-table", "rename-table"] {
        assert_eq!(both.threshold(rule), 2, "{rule}");
    }
    assert_eq!((both.repo.as_deref(), both.longest_days), (Some("acme/shop"), Some(30)));
    assert!(both.distinct);
    // Whose word counts, and who may change that, the trusted one says alone.
    assert_eq!((&both.signers, &both.namespace), (&trusted.signers, &trusted.namespace));
    assert_eq!(both.people("policy-change"), trusted.people("policy-change"));
    assert_eq!(both.threshold("policy-change"), trusted.threshold("policy-change"));
    // The other way round as well, but for what only one of them can say.
    let turned = sprag::policy::Approvals::stricter(&proposed, &trusted);
    assert_eq!(turned.people("alter-column-type").unwrap(), ["dba@x"]);
    assert_eq!((turned.threshold("drop-column"), turned.distinct), (2, true));
    assert_eq!((turned.repo.as_deref(), turned.longest_days), (Some("acme/shop"), Some(30)));
}
