//! SQL that somebody else wrote reaches nothing of the machine, and comes to an end.

use std::fs;
use std::process::{Command, Stdio};
use std::time::Duration;

use super::{rehearse, rehearse_now, with};

/// It is refused by the server, for what it is and not for how it is written. Older servers say it as before the `|`.
#[track_caller]
fn refused(sql: &str, why: &str) {
    let Some(said) = rehearse(&with(sql), &[]) else { return };
    let all = said.found.join("\n");
    assert!(
        said.code == 1
            && all.contains("failing-migration")
            && why.split(" | ").any(|it| all.contains(it)),
        "{sql}: {all}"
    );
}

#[test]
fn it_runs_no_program() {
    let marker = tempfile::tempdir().unwrap().path().join("ran");
    let program = format!("copy (select 1) to program 'touch {}'", marker.display());
    refused(&program, "pg_execute_server_program | permission denied to COPY");
    // Before 16 whoever may make roles may give the built-in ones away.
    refused(
        &format!("grant pg_execute_server_program to current_user; {program};"),
        "must | permission denied to grant",
    );
    refused(
        &format!("set role pg_execute_server_program; {program};"),
        "permission denied to set role",
    );
    refused("create function f() returns int language c as 'libc.so.6', 'system';", "language c");
    refused(
        "create function f() returns text language internal as 'pg_read_file';",
        "language internal",
    );
    assert!(!marker.exists());
}

#[test]
fn it_reads_and_writes_no_file() {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("written");
    refused("select pg_read_file('/etc/passwd');", "permission denied");
    refused(
        "create table t (a text); copy t from '/etc/passwd';",
        "pg_read_server_files | permission denied to COPY",
    );
    refused(
        &format!("copy (select 1) to '{}';", path.display()),
        "pg_write_server_files | permission denied to COPY",
    );
    refused("select lo_import('/etc/passwd');", "permission denied");
    if super::engine().is_empty() {
        refused("create extension file_fdw;", "create extension");
    }
    refused("grant pg_read_server_files to current_user;", "must | permission denied to grant");
    assert!(!path.exists());
}

#[test]
fn it_reaches_no_host() {
    // What is not there at all is left out.
    if super::engine().is_empty() {
        refused("create extension dblink;", "create extension");
        refused("create extension postgres_fdw;", "create extension");
    }
    refused(
        "create subscription s connection 'host=localhost' publication p with (connect = false);",
        "must be superuser | permission denied to create subscription",
    );
}

#[test]
fn it_makes_itself_no_superuser() {
    refused(
        "alter role current_user superuser;",
        "must be superuser | permission denied to alter role",
    );
    refused("create role r superuser;", "must be superuser | permission denied to create role");
    refused("set session authorization sprag_owner;", "permission denied");
    refused("set role sprag_owner;", "permission denied");
    refused("alter system set archive_command = 'touch x';", "ALTER SYSTEM");
    refused("set session_preload_libraries = 'x';", "permission denied");
    refused("update pg_authid set rolsuper = true;", "permission denied");
}

#[test]
fn what_never_ends_is_stopped() {
    let sandbox = with("do $$ begin loop perform 1; end loop; end $$;");
    let Some(said) = rehearse(&sandbox, &["--deadline", "3"]) else { return };
    assert_eq!(
        said.found,
        ["unfinished-rehearsal: this took longer than a rehearsal may, and was stopped"]
    );
    assert_eq!(said.code, 1);
}

#[test]
fn what_fills_the_disk_is_stopped() {
    let sandbox = with(
        "create table big (t text);\nalter table big alter t set storage external;\n\
         do $$ begin loop insert into big select repeat('x', 7000) from generate_series(1, 10000); end loop; end $$;",
    );
    let Some(said) = rehearse(&sandbox, &["--deadline", "120"]) else { return };
    assert_eq!(
        said.found,
        ["unfinished-rehearsal: this wrote more than a rehearsal may, and was stopped"]
    );
}

#[test]
fn nothing_that_a_rehearsal_did_is_there_for_the_next_one() {
    for sql in [
        "create role auditor;\ngrant select on users to auditor;",
        "alter role postgres set search_path = nowhere;",
        "alter database base rename to another;",
        "create table left_there (id bigint primary key);\ninsert into users values (1, 'a');",
    ] {
        if rehearse(&with(sql), &[]).is_none() {
            return;
        }
        let next = rehearse(&with("alter table users add column plan text;"), &[]).unwrap();
        assert_eq!((next.code, next.additive()), (0, "proven"), "{sql}");
    }
}

#[test]
fn a_role_that_is_made_was_not_there_the_second_time_either() {
    let Some(said) =
        rehearse(&with("create role auditor;\ngrant select on users to auditor;"), &[])
    else {
        return;
    };
    assert_eq!(said.found, Vec::<String>::new());
}

#[test]
fn two_at_once_wait_for_each_other() {
    let sandbox = with("alter table users add column plan text;");
    if rehearse(&sandbox, &[]).is_none() {
        return;
    }
    std::thread::scope(|scope| {
        let both = [1, 2].map(|_| scope.spawn(|| rehearse_now(&sandbox, &[])));
        for said in both {
            assert_eq!(said.join().unwrap().unwrap().additive(), "proven");
        }
    });
}

#[test]
fn a_rehearsal_that_is_killed_leaves_no_server_and_the_next_one_works() {
    let sandbox = with("create role left_behind; select pg_sleep(60);");
    let mut command = sandbox.command_in(sandbox.path(), env!("CARGO_BIN_EXE_sprag"));
    let mut child = command
        .arg("rehearse")
        .args(super::engine())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    // Its servers are known by who started them.
    let servers = |parent: u32| -> Vec<String> {
        let said = Command::new("ps").args(["-eo", "pid=,ppid=,args="]).output();
        let said =
            String::from_utf8_lossy(&said.map(|it| it.stdout).unwrap_or_default()).into_owned();
        let own = |line: &&str| line.split_whitespace().nth(1) == Some(&parent.to_string());
        said.lines().filter(own).map(str::to_owned).collect()
    };
    let mut keepers = Vec::new();
    for _ in 0..200 {
        std::thread::sleep(Duration::from_millis(50));
        keepers = servers(child.id());
        if !keepers.is_empty() || child.try_wait().unwrap().is_some() {
            break;
        }
    }
    child.kill().unwrap();
    child.wait().unwrap();
    if keepers.is_empty() {
        return;
    }
    let keeper: u32 = keepers[0].split_whitespace().next().unwrap().parse().unwrap();
    for _ in 0..200 {
        if servers(keeper).is_empty() && !fs::exists(format!("/proc/{keeper}")).unwrap() {
            break;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    assert!(!fs::exists(format!("/proc/{keeper}")).unwrap(), "its server still runs");
    let next = with("alter table users add column plan text;");
    assert_eq!(rehearse(&next, &[]).unwrap().additive(), "proven");
}
