//! What is read of a `Dockerfile`, of the files it copies, and of what builds it.

use sprag::parse::command;
use sprag::source::{RepoPath, Source};

use super::{commands, findings, problems_of, said};

const FORBIDDEN: &str = "npx prisma migrate deploy";

fn dockerfile(text: &str) -> Vec<String> {
    said(&[("Dockerfile", text)])
}

#[test]
fn every_way_to_write_a_command_is_read() {
    for text in [
        "FROM node:20\nCMD [\"npx\", \"prisma\", \"migrate\", \"deploy\"]\n",
        "FROM node:20\nCMD [\"npx\", \"\\u0070risma\", \"migrate\", \"deploy\"]\n",
        "FROM node:20\nCMD npx prisma migrate deploy\n",
        "FROM node:20\nRUN [ -f .env ] && npx prisma migrate deploy\n",
        "FROM node:20\n\trun\tnpx prisma migrate deploy\n",
        "\u{feff}FROM node:20\r\nRUN npx prisma migrate deploy\r\n",
        "FROM node:20\nRUN npm ci && \\\n  # then\n\n  npx prisma \\\n    migrate deploy\n",
        "# escape=`\nFROM node:20\nRUN npx prisma `\n migrate deploy\n",
        "# syntax=docker/dockerfile:1\n# escape=`\nFROM node:20\nRUN dir C:\\\nRUN npx prisma migrate deploy\n",
        "FROM node:20\nRUN <<EOF\nset -e\nnpx prisma migrate deploy\nEOF\n",
        "FROM node:20\nRUN <<-\"EOF\"\n\tnpx prisma migrate deploy\n\tEOF\nCMD npm start\n",
        "FROM node:20\nRUN <<EOF bash\nnpx prisma migrate deploy\nEOF\n",
        "FROM node:20\nRUN cat <<A > /x && sh <<B\nhello\nA\nnpx prisma migrate deploy\nB\n",
        "FROM node:20\nRUN <<EOF\n#!/usr/bin/env node\nrequire('child_process').execSync('npx prisma migrate deploy')\nEOF\n",
        "FROM node:20\nRUN --mount=type=cache,target=/root/.npm --network=none npx prisma migrate deploy\n",
        "FROM node:20\nSHELL [\"/bin/bash\", \"-o\", \"pipefail\", \"-c\"]\nRUN npx prisma migrate deploy | tee log\n",
        "FROM node:20\nSHELL [\"npx\", \"dotenv\", \"--\", \"sh\", \"-c\"]\nRUN npx prisma migrate deploy\n",
        "FROM node:20\nARG ACTION=deploy\nENV SUB=migrate\nRUN npx prisma $SUB $ACTION\n",
        "FROM node:20\nENV SUB migrate deploy\nRUN npx prisma ${SUB}\n",
        "FROM node:20\nENV A=\"migrate deploy\" B=x\nENV C=$A\nCMD [\"sh\", \"-c\", \"npx prisma $C\"]\n",
        "ARG SUB=deploy\nFROM node:20\nARG SUB\nRUN npx prisma migrate $SUB\n",
        "FROM node:20\nARG SUB=${OTHER:-deploy}\nRUN npx prisma migrate $SUB\n",
        "FROM node:20\nARG SUB\nRUN npx prisma migrate $SUB\n",
        "FROM node:20\nONBUILD RUN npx prisma migrate deploy\n",
        "FROM node:20\nHEALTHCHECK CMD npx prisma migrate deploy\n",
        "FROM node:20\nHEALTHCHECK --interval=5s --retries=3 CMD [\"npx\", \"prisma\", \"migrate\", \"deploy\"]\n",
        "FROM node:20\nENTRYPOINT [\"npx\", \"prisma\"]\nCMD [\"migrate\", \"deploy\"]\n",
        "FROM node:20\nENTRYPOINT [\"tini\", \"--\"]\nCMD [\"npx\", \"prisma\", \"migrate\", \"deploy\"]\n",
        "FROM node:20\nENTRYPOINT [\"sh\", \"-c\"]\nCMD [\"npx prisma migrate deploy\"]\n",
        "FROM node:20\nCOPY <<EOF /start.sh\n#!/bin/sh\nnpx prisma migrate deploy\nEOF\nCMD npm start\n",
        "FROM node:20\nWORKDIR /app\nCOPY <<EOF run\nnpx prisma migrate deploy\nEOF\nCMD [\"sh\", \"./run\"]\n",
    ] {
        assert_eq!(dockerfile(text).len(), 1, "{text}: {:?}", dockerfile(text));
    }
}

