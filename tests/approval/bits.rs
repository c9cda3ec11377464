//! One bit that is not as it was signed, anywhere, and nothing passes.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::process::Stdio;

use sprag::approval::{Ledger, Letter, Posted, There};
use sprag::policy::Approvals;
use sprag::rules::Level;
use sprag::signature::{Revoked, Signature, Signers};
use sprag::source::sha256;
use sprag::source::{Content, RepoPath, Source, Time};
use ssh_key::private::Ed25519Keypair;
use ssh_key::public::{KeyData, SkEd25519};
use ssh_key::sha2::{Digest as _, Sha256};
use ssh_key::{Algorithm, HashAlg, LineEnding, PrivateKey, PublicKey, SigningKey, SshSig};

use super::{FILE, MIGRATION, Office, SQL};

/// Whether these bytes are an approval of this content.
fn counts(list: &str, text: &[u8], signature: &[u8], blob: &[u8]) -> bool {
    counts_for(list, text, signature, blob, b"")
}

/// The same, in place of another.
fn counts_for(list: &str, text: &[u8], signature: &[u8], blob: &[u8], replaced: &[u8]) -> bool {
    let (signers, flaws) = Signers::parse(&Source::new("list", list));
    assert!(flaws.is_empty());
    let terms = Approvals::default();
    let content = |bytes: &[u8]| Content::from_bytes(bytes.to_vec(), 1 << 16);
    let posted = Posted::read(FILE.into(), &content(text), Some(&content(signature)));
    let there = |bytes: &[u8]| -> BTreeMap<RepoPath, There> {
        [(MIGRATION.into(), There::File { sha256: sha256(bytes) })].into_iter().collect()
    };
    let ledger = Ledger {
        terms: &terms,
        signers: Some(signers),
        revoked: Revoked::default(),
        posted: Vec::new(),
        contents: there(blob),
        replaced: there(replaced),
        spent: BTreeMap::new(),
        living: BTreeSet::new(),
        writers: BTreeMap::new(),
        now: Time::parse("2026-01-01T00:00:00Z"),
        unstaged: Vec::new(),
    };
    ledger.verify(&posted, Level::Approve).is_ok()
}

fn flips(bytes: &[u8]) -> impl Iterator<Item = (usize, Vec<u8>)> {
    (0..bytes.len() * 8).map(|at| {
        let mut changed = bytes.to_vec();
        changed[at / 8] ^= 1 << (at % 8);
        (at, changed)
    })
}

struct Signed {
    list: String,
    text: Vec<u8>,
    signature: Vec<u8>,
}

fn signed(office: &Office, key: &str) -> Signed {
    let letter = Letter { approver: format!("{key}@x"), ..office.letter() };
    let text = letter.text();
    office.post(FILE, &text, key);
    let signature = std::fs::read(office.repo.path().join(format!("{FILE}.sig"))).unwrap();
    Signed { list: office.lines(&[key]), text: text.into_bytes(), signature }
}

#[test]
fn no_bit_of_approval_signature_or_content_can_be_another() {
    let Some(office) = Office::new() else { return };
    let it = signed(&office, "ceo");
    assert!(counts(&it.list, &it.text, &it.signature, SQL.as_bytes()));
    for (at, text) in flips(&it.text) {
        assert!(!counts(&it.list, &text, &it.signature, SQL.as_bytes()), "bit {at} of the text");
    }
    for (at, signature) in flips(&it.signature) {
        assert!(
            !counts(&it.list, &it.text, &signature, SQL.as_bytes()),
            "bit {at} of the signature"
        );
    }
    for (at, blob) in flips(SQL.as_bytes()) {
        assert!(!counts(&it.list, &it.text, &it.signature, &blob), "bit {at} of the content");
    }
}

#[test]
fn no_bit_of_a_consent_and_of_what_it_replaces_can_be_another() {
    let Some(office) = Office::new() else { return };
    let old = b"version = 1\n";
    let (rule, replaces) = ("policy-change".to_owned(), Some(sha256(old)));
    let text = Letter { rule, replaces, ..office.letter() }.text();
    office.post(FILE, &text, "ceo");
    let signature = std::fs::read(office.repo.path().join(format!("{FILE}.sig"))).unwrap();
    let (list, blob) = (office.lines(&["ceo"]), SQL.as_bytes());
    assert!(counts_for(&list, text.as_bytes(), &signature, blob, old));
    for (at, text) in flips(text.as_bytes()) {
        assert!(!counts_for(&list, &text, &signature, blob, old), "bit {at} of the text");
    }
    for (at, old) in flips(old) {
        assert!(
            !counts_for(&list, text.as_bytes(), &signature, blob, &old),
            "bit {at} of the old one"
        );
    }
}

