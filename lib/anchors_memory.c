/* SPDX-License-Identifier: Apache-2.0 */
#include "anchors.h"

#include <stdlib.h>
#include <string.h>

#include "anchor.h"
#include "crypto.h"
#include "error.h"
#include "guid.h"
#include "index.h"

#define MAX_OBJECTS 1000000

/* From an anchor to a metaverse object. */
struct join {
    pwwb_anchor anchor;
    uint32_t    next;
    uint64_t    metaverse; /* 0 = not joined */
};

/* From a metaverse object to a directory object. */
struct ad_link {
    uint64_t metaverse;
    uint32_t next;
    int      account_enabled;
    uint8_t  guid[PWWB_ID_SIZE];
    char     directory[PWWB_DIRECTORY_NAME_SIZE];
};

struct store {
    size_t          max; /* of objects, and of links */
    size_t          object_count;
    size_t          join_count; /* up to two for each object */
    size_t          link_count;
    struct join    *joins;
    struct ad_link *links;
    wb_index        by_anchor;
    wb_index        by_metaverse;
};

/* What an anchor has led to so far. */
struct trail {
    size_t                objects;
    size_t                joined;
    int32_t               linked;
    const struct ad_link *eligible; /* the first */
    int                   ambiguous;
};

static uint32_t *
joins_of(const struct store *store, const pwwb_anchor *anchor)
{
    return wb_index_chain(&store->by_anchor, anchor->guid, sizeof(anchor->guid));
}

static uint32_t *
links_of(const struct store *store, uint64_t metaverse)
{
    return wb_index_chain(&store->by_metaverse, &metaverse, sizeof(metaverse));
}

static int
is_same_anchor(const pwwb_anchor *a, const pwwb_anchor *b)
{
    return a->kind == b->kind && memcmp(a->guid, b->guid, sizeof(a->guid)) == 0;
}

static int
is_same_target(const struct ad_link *link, const char *directory, const uint8_t guid[PWWB_ID_SIZE])
{
    return memcmp(link->guid, guid, PWWB_ID_SIZE) == 0 && strcmp(link->directory, directory) == 0;
}

static void
follow_links(const struct store *store, uint64_t metaverse, struct trail *trail)
{
    const struct ad_link *link;
    uint32_t              place;

    for (place = *links_of(store, metaverse); place != 0; place = link->next) {
        link = &store->links[place - 1];
        if (link->metaverse != metaverse)
            continue;

        trail->linked++;
        if (!link->account_enabled)
            continue;
        if (trail->eligible == NULL)
            trail->eligible = link;
        else if (!is_same_target(trail->eligible, link->directory, link->guid))
            trail->ambiguous = 1;
    }
}

static void
follow(const struct store *store, const pwwb_anchor *anchor, struct trail *trail)
{
    const struct join *join;
    uint32_t           place;

    for (place = *joins_of(store, anchor); place != 0; place = join->next) {
        join = &store->joins[place - 1];
        if (!is_same_anchor(&join->anchor, anchor))
            continue;

        trail->objects++;
        if (join->metaverse != 0) {
            trail->joined++;
            follow_links(store, join->metaverse, trail);
        }
    }
}

/* The first condition that is not met. */
static int32_t
judge(const struct trail *trail)
{
    if (trail->objects == 0)
        return PWWB_CODE_NOT_FOUND;
    if (trail->joined == 0)
        return PWWB_CODE_NOT_JOINED;
    if (trail->linked == 0)
        return PWWB_CODE_NO_DIRECTORY_OBJECT;
    if (trail->eligible == NULL)
        return PWWB_CODE_NOT_ELIGIBLE;
    return trail->ambiguous ? PWWB_CODE_AMBIGUOUS : PWWB_CODE_OK;
}

static pwwb_status
find(void *ctx, const pwwb_anchor *anchor, int64_t timeout_ms, pwwb_found *ret_found,
     pwwb_error *err)
{
    struct trail trail = {0};

    (void)timeout_ms;
    (void)err;
    follow(ctx, anchor, &trail);
    ret_found->code       = judge(&trail);
    ret_found->candidates = trail.linked;
    if (ret_found->code == PWWB_CODE_OK) {
        memcpy(ret_found->guid, trail.eligible->guid, sizeof(ret_found->guid));
        memcpy(ret_found->directory, trail.eligible->directory, sizeof(ret_found->directory));
    }
    return PWWB_OK;
}

static void
destroy(void *ctx)
{
    struct store *store = ctx;

    free(store->joins);
    free(store->links);
    wb_index_drop(&store->by_anchor);
    wb_index_drop(&store->by_metaverse);
    free(store);
}

static const pwwb_anchors_ops memory_ops = {
    .size    = sizeof(pwwb_anchors_ops),
    .find    = find,
    .destroy = destroy,
};

