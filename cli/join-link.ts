/** `ampmesh:join#…`: mesh name, addresses to start from, and for a closed mesh its swarm key, in one text. */
import { fromBase64Url, readUtf8 } from '../protocol/bytes.ts';
import { AmpError } from '../protocol/errors.ts';

export interface JoinFacts {
  readonly mesh: string;
  readonly bootstrap: readonly string[];
  readonly swarmKey?: string;
}

const prefix = 'ampmesh:join#';

export function writeJoinLink(facts: JoinFacts): string {
  return prefix + Buffer.from(JSON.stringify(facts)).toString('base64url');
}

/** @throws AmpError AMP-1504 for anything that is no join link. */
export function readJoinLink(link: string): JoinFacts {
  const fail = (): never => {
    throw new AmpError('AMP-1504', `"${link.slice(0, 40)}" is no join link.`);
  };
  if (!link.startsWith(prefix)) return fail();
  let facts: Partial<JoinFacts>;
  try {
    const bytes = fromBase64Url(link.slice(prefix.length));
    facts = JSON.parse((bytes && readUtf8(bytes)) ?? '') as Partial<JoinFacts>;
  } catch {
    return fail();
  }
  const { mesh, bootstrap, swarmKey } = facts;
  const isBootstrap = Array.isArray(bootstrap) && bootstrap.every((one) => typeof one === 'string');
  if (typeof mesh !== 'string' || !isBootstrap || (swarmKey !== undefined && typeof swarmKey !== 'string'))
    return fail();
  return { mesh, bootstrap, ...(swarmKey === undefined ? {} : { swarmKey }) };
}