/// What `ssh-keygen` says of the same.
fn verified(office: &Office, it: &Signed, key: &str) -> bool {
    let (list, signature) = (office.key("list"), office.key("signature"));
    std::fs::write(&list, &it.list).unwrap();
    std::fs::write(&signature, &it.signature).unwrap();
    let mut child = office
        .repo
        .command_in(office.repo.outside(), "ssh-keygen")
        .args(["-q", "-Y", "verify", "-n", "sprag-approval", "-I", &format!("{key}@x"), "-f"])
        .arg(list)
        .arg("-s")
        .arg(signature)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let _ = child.stdin.take().unwrap().write_all(&it.text);
    child.wait().unwrap().success()
}

#[test]
fn what_ssh_keygen_calls_good_is_good_and_what_it_calls_bad_is_bad() {
    let Some(office) = Office::new() else { return };
    for (name, kind) in [
        ("ed", &["-t", "ed25519"][..]),
        ("p256", &["-t", "ecdsa", "-b", "256"]),
        ("p384", &["-t", "ecdsa", "-b", "384"]),
        ("p521", &["-t", "ecdsa", "-b", "521"]),
        ("rsa", &["-t", "rsa", "-b", "2048"]),
    ] {
        office.make_key(name, kind);
        let good = signed(&office, name);
        assert!(verified(&office, &good, name), "{name}");
        assert!(counts(&good.list, &good.text, &good.signature, SQL.as_bytes()), "{name}");
        // A byte in every part of it: armour, version, key, namespace, hash, signature.
        let mut compared = 0;
        for at in (0..good.signature.len()).step_by(13) {
            let mut signature = good.signature.clone();
            signature[at] ^= 1;
            let it = Signed { list: good.list.clone(), text: good.text.clone(), signature };
            let ours = counts(&it.list, &it.text, &it.signature, SQL.as_bytes());
            let theirs = verified(&office, &it, name);
            // What they take, being less strict about armour, we may refuse; never the other way round.
            assert!(!ours || theirs, "{name} byte {at}");
            assert!(!ours, "{name} byte {at}");
            compared += 1;
        }
        assert!(compared > 20, "{name}");
        let it = Signed { text: [&good.text[..], b"\n"].concat(), ..good };
        assert!(!verified(&office, &it, name));
        assert!(!counts(&it.list, &it.text, &it.signature, SQL.as_bytes()), "{name}");
    }
}

/// What a security key does (PROTOCOL.u2f): it signs the hash of its application, whether it was touched, how often it
/// has signed, and the hash of what there is to sign.
fn touched(text: &[u8], touch: u8) -> (String, String) {
    fn raw(key: &impl SigningKey, data: &[u8]) -> Vec<u8> {
        key.try_sign(data).unwrap().as_bytes().to_vec()
    }
    let pair = Ed25519Keypair::from_seed(&[7; 32]);
    let key = KeyData::SkEd25519(SkEd25519::new(pair.public, "ssh:"));
    let asked = SshSig::signed_data("sprag-approval", HashAlg::Sha512, text).unwrap();
    let trailer = [touch, 0, 0, 0, 9];
    let data = [&Sha256::digest("ssh:")[..], &trailer, &Sha256::digest(&asked)].concat();
    let signed = [raw(&PrivateKey::from(pair), &data), trailer.to_vec()].concat();
    let signature = ssh_key::Signature::new(Algorithm::SkEd25519, signed).unwrap();
    let whole = SshSig::new(key.clone(), "sprag-approval", HashAlg::Sha512, signature).unwrap();
    let list = format!("ceo@x {}\n", PublicKey::from(key).to_openssh().unwrap());
    (list, whole.to_pem(LineEnding::LF).unwrap())
}

#[test]
fn a_security_key_signs_when_it_is_touched() {
    let Some(office) = Office::new() else { return };
    let text = office.letter().text().into_bytes();
    let (list, signature) = touched(&text, 1);
    assert!(counts(&list, &text, signature.as_bytes(), SQL.as_bytes()));
    assert!(!counts(&list, &[&text[..], b"\n"].concat(), signature.as_bytes(), SQL.as_bytes()));
    for (at, signature) in flips(signature.as_bytes()).step_by(5) {
        assert!(!counts(&list, &text, &signature, SQL.as_bytes()), "bit {at}");
    }
    let (list, signature) = touched(&text, 0);
    assert!(!counts(&list, &text, signature.as_bytes(), SQL.as_bytes()));
    assert_eq!(Signature::read(&signature).unwrap_err(), "nobody touched the security key");
}
