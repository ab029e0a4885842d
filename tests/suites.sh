# SPDX-License-Identifier: Apache-2.0
# What tests/run is made of. A suite is a function; each test in it is a TAP program or a command.
# Sourced with root, here and out set.

passed=0
failed=0
only= # mutants to run; none = all

need_base() {
    sh "$here/fixtures/need" git gcc g++ libc6-dev clang meson ninja-build pkg-config python3 patch \
        libsodium-dev libmbedtls-dev libldap-dev libqpid-proton11-dev libwslay-dev libsqlite3-dev || exit 1
}

need_all() {
    need_base
    sh "$here/fixtures/need" libclang-rt-14-dev llvm-14 valgrind openssl libssl-dev samba \
        samba-ad-dc samba-ad-provision samba-dsdb-modules winbind ldb-tools ldap-utils slapd procps \
        rabbitmq-server python3-qpid-proton tinyproxy || exit 1
}

# One command: green when it ends with 0. Its output is kept, and shown when it is red.
check() {
    name=$1
    shift
    if "$@" >"$log/$name" 2>&1; then
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
    "$@" >"$log/$name" 2>&1
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

# build NAME COMPILER MESON-OPTION...: configure, then compile. Red when it does not.
build() {
    configure "$@" || return
    check compile ninja -C "$dir"
    [ "$suite_failed" -eq 0 ]
}

# units FOLDER [COMMAND...]: the unit and flow tests that were built there; by COMMAND, if any.
units() {
    dir=$1
    shift
    for program in "$dir"/tests/test_* "$dir"/tests/flow_*; do
        [ -x "$program" ] && [ -f "$program" ] && tap "$@" "$program"
    done
    # By their sources: one that the build does not know yet is red. "meson setup --reconfigure" helps.
    for source in "$here"/fuzz/fuzz_*.c; do tap "$@" "$dir/tests/$(basename "$source" .c)"; done
}

suite_compile() { build gcc gcc; }

suite_static() {
    for script in check_layers.py check_api.py; do
        check "self-test-$script" python3 "$here/$script" --self-test
    done
    for script in check_headers.sh check_words.sh; do
        check "self-test-$script" sh "$here/$script" --self-test
        check "$script" sh "$here/$script" "$root"
    done
    check check_layers.py python3 "$here/check_layers.py" "$root"
    build gcc gcc && check check_api.py python3 "$here/check_api.py" "$out/gcc/lib/libpwwb.so" "$root"
    check readme sh "$here/check_readme" "$out/gcc/lib"
}

suite_unit() {
    build gcc gcc || return
    units "$out/gcc"
    check policy-model python3 "$here/policy_model.py" "$out/gcc/tests/policy_line"
}

# Its units run in asan, which is clang's too.
suite_clang() { build clang clang; }

# Debian 13: mbedTLS 3.6.
suite_trixie() {
    check build sh "$here/fixtures/trixie" build
    [ "$suite_failed" -eq 0 ] || return
    check version sh "$here/fixtures/trixie" version
    grep '^mbedTLS' "$log/version"
    units "$out/trixie/build" sh "$here/fixtures/trixie" in
}

suite_asan() {
    build asan clang -Db_sanitize=address,undefined -Db_lundef=false || return
    UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1 units "$out/asan"
}

suite_tsan() {
    build tsan clang -Db_sanitize=thread -Db_lundef=false || return
    for name in test_slab test_crypto test_envelope test_transport_local test_journal_memory \
        test_journal_sqlite test_host_key test_gate_threads test_transport_fan_out test_watch_threads \
        flow_agents flow_forests; do
        tap "$out/tsan/tests/$name"
    done
}

# What valgrind finds is an error of the test; the programs print their own checks as well.
suite_valgrind() {
    build gcc gcc || return
    for program in "$out"/gcc/tests/test_*; do
        # Those take minutes there, read freed memory on purpose, or leave open what is their parent's.
        case $program in
        *.p | *test_journal_power | *test_journal_kills | *test_keyring | *test_crypto | *test_envelope | *test_vectors) continue ;;
        *test_threats_relay | *test_exchange_memory | *test_journal_file | *test_contract) continue ;;
        esac
        check "$(basename "$program")" valgrind -q --error-exitcode=9 --leak-check=full \
            --errors-for-leak-kinds=definite "$program"
    done
}

