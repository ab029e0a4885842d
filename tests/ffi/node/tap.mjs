// SPDX-License-Identifier: Apache-2.0
// Tests by the names that all bindings share, as TAP. A test is a function that throws when something is wrong.
let count = 0;

export async function test(name, tell) {
    count += 1;
    try {
        await tell();
        console.log(`ok ${count} - ${name}`);
    } catch (failure) {
        console.log(`not ok ${count} - ${name}`);
        console.log(String(failure?.stack ?? failure).replace(/^/gm, '# '));
        process.exitCode = 1;
    }
}

export const end = () => console.log(`1..${count}`);
