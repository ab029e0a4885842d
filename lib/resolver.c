/* SPDX-License-Identifier: Apache-2.0 */
#include "resolver.h"

#include <arpa/inet.h>
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "ops.h"

static_assert(sizeof(pwwb_resolver_ops) == 4 * sizeof(void *),
              "fields are added at the end, with a new line in NEWS; LEAST stays");

#define LEAST     WB_SIZE_UP_TO(pwwb_resolver_ops, destroy)
#define TEXT_MAX 253 /* RFC 1035 2.3.4, as text */
#define LABEL_MAX 63

struct pwwb_resolver {
    pwwb_resolver_ops ops;
    void             *ctx;
};

pwwb_status
pwwb_resolver_new(const pwwb_resolver_ops *ops, void *ctx, pwwb_resolver **ret_resolver,
                  pwwb_error *err)
{
    pwwb_resolver_ops ours;
    pwwb_resolver    *resolver;
    pwwb_status       st;

    wb_ok(err);
    if (ret_resolver != NULL)
        *ret_resolver = NULL;
    if (ops == NULL || ret_resolver == NULL)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "ops and ret_resolver must be given");

    st = wb_ops_import(&ours, sizeof(ours), LEAST, ops);
    if (st != PWWB_OK)
        return wb_fail(err, st, "resolver ops of size %zu do not fit this library", ops->size);
    if (ours.services == NULL)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "a resolver must know services");

    resolver = calloc(1, sizeof(*resolver));
    if (resolver == NULL)
        return wb_fail(err, PWWB_E_NO_MEMORY, "no memory for a resolver");

    resolver->ops = ours;
    resolver->ctx = ctx;
    *ret_resolver = resolver;
    return PWWB_OK;
}

void
pwwb_resolver_free(pwwb_resolver *resolver)
{
    if (resolver == NULL)
        return;

    if (resolver->ops.destroy != NULL)
        resolver->ops.destroy(resolver->ctx);
    free(resolver);
}

static int
is_of_label(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-'
           || c == '_';
}

int
wb_is_host_name(const char *text, size_t size)
{
    size_t len = strnlen(text, size), label = 0, i;

    if (len == size || len == 0 || len > TEXT_MAX)
        return 0;

    for (i = 0; i < len; i++) {
        if (text[i] != '.' && !is_of_label(text[i]))
            return 0;
        label = text[i] != '.' ? label + 1 : 0;
        if (label > LABEL_MAX || (label == 0 && (i == 0 || text[i - 1] == '.')))
            return 0;
    }
    return label > 0;
}

int
wb_is_address(const char *text, size_t size)
{
    uint8_t address[16];

    return memchr(text, '\0', size) != NULL
           && (inet_pton(AF_INET, text, address) == 1 || inet_pton(AF_INET6, text, address) == 1);
}

/* The last word on an answer: its status, or that it is nonsense. */
static pwwb_status
judge(pwwb_error *err, pwwb_status status, size_t *ret_count, const char *what, const char *wrong)
{
    size_t count = *ret_count;

    if (status == PWWB_OK && wrong == NULL) {
        wb_ok(err);
        return PWWB_OK;
    }

    *ret_count = 0;
    if (status != PWWB_OK)
        return wb_answer(err, status, what);
    return wb_fail(err, PWWB_E_CALLBACK, "%s answered %zu entries: %s", what, count, wrong);
}

static const char *
wrong_count(size_t count)
{
    return count < 1 || count > PWWB_RESOLVER_MAX ? "none, or too many" : NULL;
}

static const char *
wrong_services(const pwwb_service *list, size_t count)
{
    size_t i;

    if (wrong_count(count) != NULL)
        return wrong_count(count);
    for (i = 0; i < count; i++) {
        if (!wb_is_host_name(list[i].target, sizeof(list[i].target)))
            return "a target is no host's name";
        if (list[i].port == 0 || list[i].reserved != 0)
            return "a port or what is reserved is out of range";
    }
    return NULL;
}

static const char *
wrong_addresses(char (*list)[46], size_t count)
{
    size_t i;

    if (wrong_count(count) != NULL)
        return wrong_count(count);
    for (i = 0; i < count; i++)
        if (!wb_is_address(list[i], sizeof(list[i])))
            return "an address is not numeric";
    return NULL;
}

pwwb_status
wb_resolver_services(pwwb_resolver *resolver, const char *name, int64_t timeout_ms,
                     pwwb_service *list, size_t *ret_count, pwwb_error *err)
{
    const char *wrong;
    pwwb_status st;

    wb_ok(err);
    *ret_count = 0;
    memset(list, 0, PWWB_RESOLVER_MAX * sizeof(*list));
    st    = resolver->ops.services(resolver->ctx, name, timeout_ms < 0 ? -1 : timeout_ms, list,
                                   ret_count, err);
    wrong = st == PWWB_OK ? wrong_services(list, *ret_count) : NULL;
    return judge(err, st, ret_count, "the resolver's services", wrong);
}

pwwb_status
wb_resolver_addresses(pwwb_resolver *resolver, const char *name, int64_t timeout_ms,
                      char (*list)[46], size_t *ret_count, pwwb_error *err)
{
    const char *wrong;
    pwwb_status st;

    wb_ok(err);
    *ret_count = 0;
    if (resolver->ops.addresses == NULL)
        return wb_fail(err, PWWB_E_NOT_SUPPORTED, "this resolver knows no addresses");

    memset(list, 0, PWWB_RESOLVER_MAX * sizeof(*list));
    st    = resolver->ops.addresses(resolver->ctx, name, timeout_ms < 0 ? -1 : timeout_ms, list,
                                    ret_count, err);
    wrong = st == PWWB_OK ? wrong_addresses(list, *ret_count) : NULL;
    return judge(err, st, ret_count, "the resolver's addresses", wrong);
}
