import { expect, test } from 'vitest';
import {
  apiDescription,
  collectFiles,
  deployment,
  derivePlan,
  experts,
  isAppPath,
  missingKinds,
} from '../../examples/agents/saas/index.ts';
import type { Concern, HeardContribution, OutputFile, WorkModule } from '../../examples/agents/work/index.ts';
import { runApp } from './run-app.ts';
import { type AcceptanceCheck, acceptApp } from './saas-acceptance.ts';

const tasks = 'Build me a SaaS app for task management';
const inventory = 'an inventory tool with suppliers and stock';

/** What is contributed when each expert works as soon as it can, reviews are heard, and authors revise. */
function buildTogether(intent: string, team: readonly WorkModule[] = experts): HeardContribution[] {
  const heard: HeardContribution[] = [];
  const concerns = new Map<string, Concern[]>();
  const say = (module: WorkModule): void => {
    const about = concerns.get(module.name) ?? [];
    heard.push({
      ...module.work({ intent, attachments: [], contributions: heard, concerns: about }),
      id: `m${heard.length}`,
      from: module.name,
    });
  };
  const integrator = team.find((module) => module.kind === 'deployment');
  const waiting = new Set(team.filter((module) => module !== integrator));
  for (let progress = true; progress; ) {
    progress = false;
    for (const module of waiting) {
      if (!(module.needs ?? []).every((kind) => heard.some((each) => each.kind === kind))) continue;
      waiting.delete(module);
      say(module);
      progress = true;
      for (const reviewer of team) {
        const concern = reviewer.review?.(heard.at(-1)!, {
          intent,
          attachments: [],
          contributions: heard,
          concerns: [],
        });
        if (concern == null) continue;
        concerns.set(module.name, [...(concerns.get(module.name) ?? []), concern]);
        say(module);
      }
    }
  }
  if (integrator !== undefined) say(integrator);
  return heard;
}

/** The baseline: the same experts one after another, each once, nobody answering a review. */
function buildInOrder(intent: string): HeardContribution[] {
  const heard: HeardContribution[] = [];
  for (const module of experts)
    heard.push({
      ...module.work({ intent, attachments: [], contributions: heard, concerns: [] }),
      id: `m${heard.length}`,
      from: module.name,
    });
  return heard;
}

function filesOf(heard: readonly HeardContribution[]): OutputFile[] {
  return [...collectFiles(heard).values()];
}

async function accept(
  heard: readonly HeardContribution[],
  told: { paths: readonly string[]; page: boolean },
): Promise<AcceptanceCheck[]> {
  const app = await runApp(filesOf(heard));
  try {
    return await acceptApp(app.url, { ...told, restart: () => app.restart() });
  } finally {
    await app.stop();
  }
}

const failed = (checks: readonly AcceptanceCheck[]): AcceptanceCheck[] => checks.filter((check) => !check.ok);

test('a task management app passes every check of the acceptance test', async () => {
  const checks = await accept(buildTogether(tasks), { paths: ['tasks', 'projects'], page: true });
  expect(failed(checks)).toEqual([]);
  expect(checks.length).toBeGreaterThan(35);
});

test('an intent with other entities gives a working app with those entities', async () => {
  for (const [intent, paths] of [
    [inventory, ['stock-items', 'suppliers']],
    [
      'a booking system for yoga classes with teachers and rooms',
      ['bookings', 'classes', 'teachers', 'rooms'],
    ],
    [
      'an app for dragon breeders with dragons, orders, groups and users',
      ['dragon-breeders', 'dragons', 'orders', 'groups'],
    ],
  ] as const) {
    expect(failed(await accept(buildTogether(intent), { paths, page: true })), intent).toEqual([]);
  }
});

test('without the frontend the app is API-only, and its root and README say what is missing', async () => {
  const heard = buildTogether(
    tasks,
    experts.filter((expert) => expert.kind !== 'frontend'),
  );
  expect(failed(await accept(heard, { paths: ['tasks'], page: false }))).toEqual([]);
  const readme = new TextDecoder().decode(collectFiles(heard).get('README.md')!.bytes);
  expect(readme).toMatch(/What is missing\n\n- frontend/);
  expect(readme).toContain('API-only');
});

test('one after another without revision, the app has no rate limit, and only that check fails', async () => {
  const checks = await accept(buildInOrder(tasks), { paths: ['tasks', 'projects'], page: true });
  expect(failed(checks).map((check) => check.name)).toEqual(['password guessing is stopped by a rate limit']);
});

test('without any one expert the deliverable is there or the missing part is named', () => {
  for (const left of experts) {
    const heard = buildTogether(
      tasks,
      experts.filter((expert) => expert !== left),
    );
    const plan = heard.map((each) => each.data.plan).find((each) => each !== undefined);
    if (left.kind === 'architecture')
      expect(heard.some((each) => each.markdown.includes('needs one'))).toBe(true);
    else if (left.kind === 'deployment') expect(collectFiles(heard).has('start.js')).toBe(false);
    else expect(missingKinds({ contributions: heard }, plan as never), left.kind).toContain(left.kind);
  }
});

test('an app without storage does not start, and says what is missing', async () => {
  const heard = buildTogether(
    tasks,
    experts.filter((expert) => expert.kind !== 'database'),
  );
  await expect(runApp(filesOf(heard))).rejects.toThrow(/cannot start: nobody contributed database/);
});

