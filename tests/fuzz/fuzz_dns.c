/* SPDX-License-Identifier: Apache-2.0 */
/* parses: resolver_dns.c */
/* An answer of DNS, to a question with the same id. It is read as it is, and once more with the
 * question where it belongs, so that most inputs get beyond it; and as a name to ask for. */
#include "fuzz.h"
#include "resolver_dns.h"

#define NAME "_ldap._tcp.pdc._msdcs.corp.test"

static void
check(const wb_dns_question *question, wb_span answer)
{
    pwwb_service list[PWWB_RESOLVER_MAX];
    size_t       count = 99, i;
    int          verdict;

    memset(list, 0, sizeof(list));
    verdict = wb_dns_read(question, answer, list, &count);
    FUZZ_CHECK(verdict >= WB_DNS_FOREIGN && verdict <= WB_DNS_FAILED);
    FUZZ_CHECK(count <= PWWB_RESOLVER_MAX);
    FUZZ_CHECK(verdict == WB_DNS_FAILED || (verdict == WB_DNS_FOUND) == (count > 0));
    for (i = 0; verdict == WB_DNS_FOUND && i < count; i++) {
        FUZZ_CHECK(wb_is_host_name(list[i].target, sizeof(list[i].target)));
        FUZZ_CHECK(list[i].port != 0 && list[i].reserved == 0);
    }
}

/* Any text as a name: what is no host's name is refused. */
static void
check_name(wb_span in)
{
    wb_dns_question question;
    char            name[256];
    int             rc;

    if (in.len >= sizeof(name))
        return;
    memcpy(name, in.p, in.len);
    name[in.len] = '\0';
    rc           = wb_dns_ask(&question, name, 1);
    FUZZ_CHECK((rc == 0) == wb_is_host_name(name, sizeof(name)));
    FUZZ_CHECK(rc != 0 || (question.len <= sizeof(question.octets)
                           && question.len == 12 + strlen(name) + 2 + 4));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t         answer[WB_DNS_ANSWER_SIZE];
    wb_dns_question question;

    fuzz_begin();
    if (size < 12 || size > 3000)
        return 0;
    check_name(wb_span_of(data + 12, size - 12));
    FUZZ_CHECK(wb_dns_ask(&question, NAME, (uint16_t)(data[0] << 8 | data[1])) == 0);
    check(&question, wb_span_of(data, size));

    memcpy(answer, data, 12);
    answer[2] |= 0x80;
    answer[4] = 0;
    answer[5] = 1;
    memcpy(answer + 12, question.octets + 12, question.len - 12);
    memcpy(answer + question.len, data + 12, size - 12);
    check(&question, wb_span_of(answer, question.len + size - 12));
    return 0;
}
