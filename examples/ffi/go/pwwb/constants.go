// SPDX-License-Identifier: Apache-2.0

package pwwb

/*
#include <pwwb/pwwb.h>
*/
import "C"

// Feature is what a build may or may not contain.
type Feature int32

// Every Feature.
const (
	FeatureLDAP    Feature = C.PWWB_FEATURE_LDAP    // the directory maker over libldap
	FeatureAESNI   Feature = C.PWWB_FEATURE_AESNI   // AES-256-GCM by libsodium; without it mbedTLS does it
	FeatureMemLock Feature = C.PWWB_FEATURE_MEMLOCK // secrets can be locked in memory now (RLIMIT_MEMLOCK)
)

// Operation is what is asked for.
type Operation int32

// Every Operation.
const (
	OperationChange       Operation = C.PWWB_OPERATION_CHANGE        // a voluntary change, the old password proven
	OperationChangeForced Operation = C.PWWB_OPERATION_CHANGE_FORCED // a change forced by expiry or must-change at sign-in
	OperationResetSelf    Operation = C.PWWB_OPERATION_RESET_SELF    // a self-service reset of a forgotten password
	OperationResetAdmin   Operation = C.PWWB_OPERATION_RESET_ADMIN   // an administrator resets another's password
	OperationUnlock       Operation = C.PWWB_OPERATION_UNLOCK        // a self-service unlock, no password
)

// Actor is who asks.
type Actor int32

// Every Actor.
const (
	ActorUser  Actor = C.PWWB_ACTOR_USER  // a person without an administrative role
	ActorAdmin Actor = C.PWWB_ACTOR_ADMIN // an administrator of the cloud side
)

// Origin is where the asking was done.
type Origin int32

// Every Origin.
const (
	FromAccountPortal Origin = C.PWWB_FROM_ACCOUNT_PORTAL // the person's own account page
	FromSignIn        Origin = C.PWWB_FROM_SIGN_IN        // the sign-in page
	FromResetPortal   Origin = C.PWWB_FROM_RESET_PORTAL   // the self-service reset portal
	FromAdminPortal   Origin = C.PWWB_FROM_ADMIN_PORTAL   // the administrators' portal
	FromClassicPortal Origin = C.PWWB_FROM_CLASSIC_PORTAL // the classic portal (2017)
	FromGraphBeta     Origin = C.PWWB_FROM_GRAPH_BETA     // the beta Graph API
	FromGraph         Origin = C.PWWB_FROM_GRAPH          // any other Graph API
	FromAADGraph      Origin = C.PWWB_FROM_AAD_GRAPH      // the Azure AD Graph API
	FromPowerShellV1  Origin = C.PWWB_FROM_POWERSHELL_V1  // PowerShell, version 1 module
	FromPowerShellV2  Origin = C.PWWB_FROM_POWERSHELL_V2  // PowerShell, version 2 module
	FromOfficePortal  Origin = C.PWWB_FROM_OFFICE_PORTAL  // the Office admin portal
)

// UserType is how the person's cloud sign-in works.
type UserType int32

// Every UserType.
const (
	UserHashSync    UserType = C.PWWB_USER_HASH_SYNC    // password hash synchronisation
	UserFederated   UserType = C.PWWB_USER_FEDERATED    // federation
	UserPassThrough UserType = C.PWWB_USER_PASS_THROUGH // pass-through authentication
	UserCloudOnly   UserType = C.PWWB_USER_CLOUD_ONLY   // no on-premises account: writeback does not apply
)

// MustChange is what happens to "must change at next logon".
type MustChange int32

// Every MustChange.
const (
	MustChangeKeep  MustChange = C.PWWB_MUST_CHANGE_KEEP  // leave it to the directory
	MustChangeSet   MustChange = C.PWWB_MUST_CHANGE_SET   // the person must change at next logon
	MustChangeClear MustChange = C.PWWB_MUST_CHANGE_CLEAR // the person need not
)

// Flags is a bit of a request.
type Flags uint32

