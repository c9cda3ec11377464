//! Programs that start processes, migrate by themselves, or load others that do.

use proptest::prelude::*;
use sprag::parse::command::may_run;
use sprag::source::RepoPath;

use super::{commands, findings, package};

/// Those of these programs that are not refused.
fn passed<'a>(path: &str, programs: &[&'a str]) -> Vec<&'a str> {
    let passes = |it: &&str| {
        findings(&[(path, it)]).iter().all(|it| it.message.contains("nobody can tell what `$"))
    };
    programs.iter().copied().filter(passes).collect()
}

/// What is said of these programs.
fn said(path: &str, programs: &[&str]) -> Vec<String> {
    let found = programs.iter().flat_map(|it| findings(&[(path, it)]));
    found.map(|it| format!("{}: {}", it.message, it.evidence)).collect()
}

const REFUSED_JS: &[&str] = &[
    "import { spawn } from 'child_process';\nconst tool = 'npx', words = ['prisma', 'migrate', 'deploy'];\nspawn(tool, words)",
    "require('child_process')['execSync']('npx prisma migrate deploy')",
    "const execa = require('execa'); execa.command('npx prisma migrate deploy')",
    "import { execSync } from 'node:child_process';\nexecSync('npx prisma migrate deploy', { stdio: 'inherit' });\n",
    "const { spawnSync } = require('child_process')\nspawnSync('npx prisma migrate deploy', { shell: true })\n",
    "spawnSync('npx', ['prisma', 'migrate', 'deploy'], { stdio: 'inherit' })",
    "require('child_process').execFileSync('npx', ['prisma', \"migrate\", `deploy`])",
    "if (process.env.NODE_ENV === 'production') execSync('npx prisma migrate deploy');",
    "await execa('prisma', ['migrate', 'deploy']);",
    "await execaCommand('prisma migrate deploy');",
    "await execa`npx prisma migrate deploy`;",
    "await $`npx prisma migrate deploy`;",
    "await Bun.$`npx prisma migrate deploy --schema ${schema}`;",
    "await $({ quiet: true })`npx prisma migrate deploy`;",
    "Bun.spawn(['npx', 'prisma', 'migrate', 'deploy']);",
    "Bun.spawnSync({ cmd: ['npx', 'prisma', 'migrate', 'deploy'] });",
    "new Deno.Command('npx', { args: ['prisma', 'migrate', 'deploy'] }).spawn();",
    "shell.exec('npx prisma migrate deploy');",
    "await exec.exec('npx', ['prisma', 'migrate', 'deploy'])",
    "spawn('sh', ['-c', 'npx prisma migrate deploy']);",
    "spawn.sync('npx', ['prisma', 'migrate', 'deploy']);",
    "const cmd = 'npx prisma migrate deploy';\nexecSync(cmd);",
    "const args = ['migrate', 'deploy'];\nspawn('prisma', [...args, '--schema', s]);",
    "const args: string[] = ['prisma', 'migrate', 'deploy'];\nexecSync('npx ' + args.join(' '));",
    "const sub = 'deploy'\nexecSync(`npx prisma migrate ${sub}`)",
    "const TOOL = 'prisma';\nconst CMD = TOOL + ' migrate ' + 'deploy';\nexecSync('npx ' + CMD);",
    "execSync('npx prisma ' + 'migrate ' +\n  // now\n  'deploy');",
    "const run = util.promisify(exec);\nawait run('npx prisma migrate deploy');",
    "import { execSync as sh } from 'child_process';\nsh('npx prisma migrate deploy');",
    "function go(command) { return execSync(command, { stdio: 'inherit' }); }\ngo('npx prisma migrate deploy');",
    "const go = async (command, o) => { await execa(command, o); };\nawait go('npx prisma migrate deploy');",
    "for (const c of ['npx prisma generate', 'npx prisma migrate deploy']) execSync(c);",
    "const all = ['prisma generate', 'prisma migrate deploy'];\nall.forEach((c) => execSync(c));",
    "const cmd = isProduction ? 'prisma migrate deploy' : 'prisma migrate dev';\nexecSync(cmd);",
    "execSync(process.env.CMD || 'npx prisma migrate deploy');",
    "const c = { deploy: 'npx prisma migrate deploy' };\nexecSync(c.deploy);",
    "execSync('npx \\x70risma migr\\u0061te deploy');",
    "const r = /[`'\"]/;\nexecSync('npx prisma migrate deploy');",
    "const el = <p>Don't stop</p>;\nexecSync('npx prisma migrate deploy');",
    "const t = `a ${b ? `c ${execSync('npx prisma migrate deploy')}` : ''}`;",
    "execSync(`npx prisma migrate ${process.argv[2]}`);",
    "spawn('prisma', process.argv.slice(2));\nspawn('prisma', ['migrate', mode]);",
    // Without a command.
    "import { migrate } from 'drizzle-orm/postgres-js/migrator';\nawait migrate(db, { migrationsFolder: './drizzle' });\n",
    "import { migrate as go } from 'drizzle-orm/node-postgres/migrator';\nawait go(db, {});",
    "const { migrate } = require('drizzle-orm/postgres-js/migrator');\nmigrate(db);",
    "const { migrate } = await import('drizzle-orm/postgres-js/migrator');\nawait migrate(db);",
    "import { MigrateDeploy } from '@prisma/migrate';\nawait MigrateDeploy.new().parse([]);\n",
    "import { Umzug } from 'umzug';\nconst u = new Umzug({});\nawait u.up();",
    "import migrate from 'node-pg-migrate';\nawait migrate({ direction: 'up' });",
    "import { runner } from 'node-pg-migrate';\nawait runner({ direction: 'up' });",
    "import knex from 'knex';\nawait knex(config).migrate.latest();",
    "import { DataSource } from 'typeorm';\nawait source.runMigrations();",
    "import { DataSource } from 'typeorm';\nnew DataSource({ migrationsRun: true });",
    "import { DataSource } from 'typeorm';\nnew DataSource({ synchronize: true });",
    "import { Migrator } from 'kysely';\nawait migrator.migrateToLatest();",
    "import { MikroORM } from '@mikro-orm/core';\nawait orm.getMigrator().up();",
    "const { Sequelize } = require('sequelize');\nawait sequelize.sync({ alter: true });",
    "import Postgrator from 'postgrator';\nawait postgrator.migrate();",
    "import { migrate } from 'postgres-migrations';\nawait migrate(config, 'sql');",
];

