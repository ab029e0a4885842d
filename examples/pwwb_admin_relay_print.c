/* SPDX-License-Identifier: Apache-2.0 */
#include "pwwb_admin_relay.h"

/* An agent reads requests and writes answers, heartbeats and orders; the queue for answers is made by
 * whoever comes first. A portal writes requests, and reads answers, orders and heartbeats, these from a
 * queue that the broker names. */
typedef struct rights {
    const char *configure;
    const char *write;
    const char *read;
} rights;

static const rights agents = {
    .configure = "^pwwb\\\\.rsp\\\\..+$",
    .write     = "^(amq\\\\.default|pwwb\\\\.heartbeats)$",
    .read      = "^pwwb\\\\.req$",
};
static const rights portals = {
    .configure = "^(pwwb\\\\.rsp\\\\..+|amq\\\\.gen-.+)$",
    .write     = "^(pwwb\\\\.requests|amq\\\\.gen-.+)$",
    .read      = "^(pwwb\\\\.portals|pwwb\\\\.heartbeats|pwwb\\\\.rsp\\\\..+|amq\\\\.gen-.+)$",
};

static const char *
before(size_t index)
{
    return index == 0 ? "\n    " : ",\n    ";
}

static void
print_users(const relay_plan *plan, FILE *to)
{
    size_t i;

    fprintf(to, "{\"users\": [");
    for (i = 0; i < plan->user_count; i++)
        fprintf(to, "%s{\"name\": \"%s\", \"password_hash\": \"%s\",\n"
                    "     \"hashing_algorithm\": \"rabbit_password_hashing_sha256\", \"tags\": \"\"}",
                before(i), plan->users[i].name, plan->users[i].hash);
    fprintf(to, "],\n \"permissions\": [");
    for (i = 0; i < plan->user_count; i++) {
        const rights *r = plan->users[i].is_agent ? &agents : &portals;

        fprintf(to, "%s{\"user\": \"%s\", \"vhost\": \"%s\",\n"
                    "     \"configure\": \"%s\", \"write\": \"%s\", \"read\": \"%s\"}",
                before(i), plan->users[i].name, plan->vhost, r->configure, r->write, r->read);
    }
    fprintf(to, "],\n");
}

static void
print_exchange(const relay_plan *plan, size_t index, const char *name, FILE *to)
{
    fprintf(to, "%s{\"name\": \"%s\", \"vhost\": \"%s\", \"type\": \"fanout\", \"durable\": true, "
                "\"auto_delete\": false,\n     \"internal\": false, \"arguments\": {}}",
            before(index), name, plan->vhost);
}

static void
print_queue(const relay_plan *plan, size_t index, const char *name, FILE *to)
{
    fprintf(to, "%s{\"name\": \"%s\", \"vhost\": \"%s\", \"durable\": true, \"auto_delete\": false,\n"
                "     \"arguments\": {\"x-queue-type\": \"%s\"}}",
            before(index), name, plan->vhost, plan->is_quorum ? "quorum" : "classic");
}

/* Its beginning; what follows "message-ttl" is the caller's, and "}}". */
static void
print_policy(const relay_plan *plan, size_t index, const char *name, const char *pattern, FILE *to)
{
    fprintf(to, "%s{\"name\": \"%s\", \"vhost\": \"%s\", \"pattern\": \"%s\", \"apply-to\": \"queues\", "
                "\"priority\": 1,\n     \"definition\": {\"message-ttl\": %ld000, ",
            before(index), name, plan->vhost, pattern, plan->seconds);
}

static void
print_policies(const relay_plan *plan, FILE *to)
{
    fprintf(to, " \"policies\": [");
    print_policy(plan, 0, "pwwb", "^pwwb\\\\.(req|portals)$", to);
    fprintf(to, "\"max-length\": %ld, \"overflow\": \"reject-publish\"%s}}", plan->length,
            plan->is_quorum ? ", \"delivery-limit\": 200" : "");
    print_policy(plan, 1, "pwwb-replies", "^pwwb\\\\.rsp\\\\.", to);
    fprintf(to, "\"max-length\": %ld, \"expires\": %ld000}}", plan->length, 2 * plan->seconds);
    print_policy(plan, 2, "pwwb-heartbeats", "^amq\\\\.gen-", to);
    fprintf(to, "\"max-length\": 100, \"expires\": %ld000}}", 2 * plan->seconds);
    fprintf(to, "]}\n");
}

int
relay_print(const relay_plan *plan, FILE *to)
{
    print_users(plan, to);
    fprintf(to, " \"exchanges\": [");
    print_exchange(plan, 0, "pwwb.requests", to);
    print_exchange(plan, 1, "pwwb.heartbeats", to);
    fprintf(to, "],\n \"queues\": [");
    print_queue(plan, 0, "pwwb.req", to);
    print_queue(plan, 1, "pwwb.portals", to);
    fprintf(to, "],\n \"bindings\": [\n"
                "    {\"source\": \"pwwb.requests\", \"vhost\": \"%s\", \"destination\": \"pwwb.req\",\n"
                "     \"destination_type\": \"queue\", \"routing_key\": \"\", \"arguments\": {}}],\n",
            plan->vhost);
    print_policies(plan, to);
    return fflush(to) == 0 && !ferror(to) ? 0 : -1;
}