// Every Flags.
const (
	FlagUnlock     Flags = C.PWWB_FLAG_UNLOCK      // unlock the account in the same modify
	FlagOwnAccount Flags = C.PWWB_FLAG_OWN_ACCOUNT // actor and target are the same person
)

// AnchorKind is which side's id an anchor is.
type AnchorKind int32

// Every AnchorKind.
const (
	AnchorSource AnchorKind = C.PWWB_ANCHOR_SOURCE // of the on-premises object
	AnchorCloud  AnchorKind = C.PWWB_ANCHOR_CLOUD  // of the cloud object
)

// Suite is the recipient's algorithm: one per epoch.
type Suite int32

// Every Suite.
const (
	SuiteRSA    Suite = C.PWWB_SUITE_RSA    // RSAES-OAEP-SHA-256, 2048 bits (RFC 8230); the default
	SuiteX25519 Suite = C.PWWB_SUITE_X25519 // ECDH-ES + HKDF-256 with X25519 (RFC 9053 6.3.1); the fast one
)

// Half is which half of the keys.
type Half int32

// Every Half.
const (
	HalfAgent  Half = C.PWWB_HALF_AGENT  // opens requests
	HalfPortal Half = C.PWWB_HALF_PORTAL // seals requests
)

// EpochState is the life of an epoch.
type EpochState int32

// Every EpochState.
const (
	EpochPending  EpochState = C.PWWB_EPOCH_PENDING   // made, not yet taken by the other side; opens, seals nothing
	EpochActive   EpochState = C.PWWB_EPOCH_ACTIVE    // opens and seals
	EpochOpenOnly EpochState = C.PWWB_EPOCH_OPEN_ONLY // replaced; opens what is still under way
	EpochWiped    EpochState = C.PWWB_EPOCH_WIPED     // gone
)

// TenantState is where a tenant is between never enabled and revoked.
type TenantState int32

// Every TenantState.
const (
	TenantNone      TenantState = C.PWWB_TENANT_NONE      // never enabled, or refused
	TenantPending   TenantState = C.PWWB_TENANT_PENDING   // agent: the bundle is on its way; portal: it waits for the administrator to compare the fingerprint
	TenantEnabled   TenantState = C.PWWB_TENANT_ENABLED   // passwords are written back
	TenantDisabling TenantState = C.PWWB_TENANT_DISABLING // agent only: the portal is being told
	TenantDisabled  TenantState = C.PWWB_TENANT_DISABLED  // by the agent's side
	TenantRevoked   TenantState = C.PWWB_TENANT_REVOKED   // by the portal's side; every key was wiped at once
)

// ExchangeKind is what agents and portals exchange about keys.
type ExchangeKind int32

// Every ExchangeKind.
const (
	ExchangeEnable  ExchangeKind = C.PWWB_EXCHANGE_ENABLE  // agent: new identity and keys for the portal, by a ticket
	ExchangeRoll    ExchangeKind = C.PWWB_EXCHANGE_ROLL    // agent: new keys in place of the active ones
	ExchangeDisable ExchangeKind = C.PWWB_EXCHANGE_DISABLE // agent: no more requests
	ExchangeRevoke  ExchangeKind = C.PWWB_EXCHANGE_REVOKE  // portal: every key is void at once, the agent's host being lost
)

// ExchangeCode is how an exchange went.
type ExchangeCode int32

// Every ExchangeCode.
const (
	ExchangeDone           ExchangeCode = C.PWWB_EXCHANGE_DONE            // both sides have it
	ExchangeWaiting        ExchangeCode = C.PWWB_EXCHANGE_WAITING         // the portal has it; its administrator is to compare the fingerprint
	ExchangeTicketUnknown  ExchangeCode = C.PWWB_EXCHANGE_TICKET_UNKNOWN  // not the ticket that is out, or it was used already
	ExchangeTicketExpired  ExchangeCode = C.PWWB_EXCHANGE_TICKET_EXPIRED  // too late: make a new ticket
	ExchangeAlreadyEnabled ExchangeCode = C.PWWB_EXCHANGE_ALREADY_ENABLED // by another identity: disable there, or revoke at the portal
	ExchangeNotEnabled     ExchangeCode = C.PWWB_EXCHANGE_NOT_ENABLED     // the portal knows no such tenant any more
	ExchangeStale          ExchangeCode = C.PWWB_EXCHANGE_STALE           // the portal has newer keys; a newer order follows
)

