//! A rule's page: the Markdown at the head of its file.

/// The page of one rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    pub title: String,
    /// The first paragraph.
    pub summary: String,
    /// The whole page without the comment marks.
    pub markdown: String,
    pub examples: Vec<Example>,
}

/// A fenced example of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    pub verdict: Verdict,
    /// The words after the fence: kind of file, `before`, a path.
    pub words: Vec<String>,
    pub text: String,
    /// Whether it begins on the line after the fence before it: both are files of one example.
    pub joined: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Fails,
    Passes,
}

impl Page {
    /// Reads the page from a rule's source.
    pub fn of(source: &str) -> Page {
        let lines = source.lines().map_while(|line| line.strip_prefix("//!"));
        let lines: Vec<&str> = lines.map(|line| line.strip_prefix(' ').unwrap_or(line)).collect();
        let title = lines.first().and_then(|it| it.strip_prefix("# ")).unwrap_or_default();
        let body = lines.iter().skip(1).skip_while(|it| it.is_empty());
        let summary: Vec<&str> = body.take_while(|it| !it.is_empty()).copied().collect();
        Page {
            title: title.to_owned(),
            summary: summary.join(" "),
            markdown: lines.join("\n") + "\n",
            examples: examples(&lines),
        }
    }
}

fn examples(lines: &[&str]) -> Vec<Example> {
    let mut verdict = None;
    let mut examples: Vec<Example> = Vec::new();
    let mut open = false;
    let mut closed = false;
    for line in lines {
        let joined = std::mem::take(&mut closed);
        if let Some(words) = line.strip_prefix("```") {
            if open {
                open = false;
                closed = true;
            } else if let Some(verdict) = verdict {
                open = true;
                let words = words.split_whitespace().map(str::to_owned).collect();
                examples.push(Example { verdict, words, text: String::new(), joined });
            }
        } else if open {
            if let Some(example) = examples.last_mut() {
                example.text.push_str(line);
                example.text.push('\n');
            }
        } else if let Some(heading) = line.strip_prefix("## ") {
            verdict = match heading {
                "Fails" => Some(Verdict::Fails),
                "Passes" => Some(Verdict::Passes),
                _ => None,
            };
        }
    }
    examples
}
