/**
 * Takes one file out of a zip archive (a Python wheel is one). Only what that needs: the member is named by
 * the caller and written where the caller says, so no path of the archive is ever followed.
 * Format: APPNOTE.TXT of PKWARE, without encryption and without the 64-bit extension.
 * @module
 */
import { type FileHandle, open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { crc32, createInflateRaw } from 'node:zlib';
import { AttuneError } from '../errors.js';
import { fileError, writeAtomically } from '../files.js';
import type { OnProgress } from '../progress.js';

const endSignature = 0x06054b50;
const entrySignature = 0x02014b50;
const localSignature = 0x04034b50;
/** The end record is 22 bytes, after it at most a comment of 65,535. */
const endRecordBytes = 22;
const longestTail = endRecordBytes + 0xffff;
const method = { stored: 0, deflated: 8 } as const;

/** What the archive's directory says of a member. */
interface Member {
  method: number;
  crc: number;
  compressedSize: number;
  size: number;
  localHeader: number;
}

/**
 * Writes the member `name` of the zip file `archive` to `target`, atomically, and checks its size and CRC.
 *
 * @throws {AttuneError} when the archive is broken or truncated, or has no such member
 */
export async function extractMember(
  archive: string,
  name: string,
  target: string,
  { onProgress, signal }: { onProgress?: OnProgress; signal?: AbortSignal } = {},
): Promise<void> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(archive, 'r');
    const member = await findMember(handle, archive, name);
    const broken = (problem: string): AttuneError =>
      new AttuneError(`${name} in the archive ${problem}`, {
        file: archive,
        fix: 'download the archive again',
      });
    if (member.method !== method.stored && member.method !== method.deflated) {
      throw broken(`is packed by method ${member.method}, which is not supported`);
    }
    const local = await read(handle, archive, member.localHeader, 30);
    if (local.readUInt32LE(0) !== localSignature) throw broken('has no header');
    const start = member.localHeader + 30 + local.readUInt16LE(26) + local.readUInt16LE(28);
    const packed = pieces(handle, archive, start, member.compressedSize);
    await writeAtomically(target, async (write) => {
      let crc = 0;
      let done = 0;
      const consume = async (chunks: AsyncIterable<Buffer>): Promise<void> => {
        for await (const chunk of chunks) {
          signal?.throwIfAborted();
          done += chunk.length;
          if (done > member.size) throw broken(`is longer than the ${member.size} bytes that it should have`);
          crc = crc32(chunk, crc);
          await write(chunk);
          onProgress?.({ phase: 'unpack', done, total: member.size, unit: 'bytes' });
        }
      };
      if (member.method === method.stored) await consume(packed);
      else await pipeline(packed, createInflateRaw(), consume);
      if (done !== member.size) throw broken(`has ${done} of the ${member.size} bytes that it should have`);
      if (crc !== member.crc) throw broken('is damaged: its checksum differs');
    });
  } catch (error) {
    throw fileError(error, archive);
  } finally {
    await handle?.close();
  }
}

async function findMember(handle: FileHandle, archive: string, name: string): Promise<Member> {
  const notZip = (): AttuneError =>
    new AttuneError('is no whole zip archive', { file: archive, fix: 'download the archive again' });
  const { size: fileSize } = await handle.stat();
  const tailStart = Math.max(0, fileSize - longestTail);
  const tail = await read(handle, archive, tailStart, fileSize - tailStart);
  let end = tail.length - endRecordBytes;
  while (end >= 0 && tail.readUInt32LE(end) !== endSignature) end--;
  if (end < 0) throw notZip();
  const directorySize = tail.readUInt32LE(end + 12);
  const directoryStart = tail.readUInt32LE(end + 16);
  if (directoryStart + directorySize > fileSize) throw notZip();
  const directory = await read(handle, archive, directoryStart, directorySize);
  for (let at = 0; at + 46 <= directory.length; ) {
    if (directory.readUInt32LE(at) !== entrySignature) throw notZip();
    const nameLength = directory.readUInt16LE(at + 28);
    const next = at + 46 + nameLength + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
    if (directory.toString('utf8', at + 46, at + 46 + nameLength) === name) {
      return {
        method: directory.readUInt16LE(at + 10),
        crc: directory.readUInt32LE(at + 16),
        compressedSize: directory.readUInt32LE(at + 20),
        size: directory.readUInt32LE(at + 24),
        localHeader: directory.readUInt32LE(at + 42),
      };
    }
    at = next;
  }
  throw new AttuneError(`has no file ${name}`, { file: archive, field: name });
}

async function read(handle: FileHandle, archive: string, start: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await handle.read(buffer, 0, length, start);
  if (bytesRead < length) throw new AttuneError('is truncated', { file: archive, fix: 'download it again' });
  return buffer;
}

async function* pieces(
  handle: FileHandle,
  archive: string,
  start: number,
  length: number,
): AsyncGenerator<Buffer> {
  const pieceBytes = 1024 * 1024;
  for (let done = 0; done < length; done += pieceBytes) {
    yield await read(handle, archive, start + done, Math.min(pieceBytes, length - done));
  }
}
