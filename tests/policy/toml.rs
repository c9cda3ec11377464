//! What is no TOML, and what TOML says.

use insta::assert_snapshot;
use sprag::parse::toml::{self, Kind};
use sprag::policy::Policy;
use sprag::source::Content;

use super::problems;

#[test]
fn keys_and_sections_that_are_there_twice() {
    assert_snapshot!(problems("version = 1\n[rules]\ndrop-table = \"deny\"\ndrop-table = \"allow\"\n"), @r###"policy.toml:4:1: this key is there twice  |drop-table|"###);
    assert_snapshot!(problems("version = 1\n[rules]\ntruncate = \"deny\"\n\n[rules]\ndrop-table = \"allow\"\n"), @r###"policy.toml:5:2: this key is there twice  |rules|"###);
    assert_snapshot!(problems("version = 1\nrules.truncate = \"deny\"\n[rules]\ndrop-table = \"allow\"\n"), @r###"policy.toml:3:2: this key is there twice  |rules|"###);
}

#[test]
fn text_that_is_no_toml() {
    assert_snapshot!(problems("version = 1\n[rules\n"), @r###"policy.toml:2:7: unclosed table, expected `]`  ||"###);
    assert_snapshot!(problems("version = 1\n[rules]\ndrop-table = deny\ntruncate = \"deny\n"), @r###"
    policy.toml:3:14: string values must be quoted, expected literal string  |deny|
    policy.toml:4:17: invalid basic string, expected `"`  ||
    "###);
    assert_snapshot!(problems("version = 1\n<<<<<<< HEAD\n[rules]\n=======\n>>>>>>> theirs\n"), @r###"
    policy.toml:2:9: key with no value, expected `=`  ||
    policy.toml:4:2: extra `=`, expected nothing  |=|
    policy.toml:5:9: key with no value, expected `=`  ||
    "###);
}

#[test]
fn bytes_that_are_no_text() {
    let say = |bytes: &[u8]| {
        let content = Content::from_bytes(bytes.to_vec(), 1000);
        let problems = Policy::from_content(&"policy.toml".into(), &content).unwrap_err();
        super::render("", &problems)
    };
    assert_snapshot!(say(b"\xff\xfev\0e\0r\0"), @r###"
    policy.toml:1:1: policy.toml is UTF-16, not UTF-8  ||
      help: write policy.toml as a plain file in UTF-8
    "###);
    assert_snapshot!(say(b"version = 1\n# \xff\n"), @r###"
    policy.toml:1:1: policy.toml is not UTF-8 at byte 14  ||
      help: write policy.toml as a plain file in UTF-8
    "###);
    assert_snapshot!(say(b"version = 1\0\n"), @r###"
    policy.toml:1:1: policy.toml has a NUL byte at byte 11  ||
      help: write policy.toml as a plain file in UTF-8
    "###);
    assert_snapshot!(say(&[b' '; 2000]), @r###"
    policy.toml:1:1: policy.toml has 2000 bytes, more than the 1000 that are read  ||
      help: write policy.toml as a plain file in UTF-8
    "###);
}

#[test]
fn a_mark_at_the_beginning_and_crlf_do_no_harm() {
    assert_eq!(
        problems("\u{feff}version = 1\r\n[rules]\r\ndrop-table = \"deny\"\r\n"),
        "no problems"
    );
    let marked = problems("\u{feff}version = 1\r\n[rulez]\r\n");
    assert!(marked.starts_with("policy.toml:2:2:") && marked.contains("|rulez|"), "{marked}");
    let first = problems("\u{feff}versoin = 1\n");
    assert!(first.starts_with("policy.toml:1:1:") && first.contains("|versoin|"), "{first}");
}

#[test]
fn nesting_without_end_is_a_problem_and_no_crash() {
    for (open, n) in [("[", 1_000), ("[", 100_000), ("{a=", 1_000), ("{a=", 100_000)] {
        let text = format!("version = 1\nx = {}\n", open.repeat(n));
        assert!(problems(&text).contains("is nested more than 64 deep"), "{open} {n}");
    }
    for text in [
        format!("version = 1\n{}b = 1\n", "a.".repeat(100_000)),
        format!("version = 1\n[{}b]\n", "a.".repeat(100_000)),
        format!("version = 1\n[[{}b]]\n", "a.".repeat(10_000)),
        format!("version = 1\nx = {{ {}b = 1 }}\n", "a.".repeat(10_000)),
    ] {
        assert_ne!(problems(&text), "no problems");
    }
}

#[test]
fn brackets_in_strings_and_comments_nest_nothing() {
    let brackets = "[".repeat(200);
    let reason = format!(
        "[rules]\n# {brackets}\ndrop-table = {{ level = \"deny\", reason = \"\\\"{brackets}\" }}\n"
    );
    assert_eq!(problems(&format!("version = 1\n{reason}")), "no problems");
    let long =
        format!("[rules]\ndrop-table = {{ level = \"deny\", reason = '''\n'{brackets}\n''' }}\n");
    assert_eq!(problems(&format!("version = 1\n{long}")), "no problems");
}

#[test]
fn every_value_knows_its_place() {
    let text = "a = 1\n[b.c]\nd = [\"x\", 2.5, true] # no\ne = 2027-06-30\n[[f]]\ng = 'y'\n";
    let table = toml::parse(text).unwrap();
    let at = |range: &std::ops::Range<usize>| &text[range.clone()];
    let c = &table.get("b").unwrap().value.as_table().unwrap().entries[0];
    assert_eq!(at(&c.key_range), "c");
    let entries = &c.value.as_table().unwrap().entries;
    assert_eq!(entries.iter().map(|it| at(&it.key_range)).collect::<Vec<_>>(), ["d", "e"]);
    assert_eq!(at(&entries[0].value.range), "[\"x\", 2.5, true]");
    assert_eq!(at(&entries[0].value.as_array().unwrap()[2].range), "true");
    assert_eq!(entries[1].value.kind, Kind::Date { year: 2027, month: 6, day: 30 });
    let f = &table.get("f").unwrap().value.as_array().unwrap()[0];
    assert_eq!(at(&f.range), "[[f]]");
}

#[test]
fn keys_come_in_the_order_of_the_file() {
    let table = toml::parse("z = 1\na = 1\n[y]\n[b]\n").unwrap();
    assert_eq!(table.entries.iter().map(|it| it.key.as_str()).collect::<String>(), "zayb");
}

#[test]
fn a_place_in_a_string_is_a_place_in_the_file() {
    for (text, inside) in [
        ("a = \"npx prisma\"", Some("npx prisma")),
        ("a = 'npx prisma'", Some("npx prisma")),
        ("a = \"\"", Some("")),
        ("a = '\"x\"'", Some("\"x\"")),
        ("a = '''\"x\"'''", Some("\"x\"")),
        ("a = \"\"\"\nnpx\nprisma\"\"\"", Some("npx\nprisma")),
        ("a = \"\"\"\r\nnpx\"\"\"", Some("npx")),
        ("a = \"np\\u0078\"", None),
        ("a = 1", None),
    ] {
        let table = toml::parse(text).unwrap();
        let range = table.entries[0].value.inside(text);
        assert_eq!(range.map(|it| &text[it]), inside, "{text}");
    }
}

#[test]
fn what_is_quoted_is_read_back() {
    for text in ["", "plain", "\"\\'", "a\nb\r\t\0\u{7f}\u{85}", "ünïcödé \u{202e}", "'''\"\"\""]
    {
        let line = format!("a = {}", toml::quoted(text));
        assert!(!line.contains('\n'));
        assert_eq!(toml::parse(&line).unwrap().entries[0].value.as_str(), Some(text));
    }
}

#[test]
fn thousands_of_errors_are_told_and_no_end_of_them() {
    for text in ["= ".repeat(200_000), "=\n".repeat(100_000), "a = 1\n".repeat(50_000)] {
        assert!(!toml::parse(&text).unwrap_err().is_empty());
    }
}
