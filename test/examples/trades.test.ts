import { expect, test } from 'vitest';
import {
  annuity,
  contrast,
  cronExplainer,
  distanceKm,
  explainCron,
  explainRegex,
  guide,
  haiku,
  hotels,
  loanCalculator,
  music,
  paletteMaker,
  recipeScaler,
  regexExplainer,
  translator,
  unitConverter,
} from '../../examples/agents/trades/index.ts';
import type { WorkModule } from '../../examples/agents/work/index.ts';

const answer = (trade: WorkModule, intent: string): string =>
  trade.work({ intent, attachments: [], contributions: [], concerns: [] }).markdown;

test('units are exact where they are defined', () => {
  expect(answer(unitConverter, '5 miles to km')).toContain('8.04672 km');
  expect(answer(unitConverter, '-40 fahrenheit to celsius')).toContain('-40 celsius');
  expect(answer(unitConverter, '1 pound to g')).toContain('453.592 g');
  expect(answer(unitConverter, '5 miles to kg')).toContain('Nothing to work on');
});

test('an annuity pays the loan back to the cent', () => {
  const { payment, interest } = annuity(200_000, { yearlyRate: 0.035, years: 20 });
  let left = 200_000;
  for (let month = 0; month < 240; month += 1) left = left * (1 + 0.035 / 12) - payment;
  expect(Math.abs(left)).toBeLessThan(1e-5);
  expect(interest).toBeCloseTo(payment * 240 - 200_000, 6);
  expect(answer(loanCalculator, 'a mortgage of 200,000 at 3.5% over 20 years')).toContain('1159.92 a month');
});

test('cron lines are said in words, and impossible ones refused', () => {
  expect(explainCron(['30', '6', '*', '*', '1-5'])).toBe('At 06:30, on weekday Mon to Fri.');
  expect(explainCron(['*/15', '*', '*', '*', '*'])).toBe('At every 15 minutes, every hour, every day.');
  expect(explainCron(['0', '0', '1', 'jan', '*'])).toContain('month Jan');
  expect(explainCron(['61', '6', '*', '*', '*'])).toBeNull();
  expect(answer(cronExplainer, 'explain 30 6 * * 1-5')).toContain('06:30');
});

test('the pieces of an expression put together are the expression', () => {
  for (const source of [
    '^a+$',
    '(?<year>\\d{4})-(\\d\\d)',
    '[^a-z]|x{2,}?',
    '\\bfoo(?=bar)(?!baz)',
    'a.b*?c',
    '\\u00e9[\\]x]',
  ]) {
    expect(
      explainRegex(source)
        .map(([piece]) => piece)
        .join(''),
    ).toBe(source);
  }
  expect(answer(regexExplainer, 'what does /^a+$/ match?')).toContain('once or more');
});

test('contrast is that of the standard', () => {
  expect(contrast('000000', 'ffffff')).toBeCloseTo(21, 9);
  expect(contrast('777777', 'ffffff')).toBeCloseTo(4.48, 2);
  expect(answer(paletteMaker, 'a palette from #336699')).toContain('`#336699`');
});

test('a known haiku has five, seven, five', () => {
  expect(
    answer(haiku, 'count: an old silent pond / a frog jumps into the pond / splash silence again'),
  ).toContain('Five, seven, five');
});

test('chords move by semitones and keep their kind', () => {
  expect(answer(music, 'transpose up 2 semitones: C Am F G7')).toContain('**D Bm G A7**');
  expect(answer(music, 'transpose down 1 semitone: C Bbm7')).toContain('**B Am7**');
});

test('words outside the phrase book are named, not invented', () => {
  expect(answer(translator, 'translate "good water" into French')).toContain('“bon eau”');
  expect(answer(translator, 'translate "good rhubarb" into German')).toContain(
    'Not in the phrase book: rhubarb',
  );
});

test('a recipe scales in proportion', () => {
  expect(answer(recipeScaler, 'pancakes for 8 people')).toMatch(/flour \| 500 g/);
});

test('distances are those of an atlas, and the guide doubts a hotel in another city', () => {
  expect(distanceKm([52.37, 13.5], [40.64, -73.78])).toBeGreaterThan(6300);
  expect(distanceKm([52.37, 13.5], [40.64, -73.78])).toBeLessThan(6450);
  const input = { intent: 'Book travel to NYC', attachments: [], contributions: [], concerns: [] };
  const heard = (city: string) => ({
    ...hotels.work({ ...input, intent: `hotel in ${city}` }),
    id: 'h',
    from: 'hotels',
  });
  expect(guide.review!(heard('New York'), input)).toBeNull();
  expect(guide.review!(heard('Paris'), input)?.text).toContain('not to Paris');
});
