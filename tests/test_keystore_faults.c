/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 9 */
#include "keystore_file.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>

#include "disk.h"
#include "faults.h"
#include "harness.h"
#include "keystore_octets.h"
#include "octets.h"

static int code_now;

static int
fail_now(void)
{
    return code_now;
}

static int
die_now(void)
{
    (void)raise(SIGKILL);
    return 0;
}

static void
start_with(uint64_t version)
{
    sealed s = sealed_of(version, (uint8_t)('a' + version));

    empty_folder(".");
    put_file("keys", s.octets, sizeof(s.octets));
}

/* The version that is there, whole; 0 when it is neither this one nor the next. */
static uint64_t
stored(uint64_t version)
{
    sealed   s, expected;
    uint64_t v = 0;

    if (load_at("keys", &s, &v, NULL) != PWWB_OK || (v != version && v != version + 1))
        return 0;
    expected = sealed_of(v, (uint8_t)('a' + v));
    return memcmp(expected.octets, s.octets, sizeof(s.octets)) == 0 ? v : 0;
}

static pwwb_status
next_after(uint64_t version, pwwb_error *err)
{
    sealed s = sealed_of(version + 1, (uint8_t)('a' + version + 1));

    return swap_at("keys", version, &s, err);
}

static long
calls_of_a_swap(void)
{
    start_with(1);
    disk_at(0, NULL);
    CHECK_STATUS(PWWB_OK, next_after(1, NULL));
    return disk_calls();
}

static int
lowest_descriptor(void)
{
    int fd = dup(0);

    close(fd);
    return fd;
}

/* What comes of a call for writing; where the key file is only read, it always is PWWB_E_SYSTEM. */
static const struct {
    int         code;
    pwwb_status status;
} known[] = {
    {EIO, PWWB_E_SYSTEM},      {EMFILE, PWWB_E_SYSTEM},    {ENOSPC, PWWB_E_NO_SPACE},
    {EDQUOT, PWWB_E_NO_SPACE}, {EROFS, PWWB_E_READ_ONLY},  {EACCES, PWWB_E_READ_ONLY},
    {EPERM, PWWB_E_READ_ONLY},
};

/* Once each call fails, once for each errno. Only when the folder could not be synchronised the new
 * file may stand there, and that is told. */
static void
any_call_that_fails_leaves_the_old_file_and_says_why(void)
{
    pwwb_error *err   = pwwb_error_new();
    long        count = calls_of_a_swap(), nth, harmless = 0, stored_all_the_same = 0, as_known = 0;
    int         lowest = lowest_descriptor();
    size_t      i;

    for (i = 0; i < COUNT(known); i++) {
        for (nth = 1; nth <= count; nth++) {
            pwwb_status st;

            start_with(1);
            code_now = known[i].code;
            disk_at(nth, fail_now);
            st = next_after(1, err);
            (void)disk_calls();
            CHECK_INT(lowest, lowest_descriptor());
            CHECK_INT(2, count_files(".") + (access("keys.lock", F_OK) != 0));
            if (st == PWWB_OK) {
                harmless++;
                CHECK_INT(2, stored(1));
                continue;
            }
            CHECK_INT(known[i].code, pwwb_error_code(err));
            if (stored(1) == 2) {
                stored_all_the_same++;
                CHECK_STATUS(PWWB_E_SYSTEM, st);
                CHECK(strstr(pwwb_error_message(err), "is stored, but") != NULL);
                continue;
            }
            CHECK_INT(1, stored(1));
            CHECK(st == known[i].status || st == PWWB_E_SYSTEM);
            as_known += st == known[i].status;
            CHECK_STATUS(PWWB_OK, next_after(1, NULL));
        }
    }
    printf("# %ld calls in a swap, each failed with %zu numbers; %ld did not matter\n", count,
           COUNT(known), harmless);
    CHECK_INT(COUNT(known), stored_all_the_same);
    CHECK(as_known >= 8 * (long)COUNT(known));
    /* The old file's close, the folder's and the lock's, and its unlocking. */
    CHECK_INT(4 * COUNT(known), harmless);
    CHECK(count >= 14);
    pwwb_error_free(err);
    empty_folder(".");
}

static void
a_file_that_cannot_be_read_is_told(void)
{
    pwwb_error *err = pwwb_error_new();
    sealed      s;
    uint64_t    version;
    long        nth;

    start_with(1);
    code_now = EIO;
    for (nth = 1; nth <= 2; nth++) { /* open, read */
        disk_at(nth, fail_now);
        CHECK_STATUS(PWWB_E_SYSTEM, load_at("keys", &s, &version, err));
        (void)disk_calls();
        CHECK_INT(EIO, pwwb_error_code(err));
    }
    code_now = EINTR;
    disk_at(2, fail_now);
    CHECK_STATUS(PWWB_OK, load_at("keys", &s, &version, err));
    (void)disk_calls();
    pwwb_error_free(err);
    empty_folder(".");
}

