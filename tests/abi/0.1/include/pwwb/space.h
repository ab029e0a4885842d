/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PWWB_SPACE_H
#define PWWB_SPACE_H

/**
 * @file pwwb/space.h
 * @brief A connector space in a file: what leads from an anchor to an account, for a whole country. Of the
 *        companion libpwwb-sqlite.
 *
 * Cloud connector objects, metaverse objects, directory connector objects, and links with their rules,
 * in an SQLite database that one process fills and many read. docs/space.md has its tables. Agents take
 * a store of anchors over it; an importer fills it from directories or from a file.
 */

#include <pwwb/anchor.h>
#include <pwwb/directory.h>

PWWB_BEGIN_DECLS

/** How a space is opened. */
enum pwwb_space_mode {
    PWWB_SPACE_READ  = 1, /**< it must be there; nothing in it is changed */
    PWWB_SPACE_WRITE = 2  /**< made when it is not there; an older version's is brought up to date */
};

/** Why an object of a directory is not in a space. docs/space.md has the sources. */
enum pwwb_import_scope {
    PWWB_SCOPE_IN             = 0, /**< it is */
    PWWB_SCOPE_CRITICAL       = 1, /**< isCriticalSystemObject */
    PWWB_SCOPE_NO_NAME        = 2, /**< no sAMAccountName, and no contact */
    PWWB_SCOPE_SERVICE        = 3, /**< AAD_, MSOL_, CAS_, SUPPORT_388945a0, SystemMailbox{ */
    PWWB_SCOPE_RECIPIENT_TYPE = 4, /**< msExchRecipientTypeDetails has a bit of 0x21C07000 */
    PWWB_SCOPE_CONFLICT       = 5  /**< a name with \0ACNF: */
};

/** Room for enum pwwb_import_scope, and for those to come. */
#define PWWB_IMPORT_SCOPES 16

/** What an import did, or would do. */
typedef struct pwwb_import_result {
    size_t   size;       /**< sizeof(pwwb_import_result) where compiled */
    uint64_t told;       /**< objects or rows that were read */
    uint64_t added;      /**< objects or rows that are new */
    uint64_t changed;    /**< that were there and are not the same */
    uint64_t removed;    /**< that are gone */
    uint64_t out_of_scope[PWWB_IMPORT_SCOPES]; /**< by enum pwwb_import_scope */
    int32_t  is_full;    /**< 1: every object was told, or looked for; 0: only what had changed */
    int32_t  is_resumed; /**< 1: it went on where another one had stopped */
    int32_t  permille;   /**< how far it is */
    int32_t  line;       /**< of a file: the last one that was read, or the one that is wrong */
    /* 0.1 ends here. */
} pwwb_import_result;

/** Told between steps. Another status than PWWB_OK, PWWB_E_STOPPED say, ends the import with it after this
 *  step, and the next one goes on from here. */
typedef pwwb_status (*pwwb_import_fn)(void *ctx, const pwwb_import_result *so_far);

/** How to import. Zero what is not wanted. */
typedef struct pwwb_import_options {
    size_t         size;         /**< sizeof(pwwb_import_options) where compiled */
    int32_t        is_full;      /**< 1: read all objects even where a mark is kept */
    int32_t        is_dry_run;   /**< 1: change nothing, and say what would be changed */
    int32_t        joins_mail;   /**< 1: objects of different directories with the same mail are one person */
    int32_t        most_removed; /**< objects that one import may remove; 0 = 500, -1 = any number */
    int64_t        step_ms;      /**< for each step, milliseconds; 0 = 60000 */
    pwwb_import_fn progress;     /**< or NULL */
    void          *progress_ctx; /**< given to it */
    /* 0.1 ends here. */
} pwwb_import_options;

/** One link of the chain that a lookup follows, for a person to read. Text is "" where nothing is known. */
typedef struct pwwb_chain {
    size_t      size;              /**< sizeof(pwwb_chain), set by the library */
    uint64_t    cloud;             /**< number of the cloud connector object */
    uint64_t    metaverse;         /**< number of the metaverse object; 0 = not joined */
    uint64_t    object;            /**< number of the directory connector object; 0 = none */
    int32_t     is_eligible;       /**< 1: a rule of the link says that the account is enabled there */
    int32_t     has_cloud;         /**< 1: `cloud_guid` is told */
    int32_t     has_source;        /**< 1: `source_guid` is told */
    int32_t     reserved;          /**< 0 */
    uint8_t     cloud_guid[PWWB_ID_SIZE];  /**< of the cloud anchor */
    uint8_t     source_guid[PWWB_ID_SIZE]; /**< the source anchor of the cloud connector object */
    uint8_t     object_guid[PWWB_ID_SIZE]; /**< objectGUID */
    const char *directory;         /**< name of the directory */
    const char *dn;                /**< as of the last import */
    const char *rules;             /**< of the link, with newlines in between */
    /* 0.1 ends here. */
} pwwb_chain;

