//! Shell scripts that are files of their own.

use super::findings;

#[test]
fn a_script_that_migrates_is_refused() {
    let found = findings(&[(
        "scripts/deploy.sh",
        "#!/usr/bin/env bash\nset -euo pipefail\nnpx prisma migrate deploy\n",
    )]);
    assert_eq!(found.len(), 1);
    let found = findings(&[("scripts/ship", "#!/bin/sh\nnpx prisma migrate deploy\n")]);
    assert_eq!(found.len(), 1);
}
