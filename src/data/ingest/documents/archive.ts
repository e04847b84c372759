/**
 * The zip archives that Word and Excel files are, read with limits: a file of a few kilobytes may unpack to gigabytes.
 * @module
 */
import { inflateRawSync } from 'node:zlib';
import { AttuneError } from '../../../errors.js';

/** Most bytes that the members of one archive may unpack to; Excel's sheets grow about tenfold. */
const mostBytes = 256 * 2 ** 20;

/** An archive whose members are unpacked when they are asked for. */
export interface Archive {
  names: string[];
  /** A member's bytes, or undefined where there is none of this name. */
  read(name: string): Buffer | undefined;
}

interface Entry {
  offset: number;
  packed: number;
  method: number;
  encrypted: boolean;
}

/** Opens an archive of Office. Sizes that it states are not believed: unpacking itself stops at the limit. */
export function openArchive(bytes: Buffer, file: string): Archive {
  const damaged = (why: string, cause?: unknown): AttuneError =>
    new AttuneError(`is damaged: ${why}`, { file, fix: 'export or download the file again', cause });
  let entries: Map<string, Entry>;
  try {
    entries = directory(bytes);
  } catch (cause) {
    throw damaged('its directory cannot be read', cause);
  }
  let unpacked = 0;
  return {
    names: [...entries.keys()],
    read: (name) => {
      const entry = entries.get(name);
      if (!entry) return undefined;
      if (entry.encrypted) {
        throw new AttuneError('is protected by a password', { file, fix: 'save it without a password' });
      }
      if (entry.offset + 30 > bytes.length || bytes.readUInt32LE(entry.offset) !== 0x04034b50) {
        throw damaged(`${name} is not where the directory says`);
      }
      const start =
        entry.offset + 30 + bytes.readUInt16LE(entry.offset + 26) + bytes.readUInt16LE(entry.offset + 28);
      const data = bytes.subarray(start, start + entry.packed);
      if (data.length < entry.packed) throw damaged(`${name} is cut off`);
      if (entry.method !== 0 && entry.method !== 8) throw damaged(`${name} is packed in an unknown way`);
      let content: Buffer;
      try {
        content =
          entry.method === 0 ? data : inflateRawSync(data, { maxOutputLength: mostBytes - unpacked + 1 });
      } catch (cause) {
        if ((cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(file);
        throw damaged(`${name} cannot be unpacked`, cause);
      }
      unpacked += content.length;
      if (unpacked > mostBytes) throw tooLarge(file);
      return content;
    },
  };
}

function tooLarge(file: string): AttuneError {
  return new AttuneError(`unpacks to more than ${mostBytes / 2 ** 20} MiB`, {
    file,
    fix: 'split it into smaller files, or export large tables as CSV',
  });
}

/** The central directory at the end of the archive (APPNOTE.TXT 4.3.12, zip64 in 4.5.3). */
function directory(bytes: Buffer): Map<string, Entry> {
  const end = bytes.lastIndexOf('PK\u0005\u0006', undefined, 'latin1');
  if (end < 0) throw new Error('no end of central directory');
  let count = bytes.readUInt16LE(end + 10);
  let position = bytes.readUInt32LE(end + 16);
  if ((position === 0xffffffff || count === 0xffff) && bytes.readUInt32LE(end - 20) === 0x07064b50) {
    const wide = Number(bytes.readBigUInt64LE(end - 12));
    count = Number(bytes.readBigUInt64LE(wide + 32));
    position = Number(bytes.readBigUInt64LE(wide + 48));
  }
  const entries = new Map<string, Entry>();
  for (let i = 0; i < count; i++) {
    if (bytes.readUInt32LE(position) !== 0x02014b50) throw new Error('no entry where one has to be');
    const nameLength = bytes.readUInt16LE(position + 28);
    const extraLength = bytes.readUInt16LE(position + 30);
    const name = bytes.toString('utf8', position + 46, position + 46 + nameLength).replace(/^\/+/, '');
    const extra = bytes.subarray(position + 46 + nameLength, position + 46 + nameLength + extraLength);
    const wide = wideSizes(extra, bytes.readUInt32LE(position + 24) === 0xffffffff);
    const packed = bytes.readUInt32LE(position + 20);
    const offset = bytes.readUInt32LE(position + 42);
    entries.set(name.replaceAll('\\', '/'), {
      encrypted: (bytes.readUInt16LE(position + 8) & 1) === 1,
      method: bytes.readUInt16LE(position + 10),
      packed: packed === 0xffffffff ? wide() : packed,
      offset: offset === 0xffffffff ? wide() : offset,
    });
    position += 46 + nameLength + extraLength + bytes.readUInt16LE(position + 32);
  }
  return entries;
}

/** Gives the 64-bit numbers of an entry's zip64 field one after the other, the unpacked size left out. */
function wideSizes(extra: Buffer, hasSize: boolean): () => number {
  let field = 0;
  while (field + 4 <= extra.length && extra.readUInt16LE(field) !== 1)
    field += 4 + extra.readUInt16LE(field + 2);
  let position = field + 4 + (hasSize ? 8 : 0);
  return () => {
    position += 8;
    return Number(extra.readBigUInt64LE(position - 8));
  };
}
