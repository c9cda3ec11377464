//! What a change of type rewrites and risks, measured.

use serde_json::Value;
use sprag::schema::{Rework, Risk, TypeChange};

use super::server::Database;

/// Types with values that lie at their edges.
const TYPES: &[(&str, &[&str])] = &[
    ("smallint", &["-32768", "32767"]),
    ("integer", &["-2147483648", "2147483647"]),
    ("bigint", &["-9223372036854775808", "9223372036854775807", "1"]),
    ("numeric", &["1.005", "12345678901234567890.5", "0"]),
    ("numeric(10,2)", &["99999999.99", "-1.05"]),
    ("numeric(12,2)", &["9999999999.99", "-1.05"]),
    ("numeric(12,4)", &["99999999.9999"]),
    ("real", &["0.1", "1e30"]),
    ("double precision", &["0.1", "1e300"]),
    ("varchar", &["", "a long text that has more than fifty characters in it, really"]),
    ("varchar(10)", &["", "0123456789"]),
    ("varchar(50)", &["", "a long text that has less than fifty characters"]),
    ("text", &["", "a long text that has more than fifty characters in it, really", "x  "]),
    ("char(3)", &["a", "abc"]),
    ("char(5)", &["a", "abcde"]),
    ("timestamp", &["2024-05-06 07:08:09.123456"]),
    ("timestamp(3)", &["2024-05-06 07:08:09.123"]),
    ("timestamptz", &["2024-05-06 07:08:09.123456+00"]),
    ("timestamptz(3)", &["2024-05-06 07:08:09.123+00"]),
    ("date", &["2024-05-06"]),
    ("time", &["07:08:09.123456"]),
    ("json", &["{\"b\": 1,  \"a\": 2}"]),
    ("jsonb", &["{\"b\": 1, \"a\": 2}"]),
    ("uuid", &["a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"]),
    ("boolean", &["true", "false"]),
    ("inet", &["10.1.2.3/8"]),
    ("cidr", &["10.0.0.0/8"]),
    ("bit(3)", &["101"]),
    ("bit varying(3)", &["101"]),
    ("bit varying(5)", &["10101"]),
    ("varchar(5)[]", &["{a,b}"]),
    ("text[]", &["{a,b}"]),
    ("integer[]", &["{1,2}"]),
];

/// Gives a column with those values another type, and tells what became of files and values.
const PROBE: &str = "create function probe(src text, dst text, vals text[]) returns jsonb language plpgsql as $$
declare was record; now record; kept boolean; begin
  drop table if exists probed;
  execute format('create table probed (c %s)', src);
  begin create index probed_c on probed (c); exception when others then null; end;
  execute format('insert into probed select v::%s from unnest($1) v', src) using vals;
  select pg_relation_filenode('probed') as t, pg_relation_filenode(to_regclass('probed_c')) as i into was;
  begin execute format('alter table probed alter column c type %s', dst);
  exception
    when datatype_mismatch or cannot_coerce or undefined_object then return '{\"castable\": false}';
    when others then return '{\"failed\": true}';
  end;
  select pg_relation_filenode('probed') as t, pg_relation_filenode(to_regclass('probed_c')) as i into now;
  begin
    execute format('select array_agg(c::%s::text order by c::%s::text) = (select array_agg(v::%s::text order by v::%s::text) from unnest($1) v) from probed', src, src, src, src) into kept using vals;
  exception when others then kept := null; end;
  return jsonb_build_object('table', was.t <> now.t, 'index', was.i <> now.i, 'kept', kept);
end $$;";

#[test]
fn a_change_of_type_does_what_is_said_of_it() {
    let Some(database) = Database::new() else { return };
    database.reset(PROBE);
    let mut calls = Vec::new();
    for (from, values) in TYPES {
        for (to, _) in TYPES {
            let values: Vec<String> =
                values.iter().map(|it| format!("'{}'", it.replace('\'', "''"))).collect();
            let values = values.join(", ");
            calls.push(format!(
                "jsonb_build_object('from', '{from}', 'to', '{to}', 'did', probe('{from}', '{to}', array[{values}]))"
            ));
        }
    }
    let mut wrong = Vec::new();
    for calls in calls.chunks(50) {
        let query = format!(
            "set timezone to 'UTC'; set client_min_messages to warning; select jsonb_build_array({})",
            calls.join(", ")
        );
        let Value::Array(done) = database.value(&query) else { panic!("no array") };
        wrong.extend(done.iter().filter_map(judged));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn judged(done: &Value) -> Option<String> {
    let (from, to) = (done["from"].as_str()?, done["to"].as_str()?);
    let did = &done["did"];
    if did["castable"] == Value::Bool(false) {
        return None;
    }
    let said = TypeChange::of(from, to, "c", None);
    let right = if did["failed"] == Value::Bool(true) {
        matches!(said.risk, Risk::Fails | Risk::Loses | Risk::Unknown)
    } else {
        let rework = match (did["table"].as_bool()?, did["index"].as_bool()) {
            (true, _) => Rework::Table,
            (false, Some(true)) => Rework::Indexes,
            (false, _) => Rework::Nothing,
        };
        let same = said.rework == rework
            || (said.rework == Rework::IndexesInUtc && rework == Rework::Indexes)
            || said.risk == Risk::Unknown;
        same && (did["kept"] == Value::Bool(true) || said.risk != Risk::None)
    };
    (!right).then(|| format!("{from} to {to}: said {said:?}, did {did}"))
}
