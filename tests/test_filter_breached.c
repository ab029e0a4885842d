/* SPDX-License-Identifier: Apache-2.0 */
/* rows: 5 */
#include <pwwb/filter.h>

#include <sys/stat.h>

#include "corpora.h"
#include "faults.h"
#include "folder.h"
#include "harness.h"

static char folder[] = "/tmp/pwwb-corpus-XXXXXX";
static char path[64];

static void
put_corpus(int how)
{
    corpus_text *t = corpus_text_new(LINES, how);

    put_file(path, t->text, t->len);
    free(t);
}

static pwwb_filter *
filter_of(int how)
{
    pwwb_filter *filter;

    put_corpus(how);
    CHECK_STATUS(PWWB_OK, pwwb_filter_new_breached(path, &filter, NULL));
    return filter;
}

static pwwb_status
check(const pwwb_filter *filter, const char *password, size_t len, pwwb_findings *findings,
      int32_t *ret_verdict)
{
    *ret_verdict = PWWB_VERDICT_PASS;
    return pwwb_filter_check(filter, NULL, PWWB_SET_RESET, (const uint8_t *)password, len, findings,
                             ret_verdict, NULL);
}

static void
leaked_passwords_are_refused_and_others_are_not(void)
{
    static const int hows[] = {0, CRLF | MARKS, LOWER_CASE | NO_LAST_END};
    size_t           i, k;
    int32_t          verdict;

    for (k = 0; k < 3; k++) {
        pwwb_filter *filter = filter_of(hows[k]);

        for (i = 0; i < LEAKED; i++) {
            CHECK_STATUS(PWWB_OK,
                         check(filter, leaked[i].password, leaked[i].len, NULL, &verdict));
            CHECK_INT(PWWB_VERDICT_FAIL, verdict);
        }
        CHECK_STATUS(PWWB_OK, check(filter, "Password", 8, NULL, &verdict));
        CHECK_INT(PWWB_VERDICT_PASS, verdict);
        CHECK_STATUS(PWWB_OK, check(filter, "pa\xcc\x88ssw\xc3\xb6rd", 11, NULL, &verdict));
        CHECK_INT(PWWB_VERDICT_PASS, verdict); /* not normalised */
        pwwb_filter_free(filter);
    }
}

static void
the_finding_does_not_tell_how_often_it_leaked(void)
{
    pwwb_filter   *filter   = filter_of(0);
    pwwb_findings *findings = pwwb_findings_new();
    int32_t        code, basis, verdict;
    int64_t        limit, actual;

    CHECK_STATUS(PWWB_OK, check(filter, "password", 8, findings, &verdict));
    CHECK_INT(1, pwwb_findings_count(findings));
    CHECK_STATUS(PWWB_OK, pwwb_findings_get(findings, 0, &code, &basis, &limit, &actual));
    CHECK_INT(PWWB_CODE_POLICY_BANNED, code);
    CHECK_INT(PWWB_BASIS_STATED, basis);
    CHECK_INT(0, limit);
    CHECK_INT(0, actual);
    pwwb_findings_free(findings);
    pwwb_filter_free(filter);
}

/* In the half that is wholly left the answers stay true; in the other nobody is told "no". */
static void
a_corpus_that_is_cut_while_it_is_open_passes_nothing_that_it_lost(void)
{
    pwwb_filter *filter = filter_of(CRLF);
    struct stat  about;
    int32_t      verdict;
    size_t       i, lost = 0;

    CHECK_INT(0, stat(path, &about));
    CHECK_INT(0, truncate(path, about.st_size * 6 / 10));
    for (i = 0; i < LEAKED; i++) {
        pwwb_status st = check(filter, leaked[i].password, leaked[i].len, NULL, &verdict);

        if (leaked[i].hash[0] >= '8') {
            CHECK_STATUS(PWWB_E_MALFORMED, st);
            CHECK_INT(PWWB_VERDICT_UNKNOWN, verdict);
            lost++;
        } else {
            CHECK_STATUS(PWWB_OK, st);
            CHECK_INT(PWWB_VERDICT_FAIL, verdict);
        }
    }
    CHECK_INT(3, lost);
    CHECK_INT(0, truncate(path, 0));
    CHECK_STATUS(PWWB_E_MALFORMED, check(filter, "password", 8, NULL, &verdict));
    CHECK_INT(PWWB_VERDICT_UNKNOWN, verdict);
    pwwb_filter_free(filter);
}

