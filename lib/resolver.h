/* SPDX-License-Identifier: Apache-2.0 */
#ifndef WB_RESOLVER_H
#define WB_RESOLVER_H

#include <pwwb/resolver.h>

/* Whether a text ends within `size` octets and is a host's name: labels of letters, digits, "-" and
 * "_", no dot at the end. */
int wb_is_host_name(const char *text, size_t size);

/* Whether a text ends within `size` octets and is an address in numbers. */
int wb_is_address(const char *text, size_t size);

/* The table's methods, their answers judged. `list` has PWWB_RESOLVER_MAX entries. A resolver that
 * has no addresses to tell answers PWWB_E_NOT_SUPPORTED. */
pwwb_status wb_resolver_services(pwwb_resolver *resolver, const char *name, int64_t timeout_ms,
                                 pwwb_service *list, size_t *ret_count, pwwb_error *err);
pwwb_status wb_resolver_addresses(pwwb_resolver *resolver, const char *name, int64_t timeout_ms,
                                  char (*list)[46], size_t *ret_count, pwwb_error *err);

#endif /* WB_RESOLVER_H */