#[test]
fn what_a_build_does_not_run_passes() {
    for text in [
        "FROM node:20\nRUN npm ci\n# RUN npx prisma migrate deploy\n",
        "FROM node:20\nLABEL note=\"npx prisma migrate deploy\"\nENV NOTE=\"npx prisma migrate deploy\"\n",
        "FROM node:20\nRUN npm ci && \\\n  # npx prisma migrate deploy\n  npm run build\n",
        "FROM node:20\nCMD npx prisma migrate deploy\nCMD npm start\n",
        "FROM node:20\nHEALTHCHECK NONE\n",
        "FROM node:20\nCOPY <<EOF /docs.md\nnpx prisma migrate deploy\nEOF\n",
        "FROM node:20\nRUN cat <<EOF > /docs.md\nnpx prisma migrate deploy\nEOF\n",
        "FROM node:20 AS tools\nRUN npx prisma migrate deploy\nFROM node:20\nCMD npm start\n",
        "FROM node:20 AS build\nCMD npx prisma migrate deploy\nFROM node:20\nCOPY --from=build /app /app\nCMD npm start\n",
        "FROM node:20 AS base\nCMD npx prisma migrate deploy\nFROM base\nCMD npm start\n",
        "FROM node:20 AS base\nCMD [\"npx\", \"prisma\", \"migrate\", \"deploy\"]\nFROM base\nENTRYPOINT [\"tini\"]\n",
        "FROM node:20\nARG TAG\nENV PATH=$PATH:/x\nEXPOSE $PORT\nRUN echo $TAG\n",
        "FROM node:20\nRUN printf 'npx prisma migrate deploy' > /note\n",
        "",
        "FROM",
        "RUN",
        "CMD []",
        "CMD [",
    ] {
        assert_eq!(dockerfile(text), [""; 0], "{text}");
        assert_eq!(problems_of("Dockerfile", text), [], "{text}");
    }
}

#[test]
fn a_stage_counts_where_the_last_one_needs_it() {
    for text in [
        "FROM node:20 AS build\nRUN npx prisma migrate deploy\nFROM node:20\nCOPY --from=build /app /app\n",
        "FROM node:20 AS Build\nRUN npx prisma migrate deploy\nFROM BUILD\nCMD npm start\n",
        "FROM node:20\nRUN npx prisma migrate deploy\nFROM node:20\nCOPY --from=0 /app /app\n",
        "FROM node:20 AS a\nRUN npx prisma migrate deploy\nFROM a AS b\nRUN true\nFROM node:20\nRUN --mount=type=bind,from=b,target=/x true\n",
        "FROM node:20 AS base\nCMD npx prisma migrate deploy\nFROM base\nRUN npm ci\n",
        "FROM node:20 AS base\nENTRYPOINT [\"npx\", \"prisma\"]\nFROM base\nCMD [\"migrate\", \"deploy\"]\n",
        "FROM node:20 AS base\nONBUILD RUN npx prisma migrate deploy\nFROM base\n",
        "ARG BASE=one\nFROM node:20 AS one\nRUN npx prisma migrate deploy\nFROM ${BASE}\n",
        "FROM node:20 AS one\nENV SUB=deploy\nFROM one\nRUN npx prisma migrate $SUB\n",
    ] {
        assert_eq!(dockerfile(text).len(), 1, "{text}: {:?}", dockerfile(text));
    }
}

#[test]
fn the_name_of_a_file_may_say_that_only_people_build_it() {
    let text = format!("FROM node:20\nCMD {FORBIDDEN}\n");
    for (path, count) in [
        ("Dockerfile", 1),
        ("docker/app.Dockerfile", 1),
        ("Dockerfile.prod", 1),
        ("Containerfile", 1),
        ("Dockerfile.dev", 0),
        ("tests/e2e/Dockerfile", 0),
        (".devcontainer/Dockerfile", 0),
    ] {
        assert_eq!(findings(&[(path, text.as_str())]).len(), count, "{path}");
    }
    let fly = ("fly.toml", "[build]\ndockerfile = 'Dockerfile.dev'\n");
    assert_eq!(findings(&[fly, ("Dockerfile.dev", &text)]).len(), 1);
}

