/** Puts the parts together: one command that starts the app, a container file, and a README that says what is missing. */
import { plain, tableOf } from '../work/markdown.ts';
import { textFile, type WorkInput } from '../work/work.ts';
import { requirementIds } from './architecture.ts';
import { collectFiles, createExpert, findPlan, newestOf, script, withoutPlan } from './expert.ts';
import type { AppPlan } from './plan.ts';

/** Without these the app cannot start; without the others it starts and says what it lacks. */
const essential = ['model.js', 'store.js', 'server.js'];

export const deployment = createExpert({
  name: 'deployment',
  kind: 'deployment',
  capability:
    'Deployment and integration: put the parts of an application together, start script, container file, README.',
  tags: ['deployment', 'integration', 'docker', 'operations', 'integrate'],
  phrases: ['deploy an application, write its start script and container file'],
  workMs: 8000,
  drafts: true,
  provides: 'one command that starts the app, and a README',
  offer: 'I put the parts together and make it start with one command',
  readsFiles: true,
  needs: ['architecture'],
  buildsOn: ['architecture', 'database', 'backend', 'frontend', 'security', 'api-description'],
  work: integrate,
});

function integrate(input: WorkInput): ReturnType<Parameters<typeof createExpert>[0]['work']> {
  const plan = findPlan(input);
  if (plan === null) return withoutPlan('deployment');
  const parts = newestOf(input.contributions).filter((each) => each.kind !== 'deployment');
  const missing = missingKinds(input, plan);
  const files = collectFiles(parts);
  const starts = essential.every((path) => files.has(path));
  const own = [
    textFile(
      'README.md',
      'text/markdown',
      readme(plan, {
        missing,
        starts,
        authors: parts.map((part) => [part.kind, part.from, part.title] as const),
      }),
    ),
    textFile('package.json', 'application/json', packageJson(plan)),
    textFile('Dockerfile', 'text/plain', dockerfile),
    script('start.js', starts ? startJs : cannotStartJs(missing)),
  ];
  for (const file of own) files.set(file.name, file);
  return {
    title: starts ? `“${plan.name}”, ready to start` : `“${plan.name}”, not startable yet`,
    markdown: `${files.size} files; start with \`npm start\` (Node 24, no dependencies).${missing.length === 0 ? '' : `\n\nMissing: ${missing.join(', ')}.`}\n`,
    data: {
      meets: starts ? requirementIds(plan, 'deployment') : [],
      missing,
      starts,
      files: [...files.keys()],
    },
    files: [...files.values()],
  };
}

/** Kinds that the plan asks for and nobody has contributed, or whose review is still open. */
export function missingKinds(input: Pick<WorkInput, 'contributions'>, plan: AppPlan): string[] {
  const parts = newestOf(input.contributions);
  const wanted = [...new Set(plan.requirements.map((requirement) => requirement.kind))].filter(
    (kind) => kind !== 'deployment',
  );
  const absent = wanted.filter((kind) => !parts.some((part) => part.kind === kind && part.files.length > 0));
  const open = parts
    .filter((part) => part.kind === 'security')
    .flatMap((part) => (part.data.open as string[] | undefined) ?? []);
  return [...absent, ...open.map((topic) => `open concern: ${topic}`)];
}

function packageJson(plan: AppPlan): string {
  const name =
    plan.name
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-+|-+$/g, '')
      .slice(0, 60) || 'app';
  return `${JSON.stringify({ name, version: '0.1.0', private: true, type: 'module', engines: { node: '>=24' }, scripts: { start: 'node start.js' } }, null, 2)}\n`;
}

const startJs = `// Starts the app: DATA (file, default data.sqlite), HOST (default 127.0.0.1), PORT (default 3000; 0 takes a free one).
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { appName, entities } from './model.js';
import { createServer } from './server.js';
import { createStore } from './store.js';

const here = dirname(fileURLToPath(import.meta.url));
const store = createStore(process.env.DATA || join(here, 'data.sqlite'), entities);
const server = createServer({ store, appName, entities, publicFolder: join(here, 'public') });
server.listen(Number(process.env.PORT || 3000), process.env.HOST || '127.0.0.1', () => {
  const { address, port } = server.address();
  console.log(JSON.stringify({ app: appName, url: 'http://' + (address.includes(':') ? '[' + address + ']' : address) + ':' + port }));
});
for (const signal of ['SIGTERM', 'SIGINT']) {
  process.once(signal, () => {
    server.close(() => store.close());
    server.closeAllConnections();
  });
}
`;

function cannotStartJs(missing: readonly string[]): string {
  return `console.error(${JSON.stringify(`This app cannot start: nobody contributed ${missing.join(', ')}.`)});\nprocess.exit(1);\n`;
}

const dockerfile = `FROM node:24-slim
WORKDIR /app
COPY . .
USER node
ENV HOST=0.0.0.0 PORT=3000 DATA=/tmp/data.sqlite
EXPOSE 3000
CMD ["node", "start.js"]
`;

function readme(
  plan: AppPlan,
  told: {
    missing: readonly string[];
    starts: boolean;
    authors: readonly (readonly [string, string, string])[];
  },
): string {
  const without = told.missing.includes('frontend') ? '\nWithout a page this is an API-only app.\n' : '';
  return `# ${plain(plan.name)}

Made for: ${plain(plan.intent, 300)}

${told.starts ? '```sh\nnpm start            # Node 24, nothing to install; prints the address\n```' : 'It cannot start yet.'}

## What is missing

${told.missing.length === 0 ? 'Nothing that was asked for.' : told.missing.map((kind) => `- ${kind}`).join('\n')}
${without}
## What it keeps

${tableOf(
  ['entry', 'address', 'fields'],
  plan.entities.map((entity) => [
    plain(entity.label),
    `\`/api/${entity.plural}\``,
    entity.fields.map((field) => `\`${field.name}\``).join(', '),
  ]),
)}

## How to call it

\`\`\`sh
curl -s $URL/api/auth/sign-up -H 'Content-Type: application/json' -d '{"email":"you@example.org","password":"at least ten letters"}'
curl -s $URL/api/${plan.entities[0]!.plural} -H "Authorization: Bearer $TOKEN"
\`\`\`

Settings by environment: \`PORT\`, \`HOST\`, \`DATA\` (the SQLite file). Put TLS in front of it.

## Who made it

${tableOf(
  ['part', 'agent', 'contribution'],
  told.authors.map(([kind, from, title]) => [kind, plain(from), plain(title, 80)]),
)}
`;
}
