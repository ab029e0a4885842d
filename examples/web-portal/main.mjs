// SPDX-License-Identifier: Apache-2.0
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { App } from './app.mjs';
import { configure } from './config.mjs';
import { People } from './people.mjs';
import { Service } from './service.mjs';
import { Bucket, Buckets, Sessions } from './sessions.mjs';
import { readCatalogues } from './words.mjs';

const log = (line) => process.stderr.write(`${line}\n`);

function listen(app, { host, port }) {
    const server = createServer({ maxHeaderSize: 8192, headersTimeout: 10000, requestTimeout: 15000, keepAliveTimeout: 5000 },
        (request, response) => app.handle(request, response));
    server.maxConnections = 500;
    return new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen(port, host, () => resolve(server));
    });
}

function make(config) {
    const service = new Service(config, log);
    // The library's texts first, as the programs in C say them; then what only these pages say.
    const folders = [config.catalogues ?? fileURLToPath(new URL('../../po', import.meta.url)),
        fileURLToPath(new URL('po', import.meta.url))];
    const app = new App({
        config, service, log, people: new People(config.people, service, log),
        sessions: new Sessions(config.listen.https), catalogues: readCatalogues(folders),
        buckets: { people: new Buckets(() => new Bucket(10, 90000)), proofs: new Buckets(() => new Bucket(5, 600000)) },
    });
    app.app = app;
    return app;
}

/** Exit codes as the other programs': 2 wrong usage, 78 wrong configuration, 1 another problem. */
export async function main(args) {
    if (args.length !== 1 || args[0].startsWith('-')) {
        log('usage: node main.cjs CONFIG');
        return process.exit(args[0] === '--help' ? 0 : 2);
    }
    const { config, faults } = configure(args[0]);
    faults.forEach((fault) => log(`${args[0]}: ${fault}`));
    if (faults.length > 0)
        return process.exit(78);
    try {
        const app = make(config);
        const server = await listen(app, config.listen);
        log(`ready at http://${config.listen.host}:${server.address().port}/`);
        const end = () => {
            server.close();
            server.closeIdleConnections();
            app.service.close().then(() => process.exit(0));
        };
        process.once('SIGTERM', end);
        process.once('SIGINT', end);
        process.on('SIGHUP', () => app.service.reopen());
    } catch (failure) {
        log(failure.message);
        process.exit(1);
    }
    return undefined;
}
