//! URLs of databases, read strictly: what is written in an unusual way is not understood.

/// The port of Postgres where a URL names none.
pub(super) const PORT: &str = "5432";

/// Parameters of a URL that change nothing about which database it means. `host` would.
const PARAMETERS: &[&str] = &["schema", "sslmode", "connection_limit"];

/// The host and the port of `postgresql://user:password@host:port/name?schema=public`.
pub(super) fn place(url: &str) -> Option<(&str, &str)> {
    let rest = url.strip_prefix("postgresql://").or_else(|| url.strip_prefix("postgres://"))?;
    let (authority, rest) = rest.split_once('/')?;
    let (name, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (user, place) = match authority.split_once('@') {
        Some((user, place)) => (Some(user), place),
        None => (None, authority),
    };
    let (host, port) = match place.strip_prefix("[::1]") {
        Some("") => ("[::1]", PORT),
        Some(port) => ("[::1]", port.strip_prefix(':')?),
        None => place.split_once(':').unwrap_or((place, PORT)),
    };
    let user = user.is_none_or(|it| {
        let (user, password) = it.split_once(':').unwrap_or((it, "x"));
        is_plain(user) && is_plain(password)
    });
    let query = query.is_empty()
        || query.split('&').all(|it| {
            it.split_once('=').is_some_and(|(key, it)| PARAMETERS.contains(&key) && is_plain(it))
        });
    let host_fits = host == "[::1]" || is_plain(host);
    let number = !port.is_empty() && port.chars().all(|it| it.is_ascii_digit());
    (user && query && host_fits && number && is_plain(name)).then_some((host, port))
}

/// Whether a host is the machine itself.
pub(super) fn is_loopback(host: &str) -> bool {
    matches!(host, "localhost" | "127.0.0.1" | "[::1]")
}

/// Only characters that mean themselves (RFC 3986, 2.3).
fn is_plain(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_' | '~');
    !text.is_empty() && text.chars().all(plain)
}

/// Whether a script names a database that is not on its own machine: by a URL, or by `-h`.
pub(super) fn is_foreign(text: &str) -> bool {
    let schemes = ["postgres://", "postgresql://", "mysql://", "mariadb://"];
    let ends = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`' | ')' | ';');
    let url = schemes.iter().any(|scheme| {
        text.match_indices(scheme).any(|(at, _)| {
            let url = text.get(at..).unwrap_or_default();
            let url = url.split(ends).next().unwrap_or_default();
            place(url).is_none_or(|it| !is_loopback(it.0))
        })
    });
    let words: Vec<&str> = text.split_whitespace().collect();
    let flagged = words.windows(2).any(|it| match it {
        [flag, host] => matches!(*flag, "-h" | "--host") && !is_loopback(host),
        _ => false,
    });
    let attached = words.iter().filter_map(|it| it.strip_prefix("--host="));
    let client = text.contains("psql") || text.contains("pg_");
    let short = words.iter().filter_map(|it| it.strip_prefix("-h").filter(|_| client));
    let mut hosts = attached.chain(short.filter(|it| !it.is_empty()));
    // `psql 'host=… dbname=…'`
    let named = text.match_indices("host=").any(|(at, found)| {
        let value = text.get(at + found.len()..).unwrap_or_default();
        let value = value.trim_start_matches(['"', '\'']);
        !is_loopback(value.split(ends).next().unwrap_or_default())
    });
    url || flagged || named || hosts.any(|it| !is_loopback(it))
}
