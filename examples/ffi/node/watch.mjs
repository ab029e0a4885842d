// SPDX-License-Identifier: Apache-2.0
// How the agents are, as their heartbeats tell.
import { STATUS } from './enums.mjs';
import { PwwbError } from './errors.mjs';
import { Shared, call, made } from './handle.mjs';
import { make } from './structs.mjs';
import { clockOf } from './tables.mjs';

/** Open one heartbeat: struct pwwb_heartbeat. */
export function openHeartbeat(keyring, sealed, now = Math.floor(Date.now() / 1000), skew = 120) {
    const heartbeat = make('pwwb_heartbeat');
    call('heartbeat_open', keyring, sealed, sealed.length, null, 0, now, skew, heartbeat);
    return heartbeat;
}

/** Any thread may tell it and ask it. */
export class Watch extends Shared {
    /** { keyring, clock, stale_s, skew_s, version_least } may be given. */
    constructor({ keyring = null, clock, ...options } = {}) {
        const { fields, lent } = clockOf(clock);
        const pointer = made('watch_new', make('pwwb_watch_options',
            { ...options, ...fields, keyring: keyring?.pointer ?? null }));
        super(pointer, 'watch_free', { parents: keyring ? [keyring] : [], lent });
    }

    /** Take a heartbeat. */
    take(sealed, keyring = null) {
        call('watch_take', this, keyring, sealed, sealed.length);
    }

    /** struct pwwb_watch_info. */
    report() {
        const report = make('pwwb_watch_info');
        call('watch_describe', this, report);
        return report;
    }

    /** Each agent that was heard: { last, state, age_s }. */
    agents() {
        const list = [];
        for (;;) {
            const [last, state, age] = [make('pwwb_heartbeat'), [0], [0]];
            try {
                call('watch_describe_agent', this, list.length, last, state, age);
            } catch (failure) {
                if (failure instanceof PwwbError && failure.status === STATUS.NOT_FOUND)
                    return list;
                throw failure;
            }
            list.push({ last, state: state[0], age_s: Number(age[0]) });
        }
    }
}
