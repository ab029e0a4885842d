/* SPDX-License-Identifier: Apache-2.0 */
#include <pwwb/journal.h>

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "crypto.h"
#include "error.h"
#include "guid.h"
#include "index.h"

#define MAX_CAPACITY 1000000

/* The entries stand without gaps. */
struct entry {
    uint8_t   cti[PWWB_ID_SIZE];
    uint8_t   digest[WB_SHA256_SIZE];
    uint8_t   guid[PWWB_ID_SIZE];
    int64_t   expires_ms;
    int64_t   recorded_ms; /* the account's pwdLastSet before our write; -1 */
    int64_t   written_ms;  /* the one that our write made; -1 */
    int64_t   issued_s;    /* the request's iat */
    uint8_t  *reply;       /* NULL until it is finished */
    size_t    reply_len;
    uint32_t *chain; /* of the index; hashed once */
    uint32_t  next;
};

struct book {
    pthread_mutex_t mutex;
    wb_clock        clock;
    size_t          capacity;
    size_t          count;
    int64_t         earliest_ms; /* no entry's time is over before */
    int64_t         born_ms;     /* it knows nothing of what was before */
    struct entry   *entries;
    wb_index        index;
};

static struct entry *
find(const struct book *book, const uint8_t *cti)
{
    uint32_t place = *wb_index_chain(&book->index, cti, PWWB_ID_SIZE);

    while (place != 0) {
        struct entry *entry = &book->entries[place - 1];

        if (memcmp(entry->cti, cti, PWWB_ID_SIZE) == 0)
            return entry;
        place = entry->next;
    }
    return NULL;
}

/* Put the entry that stands after the others among them. */
static void
append(struct book *book)
{
    struct entry *entry = &book->entries[book->count++];

    wb_index_push(entry->chain, &entry->next, book->count);
    if (entry->expires_ms < book->earliest_ms)
        book->earliest_ms = entry->expires_ms;
}

/* Forget the entries whose time is over, and close the gaps. */
static void
sweep(struct book *book, int64_t now_ms)
{
    size_t count = book->count;
    size_t i;

    wb_index_clear(&book->index);
    book->count       = 0;
    book->earliest_ms = INT64_MAX;
    for (i = 0; i < count; i++) {
        if (book->entries[i].expires_ms <= now_ms) {
            free(book->entries[i].reply);
            continue;
        }
        book->entries[book->count] = book->entries[i];
        append(book);
    }
}

/* The link of the index that leads to a place. */
static uint32_t *
link_to(const struct book *book, size_t place)
{
    uint32_t *link = book->entries[place - 1].chain;

    while (*link != place)
        link = &book->entries[*link - 1].next;
    return link;
}

/* Forget one entry that has no reply; the last one takes its place. */
static void
take_out(struct book *book, struct entry *entry)
{
    size_t place = (size_t)(entry - book->entries) + 1;

    *link_to(book, place) = entry->next;
    if (place != book->count) {
        *link_to(book, book->count) = (uint32_t)place;
        *entry                      = book->entries[book->count - 1];
    }
    book->count--;
}

static pwwb_status
claim_new(struct book *book, const uint8_t *cti, const uint8_t *digest, int64_t expires_ms,
          int64_t now_ms, pwwb_error *err)
{
    struct entry entry = {.expires_ms = expires_ms, .recorded_ms = -1, .written_ms = -1};

    if (book->count == book->capacity && book->earliest_ms <= now_ms)
        sweep(book, now_ms);
    if (book->count == book->capacity)
        return wb_fail(err, PWWB_E_FULL, "the journal holds %zu requests", book->capacity);

    entry.chain = wb_index_chain(&book->index, cti, PWWB_ID_SIZE);
    memcpy(entry.cti, cti, sizeof(entry.cti));
    memcpy(entry.digest, digest, sizeof(entry.digest));
    book->entries[book->count] = entry;
    append(book);
    return PWWB_OK;
}

