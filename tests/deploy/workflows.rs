//! Workflows and actions of GitHub.

use sprag::parse::command::{Call, Weight};

use super::{commands, findings, package, reading};

const FILE: &str = ".github/workflows/deploy.yml";

/// A workflow with one job, made of these lines.
fn job(lines: &str) -> String {
    let lines: Vec<String> = lines.lines().map(|it| format!("    {it}")).collect();
    format!("on: push\njobs:\n  d:\n    runs-on: ubuntu-latest\n{}\n", lines.join("\n"))
}

fn steps(lines: &str) -> String {
    let lines: Vec<String> = lines.lines().map(|it| format!("  {it}")).collect();
    job(&format!("steps:\n{}", lines.join("\n")))
}

#[test]
fn a_step_that_migrates_is_refused() {
    for lines in [
        "- run: npx prisma migrate deploy",
        "- name: x\n  if: github.ref == 'main'\n  run: |\n    npm ci\n    npx prisma migrate deploy",
        "- run: npx $CMD\n  env: {CMD: prisma migrate deploy}",
        "- run: npx prisma ${{ env.CMD }}\n  env: {CMD: migrate deploy}",
        "- run: npx prisma ${{env.CMD}}\n  env: {CMD: migrate deploy}",
        "- run: npx prisma ${{ matrix.cmd }}",
        "- run: npx prisma '${{ github.event.inputs.cmd }}'",
        "- run: bash -c '${{ inputs.cmd }}'",
        "- run: ${{ inputs.cmd }}",
        "- shell: python\n  run: |\n    import os; os.system('npx prisma migrate deploy')",
        "- shell: node {0}\n  run: |\n    require('child_process').execSync('npx prisma migrate deploy')",
        "- shell: pwsh\n  run: |\n    npx prisma `\n      migrate deploy",
        "- shell: cmd\n  run: |\n    npx prisma ^\n      migrate deploy",
        "- shell: bash -euo pipefail {0}\n  run: npx prisma migrate deploy",
        "- shell: npx prisma migrate deploy {0}\n  run: ls",
        "- uses: actions/github-script@v7\n  with:\n    script: |\n      await exec.exec('npx', ['prisma', 'migrate', 'deploy'])",
        "- uses: appleboy/ssh-action@v1\n  with:\n    host: x\n    script: |\n      cd /srv\n      npx prisma migrate deploy",
        "- uses: nick-fields/retry@v3\n  with: {command: npx prisma migrate deploy}",
        "- uses: azure/CLI@v2\n  with: {inlineScript: npx prisma migrate deploy}",
        "- uses: superfly/flyctl-actions@1.4\n  with: {args: ssh console -C 'npx prisma migrate deploy'}",
        "- uses: superfly/flyctl-actions/setup-flyctl@master\n- run: fly ssh console -a shop -C \"npx prisma migrate deploy\"",
        "- uses: some/body@v1\n  with: {run: npx prisma migrate deploy}",
        "- uses: docker://node:20\n  with: {args: npx prisma migrate deploy}",
        "- uses: ./.github/actions/run\n  with: {anything: npx prisma migrate deploy}",
    ] {
        let found = findings(&[(FILE, &steps(lines))]);
        assert_eq!(found.len(), 1, "{lines}\n{found:?}");
    }
}

#[test]
fn what_a_job_knows_by_its_own_variables_is_no_command_from_outside() {
    for lines in [
        "- run: yarn test:${{ matrix.group }}",
        "- run: ${{ env.TOOLS }}/bundler",
        "- shell: pwsh\n  run: |\n    if (\"${{ secrets.FILE }}\" -ne \"\") { \"${{ secrets.FILE }}\" | Out-File .env }",
    ] {
        assert_eq!(findings(&[(FILE, &steps(lines))]), [], "{lines}");
    }
    let group = steps("- run: yarn db:${{ matrix.step }}");
    let scripts = package(&[("db:deploy", "prisma migrate deploy")]);
    let files = [(FILE, group.as_str()), ("package.json", &scripts)];
    assert_eq!(findings(&files).len(), 1);
}

