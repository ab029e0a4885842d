/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 15 */
#include "sd.h"

#include "harness.h"
#include "octets.h"

/* tests/vectors/samba/descriptors.json, and what its SDDL says of each SID */
static const struct descriptor {
    const char *name;
    int         entries;
    int         is_protected;
    octets      data;
} descriptors[] = {
#include "descriptors.h"
};

static const struct answer {
    size_t      place;
    const char *name;
    octets      sid;
    uint32_t    right;
    octets      type;
    int         answer;
} answers[] = {
#include "descriptor_answers.h"
};

/* User-Change-Password and Reset Password, as MS-ADTS 5.1.3.2.1 has them and an ACE holds them. */
static const uint8_t change[] = {0x53, 0x1a, 0x72, 0xab, 0x2f, 0x1e, 0xd0, 0x11,
                                 0x98, 0x19, 0x00, 0xaa, 0x00, 0x40, 0x52, 0x9b};
static const uint8_t reset[]  = {0x70, 0x95, 0x29, 0x00, 0x6d, 0x24, 0xd0, 0x11,
                                 0xa7, 0x68, 0x00, 0xaa, 0x00, 0x6e, 0x05, 0x29};

static const wb_sid everyone = {1, {0}, 1};      /* S-1-1-0 */
static const wb_sid self     = {5, {10}, 1};     /* S-1-5-10 */
static const wb_sid admins   = {5, {32, 544}, 2}; /* S-1-5-32-544 */

/* A list of entries that a test writes itself: type, flags, mask, object type or NULL, SID. */
typedef struct made {
    uint8_t data[1024];
    size_t  len;
} made;

static void
put(made *m, const void *data, size_t len)
{
    memcpy(m->data + m->len, data, len);
    m->len += len;
}

static void
begin(made *m, uint8_t control_high)
{
    static const uint8_t head[] = {1, 0, 0x04, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 20, 0, 0, 0,
                                   4, 0, 8,    0, 0, 0, 0, 0};

    m->len = 0;
    put(m, head, sizeof(head));
    m->data[3] = (uint8_t)(0x80 | control_high);
}

static void
put_entry(made *m, uint8_t type, uint8_t flags, uint32_t mask, const uint8_t *of, const wb_sid *sid)
{
    size_t  at      = m->len;
    uint8_t four[4] = {0}, head[4] = {type, flags, 0, 0};
    int     i;

    put(m, head, 4);
    for (i = 0; i < 4; i++)
        four[i] = (uint8_t)(mask >> 8 * i);
    put(m, four, 4);
    if (type >= 5 && type != 9 && type != 10) {
        put(m, of != NULL ? "\1\0\0\0" : "\0\0\0\0", 4);
        if (of != NULL)
            put(m, of, 16);
    }
    put(m, (uint8_t[8]){1, (uint8_t)sid->count, 0, 0, 0, 0, 0, (uint8_t)sid->authority}, 8);
    for (i = 0; i < sid->count; i++)
        put(m, (uint8_t[4]){(uint8_t)sid->sub[i], (uint8_t)(sid->sub[i] >> 8), 0, 0}, 4);
    if (type >= 9)
        put(m, "artx", 4); /* where a condition begins: MS-DTYP 2.4.4.17.4 */
    m->data[at + 2] = (uint8_t)(m->len - at);
    m->data[22] = (uint8_t)(m->len - 20);
    m->data[23] = (uint8_t)((m->len - 20) >> 8);
    m->data[24]++;
}

static int
says(const made *m, const wb_sid *sid, uint32_t right, const uint8_t *type)
{
    uint8_t *guarded = octets_guarded(m->data, m->len);
    wb_sd    sd;
    int      answer = -1;

    if (wb_sd_parse(wb_span_of(guarded, m->len), &sd) == 0)
        answer = wb_sd_check(&sd, sid, 1, right, type, NULL);
    sodium_free(guarded);
    return answer;
}