#[test]
fn a_command_is_found_by_the_place_its_file_was_copied_to() {
    let script = "npx prisma migrate deploy";
    for text in [
        "COPY . .\nENTRYPOINT [\"./docker/start\"]",
        "WORKDIR /app\nCOPY . .\nCMD [\"sh\", \"/app/docker/start\"]",
        "COPY docker/start /usr/local/bin/entry\nCMD [\"entry\"]",
        "COPY docker/start /entry\nENTRYPOINT [\"tini\", \"--\", \"/entry\"]",
        "COPY docker/ /scripts/\nCMD [\"/scripts/start\"]",
        "COPY docker /scripts\nCMD /scripts/start && npm start",
        "COPY docker/* /scripts/\nCMD [\"/scripts/start\"]",
        "WORKDIR /srv\nADD [\"docker/start\", \"./run\"]\nCMD [\"./run\"]",
        "COPY docker/ /usr/local/bin/\nCMD [\"start\"]",
        "WORKDIR /srv\nWORKDIR app\nCOPY docker/start .\nCMD [\"/srv/app/start\"]",
        "ENV HOME=/home/node\nCOPY docker/start $HOME/go\nCMD [\"/home/node/go\"]",
        "AS one\nCOPY docker/start /out/go\nFROM node\nCOPY --from=one /out/go /bin/go\nCMD go",
        "AS one\nCOPY docker/start /out/go\nFROM one\nRUN /out/go",
    ] {
        let text =
            format!("FROM node:20 {}{text}\n", if text.starts_with("AS") { "" } else { "\n" });
        let found =
            said(&[("Dockerfile", &text), ("docker/start", &format!("#!/bin/sh\n{script}\n"))]);
        // The reader of shell scripts is another's; what counts here is that the way leads to the file.
        let files: Vec<RepoPath> = command::commands(&Source::new("Dockerfile", text.as_str()))
            .links
            .iter()
            .flat_map(|it| it.call.files(&it.host))
            .collect();
        let commands = commands(&[("Dockerfile", text.as_str())]);
        let called =
            commands.iter().flat_map(|it| it.calls().into_iter().map(move |call| (it, call)));
        let called = called.flat_map(|(it, call)| call.files(&it.host));
        let all: Vec<RepoPath> = called.chain(files).collect();
        assert!(all.contains(&RepoPath::from("docker/start")), "{text}: {all:?} {found:?}");
    }
    let text = "FROM node:20\nCOPY docker/start /start\nRUN chmod +x /start\nCMD npm start\n";
    let reading = command::commands(&Source::new("Dockerfile", text));
    let files: Vec<RepoPath> =
        reading.links.iter().flat_map(|it| it.call.files(&it.host)).collect();
    assert!(!files.contains(&RepoPath::from("docker/start")), "{files:?}");
}

#[test]
fn what_builds_an_image_leads_to_it() {
    let image = format!("FROM node:20 AS web\nCMD {FORBIDDEN}\nFROM node:20\nCMD npm start\n");
    for (path, text) in [
        ("fly.toml", "[build]\ntarget = 'web'\n"),
        ("fly.toml", "[build]\nbuild-target = 'web'\ndockerfile = 'Dockerfile'\n"),
        ("Makefile", "deploy:\n\tdocker build --target web .\n"),
        ("Makefile", "deploy:\n\tdocker buildx build --push -f Dockerfile --target=web .\n"),
        ("Procfile", "release: flyctl deploy --build-target web\n"),
    ] {
        let found = findings(&[(path, text), ("Dockerfile", &image)]);
        assert_eq!(found.len(), 1, "{text}");
        assert!(found[0].path.len() > 1, "{text}: {found:?}");
    }
    for text in ["", "[build]\n", "[build]\ndockerfile = 'Dockerfile'\n", "[build.args]\nA = 'b'\n"]
    {
        let image = format!("FROM node:20\nCMD {FORBIDDEN}\n");
        let found = findings(&[("fly.toml", text), ("Dockerfile", &image)]);
        let way: Vec<&str> = found[0].path.iter().map(|it| it.text.as_str()).collect();
        assert_eq!(way, ["[build]", "CMD"], "{text}");
    }
    for text in ["[build]\nimage = 'x'\n", "[build]\nbuilder = 'x'\n"] {
        let image = format!("FROM node:20\nCMD {FORBIDDEN}\n");
        let found = findings(&[("fly.toml", text), ("Dockerfile.dev", &image)]);
        assert_eq!(found, [], "{text}");
    }
}

#[test]
fn a_file_of_any_name_is_an_image_where_something_builds_it() {
    let image = format!("FROM node:20\nCMD {FORBIDDEN}\n");
    for (path, text) in [
        ("fly.toml", "[build]\ndockerfile = \"ops/image.txt\"\n"),
        ("railway.toml", "[build]\ndockerfilePath = \"ops/image.txt\"\n"),
        ("Makefile", "deploy:\n\tdocker build -f ops/image.txt -t x .\n"),
        ("package.json", "{\"scripts\":{\"deploy\":\"fly deploy --dockerfile ops/image.txt\"}}"),
    ] {
        assert_eq!(said(&[(path, text), ("ops/image.txt", &image)]).len(), 1, "{text}");
    }
}

#[test]
fn hostile_images_are_read_in_time() {
    let many = 20_000;
    for text in [
        format!("FROM a\n{}", "ENV A=$A$A\n".repeat(many)),
        format!("FROM a\n{}", "ENV A=xx$A\nRUN echo $A\n".repeat(many)),
        "FROM a AS b\nCOPY --from=b x y\n".repeat(many),
        format!("FROM a\n{}", "COPY a /b\nRUN /b\n".repeat(many)),
        format!("FROM a\n{}", "RUN <<EOF\nx\n".repeat(many)),
        format!("FROM a\nCMD {}", "[".repeat(200_000)),
        format!("FROM a\nRUN {}", "\\\n".repeat(200_000)),
        format!("FROM a\nENV {}", "${".repeat(200_000)),
        format!("FROM a\n{}", "ONBUILD ".repeat(60_000)),
    ] {
        let reading = command::commands(&Source::new("Dockerfile", text.as_str()));
        for it in &reading.commands {
            assert!(text.get(it.span.range()).is_some());
        }
    }
}
