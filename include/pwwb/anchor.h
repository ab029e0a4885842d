/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PWWB_ANCHOR_H
#define PWWB_ANCHOR_H

/**
 * @file pwwb/anchor.h
 * @brief Anchors: the immutable ids by which an account is found, and the store that knows links.
 *
 * A *source anchor* is the base64 of an objectGUID or mS-DS-ConsistencyGuid; a *cloud anchor* is
 * `User_<guid>`. An anchor store walks connector object, metaverse object and link to the one
 * directory object whose link carries the account-enabled rule.
 */

#include <pwwb/result.h>

PWWB_BEGIN_DECLS

/** Which side's id an anchor is. */
enum pwwb_anchor_kind {
    PWWB_ANCHOR_SOURCE = 1, /**< of the on-premises object */
    PWWB_ANCHOR_CLOUD  = 2  /**< of the cloud object */
};

/** An anchor as a value. This struct is final: it never grows. */
typedef struct pwwb_anchor {
    int32_t kind;               /**< one of enum pwwb_anchor_kind */
    uint8_t guid[PWWB_ID_SIZE]; /**< as the directory stores it: first three fields little-endian */
} pwwb_anchor;

/** Room for an anchor's or a GUID's text with its NUL. */
#define PWWB_ANCHOR_TEXT_SIZE 48

/** Octets of a directory's name, with its NUL. */
#define PWWB_DIRECTORY_NAME_SIZE 64

/** Where an anchor leads. */
typedef struct pwwb_found {
    size_t  size;               /**< sizeof(pwwb_found) where the filler was compiled */
    int32_t code;               /**< PWWB_CODE_OK, or the lookup code that says why not */
    int32_t candidates;         /**< directory objects that were considered */
    uint8_t guid[PWWB_ID_SIZE]; /**< objectGUID, or entryUUID, of the one object */
    char    directory[PWWB_DIRECTORY_NAME_SIZE]; /**< which directory; "" = the only one */
    /* 0.1 ends here. */
} pwwb_found;

/**
 * What an anchor store can do. Growing and being called: see pwwb_transport_ops.
 */
typedef struct pwwb_anchors_ops {
    /** sizeof(pwwb_anchors_ops) where the caller was compiled. */
    size_t size;
    /**
     * Follow one anchor. Required.
     * @param anchor      borrowed for the call
     * @param timeout_ms  0 = do not wait, -1 = no limit
     * @param ret_found   zeroed, its size set; fill code, guid, directory, candidates
     * @return            PWWB_OK with any lookup code; another status when the store failed
     */
    pwwb_status (*find)(void *ctx, const pwwb_anchor *anchor, int64_t timeout_ms,
                        pwwb_found *ret_found, pwwb_error *err);
    /** Let go of `ctx`. Optional; called once, by pwwb_anchors_free(). */
    void (*destroy)(void *ctx);
    /* 0.1 ends here. */
} pwwb_anchors_ops;

/** An anchor store. One thread at a time, unless its maker says more. */
typedef struct pwwb_anchors pwwb_anchors;

/**
 * Read an anchor's text: base64 of 16 octets, or `User_<guid>` in either case.
 *
 * @param text             UTF-8, no terminator needed; borrowed
 * @param text_len         octets
 * @param[out] ret_anchor  zeroed on failure
 * @param err              may be NULL
 * @retval PWWB_OK
 * @retval PWWB_E_INVALID_ARGUMENT  NULL, malformed text, or another prefix than `User_`
 * @threads                any
 * @since                  0.1
 */
PWWB_API PWWB_MUST_CHECK
pwwb_status pwwb_anchor_parse(const char *text, size_t text_len, pwwb_anchor *ret_anchor,
                              pwwb_error *err);

/**
 * Write an anchor's text.
 *
 * @param anchor        the anchor
 * @param[out] buf      filled with text and a NUL; may be NULL when buf_size is 0
 * @param buf_size      octets; PWWB_ANCHOR_TEXT_SIZE is enough
 * @param[out] ret_len  octets of text without the NUL
 * @param err           may be NULL
 * @retval PWWB_OK
 * @retval PWWB_E_INVALID_ARGUMENT  NULL or an unknown kind
 * @retval PWWB_E_BUFFER_TOO_SMALL  the need, without NUL, stands in ret_len
 * @threads             any
 * @since               0.1
 */
PWWB_API PWWB_MUST_CHECK
pwwb_status pwwb_anchor_print(const pwwb_anchor *anchor, char *buf, size_t buf_size,
                              size_t *ret_len, pwwb_error *err);

/**
 * Read a GUID's dashed text into the directory's order of octets.
 *
 * @param text           36 characters, either case
 * @param text_len       octets
 * @param[out] ret_guid  16 octets; zeroed on failure
 * @param err            may be NULL
 * @retval PWWB_OK
 * @retval PWWB_E_INVALID_ARGUMENT  NULL or malformed
 * @threads              any
 * @since                0.1
 * @source               MS-DTYP 2.3.4
 */
PWWB_API PWWB_MUST_CHECK
pwwb_status pwwb_guid_parse(const char *text, size_t text_len, uint8_t ret_guid[PWWB_ID_SIZE],
                            pwwb_error *err);

