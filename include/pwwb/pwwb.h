/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PWWB_H
#define PWWB_H

/**
 * @file pwwb/pwwb.h
 * @brief All of libpwwb. Where to begin: docs/first-reset.md.
 */

#include <pwwb/agent.h>
#include <pwwb/directory_ldap.h>
#include <pwwb/heartbeat.h>
#include <pwwb/portal.h>
#include <pwwb/preflight.h>
#include <pwwb/watch.h>

#endif /* PWWB_H */
