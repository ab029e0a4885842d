/* SPDX-License-Identifier: Apache-2.0 */
#ifndef AD_BARE_H
#define AD_BARE_H

/* What the bare controller does: password modifies as the service account, without the library. */

#include "ad.h"

/* Policy hints as "ldapmodify -e" takes them, critical: MS-ADTS 3.1.1.3.4.1.27. */
#define HINTS_OID        "1.2.840.113556.1.4.2239"
#define HINTS(ber_value) "'!" HINTS_OID "=" ber_value "'"
#define ENFORCE          "MAMCAQE=" /* SEQUENCE { INTEGER 1 } */

/* The LDAP result of one modify with one value of unicodePwd, or two; `two` and `control` may be
 * "". */
static inline int
bare_modify(const char *user, const char *how, const char *one, const char *two,
            const char *control)
{
    char out[1024];

    return run(out, sizeof(out),
               "value() { printf 'unicodePwd:: '; printf '\"%%s\"' \"$1\" | iconv -t UTF-16LE |"
               " base64 -w0; echo; };"
               "{ echo \"dn: CN=%s,OU=Sync,$AD_BASE\"; echo 'changetype: modify';"
               " echo '%s: unicodePwd'; value '%s'; [ -z '%s' ] || value '%s'; } |"
               " ldapmodify -x -H $AD_URI -D \"$AD_SVC_DN\" -w \"$AD_SVC_PW\" %s%s",
               user, how, one, two, two, control[0] != '\0' ? "-e " : "", control)
           >> 8;
}

static inline int
bare_reset(const char *user, const char *password, const char *control)
{
    return bare_modify(user, "replace", password, "", control);
}

#endif /* AD_BARE_H */
