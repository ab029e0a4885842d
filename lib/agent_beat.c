/* SPDX-License-Identifier: Apache-2.0 */
#include "agent_beat.h"

#include <stdlib.h>
#include <string.h>

#include "crypto.h"
#include "directory.h"
#include "error.h"
#include "guid.h"
#include "keyring.h"
#include "transport.h"

#define PERIOD_S 300
#define LIFE_MS  300000 /* on the relay: the next one is there by then */
#define ASK_MS   3000   /* for the questions of one turn, so that requests wait no longer; to send, too */
#define AGAIN_MS 30000  /* a directory that is not up is asked again */
#define LOOK_MS  1000   /* between two looks at the relay */

static wb_beat *
make(const pwwb_agent_options *o)
{
    wb_beat *beat = calloc(1, sizeof(*beat));

    if (beat == NULL || pthread_mutex_init(&beat->mutex, NULL) != 0) {
        free(beat);
        return NULL;
    }
    memcpy(beat->agent_id, o->agent_id, PWWB_ID_SIZE);
    wb_random(beat->boot_id, PWWB_ID_SIZE);
    beat->period_ms = (int64_t)1000 * (o->heartbeat_s > 0 ? o->heartbeat_s : PERIOD_S);
    beat->due_ms    = INT64_MIN;
    return beat;
}

pwwb_status
wb_agent_beat_join(pwwb_agent *agent, const pwwb_agent_options *o, pwwb_error *err)
{
    int has_id = !wb_guid_is_zero(o->agent_id);

    if (o->heartbeat_s < 0 || o->heartbeat_s > PERIOD_S || o->reserved != 0
        || (o->lead != NULL && (has_id || o->heartbeat_s != 0 || o->lead->lead != NULL)))
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT,
                       "heartbeat_s is 1 to %d; who has a lead has its heartbeats", PERIOD_S);
    agent->lead = o->lead;
    if (o->lead != NULL)
        agent->beat = o->lead->beat;
    else if (has_id && (agent->beat = make(o)) == NULL)
        return wb_fail(err, PWWB_E_NO_MEMORY, "no memory for heartbeats");
    if (agent->beat == NULL)
        return PWWB_OK;

    pthread_mutex_lock(&agent->beat->mutex);
    agent->beat->workers++;
    pthread_mutex_unlock(&agent->beat->mutex);
    return PWWB_OK;
}

pwwb_status
wb_agent_beat_add(pwwb_agent *agent, const char *name, pwwb_error *err)
{
    wb_beat_directory *d;

    if (agent->beat == NULL)
        return PWWB_OK;

    pthread_mutex_lock(&agent->beat->mutex);
    d = wb_beat_directory_of(agent->beat, name);
    pthread_mutex_unlock(&agent->beat->mutex);
    return d != NULL ? PWWB_OK
                     : wb_fail(err, PWWB_E_FULL, "%d directories are the most",
                               WB_AGENT_DIRECTORIES_MAX);
}

void
wb_agent_beat_count(pwwb_agent *agent, int32_t counter)
{
    if (agent->beat == NULL || counter >= PWWB_HEARTBEAT_COUNTERS)
        return;

    pthread_mutex_lock(&agent->beat->mutex);
    agent->beat->counts[counter]++;
    pthread_mutex_unlock(&agent->beat->mutex);
}

/* Whether this worker can reach the relay, as far as its transport tells. */
static void
look(pwwb_agent *agent)
{
    int32_t agents;
    int32_t class = pwwb_status_class(wb_transport_presence(agent->transport, &agents, NULL));
    int is_cut    = class == PWWB_CLASS_TRANSPORT || class == PWWB_CLASS_DIRECTORY; /* E_AUTH is of these */

    agent->look_ms = wb_clock_monotonic_ms(&agent->writeback->clock) + LOOK_MS;
    if (is_cut == agent->is_cut)
        return;

    agent->is_cut = is_cut;
    pthread_mutex_lock(&agent->beat->mutex);
    if (is_cut)
        agent->beat->cut++;
    else
        agent->beat->cut--;
    pthread_mutex_unlock(&agent->beat->mutex);
}

