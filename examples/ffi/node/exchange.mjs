// SPDX-License-Identifier: Apache-2.0
// Enable, roll over, disable, revoke: how both sides come to the same keys.
import { LIMIT } from './enums.mjs';
import { Handle, later, made } from './handle.mjs';
import { Secret } from './secret.mjs';
import { make } from './structs.mjs';
import { clockOf } from './tables.mjs';

/** One side of the exchanges of one tenant. Every call looks into the store, so all of them are promises. */
export class Exchange extends Handle {
    /** { suite, roll_ms, open_only_ms, resend_ms, clock } may be given. */
    constructor(store, half, { clock, ...options } = {}) {
        const { fields, lent } = clockOf(clock);
        const pointer = made('exchange_new', store, half, make('pwwb_exchange_options', { ...options, ...fields }));
        super(pointer, 'exchange_free', { mates: [store], lent });
    }

    // A call that fills a buffer.
    async #filled(name, size, ...args) {
        const buf = Buffer.alloc(size);
        const length = [0];
        await later(name, this, ...args, buf, buf.length, length);
        return buf.subarray(0, Number(length[0]));
    }

    /** Portal: make a ticket; its text is a Secret. */
    async ticket({ tenant, lifeS = 0, relayAddress, relayCredential }) {
        return new Secret(await this.#filled('exchange_ticket', LIMIT.TICKET_SIZE, make('pwwb_ticket',
            { tenant, life_s: lifeS, relay_address: relayAddress, relay_credential: relayCredential })));
    }

    /** Begin an exchange; with the ticket's text, to enable. */
    begin(kind, ticket = null) {
        const octets = ticket instanceof Secret ? ticket.octets : ticket;
        return later('exchange_begin', this, kind, octets, octets?.length ?? 0);
    }

    /** Do what is due: octets to send, or null. */
    async step() {
        const octets = await this.#filled('exchange_step', LIMIT.ENVELOPE_MAX);
        return octets.length > 0 ? octets : null;
    }

    /** Take a message of the other side: { answer: octets to send back or null, event }. */
    async take(sealed) {
        const event = make('pwwb_exchange_event');
        const buf = Buffer.alloc(LIMIT.ENVELOPE_MAX);
        const length = [0];
        await later('exchange_take', this, sealed, sealed.length, buf, buf.length, length, event);
        return { answer: Number(length[0]) > 0 ? buf.subarray(0, Number(length[0])) : null, event };
    }

    /** Portal: the administrator has compared the fingerprint. */
    confirm(fingerprint) {
        return later('exchange_confirm', this, fingerprint, Buffer.byteLength(fingerprint));
    }
}
