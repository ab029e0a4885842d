/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PEOPLE_H
#define PEOPLE_H

/*
 * A country, made up: people with accounts in five forests, as a sync engine would tell them in a CSV
 * file. Who somebody is, and where his anchors must lead, is a function of the seed and his number
 * alone: nothing is kept, and nobody is asked.
 *
 * Of each hundred two have no cloud connector object, two are not joined, two have no link, two no
 * eligible one, two have two; ten have two links of which one is eligible, and eighty one.
 */

#include <stdio.h>
#include <string.h>

#include <pwwb/anchor.h>
#include <sodium.h>

#define PEOPLE_FORESTS 5
#define PEOPLE_LINKS   2 /* at most */
#define PEOPLE_CODES   6

typedef struct people {
    uint64_t count;
    uint8_t  key[crypto_shorthash_siphashx24_KEYBYTES];
} people;

typedef struct people_link {
    int     forest; /* from 0 */
    int     is_eligible;
    uint8_t guid[PWWB_ID_SIZE];
} people_link;

typedef struct person {
    uint64_t    number;
    int32_t     code;       /* that both anchors must lead to */
    int         has_object; /* a cloud connector object */
    int         is_joined;
    int         link_count;
    int         target; /* the link that a password goes to, if the code is OK */
    pwwb_anchor cloud;
    pwwb_anchor source;
    uint8_t     metaverse[PWWB_ID_SIZE];
    people_link links[PEOPLE_LINKS];
} person;

static const int32_t people_codes[PEOPLE_CODES] = {
    PWWB_CODE_NOT_FOUND,    PWWB_CODE_NOT_JOINED, PWWB_CODE_NO_DIRECTORY_OBJECT,
    PWWB_CODE_NOT_ELIGIBLE, PWWB_CODE_AMBIGUOUS,  PWWB_CODE_OK,
};

static inline people
people_make(uint64_t count, uint64_t seed)
{
    people all = {.count = count};

    memcpy(all.key, &seed, sizeof(seed));
    return all;
}

/* 16 octets of somebody, by what they are for. */
static inline void
people_draw(const people *all, uint64_t number, uint64_t purpose, uint8_t ret[PWWB_ID_SIZE])
{
    const uint64_t in[2] = {number, purpose};

    (void)crypto_shorthash_siphashx24(ret, (const uint8_t *)in, sizeof(in), all->key);
}

static inline uint64_t
people_number(const people *all, uint64_t number, uint64_t purpose)
{
    uint8_t  octets[PWWB_ID_SIZE];
    uint64_t value;

    people_draw(all, number, purpose, octets);
    memcpy(&value, octets, sizeof(value));
    return value;
}

/* 0 to 99, each once in a hundred people that follow each other. */
static inline int
people_lot(const people *all, uint64_t number)
{
    return (int)((number % 100 * 37 + people_number(all, number / 100, 1) % 100) % 100);
}

static inline void
people_link_up(const people *all, person *who, uint64_t chance)
{
    int i, forest = (int)(chance % PEOPLE_FORESTS);

    for (i = 0; i < who->link_count; i++) {
        who->links[i].forest      = (forest + i * (1 + (int)(chance / 7 % 4))) % PEOPLE_FORESTS;
        who->links[i].is_eligible = i == who->target || who->code == PWWB_CODE_AMBIGUOUS;
        people_draw(all, who->number, 10 + (uint64_t)i, who->links[i].guid);
    }
}

/* Who has a number, from 0. The source anchor is the objectGUID of the account where it has one. */
static inline person
people_get(const people *all, uint64_t number)
{
    const int      lot    = people_lot(all, number);
    const uint64_t chance = people_number(all, number, 2);
    person         who    = {.number = number, .code = people_codes[lot < 10 ? lot / 2 : 5]};

    who.has_object = who.code != PWWB_CODE_NOT_FOUND;
    who.is_joined  = who.has_object && who.code != PWWB_CODE_NOT_JOINED;
    who.link_count = who.code == PWWB_CODE_AMBIGUOUS || (lot >= 10 && lot < 20) ? 2 : 1;
    who.target     = who.link_count == 2 ? (int)(chance >> 32 & 1) : 0;
    if (who.code == PWWB_CODE_NO_DIRECTORY_OBJECT)
        who.link_count = 0;
    if (who.code == PWWB_CODE_NOT_ELIGIBLE)
        who.target = -1;
    people_link_up(all, &who, chance);

    who.cloud.kind  = PWWB_ANCHOR_CLOUD;
    who.source.kind = PWWB_ANCHOR_SOURCE;
    people_draw(all, number, 3, who.cloud.guid);
    people_draw(all, number, 10 + (uint64_t)(who.target < 0 ? 0 : who.target), who.source.guid);
    people_draw(all, number, 4, who.metaverse);
    return who;
}

static inline void
people_forest(int forest, char name[PWWB_DIRECTORY_NAME_SIZE])
{
    (void)snprintf(name, PWWB_DIRECTORY_NAME_SIZE, "forest%d.example.test", forest + 1);
}

/* Where both anchors must lead. */
static inline pwwb_found
people_expect(const person *who)
{
    pwwb_found found = {.size = sizeof(found), .code = who->code};

    found.candidates = who->is_joined ? who->link_count : 0;
    if (who->code == PWWB_CODE_OK) {
        memcpy(found.guid, who->links[who->target].guid, sizeof(found.guid));
        people_forest(who->links[who->target].forest, found.directory);
    }
    return found;
}