const ACCEPTED_JS: &[&str] = &[
    "export const hint = 'Ask the manager to run: npx prisma migrate deploy';\n",
    "// execSync('npx prisma migrate deploy')\n/* execSync('npx prisma db push') */\n",
    "console.log('npx prisma migrate deploy');",
    "throw new Error(`run npx prisma migrate deploy`);",
    "execSync('npx prisma generate');",
    "execSync(command); spawn(cmd, args); exec(`${bin} ${args}`); spawn(process.argv[0], x);",
    "execSync('echo npx prisma migrate deploy');",
    "const r = /execSync('npx prisma migrate deploy')/;",
    "const s = \"execSync('npx prisma migrate deploy')\";",
    "await migrate(db); runner(); up(); await queue.up();",
    "import { migrate } from './migrate';\nawait migrate(db);",
    "import { MigrationBuilder } from 'node-pg-migrate';\nexport function up(pgm) { pgm.createTable('a', {}); }",
    "import type { Migrate } from '@prisma/migrate';\n",
    "import { DataSource } from 'typeorm';\nnew DataSource({ synchronize: false, migrationsRun: false });",
    "import { Model } from 'sequelize';\nawait sequelize.sync();",
    "await store.sync({ force: true });",
    "import { drizzle } from 'drizzle-orm/postgres-js';\nconst db = drizzle(c); migrate(db);",
    "exports.up = (knex) => knex.schema.createTable('a', (t) => {});",
    "const m = pattern.exec(text); await db.exec('select 1'); run('npm test');",
    "npmRun($SCRIPT); execSync(`npm run ${script}`);",
    "const help = { title: 'prisma migrate deploy', run: 'x' };",
];

#[test]
fn a_program_that_migrates_is_refused() {
    assert_eq!(passed("server/index.ts", REFUSED_JS), Vec::<&str>::new());
}

