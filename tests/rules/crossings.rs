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
    delete-without-filter passes 5: table-without-rls
    drop-constraint passes 1: rename-table
    cascade fails 1: drop-constraint
    changed-search-path fails 1: server-configuration
    changed-search-path passes 1: server-configuration
    definer-without-search-path fails 2: routine-loses-protection
    disabled-trigger fails 2: drop-trigger
    policy-always-true fails 4: publicly-readable
    policy-always-true fails 5: publicly-readable
    policy-always-true fails 7: publicly-readable
    policy-always-true fails 8: publicly-readable
    policy-always-true fails 9: weaker-policy
    policy-always-true passes 4: publicly-readable
    publicly-readable fails 3: weaker-policy
    revoked-privilege passes 2: table-without-rls
    written-catalog passes 1: table-without-rls
    column-snake-case fails 2: table-without-rls
    column-snake-case fails 3: rename-column
    table-snake-case fails 1: table-without-rls
    table-snake-case fails 2: table-without-rls
    commit-in-the-middle passes 2: alter-column-type, drop-type, rename-type
    concurrently-on-new-table fails 1: concurrently-in-transaction
    set-not-null-scans fails 1: set-not-null
    type-change-rewrites fails 1: alter-column-type
    type-change-rewrites passes 1: alter-column-type
    partition-detached-with-lock fails 1: detach-partition
    partition-detached-with-lock passes 1: detach-partition
    data-and-schema-together fails 1: update-without-filter
    invalid-index-kept passes 2: concurrently-in-transaction
    char-type fails 3: alter-column-type
    certain-failure fails 4: alter-column-type
    drop-of-nothing passes 2: policy-always-true
    ");
}
