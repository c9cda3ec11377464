//! Every rule runs on every other rule's examples: what else is refused there is written down, so that a rule that
//! begins to refuse more, or less, is seen.

use std::fmt::Write as _;

use insta::assert_snapshot;

use super::examples;

#[test]
fn what_other_rules_refuse_in_an_example() {
    let mut crossings = String::new();
    for it in examples() {
        let others: Vec<&str> =
            it.refusals().into_iter().filter(|hit| *hit != it.rule.name).collect();
        if !others.is_empty() {
            let _ = writeln!(crossings, "{}: {}", it.name(), others.join(", "));
        }
    }
    assert_snapshot!(crossings, @r"
    drop-table fails 3: rename-table, table-without-rls
    drop-column passes 1: table-without-rls
    drop-type fails 3: alter-column-type
    truncate passes 1: table-without-rls
    delete-without-filter passes 2: table-without-rls
    column-snake-case fails 2: table-without-rls
    column-snake-case fails 3: rename-column
    table-snake-case fails 1: table-without-rls
    table-snake-case fails 2: table-without-rls
    ");
}
