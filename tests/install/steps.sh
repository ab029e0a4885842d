# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# Sourced by what checks installations: steps, as TAP.
number=0
failed=0

# step NAME COMMAND...: ok when no command within fails; what it said, when one does.
step() {
    number=$((number + 1))
    title=$1
    shift
    # shellcheck disable=SC2154 # the folder is its user's
    (set -eu; "$@") >"$dir/said" 2>&1 </dev/null
    # shellcheck disable=SC2181 # in a condition set -e would not count
    if [ $? -eq 0 ]; then
        echo "ok $number - $title"
    else
        failed=$((failed + 1))
        echo "not ok $number - $title"
        tail -n 30 "$dir/said" | cut -c 1-300 | sed 's/^/# /'
    fi
}
finish() {
    echo "1..$number"
    [ "$failed" -eq 0 ]
    exit
}
# never COMMAND...: "!" that set -e hears
never() { if "$@"; then return 1; fi; }
# fails WORDS COMMAND...: a control: it ends badly, and says so.
fails() {
    words=$1
    shift
    if "$@" >"$dir/fails" 2>&1; then
        echo "must fail: $*"
        return 1
    fi
    grep -e "$words" "$dir/fails" || { cat "$dir/fails"; return 1; }
}
