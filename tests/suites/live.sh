# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2154 # sourced by tests/suites.sh
# What runs beside servers: directories, brokers, browsers; and what the whole run said.

suite_demo_short() {
    check demo sh examples/demo
    check demo-ad sh examples/demo --ad
}
suite_demo() {
    suite_demo_short
    check demo-relay sh examples/demo --relay
}
# The same once more, watched; and what must fail.
suite_secrets() {
    check need sh "$here/fixtures/need" rabbitmq-server python3-qpid-proton
    build gcc gcc && check secrets python3 "$here/check_secrets" "$out/gcc"
    tail -n 20 "$log/secrets"
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
    live_ad --allow-no-history ad_cases ad_judge ad_state ad_faults ad_hangs ad_controllers ad_kills \
        ad_changes
    check 08_show_policy example_08
    generated 2100
    check 19_own_network python3 "$here/check_own_network" "$out/gcc"
    check import python3 "$here/check_import.py" "$out/gcc"
    check admin-live python3 "$here/check_admin_live" "$out/gcc"
    tap "$out/gcc/tests/ad_preflight"
    check preflight-full sh "$here/check_preflight" "$out/gcc" pfs-full p-full 0
    check preflight-lacks sh "$here/check_preflight" "$out/gcc" svc-pw u033 1 unexpire=no \
        password-rules=unknown
}
live_ad_brief() {
    tap "$out/gcc/tests/ad_summary"
    live_ad --allow-no-history
    check 08_show_policy example_08
    check 19_own_network python3 "$here/check_own_network" "$out/gcc"
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
    tap "$out/gcc/tests/ad_space"
    tap "$out/gcc/tests/ad_forests" # its end stops one
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
    check admin-live python3 "$here/check_admin_live" "$out/gcc"
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

# The programs that an operator runs, and what they tell persons.
# Of pages: their commands, as they stand.
pages() {
    check first-reset /usr/bin/python3 "$here/check_first_reset" "$out/gcc"
    check operating env PWWB_OPERATING_AD="$ad/state" /usr/bin/python3 "$here/check_operating" "$out/gcc" 127.0.1.50 127.0.1.52
}
portal_commands() { check portal python3 "$here/check_portal.py" "$out/gcc"; }
suite_programs() {
    build gcc gcc || return
    check texts python3 "$here/check_texts.py" "$out/gcc"
    check agent /usr/bin/python3 "$here/check_agent.py" "$out/gcc" 127.0.1.12 127.0.1.13
    with_rabbit 127.0.1.40 '' portal_commands
    with_ad 127.0.1.50 pages
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

# The web page: Chromium, RabbitMQ, an agent and a Samba AD of its own; pictures stay in build/web.
suite_web() {
    build gcc gcc || return
    tap bash "$here/web/run" "$out/gcc"
    check pictures test -s "$out/web/operator-phone.png"
}

# What all of them have said has none of their passwords in it. The last one.
suite_logs() {
    check logs python3 "$here/check_logs" "$out/log"
    cat "$log/logs"
}
