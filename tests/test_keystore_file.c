/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 9 */
#include "keystore_file.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>

#include "harness.h"
#include "keystore_octets.h"
#include "octets.h"

static double
seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* The file holds exactly this, and there is nothing in the folder but it and its lock. */
static void
check_stored(uint64_t version, const sealed *expected)
{
    sealed   s;
    uint64_t v = 0;

    CHECK_STATUS(PWWB_OK, load_at("keys", &s, &v, NULL));
    CHECK_INT(version, v);
    CHECK_MEM(expected->octets, SEALED_SIZE, s.octets, SEALED_SIZE);
    CHECK_INT(2, count_files("."));
}

static void
check_refused(pwwb_status status, int code, pwwb_status actual, const pwwb_error *err)
{
    CHECK_STATUS(status, actual);
    CHECK_INT(code == 0 ? PWWB_LAYER_PWWB : PWWB_LAYER_ERRNO, pwwb_error_layer(err));
    CHECK_INT(code, pwwb_error_code(err));
    CHECK(strlen(pwwb_error_message(err)) > 10);
}

static void
check_load(pwwb_status status, int code)
{
    pwwb_error *err = pwwb_error_new();
    sealed      s;
    uint64_t    version;

    check_refused(status, code, load_at("keys", &s, &version, err), err);
    pwwb_error_free(err);
}

static void
check_swap(const char *path, uint64_t expected, pwwb_status status, int code)
{
    pwwb_error *err = pwwb_error_new();
    sealed      s   = sealed_of(expected + 1, 'n');

    check_refused(status, code, swap_at(path, expected, &s, err), err);
    pwwb_error_free(err);
}

static void
versions_are_counted_from_one_and_the_file_is_the_owners_alone(void)
{
    mode_t      mask = umask(0);
    sealed      one = sealed_of(1, 'a'), two = sealed_of(2, 'b');
    struct stat info;

    check_load(PWWB_E_NOT_FOUND, ENOENT);
    CHECK_STATUS(PWWB_OK, swap_at("keys", 0, &one, NULL));
    CHECK_INT(0, stat("keys", &info));
    CHECK_INT(S_IFREG | 0600, info.st_mode);
    CHECK_INT(0, stat("keys.lock", &info));
    CHECK_INT(S_IFREG | 0600, info.st_mode);
    check_stored(1, &one);
    CHECK_STATUS(PWWB_OK, swap_at("./keys", 1, &two, NULL));
    check_stored(2, &two);
    umask(mask);
    empty_folder(".");
}

static void
another_version_than_expected_changes_nothing(void)
{
    static const uint64_t wrong[] = {0, 1, 3, 0xffffffff, UINT64_MAX - 1};
    static const uint64_t unfit[] = {1, 2, 4, UINT64_MAX};
    sealed                one = sealed_of(1, 'a'), two = sealed_of(2, 'b'), s;
    size_t                i;

    check_swap("keys", 1, PWWB_E_CHANGED, 0);
    CHECK_INT(1, count_files(".")); /* the lock */
    CHECK_STATUS(PWWB_OK, swap_at("keys", 0, &one, NULL));
    CHECK_STATUS(PWWB_OK, swap_at("keys", 1, &two, NULL));
    for (i = 0; i < COUNT(wrong); i++)
        check_swap("keys", wrong[i], PWWB_E_CHANGED, 0);
    for (i = 0; i < COUNT(unfit); i++) {
        s = sealed_of(unfit[i], 'x');
        CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, swap_at("keys", 2, &s, NULL));
    }
    check_stored(2, &two);
    empty_folder(".");
}

static void
a_version_of_all_64_bits_is_read_as_it_was_written(void)
{
    static const uint64_t large = UINT64_C(0x0102030405060708);
    sealed                old = sealed_of(large, 'a'), next = sealed_of(large + 1, 'b');

    put_file("keys", old.octets, sizeof(old.octets));
    CHECK_STATUS(PWWB_OK, swap_at("keys", large, &next, NULL));
    check_stored(large + 1, &next);
    empty_folder(".");
}

