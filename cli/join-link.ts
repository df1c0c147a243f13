/** `ampmesh:join#…`: mesh name, addresses to start from, and for a closed mesh its swarm key, in one text. */
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
    facts = JSON.parse(
      Buffer.from(link.slice(prefix.length), 'base64url').toString('utf8'),
    ) as Partial<JoinFacts>;
  } catch {
    return fail();
  }
  const { mesh, bootstrap, swarmKey } = facts;
  const isBootstrap = Array.isArray(bootstrap) && bootstrap.every((one) => typeof one === 'string');
  if (typeof mesh !== 'string' || !isBootstrap || (swarmKey !== undefined && typeof swarmKey !== 'string'))
    return fail();
  return { mesh, bootstrap, ...(swarmKey === undefined ? {} : { swarmKey }) };
}
