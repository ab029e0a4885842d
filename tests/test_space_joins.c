/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 12 13 */
/* Which objects are one metaverse object, and where its anchors lead, whatever came in which order. The judge is a
 * model that compares each object with each other one by docs/space.md's keys, and knows no order. */
#include <strings.h>

#include "import_world.h"

#define DIRECTORIES 3
#define OBJECTS     14 /* of each */
#define ALL         (DIRECTORIES * OBJECTS)
#define SEEDS       40
#define ROUNDS      6

static uint32_t     random_;
static fake_changes fakes[DIRECTORIES];
static int          joins_mail;

static uint32_t
below(uint32_t n)
{
    random_ = random_ * 1664525u + 1013904223u;
    return (random_ >> 8) % n;
}

/* Small ranges of keys, so that they meet. */
static void
draw(fake_object *f)
{
    static const char *const names[] = {"Ann@x.example", "ann@X.EXAMPLE", "bob@x.example", "cy@x.example"};
    fake_object              old     = *f;

    f->o.object_class    = below(6) == 0 ? PWWB_OBJECT_CONTACT : PWWB_OBJECT_USER;
    f->o.account_control = below(3) == 0 ? 0x202 : 0x200;
    f->o.recipient_type  = below(5) == 0 ? 2 : 0;
    memset(f->o.consistency_guid, 0, PWWB_ID_SIZE);
    if (below(4) == 0)
        f->o.consistency_guid[0] = (uint8_t)(1 + below(6));
    (void)snprintf(f->mail, sizeof(f->mail), "%s", below(3) == 0 ? names[below(4)] : "");
    f->has_sid    = below(4) != 0;
    f->has_master = below(4) == 0;
    memcpy(f->sid, old.sid, FAKE_SID);
    memcpy(f->master_sid, old.sid, FAKE_SID);
    f->sid[FAKE_SID - 1]        = (uint8_t)below(20);
    f->master_sid[FAKE_SID - 1] = (uint8_t)below(20);
    f->sid[12] = f->master_sid[12] = 7; /* the same in all directories */
    memset(f->sid + 24, 0, 3);
    memset(f->master_sid + 24, 0, 3);
    f->o.is_critical = below(8) == 0;
    f->is_gone       = below(6) == 0;
}

/* The model. */

static fake_object *
object(int i)
{
    return &fakes[i / OBJECTS].objects[i % OBJECTS];
}

static int
is_there(int i)
{
    int n = i % OBJECTS;

    return (size_t)n < fakes[i / OBJECTS].count && !object(i)->is_gone && !object(i)->o.is_critical
           && object(i)->changed != 0;
}

static int
is_contact(int i)
{
    return object(i)->o.object_class == PWWB_OBJECT_CONTACT;
}

static const uint8_t *
source_of(int i)
{
    const fake_object *f = object(i);

    if (is_contact(i) || f->o.recipient_type == 2)
        return NULL;
    return f->o.consistency_guid[0] != 0 ? f->o.consistency_guid : f->o.guid;
}

static int
is_eligible(int i)
{
    const fake_object *f = object(i);

    return !is_contact(i) && f->o.account_control == 0x200 && f->o.recipient_type != 2;
}

static int
is_same_sid(int has_a, const uint8_t *a, int has_b, const uint8_t *b)
{
    return has_a && has_b && memcmp(a, b, FAKE_SID) == 0;
}

static int
has_edge(int i, int j)
{
    const fake_object *a = object(i), *b = object(j);
    const uint8_t     *s = source_of(i), *t = source_of(j);

    if (s != NULL && t != NULL && memcmp(s, t, PWWB_ID_SIZE) == 0)
        return 1;
    if (is_same_sid(a->has_master, a->master_sid, b->has_sid, b->sid)
        || is_same_sid(b->has_master, b->master_sid, a->has_sid, a->sid)
        || is_same_sid(a->has_master, a->master_sid, b->has_master, b->master_sid))
        return 1;
    if (a->mail[0] == '\0' || strcasecmp(a->mail, b->mail) != 0)
        return 0;
    return is_contact(i) || is_contact(j) || (joins_mail && i / OBJECTS != j / OBJECTS);
}

static int part[ALL]; /* by one of them; -1 = not there */

