/** Checks signatures with WebCrypto: the same in Node and in a browser, and never on the caller's own time. */
import type { Did } from '../../protocol/brand.ts';
import { fromBase64Url } from '../../protocol/bytes.ts';
import { decodeDid } from '../../protocol/did.ts';
import type { SignatureClaim } from '../../protocol/signing.ts';

/** Imported keys that are remembered. */
const keysMax = 4_096;

export type CheckSignature = (claim: SignatureClaim) => Promise<boolean>;

export function createChecker(): CheckSignature {
  const keys = new Map<Did, Promise<CryptoKey> | undefined>();

  function keyOf(signer: Did): Promise<CryptoKey> | undefined {
    const known = keys.get(signer);
    if (known !== undefined) return known;
    const bytes = decodeDid(signer);
    if (bytes === undefined) return undefined;
    if (keys.size >= keysMax) keys.delete(keys.keys().next().value!);
    const key = crypto.subtle.importKey('raw', bytes as BufferSource, 'Ed25519', false, ['verify']);
    // Whoever awaits it hears of a key that is none; remembered, it must not fail for nobody.
    key.catch(() => undefined);
    keys.set(signer, key);
    return key;
  }

  return async ({ signer, bytes, sig }) => {
    const key = keyOf(signer);
    const signature = fromBase64Url(sig);
    if (key === undefined || signature?.length !== 64) return false;
    try {
      return await crypto.subtle.verify(
        'Ed25519',
        await key,
        signature as BufferSource,
        bytes as BufferSource,
      );
    } catch {
      // 32 bytes that are no point of the curve sign nothing.
      return false;
    }
  };
}