# Secrets as valgrind's undefined octets, in code of both compilers as it is shipped, and as written.
ends_with_9() {
    "$@"
    [ $? -eq 9 ]
}
suite_ctgrind() {
    build gcc gcc || return
    tap "$out/gcc/tests/ctgrind"
    for compiler in gcc clang; do
        configure "ctgrind-$compiler" "$compiler" --buildtype=debugoptimized -Dexamples=disabled \
            -Dc_args=-gdwarf-4 || return # valgrind 3.19 reads no later one of clang's
        check "compile-$compiler" ninja -C "$dir" tests/ctgrind
        tap "$dir/tests/ctgrind"
    done
    tap "$dir/tests/ctgrind" --planted
    for planted in branch index; do
        check "plant-$planted" ends_with_9 "$dir/tests/ctgrind" "--plant-$planted"
    done
}

# Key stores and exchanges: processes are killed at every point of their story.
suite_crash() { build gcc gcc && tap "$out/gcc/tests/key_crash"; }

suite_examples() {
    build gcc gcc || return
    for name in 01_seal_and_open 02_policy_check 03_anchor_lookup codes demo_embedded; do
        check "$name" "$out/gcc/examples/$name"
    done
    shared=$(mktemp -d)
    check 12_shared_journal "$out/gcc/examples/12_shared_journal" "$shared/journal"
    rm -rf "$shared"
    check pwwb-admin sh "$here/check_admin" "$out/gcc"
    check python env PWWB_LIB="$out/gcc/lib/libpwwb.so" python3 examples/ffi/python/writeback.py
}