static void
a_newer_corpus_renamed_over_it_does_not_disturb(void)
{
    pwwb_filter *filter = filter_of(0);
    char         other[80];
    int32_t      verdict;

    snprintf(other, sizeof(other), "%s/newer", folder);
    put_file(other, "rubbish", 7);
    CHECK_INT(0, rename(other, path));
    CHECK_STATUS(PWWB_OK, check(filter, "password", 8, NULL, &verdict));
    CHECK_INT(PWWB_VERDICT_FAIL, verdict);
    pwwb_filter_free(filter);
}

static pwwb_status
open_status(const char *name, int32_t *ret_origin)
{
    pwwb_error  *err = pwwb_error_new();
    pwwb_filter *filter;
    pwwb_status  st = pwwb_filter_new_breached(name, &filter, err);

    CHECK(filter == NULL);
    *ret_origin = pwwb_error_layer(err);
    CHECK(pwwb_error_message(err)[0] != '\0');
    pwwb_error_free(err);
    return st;
}

static void
what_is_no_corpus_is_refused_when_it_is_opened(void)
{
    int32_t origin;

    unlink(path);
    CHECK_STATUS(PWWB_E_NOT_FOUND, open_status(path, &origin));
    CHECK_INT(PWWB_LAYER_ERRNO, origin);
    CHECK_STATUS(PWWB_E_MALFORMED, open_status(folder, &origin));
    CHECK_INT(0, mkfifo(path, 0600));
    CHECK_STATUS(PWWB_E_MALFORMED, open_status(path, &origin)); /* and does not wait */
    unlink(path);
    CHECK_STATUS(PWWB_E_SYSTEM, open_status("/dev/null/none", &origin));
    CHECK_INT(PWWB_LAYER_ERRNO, origin);
    put_file(path, "", 0);
    CHECK_STATUS(PWWB_E_MALFORMED, open_status(path, &origin));
    put_file(path, "password:7\n", 11);
    CHECK_STATUS(PWWB_E_MALFORMED, open_status(path, &origin));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, open_status(NULL, &origin));
    CHECK_STATUS(PWWB_E_INVALID_ARGUMENT, pwwb_filter_new_breached(path, NULL, NULL));
}

static void
running_out_of_memory_anywhere_is_survived_and_no_file_stays_open(void)
{
    int          open_files = count_files("/proc/self/fd");
    pwwb_filter *filter;
    long         count, nth;
    int32_t      verdict;

    put_corpus(0);
    faults_count();
    CHECK_STATUS(PWWB_OK, pwwb_filter_new_breached(path, &filter, NULL));
    count = faults_stop();
    faults_count();
    CHECK_STATUS(PWWB_OK, check(filter, "password", 8, NULL, &verdict));
    CHECK_INT(0, faults_stop());
    CHECK_INT(open_files + 1, count_files("/proc/self/fd"));
    pwwb_filter_free(filter);
    CHECK(count >= 2);
    for (nth = 1; nth <= count; nth++) {
        pwwb_status st;

        faults_fail(nth);
        st = pwwb_filter_new_breached(path, &filter, NULL);
        faults_stop();
        CHECK_STATUS(PWWB_E_NO_MEMORY, st);
        CHECK(filter == NULL);
    }
    CHECK_INT(open_files, count_files("/proc/self/fd"));
}

int
main(void)
{
    if (sodium_init() < 0 || mkdtemp(folder) == NULL)
        return 1;

    snprintf(path, sizeof(path), "%s/corpus", folder);
    RUN(leaked_passwords_are_refused_and_others_are_not);
    RUN(the_finding_does_not_tell_how_often_it_leaked);
    RUN(a_corpus_that_is_cut_while_it_is_open_passes_nothing_that_it_lost);
    RUN(a_newer_corpus_renamed_over_it_does_not_disturb);
    RUN(what_is_no_corpus_is_refused_when_it_is_opened);
    RUN(running_out_of_memory_anywhere_is_survived_and_no_file_stays_open);
    empty_folder(folder);
    rmdir(folder);
    return DONE;
}
