/* SPDX-License-Identifier: Apache-2.0 */
/* Active Directory: replPropertyMetaData has how often each password was written, not which one. So
 * an account is asked for once in a weather: every write is of its one request. */
#include "target.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "live/ad.h"

#define PEOPLE_MAX 1000

static int32_t before[PEOPLE_MAX];

const char *
target_name(void)
{
    return "replPropertyMetaData of a Samba";
}

int
target_is_for_one(void)
{
    return 1;
}

/* Of all people "guid uid version", a line each. */
static char *
ask_record(void)
{
    static char text[PEOPLE_MAX * 80];

    storm_must(run(text, sizeof(text),
                   "ldbsearch -H $SAM --show-binary '(sAMAccountName=u*)' sAMAccountName objectGUID"
                   " replPropertyMetaData | awk '/^# record/ { guid = uid = version = \"\" }"
                   " /^objectGUID: / { guid = $2 } /^sAMAccountName: / { uid = $2 }"
                   " /attid  *: / { is_it = /ATTID_unicodePwd / }"
                   " is_it && / version  *: / { gsub(/[()]/, \"\", $4); version = $4; is_it = 0 }"
                   " guid != \"\" && uid != \"\" && version != \"\" && uid ~ /^u[0-9]+$/ {"
                   " print guid, uid, version; guid = \"\" }' | sort -k 2")
                   == 0,
               "the record can be read");
    return text;
}

int
target_accounts(account **ret_list)
{
    account *list  = calloc(PEOPLE_MAX, sizeof(*list));
    char    *rest  = NULL, *line, guid[40];
    int      count = 0;

    storm_must(list != NULL, "memory");
    for (line = strtok_r(ask_record(), "\n", &rest); line != NULL && count < PEOPLE_MAX;
         line = strtok_r(NULL, "\n", &rest))
        if (sscanf(line, "%39s %23s", guid, list[count].uid) == 2
            && pwwb_guid_parse(guid, strlen(guid), list[count].guid, NULL) == PWWB_OK)
            count++;
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
    o = options();
    storm_must(pwwb_directory_new_ldap(&o, &directory, NULL) == PWWB_OK, "a directory");
    pthread_mutex_unlock(&mutex);
    return directory;
}

static void
read_versions(const account *list, int count, int32_t *versions)
{
    char *rest = NULL, *line = strtok_r(ask_record(), "\n", &rest), uid[24];
    int   a;

    for (a = 0; a < count; a++, line = strtok_r(NULL, "\n", &rest))
        storm_must(line != NULL && sscanf(line, "%*s %23s %d", uid, &versions[a]) == 2
                       && strcmp(uid, list[a].uid) == 0,
                   "the same people as before");
}

void
target_begin(account *list, int count)
{
    read_versions(list, count, before);
    storm_sleep_ms(1100);
}

size_t
target_record(account *list, int count, target_who who, void *ctx, stroke **ret_list)
{
    static int32_t now[PEOPLE_MAX];
    stroke        *strokes;
    size_t         found = 0, i = 0;
    int            a;

    (void)who, (void)ctx;
    read_versions(list, count, now);
    for (a = 0; a < count; a++)
        found += (size_t)(now[a] - before[a]);
    strokes = calloc(found + 1, sizeof(*strokes));
    storm_must(strokes != NULL, "memory");
    for (a = 0; a < count; a++)
        for (; now[a] > before[a]; now[a]--)
            strokes[i++] = (stroke){.account = a, .serial = list[a].last};
    *ret_list = strokes;
    return found;
}
