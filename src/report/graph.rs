//! What deployments run, drawn: as text, for Mermaid and for Graphviz.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::excerpt::Texts;
use super::text::clean;
use super::{Sources, Style};
use crate::rules::deploy::{Map, Place};
use crate::source::RepoPath;

/// How a graph is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GraphFormat {
    Text,
    /// A flowchart of Mermaid, which GitHub draws in Markdown.
    Mermaid,
    /// The DOT language of Graphviz.
    Dot,
}

/// What is longer is of no use in a box.
const WIDEST: usize = 72;

/// Draws what is reached from where deployments begin. Places that run nothing else of the repository, and in which
/// nothing is wrong, are only counted.
pub fn graph(map: &Map, sources: &Sources, format: GraphFormat, style: &Style) -> String {
    let spans = map.places.iter().map(|it| &it.span);
    let spans = spans.chain(map.places.iter().flat_map(|it| it.wrong.iter().map(|it| &it.1)));
    let picture = Picture { map, texts: Texts::new(sources, spans), style: *style };
    match format {
        GraphFormat::Text => picture.text(),
        GraphFormat::Mermaid => picture.mermaid(),
        GraphFormat::Dot => picture.dot(),
    }
}

struct Picture<'a> {
    map: &'a Map,
    texts: Texts<'a>,
    style: Style,
}

/// A place that is drawn, and how far it stands in.
struct Branch {
    place: usize,
    /// What stands before it on the lines of its own branches.
    indent: String,
    last: bool,
    /// The file that the line above names.
    file: Option<RepoPath>,
}

