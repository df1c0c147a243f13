import { expect, test } from 'vitest';
import { catalog, teams } from '../../examples/agents/catalog.ts';
import { createSimilarity } from '../../examples/agents/start-agent.ts';
import type { AttachmentFact } from '../../examples/agents/work/index.ts';

const similarity = createSimilarity();
const table: AttachmentFact = { name: 'any.csv', mediaType: 'text/csv', size: 1000 };
const prose: AttachmentFact = { name: 'notes.md', mediaType: 'text/markdown', size: 1000 };

function whoOffers(
  intent: string,
  files: readonly AttachmentFact[] = [],
  among: Iterable<string> = catalog.keys(),
): string[] {
  return [...among].filter((name) => catalog.get(name)!.judge(intent, files, similarity) !== null);
}

test('six agents offer to build an app, nine stay silent', () => {
  for (const intent of [
    'Build me a SaaS app for task management',
    'an inventory tool with suppliers and stock',
    'I need a help desk application',
    'make a CRM',
  ]) {
    const offering = whoOffers(intent, [], teams.saas);
    expect(offering, intent).toEqual([
      'architect',
      'database',
      'backend',
      'frontend',
      'security',
      'deployment',
    ]);
    expect(teams.saas.length - offering.length).toBe(9);
  }
});

test('three of fifteen offer to plan a journey, the guide with the lowest confidence', () => {
  expect(teams.travel.length).toBe(15);
  expect(whoOffers('Book travel to NYC', [], teams.travel)).toEqual(['flights', 'hotels', 'guide']);
  const confidence = (name: string): number =>
    catalog.get(name)!.judge('Book travel to NYC', [], similarity)!.confidence;
  expect(confidence('guide')).toBeLessThan(Math.min(confidence('flights'), confidence('hotels')));
});

test('a table wakes the agents of tables, a text those of texts', () => {
  const ofTables = whoOffers('what stands out in this data?', [table]);
  expect(ofTables).toEqual(
    expect.arrayContaining([
      'csv-profile',
      'statistics',
      'outliers',
      'correlations',
      'trends',
      'groups',
      'charts',
      'report-writer',
    ]),
  );
  expect(ofTables).not.toEqual(expect.arrayContaining(['summary']));
  const ofTexts = whoOffers('what stands out in these files?', [prose]);
  expect(ofTexts).toEqual(expect.arrayContaining(['keywords', 'summary', 'entities', 'report-writer']));
  expect(ofTexts).not.toEqual(expect.arrayContaining(['statistics']));
});

test('a table alone wakes nobody when the intent is about something else', () => {
  for (const intent of ['book a flight to NYC', 'translate "good day" into German']) {
    const offering = whoOffers(intent, [table]);
    for (const name of teams.data.filter((each) => each !== 'translator'))
      expect(offering, intent).not.toContain(name);
  }
});

test('each small trade offers for its own, and only for what it can answer', () => {
  for (const [intent, name] of [
    ['translate "good day" into German', 'translator'],
    ['5 miles to km', 'units'],
    ['explain 30 6 * * 1-5', 'cron'],
    ['what does the regex /^a+$/ match?', 'regex'],
    ['monthly payment on 200,000 at 3.5% over 20 years', 'loans'],
    ['pancakes for six, a recipe please', 'recipes'],
    ['transpose up 2 semitones: C Am F G7', 'music'],
    ['a colour palette from #336699', 'palette'],
    ['is this a haiku: an old silent pond / a frog jumps into the pond / splash silence again', 'haiku'],
  ] as const) {
    expect(whoOffers(intent), intent).toContain(name);
  }
  expect(whoOffers('translate something into Klingon')).not.toContain('translator');
});
