// SPDX-License-Identifier: Apache-2.0
// Tests in the form that tests/run reads: "ok N - name" or "not ok N - name", and a plan at the end.
let count = 0;
let failed = 0;

export function check(isTrue, name, more = '') {
    count += 1;
    if (!isTrue)
        failed += 1;
    console.log(`${isTrue ? 'ok' : 'not ok'} ${count} - ${name}`);
    if (!isTrue && more !== '')
        console.log(String(more).replace(/^/gm, '# '));
    return isTrue;
}

export const same = (got, wanted, name) => check(got === wanted, name, `got "${got}", wanted "${wanted}"`);
export const has = (text, part, name) => check(text.includes(part), name, `no "${part}" in: ${text}`);

/** A story: what is thrown in it is one that failed, and then `said()` may tell why. */
export async function story(name, tell, said) {
    console.log(`# ${name}`);
    try {
        await tell();
    } catch (failure) {
        check(false, `${name}: to its end`, `${failure.stack}\n${said()}`);
    }
}

/** Wait until it is true, at most so long. */
export async function soon(isTrue, ms = 20000) {
    for (const end = Date.now() + ms; Date.now() < end; await new Promise((resolve) => setTimeout(resolve, 100)))
        if (await isTrue())
            return true;
    return false;
}

export function end() {
    console.log(`1..${count}`);
    return failed === 0 ? 0 : 1;
}
