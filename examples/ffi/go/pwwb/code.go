// SPDX-License-Identifier: Apache-2.0

package pwwb

/*
#include <pwwb/pwwb.h>
*/
import "C"

// Outcome is what is true of the directory now.
type Outcome int32

// The outcomes.
const (
	OutcomeSet             Outcome = C.PWWB_OUTCOME_SET               // the new password is set
	OutcomeSetWithWarnings Outcome = C.PWWB_OUTCOME_SET_WITH_WARNINGS // it is set; something beside it is not as asked
	OutcomeNotSet          Outcome = C.PWWB_OUTCOME_NOT_SET           // nothing was changed
	OutcomeUnknown         Outcome = C.PWWB_OUTCOME_UNKNOWN           // it may have been set: the answer was lost
)

// Code says why; what one does about it is its Class.
type Code int32

// Every code.
const (
	CodeOK                    Code = C.PWWB_CODE_OK                      // done
	CodeOKPendingSync         Code = C.PWWB_CODE_OK_PENDING_SYNC         // done; the cloud hash follows by hash sync
	CodeOKExpiredOnSet        Code = C.PWWB_CODE_OK_EXPIRED_ON_SET       // done, but the directory expired it at once
	CodeOKUnlockFailed        Code = C.PWWB_CODE_OK_UNLOCK_FAILED        // done, but the account is still locked
	CodeOKMustChangeFailed    Code = C.PWWB_CODE_OK_MUST_CHANGE_FAILED   // done, but must-change is not as asked
	CodeOKHistoryNotEnforced  Code = C.PWWB_CODE_OK_HISTORY_NOT_ENFORCED // done, but history could not be checked
	CodePolicyTooShort        Code = C.PWWB_CODE_POLICY_TOO_SHORT        // shorter than the minimum
	CodePolicyTooLong         Code = C.PWWB_CODE_POLICY_TOO_LONG         // longer than the maximum
	CodePolicyComplexity      Code = C.PWWB_CODE_POLICY_COMPLEXITY       // too few kinds of characters
	CodePolicyContainsName    Code = C.PWWB_CODE_POLICY_CONTAINS_NAME    // contains the account's or person's name
	CodePolicyHistory         Code = C.PWWB_CODE_POLICY_HISTORY          // one of the last passwords
	CodePolicyTooYoung        Code = C.PWWB_CODE_POLICY_TOO_YOUNG        // changed too recently
	CodePolicyBanned          Code = C.PWWB_CODE_POLICY_BANNED           // on a list of banned passwords
	CodePolicyOther           Code = C.PWWB_CODE_POLICY_OTHER            // refused by a rule that is not known
	CodeOldPasswordWrong      Code = C.PWWB_CODE_OLD_PASSWORD_WRONG      // the current password is not right
	CodeMustChange            Code = C.PWWB_CODE_MUST_CHANGE             // right, but must be changed now
	CodeExpired               Code = C.PWWB_CODE_EXPIRED                 // right, but expired
	CodeUserCannotChange      Code = C.PWWB_CODE_USER_CANNOT_CHANGE      // may not change the own password
	CodeLocked                Code = C.PWWB_CODE_LOCKED                  // the account is locked
	CodeDisabled              Code = C.PWWB_CODE_DISABLED                // the account is disabled
	CodeAccountExpired        Code = C.PWWB_CODE_ACCOUNT_EXPIRED         // the account is expired
	CodeAuthRestricted        Code = C.PWWB_CODE_AUTH_RESTRICTED         // not at this time or from this place
	CodeLockoutGuard          Code = C.PWWB_CODE_LOCKOUT_GUARD           // not tried: one more failure would lock
	CodeNotFound              Code = C.PWWB_CODE_NOT_FOUND               // no account for the anchor
	CodeNotJoined             Code = C.PWWB_CODE_NOT_JOINED              // connector object without metaverse link
	CodeAmbiguous             Code = C.PWWB_CODE_AMBIGUOUS               // more than one account
	CodeNoDirectoryObject     Code = C.PWWB_CODE_NO_DIRECTORY_OBJECT     // no object in any directory's connector space
	CodeNotEligible           Code = C.PWWB_CODE_NOT_ELIGIBLE            // no link with the account-enabled rule
	CodeStaging               Code = C.PWWB_CODE_STAGING                 // a staging server's space: it writes nothing
	CodePermission            Code = C.PWWB_CODE_PERMISSION              // the service account lacks a right
	CodeProtectedAccount      Code = C.PWWB_CODE_PROTECTED_ACCOUNT       // an administrator: may change, not be reset
	CodeTargetRefused         Code = C.PWWB_CODE_TARGET_REFUSED          // krbtgt, a machine or a trust: never
	CodeInsecureChannel       Code = C.PWWB_CODE_INSECURE_CHANNEL        // the connection is not protected enough
	CodeStrongAuthRequired    Code = C.PWWB_CODE_STRONG_AUTH_REQUIRED    // the directory wants signing or TLS
	CodeHistoryNotEnforceable Code = C.PWWB_CODE_HISTORY_NOT_ENFORCEABLE // no policy hints, and the host insists
	CodeConfiguration         Code = C.PWWB_CODE_CONFIGURATION           // something is not set up as it must be
	CodeReferral              Code = C.PWWB_CODE_REFERRAL                // this controller cannot write it
	CodeInternal              Code = C.PWWB_CODE_INTERNAL                // a defect of this library or a callback
	CodeProtectionUnknown     Code = C.PWWB_CODE_PROTECTION_UNKNOWN      // an administrator's or not: it cannot be told
	CodeAudit                 Code = C.PWWB_CODE_AUDIT                   // the audit that the host requires did not take it
	CodeLimitOperation        Code = C.PWWB_CODE_LIMIT_OPERATION         // the agent's limits leave this operation out
	CodeLimitScope            Code = C.PWWB_CODE_LIMIT_SCOPE             // the agent's limits leave this account out
	CodeUnreachable           Code = C.PWWB_CODE_UNREACHABLE             // the directory cannot be reached
	CodeTimeout               Code = C.PWWB_CODE_TIMEOUT                 // the deadline came before anything was sent
	CodeAgentDown             Code = C.PWWB_CODE_AGENT_DOWN              // no agent took the request
	CodeBusy                  Code = C.PWWB_CODE_BUSY                    // no room now
	CodeLimitRate             Code = C.PWWB_CODE_LIMIT_RATE              // more requests than the agent's limits let through
	CodeExpiredMessage        Code = C.PWWB_CODE_EXPIRED_MESSAGE         // the request came too late
	CodeReplayed              Code = C.PWWB_CODE_REPLAYED                // its id was used with other octets
	CodeDecrypt               Code = C.PWWB_CODE_DECRYPT                 // the password cannot be read
	CodeKeyUnknown            Code = C.PWWB_CODE_KEY_UNKNOWN             // sealed with a key the agent does not have
	CodeSuperseded            Code = C.PWWB_CODE_SUPERSEDED              // a newer password is already set
	CodeClock                 Code = C.PWWB_CODE_CLOCK                   // issued in the agent's future
	CodeInProgress            Code = C.PWWB_CODE_IN_PROGRESS             // another agent works on the same request
	CodeUserType              Code = C.PWWB_CODE_USER_TYPE               // cloud-only: writeback does not apply
	CodeOperation             Code = C.PWWB_CODE_OPERATION               // not an operation that is written back
	CodeOriginPowerShell      Code = C.PWWB_CODE_ORIGIN_POWERSHELL       // resets by PowerShell are not written back
	CodeOriginGraph           Code = C.PWWB_CODE_ORIGIN_GRAPH            // resets by this API are not written back
	CodeOriginOfficePortal    Code = C.PWWB_CODE_ORIGIN_OFFICE_PORTAL    // resets from that portal are not written back
	CodeOwnByAdminTool        Code = C.PWWB_CODE_OWN_BY_ADMIN_TOOL       // own password with the administrators' tool
	CodeOutcomeUnknown        Code = C.PWWB_CODE_OUTCOME_UNKNOWN         // sent, and the answer was lost
)

