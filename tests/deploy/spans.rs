//! Findings point at the words that are wrong.

use super::{findings, package};

fn shown(path: &str, text: &str) -> String {
    let found = findings(&[(path, text)]);
    assert_eq!(found.len(), 1, "{text} {found:#?}");
    text[found[0].span.range()].to_owned()
}

#[test]
fn the_words_of_the_command_are_shown() {
    for (script, words) in [
        ("prisma generate && npx prisma migrate deploy", "prisma migrate deploy"),
        ("sh -c \"npx prisma migrate deploy\"", "prisma migrate deploy"),
        ("sh -c \"sh -c 'prisma db push'\"", "prisma db push"),
        ("npx 'prisma' 'migrate' 'deploy'", "prisma' 'migrate' 'deploy"),
        (
            "./node_modules/.bin/prisma migrate deploy --x",
            "./node_modules/.bin/prisma migrate deploy",
        ),
        ("supabase db reset --debug --linked", "supabase db reset --debug --linked"),
        ("prisma $X generate", "prisma $X"),
        ("a; $X b", "$X"),
    ] {
        let text = package(&[("setup", script), ("c", "prisma db push")]);
        assert_eq!(shown("package.json", &text), words, "{script}");
    }
}

#[test]
fn escapes_of_json_are_part_of_the_words() {
    let text = r#"{"scripts":{"setup":"npx \u0070risma migrate deplo\u0079 --x"}}"#;
    assert_eq!(shown("package.json", text), r"\u0070risma migrate deplo\u0079");
    let text = "\u{feff}{\"scripts\":{\"setup\":\"é; prisma db push\"}}";
    assert_eq!(shown("package.json", text), "prisma db push");
}

#[test]
fn toml_is_shown_word_by_word_where_it_has_no_escapes() {
    for (text, words) in [
        ("[deploy]\nrelease_command = \"npx prisma migrate deploy\"\n", "prisma migrate deploy"),
        (
            "[deploy]\nrelease_command = '''\nnpx prisma migrate deploy'''\n",
            "prisma migrate deploy",
        ),
        (
            "[experimental]\ncmd = [\"npx\", \"prisma\", \"db\", \"push\"]\n",
            "prisma\", \"db\", \"push",
        ),
        (
            "[deploy]\nrelease_command = \"npx \\u0070risma db push\"\n",
            "\"npx \\u0070risma db push\"",
        ),
    ] {
        assert_eq!(shown("fly.toml", text), words);
    }
}

#[test]
fn the_words_to_the_reader_are_these() {
    let text = "[deploy]\nrelease_command = \"npx prisma migrate deploy\"\n";
    let found = &findings(&[("fly.toml", text)])[0];
    assert_eq!(found.subject.0, "fly.toml:[deploy] release_command");
    assert_eq!(found.message, "`prisma migrate deploy` runs on every deployment");
    assert_eq!(
        found.help[0],
        "let `release_command` be `npx prisma generate`; apply migrations by hand"
    );
    assert_eq!(found.evidence, "npx prisma migrate deploy");

    let text = package(&[("setup", "npm run a"), ("a", "prisma  migrate deploy")]);
    let found = &findings(&[("package.json", &text)])[0];
    assert_eq!(found.subject.0, "package.json:scripts.a");
    assert_eq!(found.message, "`prisma migrate deploy` runs on every deployment: `setup` -> `a`");
    assert_eq!(&text[found.span.range()], "prisma  migrate deploy");
    let steps: Vec<&str> = found.path.iter().map(|it| &text[it.span.range()]).collect();
    assert_eq!(steps, ["npm run a", "prisma  migrate deploy"]);
}
