/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXAMPLES_PORTAL_READINESS_H
#define EXAMPLES_PORTAL_READINESS_H

/* What "serve" knows of the agents, as a file that the other commands read. */

#include <stdio.h>

#include "portal.h"

typedef struct portal_readiness {
    pwwb_watch_info report;
    int64_t           time_ms; /* when it was so, milliseconds since 1970 */
} portal_readiness;

/* Of a watch, as it is now. */
void portal_readiness_of(pwwb_watch *watch, portal_readiness *r);

/* One JSON object, a member each line. */
void portal_readiness_print(FILE *to, const portal *p, const portal_readiness *r);

/* Written beside it and renamed. -1, and errno. */
int  portal_readiness_write(const portal *p, const portal_readiness *r);
void portal_readiness_forget(const portal *p);

/* 1 = it is there, this tenant's, and some seconds old at most. */
int portal_readiness_read(const portal *p, portal_readiness *r);

/* Why a request need not be tried; PWWB_CODE_OK = nothing is known that speaks against it. */
int32_t portal_readiness_code(const portal *p);

/* The tenant has keys, and somebody has confirmed them. */
int portal_is_enabled(const portal *p);

/* `not_configured`, `up`, ... for programs; a sentence for people. */
const char *portal_readiness_name(int32_t state);
const char *portal_readiness_text(int32_t state);

/* What "ready" ends with. */
int portal_readiness_exit(int32_t state);

#endif /* EXAMPLES_PORTAL_READINESS_H */