#[test]
fn a_step_that_speaks_of_it_passes() {
    for lines in [
        "- name: No prisma migrate deploy in automation\n  run: |\n    if grep -rn \"prisma migrate deploy\" fly.toml package.json; then\n      echo \"::error::prisma migrate deploy is forbidden\"; exit 1\n    fi",
        "- run: echo 'npx prisma migrate deploy'",
        "# npx prisma migrate deploy\n- run: ls",
        "- run: supabase db push --dry-run",
        "- run: npx prisma generate\n  env: {NOTE: npx prisma migrate deploy}",
        "- uses: actions/cache@v4\n  with: {path: npx prisma migrate deploy, key: x}",
        "- uses: slackapi/slack-github-action@v1\n  with: {payload: npx prisma migrate deploy}",
        "- uses: ./.github/actions/say\n  with: {message: never run npx prisma migrate deploy}",
        "- uses: ./.github/actions/x\n  with: {args: '${{ matrix.args }}'}",
        "- uses: tauri-apps/tauri-action@v0\n  with: {args: '${{ matrix.args }}'}",
        "- uses: actions/github-script@v7\n  with:\n    script: |\n      const { main } = require('${{ runner.temp }}/x/${{ github.sha }}.cjs'); await main();",
        "- run: npm test -- --shard=${{ matrix.shard }}/4",
        "- run: gh pr comment ${{ github.event.number }} --body 'run prisma migrate deploy'",
        "- shell: pwsh\n  run: Write-Host \"prisma migrate deploy\"",
    ] {
        assert_eq!(findings(&[(FILE, &steps(lines))]), [], "{lines}");
    }
}

#[test]
fn variables_of_the_job_and_the_workflow_count_until_one_nearer_is_set() {
    let text = format!("env: {{SUB: migrate deploy}}\n{}", steps("- run: npx prisma $SUB"));
    assert_eq!(findings(&[(FILE, &text)]).len(), 1);
    let text = job("env: {SUB: migrate deploy}\nsteps:\n  - run: npx prisma $SUB");
    assert_eq!(findings(&[(FILE, &text)]).len(), 1);
    let text = job(
        "env: {SUB: migrate deploy}\nsteps:\n  - run: npx prisma $SUB\n    env: {SUB: generate}",
    );
    assert_eq!(findings(&[(FILE, &text)]), []);
}

#[test]
fn what_a_matrix_lists_is_tried() {
    let matrix = |matrix: &str, run: &str| {
        let text = job(&format!("strategy: {{matrix: {matrix}}}\nsteps:\n  - run: {run}"));
        findings(&[(FILE, &text)]).len()
    };
    let run = "npx prisma ${{ matrix.cmd }}";
    assert_eq!(matrix("{cmd: [generate, validate]}", run), 0);
    assert_eq!(matrix("{cmd: [generate, migrate deploy]}", run), 1);
    assert_eq!(matrix("{include: [{cmd: generate}, {cmd: migrate deploy}]}", run), 1);
    assert_eq!(matrix("{cmd: [generate], include: [{cmd: migrate deploy}]}", run), 1);
    assert_eq!(matrix("{cmd: [generate, '${{ inputs.x }}']}", run), 1);
    assert_eq!(matrix("'${{ fromJSON(needs.x.outputs.y) }}'", run), 1);
    assert_eq!(matrix("{cmd: '${{ fromJSON(needs.x.outputs.y) }}'}", run), 1);
    assert_eq!(matrix("{cmd: [generate], include: '${{ fromJSON(inputs.x) }}'}", run), 1);
    let run = "npx prisma ${{ matrix.a }} ${{ matrix.b }}";
    assert_eq!(matrix("{a: [generate, migrate], b: [deploy, status]}", run), 1);
    assert_eq!(matrix("{task: [lint, test]}", "npm run ${{ matrix.task }}"), 0);
    assert_eq!(matrix("{task: [lint, test]}", "${{ matrix.task }}"), 0);
}

#[test]
fn commands_run_at_the_top_or_in_the_working_directory() {
    let folder = |text: &str| commands(&[(FILE, text)])[0].host.folder.to_string();
    assert_eq!(folder(&steps("- run: ls")), "");
    assert_eq!(folder(&steps("- run: ls\n  working-directory: apps/web")), "apps/web");
    assert_eq!(folder(&steps("- run: ls\n  working-directory: ./apps/web/")), "apps/web");
    let text = job("defaults:\n  run:\n    working-directory: api\nsteps:\n  - run: ls");
    assert_eq!(folder(&text), "api");
    let text = format!("defaults: {{run: {{working-directory: api}}}}\n{}", steps("- run: ls"));
    assert_eq!(folder(&text), "api");
    let files = |text: &str| {
        let outer = package(&[("go", "true")]);
        let inner = package(&[("go", "prisma migrate deploy")]);
        findings(&[(FILE, text), ("package.json", &outer), ("api/package.json", &inner)]).len()
    };
    assert_eq!(files(&steps("- run: npm run go\n  working-directory: api")), 1);
    assert_eq!(files(&steps("- run: npm run go")), 0);
}

