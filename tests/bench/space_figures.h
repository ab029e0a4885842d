/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SPACE_FIGURES_H
#define SPACE_FIGURES_H

/* What bench_space measures, and how it says it. */

#include <math.h>
#include <stdio.h>

#include "bench.h"

/* Of a space of one size. Times of a lookup are microseconds. */
enum figure {
    PEOPLE, CSV_MIB, IMPORT_S, SPACE_MIB, PEAK_MIB, SHELL_S, SHELL_INDEXED_S,
    OURS, BARE_OURS, RATIO, P50, P99, BARE_P50, BARE_P99,
    COLD_OPEN, COLD_FIRST, COLD_P50, COLD_P99, COLD_BARE_P50, COLD_BARE_P99, COLD_RESIDENT, PAGES, MISSES,
    FIGURES
};

static const char *const figure_names[FIGURES] = {
    "people", "csv_mib", "import_s", "space_mib", "peak_mib", "shell_s", "shell_indexed_s",
    "ours_us", "bare_us", "rate_to_bare", "p50_us", "p99_us", "bare_p50_us", "bare_p99_us",
    "cold_open_us", "cold_first_us", "cold_p50_us", "cold_p99_us", "cold_bare_p50_us", "cold_bare_p99_us",
    "cold_resident", "pages", "misses",
};

static inline void
say_imports(double (*all)[FIGURES], int count)
{
    int i;

    printf("\n%10s %9s %11s %10s %9s %9s %12s %12s\n", "import of", "CSV MiB", "seconds", "people/s",
           "space MiB", "peak MiB", "shell's p/s", "with indexes");
    for (i = 0; i < count; i++) {
        const double *f = all[i];

        printf("%10.0f %9.1f %11.2f %10.0f %9.1f %9.1f %12.0f %12.0f\n", f[PEOPLE], f[CSV_MIB], f[IMPORT_S],
               f[PEOPLE] / f[IMPORT_S], f[SPACE_MIB], f[PEAK_MIB], f[PEOPLE] / f[SHELL_S],
               f[PEOPLE] / f[SHELL_INDEXED_S]);
    }
}

static inline void
say_lookups(double (*all)[FIGURES], int count)
{
    const double *first = all[0];
    int           i;

    printf("\n%10s %10s %8s %8s %8s %14s %8s %8s %11s %8s\n", "lookup in", "a second", "us", "p50", "p99",
           "rate to bare", "pages", "misses", "to the first", "its log");
    for (i = 0; i < count; i++) {
        const double *f = all[i];

        printf("%10.0f %10.0f %8.2f %8.2f %8.2f %14.2f %8.1f %8.1f %11.2f %8.2f\n", f[PEOPLE], 1e6 / f[OURS],
               f[OURS], f[P50], f[P99], f[RATIO], f[PAGES], f[MISSES], f[OURS] / first[OURS],
               log(f[PEOPLE]) / log(first[PEOPLE]));
    }
}

static inline void
say_cold(double (*all)[FIGURES], int count)
{
    int i;

    printf("\n%10s %10s %10s %8s %8s %12s %12s %14s\n", "cold", "open us", "first us", "p50", "p99", "bare's p50",
           "bare's p99", "in memory");
    for (i = 0; i < count; i++) {
        const double *f = all[i];

        printf("%10.0f %10.0f %10.0f %8.0f %8.0f %12.0f %12.0f %13.1f%%\n", f[PEOPLE], f[COLD_OPEN],
               f[COLD_FIRST], f[COLD_P50], f[COLD_P99], f[COLD_BARE_P50], f[COLD_BARE_P99],
               f[COLD_RESIDENT] * 100);
    }
}

static inline void
write_figures(const char *path, double (*all)[FIGURES], int count)
{
    FILE *file = fopen(path, "w");
    int   i, k;

    must(file == NULL, path);
    for (k = 0; k < FIGURES; k++)
        fprintf(file, "%s%c", figure_names[k], k + 1 < FIGURES ? ',' : '\n');
    for (i = 0; i < count; i++)
        for (k = 0; k < FIGURES; k++)
            fprintf(file, "%.6g%c", all[i][k], k + 1 < FIGURES ? ',' : '\n');
    must(fclose(file), path);
}

#endif /* SPACE_FIGURES_H */
