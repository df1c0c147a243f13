/**
 * The acceptance test of a generated app, apart from the agents that write it: it knows an address and what was asked
 * for, nothing of the code. Every check has a name and says what it saw.
 */

export interface AcceptanceOptions {
  /** Paths under `/api/` that must exist, as the intent asks for them. */
  readonly paths: readonly string[];
  /** Whether a page is asked for. */
  readonly page: boolean;
  /** Stop the app, start it on the same data, answer with its address; left out, persistence is not checked. */
  readonly restart?: () => Promise<string>;
}

export interface AcceptanceCheck {
  readonly name: string;
  readonly ok: boolean;
  readonly saw: string;
}

interface ModelField {
  readonly name: string;
  readonly type: string;
  readonly required: boolean;
  readonly options?: readonly string[];
  readonly to?: string;
}

interface ModelEntity {
  readonly name: string;
  readonly plural: string;
  readonly fields: readonly ModelField[];
}

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: Record<string, unknown>;
}

const password = 'a long enough password';

/** Run every check against a running app; the rate limit comes last, because it shuts the door. */
export async function acceptApp(url: string, options: AcceptanceOptions): Promise<AcceptanceCheck[]> {
  const run = createRun(url);
  await checkDoors(run);
  const ada = await checkAccounts(run);
  const model = ((await run.call('GET', '/api/model', { token: ada })).body.entities ?? []) as ModelEntity[];
  run.note(
    'the entities asked for are there',
    options.paths.every((path) => model.some((entity) => entity.plural === path)),
    `found ${model.map((entity) => entity.plural).join(', ')}`,
  );
  const bob = await tokenOf(run, 'sign-up', 'bob@example.org');
  const made = new Map<string, number>();
  for (const entity of inOrder(model)) await checkEntity(run, { entity, ada, bob, made });
  await checkAttacks(run, { entity: model[0], ada });
  await checkPage(run, { page: options.page, model });
  if (options.restart !== undefined) await checkRestart(run, { restart: options.restart, model, ada });
  await checkRateLimit(run);
  return run.checks;
}

interface Run {
  readonly checks: AcceptanceCheck[];
  note(name: string, ok: boolean, saw: string): void;
  call(
    method: string,
    path: string,
    told?: { token?: string | undefined; body?: unknown; raw?: string; type?: string },
  ): Promise<Answer>;
  moveTo(url: string): void;
}

function createRun(first: string): Run {
  let url = first;
  const checks: AcceptanceCheck[] = [];
  return {
    checks,
    note: (name, ok, saw) => void checks.push({ name, ok, saw: saw.slice(0, 300) }),
    moveTo: (next) => {
      url = next;
    },
    async call(method, path, told = {}) {
      const headers: Record<string, string> = {};
      if (told.token !== undefined) headers.Authorization = `Bearer ${told.token}`;
      const sends = told.raw !== undefined || told.body !== undefined;
      if (sends) headers['Content-Type'] = told.type ?? 'application/json';
      const response = await fetch(url + path, {
        method,
        headers,
        ...(sends ? { body: told.raw ?? JSON.stringify(told.body) } : {}),
      });
      const text = await response.text();
      return { status: response.status, headers: response.headers, text, body: parseOr(text) };
    },
  };
}

function parseOr(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch (cause) {
    if (cause instanceof SyntaxError) return {};
    throw cause;
  }
}

async function checkDoors(run: Run): Promise<void> {
  const health = await run.call('GET', '/health');
  run.note('says that it is healthy', health.status === 200, `${health.status}`);
  const closed = await run.call('GET', '/api/model');
  run.note('nothing is shown without logging in', closed.status === 401, `${closed.status}`);
  const forged = await run.call('GET', '/api/model', { token: 'x'.repeat(43) });
  run.note('a made-up token is refused', forged.status === 401, `${forged.status}`);
}

async function tokenOf(run: Run, action: string, email: string): Promise<string> {
  return String((await run.call('POST', `/api/auth/${action}`, { body: { email, password } })).body.token);
}

