//! Each rule's page does what it says.

use super::findings;

struct Example {
    fails: bool,
    path: String,
    text: String,
}

fn examples(source: &str) -> Vec<Example> {
    let mut examples: Vec<Example> = Vec::new();
    let mut fails = true;
    let mut inside = false;
    for line in source
        .lines()
        .map_while(|it| it.strip_prefix("//!"))
        .map(|it| it.strip_prefix(' ').unwrap_or(it))
    {
        match (line.strip_prefix("```"), examples.last_mut()) {
            (Some(_), _) if inside => inside = false,
            (Some(fence), _) => {
                inside = true;
                let path = fence.split(' ').nth(1).unwrap().to_owned();
                examples.push(Example { fails, path, text: String::new() });
            }
            (None, Some(example)) if inside => {
                example.text.push_str(line);
                example.text.push('\n');
            }
            _ => fails &= line != "## Passes",
        }
    }
    examples
}

#[test]
fn examples_do_what_their_page_says() {
    for source in [
        include_str!("../../src/rules/deploy/deploy_migration.rs"),
        include_str!("../../src/rules/deploy/unresolvable_command.rs"),
    ] {
        let examples = examples(source);
        assert!(examples.len() > 2);
        for it in examples {
            let found = findings(&[(&it.path, &it.text)]);
            assert_eq!(!found.is_empty(), it.fails, "{} {found:#?}", it.text);
        }
    }
}
