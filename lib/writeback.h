/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WB_WRITEBACK_H
#define WB_WRITEBACK_H

#include <pwwb/writeback.h>

#include "audit.h"
#include "clock.h"
#include "crypto.h"
#include "limits_rate.h"
#include "result.h"

struct pwwb_writeback {
    pwwb_keyring     *keyring;
    wb_clock          clock;
    int64_t           skew_ms;
    uint32_t          flags;
    const pwwb_filter *filters[PWWB_FILTERS_MAX];
    size_t            filter_count;
    wb_audit          audit;
    pwwb_limits      *limits; /* NULL = none */
    int               is_audited; /* of this request all is told */
    int64_t           began_ms; /* monotonic */
    pwwb_request     *request;
    int32_t           need;
    int32_t           code; /* once it is known; 0 before */
    int32_t           late; /* why the claims are refused for their time; 0 = they are not */
    int               is_blind; /* an earlier delivery may have been forgotten, */
    int               is_undone; /* but it has set nothing: the password is older */
    int               put_off; /* why it is released, WB_PUT_OFF_...; 0 = somebody else has it */
    uint8_t           digest[WB_SHA256_SIZE];
    int               is_found;
    pwwb_found        found;
    wb_limits_place   place; /* its own among those that were let through */
    int64_t           last_set_ms; /* before the modify; after it, what it made */
    pwwb_account      account;
    pwwb_policy_rules rules;
    pwwb_findings     findings; /* for the reply */
    pwwb_findings     possible; /* what the pre-check could not exclude */
    char              controller[260];
    size_t            reply_len;
    uint8_t           reply[PWWB_ENVELOPE_MAX];
};

/* Nothing was begun: others may, or we later. */
enum {
    WB_PUT_OFF_KEY     = 1, /* the private key cannot be used now */
    WB_PUT_OFF_JOURNAL = 2  /* the journal was busy */
};

/* writeback_audit.c. The last look before the write, and the host's audit is told: PWWB_CODE_OK to go on. */
int32_t wb_writeback_last_look(pwwb_writeback *w);
/* How it ended: one of enum pwwb_audit_end. Told once for a request; nothing when none was opened. */
void    wb_writeback_ended(pwwb_writeback *w, int32_t end, int32_t code);

/* What the journal cannot know of an earlier delivery, by since when it knows. */
void wb_writeback_look_back(pwwb_writeback *w, int64_t since_ms);

/* The end of every way: passwords wiped, the reply sealed; then NEED_FINISH, or NEED_SEND when
 * nothing was claimed. */
pwwb_status wb_writeback_answer(pwwb_writeback *w, int32_t code, int32_t next, pwwb_error *err);

/* Until when a journal is to know the request, milliseconds since 1970: longer than a relay that
 * removes late could bring it again. */
int64_t wb_writeback_keep_ms(const pwwb_writeback *w);

/* What is left of the request's life, milliseconds; 0 when it is over. */
int64_t wb_writeback_life_ms(const pwwb_writeback *w);

/* writeback_judge.c: pure, but for the rates. What the claims alone decide once they are claimed, and what
 * they and the account do, in order: the code of the first refusal, findings added; PWWB_CODE_OK to go on. */
int32_t wb_judge_claims(const pwwb_writeback *w);
int32_t wb_judge_account(pwwb_writeback *w);
/* When the account's password was written, by the controller's clock; 0 or -1 when nobody knows. */
int64_t wb_judge_written_ms(const pwwb_writeback *w);
/* Whether it is newer than the request. */
int     wb_judge_is_newer(const pwwb_writeback *w);
/* Whether it surely is older. */
int     wb_judge_is_older(const pwwb_writeback *w);
/* The opened password, by the policy and every filter: the code of the first finding, or why that
 * cannot be judged; PWWB_CODE_OK to go on. */
int32_t wb_judge_password(pwwb_writeback *w);
/* After the directory refused: the most exact code that the findings allow. By a rule that is not
 * named: what it may have been is added to them. */
int32_t wb_judge_refusal(pwwb_writeback *w, int32_t code);
/* Which kind of set an operation is: one of enum pwwb_set_kind. */
int32_t wb_judge_kind(int32_t operation);

/* writeback_run.c: the loop over tables, for one directory or for many by name. */
typedef struct wb_named_directory {
    char            name[PWWB_DIRECTORY_NAME_SIZE];
    pwwb_directory *directory;
} wb_named_directory;

typedef struct wb_tables {
    pwwb_journal             *journal;
    pwwb_anchors             *anchors; /* NULL: look up in the directories */
    const wb_named_directory *directories;
    size_t                    directory_count;
} wb_tables;

pwwb_status wb_writeback_walk(pwwb_writeback *w, const wb_tables *tables, int64_t timeout_ms,
                              pwwb_error *err);

#endif /* WB_WRITEBACK_H */
