/**
 * Reading the header of a GGUF file: metadata and where each tensor lies
 * (https://github.com/ggml-org/ggml/blob/master/docs/gguf.md). Written here because readers that fetch by
 * pieces can cut a string at the end of a piece; this one checks every length against the file.
 * @module
 */
import { type FileHandle, open, realpath } from 'node:fs/promises';
import { AttuneError } from '../errors.js';
import { fileError } from '../files.js';
import { blockOf, storedByteLength } from './stored-types.js';
import type { StoredTensor, StoredType } from './weights.js';

/** A metadata value. 64-bit integers are numbers when they are safe ones. */
export type GgufValue = number | bigint | boolean | string | GgufValue[];

/** The header of a GGUF file. */
export interface GgufHeader {
  /** Real path (symbolic links resolved). */
  file: string;
  byteLength: number;
  metadata: Map<string, GgufValue>;
  /** By the names in the file (`blk.0.attn_q.weight`); shapes as in Transformers: [out, in]. */
  tensors: Map<string, StoredTensor>;
}

/** Numbers of ggml's tensor types; the ones that Attune cannot read stand in {@link unreadableTypes}. */
export const ggmlTypes: Record<number, StoredType> = {
  0: 'F32',
  1: 'F16',
  2: 'Q4_0',
  3: 'Q4_1',
  6: 'Q5_0',
  8: 'Q8_0',
  12: 'Q4_K',
  13: 'Q5_K',
  14: 'Q6_K',
  24: 'I8',
  25: 'I16',
  26: 'I32',
  27: 'I64',
  28: 'F64',
  30: 'BF16',
};

/** Names of further ggml types, for the message. */
const unreadableTypes: Record<number, string> = {
  7: 'Q5_1',
  9: 'Q8_1',
  10: 'Q2_K',
  11: 'Q3_K',
  15: 'Q8_K',
  16: 'IQ2_XXS',
  17: 'IQ2_XS',
  18: 'IQ3_XXS',
  19: 'IQ1_S',
  20: 'IQ4_NL',
  21: 'IQ3_S',
  22: 'IQ2_S',
  23: 'IQ4_XS',
  29: 'IQ1_M',
  34: 'TQ1_0',
  35: 'TQ2_0',
  39: 'MXFP4',
};

/** More than any model's header (token list, scores and merges of the largest vocabularies take about 30 MB). */
const largestHeader = 512 * 1024 * 1024;
const windowBytes = 4 * 1024 * 1024;

/** Reads numbers and strings one after the other through a window, so that only the header is ever read. */
class HeaderReader {
  /** Position in the file of the next byte to be read. */
  position = 0;
  #window = Buffer.alloc(0);
  #windowStart = 0;

  constructor(
    private readonly handle: FileHandle,
    private readonly file: string,
    readonly size: number,
  ) {}

  /** The next `length` bytes; valid until the next call. */
  async take(length: number, what: string): Promise<Buffer> {
    const end = this.position + length;
    if (end > this.size || end > largestHeader) {
      throw new AttuneError(
        end > this.size
          ? `is truncated: ${what} would end at byte ${end}, the file ends at ${this.size}`
          : `is no valid GGUF file: ${what} would end at byte ${end}`,
        { file: this.file, fix: 'download the file again' },
      );
    }
    if (this.position < this.#windowStart || end > this.#windowStart + this.#window.length) {
      const wanted = Math.min(Math.max(length, windowBytes), this.size - this.position);
      const window = Buffer.alloc(wanted);
      let done = 0;
      while (done < wanted) {
        const { bytesRead } = await this.handle.read(window, done, wanted - done, this.position + done);
        if (bytesRead === 0) throw new AttuneError('became shorter while it was read', { file: this.file });
        done += bytesRead;
      }
      this.#window = window;
      this.#windowStart = this.position;
    }
    const begin = this.position - this.#windowStart;
    this.position = end;
    return this.#window.subarray(begin, begin + length);
  }

  async uint32(what: string): Promise<number> {
    return (await this.take(4, what)).readUInt32LE();
  }

  /** A 64-bit count or size, which must be a safe integer. */
  async size64(what: string): Promise<number> {
    const value = (await this.take(8, what)).readBigUInt64LE();
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) {
      throw new AttuneError(`is no valid GGUF file: ${what} is ${value}`, { file: this.file });
    }
    return Number(value);
  }

  async text(what: string): Promise<string> {
    return (await this.take(await this.size64(`the length of ${what}`), what)).toString('utf8');
  }

  async value(type: number, what: string, depth = 0): Promise<GgufValue> {
    const safe = (value: bigint): number | bigint =>
      value <= Number.MAX_SAFE_INTEGER && value >= -Number.MAX_SAFE_INTEGER ? Number(value) : value;
    switch (type) {
      case 0:
        return (await this.take(1, what)).readUInt8();
      case 1:
        return (await this.take(1, what)).readInt8();
      case 2:
        return (await this.take(2, what)).readUInt16LE();
      case 3:
        return (await this.take(2, what)).readInt16LE();
      case 4:
        return (await this.take(4, what)).readUInt32LE();
      case 5:
        return (await this.take(4, what)).readInt32LE();
      case 6:
        return (await this.take(4, what)).readFloatLE();
      case 7:
        return (await this.take(1, what)).readUInt8() !== 0;
      case 8:
        return this.text(what);
      case 9: {
        if (depth > 3)
          throw new AttuneError(`is no valid GGUF file: ${what} is nested too deep`, { file: this.file });
        const itemType = await this.uint32(what);
        const length = await this.size64(`the length of ${what}`);
        const items: GgufValue[] = [];
        for (let i = 0; i < length; i++) items.push(await this.value(itemType, what, depth + 1));
        return items;
      }
      case 10:
        return safe((await this.take(8, what)).readBigUInt64LE());
      case 11:
        return safe((await this.take(8, what)).readBigInt64LE());
      case 12:
        return (await this.take(8, what)).readDoubleLE();
      default:
        throw new AttuneError(`is no valid GGUF file: ${what} has the unknown type ${type}`, {
          file: this.file,
        });
    }
  }
}

