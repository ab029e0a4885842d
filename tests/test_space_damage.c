/* SPDX-License-Identifier: Apache-2.0 */
/* A space whose file is damaged: it is refused, or a lookup says so, or finds what was true, or nothing. Never
 * somebody else's account. */
/* rows: 12 */
#include "space_world.h"

#define PEOPLE    12
#define SIZE      400000
#define PAGE      4096

static uint8_t  whole[SIZE], broken[SIZE];
static size_t   len;
static uint32_t random_ = 5;

static uint32_t
random_below(uint32_t n)
{
    random_ = random_ * 1664525u + 1013904223u;
    return (random_ >> 8) % n;
}

/* Of one kind for one person: no octet of it is another person's at the same place. */
static const uint8_t *
id_of(uint8_t kind, uint8_t person, uint8_t out[PWWB_ID_SIZE])
{
    memset(out, (person + 1) * 17, PWWB_ID_SIZE);
    out[0] ^= kind;
    return out;
}

static void
make_people(void)
{
    uint8_t  a[PWWB_ID_SIZE], b[PWWB_ID_SIZE];
    sqlite3 *db;
    ssize_t  n;
    uint8_t  i;
    int      fd;

    pwwb_space_free(fresh_space());
    db = open_raw();
    for (i = 0; i < PEOPLE; i++) {
        put_cloud(db, id_of(1, i, a), id_of(2, i, b), i + 1);
        put_link(db, i + 1, i % 2 ? "F1" : "F2", id_of(3, i, a), "User Join");
        put_link(db, i + 1, i % 2 ? "F1" : "F2", a, "User AccountEnabled");
    }
    run_raw(db, "PRAGMA wal_checkpoint(TRUNCATE)");
    sqlite3_close(db);
    fd = open(path, O_RDONLY);
    n  = read(fd, whole, sizeof(whole));
    close(fd);
    CHECK(n > 10 * PAGE && (size_t)n < sizeof(whole));
    len = (size_t)n;
}

typedef struct outcome {
    long refused; /* when it was opened */
    long told;    /* lookups that said that it is damaged */
    long right;
    long none;    /* no account */
    long odd;     /* an id that is nobody's */
    long others;  /* somebody else's account */
    long strange; /* another failure */
} outcome;

/* Whose account that is; -1 = nobody's. */
static int
owner_of(const uint8_t *guid)
{
    uint8_t id[PWWB_ID_SIZE];
    uint8_t i;

    for (i = 0; i < PEOPLE; i++)
        if (memcmp(id_of(3, i, id), guid, PWWB_ID_SIZE) == 0)
            return i;
    return -1;
}

static void
look_up(pwwb_anchors *store, uint8_t person, int32_t kind, outcome *out)
{
    pwwb_anchor anchor = {.kind = kind};
    pwwb_found  found  = {.size = sizeof(found)};
    pwwb_status st;
    int         owner;

    (void)id_of(kind == PWWB_ANCHOR_CLOUD ? 1 : 2, person, anchor.guid);
    st    = pwwb_anchors_find(store, &anchor, 0, &found, NULL);
    owner = owner_of(found.guid);
    if (st == PWWB_E_MALFORMED)
        out->told++;
    else if (st != PWWB_OK)
        out->strange++;
    else if (found.code != PWWB_CODE_OK)
        out->none++;
    else if (owner == person)
        out->right++;
    else if (owner < 0)
        out->odd++;
    else
        out->others++;
}

/* What becomes of that many octets of broken[]. */
static void
try(size_t size, outcome *out)
{
    pwwb_anchors *store;
    pwwb_status   st;
    uint8_t       i;

    empty_folder(root);
    put_file(path, broken, size);
    st = pwwb_anchors_new_sqlite(path, &store, NULL);
    if (st == PWWB_E_MALFORMED || st == PWWB_E_NOT_SUPPORTED || st == PWWB_E_NOT_FOUND)
        out->refused++;
    else if (st != PWWB_OK)
        out->strange++;
    for (i = 0; i < PEOPLE && st == PWWB_OK; i++) {
        look_up(store, i, PWWB_ANCHOR_CLOUD, out);
        look_up(store, i, PWWB_ANCHOR_SOURCE, out);
    }
    pwwb_anchors_free(store);
}

