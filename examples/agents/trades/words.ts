/** Trades of words: a phrase-book translator and a counter of syllables. */
import { plain, tableOf } from '../work/markdown.ts';
import { syllablesOf } from '../work/text/keywords.ts';
import { wordsOf } from '../work/text/tokens.ts';
import { cannot, createTrade, type TradeAnswer } from './trade.ts';

/** English, German, French, Spanish. */
const phraseBook = `
hello hallo bonjour hola|goodbye tschüss au_revoir adiós|please bitte s'il_vous_plaît por_favor|thank_you danke merci gracias
yes ja oui sí|no nein non no|water Wasser eau agua|bread Brot pain pan|coffee Kaffee café café|tea Tee thé té|milk Milch lait leche
train Zug train tren|station Bahnhof gare estación|airport Flughafen aéroport aeropuerto|hotel Hotel hôtel hotel|room Zimmer chambre habitación
street Straße rue calle|house Haus maison casa|city Stadt ville ciudad|friend Freund ami amigo|child Kind enfant niño|book Buch livre libro
day Tag jour día|night Nacht nuit noche|today heute aujourd'hui hoy|tomorrow morgen demain mañana|left links à_gauche a_la_izquierda|right rechts à_droite a_la_derecha
where wo où dónde|when wann quand cuándo|how wie comment cómo|and und et y|or oder ou o|good gut bon bueno|big groß grand grande|small klein petit pequeño
one eins un uno|two zwei deux dos|three drei trois tres|open offen ouvert abierto|closed geschlossen fermé cerrado|money Geld argent dinero|doctor Arzt médecin médico
help Hilfe aide ayuda|cat Katze chat gato|dog Hund chien perro|red rot rouge rojo|blue blau bleu azul|green grün vert verde|the_bill die_Rechnung l'addition la_cuenta`;
const entries = phraseBook
  .trim()
  .split(/[|\n]/)
  .map((line) =>
    line
      .trim()
      .split(' ')
      .map((word) => word.replaceAll('_', ' ')),
  );
const languages: Readonly<Record<string, number>> = {
  english: 0,
  german: 1,
  deutsch: 1,
  french: 2,
  français: 2,
  spanish: 3,
  español: 3,
};

export const translator = createTrade({
  name: 'translator',
  kind: 'translation',
  capability: 'Translate words and short phrases between English, German, French and Spanish.',
  tags: ['translation', 'language'],
  phrases: [
    'translate this into German',
    'how do you say something in French',
    'translation between languages',
  ],
  offer: 'I translate by a small phrase book',
  inputIsEnough: true,
  answer: translate,
});

function translate(intent: string): TradeAnswer {
  const lower = intent.toLowerCase();
  const target = Object.entries(languages).findLast(([name]) =>
    new RegExp(`\\b(?:in|into|to|nach|auf|en)\\s+${name}`).test(lower),
  )?.[1];
  const quoted =
    /["“„']([^"”']{1,300})["”']/.exec(intent)?.[1] ??
    /(?:translate|say)\s+(.+?)\s+(?:in|into|to)\s+\w+\s*\??$/i.exec(intent)?.[1];
  if (target === undefined || quoted === undefined)
    return cannot('Translation', 'say what and into which language: translate "good day" into German.');
  const done: string[] = [];
  const unknown: string[] = [];
  let rest = quoted
    .toLowerCase()
    .replace(/[.,!?;:]/g, '')
    .trim();
  while (rest !== '') {
    const entry = entries.find((each) =>
      each.some(
        (form, index) =>
          index !== target && (rest === form.toLowerCase() || rest.startsWith(`${form.toLowerCase()} `)),
      ),
    );
    const form = entry
      ?.filter((_, index) => index !== target)
      .find((each) => rest === each.toLowerCase() || rest.startsWith(`${each.toLowerCase()} `));
    const taken = form ?? rest.split(' ')[0]!;
    if (entry === undefined) unknown.push(taken);
    done.push(entry?.[target] ?? `[${taken}]`);
    rest = rest.slice(taken.length).trim();
  }
  return {
    title: 'Translation',
    markdown: `“${plain(quoted, 300)}” → “${plain(done.join(' '), 300)}”${unknown.length === 0 ? '' : `\n\nNot in the phrase book: ${unknown.map((word) => plain(word)).join(', ')}.`}\n\nWord by word; grammar is yours.`,
    data: { text: done.join(' '), unknown },
  };
}

export const haiku = createTrade({
  name: 'haiku',
  kind: 'poem',
  capability: 'Poetry: count the syllables of English lines and check whether they make a haiku.',
  tags: ['poetry', 'haiku', 'syllables'],
  phrases: ['check my haiku', 'count the syllables of a poem', 'write poetry'],
  offer: 'I count the syllables',
  inputIsEnough: true,
  answer: (intent) => {
    const poem = intent.replace(/^[^:]*:\s*/, '');
    const lines = poem.split(/\s*[/\n]\s*/).filter((line) => wordsOf(line).length > 0);
    if (!intent.includes(':') || lines.length === 0)
      return cannot('Syllables', 'send the lines after a colon, divided by “/”.');
    const counts = lines.map((line) => wordsOf(line).reduce((total, word) => total + syllablesOf(word), 0));
    const isHaiku = counts.join() === '5,7,5';
    return {
      title: isHaiku ? 'A haiku' : 'Syllables',
      markdown: `${tableOf(
        ['line', 'syllables'],
        lines.map((line, index) => [plain(line, 80), `${counts[index]}`]),
      )}\n\n${isHaiku ? 'Five, seven, five: a haiku.' : `A haiku has 5, 7, 5; this has ${counts.join(', ')}.`}`,
      data: { counts, isHaiku },
    };
  },
});
