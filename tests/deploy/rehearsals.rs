//! Jobs that try the migrations on a database of their own.

use super::findings;

const FILE: &str = ".github/workflows/migration-test.yml";

/// A job that may migrate, and that each test spoils in its own way.
const JOB: &str = "\
name: dry run
on: pull_request
jobs:
  dry-run:
    runs-on: ubuntu-latest
    services:
      postgres:
        image: postgres:15
        env:
          POSTGRES_PASSWORD: postgres
        options: >-
          --health-cmd \"pg_isready -U postgres\"
          --health-interval 10s
        ports: ['5432:5432']
    steps:
      - uses: actions/checkout@v4
      - run: npm ci
      - name: Apply
        run: npx prisma migrate deploy
        env:
          DATABASE_URL: postgresql://postgres:postgres@localhost:5432/test
";
const URL: &str = "postgresql://postgres:postgres@localhost:5432/test";

fn passes(text: &str) -> bool {
    findings(&[(FILE, text)]).is_empty()
}

/// The job with something else in the place of something.
fn with(from: &str, to: &str) -> String {
    assert!(JOB.contains(from), "{from}");
    JOB.replacen(from, to, 1)
}

/// The job with another step before the one that migrates.
fn after(step: &str) -> String {
    with("      - run: npm ci\n", &format!("{step}\n"))
}

#[test]
fn a_job_with_a_database_of_its_own_may_migrate_it() {
    for text in [
        JOB.to_owned(),
        with("postgres:15", "postgres"),
        with("postgres:15", "docker.io/library/postgres:15"),
        with("postgres:15", "postgis/postgis:15-3.4"),
        with("postgres:15", "pgvector/pgvector:pg16"),
        with("postgres:15", "supabase/postgres:15.1.0"),
        with("postgres:15", "timescale/timescaledb:latest-pg15"),
        with("postgres:15", "postgres:${{ matrix.version }}"),
        with("@localhost", "@127.0.0.1"),
        with("DATABASE_URL", "NODE_OPTIONS: --max-old-space-size=8192\n          DATABASE_URL"),
        with(":5432/test", ":5432/test?schema=public&connection_limit=1&sslmode=disable"),
        with("postgresql://", "postgres://"),
        with("['5432:5432']", "['5433:5432']").replace("localhost:5432", "localhost:5433"),
        with(":5432/test", "/test"),
        with("ubuntu-latest", "ubuntu-24.04"),
        with(
            "npx prisma migrate deploy",
            "|\n          npm ci\n          npx prisma migrate deploy",
        ),
        after("      - uses: pnpm/action-setup@v4\n      - uses: ./.github/actions/setup"),
        after("      - run: sudo apt-get install -y postgresql-client"),
        after("      - run: psql -h localhost -U postgres -c 'select 1'"),
        after(&format!("      - run: psql {URL} -c 'select 1'")),
        after("      - run: psql \"$DATABASE_URL\" -c 'select 1'"),
        after("      - run: echo echo a resource of the thread of bazaars"),
        with(
            "    steps:",
            &format!(
                "    env:\n      DIRECT_URL: {URL}\n      API_URL: https://example.com\n    steps:"
            ),
        ),
        // The variable may be set for the whole job or workflow.
        with(&format!("        env:\n          DATABASE_URL: {URL}\n"), "")
            .replace("    steps:", &format!("    env: {{DATABASE_URL: '{URL}'}}\n    steps:")),
        with(&format!("        env:\n          DATABASE_URL: {URL}\n"), "")
            .replace("jobs:", &format!("env: {{DATABASE_URL: '{URL}'}}\njobs:")),
        // In a container the service has its own name.
        with("@localhost:5432", "@postgres:5432")
            .replace("    services:", "    container: node:20\n    services:"),
    ] {
        assert!(passes(&text), "{text}\n{:?}", findings(&[(FILE, &text)]));
    }
}

#[test]
fn without_a_database_of_its_own_a_job_is_like_any_other() {
    for text in [
        with("postgres:15", "redis:7"),
        with("postgres:15", "evil/postgres:15"),
        with("postgres:15", "example.com/postgres:15"),
        with("postgres:15", "postgres-proxy:15"),
        with("postgres:15", "${{ inputs.image }}"),
        with("    services:", "    notes:"),
        // Another container may hold the port, or stand in for the database.
        with("['5432:5432']", "['5433:5432']"),
        with("['5432:5432']", "[5432]"),
        with("        ports: ['5432:5432']\n", ""),
        with("--health-interval 10s", "--entrypoint socat"),
        with("--health-interval 10s", "--network host"),
        with("--health-interval 10s", "--add-host localhost:10.0.0.1"),
        with(
            "        env:\n          POSTGRES",
            "        command: socat\n        env:\n          POSTGRES",
        ),
    ] {
        assert!(!passes(&text), "{text}");
    }
}

