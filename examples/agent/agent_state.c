/* SPDX-License-Identifier: Apache-2.0 */
/* The file STATE/agent.id: one line, the GUID that names this agent in heartbeats. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "agent_run.h"

enum { GUID_LEN = 36 };

static pwwb_status
refuse(pwwb_error *err, pwwb_status st, const char *path, const char *why)
{
    char text[256];

    (void)snprintf(text, sizeof(text), "state: %.180s: %s", path, why);
    return pwwb_error_set(err, st, text);
}

static pwwb_status
read_id(const char *path, uint8_t id[PWWB_ID_SIZE], pwwb_error *err)
{
    char    text[GUID_LEN + 1];
    int     fd  = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    ssize_t len = fd >= 0 ? read(fd, text, GUID_LEN) : -1;
    int     why = errno;

    if (fd >= 0)
        (void)close(fd);
    if (fd < 0)
        return why == ENOENT ? PWWB_E_NOT_FOUND : refuse(err, PWWB_E_SYSTEM, path, strerror(why));
    if (len != GUID_LEN || pwwb_guid_parse(text, GUID_LEN, id, NULL) != PWWB_OK)
        return refuse(err, PWWB_E_MALFORMED, path, "no GUID is in it: remove the file, and another is made");
    return PWWB_OK;
}

/* Under another name first: whoever comes at the same time finds all of it or nothing. */
static pwwb_status
make_id(const char *path, pwwb_error *err)
{
    uint8_t id[PWWB_ID_SIZE];
    char    text[GUID_LEN + 2], beside[4200];
    int     fd, done;

    if (getrandom(id, sizeof(id), 0) != (ssize_t)sizeof(id))
        return refuse(err, PWWB_E_SYSTEM, path, "no randomness");
    id[7] = (uint8_t)((id[7] & 0x0f) | 0x40); /* RFC 9562, version 4, in the order of Microsoft's structure */
    id[8] = (uint8_t)((id[8] & 0x3f) | 0x80);
    pwwb_guid_print(id, text);
    text[GUID_LEN] = '\n';
    (void)snprintf(beside, sizeof(beside), "%.4096s.%d", path, (int)getpid());
    fd   = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    done = fd >= 0 && write(fd, text, GUID_LEN + 1) == GUID_LEN + 1 && fsync(fd) == 0;
    if (fd >= 0)
        (void)close(fd);
    done = done && (link(beside, path) == 0 || errno == EEXIST);
    if (!done)
        (void)refuse(err, PWWB_E_SYSTEM, path, strerror(errno));
    (void)unlink(beside);
    return done ? PWWB_OK : PWWB_E_SYSTEM;
}

pwwb_status
agent_id_read(const agent_settings *s, uint8_t id[PWWB_ID_SIZE], pwwb_error *err)
{
    char        path[4096];
    pwwb_status st;

    (void)snprintf(path, sizeof(path), "%.4000s/agent.id", s->state);
    st = read_id(path, id, err);
    if (st != PWWB_E_NOT_FOUND)
        return st;
    st = make_id(path, err);
    return st == PWWB_OK ? read_id(path, id, err) : st;
}
