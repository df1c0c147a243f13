/** The page of the generated app: plain HTML, one script, one style sheet; works from the keyboard. */
import { labelOf } from '../derive-plan.ts';
import type { AppPlan, Entity, Field } from '../plan.ts';

/** `index.html`, with a form for each entity. */
export function indexHtml(plan: AppPlan): string {
  const sections = plan.entities.map(entitySection).join('\n');
  const tabs = plan.entities
    .map(
      (entity) =>
        `<button type="button" data-tab="${entity.plural}">${escapeHtml(labelOf(entity.plural))}</button>`,
    )
    .join('\n        ');
  return `<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>${escapeHtml(plan.name)}</title>
  <link rel="icon" href="icon.svg">
  <link rel="stylesheet" href="style.css">
  <script src="app.js" defer></script>
</head>
<body>
  <header>
    <h1>${escapeHtml(plan.name)}</h1>
    <p id="who" hidden><span id="email"></span> <button type="button" id="logout">Log out</button></p>
  </header>
  <main>
    <p id="message" role="status" aria-live="polite"></p>
    <form id="sign-in" aria-label="Sign in">
      <label>E-mail <input name="email" type="email" autocomplete="username" required></label>
      <label>Password <input name="password" type="password" autocomplete="current-password" minlength="10" required></label>
      <p><button type="submit" value="login">Log in</button> <button type="submit" value="sign-up">Sign up</button></p>
    </form>
    <div id="work" hidden>
      <nav aria-label="Sections">
        ${tabs}
      </nav>
${sections}
    </div>
  </main>
</body>
</html>
`;
}

function entitySection(entity: Entity): string {
  const heads = entity.fields
    .map((field) => `<th scope="col">${escapeHtml(fieldLabel(field))}</th>`)
    .join('');
  return `      <section id="${entity.plural}" data-entity="${entity.plural}" hidden>
        <h2>${escapeHtml(labelOf(entity.plural))}</h2>
        <form data-create="${entity.plural}" aria-label="New ${escapeHtml(entity.label.toLowerCase())}">
${entity.fields.map((field) => `          ${input(field)}`).join('\n')}
          <button type="submit">Add ${escapeHtml(entity.label.toLowerCase())}</button>
        </form>
        <div class="scroll"><table><thead><tr>${heads}<th scope="col"><span class="quiet">Actions</span></th></tr></thead><tbody></tbody></table></div>
      </section>`;
}

function fieldLabel(field: Field): string {
  return labelOf(field.type === 'reference' ? field.name.replace(/_id$/, '') : field.name);
}

function input(field: Field): string {
  const label = escapeHtml(fieldLabel(field));
  const common = `name="${field.name}" data-type="${field.type}"${field.required ? ' required' : ''}`;
  const kinds: Partial<Record<Field['type'], string>> = {
    integer: 'type="number" step="1"',
    number: 'type="number" step="any"',
    money: 'type="number" step="0.01"',
    date: 'type="date"',
    email: 'type="email"',
    link: 'type="url"',
  };
  if (field.type === 'long') return `<label>${label} <textarea ${common} rows="3"></textarea></label>`;
  if (field.type === 'yes-no') return `<label><input type="checkbox" ${common}> ${label}</label>`;
  if (field.type === 'reference')
    return `<label>${label} <select ${common} data-to="${field.to}"><option value="">–</option></select></label>`;
  if (field.type === 'choice') {
    const options = (field.options ?? []).map((option) => `<option>${escapeHtml(option)}</option>`).join('');
    return `<label>${label} <select ${common}>${options}</select></label>`;
  }
  return `<label>${label} <input ${kinds[field.type] ?? 'type="text" maxlength="300"'} ${common}></label>`;
}

