/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FOLDER_H
#define FOLDER_H

/* A folder and its files, for tests. */

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

static inline void
put_file(const char *path, const void *data, size_t len)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

    if (fd < 0 || write(fd, data, len) != (ssize_t)len)
        abort();
    close(fd);
}

/* Files in a folder: a temporary one that stayed behind would be one too many. */
static inline int
count_files(const char *path)
{
    DIR *folder = opendir(path);
    int  count  = 0;

    while (readdir(folder) != NULL)
        count++;
    closedir(folder);
    return count - 2;
}

static inline void
empty_folder(const char *path)
{
    DIR           *folder = opendir(path);
    struct dirent *entry;

    while ((entry = readdir(folder)) != NULL)
        (void)unlinkat(dirfd(folder), entry->d_name, 0);
    closedir(folder);
}

#endif /* FOLDER_H */
