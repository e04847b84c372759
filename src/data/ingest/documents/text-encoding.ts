/**
 * From bytes to text, when nobody says for certain how it was encoded.
 * @module
 */
import { decodeWindows1252 } from '../../clean/windows-1252.js';

/** Decoded text, and what had to be guessed. */
export interface DecodedText {
  text: string;
  /** Set where the encoding was guessed or had to be corrected, in words. */
  warning?: string;
}

/** The encoding that a byte order mark names. */
function markedEncoding(bytes: Uint8Array): string | undefined {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return 'utf-8';
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  return undefined;
}

function strictUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/**
 * Decodes by byte order mark, else by the encoding that the file itself declares, else as UTF-8, and as Windows-1252
 * where that is impossible. A declared UTF-8 that the bytes contradict is Windows-1252 too.
 *
 * @param declared name of an encoding as a file declares it; unknown names are ignored
 */
export function decodeText(bytes: Uint8Array, declared?: string): DecodedText {
  const marked = markedEncoding(bytes);
  if (marked) return { text: new TextDecoder(marked).decode(bytes) };
  const decoder = declared ? decoderFor(declared) : undefined;
  // A file that could be read as far as its declaration is no UTF-16, whatever the declaration says.
  if (decoder && decoder.encoding !== 'utf-8' && !decoder.encoding.startsWith('utf-16')) {
    return { text: decoder.encoding === 'windows-1252' ? decodeWindows1252(bytes) : decoder.decode(bytes) };
  }
  const utf8 = strictUtf8(bytes);
  if (utf8 !== undefined) return { text: utf8 };
  return {
    text: decodeWindows1252(bytes),
    warning: `${declared ? `says that it is ${declared}, which` : 'says no encoding, and UTF-8'} its bytes are not; read as Windows-1252`,
  };
}

function decoderFor(name: string): InstanceType<typeof TextDecoder> | undefined {
  try {
    return new TextDecoder(name.trim());
  } catch {
    return undefined;
  }
}
