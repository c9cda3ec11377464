//! Files that are there whole or not at all.

use std::io::Write as _;
use std::path::Path;

use crate::failure::{Context, Result};

/// The old file or the new one, never half of either. A file that is there keeps its permissions.
pub fn whole(path: &Path, text: &str) -> Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder).context(format!("create `{}`", folder.display()))?;
    let doing = || format!("write `{}`", path.display());
    let mut file = tempfile::NamedTempFile::new_in(folder).context(doing())?;
    file.write_all(text.as_bytes()).context(doing())?;
    file.as_file().sync_all().context(doing())?;
    // Readable by all, as files in a repository are; a temporary file is not.
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let known = std::fs::metadata(path).map(|it| it.permissions());
        let mode = known.unwrap_or_else(|_| std::fs::Permissions::from_mode(0o644));
        file.as_file().set_permissions(mode).context(doing())?;
    }
    file.persist(path).context(doing())?;
    Ok(())
}
