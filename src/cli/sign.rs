//! Signs by `ssh-keygen`, which speaks to agents, asks for passphrases, and waits for a touch of a security key.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::env;
use crate::failure::{Context, Failure, Result};
use crate::repo::Repo;
use crate::signature::{Key, Signers};

/// A key that somebody has, and where `ssh-keygen` finds it.
pub(super) struct Pen {
    pub(super) key: Key,
    /// A private key, or a public one whose private half is in the agent.
    file: PathBuf,
    /// Removed once the pen is put away.
    _written: Option<tempfile::NamedTempFile>,
}

impl Pen {
    /// The key that was asked for; else the one that git signs with; else the only one of the agent that is on the list.
    pub(super) fn choose(repo: &Repo, asked: Option<&Path>, signers: &Signers) -> Result<Pen> {
        if let Some(file) = asked {
            return Pen::of_file(file);
        }
        let uses_ssh = repo.config("gpg.format")?.is_some_and(|it| it == "ssh");
        if let Some(named) = repo.config("user.signingkey")?.filter(|_| uses_ssh) {
            let literal = named.strip_prefix("key::").unwrap_or(&named);
            return match Key::parse(literal) {
                Ok(key) => Pen::of_agent(key),
                Err(_) => Pen::of_file(&at_home(&named)),
            };
        }
        let mut known = in_agent();
        known.retain(|key| signers.list.iter().any(|it| it.key == *key));
        match known.len() {
            1 => Pen::of_agent(known.remove(0)),
            0 => Err(Failure::new("nothing says which key you sign with")
                .help("name it: `--key ~/.ssh/id_ed25519`, a private or a public key")
                .help("or tell git: `git config gpg.format ssh` and `git config user.signingkey ~/.ssh/id_ed25519.pub`")),
            several => Err(Failure::new(format!("{several} keys of your agent may sign"))
                .help("name one: `--key FILE`, its public key will do")),
        }
    }

    fn of_file(file: &Path) -> Result<Pen> {
        let shown = file.display();
        let mut beside = file.as_os_str().to_owned();
        beside.push(".pub");
        let text = std::fs::read_to_string(file).context(format!("read the key `{shown}`"))?;
        let public = match Key::parse(&text) {
            // What cannot sign is told as such, not as a private key that it is not.
            Err(unfit) if unfit.is_weak => return Err(unusable(&shown.to_string(), &unfit.reason)),
            Ok(_) => text,
            Err(_) => match std::fs::read_to_string(PathBuf::from(beside)) {
                Ok(public) => public,
                Err(_) => half_of(file)?,
            },
        };
        let key = Key::parse(&public).map_err(|it| unusable(&shown.to_string(), &it.reason))?;
        Ok(Pen { key, file: file.to_owned(), _written: None })
    }

    /// `ssh-keygen` wants a file to know which key of the agent is meant.
    fn of_agent(key: Key) -> Result<Pen> {
        let doing = "write down which key is meant";
        let mut written = tempfile::NamedTempFile::new().context(doing)?;
        writeln!(written, "{}", key.line()).context(doing)?;
        Ok(Pen { key, file: written.path().to_owned(), _written: Some(written) })
    }

    /// The signature over a text, for one purpose.
    pub(super) fn sign(&self, text: &str, namespace: &str) -> Result<String> {
        let mut child = keygen()
            .args(["-q", "-Y", "sign", "-n", namespace, "-f"])
            .arg(&self.file)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| not_started(&error))?;
        let doing = "sign by `ssh-keygen`";
        if let Some(mut stdin) = child.stdin.take() {
            // A child that does not read says why itself.
            let _ = stdin.write_all(text.as_bytes());
        }
        let output = child.wait_with_output().context(doing)?;
        if !output.status.success() {
            return Err(Failure::new("`ssh-keygen` did not sign, and nothing was written")
                .help("what it said stands above; where the key is in an agent: `ssh-add FILE`"));
        }
        String::from_utf8(output.stdout).context(doing)
    }
}

fn unusable(shown: &str, why: &str) -> Failure {
    Failure::new(format!("`{shown}` cannot sign: {why}"))
        .help("`ssh-keygen -t ed25519` makes a key that can")
}

/// The public half of a private key. Where it has a passphrase, `ssh-keygen` asks for it.
fn half_of(file: &Path) -> Result<String> {
    let output = keygen()
        .args(["-y", "-f"])
        .arg(file)
        .stdout(Stdio::piped())
        .output()
        .map_err(|error| not_started(&error))?;
    if !output.status.success() {
        return Err(Failure::new(format!(
            "`{}` is no key that `ssh-keygen` can read",
            file.display()
        ))
        .help("name a private key, or the public key of one that is in your agent"));
    }
    String::from_utf8(output.stdout).context("read the key's public half")
}

/// What it asks and says goes to whoever sits there.
fn keygen() -> Command {
    let mut command = Command::new("ssh-keygen");
    command.stdin(Stdio::null()).stderr(Stdio::inherit());
    command
}

fn not_started(error: &std::io::Error) -> Failure {
    Failure::new(format!("could not run `ssh-keygen`, which makes the signature: {error}"))
        .help("install OpenSSH; `sprag` itself only checks signatures")
}

/// The keys of the agent, if there is one.
fn in_agent() -> Vec<Key> {
    let listed = Command::new("ssh-add").arg("-L").stdin(Stdio::null()).output();
    let text = listed.map(|it| String::from_utf8_lossy(&it.stdout).into_owned());
    text.unwrap_or_default().lines().filter_map(|it| Key::parse(it).ok()).collect()
}

/// `~/.ssh/…`, as git takes it.
fn at_home(path: &str) -> PathBuf {
    match (path.strip_prefix("~/"), env("HOME")) {
        (Some(rest), Some(home)) => Path::new(&home).join(rest),
        _ => PathBuf::from(path),
    }
}
