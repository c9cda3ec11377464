//! What git tells hooks about a push.

use sprag::repo::{received, updates};

const A: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
const B: &str = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";

#[test]
fn nothing_to_push_is_no_update() {
    assert!(updates(b"").unwrap().is_empty());
    assert!(received(b"").unwrap().is_empty());
}

#[test]
fn a_local_ref_may_have_spaces() {
    let lines = format!("main@{{1 day ago}} {A} refs/heads/main {B}\n");
    let [update] = updates(lines.as_bytes()).unwrap().try_into().unwrap();
    assert_eq!(update.local_ref.as_deref(), Some("main@{1 day ago}"));
    assert_eq!(update.remote_ref, "refs/heads/main");
    assert_eq!(update.new.unwrap().0, A);
    assert_eq!(update.old.unwrap().0, B);
}

#[test]
fn zeros_of_either_length_are_no_object() {
    for zeros in ["0".repeat(40), "0".repeat(64)] {
        let [made] = updates(format!("x {A} refs/heads/x {zeros}\n").as_bytes())
            .unwrap()
            .try_into()
            .unwrap();
        assert_eq!((made.new.is_some(), made.old), (true, None));
        let [gone] = updates(format!("(delete) {zeros} refs/heads/x {A}\n").as_bytes())
            .unwrap()
            .try_into()
            .unwrap();
        assert_eq!((gone.new, gone.old.is_some()), (None, true));
    }
}

#[test]
fn a_server_is_told_old_and_new() {
    let [update] =
        received(format!("{A} {B} refs/heads/main\n").as_bytes()).unwrap().try_into().unwrap();
    assert_eq!((update.old.unwrap().0.as_str(), update.new.unwrap().0.as_str()), (A, B));
    assert_eq!(update.local_ref, None);
}

#[test]
fn a_line_that_git_does_not_write_is_refused() {
    for line in ["x", "a b c", "main 12345 refs/heads/main 6789", "main  refs/heads/main \u{1b}[2J"]
    {
        let failure = updates(line.as_bytes()).unwrap_err();
        assert!(!failure.message.contains('\u{1b}'));
        assert!(received(line.as_bytes()).is_err());
    }
    assert!(updates(format!("main {A} refs/heads/main\n").as_bytes()).is_err());
}
