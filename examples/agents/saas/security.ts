/** Reads the code that others contributed against a list of what goes wrong in web apps, and says what it misses. */
import { plain, tableOf } from '../work/markdown.ts';
import { type Concern, type HeardContribution, textFile } from '../work/work.ts';
import { requirementIds } from './architecture.ts';
import { createExpert, findPlan, newestOf, readText } from './expert.ts';

interface Check {
  /** Word by which an author knows what to change. */
  readonly topic: string;
  readonly kind: string;
  readonly asks: string;
  readonly passes: (code: string) => boolean;
}

/** @see OWASP Top Ten 2021; each check reads the code, so a different author's code is judged alike. */
const checks: readonly Check[] = [
  {
    topic: 'password-hash',
    kind: 'backend',
    asks: 'Store passwords only as a salted, slow hash (scrypt).',
    passes: (code) => /\bscrypt|argon2|bcrypt/.test(code) && /randomBytes/.test(code),
  },
  {
    topic: 'timing',
    kind: 'backend',
    asks: 'Compare secrets in constant time.',
    passes: (code) => /timingSafeEqual/.test(code),
  },
  {
    topic: 'rate-limit',
    kind: 'backend',
    asks: 'Nothing stops password guessing or a flood: limit requests per caller, logins more strictly, and answer 429 with Retry-After.',
    passes: (code) => /\b429\b/.test(code) && /Retry-After/i.test(code),
  },
  {
    topic: 'body-size',
    kind: 'backend',
    asks: 'Bound the size of a request body.',
    passes: (code) => /\b413\b/.test(code),
  },
  {
    topic: 'cookie',
    kind: 'backend',
    asks: 'Set session cookies HttpOnly and SameSite.',
    passes: (code) => !/Set-Cookie/i.test(code) || (/HttpOnly/i.test(code) && /SameSite/i.test(code)),
  },
  {
    topic: 'cross-site',
    kind: 'backend',
    asks: 'Accept writes as application/json only, so that no foreign form can send them.',
    passes: (code) => /application\\?\/json/.test(code) && /\b415\b/.test(code),
  },
  {
    topic: 'headers',
    kind: 'backend',
    asks: 'Send a Content-Security-Policy and nosniff.',
    passes: (code) => /Content-Security-Policy/i.test(code) && /nosniff/.test(code),
  },
  {
    topic: 'sql',
    kind: 'database',
    asks: 'Use placeholders for every value in SQL.',
    passes: (code) =>
      /\.prepare\(/.test(code) && !/`[^`]*(?:SELECT|INSERT|UPDATE|DELETE)[^`]*\$\{/.test(code),
  },
  {
    topic: 'owner',
    kind: 'database',
    asks: "Filter every query by the row's owner.",
    passes: (code) => /owner = \?/.test(code),
  },
  {
    topic: 'markup',
    kind: 'frontend',
    asks: 'Never set entries as HTML.',
    passes: (code) => !/\.(?:innerHTML|outerHTML)\s*=|insertAdjacentHTML|document\.write/.test(code),
  },
  {
    topic: 'inline-script',
    kind: 'frontend',
    asks: 'No inline script or handler, so that the page works under a strict policy.',
    passes: (code) => !/<script(?![^>]*\bsrc=)[^>]*>|\son\w+="/i.test(code),
  },
];

export const security = createExpert({
  name: 'security',
  kind: 'security',
  capability:
    'Application security: review code for weaknesses, passwords, injection, rate limits and headers.',
  tags: ['security', 'review', 'owasp', 'authentication'],
  phrases: ['review an application for security weaknesses'],
  workMs: 8000,
  drafts: true,
  provides: 'a review: passwords, injection, rate limit',
  reviews: ['backend', 'database', 'frontend'],
  offer: 'I review what the others write and say what is unsafe',
  readsFiles: true,
  needs: ['architecture'],
  buildsOn: ['backend', 'database', 'frontend'],
  review: reviewContribution,
  work: (input) => {
    const reviewed = newestOf(input.contributions).filter((each) =>
      checks.some((check) => check.kind === each.kind),
    );
    const results = reviewed.flatMap((each) =>
      checks
        .filter((check) => check.kind === each.kind)
        .map((check) => ({ check, each, passed: check.passes(codeOf(each)) })),
    );
    const open = results.filter((result) => !result.passed);
    const plan = findPlan(input);
    const unreviewed = ['backend', 'database'].filter((kind) => !reviewed.some((each) => each.kind === kind));
    const table = tableOf(
      ['checked', 'of', 'result'],
      results.map(({ check, each, passed }) => [
        check.topic,
        plain(each.from),
        passed ? 'holds' : `**open**: ${check.asks}`,
      ]),
    );
    const verdict =
      open.length > 0
        ? `${open.length} open.`
        : unreviewed.length > 0
          ? `Nothing seen yet of: ${unreviewed.join(', ')}.`
          : 'All of them hold.';
    return {
      title:
        open.length === 0
          ? 'Security review'
          : `Security review: ${open.map((result) => result.check.topic).join(', ')} open`,
      markdown: `${table}\n\n${verdict} Read from the code, not proved; keep the app behind TLS.\n`,
      data: {
        meets:
          plan !== null && open.length === 0 && unreviewed.length === 0
            ? requirementIds(plan, 'security')
            : [],
        open: open.map((result) => result.check.topic),
        accepted: reviewed
          .filter((each) => !open.some((result) => result.each === each))
          .map((each) => each.id),
      },
      files: [textFile('SECURITY.md', 'text/markdown', `# Security review\n\n${table}\n\n${verdict}\n`)],
    };
  },
});

/** The first weakness of a contribution, as a concern to its author; `null` when the code holds or is not code. */
function reviewContribution(contribution: HeardContribution): Concern | null {
  const code = codeOf(contribution);
  if (code === '') return null;
  const failed = checks.find((check) => check.kind === contribution.kind && !check.passes(code));
  return failed === undefined
    ? null
    : { about: contribution.id, from: 'security', text: failed.asks, data: { topic: failed.topic } };
}

function codeOf(contribution: HeardContribution): string {
  return contribution.files.map(readText).join('\n');
}
