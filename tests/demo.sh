#!/bin/sh
# Shows what sprag does, in a repository made for it: tests/demo.sh target/debug/sprag
#
# Each step says what is tried, runs it, and shows what happened. A step that ends otherwise than it says ends this
# script with 1. Nothing outside of a temporary directory is read or written.
set -u

sprag=${1:?usage: tests/demo.sh path/to/sprag}
sprag=$(cd "$(dirname "$sprag")" && pwd)/$(basename "$sprag")
[ -x "$sprag" ] || { echo "there is no program at $sprag" >&2; exit 1; }

place=$(mktemp -d) || exit 1
trap 'rm -rf "$place"' EXIT
trap 'exit 1' HUP INT TERM
for name in $(env | sed -n 's/^\(GIT_[A-Z_]*\|GITHUB_[A-Z_]*\|GITLAB_[A-Z_]*\|CI[A-Z_]*\|PRE_COMMIT[A-Z_]*\)=.*/\1/p'); do
  unset "$name"
done
mkdir "$place/home" "$place/bin"
export HOME="$place/home" XDG_CONFIG_HOME="$place/home/.config" GIT_CONFIG_NOSYSTEM=1 NO_COLOR=1 LC_ALL=C
ln -s "$sprag" "$place/bin/sprag"
PATH=$place/bin:$PATH
git config --global user.name 'New User'
git config --global user.email user@example.com
git config --global init.defaultBranch main
git config --global advice.detachedHead false
git config --global protocol.file.allow always

steps=0
# Runs a command line and shows it: say CODE SENTENCE COMMAND [WORDS THAT MUST BE SAID]
say() {
  wanted=$1 sentence=$2 line=$3 words=${4-}
  steps=$((steps + 1))
  printf '\n== %s. %s\n' "$steps" "$sentence"
  printf '%s\n' "$line" | sed 's/^/$ /'
  said=$(eval "$line" 2>&1)
  code=$?
  [ -z "$said" ] || printf '%s\n' "$said" | sed "s|$place|/tmp/demo|g; s/^/  /"
  printf -- '-> exit %s\n' "$code"
  case $wanted in refused) [ "$code" -ne 0 ] ;; *) [ "$code" -eq "$wanted" ] ;; esac || {
    printf 'this should have been: %s\n' "$wanted"
    exit 1
  }
  case $said in *"$words"*) ;; *)
    printf 'this should have said: %s\n' "$words"
    exit 1
    ;;
  esac
}

echo 'A team has one Postgres database, changed by Prisma and by Supabase migrations.'
git init -q "$place/app"
cd "$place/app" || exit 1
mkdir -p prisma/migrations/20250101000000_users supabase/migrations src
printf 'provider = "postgresql"\n' >prisma/migrations/migration_lock.toml
cat >prisma/migrations/20250101000000_users/migration.sql <<'SQL'
CREATE TABLE "users" ("id" bigint NOT NULL, "email" text, CONSTRAINT "users_pkey" PRIMARY KEY ("id"));
ALTER TABLE "users" ENABLE ROW LEVEL SECURITY;
SQL
cat >supabase/migrations/20250102000000_notes.sql <<'SQL'
create table public.notes (id bigint primary key, user_id uuid, body text);
alter table public.notes enable row level security;
create policy own on public.notes to authenticated using ((select auth.uid()) = user_id);
SQL
printf '{\n  "scripts": { "build": "next build" }\n}\n' >package.json
echo 'export {}' >src/index.ts
git add -A
git commit -qm 'The application so far'

say 0 'A policy that fits what is there' 'sprag init' 'Prisma, Supabase'
say 0 'The hooks' 'sprag install' '.git/hooks/pre-commit'
say 0 'Everything that is there, judged' 'sprag audit' 'HEAD passes'
say 0 'The policy is committed' 'git add -A; git commit -qm "Judge migrations"'
say 0 'There is a remote; from here on, main is what everybody has' \
  'git init -q --bare ../origin.git; git remote add origin ../origin.git; git push -qu origin main; git remote set-head origin main'

echo
echo '---- Good changes go through, and the hooks say nothing'
mkdir -p prisma/migrations/20250201000000_tags
cat >prisma/migrations/20250201000000_tags/migration.sql <<'SQL'
CREATE TABLE "tags" ("id" bigint PRIMARY KEY, "name" text NOT NULL);
ALTER TABLE "tags" ENABLE ROW LEVEL SECURITY;
ALTER TABLE "users" ADD COLUMN "nick_name" text;
SQL
say 0 'A new table and a new column' 'git add -A; git commit -qm "Add tags"'
say 0 'Not merged yet, so it may still be amended' \
  'echo "CREATE INDEX tags_name ON tags (name);" >>prisma/migrations/20250201000000_tags/migration.sql; git commit -qa --amend -m "Add tags"'
say 0 'And pushed' 'git push -q'

