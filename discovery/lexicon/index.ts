/**
 * The concept lexicon: which words and phrases belong to which skill.
 *
 * Plain text, one concept a line, kept in modules so that a browser can load it; `README.md` has the form.
 *
 *     const concepts = readLexicon(lexiconSources);
 */
import { dailyLife } from './data/daily-life.ts';
import { dataAi } from './data/data-ai.ts';
import { everyday } from './data/everyday.ts';
import { everydayLife } from './data/everyday-life.ts';
import { further } from './data/further.ts';
import { health } from './data/health.ts';
import { lawMoney } from './data/law-money.ts';
import { science } from './data/science.ts';
import { security } from './data/security.ts';
import { situations } from './data/situations.ts';
import { software } from './data/software.ts';
import { wordsArts } from './data/words-arts.ts';
import { work } from './data/work.ts';
import { world } from './data/world.ts';

export { type LexiconConcept, type LexiconTerm, parseLexicon, readLexicon } from './parse.ts';

/** In the order in which concepts are numbered. */
export const lexiconSources: readonly string[] = [
  software,
  security,
  dataAi,
  science,
  health,
  lawMoney,
  work,
  world,
  wordsArts,
  dailyLife,
  further,
  everyday,
  everydayLife,
  situations,
];