impl Picture<'_> {
    fn text(&self) -> String {
        let mut text = String::new();
        let mut drawn = BTreeSet::new();
        let (roots, quiet) = self.roots();
        for root in roots {
            if !text.is_empty() {
                text.push('\n');
            }
            self.branches(root, &mut drawn, &mut text);
        }
        if !text.is_empty() {
            text.push('\n');
        }
        let count = |count: usize, one: &str, many: &str| match count {
            1 => format!("1 {one}"),
            count => format!("{count} {many}"),
        };
        let bad = self.map.places.iter().map(|it| it.wrong.len()).sum::<usize>();
        let places = count(self.map.roots.len(), "place", "places");
        let files = count(self.files(), "file", "files");
        let rest = match quiet {
            0 => String::new(),
            1 => "; 1 of them runs nothing else of this repository, and is not drawn".to_owned(),
            many => {
                format!("; {many} of them run nothing else of this repository, and are not drawn")
            }
        };
        let _ = writeln!(text, "Deployments begin at {places} of {files}{rest}.");
        let _ = writeln!(text, "{} refused.", count(bad, "command is", "commands are"));
        text
    }

    fn files(&self) -> usize {
        let files: BTreeSet<&RepoPath> =
            self.map.roots.iter().map(|it| &self.map.places[*it].host.path).collect();
        files.len()
    }

    /// The beginnings that are drawn, and how many are not.
    fn roots(&self) -> (Vec<usize>, usize) {
        let speaks = |it: &&usize| {
            let place = &self.map.places[**it];
            !self.leads(**it).0.is_empty() || !place.wrong.is_empty()
        };
        let roots: Vec<usize> = self.map.roots.iter().filter(speaks).copied().collect();
        let quiet = self.map.roots.len() - roots.len();
        (roots, quiet)
    }

    fn branches(&self, root: usize, drawn: &mut BTreeSet<usize>, text: &mut String) {
        let (tee, corner, bar) = if self.style.unicode {
            ("├─ ", "└─ ", "│  ")
        } else {
            ("|- ", "`- ", "|  ")
        };
        let mut open =
            vec![(0, Branch { place: root, indent: String::new(), last: true, file: None })];
        while let Some((depth, branch)) = open.pop() {
            let place = &self.map.places[branch.place];
            let turn = match (depth, branch.last) {
                (0, _) => "",
                (_, true) => corner,
                (_, false) => tee,
            };
            let again = !drawn.insert(branch.place);
            let mut label = self.label(place);
            if branch.file.as_ref() == Some(&place.host.path) {
                let path = clean(&place.host.path.to_string(), self.style);
                label = label.strip_prefix(&path).unwrap_or(&label).trim_start().to_owned();
            }
            let mut line = format!("{}{turn}{label}", branch.indent);
            if let Some(said) = self.said(place) {
                let _ = write!(line, "   {said}");
            }
            let (leads, quiet) = self.leads(branch.place);
            let more = again && (!leads.is_empty() || !place.wrong.is_empty());
            let _ = writeln!(text, "{line}{}", if more { "   (see above)" } else { "" });
            if again {
                continue;
            }
            let indent = match (depth, branch.last) {
                (0, _) => String::new(),
                (_, true) => format!("{}   ", branch.indent),
                (_, false) => format!("{}{bar}", branch.indent),
            };
            for (at, (word, span)) in place.wrong.iter().enumerate() {
                let last = leads.is_empty() && quiet == 0 && at + 1 == place.wrong.len();
                let turn = if last { corner } else { tee };
                let mark = if self.style.unicode { "✗" } else { "x" };
                let line = self.texts.get(span).map(|it| it.position(span.start).line);
                let line = line.map(|it| format!("   line {it}")).unwrap_or_default();
                let _ = writeln!(text, "{indent}{turn}{mark} {}{line}", clean(word, self.style));
            }
            let count = leads.len();
            if quiet > 0 {
                let turn = if count == 0 { corner } else { tee };
                let _ = writeln!(text, "{indent}{turn}{quiet} more, of no further consequence");
            }
            for (at, place) in leads.into_iter().enumerate().rev() {
                let last = at + 1 == count;
                let file = Some(self.map.places[branch.place].host.path.clone());
                open.push((depth + 1, Branch { place, indent: indent.clone(), last, file }));
            }
        }
    }

    /// The places that one runs and that are drawn below it, and how many are not: of a file as a whole only those parts
    /// are of interest that lead on.
    fn leads(&self, place: usize) -> (Vec<usize>, usize) {
        let place = &self.map.places[place];
        let whole = place.host.key.is_empty();
        let speaks = |it: &usize| {
            let it = &self.map.places[*it];
            !whole || it.host.path != place.host.path || !it.runs.is_empty() || !it.wrong.is_empty()
        };
        let leads: Vec<usize> = place.runs.iter().filter(|it| speaks(it)).copied().collect();
        let quiet = place.runs.len() - leads.len();
        (leads, quiet)
    }

    /// `package.json:8 docker-start`.
    fn label(&self, place: &Place) -> String {
        let path = clean(&place.host.path.to_string(), self.style);
        let line = self.texts.get(&place.span);
        let line = line.filter(|_| place.span.end > 0 && !place.host.key.is_empty());
        let line = line.map(|it| format!(":{}", it.position(place.span.start).line));
        let name = match &*place.host.key {
            "" => String::new(),
            _ => format!(" {}", clean(&place.host.name(), self.style)),
        };
        format!("{path}{}{name}", line.unwrap_or_default())
    }

    /// The line on which a place begins, where it is one place of several in a file.
    fn said(&self, place: &Place) -> Option<String> {
        let text = self.texts.get(&place.span).filter(|_| !place.host.key.is_empty())?;
        let line = text.line_at(place.span.start).trim();
        if line == place.host.name() {
            return None;
        }
        let cut = line.chars().count() > WIDEST;
        let kept: String = line.chars().take(WIDEST).collect();
        let end = if cut { self.style.ellipsis() } else { "" };
        Some(clean(&format!("{kept}{end}"), self.style))
    }

    fn mermaid(&self) -> String {
        let quoted = |text: &str| {
            let text = text.replace('&', "&amp;").replace('"', "&quot;");
            text.replace('<', "&lt;").replace('>', "&gt;").replace('#', "&#35;")
        };
        let mut text = "flowchart TD\n".to_owned();
        for (at, place) in self.drawn() {
            let _ = writeln!(text, "  n{at}[\"{}\"]", quoted(&self.label(place)));
            for (word, _) in &place.wrong {
                let id = text.lines().count();
                let _ = writeln!(text, "  n{at} --> x{id}{{{{\"{}\"}}}}", quoted(word));
                let _ = writeln!(text, "  class x{id} wrong");
            }
        }
        for (from, to) in self.edges() {
            let _ = writeln!(text, "  n{from} --> n{to}");
        }
        text.push_str("  classDef wrong fill:#fdd,stroke:#c00,color:#600\n");
        text
    }

    fn dot(&self) -> String {
        let quoted = |text: &str| text.replace('\\', "\\\\").replace('"', "\\\"");
        let mut text =
            "digraph deployments {\n  rankdir=LR;\n  node [shape=box, fontname=\"monospace\"];\n"
                .to_owned();
        for (at, place) in self.drawn() {
            let _ = writeln!(text, "  n{at} [label=\"{}\"];", quoted(&self.label(place)));
            for (number, (word, _)) in place.wrong.iter().enumerate() {
                let _ = writeln!(
                    text,
                    "  x{at}_{number} [label=\"{}\", color=red, fontcolor=red];\n  n{at} -> x{at}_{number};",
                    quoted(word)
                );
            }
        }
        for (from, to) in self.edges() {
            let _ = writeln!(text, "  n{from} -> n{to};");
        }
        text.push_str("}\n");
        text
    }

    /// Every place but beginnings of which there is nothing to say.
    fn drawn(&self) -> impl Iterator<Item = (usize, &Place)> {
        let (roots, _) = self.roots();
        let roots: BTreeSet<usize> = roots.into_iter().collect();
        let quiet: BTreeSet<usize> =
            self.map.roots.iter().copied().filter(|it| !roots.contains(it)).collect();
        self.map.places.iter().enumerate().filter(move |(at, _)| !quiet.contains(at))
    }

    fn edges(&self) -> BTreeSet<(usize, usize)> {
        let leads = |(at, place): (usize, &Place)| {
            place.runs.iter().map(|to| (at, *to)).collect::<Vec<_>>()
        };
        self.drawn().flat_map(leads).collect()
    }
}
