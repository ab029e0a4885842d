/* SPDX-License-Identifier: Apache-2.0 */
#include "result.h"

#include "error.h"

typedef struct row {
    int32_t     code;
    const char *name;
    const char *alias; /* Microsoft's event, SSPR code or hresult: entra-docs, troubleshoot-sspr-writeback */
    const char *user_text;
    const char *operator_text;
} row;

/* What every person is told whose administrator must act. */
#define HELP_DESK "Your password cannot be changed here. Ask your help desk."
#define LATER     "Your organisation cannot be reached now. Try again later."
#define AGAIN     "The request could not be used. Start again."
#define RULES     "The new password does not meet the rules of your organisation. Choose another one."

static const row table[] = {
#define ROW(code, alias, user, operator_) {PWWB_CODE_##code, #code, alias, user, operator_}
    ROW(OK, "31002, 31007, 31010",
        "Your password is set. The old one may work for up to an hour in some places.",
        "Set in the directory."),
    ROW(OK_PENDING_SYNC, "OnPremisesSuccessCloudFailure",
        "Your password is set. Cloud services follow within some minutes.",
        "Set in the directory; the cloud's copy follows with the next password hash sync."),
    ROW(OK_EXPIRED_ON_SET, "",
        "Your password is set, but you must choose a new one at your next sign-in.",
        "Set, and expired at once: the service account lacks Unexpire-Password on the domain head; on "
        "OpenLDAP it has manage on userPassword, and the policy pwdMustChange."),
    ROW(OK_UNLOCK_FAILED, "", "Your password is set, but your account is still locked.",
        "Set, not unlocked: the service account lacks Write lockoutTime (pwdAccountLockedTime)."),
    ROW(OK_MUST_CHANGE_FAILED, "", "Your password is set.",
        "Set, but must-change-at-next-logon is not as asked: the service account lacks Write "
        "pwdLastSet, or the account's password never expires; on OpenLDAP: write on pwdReset, or the "
        "policy's pwdMustChange."),
    ROW(OK_HISTORY_NOT_ENFORCED, "6329", "Your password is set.",
        "Set without the history check: the controller has no policy hints and the host allows it; on "
        "OpenLDAP the service account has manage on userPassword, where write is enough."),
    ROW(POLICY_TOO_SHORT, "33008", "The new password is too short.",
        "Shorter than the minimum of the policy in force."),
    ROW(POLICY_TOO_LONG, "33008", "The new password is too long.",
        "Longer than the directory takes."),
    ROW(POLICY_COMPLEXITY, "33008",
        "Use three of these kinds of characters: capital letters, small letters, digits, signs.",
        "Fewer than three of the five kinds of characters."),
    ROW(POLICY_CONTAINS_NAME, "33008", "Leave your name and your account's name out of the password.",
        "Contains the account name or a part of the display name."),
    ROW(POLICY_HISTORY, "33008", "You used this password before. Choose another one.",
        "One of the remembered passwords."),
    ROW(POLICY_TOO_YOUNG, "33008", "Your password was changed too recently. Try again later.",
        "The minimum password age has not passed."),
    ROW(POLICY_BANNED, "FuzzyPolicyViolationInvalidPassword",
        "This password is too common. Choose another one.", "On a list of banned passwords."),
    ROW(POLICY_OTHER, "33008", RULES,
        "Refused by a rule that is not known here: a password filter, history or minimum age."),
    ROW(OLD_PASSWORD_WRONG, "33007", "The current password is not right.",
        "The old password is wrong; each try counts towards lockout."),
    ROW(MUST_CHANGE, "", "You must choose a new password now.",
        "The password is right and must be changed at logon."),
    ROW(EXPIRED, "", "Your password has expired. Choose a new one.",
        "The password is right and has expired."),
    ROW(USER_CANNOT_CHANGE, "33008, SSPR_0029", HELP_DESK,
        "The account may not change its own password (User-Change-Password is denied)."),
    ROW(LOCKED, "33006, SSPR_0029", "Your account is locked. Try again later or ask your help desk.",
        "The account is locked out."),
    ROW(DISABLED, "33005, SSPR_0029", "Your account is disabled. Ask your help desk.",
        "The account is disabled."),
    ROW(ACCOUNT_EXPIRED, "SSPR_0029", "Your account has expired. Ask your help desk.",
        "The account is past its expiry date."),
    ROW(AUTH_RESTRICTED, "SSPR_0029", "Signing in is not allowed now or from here.",
        "Logon hours or workstations forbid it."),
    ROW(LOCKOUT_GUARD, "",
        "One more wrong password would lock your account. Wait, or reset the password.",
        "Not tried: badPwdCount is one below the lockout threshold. The host may allow it."),
    ROW(NOT_FOUND, "33002, SSPR_0029", HELP_DESK, "No account for this anchor in the directory."),
    ROW(NOT_JOINED, "33002 (not-joined-to-MV)", HELP_DESK,
        "The cloud object is not joined to a metaverse object: look at the synchronisation."),
    ROW(AMBIGUOUS, "33003, SSPR_0029", HELP_DESK,
        "More than one account for this anchor: make it unique."),
    ROW(NO_DIRECTORY_OBJECT, "33002 (no-outbound-object-found)", HELP_DESK,
        "The person has no object in any directory that is synchronised."),
    ROW(NOT_ELIGIBLE, "33002", HELP_DESK,
        "No link carries the rule InfromADUserAccountEnabled: is the account enabled?"),
    ROW(STAGING, "", HELP_DESK,
        "The anchors are a staging server's, which writes nothing: let the active one's agents answer, or "
        "end staging."),
    ROW(PERMISSION, "33004, SSPR_0029", HELP_DESK,
        "The service account lacks a right on this account, or inheritance is off there."),
    ROW(PROTECTED_ACCOUNT, "33004, SSPR_0029",
        "An administrator's password cannot be reset here. Change it with the old password.",
        "A member of a protected group: may change the own password, may not be reset."),
    ROW(TARGET_REFUSED, "", HELP_DESK,
        "krbtgt, a machine, a trust or no account at all: never written."),
    ROW(INSECURE_CHANNEL, "hr 8023062C, SSPR_0029", HELP_DESK,
        "The directory refuses the connection as not protected: check TLS to the controller."),
    ROW(STRONG_AUTH_REQUIRED, "SSPR_0029", HELP_DESK,
        "The directory wants signing or TLS for the bind."),
    ROW(HISTORY_NOT_ENFORCEABLE, "6329, SSPR_0029", HELP_DESK,
        "The controller has no policy hints control, so history cannot be enforced on a reset. "
        "Update it, or allow resets without history."),
    ROW(CONFIGURATION, "33009, SSPR_0029", HELP_DESK,
        "The agent is not set up right: service account, certificate, directory name, a filter or the store "
        "of anchors."),
    ROW(REFERRAL, "", HELP_DESK, "A read-only controller, or one of another domain: use a writable one."),
    ROW(INTERNAL, "32000", HELP_DESK, "A defect in the library or in a callback: report it."),
    ROW(PROTECTION_UNKNOWN, "33004, SSPR_0029", HELP_DESK,
        "Not reset: the service account cannot read tokenGroups, so it is not known whether this is an "
        "administrator's account. Make it a member of Windows Authorization Access Group."),
    ROW(AUDIT, "SSPR_0029", HELP_DESK,
        "Not done: the audit that the host requires did not take the event. Look why: disk, rights, collector."),
    ROW(LIMIT_OPERATION, "SSPR_0029", HELP_DESK,
        "The agent's limits leave this operation out: allow it there, or do not offer it."),
    ROW(LIMIT_SCOPE, "SSPR_0029", HELP_DESK,
        "The account is in none of the scopes of the agent's limits, or its distinguished name is not known."),
    ROW(UNREACHABLE, "32001, SSPR_0030", LATER, "The directory could not be reached; nothing was sent."),
    ROW(TIMEOUT, "SSPR_0030", LATER, "The deadline came before anything was sent."),
    ROW(AGENT_DOWN, "31044, SSPR_0030", LATER, "No agent took the request: is one running?"),
    ROW(BUSY, "SSPR_0030", LATER, "The relay, the journal or the agent had no room."),
    ROW(LIMIT_RATE, "SSPR_0030", "There were too many requests. Try again later.",
        "More requests, for this account or in all, than the agent's limits let through; nothing was sent. "
        "Look who asks before you allow more."),
    ROW(EXPIRED_MESSAGE, "", AGAIN, "The request was older than its life when it was to be used."),
    ROW(REPLAYED, "", AGAIN, "The request's id was used before with other octets: somebody replays."),
    ROW(DECRYPT, "32004, SSPR_0029", AGAIN,
        "The password could not be opened: the keys of portal and agent differ, or it was changed."),
    ROW(KEY_UNKNOWN, "32004, SSPR_0029", AGAIN, "Sealed with a key that this agent does not have."),
    ROW(SUPERSEDED, "incoming-timestamp-out-of-date",
        "A newer password was set meanwhile. Sign in with that one, or start again.",
        "pwdLastSet is later than the request, and not by our own write."),
    ROW(CLOCK, "", AGAIN, "Issued in the agent's future: compare the clocks of portal and agent."),
    ROW(IN_PROGRESS, "", "Your request is being worked on.",
        "Another agent has claimed it, or one ended while it worked on it."),
    ROW(USER_TYPE, "", "Change this password in the cloud: it has no other home.",
        "A cloud-only account: writeback does not apply."),
    ROW(OPERATION, "", HELP_DESK, "Not an operation that is written back from there."),
    ROW(ORIGIN_POWERSHELL, "", HELP_DESK, "Resets by PowerShell are not written back."),
    ROW(ORIGIN_GRAPH, "", HELP_DESK, "Resets by this API are not written back; the beta API's are."),
    ROW(ORIGIN_OFFICE_PORTAL, "", HELP_DESK, "Resets from the Office admin portal are not written back."),
    ROW(OWN_BY_ADMIN_TOOL, "", "Change your own password on your account page.",
        "An administrator's own password cannot be reset with the administrators' tool."),
    ROW(OUTCOME_UNKNOWN, "32000",
        "It is not certain that your password was set. Try to sign in with the new one first.",
        "The answer was lost, or the journal does not reach back to the time of the request: compare "
        "pwdLastSet with that time."),
#undef ROW
};

