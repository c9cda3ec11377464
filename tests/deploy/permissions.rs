//! What agents and editors may run by themselves.

use super::found;

/// What is said of an allow list with this entry in it.
fn allowing(path: &str, entry: &str) -> Vec<String> {
    let text = if path.ends_with("permissions.json") {
        format!("{{\"terminalAllowlist\": [\"{entry}\"]}}")
    } else {
        format!("{{\"permissions\": {{\"allow\": [\"{entry}\"]}}}}")
    };
    let found = found(&[(path, &text)]);
    assert!(found.iter().all(|it| it.rule.name == "agent-permission"), "{found:#?}");
    found.into_iter().map(|it| it.finding.message).collect()
}

#[test]
fn an_entry_that_covers_a_migration_is_told() {
    for (path, entry, what) in [
        (".claude/settings.json", "Bash(npx prisma migrate deploy:*)", "prisma migrate deploy"),
        (".claude/settings.json", "Bash(npx prisma migrate deploy)", "prisma migrate deploy"),
        (".claude/settings.local.json", "Bash(pnpm prisma db push *)", "prisma db push"),
        ("apps/web/.claude/settings.json", "Bash(cd db && prisma db push)", "prisma db push"),
        (".claude/settings.json", "Bash(npx prisma:*)", "prisma …"),
        (".claude/settings.json", "Bash(prisma migrate:*)", "prisma …"),
        (".claude/settings.json", "Bash(prisma *)", "prisma …"),
        (".claude/settings.json", "Bash(supabase:*)", "supabase …"),
        (".cursor/cli.json", "Shell(prisma)", "prisma …"),
        (".cursor/cli.json", "Shell(npx:prisma migrate reset)", "prisma migrate reset"),
        (".cursor/permissions.json", "npx:prisma db push", "prisma db push"),
        (".cursor/permissions.json", "drizzle-kit", "drizzle-kit …"),
    ] {
        let wanted = format!("an agent may run `{what}` without asking");
        assert_eq!(allowing(path, entry), [wanted], "{path} {entry}");
    }
}

#[test]
fn an_entry_that_covers_none_is_not() {
    for entry in [
        "Bash(npx prisma generate:*)",
        "Bash(npx prisma migrate status:*)",
        "Bash(npx prisma)",
        "Bash(npm run test:*)",
        "Bash(git commit -m 'prisma migrate deploy')",
        "Bash(echo prisma migrate deploy)",
        "Read(prisma/migrations/**)",
        "WebFetch(domain:prisma.io)",
        "Bash",
        "Bash(*)",
        "",
        "Bash()",
        "Bash(:*)",
    ] {
        assert_eq!(allowing(".claude/settings.json", entry), [""; 0], "{entry}");
    }
}

#[test]
fn what_is_denied_or_asked_for_is_no_permission() {
    let text = r#"{
        // of no use to an agent
        "permissions": {
            "deny": ["Bash(npx prisma migrate reset:*)", "Bash(prisma:*)"],
            "ask": ["Bash(npx prisma migrate deploy:*)"],
        },
        "hooks": {"PreToolUse": [{"command": "prisma migrate deploy"}]},
    }"#;
    assert!(found(&[(".claude/settings.json", text)]).is_empty());
}

#[test]
fn a_task_is_what_its_editor_runs() {
    for task in [
        r#"{"label": "m", "type": "shell", "command": "npx prisma migrate deploy"}"#,
        r#"{"label": "m", "command": "npx", "args": ["prisma", "migrate", "deploy"]}"#,
        r#"{"label": "m", "command": "npx", "args": [{"value": "prisma", "quoting": "strong"}, "migrate", "deploy"]}"#,
        r#"{"label": "m", "command": "true", "windows": {"command": "npx prisma migrate deploy"}}"#,
        r#"{"command": {"value": "npx prisma migrate deploy"}}"#,
    ] {
        let text = format!("{{\"version\": \"2.0.0\", /* ours */ \"tasks\": [{task}]}}");
        let found = found(&[(".vscode/tasks.json", &text)]);
        assert_eq!(found.len(), 1, "{task} {found:#?}");
        let message = &found[0].finding.message;
        assert_eq!(message, "a task lets everyone's editor run `prisma migrate deploy`");
    }
    let tasks = r#"{"tasks": [{"label": "g", "command": "npx prisma generate"}, {"type": "npm", "script": "x"}]}"#;
    assert!(found(&[(".vscode/tasks.json", tasks)]).is_empty());
}

#[test]
fn what_cannot_be_read_permits_nothing() {
    for text in ["", "{", "[1, 2]", "{\"permissions\": 3}", "{\"tasks\": {\"a\": 1}}"] {
        for path in [".claude/settings.json", ".vscode/tasks.json", ".cursor/permissions.json"] {
            assert!(found(&[(path, text)]).is_empty(), "{path} {text}");
            assert!(super::problems_of(path, text).is_empty(), "{path} {text}");
        }
    }
}
