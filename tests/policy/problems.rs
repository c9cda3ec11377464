//! Every problem has a line, a column and a way out.

use insta::assert_snapshot;

use super::{catalogue, problems};
use sprag::policy::Policy;

#[test]
fn a_rule_that_does_not_exist() {
    assert_snapshot!(problems("version = 1\n[rules]\ndrop-tabel = \"deny\"\n"), @r###"
    policy.toml:3:1: there is no rule `drop-tabel`  |drop-tabel|
      help: did you mean `drop-table`?
    "###);
}

#[test]
fn a_rule_that_is_like_no_other() {
    assert_snapshot!(problems("version = 1\n[rules]\nnaming = \"deny\"\n"), @r###"
    policy.toml:3:1: there is no rule `naming`  |naming|
      help: `sprag rules` lists them
    "###);
}

#[test]
fn a_section_that_does_not_exist() {
    assert_snapshot!(problems("version = 1\n[rulez]\ndrop-table = \"deny\"\n"), @r###"
    policy.toml:2:2: there is no `rulez` in a policy  |rulez|
      help: did you mean `rules`?
    "###);
}

#[test]
fn a_key_that_does_not_exist() {
    assert_snapshot!(problems("version = 1\n[approvals]\nnamespace = \"a\"\nexclude = [\"**\"]\n"), @r###"
    policy.toml:4:1: there is no `exclude` in `[approvals]`  |exclude|
      help: `[approvals]` can hold `signers`, `namespace`, `repo`, `longest-days`, `distinct`, `branches-may-wait`, `threshold`, `roles` and `rules`
    "###);
}

#[test]
fn a_section_that_nobody_has_heard_of() {
    assert_snapshot!(problems("version = 1\n[naming]\npattern = \"[a-\"\n[limits]\nmax_sql_bytes = -1\n"), @"
    policy.toml:2:2: there is no `naming` in a policy  |naming|
      help: a policy can hold `version`, `preset`, `paths`, `database`, `rules`, `overrides`, `exceptions`, `approvals`, `deploy`, `forbidden`, `history` and `rehearsal`
    policy.toml:4:2: there is no `limits` in a policy  |limits|
      help: a policy can hold `version`, `preset`, `paths`, `database`, `rules`, `overrides`, `exceptions`, `approvals`, `deploy`, `forbidden`, `history` and `rehearsal`
    ");
}

#[test]
fn a_level_in_capitals() {
    assert_snapshot!(problems("version = 1\n[rules]\ndrop-table = \"Deny\"\ndrop-column = 'aprove'\n"), @r###"
    policy.toml:3:14: there is no level `Deny`  |"Deny"|
      help: did you mean `deny`?
    policy.toml:4:15: there is no level `aprove`  |'aprove'|
      help: did you mean `approve`?
    "###);
}

#[test]
fn a_level_that_is_no_string() {
    assert_snapshot!(problems("version = 1\n[rules]\ndrop-table = false\ndrop-column = [\"deny\"]\n"), @r###"
    policy.toml:3:14: `drop-table` is a level, not a boolean  |false|
      help: write `drop-table = "deny"`
    policy.toml:4:15: `drop-column` is a level, not a list  |["deny"]|
      help: write `drop-column = "deny"`
    "###);
}

#[test]
fn a_rule_table_with_wrong_keys() {
    assert_snapshot!(problems("version = 1\n[rules]\ndrop-table = { levl = \"deny\", reason = \"\" }\ntruncate = {}\n"), @r###"
    policy.toml:3:16: there is no `levl` in `drop-table`  |levl|
      help: did you mean `level`?
    policy.toml:3:40: `reason` is empty  |""|
      help: write something or remove the key
    policy.toml:4:12: `truncate` is empty  |{}|
      help: write its level
    "###);
}

#[test]
fn an_exemption_of_everything() {
    assert_snapshot!(problems("version = 1\n[rules]\ndrop-table = { level = \"deny\", exempt = [\"*\"] }\n"), @r###"
    policy.toml:3:42: `drop-table` exempts everything  |"*"|
      help: write `drop-table = "allow"`, which says so
    "###);
}

#[test]
fn no_migrations() {
    assert_snapshot!(problems("version = 1\n[paths]\nmigrations = []\n"), @r###"
    policy.toml:3:14: `migrations` is empty  |[]|
      help: name at least one, or remove the key
    "###);
    assert_snapshot!(problems("version = 1\n[paths]\n"), @r###"
    policy.toml:2:2: `migrations` is missing  |paths|
      help: list the globs of your migrations, or remove `[paths]` for the built-in ones
    "###);
    assert_snapshot!(problems("version = 1\n[paths]\nmigrations = \"db/*.sql\"\n"), @r###"
    policy.toml:3:14: `migrations` is a list of strings, not a string  |"db/*.sql"|
      help: put it in `[` and `]`
    "###);
    assert_snapshot!(problems("version = 1\n[paths]\nmigrations = [\"\", 7]\n"), @r###"
    policy.toml:3:15: an entry of `migrations` is empty  |""|
      help: remove it
    policy.toml:3:19: `migrations` is a list of strings, and this is an integer  |7|
      help: put it in quotes
    "###);
}

#[test]
fn globs_that_are_none() {
    let text = r"version = 1
[paths]
migrations = [
  '/db/*.sql', './db/*.sql', 'db\*.sql', 'db/', '!db/x.sql', 'db//x.sql', '../db/*.sql', 'db/[a', 'db/{a', 'a ', 'b', 'b',
]
";
    assert_snapshot!(problems(text), @r###"
    policy.toml:4:3: `/db/*.sql` is no glob: a glob starts at the repository's root by itself  |'/db/*.sql'|
      help: write `db/*.sql`
    policy.toml:4:16: `./db/*.sql` is no glob: a glob starts at the repository's root by itself  |'./db/*.sql'|
      help: write `db/*.sql`
    policy.toml:4:30: `db\*.sql` is no glob: a backslash separates no folders here  |'db\*.sql'|
      help: write `db/*.sql`
    policy.toml:4:42: `db/` is no glob: a folder alone matches no file  |'db/'|
      help: write `db/**` for everything in it
    policy.toml:4:49: `!db/x.sql` is no glob: a list of globs takes nothing out again  |'!db/x.sql'|
      help: remove `!db/x.sql`
    policy.toml:4:62: `db//x.sql` is no glob: no path has a part that is empty, `.` or `..`  |'db//x.sql'|
      help: write the path as git shows it
    policy.toml:4:75: `../db/*.sql` is no glob: no path has a part that is empty, `.` or `..`  |'../db/*.sql'|
      help: write the path as git shows it
    policy.toml:4:90: `db/[a` is no glob: unclosed character class; missing ']'  |'db/[a'|
    policy.toml:4:99: `db/{a` is no glob: unclosed alternate group; missing '}' (maybe escape '{' with '[{]'?)  |'db/{a'|
    policy.toml:4:108: `a ` is no glob: a path with a space at its end is hardly meant  |'a '|
      help: write `a`
    policy.toml:4:119: `b` is there twice  |'b'|
      help: remove one of the two
    "###);
}

#[test]
fn another_version() {
    assert_snapshot!(problems("version = 99\n[whatever]\nx = 1\n"), @r###"
    policy.toml:1:11: this is version 99 of the format, and this sprag reads version 1  |99|
      help: upgrade sprag
    "###);
    assert_snapshot!(problems("version = 0\n"), @r###"policy.toml:1:11: `version` is 0, which is not between 1 and 1  |0|"###);
    assert_snapshot!(problems("version = \"1\"\n"), @r###"
    policy.toml:1:11: `version` is an integer, not a string  |"1"|
      help: remove the quotes
    "###);
    assert_snapshot!(problems("version = 1.0\n"), @r###"
    policy.toml:1:11: `version` is an integer, not a float  |1.0|
      help: write a whole number
    "###);
    assert_eq!(problems("[rules]\n"), "no problems");
    assert_snapshot!(problems("versoin = 1\n"), @r###"
    policy.toml:1:1: there is no `versoin` in a policy  |versoin|
      help: did you mean `version`?
    "###);
    assert_eq!(problems(""), "no problems");
}

#[test]
fn facts_that_are_none() {
    let text = "version = 1\n[database]\nprovider = \"postgres\"\nversion = \"15\"\nexposed-schemas = []\nschema = 1\n";
    assert_snapshot!(problems(text), @r###"
    policy.toml:3:12: there is no provider `postgres`  |"postgres"|
      help: did you mean `postgresql`?
    policy.toml:4:11: `version` is an integer, not a string  |"15"|
      help: remove the quotes
    policy.toml:5:19: `exposed-schemas` is empty  |[]|
      help: name at least one, or remove the key
    policy.toml:6:1: there is no `schema` in `[database]`  |schema|
      help: `[database]` can hold `provider`, `version` and `exposed-schemas`
    "###);
    assert_snapshot!(problems("version = 1\n[database]\nversion = -15\n"), @r###"policy.toml:3:11: `version` is -15, which is not between 1 and 99  |-15|"###);
    assert_snapshot!(problems("version = 1\n[database]\nversion = 99999999999999999999\n"), @r###"policy.toml:3:11: this number does not fit in 64 bits  |99999999999999999999|"###);
    assert_snapshot!(problems("version = 1\ndatabase = \"postgresql\"\n"), @r###"
    policy.toml:2:12: `database` is a table, not a string  |"postgresql"|
      help: write `[database]` above its keys
    "###);
}

#[test]
fn an_exception_without_its_parts() {
    assert_snapshot!(problems("version = 1\n[[exceptions]]\nrule = \"drop-tabl\"\nuntil = \"2027-01-01\"\n"), @r###"
    policy.toml:2:1: `subject` is missing  |[[exceptions]]|
      help: say what is excused, such as `public.users.email`
    policy.toml:2:1: `reason` is missing  |[[exceptions]]|
      help: say why, for those who read it in a year
    policy.toml:3:8: there is no rule `drop-tabl`  |"drop-tabl"|
      help: did you mean `drop-table`?
    policy.toml:4:9: `until` is a date, not a string  |"2027-01-01"|
      help: write it without quotes: `until = 2027-06-30`
    "###);
    assert_snapshot!(problems("version = 1\n[exceptions]\nrule = \"drop-table\"\n"), @r###"
    policy.toml:2:1: `exceptions` is a list of tables, not a table  |[exceptions]|
      help: write `[[exceptions]]` above each
    "###);
    assert_snapshot!(problems("version = 1\nexceptions = []\n"), @r###"
    policy.toml:2:14: `exceptions` is empty  |[]|
      help: remove it
    "###);
}

#[test]
fn an_exception_that_ends_on_no_day() {
    let exception = |until: &str| {
        problems(&format!(
            "version = 1\n[[exceptions]]\nrule = \"drop-table\"\nsubject = \"public.a\"\nreason = \"old\"\nuntil = {until}\n"
        ))
    };
    assert_snapshot!(exception("2027-02-29"), @r###"policy.toml:6:9: invalid date, expected day between 01 and 28  |2027-02-29|"###);
    assert_snapshot!(exception("2027-13-01"), @r###"policy.toml:6:9: invalid date, expected month between 01 and 12  |2027-13-01|"###);
    assert_snapshot!(exception("\"2027-06-30\""), @r###"
    policy.toml:6:9: `until` is a date, not a string  |"2027-06-30"|
      help: write it without quotes: `until = 2027-06-30`
    "###);
    assert_snapshot!(exception("2027-06-30T12:00:00Z"), @r###"
    policy.toml:6:9: `until` is a date, not a date with a time  |2027-06-30T12:00:00Z|
      help: write it like this: `until = 2027-06-30`
    "###);
    assert_snapshot!(exception("2027"), @r###"
    policy.toml:6:9: `until` is a date, not an integer  |2027|
      help: write it like this: `until = 2027-06-30`
    "###);
    assert_eq!(exception("2028-02-29"), "no problems");
}

#[test]
fn an_exception_for_everything() {
    let text =
        "version = 1\n[[exceptions]]\nrule = \"drop-table\"\nsubject = \"*\"\nreason = \" \"\n";
    assert_snapshot!(problems(text), @r###"
    policy.toml:4:11: this excuses everything  |"*"|
      help: write `drop-table = "allow"` under `[rules]`, which says so
    policy.toml:5:10: `reason` is empty  |" "|
      help: write something or remove the key
    "###);
}

#[test]
fn an_exception_that_is_there_twice() {
    let one = "[[exceptions]]\nrule = \"drop-table\"\nsubject = \"public.a\"\nreason = \"old\"\n";
    assert_snapshot!(problems(&format!("version = 1\n{one}{one}")), @r###"
    policy.toml:6:1: there is an exception of `drop-table` for `public.a` already  |[[exceptions]]|
      help: remove one of the two
    "###);
    assert_eq!(
        problems(&format!("version = 1\n{one}{one}paths = [\"db/*.sql\"]\n")),
        "no problems"
    );
}

#[test]
fn an_override_without_its_parts() {
    assert_snapshot!(problems("version = 1\n[[overrides]]\npath = [\"db/**\"]\n"), @r###"
    policy.toml:2:1: `paths` is missing  |[[overrides]]|
      help: list the globs that this is for
    policy.toml:2:1: `rules` is missing  |[[overrides]]|
      help: name rules and levels under `[overrides.rules]`
    policy.toml:3:1: there is no `path` in `[[overrides]]`  |path|
      help: did you mean `paths`?
    "###);
    assert_snapshot!(problems("version = 1\n[[overrides]]\npaths = [\"/db\"]\n[overrides.rules]\ndrop-tab = \"off\"\n"), @r###"
    policy.toml:3:10: `/db` is no glob: a glob starts at the repository's root by itself  |"/db"|
      help: write `db`
    policy.toml:5:1: there is no rule `drop-tab`  |drop-tab|
      help: did you mean `drop-table`?
    policy.toml:5:12: there is no level `off`  |"off"|
      help: known are `deny`, `approve`, `warn` and `allow`
    "###);
}

#[test]
fn signers_outside_the_repository() {
    let text = "version = 1\n[approvals]\nsigners = \"../keys\"\nnamespace = \"a b\"\n";
    assert_snapshot!(problems(text), @r###"
    policy.toml:3:11: `../keys` is no path inside the repository  |"../keys"|
      help: write `.sprag/allowed_signers`
    policy.toml:4:13: `a b` cannot be a namespace  |"a b"|
      help: use letters, digits and `@` `.` `_` `-`
    "###);
    assert_snapshot!(problems("version = 1\n[deploy]\nallow = []\nlocal_scripts = [1]\n"), @r###"
    policy.toml:3:9: `allow` is empty  |[]|
      help: name at least one, or remove the key
    policy.toml:4:1: there is no `local_scripts` in `[deploy]`  |local_scripts|
      help: did you mean `local-scripts`?
    "###);
}

#[test]
fn a_dump_outside_the_repository() {
    let text = "version = 1\n[rehearsal]\nbaseline = \"../a.sql\"\nbaselin = 1\n";
    assert_snapshot!(problems(text), @r###"
    policy.toml:3:12: `../a.sql` is no path inside the repository  |"../a.sql"|
      help: write `db/baseline.sql`, as `pg_dump -s` made it
    policy.toml:4:1: there is no `baselin` in `[rehearsal]`  |baselin|
      help: did you mean `baseline`?
    "###);
}

#[test]
fn all_problems_of_a_file_are_told_at_once() {
    let text = "version = 1\n[paths]\nmigrations = []\n[rules]\ndrop-tabel = \"deny\"\ntruncate = \"Deny\"\n[x]\n";
    assert_snapshot!(problems(text), @r#"
    policy.toml:3:14: `migrations` is empty  |[]|
      help: name at least one, or remove the key
    policy.toml:5:1: there is no rule `drop-tabel`  |drop-tabel|
      help: did you mean `drop-table`?
    policy.toml:6:12: there is no level `Deny`  |"Deny"|
      help: did you mean `deny`?
    policy.toml:7:2: there is no `x` in a policy  |x|
      help: a policy can hold `version`, `preset`, `paths`, `database`, `rules`, `overrides`, `exceptions`, `approvals`, `deploy`, `forbidden`, `history` and `rehearsal`
    "#);
}

#[test]
fn globs_that_match_nothing_here_are_told() {
    let text =
        "version = 1\n[paths]\nmigrations = [\"db/migrat/*.sql\", \"supabase/migrations/*.sql\"]\n";
    let policy = super::policy(text);
    let unmatched = |files: &[&str]| {
        super::render(text, &policy.unmatched(files.iter().map(|it| it.as_bytes())))
    };
    assert_snapshot!(unmatched(&["db/migrate/1.sql"]), @r###"
    policy.toml:3:15: `db/migrat/*.sql` matches no file of this repository, and neither does any other glob here  |"db/migrat/*.sql"|
      help: write the path of your migrations as `git ls-files` shows it
    "###);
    assert_eq!(unmatched(&["supabase/migrations/1.sql"]), "");
}

#[test]
fn a_policy_may_come_before_the_first_migration() {
    let text = "version = 1\n[paths]\nmigrations = [\"prisma/migrations/*/migration.sql\", \"drizzle/*.sql\"]\n";
    assert_eq!(super::policy(text).unmatched(std::iter::empty()), []);
    assert_eq!(Policy::built_in_with(&catalogue()).unmatched(std::iter::empty()), []);
}

#[test]
fn the_built_in_policy_has_no_problems_and_only_says_the_defaults() {
    let text = include_str!("../../policy.toml");
    let policy = super::policy(text);
    let bare = super::rules("");
    assert_eq!(super::weakenings(&policy, &bare), [""; 0]);
    assert_eq!(super::weakenings(&bare, &policy), [""; 0]);
}
