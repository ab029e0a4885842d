/* SPDX-License-Identifier: Apache-2.0 */
/* OpenLDAP: its accesslog has every password that was written, hashed with a salt, and when. */
#include "target.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <mbedtls/base64.h>
#include <mbedtls/md.h>

#include "live/ol.h"

#define NUMBERS   10000 /* uids are u001 and so on */
#define CSN_SIZE  48
#define HASH_SIZE 128

typedef struct entry {
    char    csn[CSN_SIZE]; /* which orders */
    char    hash[HASH_SIZE];
    int32_t account;
} entry;

static char since[32];

const char *
target_name(void)
{
    return "slapd's accesslog";
}

int
target_is_for_one(void)
{
    return 0;
}

static int
number_of(const char *uid)
{
    int number = uid[0] == 'u' ? atoi(uid + 1) : 0;

    return number > 0 && number < NUMBERS ? number : 0;
}

static void
parse_uuid(const char *text, uint8_t guid[PWWB_ID_SIZE])
{
    int i;

    for (i = 0; i < PWWB_ID_SIZE && *text != '\0'; i++, text += 2) {
        text += *text == '-';
        guid[i] = (uint8_t)strtoul((char[]){text[0], text[1], '\0'}, NULL, 16);
    }
}

/* A history would refuse what is written a second time, and so hide it. */
static void
forget_histories(void)
{
    char out[1024];

    storm_must(run(out, sizeof(out),
                   "printf 'dn: cn=default,ou=policies,%%s\nreplace: pwdInHistory\n"
                   "pwdInHistory: 0\n' \"$OL_BASE\" | ldapmodify $as_admin")
                   == 0,
               "a policy without a history");
}

int
target_accounts(account **ret_list)
{
    static char text[NUMBERS * 64];
    account    *list  = calloc(NUMBERS, sizeof(*list));
    int         count = 0;
    char       *line, *rest = NULL;

    storm_must(list != NULL, "memory");
    forget_histories();
    run(text, sizeof(text),
        "ldapsearch $as_admin -LLL -b ou=people,$OL_BASE '(uid=u*)' uid entryUUID |"
        " sed -n 's/^uid: //p; s/^entryUUID: //p' | paste -d ' ' - -");
    for (line = strtok_r(text, "\n", &rest); line != NULL; line = strtok_r(NULL, "\n", &rest)) {
        account *a = &list[count];

        if (sscanf(line, "%23s", a->uid) != 1 || strchr(line, ' ') == NULL)
            continue;
        parse_uuid(strchr(line, ' ') + 1, a->guid);
        count += number_of(a->uid) != 0;
    }
    *ret_list = list;
    return count;
}

pwwb_directory *
target_open(void)
{
    static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER; /* options() is of one thread */
    pwwb_ldap_options      o;
    pwwb_directory        *directory;

    pthread_mutex_lock(&mutex);
    o         = options();
    o.base_dn = ol("OL_BASE"); /* the record is a tree beside it */
    storm_must(pwwb_directory_new_ldap(&o, &directory, NULL) == PWWB_OK, "a directory");
    pthread_mutex_unlock(&mutex);
    return directory;
}

/* In a second of its own. */
void
target_begin(account *list, int count)
{
    time_t    now;
    struct tm utc;

    (void)list, (void)count;
    storm_sleep_ms(1100);
    now = time(NULL);
    gmtime_r(&now, &utc);
    strftime(since, sizeof(since), "%Y%m%d%H%M%S.000000Z", &utc);
}

static int
is_ssha(const void *hash, const char *password)
{
    const char              *text = hash;
    const mbedtls_md_info_t *sha1 = mbedtls_md_info_from_type(MBEDTLS_MD_SHA1);
    uint8_t                  raw[96], in[PASSWORD_SIZE + 96], out[20];
    size_t                   len = 0, used = strlen(password);

    if (strncmp(text, "{SSHA}", 6) != 0
        || mbedtls_base64_decode(raw, sizeof(raw), &len, (const uint8_t *)text + 6,
                                 strlen(text) - 6)
               != 0
        || len <= sizeof(out))
        return 0;
    memcpy(in, password, used);
    memcpy(in + used, raw + sizeof(out), len - sizeof(out));
    storm_must(mbedtls_md(sha1, in, used + len - sizeof(out), out) == 0, "SHA-1");
    return memcmp(out, raw, sizeof(out)) == 0;
}