/* Locking, reading and writing go on; the rest is not interrupted on a disk, and may say so. */
static void
a_call_that_is_interrupted_is_made_again(void)
{
    long count = calls_of_a_swap(), nth, done = 0;

    code_now = EINTR;
    for (nth = 1; nth <= count; nth++) {
        pwwb_status st;

        start_with(1);
        disk_at(nth, fail_now);
        st = next_after(1, NULL);
        (void)disk_calls();
        done += st == PWWB_OK;
        CHECK_INT(st == PWWB_OK || nth == count - 3 ? 2 : 1, stored(1)); /* the folder's fsync */
    }
    CHECK(done >= 4 + 4);
    empty_folder(".");
}

static void
octets_that_go_in_small_pieces_all_arrive(void)
{
    start_with(1);
    disk_short(7);
    CHECK_STATUS(PWWB_OK, next_after(1, NULL));
    disk_short(0);
    CHECK_INT(2, stored(1));
    empty_folder(".");
}

/* Killed before each of its calls, and the next one goes on. */
static void
a_process_killed_anywhere_harms_nothing_and_leaves_nothing_growing(void)
{
    long count = calls_of_a_swap(), nth, old = 0;

    start_with(1);
    for (nth = 1; nth <= count; nth++) {
        int      status = 0;
        uint64_t version;
        pid_t    child = fork();

        if (child == 0) {
            disk_at(nth, die_now);
            (void)next_after(1, NULL);
            _exit(0);
        }
        CHECK_INT(child, waitpid(child, &status, 0));
        CHECK(WIFSIGNALED(status));
        CHECK(count_files(".") <= 3);
        version = stored(1);
        CHECK(version != 0);
        old += version == 1;
        CHECK_STATUS(PWWB_OK, next_after(version, NULL));
        CHECK_INT(2, count_files("."));
        start_with(1);
    }
    CHECK(old >= 8 && old < count);
    empty_folder(".");
}

static pid_t forked;

static int
fork_now(void)
{
    forked = fork();
    if (forked == 0)
        for (;;)
            pause();
    return 0;
}

/* It has the lock's open file, too, and lives on. */
static void
a_child_forked_in_the_middle_of_a_swap_does_not_keep_the_lock(void)
{
    start_with(1);
    disk_at(8, fork_now);
    CHECK_STATUS(PWWB_OK, next_after(1, NULL));
    (void)disk_calls();
    CHECK(forked > 0);
    CHECK_STATUS(PWWB_OK, next_after(2, NULL));
    kill(forked, SIGKILL);
    waitpid(forked, NULL, 0);
    CHECK_INT(3, stored(2));
    empty_folder(".");
}

static pwwb_status
swap_with_little_memory(void)
{
    uint8_t     buf[PWWB_KEYRING_MAX];
    sealed      s   = sealed_of(2, 'c');
    void       *ctx = NULL;
    uint64_t    version;
    size_t      len;
    pwwb_status st = wb_keystore_file_new("keys", &ctx, NULL);

    if (st != PWWB_OK)
        return st;
    st = wb_keystore_file.load(ctx, buf, sizeof(buf), &len, &version, NULL);
    if (st == PWWB_OK)
        st = wb_keystore_file.swap(ctx, 1, s.octets, sizeof(s.octets), NULL);
    wb_keystore_file.destroy(ctx);
    return st;
}

static void
running_out_of_memory_anywhere_is_survived(void)
{
    long nth, count;

    start_with(1);
    faults_count();
    CHECK_STATUS(PWWB_OK, swap_with_little_memory());
    count = faults_stop();
    CHECK(count >= 5);
    for (nth = 1; nth <= count; nth++) {
        pwwb_status st;

        start_with(1);
        faults_fail(nth);
        st = swap_with_little_memory();
        faults_stop();
        CHECK_STATUS(PWWB_E_NO_MEMORY, st);
        CHECK_INT(1, stored(1));
    }
    empty_folder(".");
}

int
main(void)
{
    char folder[] = "/tmp/pwwb-faults-XXXXXX";

    if (mkdtemp(folder) == NULL || chdir(folder) != 0)
        return 1;

    RUN(any_call_that_fails_leaves_the_old_file_and_says_why);
    RUN(a_file_that_cannot_be_read_is_told);
    RUN(a_call_that_is_interrupted_is_made_again);
    RUN(octets_that_go_in_small_pieces_all_arrive);
    RUN(a_process_killed_anywhere_harms_nothing_and_leaves_nothing_growing);
    RUN(a_child_forked_in_the_middle_of_a_swap_does_not_keep_the_lock);
    RUN(running_out_of_memory_anywhere_is_survived);
    rmdir(folder);
    return DONE;
}
