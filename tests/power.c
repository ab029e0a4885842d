/* SPDX-License-Identifier: Apache-2.0 */
#include "power.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "folder.h"

enum { NAME = 64 };

typedef struct file {
    sqlite3_file  base;
    sqlite3_file *real; /* behind this */
    char          name[NAME]; /* in the folder; "" elsewhere */
    int           is_made;    /* and its name not yet synchronised */
} file;

static sqlite3_vfs       *under;
static sqlite3_vfs        ours;
static sqlite3_io_methods methods;
static char               watched[128], kept[128];
static long               calls, failing, syncs;
static char               gone[4][NAME]; /* removed, which a power failure may undo */
static int                lasting, code_, counting, read_only;
static void (*hook_)(void);

/* What SQLite is told in place of the call; SQLITE_OK = it is made. */
static int
fault(void)
{
    if (!counting)
        return SQLITE_OK;

    calls++;
    return failing != 0 && (calls == failing || (lasting && calls > failing)) ? code_ : SQLITE_OK;
}

void
power_fail(long nth, int is_lasting, int code)
{
    calls    = 0;
    failing  = code != 0 ? nth : 0;
    lasting  = is_lasting;
    code_    = code;
    counting = 1;
}

long
power_mend(void)
{
    counting = 0;
    return calls;
}

long
power_syncs(void)
{
    return syncs;
}

void
power_on_sync(void (*hook)(void))
{
    hook_ = hook;
}

void
power_read_only(int is_so)
{
    read_only = is_so;
}

static sqlite3_file *
real(sqlite3_file *f)
{
    return ((file *)f)->real;
}

static void
copy(const char *from_folder, const char *to_folder, const char *name)
{
    char    path[256];
    uint8_t buf[65536];
    ssize_t len;
    int     from, to;

    (void)snprintf(path, sizeof(path), "%s/%s", from_folder, name);
    from = open(path, O_RDONLY);
    (void)snprintf(path, sizeof(path), "%s/%s", to_folder, name);
    to = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (from < 0 || to < 0)
        abort();
    while ((len = read(from, buf, sizeof(buf))) > 0)
        if (write(to, buf, (size_t)len) != len)
            abort();
    close(from);
    close(to);
}

/* By SQLite itself: another descriptor of this process would cost the file its locks. */
static void
keep(file *f)
{
    char          path[256];
    uint8_t       buf[4096];
    sqlite3_int64 size = 0, at;
    FILE         *to;

    (void)snprintf(path, sizeof(path), "%s/%s", kept, f->name);
    to = fopen(path, "w");
    if (to == NULL || f->real->pMethods->xFileSize(f->real, &size) != SQLITE_OK)
        abort();
    for (at = 0; at < size; at += (sqlite3_int64)sizeof(buf)) {
        int len = size - at < (sqlite3_int64)sizeof(buf) ? (int)(size - at) : (int)sizeof(buf);

        if (f->real->pMethods->xRead(f->real, buf, len, at) != SQLITE_OK
            || fwrite(buf, 1, (size_t)len, to) != (size_t)len)
            abort();
    }
    fclose(to);
}

void
power_cut(const char *folder)
{
    DIR           *safe = opendir(kept);
    struct dirent *entry;

    empty_folder(folder);
    while ((entry = readdir(safe)) != NULL)
        if (entry->d_name[0] != '.')
            copy(kept, folder, entry->d_name);
    closedir(safe);
}

/* Where that name stands, or may. */
static char *
place_of(const char *name)
{
    size_t i;

    for (i = 0; i < sizeof(gone) / sizeof(gone[0]); i++)
        if (gone[i][0] == '\0' || strcmp(gone[i], name) == 0)
            return gone[i];
    abort();
}

static void
forget(const char *name)
{
    char path[256];

    (void)snprintf(path, sizeof(path), "%s/%s", kept, name);
    (void)unlink(path);
}

/* SQLite synchronises the folder, too, when a file it made is first synchronised. */
static void
sync_folder(void)
{
    size_t i;

    for (i = 0; i < sizeof(gone) / sizeof(gone[0]); i++) {
        if (gone[i][0] != '\0')
            forget(gone[i]);
        gone[i][0] = '\0';
    }
}

static int
write_(sqlite3_file *f, const void *p, int len, sqlite3_int64 at)
{
    int rc = fault();

    return rc != SQLITE_OK ? rc : real(f)->pMethods->xWrite(real(f), p, len, at);
}

static int
truncate_(sqlite3_file *f, sqlite3_int64 len)
{
    int rc = fault();

    return rc != SQLITE_OK ? rc : real(f)->pMethods->xTruncate(real(f), len);
}