#define ROWS (sizeof(table) / sizeof(table[0]))

static const row *
find(int32_t code)
{
    size_t i;

    for (i = 0; i < ROWS; i++)
        if (table[i].code == code)
            return &table[i];
    return NULL;
}

int
wb_code_is_known(int32_t code)
{
    return find(code) != NULL;
}

int32_t
pwwb_code_at(size_t index)
{
    return index < ROWS ? table[index].code : 0;
}

const char *
pwwb_code_name(int32_t code)
{
    const row *r = find(code);

    return r != NULL ? r->name : "?";
}

int32_t
pwwb_code_class(int32_t code)
{
    return find(code) != NULL ? code / 100 : PWWB_CODE_CLASS_UNCERTAIN;
}

int32_t
pwwb_code_outcome(int32_t code)
{
    if (code == PWWB_CODE_OK || code == PWWB_CODE_OK_PENDING_SYNC)
        return PWWB_OUTCOME_SET;
    if (code == PWWB_CODE_IN_PROGRESS) /* whoever works on it may have set it by now */
        return PWWB_OUTCOME_UNKNOWN;

    switch (pwwb_code_class(code)) {
    case PWWB_CODE_CLASS_DONE:
        return PWWB_OUTCOME_SET_WITH_WARNINGS;
    case PWWB_CODE_CLASS_UNCERTAIN:
        return PWWB_OUTCOME_UNKNOWN;
    default:
        return PWWB_OUTCOME_NOT_SET;
    }
}

const char *
pwwb_code_user_text(int32_t code)
{
    const row *r = find(code);

    return r != NULL ? r->user_text : "The result is not known. Ask your help desk.";
}

const char *
pwwb_code_operator_text(int32_t code)
{
    const row *r = find(code);

    return r != NULL ? r->operator_text : "A code of a newer version.";
}

const char *
pwwb_code_alias(int32_t code)
{
    const row *r = find(code);

    return r != NULL ? r->alias : "";
}

const char *
pwwb_outcome_name(int32_t outcome)
{
    switch (outcome) {
    case PWWB_OUTCOME_SET:
        return "set";
    case PWWB_OUTCOME_SET_WITH_WARNINGS:
        return "set with warnings";
    case PWWB_OUTCOME_NOT_SET:
        return "not set";
    default:
        return "unknown";
    }
}