/** Signs up Ada and answers with her token. */
async function checkAccounts(run: Run): Promise<string> {
  const up = await run.call('POST', '/api/auth/sign-up', { body: { email: 'ada@example.org', password } });
  run.note('sign-up opens a session', up.status === 201 && typeof up.body.token === 'string', `${up.status}`);
  run.note(
    'the session cookie is out of reach of scripts',
    /HttpOnly/i.test(up.headers.get('set-cookie') ?? '') &&
      /SameSite=(Strict|Lax)/i.test(up.headers.get('set-cookie') ?? ''),
    up.headers.get('set-cookie')?.replace(/session=[^;]+/, 'session=…') ?? 'none',
  );
  const again = await run.call('POST', '/api/auth/sign-up', { body: { email: 'ada@example.org', password } });
  run.note('an address signs up once', again.status === 409, `${again.status}`);
  const short = await run.call('POST', '/api/auth/sign-up', {
    body: { email: 'eve@example.org', password: 'short' },
  });
  run.note('a short password is refused', short.status === 400, `${short.status}`);
  const wrong = await run.call('POST', '/api/auth/login', {
    body: { email: 'ada@example.org', password: 'not her password' },
  });
  run.note(
    'a wrong password is refused',
    wrong.status === 401 && wrong.body.token === undefined,
    `${wrong.status}`,
  );
  const login = await run.call('POST', '/api/auth/login', { body: { email: 'ada@example.org', password } });
  run.note(
    'login opens a session',
    login.status === 200 && typeof login.body.token === 'string',
    `${login.status}`,
  );
  const gone = String(up.body.token);
  await run.call('POST', '/api/auth/logout', { token: gone, body: {} });
  const after = await run.call('GET', '/api/auth/me', { token: gone });
  run.note('logout ends the session', after.status === 401, `${after.status}`);
  return String(login.body.token);
}

/** Referenced entities first. */
function inOrder(model: readonly ModelEntity[]): ModelEntity[] {
  const done: ModelEntity[] = [];
  const visit = (entity: ModelEntity, path: readonly string[]): void => {
    if (done.includes(entity) || path.includes(entity.name)) return;
    for (const field of entity.fields) {
      const target = model.find((each) => each.name === field.to);
      if (target !== undefined) visit(target, [...path, entity.name]);
    }
    done.push(entity);
  };
  for (const entity of model) visit(entity, []);
  return done;
}

function sampleOf(field: ModelField, made: ReadonlyMap<string, number>, round: number): unknown {
  if (field.type === 'choice') return field.options?.[Math.min(round, field.options.length - 1)];
  if (field.type === 'integer') return 7 + round;
  if (field.type === 'number' || field.type === 'money') return 12.5 + round;
  if (field.type === 'yes-no') return round === 1;
  if (field.type === 'date') return `2031-0${1 + round}-17`;
  if (field.type === 'email') return `someone${round}@example.org`;
  if (field.type === 'link') return `https://example.org/${round}`;
  if (field.type === 'reference') return made.get(field.to ?? '') ?? null;
  return `${field.name} ${round} — “ünïcode” <b>&amp;'"; DROP TABLE`;
}

