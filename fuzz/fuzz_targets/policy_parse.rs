//! A policy is read or has problems with a place in it, and no policy weakens itself.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sprag::policy::{Baseline, Policy};
use sprag::source::Source;

fuzz_target!(|text: &str| {
    match Policy::parse(&Source::new("policy.toml", text)) {
        Ok(policy) => {
            assert!(Policy::weakenings(&policy, &policy).is_empty());
            let both = Policy::stricter(&policy, &policy);
            assert!(Policy::weakenings(&policy, &both).is_empty());
            let built_in = Policy::stricter(&Policy::built_in(), &policy);
            assert!(Policy::weakenings(&policy, &built_in).is_empty());
        }
        Err(problems) => {
            assert!(!problems.is_empty());
            for it in problems {
                assert!(text.get(it.span.range()).is_some());
            }
        }
    }
    let _ = Baseline::parse(&Source::new(".sprag/baseline.toml", text));
});
