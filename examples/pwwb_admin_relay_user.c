/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>

#include "pwwb_admin_relay.h"
#include "secret.h"

enum { LEAST = 20, SALT = 4 };

int
relay_is_plain(const char *name)
{
    return name[0] != '\0'
           && strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._/-")
                      == strlen(name);
}

int
relay_add_user(relay_plan *plan, int is_agent, const char *value)
{
    relay_user *user = &plan->users[plan->user_count];
    size_t      len  = strcspn(value, "=");
    size_t      i;

    if (value[len] == '\0' || len >= sizeof(user->name) || plan->user_count + 1 == RELAY_USERS) {
        fprintf(stderr, "\"%s\" is not NAME=FILE, or there are too many\n", value);
        return -1;
    }
    (void)snprintf(user->name, sizeof(user->name), "%.*s", (int)len, value);
    if (!relay_is_plain(user->name)) {
        fprintf(stderr, "\"%s\" is not a plain name: letters, digits, \".\", \"_\", \"/\" and \"-\"\n",
                user->name);
        return -1;
    }
    for (i = 0; i < plan->user_count; i++)
        if (strcmp(plan->users[i].name, user->name) == 0) {
            fprintf(stderr, "\"%s\" is named twice: each user has its own rights\n", user->name);
            return -1;
        }

    user->is_agent = is_agent;
    user->file     = value + len + 1;
    plan->user_count++;
    return 0;
}

/* What others can read is no secret. */
static int
check_file(const char *path)
{
    struct stat file;

    if (stat(path, &file) != 0) {
        fprintf(stderr, "no secret in \"%s\": %s\n", path, strerror(errno));
        return -1;
    }
    if (!S_ISREG(file.st_mode)) {
        fprintf(stderr, "no secret in \"%s\": it is no regular file\n", path);
        return -1;
    }
    if ((file.st_mode & 077) != 0) {
        fprintf(stderr, "others have rights on \"%s\": make a new secret there, and chmod 600 it\n",
                path);
        return -1;
    }
    return 0;
}

static int
check_secret(const secret *s, const char *path)
{
    static const char advice[] = "\"openssl rand -base64 33\" makes a good one";
    size_t            i;

    if (s->len < LEAST || s->len == sizeof(s->octets)) {
        fprintf(stderr, "the secret in \"%s\" is %s; %s\n", path,
                s->len < LEAST ? "shorter than 20 characters" : "too long", advice);
        return -1;
    }
    for (i = 0; i < s->len; i++)
        if (s->octets[i] < 0x20 || s->octets[i] == 0x7f) {
            fprintf(stderr, "the secret in \"%s\" has a control character in its first line; %s\n", path,
                    advice);
            return -1;
        }
    return 0;
}

/* base64 of salt, and SHA-256 of salt and secret. @source RabbitMQ, "Credentials and passwords" */
static void
hash(const secret *s, char text[RELAY_HASH])
{
    crypto_hash_sha256_state state;
    uint8_t                  all[SALT + crypto_hash_sha256_BYTES];

    randombytes_buf(all, SALT);
    crypto_hash_sha256_init(&state);
    crypto_hash_sha256_update(&state, all, SALT);
    crypto_hash_sha256_update(&state, s->octets, s->len);
    crypto_hash_sha256_final(&state, all + SALT);
    sodium_bin2base64(text, RELAY_HASH, all, sizeof(all), sodium_base64_VARIANT_ORIGINAL);
    sodium_memzero(&state, sizeof(state));
}

int
relay_hash_user(relay_user *user)
{
    secret s;
    int    rc = -1;

    secret_make(&s);
    if (sodium_init() < 0)
        fprintf(stderr, "libsodium cannot be used\n");
    else if (check_file(user->file) == 0) {
        (void)secret_file_line(&s, user->file);
        rc = check_secret(&s, user->file);
    }
    if (rc == 0)
        hash(&s, user->hash);
    secret_drop(&s);
    return rc;
}
