/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 1 */
/* Every struct with a size, shorter, equal and longer. `--list` names them: tests/abi/check compares the
 * names with the headers, so that a new one without a test is red. */
#include "sizes.h"

#include <stdlib.h>

#include "harness.h"

enum { LONGER = 40, AFTER = 64, TOO_LONG = 1 << 20, POISON = 0xee };

static const sized *row;

/* One of `size` octets, of which the caller says that it has `said`; what lies behind it is poison. */
static unsigned char *
make(size_t size, size_t said)
{
    unsigned char *p = malloc(size + AFTER);

    if (p == NULL)
        abort();
    memset(p, POISON, size + AFTER);
    memset(p, 0, size);
    if (row->good != NULL)
        memcpy(p, row->good, size < row->size ? size : row->size);
    memcpy(p, &said, sizeof(said) < size ? sizeof(said) : size);
    return p;
}

static int
is_all(const unsigned char *p, size_t len, int octet)
{
    while (len > 0)
        if (p[--len] != octet)
            return 0;
    return 1;
}

static void
said(const char *what, size_t size, pwwb_status expected, pwwb_status actual)
{
    char where[128];

    (void)snprintf(where, sizeof(where), "%s: %s, %zu octets", row->name, what, size);
    harness_status(where, __LINE__, "use", expected, actual);
}

static void
is_so(const char *what, size_t size, int so)
{
    char where[128];

    (void)snprintf(where, sizeof(where), "%s: %zu octets", row->name, size);
    harness_compare(where, __LINE__, what, so, "true", "false");
}

/* One of a size that is taken. What is behind it is not read, and stays. */
static void
taken(const char *what, size_t size)
{
    unsigned char *p = make(size, size);
    size_t         after;

    said(what, size, row->fits, row->use(p));
    memcpy(&after, p, sizeof(after));
    is_so("its size stays", size, after == size);
    is_so("what lies behind it stays", size, is_all(p + size, AFTER, POISON));
    free(p);
}

static void
refused(const char *what, size_t size, size_t says, size_t at, int octet)
{
    unsigned char *p = make(size, says);

    if (at > 0)
        p[at] = (unsigned char)octet;
    said(what, says, row->misfit, row->use(p));
    is_so("what lies behind it stays", size, is_all(p + size, AFTER, POISON));
    free(p);
}

/* Longer, with something in the part that is unknown here: nothing of it is left. */
static void
filled_to_its_end(void)
{
    size_t         size = row->size + LONGER;
    unsigned char *p    = make(size, size);

    memset(p + row->size, 1, LONGER);
    said("longer, to be filled", size, row->fits, row->use(p));
    is_so("what is unknown here is zero", size, is_all(p + row->size, LONGER, 0));
    free(p);
}

static void
sizes_of(const sized *of)
{
    size_t longer = of->size + LONGER;

    row = of;
    if (of->least == 0) {
        harness_status(of->name, __LINE__, "use", of->fits, of->use(NULL));
        return;
    }
    taken("equal", of->size);
    taken("longer, zero", longer);
    if (of->least < of->size)
        taken("shorter", of->least);
    if (of->is_filled) {
        filled_to_its_end();
    } else {
        refused("longer, its first octet more", longer, longer, of->size, 1);
        refused("longer, its last octet more", longer, longer, longer - 1, 1);
    }
    refused("too short", of->size, of->least - 1, 0, 0);
    refused("nothing but a size", of->size, sizeof(size_t) - 1, 0, 0);
    refused("no size", of->size, 0, 0, 0);
    refused("what is no size", of->size, TOO_LONG, 0, 0);
    refused("the greatest number", of->size, SIZE_MAX, 0, 0);
}

static const sized *const lists[] = {sized_tables, sized_options, sized_results, sized_companions};

/* Each struct is a test of its own. */
static void
run(const sized *of)
{
    for (; of->name != NULL; of++) {
        harness_checks = harness_failures = 0;
        sizes_of(of);
        harness_ran(of->name);
    }
}

/* Controls: one that heeds no size, and one that fills all of what it knows. */
typedef struct control {
    size_t size;
    char   octets[24];
} control;

static pwwb_status
takes_anything(void *theirs)
{
    (void)theirs;
    return PWWB_OK;
}

static pwwb_status
fills_too_far(void *theirs)
{
    memset((char *)theirs + sizeof(size_t), 0, sizeof(control));
    return PWWB_OK;
}

static void
is_found(pwwb_status (*use)(void *))
{
    const sized wrong = {"control", sizeof(control), sizeof(control), 0, PWWB_OK, PWWB_E_ABI, use, NULL};
    int         failures;

    puts("# what follows is a control's:");
    sizes_of(&wrong);
    failures         = harness_failures;
    harness_failures = 0;
    CHECK(failures >= 7);
}

static void
who_heeds_no_size_is_found(void)
{
    is_found(takes_anything);
    is_found(fills_too_far);
}

static void
what_is_needed_is_made(void)
{
    CHECK_INT(0, sizes_begin());
    CHECK_INT(0, sizes_begin_results());
    CHECK_INT(0, sizes_begin_companions());
}

int
main(int argc, char **argv)
{
    const sized *of;
    size_t       i;

    for (i = 0; argc == 2 && strcmp(argv[1], "--list") == 0 && i < sizeof(lists) / sizeof(lists[0]); i++)
        for (of = lists[i]; of->name != NULL; of++)
            puts(of->name);
    if (argc != 1)
        return 0;
    RUN(who_heeds_no_size_is_found);
    RUN(what_is_needed_is_made);
    for (i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
        run(lists[i]);
    sizes_end_companions();
    sizes_end_results();
    sizes_end();
    return DONE;
}
