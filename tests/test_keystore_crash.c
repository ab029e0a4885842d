/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 9 */
/*
 * A key store's file after a crash at any moment, crash.h: the last version that was said to be
 * stored must come back whole, or the one that was on its way, and the next swap must work.
 */
#include "keyring.h"

#include <sys/stat.h>

#include "crash.h"
#include "harness.h"
#include "keystore_octets.h"
#include "octets.h"

enum { VERSIONS = 16, LOCKED_ANEW = 3 };

typedef struct content {
    size_t  len;
    uint8_t octets[DISK_DATA_MAX];
} content;

static const uint8_t locks[2][PWWB_LOCK_KEY_SIZE] = {"the first of two keys, 32 octets",
                                                     "the other of two keys, 32 octets"};
static const char *const places[] = {"work", "crash"};

static disk_log log_;
static content  stored[VERSIONS]; /* what was given to be stored, from the log */

static pwwb_keystore *
store_at(const char *place, int which)
{
    pwwb_keystore_options options = {.size       = sizeof(options),
                                     .lock       = PWWB_LOCK_KEY,
                                     .secret     = locks[which],
                                     .secret_len = PWWB_LOCK_KEY_SIZE};
    pwwb_keystore        *store   = NULL;
    char                  path[64];

    (void)snprintf(path, sizeof(path), "%s/keys", place);
    if (pwwb_keystore_new_file(path, &options, &store, NULL) != PWWB_OK)
        abort();
    return store;
}

static void
put_next(pwwb_keystore *store, uint64_t version)
{
    static const uint8_t tenant[PWWB_ID_SIZE] = "0123456789abcde";
    pwwb_keyring        *keyring              = NULL;

    if (version == 1)
        CHECK_STATUS(PWWB_OK, pwwb_keyring_new(tenant, PWWB_SUITE_X25519, &keyring, NULL));
    else
        CHECK_STATUS(PWWB_OK, pwwb_keystore_load(store, &keyring, NULL));
    disk_mark(DISK_BEGIN, version);
    CHECK_STATUS(PWWB_OK, pwwb_keystore_put(store, keyring, PWWB_HALF_AGENT, NULL));
    disk_mark(DISK_END, version);
    pwwb_keyring_free(keyring);
}

static void
rewrap(pwwb_keystore *store, uint64_t version)
{
    pwwb_keystore_options options = {.size       = sizeof(options),
                                     .lock       = PWWB_LOCK_KEY,
                                     .secret     = locks[1],
                                     .secret_len = PWWB_LOCK_KEY_SIZE};

    disk_mark(DISK_BEGIN, version);
    CHECK_STATUS(PWWB_OK, pwwb_keystore_rewrap(store, &options, NULL));
    disk_mark(DISK_END, version);
}

/* Octets of each version, in the order they were written. */
static void
collect(void)
{
    uint64_t version = 0;
    size_t   i;

    memset(stored, 0, sizeof(stored));
    for (i = 0; i < log_.count; i++) {
        const disk_event *e = &log_.events[i];

        if (e->kind == DISK_BEGIN)
            version = e->version;
        if (e->kind != DISK_WRITE)
            continue;
        memcpy(stored[version].octets + stored[version].len, e->data, e->len);
        stored[version].len += e->len;
    }
}

static void
record(uint64_t versions, size_t pieces)
{
    pwwb_keystore *store = store_at("work", 0);
    uint64_t       version;

    empty_folder("work");
    disk_short(pieces);
    disk_record("work", &log_);
    for (version = 1; version <= versions; version++) {
        if (version == LOCKED_ANEW)
            rewrap(store, version);
        else
            put_next(store, version);
    }
    disk_stop();
    disk_short(0);
    pwwb_keystore_free(store);
    collect();
}

/* Whether what was built holds version `version`, whole: its octets, and by opening it. */
static int
is_whole(uint64_t version)
{
    pwwb_keystore    *store   = store_at("crash", version >= LOCKED_ANEW);
    pwwb_keyring     *keyring = NULL;
    pwwb_keyring_info info    = {.size = sizeof(info)};
    uint8_t           buf[DISK_DATA_MAX + 1];
    int               fd   = open("crash/keys", O_RDONLY);
    ssize_t           len  = read(fd, buf, sizeof(buf));
    int               same = len == (ssize_t)stored[version].len
               && memcmp(buf, stored[version].octets, stored[version].len) == 0;

    close(fd);
    same = same && pwwb_keystore_load(store, &keyring, NULL) == PWWB_OK
           && pwwb_keyring_describe(keyring, &info, NULL) == PWWB_OK && info.version == version;
    pwwb_keyring_free(keyring);
    pwwb_keystore_free(store);
    return same;
}

