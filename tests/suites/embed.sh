# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh disable=SC2154 # sourced by tests/suites.sh
# What others build on: examples, bindings, the ABI, the reference, installations, peers, other machines.

# Releases that are kept, as the libraries are now.
suite_abi() {
    check need sh "$here/fixtures/need" abigail-tools binutils
    build gcc gcc && tap python3 "$here/abi/check" "$out/gcc"
    grep '^# added since\|^# changed since' "$log/gcc"
}

# Machines of another kind, in qemu-user. By hand, with --only: slow, and packages that nothing else needs.
foreign() { sh "$here/fixtures/foreign" "$@"; }

# 32 bits. AES by libsodium, then once more by mbedTLS, on a CPU that has none of it.
suite_i386() {
    check build foreign i386 build
    [ "$suite_failed" -eq 0 ] || return
    # Minutes each there, or they tell what a kill leaves, which qemu-user says little of.
    left_out='test_exchange_memory test_preflight test_threats_relay test_tls_steps test_journal_kills test_journal_power'
    left_out="$left_out test_space_kills test_space_power test_space_import_disk"
    left_out="$left_out test_amqp_options" # starts itself again, and the kernel refuses that
    units "$out/i386/build" sh "$here/fixtures/foreign" i386 in
    left_out=
    check aes-by-libsodium fails grep -q '^# this CPU has no AES-NI' "$log/test_crypto"
    tap env QEMU_CPU=qemu32 sh "$here/fixtures/foreign" i386 in "$out/i386/build/tests/test_crypto"
    check aes-by-mbedtls grep -q '^# this CPU has no AES-NI' "$log/test_crypto"
}
fails() { ! "$@"; }

# The most significant octet first: what is encoded, decoded, sealed, and the vectors.
suite_s390x() {
    set -- test_cbor test_cose test_peers test_keyring test_ticket test_guid test_anchor test_sd test_dn test_utf \
        test_letter test_slab test_policy test_policy_explain test_words test_corpus test_filter_banned \
        test_filter_breached test_crypto test_envelope test_envelope_hostile test_vectors test_heartbeat test_order \
        test_control test_operation test_result test_amqp_frames test_amqp_sasl test_websocket_frames test_websocket \
        fuzz_cbor fuzz_cose fuzz_sd fuzz_open fuzz_reply fuzz_keyfile fuzz_bundle fuzz_dns fuzz_amqp fuzz_amqp_message fuzz_websocket
    # shellcheck disable=SC2046 # words on purpose
    check build foreign s390x build $(printf 'tests/%s ' "$@")
    [ "$suite_failed" -eq 0 ] || return
    for name in "$@"; do tap sh "$here/fixtures/foreign" s390x in "$out/s390x/build/tests/$name"; done
    check aes-by-mbedtls grep -q '^# this CPU has no AES-NI' "$log/test_crypto"
}

# The core over another C library, with Debian's sources of what it stands on.
suite_musl() {
    check build sh "$here/fixtures/musl" build
    [ "$suite_failed" -eq 0 ] || return
    check is-musl grep -aq ld-musl "$out/musl/build/tests/test_crypto"
    left_out='fuzz_amqp fuzz_amqp_message fuzz_amqp_sasl fuzz_websocket fuzz_dns' # not of the core
    units "$out/musl/build"
    left_out=
}

suite_examples() {
    build gcc gcc || return
    for name in 00_first 01_seal_and_open 02_policy_check 03_anchor_lookup 13_change_and_reply 14_steps 15_own_tables \
        16_exchange 17_heartbeat about codes demo_embedded; do
        check "$name" "$out/gcc/examples/$name"
    done
    shared=$(mktemp -d)
    check 12_shared_journal "$out/gcc/examples/12_shared_journal" "$shared/journal"
    rm -rf "$shared"
    check 18_tls_stream sh "$here/check_stream" "$out/gcc" 127.0.1.60
    check pwwb-admin sh "$here/check_admin" "$out/gcc"
    check admin-relay python3 "$here/check_admin_relay" "$out/gcc"
    check space python3 "$here/check_space.py" "$out/gcc"
    check settings python3 "$here/check_settings.py" "$out/gcc/tests/settings_line"
    check need-prometheus sh "$here/fixtures/need" python3-prometheus-client
    check metrics /usr/bin/python3 "$here/check_metrics.py" "$out/gcc/tests/test_program_metrics"
    check need-systemd sh "$here/fixtures/need" systemd
    check units sh "$here/check_units" "$out/gcc"
    check need-mandoc sh "$here/fixtures/need" mandoc
    check manual python3 "$here/check_manual.py" "$out/gcc" "$root"
}