/** The page's icon: the first letter of its name. */
export function iconSvg(plan: AppPlan): string {
  const letter = escapeHtml(/[\p{L}\p{N}]/u.exec(plan.name)?.[0]?.toUpperCase() ?? 'A');
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="6" fill="#2563a8"/><text x="16" y="23" text-anchor="middle" font-family="sans-serif" font-size="20" fill="#fff">${letter}</text></svg>\n`;
}

export function escapeHtml(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');
}

export const appJs = `// The page's script: signs in, lists, adds, changes and deletes entries. Everything shown is set as text, never as HTML.
const find = (selector, root = document) => root.querySelector(selector);
let model = null;
let shown = null;

async function call(method, path, body) {
  const options = { method, headers: {} };
  if (body !== undefined) {
    options.headers['Content-Type'] = 'application/json';
    options.body = JSON.stringify(body);
  }
  const response = await fetch('/api/' + path, options);
  const answer = response.status === 204 ? null : await response.json();
  if (!response.ok) throw new Error(answer.error);
  return answer;
}

function say(text) {
  find('#message').textContent = text;
}

/** Run an action; its failure is shown, not swallowed. */
async function attempt(action) {
  say('');
  try {
    await action();
  } catch (error) {
    say(error.message);
  }
}

function showSignedIn(email) {
  find('#sign-in').hidden = email !== null;
  find('#work').hidden = email === null;
  find('#who').hidden = email === null;
  find('#email').textContent = email || '';
}

async function enter(email) {
  model = await call('GET', 'model');
  showSignedIn(email);
  await open(shown || model.entities[0].plural);
}

async function open(plural) {
  shown = plural;
  for (const section of document.querySelectorAll('section')) section.hidden = section.id !== plural;
  for (const tab of document.querySelectorAll('[data-tab]')) tab.setAttribute('aria-current', String(tab.dataset.tab === plural));
  const entity = model.entities.find((each) => each.plural === plural);
  const names = await fillReferences(entity);
  const { items } = await call('GET', plural + '?limit=200');
  const body = find('#' + plural + ' tbody');
  body.replaceChildren(...items.map((item) => rowOf(entity, item, names)));
}

/** Options of every reference field, and the names to show for ids. */
async function fillReferences(entity) {
  const names = new Map();
  for (const field of entity.fields.filter((each) => each.type === 'reference')) {
    const target = model.entities.find((each) => each.name === field.to);
    const { items } = await call('GET', target.plural + '?limit=200');
    const title = target.fields[0].name;
    names.set(field.name, new Map(items.map((item) => [item.id, String(item[title])])));
    const select = find('#' + entity.plural + ' select[name="' + field.name + '"]');
    const none = new Option('–', '');
    select.replaceChildren(none, ...items.map((item) => new Option(String(item[title]), String(item.id))));
  }
  return names;
}

function rowOf(entity, item, names) {
  const row = document.createElement('tr');
  for (const field of entity.fields) {
    const cell = row.insertCell();
    if (field.type === 'choice') cell.append(choiceOf(entity, field, item));
    else if (field.type === 'yes-no') cell.append(tickOf(entity, field, item));
    else if (field.type === 'reference') cell.textContent = (names.get(field.name) || new Map()).get(item[field.name]) || '';
    else cell.textContent = item[field.name] === null ? '' : String(item[field.name]);
  }
  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = 'Delete';
  button.addEventListener('click', () => attempt(async () => {
    await call('DELETE', entity.plural + '/' + item.id);
    await open(entity.plural);
  }));
  row.insertCell().append(button);
  return row;
}

function choiceOf(entity, field, item) {
  const select = document.createElement('select');
  select.setAttribute('aria-label', field.name);
  select.append(...field.options.map((option) => new Option(option, option, false, option === item[field.name])));
  select.addEventListener('change', () => attempt(() => call('PATCH', entity.plural + '/' + item.id, { [field.name]: select.value })));
  return select;
}

function tickOf(entity, field, item) {
  const box = document.createElement('input');
  box.type = 'checkbox';
  box.checked = item[field.name] === true;
  box.setAttribute('aria-label', field.name);
  box.addEventListener('change', () => attempt(() => call('PATCH', entity.plural + '/' + item.id, { [field.name]: box.checked })));
  return box;
}

function readForm(form) {
  const body = {};
  for (const input of form.querySelectorAll('[data-type]')) {
    const type = input.dataset.type;
    if (type === 'yes-no') body[input.name] = input.checked;
    else if (input.value === '') continue;
    else body[input.name] = ['integer', 'number', 'money', 'reference'].includes(type) ? Number(input.value) : input.value;
  }
  return body;
}

find('#sign-in').addEventListener('submit', (event) => {
  event.preventDefault();
  const action = event.submitter ? event.submitter.value : 'login';
  const form = event.target;
  attempt(async () => {
    const { email } = await call('POST', 'auth/' + action, { email: form.email.value, password: form.password.value });
    form.reset();
    await enter(email);
  });
});

find('#logout').addEventListener('click', () => attempt(async () => {
  await call('POST', 'auth/logout');
  showSignedIn(null);
}));

for (const tab of document.querySelectorAll('[data-tab]')) tab.addEventListener('click', () => attempt(() => open(tab.dataset.tab)));

for (const form of document.querySelectorAll('[data-create]')) {
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    attempt(async () => {
      await call('POST', form.dataset.create, readForm(form));
      form.reset();
      await open(form.dataset.create);
    });
  });
}

call('GET', 'auth/me').then(({ email }) => enter(email)).catch(() => showSignedIn(null));
`;

export const styleCss = `:root { color-scheme: light dark; --line: #8885; --accent: #2563a8; }
body { margin: 0; font: 16px/1.5 system-ui, sans-serif; }
header { display: flex; justify-content: space-between; align-items: center; padding: .8rem 1.5rem; border-bottom: 1px solid var(--line); }
h1 { font-size: 1.2rem; margin: 0; }
main { max-width: 70rem; margin: 0 auto; padding: 1.5rem; }
form { display: grid; grid-template-columns: repeat(auto-fill, minmax(14rem, 1fr)); gap: .8rem 1.2rem; align-items: end; margin: 1rem 0; }
#sign-in { max-width: 24rem; grid-template-columns: 1fr; }
label { display: grid; gap: .2rem; font-size: .9rem; }
label:has([type='checkbox']) { display: flex; align-items: center; }
input, select, textarea, button { font: inherit; padding: .35rem .6rem; border: 1px solid var(--line); border-radius: 4px; }
button { cursor: pointer; background: var(--accent); color: #fff; border-color: transparent; }
td button, nav button { background: none; color: inherit; border-color: var(--line); }
nav { display: flex; flex-wrap: wrap; gap: .5rem; }
nav [aria-current='true'] { border-color: var(--accent); font-weight: 600; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .4rem .6rem; border-bottom: 1px solid var(--line); }
.quiet { position: absolute; clip-path: inset(50%); }
[hidden] { display: none !important; }
#message:not(:empty) { padding: .5rem .8rem; border-left: 3px solid #c2410c; }
`;
