/** Trades of patterns: regular expressions, timetables of cron, colours. */
import { plain, tableOf } from '../work/markdown.ts';
import { cannot, createTrade, type TradeAnswer } from './trade.ts';

export const regexExplainer = createTrade({
  name: 'regex',
  kind: 'regex',
  capability: 'Explain regular expressions piece by piece.',
  tags: ['regex', 'programming'],
  phrases: ['explain this regular expression', 'what does this regex match'],
  offer: 'I explain the expression piece by piece',
  inputIsEnough: true,
  answer: (intent) => {
    const source = /\/((?:[^/\\\n]|\\.)+)\/([a-z]*)/.exec(intent)?.[1] ?? /`([^`]+)`/.exec(intent)?.[1];
    if (source === undefined) return cannot('Regular expression', 'write it between slashes: /^a+$/.');
    const rows = explainRegex(source).map(([piece, meaning]) => [
      `\`${piece.replaceAll('`', "'").replaceAll('|', '\\|')}\``,
      meaning,
    ]);
    return {
      title: 'What the expression matches',
      markdown: tableOf(['piece', 'meaning'], rows),
      data: { pieces: rows.length },
    };
  },
});

const pieces: readonly (readonly [RegExp, (match: RegExpExecArray) => string])[] = [
  [/^\(\?=/, () => 'ahead of here comes (look-ahead begins)'],
  [/^\(\?!/, () => 'ahead of here does not come (look-ahead begins)'],
  [/^\(\?<([=!])/, (match) => `behind here ${match[1] === '=' ? 'is' : 'is not'} (look-behind begins)`],
  [/^\(\?<(\w+)>/, (match) => `group “${match[1]}” begins`],
  [/^\(\?:/, () => 'group begins, not captured'],
  [/^\(/, () => 'captured group begins'],
  [/^\)/, () => 'group ends'],
  [
    /^\[(\^?)((?:[^\]\\]|\\.)+)\]/,
    (match) => `one character ${match[1] === '^' ? 'not ' : ''}of: ${plain(match[2]!)}`,
  ],
  [/^\\d/, () => 'a digit'],
  [/^\\w/, () => 'a letter, digit or underscore'],
  [/^\\s/, () => 'white space'],
  [/^\\b/, () => 'a word boundary'],
  [/^\\([DWSB])/, (match) => `not \\\\${match[1]!.toLowerCase()}`],
  [/^\\(\d)/, (match) => `what group ${match[1]} matched, again`],
  [/^\\(.)/, (match) => `the character ${plain(match[1]!)} itself`],
  [
    /^\{(\d+)(,?)(\d*)\}\??/,
    (match) =>
      match[2] === ''
        ? `exactly ${match[1]} times`
        : match[3] === ''
          ? `at least ${match[1]} times`
          : `${match[1]} to ${match[3]} times`,
  ],
  [/^\*\??/, (match) => `any number of times${match[0].endsWith('?') ? ', as few as possible' : ''}`],
  [/^\+\??/, (match) => `once or more${match[0].endsWith('?') ? ', as few as possible' : ''}`],
  [/^\?\??/, () => 'once or not at all'],
  [/^\^/, () => 'the beginning'],
  [/^\$/, () => 'the end'],
  [/^\./, () => 'any character'],
  [/^\|/, () => 'or'],
  [/^[^\\()[\]{}*+?.^$|]+?(?=$|[\\()[\]{}^$.|]|.[*+?{])/, (match) => `the text “${plain(match[0])}”`],
  [/^./u, (match) => `the character ${plain(match[0])}`],
];

/** The pieces of a pattern with their meaning, left to right. */
export function explainRegex(source: string): (readonly [string, string])[] {
  const found: (readonly [string, string])[] = [];
  for (let rest = source.slice(0, 400); rest !== ''; ) {
    for (const [pattern, meaning] of pieces) {
      const match = pattern.exec(rest);
      if (match === null) continue;
      found.push([match[0], meaning(match)]);
      rest = rest.slice(match[0].length);
      break;
    }
  }
  return found;
}

export const cronExplainer = createTrade({
  name: 'cron',
  kind: 'schedule',
  capability: 'Explain cron expressions in words.',
  tags: ['cron', 'schedule', 'operations'],
  phrases: ['explain this cron expression', 'when does this cron job run'],
  offer: 'I say in words when it runs',
  inputIsEnough: true,
  answer: (intent) => {
    const field = '[\\d*,/-]+|[A-Za-z]{3}(?:-[A-Za-z]{3})?';
    const match = new RegExp(`(?:^|\\s|["'\`])((?:(?:${field})\\s+){4}(?:${field}))(?:$|[\\s"'\`?.])`).exec(
      intent,
    );
    const told = match === null ? null : explainCron(match[1]!.trim().split(/\s+/));
    return told === null
      ? cannot('Cron', 'write the five fields: 30 6 * * 1-5.')
      : { title: 'When it runs', markdown: told, data: { text: told } };
  },
});

const cronNames: readonly (readonly [name: string, from: number, to: number])[] = [
  ['minute', 0, 59],
  ['hour', 0, 23],
  ['day of the month', 1, 31],
  ['month', 1, 12],
  ['weekday', 0, 7],
];
const monthWords = ['', 'jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const dayWords = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

/** Five fields in words; `null` when one is out of range. */
export function explainCron(fields: readonly string[]): string | null {
  const told = fields.map((field, index) => explainField(field.toLowerCase(), index));
  if (fields.length !== 5 || told.some((each) => each === null)) return null;
  const [minute, hour] = fields as [string, string];
  const isClock = /^\d+$/.test(minute) && /^\d+$/.test(hour);
  const time = isClock
    ? `At ${hour.padStart(2, '0')}:${minute.padStart(2, '0')}`
    : `At ${told[0]}, ${told[1]}`;
  const rest = [told[2], told[3], told[4]].filter(
    (each, index) => fields[index + 2] !== '*' && each !== null,
  );
  // Vixie cron: when both day fields are set, either of them suffices.
  const either = fields[2] !== '*' && fields[4] !== '*' ? ' (either day field suffices)' : '';
  return `${time}${rest.length === 0 ? ', every day' : `, on ${rest.join(', ')}`}${either}.`;
}

function explainField(field: string, index: number): string | null {
  const [name, from, to] = cronNames[index]!;
  const words = index === 3 ? monthWords : index === 4 ? dayWords : [];
  const numeric = field.replace(/[a-z]{3}/g, (word) => String(words.indexOf(word)));
  if (numeric === '*') return `every ${name}`;
  const parts = numeric.split(',').map((part) => {
    const match = /^(?:(\d+)(?:-(\d+))?|\*)(?:\/(\d+))?$/.exec(part);
    const numbers = match
      ?.slice(1, 3)
      .filter((each) => each !== undefined)
      .map(Number) ?? [-1];
    if (match === null || numbers.some((value) => value < from || value > to)) return null;
    const shown = numbers.map((value) =>
      words[value] === undefined
        ? String(value)
        : words[value].charAt(0).toUpperCase() + words[value].slice(1),
    );
    const range =
      shown.length === 0 ? '' : shown.length === 1 ? ` ${shown[0]}` : ` ${shown[0]} to ${shown[1]}`;
    return match[3] === undefined
      ? range.trim()
      : `every ${match[3]} ${name}s${range === '' ? '' : ` from${range}`}`;
  });
  if (parts.some((part) => part === null)) return null;
  const text = parts.join(' and ');
  return text.startsWith('every') ? text : `${name} ${text}`;
}

export const paletteMaker = createTrade({
  name: 'palette',
  kind: 'palette',
  capability: 'Design colour palettes from one colour, with contrast ratios for legible text.',
  tags: ['design', 'colour', 'palette'],
  phrases: [
    'a colour palette from #336699',
    'which colours go with blue',
    'contrast of text on a background',
  ],
  offer: 'I make a palette from one colour, with contrast ratios',
  answer: makePalette,
});

const colourWords: Readonly<Record<string, string>> = {
  red: 'd62828',
  orange: 'f77f00',
  yellow: 'fcbf49',
  green: '2a9d4a',
  blue: '2563a8',
  purple: '7b2cbf',
  pink: 'e5679a',
  brown: '7f5539',
  grey: '6c757d',
};

function makePalette(intent: string): TradeAnswer {
  const hex =
    /#?\b([0-9a-f]{6})\b/i.exec(intent)?.[1] ??
    Object.entries(colourWords).find(([word]) => new RegExp(`\\b${word}\\b`, 'i').test(intent))?.[1];
  if (hex === undefined) return cannot('Palette', 'name a colour, like #336699 or blue.');
  const [h, s, l] = toHsl(hex);
  const palette = (
    [
      ['base', h, s, l],
      ['dark', h, s, Math.max(0.15, l - 0.25)],
      ['light', h, s * 0.6, 0.92],
      ['opposite', (h + 180) % 360, s, l],
      ['neighbour', (h + 30) % 360, s, l],
    ] as const
  ).map(([name, hue, sat, light]) => {
    const colour = toHex(hue, sat, light);
    return { name, colour, onWhite: contrast(colour, 'ffffff'), onBlack: contrast(colour, '000000') };
  });
  const rows = palette.map((each) => [
    each.name,
    `\`#${each.colour}\``,
    each.onWhite.toFixed(1),
    each.onBlack.toFixed(1),
  ]);
  return {
    title: `Palette of #${hex}`,
    markdown: `${tableOf(['role', 'colour', 'contrast on white', 'on black'], rows)}\n\nText needs 4.5 or more (WCAG 2.2 AA).`,
    data: { palette },
  };
}

/** Contrast ratio of two colours, 1 to 21. @see WCAG 2.2, relative luminance */
export function contrast(left: string, right: string): number {
  const [a, b] = [luminance(left), luminance(right)];
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}

function channels(hex: string): [number, number, number] {
  return [0, 2, 4].map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255) as [number, number, number];
}

function luminance(hex: string): number {
  const [r, g, b] = channels(hex).map((value) =>
    value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4,
  ) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function toHsl(hex: string): [number, number, number] {
  const [r, g, b] = channels(hex);
  const [max, min] = [Math.max(r, g, b), Math.min(r, g, b)];
  const light = (max + min) / 2;
  const spread = max - min;
  if (spread === 0) return [0, 0, light];
  const hue =
    max === r ? ((g - b) / spread + 6) % 6 : max === g ? (b - r) / spread + 2 : (r - g) / spread + 4;
  return [hue * 60, spread / (1 - Math.abs(2 * light - 1)), light];
}

function toHex(hue: number, saturation: number, light: number): string {
  const channel = (shift: number): string => {
    const k = (shift + hue / 30) % 12;
    const value = light - saturation * Math.min(light, 1 - light) * Math.max(-1, Math.min(k - 3, 9 - k, 1));
    return Math.round(value * 255)
      .toString(16)
      .padStart(2, '0');
  };
  return channel(0) + channel(8) + channel(4);
}