#[test]
fn a_program_that_does_not_migrate_passes() {
    assert_eq!(said("server/index.tsx", ACCEPTED_JS), Vec::<String>::new());
}

#[test]
fn python_ruby_and_groovy_are_read_too() {
    let python = [
        "import subprocess\nsubprocess.run(['npx','prisma','migrate','deploy'], check=True)\n",
        "import os; os.system('npx prisma migrate deploy')\n",
        "subprocess.check_call(\"npx prisma migrate deploy\", shell=True)",
        "subprocess.run(args=['npx', 'prisma', 'migrate', 'deploy'])",
        "subprocess.run(f'npx prisma migrate deploy --schema {schema}', shell=True)",
        "subprocess.run('npx prisma '\n    'migrate '\n    'deploy', shell=True)",
        "subprocess.run(shlex.split('npx prisma migrate deploy'))",
        "CMD = ['npx', 'prisma']\nsubprocess.run(CMD + ['migrate', 'deploy'])",
        "os.execvp('npx', ['npx', 'prisma', 'migrate', 'deploy'])",
        "os.execlp('npx', 'npx', 'prisma', 'migrate', 'deploy')",
        "await asyncio.create_subprocess_exec('npx', 'prisma', 'migrate', 'deploy')",
        "await asyncio.create_subprocess_shell('''npx prisma migrate deploy''')",
        "from subprocess import run\nrun(['npx', 'prisma', 'migrate', 'deploy'])",
        "@task\ndef deploy(c):\n    c.run('npx prisma migrate deploy')\n",
        "def go(cmd):\n    subprocess.run(cmd, shell=True)\ngo('npx prisma migrate deploy')\n",
        "for c in ['prisma generate', 'prisma migrate deploy']:\n    os.system(c)\n",
        "from alembic import command\ncommand.upgrade(config, 'head')\n",
        "from django.core.management import call_command\ncall_command('migrate')\n",
        "subprocess.run(' '.join(['npx', 'prisma', 'migrate', 'deploy']), shell=True)",
    ];
    assert_eq!(passed("scripts/deploy.py", &python), Vec::<&str>::new());
    let python = [
        "\"\"\"Run npx prisma migrate deploy by hand.\"\"\"\n# os.system('npx prisma migrate deploy')\n",
        "print('npx prisma migrate deploy')\nsubprocess.run(cmd)\nsubprocess.run(['git', branch])\n",
        "call_command('migrate')\ncommand.upgrade(1)\n",
        "x = r'os.system(\"npx prisma migrate deploy\")'\n",
    ];
    assert_eq!(said("scripts/deploy.py", &python), Vec::<String>::new());
    let ruby = [
        "system 'npx prisma migrate deploy'\n",
        "system('npx', 'prisma', 'migrate', 'deploy')\n",
        "`npx prisma migrate deploy`\n",
        "out = %x(npx prisma migrate deploy)\n",
        "exec \"npx prisma migrate deploy --schema #{schema}\"\n",
        "Open3.capture3('npx prisma migrate deploy')\n",
        "execute :npx, 'prisma', 'migrate', 'deploy'\n",
        "system(*%w[npx prisma migrate deploy])\n",
        "system(<<~SH)\n  npx prisma migrate deploy\nSH\n",
    ];
    assert_eq!(passed("scripts/deploy.rb", &ruby), Vec::<&str>::new());
    let ruby = [
        "# system 'prisma db push'\nputs 'npx prisma migrate deploy'\n=begin\nsystem 'prisma db push'\n=end\n",
    ];
    assert_eq!(said("scripts/deploy.rb", &ruby), Vec::<String>::new());
    let groovy = [
        "pipeline { agent any\n stages { stage('d') { steps { sh 'npx prisma migrate deploy' } } } }\n",
        "node { sh \"\"\"\n  npm ci\n  npx prisma migrate deploy\n\"\"\" }",
        "sh(script: 'npx prisma migrate deploy', returnStdout: true)",
        "sh label: 'x', script: \"npx prisma migrate deploy --schema ${params.S}\"",
        "bat 'npx prisma migrate deploy'",
        "def c = 'npx prisma migrate deploy'\nsh c",
        "'npx prisma migrate deploy'.execute()",
    ];
    assert_eq!(passed("Jenkinsfile", &groovy), Vec::<&str>::new());
    let groovy = [
        "// sh 'npx prisma migrate deploy'\necho 'npx prisma migrate deploy'\nstage('prisma migrate deploy') {}\n",
    ];
    assert_eq!(said("Jenkinsfile", &groovy), Vec::<String>::new());
}

