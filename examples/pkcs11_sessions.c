/* SPDX-License-Identifier: Apache-2.0 */
#define _POSIX_C_SOURCE 200809L
#include "pkcs11_sessions.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

#define SLOTS_MAX 64
#define PIN_MAX   256

pwwb_status
sessions_make(sessions *s, const unwrap_pkcs11_options *options, pwwb_error *err)
{
    CK_RV (*get)(CK_FUNCTION_LIST **) = NULL;

    memset(s, 0, sizeof(*s));
    s->options = *options;
    s->library = dlopen(options->module, RTLD_NOW | RTLD_LOCAL);
    if (s->library != NULL) /* POSIX' way to make a function of an object pointer */
        *(void **)&get = dlsym(s->library, "C_GetFunctionList");
    if (get == NULL || get(&s->f) != CKR_OK || pthread_mutex_init(&s->mutex, NULL) != 0) {
        if (s->library != NULL)
            dlclose(s->library);
        return pwwb_error_set(err, PWWB_E_NOT_SUPPORTED, "this is no PKCS#11 module");
    }
    return PWWB_OK;
}

/* The module itself, unless somebody in this process has begun it already. */
static CK_RV
begin(sessions *s)
{
    CK_C_INITIALIZE_ARGS args = {.flags     = CKF_OS_LOCKING_OK,
                                 .pReserved = (void *)(uintptr_t)s->options.reserved};
    CK_RV                rv   = s->f->C_Initialize(&args);

    if (rv == CKR_OK)
        s->is_owner = 1;
    return rv == CKR_CRYPTOKI_ALREADY_INITIALIZED ? CKR_OK : rv;
}

/* A label is padded with blanks. */
static int
is_labelled(const CK_TOKEN_INFO *info, const char *label)
{
    size_t len = strlen(label);
    size_t i;

    for (i = 0; i < sizeof(info->label); i++)
        if (info->label[i] != (i < len ? (unsigned char)label[i] : ' '))
            return 0;
    return len <= sizeof(info->label);
}

static CK_RV
find_slot(const sessions *s, CK_SLOT_ID *ret_slot)
{
    CK_SLOT_ID    slots[SLOTS_MAX];
    CK_ULONG      count = SLOTS_MAX;
    CK_TOKEN_INFO info;
    CK_RV         rv = s->f->C_GetSlotList(CK_TRUE, slots, &count);

    for (; rv == CKR_OK && count > 0; count--) {
        *ret_slot = slots[count - 1];
        if (s->f->C_GetTokenInfo(*ret_slot, &info) == CKR_OK
            && is_labelled(&info, s->options.token))
            return CKR_OK;
    }
    return rv != CKR_OK ? rv : CKR_TOKEN_NOT_PRESENT;
}

/* Whoever has a session is logged in with all of them: often it is so already. */
static CK_RV
login(sessions *s, CK_SESSION_HANDLE session)
{
    uint8_t pin[PIN_MAX];
    int     fd  = open(s->options.pin_file, O_RDONLY | O_CLOEXEC);
    ssize_t len = fd >= 0 ? read(fd, pin, sizeof(pin)) : -1;
    CK_RV   rv  = CKR_PIN_INVALID;

    if (fd >= 0)
        close(fd);
    if (len > 0) {
        const uint8_t *end = memchr(pin, '\n', (size_t)len);

        rv = s->f->C_Login(session, CKU_USER, pin,
                           (CK_ULONG)(end != NULL ? end - pin : len));
    }
    sodium_memzero(pin, sizeof(pin));
    s->is_shut = rv == CKR_PIN_INCORRECT || rv == CKR_PIN_LOCKED || rv == CKR_PIN_EXPIRED;
    return rv == CKR_USER_ALREADY_LOGGED_IN ? CKR_OK : rv;
}

static CK_RV
open_session(sessions *s, CK_SESSION_HANDLE *ret_session)
{
    CK_SLOT_ID slot;
    CK_RV      rv = s->is_shut ? CKR_PIN_INCORRECT : begin(s);

    if (rv == CKR_OK)
        rv = find_slot(s, &slot);
    if (rv == CKR_OK)
        rv = s->f->C_OpenSession(slot, CKF_SERIAL_SESSION | CKF_RW_SESSION, NULL, NULL,
                                 ret_session);
    if (rv != CKR_OK)
        return rv;

    rv = login(s, *ret_session);
    if (rv != CKR_OK)
        (void)s->f->C_CloseSession(*ret_session);
    return rv;
}

/* Nobody is inside: what the module remembers of the token may be as old as the trouble. */
static void
finish(sessions *s)
{
    while (s->idle_count > 0)
        (void)s->f->C_CloseSession(s->idle[--s->idle_count]);
    if (s->busy == 0 && s->is_owner) {
        (void)s->f->C_Finalize(NULL);
        s->is_owner = 0;
    }
}

CK_RV
sessions_take(sessions *s, CK_SESSION_HANDLE *ret_session)
{
    CK_RV rv = CKR_OK;

    pthread_mutex_lock(&s->mutex);
    if (s->idle_count > 0)
        *ret_session = s->idle[--s->idle_count];
    else
        rv = open_session(s, ret_session);
    if (rv == CKR_OK)
        s->busy++;
    else
        finish(s);
    pthread_mutex_unlock(&s->mutex);
    return rv;
}

void
sessions_give(sessions *s, CK_SESSION_HANDLE session, int is_trouble)
{
    pthread_mutex_lock(&s->mutex);
    s->busy--;
    if (!is_trouble && s->idle_count < SESSIONS_IDLE_MAX)
        s->idle[s->idle_count++] = session;
    else
        (void)s->f->C_CloseSession(session);
    if (is_trouble)
        finish(s);
    pthread_mutex_unlock(&s->mutex);
}

void
sessions_drop(sessions *s)
{
    finish(s);
    pthread_mutex_destroy(&s->mutex);
    dlclose(s->library);
}