test('the review raises the rate limit once, the author revises, and the review then holds', () => {
  const heard = buildTogether(tasks);
  const ofBackend = heard.filter((each) => each.kind === 'backend');
  expect(ofBackend.map((each) => each.data.rateLimit)).toEqual([false, true]);
  const review = heard.find((each) => each.kind === 'security')!;
  expect(review.data.open).toEqual([]);
  expect(review.data.accepted).toContain(ofBackend[1]!.id);
  expect(heard.at(-1)!.data.missing).toEqual([]);
});

test('the review reads code: one weakness planted at a time is named', () => {
  const good = buildTogether(tasks);
  const reviewer = experts.find((expert) => expert.kind === 'security')!;
  const plant = (kind: string, from: RegExp, to: string): string | undefined => {
    const part = good.findLast((each) => each.kind === kind)!;
    const files = part.files.map((file) => ({
      ...file,
      bytes: new TextEncoder().encode(new TextDecoder().decode(file.bytes).replace(from, to)),
    }));
    return reviewer.review!(
      { ...part, files },
      { intent: tasks, attachments: [], contributions: [], concerns: [] },
    )?.data.topic as string | undefined;
  };
  expect(plant('backend', /$^/, '')).toBeUndefined();
  expect(plant('backend', /timingSafeEqual/g, 'equals')).toBe('timing');
  expect(plant('backend', /HttpOnly/g, '')).toBe('cookie');
  expect(plant('backend', /413/g, '200')).toBe('body-size');
  expect(plant('backend', /scrypt/g, 'md5')).toBe('password-hash');
  expect(plant('frontend', /\.textContent = text/, '.innerHTML = text')).toBe('markup');
  expect(plant('database', /owner = \?/g, 'id = id')).toBe('owner');
});

test('a newcomer that nobody knew contributes, and the integrator takes it in', () => {
  const heard = buildTogether(inventory, [...experts, apiDescription]);
  const document = JSON.parse(new TextDecoder().decode(collectFiles(heard).get('openapi.json')!.bytes)) as {
    paths: object;
  };
  expect(Object.keys(document.paths)).toContain('/api/stock-items/{id}');
  const readme = new TextDecoder().decode(collectFiles(heard).get('README.md')!.bytes);
  expect(readme).toContain('api-description');
});

test('entities follow the intent: relations, synonyms, unknown nouns', () => {
  const shape = (intent: string): Record<string, string[]> =>
    Object.fromEntries(
      derivePlan(intent).entities.map((entity) => [
        entity.name,
        entity.fields.flatMap((field) => field.to ?? []),
      ]),
    );
  expect(shape(tasks)).toEqual({ task: ['project'], project: [] });
  expect(shape(inventory)).toEqual({ stock_item: ['supplier'], supplier: [] });
  expect(shape('a to-do list')).toEqual({ task: ['project'], project: [] });
  expect(shape('a tool for beekeeping clubs with hives and harvests')).toEqual({
    beekeeping_club: [],
    hive: ['beekeeping_club'],
    harvest: ['beekeeping_club'],
  });
  expect(shape('library with books and members')).toEqual({ book: ['member'], member: [] });
  expect(shape('recipe app with ingredients and menus')).toEqual({
    recipe: [],
    ingredient: ['recipe'],
    menu: ['recipe'],
  });
});

test('no intent makes a plan with an unsafe name or no entity, and every plan gives code', () => {
  for (const intent of [
    '',
    'app',
    '<script>alert(1)</script>',
    "x'; DROP TABLE accounts; --",
    '__proto__ constructor prototype',
    '\u0000\u202e',
    'für Büros mit Schlüsseln',
    '日本語のアプリ',
    'with with with and and',
    'a'.repeat(5000),
    `things: ${Array.from({ length: 50 }, (_, i) => `noun${i}`).join(', ')}`,
  ]) {
    const plan = derivePlan(intent);
    expect(plan.entities.length, intent).toBeGreaterThan(0);
    expect(plan.entities.length, intent).toBeLessThanOrEqual(8);
    for (const entity of plan.entities) {
      expect(entity.name).toMatch(/^[a-z][a-z0-9_]*$/);
      expect(entity.plural).toMatch(/^[a-z][a-z0-9-]*$/);
      expect(new Set(entity.fields.map((field) => field.name)).size).toBe(entity.fields.length);
    }
    expect(filesOf(buildTogether(intent)).length).toBeGreaterThan(10);
  }
});

test('a contribution cannot write outside the app', () => {
  for (const path of [
    '../x.js',
    '/etc/passwd',
    'public/../x.js',
    '.npmrc',
    'a/b/c.js',
    'public/.x',
    'C:\\x',
    'x\n.js',
    '',
  ])
    expect(isAppPath(path), path).toBe(false);
  for (const path of ['server.js', 'public/index.html', 'README.md', 'Dockerfile'])
    expect(isAppPath(path), path).toBe(true);
  const evil = {
    kind: 'x',
    title: '',
    markdown: '',
    data: { findings: [] },
    files: [{ name: '../../x.js', mediaType: '', bytes: new Uint8Array() }],
  };
  expect(collectFiles([evil]).size).toBe(0);
});

test('the integrator alone, without a plan, says what it waits for', () => {
  expect(
    deployment.work({ intent: tasks, attachments: [], contributions: [], concerns: [] }).data.waitingFor,
  ).toEqual(['architecture']);
});
