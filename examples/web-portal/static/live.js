// SPDX-License-Identifier: Apache-2.0
// What scripting adds: rules judged as one types, and buttons that show a password. Everything works without.

for (const button of document.querySelectorAll('button.show')) {
    const input = document.getElementById(button.dataset.for);
    button.hidden = false;
    button.addEventListener('click', () => {
        const isShown = input.type === 'password';
        input.type = isShown ? 'text' : 'password';
        button.setAttribute('aria-pressed', String(isShown));
    });
}

// A shown password is hidden again before it is sent, so that the browser keeps none as ordinary text.
for (const form of document.querySelectorAll('main form')) {
    const button = form.querySelector('button.main');
    form.addEventListener('submit', (event) => {
        if (form.dataset.sent) {
            event.preventDefault();
            return;
        }
        form.dataset.sent = 'yes';
        for (const show of form.querySelectorAll('button.show[aria-pressed="true"]'))
            show.click();
        const said = form.querySelector('#busy');
        if (said)
            said.textContent = button.dataset.busy;
    });
    addEventListener('pageshow', () => {
        delete form.dataset.sent;
    });
}

const section = document.querySelector('[data-rules]');
const input = document.getElementById('new');
if (section && input)
    watch(section, input);

function watch(where, field) {
    const said = document.getElementById('rules-said');
    let timer, asked = 0;

    async function ask() {
        const mine = ++asked;
        const body = new URLSearchParams({ token: field.form.elements.token.value, new: field.value });
        const answer = await fetch(where.dataset.rules, { method: 'POST', body, credentials: 'same-origin' })
            .then((response) => (response.ok ? response.json() : null), () => null);
        if (answer && mine === asked)
            show(answer);
    }

    function show(answer) {
        for (const { key, state, text } of answer.rules) {
            const line = where.querySelector(`[data-rule="${CSS.escape(key)}"]`);
            if (line) {
                line.dataset.state = state;
                line.querySelector('.state').textContent = text;
            }
        }
        if (said.textContent !== answer.said)
            said.textContent = answer.said;
    }

    field.addEventListener('input', () => {
        clearTimeout(timer);
        timer = setTimeout(ask, 250);
    });
    if (field.value)
        ask();
}
