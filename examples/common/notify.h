/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EXAMPLES_NOTIFY_H
#define EXAMPLES_NOTIFY_H

/* What a service tells systemd, sd_notify(3). Nothing happens where nobody asked for it. */

#include <stdint.h>

void notify_ready(void);
void notify_reloading(void); /* until the next notify_ready() */
void notify_stopping(void);
void notify_alive(void); /* for the watchdog */
/* One line for `systemctl status`. */
void notify_status(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* How often notify_alive() is wanted; 0 = not at all. */
int64_t notify_alive_ms(void);

#endif /* EXAMPLES_NOTIFY_H */
