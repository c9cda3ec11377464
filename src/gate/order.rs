//! Which database a migration belongs to, and in which order migrations are applied.

use crate::rules::Slot;
use crate::source::RepoPath;

/// The folder that a database is named by: the one above `prisma`, `supabase`, `drizzle` and `migrations`.
///
/// A repository with both `prisma/migrations` and `supabase/migrations` has one database that two tools change; two
/// packages with migrations of their own have two.
pub fn database(path: &RepoPath) -> RepoPath {
    let mut folder = Slot::of(path).folder;
    let tools: [&[u8]; 4] = [b"migrations", b"prisma", b"supabase", b"drizzle"];
    while tools.iter().any(|it| folder.file_name().eq_ignore_ascii_case(it)) {
        folder = folder.parent().unwrap_or_else(|| RepoPath::from(""));
    }
    folder
}

/// Sorts as the tools apply: by name, whatever the folder.
pub(super) fn key(path: &RepoPath) -> (String, RepoPath) {
    (Slot::of(path).name, path.clone())
}

#[cfg(test)]
mod tests {
    use super::database;

    #[test]
    fn two_tools_in_one_folder_change_one_database() {
        let prisma = database(&"app/prisma/migrations/1_a/migration.sql".into());
        let supabase = database(&"app/supabase/migrations/2_b.sql".into());
        assert_eq!(prisma, supabase);
        assert_eq!(prisma, "app".into());
    }

    #[test]
    fn two_packages_have_two() {
        let a = database(&"packages/a/drizzle/0000_x.sql".into());
        let b = database(&"packages/b/drizzle/0000_x.sql".into());
        assert_ne!(a, b);
    }
}