/* A reader that has the old file open keeps all of it; the name leads to the new one. */
static void
a_file_is_replaced_whole(void)
{
    sealed  one = sealed_of(1, 'a'), two = sealed_of(2, 'b'), read_;
    ssize_t len;
    int     fd;

    CHECK_STATUS(PWWB_OK, swap_at("keys", 0, &one, NULL));
    fd = open("keys", O_RDONLY);
    CHECK_STATUS(PWWB_OK, swap_at("keys", 1, &two, NULL));
    len = read(fd, read_.octets, sizeof(read_.octets));
    close(fd);
    CHECK_MEM(one.octets, SEALED_SIZE, read_.octets, len < 0 ? 0 : (size_t)len);
    check_stored(2, &two);
    empty_folder(".");
}

static void
a_file_that_others_may_use_is_neither_read_nor_replaced(void)
{
    static const mode_t loose[] = {0640, 0620, 0610, 0604, 0602, 0601, 0660, 0666, 0777, 0440};
    static const mode_t tight[] = {0600, 0400, 0700};
    sealed              one     = sealed_of(1, 'a');
    size_t              i;

    CHECK_STATUS(PWWB_OK, swap_at("keys", 0, &one, NULL));
    for (i = 0; i < COUNT(loose); i++) {
        CHECK_INT(0, chmod("keys", loose[i]));
        check_load(PWWB_E_PERMISSION, 0);
        check_swap("keys", 1, PWWB_E_PERMISSION, 0);
    }
    for (i = 0; i < COUNT(tight); i++) {
        CHECK_INT(0, chmod("keys", tight[i]));
        check_stored(1, &one);
    }
    empty_folder(".");
}

/* As root, who alone may give files away; the tests run so. */
static void
a_file_of_another_user_is_neither_read_nor_replaced(void)
{
    sealed one = sealed_of(1, 'a');

    CHECK_STATUS(PWWB_OK, swap_at("keys", 0, &one, NULL));
    CHECK_INT(0, chown("keys", 65534, (gid_t)-1));
    check_load(PWWB_E_PERMISSION, 0);
    check_swap("keys", 1, PWWB_E_PERMISSION, 0);
    CHECK_INT(0, chown("keys", 0, (gid_t)-1));
    check_stored(1, &one);

    CHECK_INT(0, seteuid(65534)); /* may not read it at all */
    check_load(PWWB_E_SYSTEM, EACCES);
    CHECK_INT(0, seteuid(0));
    empty_folder(".");
}

static void
make_socket(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int                fd      = socket(AF_UNIX, SOCK_STREAM, 0);

    memcpy(address.sun_path, path, strlen(path) + 1);
    CHECK_INT(0, bind(fd, (struct sockaddr *)&address, sizeof(address)));
    close(fd);
}

/* Opening a pipe would wait for its other end: the alarm would end this program. */
static void
what_is_no_file_is_refused_at_once(void)
{
    sealed one = sealed_of(1, 'a'), real;
    int    fd;

    put_file("real", one.octets, sizeof(one.octets));
    alarm(10);
    CHECK_INT(0, symlink("real", "keys"));
    check_load(PWWB_E_SYSTEM, ELOOP);
    check_swap("keys", 1, PWWB_E_SYSTEM, ELOOP);
    unlink("keys");
    CHECK_INT(0, mkfifo("keys", 0600));
    check_load(PWWB_E_MALFORMED, 0);
    check_swap("keys", 1, PWWB_E_MALFORMED, 0);
    unlink("keys");
    CHECK_INT(0, mkdir("keys", 0700));
    check_load(PWWB_E_MALFORMED, 0);
    check_swap("keys", 0, PWWB_E_MALFORMED, 0);
    rmdir("keys");
    make_socket("keys");
    check_load(PWWB_E_SYSTEM, ENXIO);
    unlink("keys");
    alarm(0);

    fd = open("real", O_RDONLY);
    CHECK_INT(SEALED_SIZE, read(fd, real.octets, sizeof(real.octets)));
    CHECK_MEM(one.octets, SEALED_SIZE, real.octets, SEALED_SIZE);
    close(fd);
    empty_folder(".");
}

