/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PWWB_FILTER_H
#define PWWB_FILTER_H

/**
 * @file pwwb/filter.h
 * @brief What the host refuses beside the directory's rules: banned words, leaked passwords, anything.
 *
 * A filter adds its findings to those of the policy, in one report. A writeback with filters judges
 * by them before anything is written; without one, call pwwb_policy_check(), then
 * pwwb_filter_check() for each.
 */

#include <pwwb/policy.h>

PWWB_BEGIN_DECLS

/** The most filters of one writeback. */
#define PWWB_FILTERS_MAX 8
/** The most words of one list. @source Microsoft Learn, concept-password-ban-bad */
#define PWWB_BANNED_WORDS_MAX 1000
/** The least and the most characters of a banned word. @source as above */
#define PWWB_BANNED_WORD_LEAST 4
/** See PWWB_BANNED_WORD_LEAST. */
#define PWWB_BANNED_WORD_MOST 16
/** The points that a password must reach with a list of banned words. @source as above */
#define PWWB_BANNED_POINTS 5

/**
 * What a filter can do. Growing and being called: see pwwb_transport_ops. Called on every thread that
 * judges with it, several at once.
 */
typedef struct pwwb_filter_ops {
    /** sizeof(pwwb_filter_ops) where the caller was compiled. */
    size_t size;
    /**
     * Judge a new password, with what is at hand: it is called in the middle of a request, without
     * a deadline, so it must not wait for a network. Required.
     * @param account       of whom; NULL = not known
     * @param kind          PWWB_SET_RESET or PWWB_SET_CHANGE
     * @param password      UTF-8 without NUL inside, no terminator; secret, borrowed for the call,
     *                      not to be copied to where it is not wiped
     * @param password_len  octets; may be more than PWWB_PASSWORD_MAX
     * @param findings      empty; pwwb_findings_add() what is wrong: codes of class
     *                      PWWB_CODE_CLASS_POLICY. A stated one refuses; an inferred one is a
     *                      remark, for when the directory refuses. Numbers and codes are told to
     *                      the portal: they must not say what the password is
     * @return              PWWB_OK when it was judged, well or not. Anything else: it cannot be
     *                      judged now, and nothing is set
     */
    pwwb_status (*check)(void *ctx, const pwwb_account *account, int32_t kind,
                         const uint8_t *password, size_t password_len, pwwb_findings *findings,
                         pwwb_error *err);
    /** Let go of `ctx`. Optional; called once, by pwwb_filter_free(). */
    void (*destroy)(void *ctx);
    /* 0.1 ends here. */
} pwwb_filter_ops;

/** A filter. Immutable once made; any number of threads may use one. */
typedef struct pwwb_filter pwwb_filter;

/**
 * Make a filter from a table.
 *
 * @param ops              copied
 * @param ctx              given to every method; owned by the filter from PWWB_OK on
 * @param[out] ret_filter  owned by the caller, free with pwwb_filter_free(); NULL on failure
 * @param err              may be NULL
 * @retval PWWB_OK
 * @retval PWWB_E_INVALID_ARGUMENT  NULL, or a required method is missing
 * @retval PWWB_E_ABI               the table is newer than this library
 * @retval PWWB_E_NO_MEMORY
 * @since                  0.1
 */
PWWB_API PWWB_MUST_CHECK
pwwb_status pwwb_filter_new(const pwwb_filter_ops *ops, void *ctx, pwwb_filter **ret_filter,
                            pwwb_error *err);

/**
 * Make a filter over a list of banned words, scored as Microsoft Entra Password Protection
 * documents it: small letters, and 0 1 $ @ read as o l s a; a password within one character of a
 * word is refused; else each word in it is one point and each other character one, and
 * PWWB_BANNED_POINTS are wanted. So a password of fewer characters is refused, too. One that holds
 * a part of the display name, of four characters or more, is refused as well.
 *
 * Findings: POLICY_BANNED with points wanted and there; POLICY_CONTAINS_NAME. Letters beyond ASCII are
 * made small in Latin, Greek and Cyrillic; nothing is normalised. Microsoft's own list is secret:
 * its service may refuse more.
 *
 * @param words            UTF-8, one word a line, LF or CRLF; empty lines are skipped. Copied
 * @param words_len        octets; may be 0: then only lengths and names count
 * @param[out] ret_filter  owned by the caller, free with pwwb_filter_free(); NULL on failure
 * @param err              may be NULL; names the line that is wrong
 * @retval PWWB_OK
 * @retval PWWB_E_INVALID_ARGUMENT  NULL
 * @retval PWWB_E_MALFORMED         not UTF-8, NUL inside, or a word that is too short or too long
 * @retval PWWB_E_TOO_LARGE         more than PWWB_BANNED_WORDS_MAX words
 * @retval PWWB_E_NO_MEMORY
 * @since                  0.1
 * @source                 Microsoft Learn, concept-password-ban-bad
 */
