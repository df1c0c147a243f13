/** Trades of numbers: units, recipes, loans. */
import { figure, plain, tableOf } from '../work/markdown.ts';
import { cannot, createTrade, type TradeAnswer } from './trade.ts';

/** Dimension and size in its base unit; exact by definition where there is one. */
const units: Readonly<Record<string, readonly [dimension: string, size: number]>> = {
  mm: ['length', 0.001],
  cm: ['length', 0.01],
  m: ['length', 1],
  km: ['length', 1000],
  inch: ['length', 0.0254],
  in: ['length', 0.0254],
  foot: ['length', 0.3048],
  feet: ['length', 0.3048],
  ft: ['length', 0.3048],
  yard: ['length', 0.9144],
  mile: ['length', 1609.344],
  g: ['mass', 0.001],
  kg: ['mass', 1],
  ounce: ['mass', 0.028349523125],
  oz: ['mass', 0.028349523125],
  pound: ['mass', 0.45359237],
  lb: ['mass', 0.45359237],
  stone: ['mass', 6.35029318],
  ml: ['volume', 0.001],
  l: ['volume', 1],
  liter: ['volume', 1],
  litre: ['volume', 1],
  cup: ['volume', 0.2365882365],
  pint: ['volume', 0.473176473],
  gallon: ['volume', 3.785411784],
  second: ['time', 1],
  minute: ['time', 60],
  hour: ['time', 3600],
  day: ['time', 86_400],
  week: ['time', 604_800],
  celsius: ['temperature', 1],
  fahrenheit: ['temperature', 1],
  kelvin: ['temperature', 1],
  '°c': ['temperature', 1],
  '°f': ['temperature', 1],
};

export const unitConverter = createTrade({
  name: 'units',
  kind: 'conversion-of-units',
  capability: 'Convert units of measure: length, mass, volume, time, temperature.',
  tags: ['units', 'measure'],
  phrases: [
    'convert 5 miles to kilometres',
    'how many grams are in an ounce',
    'unit conversion of length, weight and temperature',
  ],
  offer: 'I convert the units',
  inputIsEnough: true,
  answer: convertUnits,
});

function unitOf(word: string): string | null {
  const lower = word
    .toLowerCase()
    .replace(/^kilomet(?:er|re)s?$/, 'km')
    .replace(/^kilograms?$|^kilos?$/, 'kg')
    .replace(/^grams?$/, 'g')
    .replace(/^met(?:er|re)s?$/, 'm')
    .replace(/^centimet(?:er|re)s?$/, 'cm')
    .replace(/^inches$/, 'inch')
    .replace(/^litres$/, 'litre');
  for (const form of [lower, lower.replace(/s$/, '')]) if (Object.hasOwn(units, form)) return form;
  return null;
}

function convertUnits(intent: string): TradeAnswer {
  const match = /(-?\d+(?:[.,]\d+)?)\s*(°?[a-z]+)\s+(?:to|in|into|as|=)\s+(°?[a-z]+)/i.exec(intent);
  const [from, to] = [unitOf(match?.[2] ?? ''), unitOf(match?.[3] ?? '')];
  if (match === null || from === null || to === null || units[from]![0] !== units[to]![0])
    return cannot('Units', 'ask like “5 miles to km”, with two units of one kind.');
  const amount = Number(match[1]!.replace(',', '.'));
  const value =
    units[from]![0] === 'temperature'
      ? fromKelvin(toKelvin(amount, from), to)
      : (amount * units[from]![1]) / units[to]![1];
  return {
    title: 'Units',
    markdown: `${figure(amount)} ${from} = **${figure(value)} ${to}**`,
    data: { value },
  };
}

function toKelvin(value: number, unit: string): number {
  if (unit.endsWith('f') || unit === 'fahrenheit') return ((value + 459.67) * 5) / 9;
  return unit === 'kelvin' ? value : value + 273.15;
}

function fromKelvin(kelvin: number, unit: string): number {
  if (unit.endsWith('f') || unit === 'fahrenheit') return (kelvin * 9) / 5 - 459.67;
  return unit === 'kelvin' ? kelvin : kelvin - 273.15;
}

const recipes: Readonly<
  Record<string, { readonly serves: number; readonly parts: readonly (readonly [number, string, string])[] }>
> = {
  pancakes: {
    serves: 4,
    parts: [
      [250, 'g', 'flour'],
      [500, 'ml', 'milk'],
      [3, '', 'eggs'],
      [30, 'g', 'butter'],
      [1, 'pinch', 'salt'],
    ],
  },
  risotto: {
    serves: 4,
    parts: [
      [320, 'g', 'rice'],
      [1, 'l', 'stock'],
      [120, 'ml', 'white wine'],
      [1, '', 'onion'],
      [60, 'g', 'parmesan'],
      [50, 'g', 'butter'],
    ],
  },
  dal: {
    serves: 4,
    parts: [
      [300, 'g', 'red lentils'],
      [1, '', 'onion'],
      [3, 'cloves', 'garlic'],
      [400, 'g', 'tomatoes'],
      [2, 'tsp', 'cumin'],
      [1, 'tsp', 'turmeric'],
    ],
  },
  bread: {
    serves: 8,
    parts: [
      [500, 'g', 'flour'],
      [350, 'ml', 'water'],
      [10, 'g', 'salt'],
      [7, 'g', 'dry yeast'],
    ],
  },
};