# npm's peers in the folder DIR, and beside them the programs that use them: so node finds both.
npm_peers() (
    cp "$here"/interop/package.json "$here"/interop/*.mjs "$here"/vectors/*.mjs \
        examples/sealers/*.mjs "$1" &&
        cd "$1" && npm install --no-audit --no-fund --ignore-scripts
)

# Python is Debian's, whose packages these are; node and npm are whichever are there.
suite_interop() {
    check need sh "$here/fixtures/need" python3-cbor2 python3-cryptography \
        python3-argon2
    command -v npm >/dev/null || check need-npm sh "$here/fixtures/need" nodejs npm
    build gcc gcc || return
    mkdir -p "$out/interop"
    check npm npm_peers "$out/interop"
    folder=$(mktemp -d)
    tap "$out/gcc/tests/interop_peer" seal "$folder"
    tap node "$out/interop/peer.mjs" "$here/interop/cases.json" "$folder"
    tap /usr/bin/python3 "$here/interop/peer.py" "$here/interop/cases.json" "$folder"
    tap "$out/gcc/tests/interop_peer" open "$folder"
    rm -rf "$folder"
    vectors
}

# Our own vectors, by the peers' packages; and what they say of every value changed.
vectors() {
    tap /usr/bin/python3 "$here/vectors/check.py" "$here/vectors/pwwb"
    tap node "$out/interop/check.mjs" "$here/vectors/pwwb"
    check self-test-check.py /usr/bin/python3 "$here/vectors/check.py" --self-test \
        "$here/vectors/pwwb"
    check self-test-check.mjs node "$out/interop/check.mjs" --self-test "$here/vectors/pwwb"
}

# Private keys of the host's: in OpenSSL, SoftHSM and NSS. Packages that nothing else needs; built apart,
# for the other builds were set up without them.
hostkey_examples() {
    check 07-openssl "$dir/examples/07_host_key" openssl "$HK_FOLDER/pem"
    check 07-softhsm "$dir/examples/07_host_key" pkcs11 "$HK_SOFTHSM" pwwb "$HK_FOLDER/pin"
    check 07-nss "$dir/examples/07_host_key" pkcs11 "$HK_NSS" 'NSS Certificate DB' "$HK_FOLDER/pin" \
        "configdir='sql:$HK_FOLDER/nss'"
    check 07-help "$dir/examples/07_host_key" --help
}
suite_hostkey() {
    check need sh "$here/fixtures/need" softhsm2 libnss3 libnss3-tools libssl-dev libp11-kit-dev
    configure hostkey gcc || return
    check compile ninja -C "$dir" tests/tokens_host_key examples/07_host_key
    tokens=$(mktemp -d)
    check tokens sh "$here/fixtures/tokens" "$tokens/state"
    [ ! -f "$tokens/state/env" ] || . "$tokens/state/env"
    tap "$dir/tests/tokens_host_key"
    hostkey_examples
    forget HK
    unset SOFTHSM2_CONF
    rm -rf "$tokens"
}

suite_fuzz() {
    for script in run coverage; do check "self-test-$script" sh "$here/fuzz/$script" --self-test; done
    check coverage sh "$here/fuzz/coverage"
    check fuzz sh "$here/fuzz/run" 10
    cat "$log/coverage" "$log/fuzz"
}

# The exchange of keys, every state of it.
suite_model() { check model sh "$here/model/run"; }

suite_install() { check install sh "$here/check_install"; }

suite_demo() {
    check demo sh examples/demo
    check demo-ad sh examples/demo --ad
}

suite_live_net() {
    build gcc gcc || return
    certs=$(mktemp -d)
    check certs sh "$here/fixtures/certs" "$certs"
    for program in "$out"/gcc/tests/net_*; do
        [ -x "$program" ] && [ -f "$program" ] && PWWB_TEST_CERTS=$certs tap "$program"
    done
    rm -rf "$certs"
}

# A server's settings end with it: what comes next must not find them in its environment.
forget() {
    for name in $(env | sed -n "s/^\($1_[A-Z_]*\)=.*/\1/p"); do unset "$name"; done
}

# The Samba of this machine has no policy hints; the one in there has.
forky() { sh "$here/fixtures/forky" in "$@"; }
within= # forky, or nothing: this machine's

# with_ad ADDRESS COMMAND...: a fresh, seeded Samba AD around it; its settings as AD_*.
with_ad() {
    address=$1
    shift
    ad=$(mktemp -d)
    check ad-up $within bash "$here/fixtures/ad" up "$ad/state" "$address"
    check ad-seed $within bash "$here/fixtures/ad" seed "$ad/state" 40
    [ ! -f "$ad/state/env" ] || . "$ad/state/env"
    "$@"
    check ad-down bash "$here/fixtures/ad" down "$ad/state" --purge
    forget AD
    rm -rf "$ad"
}