static void
descriptors_of_a_controller_are_read(void)
{
    wb_sd  sd;
    size_t i;

    for (i = 0; i < COUNT(descriptors); i++) {
        CHECK_INT(0, wb_sd_parse(octets_span(descriptors[i].data), &sd));
        CHECK_INT(1, sd.has_list);
        CHECK_INT(descriptors[i].entries, sd.count);
        CHECK_INT(descriptors[i].is_protected, sd.is_protected);
    }
    CHECK_INT(6, COUNT(descriptors));
}

static void
each_sid_has_what_sddl_says(void)
{
    int    seen[4] = {0};
    size_t i;

    for (i = 0; i < COUNT(answers); i++) {
        const struct answer *a = &answers[i];
        wb_sid               sid;
        wb_sd                sd;

        CHECK_INT(0, wb_sid_parse(octets_span(a->sid), &sid));
        CHECK_INT(0, wb_sd_parse(octets_span(descriptors[a->place].data), &sd));
        if (wb_sd_check(&sd, &sid, 1, a->right, (const uint8_t *)a->type.p, NULL) != a->answer)
            printf("# %s\n", a->name);
        CHECK_INT(a->answer, wb_sd_check(&sd, &sid, 1, a->right, (const uint8_t *)a->type.p, NULL));
        seen[a->answer]++;
    }
    CHECK(seen[WB_SD_SILENT] > 100 && seen[WB_SD_GRANTED] > 100 && seen[WB_SD_DENIED] >= 2);
}

/* MS-ADTS 5.1.3.3: entries in their order, whichever of the holder's SIDs they name. */
static void
the_first_entry_for_any_of_the_sids_decides(void)
{
    const wb_sid both[] = {self, everyone};
    made         m;
    wb_sd        sd;

    begin(&m, 0);
    put_entry(&m, 6, 0, WB_SD_CONTROL_ACCESS, change, &everyone);
    put_entry(&m, 5, 0, WB_SD_CONTROL_ACCESS, change, &self);
    CHECK_INT(WB_SD_GRANTED, says(&m, &self, WB_SD_CONTROL_ACCESS, change));
    CHECK_INT(0, wb_sd_parse(wb_span_of(m.data, m.len), &sd));
    CHECK_INT(WB_SD_DENIED, wb_sd_check(&sd, both, 2, WB_SD_CONTROL_ACCESS, change, NULL));
    CHECK_INT(WB_SD_SILENT, wb_sd_check(&sd, both, 2, WB_SD_CONTROL_ACCESS, reset, NULL));
    CHECK_INT(WB_SD_SILENT, wb_sd_check(&sd, both, 0, WB_SD_CONTROL_ACCESS, change, NULL));
}

static void
an_entry_counts_for_its_type_its_set_or_every_one(void)
{
    made  m;
    wb_sd sd;

    begin(&m, 0);
    put_entry(&m, 5, 0, WB_SD_WRITE_PROPERTY, reset, &self);
    put_entry(&m, 0, 0, WB_SD_CONTROL_ACCESS, NULL, &everyone);
    put_entry(&m, 5, 0, WB_SD_CONTROL_ACCESS, NULL, &admins);
    CHECK_INT(0, wb_sd_parse(wb_span_of(m.data, m.len), &sd));
    CHECK_INT(WB_SD_GRANTED, wb_sd_check(&sd, &self, 1, WB_SD_WRITE_PROPERTY, change, reset));
    CHECK_INT(WB_SD_SILENT, wb_sd_check(&sd, &self, 1, WB_SD_WRITE_PROPERTY, change, change));
    CHECK_INT(WB_SD_GRANTED, says(&m, &everyone, WB_SD_CONTROL_ACCESS, change));
    CHECK_INT(WB_SD_GRANTED, says(&m, &admins, WB_SD_CONTROL_ACCESS, change));
    CHECK_INT(WB_SD_SILENT, says(&m, &everyone, WB_SD_WRITE_PROPERTY, change));
}

