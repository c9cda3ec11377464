//! What of one policy lets more pass than another, and which line of it.

use super::{rules, weakenings};

fn diff(before: &str, after: &str) -> Vec<String> {
    weakenings(&rules(before), &rules(after))
}

const NONE: [&str; 0] = [];

#[test]
fn a_policy_is_not_weaker_than_itself() {
    let text = include_str!("../../policy.toml");
    assert_eq!(weakenings(&super::policy(text), &super::policy(text)), NONE);
}

#[test]
fn a_lower_level() {
    assert_eq!(
        diff("[rules]\ndrop-table = \"deny\"\n", "[rules]\ndrop-table = \"warn\"\n"),
        ["drop-table: deny -> warn"]
    );
    assert_eq!(diff("", "[rules]\ndrop-table = \"warn\"\n"), ["drop-table: deny -> warn"]);
    assert_eq!(
        diff("[rules]\nalter-column-type = \"deny\"\n", ""),
        ["alter-column-type: deny -> approve, its default"]
    );
}

#[test]
fn a_higher_level_or_one_line_less_of_the_same_is_not_weaker() {
    assert_eq!(
        diff(
            "[rules]\nalter-column-type = \"approve\"\n",
            "[rules]\nalter-column-type = \"deny\"\n"
        ),
        NONE
    );
    assert_eq!(diff("[rules]\ndrop-table = \"deny\"\n", ""), NONE);
    assert_eq!(diff("[rules]\ndrop-table = \"warn\"\n", ""), NONE);
}

#[test]
fn the_place_is_the_line_of_the_proposed_policy() {
    let after = rules("[rules]\ntruncate = \"deny\"\ndrop-table = \"warn\"\n");
    let found = sprag::policy::Policy::weakenings(&rules(""), &after);
    assert_eq!(&after.source.text[found[0].span.range()], "drop-table = \"warn\"");
}

#[test]
fn globs_that_are_gone() {
    let before = "[paths]\nmigrations = [\"db/*.sql\", \"supabase/migrations/*.sql\"]\n";
    assert_eq!(
        diff(before, "[paths]\nmigrations = [\"db/*.sql\"]\n"),
        ["migrations: `supabase/migrations/*.sql` is not judged any more"]
    );
    let wider =
        "[paths]\nmigrations = [\"db/**\", \"**/supabase/migrations/*.sql\", \"more/*.sql\"]\n";
    assert_eq!(diff(before, wider), NONE);
    assert_eq!(
        diff(before, "[paths]\nmigrations = [\"db/0*.sql\", \"supabase/migrations/*.sql\"]\n")
            .len(),
        1
    );
}

#[test]
fn facts_that_let_more_pass() {
    let before = "[database]\nprovider = \"postgresql\"\nversion = 15\nexposed-schemas = [\"public\", \"api\"]\n";
    let after =
        "[database]\nprovider = \"sqlite\"\nversion = 17\nexposed-schemas = [\"api\", \"new\"]\n";
    assert_eq!(
        diff(before, after),
        [
            "database: postgresql -> sqlite",
            "database: version 15 -> 17",
            "exposed-schemas: `public` is gone"
        ]
    );
    assert_eq!(diff(before, &before.replace("15", "14")), NONE);
}

#[test]
fn exemptions_that_are_new_or_wider() {
    let exempt = |list: &str| {
        format!("[rules]\ncolumn-snake-case = {{ level = \"deny\", exempt = [{list}] }}\n")
    };
    assert_eq!(diff("", &exempt("\"public.a.*\"")), ["column-snake-case: exempts `public.a.*`"]);
    assert_eq!(
        diff(&exempt("\"public.a.*\""), &exempt("\"public.*\"")),
        ["column-snake-case: exempts `public.*`"]
    );
    assert_eq!(diff(&exempt("\"public.a.*\""), &exempt("\"public.a.b*\", \"public.a.c\"")), NONE);
    assert_eq!(diff("[rules]\ncolumn-snake-case = \"allow\"\n", &exempt("\"public.a.*\"")), NONE);
}

#[test]
fn exceptions_that_are_new_wider_or_longer() {
    let exception = |subject: &str, rest: &str| {
        format!(
            "[[exceptions]]\nrule = \"drop-table\"\nsubject = \"{subject}\"\nreason = \"r\"\n{rest}\n"
        )
    };
    let before = exception("public.a*", "until = 2027-01-01\npaths = [\"db/*\"]");
    assert_eq!(
        diff("", &before),
        ["drop-table: an exception for `public.a*` in `db/*` until 2027-01-01"]
    );
    assert_eq!(
        diff(&before, &exception("public.*", "until = 2027-01-01\npaths = [\"db/*\"]")).len(),
        1
    );
    assert_eq!(diff(&before, &exception("public.a*", "until = 2027-01-01")).len(), 1);
    assert_eq!(
        diff(&before, &exception("public.a*", "until = 2027-01-02\npaths = [\"db/*\"]")),
        ["drop-table: the exception for `public.a*` now holds until 2027-01-02"]
    );
    assert_eq!(
        diff(&before, &exception("public.a*", "paths = [\"db/*\"]")),
        ["drop-table: the exception for `public.a*` now holds without an end"]
    );
    assert_eq!(
        diff(&before, &exception("public.ab", "until = 2026-01-01\npaths = [\"db/1*\"]")),
        NONE
    );
    assert_eq!(diff(&before, &before.replace("\"r\"", "\"another reason\"")), NONE);
    assert_eq!(diff(&before, ""), NONE);
}

fn over(paths: &str, rule: &str) -> String {
    format!("[[overrides]]\npaths = [{paths}]\n[overrides.rules]\n{rule}\n")
}