/**
 * Reads and checks the header of a GGUF file (versions 2 and 3, little-endian); no tensor is read.
 *
 * @throws {AttuneError} naming file and tensor when the file is truncated or no GGUF file, when tensors
 * overlap or lie outside the file, or have a type that Attune cannot read
 */
export async function readGgufHeader(file: string): Promise<GgufHeader> {
  let handle: FileHandle | undefined;
  try {
    const real = await realpath(file);
    handle = await open(real, 'r');
    const { size } = await handle.stat();
    const reader = new HeaderReader(handle, file, size);
    if ((await reader.take(4, 'its first four bytes')).toString('latin1') !== 'GGUF') {
      throw new AttuneError('is no GGUF file: it does not begin with GGUF', { file });
    }
    const version = await reader.uint32('its version');
    if (version !== 2 && version !== 3) {
      throw new AttuneError(`has GGUF version ${version}; versions 2 and 3 (little-endian) can be read`, {
        file,
      });
    }
    const tensorCount = await reader.size64('the number of tensors');
    const entryCount = await reader.size64('the number of metadata entries');
    const metadata = new Map<string, GgufValue>();
    for (let i = 0; i < entryCount; i++) {
      const key = await reader.text('the name of a metadata entry');
      metadata.set(key, await reader.value(await reader.uint32(key), key));
    }
    const entries: { name: string; type: number; shape: number[]; offset: number }[] = [];
    for (let i = 0; i < tensorCount; i++) {
      const name = await reader.text('the name of a tensor');
      const dimensions = await reader.uint32(name);
      if (dimensions > 4) {
        throw new AttuneError(`tensor ${name} has ${dimensions} dimensions`, { file, field: name });
      }
      const shape: number[] = [];
      // ggml lists the fastest dimension first, Transformers last.
      for (let d = 0; d < dimensions; d++) shape.unshift(await reader.size64(`the shape of ${name}`));
      const type = await reader.uint32(name);
      entries.push({ name, type, shape, offset: await reader.size64(`the offset of ${name}`) });
    }
    const alignment = Number(metadata.get('general.alignment') ?? 32);
    if (!Number.isSafeInteger(alignment) || alignment <= 0) {
      throw new AttuneError(`is no valid GGUF file: general.alignment is ${alignment}`, { file });
    }
    const dataStart = Math.ceil(reader.position / alignment) * alignment;
    const tensors = locate(entries, dataStart, size, file, real);
    return { file: real, byteLength: size, metadata, tensors };
  } catch (error) {
    throw fileError(error, file);
  } finally {
    await handle?.close();
  }
}

function locate(
  entries: { name: string; type: number; shape: number[]; offset: number }[],
  dataStart: number,
  fileSize: number,
  file: string,
  realFile: string,
): Map<string, StoredTensor> {
  const tensors = entries.map(({ name, type, shape, offset }): StoredTensor => {
    const broken = (problem: string, fix?: string): AttuneError =>
      new AttuneError(`tensor ${name} ${problem}`, { file, field: name, fix });
    const dtype = ggmlTypes[type];
    if (!dtype) {
      throw broken(
        `has the type ${unreadableTypes[type] ?? type}, which cannot be read`,
        `use a file in one of ${Object.values(ggmlTypes).slice(0, 9).join(', ')}, BF16`,
      );
    }
    if ((shape.at(-1) ?? 1) % blockOf(dtype).elements !== 0) {
      throw broken(`of shape [${shape.join(', ')}] does not hold whole blocks of ${dtype}`);
    }
    const byteLength = storedByteLength(dtype, shape);
    const end = dataStart + offset + byteLength;
    if (!Number.isSafeInteger(end)) throw broken('has an impossible size or offset');
    if (end > fileSize) {
      throw broken(
        `ends at byte ${end}, the file at ${fileSize}: it is truncated`,
        'download the file again',
      );
    }
    return { name, dtype, shape, file: realFile, offset: dataStart + offset, byteLength };
  });
  let end = dataStart;
  for (const tensor of [...tensors].sort((a, b) => a.offset - b.offset)) {
    if (tensor.offset < end) {
      throw new AttuneError(`tensor ${tensor.name} overlaps another one`, { file, field: tensor.name });
    }
    end = tensor.offset + tensor.byteLength;
  }
  return new Map(tensors.map((tensor) => [tensor.name, tensor]));
}
