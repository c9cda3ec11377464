//! Who else knows the repository: the forge that it is pushed to, and what that says of its main branch.
//!
//! git cannot tell whether a check is required. GitHub and GitLab are asked by their own programs, `gh` and `glab`, which
//! know who is asking; nothing else here reaches a network.

use std::process::{Command, Stdio};

use crate::parse::json::{self, Json, Value};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    GitHub,
    GitLab,
}

/// A repository on a forge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Forge {
    pub(super) kind: Kind,
    pub(super) host: String,
    /// `owner/name`; on GitLab there may be groups in groups.
    pub(super) name: String,
}

/// What was answered.
pub(super) enum Answer {
    /// The checks that are required, with where that is said.
    Required(Vec<String>),
    /// Only what passes its pipeline is merged, whatever its jobs are called; or not even that.
    Pipeline { must_succeed: bool, protected: bool },
    /// Nobody could be asked: why, and what to do.
    Unasked(String, String),
}

impl Forge {
    /// Of a remote's URL: `https://`, `ssh://`, or as `scp` has it. None where it is no forge that can be asked.
    pub(super) fn of(url: &str) -> Option<Forge> {
        let (host, path) = match url.split_once("://") {
            Some((_, rest)) => rest.split_once('/')?,
            // git-clone(1): a colon before the first slash.
            None => url.split_once(':').filter(|it| !it.0.contains('/'))?,
        };
        let host = host.rsplit('@').next()?.split(':').next()?.to_ascii_lowercase();
        let host = host.strip_prefix("ssh.").unwrap_or(&host);
        let name = path.trim_matches('/').trim_end_matches(".git").trim_end_matches('/');
        let plain = |c: char| c.is_ascii_alphanumeric() || "-_./".contains(c);
        let parts = name.split('/').count();
        if parts < 2
            || !name.chars().all(plain)
            || name.split('/').any(|it| it.starts_with('.') && it.trim_matches('.').is_empty())
        {
            return None;
        }
        let kind = if host.contains("github") && parts == 2 {
            Kind::GitHub
        } else if host.contains("gitlab") {
            Kind::GitLab
        } else {
            return None;
        };
        Some(Forge { kind, host: host.to_owned(), name: name.to_owned() })
    }