static pwwb_status
show(const struct entry *entry, uint8_t *reply, size_t reply_size, pwwb_journal_entry *ret_entry,
     pwwb_error *err)
{
    if (entry->reply_len > reply_size)
        return wb_fail(err, PWWB_E_BUFFER_TOO_SMALL, "the reply needs %zu octets",
                       entry->reply_len);

    ret_entry->password_last_set_ms = entry->recorded_ms;
    memcpy(ret_entry->guid, entry->guid, sizeof(ret_entry->guid));
    ret_entry->state = PWWB_ENTRY_RUNNING;
    if (entry->reply != NULL) {
        ret_entry->state     = PWWB_ENTRY_DONE;
        ret_entry->reply_len = entry->reply_len;
        memcpy(reply, entry->reply, entry->reply_len);
    }
    return PWWB_OK;
}

static pwwb_status
claim(void *ctx, const uint8_t *cti, const uint8_t *digest, int64_t expires_ms, uint8_t *reply,
      size_t reply_size, pwwb_journal_entry *ret_entry, pwwb_error *err)
{
    struct book *book   = ctx;
    int64_t      now_ms = wb_clock_wall_ms(&book->clock); /* a callback: not under the lock */
    const struct entry *entry;
    pwwb_status         st = PWWB_OK;

    ret_entry->since_ms = book->born_ms;
    pthread_mutex_lock(&book->mutex);
    entry = find(book, cti);
    if (entry == NULL) {
        st               = claim_new(book, cti, digest, expires_ms, now_ms, err);
        ret_entry->state = PWWB_ENTRY_NEW;
    } else if (memcmp(entry->digest, digest, sizeof(entry->digest)) != 0) {
        ret_entry->state = PWWB_ENTRY_REPLAY;
    } else {
        st = show(entry, reply, reply_size, ret_entry, err);
    }
    pthread_mutex_unlock(&book->mutex);
    return st;
}

/* The entry of a request that runs. */
static pwwb_status
find_running(const struct book *book, const uint8_t *cti, struct entry **ret_entry, pwwb_error *err)
{
    *ret_entry = find(book, cti);
    if (*ret_entry == NULL)
        return wb_fail(err, PWWB_E_NOT_FOUND, "the request was not claimed, or is forgotten");
    if ((*ret_entry)->reply != NULL)
        return wb_fail(err, PWWB_E_STATE, "the request is finished");

    return PWWB_OK;
}

static pwwb_status
record(void *ctx, const uint8_t *cti, const uint8_t *guid, int64_t password_last_set_ms,
       int64_t issued_s, pwwb_error *err)
{
    struct book  *book = ctx;
    struct entry *entry;
    pwwb_status   st;

    pthread_mutex_lock(&book->mutex);
    st = find_running(book, cti, &entry, err);
    if (st == PWWB_OK) {
        memcpy(entry->guid, guid, sizeof(entry->guid));
        entry->recorded_ms = password_last_set_ms;
        entry->issued_s    = issued_s;
    }
    pthread_mutex_unlock(&book->mutex);
    return st;
}

/* That the write is ours stays known even when there is no memory for the reply. */
static pwwb_status
finish(void *ctx, const uint8_t *cti, const uint8_t *reply, size_t reply_len,
       int64_t password_last_set_ms, pwwb_error *err)
{
    struct book  *book = ctx;
    uint8_t      *copy;
    struct entry *entry;
    pwwb_status   st;

    if (reply_len == 0)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT, "there is no reply to keep");

    copy = malloc(reply_len);
    if (copy != NULL)
        memcpy(copy, reply, reply_len);

    pthread_mutex_lock(&book->mutex);
    st = find_running(book, cti, &entry, err);
    if (st == PWWB_OK) {
        entry->written_ms = password_last_set_ms;
        entry->reply      = copy;
        entry->reply_len  = copy != NULL ? reply_len : 0;
        if (copy == NULL)
            st = wb_fail(err, PWWB_E_NO_MEMORY, "no memory for a reply");
        copy = NULL;
    }
    pthread_mutex_unlock(&book->mutex);
    free(copy);
    return st;
}

