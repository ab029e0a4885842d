// SPDX-License-Identifier: Apache-2.0
// What a page must not let through, asked by HTTP alone.
import { request } from 'node:http';
import { check, has, same } from './tap.mjs';
import { secret, site as another } from './world.mjs';

function ask(site, path, { method = 'GET', headers = {}, body } = {}) {
    return new Promise((resolve, reject) => {
        const it = request(site.url + path, { method, headers }, (response) => {
            let text = '';
            response.on('data', (data) => { text += data; });
            response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, text }));
        });
        it.on('error', reject);
        it.end(body);
    });
}

class Visitor {
    constructor(site) {
        this.site = site;
        this.jar = new Map();
    }

    async go(path, more = {}) {
        const cookie = [...this.jar].map(([name, value]) => `${name}=${value}`).join('; ');
        const answer = await ask(this.site, path, { ...more, headers: { cookie, ...more.headers } });
        for (const line of answer.headers['set-cookie'] ?? []) {
            const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
            this.jar.set(name, value);
        }
        this.token = /name="token" value="([^"]*)"/.exec(answer.text)?.[1] ?? this.token;
        return answer;
    }

    post(path, fields, headers = {}) {
        const body = new URLSearchParams({ token: this.token, ...fields }).toString();
        return this.go(path, { method: 'POST', body, headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers } });
    }
}

export async function headers(site) {
    const visitor = new Visitor(site);
    const { headers: h } = await visitor.go('/sign-in');
    const policy = h['content-security-policy'];
    has(policy, "default-src 'none'", 'nothing is allowed that is not named');
    check(!policy.includes('unsafe') && policy.includes("frame-ancestors 'none'"), 'no inline scripts, no frames', policy);
    same(h['cache-control'], 'no-store', 'no page is kept');
    const [cookie] = h['set-cookie'];
    check(/HttpOnly/.test(cookie) && /SameSite=Lax/.test(cookie), 'the cookie is for no script and no other site', cookie);
    const before = visitor.jar.get('session');
    await visitor.post('/sign-in', { name: 'u011' });
    check(visitor.jar.get('session') !== before, 'signing in gives another session');
    await visitor.go('/sign-in');
    const { text } = await visitor.post('/sign-in', { name: '"><script>alert(1)</script>' });
    check(!text.includes('<script>alert') && text.includes('&lt;script&gt;'), 'what was typed is escaped');
}

export async function forged(site) {
    const visitor = new Visitor(site);
    await visitor.go('/sign-in');
    await visitor.post('/sign-in', { name: 'u011' });
    await visitor.go('/change');
    const fields = { current: secret('Start-Pass-1!'), new: secret('From-Another-Site-1'), again: 'From-Another-Site-1' };
    const good = visitor.token;
    visitor.token = 'x'.repeat(good.length);
    same((await visitor.post('/change', fields)).status, 403, 'a form with another token is refused');
    visitor.token = good;
    same((await visitor.post('/change', fields, { 'sec-fetch-site': 'cross-site' })).status, 403, 'and one from another site');
    same((await visitor.post('/change', { new: 'a', again: 'b' })).status, 422, 'control: with the token it is read');
    same((await visitor.go('/change', { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } })).status,
        415, 'what is no form is refused');
    same((await visitor.post('/change', { new: 'a'.repeat(9000) })).status, 413, 'and what is too large');
    const chunked = await visitor.go('/change', { method: 'POST', body: `token=${'b'.repeat(9000)}`,
        headers: { 'content-type': 'application/x-www-form-urlencoded', 'transfer-encoding': 'chunked' } }).catch(() => ({ status: 413 }));
    same(chunked.status, 413, 'without its length told, too');
    same((await visitor.go('/change', { method: 'DELETE' })).status, 405, 'nor is another method known');
    same((await visitor.go('/static/../main.mjs')).status, 404, 'no file but three is given out');
    same((await new Visitor(site).go('/rules', { method: 'POST', body: 'new=x',
        headers: { 'content-type': 'application/x-www-form-urlencoded' } })).status, 403, 'rules are judged for nobody else');
}

export async function limits() {
    const site = await another({ portal: { timeout: 2 } });
    const visitor = new Visitor(site);
    await visitor.go('/sign-in');
    await visitor.post('/sign-in', { name: 'u012' });
    await visitor.go('/change');
    const statuses = [];
    for (let i = 0; i < 12; i++)
        statuses.push((await visitor.post('/change', { current: 'a', new: 'b', again: 'b' })).status);
    check(statuses[0] === 422 && statuses.at(-1) === 429, 'who tries too often waits', statuses.join(' '));
    const judged = [];
    for (let i = 0; i < 60; i++)
        judged.push(visitor.post('/rules', { new: 'abc' }).then(({ status }) => status));
    check((await Promise.all(judged)).includes(429), 'with the live rules, too');
    same(await site.stop(), 0, 'the program ends well');
}
