/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONTRACT_ALL_H
#define CONTRACT_ALL_H

#include "freeing.h"
#include "octets.h"
#include "outcomes.h"
#include "routes.h"
#include "settling.h"
#include "storm.h"
#include "telling.h"
#include "timing.h"

/* The whole contract, for one transport. */
static inline void
ct_run(const ct_maker *maker)
{
    ct = maker;
    ct_run_octets();
    ct_run_routes();
    ct_run_settling();
    ct_run_timing();
    ct_run_outcomes();
    ct_run_freeing();
    ct_run_telling();
    ct_run_storm();
}

#endif /* CONTRACT_ALL_H */
