//! Names in a Prisma schema that the database has otherwise: `@map` and `@@map`.

use std::sync::Arc;

use crate::rules::{Edit, Mapped};
use crate::source::RepoPath;

/// The edits that make these schemas fit. Says why where one of the names is not found, or found twice.
pub(super) fn map(
    schemas: &[(RepoPath, Arc<str>)],
    mapped: &[Mapped],
) -> Result<Vec<(RepoPath, Edit)>, String> {
    let mut edits = Vec::new();
    for it in mapped {
        let mut found = schemas.iter().filter_map(|(path, text)| {
            let edit = match &it.column {
                Some(column) => field(text, &it.table, column, &it.to),
                None => model(text, &it.table, &it.to),
            };
            edit.map(|edit| (path.clone(), edit))
        });
        let what = match &it.column {
            Some(column) => format!("{}.{column}", it.table),
            None => it.table.clone(),
        };
        let first = found.next().ok_or_else(|| {
            format!("the Prisma schema has no plain line for `{what}`; add the map by hand")
        })?;
        if found.next().is_some() {
            return Err(format!("the Prisma schema has `{what}` twice; add the map by hand"));
        }
        edits.push(first);
    }
    Ok(edits)
}

/// Whether an index or a constraint is given this name: `@@index([createdAt], map: "…")`.
pub(super) fn names(schema: &str, name: &str) -> bool {
    schema.lines().map(code).any(|line| {
        line.split("map:").skip(1).any(|it| {
            let inside = it.trim_start().strip_prefix('"');
            inside.and_then(|it| it.split('"').next()) == Some(name)
        })
    })
}

/// A block `model Name { … }`: where its lines begin, and they.
struct Model<'t> {
    name: &'t str,
    /// Byte offsets and texts of the lines between the braces.
    lines: Vec<(usize, &'t str)>,
    /// Where its closing brace stands.
    end: usize,
}

impl Model<'_> {
    /// What the database calls it.
    fn table(&self) -> &str {
        let own = self.lines.iter().find_map(|(_, line)| argument(code(line), "@@map"));
        own.unwrap_or(self.name)
    }
}

fn models(text: &str) -> Vec<Model<'_>> {
    let mut models: Vec<Model<'_>> = Vec::new();
    let mut open = false;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        let words = code(line).trim();
        if open {
            if words == "}" {
                open = false;
                if let Some(model) = models.last_mut() {
                    model.end = start;
                }
            } else if let Some(model) = models.last_mut() {
                model.lines.push((start, line));
            }
        } else if let Some(name) = words.strip_prefix("model ").and_then(|it| it.strip_suffix('{'))
        {
            models.push(Model { name: name.trim(), lines: Vec::new(), end: at });
            open = true;
        }
    }
    if open {
        models.pop();
    }
    models
}

/// A line without its comment. A `//` inside of quotes is none.
fn code(line: &str) -> &str {
    let mut quoted = false;
    let mut before = '\0';
    for (at, c) in line.char_indices() {
        match c {
            '"' if before != '\\' => quoted = !quoted,
            '/' if before == '/' && !quoted => return &line[..at - 1],
            _ => {}
        }
        before = c;
    }
    line
}

/// `name` of `@map("name")`, of an attribute that ends where its name does.
fn argument<'t>(line: &'t str, attribute: &str) -> Option<&'t str> {
    let mut found = line.match_indices(attribute);
    let (at, _) =
        found.find(|(at, _)| !line[..*at].ends_with('@') && !line[..*at].ends_with('.'))?;
    let rest = line[at + attribute.len()..].trim_start().strip_prefix('(')?.trim_start();
    let rest = rest.strip_prefix("name:").map_or(rest, str::trim_start);
    rest.strip_prefix('"')?.split('"').next()
}