# Sets a password as a person would, with an option or '', and binds with it.
example_04() {
    guid=$($within ldbsearch -H "${AD_CONF%/*}/private/sam.ldb" '(sAMAccountName=u033)' objectGUID |
        sed -n 's/^objectGUID: //p')
    printf '%s\nExample-Four-4!\n' "$AD_SVC_PW" | "$out/gcc/examples/04_set_password" \
        "$AD_HOSTNAME" "$AD_ADDR" "$AD_CA" "$AD_SVC_DN" "$guid" ${1:+"$1"} &&
        LDAPTLS_CACERT=$AD_CA ldapsearch -x -H "$AD_URI" -D "u033@$AD_DNS" -w 'Example-Four-4!' \
            -s base -b '' dnsHostName
}
# What it prints are the rules of the domain, and the state that a person is in.
example_08() {
    guid=$(ldbsearch -H "${AD_CONF%/*}/private/sam.ldb" '(sAMAccountName=u034)' objectGUID |
        sed -n 's/^objectGUID: //p')
    printf '%s\n' "$AD_SVC_PW" | "$out/gcc/examples/08_show_policy" "$AD_HOSTNAME" "$AD_ADDR" "$AD_CA" \
        "$AD_SVC_DN" "$guid" >"$log/policy" && grep -q '^At least 7 characters' "$log/policy" &&
        grep -q '^Account u034 (Una Tester034)' "$log/policy" && ! grep 'not known' "$log/policy"
}
# live_ad OPTION [PROGRAM...]: an option of the example's, or ''.
live_ad() {
    option=$1
    shift
    for name in ad_set ad_read ad_history "$@"; do tap "$out/gcc/tests/$name"; done
    sleep 1 # the seeded passwords are of their own second
    check 04_set_password example_04 "$option"
}
# generated COUNT: so many passwords, by the pre-check and by the controller.
generated() {
    tap env AD_COUNT="$1" "$out/gcc/tests/ad_differential"
    grep '^# ' "$log/ad_differential"
}
# The preflight comes last, for it takes rights away.
live_ad_full() {
    tap "$out/gcc/tests/ad_summary" # first, for it knows every settings object that there is
    live_ad --allow-no-history ad_cases ad_judge ad_state ad_faults ad_hangs ad_controllers ad_kills
    check 08_show_policy example_08
    generated 2100
    tap "$out/gcc/tests/ad_preflight"
    check preflight-full sh "$here/check_preflight" "$out/gcc" pfs-full p-full 0
    check preflight-lacks sh "$here/check_preflight" "$out/gcc" svc-pw u033 1 unexpire=no \
        password-rules=unknown
}
live_ad_brief() {
    tap "$out/gcc/tests/ad_summary"
    live_ad --allow-no-history
    check 08_show_policy example_08
    generated 200
}
suite_live_ad() { build gcc gcc && with_ad 127.0.0.21 live_ad_full; }
suite_live_ad_short() { build gcc gcc && with_ad 127.0.0.21 live_ad_brief; }
suite_live_ad_hints() {
    build gcc gcc || return
    check forky sh "$here/fixtures/forky" build
    [ "$suite_failed" -eq 0 ] || return
    within=forky
    with_ad 127.0.0.73 live_ad '' ad_cases
    within=
}

# second_forest ADDRESS COMMAND...: one more inside with_ad, of another realm; its settings as AD2_*.
second_forest() {
    address=$1
    shift
    ad2=$(mktemp -d)
    check ad2-up bash "$here/fixtures/ad" up "$ad2/state" "$address" emea.example.test
    check ad2-seed bash "$here/fixtures/ad" seed "$ad2/state" 20
    sed 's/^export AD_/export AD2_/' "$ad2/state/env" >"$ad2/env" && . "$ad2/env"
    "$@"
    check ad2-down bash "$here/fixtures/ad" down "$ad2/state" --purge
    forget AD2
    rm -rf "$ad2"
}
live_forests() {
    sleep 1 # the seeded passwords are of their own second
    tap "$out/gcc/tests/ad_forests"
}
suite_live_forests() { build gcc gcc && with_ad 127.0.0.80 second_forest 127.0.0.81 live_forests; }

