//! Jobs of GitHub that try migrations on a database of their own, which is thrown away with them.
//!
//! A job counts as one only where nothing in it can lead to another database: everything that is not surely harmless
//! makes it a job like any other.

use std::ops::Range;

use super::{database, steps};
use crate::parse::command::Text;
use crate::parse::command::tree::{Node, Tree};
use crate::source::Source;

/// What a job with a database of its own is made of.
pub(super) struct Place {
    databases: Vec<Database>,
    /// In a container services are reached by their names, else by the ports of the machine.
    container: bool,
    /// The variables of the workflow, the job, its container.
    variables: Vec<(String, Option<String>)>,
}

/// A service of a job that is a Postgres.
struct Database {
    name: String,
    ports: Vec<String>,
}

/// How many variables, and how many databases, a job may have that is looked at closely.
const MOST: usize = 100;
/// Variables by which a shell, an interpreter or a client of Postgres is led somewhere else.
const LEADING: &[&str] = &[
    "bash_env",
    "ld_preload",
    "ld_library_path",
    "node_options",
    "node_path",
    "pythonpath",
    "path",
    "home",
    "pghostaddr",
    "pgservice",
    "pgservicefile",
    "pgsysconfdir",
];
/// What no text of such a job says, in lower case: secrets, and ways to take them from elsewhere.
const SECRET: &[&str] = &["secrets", "vars.", "vars[", "id-token", "write-all"];
/// What no script of such a job says, in lower case: ways to another database, and to other variables.
const TURNS: &[&str] = &[
    "github_env",
    "github_path",
    "bash_env",
    "set-env",
    "exportvariable",
    "process.env",
    "os.environ",
    "url=",
    "url =",
    "url+=",
    "uri=",
    "dsn=",
    "pghost",
    "pgservice",
    "-url",
    "--uri",
    ".env",
    "dotenv",
    "direnv",
    "doppler",
    "infisical",
    "--linked",
    "supabase link",
    "supabase db push",
    "supabase migration",
    "printf -v",
    "set -a",
    "allexport",
    "export $",
    "export \"$",
    "proxy",
    "tunnel",
    "socat",
    "ngrok",
    "iptables",
    "/etc/hosts",
    "port-forward",
    "docker stop",
    "docker rm",
    "docker kill",
    "sudo npx",
    "sudo npm",
    "sudo pnpm",
    "sudo yarn",
    "sudo bun",
    "sudo prisma",
    "sudo node",
    "url']",
    "url\"]",
];
/// The same, where it begins a word.
const TOOLS: &[&str] = &[
    "env-cmd",
    "op run",
    "op inject",
    "op read",
    "vault",
    "chamber",
    "sops",
    "teller",
    "aws ",
    "gcloud",
    "az ",
    "ssh",
    "fly ",
    "flyctl",
    "heroku",
    "railway",
    "render ",
    "vercel",
    "netlify",
    "kubectl",
    "helm ",
    "env -",
    "unset ",
    "eval",
    "source ",
    "declare ",
    "typeset ",
    "read ",
    "env $",
];
/// Actions that change nothing a database is found by.
const ACTIONS: &[&str] = &[
    "actions/",
    "docker/",
    "./",
    "pnpm/action-setup@",
    "oven-sh/setup-bun@",
    "supabase/setup-cli@",
    "denoland/setup-deno@",
];
/// What a service may be told about its container: how its health is known, and how much it may take.
const OPTIONS: &[&str] =
    &["--health-", "--name", "--shm-size", "--tmpfs", "--memory", "--cpus", "--user"];
/// Images of Postgres, as they are called in the registries below.
const IMAGES: &[&str] = &[
    "postgres",
    "postgis/postgis",
    "pgvector/pgvector",
    "supabase/postgres",
    "timescale/timescaledb",
    "timescale/timescaledb-ha",
];
const REGISTRIES: &[&str] = &[
    "docker.io/library/",
    "docker.io/",
    "library/",
    "registry-1.docker.io/library/",
    "mirror.gcr.io/library/",
    "mirror.gcr.io/",
    "public.ecr.aws/docker/library/",
    "public.ecr.aws/",
];

