//! No `package.json` and no `fly.toml` breaks the reader of commands.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sprag::source::Source;

fuzz_target!(|text: &str| {
    for path in ["package.json", "fly.toml"] {
        let reading = sprag::parse::command::commands(&Source::new(path, text));
        let changed = [path.into()].into_iter().collect();
        let _ = sprag::rules::deploy::findings(&reading.commands, &changed);
    }
});
