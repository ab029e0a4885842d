/* SPDX-License-Identifier: Apache-2.0 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pwwb_admin.h"
#include "pwwb_admin_print.h"
#include "pwwb_admin_space.h"

static const char text[] =
    "usage: pwwb-admin lookup SPACE ANCHOR [--json]\n"
    "Follow an anchor as an agent does: cloud connector object, metaverse object, and its links to\n"
    "objects of directories. Where it leads nowhere, say why, and what to do.\n"
    "\n"
    "    ANCHOR                User_<guid>, or a source anchor in base64\n"
    "    --json                for programs\n"
    "\n"
    "Exit: 0 it leads to one account, 1 it does not, or it failed, 2 wrong usage.\n";

static const struct option options_[] = {
    {"json", no_argument, NULL, 'j'},
    {"help", no_argument, NULL, 'h'},
    {NULL, 0, NULL, 0},
};

typedef struct report {
    FILE    *to; /* printed once all is known */
    int      json;
    size_t   links;
    uint64_t cloud; /* the last one that was printed */
} report;

static void
print_anchor(FILE *to, const char *before, int32_t kind, const uint8_t *guid, const char *after)
{
    pwwb_anchor anchor = {.kind = kind};
    char        value[PWWB_ANCHOR_TEXT_SIZE];
    size_t      len;

    memcpy(anchor.guid, guid, sizeof(anchor.guid));
    if (pwwb_anchor_print(&anchor, value, sizeof(value), &len, NULL) == PWWB_OK)
        fprintf(to, "%s%s%s", before, value, after);
}

/* One line for each rule. */
static void
print_rules(FILE *to, const char *rules)
{
    const char *label = "  rules           ";

    for (; *rules != '\0'; label = "                  ") {
        size_t len  = strcspn(rules, "\n");
        char   one[256];

        (void)snprintf(one, sizeof(one), "%.*s", (int)(len < 255 ? len : 255), rules);
        fputs(label, to);
        print_plain(to, one);
        fputc('\n', to);
        rules += len + (rules[len] == '\n');
    }
}

static void
print_cloud(FILE *to, const pwwb_chain *c)
{
    fprintf(to, "cloud object      number %llu\n", (unsigned long long)c->cloud);
    if (c->has_cloud)
        print_anchor(to, "  cloud anchor    ", PWWB_ANCHOR_CLOUD, c->cloud_guid, "\n");
    if (c->has_source)
        print_anchor(to, "  source anchor   ", PWWB_ANCHOR_SOURCE, c->source_guid, "\n");
    if (c->metaverse != 0)
        fprintf(to, "metaverse object  number %llu\n", (unsigned long long)c->metaverse);
    else
        fprintf(to, "metaverse object  none: it is not joined\n");
}

static void
print_link(FILE *to, const pwwb_chain *c)
{
    char guid[37];

    if (c->object == 0) {
        if (c->metaverse != 0)
            fprintf(to, "link              none: there is no object in any directory\n");
        return;
    }
    pwwb_guid_print(c->object_guid, guid);
    fprintf(to, "link              ");
    print_plain(to, c->directory);
    fprintf(to, " %s\n  eligible        %s\n", guid,
            c->is_eligible ? "yes" : "no: no rule says that the account is enabled there");
    if (c->dn[0] != '\0') {
        fprintf(to, "  DN              ");
        print_plain(to, c->dn);
        fputc('\n', to);
    }
    print_rules(to, c->rules);
}

static void
json_number(FILE *to, const char *name, uint64_t number)
{
    if (number == 0)
        fprintf(to, ", \"%s\": null", name);
    else
        fprintf(to, ", \"%s\": %llu", name, (unsigned long long)number);
}

static void
json_rules(FILE *to, const char *rules)
{
    int is_first = 1;

    fprintf(to, ", \"rules\": [");
    for (; *rules != '\0'; is_first = 0) {
        size_t len = strcspn(rules, "\n");
        char  *one = strndup(rules, len);

        if (one == NULL)
            break;
        fprintf(to, is_first ? "" : ", ");
        print_json_value(to, one);
        free(one);
        rules += len + (rules[len] == '\n');
    }
    fputc(']', to);
}