static void
a_file_that_is_empty_cut_or_too_large_is_malformed_and_stays(void)
{
    static const uint8_t large[PWWB_KEYRING_MAX + 1] = "PWWBKEY1\x01";
    sealed               one                         = sealed_of(1, 'a');
    struct stat          info;

    put_file("keys", "", 0);
    check_load(PWWB_E_MALFORMED, 0);
    check_swap("keys", 0, PWWB_E_MALFORMED, 0);
    put_file("keys", one.octets, 67);
    check_load(PWWB_E_MALFORMED, 0);
    check_swap("keys", 1, PWWB_E_MALFORMED, 0);
    put_file("keys", large, sizeof(large));
    check_load(PWWB_E_TOO_LARGE, 0);
    check_swap("keys", 0, PWWB_E_TOO_LARGE, 0);
    CHECK_INT(0, stat("keys", &info));
    CHECK_INT(sizeof(large), info.st_size);
    empty_folder(".");
}

/* What stands where the temporary file and the lock go is never written through. */
static void
links_in_the_way_lead_nowhere(void)
{
    sealed one = sealed_of(1, 'a'), two = sealed_of(2, 'b');
    sealed three = sealed_of(3, 'c'), four = sealed_of(4, 'd');
    char   bait[5] = "";
    int    fd;

    put_file("bait", "bait", 4);
    CHECK_STATUS(PWWB_OK, swap_at("keys", 0, &one, NULL));
    CHECK_INT(0, symlink("bait", "keys.new"));
    CHECK_STATUS(PWWB_OK, swap_at("keys", 1, &two, NULL));
    fd = open("bait", O_RDONLY);
    CHECK_INT(4, read(fd, bait, 4));
    CHECK_STR("bait", bait);
    close(fd);
    unlink("bait");
    check_stored(2, &two);

    put_file("keys.new", "left by a process that was killed", 33);
    CHECK_INT(0, chmod("keys.new", 0666));
    CHECK_STATUS(PWWB_OK, swap_at("keys", 2, &three, NULL));
    check_stored(3, &three);
    CHECK_INT(0, mkfifo("keys.new", 0666));
    CHECK_STATUS(PWWB_OK, swap_at("keys", 3, &four, NULL));
    check_stored(4, &four);

    CHECK_INT(0, mkdir("keys.new", 0700));
    check_swap("keys", 4, PWWB_E_SYSTEM, EISDIR);
    rmdir("keys.new");
    unlink("keys.lock");
    CHECK_INT(0, symlink("nowhere", "keys.lock"));
    check_swap("keys", 4, PWWB_E_SYSTEM, ELOOP);
    check_stored(4, &four);
    empty_folder(".");
}

/* A limit on the size of files fails as a full disk does: some octets are written, the rest not. */
static void
a_limit_on_file_sizes_leaves_the_old_file(void)
{
    struct rlimit limit, small;
    sealed        one = sealed_of(1, 'a');

    CHECK_STATUS(PWWB_OK, swap_at("keys", 0, &one, NULL));
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &limit);
    small          = limit;
    small.rlim_cur = 100;
    setrlimit(RLIMIT_FSIZE, &small);
    check_swap("keys", 1, PWWB_E_SYSTEM, EFBIG);
    setrlimit(RLIMIT_FSIZE, &limit);
    check_stored(1, &one);
    empty_folder(".");
}

