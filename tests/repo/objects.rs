//! Contents come from the object store only, whole and unchanged.

use std::path::PathBuf;

use sprag::repo::{Backend, Blob, Caller, Repo};
use sprag::source::ObjectId;

use super::{before, everything, open, open_with, seed};
use crate::support::Sandbox;

const BOTH: [Backend; 2] = [Backend::Auto, Backend::GitOnly];
const LIMIT: usize = 1 << 20;

fn id(sandbox: &Sandbox, revision: &str) -> ObjectId {
    ObjectId(sandbox.line(&["rev-parse", revision]))
}

fn loose(sandbox: &Sandbox, id: &ObjectId) -> PathBuf {
    let (directory, file) = id.0.split_at(2);
    sandbox.path().join(".git/objects").join(directory).join(file)
}

#[test]
fn contents_come_in_the_order_they_were_asked_for() {
    for args in [&[][..], &["--object-format=sha256"]] {
        let sandbox = seed(args);
        let [a, b] = ["HEAD:db/migrations/V1__a.sql", "HEAD:db/migrations/V2__b.sql"]
            .map(|it| id(&sandbox, it));
        for backend in BOTH {
            let repo = open_with(sandbox.path(), backend);
            let blobs = repo.read(&[b.clone(), a.clone(), b.clone()], LIMIT).unwrap();
            let text = |name| {
                Blob::Bytes(format!("create table {name} (id int primary key);\n").into_bytes())
            };
            assert_eq!(blobs, [text("b"), text("a"), text("b")]);
            assert!(repo.read(&[], LIMIT).unwrap().is_empty());
        }
    }
}

#[test]
fn a_large_file_is_measured_and_not_read() {
    let sandbox = seed(&[]);
    sandbox.commit("big", vec![b'x'; 5000]).commit("empty", "");
    let ids = ["HEAD:big", "HEAD:empty", "HEAD:src/main.rs"].map(|it| id(&sandbox, it));
    for backend in BOTH {
        let repo = open_with(sandbox.path(), backend);
        let blobs = repo.read(&ids, 4999).unwrap();
        assert_eq!(blobs[0], Blob::TooLarge(5000));
        assert_eq!(blobs[1], Blob::Bytes(Vec::new()));
        assert_eq!(blobs[2], Blob::Bytes(b"fn main() {}\n".to_vec()));
        assert!(matches!(repo.read(&ids[..1], 5000).unwrap()[0], Blob::Bytes(_)));
    }
}

#[test]
fn many_files_are_read_with_two_threads() {
    let sandbox = seed(&[]);
    for name in 0..1201 {
        sandbox.write(format!("many/{name}.sql"), format!("select {name};"));
    }
    sandbox.commit_all("many");
    for packed in [false, true] {
        if packed {
            sandbox.git(&["repack", "-qad"]);
        }
        for backend in BOTH {
            let repo = open_with(sandbox.path(), backend);
            let entries =
                repo.list(&before(&repo), &|path: &[u8]| path.starts_with(b"many/")).unwrap();
            let ids: Vec<ObjectId> = entries.iter().map(|it| it.id.clone()).collect();
            let blobs = repo.read(&ids, LIMIT).unwrap();
            assert_eq!(blobs.len(), 1201);
            for (entry, blob) in entries.iter().zip(blobs) {
                let name = entry.path.to_string();
                let number = name.trim_start_matches("many/").trim_end_matches(".sql");
                assert_eq!(blob, Blob::Bytes(format!("select {number};").into_bytes()));
            }
        }
    }
}

#[test]
fn a_missing_blob_is_an_error_that_names_it() {
    let sandbox = seed(&[]);
    let blob = id(&sandbox, "HEAD:src/main.rs");
    std::fs::remove_file(loose(&sandbox, &blob)).unwrap();
    for backend in BOTH {
        let repo = open_with(sandbox.path(), backend);
        let failure = repo.read(std::slice::from_ref(&blob), LIMIT).unwrap_err();
        assert!(failure.message.contains(&blob.0), "{}", failure.message);
        assert!(!failure.help.is_empty());
        assert!(!repo.has(&blob.0));
    }
}

#[test]
fn a_blob_with_the_content_of_another_is_an_error() {
    use std::os::unix::fs::PermissionsExt;
    let sandbox = seed(&[]);
    let [one, other] =
        ["HEAD:src/main.rs", "HEAD:db/migrations/V1__a.sql"].map(|it| id(&sandbox, it));
    let path = loose(&sandbox, &one);
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    for damage in [std::fs::read(loose(&sandbox, &other)).unwrap(), b"garbage".to_vec(), Vec::new()]
    {
        std::fs::write(&path, damage).unwrap();
        for backend in BOTH {
            let failure = open_with(sandbox.path(), backend)
                .read(std::slice::from_ref(&one), LIMIT)
                .unwrap_err();
            assert!(failure.message.contains(&one.0), "{}", failure.message);
        }
    }
}

