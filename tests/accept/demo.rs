//! The demonstration ends as it says, step by step.

use crate::support::{Sandbox, both};

#[test]
fn every_step_of_the_demonstration_ends_as_it_says() {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/demo.sh");
    let sandbox = Sandbox::new();
    let output = sandbox
        .command_in(sandbox.outside(), "sh")
        .args([script, env!("CARGO_BIN_EXE_sprag")])
        .output()
        .unwrap();
    let said = both(&output);
    assert!(output.status.success() && said.ends_with("steps ended as they say\n"), "{said}");
    assert!(!said.contains('\u{1b}'), "plain text: {said}");
    assert!(!said.contains("panicked"), "{said}");
}