static void
a_folder_that_cannot_be_written_is_told(void)
{
    sealed one = sealed_of(1, 'a'), two = sealed_of(2, 'b');

    check_swap("missing/keys", 0, PWWB_E_SYSTEM, ENOENT);
    put_file("file", "", 0);
    check_swap("file/keys", 0, PWWB_E_SYSTEM, ENOTDIR);
    unlink("file");

    CHECK_INT(0, mkdir("folder", 0500));
    CHECK_INT(0, seteuid(65534)); /* root may write anywhere */
    check_swap("folder/keys", 0, PWWB_E_READ_ONLY, EACCES);
    CHECK_INT(0, seteuid(0));
    CHECK_INT(0, chown("folder", 65534, (gid_t)-1));
    CHECK_INT(0, chmod("folder", 0700));
    CHECK_INT(0, seteuid(65534));
    CHECK_STATUS(PWWB_OK, swap_at("folder/keys", 0, &one, NULL));
    CHECK_INT(0, chmod("folder", 0500));
    check_swap("folder/keys", 1, PWWB_E_READ_ONLY, EACCES);
    CHECK_INT(0, chmod("folder", 0700));
    CHECK_STATUS(PWWB_OK, swap_at("folder/keys", 1, &two, NULL));
    CHECK_INT(2, count_files("folder"));
    CHECK_INT(0, seteuid(0));
    empty_folder("folder");
    rmdir("folder");
}

/* In a file system of its own: a full one, and one that was made read-only. */
static void
check_small_disk(void)
{
    sealed         one = sealed_of(1, 'a'), two = sealed_of(2, 'b');
    static uint8_t filler[1 << 16];
    int            fd;

    CHECK_STATUS(PWWB_OK, swap_at("keys", 0, &one, NULL));
    fd = open("filler", O_WRONLY | O_CREAT, 0600);
    while (write(fd, filler, sizeof(filler)) > 0)
        continue;
    CHECK_INT(ENOSPC, errno);
    check_swap("keys", 1, PWWB_E_NO_SPACE, ENOSPC);
    CHECK_INT(3, count_files("."));
    close(fd);
    unlink("filler");
    check_stored(1, &one);

    CHECK_INT(0, mount("none", ".", "none", MS_REMOUNT | MS_RDONLY, NULL));
    check_swap("keys", 1, PWWB_E_READ_ONLY, EROFS);
    check_stored(1, &one);
    CHECK_INT(0, mount("none", ".", "none", MS_REMOUNT, NULL));
    CHECK_STATUS(PWWB_OK, swap_at("keys", 1, &two, NULL));
    check_stored(2, &two);
}

/* In a child, whose mounts nobody else sees; it counts on, and says how many checks failed. */
static void
a_disk_that_is_full_or_read_only_leaves_the_old_file(void)
{
    int   status = 0;
    pid_t child;

    fflush(stdout);
    child = fork();
    if (child == 0) {
        CHECK_INT(0, unshare(CLONE_NEWNS));
        (void)mount("none", "/", "none", MS_REC | MS_PRIVATE, NULL); /* not where / is a chroot's */
        CHECK_INT(0, mkdir("disk", 0700));
        CHECK_INT(0, mount("small", "disk", "tmpfs", 0, "size=64k"));
        if (harness_failures == 0 && chdir("disk") == 0)
            check_small_disk();
        CHECK_INT(0, chdir(".."));
        CHECK_INT(0, umount2("disk", MNT_DETACH));
        fflush(stdout);
        _exit(harness_failures == 0 ? 0 : 1);
    }
    CHECK_INT(child, waitpid(child, &status, 0));
    CHECK_INT(0, status);
    rmdir("disk");
}

enum { SWAPS = 200 };

/* Octets 100 and 104 count what each of two did. */
static void
count_up(size_t mine)
{
    int done;

    for (done = 0; done < SWAPS;) {
        sealed      s, next;
        uint64_t    version = 0;
        uint32_t    count;
        pwwb_status st = load_at("keys", &s, &version, NULL);

        if (st != PWWB_OK && st != PWWB_E_NOT_FOUND)
            _exit(2);
        next = sealed_of(version + 1, 0);
        memcpy(next.octets + 100, s.octets + 100, 8);
        memcpy(&count, next.octets + 100 + 4 * mine, 4);
        count++;
        memcpy(next.octets + 100 + 4 * mine, &count, 4);
        st = swap_at("keys", version, &next, NULL);
        if (st != PWWB_OK && st != PWWB_E_CHANGED)
            _exit(3);
        done += st == PWWB_OK;
    }
    _exit(0);
}

