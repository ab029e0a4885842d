#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# check_words.sh [ROOT]: no file names a place of the machine it was written on or a package mirror
# set up there, nor says that it is unfinished. --self-test shows that it would notice.
set -u

# Written with a bracket each, so that this file does not find itself.
paths='(^|[^[:alnum:]_.-]|-[IL])/([w]ork|[r]oot|[h]ome)(/|[^[:alnum:]_/-]|$)|\.\./[s]hared/'
words='(^|[^[:alnum:]_])([T]ODO|[F]IXME|[X]XX)([^[:alnum:]_]|$)'

# Hosts this machine fetches packages from or through, without those everybody knows.
mirrors() {
    known='debian\.org|ubuntu\.com|nodesource\.com|google\.com|golang\.org|pypi\.org'
    known="$known|pythonhosted\.org|npmjs\.org|github\.com"
    {
        cat /etc/apt/sources.list /etc/apt/sources.list.d/* /etc/apt/apt.conf.d/* /etc/pip.conf \
            "${HOME:-/}/.config/pip/pip.conf" "${HOME:-/}/.pip/pip.conf" "${HOME:-/}/.npmrc"
        env | grep -Ei '^(pip_.*|npm_config_registry|goproxy|https?_proxy)='
    } 2>/dev/null | grep -Ev '^[[:space:]]*(#|//)' |
        grep -Eo '[a-z]+://[^/[:space:]"@]*@?[[:alnum:].-]+' | sed 's,.*[/@],,' |
        sort -u | grep -F . |
        grep -Evx "127\..*|(.*\.)?($known)"
}

# The files that are, or would be, in git; in an unpacked tarball, all.
files() {
    if [ "$(git rev-parse --show-toplevel 2>/dev/null)" = "$(pwd -P)" ]; then
        git ls-files --cached --others --exclude-standard
    else
        find . -type f
    fi
}

check() (
    cd "$1" || exit 1
    files > "$tmp/files"
    mirrors > "$tmp/mirrors"
    [ -s "$tmp/files" ] || { echo "check_words: no files"; exit 1; }
    # -I: not in binary files; /dev/null: always the name of the file
    tr '\n' '\0' < "$tmp/files" |
        xargs -0 grep -nIE -e "$paths" -e "$words" /dev/null > "$tmp/found"
    if [ -s "$tmp/mirrors" ]; then
        tr '\n' '\0' < "$tmp/files" |
            xargs -0 grep -nIF -f "$tmp/mirrors" /dev/null >> "$tmp/found"
    fi
    cat "$tmp/found"
    echo "check_words: $(wc -l < "$tmp/files") files, $(wc -l < "$tmp/found") lines"
    [ ! -s "$tmp/found" ]
)

# plant LINE YES_OR_NO: whether a file with that line is complained of
plant() {
    printf '%s\n' "$1" > "$tmp/tree/it"
    if check "$tmp/tree" >/dev/null; then said=no; else said=yes; fi
    [ "$said" = "$2" ] || { echo "self-test: \"$1\": $said"; failed=1; }
}

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
if [ "${1:-}" = --self-test ]; then
    mkdir "$tmp/tree"
    failed=0
    https_proxy=http://user:word@mirror.here.test:3128
    export https_proxy
    w=ork r=oot h=ome x=XX
    plant "cd /w$w/x" yes
    plant "-I/w$w" yes
    plant "\"/r$r/y\"" yes
    plant "see /h$h/me." yes
    plant "cat ../sh""ared/x" yes
    plant "/* X$x: later */" yes
    plant "TO""DO" yes
    plant "from http://mirror.here.test/debian" yes
    plant 'mktemp /tmp/aXXXXXX; network/working; /workers; a/home/b; deb.debian.org' no
    echo "self-test: $failed"
    exit $failed
fi
check "${1:-$(dirname "$0")/..}"
