/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PEERS_H
#define PEERS_H

/* The other sides of a stream, each a process of its own on 127.0.0.1: an echo, and "openssl s_server"
 * as a TLS echo. Both die with the test. What misbehaves on command is fixtures/proxy.h. */

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "fixtures/sockets.h"

typedef struct peer {
    pid_t pid;
    int   port;
} peer;

static inline void
peer_end(peer *p)
{
    if (p->pid > 0) {
        kill(p->pid, SIGKILL);
        waitpid(p->pid, NULL, 0);
    }
    p->pid = 0;
}

/* Everything comes back. */
static inline peer
echo_start(void)
{
    peer p  = {0};
    int  fd = listen_at("127.0.0.1", 8, &p.port);

    p.pid = spawn();
    while (p.pid == 0) {
        char    buf[4096];
        int     client = accept(fd, NULL, NULL);
        ssize_t n;

        while ((n = read(client, buf, sizeof(buf))) > 0)
            if (write(client, buf, (size_t)n) != n)
                break;
        close(client);
    }
    close(fd);
    return p;
}

/* The port that s_server writes to `out` once it listens; 0 when it never does. */
static inline int
said_port(int out)
{
    char text[4096];
    int  port = 0, tries;

    for (tries = 0; port == 0 && tries < 1000; tries++) {
        ssize_t     n = pread(out, text, sizeof(text) - 1, 0);
        const char *at;

        text[n > 0 ? n : 0] = '\0';
        at                  = strstr(text, "ACCEPT 127.0.0.1:");
        if (at == NULL || strchr(at, '\n') == NULL || sscanf(at, "%*[^:]:%d", &port) != 1)
            usleep(5000);
    }
    return port;
}

/* "openssl s_server" sends each line back, reversed. It is told one option more, or NULL. */
static inline peer
tls_start(const char *certs, const char *cert, const char *option)
{
    peer  p   = {0};
    FILE *out = tmpfile();
    char  pem[512], key[512];

    snprintf(pem, sizeof(pem), "%s/%s.pem", certs, cert);
    snprintf(key, sizeof(key), "%s/%s.key", certs, cert);
    p.pid = out != NULL ? spawn() : -1;
    if (p.pid == 0) {
        dup2(fileno(out), STDOUT_FILENO);
        dup2(fileno(out), STDERR_FILENO);
        execlp("openssl", "openssl", "s_server", "-accept", "127.0.0.1:0", "-rev", "-cert", pem,
               "-key", key, "-cipher", "DEFAULT:@SECLEVEL=0", option, (char *)NULL);
        _exit(127);
    }
    p.port = p.pid > 0 ? said_port(fileno(out)) : 0;
    if (p.port == 0) {
        printf("Bail out! no openssl s_server for %s\n", cert);
        exit(1);
    }
    fclose(out);
    return p;
}

#endif /* PEERS_H */
