/* SPDX-License-Identifier: Apache-2.0 */
#include "slab.h"

#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>

#include "faults.h"
#include "harness.h"
#include "octets.h"

#define SIZE 100

static wb_slab *
slab_new(void)
{
    wb_slab *slab = wb_slab_new(SIZE);

    if (slab == NULL)
        abort();
    return slab;
}

static void
a_piece_is_zeros_and_comes_back_as_zeros(void)
{
    wb_slab *slab  = slab_new();
    uint8_t *piece = wb_slab_take(slab);

    CHECK(sodium_is_zero(piece, SIZE));
    memset(piece, 0xa5, SIZE);
    wb_slab_give(slab, piece);
    CHECK(sodium_is_zero(piece, SIZE)); /* kept, so still to be read; wiped already */
    CHECK(wb_slab_take(slab) == piece);
    CHECK(sodium_is_zero(piece, SIZE));
    wb_slab_give(slab, piece);
    wb_slab_free(slab);
}

static void
pieces_taken_at_once_are_different_ones(void)
{
    wb_slab *slab = slab_new();
    uint8_t *a    = wb_slab_take(slab);
    uint8_t *b    = wb_slab_take(slab);

    memset(a, 1, SIZE);
    CHECK(sodium_is_zero(b, SIZE));
    memset(b, 2, SIZE);
    CHECK_INT(1, a[SIZE - 1]);
    wb_slab_give(slab, a);
    CHECK_INT(2, b[0]);
    wb_slab_give(slab, b);
    wb_slab_free(slab);
}

/* Take so many at once, and give all back. */
static void
take_and_give(wb_slab *slab, size_t count)
{
    void  *pieces[2 * WB_SLAB_KEPT_MAX];
    size_t i;

    for (i = 0; i < count; i++)
        pieces[i] = wb_slab_take(slab);
    for (i = 0; i < count; i++)
        wb_slab_give(slab, pieces[i]);
}

static void
sixteen_are_kept_and_no_more(void)
{
    wb_slab *slab   = slab_new();
    long     before = faults_locked();

    take_and_give(slab, 20);
    CHECK_INT(20, faults_locked() - before);
    take_and_give(slab, 16);
    CHECK_INT(20, faults_locked() - before);
    take_and_give(slab, 20);
    CHECK_INT(24, faults_locked() - before);
    wb_slab_free(slab);
}

static void
running_out_of_memory_anywhere_is_survived(void)
{
    wb_slab *slab;
    void    *piece;

    faults_fail(1);
    slab = wb_slab_new(SIZE);
    faults_stop();
    CHECK(slab == NULL);

    slab = slab_new();
    faults_fail(1);
    piece = wb_slab_take(slab);
    faults_stop();
    CHECK(piece == NULL);
    wb_slab_give(slab, piece);

    piece = wb_slab_take(slab);
    CHECK(piece != NULL);
    wb_slab_give(slab, piece);
    wb_slab_free(slab);
    wb_slab_free(NULL);
}

/* One of the threads that share a slab: nobody else may write into what it took. */
typedef struct worker {
    pthread_t thread;
    wb_slab  *slab;
    uint8_t   number;
    int       wrong;
} worker;

static void *
work(void *arg)
{
    worker *w = arg;
    int     i, j;

    for (i = 0; i < 2000; i++) {
        uint8_t *piece = wb_slab_take(w->slab);

        w->wrong += !sodium_is_zero(piece, SIZE);
        memset(piece, w->number, SIZE);
        for (j = 0; j < SIZE; j++)
            w->wrong += piece[j] != w->number;
        wb_slab_give(w->slab, piece);
    }
    return NULL;
}

static void
four_threads_on_one_slab_have_four_pieces(void)
{
    worker   workers[4] = {{0}};
    wb_slab *slab       = slab_new();
    long     before     = faults_locked();
    size_t   i;

    for (i = 0; i < COUNT(workers); i++) {
        workers[i].slab   = slab;
        workers[i].number = (uint8_t)(i + 1);
        CHECK_INT(0, pthread_create(&workers[i].thread, NULL, work, &workers[i]));
    }
    for (i = 0; i < COUNT(workers); i++) {
        CHECK_INT(0, pthread_join(workers[i].thread, NULL));
        CHECK_INT(0, workers[i].wrong);
    }
    CHECK(faults_locked() - before <= 4);
    wb_slab_free(slab);
}

int
main(void)
{
    RUN(a_piece_is_zeros_and_comes_back_as_zeros);
    RUN(pieces_taken_at_once_are_different_ones);
    RUN(sixteen_are_kept_and_no_more);
    RUN(running_out_of_memory_anywhere_is_survived);
    RUN(four_threads_on_one_slab_have_four_pieces);
    return DONE;
}