export const recipeScaler = createTrade({
  name: 'recipes',
  kind: 'recipe',
  capability: 'Cooking: recipes and ingredient amounts scaled to a number of people.',
  tags: ['cooking', 'recipe', 'food'],
  phrases: ['a recipe for pancakes for six people', 'how much do I need to cook for eight', 'cook dinner'],
  offer: 'I scale a recipe to the people at the table',
  answer: (intent) => {
    const lower = intent.toLowerCase();
    const name = Object.keys(recipes).find((each) => lower.includes(each.replace(/s$/, '')));
    if (name === undefined) return cannot('Recipes', `I know ${Object.keys(recipes).join(', ')}.`);
    const recipe = recipes[name]!;
    const people = Math.max(1, Math.min(200, Number(/\b(\d{1,3})\b/.exec(intent)?.[1] ?? recipe.serves)));
    const rows = recipe.parts.map(([amount, unit, what]) => [
      what,
      `${figure(Math.round(((amount * people) / recipe.serves) * 10) / 10)} ${unit}`.trim(),
    ]);
    return {
      title: `${name} for ${people}`,
      markdown: tableOf(['ingredient', 'amount'], rows),
      data: { recipe: name, people },
    };
  },
});

export const loanCalculator = createTrade({
  name: 'loans',
  kind: 'loan',
  capability: 'Calculate loans and mortgages: monthly payment and total interest of an annuity.',
  tags: ['finance', 'loan', 'mortgage'],
  phrases: ['monthly payment of a mortgage', 'calculate a loan with interest', 'how much interest do I pay'],
  offer: 'I work out the monthly payment and the interest',
  inputIsEnough: true,
  answer: (intent) => {
    const amount = Number(/(?:[$€£]\s*)?(\d[\d,]{3,})/.exec(intent)?.[1]?.replaceAll(',', ''));
    const rate = Number(/(\d{1,2}(?:\.\d+)?)\s*(?:%|per ?cent)/i.exec(intent)?.[1]);
    const years = Number(/(\d{1,2})\s*years?/i.exec(intent)?.[1]);
    if (!(amount > 0) || !(rate >= 0) || !(years > 0))
      return cannot('Loan', 'name the amount, the yearly rate in per cent and the years.');
    const { payment, interest } = annuity(amount, { yearlyRate: rate / 100, years });
    return {
      title: 'Loan',
      markdown: `${figure(amount)} at ${rate} % over ${years} years: **${payment.toFixed(2)} a month**, ${figure(Math.round(interest))} of interest in all.`,
      data: { payment, interest },
    };
  },
});

/** Equal monthly payments, interest charged monthly. */
export function annuity(
  amount: number,
  { yearlyRate, years }: { yearlyRate: number; years: number },
): { payment: number; interest: number } {
  const [months, rate] = [years * 12, yearlyRate / 12];
  const payment = rate === 0 ? amount / months : (amount * rate) / (1 - (1 + rate) ** -months);
  return { payment, interest: payment * months - amount };
}

const notes = ['C', 'C#', 'D', 'D#', 'E', 'F', 'F#', 'G', 'G#', 'A', 'A#', 'B'];
const flats: Readonly<Record<string, string>> = {
  Db: 'C#',
  Eb: 'D#',
  Gb: 'F#',
  Ab: 'G#',
  Bb: 'A#',
  Cb: 'B',
  Fb: 'E',
};

export const music = createTrade({
  name: 'music',
  kind: 'music',
  capability: 'Music: transpose chords to another key.',
  tags: ['music', 'chords'],
  phrases: ['transpose these chords up two semitones', 'play a song in another key', 'compose music'],
  offer: 'I transpose the chords',
  inputIsEnough: true,
  answer: (intent) => {
    const steps =
      Number(/(-?\d{1,2})\s*(?:semitones?|half ?steps?|frets?)/i.exec(intent)?.[1] ?? Number.NaN) *
      (/\bdown\b/i.test(intent) ? -1 : 1);
    const chords = [
      ...intent
        .replace(/^[^:]*:/, '')
        .matchAll(/(?<![\p{L}#])([A-G])([#b]?)((?:m|maj|min|dim|aug|sus|add|\d)*)(?![\p{L}])/gu),
    ];
    if (Number.isNaN(steps) || chords.length === 0 || !intent.includes(':'))
      return cannot('Chords', 'ask like “transpose up 2 semitones: C Am F G7”.');
    const moved = chords.map(([, letter, sign, rest]) => {
      const name = flats[`${letter}${sign}`] ?? `${letter}${sign}`;
      return `${notes[(((notes.indexOf(name) + steps) % 12) + 12) % 12]}${rest}`;
    });
    return {
      title: 'Chords',
      markdown: `${chords.map((chord) => plain(chord[0])).join(' ')} → **${moved.map((chord) => plain(chord)).join(' ')}**`,
      data: { chords: moved },
    };
  },
});