static void
report(const char *how, const outcome *out)
{
    printf("# %s: %ld refused; of the lookups %ld told it, %ld right, %ld nobody, %ld nobody's id\n", how,
           out->refused, out->told, out->right, out->none, out->odd);
    CHECK_INT(0, out->others);
    CHECK_INT(0, out->strange);
}

static void
undamaged_everybody_is_found(void)
{
    outcome out = {0};

    make_people();
    memcpy(broken, whole, len);
    try(len, &out);
    CHECK_INT(2 * PEOPLE, out.right);
}

/* Each octet that is not zero, changed at random. */
static void
one_octet_leads_to_nobody_elses_account(void)
{
    outcome out = {0};
    size_t  at, count = 0;

    make_people();
    memcpy(broken, whole, len);
    for (at = 0; at < len; at++) {
        if (whole[at] == 0)
            continue;
        broken[at] ^= (uint8_t)(1 + random_below(255));
        try(len, &out);
        broken[at] = whole[at];
        count++;
    }
    printf("# %zu octets of %zu\n", count, len);
    report("one octet", &out);
    CHECK(count > 2000 && out.refused > 100 && out.told > 1000 && out.right > out.told);
}

static void
a_part_that_is_overwritten_leads_to_nobody_elses_account(void)
{
    outcome out = {0};
    size_t  i, k, at;

    make_people();
    for (i = 0; i < 600; i++) {
        memcpy(broken, whole, len);
        at = random_below((uint32_t)len - 64);
        for (k = 0; k < 64; k++)
            broken[at + k] = (uint8_t)random_below(256);
        try(len, &out);
    }
    report("64 octets", &out);
    CHECK(out.told > 50 && out.right > 1000);
}

static void
a_file_that_was_cut_is_refused(void)
{
    outcome out = {0};
    size_t  size, count = 0;

    make_people();
    memcpy(broken, whole, len);
    for (size = 0; size <= len - PAGE; size += size < PAGE ? 512 : 2048) {
        try(size, &out);
        count++;
    }
    CHECK_INT(count, out.refused);
    for (; size < len; size += 512) /* within its last page */
        try(size, &out);
    report("cut", &out);
}

/* What stands in an index and not in its table, or the other way round, is told. */
static void
an_index_that_leads_elsewhere_is_told(void)
{
    static const char *const columns[] = {"cloud_guid", "metaverse"};
    size_t                   i;

    for (i = 0; i < 2; i++) {
        outcome  out = {0};
        sqlite3 *db;
        ssize_t  n;
        int      fd;

        make_people();
        db = open_raw();
        run_raw(db, "PRAGMA writable_schema = 1; CREATE TABLE pwwb_kept AS SELECT * FROM sqlite_schema "
                    "WHERE tbl_name = 'pwwb_cloud' AND type = 'index'; DELETE FROM sqlite_schema WHERE "
                    "tbl_name = 'pwwb_cloud' AND type = 'index'");
        sqlite3_close(db);
        db = open_raw();
        run_raw(db, "CREATE TEMP TABLE t AS SELECT id, %s AS v FROM pwwb_cloud; UPDATE pwwb_cloud SET %s = "
                    "(SELECT v FROM t WHERE t.id = pwwb_cloud.id %% %d + 1); PRAGMA writable_schema = 1; "
                    "INSERT INTO sqlite_schema SELECT * FROM pwwb_kept; PRAGMA wal_checkpoint(TRUNCATE)",
                columns[i], columns[i], PEOPLE);
        sqlite3_close(db);
        fd = open(path, O_RDONLY);
        n  = read(fd, broken, sizeof(broken));
        close(fd);
        try((size_t)n, &out);
        CHECK_INT(i == 0 ? PEOPLE : 2 * PEOPLE, out.told);
        CHECK_INT(i == 0 ? PEOPLE : 0, out.right);
        report(columns[i], &out);
    }
}

int
main(void)
{
    if (!world_begin("/tmp"))
        return 1;

    RUN(undamaged_everybody_is_found);
    RUN(one_octet_leads_to_nobody_elses_account);
    RUN(a_part_that_is_overwritten_leads_to_nobody_elses_account);
    RUN(a_file_that_was_cut_is_refused);
    RUN(an_index_that_leads_elsewhere_is_told);
    world_end();
    return DONE;
}
