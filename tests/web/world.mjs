// SPDX-License-Identifier: Apache-2.0
// What the stories happen in: the page's program, the agent, and what the directory itself says.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { soon } from './tap.mjs';

const env = process.env;
export const out = env.WEB_OUT;
export const passwords = new Set();

/** Note a password: at the end each is searched for in everything that was written or sent. */
export const secret = (word) => {
    passwords.add(word);
    return word;
};

// A program of ours, with all that it says.
class Program {
    constructor(name, command, args, more = {}) {
        this.said = '';
        this.child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...more });
        for (const stream of [this.child.stdout, this.child.stderr])
            stream.on('data', (data) => { this.said += data; });
        process.once('exit', () => this.child.kill('SIGKILL'));
        this.ended = new Promise((resolve) => this.child.once('exit', resolve));
        this.name = name;
    }

    async ready(word) {
        if (!await soon(() => this.said.includes(word) || this.child.exitCode !== null, 30000)
            || this.child.exitCode !== null)
            throw new Error(`${this.name} is not ready: ${this.said}`);
        return this;
    }

    signal(name) {
        this.child.kill(name);
    }

    async stop() {
        this.child.kill('SIGTERM');
        return this.ended;
    }
}

export const agent = {
    start: async () => new Program('agent', env.AGENT, env.AGENT_ARGS ? env.AGENT_ARGS.split(' ') : [])
        .ready(env.AGENT_READY ?? 'ready'),
};

const guidOf = (name) => /objectGUID: (\S+)/.exec(record(name))[1];

// Active Directory keeps the first three fields the other way round.
function anchorOf(name) {
    const hex = guidOf(name).replaceAll('-', '');
    const octets = Buffer.from(hex, 'hex');
    return Buffer.concat([octets.subarray(0, 4).reverse(), octets.subarray(4, 6).reverse(),
        octets.subarray(6, 8).reverse(), octets.subarray(8)]).toString('base64');
}

/** The directory's own record of somebody, read from its files. */
export function record(name) {
    return execFileSync('ldbsearch', ['-H', join(env.AD_CONF, '../private/sam.ldb'), `(sAMAccountName=${name})`,
        'objectGUID', 'pwdLastSet', 'lockoutTime', 'badPwdCount'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
}

export const field = (name, key) => (new RegExp(`^${key}: (.*)$`, 'm').exec(record(name)) ?? [])[1];

/** Whether somebody may sign in at the directory with a password. */
export function binds(name, word) {
    const file = join(out, 'word');
    writeFileSync(file, word, { mode: 0o600 });
    const { status, stderr } = spawnSync('ldapsearch', ['-x', '-H', env.AD_URI, '-D', `${name}@${env.AD_DNS}`, '-y', file,
        '-s', 'base', '-b', '', 'dnsHostName'], { encoding: 'utf8', env: { ...env, LDAPTLS_CACERT: env.AD_CA } });
    unlinkSync(file);
    if (status !== 0 && status !== 49) // invalidCredentials
        throw new Error(`ldapsearch: ${status}: ${stderr}`);
    return status === 0;
}

export function people(names, operators) {
    const list = names.map((name) => ({
        name, display: `Una Tester${name.slice(1)}`, anchor: anchorOf(name),
        ...(operators.includes(name) ? { role: 'operator' } : {}),
    }));
    writeFileSync(join(out, 'people.json'), JSON.stringify(list));
}

export const audit = () => readFileSync(join(out, 'audit.jsonl'), 'utf8');

let port = 8310;

/** The page's program with its settings, but for what is given. */
export async function site(more = {}) {
    port += 1;
    const config = {
        organisation: 'Example Organisation', listen: { host: env.WEB_ADDR, port },
        library: { core: join(env.BUILD, 'lib/libpwwb.so'), amqp: join(env.BUILD, 'lib/amqp/libpwwb-amqp.so') },
        keys: { file: join(out, 'keys/portal.key'), lock_file: join(out, 'keys/lock.key') },
        relay: { host: env.RELAY_ADDR, ca: env.RELAY_CA, name: env.RELAY_HOSTNAME, user: env.RELAY_PORTAL,
            secret_file: join(out, 'portal.secret') },
        portal: { timeout: 5 }, people: join(out, 'people.json'), catalogues: join(env.ROOT, 'po'), audit: { file: join(out, 'audit.jsonl') }, ...more,
    };
    const file = join(out, `site-${port}.json`);
    writeFileSync(file, JSON.stringify(config, null, 2));
    const program = await new Program('web portal', process.execPath, [join(out, 'site/main.cjs'), file],
        { env: { PATH: env.PATH } }).ready('ready at');
    program.url = `http://${env.WEB_ADDR}:${port}`;
    program.lastCode = () => program.said.match(/is (\d{8})$/gm)?.at(-1).slice(3);
    return program;
}
