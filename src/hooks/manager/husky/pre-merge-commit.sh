command -v sprag >/dev/null || {
  printf '%s\n' "sprag: this merge is refused, because it could not be judged: \`sprag\` is not in PATH" \
    '  to mend it:  ./install.sh   (in a clone of sprag)' \
    "  once only:   git merge --no-verify, git's own way past; CI will see the merge all the same" >&2
  exit 1
}
sprag hook pre-merge-commit "$@" || exit $?