static int
is_ours(const struct entry *entry, const uint8_t *guid, int64_t password_last_set_ms,
        int64_t issued_s)
{
    return entry->written_ms == password_last_set_ms && entry->issued_s <= issued_s
           && memcmp(entry->guid, guid, PWWB_ID_SIZE) == 0;
}

static pwwb_status
lookup(void *ctx, const uint8_t *guid, int64_t password_last_set_ms, int64_t issued_s,
       int32_t *ret_ours, pwwb_error *err)
{
    struct book *book = ctx;
    size_t       i;

    (void)err;
    *ret_ours = 0;
    if (password_last_set_ms < 0)
        return PWWB_OK;

    pthread_mutex_lock(&book->mutex);
    for (i = 0; i < book->count && !*ret_ours; i++)
        *ret_ours = is_ours(&book->entries[i], guid, password_last_set_ms, issued_s);
    pthread_mutex_unlock(&book->mutex);
    return PWWB_OK;
}

static pwwb_status
release(void *ctx, const uint8_t *cti, pwwb_error *err)
{
    struct book  *book = ctx;
    struct entry *entry;
    pwwb_status   st;

    pthread_mutex_lock(&book->mutex);
    st = find_running(book, cti, &entry, err);
    if (st == PWWB_OK && !wb_guid_is_zero(entry->guid))
        st = wb_fail(err, PWWB_E_STATE, "an account was recorded: it may have been written");
    if (st == PWWB_OK)
        take_out(book, entry);
    pthread_mutex_unlock(&book->mutex);
    return st;
}

static void
destroy(void *ctx)
{
    struct book *book = ctx;
    size_t       i;

    for (i = 0; i < book->count; i++)
        free(book->entries[i].reply);
    pthread_mutex_destroy(&book->mutex);
    free(book->entries);
    wb_index_drop(&book->index);
    free(book);
}

static const pwwb_journal_ops memory_ops = {
    .size    = sizeof(pwwb_journal_ops),
    .claim   = claim,
    .record  = record,
    .finish  = finish,
    .lookup  = lookup,
    .destroy = destroy,
    .release = release,
};

/* All of it at once: what is not used is not touched. */
static struct book *
make(size_t capacity, const wb_clock *clock)
{
    struct book *book = calloc(1, sizeof(*book));

    if (book == NULL)
        return NULL;
    if (pthread_mutex_init(&book->mutex, NULL) != 0) {
        free(book);
        return NULL;
    }

    book->clock       = *clock;
    book->capacity    = capacity;
    book->earliest_ms = INT64_MAX;
    book->born_ms     = wb_clock_wall_ms(clock);
    book->entries     = calloc(capacity, sizeof(*book->entries));
    if (wb_index_make(&book->index, capacity) != 0 || book->entries == NULL) {
        destroy(book);
        return NULL;
    }
    return book;
}

pwwb_status
pwwb_journal_new_memory(size_t capacity, const pwwb_clock_ops *clock, void *clock_ctx,
                        pwwb_journal **ret_journal, pwwb_error *err)
{
    wb_clock     ours;
    struct book *book;
    pwwb_status  st;

    wb_ok(err);
    if (ret_journal != NULL)
        *ret_journal = NULL;
    if (ret_journal == NULL || capacity < 1 || capacity > MAX_CAPACITY)
        return wb_fail(err, PWWB_E_INVALID_ARGUMENT,
                       "ret_journal must be given, and capacity be 1 to %d", MAX_CAPACITY);

    st = wb_clock_make(&ours, clock, clock_ctx, err);
    if (st != PWWB_OK)
        return st;

    st = wb_crypto_ready(err);
    if (st != PWWB_OK)
        return st;

    book = make(capacity, &ours);
    if (book == NULL)
        return wb_fail(err, PWWB_E_NO_MEMORY, "no memory for %zu requests", capacity);

    st = pwwb_journal_new(&memory_ops, book, ret_journal, err);
    if (st != PWWB_OK)
        destroy(book);
    return st;
}
