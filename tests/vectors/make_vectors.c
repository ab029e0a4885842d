/* SPDX-License-Identifier: Apache-2.0 */
/* test_vectors: are the vectors of docs/protocol.md in the folder pwwb what the library makes today?
 * test_vectors --write: make them so. */
/* rows: 17 18 20 */
#include "vectors.h"

#include <stdio.h>

#include "harness.h"

/* ---- randomness ---- */

static struct {
    char     name[64];
    uint8_t  block[WB_SHA256_SIZE];
    size_t   used;
    uint32_t counter;
} drawn;

static void
next_block(void)
{
    uint8_t input[sizeof(drawn.name) + 4];
    size_t  len = strlen(drawn.name);
    int     i;

    memcpy(input, drawn.name, len);
    for (i = 0; i < 4; i++)
        input[len++] = (uint8_t)(drawn.counter >> 8 * (3 - i));
    wb_sha256_labelled("pwwb1-vectors", input, len, drawn.block);
    drawn.used = 0;
    drawn.counter++;
}

void
random_begin(const char *name)
{
    MUST(strlen(name) < sizeof(drawn.name));
    strcpy(drawn.name, name);
    drawn.used    = sizeof(drawn.block);
    drawn.counter = 0;
}

static void
draw(void *buf, size_t len)
{
    uint8_t *p = buf;

    for (; len > 0; len--, p++) {
        if (drawn.used == sizeof(drawn.block))
            next_block();
        *p = drawn.block[drawn.used++];
    }
}

static uint32_t
draw_u32(void)
{
    uint32_t value;

    draw(&value, sizeof(value));
    return value;
}

static const char *
draw_name(void)
{
    return "counted";
}

static randombytes_implementation counted = {
    .implementation_name = draw_name, .random = draw_u32, .buf = draw};

/* ---- JSON ---- */

static FILE *out;
static int   depth, is_first;

static void
begin_value(const char *name)
{
    fprintf(out, "%s\n%*s", is_first ? "" : ",", 2 * depth, "");
    if (name != NULL)
        fprintf(out, "\"%s\": ", name);
    is_first = 0;
}

void
json_begin(const char *name, char bracket)
{
    if (depth > 0)
        begin_value(name);
    fputc(bracket, out);
    depth++;
    is_first = 1;
}

void
json_end(char bracket)
{
    depth--;
    if (!is_first)
        fprintf(out, "\n%*s", 2 * depth, "");
    fputc(bracket, out);
    is_first = 0;
}

void
json_octets(const char *name, const void *data, size_t len)
{
    const uint8_t *p = data;

    begin_value(name);
    fputc('"', out);
    for (; len > 0; len--)
        fprintf(out, "%02x", *p++);
    fputc('"', out);
}

void
json_span(const char *name, wb_span span)
{
    MUST(span.p != NULL);
    json_octets(name, span.p, span.len);
}

void
json_int(const char *name, int64_t value)
{
    begin_value(name);
    fprintf(out, "%" PRId64, value);
}

/* UTF-8; what would have to be escaped is in none of ours. */
void
json_text(const char *name, const char *text)
{
    MUST(strpbrk(text, "\"\\\n") == NULL);
    begin_value(name);
    fprintf(out, "\"%s\"", text);
}

/* ---- files ---- */

static void
put_exchange(void)
{
    json_begin("tickets", '[');
    put_tickets();
    json_end(']');
    json_begin("fingerprints", '[');
    put_fingerprint();
    json_end(']');
    json_begin("orders", '[');
    put_orders();
    json_end(']');
    json_begin("controls", '[');
    put_controls();
    json_end(']');
}

static void
put_messages(void)
{
    json_begin("requests", '[');
    put_requests();
    json_end(']');
    json_begin("replies", '[');
    put_replies();
    json_end(']');
    json_begin("heartbeats", '[');
    put_heartbeats();
    json_end(']');
}

static void
put_keyring_list(void)
{
    json_begin("keyrings", '[');
    put_keyrings();
    json_end(']');
}

static void
put_refused_list(void)
{
    json_begin("refused", '[');
    put_refused();
    put_refused_others();
    json_end(']');
}

static const struct file {
    const char *name;
    void (*put)(void);
} files[] = {
    {"keys", put_keys},
    {"messages", put_messages},
    {"exchange", put_exchange},
    {"keyrings", put_keyring_list},
    {"refused", put_refused_list},
};

static char *
make_file(const struct file *file, size_t *ret_len)
{
    char *text = NULL;

    out = open_memstream(&text, ret_len);
    MUST(out != NULL);
    depth = 0;
    json_begin(NULL, '{');
    file->put();
    json_end('}');
    fputc('\n', out);
    MUST(fclose(out) == 0);
    return text;
}

static FILE *
open_file(const struct file *file, const char *mode)
{
    char path[512];

    MUST(snprintf(path, sizeof(path), VECTORS "/%s.json", file->name) < (int)sizeof(path));
    return fopen(path, mode);
}

static void
write_file(const struct file *file)
{
    size_t len;
    char  *text = make_file(file, &len);
    FILE  *f    = open_file(file, "w");

    MUST(f != NULL && fwrite(text, 1, len, f) == len && fclose(f) == 0);
    free(text);
}

/* ---- the check ---- */

/* Whether a file holds that text, when its octet `flipped` is another one; -1 for none. */
static int
holds(const struct file *file, const char *text, size_t len, long flipped)
{
    FILE *f    = open_file(file, "r");
    int   same = f != NULL;
    long  at;

    for (at = 0; same && at < (long)len; at++)
        same = (getc(f) ^ (at == flipped)) == (unsigned char)text[at];
    same = same && getc(f) == EOF;
    if (f != NULL)
        fclose(f);
    return same;
}

static void
the_library_makes_what_the_files_hold(void)
{
    size_t i, len;

    for (i = 0; i < COUNT(files); i++) {
        char *text = make_file(&files[i], &len);

        printf("# %s.json, %zu octets\n", files[i].name, len);
        CHECK(holds(&files[i], text, len, -1));
        CHECK(!holds(&files[i], text, len, (long)len / 2));
        CHECK(!holds(&files[i], text, len - 1, -1));
        free(text);
    }
}

int
main(int argc, char **argv)
{
    int    is_write = argc == 2 && strcmp(argv[1], "--write") == 0;
    size_t i;

    random_begin("start");
    MUST(randombytes_set_implementation(&counted) == 0);
    MUST(wb_crypto_ready(NULL) == PWWB_OK);
    world_make();
    if (!is_write)
        RUN(the_library_makes_what_the_files_hold);
    for (i = 0; is_write && i < COUNT(files); i++)
        write_file(&files[i]);
    world_drop();
    return is_write ? 0 : DONE;
}
