//! Names in a Prisma schema that the database has otherwise: `@map` and `@@map`.

use std::ops::Range;
use std::sync::Arc;

use crate::parse::prisma::ast::{Attribute, Document, Field, Model, ValueKind};
use crate::parse::prisma::parse;
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
    let models = parse(schema).models;
    let attributes = models
        .iter()
        .flat_map(|it| it.attributes.iter().chain(it.fields.iter().flat_map(|it| &it.attributes)));
    let mut arguments = attributes.flat_map(|it| &it.arguments);
    arguments.any(|it| {
        let map = it.name.as_ref().is_some_and(|it| it.text == "map");
        map && matches!(&it.value.kind, ValueKind::String(text) if text == name)
    })
}

/// What `@map` or `@@map` says, and the place of its text without the quotes.
fn mapped(attributes: &[Attribute]) -> Option<(&str, Range<usize>)> {
    let map = attributes.iter().find(|it| it.name.text == "map")?;
    let value = map.arguments.iter().find_map(|it| {
        let own = it.name.as_ref().is_none_or(|it| it.text == "name");
        own.then_some(&it.value)
    })?;
    match &value.kind {
        ValueKind::String(text) => Some((text, value.at.start + 1..value.at.end - 1)),
        _ => None,
    }
}

fn only<T>(mut found: impl Iterator<Item = T>) -> Option<T> {
    let first = found.next()?;
    found.next().is_none().then_some(first)
}

/// The only model that has the table.
fn model_of<'d>(document: &'d Document, table: &str) -> Option<&'d Model> {
    let is_it =
        |it: &&Model| mapped(&it.attributes).map_or(it.name.text.as_str(), |it| it.0) == table;
    only(document.models.iter().filter(is_it))
}

fn field(text: &str, table: &str, column: &str, to: &str) -> Option<Edit> {
    let document = parse(text);
    let model = model_of(&document, table)?;
    let is_it =
        |it: &&Field| mapped(&it.attributes).map_or(it.name.text.as_str(), |it| it.0) == column;
    let field = only(model.fields.iter().filter(is_it))?;
    if let Some((_, at)) = mapped(&field.attributes) {
        return Some(Edit { at, text: to.to_owned() });
    }
    let end = field.at.end;
    let blank = if field.attributes.is_empty() { padding(text, model, field) } else { 1 };
    Some(Edit { at: end..end, text: format!("{}@map(\"{to}\")", " ".repeat(blank)) })
}

/// The blanks before the first attribute of a field, so that it stands below or above those around it, as
/// `prisma format` has them.
fn padding(text: &str, model: &Model, field: &Field) -> usize {
    let line = |at: usize| {
        let start = text[..at].rfind('\n').map_or(0, |it| it + 1);
        (start, text[..at].matches('\n').count())
    };
    let (start, own) = line(field.at.start);
    let width = text[start..field.at.end].chars().count();
    // The nearest field with an attribute that no empty line parts from this one.
    let near = model.fields.iter().filter_map(|it| {
        let attribute = it.attributes.first()?;
        let (start, number) = line(attribute.at.start);
        let (from, to) = (it.at.end.min(field.at.end), it.at.start.max(field.at.start));
        let between: Vec<&str> = text.get(from..to)?.split('\n').collect();
        let inner = between.get(1..between.len() - 1).unwrap_or_default();
        let joined = !inner.iter().any(|it| it.trim().is_empty());
        let column = text[start..attribute.at.start].chars().count();
        joined.then_some((number.abs_diff(own), column))
    });
    let column = near.min().map_or(0, |it| it.1);
    column.saturating_sub(width).max(1)
}