/**
 * Write a GUID's dashed text, lower case, 36 characters and a NUL.
 *
 * @param guid      16 octets in the directory's order
 * @param[out] buf  at least 37 octets
 * @threads         any
 * @since           0.1
 */
PWWB_API void pwwb_guid_print(const uint8_t guid[PWWB_ID_SIZE], char buf[37]);

/**
 * Take a store of the host's.
 *
 * @param ops              copied
 * @param ctx              the host's; given back to `destroy` once this has succeeded
 * @param[out] ret_anchors owned by the caller, free with pwwb_anchors_free(); NULL on failure
 * @param err              may be NULL
 * @retval PWWB_OK
 * @retval PWWB_E_INVALID_ARGUMENT  NULL, or `find` is missing
 * @retval PWWB_E_ABI               the table is newer than this library
 * @retval PWWB_E_NO_MEMORY
 * @since                  0.1
 */
PWWB_API PWWB_MUST_CHECK
pwwb_status pwwb_anchors_new(const pwwb_anchors_ops *ops, void *ctx, pwwb_anchors **ret_anchors,
                             pwwb_error *err);

/**
 * Make the small store in memory; fill it with pwwb_anchors_add_object() and
 * pwwb_anchors_add_link().
 *
 * @param max_objects       the most connector objects, and the most links; 1 to 1000000
 * @param[out] ret_anchors  owned by the caller, free with pwwb_anchors_free(); NULL on failure
 * @param err               may be NULL
 * @retval PWWB_OK
 * @retval PWWB_E_INVALID_ARGUMENT  NULL or out of range
 * @retval PWWB_E_NO_MEMORY
 * @since                   0.1
 */
PWWB_API PWWB_MUST_CHECK
pwwb_status pwwb_anchors_new_memory(size_t max_objects, pwwb_anchors **ret_anchors,
                                    pwwb_error *err);

/**
 * Add a cloud connector object to a store made by pwwb_anchors_new_memory().
 *
 * @param anchors    the store
 * @param cloud      its cloud anchor; may be NULL when it has none
 * @param source     its source anchor; may be NULL when it has none
 * @param metaverse  the metaverse object it is joined to; 0 = not joined
 * @param err        may be NULL
 * @retval PWWB_OK
 * @retval PWWB_E_INVALID_ARGUMENT  not such a store, no anchor, or one of the wrong kind
 * @retval PWWB_E_FULL              max_objects are there
 * @since            0.1
 */
PWWB_API PWWB_MUST_CHECK
pwwb_status pwwb_anchors_add_object(pwwb_anchors *anchors, const pwwb_anchor *cloud,
                                    const pwwb_anchor *source, uint64_t metaverse,
                                    pwwb_error *err);

/**
 * Add one rule of a link from a metaverse object to a directory object. Call it once per rule.
 *
 * @param anchors      the store
 * @param metaverse    the metaverse object, not 0
 * @param directory    name of the directory; copied, shorter than PWWB_DIRECTORY_NAME_SIZE
 * @param object_guid  objectGUID of the directory object
 * @param rule         name of the synchronisation rule; only whether it is the account-enabled
 *                     rule is kept. It is when it begins with
 *                     `Microsoft.InfromADUserAccountEnabled`, or is `User AccountEnabled` or
 *                     `In from AD - User AccountEnabled`, without regard to case
 * @param err          may be NULL
 * @retval PWWB_OK
 * @retval PWWB_E_INVALID_ARGUMENT  not such a store, NULL, 0 or a name too long
 * @retval PWWB_E_FULL              max_objects of pwwb_anchors_new_memory() are there
 * @since              0.1
 */
PWWB_API PWWB_MUST_CHECK
pwwb_status pwwb_anchors_add_link(pwwb_anchors *anchors, uint64_t metaverse, const char *directory,
                                  const uint8_t object_guid[PWWB_ID_SIZE], const char *rule,
                                  pwwb_error *err);

/**
 * Ask a store where an anchor leads.
 *
 * @param anchors         the store
 * @param anchor          what to follow
 * @param timeout_ms      0 = do not wait, -1 = no limit
 * @param[out] ret_found  its size set by the caller; zeroed but for size on failure
 * @param err             may be NULL
 * @retval PWWB_OK        any lookup code, PWWB_CODE_OK included
 * @retval PWWB_E_INVALID_ARGUMENT  NULL or an unknown kind of anchor
 * @retval PWWB_E_ABI               ret_found is newer than this library
 * @retval PWWB_E_CALLBACK          the store answered nonsense; when it failed, its own status
 * @since                 0.1
 */
PWWB_API PWWB_MUST_CHECK
pwwb_status pwwb_anchors_find(pwwb_anchors *anchors, const pwwb_anchor *anchor, int64_t timeout_ms,
                              pwwb_found *ret_found, pwwb_error *err);

/**
 * Free a store, after calling its `destroy`.
 *
 * @param anchors  may be NULL
 * @since          0.1
 */
PWWB_API void pwwb_anchors_free(pwwb_anchors *anchors);

PWWB_END_DECLS

#endif /* PWWB_ANCHOR_H */
