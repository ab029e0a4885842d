/* SPDX-License-Identifier: Apache-2.0 */
#include "power.h"

#include <stdlib.h>

static sqlite3_mem_methods memory;
static long                asked, starving;
static int                 is_counted;

static int
is_starved(void)
{
    return is_counted && ++asked == starving;
}

static void *
malloc_(int size)
{
    return is_starved() ? NULL : memory.xMalloc(size);
}

static void *
realloc_(void *p, int size)
{
    return is_starved() ? NULL : memory.xRealloc(p, size);
}

/* Every allocation is asked for here: none comes from a store of SQLite's own. */
void
power_count_memory(void)
{
    sqlite3_mem_methods counted;

    if (sqlite3_config(SQLITE_CONFIG_GETMALLOC, &memory) != SQLITE_OK
        || sqlite3_config(SQLITE_CONFIG_LOOKASIDE, 0, 0) != SQLITE_OK
        || sqlite3_config(SQLITE_CONFIG_PAGECACHE, NULL, 0, 0) != SQLITE_OK)
        abort();
    counted          = memory;
    counted.xMalloc  = malloc_;
    counted.xRealloc = realloc_;
    if (sqlite3_config(SQLITE_CONFIG_MALLOC, &counted) != SQLITE_OK)
        abort();
}

void
power_starve(long nth)
{
    asked      = 0;
    starving   = nth;
    is_counted = 1;
}

long
power_feed(void)
{
    is_counted = 0;
    return asked;
}
