// SPDX-License-Identifier: Apache-2.0
// One request: what it may do, which page answers it, and the headers that every answer has.
import { readFileSync } from 'node:fs';
import { Form, FormError, readBody } from './forms.mjs';
import { message } from './pages.mjs';
import { routes } from './routes.mjs';
import { cookies, isOurs } from './sessions.mjs';
import { pickLanguage, speaker } from './words.mjs';

const policy = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
    + "form-action 'self'; frame-ancestors 'none'; base-uri 'none'; require-trusted-types-for 'script'";

const guards = {
    'Content-Security-Policy': policy, 'X-Content-Type-Options': 'nosniff', 'Referrer-Policy': 'no-referrer',
    'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Resource-Policy': 'same-origin',
    'X-Frame-Options': 'DENY', 'Permissions-Policy': 'camera=(), microphone=(), geolocation=()',
};

const files = new Map([
    ['style.css', 'text/css; charset=utf-8'], ['live.js', 'text/javascript; charset=utf-8'],
    ['icon.svg', 'image/svg+xml'],
].map(([name, type]) => [`/static/${name}`, { type, octets: readFileSync(new URL(`static/${name}`, import.meta.url)) }]));

/** Thrown by a route: another page answers. */
export class Elsewhere extends Error {
    constructor(path) {
        super(path);
        this.path = path;
    }
}

export class App {
    constructor(parts) {
        Object.assign(this, parts); // config, service, people, sessions, catalogues, buckets, log
    }

    async handle(request, response) {
        const begun = performance.now();
        const url = new URL(request.url, 'http://x');
        try {
            for (const [name, value] of Object.entries(guards))
                response.setHeader(name, value);
            if (this.config.listen.https)
                response.setHeader('Strict-Transport-Security', 'max-age=31536000');
            if (files.has(url.pathname))
                this.#file(request, response, files.get(url.pathname));
            else
                await this.#page(request, response, url);
        } catch (failure) {
            this.#fail(response, failure);
        }
        // Never a query and never a body.
        this.log(`${request.method} ${url.pathname} ${response.statusCode} ${Math.round(performance.now() - begun)} ms`);
    }

    #file(request, response, { type, octets }) {
        response.writeHead(200, { 'Content-Type': type, 'Cache-Control': 'no-cache', 'Content-Length': octets.length });
        response.end(request.method === 'HEAD' ? undefined : octets);
    }

    #fail(response, failure) {
        if (!(failure instanceof FormError))
            this.log(`${failure.stack}`);
        if (response.headersSent)
            return response.destroy();
        response.setHeader('Connection', 'close');
        response.writeHead(failure instanceof FormError ? failure.status : 500, { 'Content-Type': 'text/plain' });
        return response.end('This request cannot be answered.\n');
    }

    async #page(request, response, url) {
        const chosen = url.searchParams.get('lang');
        const session = this.sessions.of(request);
        const say = speaker(this.catalogues,
            pickLanguage(cookies(request).get('lang'), request.headers['accept-language'], this.config.language));
        const ctx = { ...this, request, url, session, say, form: null };
        response.setHeader('Cache-Control', 'no-store');
        response.setHeader('Vary', 'Cookie, Accept-Language');
        if (chosen !== null && request.method === 'GET')
            return this.#switchLanguage(response, url, chosen);
        this.sessions.keep(session, response);
        return this.#send(request, response, await this.#answer(ctx, response));
    }

    // To the same page without the word, so that no reload asks for it again.
    #switchLanguage(response, url, chosen) {
        if (/^[a-z]{2}$/.test(chosen))
            response.appendHeader('Set-Cookie', `lang=${chosen}; ${this.sessions.attributes}; Max-Age=31536000`);
        url.searchParams.delete('lang');
        response.writeHead(303, { Location: url.pathname.replace(/^\/+/, '/') + url.search });
        response.end();
    }

    async #answer(ctx, response) {
        const { request, url, session } = ctx;
        const method = request.method === 'HEAD' ? 'GET' : request.method;
        const route = routes[url.pathname];
        if (!route)
            return { status: 404, page: this.#sorry(ctx, 'There is no such page.') };
        if (!route[method]) {
            response.setHeader('Allow', Object.keys(route).join(', '));
            return { status: 405, page: this.#sorry(ctx, 'That is not possible here.') };
        }
        if (!session.limits.view.take())
            return this.tooMany(ctx);
        try {
            if (method === 'POST')
                ctx.form = new Form(await readBody(request));
            if (ctx.form && !isOurs(session, request, ctx.form.octets('token')))
                return { status: 403, page: this.#sorry(ctx, 'The page was open for too long. Go back and try again.') };
            return await route[method](ctx, response);
        } catch (failure) {
            if (failure instanceof Elsewhere)
                return { status: 303, to: failure.path };
            throw failure;
        } finally {
            ctx.form?.wipe();
        }
    }

    #sorry(ctx, text) {
        return message(ctx, { kind: 'bad', title: ctx.say('Sorry'), texts: [ctx.say(text)],
            links: [{ href: '/', text: ctx.say('To the start') }] });
    }

    /** Somebody tries too often. */
    tooMany(ctx) {
        return { status: 429, page: this.#sorry(ctx, 'Too many tries. Wait some minutes, then try again.') };
    }

    forbidden(ctx) {
        return { status: 403, page: this.#sorry(ctx, 'This page is for operators.') };
    }

    #send(request, response, { status = 200, page, json, to }) {
        if (to !== undefined)
            response.setHeader('Location', to);
        if (status === 429 || status === 503)
            response.setHeader('Retry-After', '60');
        const body = Buffer.from(json !== undefined ? JSON.stringify(json) : String(page ?? ''));
        response.writeHead(status, {
            'Content-Type': json !== undefined ? 'application/json' : 'text/html; charset=utf-8',
            'Content-Length': body.length,
        });
        response.end(request.method === 'HEAD' ? undefined : body);
    }
}
