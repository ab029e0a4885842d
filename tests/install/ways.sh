# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# Sourced, after steps.sh, with root and dir set: programs of what is installed. pkg-config and the loader find it
# by the environment.
# shellcheck disable=SC2046,SC2154 # words on purpose; the folders are their user's

flags= # more of the compiler's
# example_01 [PKG-CONFIG-OPTION...]
example_01() {
    # shellcheck disable=SC2086
    cc $flags "$root/examples/01_seal_and_open.c" -o "$dir/example" $(pkg-config "$@" --cflags --libs pwwb)
    "$dir/example"
}

# headers_of NAME: those that say they are of the companion; of none: all others.
headers_of() (
    cd "$root/include"
    if [ -n "$1" ]; then grep -il "companion libpwwb-$1" pwwb/*.h; else grep -iL 'companion libpwwb-' pwwb/*.h; fi
)
# every_name NAME...: a program that needs every name in the maps of these companions, '' being the library.
every_name() {
    packages=
    for name in "$@"; do
        maps="$root/lib/${name:+$name/}libpwwb${name:+-$name}.map"
        packages="$packages pwwb${name:+-$name}"
        headers_of "$name" | sed 's/.*/#include <&>/' >>"$dir/heads"
        sed -n 's/^ *\(pwwb_[a-z0-9_]*\);.*/    p = (void *)\1, lacks += p == 0;/p' "$maps" >>"$dir/list"
    done
    {
        cat "$dir/heads"
        echo 'int main(void) { void *volatile p; int lacks = 0;'
        cat "$dir/list"
        echo '    return lacks; }'
    } >"$dir/names.c"
    rm "$dir/heads" "$dir/list"
    [ "$(grep -c lacks "$dir/names.c")" -gt 2 ]
    # shellcheck disable=SC2086
    cc "$dir/names.c" -o "$dir/names" $(pkg-config $static --cflags --libs $packages)
    "$dir/names"
    [ -n "$static" ] || for package in $packages; do readelf -d "$dir/names" | grep "lib$package.so"; done
}
static=

# embedder PROGRAM: it runs.
embedder() {
    rm -f "$dir/journal"*
    "$1" "$dir/journal"
}
# with_cmake OPTION...
with_cmake() {
    rm -rf "$dir/cmake"
    cmake -S "$root/tests/install/cmake" -B "$dir/cmake" -G Ninja "$@"
    cmake --build "$dir/cmake"
    embedder "$dir/cmake/embedder"
}
# with_meson OPTION...: nothing but what is installed
with_meson() {
    rm -rf "$dir/meson" "$dir/meson-build"
    cp -r "$root/tests/install/meson" "$dir"
    cp "$root/tests/install/embedder.c" "$dir/meson"
    meson setup "$dir/meson-build" "$dir/meson" --wrap-mode=nofallback "$@"
    ninja -C "$dir/meson-build"
    embedder "$dir/meson-build/embedder"
}