#[test]
fn the_url_is_read_to_the_letter() {
    for url in [
        "postgresql://postgres:postgres@db.example.com:5432/test",
        "postgresql://postgres:postgres@localhost.example.com:5432/test",
        "postgresql://localhost:x@db.example.com:5432/test",
        "postgresql://localhost@db.example.com/test",
        "postgresql://a:b@localhost:5432@db.example.com/test",
        "postgresql://a:b@localhost:5432,db.example.com:5432/test",
        "postgresql://a:b@localhost:5432/test?host=db.example.com",
        "postgresql://a:b@localhost:5432/test?schema=a&host=db.example.com",
        "postgresql://a:b@localhost:5432/test?sslmode=x&options=-c",
        "postgresql://a:b@localhost:5432/test#x",
        "postgresql://a:b%40db@localhost:5432/test",
        "postgresql://a:b@LOCALHOST:5432/test",
        "postgresql://a:b@127.0.0.1.nip.io:5432/test",
        "postgresql://a:b@2130706433:5432/test",
        "postgresql://a:b@0.0.0.0:5432/test",
        "postgresql://a:b@postgres:5432/test",
        "postgresql://a:b@localhost:6432/test",
        "postgresql://a:b@localhost:/test",
        "postgresql://a:b@localhost:5432",
        "postgresql://a:b@localhost:5432/",
        "postgresql://localhost:5432\\@db.example.com/test",
        "postgresql://${{ secrets.X }}@localhost:5432/test",
        "postgresql://a:b@${{ env.HOST }}:5432/test",
        "postgresql://a:b@$HOST:5432/test",
        "${{ vars.DATABASE_URL }}",
        "${{ matrix.url }}",
        "prisma://accelerate.prisma-data.net/?api_key=x",
        "prisma+postgres://localhost:51213/?api_key=x",
        "jdbc:postgresql://db.example.com/test",
        "db.example.com",
    ] {
        let text = JOB.replace(URL, &format!("'{url}'"));
        assert!(!passes(&text), "{url}");
    }
    let text = with(&format!("DATABASE_URL: {URL}"), "NAME: x");
    assert!(!passes(&text), "no url at all");
}

#[test]
fn every_url_in_force_is_read() {
    let other = "postgresql://a:b@db.example.com/shop";
    for text in [
        with("    steps:", &format!("    env: {{DIRECT_URL: '{other}'}}\n    steps:")),
        with("    steps:", &format!("    env: {{SHADOW: '{other}'}}\n    steps:")),
        with("    steps:", "    env: {DIRECT_URL: '${{ env.X }}'}\n    steps:"),
        with("    steps:", "    env: {PGHOST: db.example.com}\n    steps:"),
        with("    steps:", "    env: {PGHOSTADDR: 10.0.0.1}\n    steps:"),
        with("    steps:", "    env: {PGSERVICE: shop}\n    steps:"),
        with("    steps:", "    env: {BASH_ENV: ci/env.sh}\n    steps:"),
        with("    steps:", "    env: {NODE_OPTIONS: --require ./ci/env.js}\n    steps:"),
        with("    steps:", "    env: '${{ fromJSON(needs.x.outputs.env) }}'\n    steps:"),
        with("jobs:", &format!("env: {{OTHER_URL: '{other}'}}\njobs:")),
        with(
            "          DATABASE_URL",
            &format!("          DIRECT_URL: {other}\n          DATABASE_URL"),
        ),
        with(
            "    services:",
            &format!(
                "    container: {{image: node, env: {{DIRECT_URL: '{other}'}}}}\n    services:"
            ),
        )
        .replace("localhost", "postgres"),
        with(
            "    services:",
            "    container: {image: node, options: --add-host postgres:10.0.0.1}\n    services:",
        )
        .replace("localhost", "postgres"),
    ] {
        assert!(!passes(&text), "{text}");
    }
}

#[test]
fn secrets_end_the_rehearsal() {
    for text in [
        after("      - run: echo ${{ secrets.PROD_URL }}"),
        after("      - run: echo ${{ SECRETS.PROD_URL }}"),
        after("      - run: echo ${{ toJSON(secrets) }}"),
        after("      - run: echo ${{ vars.PROD_URL }}"),
        after("      - run: echo ${{ needs.x.outputs.url }}"),
        after("      - run: echo ${{ inputs.url }}"),
        with("    steps:", "    env: {TOKEN: '${{ secrets.TOKEN }}'}\n    steps:"),
        with("jobs:", "env: {TOKEN: '${{ secrets.TOKEN }}'}\njobs:"),
        with("    steps:", "    permissions: {id-token: write}\n    steps:"),
        with("jobs:", "permissions: {id-token: write}\njobs:"),
        with("jobs:", "permissions: write-all\njobs:"),
        with("    steps:", "    environment: production\n    steps:"),
    ] {
        assert!(!passes(&text), "{text}");
    }
}

