/** Bytes to text when nobody says which encoding: marks first, then proof (strict UTF-8), then Windows-1252. */

export interface Decoded {
  readonly text: string;
  readonly encoding: 'utf-8' | 'utf-8-bom' | 'utf-16le' | 'utf-16be' | 'windows-1252';
}

/** Decode a text file; `null` when the bytes are no text (an archive, an image, …). */
export function decodeText(bytes: Uint8Array): Decoded | null {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) {
    return strictUtf8(bytes.subarray(3), 'utf-8-bom') ?? legacy(bytes.subarray(3));
  }
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return wide(bytes.subarray(2), 'utf-16le');
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return wide(bytes.subarray(2), 'utf-16be');
  const zeros = zeroShares(bytes);
  if (zeros.odd > 0.3 && zeros.even < 0.05) return wide(bytes, 'utf-16le');
  if (zeros.even > 0.3 && zeros.odd < 0.05) return wide(bytes, 'utf-16be');
  if (isBinary(bytes)) return null;
  return strictUtf8(bytes, 'utf-8') ?? legacy(bytes);
}

/** What kind of file this is when it is no text; for the sentence that tells the asker. */
export function nameBinary(bytes: Uint8Array): string {
  const magic = String.fromCharCode(...bytes.subarray(0, 4));
  if (magic.startsWith('PK')) return 'a zip archive or an office document; export the sheet as CSV';
  if (magic.startsWith('%PDF')) return 'a PDF document';
  if (magic.startsWith('\x1f\x8b')) return 'gzip-compressed; unpack it first';
  if (magic.startsWith('\x89PNG')) return 'an image';
  return 'binary data';
}

function strictUtf8(bytes: Uint8Array, encoding: 'utf-8' | 'utf-8-bom'): Decoded | null {
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), encoding };
  } catch (cause) {
    if (cause instanceof TypeError) return null;
    throw cause;
  }
}

function legacy(bytes: Uint8Array): Decoded {
  return { text: new TextDecoder('windows-1252').decode(bytes), encoding: 'windows-1252' };
}

function wide(bytes: Uint8Array, encoding: 'utf-16le' | 'utf-16be'): Decoded {
  return { text: new TextDecoder(encoding).decode(bytes), encoding };
}

/** Bytes looked at when guessing (judgement: more than any header, less than a millisecond). */
const probeBytes = 4096;

function zeroShares(bytes: Uint8Array): { even: number; odd: number } {
  const probe = bytes.subarray(0, probeBytes);
  let even = 0;
  let odd = 0;
  probe.forEach((byte, index) => {
    if (byte !== 0) return;
    if (index % 2 === 0) even += 1;
    else odd += 1;
  });
  const half = Math.max(1, probe.length / 2);
  return { even: even / half, odd: odd / half };
}

function isBinary(bytes: Uint8Array): boolean {
  const magic = String.fromCharCode(...bytes.subarray(0, 4));
  if (['PK\x03\x04', '%PDF', '\x1f\x8b', '\x89PNG'].some((mark) => magic.startsWith(mark))) return true;
  return bytes.subarray(0, probeBytes).includes(0);
}
