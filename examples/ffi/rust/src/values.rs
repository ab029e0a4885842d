// SPDX-License-Identifier: Apache-2.0
//! The enums of the headers. Each is a number with names: one that a newer agent or library sends is
//! kept as it is, and prints as `?`.

macro_rules! values {
    ($($(#[$doc:meta])* $name:ident $prefix:literal { $($value:ident = $number:expr,)* })*) => {
        $($(#[$doc])*
        #[derive(Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(i32);

        #[allow(missing_docs)]
        impl $name {
            $(pub const $value: Self = Self($number);)*

            pub const fn from_raw(number: i32) -> Self {
                Self(number)
            }

            pub const fn raw(self) -> i32 {
                self.0
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                let name = match self.0 {
                    $($number => stringify!($value),)*
                    _ => "?",
                };
                write!(f, "{}({} {})", stringify!($name), name, self.0)
            }
        })*

        /// Every value by its name in C.
        #[doc(hidden)]
        pub const VALUES: &[(&str, i32)] =
            &[$($((concat!($prefix, stringify!($value)), $number)),*),*];
    };
}

values! {
    /// How a call went (pwwb/error.h).
    Status "PWWB_" {
        OK = 0, E_INVALID_ARGUMENT = -100, E_ABI = -101, E_BUFFER_TOO_SMALL = -102, E_STATE = -103,
        E_NOT_SUPPORTED = -104, E_NO_MEMORY = -200, E_SYSTEM = -201, E_PERMISSION = -202,
        E_NO_SPACE = -203, E_READ_ONLY = -204, E_CHANGED = -205, E_MALFORMED = -300,
        E_TOO_LARGE = -301, E_NOT_AUTHENTIC = -400, E_KEY_UNKNOWN = -401, E_KEY_HALF = -402,
        E_CRYPTO = -403, E_KEY_INACTIVE = -404, E_KEY_UNAVAILABLE = -405, E_EXPIRED = -500,
        E_NOT_YET = -501, E_WRONG_TENANT = -502, E_REPLAYED = -503, E_NOT_FOUND = -600,
        E_TIMEOUT = -700, E_CONNECT = -701, E_CLOSED = -702, E_TLS = -703, E_TLS_CA = -704,
        E_TLS_NAME = -705, E_TLS_EXPIRED = -706, E_FULL = -707, E_NO_AGENT = -708, E_STOPPED = -709,
        E_DIRECTORY = -800, E_AUTH = -801, E_CALLBACK = -900,
    }
    /// What a caller can do about a failure.
    StatusClass "PWWB_CLASS_" {
        OK = 0, CALLER = 1, MACHINE = 2, FORMAT = 3, CRYPTO = 4, POLICY = 5, ANCHOR = 6,
        TRANSPORT = 7, DIRECTORY = 8, CALLBACK = 9,
    }
    /// Whose number an error's code is.
    Layer "PWWB_LAYER_" { PWWB = 0, ERRNO = 1, MBEDTLS = 2, LDAP = 3, CALLER = 4, }
    /// What is true of the directory now (pwwb/result.h).
    Outcome "PWWB_OUTCOME_" { SET = 1, SET_WITH_WARNINGS = 2, NOT_SET = 3, UNKNOWN = 4, }
    /// What became of a password, and why.
    Code "PWWB_CODE_" {
        OK = 1, OK_PENDING_SYNC = 2, OK_EXPIRED_ON_SET = 3, OK_UNLOCK_FAILED = 4,
        OK_MUST_CHANGE_FAILED = 5, OK_HISTORY_NOT_ENFORCED = 6, POLICY_TOO_SHORT = 101,
        POLICY_TOO_LONG = 102, POLICY_COMPLEXITY = 103, POLICY_CONTAINS_NAME = 104,
        POLICY_HISTORY = 105, POLICY_TOO_YOUNG = 106, POLICY_BANNED = 107, POLICY_OTHER = 108,
        OLD_PASSWORD_WRONG = 201, MUST_CHANGE = 202, EXPIRED = 203, USER_CANNOT_CHANGE = 204,
        LOCKED = 205, DISABLED = 206, ACCOUNT_EXPIRED = 207, AUTH_RESTRICTED = 208,
        LOCKOUT_GUARD = 209, NOT_FOUND = 301, NOT_JOINED = 302, AMBIGUOUS = 303,
        NO_DIRECTORY_OBJECT = 304, NOT_ELIGIBLE = 305, STAGING = 306, PERMISSION = 401,
        PROTECTED_ACCOUNT = 402, TARGET_REFUSED = 403, INSECURE_CHANNEL = 404,
        STRONG_AUTH_REQUIRED = 405, HISTORY_NOT_ENFORCEABLE = 406, CONFIGURATION = 407,
        REFERRAL = 408, INTERNAL = 409, PROTECTION_UNKNOWN = 410, AUDIT = 411,
        LIMIT_OPERATION = 412, LIMIT_SCOPE = 413, UNREACHABLE = 501, TIMEOUT = 502,
        AGENT_DOWN = 503, BUSY = 504, LIMIT_RATE = 505, EXPIRED_MESSAGE = 601, REPLAYED = 602,
        DECRYPT = 603, KEY_UNKNOWN = 604, SUPERSEDED = 605, CLOCK = 606, IN_PROGRESS = 607,
        USER_TYPE = 701, OPERATION = 702, ORIGIN_POWERSHELL = 703, ORIGIN_GRAPH = 704,
        ORIGIN_OFFICE_PORTAL = 705, OWN_BY_ADMIN_TOOL = 706, OUTCOME_UNKNOWN = 801,
    }
    /// What one does about a code.
    CodeClass "PWWB_CODE_CLASS_" {
        DONE = 0, POLICY = 1, PERSON = 2, LOOKUP = 3, OPERATOR = 4, REACH = 5, MESSAGE = 6,
        COVERAGE = 7, UNCERTAIN = 8,
    }
    /// How sure a finding is.
    Basis "PWWB_BASIS_" { STATED = 1, INFERRED = 2, }
    /// Which name a POLICY_CONTAINS_NAME means, in `actual`.
    NameKind "PWWB_NAME_" { ACCOUNT = 1, DISPLAY = 2, }
    /// The recipient's algorithm (pwwb/keyring.h).
    Suite "PWWB_SUITE_" { RSA = 1, X25519 = 2, }
    /// Which half of the keys, and which side of an exchange.
    Half "PWWB_HALF_" { AGENT = 1, PORTAL = 2, }
    /// The life of an epoch.
    EpochState "PWWB_EPOCH_" { PENDING = 1, ACTIVE = 2, OPEN_ONLY = 3, WIPED = 4, }
    /// Where a tenant is.
    TenantState "PWWB_TENANT_" {
        NONE = 1, PENDING = 2, ENABLED = 3, DISABLING = 4, DISABLED = 5, REVOKED = 6,
    }
    /// What is exchanged about keys.
    ExchangeKind "PWWB_EXCHANGE_" { ENABLE = 1, ROLL = 2, DISABLE = 3, REVOKE = 4, }
    /// How an exchange went (pwwb/exchange.h).
    ExchangeCode "PWWB_EXCHANGE_" {
        DONE = 1, WAITING = 2, TICKET_UNKNOWN = 3, TICKET_EXPIRED = 4, ALREADY_ENABLED = 5,
        NOT_ENABLED = 6, STALE = 7,
    }
    /// What seals a key file; see [`Lock`](crate::Lock).
    LockKind "PWWB_LOCK_" { KEY = 1, PASSPHRASE = 2, }
    /// What is asked for (pwwb/envelope.h).
    Operation "PWWB_OPERATION_" {
        CHANGE = 1, CHANGE_FORCED = 2, RESET_SELF = 3, RESET_ADMIN = 4, UNLOCK = 5,
    }
    /// Who asks.
    Actor "PWWB_ACTOR_" { USER = 1, ADMIN = 2, }
    /// Where the asking was done.
    RequestOrigin "PWWB_FROM_" {
        ACCOUNT_PORTAL = 1, SIGN_IN = 2, RESET_PORTAL = 3, ADMIN_PORTAL = 4, CLASSIC_PORTAL = 5,
        GRAPH_BETA = 6, GRAPH = 7, AAD_GRAPH = 8, POWERSHELL_V1 = 9, POWERSHELL_V2 = 10,
        OFFICE_PORTAL = 11,
    }
    /// How the person's cloud sign-in works.
    UserType "PWWB_USER_" { HASH_SYNC = 1, FEDERATED = 2, PASS_THROUGH = 3, CLOUD_ONLY = 4, }
    /// What happens to "must change at next logon".
    MustChange "PWWB_MUST_CHANGE_" { KEEP = 0, SET = 1, CLEAR = 2, }
    /// Bits of a request's `flags`.
    RequestFlag "PWWB_FLAG_" { UNLOCK = 1, OWN_ACCOUNT = 2, }
    /// Which side's id an anchor is (pwwb/anchor.h).
    AnchorKind "PWWB_ANCHOR_" { SOURCE = 1, CLOUD = 2, }
    /// What the pre-check says (pwwb/policy.h).
    Verdict "PWWB_VERDICT_" { PASS = 1, FAIL = 2, UNKNOWN = 3, }
    /// Where rules come from.
    PolicySource "PWWB_POLICY_" { HOST = 1, DOMAIN = 2, PSO = 3, PPOLICY = 4, UNREADABLE = 5, }
    /// Which kind of operation is judged or done.
    SetKind "PWWB_SET_" { RESET = 1, CHANGE = 2, UNLOCK = 3, }
    /// Three answers to one question.
    Answer "PWWB_" { NO = 0, YES = 1, MAYBE = 2, }
    /// What an entry in the directory is.
    AccountKind "PWWB_ACCOUNT_" { PERSON = 1, KRBTGT = 2, MACHINE = 3, TRUST = 4, OTHER = 5, }
    /// Bits of userAccountControl.
    AccountControl "PWWB_UAC_" {
        DISABLED = 0x2, NOTREQD = 0x20, NORMAL = 0x200, NEVER_EXPIRES = 0x10000, SMARTCARD = 0x40000,
    }
    /// What becomes of a received message (pwwb/transport.h).
    Settle "PWWB_SETTLE_" { ACCEPT = 1, RELEASE = 2, REJECT = 3, }
    /// Whose end of a relay a transport is.
    RelayEnd "PWWB_RELAY_" { AGENT = 1, PORTAL = 2, PORTALS = 3, }
    /// How an agent feels (pwwb/heartbeat.h).
    Health "PWWB_HEALTH_" { UP = 1, DEGRADED = 2, DOWN = 3, STOPPING = 4, }
    /// What an agent counts (pwwb/agent.h).
    Counter "PWWB_COUNT_" {
        RECEIVED = 1, UNOPENED = 2, SET = 3, NOT_SET = 4, UNKNOWN = 5, REPEATED = 6, RELEASED = 7,
        GIVEN_UP = 8, UNAUDITED = 9,
    }
    /// Bits of how a writeback judges (pwwb/writeback.h).
    WritebackFlag "PWWB_WRITEBACK_" { ALLOW_LOCKOUT = 1, ALLOW_UNPROVEN = 2, OTHER_AGENTS = 4, }
    /// How much a line of the log matters (pwwb/log.h).
    LogLevel "PWWB_LOG_" { DEBUG = 1, INFO = 2, WARN = 3, }
    /// What a build may contain (pwwb/base.h).
    Feature "PWWB_FEATURE_" { LDAP = 1, AESNI = 2, MEMLOCK = 3, }
}
