//! The program as people and machines run it: what it prints, and the exit code.

mod broken;
mod cache;
mod ci;
mod deployments;
mod fixes;
mod gates;
mod mappings;
mod output;
mod pages;
mod parity;
mod provider;
mod reports;
mod secrets;
mod setup;

use crate::support::Sandbox;

/// What a command printed, with everything that differs from machine to machine taken out, and its exit code.
pub(crate) fn shown(sandbox: &Sandbox, args: &[&str]) -> String {
    let (code, said) = sandbox.sprag(args);
    format!("{}[exit {code}]", plain(sandbox, &said))
}

pub(crate) fn plain(sandbox: &Sandbox, said: &str) -> String {
    let real = sandbox.outside().canonicalize().unwrap();
    let mut said = said.replace(env!("CARGO_BIN_EXE_sprag"), "(sprag)");
    for place in [real.as_path(), sandbox.outside()] {
        said = said.replace(place.to_str().unwrap(), "(outside)");
    }
    hashes(&said)
}

/// Names of objects and fingerprints become the number of their digits.
fn hashes(text: &str) -> String {
    let mut out = String::new();
    let mut word = String::new();
    for c in text.chars().chain(['\n']) {
        if c.is_ascii_hexdigit() && !c.is_ascii_uppercase() {
            word.push(c);
            continue;
        }
        match word.len() {
            32 | 40 | 64 => out.extend(["(", &word.len().to_string(), " digits)"]),
            _ => out.push_str(&word),
        }
        word.clear();
        out.push(c);
    }
    out.pop();
    out
}