// CodeClass is what one does about a code.
type CodeClass int32

// The classes of codes.
const (
	CodeClassDone      CodeClass = C.PWWB_CODE_CLASS_DONE      // nothing, or look at the warning
	CodeClassPolicy    CodeClass = C.PWWB_CODE_CLASS_POLICY    // choose another password
	CodeClassPerson    CodeClass = C.PWWB_CODE_CLASS_PERSON    // the state of the account or what the person typed
	CodeClassLookup    CodeClass = C.PWWB_CODE_CLASS_LOOKUP    // the account cannot be told
	CodeClassOperator  CodeClass = C.PWWB_CODE_CLASS_OPERATOR  // an administrator must mend something
	CodeClassReach     CodeClass = C.PWWB_CODE_CLASS_REACH     // try again later
	CodeClassMessage   CodeClass = C.PWWB_CODE_CLASS_MESSAGE   // start again with a new request
	CodeClassCoverage  CodeClass = C.PWWB_CODE_CLASS_COVERAGE  // writeback does not do this
	CodeClassUncertain CodeClass = C.PWWB_CODE_CLASS_UNCERTAIN // sign in with the new password to see
)

// Basis is how sure a finding is.
type Basis int32

// The bases.
const (
	BasisStated   Basis = C.PWWB_BASIS_STATED   // the directory said so, or its rules do
	BasisInferred Basis = C.PWWB_BASIS_INFERRED // not stated: it may be why, or all else is excluded
)

// The names in CodePolicyContainsName's Actual.
const (
	NameAccount int64 = C.PWWB_NAME_ACCOUNT // sAMAccountName
	NameDisplay int64 = C.PWWB_NAME_DISPLAY // a part of displayName
)
