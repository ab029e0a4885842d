/* SPDX-License-Identifier: Apache-2.0 */
/* bench_space [--small] [--folder FOLDER] [--figures FILE] [PEOPLE...]: import a made-up country of as many people
 * (10000 100000 1000000) into a space in a folder of one's own below FOLDER (/tmp), judge every anchor's answer, and
 * look up anchors of anybody, beside the bare SQLite statement. FILE gets the figures, for curve.py.
 * bench_space --csv PEOPLE: write that country to the standard output. */
#include "../folder.h"
#include "people.h"
#include "space_figures.h"
#include "space_files.h"
#include "space_find.h"

#define SEED        20170714
#define COLD_FINDS  200
#define WARM_ROUNDS 20 /* of FIND_KEYS, each timed by itself */
#define SIZES_MAX   16

typedef struct country {
    people all;
    char   folder[200];
    char   csv[220];
    char   space[220];
    char   plain[220];
    double *figures; /* FIGURES of them */
} country;

static finder ours, bare;

static double
seconds(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void
write_csv(country *c)
{
    FILE *file = fopen(c->csv, "w");

    must(file == NULL || people_write(&c->all, file), "write a country");
    must(fclose(file), "write a country");
    c->figures[CSV_MIB] = file_octets(c->csv) / MIB;
}

/* In a process of its own, whose memory this is. */
static void
import_here(void *arg, double *ret)
{
    country           *c      = arg;
    pwwb_import_result result = {.size = sizeof(result)};
    pwwb_error        *err    = pwwb_error_new();
    pwwb_space        *space;
    double             before = memory_octets("VmHWM:"), begun;

    must(pwwb_space_open(c->space, PWWB_SPACE_WRITE, &space, NULL), "pwwb_space_open");
    begun = seconds();
    if (pwwb_space_import_csv(space, c->csv, NULL, &result, err) != PWWB_OK) {
        fprintf(stderr, "bench: import: line %d: %s\n", (int)result.line, pwwb_error_message(err));
        _exit(1);
    }
    pwwb_space_free(space);
    ret[0] = seconds() - begun;
    ret[1] = memory_octets("VmHWM:") - before;
    pwwb_error_free(err);
}

/* What the space says that it holds is what the country has. */
static void
judge_content(const country *c)
{
    pwwb_space_info info = {.size = sizeof(info)};
    pwwb_space     *space;
    uint64_t        i, cloud = 0, objects = 0, eligible = 0;
    int             k;

    for (i = 0; i < c->all.count; i++) {
        const person who = people_get(&c->all, i);

        cloud += (uint64_t)who.has_object;
        objects += (uint64_t)who.link_count;
        for (k = 0; k < who.link_count; k++)
            eligible += (uint64_t)who.links[k].is_eligible;
    }
    must(pwwb_space_open(c->space, PWWB_SPACE_READ, &space, NULL), "pwwb_space_open");
    must(pwwb_space_describe(space, &info, NULL), "pwwb_space_describe");
    must(info.cloud != cloud, "the number of cloud connector objects");
    must(info.metaverse != c->all.count, "the number of metaverse objects");
    must(info.objects != objects, "the number of directory connector objects");
    must(info.eligible != eligible, "the number of eligible ones");
    must(info.directories != PEOPLE_FORESTS, "the number of directories");
    pwwb_space_free(space);
}

static void
import(country *c)
{
    double ret[2] = {0};

    in_a_child(import_here, c, ret, 2);
    c->figures[IMPORT_S]  = ret[0];
    c->figures[PEAK_MIB]  = ret[1] / MIB;
    c->figures[SPACE_MIB] = file_octets(c->space) / MIB;
    judge_content(c);
}

static double
shell(const country *c, const char *commands)
{
    char   line[800];
    double begun = seconds();

    (void)snprintf(line, sizeof(line), "sqlite3 -bail '%s' %s", c->plain, commands);
    must(system(line), "sqlite3");
    return seconds() - begun;
}

/* What somebody would do without us: one plain table, with what a lookup needs to be quick. */
static void
import_plain(country *c)
{
    char commands[500];

    c->figures[SHELL_S] = c->figures[SHELL_INDEXED_S] = -1;
    if (system("command -v sqlite3 >/dev/null") != 0)
        return;
    (void)snprintf(commands, sizeof(commands), "'.mode csv' '.import \"%s\" people'", c->csv);
    c->figures[SHELL_S] = shell(c, commands);
    c->figures[SHELL_INDEXED_S] =
        c->figures[SHELL_S] + shell(c, "'CREATE INDEX a ON people (cloud_anchor)'"
                                       " 'CREATE INDEX b ON people (source_anchor)'"
                                       " 'CREATE INDEX c ON people (metaverse)'");
    must(unlink(c->plain), "remove the plain table");
}

/* Both anchors of everybody: each answer by the country's own reckoning. */
static void
sweep(const country *c)
{
    people_tally tally = people_sweep(&c->all, ours.anchors);
    int          i;

    for (i = 0; i < PEOPLE_CODES; i++) {
        printf("  %-40s %10llu of %llu\n", pwwb_code_name(people_codes[i]),
               (unsigned long long)tally.answered[i], (unsigned long long)tally.expected[i]);
        must(tally.answered[i] != tally.expected[i], "the number of answers with that code");
    }
    must(tally.wrong != 0, "where an anchor leads");
}

static double
share(double *values, int count, double part)
{
    qsort(values, (size_t)count, sizeof(values[0]), bench_order);
    return values[(int)((count - 1) * part)];
}

static void
time_each(country *c)
{
    static double by_us[WARM_ROUNDS * FIND_KEYS], by_bare[WARM_ROUNDS * FIND_KEYS];
    int           round;

    for (round = 0; round < WARM_ROUNDS; round++) {
        find_each(round % 2 ? &ours : &bare, (round % 2 ? by_us : by_bare) + round * FIND_KEYS, FIND_KEYS);
        find_each(round % 2 ? &bare : &ours, (round % 2 ? by_bare : by_us) + round * FIND_KEYS, FIND_KEYS);
    }
    c->figures[P50]      = share(by_us, WARM_ROUNDS * FIND_KEYS, 0.5);
    c->figures[P99]      = share(by_us, WARM_ROUNDS * FIND_KEYS, 0.99);
    c->figures[BARE_P50] = share(by_bare, WARM_ROUNDS * FIND_KEYS, 0.5);
    c->figures[BARE_P99] = share(by_bare, WARM_ROUNDS * FIND_KEYS, 0.99);
}

static void
time_warm(country *c)
{
    char      title[100];
    double    ratio[BENCH_ROUNDS_MAX];
    bench_row rows[] = {
        {.name = "the bare statement", .ask = find_many, .arg = &bare, .batch = FIND_KEYS},
        {.name = "pwwb_anchors_find", .ask = find_many, .arg = &ours, .batch = FIND_KEYS},
    };
    int i;

    (void)snprintf(title, sizeof(title), "one lookup among %llu people, warm",
                   (unsigned long long)c->all.count);
    bench_group(title, rows, 2);
    for (i = 0; i < bench_rounds; i++)
        ratio[i] = rows[0].took[i] / rows[1].took[i];
    c->figures[RATIO]     = bench_median(ratio);
    c->figures[BARE_OURS] = bench_median(rows[0].took);
    c->figures[OURS]      = bench_median(rows[1].took);
    time_each(c);
    count_pages(&bare, &c->figures[PAGES], &c->figures[MISSES]);
}

/* A new handle on a file that is not in memory. */
static void
time_cold(country *c)
{
    static double took[FIND_KEYS];
    double        begun;

    c->figures[COLD_RESIDENT] = evict(c->space);
    begun                     = bench_now();
    open_ours(&ours);
    c->figures[COLD_OPEN] = bench_now() - begun;
    find_each(&ours, took, COLD_FINDS);
    c->figures[COLD_FIRST] = took[0];
    c->figures[COLD_P50]   = share(took, COLD_FINDS, 0.5);
    c->figures[COLD_P99]   = share(took, COLD_FINDS, 0.99);
    close_finder(&ours);

    (void)evict(c->space);
    open_bare(&bare);
    find_each(&bare, took, COLD_FINDS);
    c->figures[COLD_BARE_P50] = share(took, COLD_FINDS, 0.5);
    c->figures[COLD_BARE_P99] = share(took, COLD_FINDS, 0.99);
    close_finder(&bare);
}

static void
name_file(const country *c, const char *name, char path[220])
{
    must(snprintf(path, 220, "%s/%s", c->folder, name) >= 220, "a shorter folder's name");
}

static void
measure(uint64_t count, double figures[FIGURES], const char *below)
{
    country  here = {.all = people_make(count, SEED), .figures = figures};
    country *c    = &here;

    must(count == 0, "a number of people");
    must(snprintf(c->folder, sizeof(c->folder), "%s/pwwb-bench-XXXXXX", below) >= (int)sizeof(c->folder)
             || mkdtemp(c->folder) == NULL,
         "a folder");
    name_file(c, "people.csv", c->csv);
    name_file(c, "space", c->space);
    name_file(c, "plain", c->plain);
    c->figures[PEOPLE] = (double)c->all.count;
    ours = (finder){.all = &c->all, .path = c->space};
    bare = (finder){.all = &c->all, .path = c->space};

    printf("\n%llu people\n", (unsigned long long)c->all.count);
    write_csv(c);
    import(c);
    import_plain(c);
    time_cold(c);
    open_ours(&ours);
    open_bare(&bare);
    sweep(c);
    time_warm(c);
    close_finder(&ours);
    close_finder(&bare);
    empty_folder(c->folder);
    must(rmdir(c->folder), "remove the folder");
}

static int
print_csv(const char *count)
{
    const people all = people_make(strtoull(count, NULL, 10), SEED);

    return people_write(&all, stdout);
}

/* The numbers of people that were asked for, or the usual ones. */
static int
sizes(int argc, char **argv, uint64_t ret[SIZES_MAX])
{
    static const uint64_t usual[] = {10000, 100000, 1000000};
    int                   i, count = 0;

    for (i = 0; i < argc && count < SIZES_MAX; i++)
        ret[count++] = strtoull(argv[i], NULL, 10);
    if (count > 0)
        return count;
    memcpy(ret, usual, sizeof(usual));
    return bench_rounds < 100 ? 1 : 3;
}

int
main(int argc, char **argv)
{
    static double figures[SIZES_MAX][FIGURES];
    uint64_t      counts[SIZES_MAX];
    const char   *below = "/tmp", *file = NULL;
    int           i = 1, k, count;

    if (argc == 3 && strcmp(argv[1], "--csv") == 0)
        return print_csv(argv[2]);
    bench_arguments(argc, argv, 101, 5);
    bench_clock = CLOCK_MONOTONIC;
    for (; i < argc && argv[i][0] == '-'; i++) {
        if (strcmp(argv[i], "--folder") == 0 && i + 1 < argc)
            below = argv[++i];
        else if (strcmp(argv[i], "--figures") == 0 && i + 1 < argc)
            file = argv[++i];
    }
    count = sizes(argc - i, argv + i, counts);
    for (k = 0; k < count; k++)
        measure(counts[k], figures[k], below);
    say_imports(figures, count);
    say_lookups(figures, count);
    say_cold(figures, count);
    if (file != NULL)
        write_figures(file, figures, count);
    return 0;
}
