/* SPDX-License-Identifier: Apache-2.0 */
#include "slab.h"

#include <pthread.h>
#include <stdlib.h>

#include "secret.h"

struct wb_slab {
    pthread_mutex_t lock;
    size_t          size;
    int             count;
    void           *kept[WB_SLAB_KEPT_MAX];
};

wb_slab *
wb_slab_new(size_t size)
{
    wb_slab *slab = calloc(1, sizeof(*slab));

    if (slab == NULL)
        return NULL;
    if (pthread_mutex_init(&slab->lock, NULL) != 0) {
        free(slab);
        return NULL;
    }

    slab->size = size;
    return slab;
}

void *
wb_slab_take(wb_slab *slab)
{
    void *piece = NULL;

    pthread_mutex_lock(&slab->lock);
    if (slab->count > 0)
        piece = slab->kept[--slab->count];
    pthread_mutex_unlock(&slab->lock);

    return piece != NULL ? piece : wb_secret_new(slab->size);
}

void
wb_slab_give(wb_slab *slab, void *piece)
{
    if (piece == NULL)
        return;

    wb_wipe(piece, slab->size); /* outside the lock, before another thread can take it */
    pthread_mutex_lock(&slab->lock);
    if (slab->count < WB_SLAB_KEPT_MAX) {
        slab->kept[slab->count++] = piece;
        piece                     = NULL;
    }
    pthread_mutex_unlock(&slab->lock);
    wb_secret_free(piece);
}

void
wb_slab_free(wb_slab *slab)
{
    if (slab == NULL)
        return;

    while (slab->count > 0)
        wb_secret_free(slab->kept[--slab->count]);
    pthread_mutex_destroy(&slab->lock);
    free(slab);
}