/* A line of the record. An entry ends with an empty one. */
static void
read_line(const char *line, const int32_t *by_number, entry *e)
{
    char uid[24];

    if (sscanf(line, "reqDN: uid=%23[^,],ou=people,", uid) == 1)
        e->account = by_number[number_of(uid)];
    else if (strncmp(line, "reqMod: entryCSN:= ", 19) == 0)
        snprintf(e->csn, sizeof(e->csn), "%s", line + 19);
    else if (strncmp(line, "reqMod: userPassword:= ", 23) == 0)
        snprintf(e->hash, sizeof(e->hash), "%s", line + 23);
}

static int
compare(const void *a, const void *b)
{
    return strcmp(((const entry *)a)->csn, ((const entry *)b)->csn);
}

static FILE *
ask_record(void)
{
    char command[1024];

    snprintf(command, sizeof(command),
             "env -i HOME=/ PATH=/usr/bin:/bin LDAPTLS_CACERT='%s' ldapsearch -x -H '%s' -D '%s'"
             " -w '%s' -LLL -o ldif-wrap=no -b cn=log"
             " '(&(objectClass=auditModify)(reqResult=0)(reqStart>=%s))'"
             " reqDN reqMod",
             ol("OL_CA"), ol("OL_URI"), ol("OL_ADMIN_DN"), ol("OL_ADMIN_PW"), since);
    return popen(command, "r");
}

static size_t
read_entries(const int32_t *by_number, entry **ret_list)
{
    FILE   *pipe = ask_record();
    char    line[1024];
    entry  *list = NULL, e = {.account = -1};
    size_t  count = 0, size = 0;

    storm_must(pipe != NULL, "the record can be asked for");
    while (fgets(line, sizeof(line), pipe) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        read_line(line, by_number, &e);
        if (line[0] != '\0')
            continue;
        if (e.account >= 0 && e.hash[0] != '\0') {
            if (count == size) {
                size = size * 2 + 1024;
                list = realloc(list, size * sizeof(*list));
                storm_must(list != NULL, "memory");
            }
            list[count++] = e;
        }
        e = (entry){.account = -1};
    }
    storm_must(pclose(pipe) == 0, "the record can be read");
    *ret_list = list;
    return count;
}

static int64_t
time_of(const char *csn)
{
    struct tm utc = {0};
    int       us  = 0;

    if (sscanf(csn, "%4d%2d%2d%2d%2d%2d.%6dZ", &utc.tm_year, &utc.tm_mon, &utc.tm_mday,
               &utc.tm_hour, &utc.tm_min, &utc.tm_sec, &us)
        != 7)
        return 0;
    utc.tm_year -= 1900;
    utc.tm_mon -= 1;
    return (int64_t)timegm(&utc) * 1000 + us / 1000;
}

size_t
target_record(account *list, int count, target_who who, void *ctx, stroke **ret_list)
{
    int32_t *by_number = malloc(NUMBERS * sizeof(*by_number));
    entry   *entries;
    stroke  *strokes;
    size_t   found, i;
    int      a;

    storm_must(by_number != NULL, "memory");
    memset(by_number, 0xff, NUMBERS * sizeof(*by_number));
    for (a = 0; a < count; a++)
        by_number[number_of(list[a].uid)] = a;
    found = read_entries(by_number, &entries);
    qsort(entries, found, sizeof(*entries), compare);
    strokes = calloc(found + 1, sizeof(*strokes));
    storm_must(strokes != NULL, "memory");
    for (i = 0; i < found; i++)
        strokes[i] = (stroke){.account = entries[i].account,
                              .serial  = who(ctx, entries[i].account, is_ssha, entries[i].hash),
                              .at_ms   = time_of(entries[i].csn)};
    free(entries);
    free(by_number);
    *ret_list = strokes;
    return found;
}
