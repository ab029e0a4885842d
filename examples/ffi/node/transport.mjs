// SPDX-License-Identifier: Apache-2.0
// A transport is an object with send(message), receive(), settle(tag, verdict); each is also given { timeoutMs }:
//   send     message: { data, id, expiresMs, to, replyTo }
//   receive  => { data, tag, id }, or null when none came in time
//   settle   verdict: one of SETTLE
// and, if it likes, replyAddress: where replies to this side go. An Agent and Portal.ask() await what they give. A
// Transport is one for C, which cannot wait: of the host's, of a relay in this process, or of the AMQP companion.
import koffi from 'koffi';
import { STATUS } from './enums.mjs';
import { PwwbError } from './errors.mjs';
import { Handle, Shared, made } from './handle.mjs';
import { octetsOf } from './secret.mjs';
import { copy, fill, make, read } from './structs.mjs';
import { table } from './tables.mjs';

const timeout = (ms) => ({ timeoutMs: Number(ms) });

function received(got, buf, size, delivery) {
    if (typeof got?.then === 'function')
        return got;
    if (!got)
        throw new PwwbError(STATUS.TIMEOUT, 'none came');
    const length = Math.min(got.data.length, Number(size)); // what is longer is told, and refused there
    koffi.encode(buf, 'uint8_t', got.data.subarray(0, length), length);
    return fill(delivery, 'pwwb_delivery', { len: got.data.length, tag: got.tag, ...(got.id ? { id: got.id } : {}) });
}

const methodsOf = (host) => ({
    send: (message, timeoutMs) => {
        const { data, len, id, expires_ms: expiresMs, to, reply_to: replyTo } = read(message, 'pwwb_message');
        return host.send({ data: copy(data, len), id, expiresMs: Number(expiresMs), to, replyTo }, timeout(timeoutMs));
    },
    receive: (buf, size, delivery, timeoutMs) => received(host.receive(timeout(timeoutMs)), buf, size, delivery),
    settle: (tag, verdict, timeoutMs) => host.settle(tag, verdict, timeout(timeoutMs)),
});

export class Transport extends Handle {
    constructor(pointer, parts) {
        super(pointer, 'transport_free', parts);
    }

    /** Of the host's; its methods are not asynchronous. */
    static of(host) {
        const { ops, lent } = table('pwwb_transport_ops', 'transport', methodsOf(host));
        return new Transport(made('transport_new', ops, null), { lent });
    }

    /** Of libpwwb-amqp; the fields of struct pwwb_amqp_options, `secret` and `tls` as objects. */
    static amqp({ tls = {}, secret, ...fields }) {
        const [octets, length] = octetsOf(secret);
        return new Transport(made('transport_new_amqp', make('pwwb_amqp_options', {
            ...fields, tls: make('pwwb_tls_options', tls), secret: octets, secret_len: length,
        })));
    }
}

/** A relay in this process. */
export class Relay extends Shared {
    constructor(capacity = 1000) {
        super(made('relay_new', capacity, null, null), 'relay_free');
    }

    /** One end of it, one of RELAY. */
    connect(end) {
        return new Transport(made('transport_new_relay', this, end), { parents: [this] });
    }
}
