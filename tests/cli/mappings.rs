//! `sprag fix` gives what is new in a Prisma schema its name in the database.

use insta::assert_snapshot;

use crate::support::Sandbox;

const PLACE: &str = "prisma/schema.prisma";
const SCHEMA: &str = r#"datasource db {
  provider = "postgresql"
  url      = env("DATABASE_URL")
}

model User {
  id   BigInt @id
  name String

  @@map("users")
}

model OrderLine {
  id BigInt @id

  @@map("order_lines")
}
"#;
const MORE: &str = r"  id        BigInt    @id
  name      String
  firstName String? // as on the passport
  lastSeen  DateTime?
";
const CATEGORY: &str = "\nmodel ShopCategory {\n  id BigInt @id\n}\n";

/// A branch beside a main branch that has the schema.
fn branch(policy: &str) -> Sandbox {
    let repo = Sandbox::new();
    repo.commit("policy.toml", policy).commit(PLACE, SCHEMA);
    let repo = repo.with_origin();
    repo.git(&["switch", "-qc", "more"]);
    repo
}

fn more() -> String {
    let text = SCHEMA.replace("  id   BigInt @id\n  name String\n", MORE);
    assert_ne!(text, SCHEMA);
    text + CATEGORY
}

fn read(repo: &Sandbox) -> String {
    std::fs::read_to_string(repo.path().join(PLACE)).unwrap()
}

#[test]
fn a_new_field_and_a_new_model_are_mapped_as_the_others_are() {
    let repo = branch("version = 1\n");
    repo.stage(PLACE, more());
    let (code, said) = repo.sprag(&["fix"]);
    assert_eq!(code, 1, "{said}");
    assert_snapshot!(said, @r#"
    --- a/prisma/schema.prisma
    +++ b/prisma/schema.prisma
    @@ -6,8 +6,8 @@
     model User {
       id        BigInt    @id
       name      String
    -  firstName String? // as on the passport
    -  lastSeen  DateTime?
    +  firstName String?   @map("first_name") // as on the passport
    +  lastSeen  DateTime? @map("last_seen")
     
       @@map("users")
     }
    @@ -20,4 +20,6 @@
     
     model ShopCategory {
       id BigInt @id
    +
    +  @@map("shop_categories")
     }
    would fix column-snake-case: map `firstName` to `first_name`
    would fix column-snake-case: map `lastSeen` to `last_seen`
    would fix table-snake-case: map `ShopCategory` to `shop_categories`
    nothing is written; `sprag fix --write` writes it
    "#);
    assert_eq!(read(&repo), more());
    let (code, said) = repo.sprag(&["fix", "--write"]);
    assert_eq!(code, 0, "{said}");
    repo.git(&["add", "."]);
    let (code, said) = repo.sprag(&["check", "--staged"]);
    assert_eq!(code, 0, "{said}");
    assert_eq!(repo.sprag(&["fix"]), (0, "there is nothing that a machine can mend\n".to_owned()));
}

#[test]
fn what_is_not_staged_is_mapped_with_the_rest() {
    let repo = branch("version = 1\n");
    repo.stage(PLACE, more()).write(PLACE, more() + "\nmodel LateComer {\n  id BigInt @id\n}\n");
    let (code, said) = repo.sprag(&["fix", "--write"]);
    assert_eq!(code, 0, "{said}");
    let text = read(&repo);
    assert!(
        ["first_name", "shop_categories", "late_comers"].iter().all(|it| text.contains(it)),
        "{text}"
    );
}

#[test]
fn what_the_policy_exempts_is_left_as_it_is() {
    let policy = "version = 1\n[rules]\ntable-snake-case = { level = \"deny\", exempt = [\"public.Session\"] }\ncolumn-snake-case = { level = \"deny\", exempt = [\"public.Session.*\"] }\n";
    let repo = branch(policy);
    let session = "\nmodel Session {\n  id     BigInt @id\n  userId BigInt\n}\n";
    repo.stage(PLACE, format!("{SCHEMA}{session}"));
    let (code, said) = repo.sprag(&["check", "--staged"]);
    assert_eq!(code, 0, "{said}");
    assert_eq!(repo.sprag(&["fix"]), (0, "there is nothing that a machine can mend\n".to_owned()));
}

#[test]
fn a_model_of_a_library_may_be_mapped_as_well() {
    let repo = branch("version = 1\n");
    repo.stage(
        PLACE,
        format!("{SCHEMA}\nmodel Session {{\n  id     BigInt @id\n  userId BigInt\n}}\n"),
    );
    let (code, said) = repo.sprag(&["check", "--staged"]);
    assert_eq!(code, 1, "{said}");
    let says = ["add `@@map(\"sessions\")` to it", "ask the client for it", "sprag fix --write"];
    assert!(says.iter().all(|it| said.contains(it)), "{said}");
}
