/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BENCH_H
#define BENCH_H

/*
 * Several ways to do one thing, in one interleaved run: each round does all of them, beginning with
 * another one each time, so that what disturbs the machine disturbs all. A ratio is the median of
 * the rounds' own ratios, with the least and the greatest. Nothing is asserted about time.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define BENCH_ROUNDS_MAX 501
#define BENCH_ROWS_MAX   8

/* One way. The first row of a group is the limit, the second what somebody would use instead. */
typedef struct bench_row {
    const char *name;
    int (*run)(void *arg);     /* 0 when it did what it should */
    int (*prepare)(void *arg); /* before each run, not timed; NULL = nothing */
    void       *arg;
    int         batch;         /* runs a round */
    double (*ask)(void *arg, int batch); /* in place of run: times itself; negative = it failed */
    double      took[BENCH_ROUNDS_MAX]; /* one run, in units */
} bench_row;

static int         bench_rounds = 101;
static clockid_t   bench_clock  = CLOCK_THREAD_CPUTIME_ID;
static const char *bench_unit   = "us"; /* or "ms" */

static inline void
must(int rc, const char *what)
{
    if (rc != 0) {
        fprintf(stderr, "bench: %s: %d\n", what, rc);
        exit(1);
    }
}

static inline double
bench_now(void)
{
    double          a_second = strcmp(bench_unit, "us") == 0 ? 1e6 : 1e3;
    struct timespec now;

    clock_gettime(bench_clock, &now);
    return (double)now.tv_sec * a_second + (double)now.tv_nsec * a_second / 1e9;
}

static inline double
bench_time(bench_row *row)
{
    double took = 0, begin;
    int    i, rc = 0;

    if (row->ask != NULL) {
        took = row->ask(row->arg, row->batch);
        rc   = took < 0;
        took *= row->batch;
    }
    for (i = 0; row->run != NULL && i < row->batch && rc == 0; i++) {
        if (row->prepare != NULL)
            rc = row->prepare(row->arg);
        begin = bench_now();
        if (rc == 0)
            rc = row->run(row->arg);
        took += bench_now() - begin;
    }
    if (rc != 0) {
        fprintf(stderr, "bench: \"%s\" failed: %d\n", row->name, rc);
        exit(1);
    }
    return took / row->batch;
}

static inline int
bench_order(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* Sort, and give the median. */
static inline double
bench_median(double *values)
{
    qsort(values, (size_t)bench_rounds, sizeof(values[0]), bench_order);
    return values[bench_rounds / 2];
}

static inline void
bench_print_ratio(const bench_row *row, const bench_row *base)
{
    double ratio[BENCH_ROUNDS_MAX], median;
    char   text[64];
    int    i, digits;

    for (i = 0; i < bench_rounds; i++)
        ratio[i] = row->took[i] / base->took[i];
    median = bench_median(ratio);
    digits = median < 0.1 ? 3 : 2;
    snprintf(text, sizeof(text), "%.*f [%.*f..%.*f]", digits, median, digits, ratio[0], digits,
             ratio[bench_rounds - 1]);
    printf("  %-22s", text);
}

static inline void
bench_print(const bench_row *row, const bench_row *limit, const bench_row *other)
{
    double times[BENCH_ROUNDS_MAX], added[BENCH_ROUNDS_MAX], median;
    int    i;

    for (i = 0; i < bench_rounds; i++) {
        times[i] = row->took[i];
        added[i] = row->took[i] - limit->took[i];
    }
    median = bench_median(times);
    printf("  %-50s %9.1f %9.1f", row->name, median, times[0]);
    bench_print_ratio(row, limit);
    bench_print_ratio(row, other);
    printf(" %+9.1f\n", bench_median(added));
}

/* Run a group and print its table. */
static inline void
bench_group(const char *title, bench_row *rows, size_t count)
{
    size_t i;
    int    round;

    for (i = 0; i < count; i++)
        (void)bench_time(&rows[i]); /* to warm up */
    for (round = 0; round < bench_rounds; round++)
        for (i = 0; i < count; i++) {
            bench_row *row = &rows[(i + (size_t)round) % count];

            row->took[round] = bench_time(row);
        }

    printf("\n%-52s %6s %2s %9s  %-22s  %-22s %9s\n", title, "median", bench_unit, "least",
           "to the first row", "to the second row", "added");
    for (i = 0; i < count; i++)
        bench_print(&rows[i], &rows[0], &rows[1]);
    fflush(stdout);
}

/* "--small": a few rounds, to see that it works. */
static inline void
bench_arguments(int argc, char **argv, int rounds, int small_rounds)
{
    bench_rounds = argc > 1 && strcmp(argv[1], "--small") == 0 ? small_rounds : rounds;
}

#endif /* BENCH_H */
