/**
 * Writing GGUF files, version 3 (https://github.com/ggml-org/ggml/blob/master/docs/gguf.md).
 * @module
 */
import { AttuneError } from '../../errors.js';
import { writeAtomically } from '../../files.js';
import { ggmlTypes } from '../../model/gguf.js';
import { storedByteLength } from '../../model/stored-types.js';
import type { WritableType } from '../quantize/quantize.js';

/** A metadata value with its type in the file. */
export type GgufEntryValue =
  | { type: 'uint32'; value: number }
  | { type: 'float32'; value: number }
  | { type: 'bool'; value: boolean }
  | { type: 'string'; value: string }
  | { type: 'int32[]'; value: readonly number[] }
  | { type: 'float32[]'; value: readonly number[] }
  | { type: 'string[]'; value: readonly string[] };

/** Metadata in the order in which they stand in the file. */
export type GgufEntries = ReadonlyMap<string, GgufEntryValue>;

/** A tensor to be written. */
export interface GgufTensorToWrite {
  /** As llama.cpp names it, for example `blk.0.attn_q.weight`. */
  name: string;
  /** As in Transformers: [out, in]; the file lists the dimensions the other way round. */
  shape: readonly number[];
  type: WritableType;
  /** The bytes in pieces, called when the tensor's turn comes. */
  pieces(): AsyncIterable<Uint8Array>;
}

/** Tensors begin at multiples of this; it is the format's default, so no entry says it. */
const alignment = 32;
const padding = (length: number): number => (alignment - (length % alignment)) % alignment;

/** The format's numbers of the value types. */
const valueTypes = { uint32: 4, int32: 5, float32: 6, bool: 7, string: 8, array: 9 } as const;

const typeNumbers = new Map(Object.entries(ggmlTypes).map(([number, name]) => [name, Number(number)]));

/**
 * Writes a GGUF file: under a temporary name, piece by piece, then renamed.
 *
 * @throws {AttuneError} when a tensor's bytes do not fit its type and shape, or the disk is full
 */
export async function writeGgufFile(
  file: string,
  entries: GgufEntries,
  tensors: readonly GgufTensorToWrite[],
): Promise<void> {
  await writeAtomically(file, async (write) => {
    const header = encodeHeader(entries, tensors);
    await write(header);
    await write(new Uint8Array(padding(header.length)));
    for (const { name, shape, type, pieces } of tensors) {
      let written = 0;
      for await (const piece of pieces()) {
        await write(piece);
        written += piece.byteLength;
      }
      if (written !== storedByteLength(type, shape)) {
        throw new AttuneError(`tensor ${name}: ${written} bytes given for ${type} [${shape.join(', ')}]`, {
          file,
          field: name,
        });
      }
      await write(new Uint8Array(padding(written)));
    }
  });
}

function encodeHeader(entries: GgufEntries, tensors: readonly GgufTensorToWrite[]): Buffer {
  const parts: Uint8Array[] = [Buffer.from('GGUF'), uint32(3), uint64(tensors.length), uint64(entries.size)];
  for (const [key, entry] of entries) parts.push(text(key), encodeValue(entry));
  let offset = 0;
  for (const { name, shape, type } of tensors) {
    const dimensions = shape.toReversed().map(uint64);
    parts.push(
      text(name),
      uint32(shape.length),
      ...dimensions,
      uint32(typeNumbers.get(type)!),
      uint64(offset),
    );
    const length = storedByteLength(type, shape);
    offset += length + padding(length);
  }
  return Buffer.concat(parts);
}

function encodeValue({ type, value }: GgufEntryValue): Buffer {
  const list = (kind: keyof typeof valueTypes, length: number, items: Uint8Array[]): Buffer =>
    Buffer.concat([uint32(valueTypes.array), uint32(valueTypes[kind]), uint64(length), ...items]);
  switch (type) {
    case 'uint32':
      return Buffer.concat([uint32(valueTypes.uint32), uint32(value)]);
    case 'float32':
      return Buffer.concat([uint32(valueTypes.float32), bytesOf(Float32Array.of(value))]);
    case 'bool':
      return Buffer.concat([uint32(valueTypes.bool), Uint8Array.of(Number(value))]);
    case 'string':
      return Buffer.concat([uint32(valueTypes.string), text(value)]);
    case 'int32[]':
      return list('int32', value.length, [bytesOf(Int32Array.from(value))]);
    case 'float32[]':
      return list('float32', value.length, [bytesOf(Float32Array.from(value))]);
    case 'string[]':
      return list('string', value.length, value.map(text));
  }
}

const bytesOf = (numbers: Int32Array | Float32Array): Uint8Array => new Uint8Array(numbers.buffer);

function uint32(value: number): Buffer {
  const buffer = Buffer.alloc(4);
  buffer.writeUInt32LE(value);
  return buffer;
}

function uint64(value: number): Buffer {
  const buffer = Buffer.alloc(8);
  buffer.writeBigUInt64LE(BigInt(value));
  return buffer;
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([uint64(bytes.length), bytes]);
}