impl Place {
    /// None of a job that has no database of its own, or may have another.
    pub(super) fn of(source: &Source, workflow: &Tree, job: &Tree) -> Option<Place> {
        let databases = databases(source, job);
        let harmless = !databases.is_empty()
            && job.get("environment").is_none()
            && has_no_secrets(workflow, job)
            && is_of_github(job)
            && has_plain_shells(workflow, job)
            && job.get("steps").is_some_and(|it| it.items().iter().all(is_harmless));
        let container = job.get("container");
        let plain = container.and_then(|it| it.get("options")).is_none_or(has_plain_options);
        let mut variables = Vec::new();
        let envs = [workflow.get("env"), job.get("env"), container.and_then(|it| it.get("env"))];
        for env in envs.into_iter().flatten() {
            variables.extend(table(env)?);
        }
        let container = container.is_some();
        let harmless = harmless && variables.len() <= MOST && databases.len() <= MOST;
        (harmless && plain).then_some(Place { databases, container, variables })
    }

    /// Whether a step of the job surely has that database, and no other.
    pub(super) fn holds(&self, step: &Tree) -> bool {
        let Some(own) = step.get("env").map_or(Some(Vec::new()), table) else { return false };
        let mut known = false;
        for (name, value) in self.variables.iter().chain(&own) {
            let name = name.to_ascii_lowercase();
            let Some(value) = value.as_deref() else { continue };
            if LEADING.contains(&name.as_str()) && !(name == "node_options" && is_tuning(value)) {
                return false;
            }
            if name == "pghost" && !self.is_host(value) {
                return false;
            }
            if names_database(&name, value) {
                if !self.is_own(value) {
                    return false;
                }
                known = true;
            }
        }
        known
    }

    fn is_host(&self, host: &str) -> bool {
        if self.container {
            self.databases.iter().any(|it| it.name == host)
        } else {
            database::is_loopback(host)
        }
    }

    /// Whether a URL means a service of the job.
    fn is_own(&self, url: &str) -> bool {
        let Some((host, port)) = database::place(url) else { return false };
        let fits = |it: &Database| {
            if self.container {
                it.name == host && port == database::PORT
            } else {
                it.ports.iter().any(|it| it == port)
            }
        };
        self.is_host(host) && self.databases.iter().any(fits)
    }
}

/// Whether options of `node` only say how much it may take and what it tells, and load nothing.
fn is_tuning(options: &str) -> bool {
    const TUNING: &[&str] = &[
        "--max-old-space-size",
        "--max_old_space_size",
        "--no-warnings",
        "--no-deprecation",
        "--trace-warnings",
        "--enable-source-maps",
        "--experimental-vm-modules",
    ];
    let mut words = options.split_whitespace();
    words.all(|it| TUNING.contains(&it.split('=').next().unwrap_or_default()))
}

/// Whether a variable says where a database is, or may.
fn names_database(name: &str, value: &str) -> bool {
    let value = value.trim_start().to_ascii_lowercase();
    let harmless = ["http://", "https://", "redis://", "amqp://", "smtp://"];
    let place = ["url", "uri", "dsn"].iter().any(|it| name.ends_with(it));
    name == "database_url"
        || value.contains("postgres:")
        || value.contains("postgresql:")
        || value.contains("prisma:")
        || (place && !harmless.iter().any(|it| value.starts_with(it)))
        || (place && value.contains("${{"))
}

/// The variables of a table, each with its text; none where they are something else, as an expression.
fn table(env: &Tree) -> Option<Vec<(String, Option<String>)>> {
    let Node::Table(entries) = &env.node else { return None };
    let text = |it: &Tree| it.text().map(Text::to_string);
    Some(entries.iter().map(|it| (it.key.clone(), text(&it.value))).collect())
}

fn databases(source: &Source, job: &Tree) -> Vec<Database> {
    let services = job.get("services").map(Tree::entries).unwrap_or_default();
    let postgres = services.iter().filter(|it| {
        let image = it.value.get("image").and_then(Tree::text).map(Text::to_string);
        let known = ["image", "env", "ports", "options", "volumes", "credentials"];
        image.is_some_and(|it| is_postgres(&it))
            && it.value.entries().iter().all(|it| known.contains(&it.key.as_str()))
            && it.value.get("options").is_none_or(has_plain_options)
    });
    let ports = |it: &Tree| {
        let written = |range: &Range<usize>| source.text.get(range.clone()).unwrap_or_default();
        let items = it.get("ports").map(Tree::items).unwrap_or_default();
        // `5432` alone is any port of the machine.
        let both = items.iter().filter_map(|it| written(&it.range).split_once(':'));
        both.map(|it| it.0.trim_matches(['"', '\'']).to_owned()).collect()
    };
    postgres.map(|it| Database { name: it.key.clone(), ports: ports(&it.value) }).collect()
}