/* MS-ADTS 5.1.3.2, what each generic right stands for. */
static void
generic_rights_stand_for_others(void)
{
    made m;

    begin(&m, 0);
    put_entry(&m, 0, 0, 0x10000000, NULL, &self);
    put_entry(&m, 0, 0, 0x40000000, NULL, &everyone);
    put_entry(&m, 0, 0, 0x80000000, NULL, &admins);
    CHECK_INT(WB_SD_GRANTED, says(&m, &self, WB_SD_CONTROL_ACCESS, reset));
    CHECK_INT(WB_SD_GRANTED, says(&m, &self, WB_SD_WRITE_PROPERTY, reset));
    CHECK_INT(WB_SD_GRANTED, says(&m, &everyone, WB_SD_WRITE_PROPERTY, reset));
    CHECK_INT(WB_SD_SILENT, says(&m, &everyone, WB_SD_CONTROL_ACCESS, reset));
    CHECK_INT(WB_SD_GRANTED, says(&m, &admins, WB_SD_READ_PROPERTY, reset));
    CHECK_INT(WB_SD_SILENT, says(&m, &admins, WB_SD_WRITE_PROPERTY, reset));
}

static void
what_is_only_inherited_or_grants_nothing_does_not_count(void)
{
    made m;

    begin(&m, 0);
    put_entry(&m, 1, 0x08, WB_SD_CONTROL_ACCESS, NULL, &self); /* inherit only */
    put_entry(&m, 2, 0, WB_SD_CONTROL_ACCESS, NULL, &self);    /* audits */
    put_entry(&m, 3, 0, WB_SD_CONTROL_ACCESS, NULL, &self);    /* alarms */
    put_entry(&m, 0x11, 0, WB_SD_CONTROL_ACCESS, NULL, &self); /* mandatory label */
    put_entry(&m, 0, 0x10, WB_SD_CONTROL_ACCESS, NULL, &self); /* inherited, and counts here */
    CHECK_INT(WB_SD_GRANTED, says(&m, &self, WB_SD_CONTROL_ACCESS, reset));
}

/* A condition is not looked at: it may hold or not. Where that makes a difference the answer says so. */
static void
conditions_make_an_answer_unclear_where_they_matter(void)
{
    static const struct {
        const char *types; /* A allowed, D denied; small ones with a condition, o and x of an object */
        int         answer;
    } rows[] = {
        {"a", WB_SD_UNCLEAR},  {"aA", WB_SD_GRANTED}, {"aD", WB_SD_UNCLEAR},
        {"d", WB_SD_SILENT},   {"dA", WB_SD_UNCLEAR}, {"dD", WB_SD_DENIED},
        {"o", WB_SD_UNCLEAR},  {"xA", WB_SD_UNCLEAR}, {"xD", WB_SD_DENIED},
        {"ax", WB_SD_UNCLEAR}, {"ooA", WB_SD_GRANTED}, {"adA", WB_SD_UNCLEAR},
        {"Ax", WB_SD_GRANTED}, {"Da", WB_SD_DENIED},
    };
    static const char letters[] = "AD.......adox";
    const char       *letter;
    size_t            i;

    for (i = 0; i < COUNT(rows); i++) {
        made m;

        begin(&m, 0);
        for (letter = rows[i].types; *letter != '\0'; letter++)
            put_entry(&m, (uint8_t)(strchr(letters, *letter) - letters), 0, WB_SD_CONTROL_ACCESS,
                      change, &self);
        CHECK_INT(rows[i].answer, says(&m, &self, WB_SD_CONTROL_ACCESS, change));
    }
}

/* MS-DTYP 2.4.6: without a list, or with a NULL one, everybody may everything; an empty one grants
 * nothing. */
