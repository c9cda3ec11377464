//! What `docs/gates.md` tells people to write does what it says.

use std::path::Path;

use super::{new, seed};

/// The blocks of a language, in their order.
fn blocks(language: &str) -> Vec<String> {
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/gates.md"))
        .unwrap();
    let mut blocks = Vec::new();
    for block in text.split("\n```").skip(1).step_by(2) {
        let (name, body) = block.split_once('\n').unwrap();
        if name == language {
            blocks.push(format!("{body}\n"));
        }
    }
    blocks
}

/// The script for a server, with the program that was just built.
fn script() -> String {
    let script = &blocks("sh")[0];
    assert!(script.starts_with("#!/bin/sh\n"), "{script}");
    script.replace("/usr/local/bin/sprag", env!("CARGO_BIN_EXE_sprag"))
}

#[test]
fn a_server_that_runs_all_scripts_of_a_folder_runs_this_one() {
    let sandbox = seed();
    // As Gitea and Forgejo do: the input is read once and given to each.
    let delegate = "#!/bin/sh\ndata=$(cat)\nfor hook in ./hooks/pre-receive.d/*; do\n  test -x \"$hook\" || continue\n  printf '%s\\n' \"$data\" | \"$hook\" || exit 1\ndone\n";
    let hooks = sandbox.outside().join("origin.git/hooks");
    std::fs::create_dir_all(hooks.join("pre-receive.d")).unwrap();
    std::fs::write(hooks.join("pre-receive"), delegate).unwrap();
    std::fs::write(hooks.join("pre-receive.d/sprag"), script()).unwrap();
    std::fs::write(hooks.join("pre-receive.d/another"), "#!/bin/sh\ncat >/dev/null\n").unwrap();
    sandbox.does("chmod +x ../origin.git/hooks/pre-receive ../origin.git/hooks/pre-receive.d/*");
    sandbox.does("wrong >$M/V3__c.sql; git add -A; git commit -qnm wrong");
    sandbox.refuses("git push --no-verify origin main", &["drop-table", "No ref was changed"]);
    sandbox.does("git reset -q --hard HEAD^");
    sandbox.passes("new c >$M/V3__c.sql; git add -A; git commit -qm c; git push -q origin main");
}

#[test]
fn a_server_with_hooks_elsewhere_runs_this_one() {
    let sandbox = seed();
    // As Gitaly does: another folder, and the repository named by the environment.
    sandbox.does(
        "mkdir ../custom_hooks; git -C ../origin.git config core.hooksPath $PWD/../custom_hooks",
    );
    std::fs::write(sandbox.outside().join("custom_hooks/pre-receive"), script()).unwrap();
    sandbox.does("chmod +x ../custom_hooks/pre-receive");
    sandbox.does("wrong >$M/V3__c.sql; git add -A; git commit -qnm wrong");
    sandbox.refuses("git push --no-verify origin main", &["drop-table"]);
}

#[test]
fn its_workflows_are_no_breach_of_the_policy_themselves() {
    let workflows = blocks("yaml");
    assert_eq!(workflows.len(), 2);
    let sandbox = seed();
    sandbox.write(".github/workflows/schema.yml", &workflows[0]);
    sandbox.write(".gitlab-ci.yml", &workflows[1]);
    sandbox.write("db/migrations/V3__c.sql", new("c"));
    sandbox.passes("git add -A; git commit -qm gates");
}