# The binding for Python, its types and its program.
suite_python() {
    check need sh "$here/fixtures/need" mypy
    build gcc gcc || return
    tap env PWWB_LIB="$out/gcc/lib/libpwwb.so" /usr/bin/python3 "$here/ffi/python/test.py"
    check writeback env PWWB_LIB="$out/gcc/lib/libpwwb.so" python3 examples/ffi/python/writeback.py
    check types /usr/bin/mypy --strict --cache-dir=/dev/null examples/ffi/python
}

# The binding for Go, by Debian's Go.
suite_go() {
    check need sh "$here/fixtures/need" golang-go
    build gcc gcc || return
    tap sh "$here/ffi/go/run" "$out/gcc" tests
    check style sh "$here/ffi/go/run" "$out/gcc" style
    check writeback sh "$here/ffi/go/run" "$out/gcc" writeback
}

# The Rust binding by Debian's compiler, without cargo; and by another one, where that is there.
suite_rust() {
    check need sh "$here/fixtures/need" rustc
    build gcc gcc || return
    tap sh "$here/ffi/rust/run" "$out/gcc/lib" "$out/rust" /usr/bin/rustc
    check program sh "$here/ffi/rust/run" --program "$out/gcc/lib" "$out/rust"
    check refused sh "$here/ffi/rust/run" --refused "$out/rust" /usr/bin/rustc
    another=$(command -v rustc)
    [ "$another" = /usr/bin/rustc ] ||
        check another-compiler sh "$here/ffi/rust/run" --build "$out/gcc/lib" "$out/rust/another" "$another"
}

# The reference: made, then read.
suite_reference() {
    check need sh "$here/fixtures/need" python3-markdown mandoc
    build gcc gcc || return
    check codes ninja -C "$dir" docs/reference/codes
    check make /usr/bin/python3 docs/reference/make "$out/gcc" "$out/reference"
    tap /usr/bin/python3 "$here/reference/check.py" "$out/reference" "$out/gcc/docs/reference/codes"
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

# The binding for Node.js, in a copy: nothing of npm's enters the source tree.
node_tree() {
    mkdir -p "$1/examples/ffi/node" "$1/tests/ffi/node" && cp "$root"/examples/ffi/node/* "$1/examples/ffi/node" &&
        cp "$here"/ffi/node/* "$1/tests/ffi/node" && sh "$here/fixtures/packages" "$1/examples/ffi/node"
}
suite_node() {
    check need sh "$here/fixtures/need" nodejs
    command -v npm >/dev/null || check need-npm sh "$here/fixtures/need" npm
    build gcc gcc || return
    check npm node_tree "$out/node"
    tap timeout 120 env ROOT="$root" PWWB_LIB="$out/gcc/lib/libpwwb.so" UV_THREADPOOL_SIZE=24 \
        node --expose-gc "$out/node/tests/ffi/node/all.mjs"
    check writeback env PWWB_LIB="$out/gcc/lib/libpwwb.so" node "$out/node/examples/ffi/node/writeback.mjs"
}

# As others would install and use it; the packages of Debian, too.
suite_install() {
    check need sh "$here/fixtures/need" cmake libsasl2-dev libgnutls28-dev
    tap sh "$here/check_install"
}
suite_packages() {
    check need sh "$here/fixtures/need" debhelper dpkg-dev lintian xz-utils python3-markdown mandoc libsasl2-dev libgnutls28-dev
    check bookworm sh "$here/fixtures/bookworm" build
    [ "$suite_failed" -eq 0 ] && tap sh "$here/check_packages"
}