/* What the requests since the last turn have shown. A failure may have been one request's alone, or its
 * short time's: it makes somebody ask. Under the mutex. */
static void
collect(pwwb_agent *agent)
{
    size_t i;

    for (i = 0; i < agent->directory_count; i++) {
        wb_beat_directory *d     = wb_beat_directory_of(agent->beat, agent->directories[i].name);
        int                heard = wb_directory_heard(agent->directories[i].directory);

        if (heard == WB_HEARD_ANSWER)
            d->is_up = 1;
        else if (heard == WB_HEARD_FAILURE && d->is_up)
            d->is_asked = 1;
    }
}

/* One of this worker's that is to be asked: it is this worker's then; NULL = none. */
static const wb_named_directory *
next_question(pwwb_agent *agent)
{
    const wb_named_directory *found = NULL;
    size_t                    i;

    pthread_mutex_lock(&agent->beat->mutex);
    for (i = 0; i < agent->directory_count && found == NULL; i++) {
        wb_beat_directory *d = wb_beat_directory_of(agent->beat, agent->directories[i].name);

        if (d->is_asked)
            found = &agent->directories[i];
        d->is_asked &= found == NULL;
    }
    pthread_mutex_unlock(&agent->beat->mutex);
    return found;
}

static void
note_answer(pwwb_agent *agent, const char *name, int is_up, const pwwb_policy_rules *rules)
{
    int64_t            now_ms = wb_clock_monotonic_ms(&agent->writeback->clock);
    wb_beat_directory *d;
    int                was_up;

    pthread_mutex_lock(&agent->beat->mutex);
    d           = wb_beat_directory_of(agent->beat, name);
    was_up      = d->is_up;
    d->is_up    = is_up;
    d->again_ms = now_ms + AGAIN_MS;
    d->rules    = *rules;
    pthread_mutex_unlock(&agent->beat->mutex);
    if (was_up != is_up)
        wb_log_say(&agent->log, is_up ? PWWB_LOG_INFO : PWWB_LOG_WARN, "health",
                   "directory '%s' %s", name, is_up ? "answers" : "does not answer");
}

static void
ask(pwwb_agent *agent)
{
    const wb_clock           *clock    = &agent->writeback->clock;
    int64_t                   deadline = wb_deadline_in(clock, ASK_MS);
    int64_t                   left;
    const wb_named_directory *d;

    while ((left = wb_deadline_left(clock, deadline)) != 0
           && (d = next_question(agent)) != NULL) {
        pwwb_policy_rules rules;
        int               is_up = wb_directory_probe(d->directory, left, &rules);

        note_answer(agent, d->name, is_up, &rules);
    }
}

static pwwb_status
send(pwwb_agent *agent, pwwb_heartbeat *h, pwwb_error *err)
{
    uint8_t      sealed[PWWB_ENVELOPE_MAX];
    pwwb_message message = {.size = sizeof(message), .data = sealed};
    pwwb_status  st;

    h->time_ms = wb_clock_wall_ms(&agent->writeback->clock);
    st = pwwb_heartbeat_seal(agent->writeback->keyring, h, sealed, sizeof(sealed), &message.len,
                             err);
    if (st != PWWB_OK)
        return st;

    wb_random(message.id, sizeof(message.id));
    memcpy(message.to, PWWB_ADDRESS_HEARTBEATS, sizeof(PWWB_ADDRESS_HEARTBEATS));
    message.expires_ms = h->time_ms + LIFE_MS;
    return wb_transport_send(agent->transport, &message,
                             agent->timeout_ms < ASK_MS ? agent->timeout_ms : ASK_MS, err);
}