example_04_openldap() {
    uuid=$(LDAPTLS_CACERT=$OL_CA ldapsearch -x -LLL -H "$OL_URI" -b "$OL_BASE" '(uid=u040)' entryUUID |
        sed -n 's/^entryUUID: //p')
    printf '%s\nExample-Four-4!\n' "$OL_SVC_PW" | "$out/gcc/examples/04_set_password" \
        "$OL_HOSTNAME" "$OL_ADDR,6360" "$OL_CA" "$OL_SVC_DN" "$uuid" --openldap \
        "cn=default,ou=policies,$OL_BASE" &&
        LDAPTLS_CACERT=$OL_CA ldapwhoami -x -H "$OL_URI" -D "uid=u040,ou=people,$OL_BASE" \
            -w 'Example-Four-4!'
}
suite_live_slapd() {
    build gcc gcc || return
    ol=$(mktemp -d)
    check slapd-up bash "$here/fixtures/slapd" up "$ol/state" 127.0.0.22
    check slapd-seed bash "$here/fixtures/slapd" seed "$ol/state" 40
    [ ! -f "$ol/state/env" ] || . "$ol/state/env"
    for program in "$out"/gcc/tests/slapd_*; do
        [ -x "$program" ] && [ -f "$program" ] && tap "$program"
    done
    check 04_set_password example_04_openldap
    check slapd-down bash "$here/fixtures/slapd" down "$ol/state" --purge
    forget OL
    rm -rf "$ol"
}

# Streams to WebSockets over TLS, and through HTTP proxies.
suite_live_websocket() {
    build gcc gcc || return
    check need sh "$here/fixtures/need" tinyproxy libwslay-dev
    command -v npm >/dev/null || check need-npm sh "$here/fixtures/need" nodejs npm
    ws=$(mktemp -d)
    check websocket-up bash "$here/fixtures/websocket" up "$ws/state" 127.0.0.104
    [ ! -f "$ws/state/env" ] || . "$ws/state/env"
    for name in ws_peer ws_proxy ws_amqp; do tap "$out/gcc/tests/$name"; done
    check websocket-down bash "$here/fixtures/websocket" down "$ws/state" --purge
    forget WS
    rm -rf "$ws"
}

# The companion against a real broker: by itself, by the contract of every transport, and counted on the wire.
suite_live_relay() {
    build gcc gcc || return
    for name in contract_controls amqp_bad_peer; do tap "$out/gcc/tests/$name"; done
    with_rabbit 127.0.0.115 '' relay_companion
    grep '^# .*octets' "$log/rabbit_counts"
    grep '^# [0-9]' "$log/rabbit_contract"
}

# Portals in event loops on a live broker, also through an HTTP proxy inside a WebSocket. By hand, of a build
# with clang's sanitizers: tests/check_loops BUILD.
suite_live_loops() {
    check need sh "$here/fixtures/need" rabbitmq-server tinyproxy libqpid-proton11-dev libwslay-dev libuv1-dev \
        libglib2.0-dev
    command -v npm >/dev/null || check need-npm sh "$here/fixtures/need" nodejs npm
    build gcc gcc || return
    both=$(mktemp -d)
    check rabbit-up bash "$here/fixtures/rabbit" up "$both/rabbit" 127.0.0.105
    check websocket-up bash "$here/fixtures/websocket" up "$both/websocket" 127.0.0.104
    for name in rabbit websocket; do [ ! -f "$both/$name/env" ] || . "$both/$name/env"; done
    check loops bash "$here/check_loops" "$dir"
    for name in rabbit websocket; do check "$name-down" bash "$here/fixtures/$name" down "$both/$name" --purge; done
    forget WS
    forget RELAY
    rm -rf "$both"
}

# start NAME ADDRESS FIXTURE...: a fresh, seeded server in $three/NAME.
start() {
    state=$three/$1
    address=$2
    shift 2
    check "up-${state##*/}" "$@" up "$state" "$address"
    check "seed-${state##*/}" "$@" seed "$state" 12
}