// Lock is what seals a key file.
type Lock int32

// Every Lock.
const (
	LockKey        Lock = C.PWWB_LOCK_KEY        // 32 random octets, from a file or a credential store
	LockPassphrase Lock = C.PWWB_LOCK_PASSPHRASE // a passphrase, stretched by Argon2id
)

// Verdict is what the pre-check says.
type Verdict int32

// Every Verdict.
const (
	VerdictPass    Verdict = C.PWWB_VERDICT_PASS    // no checkable rule is broken
	VerdictFail    Verdict = C.PWWB_VERDICT_FAIL    // the directory must refuse; all findings are listed
	VerdictUnknown Verdict = C.PWWB_VERDICT_UNKNOWN // ask the directory; what may be wrong is listed as inferred
)

// PolicySource is where rules come from.
type PolicySource int32

// Every PolicySource.
const (
	PolicyHost       PolicySource = C.PWWB_POLICY_HOST       // the host set them
	PolicyDomain     PolicySource = C.PWWB_POLICY_DOMAIN     // the domain's head
	PolicyPSO        PolicySource = C.PWWB_POLICY_PSO        // a fine-grained password settings object
	PolicyPpolicy    PolicySource = C.PWWB_POLICY_PPOLICY    // an OpenLDAP password policy entry
	PolicyUnreadable PolicySource = C.PWWB_POLICY_UNREADABLE // one applies, and the service account may not read it
)

// SetKind is which kind of operation is judged.
type SetKind int32

// Every SetKind.
const (
	SetReset  SetKind = C.PWWB_SET_RESET  // set without the old password
	SetChange SetKind = C.PWWB_SET_CHANGE // the old password is proven
	SetUnlock SetKind = C.PWWB_SET_UNLOCK // unlock only, no password
)

// Answer is one of three answers to one question; the zero value is no.
type Answer int32

// Every Answer.
const (
	No    Answer = C.PWWB_NO    // no
	Yes   Answer = C.PWWB_YES   // yes
	Maybe Answer = C.PWWB_MAYBE // not known
)

// AccountKind is what an entry in the directory is.
type AccountKind int32

// Every AccountKind.
const (
	AccountPerson  AccountKind = C.PWWB_ACCOUNT_PERSON  // a user
	AccountKrbtgt  AccountKind = C.PWWB_ACCOUNT_KRBTGT  // the key account of the domain
	AccountMachine AccountKind = C.PWWB_ACCOUNT_MACHINE // a computer or controller
	AccountTrust   AccountKind = C.PWWB_ACCOUNT_TRUST   // a trust between domains
	AccountOther   AccountKind = C.PWWB_ACCOUNT_OTHER   // no account at all
)

// AccountControl is userAccountControl.
type AccountControl uint32

// Every AccountControl.
const (
	ControlDisabled     AccountControl = C.PWWB_UAC_DISABLED      // ACCOUNTDISABLE
	ControlNotRequired  AccountControl = C.PWWB_UAC_NOTREQD       // PASSWD_NOTREQD
	ControlNormal       AccountControl = C.PWWB_UAC_NORMAL        // NORMAL_ACCOUNT
	ControlNeverExpires AccountControl = C.PWWB_UAC_NEVER_EXPIRES // DONT_EXPIRE_PASSWORD
	ControlSmartcard    AccountControl = C.PWWB_UAC_SMARTCARD     // SMARTCARD_REQUIRED
)

// Settle is what becomes of a received message.
type Settle int32

// Every Settle.
const (
	SettleAccept  Settle = C.PWWB_SETTLE_ACCEPT  // done with it, or it can never be answered: remove it
	SettleRelease Settle = C.PWWB_SETTLE_RELEASE // give it to somebody else, or to us again
	SettleReject  Settle = C.PWWB_SETTLE_REJECT  // not a message of ours: set it aside
)

