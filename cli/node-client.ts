/** Reads a node's HTTP side for the command line. */
import { AmpError } from '../protocol/errors.ts';
import type { NodeAccess } from './local-nodes.ts';

/** @throws AmpError AMP-1503 when the node does not answer, AMP-1202 when it refuses the token. */
export async function readView<T>(node: NodeAccess, path: string, init: RequestInit = {}): Promise<T> {
  const response = await request(node, path, init);
  return (await response.json()) as T;
}

export async function request(node: NodeAccess, path: string, init: RequestInit = {}): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(`${node.httpUrl}${path}`, {
      ...init,
      headers: { ...init.headers, authorization: `Bearer ${node.token}` },
    });
  } catch (error) {
    throw new AmpError(
      'AMP-1503',
      `The node ${node.name} at ${node.httpUrl} does not answer.`,
      { node: node.name },
      error,
    );
  }
  if (response.status === 401 || response.status === 403)
    throw new AmpError('AMP-1202', `The node ${node.name} refuses the token.`, { node: node.name });
  if (!response.ok)
    throw new AmpError(
      'AMP-1503',
      `The node ${node.name} answers ${response.status}: ${(await response.text()).slice(0, 300)}.`,
      { node: node.name },
    );
  return response;
}