fn model(text: &str, table: &str, to: &str) -> Option<Edit> {
    let document = parse(text);
    let model = model_of(&document, table)?;
    if let Some((_, at)) = mapped(&model.attributes) {
        return Some(Edit { at, text: to.to_owned() });
    }
    let last = text.get(..model.at.end)?.strip_suffix('}')?;
    let start = last.rfind('\n').map_or(0, |it| it + 1);
    // A bracket that stands behind something else is not read by Prisma either.
    if !last[start..].trim().is_empty() {
        return None;
    }
    let first = model.fields.first().map_or(model.at.end, |it| it.at.start);
    let indent = &text[text[..first].rfind('\n').map_or(0, |it| it + 1)..first];
    let indent = if indent.trim().is_empty() && !indent.is_empty() { indent } else { "  " };
    let end = model.fields.iter().map(|it| it.at.end).max().unwrap_or_default();
    let apart = model.attributes.iter().all(|it| it.at.start < end);
    let blank = last[..start].lines().next_back().is_some_and(|it| it.trim().is_empty());
    let before = if apart && !blank { "\n" } else { "" };
    Some(Edit { at: start..start, text: format!("{before}{indent}@@map(\"{to}\")\n") })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::{field, map};
    use crate::fix::apply;
    use crate::parse::prisma::{Datamodel, Model as PrismaModel};
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
        assert!(text.contains("  firstName String   @map(\"first_name\") // \"@map\"\n"), "{text}");
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
    fn an_attribute_stands_below_those_of_its_neighbours() {
        let text = "model A {\n  id    Int    @id\n  ab    String\n  // one\n  aLongName LongType\n\n  other    String\n  id2 Int @unique\n}\n";
        let add = |column: &str| field(text, "A", column, "x").unwrap();
        assert_eq!(add("ab").text, " @map(\"x\")");
        assert_eq!(add("aLongName").text, " @map(\"x\")");
        let text = "model A {\n  id   Int      @id\n  aB   Int\n\n  cDef Int\n  e    DateTime @default(now())\n}\n";
        let add = |column: &str| field(text, "A", column, "x").unwrap().text;
        assert_eq!(add("aB"), "      @map(\"x\")");
        assert_eq!(add("cDef"), "      @map(\"x\")");
    }

    /// Fields with all that may stand around them.
    fn a_field() -> impl Strategy<Value = String> {
        let name = "[a-z]{1,6}([A-Z][a-z]{0,5}){0,2}";
        let data_type = prop::sample::select(vec!["Int", "String?", "DateTime", "Json[]", "Int[]"]);
        let attributes = prop::sample::select(vec![
            "",
            " @default(dbgenerated(\"x @map(\\\"y\\\")\"))",
            "   @unique // @map(\"z\")",
            " @map(\"Mapped\")",
            " @map(name: \"alsoMapped\") @db.Text",
            " // é {",
            " /* } */",
        ]);
        (name, data_type, attributes, prop::bool::ANY, " {1,4}").prop_map(
            |(name, data_type, attributes, gap, blank)| {
                let gap = if gap { "\n" } else { "" };
                format!("{gap}  {name}{blank}{data_type}{attributes}\n")
            },
        )
    }

    fn a_schema() -> impl Strategy<Value = String> {
        let end = prop::sample::select(vec!["", "\n  @@index([id])\n", "  @@map(\"Tables\")\n"]);
        let ends = prop::sample::select(vec!["\n", "\r\n"]);
        (prop::collection::vec(a_field(), 1..6), end, ends).prop_map(|(fields, end, line)| {
            let other = "model Other {\n  id        Int @id\n  firstName Int\n}\n";
            let text =
                format!("{other}model UserProfile {{\n  id Int @id\n{}{end}}}\n", fields.concat());
            text.replace('\n', line)
        })
    }

    fn read(text: &str) -> Datamodel {
        Datamodel::read(&[("schema.prisma".into(), text.into())])
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1000))]

        #[test]
        fn one_name_changes_and_nothing_else(text in a_schema(), index in 0usize..8) {
            let before = read(&text);
            prop_assume!(before.broken.is_empty());
            let model = &before.models[1];
            let column = model.fields.get(index).map(|it| it.column.clone());
            let it = Mapped { table: model.table.name.clone(), column, to: "a_new_name".to_owned() };
            let edits = map(&[("schema.prisma".into(), text.as_str().into())], &[it]).unwrap();
            let edits: Vec<&Edit> = edits.iter().map(|it| &it.1).collect();
            let after = read(&apply(&text, &edits).unwrap());
            prop_assert_eq!(&after.broken, &Vec::new());
            let names = |it: &Datamodel| -> Vec<(String, Vec<(String, String)>)> {
                let fields = |it: &PrismaModel| it.fields.iter().map(|it| (it.name.clone(), it.column.clone())).collect();
                it.models.iter().map(|it| (it.table.name.clone(), fields(it))).collect()
            };
            let mut wanted = names(&before);
            match wanted[1].1.get_mut(index) {
                Some(field) => field.1 = "a_new_name".to_owned(),
                None => wanted[1].0 = "a_new_name".to_owned(),
            }
            prop_assert_eq!(names(&after), wanted);
        }
    }

    #[test]
    fn what_is_not_found_is_not_guessed() {
        assert!(mapped("Nobody", None, "nobody").is_err());
        assert!(mapped("UserProfile", Some("lastName"), "x").is_err());
    }
}
