//! `package.yaml`, which pnpm takes for a `package.json`: the scripts.

use super::values;
use crate::parse::command::names::deploys;
use crate::parse::command::tree::{self, Format, Tree};
use crate::parse::command::{Host, Kind, Reading, Variables, Weight};
use crate::source::Source;

pub(super) fn read(source: &Source) -> Reading {
    let mut reading = Reading::default();
    for tree in tree::read(source, Format::Yaml, &mut reading) {
        for entry in tree.get("scripts").map(Tree::entries).unwrap_or_default() {
            let weight = if deploys(&entry.key) { Weight::Named } else { Weight::Maybe };
            let key = format!("scripts.{}", entry.key);
            let host = Host::new(Kind::PackageJson, source, key, weight);
            values::add_lines(&mut reading, &host, &entry.value, &Variables::new());
        }
        if let Some(seed) = tree.at(&["prisma", "seed"]) {
            let host = Host::new(Kind::PackageJson, source, "prisma.seed", Weight::Maybe);
            values::add_lines(&mut reading, &host, seed, &Variables::new());
        }
    }
    reading
}
