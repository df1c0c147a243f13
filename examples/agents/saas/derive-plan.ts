/**
 * From a sentence to the things an app must keep. Offline and by nouns: a domain the lexicon knows, the nouns after
 * "with", "for", "of" and commas, their synonyms, and for a noun nobody listed a plain, sensible set of fields.
 */
import { domains, nouns } from './lexicon.ts';
import {
  type AppPlan,
  type Entity,
  type Field,
  type FieldType,
  isIdentifier,
  type Requirement,
} from './plan.ts';

/** Things one app keeps at most; more is another app (judgement). */
const entitiesMax = 8;

interface KnownNoun {
  readonly name: string;
  readonly fields: readonly Field[];
}

const knownNouns = readNouns();
const knownDomains = domains
  .trim()
  .split('\n')
  .flatMap((line) => {
    const [words = '', things = ''] = line.split(':');
    return words.split('+').map((phrase) => ({ phrase: phrase.trim(), things: things.trim().split(/\s+/) }));
  })
  .sort((a, b) => b.phrase.length - a.phrase.length);

/** The plan that an intent asks for. Always at least one entity. */
export function derivePlan(intent: string): AppPlan {
  const text = ` ${intent
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9,.;:&' -]+/g, ' ')
    .slice(0, 2000)} `;
  const said = nounsOf(text);
  const domain = knownDomains.find(
    ({ phrase }) => text.includes(` ${phrase} `) || text.includes(` ${phrase}s `),
  );
  const isNamed = said.details.length > 0;
  const known = said.subject.filter((phrase) => knownNouns.has(phrase) || knownNouns.has(singular(phrase)));
  const ofDomain =
    domain === undefined
      ? said.subject
      : [...(isNamed ? domain.things.slice(0, 1) : domain.things), ...known];
  const wanted = [...ofDomain, ...said.details];
  const names = [...new Set(wanted.map(canonical))].slice(0, entitiesMax);
  if (names.length === 0) names.push('note');
  const entities = relate(names);
  return { name: nameOf(intent, domain?.phrase), intent, entities, requirements: requirementsOf(entities) };
}

const fillers = new Set(
  'a an the my our your me us i we need want would like please build make create write develop design give saas app apps application applications web website webapp site tool tools system systems platform platforms service software program simple small little tiny basic modern nice good great new online full working complete solution product manager management managing manage tracker tracking track tracks keeping keep keeps organising organizing organise organize handling handle planning planner to of and or as well that which where can could should will be is are their its his her it them user users people person customers-facing based list lists database data each every all some many several multiple able about using use uses support supports supporting including include includes plus also additional extra feature features business company-wide startup team-wide'.split(
    ' ',
  ),
);

/** What comes after "for" is the subject; what comes after "with", "including" or a comma are details. */
function nounsOf(text: string): { subject: string[]; details: string[] } {
  const [before = '', ...after] = text.split(
    /\b(?:with|including|that (?:has|have|keeps?|tracks?|stores?|manages?)|to (?:manage|track|organi[sz]e|keep|store|handle|record|plan)|where)\b/,
  );
  const subjectPart = /\b(?:for|of|about)\b(.*)$/.exec(before)?.[1] ?? before;
  return { subject: phrasesOf(subjectPart), details: after.flatMap(phrasesOf) };
}

