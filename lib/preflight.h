/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WB_PREFLIGHT_H
#define WB_PREFLIGHT_H

/* What a preflight is made of: facts that somebody read, judged here. No I/O, no LDAP. */

#include <pwwb/preflight.h>

#include "sd.h"

#define WB_PREFLIGHT_CHECKS    9
#define WB_PREFLIGHT_DN_SIZE   512
#define WB_PREFLIGHT_SIDS_MAX  1100 /* a token holds 1015 groups: MS-ADTS 3.1.1.4.5.19 */

/* Whose rights: an account by all its SIDs. */
typedef struct wb_preflight_sids {
    wb_sid list[WB_PREFLIGHT_SIDS_MAX];
    int    count;
} wb_preflight_sids;

/* Whether rules of a password settings object can be read. */
enum wb_preflight_pso {
    WB_PSO_UNKNOWN,    /* none is named, and the container tells nothing */
    WB_PSO_NONE,       /* none is named, and the container may be read */
    WB_PSO_READ,       /* the one named was read */
    WB_PSO_UNREADABLE  /* one is named and may not be read */
};

typedef struct wb_preflight_facts {
    /* the service account */
    wb_preflight_sids holders;
    wb_sid            trustee;           /* of no parts = not known: no commands */
    char              trustee_name[320]; /* name@domain; "" = not known */

    /* the account to be served */
    wb_preflight_sids own;
    char              dn[WB_PREFLIGHT_DN_SIZE];
    wb_sd             acl; /* borrows */
    int               has_acl;
    int               lists_any; /* the controller says what may be written */
    int               lists_lockout_time;
    int               lists_pwd_last_set;
    int               has_groups;
    int32_t           is_admin; /* one of enum pwwb_answer, by its groups */
    int64_t           admin_count;

    /* its domain */
    char  domain[WB_PREFLIGHT_DN_SIZE];
    wb_sd head;
    int   has_head;
    int   pso; /* one of enum wb_preflight_pso */
    char  pso_dn[WB_PREFLIGHT_DN_SIZE];

    /* its controller */
    char controller[260];
    int  has_hints;
    int  allows_no_history;
} wb_preflight_facts;

typedef struct wb_preflight_item {
    int32_t check;
    int32_t answer;
    int32_t reason;
    char    object[WB_PREFLIGHT_DN_SIZE];
    char    windows[2048];
    char    samba[2048];
} wb_preflight_item;

struct pwwb_preflight {
    wb_preflight_item items[WB_PREFLIGHT_CHECKS];
};

/* preflight_judge.c: every item, by the facts. */
void wb_preflight_judge(const wb_preflight_facts *facts, pwwb_preflight *ret_preflight);

/* preflight_grant.c: commands, into an item. One that does not fit is none. */

/* A right as both tools name it. */
typedef struct wb_preflight_right {
    int32_t     check;
    uint32_t    mask;
    const char *type;    /* GUID */
    const char *set;     /* of its property set, or NULL */
    const char *letters; /* SDDL */
    const char *words;   /* dsacls */
} wb_preflight_right;

/* To all users of the unit that `dn` is in; or on `dn` itself. */
void wb_preflight_grant_around(const wb_preflight_facts *facts, const wb_preflight_right *right,
                               wb_preflight_item *item);
void wb_preflight_grant_here(const wb_preflight_facts *facts, const wb_preflight_right *right,
                             wb_preflight_item *item);
/* On the domain's head. */
void wb_preflight_grant_head(const wb_preflight_facts *facts, const wb_preflight_right *right,
                             wb_preflight_item *item);
/* Read what is in the container of password settings. */
void wb_preflight_grant_rules(const wb_preflight_facts *facts, wb_preflight_item *item);
/* Take away the entries of `dn` itself that deny what is asked for. */
void wb_preflight_take_denials(const char *dn, const wb_sd *sd, const wb_sd_question *question,
                               wb_preflight_item *item);

/* The container of password settings. */
void wb_preflight_container(const char *domain, char dn[WB_PREFLIGHT_DN_SIZE]);
/* name@domain, the domain by the DCs of a DN; "" when it does not fit. */
void wb_preflight_name(const char *account, const char *dn, char *buf, size_t buf_size);

#endif /* WB_PREFLIGHT_H */