static void
rename_part(int from, int to)
{
    int i;

    for (i = 0; i < ALL; i++)
        if (part[i] == from)
            part[i] = to;
}

static void
model(void)
{
    int i, j;

    for (i = 0; i < ALL; i++)
        part[i] = is_there(i) ? i : -1;
    for (i = 0; i < ALL; i++)
        for (j = 0; j < ALL; j++)
            if (part[i] >= 0 && part[j] >= 0 && part[i] != part[j] && has_edge(i, j))
                rename_part(part[i], part[j]);
}

/* The source anchor of a part: the least of those that are enabled, else of all. */
static const uint8_t *
anchor_of(int p)
{
    const uint8_t *best     = NULL;
    int            eligible = 0, i;

    for (i = 0; i < ALL; i++) {
        const uint8_t *s = part[i] == p ? source_of(i) : NULL;

        if (s == NULL || is_eligible(i) < eligible)
            continue;
        if (best == NULL || is_eligible(i) > eligible || memcmp(s, best, PWWB_ID_SIZE) < 0)
            best = s;
        eligible = is_eligible(i);
    }
    return best;
}

static pwwb_found
expect(const uint8_t *source)
{
    pwwb_found found = {.size = sizeof(found), .code = PWWB_CODE_NOT_FOUND};
    int        i, count = 0;

    for (i = 0; i < ALL; i++) {
        const uint8_t *anchor = part[i] >= 0 ? anchor_of(part[i]) : NULL;

        if (anchor == NULL || memcmp(anchor, source, PWWB_ID_SIZE) != 0)
            continue;
        found.candidates++;
        if (!is_eligible(i))
            continue;
        count++;
        memcpy(found.guid, object(i)->o.guid, PWWB_ID_SIZE);
        (void)snprintf(found.directory, sizeof(found.directory), "F%d", i / OBJECTS);
    }
    if (found.candidates > 0)
        found.code = count == 0 ? PWWB_CODE_NOT_ELIGIBLE : count == 1 ? PWWB_CODE_OK : PWWB_CODE_AMBIGUOUS;
    if (found.code != PWWB_CODE_OK) {
        memset(found.guid, 0, sizeof(found.guid));
        memset(found.directory, 0, sizeof(found.directory));
    }
    return found;
}

/* What the space has. */

static int64_t
metaverse_of(sqlite3_stmt *row, int i)
{
    char    name[16];
    int64_t metaverse = -1;

    (void)snprintf(name, sizeof(name), "F%d", i / OBJECTS);
    (void)sqlite3_bind_text(row, 1, name, -1, SQLITE_STATIC);
    (void)sqlite3_bind_blob(row, 2, object(i)->o.guid, PWWB_ID_SIZE, SQLITE_STATIC);
    if (sqlite3_step(row) == SQLITE_ROW)
        metaverse = sqlite3_column_int64(row, 0);
    (void)sqlite3_reset(row);
    return metaverse;
}

/* Pairs that are together in one of the two and not in the other. */
static int
differences(void)
{
    sqlite3      *db  = open_raw();
    sqlite3_stmt *row = NULL;
    int64_t       theirs[ALL];
    int           i, j, count = 0;

    if (sqlite3_prepare_v2(db, "SELECT o.metaverse FROM pwwb_object o JOIN pwwb_directory d ON d.id = o.directory"
                               " WHERE d.name = ?1 AND o.guid = ?2", -1, &row, NULL) != SQLITE_OK)
        abort();
    for (i = 0; i < ALL; i++)
        theirs[i] = metaverse_of(row, i);
    for (i = 0; i < ALL; i++) {
        count += (theirs[i] > 0) != (part[i] >= 0);
        for (j = 0; j < i; j++)
            count += part[i] >= 0 && part[j] >= 0 && (theirs[i] == theirs[j]) != (part[i] == part[j]);
    }
    (void)sqlite3_finalize(row);
    (void)sqlite3_close(db);
    return count;
}

static void
check_anchor(pwwb_space *space, const uint8_t *source)
{
    pwwb_found expected = expect(source);
    pwwb_found found    = look_up(space, PWWB_ANCHOR_SOURCE, source);

    CHECK_MEM(&expected, sizeof(expected), &found, sizeof(found));
}

