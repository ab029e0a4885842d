/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FAULTS_H
#define FAULTS_H

/*
 * Allocations that fail on command. The linker sends the calls of malloc, calloc, realloc, strdup
 * and sodium_malloc in our own objects (the library's and the test's, not those inside other
 * shared libraries) to faults.c; the program that links it needs
 *   -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=strdup,--wrap=sodium_malloc
 * Not for several threads. The number of calls is the compiler's too (it may drop an allocation
 * that goes nowhere): count first, then fail each; never write the number down.
 */

/* From here on count the calls. */
void faults_count(void);

/* From here on count, and let the nth call (from 1) fail, that one alone. */
void faults_fail(long nth);

/* Let all calls pass again; how many there were since faults_count() or faults_fail(). */
long faults_stop(void);

/* How many pieces of locked memory were asked for in the whole program; of any thread. */
long faults_locked(void);

#endif /* FAULTS_H */
