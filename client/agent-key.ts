/** An agent's own Ed25519 key, by WebCrypto: the same in Node and in a browser. */
import type { Did } from '../protocol/brand.ts';
import { fromBase64Url, toBase64Url } from '../protocol/bytes.ts';
import { encodeDid } from '../protocol/did.ts';
import { AmpError } from '../protocol/errors.ts';

export interface AgentKey {
  readonly did: Did;
  /** 64 bytes. */
  sign(bytes: Uint8Array): Promise<Uint8Array>;
  /** The private key as text, to keep in a file that only its owner reads. */
  export(): Promise<string>;
}

const algorithm = 'Ed25519';

export async function createAgentKey(): Promise<AgentKey> {
  const pair = (await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])) as CryptoKeyPair;
  return wrap(pair.privateKey, new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey)));
}

/**
 * Read a key that {@link AgentKey.export} wrote.
 * @throws AmpError AMP-1103 for a text that is none.
 */
export async function readAgentKey(text: string): Promise<AgentKey> {
  const [publicText, privateText] = text.trim().split('.');
  const publicKey = fromBase64Url(publicText ?? '');
  const privateBytes = fromBase64Url(privateText ?? '');
  if (publicKey?.length !== 32 || privateBytes === undefined)
    throw new AmpError('AMP-1103', 'The text is no agent key.');
  const privateKey = await crypto.subtle.importKey('pkcs8', privateBytes as BufferSource, algorithm, true, [
    'sign',
  ]);
  return wrap(privateKey, publicKey);
}

function wrap(privateKey: CryptoKey, publicKey: Uint8Array): AgentKey {
  return {
    did: encodeDid(publicKey),
    sign: async (bytes) =>
      new Uint8Array(await crypto.subtle.sign(algorithm, privateKey, bytes as BufferSource)),
    async export() {
      const pkcs8 = new Uint8Array(await crypto.subtle.exportKey('pkcs8', privateKey));
      return `${toBase64Url(publicKey)}.${toBase64Url(pkcs8)}`;
    },
  };
}