static void
no_list_grants_everything_and_an_empty_one_nothing(void)
{
    made m;

    begin(&m, 0x10);
    CHECK_INT(WB_SD_SILENT, says(&m, &self, WB_SD_CONTROL_ACCESS, change));
    m.data[16] = 0;
    CHECK_INT(WB_SD_GRANTED, says(&m, &self, WB_SD_CONTROL_ACCESS, change));
    m.data[16] = 20;
    m.data[2]  = 0;
    CHECK_INT(WB_SD_GRANTED, says(&m, &self, WB_SD_CONTROL_ACCESS, change));
}

/* Each on a page of its own: one octet read too far is a crash. */
static void
a_cut_descriptor_is_refused_at_every_length_and_grants_nothing(void)
{
    octets whole = descriptors[0].data;
    wb_sd  sd;
    size_t len;

    for (len = 0; len < whole.len; len++) {
        uint8_t *cut = octets_guarded(whole.p, len);

        CHECK_INT(-1, wb_sd_parse(wb_span_of(cut, len), &sd));
        CHECK_INT(WB_SD_SILENT, wb_sd_check(&sd, &admins, 1, WB_SD_CONTROL_ACCESS, reset, NULL));
        sodium_free(cut);
    }
}

/* Of one entry: revision, control, list's place, revision, size and count, then the first
 * entry's size and its SID's revision and length. */
static void
what_does_not_fit_is_refused(void)
{
    static const struct {
        size_t  at;
        uint8_t value;
    } rows[] = {{0, 2},  {3, 0x04}, {17, 0xff}, {20, 3},  {22, 7},   {23, 0xff},
                {25, 1}, {30, 3},   {31, 0xff}, {36, 2},  {37, 16},  {37, 6}, {30, 0x10}};
    wb_sd  sd;
    size_t i;

    for (i = 0; i < COUNT(rows); i++) {
        made m;

        begin(&m, 0);
        put_entry(&m, 0, 0, WB_SD_CONTROL_ACCESS, NULL, &admins);
        CHECK_INT(0, wb_sd_parse(wb_span_of(m.data, m.len), &sd));
        m.data[rows[i].at] = rows[i].value;
        CHECK_INT(-1, wb_sd_parse(wb_span_of(m.data, m.len), &sd));
    }
}

/* MS-DTYP 2.4.2.2 */
static void
a_sid_is_read_whole_or_not_at_all(void)
{
    static const uint8_t text[] = {1, 2, 0, 0, 0, 0, 0, 5, 32, 0, 0, 0, 0x20, 2, 0, 0};
    wb_sid               sid;
    size_t               len;

    CHECK_INT(0, wb_sid_parse(wb_span_of(text, sizeof(text)), &sid));
    CHECK(wb_sid_is_same(&admins, &sid));
    CHECK(!wb_sid_is_same(&self, &sid) && !wb_sid_is_same(&everyone, &self));
    sid.sub[1]++;
    CHECK(!wb_sid_is_same(&admins, &sid));
    for (len = 0; len < sizeof(text); len++) {
        uint8_t *cut = octets_guarded(text, len);

        CHECK_INT(-1, wb_sid_parse(wb_span_of(cut, len), &sid));
        CHECK_INT(0, sid.count);
        sodium_free(cut);
    }
}

int
main(void)
{
    if (sodium_init() < 0)
        return 1;

    RUN(descriptors_of_a_controller_are_read);
    RUN(each_sid_has_what_sddl_says);
    RUN(the_first_entry_for_any_of_the_sids_decides);
    RUN(an_entry_counts_for_its_type_its_set_or_every_one);
    RUN(generic_rights_stand_for_others);
    RUN(what_is_only_inherited_or_grants_nothing_does_not_count);
    RUN(conditions_make_an_answer_unclear_where_they_matter);
    RUN(no_list_grants_everything_and_an_empty_one_nothing);
    RUN(a_cut_descriptor_is_refused_at_every_length_and_grants_nothing);
    RUN(what_does_not_fit_is_refused);
    RUN(a_sid_is_read_whole_or_not_at_all);
    return DONE;
}
