/**
 * The bytes of a text file as UTF-8, whatever it is: unpacked from gzip, without a byte order mark, recoded from UTF-16.
 * @module
 */
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import { AttuneError } from '../../errors.js';
import { fileError } from '../../files.js';

const chunkBytes = 1 << 18;

/** The first bytes of a file as they stand on the disk. */
export async function firstBytes(file: string, count: number): Promise<Buffer> {
  try {
    const handle = await open(file);
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(count), 0, count, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw fileError(error, file);
  }
}

/** Whether the bytes begin a gzip file. */
export function isGzip(bytes: Buffer): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/**
 * Reads a text file piece by piece as UTF-8 without a byte order mark. Bytes that are no UTF-8 are passed on as they are.
 *
 * @throws {AttuneError} when the file cannot be read or its compression is damaged
 */
export async function* readUtf8(file: string, signal?: AbortSignal): AsyncGenerator<Buffer> {
  let recode: InstanceType<typeof TextDecoder> | undefined;
  let first = true;
  for await (const chunk of unpacked(file, signal)) {
    let bytes = chunk;
    if (first) {
      first = false;
      const [one, two, three] = bytes;
      if (one === 0xff && two === 0xfe) recode = new TextDecoder('utf-16le');
      else if (one === 0xfe && two === 0xff) recode = new TextDecoder('utf-16be');
      else if (one === 0xef && two === 0xbb && three === 0xbf) bytes = bytes.subarray(3);
    }
    const utf8 = recode ? Buffer.from(recode.decode(bytes, { stream: true })) : bytes;
    if (utf8.length > 0) yield utf8;
  }
}

/** The beginning of a text file as UTF-8, at most `count` bytes. */
export async function firstUtf8(file: string, count: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const chunk of readUtf8(file)) {
    parts.push(chunk);
    length += chunk.length;
    if (length >= count) break;
  }
  return Buffer.concat(parts).subarray(0, count);
}

async function* unpacked(file: string, signal?: AbortSignal): AsyncGenerator<Buffer> {
  const gzip = isGzip(await firstBytes(file, 2));
  const source = createReadStream(file, { highWaterMark: chunkBytes, signal });
  const stream = gzip ? source.pipe(createGunzip({ chunkSize: chunkBytes })) : source;
  if (gzip) source.on('error', (error) => stream.destroy(error));
  try {
    for await (const chunk of stream) {
      signal?.throwIfAborted();
      yield chunk as Buffer;
    }
  } catch (error) {
    signal?.throwIfAborted();
    if (String((error as NodeJS.ErrnoException).code).startsWith('Z_')) {
      throw new AttuneError('its gzip compression is damaged or cut off', {
        file,
        fix: 'pack the file again, or unpack it',
        cause: error,
      });
    }
    throw fileError(error, file);
  } finally {
    source.destroy();
  }
}