static void
json_link(FILE *to, const pwwb_chain *c, int is_first)
{
    char guid[37];

    pwwb_guid_print(c->object_guid, guid);
    fprintf(to, "%s{\"cloud\": %llu", is_first ? "" : ", ", (unsigned long long)c->cloud);
    if (c->has_cloud)
        print_anchor(to, ", \"cloud_anchor\": \"", PWWB_ANCHOR_CLOUD, c->cloud_guid, "\"");
    if (c->has_source)
        print_anchor(to, ", \"source_anchor\": \"", PWWB_ANCHOR_SOURCE, c->source_guid, "\"");
    json_number(to, "metaverse", c->metaverse);
    json_number(to, "object", c->object);
    if (c->object != 0) {
        print_json_string(to, "directory", c->directory);
        print_json_string(to, "object_guid", guid);
        print_json_string(to, "dn", c->dn);
        json_rules(to, c->rules);
        fprintf(to, ", \"is_eligible\": %s", c->is_eligible ? "true" : "false");
    }
    fputc('}', to);
}

static void
take(void *ctx, const pwwb_chain *chain)
{
    report *r = ctx;

    if (r->json)
        json_link(r->to, chain, r->links == 0);
    if (!r->json && (r->links == 0 || chain->cloud != r->cloud))
        print_cloud(r->to, chain);
    if (!r->json)
        print_link(r->to, chain);
    r->cloud = chain->cloud;
    r->links++;
}

static void
print_found(const pwwb_found *found)
{
    const char *alias = pwwb_code_alias(found->code);
    char        guid[37];

    if (found->code == PWWB_CODE_OK) {
        pwwb_guid_print(found->guid, guid);
        printf("found             ");
        print_plain(stdout, found->directory);
        printf(" %s\n", guid);
        return;
    }
    printf("not found         %s, candidates: %d\n", pwwb_code_name(found->code),
           (int)found->candidates);
    printf("                  %s\n", pwwb_code_operator_text(found->code));
    if (alias[0] != '\0')
        printf("                  Microsoft calls it %s.\n", alias);
}

static void
json_found(const char *anchor, const pwwb_found *found, const char *chain)
{
    char guid[37];

    printf("{\"code\": \"%s\"", pwwb_code_name(found->code));
    print_json_string(stdout, "anchor", anchor);
    printf(", \"candidates\": %d", (int)found->candidates);
    if (found->code == PWWB_CODE_OK) {
        pwwb_guid_print(found->guid, guid);
        print_json_string(stdout, "directory", found->directory);
        print_json_string(stdout, "object_guid", guid);
    } else {
        print_json_string(stdout, "alias", pwwb_code_alias(found->code));
        print_json_string(stdout, "operator_text", pwwb_code_operator_text(found->code));
        print_json_string(stdout, "user_text", pwwb_code_user_text(found->code));
    }
    printf(", \"chain\": [%s]}\n", chain);
}

/* What is printed is printed once all went well. */
static int
look_up(const char *path, const char *anchor_text, const pwwb_anchor *anchor, int json, pwwb_error *err)
{
    pwwb_space *space = NULL;
    pwwb_found  found = {.size = sizeof(found)};
    char       *chain = NULL;
    size_t      size;
    report      r  = {.to = open_memstream(&chain, &size), .json = json};
    pwwb_status st = r.to != NULL ? pwwb_space_open(path, PWWB_SPACE_READ, &space, err)
                                  : pwwb_error_set(err, PWWB_E_NO_MEMORY, "no memory for the answer");

    if (st == PWWB_OK)
        st = pwwb_space_explain(space, anchor, take, &r, &found, err);
    pwwb_space_free(space);
    if (r.to != NULL && fclose(r.to) != 0 && st == PWWB_OK)
        st = pwwb_error_set(err, PWWB_E_NO_MEMORY, "no memory for the answer");

    if (st == PWWB_OK && json)
        json_found(anchor_text, &found, chain);
    if (st == PWWB_OK && !json) {
        printf("anchor            %s\n%s\n", anchor_text, chain);
        print_found(&found);
    }
    free(chain);
    if (st != PWWB_OK)
        return admin_space_failed(st, err, json);
    return found.code == PWWB_CODE_OK ? 0 : 1;
}

int
admin_lookup(int argc, char **argv)
{
    pwwb_anchor anchor;
    pwwb_error *err;
    int         option, rc, json = 0, help = 0, bad = 0;

    while ((option = getopt_long(argc, argv, "h", options_, NULL)) != -1) {
        help |= option == 'h';
        bad |= option == '?';
        json |= option == 'j';
    }
    if (bad || (!help && optind != argc - 2)) {
        fprintf(stderr, "%s", text);
        return 2;
    }
    if (help) {
        printf("%s", text);
        return 0;
    }

    err = pwwb_error_new();
    if (pwwb_anchor_parse(argv[optind + 1], strlen(argv[optind + 1]), &anchor, err) == PWWB_OK) {
        rc = look_up(argv[optind], argv[optind + 1], &anchor, json, err);
    } else {
        fprintf(stderr, "%s\n", pwwb_error_message(err));
        rc = 2;
    }
    pwwb_error_free(err);
    return rc;
}