static void
tell(pwwb_agent *agent, int is_last)
{
    wb_beat       *beat = agent->beat;
    pwwb_error    *err  = pwwb_error_new();
    pwwb_heartbeat h;
    pwwb_status    st;
    int64_t        now_ms;

    pthread_mutex_lock(&beat->mutex);
    wb_beat_fill(beat, is_last, &h);
    pthread_mutex_unlock(&beat->mutex);
    st = send(agent, &h, err);
    if (st != PWWB_OK) /* another one is sent soon */
        wb_log_say(&agent->log, PWWB_LOG_WARN, "health", "a heartbeat was not sent: %s",
                   err != NULL ? pwwb_error_message(err) : pwwb_status_name(st));
    now_ms = wb_clock_monotonic_ms(&agent->writeback->clock);
    pthread_mutex_lock(&beat->mutex);
    wb_beat_sent(beat, st == PWWB_OK, h.directories_up, now_ms);
    beat->has_said = is_last && st == PWWB_OK;
    pthread_mutex_unlock(&beat->mutex);
    pwwb_error_free(err);
}

static int
begin_work(pwwb_agent *agent)
{
    wb_beat *beat   = agent->beat;
    int64_t  now_ms = wb_clock_monotonic_ms(&agent->writeback->clock);
    int      work;

    pthread_mutex_lock(&beat->mutex);
    collect(agent);
    work = wb_beat_work(beat, now_ms);
    beat->is_busy |= work != WB_BEAT_NOTHING;
    pthread_mutex_unlock(&beat->mutex);
    return work;
}

static void
end_work(wb_beat *beat)
{
    pthread_mutex_lock(&beat->mutex);
    beat->is_busy = 0;
    pthread_mutex_unlock(&beat->mutex);
}

static int
can_seal(const pwwb_agent *agent)
{
    return wb_keyring_active(agent->writeback->keyring) != NULL;
}

void
wb_agent_beat(pwwb_agent *agent)
{
    int work = WB_BEAT_NOTHING;

    if (agent->beat == NULL || agent->has_left || !can_seal(agent))
        return;

    if (agent->look_ms <= wb_clock_monotonic_ms(&agent->writeback->clock))
        look(agent);
    work = begin_work(agent);
    if (work == WB_BEAT_ASK) {
        ask(agent);
        end_work(agent->beat);
        work = begin_work(agent);
    }
    if (work == WB_BEAT_NOTHING)
        return;
    if (work == WB_BEAT_SEND && !agent->is_cut)
        tell(agent, 0);
    end_work(agent->beat);
}

/* The last one that can reach the relay says that the process stops, if anything was said before; where none can,
 * the last one tries. */
void
wb_agent_beat_leave(pwwb_agent *agent, int may_tell)
{
    wb_beat *beat = agent->beat;
    int      tells;

    if (beat == NULL || agent->has_left)
        return;

    if (may_tell)
        look(agent);
    agent->has_left = 1;
    pthread_mutex_lock(&beat->mutex);
    beat->workers--;
    beat->cut -= agent->is_cut != 0;
    tells = beat->sequence > 0 && !beat->has_said
            && (beat->workers == 0 || (beat->workers == beat->cut && !agent->is_cut));
    pthread_mutex_unlock(&beat->mutex);
    if (tells && may_tell && can_seal(agent))
        tell(agent, 1);
}

void
wb_agent_beat_free(pwwb_agent *agent)
{
    if (agent->beat == NULL)
        return;

    wb_agent_beat_leave(agent, 0);
    if (agent->lead != NULL)
        return;

    pthread_mutex_destroy(&agent->beat->mutex);
    free(agent->beat);
}

int32_t
pwwb_agent_is_up(const pwwb_agent *agent, const char *directory)
{
    wb_beat *beat   = agent != NULL ? agent->beat : NULL;
    int32_t  answer = PWWB_MAYBE;
    size_t   i;

    if (beat == NULL || directory == NULL)
        return PWWB_MAYBE;

    pthread_mutex_lock(&beat->mutex);
    for (i = 0; i < beat->directory_count; i++) {
        const wb_beat_directory *d = &beat->directories[i];

        if (strcmp(d->name, directory) == 0)
            answer = d->is_up ? PWWB_YES : d->again_ms != 0 ? PWWB_NO : PWWB_MAYBE;
    }
    pthread_mutex_unlock(&beat->mutex);
    return answer;
}