#[test]
fn overrides_that_are_new_gone_or_reordered() {
    let loose = over("\"old/**\"", "drop-table = \"warn\"");
    let tight = over("\"old/**\"", "alter-column-type = \"deny\"");
    assert_eq!(diff("", &loose), ["drop-table in `old/**`: deny -> warn"]);
    assert_eq!(diff(&loose, ""), NONE);
    assert_eq!(diff("", &tight), NONE);
    assert_eq!(diff(&tight, ""), ["alter-column-type in `old/**`: deny -> approve, its default"]);
    let (a, b) = (over("\"a/*\"", "truncate = \"warn\""), over("\"*/b\"", "truncate = \"deny\""));
    assert_eq!(
        diff(&format!("{a}{b}"), &format!("{b}{a}")),
        ["truncate in `*/b` and `a/*`: deny -> warn"]
    );
    assert_eq!(
        diff(&loose, &over("\"old/**\", \"more/**\"", "drop-table = \"warn\"")),
        ["drop-table in `more/**`: deny -> warn"]
    );
    assert_eq!(diff(&loose, &over("\"old/1*\"", "drop-table = \"warn\"")), NONE);
    assert_eq!(diff(&loose, &over("\"old/**\"", "drop-table = \"approve\"")), NONE);
}

#[test]
fn many_globs_are_compared_as_few_are() {
    let all = |level: &str| -> String {
        (0..40)
            .map(|n| over(&format!("\"d{n}/**\""), &format!("drop-table = \"{level}\"")))
            .collect()
    };
    let loose = format!("[rules]\nalter-column-type = \"approve\"\n{}", all("warn"));
    assert_eq!(diff(&loose, &loose), NONE);
    assert_eq!(diff(&loose, &loose.replace("= \"approve\"", "= \"deny\"")), NONE);
    assert_eq!(
        diff(&loose, &loose.replace("drop-table = \"warn\"", "drop-table = \"deny\"")),
        NONE
    );
    assert_eq!(diff(&all("deny"), &all("warn")).len(), 40);
    let one = loose.replacen("drop-table = \"warn\"", "drop-table = \"allow\"", 1);
    assert_eq!(diff(&loose, &one), ["drop-table in `d0/**`: warn -> allow"]);
}

#[test]
fn globs_that_say_the_same_in_other_words() {
    let paths = |globs: &str| format!("[paths]\nmigrations = [{globs}]\n");
    assert_eq!(diff(&paths("\"db/*.sql\""), &paths("\"{db,sql}/*.sql\"")), NONE);
    assert_eq!(diff(&paths("\"{db,sql}/*.sql\""), &paths("\"db/*.sql\", \"sql/**\"")), NONE);
    assert_eq!(diff(&paths("\"{db,sql}/*.sql\""), &paths("\"db/*.sql\"")).len(), 1);
    assert_eq!(
        diff(&paths("\"a/{b,c/{d,e}}/*.sql\""), &paths("\"a/{b,c/d}/*.sql\", \"a/c/e/*\"")),
        NONE
    );
    for unlike in ["db/*{*,x}/a.sql", "{**/a,b}.sql", "db/{a/,b}**/a.sql"] {
        let deep = paths("\"db/x/y/a.sql\", \"a/b/a.sql\", \"db/a/b/c/a.sql\"");
        assert_ne!(diff(&deep, &paths(&format!("\"{unlike}\""))), NONE, "{unlike}");
    }
    assert_eq!(diff(&paths("\"db/{,x}*.sql\""), &paths("\"db/x*.sql\"")).len(), 1);
}

#[test]
fn workflows_that_may_rehearse() {
    let list = |globs: &str| format!("[deploy]\nrehearsals = [{globs}]\n");
    assert_eq!(diff("", &list("\".github/workflows/test.yml\"")), NONE);
    assert_eq!(diff("", &list("")), NONE, "none may");
    assert_eq!(diff(&list(""), &list("")), NONE);
    assert_eq!(
        diff(&list(""), &list("\".github/workflows/test.yml\"")),
        ["deploy: `.github/workflows/test.yml` may migrate a database of its own"]
    );
    assert_eq!(
        diff("", &list("\".github/workflows/*\"")),
        ["deploy: `.github/workflows/*` may migrate a database of its own"]
    );
    let none = rules(&list(""));
    assert!(!none.deploy.rehearses(&".github/workflows/test.yml".into()));
}

#[test]
fn what_a_deploy_may_run_besides() {
    let allow = |list: &str| format!("[deploy]\nallow = [{list}]\n");
    assert_eq!(diff(&allow("\"a\""), &allow("\"a\", \"b  c\"")), ["deploy: allows `b  c`"]);
    assert_eq!(diff(&allow("\"a\""), ""), ["deploy: `allow` is gone"]);
    assert_eq!(diff("", &allow("\"a\"")), NONE);
    assert_eq!(diff(&allow("\"a\", \"b c\""), &allow("\"b  c\"")), NONE);
    assert_eq!(
        diff("", "[deploy]\nlocal-scripts = [\"x\"]\n"),
        ["deploy: takes the script `x` for local"]
    );
}

#[test]
fn who_may_sign() {
    let standard =
        "[approvals]\nsigners = \".sprag/allowed_signers\"\nnamespace = \"sprag-approval\"\n";
    assert_eq!(diff("", standard), NONE);
    assert_eq!(
        diff(standard, "[approvals]\nsigners = \"keys\"\nnamespace = \"x\"\n"),
        [
            "approvals: signers `.sprag/allowed_signers` -> `keys`",
            "approvals: namespace `sprag-approval` -> `x`"
        ]
    );
}
