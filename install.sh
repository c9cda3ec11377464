#!/bin/sh
# Builds sprag from this clone, puts it in PATH and puts its hooks into a repository.
set -eu

usage() {
  cat <<'END'
usage: ./install.sh [--prefix DIR] [--with-postgres] [--no-audit] [--uninstall]
                    [REPOSITORY]

Builds sprag, puts the program into DIR/bin, the hooks into REPOSITORY (or the one
you are in), writes a policy.toml if there is none, and audits what is there.
Needs no sudo. May be run again at any time: what is right already stays.

  --prefix DIR   where the program goes: DIR/bin. Without it ~/.cargo/bin when that
                 is in PATH, else ~/.local/bin
  --with-postgres
                 build a Postgres into the program, for `sprag rehearse` on machines
                 that have none. Takes some 10 minutes, and 40 MB more
  --no-audit     leave out the first audit
  --uninstall    take the hooks out of REPOSITORY again
  --help         this text

Exit code: 0 done, whatever the audit found; 2 something could not be done.
END
}

say() { printf '%s\n' "$*"; }

# fail WHAT [HELP]...
fail() {
  printf 'install.sh: %s\n' "$1" >&2
  shift
  for help; do printf '  %s\n' "$help" >&2; done
  exit 2
}

# One word for a shell, whatever is in it.
quoted() { printf "'%s'" "$(printf '%s\n' "$1" | sed "s/'/'\\\\''/g")"; }

in_path() { case ":$PATH:" in *":$1:"*) ;; *) return 1 ;; esac }

prefix='' features='' audit=yes uninstall='' repository=''
while [ $# -gt 0 ]; do
  case $1 in
    --prefix) [ $# -gt 1 ] || fail '--prefix needs a directory'; prefix=$2; shift ;;
    --prefix=*) prefix=${1#--prefix=} ;;
    --with-postgres) features=embedded-postgres ;;
    --no-audit) audit='' ;;
    --uninstall) uninstall=yes ;;
    -h | --help) usage; exit 0 ;;
    --) shift; break ;;
    -*) fail "there is no option $1" './install.sh --help shows what there is' ;;
    *) [ -z "$repository" ] || fail 'only one repository at a time'; repository=$1 ;;
  esac
  shift
done
if [ $# -gt 0 ]; then
  if [ -n "$repository" ] || [ $# -gt 1 ]; then fail 'only one repository at a time'; fi
  repository=$1
fi

case $prefix in '' | /*) ;; *) prefix=$(pwd)/$prefix ;; esac
clone=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
command -v git >/dev/null || fail 'git is missing' 'install it and run this again'
# Inside a hook git's own variables say which repository; here the directory does.
# shellcheck disable=SC2046
unset $(git rev-parse --local-env-vars)

CDPATH='' cd -- "${repository:-.}" || fail "there is no directory $repository"
if [ "$(git rev-parse --is-bare-repository 2>/dev/null)" = true ]; then
  bare=yes
  root=$(git rev-parse --absolute-git-dir)
else
  bare=''
  root=$(git rev-parse --show-toplevel) || fail "$(pwd) is not in a git repository" \
    'name one:       ./install.sh REPOSITORY' 'or make it one: git init'
fi
cd -- "$root"

if [ -z "$prefix" ]; then
  prefix=${CARGO_HOME:-${HOME:?}/.cargo}
  in_path "$prefix/bin" || prefix=${HOME:?}/.local
fi

if [ -n "$uninstall" ]; then
  sprag=$prefix/bin/sprag
  [ -x "$sprag" ] || sprag=$(command -v sprag) || fail 'sprag is not installed, so it cannot take its hooks away' \
    "put it back first: $(quoted "$clone/install.sh") $(quoted "$root")"
  "$sprag" uninstall || fail "the hooks are still in $root"
  say
  say "The program and policy.toml stay: other repositories may need the one, you the other."
  say "To remove the program, once no repository has its hooks: rm $(quoted "$sprag")"
  exit 0
fi

command -v cargo >/dev/null || fail 'cargo is missing, and sprag is built with it' \
  'install Rust 1.95 or newer: https://rustup.rs' 'then run this again'
say "Building sprag in $clone"
# With a target the program would be somewhere else.
unset CARGO_BUILD_TARGET
(cd -- "$clone" && cargo build --release --locked --features "$features" --bin sprag --target-dir "$clone/target") ||
  fail 'sprag could not be built; nothing was installed'
built=$clone/target/release/sprag
[ -x "$built" ] || built=$built.exe
[ -x "$built" ] || fail "the build left no program at $clone/target/release/sprag"

mkdir -p -- "$prefix/bin" || fail "the program has no place to go: $prefix/bin cannot be made" \
  'choose another place: --prefix DIR'
bin=$(CDPATH='' cd -- "$prefix/bin" && pwd)
sprag=$bin/${built##*/}
if cmp -s -- "$built" "$sprag" && [ -x "$sprag" ]; then
  say "$sprag is up to date"
else
  # A running hook keeps the old program until it is done.
  new=$bin/.sprag-new-$$
  trap 'rm -f -- "$new"' EXIT
  { cp -- "$built" "$new" && chmod 755 "$new" && mv -f -- "$new" "$sprag"; } ||
    fail "the program could not be put into $bin" 'choose another place: --prefix DIR'
  trap - EXIT
  say "$sprag is written"
fi

"$sprag" install || fail "no hooks were put into $root"

made_policy=''
if [ -z "$bare" ] && [ ! -e policy.toml ]; then
  "$sprag" init || fail 'policy.toml could not be written'
  made_policy=yes
fi

found=''
if [ -z "$bare" ] && [ -n "$audit" ]; then
  say
  say "Auditing $root"
  status=0
  "$sprag" audit || status=$?
  case $status in
    0) ;;
    1) found=yes ;;
    *) fail 'the hooks are in place, but the audit could not judge what is there' \
      "mend what it says above, then: cd $(quoted "$root") && $(quoted "$sprag") audit" ;;
  esac
fi

say
say "sprag is installed in $root"
if ! in_path "$bin"; then
  say "  - $bin is not in PATH. The hooks find the program all the same; for yourself:"
  say "      export PATH=$(quoted "$bin"):\"\$PATH\""
elif [ "$(command -v sprag)" != "$sprag" ]; then
  say "  - another sprag comes first in PATH: $(command -v sprag)"
fi
[ -z "$made_policy" ] || say '  - read policy.toml, then commit it: git add policy.toml && git commit'
[ -z "$found" ] || {
  say '  - the audit found things that were there before. Mend them, or have only new ones'
  say '    refused from now on: sprag baseline, then commit .sprag/baseline.toml'
}
[ -n "$bare" ] || say '  - hooks can be skipped with --no-verify, so let CI judge as well: sprag ci'
say '  - to see whether everything is in place, at any time: sprag doctor'
