// SPDX-License-Identifier: Apache-2.0
// The audit as a function of the line, which docs/audit.md describes. What it throws is "not taken".
import { LIMIT, STATUS } from './enums.mjs';
import { filled } from './handle.mjs';
import { callback } from './tables.mjs';

export function auditOf(audit, isRequired) {
    if (!audit)
        return { fields: {}, lent: [] };
    const one = callback('audit', (_, event) => {
        try {
            audit(filled('audit_print', LIMIT.AUDIT_LINE_SIZE, event).toString('utf8'));
            return STATUS.OK;
        } catch {
            return STATUS.CALLBACK;
        }
    });
    return { fields: { audit: one.owned.pointer, audit_required: isRequired ? 1 : 0 }, lent: [one] };
}
