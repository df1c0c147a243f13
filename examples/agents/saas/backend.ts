/** The API: accounts, validation, one set of addresses per entity. Revises itself when a review asks for it. */
import { requirementIds } from './architecture.ts';
import { createExpert, findPlan, script, withoutPlan } from './expert.ts';
import { authJs, rateLimitJs, serverJs, validateJs } from './templates/backend.ts';

export const backend = createExpert({
  name: 'backend',
  kind: 'backend',
  capability:
    'Backend development: HTTP server, REST API, accounts, sessions and validation for an application.',
  tags: ['backend', 'api', 'server', 'http'],
  phrases: ['write a backend server with a REST API and accounts'],
  workMs: 8000,
  provides: 'an API with accounts for every kind of entry',
  offer: 'I write the server: API, accounts, validation',
  needs: ['architecture'],
  work: (input) => {
    const plan = findPlan(input);
    if (plan === null) return withoutPlan('the API');
    const asked = input.concerns.filter((concern) => concern.data.topic === 'rate-limit');
    const rateLimit = asked.length > 0;
    const routes = plan.entities.flatMap((entity) => [
      `GET, POST /api/${entity.plural}`,
      `GET, PATCH, DELETE /api/${entity.plural}/:id`,
    ]);
    return {
      title: rateLimit ? 'The API, now with a rate limit' : 'The API',
      markdown: `\`server.js\`, \`auth.js\`, \`validate.js\`${rateLimit ? ', `rate-limit.js`' : ''}: sign-up and login (scrypt, hashed session tokens), and\n\n${routes.map((route) => `- \`${route}\``).join('\n')}\n${rateLimit ? `\nRevised for: ${asked.map((concern) => concern.text).join(' ')}\n` : ''}`,
      data: { meets: requirementIds(plan, 'backend'), routes, rateLimit },
      files: [
        script('auth.js', authJs),
        ...(rateLimit ? [script('rate-limit.js', rateLimitJs)] : []),
        script('server.js', serverJs({ rateLimit })),
        script('validate.js', validateJs),
      ],
    };
  },
});