#[test]
fn actions_of_the_repository_are_followed() {
    let workflow = steps("- uses: ./.github/actions/migrate");
    let action = "name: x\nruns:\n  using: composite\n  steps:\n    - run: npx prisma migrate deploy\n      shell: bash\n";
    for path in [".github/actions/migrate/action.yml", ".github/actions/migrate/action.yaml"] {
        let found = findings(&[(FILE, &workflow), (path, action)]);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].subject.0, format!("{path}:runs.steps.1"));
    }
    assert_eq!(findings(&[(".github/actions/migrate/action.yml", action)]), []);
    let script = "name: x\nruns:\n  using: node20\n  main: dist/index.js\n";
    let links = reading(&[("a/action.yml", script)]).links;
    assert!(
        links.iter().any(|it| it
            .call
            .files(&it.host)
            .iter()
            .any(|it| *it == "a/dist/index.js".into()))
    );
    let image =
        "runs:\n  using: docker\n  image: Dockerfile\n  args: [npx, prisma, migrate, deploy]\n";
    let reading = reading(&[("a/action.yml", image)]);
    assert_eq!(
        reading.commands.iter().filter(|it| it.program().as_deref() == Some("prisma")).count(),
        1
    );
    assert!(
        reading.links.iter().any(|it| it
            .call
            .files(&it.host)
            .iter()
            .any(|it| *it == "a/Dockerfile".into()))
    );
}

#[test]
fn called_workflows_are_followed() {
    let caller =
        "on: push\njobs:\n  d:\n    uses: ./.github/workflows/run.yml\n    with: {cmd: ls}\n";
    let called = |run: &str| {
        format!(
            "on:\n  workflow_call:\n    inputs: {{cmd: {{type: string}}}}\njobs:\n  r:\n    runs-on: x\n    steps:\n      - run: {run}\n"
        )
    };
    let other = ".github/workflows/run.yml";
    for run in ["npx prisma migrate deploy", "${{ inputs.cmd }}", "npx prisma ${{ inputs.cmd }}"] {
        let called = called(run);
        assert_eq!(findings(&[(FILE, caller), (other, &called)]).len(), 1, "{run}");
        assert_eq!(findings(&[(other, &called)]), [], "{run}");
    }
    let caller = caller.replace("ls", "npx prisma migrate deploy");
    assert_eq!(findings(&[(FILE, &caller)]).len(), 1);
    for on in ["workflow_call", "[workflow_call]", "{workflow_call: {}}"] {
        let text = format!("on: {on}\njobs: {{r: {{steps: [run: npx prisma migrate deploy]}}}}\n");
        assert_eq!(findings(&[(other, &text)]), [], "{on}");
        let text = text.replace("workflow_call", "workflow_dispatch");
        assert_eq!(findings(&[(other, &text)]).len(), 1, "{on}");
    }
    let both = "on: [workflow_call, push]\njobs: {r: {steps: [run: npx prisma migrate deploy]}}\n";
    assert_eq!(findings(&[(other, both)]).len(), 1);
}

#[test]
fn a_step_is_named_by_its_place() {
    let found = commands(&[(FILE, &steps("- uses: actions/checkout@v4\n- run: ls"))]);
    assert_eq!(&*found[0].host.key, "jobs.d.steps.2");
    assert_eq!(found[0].host.weight, Weight::Platform);
}

#[test]
fn images_that_a_workflow_builds_are_followed() {
    let text = steps(
        "- uses: docker/build-push-action@v6\n  with: {context: ., file: ops/image.txt, target: prod}",
    );
    let links = reading(&[(FILE, &text)]).links;
    assert!(
        links
            .iter()
            .any(|it| matches!(&it.call, Call::File { path: Some(path), part: Some(part), .. }
        if path.is("ops/image.txt") && part.is("prod")))
    );
}