#[test]
fn a_step_that_may_lead_elsewhere_ends_the_rehearsal() {
    for run in [
        "echo \"DATABASE_URL=$X\" >> $GITHUB_ENV",
        "echo x >> ${GITHUB_ENV}",
        "echo x >> \"$GITHUB_PATH\"",
        "echo '::set-env name=X::y'",
        "export DATABASE_URL=$OTHER",
        "DATABASE_URL=$OTHER npx prisma generate",
        "export $(cat prod.txt)",
        "env $(cat prod.txt) npx prisma generate",
        "source ci/env.sh",
        ". ./ci/env.sh",
        "eval \"$(cat prod.txt)\"",
        "cp .env.production .env",
        "npx dotenv -e prod -- npx prisma generate",
        "doppler run -- npm test",
        "infisical run -- npm test",
        "op run -- npm test",
        "npx prisma migrate deploy --url x",
        "psql -h db.example.com -f x.sql",
        "psql --host=db.example.com",
        "psql -hdb.example.com -f x.sql",
        "psql 'host=db.example.com dbname=shop'",
        "dbmate -u mysql://db.example.com/shop up",
        "psql postgresql://a:b@db.example.com/shop",
        "PGHOST=db.example.com psql",
        "ssh deploy@example.com npx prisma migrate deploy",
        "ssh -N -L 5432:db.example.com:5432 example.com &",
        "fly proxy 5432 -a db &",
        "cloud-sql-proxy --port 5432 x &",
        "docker stop postgres",
        "supabase link --project-ref x",
        "supabase db push",
        "unset DATABASE_URL",
        "env -u DATABASE_URL npx prisma migrate deploy",
        "sudo npx prisma migrate deploy",
    ] {
        let text = after(&format!("      - run: |\n          {run}"));
        assert!(!passes(&text), "{run}");
    }
    for step in [
        "      - uses: some/body@v1",
        "      - uses: docker://node:20",
        "      - uses: pnpm/other@v1",
        "      - uses: actions-of/others@v1",
        "      - uses: actions/github-script@v7\n        with: {script: \"core.exportVariable('DATABASE_URL', x)\"}",
        "      - run: ls\n        shell: ci/shell.sh {0}",
    ] {
        assert!(!passes(&after(step)), "{step}");
    }
}

#[test]
fn a_script_of_an_earlier_step_may_lead_elsewhere_too() {
    let step = after("      - run: bash ci/prepare.sh");
    let prepare = "echo DATABASE_URL=x >> $GITHUB_ENV\n";
    assert_eq!(findings(&[(FILE, &step), ("ci/prepare.sh", "npm run build\n")]), []);
    assert!(!findings(&[(FILE, &step), ("ci/prepare.sh", prepare)]).is_empty());
    let action = "runs: {using: composite, steps: [{run: npx prisma migrate deploy, env: {DATABASE_URL: x}}]}\n";
    let step = with("run: npx prisma migrate deploy", "uses: ./ci/migrate");
    assert!(!findings(&[(FILE, &step), ("ci/migrate/action.yml", action)]).is_empty());
    for script in [". ./prod\n", "eval \"$(cat prod)\"\n", "read -r DATABASE_URL < prod\n"] {
        let step = with("npx prisma migrate deploy", "bash ci/go.sh");
        let go = format!("{script}npx prisma migrate deploy\n");
        assert!(!findings(&[(FILE, &step), ("ci/go.sh", &go)]).is_empty(), "{script}");
    }
}

#[test]
fn a_machine_of_ones_own_ends_the_rehearsal() {
    for runner in [
        "self-hosted",
        "[self-hosted, linux]",
        "ours",
        "{group: ours}",
        "${{ matrix.os }}",
        "ubuntu-latest-ours",
    ] {
        assert!(!passes(&with("ubuntu-latest", runner)), "{runner}");
    }
    assert!(!passes(&with("jobs:", "defaults: {run: {shell: ci/shell.sh}}\njobs:")));
    assert!(!passes(&with("    steps:", "    defaults: {run: {shell: ci/shell.sh}}\n    steps:")));
}

#[test]
fn only_the_step_with_the_database_rehearses() {
    let text = format!("{JOB}      - run: npx prisma migrate deploy --schema x\n");
    assert!(!passes(&text), "{text}");
    let text = format!(
        "{JOB}  deploy:\n    runs-on: ubuntu-latest\n    steps:\n      - run: npx prisma migrate deploy\n"
    );
    assert!(!passes(&text), "{text}");
}