/** Take one; borrowed for the call. */
typedef void (*pwwb_chain_fn)(void *ctx, const pwwb_chain *chain);

/** What a space holds. */
typedef struct pwwb_space_info {
    size_t   size;         /**< sizeof(pwwb_space_info) where compiled */
    uint64_t cloud;        /**< cloud connector objects */
    uint64_t metaverse;    /**< metaverse objects */
    uint64_t objects;      /**< directory connector objects */
    uint64_t eligible;     /**< of them, those that a password may be written to */
    uint64_t octets;       /**< on the disk */
    int32_t  is_staging;   /**< 1: lookups are refused */
    int32_t  directories;  /**< how many, for pwwb_space_describe_directory() */
    /* 0.1 ends here. */
} pwwb_space_info;

/** What a space knows of one directory. */
typedef struct pwwb_space_directory {
    size_t   size;      /**< sizeof(pwwb_space_directory) where compiled */
    char     name[PWWB_DIRECTORY_NAME_SIZE]; /**< as agents have it */
    uint64_t objects;   /**< its directory connector objects */
    int64_t  whole_ms;  /**< when a pass over all objects ended last, Unix milliseconds; -1 = never */
    int64_t  told_ms;   /**< when any pass ended last; -1 = never */
    int32_t  is_under_way; /**< 1: a pass was interrupted, or runs */
    int32_t  reserved;  /**< 0 */
    /* 0.1 ends here. */
} pwwb_space_directory;

/** A space. One thread at a time; as many handles as one likes, in as many processes, of which one at a
 *  time imports. */
typedef struct pwwb_space pwwb_space;

/**
 * Open a space. Beside `path` SQLite keeps PATH-wal and PATH-shm: it stands in a folder that nobody else
 * may write, on a disk of this machine.
 *
 * @param path            a file; UTF-8, copied
 * @param mode            one of enum pwwb_space_mode
 * @param[out] ret_space  owned by the caller, free with pwwb_space_free(); NULL on failure
 * @param err             may be NULL
 * @retval PWWB_OK
 * @retval PWWB_E_INVALID_ARGUMENT
 * @retval PWWB_E_NOT_FOUND         to be read, and not there or still empty
 * @retval PWWB_E_NO_MEMORY
 * @retval PWWB_E_PERMISSION        others have rights on the file, or may write its folder
 * @retval PWWB_E_READ_ONLY         to be written, and cannot be
 * @retval PWWB_E_NO_SPACE          the disk or quota is full
 * @retval PWWB_E_SYSTEM            the operating system refused; errno in the error
 * @retval PWWB_E_MALFORMED         no space, or a damaged one: it is left as it is
 * @retval PWWB_E_NOT_SUPPORTED     made by a newer version, by an older one and to be read, or not on a disk of
 *                                  this machine
 * @retval PWWB_E_TIMEOUT           somebody else kept it locked for five seconds
 * @retval PWWB_E_STATE             the process was forked from one that had one open
 * @threads                         one at a time for each handle
 * @since                           0.1
 */
PWWB_API PWWB_MUST_CHECK
pwwb_status pwwb_space_open(const char *path, int32_t mode, pwwb_space **ret_space, pwwb_error *err);

/**
 * Close a space.
 *
 * @param space  may be NULL; not within an import's callback
 * @since        0.1
 */
PWWB_API void pwwb_space_free(pwwb_space *space);

/**
 * Take a space as a store of anchors, which agents look up in. It opens a handle of its own to read.
 * What an import commits is found by the next lookup.
 *
 * @param path              as of pwwb_space_open(), whose failures it has
 * @param[out] ret_anchors  owned by the caller, free with pwwb_anchors_free(); NULL on failure
 * @param err               may be NULL
 * @retval PWWB_OK
 * @retval PWWB_E_NOT_FOUND  as pwwb_space_open() has it, and what else it has
 * @threads                  one at a time: one for each worker
 * @since                    0.1
 */
PWWB_API PWWB_MUST_CHECK
pwwb_status pwwb_anchors_new_sqlite(const char *path, pwwb_anchors **ret_anchors, pwwb_error *err);

/**
 * Read objects from a directory: all of them at first, later what has changed. Stopped or killed
 * anywhere it has lost nothing, and the next import goes on. Links get the rules that a sync engine's
 * standard rules would give them: docs/space.md.
 *
 * @param space            opened to write
 * @param name             of the directory, as agents have it; copied
 * @param directory        it must tell changes; borrowed
 * @param options          may be NULL
 * @param[out] ret_result  its size set by the caller; told on failure, too; may be NULL
 * @param err              may be NULL
 * @retval PWWB_OK
 * @retval PWWB_E_INVALID_ARGUMENT
 * @retval PWWB_E_ABI
 * @retval PWWB_E_NOT_SUPPORTED  the directory tells no changes
 * @retval PWWB_E_READ_ONLY      the space is opened to read
 * @retval PWWB_E_STATE        more than most_removed would go: what removes them is not done; or the
 *                             directory's links came from a CSV file: import one without them first
 * @retval PWWB_E_STOPPED      or another, as `progress` answered
 * @retval PWWB_E_TIMEOUT        another import runs, or the directory did not answer
 * @retval PWWB_E_NO_SPACE       or what else pwwb_space_open() and pwwb_directory_changes() have
 * @since                  0.1
 */
