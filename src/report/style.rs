//! What the place that is written to can show.

/// How a report may look. It never changes what the report says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Style {
    pub color: bool,
    /// Otherwise everything is ASCII, the text of the sources too.
    pub unicode: bool,
    /// In columns, where it is known.
    pub width: Option<usize>,
    /// Whether links that can be clicked (OSC 8) are understood.
    pub links: bool,
}

/// Below this nothing can be drawn, so that smaller widths are taken as this one.
const NARROWEST: usize = 20;
/// What is used where nobody knows the width, as in a log.
const USUAL: usize = 100;
const WIDEST: usize = 400;

impl Style {
    /// Asks the environment as `ruff` and `anstream` do; `width` is what the terminal says of itself.
    pub fn detect(
        env: impl Fn(&str) -> Option<String>,
        is_terminal: bool,
        width: Option<usize>,
    ) -> Style {
        let set = |name: &str| env(name).filter(|value| !value.is_empty());
        let columns = set("COLUMNS").and_then(|value| value.trim().parse().ok());
        Style {
            color: color(&set, is_terminal),
            unicode: unicode(&set),
            width: columns.filter(|&it| it > 0).or(width).filter(|&it| it > 0),
            links: is_terminal && color(&set, is_terminal) && set("CI").is_none(),
        }
    }

    /// The columns that lines are cut to.
    pub(super) fn columns(self) -> usize {
        match self.width {
            None | Some(0) => USUAL,
            Some(width) => width.clamp(NARROWEST, WIDEST),
        }
    }

    pub(super) fn ellipsis(self) -> &'static str {
        if self.unicode { "…" } else { "..." }
    }
}

fn color(set: &impl Fn(&str) -> Option<String>, is_terminal: bool) -> bool {
    let force = set("FORCE_COLOR");
    if set("NO_COLOR").is_some() {
        false
    } else if set("CLICOLOR_FORCE").is_some_and(|value| value != "0") {
        true
    } else if let Some(force) = force {
        force != "0" && !force.eq_ignore_ascii_case("false")
    } else if set("CLICOLOR").is_some_and(|value| value == "0") {
        false
    } else {
        is_terminal && set("TERM").is_none_or(|term| term != "dumb")
    }
}

fn unicode(set: &impl Fn(&str) -> Option<String>) -> bool {
    match set("LC_ALL").or_else(|| set("LC_CTYPE")).or_else(|| set("LANG")) {
        Some(locale) => {
            let locale = locale.to_ascii_lowercase();
            locale.contains("utf-8") || locale.contains("utf8")
        }
        // Containers name no locale, and every service shows its logs as UTF-8; so does Windows' own terminal.
        None => set("CI").is_some_and(|value| value != "false") || set("WT_SESSION").is_some(),
    }
}