static int
sync_(sqlite3_file *f, int flags)
{
    file *self = (file *)f;
    int   rc   = fault();

    (void)flags;
    if (rc != SQLITE_OK || self->name[0] == '\0')
        return rc;

    syncs++;
    if (self->is_made)
        sync_folder();
    self->is_made = 0;
    keep(self);
    if (hook_ != NULL)
        hook_();
    return SQLITE_OK;
}

static int
shm_map(sqlite3_file *f, int page, int size, int extend, void volatile **p)
{
    int rc = extend ? fault() : SQLITE_OK;

    return rc != SQLITE_OK ? rc : real(f)->pMethods->xShmMap(real(f), page, size, extend, p);
}

static int
close_(sqlite3_file *f)
{
    return real(f)->pMethods->xClose(real(f));
}

static int
read_(sqlite3_file *f, void *p, int len, sqlite3_int64 at)
{
    return real(f)->pMethods->xRead(real(f), p, len, at);
}

static int
size_(sqlite3_file *f, sqlite3_int64 *size)
{
    return real(f)->pMethods->xFileSize(real(f), size);
}

static int
lock_(sqlite3_file *f, int how)
{
    return real(f)->pMethods->xLock(real(f), how);
}

static int
unlock_(sqlite3_file *f, int how)
{
    return real(f)->pMethods->xUnlock(real(f), how);
}

static int
check_lock(sqlite3_file *f, int *is)
{
    return real(f)->pMethods->xCheckReservedLock(real(f), is);
}

static int
control(sqlite3_file *f, int op, void *arg)
{
    return real(f)->pMethods->xFileControl(real(f), op, arg);
}

static int
sector(sqlite3_file *f)
{
    return real(f)->pMethods->xSectorSize(real(f));
}

static int
traits(sqlite3_file *f)
{
    return real(f)->pMethods->xDeviceCharacteristics(real(f));
}

static int
shm_lock(sqlite3_file *f, int offset, int n, int flags)
{
    return real(f)->pMethods->xShmLock(real(f), offset, n, flags);
}

static void
shm_barrier(sqlite3_file *f)
{
    real(f)->pMethods->xShmBarrier(real(f));
}

static int
shm_unmap(sqlite3_file *f, int remove)
{
    return real(f)->pMethods->xShmUnmap(real(f), remove);
}

static const char *
name_in(const char *path)
{
    size_t len = strlen(watched);

    return path != NULL && strncmp(path, watched, len) == 0 && path[len] == '/' ? path + len + 1 : "";
}

static int
open_(sqlite3_vfs *vfs, const char *name, sqlite3_file *f, int flags, int *ret_flags)
{
    file *self = (file *)f;
    int   rc;

    (void)vfs;
    self->real = (sqlite3_file *)(self + 1);
    (void)snprintf(self->name, sizeof(self->name), "%s", name_in(name));
    rc = under->xOpen(under, name, self->real, flags, ret_flags);
    if (rc == SQLITE_OK && read_only && ret_flags != NULL)
        *ret_flags = (*ret_flags & ~SQLITE_OPEN_READWRITE) | SQLITE_OPEN_READONLY;
    self->is_made = (flags & SQLITE_OPEN_CREATE) != 0
                    && (flags & (SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL)) != 0;
    self->base.pMethods = self->real->pMethods != NULL ? &methods : NULL;
    return rc;
}

static int
delete_(sqlite3_vfs *vfs, const char *name, int is_synced)
{
    int rc = under->xDelete(under, name, is_synced);

    (void)vfs;
    if (rc != SQLITE_OK || *name_in(name) == '\0')
        return rc;
    (void)snprintf(place_of(name_in(name)), NAME, "%s", name_in(name));
    if (is_synced)
        sync_folder();
    return rc;
}

void
power_install(const char *folder, const char *safe)
{
    (void)snprintf(watched, sizeof(watched), "%s", folder);
    (void)snprintf(kept, sizeof(kept), "%s", safe);
    if (under != NULL)
        return;

    under   = sqlite3_vfs_find(NULL);
    methods = (sqlite3_io_methods){2, close_, read_, write_, truncate_, sync_, size_, lock_, unlock_,
                                   check_lock, control, sector, traits, shm_map, shm_lock,
                                   shm_barrier, shm_unmap, NULL, NULL};
    ours          = *under;
    ours.zName    = "power";
    ours.pNext    = NULL;
    ours.szOsFile = (int)sizeof(file) + under->szOsFile;
    ours.xOpen    = open_;
    ours.xDelete  = delete_;
    if (sqlite3_vfs_register(&ours, 1) != SQLITE_OK)
        abort();
}