fn is_postgres(image: &str) -> bool {
    let bare = REGISTRIES.iter().find_map(|it| image.strip_prefix(it)).unwrap_or(image);
    let name = bare.split([':', '@']).next().unwrap_or_default();
    IMAGES.contains(&name)
}

/// Options with nothing among them that makes a container another one.
fn has_plain_options(options: &Tree) -> bool {
    let Some(text) = options.text().map(Text::to_string) else { return false };
    let mut quote = None;
    let mut bare = String::new();
    for c in text.chars() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(c),
            (None, c) => bare.push(c),
        }
    }
    let mut words = bare.split_whitespace().filter(|it| it.starts_with('-'));
    !text.contains("${{") && words.all(|it| OPTIONS.iter().any(|known| it.starts_with(known)))
}

/// Neither the job nor what the workflow sets for it speaks of secrets.
fn has_no_secrets(workflow: &Tree, job: &Tree) -> bool {
    let outer = ["env", "defaults", "permissions"].iter().filter_map(|it| workflow.get(it));
    let mut found = Vec::new();
    for tree in outer.chain([job]) {
        steps::texts(tree, "", &mut found);
    }
    found.iter().all(|(key, text)| {
        let text = text.to_string().to_ascii_lowercase();
        !SECRET.iter().any(|it| text.contains(it) || key.contains(it))
    }) && job.get("secrets").is_none()
}

/// Whether the job runs on a machine that GitHub makes for it. Others may reach what they like.
fn is_of_github(job: &Tree) -> bool {
    let Some(runner) = job.get("runs-on").and_then(Tree::text) else { return false };
    let runner = runner.to_string();
    let version = ["ubuntu-", "macos-", "windows-"].iter().find_map(|it| runner.strip_prefix(it));
    version.is_some_and(|it| {
        let number = it.strip_suffix("-arm").unwrap_or(it);
        it == "latest"
            || (!number.is_empty() && number.chars().all(|it| it.is_ascii_digit() || it == '.'))
    })
}

/// No shell of the job does more than to run what it is given.
fn has_plain_shells(workflow: &Tree, job: &Tree) -> bool {
    let steps = job.get("steps").map(Tree::items).unwrap_or_default();
    let defaults =
        [workflow, job].into_iter().filter_map(|it| it.at(&["defaults", "run", "shell"]));
    let mut shells = defaults.chain(steps.iter().filter_map(|it| it.get("shell")));
    shells.all(|it| {
        let name = it.text().map(Text::to_string);
        name.is_some_and(|it| matches!(it.as_str(), "bash" | "sh"))
    })
}

/// Whether a step leaves the variables of the job and its way to the database alone.
fn is_harmless(step: &Tree) -> bool {
    if let Some(uses) = step.get("uses") {
        let name = uses.text().map(Text::to_string).unwrap_or_default();
        if !ACTIONS.iter().any(|it| name.starts_with(it)) {
            return false;
        }
    }
    let mut scripts = Vec::new();
    for key in ["run", "with"] {
        if let Some(tree) = step.get(key) {
            steps::texts(tree, key, &mut scripts);
        }
    }
    scripts.iter().all(|(_, text)| {
        let text = text.to_string().to_ascii_lowercase();
        let text = text.replace("\\\n", "");
        let expressions = text.split("${{").skip(1);
        let known = ["matrix.", "github.", "runner.", "env.", "hashfiles("];
        let mut expressions = expressions.map(str::trim_start);
        expressions.all(|it| known.iter().any(|known| it.starts_with(known)))
            && !TURNS.iter().any(|it| text.contains(it))
            && !TOOLS.iter().any(|it| begins_word(&text, it))
            && !text.lines().any(|it| it.trim_start().starts_with(". "))
            && !database::is_foreign(&text)
    })
}

fn begins_word(text: &str, word: &str) -> bool {
    let before = |at: usize| text.get(..at).and_then(|it| it.chars().next_back());
    text.match_indices(word).any(|(at, _)| before(at).is_none_or(|it| !it.is_alphanumeric()))
}