async function checkEntity(
  run: Run,
  told: { entity: ModelEntity; ada: string; bob: string; made: Map<string, number> },
): Promise<void> {
  const { entity, ada, bob, made } = told;
  const path = `/api/${entity.plural}`;
  const full = (round: number): Record<string, unknown> =>
    Object.fromEntries(entity.fields.map((field) => [field.name, sampleOf(field, made, round)]));
  const created = await run.call('POST', path, { token: ada, body: full(0) });
  const id = Number(created.body.id);
  made.set(entity.name, id);
  run.note(
    `${entity.plural}: created as sent`,
    created.status === 201 && holds(created.body, full(0)),
    `${created.status} ${created.text}`,
  );
  const read = await run.call('GET', `${path}/${id}`, { token: ada });
  run.note(
    `${entity.plural}: read back as sent`,
    read.status === 200 && holds(read.body, full(0)),
    `${read.status} ${read.text}`,
  );
  const changed = await run.call('PATCH', `${path}/${id}`, { token: ada, body: full(1) });
  run.note(
    `${entity.plural}: changed as sent`,
    changed.status === 200 && holds(changed.body, full(1)),
    `${changed.status} ${changed.text}`,
  );
  const list = await run.call('GET', path, { token: ada });
  run.note(
    `${entity.plural}: listed`,
    list.body.total === 1 && (list.body.items as { id: number }[])[0]?.id === id,
    list.text,
  );

  const foreign = await Promise.all([
    run.call('GET', `${path}/${id}`, { token: bob }),
    run.call('PATCH', `${path}/${id}`, { token: bob, body: full(0) }),
    run.call('DELETE', `${path}/${id}`, { token: bob }),
    run.call('GET', path, { token: bob }),
  ]);
  run.note(
    `${entity.plural}: closed to other accounts`,
    foreign.slice(0, 3).every((answer) => answer.status === 404) && foreign[3]!.body.total === 0,
    foreign.map((answer) => answer.status).join(' '),
  );
  const stranger = await Promise.all([
    run.call('GET', path),
    run.call('POST', path, { body: full(0) }),
    run.call('DELETE', `${path}/${id}`),
  ]);
  run.note(
    `${entity.plural}: closed without login`,
    stranger.every((answer) => answer.status === 401),
    stranger.map((answer) => answer.status).join(' '),
  );
  const extra = await run.call('POST', path, { token: ada, body: { ...full(0), owner: 1, id: 99 } });
  run.note(
    `${entity.plural}: unknown fields are refused by name`,
    extra.status === 400 && /owner|id/.test(extra.text),
    `${extra.status} ${extra.text}`,
  );
  const required = entity.fields.find((field) => field.required);
  if (required !== undefined) {
    const { [required.name]: _, ...rest } = full(0);
    const without = await run.call('POST', path, { token: ada, body: rest });
    run.note(
      `${entity.plural}: a missing ${required.name} is refused by name`,
      without.status === 400 && without.text.includes(required.name),
      `${without.status} ${without.text}`,
    );
  }
  const reference = entity.fields.find((field) => field.type === 'reference');
  if (reference !== undefined) {
    const dangling = await run.call('POST', path, {
      token: ada,
      body: { ...full(0), [reference.name]: 999_999 },
    });
    run.note(
      `${entity.plural}: a reference to nothing is refused`,
      dangling.status === 400,
      `${dangling.status}`,
    );
  }
  const second = await run.call('POST', path, { token: ada, body: full(0) });
  const removed = await run.call('DELETE', `${path}/${Number(second.body.id)}`, { token: ada });
  const gone = await run.call('GET', `${path}/${Number(second.body.id)}`, { token: ada });
  run.note(
    `${entity.plural}: deleted is gone`,
    removed.status === 204 && gone.status === 404,
    `${removed.status} ${gone.status}`,
  );
}

function holds(body: Record<string, unknown>, sent: Record<string, unknown>): boolean {
  return Object.entries(sent).every(([name, value]) => body[name] === value);
}

async function checkAttacks(
  run: Run,
  { entity, ada }: { entity: ModelEntity | undefined; ada: string },
): Promise<void> {
  const injected = await run.call('POST', '/api/auth/login', {
    body: { email: "ada@example.org' OR '1'='1", password },
  });
  run.note(
    'SQL in an address logs nobody in',
    injected.status === 400 || injected.status === 401,
    `${injected.status}`,
  );
  if (entity !== undefined) {
    const inPath = await run.call('GET', `/api/${entity.plural}/${encodeURIComponent('1 OR 1=1')}`, {
      token: ada,
    });
    const inQuery = await run.call(
      'GET',
      `/api/${entity.plural}?limit=${encodeURIComponent('1; DROP TABLE accounts')}&offset=-1`,
      { token: ada },
    );
    run.note(
      'SQL in a path or a query changes nothing',
      inPath.status === 404 && inQuery.status === 200,
      `${inPath.status} ${inQuery.status}`,
    );
  }
  const polluted = await run.call('POST', `/api/${entity?.plural}`, {
    token: ada,
    raw: '{"__proto__":{"isAdmin":true},"constructor":{}}',
  });
  run.note('__proto__ is refused', polluted.status === 400, `${polluted.status}`);
  const form = await run.call('POST', '/api/auth/login', {
    raw: 'email=a&password=b',
    type: 'application/x-www-form-urlencoded',
  });
  run.note('a foreign form cannot post', form.status === 415, `${form.status}`);
  const broken = await run.call('POST', '/api/auth/login', { raw: '{"email":' });
  run.note('broken JSON is answered, not crashed on', broken.status === 400, `${broken.status}`);
  const large = await run
    .call('POST', `/api/${entity?.plural}`, { token: ada, raw: `{"a":"${'x'.repeat(200_000)}"}` })
    .then(
      (answer) => answer.status,
      () => 0,
    );
  run.note('a body too large is refused', large === 413 || large === 0, `${large}`);
  const upwards = await Promise.all(
    ['/..%2f..%2fetc%2fpasswd', '/%2e%2e/store.js', '/data.sqlite', '/server.js'].map((path) =>
      run.call('GET', path),
    ),
  );
  run.note(
    'files outside the page are not served',
    upwards.every((answer) => answer.status === 404),
    upwards.map((answer) => answer.status).join(' '),
  );
  const alive = await run.call('GET', '/health');
  run.note('still healthy after all that', alive.status === 200, `${alive.status}`);
}