#[test]
fn a_tree_is_not_a_file() {
    let sandbox = seed(&[]);
    let tree = id(&sandbox, "HEAD:src");
    for backend in BOTH {
        let repo = open_with(sandbox.path(), backend);
        for limit in [LIMIT, 0] {
            let failure = repo.read(std::slice::from_ref(&tree), limit).unwrap_err();
            assert!(failure.message.contains("is a tree"), "{}", failure.message);
        }
        assert!(repo.read(&[ObjectId("../../etc/passwd".to_owned())], LIMIT).is_err());
    }
}

#[test]
fn replaced_contents_are_read_as_they_were() {
    let sandbox = seed(&[]);
    let [one, other] =
        ["HEAD:src/main.rs", "HEAD:db/migrations/V1__a.sql"].map(|it| id(&sandbox, it));
    sandbox.git(&["replace", &one.0, &other.0]);
    for backend in BOTH {
        let blobs =
            open_with(sandbox.path(), backend).read(std::slice::from_ref(&one), LIMIT).unwrap();
        assert_eq!(blobs, [Blob::Bytes(b"fn main() {}\n".to_vec())]);
    }
}

/// A clone without blobs, and how often it fetches.
fn partial(filter: &str) -> (Sandbox, PathBuf) {
    let sandbox = seed(&[]);
    for name in 0..40 {
        sandbox.write(format!("db/migrations/X{name}.sql"), format!("select {name};"));
    }
    sandbox.commit_all("many").git(&["config", "uploadpack.allowFilter", "true"]);
    sandbox.git(&["config", "uploadpack.allowAnySHA1InWant", "true"]);
    let clone = sandbox.outside().join("clone");
    let url = format!("file://{}", sandbox.path().display());
    sandbox.git(&[
        "clone",
        "-q",
        "--no-checkout",
        "--filter",
        filter,
        &url,
        clone.to_str().unwrap(),
    ]);
    (sandbox, clone)
}

fn packs(clone: &std::path::Path) -> usize {
    let files = std::fs::read_dir(clone.join(".git/objects/pack")).unwrap();
    files
        .filter(|it| it.as_ref().unwrap().path().extension().is_some_and(|it| it == "pack"))
        .count()
}

#[test]
fn a_partial_clone_fetches_what_it_lacks_in_one_go() {
    for backend in BOTH {
        let (_origin, clone) = partial("blob:none");
        let was = packs(&clone);
        let repo = open_with(&clone, backend);
        let entries = repo.list(&before(&repo), &everything).unwrap();
        assert_eq!(entries.len(), 43);
        assert_eq!(packs(&clone), was, "listing needs no blobs");
        let ids: Vec<ObjectId> = entries.iter().map(|it| it.id.clone()).collect();
        let blobs = repo.read(&ids, LIMIT).unwrap();
        assert!(blobs.iter().all(|it| matches!(it, Blob::Bytes(bytes) if !bytes.is_empty())));
        assert_eq!(packs(&clone), was + 1, "{backend:?}");
    }
}

#[test]
fn a_clone_without_trees_fetches_them() {
    for backend in BOTH {
        let (_origin, clone) = partial("tree:0");
        let repo = open_with(&clone, backend);
        assert_eq!(repo.list(&before(&repo), &everything).unwrap().len(), 43);
    }
}

#[test]
fn a_partial_clone_without_its_remote_is_an_error() {
    for backend in BOTH {
        let (origin, clone) = partial("blob:none");
        std::fs::rename(origin.path(), origin.outside().join("gone")).unwrap();
        let repo = open_with(&clone, backend);
        let entries = repo.list(&before(&repo), &everything).unwrap();
        let failure = repo.read(&[entries[0].id.clone()], LIMIT).unwrap_err();
        assert!(failure.message.contains("`origin`"), "{}", failure.message);
        assert!(!failure.help.is_empty());
    }
}

#[test]
fn the_extension_of_old_partial_clones_is_understood() {
    let sandbox = seed(&[]);
    sandbox.run(
        "git config core.repositoryFormatVersion 1; git config extensions.partialClone origin
         git remote add origin ../nowhere; echo x >>db/migrations/V1__a.sql; git add -A",
    );
    let repo = open(sandbox.path());
    let staged = repo.staged().unwrap();
    assert_eq!(repo.diff(&before(&repo), &staged.side, &everything).unwrap().len(), 1);
}

#[test]
fn objects_of_another_repository_are_found_even_where_libgit2_does_not_look() {
    let sandbox = seed(&[]);
    let clone = sandbox.outside().join("clone");
    let from = sandbox.path().to_str().unwrap();
    sandbox.git(&["clone", "-q", "--shared", from, clone.to_str().unwrap()]);
    let alternates = clone.join(".git/objects/info/alternates");
    let plain = std::fs::read_to_string(&alternates).unwrap();
    for text in [plain.clone(), format!("# borrowed\n\"{}\"\n", plain.trim())] {
        std::fs::write(&alternates, text).unwrap();
        let repo = Repo::open_at(&clone, Caller::Hook).unwrap();
        let entries = repo.list(&before(&repo), &everything).unwrap();
        let ids: Vec<ObjectId> = entries.iter().map(|it| it.id.clone()).collect();
        assert_eq!(repo.read(&ids, LIMIT).unwrap().len(), 3);
        assert!(repo.has(&ids[0].0));
    }
}
