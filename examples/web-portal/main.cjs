// SPDX-License-Identifier: Apache-2.0
// node main.cjs CONFIG. Calls into the library wait on libuv's worker threads, whose number is read once, when
// the first is used: loading the modules is that already, so it is set here, before.
'use strict';
process.env.UV_THREADPOOL_SIZE = '16';
import('./main.mjs').then(({ main }) => main(process.argv.slice(2)));