# One refusal, one code: three servers at once, and the table.
suite_refusals() {
    build gcc gcc || return
    check forky sh "$here/fixtures/forky" build
    [ "$suite_failed" -eq 0 ] || return
    three=$(mktemp -d)
    start ad 127.0.0.74 bash "$here/fixtures/ad"
    start hints 127.0.0.75 forky bash "$here/fixtures/ad"
    start slapd 127.0.0.72 bash "$here/fixtures/slapd"
    PWWB_TEST_AD=$three/ad/env PWWB_TEST_AD_HINTS=$three/hints/env \
        PWWB_TEST_SLAPD=$three/slapd/env tap "$out/gcc/tests/refusals"
    sed -n 's/^# |/|/p' "$log/refusals"
    check down-ad bash "$here/fixtures/ad" down "$three/ad" --purge
    check down-hints bash "$here/fixtures/ad" down "$three/hints" --purge
    check down-slapd bash "$here/fixtures/slapd" down "$three/slapd" --purge
    rm -rf "$three"
}

# with_rabbit ADDRESS OPTION COMMAND...: a fresh broker around it, with an option or ''; its settings as RELAY_*.
with_rabbit() {
    address=$1
    option=$2
    shift 2
    relay=$(mktemp -d)
    # shellcheck disable=SC2086 # words on purpose
    check "up-$address" bash "$here/fixtures/rabbit" up "$relay/state" "$address" $option
    [ ! -f "$relay/state/env" ] || . "$relay/state/env"
    "$@"
    check "down-$address" bash "$here/fixtures/rabbit" down "$relay/state" --purge
    forget RELAY
    rm -rf "$relay"
}
relay_rights() { tap env PATH="$relay/state/bin:$PATH" /usr/bin/python3 "$here/live/relay.py"; }
relay_companion() {
    for name in relay_amqp relay_memory rabbit_counts rabbit_refused rabbit_roll rabbit_contract; do
        tap "$out/gcc/tests/$name"
    done
}
relay_page() { check "page-$address" bash "$here/check_relay" "$relay/state"; }
relay_cluster() { check cluster bash "$here/check_relay_cluster" "$relay/state"; }
suite_live_rabbit() {
    check need sh "$here/fixtures/need" rabbitmq-server python3-qpid-proton openssl
    check rabbit4 sh "$here/fixtures/rabbit4" build
    build gcc gcc || return
    with_rabbit 127.0.0.106 '' relay_rights
    with_rabbit 127.0.0.107 --bare relay_page
    with_rabbit 127.0.0.108 '--nodes 3' relay_cluster
    with_rabbit 127.0.0.109 --four relay_rights
    with_rabbit 127.0.0.111 --four relay_companion
    with_rabbit 127.0.0.110 '--four --bare' relay_page
}

memory() { tap "$out/gcc/tests/scan_memory"; }
suite_memory() { build gcc gcc && with_ad 127.0.0.23 memory; }

mutants() { sh "$here/mutants/run" "$@" 2>&1 | tee "$log/run"; }
suite_mutants() {
    certs=$(mktemp -d)
    check certs sh "$here/fixtures/certs" "$certs"
    PWWB_TEST_CERTS=$certs
    export PWWB_TEST_CERTS
    # shellcheck disable=SC2086 # words on purpose
    with_ad 127.0.0.24 mutants $only
    rm -rf "$certs"
    suite_passed=$((suite_passed + $(grep -c '^caught' "$log/run")))
    suite_failed=$((suite_failed + $(grep -c '^MISSED' "$log/run")))
    grep -q '^control: green' "$log/run" || suite_failed=$((suite_failed + 1))
}

# Requests under way while what carries them fails: each fault twice. sh tests/long storm has it longer.
suite_storm() {
    check need sh "$here/fixtures/need" rabbitmq-server
    build gcc gcc || return
    tap bash "$here/storm/run" "$out/gcc" "${FAULTS_INJECTIONS:-1}" 1 local
    sed -n 's/^# |/|/p' "$log/local"
    tap env STORM_FAULTS='agent killed, cut off, sent again' bash "$here/storm/run" "$out/gcc" \
        "${FAULTS_INJECTIONS:-1}" 1 amqp
    sed -n 's/^# |/|/p' "$log/amqp"
}

suite_bench() { check bench sh "$here/bench/run" --small; }