    pub(super) fn says(&self) -> &'static str {
        match self.kind {
            Kind::GitHub => "GitHub",
            Kind::GitLab => "GitLab",
        }
    }

    /// Where people set it.
    pub(super) fn settings(&self) -> String {
        let page = match self.kind {
            Kind::GitHub => "settings/rules",
            Kind::GitLab => "-/settings/merge_requests",
        };
        format!("https://{}/{}/{page}", self.host, self.name)
    }

    /// Asks which checks stand before a branch.
    pub(super) fn ask(&self, branch: &str) -> Answer {
        let answer = match self.kind {
            Kind::GitHub => self.github(branch),
            Kind::GitLab => self.gitlab(branch),
        };
        answer.unwrap_or_else(|(why, fix)| Answer::Unasked(why, fix))
    }

    /// <https://docs.github.com/rest/repos/rules#get-rules-for-a-branch>, and what is set on the branch itself.
    fn github(&self, branch: &str) -> Result<Answer, (String, String)> {
        let branch = encoded(branch);
        let rules = self.call("gh", &format!("repos/{}/rules/branches/{branch}", self.name))?;
        let set = self.call("gh", &format!("repos/{}/branches/{branch}", self.name))?;
        let mut required = Vec::new();
        each(&rules, &mut |rule| {
            let of_type = member(rule, "type").and_then(|it| it.string());
            let Some(parameters) = member(rule, "parameters") else { return };
            let (list, key) = match of_type.as_deref() {
                Some("required_status_checks") => ("required_status_checks", "context"),
                Some("workflows") => ("workflows", "path"),
                _ => return,
            };
            for item in member(&parameters, list).and_then(|it| it.items()).unwrap_or_default() {
                required.extend(member(&item, key).and_then(|it| it.string()));
            }
        });
        each(&set, &mut |branch| {
            let checks = member(branch, "protection")
                .and_then(|it| member(&it, "required_status_checks"))
                .and_then(|it| member(&it, "contexts"))
                .and_then(|it| it.items());
            required.extend(checks.unwrap_or_default().iter().filter_map(Value::string));
        });
        required.sort();
        required.dedup();
        Ok(Answer::Required(required))
    }

    /// <https://docs.gitlab.com/api/projects/> and <https://docs.gitlab.com/api/protected_branches/>
    fn gitlab(&self, branch: &str) -> Result<Answer, (String, String)> {
        let project = format!("projects/{}", encoded(&self.name));
        let said = self.call("glab", &project)?;
        let mut must_succeed = false;
        each(&said, &mut |it| {
            let is = |key: &str| member(it, key).is_some_and(|it| it.raw() == "true");
            must_succeed |= is("only_allow_merge_if_pipeline_succeeds")
                && !is("allow_merge_on_skipped_pipeline");
        });
        let at = format!("{project}/protected_branches/{}", encoded(branch));
        let protected = match self.call("glab", &at) {
            Ok(_) => true,
            Err((why, _)) if why.contains("404") => false,
            Err(why) => return Err(why),
        };
        Ok(Answer::Pipeline { must_succeed, protected })
    }

    /// What the program prints, or why it printed nothing and what to do.
    fn call(&self, program: &str, path: &str) -> Result<String, (String, String)> {
        let mut command = Command::new(program);
        command
            .args(["api", "--hostname", &self.host, path])
            // Nobody is there to answer.
            .env("GH_PROMPT_DISABLED", "1")
            .env("NO_PROMPT", "1")
            .env("NO_COLOR", "1")
            .stdin(Stdio::null());
        let by_hand = format!("look at {}", self.settings());
        let output = command.output().map_err(|error| {
            let why = if error.kind() == std::io::ErrorKind::NotFound {
                format!("`{program}` is not in PATH")
            } else {
                format!("`{program}` could not be started: {error}")
            };
            let home = if program == "gh" {
                "https://cli.github.com"
            } else {
                "https://gitlab.com/gitlab-org/cli"
            };
            (why, format!("install it from {home} and run `{program} auth login`, or {by_hand}"))
        })?;
        if output.status.success() {
            let text = String::from_utf8_lossy(&output.stdout).into_owned();
            return match json::read(&text) {
                Json::Value(_) => Ok(text),
                Json::Malformed(_) => {
                    Err((format!("`{program} api {path}` answers what is no JSON"), by_hand))
                }
            };
        }
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let line =
            said.lines().map(str::trim).find(|it| !it.is_empty()).unwrap_or("it says nothing");
        let out = said.contains("auth login") || said.contains("401") || said.contains("GH_TOKEN");
        let why = if out {
            format!("`{program}` is not logged in to {}", self.host)
        } else {
            format!("`{program} api {path}` failed: {line}")
        };
        let fix = if out {
            format!("{program} auth login --hostname {}", self.host)
        } else if said.contains("404") {
            format!("ask somebody who may see `{}`, or {by_hand}", self.name)
        } else {
            by_hand
        };
        Err((why, fix))
    }
}

/// A name as a part of a URL's path.
fn encoded(name: &str) -> String {
    let plain = |it: u8| it.is_ascii_alphanumeric() || b"-_.~".contains(&it);
    name.bytes()
        .map(|it| if plain(it) { char::from(it).to_string() } else { format!("%{it:02X}") })
        .collect()
}

/// The value of a text, or each item where it is a list.
fn each(text: &str, look: &mut dyn FnMut(&Value<'_>)) {
    let Json::Value(value) = json::read(text) else { return };
    match value.items() {
        Some(items) => items.iter().for_each(look),
        None => look(&value),
    }
}

fn member<'a>(value: &Value<'a>, key: &str) -> Option<Value<'a>> {
    value.members()?.into_iter().find(|it| it.key == key).map(|it| it.value)
}