PWWB_API PWWB_MUST_CHECK
pwwb_status pwwb_space_import(pwwb_space *space, const char *name, pwwb_directory *directory,
                              const pwwb_import_options *options, pwwb_import_result *ret_result,
                              pwwb_error *err);

/**
 * Read what a sync engine knows from a CSV file (RFC 4180, UTF-8): its cloud connector objects, and links
 * with their rules. The file is the whole of it: what it does not have is removed at its end. docs/space.md
 * has its columns. Interrupted it goes on where it was, while the file is the same.
 *
 * @param space            opened to write
 * @param path             the file
 * @param options          may be NULL; is_full: begin at its first line
 * @param[out] ret_result  its size set by the caller; told on failure, too; may be NULL
 * @param err              may be NULL
 * @retval PWWB_OK
 * @retval PWWB_E_MALFORMED  a line is wrong: its number is in the result, and why in the error; what came
 *                           before it is kept, nothing is removed
 * @retval PWWB_E_NOT_FOUND  there is no such file
 * @retval PWWB_E_NO_SPACE   or what else pwwb_space_import() has
 * @since                  0.1
 */
PWWB_API PWWB_MUST_CHECK
pwwb_status pwwb_space_import_csv(pwwb_space *space, const char *path,
                                  const pwwb_import_options *options,
                                  pwwb_import_result *ret_result, pwwb_error *err);

/**
 * Follow an anchor as pwwb_anchors_find() does, and tell everything on the way.
 *
 * @param space           the space
 * @param anchor          what to follow
 * @param each            called for each link of the chain; once for an object that is not joined, or whose
 *                        metaverse object has no link; not at all when there is none
 * @param each_ctx        given to it
 * @param[out] ret_found  as of pwwb_anchors_find()
 * @param err             may be NULL
 * @retval PWWB_OK
 * @retval PWWB_E_INVALID_ARGUMENT
 * @retval PWWB_E_ABI
 * @retval PWWB_E_MALFORMED  or what else pwwb_space_open() has
 * @since                 0.1
 */
PWWB_API PWWB_MUST_CHECK
pwwb_status pwwb_space_explain(pwwb_space *space, const pwwb_anchor *anchor, pwwb_chain_fn each,
                               void *each_ctx, pwwb_found *ret_found, pwwb_error *err);

/**
 * Say what a space holds.
 *
 * @param space          the space
 * @param[out] ret_info  its size set by the caller
 * @param err            may be NULL
 * @retval PWWB_OK
 * @retval PWWB_E_INVALID_ARGUMENT
 * @retval PWWB_E_ABI
 * @retval PWWB_E_MALFORMED  or what else pwwb_space_open() has
 * @since                0.1
 */
PWWB_API PWWB_MUST_CHECK
pwwb_status pwwb_space_describe(pwwb_space *space, pwwb_space_info *ret_info, pwwb_error *err);

/**
 * Say what a space knows of one directory.
 *
 * @param space               the space
 * @param index               0 to directories - 1
 * @param[out] ret_directory  its size set by the caller
 * @param err                 may be NULL
 * @retval PWWB_OK
 * @retval PWWB_E_INVALID_ARGUMENT
 * @retval PWWB_E_ABI
 * @retval PWWB_E_NOT_FOUND  there are fewer
 * @retval PWWB_E_MALFORMED  or what else pwwb_space_open() has
 * @since                     0.1
 */
PWWB_API PWWB_MUST_CHECK
pwwb_status pwwb_space_describe_directory(pwwb_space *space, size_t index,
                                          pwwb_space_directory *ret_directory, pwwb_error *err);

/**
 * Say whether this is a staging server's space: imports go on, and every lookup answers
 * PWWB_CODE_STAGING, for a staging server writes nothing.
 *
 * @param space       opened to write
 * @param is_staging  1 or 0
 * @param err         may be NULL
 * @retval PWWB_OK
 * @retval PWWB_E_INVALID_ARGUMENT
 * @retval PWWB_E_READ_ONLY  the space is opened to read; or what else pwwb_space_open() has
 * @since             0.1
 */
PWWB_API PWWB_MUST_CHECK
pwwb_status pwwb_space_set_staging(pwwb_space *space, int32_t is_staging, pwwb_error *err);

PWWB_END_DECLS

#endif /* PWWB_SPACE_H */
