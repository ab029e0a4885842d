/* SPDX-License-Identifier: Apache-2.0 */
#include "crash.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "folder.h"

enum { INODES = 64, PENDING = 12, NAMES = 8 };

/* How the octets that were not synchronised may be found. */
enum lost { LOST_NONE, LOST_ALL, LOST_HALF, LOST_OTHERS, LOST_COUNT };

typedef struct content {
    size_t  len;
    uint8_t octets[DISK_DATA_MAX];
} content;

typedef struct inode {
    content now;
    content safe; /* as it was last synchronised */
    int     is_safe;
} inode;

typedef struct entry {
    char name[DISK_NAME];
    int  inode; /* 0 = nothing */
} entry;

typedef struct folder {
    int   count;
    entry entries[NAMES];
} folder;

typedef struct disk {
    inode      inodes[INODES];
    folder     safe;
    size_t     pending_count;
    disk_event pending[PENDING];
    uint64_t   told;
    uint64_t   begun;
} disk;

static disk disk_;

static entry *
entry_of(folder *f, const char *name)
{
    int i;

    for (i = 0; i < f->count; i++)
        if (strcmp(f->entries[i].name, name) == 0)
            return &f->entries[i];
    if (f->count == NAMES)
        abort();
    (void)snprintf(f->entries[f->count].name, DISK_NAME, "%s", name);
    f->entries[f->count].inode = 0;
    return &f->entries[f->count++];
}

static void
change(folder *f, const disk_event *e)
{
    entry_of(f, e->kind == DISK_RENAME ? e->to : e->name)->inode = e->inode;
    if (e->kind == DISK_RENAME)
        entry_of(f, e->name)->inode = 0;
}

static void
sync_folder(disk *d)
{
    size_t i;

    for (i = 0; i < d->pending_count; i++)
        change(&d->safe, &d->pending[i]);
    d->pending_count = 0;
}

static void
write_to(content *c, const disk_event *e)
{
    if (e->at + e->len > sizeof(c->octets))
        abort();
    memcpy(c->octets + e->at, e->data, e->len);
    if (c->len < e->at + e->len)
        c->len = e->at + e->len;
}

static void
apply(disk *d, const disk_event *e)
{
    inode *in = &d->inodes[e->inode];

    if (e->inode >= INODES)
        abort();
    switch (e->kind) {
    case DISK_CREATE:
    case DISK_RENAME:
    case DISK_UNLINK:
        if (d->pending_count == PENDING)
            abort();
        d->pending[d->pending_count++] = *e;
        in->is_safe                    = in->is_safe || e->kind == DISK_CREATE; /* it is empty */
        break;
    case DISK_TRUNCATE:
        in->now.len = e->len;
        in->is_safe = 0;
        break;
    case DISK_WRITE:
        write_to(&in->now, e);
        in->is_safe = 0;
        break;
    case DISK_SYNC:
        in->safe    = in->now;
        in->is_safe = 1;
        break;
    case DISK_SYNC_FOLDER:
        sync_folder(d);
        break;
    case DISK_BEGIN:
        d->begun = e->version;
        break;
    case DISK_END:
        d->told = e->version;
        break;
    }
}

static content
found(const inode *in, enum lost lost)
{
    content c = in->now;
    size_t  i;

    if (in->is_safe || lost == LOST_NONE)
        return c;
    if (lost == LOST_ALL)
        return in->safe;
    if (lost == LOST_HALF)
        c.len /= 2;
    for (i = 0; lost == LOST_OTHERS && i < c.len; i++)
        c.octets[i] = (uint8_t)(i * 7);
    return c;
}

static void
build(const disk *d, const folder *f, enum lost lost, const char *place)
{
    int i;

    empty_folder(place);
    for (i = 0; i < f->count; i++) {
        char    path[256];
        content c;

        if (f->entries[i].inode == 0)
            continue;
        c = found(&d->inodes[f->entries[i].inode], lost);
        (void)snprintf(path, sizeof(path), "%s/%s", place, f->entries[i].name);
        put_file(path, c.octets, c.len);
    }
}

static int
has_lost_nothing(const disk *d, const folder *f)
{
    int i;

    for (i = 0; i < f->count; i++)
        if (f->entries[i].inode != 0 && !d->inodes[f->entries[i].inode].is_safe)
            return 0;
    return 1;
}

static const char *
wrong_in_any_variant(const disk *d, crash *c)
{
    unsigned long subset;
    size_t        i;
    int           lost;

    for (subset = 0; subset < 1ul << d->pending_count; subset++) {
        folder f = d->safe;

        for (i = 0; i < d->pending_count; i++)
            if ((subset >> i & 1) != 0)
                change(&f, &d->pending[i]);
        for (lost = 0; lost < (has_lost_nothing(d, &f) ? 1 : LOST_COUNT); lost++) {
            const char *what;

            build(d, &f, (enum lost)lost, c->place);
            c->variants++;
            what = c->wrong(d->told, d->begun);
            if (what != NULL)
                return what;
        }
    }
    return NULL;
}

/* Nothing is really synchronised while it is checked: that would take a minute. */
const char *
crash_anywhere(crash *c, const disk_log *log)
{
    static disk_log unused;
    const char     *what = NULL;
    size_t          i;

    memset(&disk_, 0, sizeof(disk_));
    c->points = c->variants = 0;
    for (i = 0; i <= log->count && what == NULL; i++) {
        disk_record("nowhere", &unused);
        what = wrong_in_any_variant(&disk_, c);
        disk_stop();
        c->points++;
        if (i < log->count)
            apply(&disk_, &log->events[i]);
    }
    return what;
}