// RelayEnd is whose end of a relay a transport is.
type RelayEnd int32

// Every RelayEnd.
const (
	RelayAgent   RelayEnd = C.PWWB_RELAY_AGENT   // takes requests and control messages; agents compete for them
	RelayPortal  RelayEnd = C.PWWB_RELAY_PORTAL  // takes the replies to this portal instance
	RelayPortals RelayEnd = C.PWWB_RELAY_PORTALS // takes orders, for which instances compete, and a copy of each heartbeat
)

// RelayFault is a fault that a relay makes on command.
type RelayFault int32

// Every RelayFault.
const (
	RelayDuplicate RelayFault = C.PWWB_RELAY_DUPLICATE // the next messages are delivered twice
	RelayDrop      RelayFault = C.PWWB_RELAY_DROP      // the next messages vanish, though the sender hears of no error
	RelayFull      RelayFault = C.PWWB_RELAY_FULL      // the next messages are refused as full
	RelayExpire    RelayFault = C.PWWB_RELAY_EXPIRE    // the next messages expire at once and are removed
	RelayRestart   RelayFault = C.PWWB_RELAY_RESTART   // now: unsettled messages come again, connections are lost once
)

// Counter is what an agent counts.
type Counter int32

// Every Counter.
const (
	CountReceived  Counter = C.PWWB_COUNT_RECEIVED  // messages taken from the transport
	CountUnopened  Counter = C.PWWB_COUNT_UNOPENED  // of them, could not be opened: no reply was given
	CountSet       Counter = C.PWWB_COUNT_SET       // passwords set, warnings included
	CountNotSet    Counter = C.PWWB_COUNT_NOT_SET   // refused
	CountUnknown   Counter = C.PWWB_COUNT_UNKNOWN   // outcome unknown
	CountRepeated  Counter = C.PWWB_COUNT_REPEATED  // answered from the journal
	CountReleased  Counter = C.PWWB_COUNT_RELEASED  // given back for another agent, or for later
	CountGivenUp   Counter = C.PWWB_COUNT_GIVEN_UP  // of those, rejected once nobody could answer them any more; not in heartbeats
	CountUnaudited Counter = C.PWWB_COUNT_UNAUDITED // events that the host's audit did not take; not in heartbeats
)

// Health is how an agent feels.
type Health int32

// Every Health.
const (
	HealthUp       Health = C.PWWB_HEALTH_UP       // every directory answers
	HealthDegraded Health = C.PWWB_HEALTH_DEGRADED // some do not
	HealthDown     Health = C.PWWB_HEALTH_DOWN     // none does
	HealthStopping Health = C.PWWB_HEALTH_STOPPING // the last heartbeat of this process
)

// LogLevel is how much a line of the log matters.
type LogLevel int32

// Every LogLevel.
const (
	LogDebug LogLevel = C.PWWB_LOG_DEBUG // what happens, step by step
	LogInfo  LogLevel = C.PWWB_LOG_INFO  // something began or ended
	LogWarn  LogLevel = C.PWWB_LOG_WARN  // works, but somebody should look
)

// Sizes.
const (
	IDSize      = C.PWWB_ID_SIZE       // octets of a GUID, a tenant's id and a request's id
	LockKeySize = C.PWWB_LOCK_KEY_SIZE // octets of the secret of LockKey
	EnvelopeMax = C.PWWB_ENVELOPE_MAX  // the most octets of a sealed request or reply
	KeyringMax  = C.PWWB_KEYRING_MAX   // the most octets of a sealed keyring
	PasswordMax = C.PWWB_PASSWORD_MAX  // the most octets of a password
	FindingsMax = C.PWWB_FINDINGS_MAX  // the most findings of one request
)

// Where agents send orders and heartbeats; requests go to "".
const (
	AddressPortals    = C.PWWB_ADDRESS_PORTALS
	AddressHeartbeats = C.PWWB_ADDRESS_HEARTBEATS
)