echo
echo '---- Bad changes do not'
cat >supabase/migrations/20250301000000_tidy.sql <<'SQL'
alter table public.notes drop column body;
SQL
say refused 'A column is dropped' 'git add -A; git commit -m "Tidy up"' 'error[drop-column]'
say 0 'What a rule means, and what to do instead' 'sprag explain drop-column | head -12' 'drop-column'
say refused 'What lies in the worktree is not what is judged: the staged file is' \
  'echo "select 1;" >supabase/migrations/20250301000000_tidy.sql; git commit -m "Tidy up"' 'error[drop-column]'
say 0 'Staged as it lies now, it passes' 'git add -A; git commit -qm "Tidy nothing"'
say refused 'A merged migration is edited; git commit -a stages it on the way' \
  'echo "-- better" >>supabase/migrations/20250102000000_notes.sql; echo "select 2;" >>supabase/migrations/20250102000000_notes.sql
git commit -am "Edit what is merged"' 'error[edited-migration]'
say refused 'The same, with the path on the command line' \
  'git commit -m "Edit what is merged" -- supabase/migrations/20250102000000_notes.sql' 'error[edited-migration]'
say 0 'Another path alone passes' \
  'echo "export const x = 1" >>src/index.ts; git commit -qm "Export x" -- src/index.ts; git checkout -q supabase'
say refused 'A merged migration is deleted' \
  'git rm -q supabase/migrations/20250102000000_notes.sql; git commit -m "Squash"' 'error[deleted-migration]'
git reset -q --hard
say refused 'A table that the API serves has no row level security' \
  'echo "create table public.tokens (id bigint primary key);" >supabase/migrations/20250302000000_tokens.sql
git add -A; git commit -m "Add tokens"' 'error[table-without-rls]'
git reset -q --hard
say refused 'A deployment that would run the migrations by itself' \
  'printf "{\n  \"scripts\": { \"build\": \"next build\", \"start\": \"prisma migrate deploy && next start\" }\n}\n" >package.json
git commit -am "Migrate on start"' 'error[deploy-migration]'
git reset -q --hard
say refused 'A policy that lets more pass needs a signature' \
  'sed "s/^drop-table = .*/drop-table = \"allow\"/" policy.toml >new; mv new policy.toml
git commit -am "Allow drops"' 'error[policy-tampered]'
git reset -q --hard
say 0 'Nothing of all that was committed' 'git status --short; git log --format=%s'

echo
echo '---- Whoever goes past a hook is met by the next one'
say 0 'Past the first hook, with git'"'"'s own switch' \
  'echo "drop table public.notes;" >supabase/migrations/20250303000000_drop.sql; git add -A; git commit -qm "Drop notes" --no-verify'
say refused 'The push is refused' 'git push' 'Nothing was sent'
say refused 'Also when something else is checked out' \
  'git checkout -q -b aside HEAD^; git push origin main' 'error[drop-table]'
git checkout -q main
say 0 'The server judges as well' 'sprag install --repo ../origin.git' 'pre-receive'
say refused 'Past both hooks here, it is refused there' 'git push --no-verify' 'No ref was changed'
say 0 'Without that commit, the push goes through' 'git reset -q --hard HEAD^; git push -q'

echo
echo '---- CI does not depend on anybody'"'"'s hooks'
# A pull request on GitHub, where nobody can install hooks: what a job checks out is the merge of it into main.
git clone -q --bare ../origin.git ../github.git
git remote add github ../github.git
pull_request() { # NAME FILE, with the migration on standard input
  git checkout -qb "$1" main
  cat >"supabase/migrations/$2"
  git add -A
  git commit -qm "$1" --no-verify
  git checkout -q --detach main
  git merge -q --no-ff --no-verify -m "Merge $1 into main" "$1"
  git push -q --no-verify github "HEAD:refs/heads/pull-$1"
  git checkout -q main
  printf '{"pull_request": {"base": {"ref": "main", "sha": "%s"}}}\n' "$(git rev-parse main)" >"$place/$1.json"
}
github() { # NAME DEPTH
  rm -rf "$place/checkout"
  git clone -q --depth "$2" --branch "pull-$1" "file://$place/github.git" "$place/checkout" &&
    cd "$place/checkout" &&
    GITHUB_ACTIONS=true GITHUB_EVENT_NAME=pull_request GITHUB_BASE_REF=main GITHUB_EVENT_PATH="$place/$1.json" sprag ci
}
echo 'alter table public.notes add column pinned boolean;' | pull_request good 20250401000000_pinned.sql
echo 'alter table public.notes rename column body to content;' | pull_request bad 20250401000000_content.sql
say 0 'A good request, checked out with a depth of 2' '(github good 2)' 'passes'
say 1 'A bad one' '(github bad 2)' '::error file=supabase/migrations/20250401000000_content.sql'
say 2 'With a depth of 1 nobody can say what is new: the lines of the workflow to change are named' \
  '(github good 1)' 'fetch-depth'

printf '\nall %s steps ended as they say\n' "$steps"
