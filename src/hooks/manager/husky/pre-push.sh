command -v sprag >/dev/null || {
  printf '%s\n' "sprag: this push is refused, because it could not be judged: \`sprag\` is not in PATH" \
    '  to mend it:  ./install.sh   (in a clone of sprag)' \
    "  once only:   git push --no-verify, git's own way past; CI will see the push all the same" >&2
  exit 1
}
sprag_refs=$(cat) || exit 1
sprag_feed() { [ -z "$sprag_refs" ] || printf '%s\n' "$sprag_refs" 2>/dev/null; }
sprag_feed | sprag hook pre-push "$@" || exit $?
[ -z "$sprag_refs" ] || exec <<SPRAG
$sprag_refs
SPRAG
