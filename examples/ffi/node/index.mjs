// SPDX-License-Identifier: Apache-2.0
// libpwwb in JavaScript: see README.md.
export * from './enums.mjs';
export { PwwbError } from './errors.mjs';
export { Handle } from './handle.mjs';
export { use } from './native.mjs';
export { Secret } from './secret.mjs';
export * from './results.mjs';
export { make } from './structs.mjs';
export { Keyring, Keystore } from './keys.mjs';
export { Exchange } from './exchange.mjs';
export { Reply, Request, sealRequest } from './envelope.mjs';
export { Policy, account, rules } from './policy.mjs';
export { Directory } from './directory.mjs';
export { Relay, Transport } from './transport.mjs';
export { Journal, MemoryJournal } from './journal.mjs';
export { Writeback } from './steps.mjs';
export { Agent } from './agent.mjs';
export { WorkerAgent } from './worker.mjs';
export { Portal, isSet, serve } from './portal.mjs';
export { Watch, openHeartbeat } from './watch.mjs';