async function checkPage(
  run: Run,
  { page, model }: { page: boolean; model: readonly ModelEntity[] },
): Promise<void> {
  const root = await run.call('GET', '/');
  if (!page) {
    run.note(
      'without a page the root says so',
      root.status === 200 &&
        Array.isArray(root.body.missing) &&
        (root.body.missing as unknown[]).includes('page'),
      root.text,
    );
    return;
  }
  const html = root.text;
  run.note(
    'the page is served',
    root.status === 200 && /text\/html/.test(root.headers.get('content-type') ?? '') && /<form/.test(html),
    `${root.status}`,
  );
  run.note(
    'the page is kept to its own origin',
    /default-src/.test(root.headers.get('content-security-policy') ?? '') &&
      !/(?:src|href)="(?:https?:)?\/\//.test(html),
    root.headers.get('content-security-policy') ?? 'no policy',
  );
  run.note(
    'the page has a form per entity with its required fields',
    model.every((entity) => {
      const form =
        new RegExp(`<form[^>]*data-create="${entity.plural}"[\\s\\S]*?</form>`).exec(html)?.[0] ?? '';
      return entity.fields.every((field) =>
        new RegExp(`<(?:input|select|textarea)[^>]*name="${field.name}"`).test(form),
      );
    }),
    model.map((entity) => entity.plural).join(', '),
  );
  const inputs = html.match(/<(?:input|select|textarea)\b/g)?.length ?? 0;
  const labelled = html.match(/<label>[^<]*<(?:input|select|textarea)\b/g)?.length ?? 0;
  run.note('every input has a label', inputs > 0 && inputs === labelled, `${labelled} of ${inputs}`);
  const parts = await Promise.all(
    [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => run.call('GET', `/${match[1]}`)),
  );
  run.note(
    'its script and style are there',
    parts.length >= 2 && parts.every((answer) => answer.status === 200),
    parts.map((answer) => answer.status).join(' '),
  );
}

async function checkRestart(
  run: Run,
  told: { restart: () => Promise<string>; model: readonly ModelEntity[]; ada: string },
): Promise<void> {
  run.moveTo(await told.restart());
  const totals = await Promise.all(
    told.model.map((entity) => run.call('GET', `/api/${entity.plural}`, { token: told.ada })),
  );
  run.note(
    'entries and sessions survive a restart',
    totals.every((answer) => answer.status === 200 && answer.body.total === 1),
    totals.map((answer) => `${answer.status}:${answer.body.total}`).join(' '),
  );
}

/** Guesses allowed before the door must shut, counting from a fresh start (generous). */
const guessesMax = 40;

async function checkRateLimit(run: Run): Promise<void> {
  let answer: Answer | undefined;
  let guesses = 0;
  for (; guesses < guessesMax && answer?.status !== 429; guesses += 1) {
    answer = await run.call('POST', '/api/auth/login', {
      body: { email: 'ada@example.org', password: `guess number ${guesses}` },
    });
  }
  run.note(
    'password guessing is stopped by a rate limit',
    answer?.status === 429 && Number(answer.headers.get('retry-after')) > 0,
    `${answer?.status} after ${guesses} guesses, Retry-After ${answer?.headers.get('retry-after')}`,
  );
}
