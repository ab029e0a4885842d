# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2154 # sourced by tests/suites.sh
# What runs by itself: units, by compilers, sanitizers, valgrind, fuzzers and the model; benchmarks.

# What --quick needs, and no more, from here on.
suite_compile_short() {
    configure gcc gcc || return
    needed=$(sh "$here/fixtures/units" "$dir" --quick)
    build gcc gcc
}

suite_static() {
    for script in check_layers.py check_api.py check_snippets.py; do
        check "self-test-$script" python3 "$here/$script" --self-test
    done
    for script in check_headers.sh check_words.sh; do
        check "self-test-$script" sh "$here/$script" --self-test
        check "$script" sh "$here/$script" "$root"
    done
    for script in check_layers.py check_snippets.py; do check "$script" python3 "$here/$script" "$root"; done
    build gcc gcc && check check_api.py python3 "$here/check_api.py" "$out/gcc/lib/libpwwb.so" "$root"
    check readme sh "$here/check_readme" "$out/gcc/lib"
}

suite_unit() {
    build gcc gcc || return
    units "$out/gcc"
    check audit python3 "$here/check_audit.py" "$out/gcc/tests" "$root/docs/audit.md"
    check policy-model python3 "$here/policy_model.py" "$out/gcc/tests/policy_line"
}

# Without those that take longest: what is killed, damaged or waited for again and again.
suite_unit_short() {
    left_out='flow_poison flow_shared flow_week test_contract test_exchange_memory test_journal_kills test_journal_power'
    left_out="$left_out test_keystore_damage test_space_damage test_space_file test_space_import_disk"
    left_out="$left_out test_space_joins test_space_kills test_space_power test_threats_relay"
    suite_unit
    left_out=
}

# The library and its units are clang's in asan, too; here is what else it compiles.
suite_clang() {
    configure clang clang || return
    # shellcheck disable=SC2046 # words on purpose
    check compile ninja -C "$dir" $(sh "$here/fixtures/units" "$dir" --others)
}

# Debian 13: mbedTLS 3.6.
suite_trixie() {
    check build sh "$here/fixtures/trixie" build
    [ "$suite_failed" -eq 0 ] || return
    check version sh "$here/fixtures/trixie" version
    grep '^mbedTLS' "$log/version"
    left_out=$(cd "$here" && echo test_contract.c test_csv.c test_journal_*.c test_space*.c | sed 's/\.c//g') # no mbedTLS in them
    units "$out/trixie/build" sh "$here/fixtures/trixie" in
    left_out=
}

suite_asan() {
    build_units asan clang -Db_sanitize=address,undefined -Db_lundef=false || return
    left_out='test_space_import_disk test_space_kills' # what is killed says nothing
    UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1 units "$out/asan"
    left_out=
}

suite_tsan() {
    configure tsan clang -Db_sanitize=thread -Db_lundef=false || return
    set -- test_slab test_crypto test_envelope test_transport_local test_journal_memory test_journal_sqlite \
        test_host_key test_gate_threads test_transport_fan_out test_watch_threads flow_agents flow_forests \
        test_limits_threads
    # shellcheck disable=SC2046 # words on purpose
    check compile ninja -C "$dir" $(printf 'tests/%s ' "$@")
    [ "$suite_failed" -eq 0 ] || return
    for name in "$@"; do tap "$out/tsan/tests/$name"; done
}

# What valgrind finds is an error of the test; the programs print their own checks as well.
suite_valgrind() {
    build gcc gcc || return
    for program in "$out"/gcc/tests/test_*; do
        # Those take minutes there, read freed memory on purpose, or leave open what is their parent's.
        case $program in
        *.p | *test_journal_power | *test_journal_kills | *test_keyring | *test_crypto | *test_envelope | *test_vectors) continue ;;
        *test_threats_relay | *test_exchange_memory | *test_journal_file | *test_contract) continue ;;
        *test_space_damage | *test_space_file | *test_space_kills | *test_space_power | *test_space_joins) continue ;;
        *test_space_csv | *test_space_people | *test_space_import_disk | *test_preflight) continue ;;
        *test_directory_ldap_ol_faults) continue ;;
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
    check fuzz sh "$here/fuzz/run" 6
    cat "$log/coverage" "$log/fuzz"
}

# The exchange of keys, every state of it.
suite_model() { check model sh "$here/model/run"; }

suite_bench() { check bench sh "$here/bench/run" --small; }