/* All memory is taken at once: what is not used is not touched, and adding cannot run out. */
static struct store *
make(size_t max)
{
    struct store *store = calloc(1, sizeof(*store));

    if (store == NULL)
        return NULL;

    store->max   = max;
    store->joins = calloc(2 * max, sizeof(*store->joins));
    store->links = calloc(max, sizeof(*store->links));
    if (store->joins == NULL || store->links == NULL ||
        wb_index_make(&store->by_anchor, max) != 0 ||
        wb_index_make(&store->by_metaverse, max) != 0) {
        destroy(store);
        return NULL;
    }
    return store;
}

pwwb_status
pwwb_anchors_new_memory(size_t max_objects, pwwb_anchors **ret_anchors, pwwb_error *err)
{
    struct store *store;
    pwwb_status   st;

    wb_ok(err);
    if (ret_anchors != NULL)
        *ret_anchors = NULL;
    if (ret_anchors == NULL || max_objects < 1 || max_objects > MAX_OBJECTS)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT,
                       "ret_anchors must be given, and max_objects be 1 to %d", MAX_OBJECTS);

    st = wb_crypto_ready(err);
    if (st != PWWB_OK)
        return st;

    store = make(max_objects);
    if (store == NULL)
        return wb_fail(err, PWWB_E_NO_MEMORY, "no memory for %zu objects", max_objects);

    st = pwwb_anchors_new(&memory_ops, store, ret_anchors, err);
    if (st != PWWB_OK)
        destroy(store);
    return st;
}

/* The same again adds nothing. */
static void
add_join(struct store *store, const pwwb_anchor *anchor, uint64_t metaverse)
{
    uint32_t    *chain = joins_of(store, anchor);
    struct join *join;
    uint32_t     place;

    for (place = *chain; place != 0; place = join->next) {
        join = &store->joins[place - 1];
        if (join->metaverse == metaverse && is_same_anchor(&join->anchor, anchor))
            return;
    }
    join            = &store->joins[store->join_count++];
    join->anchor    = *anchor;
    join->metaverse = metaverse;
    wb_index_push(chain, &join->next, store->join_count);
}

pwwb_status
pwwb_anchors_add_object(pwwb_anchors *anchors, const pwwb_anchor *cloud, const pwwb_anchor *source,
                        uint64_t metaverse, pwwb_error *err)
{
    struct store *store = wb_anchors_ctx(anchors, &memory_ops);

    wb_ok(err);
    if (store == NULL)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "not a store in memory");
    if (cloud == NULL && source == NULL)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "an object needs an anchor");
    if ((cloud != NULL && cloud->kind != PWWB_ANCHOR_CLOUD) ||
        (source != NULL && source->kind != PWWB_ANCHOR_SOURCE))
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "an anchor is of the wrong kind");
    if (store->object_count == store->max)
        return wb_fail(err, PWWB_E_FULL, "%zu objects are there", store->max);

    store->object_count++;
    if (cloud != NULL)
        add_join(store, cloud, metaverse);
    if (source != NULL)
        add_join(store, source, metaverse);
    return PWWB_OK;
}

/* The link, there or new; NULL = no room. */
static struct ad_link *
add_link(struct store *store, uint64_t metaverse, const char *directory,
         const uint8_t guid[PWWB_ID_SIZE])
{
    uint32_t       *chain = links_of(store, metaverse);
    struct ad_link *link;
    uint32_t        place;

    for (place = *chain; place != 0; place = link->next) {
        link = &store->links[place - 1];
        if (link->metaverse == metaverse && is_same_target(link, directory, guid))
            return link;
    }
    if (store->link_count == store->max)
        return NULL;

    link            = &store->links[store->link_count++];
    link->metaverse = metaverse;
    wb_index_push(chain, &link->next, store->link_count);
    memcpy(link->directory, directory, strlen(directory));
    memcpy(link->guid, guid, PWWB_ID_SIZE);
    return link;
}

pwwb_status
pwwb_anchors_add_link(pwwb_anchors *anchors, uint64_t metaverse, const char *directory,
                      const uint8_t object_guid[PWWB_ID_SIZE], const char *rule, pwwb_error *err)
{
    struct store   *store = wb_anchors_ctx(anchors, &memory_ops);
    struct ad_link *link;

    wb_ok(err);
    if (store == NULL)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "not a store in memory");
    if (metaverse == 0 || directory == NULL || object_guid == NULL || rule == NULL ||
        wb_guid_is_zero(object_guid))
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "a link needs both ends and a rule");
    if (strnlen(directory, PWWB_DIRECTORY_NAME_SIZE) == PWWB_DIRECTORY_NAME_SIZE)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "the directory's name is too long");

    link = add_link(store, metaverse, directory, object_guid);
    if (link == NULL)
        return wb_fail(err, PWWB_E_FULL, "%zu links are there", store->max);

    if (wb_anchor_rule_is_enabled(rule))
        link->account_enabled = 1;
    return PWWB_OK;
}
