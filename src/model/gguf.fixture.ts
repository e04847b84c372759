/**
 * Writes GGUF files for tests: whole small models, and broken ones.
 * @module
 */
import { writeFile } from 'node:fs/promises';
import type { GgufValue } from './gguf.js';

/** A tensor as it stands in the file: dimensions in ggml's order, fastest first. */
export interface GgufTensor {
  name: string;
  dimensions: number[];
  /** ggml's number of the type: 0 is F32, 1 F16, 3 Q4_1, ... */
  type: number;
  data: Uint8Array;
  /** Offset in the data section, when it is to be forged. */
  offset?: number;
}

const align = (size: number): number => Math.ceil(size / 32) * 32;

function number32(value: number): Buffer {
  const buffer = Buffer.alloc(4);
  buffer.writeUInt32LE(value);
  return buffer;
}

function number64(value: number | bigint): Buffer {
  const buffer = Buffer.alloc(8);
  buffer.writeBigUInt64LE(BigInt(value));
  return buffer;
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([number64(bytes.length), bytes]);
}

/** Type number and bytes: whole numbers as uint32, in lists as int32, others as float32. */
function encode(value: GgufValue): [number, Buffer] {
  if (typeof value === 'string') return [8, text(value)];
  if (typeof value === 'boolean') return [7, Buffer.from([Number(value)])];
  if (typeof value === 'bigint') return [10, number64(value)];
  if (Array.isArray(value)) {
    if (value.length > 0 && value.every((item) => Number.isInteger(item))) {
      const numbers = Buffer.from(Int32Array.from(value as number[]).buffer);
      return [9, Buffer.concat([number32(5), number64(value.length), numbers])];
    }
    const items = value.map(encode);
    const type = items[0]?.[0] ?? 4;
    return [9, Buffer.concat([number32(type), number64(items.length), ...items.map(([, bytes]) => bytes)])];
  }
  if (Number.isInteger(value)) return [4, number32(value)];
  const buffer = Buffer.alloc(4);
  buffer.writeFloatLE(value);
  return [6, buffer];
}

/** The bytes of a GGUF file (version 3) with these metadata and tensors. */
export function ggufBytes(metadata: Record<string, GgufValue>, tensors: readonly GgufTensor[]): Buffer {
  const parts = [
    Buffer.from('GGUF'),
    number32(3),
    number64(tensors.length),
    number64(Object.keys(metadata).length),
  ];
  for (const [key, value] of Object.entries(metadata)) {
    const [type, bytes] = encode(value);
    parts.push(text(key), number32(type), bytes);
  }
  let end = 0;
  for (const { name, dimensions, type, data, offset } of tensors) {
    parts.push(text(name), number32(dimensions.length), ...dimensions.map(number64), number32(type));
    parts.push(number64(offset ?? end));
    end = align(end + data.length);
  }
  const header = Buffer.concat(parts);
  const file = [header, Buffer.alloc(align(header.length) - header.length)];
  for (const { data } of tensors)
    file.push(Buffer.from(data), Buffer.alloc(align(data.length) - data.length));
  return Buffer.concat(file);
}

/** Writes a GGUF file with these metadata and tensors. */
export function writeGguf(
  file: string,
  metadata: Record<string, GgufValue>,
  tensors: readonly GgufTensor[],
): Promise<void> {
  return writeFile(file, ggufBytes(metadata, tensors));
}