#[test]
fn what_pm2_runs_is_read() {
    let programs = [
        "module.exports = { apps: [], deploy: { production: { 'post-deploy': 'npm ci && npx prisma migrate deploy' } } };",
        "module.exports = { apps: [{ name: 'web', script: 'npx', args: 'prisma migrate deploy' }] };",
        "module.exports = { apps: [{ script: 'npx', args: ['prisma', 'migrate', 'deploy'] }] };",
    ];
    assert_eq!(passed("ecosystem.config.js", &programs), Vec::<&str>::new());
    let server = "execSync('npx prisma migrate deploy')";
    let found = findings(&[
        ("ecosystem.config.js", "module.exports = { apps: [{ script: './server.js' }] };"),
        ("server.js", server),
    ]);
    assert_eq!(found.len(), 1);
}

#[test]
fn what_a_program_loads_runs_with_it() {
    let bad = "execSync('npx prisma migrate deploy')";
    for (path, text, other) in [
        ("main.mjs", "import './lib/db.js'", "lib/db.ts"),
        ("main.ts", "import { db } from './lib/db';", "lib/db.ts"),
        ("main.ts", "export * from './lib/db';", "lib/db.ts"),
        ("main.js", "const db = require('./lib/db')", "lib/db/index.js"),
        ("main.js", "await import('./lib/db.mjs')", "lib/db.mjs"),
        ("main.js", "fork('./lib/db.js')", "lib/db.js"),
        ("main.js", "new Worker('./lib/db.js')", "lib/db.js"),
        ("main.js", "new Worker(new URL('./lib/db.js', import.meta.url))", "lib/db.js"),
    ] {
        let json = package(&[("start", &format!("node {path}"))]);
        let found = findings(&[("package.json", json.as_str()), (path, text), (other, bad)]);
        assert_eq!(found.len(), 1, "{path} {text} {found:#?}");
        assert_eq!(found[0].path.len(), 3, "{path} {text}");
    }
    let bad = "import os\nos.system('npx prisma migrate deploy')";
    for (text, other) in [
        ("from .db import x", "app/db.py"),
        ("from . import db", "app/db.py"),
        ("from ..db import x", "db.py"),
        ("import db.x", "app/db/x.py"),
        ("import app.db", "app/db.py"),
        ("from app import db", "app/db/__init__.py"),
    ] {
        let json = package(&[("start", "python -m app.main")]);
        let found =
            findings(&[("package.json", json.as_str()), ("app/main.py", text), (other, bad)]);
        assert_eq!(found.len(), 1, "{text} {found:#?}");
        assert_eq!(found[0].path.len(), 3, "{text}");
    }
}

