/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PWWB_BASE_H
#define PWWB_BASE_H

/**
 * @file pwwb/base.h
 * @brief The marks every other header uses, the version, and how to ask what a build can do.
 */

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
# define PWWB_BEGIN_DECLS extern "C" {
# define PWWB_END_DECLS   }
#else
# define PWWB_BEGIN_DECLS
# define PWWB_END_DECLS
#endif

#if defined(__GNUC__)
# define PWWB_API        __attribute__((visibility("default")))
# define PWWB_MUST_CHECK __attribute__((warn_unused_result))
#else
# define PWWB_API
# define PWWB_MUST_CHECK
#endif

PWWB_BEGIN_DECLS

/** The version of these headers: major * 10000 + minor * 100 + patch. */
#define PWWB_VERSION_NUMBER 100

/** Octets of a GUID, a tenant id and a request id. A GUID has its first three fields little-endian, as
 *  Active Directory stores it and pwwb_guid_parse() reads it from text; an entryUUID is as it is written. A
 *  request id is 16 random octets, and has no order. */
#define PWWB_ID_SIZE 16

/** What a build may or may not contain. */
enum pwwb_feature {
    PWWB_FEATURE_LDAP     = 1, /**< the directory maker over libldap */
    PWWB_FEATURE_AESNI    = 2, /**< AES-256-GCM by libsodium; without it mbedTLS does it */
    PWWB_FEATURE_MEMLOCK  = 3  /**< secrets can be locked in memory now (RLIMIT_MEMLOCK) */
};

/**
 * The version of the library that is loaded, as PWWB_VERSION_NUMBER.
 *
 * @return   major * 10000 + minor * 100 + patch
 * @threads  any
 * @since    0.1
 */
PWWB_API int32_t pwwb_version_number(void);

/**
 * Whether this build, on this machine, has a feature.
 *
 * Every build exports the same names; what was built without answers PWWB_E_NOT_SUPPORTED.
 *
 * @param feature  one of enum pwwb_feature
 * @return         1 or 0; 0 for a number that is not known
 * @threads        any
 * @since          0.1
 */
PWWB_API int32_t pwwb_has_feature(int32_t feature);

PWWB_END_DECLS

#endif /* PWWB_BASE_H */