PWWB_API PWWB_MUST_CHECK
pwwb_status pwwb_filter_new_banned(const char *words, size_t words_len, pwwb_filter **ret_filter,
                                   pwwb_error *err);

/**
 * Make a filter over the leaked passwords of a corpus: lines `SHA1:COUNT`, ascending, 40
 * hexadecimal digits of either case, LF or CRLF, as the downloader of Have I Been Pwned writes one
 * file. A count of 0 is padding. The password is hashed as it is, in UTF-8.
 *
 * The file stays open and is searched where it lies; some thirty short reads find a line among a
 * thousand million. It is looked through here and there when it is opened, and whatever is read
 * later is checked as well: where a file shows that it was cut, changed or is out of order, the check
 * fails, and then nothing is set. To bring a newer one, rename it over the old one and make a new
 * filter.
 *
 * Finding: POLICY_BANNED with 0 and 0; how often it leaked would tell too much.
 *
 * @param path             the file; need not stay there
 * @param[out] ret_filter  owned by the caller, free with pwwb_filter_free(); NULL on failure
 * @param err              may be NULL
 * @retval PWWB_OK
 * @retval PWWB_E_INVALID_ARGUMENT  NULL
 * @retval PWWB_E_NOT_FOUND         no such file
 * @retval PWWB_E_MALFORMED         empty, not such lines, not ascending, or no regular file
 * @retval PWWB_E_SYSTEM            cannot be opened or read; errno in the error
 * @retval PWWB_E_NO_MEMORY
 * @since                  0.1
 */
PWWB_API PWWB_MUST_CHECK
pwwb_status pwwb_filter_new_breached(const char *path, pwwb_filter **ret_filter, pwwb_error *err);

/**
 * Free a filter, when nobody judges with it any more.
 *
 * @param filter  may be NULL
 * @since         0.1
 */
PWWB_API void pwwb_filter_free(pwwb_filter *filter);

/**
 * Judge a new password by a filter, after pwwb_policy_check() or another filter.
 *
 * @param filter           the filter
 * @param account          the account; NULL = not known
 * @param kind             PWWB_SET_RESET or PWWB_SET_CHANGE
 * @param password         UTF-8, no terminator; borrowed for the call
 * @param password_len     octets
 * @param findings         what is there stays, the filter's are added, the stated ones before the
 *                         inferred; may be NULL
 * @param[in,out] verdict  what is known before, one of enum pwwb_verdict: begin with that of
 *                         pwwb_policy_check(), or PWWB_VERDICT_PASS. FAIL when the filter refuses;
 *                         never PASS after a failure
 * @param err              may be NULL
 * @retval PWWB_OK                  judged
 * @retval PWWB_E_INVALID_ARGUMENT  NULL, or kind or verdict is none
 * @retval PWWB_E_ABI               the account struct is newer than this library
 * @retval PWWB_E_MALFORMED         the password is not UTF-8 or has NUL inside; or a breach corpus
 *                                  is not in order
 * @retval PWWB_E_CALLBACK          the filter answered nonsense
 * @retval PWWB_E_SYSTEM            a breach corpus cannot be read; so do other statuses of the filter
 * @threads                any; findings serve one thread at a time
 * @since                  0.1
 */
PWWB_API PWWB_MUST_CHECK
pwwb_status pwwb_filter_check(const pwwb_filter *filter, const pwwb_account *account, int32_t kind,
                              const uint8_t *password, size_t password_len, pwwb_findings *findings,
                              int32_t *verdict, pwwb_error *err);

PWWB_END_DECLS

#endif /* PWWB_FILTER_H */
