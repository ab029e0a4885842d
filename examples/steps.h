/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXAMPLES_STEPS_H
#define EXAMPLES_STEPS_H

/* A host that answers what a writeback needs of its directory by itself, one need at a time. Here every
 * answer is at hand; where it comes later, from a thread, a queue or another process, the host goes back to
 * its loop in between, and nothing waits. */

#include <pwwb/writeback.h>

typedef struct steps {
    pwwb_writeback *writeback;
    pwwb_directory *directory;
    pwwb_journal   *journal;
    pwwb_error     *err;
} steps;

/* A need's name, for whoever watches. */
const char *steps_name(int32_t need);

/* 1 = there is a reply to send, or the message is to be released. */
int steps_are_over(const steps *s);

/* Answer the one need that is open. */
pwwb_status steps_answer(steps *s);

#endif /* EXAMPLES_STEPS_H */
