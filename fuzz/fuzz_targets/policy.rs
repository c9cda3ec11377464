//! No policy breaks its reader, and none is weaker than itself.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sprag::policy::Policy;
use sprag::source::Source;

fuzz_target!(|text: &str| {
    if let Ok(policy) = Policy::parse(&Source::new("policy.toml", text)) {
        assert!(Policy::weakenings(&policy, &policy).is_empty());
        let both = Policy::stricter(&policy, &policy);
        assert!(Policy::weakenings(&policy, &both).is_empty());
    }
});
