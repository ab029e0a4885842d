/* SPDX-License-Identifier: Apache-2.0 */
/* parses: sd.c */
/* Security descriptors. First the right, in one octet, then an object type and a holder's SID of the
 * length that an octet before it says; then the descriptor. */
#include "fuzz.h"
#include "sd.h"

#define GUID_SIZE 16

static void
check(wb_span octets, const wb_sid *holder, uint32_t right, const uint8_t *type)
{
    const wb_sid both[] = {*holder, *holder};
    wb_sd        sd;
    int          is_bad = wb_sd_parse(octets, &sd) != 0;
    int          answer = wb_sd_check(&sd, holder, 1, right, type, NULL);
    int          of_set = wb_sd_check(&sd, both, 2, right, type, type);

    FUZZ_CHECK(answer >= WB_SD_SILENT && answer <= WB_SD_UNCLEAR && of_set == answer);
    if (is_bad) {
        FUZZ_CHECK(sd.has_list && sd.count == 0 && answer == WB_SD_SILENT);
    } else if (!sd.has_list) {
        FUZZ_CHECK(answer == WB_SD_GRANTED);
    } else {
        FUZZ_CHECK(sd.entries.p >= octets.p
                   && sd.entries.p + sd.entries.len <= octets.p + octets.len);
        FUZZ_CHECK(4 * (size_t)sd.count <= sd.entries.len);
        FUZZ_CHECK(wb_sd_check(&sd, holder, 0, right, type, NULL) == WB_SD_SILENT);
    }
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t   head = size > 1 ? 2 + GUID_SIZE + (size_t)data[1] : 0;
    uint32_t right;
    wb_sid   holder;

    fuzz_begin();
    if (head == 0 || head > size)
        return 0;

    right = data[0] % 3 == 0 ? WB_SD_READ_PROPERTY
                             : data[0] % 3 == 1 ? WB_SD_WRITE_PROPERTY : WB_SD_CONTROL_ACCESS;
    if (wb_sid_parse(wb_span_of(data + 2 + GUID_SIZE, data[1]), &holder) != 0)
        FUZZ_CHECK(fuzz_is_zero(&holder, sizeof(holder)));
    FUZZ_CHECK(wb_sid_is_same(&holder, &holder));
    check(wb_span_of(data + head, size - head), &holder, right, data + 2);
    return 0;
}
