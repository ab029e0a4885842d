/* SPDX-License-Identifier: Apache-2.0 */
/* A fuzz target as a test, without libFuzzer: every file of its corpus, or of the folder named.
 * The file that a crash comes from is the last one printed. */
#include <dirent.h>
#include <limits.h>

#include "fuzz.h"
#include "harness.h"
#include "octets.h"

#define FILE_MAX 8192

static const char *folder;

/* Named by the first half of its SHA-256, so that no file is there twice or changed by hand. */
static void
check_name(const char *name, const uint8_t *data, size_t len)
{
    uint8_t hash[WB_SHA256_SIZE];
    char    hex[17];

    wb_sha256(data, len, hash);
    CHECK_STR(sodium_bin2hex(hex, sizeof(hex), hash, 8), name);
}

static void
replay(const char *name)
{
    uint8_t  data[FILE_MAX];
    char     path[PATH_MAX];
    FILE    *f;
    uint8_t *guarded;
    size_t   len;

    (void)snprintf(path, sizeof(path), "%s/%s", folder, name);
    f = fopen(path, "rb");
    CHECK(f != NULL);
    if (f == NULL)
        return;

    len = fread(data, 1, sizeof(data), f);
    CHECK(feof(f) && !ferror(f));
    (void)fclose(f);
    check_name(name, data, len);
    printf("# %s, %zu octets\n", name, len);
    (void)fflush(stdout);
    guarded = octets_guarded(data, len);
    CHECK_INT(0, LLVMFuzzerTestOneInput(guarded, len));
    sodium_free(guarded);
}

static int
is_file(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static void
every_file_of_the_corpus_is_replayed(void)
{
    struct dirent **found;
    int             count = scandir(folder, &found, is_file, alphasort);
    int             i;

    CHECK(count > 0);
    for (i = 0; i < count; i++) {
        replay(found[i]->d_name);
        free(found[i]);
    }
    if (count >= 0)
        free(found);
    printf("# %d files replayed\n", count);
}

int
main(int argc, char **argv)
{
    folder = argc > 1 ? argv[1] : FUZZ_CORPUS;
    if (sodium_init() < 0)
        return 1;

    RUN(every_file_of_the_corpus_is_replayed);
    return DONE;
}
