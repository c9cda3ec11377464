//! The list of what was there before may be read, written and made shorter.

use insta::assert_snapshot;
use proptest::prelude::*;
use sprag::policy::baseline::{Baseline, Entry, PATH};
use sprag::source::Source;

fn entry(fingerprint: u128, path: &str, rule: &str, subject: &str) -> Entry {
    let fingerprint = format!("{fingerprint:032x}");
    Entry { path: path.to_owned(), rule: rule.to_owned(), subject: subject.to_owned(), fingerprint }
}

fn baseline(entries: &[Entry]) -> Baseline {
    Baseline { entries: entries.iter().cloned().collect() }
}

fn read(text: &str) -> Result<Baseline, String> {
    let source = Source::new(PATH, text);
    Baseline::parse(&source).map_err(|it| super::render(text, &it))
}

#[test]
fn entries_are_sorted_by_path_one_block_each() {
    let list = baseline(&[
        entry(2, "b.sql", "drop-table", "public.b"),
        entry(1, "a.sql", "truncate", "x\"\n"),
    ]);
    assert_snapshot!(list.render(), @r###"
    # Findings that were there before sprag was. Each is excused as long as it stays what it is.
    #
    # Written by `sprag baseline`. This list may only shrink: whoever adds to it needs an owner's consent.

    version = 1

    [[finding]]
    fingerprint = "00000000000000000000000000000001"
    rule = "truncate"
    path = "a.sql"
    subject = "x\"\u000A"

    [[finding]]
    fingerprint = "00000000000000000000000000000002"
    rule = "drop-table"
    path = "b.sql"
    subject = "public.b"
    "###);
}

#[test]
fn an_empty_baseline_reads_as_one() {
    assert_eq!(read(&Baseline::default().render()), Ok(Baseline::default()));
}

#[test]
fn an_entry_that_a_merge_doubled_counts_once() {
    let list = baseline(&[entry(1, "a.sql", "truncate", "public.a")]);
    let text = list.render();
    let block = &text[text.find("[[finding]]").unwrap()..];
    assert_eq!(read(&format!("{text}\n{block}")), Ok(list));
}

#[test]
fn what_is_no_baseline_is_told_with_its_line() {
    let text = "[[finding]]\nfingerprint = \"ABC\"\nrule = \"truncate\"\npath = \"a.sql\"\nsubject = \"public.a\"\n\
                [[finding]]\nrule = 1\nfinger = 2\n";
    assert_snapshot!(read(text).unwrap_err(), @r###"
    .sprag/baseline.toml:1:1: `version` is missing  ||
      help: run `sprag baseline` to write the file anew
    .sprag/baseline.toml:2:15: `ABC` is no fingerprint  |"ABC"|
      help: a fingerprint has 32 hex digits
    .sprag/baseline.toml:6:1: `fingerprint` is missing  |[[finding]]|
      help: run `sprag baseline` to write the file anew
    .sprag/baseline.toml:6:1: `path` is missing  |[[finding]]|
      help: run `sprag baseline` to write the file anew
    .sprag/baseline.toml:6:1: `subject` is missing  |[[finding]]|
      help: run `sprag baseline` to write the file anew
    .sprag/baseline.toml:7:8: `rule` is a string, not an integer  |1|
      help: put it in quotes
    .sprag/baseline.toml:8:1: there is no `finger` in `[[finding]]`  |finger|
      help: `[[finding]]` can hold `fingerprint`, `rule`, `path` and `subject`
    "###);
    assert_snapshot!(read("version = 2\nfindings = []\n").unwrap_err(), @r###"
    .sprag/baseline.toml:1:11: `version` is 2, which is not between 1 and 1  |2|
    .sprag/baseline.toml:2:1: there is no `findings` in a baseline  |findings|
      help: did you mean `finding`?
    "###);
    assert_snapshot!(read("version = 1\n<<<<<<< ours\n").unwrap_err(), @r###".sprag/baseline.toml:2:9: key with no value, expected `=`  ||"###);
}

#[test]
fn an_entry_is_for_one_finding_of_one_rule_in_one_file() {
    let one = baseline(&[entry(1, "a.sql", "truncate", "public.a")]);
    let moved = baseline(&[entry(1, "b.sql", "truncate", "public.a")]);
    let two = baseline(&[
        entry(1, "a.sql", "truncate", "public.a"),
        entry(2, "a.sql", "truncate", "public.b"),
    ]);
    assert_eq!(moved.grown(&one)[0].path, "b.sql", "it says something else, so it is another");
    assert_eq!(two.grown(&one)[0].subject, "public.b");
    assert_eq!(one.shrunk(&two)[0].subject, "public.b");
    let second = format!("{:032x}", 2);
    assert!(
        two.contains(&second, "truncate", "a.sql") && !one.contains(&second, "truncate", "a.sql")
    );
    assert!(
        !two.contains(&second, "drop-table", "a.sql")
            && !two.contains(&second, "truncate", "b.sql")
    );
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(
        entries in prop::collection::vec(("\\PC{1,9}x", "[a-z-]{1,9}", "[\\x00-\\x7f]{0,9}x", any::<u128>()), 0..9),
    ) {
        let list = baseline(&entries.iter().map(|(p, r, s, f)| entry(*f, p, r, s)).collect::<Vec<_>>());
        prop_assert_eq!(read(&list.render()), Ok(list.clone()));
    }
}