static void
of_two_processes_swapping_no_update_is_lost(void)
{
    sealed   s;
    uint64_t version = 0;
    uint32_t counts[2];
    pid_t    children[2];
    int      status, i;

    for (i = 0; i < 2; i++) {
        children[i] = fork();
        if (children[i] == 0)
            count_up((size_t)i);
    }
    for (i = 0; i < 2; i++) {
        CHECK_INT(children[i], waitpid(children[i], &status, 0));
        CHECK_INT(0, status);
    }
    CHECK_STATUS(PWWB_OK, load_at("keys", &s, &version, NULL));
    memcpy(counts, s.octets + 100, sizeof(counts));
    CHECK_INT(2 * SWAPS, version);
    CHECK_INT(SWAPS, counts[0]);
    CHECK_INT(SWAPS, counts[1]);
    CHECK_INT(2, count_files("."));
    empty_folder(".");
}

/* A child that has locked the lock, and sleeps. */
static pid_t
holder(void)
{
    char  octet;
    int   ready[2];
    pid_t child;

    CHECK_INT(0, pipe(ready));
    child = fork();
    if (child == 0) {
        int fd = open("keys.lock", O_RDWR);

        if (fd < 0 || flock(fd, LOCK_EX) != 0 || write(ready[1], "", 1) != 1)
            _exit(1);
        for (;;)
            pause();
    }
    CHECK_INT(1, read(ready[0], &octet, 1));
    close(ready[0]);
    close(ready[1]);
    return child;
}

static void
a_lock_is_waited_for_five_seconds_and_ends_with_its_process(void)
{
    sealed one = sealed_of(1, 'a'), two = sealed_of(2, 'b');
    double begin;
    pid_t  child;

    CHECK_STATUS(PWWB_OK, swap_at("keys", 0, &one, NULL));
    child = holder();
    check_stored(1, &one); /* a reader needs no lock */
    begin = seconds();
    check_swap("keys", 1, PWWB_E_TIMEOUT, 0);
    CHECK(seconds() - begin >= 4.9);
    CHECK(seconds() - begin < 7);
    check_stored(1, &one);

    kill(child, SIGKILL);
    CHECK_STATUS(PWWB_OK, swap_at("keys", 1, &two, NULL));
    waitpid(child, NULL, 0);
    check_stored(2, &two);
    empty_folder(".");
}

static void
a_path_must_name_a_file(void)
{
    static const char *const wrong[] = {NULL, "", "/", "folder/"};
    static char              long_[5000];
    void                    *ctx = NULL;
    size_t                   i;

    for (i = 0; i < COUNT(wrong); i++)
        CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, wb_keystore_file_new(wrong[i], &ctx, NULL));
    memset(long_, 'a', sizeof(long_) - 1);
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, wb_keystore_file_new(long_, &ctx, NULL));
    CHECK(ctx == NULL);
}

int
main(void)
{
    char folder[] = "/tmp/pwwb-keystore-XXXXXX";

    if (mkdtemp(folder) == NULL || chmod(folder, 0755) != 0 || chdir(folder) != 0)
        return 1;

    RUN(versions_are_counted_from_one_and_the_file_is_the_owners_alone);
    RUN(another_version_than_expected_changes_nothing);
    RUN(a_version_of_all_64_bits_is_read_as_it_was_written);
    RUN(a_file_is_replaced_whole);
    RUN(a_file_that_others_may_use_is_neither_read_nor_replaced);
    RUN(a_file_of_another_user_is_neither_read_nor_replaced);
    RUN(what_is_no_file_is_refused_at_once);
    RUN(a_file_that_is_empty_cut_or_too_large_is_malformed_and_stays);
    RUN(links_in_the_way_lead_nowhere);
    RUN(a_limit_on_file_sizes_leaves_the_old_file);
    RUN(a_folder_that_cannot_be_written_is_told);
    RUN(a_disk_that_is_full_or_read_only_leaves_the_old_file);
    RUN(of_two_processes_swapping_no_update_is_lost);
    RUN(a_lock_is_waited_for_five_seconds_and_ends_with_its_process);
    RUN(a_path_must_name_a_file);
    rmdir(folder);
    return DONE;
}
