// SPDX-License-Identifier: Apache-2.0
// HTML in which everything is escaped that did not come from html`` itself.

class Safe {
    constructor(text) {
        this.text = text;
    }

    toString() {
        return this.text;
    }
}

const signs = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

function put(value) {
    if (value === null || value === undefined || value === false)
        return '';
    if (value instanceof Safe)
        return value.text;
    if (Array.isArray(value))
        return value.map(put).join('');
    return String(value).replace(/[&<>"']/g, (sign) => signs[sign]);
}

export const html = (parts, ...values) => new Safe(
    parts.reduce((out, part, i) => out + (i > 0 ? put(values[i - 1]) : '') + part, ''));
