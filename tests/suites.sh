# SPDX-License-Identifier: Apache-2.0
# What tests/run is made of. A suite is a function; each test in it is a TAP program or a command.
# Sourced with root, here and out set.

passed=0
failed=0
only= # mutants to run; none = all

need_base() {
    sh "$here/fixtures/need" git gcc g++ libc6-dev clang meson ninja-build pkg-config python3 patch \
        libsodium-dev libmbedtls-dev libldap-dev libqpid-proton11-dev libwslay-dev libsqlite3-dev libconfig-dev \
        libsystemd-dev gettext || exit 1
}

need_all() {
    need_base
    sh "$here/fixtures/need" libclang-rt-14-dev llvm-14 valgrind openssl libssl-dev samba \
        samba-ad-dc samba-ad-provision samba-dsdb-modules winbind ldb-tools ldap-utils slapd procps \
        rabbitmq-server python3-qpid-proton tinyproxy libuv1-dev libglib2.0-dev || exit 1 # the loops': before a build is set up
}

# A command that hangs is red after twenty minutes; a function has the limits of what it calls.
limited() {
    case $(command -v "$1") in
    */*) timeout -k 10 1200 "$@" ;;
    *) "$@" ;;
    esac
}

# One command: green when it ends with 0. Its output is kept, and shown when it is red.
check() {
    name=$1
    shift
    if limited "$@" >"$log/$name" 2>&1; then
        suite_passed=$((suite_passed + 1))
    else
        suite_failed=$((suite_failed + 1))
        echo "--- $suite: $name"
        tail -n 40 "$log/$name"
    fi
}

# One TAP program, the last word: its tests are counted. A skip, a plan that was not kept or a bad
# end is one more red.
tap() {
    for name in "$@"; do name=${name##*/}; done
    limited "$@" >"$log/$name" 2>&1
    code=$?
    good=$(grep -c '^ok ' "$log/$name")
    bad=$(grep -c '^not ok ' "$log/$name")
    plan=$(sed -n 's/^1\.\.\([0-9]*\).*/\1/p' "$log/$name")
    if [ "$bad" -eq 0 ] && { [ $code -ne 0 ] || [ "${plan:-0}" -ne "$good" ] || [ "$good" -eq 0 ] ||
        grep -q '# SKIP' "$log/$name"; }; then bad=1; fi
    suite_passed=$((suite_passed + good))
    suite_failed=$((suite_failed + bad))
    [ "$bad" -eq 0 ] && return
    echo "--- $suite: $name, exit $code"
    grep -v '^ok ' "$log/$name" | tail -n 40
}

run_suites() {
    for suite in "$@"; do
        suite_passed=0
        suite_failed=0
        log=$out/log/$suite
        mkdir -p "$log"
        begun=$(date +%s)
        "suite_$suite"
        echo "$suite: $suite_passed passed, $suite_failed failed, $(($(date +%s) - begun)) s"
        passed=$((passed + suite_passed))
        failed=$((failed + suite_failed))
    done
}

# lanes "SUITE..." "SUITE...": the lanes at once, what is in one of them in its order. What a suite says
# comes when it ends.
lanes() {
    pids=
    count=0
    for lane in "$@"; do
        count=$((count + 1))
        rm -f "$out/lane.$count"
        run_lane "$out/lane.$count" "$lane" &
        pids="$pids $!"
    done
    # shellcheck disable=SC2086 # words on purpose
    trap 'kill $pids; exit 130' INT TERM
    wait
    trap - INT TERM
    while [ $count -gt 0 ]; do
        { read -r more_passed more_failed <"$out/lane.$count"; } 2>/dev/null ||
            { more_passed=0 more_failed=1; echo "--- lane $count did not end"; }
        passed=$((passed + more_passed))
        failed=$((failed + more_failed))
        count=$((count - 1))
    done
}
run_lane() {
    passed=0
    failed=0
    for suite in $2; do
        run_suites "$suite" >"$1.said" 2>&1
        cat "$1.said"
    done
    echo "$passed $failed" >"$1"
}

# configure NAME COMPILER MESON-OPTION...: once, into $dir.
configure() {
    dir=$out/$1
    compiler=$2
    shift 2
    [ -f "$dir/build.ninja" ] ||
        CC=$compiler meson setup "$dir" "$root" -Dwerror=true "$@" >"$log/setup" 2>&1 ||
        { cat "$log/setup"; suite_failed=$((suite_failed + 1)); return 1; }
}

# build NAME COMPILER MESON-OPTION...: configure, then compile; of everything $needed, if anything. Red when it does not.
needed=
build() {
    configure "$@" || return
    # shellcheck disable=SC2086 # words on purpose
    check compile ninja -C "$dir" $needed
    [ "$suite_failed" -eq 0 ]
}

# build_units NAME COMPILER MESON-OPTION...: the same, but only what units runs.
build_units() {
    configure "$@" || return
    # shellcheck disable=SC2046 # words on purpose
    check compile ninja -C "$dir" $(sh "$here/fixtures/units" "$dir")
    [ "$suite_failed" -eq 0 ]
}

# units FOLDER [COMMAND...]: the unit and flow tests that were built there, but for $left_out; by COMMAND, if any.
left_out=
units() {
    dir=$1
    shift
    for program in "$dir"/tests/test_* "$dir"/tests/flow_*; do
        case " $left_out " in *" $(basename "$program") "*) continue ;; esac
        [ -x "$program" ] && [ -f "$program" ] && tap "$@" "$program"
    done
    [ -z "$needed" ] || return
    # By their sources: one that the build does not know yet is red. "meson setup --reconfigure" helps.
    for source in "$here"/fuzz/fuzz_*.c; do
        name=$(basename "$source" .c)
        case " $left_out " in *" $name "*) continue ;; esac
        tap "$@" "$dir/tests/$name"
    done
}

# A server's settings end with it: what comes next must not find them in its environment.
forget() {
    for name in $(env | sed -n "s/^\($1_[A-Z_]*\)=.*/\1/p"); do unset "$name"; done
}

for file in units embed live; do . "$here/suites/$file.sh"; done
