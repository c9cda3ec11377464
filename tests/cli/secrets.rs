//! What a repository must not hold, whoever runs it: passwords, permissions, a client that nobody generates.

use insta::assert_snapshot;

use super::shown;
use crate::support::Sandbox;

const PASSWORD: &str = "kX9vTq2LmZ";

fn url() -> String {
    format!("DATABASE_URL=postgresql://app:{PASSWORD}@db.abcdefghijkl.supabase.co:5432/postgres\n")
}

/// A repository with a policy and one commit.
fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write("policy.toml", "version = 1\n[deploy]\nallow = [\"npx prisma generate\"]\n");
    sandbox.commit("package.json", "{\"scripts\": {\"setup\": \"npx prisma generate\"}}\n");
    sandbox.commit_all("Begin");
    sandbox
}

#[test]
fn a_password_is_refused_and_never_shown() {
    let sandbox = sandbox();
    sandbox.stage(".env.production", format!("A=1\n{}", url()));
    assert_snapshot!(shown(&sandbox, &["check"]), @r#"
    error[production-url]: line 2 of `.env.production` has the password of the database at `db.abcdefghijkl.supabase.co`
    --> .env.production
     = note: by default, `production-url` is denied
     = help: change the password: whoever has a copy of the repository has this one
     = help: take the URL out, and let the platform set it as a secret
     = explain: sprag explain production-url

    change against HEAD refused: 1 error in 1 file (0 statements judged by policy.toml).
    [exit 1]
    "#);
    for format in ["json", "github", "human"] {
        let (code, said) = sandbox.sprag(&["check", "--format", format]);
        assert_eq!(code, 1, "{said}");
        assert!(!said.contains(PASSWORD), "{said}");
        assert!(said.contains("line 2 of `.env.production`"), "{said}");
    }
}

#[test]
fn a_password_in_a_file_of_any_kind_is_refused() {
    for path in
        ["config/live.json", "fly.toml", "src/db.ts", "notes.txt", "ops/dump.sh", "Procfile"]
    {
        let sandbox = sandbox();
        sandbox.stage(path, format!("# {}", url()));
        let (code, said) = sandbox.sprag(&["check"]);
        assert!(code == 1 && said.contains("production-url"), "{path} {said}");
        assert!(!said.contains(PASSWORD), "{path} {said}");
    }
    let sandbox = sandbox();
    sandbox.stage("docs/setup.md", url()).stage(".env.example", url());
    let (code, said) = sandbox.sprag(&["check"]);
    assert_eq!(code, 0, "{said}");
}

#[test]
fn no_other_rule_shows_the_line_with_its_password() {
    let sandbox = sandbox();
    let fly = format!("[deploy]\nrelease_command = '{} npx prisma migrate deploy'\n", url().trim());
    sandbox.stage("fly.toml", fly);
    for args in [&["check"][..], &["check", "--format", "json"], &["check", "fly.toml"]] {
        let (code, said) = sandbox.sprag(args);
        assert!(code == 1 && said.contains("deploy-migration"), "{said}");
        assert!(said.contains("production-url") && !said.contains(PASSWORD), "{said}");
    }
    sandbox.git(&["commit", "-q", "-m", "Deploy"]);
    let (code, said) = sandbox.sprag(&["audit"]);
    assert!(code == 1 && said.contains("app:**********@db."), "{said}");
    assert!(!said.contains(PASSWORD), "{said}");
}

#[test]
fn a_password_that_was_there_is_news_to_an_audit_only() {
    let sandbox = sandbox();
    sandbox.commit("notes.txt", url());
    sandbox.commit("other.txt", "nothing\n");
    sandbox.stage("notes.txt", format!("B=2\n{}", url()));
    let (code, said) = sandbox.sprag(&["check"]);
    assert_eq!(code, 0, "{said}");
    sandbox.git(&["commit", "-q", "-m", "Say more"]);
    // The second run knows what the first one found.
    for _ in 0..2 {
        let (code, said) = sandbox.sprag(&["audit"]);
        assert_eq!(code, 1, "{said}");
        assert!(said.contains("line 2 of `notes.txt`") && !said.contains(PASSWORD), "{said}");
    }
    sandbox.stage("notes.txt", "B=2\n");
    let (code, said) = sandbox.sprag(&["check"]);
    assert_eq!(code, 0, "{said}");
}

#[test]
fn what_an_agent_may_run_is_told_once_it_is_allowed() {
    let sandbox = sandbox();
    let allow = |list: &str| format!("{{\"permissions\": {{\"allow\": [{list}]}}}}\n");
    sandbox.stage(".claude/settings.json", allow("\"Bash(npx prisma migrate deploy:*)\""));
    assert_snapshot!(shown(&sandbox, &["check"]), @r#"
    warning[agent-permission]: an agent may run `prisma migrate deploy` without asking
     --> .claude/settings.json:1:38
      |
    1 | {"permissions": {"allow": ["Bash(npx prisma migrate deploy:*)"]}}
      |                                      ^^^^^^^^^^^^^^^^^^^^^
      |
      = note: by default, `agent-permission` is warned about
      = help: take it out of `permissions.allow`, or put it where the agent has to ask
      = explain: sprag explain agent-permission

    change against HEAD passes: 1 warning in 1 file (0 statements judged by policy.toml).
    [exit 0]
    "#);
    sandbox.git(&["commit", "-q", "-m", "Allow"]);
    sandbox.git(&["commit", "-q", "--allow-empty", "-m", "Go on"]);
    let more = allow("\"Bash(ls)\", \"Bash(npx prisma migrate deploy:*)\"");
    sandbox.stage(".claude/settings.json", more);
    let (code, said) = sandbox.sprag(&["check"]);
    assert!(code == 0 && !said.contains("agent-permission"), "{said}");
}

#[test]
fn consent_that_is_given_beforehand_is_shown() {
    let sandbox = sandbox();
    sandbox.stage(".env.shared", "A=1\nPRISMA_USER_CONSENT_FOR_DANGEROUS_AI_ACTION=yes\n");
    assert_snapshot!(shown(&sandbox, &["check"]), @r#"
    warning[data-loss-flag]: `.env.shared` answers in advance what Prisma asks before it deletes data
     --> .env.shared:2:1
      |
    2 | PRISMA_USER_CONSENT_FOR_DANGEROUS_AI_ACTION=yes
      | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      |
      = note: by default, `data-loss-flag` is warned about
      = help: take `PRISMA_USER_CONSENT_FOR_DANGEROUS_AI_ACTION` out; whoever is asked sets it for that one command
      = explain: sprag explain data-loss-flag

    change against HEAD passes: 1 warning in 1 file (0 statements judged by policy.toml).
    [exit 0]
    "#);
}

#[test]
fn a_script_that_does_not_generate_any_more_is_missed() {
    let sandbox = sandbox();
    let schema = "generator client {\n  provider = \"prisma-client-js\"\n}\n";
    sandbox.commit("prisma/schema.prisma", schema);
    sandbox.git(&["commit", "-q", "--allow-empty", "-m", "Go on"]);
    // Anything else is no reason to ask.
    sandbox.stage("Procfile", "web: node server.js\n");
    let (code, said) = sandbox.sprag(&["check"]);
    assert!(code == 0 && !said.contains("client-generation"), "{said}");
    sandbox.stage("package.json", "{\"scripts\": {\"build\": \"next build\"}}\n");
    assert_snapshot!(shown(&sandbox, &["check"]), @r#"
    warning[client-generation-missing]: nothing generates the client of `prisma/schema.prisma`: no script and no deployment runs `prisma generate`
     --> prisma/schema.prisma:1:1
      |
    1 | generator client {
      | ^^^^^^^^^^^^^^^^^^
      |
      = note: by default, `client-generation-missing` is warned about
      = help: let the build or `setup` run `npx prisma generate`
      = explain: sprag explain client-generation-missing

    change against HEAD passes: 1 warning in 1 of 2 files (0 statements judged by policy.toml).
    [exit 0]
    "#);
}