static void
check_all(pwwb_space *space)
{
    uint8_t guid[PWWB_ID_SIZE] = {0};
    int     i;

    model();
    CHECK_INT(0, differences());
    for (i = 0; i < ALL; i++)
        check_anchor(space, object(i)->o.guid);
    for (i = 1; i <= 6; i++) {
        guid[0] = (uint8_t)i;
        check_anchor(space, guid);
    }
    CHECK_INT(0, number_of("SELECT count(*) FROM pwwb_metaverse WHERE id NOT IN (SELECT metaverse FROM pwwb_object)"));
    CHECK_INT(0, number_of("SELECT count(*) FROM pwwb_cloud c JOIN pwwb_metaverse m ON m.id = c.metaverse"
                     " WHERE c.source_guid <> m.source_guid"));
    CHECK_INT(number_of("SELECT count(*) FROM pwwb_metaverse WHERE source_guid IS NOT NULL"),
              number_of("SELECT count(*) FROM pwwb_cloud"));
}

static void
begin_world(uint32_t seed)
{
    int i;

    random_ = seed;
    for (i = 0; i < DIRECTORIES; i++)
        fake_begin(&fakes[i], (uint64_t)i + 1, OBJECTS);
}

static void
end_world(void)
{
    int i;

    for (i = 0; i < DIRECTORIES; i++)
        fake_end(&fakes[i]);
}

/* Some objects come, some change. */
static void
live(void)
{
    int i, d, n;

    for (i = 0; i < 12; i++) {
        d = (int)below(DIRECTORIES);
        n = (int)below(OBJECTS);
        if ((size_t)n < fakes[d].count)
            draw(fake_touch(&fakes[d], (size_t)n));
        else
            draw(fake_user(&fakes[d], (uint32_t)fakes[d].count + 1));
    }
}

static void
import_all(pwwb_space *space, int first)
{
    pwwb_import_options options = {.joins_mail = joins_mail};
    char                name[16];
    int                 i;

    for (i = 0; i < DIRECTORIES; i++) {
        int d = (first + i) % DIRECTORIES;

        fakes[d].step   = 1 + below(9);
        options.is_full = below(4) == 0;
        (void)snprintf(name, sizeof(name), "F%d", d);
        CHECK_STATUS(PWWB_OK, import_with(space, name, &fakes[d], options));
    }
}

/* Each seed is a life of three directories; in between a space that is filled at once must hold the same. */
static void
joins_are_the_same_whatever_the_order(void)
{
    char       *grown, *fresh;
    pwwb_space *space;
    uint32_t    seed;
    int         round;

    for (seed = 1; seed <= SEEDS; seed++) {
        joins_mail = seed % 2 == 0;
        begin_world(seed);
        space = fresh_space();
        for (round = 0; round < ROUNDS; round++) {
            live();
            import_all(space, (int)below(DIRECTORIES));
            check_all(space);
        }
        if (seed % 5 == 0) { /* who wants it otherwise from now on */
            joins_mail = !joins_mail;
            import_all(space, 0);
            check_all(space);
        }
        grown = dump();
        pwwb_space_free(space);
        space = fresh_space();
        import_all(space, 2);
        fresh = dump();
        CHECK_STR(grown, fresh);
        pwwb_space_free(space);
        free(grown);
        free(fresh);
        end_world();
        if (harness_failures > 0) {
            printf("# seed %u\n", (unsigned)seed);
            break;
        }
    }
}

/* The control: one object that is moved to another metaverse object, or an anchor, is seen. */
static void
a_wrong_join_is_seen(void)
{
    pwwb_space *space;

    joins_mail = 0;
    begin_world(3);
    space = fresh_space();
    live();
    import_all(space, 0);
    model();
    CHECK_INT(0, differences());
    raw("UPDATE pwwb_object SET metaverse = (SELECT max(metaverse) FROM pwwb_object)"
        " WHERE id = (SELECT id FROM pwwb_object WHERE metaverse <> (SELECT max(metaverse) FROM pwwb_object)"
        " LIMIT 1)");
    CHECK(differences() > 0);
    pwwb_space_free(space);
    end_world();
}

int
main(void)
{
    if (!world_begin("/dev/shm") && !world_begin("/tmp")) /* it need not last */
        return 1;

    RUN(joins_are_the_same_whatever_the_order);
    RUN(a_wrong_join_is_seen);
    world_end();
    return DONE;
}