#[test]
fn programs_are_followed_from_the_commands_that_run_them() {
    let js = "execSync('npx prisma migrate deploy')";
    let py = "os.system('npx prisma migrate deploy')";
    let sh = "npx prisma migrate deploy";
    let rb = "system 'npx prisma migrate deploy'";
    for (command, path, text) in [
        ("node local/x.js", "local/x.js", js),
        ("node local/x", "local/x.js", js),
        ("node --no-warnings --env-file .env local/x.js a b", "local/x.js", js),
        ("node -r ./local/x.js server.js", "local/x.js", js),
        ("node --import ./local/x.mjs server.js", "local/x.mjs", js),
        ("node dist/local/x.js", "src/local/x.ts", js),
        ("tsx local/x.ts", "local/x.ts", js),
        ("tsx watch local/x.ts", "local/x.ts", js),
        ("npx tsx --tsconfig t.json local/x.ts", "local/x.ts", js),
        ("ts-node -P t.json local/x.ts", "local/x.ts", js),
        ("bun local/x.ts", "local/x.ts", js),
        ("bun run local/x.ts", "local/x.ts", js),
        ("bun --watch run local/x.ts", "local/x.ts", js),
        ("deno run -A local/x.ts", "local/x.ts", js),
        ("nodemon local/x.js", "local/x.js", js),
        ("zx local/x.mjs", "local/x.mjs", js),
        ("pm2 start local/x.js", "local/x.js", js),
        ("pm2-runtime local/x.js", "local/x.js", js),
        ("./local/x.js", "local/x.js", js),
        ("prisma generate", "prisma.config.ts", js),
        ("python local/x.py", "local/x.py", py),
        ("python3 -u local/x.py a", "local/x.py", py),
        ("python -m local.x", "local/x.py", py),
        ("python -m local.x", "local/x/__main__.py", py),
        ("ruby local/x.rb", "local/x.rb", rb),
        ("sh local/x.sh", "local/x.sh", sh),
        ("bash -e -o pipefail local/x.sh a", "local/x.sh", sh),
        (". ./local/x.sh", "local/x.sh", sh),
        ("source local/x.sh", "local/x.sh", sh),
        ("local/x.sh", "local/x.sh", sh),
    ] {
        let json = package(&[("start", command)]);
        let found = findings(&[("package.json", json.as_str()), (path, text)]);
        assert_eq!(found.len(), 1, "{command} {found:#?}");
        assert!(found[0].path.len() == 2 || path == "prisma.config.ts", "{command}");
    }
    for command in
        ["x", "bun run local", "cat local/x.sh", "chmod +x local/x.sh", "sh -c true local/x.sh"]
    {
        let json = package(&[("start", command)]);
        assert_eq!(
            findings(&[("package.json", json.as_str()), ("local/x.sh", sh)]),
            [],
            "{command}"
        );
    }
}

#[test]
fn a_program_that_surely_starts_nothing_need_not_be_read() {
    let may = |path: &str, text: &str| may_run(&RepoPath::from(path), text.as_bytes());
    for text in REFUSED_JS {
        assert!(may("a.ts", text), "{text}");
    }
    assert!(!may("a.ts", "export const a = 1;\n"));
    assert!(!may("a.py", "def f(x):\n    return x\n"));
    assert!(!may("README", "npx prisma migrate deploy"));
    assert!(may("bin/go", "#!/bin/sh\ntrue\n"));
    assert!(!may("a.yaml", "a: 1\n"));
    assert!(may("a.yaml", "apiVersion: v1\n"));
    assert!(!may("ops/image.txt", "words\n"));
    assert!(may("ops/image.txt", "RUN npx prisma migrate deploy\n"));
}

#[test]
fn a_program_written_to_break_its_reader_does_not() {
    let n = 100_000;
    for text in [
        "`${".repeat(n),
        "execSync(".repeat(n),
        "[".repeat(n),
        "const a = [".repeat(n / 2),
        "a(`".repeat(n),
        "x = 'a' + ".repeat(n),
        format!(
            "let a0 = 'aaaaaaaa';{}",
            (1..2000)
                .map(|it| format!("let a{it} = a{0} + a{0} + a{0};", it - 1))
                .collect::<String>()
        ),
        "/".repeat(n),
        "'".repeat(n + 1),
        "import x from ".repeat(n / 2),
        "from a import ".repeat(n / 2),
        "exec(f(".repeat(n),
        "system <<~A\n".repeat(n / 10),
        "function f(a".repeat(n / 2),
    ] {
        for path in ["a.ts", "a.py", "a.rb", "Jenkinsfile"] {
            commands(&[(path, &text)]);
        }
    }
}

proptest! {
    #[test]
    fn no_text_breaks_a_reader_of_programs(
        text in "(\\PC{0,3}|[`'\"${}()\\[\\]/\\\\%#<~\n,.:+=*;& ]|exec|sh|system|const a|from|import|for|in|x|A|é|<<A|=>|spawn){0,60}",
    ) {
        for path in ["a.ts", "a.py", "a.rb", "Jenkinsfile", "a.sh", "ecosystem.config.js"] {
            for command in commands(&[(path, &text)]) {
                prop_assert!(text.get(command.span.range()).is_some());
            }
            for finding in findings(&[(path, &text)]) {
                prop_assert!(text.get(finding.span.range()).is_some());
            }
        }
    }
}