function phrasesOf(part: string): string[] {
  return part
    .split(/[,.;:&]|\b(?:and|or|plus|as well as|for|of|by|in|on|from|at|per|who|which|their|its)\b/)
    .map((chunk) =>
      chunk
        .split(/[\s']+/)
        .filter((word) => word.length > 1 && !fillers.has(word) && !/^\d+$/.test(word) && !/ly$/.test(word)),
    )
    .filter((words) => words.length > 0)
    .map((words) => knownTail(words) ?? words.slice(-2).join(' '));
}

/** The longest ending of the phrase that the lexicon knows: "yoga classes" is about classes. */
function knownTail(words: readonly string[]): string | null {
  for (let from = 0; from < words.length; from += 1) {
    const tail = words.slice(from).join(' ');
    if (knownNouns.has(tail) || knownNouns.has(singular(tail))) return tail;
  }
  return null;
}

function canonical(phrase: string): string {
  const known =
    knownNouns.get(phrase) ?? knownNouns.get(singular(phrase)) ?? knownNouns.get(phrase.replace(/s$/, ''));
  if (known !== undefined) return known.name;
  const name = singular(phrase)
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '');
  return isIdentifier(name)
    ? name
    : `thing_${name.replace(/^[^a-z0-9]+/, '').slice(0, 40)}`.replace(/_$/, '');
}

const irregular = new Map(
  'people:person children:child men:man women:woman staff:staff equipment:equipment species:species series:series movies:movie cookies:cookie lenses:lens buses:bus'
    .split(' ')
    .map((pair) => pair.split(':') as [string, string]),
);

/** English singular of the last word. */
export function singular(phrase: string): string {
  return phrase.replace(/[a-z]+$/, (word) => {
    const odd = irregular.get(word);
    if (odd !== undefined) return odd;
    if (/ies$/.test(word) && word.length > 4) return word.replace(/ies$/, 'y');
    if (/(ss|sh|ch|x|z)es$/.test(word)) return word.replace(/es$/, '');
    if (/[^su]s$/.test(word) && word.length > 3) return word.slice(0, -1);
    return word;
  });
}

/** English plural of the last word, for paths and headings. */
export function plural(name: string): string {
  return name.replace(/[a-z]+$/, (word) => {
    if (word === 'person') return 'people';
    if (word === 'child') return 'children';
    if (/^(staff|equipment|species|series)$/.test(word)) return `${word}-list`;
    if (/[^aeiou]y$/.test(word)) return word.replace(/y$/, 'ies');
    if (/(s|sh|ch|x|z)$/.test(word)) return `${word}es`;
    return `${word}s`;
  });
}

function readNouns(): Map<string, KnownNoun> {
  const found = new Map<string, KnownNoun>();
  for (const line of nouns.trim().split('\n')) {
    const [words = '', fields = ''] = splitOnce(line, ':');
    const [name = '', ...synonyms] = words.split('+').map((word) => word.trim());
    const noun = { name, fields: fields.trim().split(/\s+/).map(readField) };
    for (const word of [name.replaceAll('_', ' '), ...synonyms]) if (!found.has(word)) found.set(word, noun);
  }
  return found;
}

function splitOnce(line: string, mark: string): [string, string] {
  const at = line.indexOf(mark);
  return [line.slice(0, at), line.slice(at + 1)];
}

function readField(written: string): Field {
  const [, name = '', required, kind, rest = ''] =
    /^([a-z0-9_]+?)(!?)(?:([:>])(.*?)(!?))?$/.exec(written) ?? [];
  const isRequired = required === '!' || /!$/.test(written);
  const told = rest.replace(/!$/, '');
  if (kind === '>') return { name: `${name}_id`, type: 'reference', required: false, to: told };
  if (told.includes('|')) return { name, type: 'choice', required: false, options: told.split('|') };
  return { name, type: (told === '' ? 'text' : told) as FieldType, required: isRequired };
}

/** People, places and means that the main thing points to; everything else points to the main thing. */
const actors = new Set(
  'customer contact company supplier teacher room employee member author driver doctor patient vehicle table donor volunteer sensor warehouse tenant property team class'.split(
    ' ',
  ),
);

/** Fields for each name; references to things the app does not keep are dropped, missing ones between unknowns added. */
function relate(names: readonly string[]): Entity[] {
  const main = names[0]!;
  return names.map((name) => {
    const known = [...knownNouns.values()].find((noun) => noun.name === name);
    const fields = known === undefined ? fieldsOfUnknown(name) : known.fields;
    const kept = fields.filter(
      (field) => field.to === undefined || (names.includes(field.to) && field.to !== name),
    );
    const knownPair = names.some((other) =>
      knownNouns.get(other.replaceAll('_', ' '))?.fields.some((field) => field.to === name),
    );
    const isLoose =
      name !== main && !actors.has(name) && !kept.some((field) => field.to !== undefined) && !knownPair;
    const served =
      name === main
        ? names.filter(
            (other) => actors.has(other) && other !== main && !kept.some((field) => field.to === other),
          )
        : [];
    const added = (isLoose ? [main] : served).map(
      (to): Field => ({ name: `${to}_id`, type: 'reference', required: false, to }),
    );
    return {
      name,
      plural: plural(name.replaceAll('_', '-')),
      label: labelOf(name),
      fields: [...kept, ...added],
    };
  });
}

/** A thing nobody described: it has a name, a state and remarks, and what its own name suggests. */
function fieldsOfUnknown(name: string): Field[] {
  const text = (field: string, type: FieldType = 'text', required = false): Field => ({
    name: field,
    type,
    required,
  });
  const fields = [text('name', 'text', true)];
  if (/(er|or|ist|ant|[a-z]{3}ee|person|man|woman|child)$/.test(name))
    fields.push(text('email', 'email'), text('phone'));
  if (/(tion|ment|ing|meeting|session|log|entry|day|date)$/.test(name))
    fields.push(text('happened_on', 'date'));
  if (/(fee|price|fund|grant|bid|offer)$/.test(name)) fields.push(text('amount', 'money'));
  fields.push(
    { name: 'status', type: 'choice', required: false, options: ['new', 'active', 'done'] },
    text('notes', 'long'),
  );
  return fields;
}

/** "stock_item" → "Stock item". */
export function labelOf(name: string): string {
  const words = name.replace(/[_-]+/g, ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function nameOf(intent: string, domain: string | undefined): string {
  const told =
    /\b(?:called|named)\s+["“']?([\p{L}\p{N}][\p{L}\p{N} -]{0,40}?)["”']?(?:[,.;]|\s+(?:with|for|that)\b|$)/iu.exec(
      intent,
    )?.[1];
  if (told !== undefined) return told.trim();
  if (domain !== undefined) return labelOf(domain);
  const cut = intent
    .replace(
      /^(?:please\s+)?(?:build|make|create|write|develop|give|i need|i want|we need|we want)\s+(?:me\s+|us\s+)?(?:an?\s+|the\s+)?/i,
      '',
    )
    .replace(/[<>&"'`\\{}$]/g, '')
    .trim()
    .slice(0, 60);
  return cut === '' ? 'App' : cut.charAt(0).toUpperCase() + cut.slice(1);
}

function requirementsOf(entities: readonly Entity[]): Requirement[] {
  const things = entities.map((entity) => entity.label.toLowerCase()).join(', ');
  const told: readonly (readonly [string, string])[] = [
    ['architecture', `a plan of what the app keeps: ${things}`],
    ['database', 'storage that survives a restart'],
    ['backend', `an API to list, create, read, change and delete each of: ${things}`],
    ['backend', 'accounts with sign-up and login; nobody sees the entries of others'],
    ['frontend', 'a page to sign in and work with the entries'],
    ['security', 'protection against password guessing and floods (rate limit), reviewed'],
    ['deployment', 'one command that starts it, and a README'],
  ];
  return told.map(([kind, text], index) => ({ id: `R${index + 1}`, kind, text }));
}