static inline int
people_is_same(const pwwb_found *a, const pwwb_found *b)
{
    return a->code == b->code && a->candidates == b->candidates &&
           memcmp(a->guid, b->guid, sizeof(a->guid)) == 0 && strcmp(a->directory, b->directory) == 0;
}

/* The place of a code in people_codes, or -1. */
static inline int
people_place(int32_t code)
{
    int i;

    for (i = 0; i < PEOPLE_CODES; i++)
        if (people_codes[i] == code)
            return i;
    return -1;
}

static inline int
people_write_cloud(const person *who, FILE *file)
{
    char   cloud[PWWB_ANCHOR_TEXT_SIZE], source[PWWB_ANCHOR_TEXT_SIZE], metaverse[37] = "";
    size_t len;

    if (pwwb_anchor_print(&who->cloud, cloud, sizeof(cloud), &len, NULL) != PWWB_OK ||
        pwwb_anchor_print(&who->source, source, sizeof(source), &len, NULL) != PWWB_OK)
        return -1;
    if (who->is_joined)
        pwwb_guid_print(who->metaverse, metaverse);
    return fprintf(file, "cloud,%s,%s,%s,,,,\r\n", cloud, source, metaverse) < 0 ? -1 : 0;
}

static inline int
people_write_link(const person *who, const people_link *link, FILE *file)
{
    char metaverse[37], guid[37], forest[PWWB_DIRECTORY_NAME_SIZE];

    pwwb_guid_print(who->metaverse, metaverse);
    pwwb_guid_print(link->guid, guid);
    people_forest(link->forest, forest);
    return fprintf(file,
                   "link,,,%s,%s,%s,In from AD - User Join|%sIn from AD - User Common,"
                   "\"CN=Person %llu,OU=People,DC=forest%d,DC=example,DC=test\"\r\n",
                   metaverse, forest, guid,
                   link->is_eligible ? "In from AD - User AccountEnabled|" : "",
                   (unsigned long long)who->number, link->forest + 1) < 0
               ? -1
               : 0;
}

static inline uint64_t
people_divisor(uint64_t a, uint64_t b)
{
    return b == 0 ? a : people_divisor(b, a % b);
}

/* A step that comes to everybody in another order; about 0.618 of them. */
static inline uint64_t
people_step(uint64_t count)
{
    uint64_t step = count * 618 / 1000 + 1;

    while (people_divisor(count, step) != 1)
        step++;
    return step;
}

/* The links of one forest. In no order that the cloud's objects have: a forest knows none of it. */
static inline int
people_write_forest(const people *all, int forest, FILE *file)
{
    const uint64_t step = people_step(all->count);
    uint64_t       i, number = 0;
    int            k, rc = 0;

    for (i = 0; i < all->count && rc == 0; i++, number = (number + step) % all->count) {
        const person who = people_get(all, number);

        for (k = 0; k < who.link_count && rc == 0; k++)
            if (who.links[k].forest == forest)
                rc = people_write_link(&who, &who.links[k], file);
    }
    return rc;
}

/* The whole country, one connector after the other. 0 when all is written. */
static inline int
people_write(const people *all, FILE *file)
{
    uint64_t i;
    int      forest, rc;

    rc = fputs("kind,cloud_anchor,source_anchor,metaverse,directory,object_guid,rules,dn\r\n", file) < 0;
    for (i = 0; i < all->count && rc == 0; i++) {
        const person who = people_get(all, i);

        if (who.has_object)
            rc = people_write_cloud(&who, file);
    }
    for (forest = 0; forest < PEOPLE_FORESTS && rc == 0; forest++)
        rc = people_write_forest(all, forest, file);
    return rc != 0 || fflush(file) != 0;
}

/* What became of all keys that people have, by their own reckoning and by a store's. */
typedef struct people_tally {
    uint64_t expected[PEOPLE_CODES];
    uint64_t answered[PEOPLE_CODES];
    uint64_t wrong; /* answers: another code, directory, GUID, or number of candidates */
} people_tally;

static inline void
people_ask(pwwb_anchors *anchors, const pwwb_anchor *anchor, const pwwb_found *expected,
           people_tally *tally)
{
    pwwb_found  found = {.size = sizeof(found)};
    pwwb_status st    = pwwb_anchors_find(anchors, anchor, -1, &found, NULL);
    int         place = st == PWWB_OK ? people_place(found.code) : -1;

    tally->expected[people_place(expected->code)]++;
    if (place >= 0)
        tally->answered[place]++;
    tally->wrong += place < 0 || !people_is_same(expected, &found);
}

/* Follow both anchors of everybody. */
static inline people_tally
people_sweep(const people *all, pwwb_anchors *anchors)
{
    people_tally tally = {.wrong = 0};
    uint64_t     i;

    for (i = 0; i < all->count; i++) {
        const person     who      = people_get(all, i);
        const pwwb_found expected = people_expect(&who);

        people_ask(anchors, &who.cloud, &expected, &tally);
        people_ask(anchors, &who.source, &expected, &tally);
    }
    return tally;
}

#endif /* PEOPLE_H */
