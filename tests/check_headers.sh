#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# check_headers.sh [ROOT]: every include/pwwb/*.h compiles alone, twice in a row, without a warning,
# as C99 and as C++11, with gcc and with clang. --self-test shows that it would notice.
set -u

# compiles HEADER INCLUDE_DIR COMPILER LANGUAGE STANDARD
compiles() {
    printf '#include <pwwb/%s>\n#include <pwwb/%s>\n' "$1" "$1" |
        "$3" -x "$4" -std="$5" -Wall -Wextra -Wpedantic -Werror -fsyntax-only -I"$2" -
}

check() {
    bad=0 seen=0
    for cc in gcc clang; do
        command -v $cc >/dev/null || { echo "check_headers: no $cc here" >&2; bad=1; continue; }
        for header in "$1"/pwwb/*.h; do
            name=${header##*/}
            compiles "$name" "$1" $cc c c99 || { echo "$header:1: not C99 by $cc"; bad=1; }
            compiles "$name" "$1" $cc c++ c++11 || { echo "$header:1: not C++11 by $cc"; bad=1; }
            seen=$((seen + 2))
        done
    done
    echo "check_headers: $seen compilations"
    return $bad
}

# plant TEXT WANTED: a header with that text must draw that complaint, from both compilers, or none.
plant() {
    printf '%s\n' "$1" > "$tmp/pwwb/planted.h"
    said=$(check "$tmp" 2>/dev/null | grep -c "${2:-:1: not}")
    [ "$said" -eq "${3:-2}" ] || { echo "self-test: \"$1\": $said complaints"; failed=1; }
}

if [ "${1:-}" = --self-test ]; then
    tmp=$(mktemp -d)
    trap 'rm -rf "$tmp"' EXIT
    mkdir "$tmp/pwwb"
    failed=0
    plant 'extern int pwwb_fine;' '' 0
    plant 'extern size_t pwwb_no_include;' ':1: not' 4
    plant 'int pwwb_keyword(int new);' 'not C++11'
    plant 'struct pwwb_c11 { union { int a; long b; }; };' 'not C99'
    plant 'static int pwwb_twice(void) { return 1; }' ':1: not' 4
    echo "self-test: $failed"
    exit $failed
fi
check "${1:-$(dirname "$0")/..}/include"