fn field(text: &str, table: &str, column: &str, to: &str) -> Option<Edit> {
    let models = models(text);
    let mut fitting = models.iter().filter(|it| it.table() == table);
    let model = fitting.next()?;
    if fitting.next().is_some() {
        return None;
    }
    let mut fields = model.lines.iter().filter_map(|(start, line)| {
        let said = code(line);
        let words = said.trim_start();
        let name = words.split_whitespace().next()?;
        if name.starts_with('@') {
            return None;
        }
        let mapped = argument(said, "@map");
        if mapped.unwrap_or(name) != column {
            return None;
        }
        Some((*start, said, mapped))
    });
    let (start, said, mapped) = fields.next()?;
    if fields.next().is_some() {
        return None;
    }
    if let Some(mapped) = mapped {
        let at = start + said.find(&format!("\"{mapped}\""))? + 1;
        return Some(Edit { at: at..at + mapped.len(), text: to.to_owned() });
    }
    let end = start + said.trim_end().len();
    Some(Edit { at: end..end, text: format!(" @map(\"{to}\")") })
}

fn model(text: &str, table: &str, to: &str) -> Option<Edit> {
    let models = models(text);
    let mut fitting = models.iter().filter(|it| it.table() == table);
    let model = fitting.next()?;
    if fitting.next().is_some() {
        return None;
    }
    for (start, line) in &model.lines {
        let said = code(line);
        if let Some(mapped) = argument(said, "@@map") {
            let at = start + said.find(&format!("\"{mapped}\""))? + 1;
            return Some(Edit { at: at..at + mapped.len(), text: to.to_owned() });
        }
    }
    let indent = model.lines.iter().map(|it| it.1).find(|it| !it.trim().is_empty());
    let indent = indent.map_or("  ", |it| &it[..it.len() - it.trim_start().len()]);
    let apart = model.lines.iter().rev().find(|it| !it.1.trim().is_empty());
    let apart = apart.is_none_or(|it| !it.1.trim_start().starts_with("@@"));
    let before = if apart { "\n" } else { "" };
    Some(Edit { at: model.end..model.end, text: format!("{before}{indent}@@map(\"{to}\")\n") })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::map;
    use crate::fix::apply;
    use crate::rules::{Edit, Mapped};

    const SCHEMA: &str = "model UserProfile {\n  id        Int      @id // the key\n  firstName String // \"@map\"\n  lastName  String   @map(\"LastName\") @db.VarChar(10)\n\n  @@index([firstName])\n}\n\nmodel Other {\n  firstName String\n}\n";

    fn mapped(table: &str, column: Option<&str>, to: &str) -> Result<String, String> {
        let it = Mapped {
            table: table.to_owned(),
            column: column.map(str::to_owned),
            to: to.to_owned(),
        };
        let edits = map(&[("schema.prisma".into(), SCHEMA.into())], &[it])?;
        let edits: Vec<&Edit> = edits.iter().map(|it| &it.1).collect();
        Ok(apply(SCHEMA, &edits).unwrap())
    }

    #[test]
    fn a_field_keeps_its_name_and_says_that_of_the_column() {
        let text = mapped("UserProfile", Some("firstName"), "first_name").unwrap();
        assert!(text.contains("  firstName String @map(\"first_name\") // \"@map\"\n"), "{text}");
        let text = mapped("UserProfile", Some("LastName"), "last_name").unwrap();
        assert!(text.contains("@map(\"last_name\") @db.VarChar(10)\n"), "{text}");
    }

    #[test]
    fn a_model_keeps_its_name_and_says_that_of_the_table() {
        let text = mapped("UserProfile", None, "user_profile").unwrap();
        assert!(text.contains("  @@index([firstName])\n  @@map(\"user_profile\")\n}\n"), "{text}");
        let text = mapped("Other", None, "other").unwrap();
        assert!(text.contains("  firstName String\n\n  @@map(\"other\")\n}\n"), "{text}");
    }

    #[test]
    fn what_is_not_found_is_not_guessed() {
        assert!(mapped("Nobody", None, "nobody").is_err());
        assert!(mapped("UserProfile", Some("lastName"), "x").is_err());
    }
}
