/* SPDX-License-Identifier: Apache-2.0 */
#include "key_judge.h"

pwwb_keyring *
judge_load(world *w, int which)
{
    pwwb_keyring *keyring = NULL;
    pwwb_status   st      = pwwb_keystore_load(w->stores[which], &keyring, NULL);

    if (st != PWWB_OK && st != PWWB_E_NOT_FOUND)
        world_complain(w, "%s: %s", strrchr(w->paths[which], '/') + 1,
                       pwwb_status_name(st));
    return keyring;
}

/* Whether a file was replaced since it was looked at last. */
static int
is_changed(world *w)
{
    int i, changed = 0;

    for (i = 0; i < FILES; i++) {
        const struct stat *seen = &w->seen[i];
        struct stat        now  = {0};

        (void)stat(w->paths[i], &now);
        changed |= now.st_ino != seen->st_ino || now.st_size != seen->st_size
                   || now.st_mtim.tv_sec != seen->st_mtim.tv_sec
                   || now.st_mtim.tv_nsec != seen->st_mtim.tv_nsec;
        w->seen[i] = now;
    }
    return changed;
}

static void
check_common(world *w, pwwb_keyring *agents, const pwwb_keyring *portals)
{
    ex_message  m;
    pwwb_status st;
    size_t      i;

    for (i = 0; i < portals->epoch_count; i++) {
        const wb_epoch *e = &portals->epochs[i];

        if (e->state != PWWB_EPOCH_OPEN_ONLY
            && (agents == NULL || wb_keyring_find(agents, wb_span_of(e->kid, WB_KID_SIZE)) == NULL))
            world_complain(w, "the portals have generation %d, the agents have not",
                           (int)e->generation);
    }
    if (agents == NULL || wb_keyring_active(portals) == NULL)
        return;
    st = ex_seal(portals, w->now_ms / 1000, &m);
    if (st == PWWB_OK)
        st = ex_open(agents, &m, w->now_ms / 1000);
    if (st != PWWB_OK)
        world_complain(w, "no common key: %s", pwwb_status_name(st));
}

void
judge_files(world *w)
{
    pwwb_keyring *agents, *portals;

    if (!is_changed(w))
        return;
    agents  = judge_load(w, AGENTS_FILE);
    portals = judge_load(w, PORTALS_FILE);
    if (portals != NULL)
        check_common(w, agents, portals);
    pwwb_keyring_free(agents);
    pwwb_keyring_free(portals);
}

static void
seal_at(world *w, int who)
{
    request *r = &w->requests[w->request_count];

    w->asked.len = 0;
    if (!world_ask(w, who, ASK_SEAL))
        return; /* nobody was told that it was accepted */
    if (w->told.status == PWWB_E_NOT_FOUND || w->told.status == PWWB_E_KEY_INACTIVE)
        return;
    if (w->told.status != PWWB_OK || w->request_count == REQUESTS) {
        world_complain(w, "a portal seals: %s", pwwb_status_name(w->told.status));
        return;
    }
    r->portal     = who;
    r->exp_ms     = w->now_ms + 1000 * PWWB_REQUEST_LIFE_MAX;
    r->is_held    = (w->turn++ & 1) != 0;
    r->generation = w->told.generation;
    r->len        = w->told.len;
    memcpy(r->cti, w->told.cti, sizeof(r->cti));
    memcpy(r->octets, w->told.octets, r->len);
    w->request_count++;
}

void
judge_seal(world *w)
{
    seal_at(w, PORTAL);
    seal_at(w, PORTAL2);
}

/* A reply goes to the instance that sealed, or to the other when that one is dead. */
static void
reply_to(world *w, const request *r)
{
    int tries;

    memcpy(w->asked.octets, w->told.octets, w->told.len);
    memcpy(w->asked.cti, r->cti, sizeof(r->cti));
    w->asked.len = w->told.len;
    for (tries = 0; tries < 4; tries++)
        if (world_ask(w, PORTAL + ((r->portal - PORTAL + tries) & 1), ASK_REPLY))
            break;
    if (w->told.status == PWWB_OK && tries < 4)
        w->replies++;
    else if (r->generation > w->revoked_to)
        world_complain(w, "a reply is not opened: %s", pwwb_status_name(w->told.status));
}

/* Until an agent is done with it the relay gives it to one after the other. */
static void
open_one(world *w, const request *r)
{
    int tries, who = (int)(w->turn++ & 1);

    memcpy(w->asked.octets, r->octets, r->len);
    w->asked.len = r->len;
    for (tries = 0; tries < 4; tries++)
        if (world_ask(w, AGENT + ((who + tries) & 1), ASK_OPEN))
            break;
    if (w->told.status == PWWB_OK && tries < 4) {
        w->opened++;
        reply_to(w, r);
    } else if (r->generation > w->revoked_to) {
        world_complain(w, "a request of generation %d is not opened: %s", (int)r->generation,
                       pwwb_status_name(w->told.status));
    }
}

void
judge_open(world *w, int64_t within_ms)
{
    static request one;
    size_t         i, kept = 0;

    for (i = 0; i < w->request_count; i++) {
        one = w->requests[i];
        if (one.is_held && one.exp_ms >= w->now_ms + within_ms)
            w->requests[kept++] = one;
        else if (w->complaint[0] == '\0')
            open_one(w, &one);
    }
    w->request_count = kept;
}

/* Every agent, and every portal, once each way. */
static void
every_pair(world *w)
{
    static request r;
    int            agent, portal;

    for (portal = PORTAL; portal <= PORTAL2; portal++)
        for (agent = AGENT; agent <= AGENT2; agent++) {
            w->asked.len = 0;
            world_insist(w, portal, ASK_SEAL);
            if (w->told.status != PWWB_OK)
                world_complain(w, "at the end: %s", pwwb_status_name(w->told.status));
            r.portal = portal;
            r.len    = w->asked.len = w->told.len;
            memcpy(r.cti, w->told.cti, sizeof(r.cti));
            memcpy(w->asked.octets, w->told.octets, w->told.len);
            world_insist(w, agent, ASK_OPEN);
            if (w->told.status != PWWB_OK)
                world_complain(w, "at the end an agent opens: %s",
                               pwwb_status_name(w->told.status));
            r.generation = UINT64_MAX;
            reply_to(w, &r);
        }
}

void
judge_end(world *w)
{
    pwwb_keyring   *agents  = judge_load(w, AGENTS_FILE);
    pwwb_keyring   *portals = judge_load(w, PORTALS_FILE);
    const wb_epoch *ours    = agents == NULL ? NULL : wb_keyring_active(agents);
    const wb_epoch *theirs  = portals == NULL ? NULL : wb_keyring_active(portals);

    if (ours == NULL || theirs == NULL || memcmp(ours->kid, theirs->kid, WB_KID_SIZE) != 0)
        world_complain(w, "not one active key on both sides");
    else if (agents->state != PWWB_TENANT_ENABLED || portals->state != PWWB_TENANT_ENABLED)
        world_complain(w, "not enabled on both sides");
    pwwb_keyring_free(agents);
    pwwb_keyring_free(portals);
    every_pair(w);
}
