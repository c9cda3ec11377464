//! The ends of relations, the tables that Prisma makes for some, and what it does not read.

use sprag::parse::prisma::Datamodel;

fn read(schema: &str) -> Datamodel {
    Datamodel::read(&[("schema.prisma".into(), schema.into())])
}

/// The tables that nobody wrote, with the columns of both ends and their types.
fn tables(schema: &str) -> Vec<String> {
    let datamodel = read(schema);
    assert_eq!(datamodel.broken, Vec::new(), "{schema}");
    let implicit = datamodel.models.iter().filter(|it| it.implicit);
    let shown = implicit.map(|it| {
        let columns = it.fields.iter().zip(&it.references).map(|(field, reference)| {
            format!("{} {:?} of {}", field.column, field.data_type, reference.model)
        });
        format!("{}: {}", it.table, columns.collect::<Vec<_>>().join(", "))
    });
    shown.collect()
}

#[test]
fn the_table_of_a_relation_is_called_by_the_models_and_not_by_their_tables() {
    assert_eq!(
        tables(
            "model Zoo {\n  id Int @id\n  apes Ape[]\n  @@map(\"aa\")\n}\nmodel Ape {\n  id String @id @db.Uuid\n  zoos Zoo[]\n  @@map(\"zz\")\n}\n"
        ),
        ["public._ApeToZoo: A Scalar(\"uuid\") of Ape, B Scalar(\"integer\") of Zoo"]
    );
}

#[test]
fn a_relation_to_its_own_model_has_a_table_as_well() {
    assert_eq!(
        tables(
            "model Ape {\n  id Int @id\n  likes Ape[] @relation(\"Like\")\n  liked Ape[] @relation(name: \"Like\")\n}\n"
        ),
        ["public._Like: A Scalar(\"integer\") of Ape, B Scalar(\"integer\") of Ape"]
    );
    assert_eq!(
        tables(
            "model Ape {\n  id Int @id\n  boss Ape? @relation(\"Boss\", fields: [bossId], references: [id])\n  bossId Int?\n  team Ape[] @relation(\"Boss\")\n}\n"
        ),
        Vec::<String>::new()
    );
}

#[test]
fn the_table_lies_in_the_schema_of_its_first_model() {
    let source = "datasource db {\n  provider = \"postgresql\"\n  schemas = [\"a\", \"b\"]\n}\n";
    assert_eq!(
        tables(&format!(
            "{source}model Zoo {{\n  id Int @id\n  apes Ape[]\n  @@schema(\"a\")\n}}\nmodel Ape {{\n  id Int @id\n  zoos Zoo[]\n  @@schema(\"b\")\n}}\n"
        )),
        ["b._ApeToZoo: A Scalar(\"integer\") of Ape, B Scalar(\"integer\") of Zoo"]
    );
}

#[test]
fn names_that_prisma_makes_are_as_long_as_postgres_takes_them() {
    let long = "A".repeat(70);
    let datamodel = read(&format!(
        "model M {{\n  id Int @id\n  {long} Int @unique\n  b Int\n  @@index([b, {long}])\n}}\n"
    ));
    let model = &datamodel.models[0];
    assert_eq!(model.uniques[0].name, format!("M_{}_key", &long[..57]));
    assert_eq!(model.indexes[0].name, format!("M_b_{}_idx", &long[..55]));
    assert_eq!(model.id_name, "M_pkey");
}

fn broken(schema: &str) -> Vec<String> {
    read(schema).broken.into_iter().map(|it| it.message).collect()
}

const OTHER: &str = "model B {\n  id Int @id\n  all A[]\n}\n";

/// Every one of them is refused by Prisma's own engine.
#[test]
fn what_prisma_does_not_read_is_named() {
    let relation = |line: &str, field: &str| {
        format!("model A {{\n  id Int @id\n  {field}\n  b {line}\n}}\n{OTHER}")
    };
    let good = "B @relation(fields: [bId], references: [id])";
    assert_eq!(broken(&relation(good, "bId Int")), Vec::<String>::new());
    for (schema, message) in [
        ("model A {\n  id Int @id\n}\nenum A {\n  X\n}\n".to_owned(), "two blocks are called `A`"),
        ("model A {\n  id Int @id\n  a Int\n  a Int\n}\n".to_owned(), "`A` has the field `a` twice"),
        ("model A {\n  id Int @id\n  a Int @map(\"b\")\n  b Int\n}\n".to_owned(), "`A.a` and `A.b` are both the column `b`"),
        ("model A {\n  id Int @id\n  @@map(\"B\")\n}\nmodel B {\n  id Int @id\n}\n".to_owned(), "`A` and `B` are both the table `B`"),
        ("enum E {\n  X\n  X\n}\n".to_owned(), "`E` has the value `X` twice"),
        ("enum E {\n}\n".to_owned(), "the enum `E` has no value"),
        ("model A {\n  id Int\n}\n".to_owned(), "`A` has neither an `@id` nor a `@unique` field"),
        ("model A {\n  id Int @id\n  @@index([gone])\n}\n".to_owned(), "`@@index` of `A` speaks of `gone`, which is no field"),
        (relation(good, ""), "`A.b` speaks of `A.bId`, which is no field"),
        (relation("B @relation(fields: [bId], references: [key])", "bId Int"), "`A.b` speaks of `B.key`, which is no field"),
        (relation("B @relation(fields: [bId, id], references: [id])", "bId Int"), "`A.b` has 2 `fields` and 1 `references`"),
        (relation(good, "bId Int?"), "`A.b` is required and `A.bId` is optional"),
        (relation("B", ""), "`A.b` says no `fields` and no `references`"),
        (relation(&format!("{good}\n  c {}", good.replace("bId", "id")), "bId Int"), "`A.b` and `A.c` are relations to `B` that no name tells apart"),
        (format!("model A {{\n  id Int @id\n}}\n{OTHER}"), "`B.all` has no field for the way back in `A`"),
        ("model A {\n  id Int @id\n  upId Int?\n  up A? @relation(fields: [upId], references: [id])\n  down A[]\n}\n".to_owned(), "`A.up` and `A.down` are relations to `A` that no name tells apart"),
    ] {
        assert_eq!(broken(&schema), [message], "{schema}");
    }
}

#[test]
fn what_prisma_reads_is_not_named() {
    for schema in [
        "model A {\n  id Int\n  @@ignore\n}\n",
        "enum E {\n  X\n  Y @map(\"X\")\n}\n",
        "model A {\n  id Int @id\n  @@map(\"e\")\n}\nenum F {\n  X\n  @@map(\"e\")\n}\n",
        "model A {\n  a Int\n  b Int\n  @@id(fields: [a, b(sort: Desc)], map: \"x\")\n}\n",
        "model A {\n  id Int @id\n  bId Int @unique\n  b B @relation(fields: [bId], references: [id])\n}\nmodel B {\n  id Int @id\n  a A?\n}\n",
        "model A {\n  id Int @id\n  @@map(\"x\")\n  @@schema(\"one\")\n}\nmodel B {\n  id Int @id\n  @@map(\"x\")\n  @@schema(\"two\")\n}\n",
        "type T {\n  a Int\n}\nmodel A {\n  id Int @id\n  t T\n}\n",
        "view V {\n  id Int\n}\n",
    ] {
        assert_eq!(broken(schema), Vec::<String>::new(), "{schema}");
    }
}