/* NULL, or what is wrong with the folder that was built. */
static const char *
wrong(uint64_t told, uint64_t begun)
{
    sealed      next;
    uint64_t    version = 0;
    pwwb_status st      = load_at("crash/keys", &next, &version, NULL);

    if (st != PWWB_OK && (st != PWWB_E_NOT_FOUND || told > 0))
        return pwwb_status_name(st);
    if (version != told && version != begun)
        return "an older version";
    if (version > 0 && !is_whole(version))
        return "another content";

    next = sealed_of(version + 1, 'n');
    if (swap_at("crash/keys", version, &next, NULL) != PWWB_OK)
        return "no next swap";
    return count_files("crash") == 2 ? NULL : "a file that nobody removes";
}

static crash crash_ = {.place = "crash", .wrong = wrong};

static void
check_no_crash_harms(uint64_t versions, size_t pieces)
{
    const char *what;

    record(versions, pieces);
    what = crash_anywhere(&crash_, &log_);
    CHECK_STR(NULL, what);
    printf("# %d swaps, %zu events: %ld crash points, %ld variants\n", (int)versions, log_.count,
           crash_.points, crash_.variants);
    CHECK(crash_.points > 6 * (long)versions);
    CHECK(crash_.variants > 16 * (long)versions);
}

static void
the_first_swap_may_crash_anywhere(void)
{
    check_no_crash_harms(1, 0);
}

static void
put_and_rewrap_and_more_may_crash_anywhere(void)
{
    check_no_crash_harms(7, 0);
}

static void
writing_in_pieces_may_crash_anywhere(void)
{
    check_no_crash_harms(4, 200);
}

/* Controls. Each takes away, from the log alone, what makes it safe: the checker must see it. */

static disk_log spoilt;

static void
leave_out(size_t index)
{
    size_t i;

    spoilt.count = 0;
    for (i = 0; i < log_.count; i++)
        if (i != index)
            spoilt.events[spoilt.count++] = log_.events[i];
}

static void
check_each_is_needed(enum disk_kind kind, const char *name)
{
    size_t i, count = 0;

    record(5, 0);
    for (i = 0; i < log_.count; i++) {
        const char *what;

        if (log_.events[i].kind != kind)
            continue;
        leave_out(i);
        what = crash_anywhere(&crash_, &spoilt);
        CHECK(what != NULL);
        printf("# without %s %zu: %s, at point %ld\n", name, ++count,
               what == NULL ? "nothing" : what, crash_.points);
    }
    CHECK_INT(5, count);
}

static void
control_a_file_not_synchronised_is_caught(void)
{
    check_each_is_needed(DISK_SYNC, "fsync of a file");
}

static void
control_a_folder_not_synchronised_is_caught(void)
{
    check_each_is_needed(DISK_SYNC_FOLDER, "fsync of the folder");
}

static void
control_a_file_not_renamed_is_caught(void)
{
    check_each_is_needed(DISK_RENAME, "rename");
}

/* As if the key file itself were emptied and written, and synchronised as before. */
static void
control_a_file_written_in_place_is_caught(void)
{
    int         temp = 0, keys = 0;
    const char *what;
    size_t      i;

    record(3, 0);
    spoilt.count = 0;
    for (i = 0; i < log_.count; i++) {
        disk_event e = log_.events[i];

        if (e.kind == DISK_CREATE && strcmp(e.name, "keys.new") == 0) {
            temp   = e.inode;
            e.kind = keys == 0 ? DISK_CREATE : DISK_TRUNCATE;
            keys   = keys == 0 ? temp : keys;
            (void)strcpy(e.name, "keys");
        }
        if (temp != 0 && e.inode == temp)
            e.inode = keys;
        if (e.kind != DISK_RENAME)
            spoilt.events[spoilt.count++] = e;
    }
    what = crash_anywhere(&crash_, &spoilt);
    CHECK(what != NULL);
    printf("# written in place: %s, at point %ld\n", what == NULL ? "nothing" : what,
           crash_.points);
}

int
main(void)
{
    char   root[] = "/tmp/pwwb-crash-XXXXXX";
    size_t i;

    if (mkdtemp(root) == NULL || chdir(root) != 0)
        return 1;
    for (i = 0; i < COUNT(places); i++)
        if (mkdir(places[i], 0700) != 0)
            return 1;

    RUN(the_first_swap_may_crash_anywhere);
    RUN(put_and_rewrap_and_more_may_crash_anywhere);
    RUN(writing_in_pieces_may_crash_anywhere);
    RUN(control_a_file_not_synchronised_is_caught);
    RUN(control_a_folder_not_synchronised_is_caught);
    RUN(control_a_file_not_renamed_is_caught);
    RUN(control_a_file_written_in_place_is_caught);
    for (i = 0; i < COUNT(places); i++) {
        empty_folder(places[i]);
        rmdir(places[i]);
    }
    rmdir(root);
    return DONE;
}
