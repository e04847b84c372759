/**
 * Reading and writing safetensors files: eight bytes of header length, a JSON header, then the tensors'
 * bytes without holes (https://github.com/huggingface/safetensors). Read headers are checked in full, so
 * that a truncated or forged file is an error here and not a wrong number later.
 * @module
 */
import { constants } from 'node:buffer';
import { type FileHandle, open, realpath } from 'node:fs/promises';
import { AttuneError } from '../errors.js';
import { fileError, writeAtomically } from '../files.js';
import { elementCount, storedByteLength } from './stored-types.js';
import type { StoredTensor, StoredType } from './weights.js';

/** The element types of the safetensors format that Attune reads and writes. */
export type SafetensorsType = Extract<
  StoredType,
  'F64' | 'F32' | 'F16' | 'BF16' | 'I64' | 'I32' | 'I16' | 'I8' | 'U8' | 'BOOL'
>;

/** The elements of a tensor. F16 and BF16 are their 16 bits in a Uint16Array. */
export type TensorData =
  | Float64Array
  | Float32Array
  | BigInt64Array
  | Int32Array
  | Int16Array
  | Uint16Array
  | Int8Array
  | Uint8Array;

/**
 * A tensor to be written. A function as `data` is called when its turn comes, so one tensor at a time is held, or with an
 * iterable one piece of it.
 */
export interface TensorToWrite {
  name: string;
  dtype: SafetensorsType;
  shape: readonly number[];
  /** The elements, or their raw bytes; row-major. */
  data: TensorData | (() => Promise<TensorData> | AsyncIterable<TensorData>);
}

/** A tensor that was read into memory. */
export interface LoadedTensor {
  dtype: StoredType;
  shape: number[];
  data: TensorData;
}

/** The header of a safetensors file. */
export interface SafetensorsHeader {
  /** Real path (symbolic links resolved). */
  file: string;
  /** Size of the whole file. */
  byteLength: number;
  /** In the order in which the bytes lie in the file. */
  tensors: Map<string, StoredTensor>;
  metadata: Record<string, string>;
}

/** The format's own limit on its header. */
const largestHeader = 100_000_000;
/** The header is padded with spaces to this, so that the first tensor can be mapped with any element type. */
const headerAlignment = 64;
/** Larger pieces than 2 GiB are refused by the operating system's calls. */
const chunkBytes = 64 * 1024 * 1024;

const arrayTypes = {
  F64: Float64Array,
  F32: Float32Array,
  F16: Uint16Array,
  BF16: Uint16Array,
  I64: BigInt64Array,
  I32: Int32Array,
  I16: Int16Array,
  I8: Int8Array,
  U8: Uint8Array,
  BOOL: Uint8Array,
} as const satisfies Record<SafetensorsType, unknown>;

function isSafetensorsType(dtype: string): dtype is SafetensorsType {
  return Object.hasOwn(arrayTypes, dtype);
}

/** Reads exactly `length` bytes at `offset`; a file that ends before is an error naming `what`. */
async function readExactly(
  handle: FileHandle,
  file: string,
  offset: number,
  length: number,
  what: string,
): Promise<Uint8Array> {
  if (length > constants.MAX_LENGTH) {
    throw new AttuneError(`${what} is ${length} bytes, too large to be held in memory`, { file });
  }
  const bytes = new Uint8Array(length);
  let done = 0;
  while (done < length) {
    const { bytesRead } = await handle.read(bytes, done, Math.min(length - done, chunkBytes), offset + done);
    if (bytesRead === 0) {
      throw new AttuneError(`is truncated: it ends inside ${what}`, { file, fix: 'download the file again' });
    }
    done += bytesRead;
  }
  return bytes;
}

/**
 * Reads and checks the header of a safetensors file; no tensor is read.
 *
 * @throws {AttuneError} naming file and tensor when the file is truncated, its header is no valid header, or
 * offsets overlap, leave holes, lie outside the file or do not fit type and shape
 */
export async function readSafetensorsHeader(file: string): Promise<SafetensorsHeader> {
  let handle: FileHandle | undefined;
  try {
    const real = await realpath(file);
    handle = await open(real, 'r');
    const { size } = await handle.stat();
    if (size < 8) {
      throw new AttuneError(`is no safetensors file: it has ${size} bytes`, {
        file,
        fix: 'download the file again',
      });
    }
    const lengthField = await readExactly(handle, file, 0, 8, 'the length of its header');
    const headerLength = new DataView(lengthField.buffer).getBigUint64(0, true);
    if (headerLength > largestHeader) {
      throw new AttuneError(
        `is no safetensors file: its header would be ${headerLength} bytes long (at most ${largestHeader} are allowed)`,
        { file, fix: 'check that this is a safetensors file and that its download was complete' },
      );
    }
    const dataStart = 8 + Number(headerLength);
    if (dataStart > size) {
      throw new AttuneError(`is truncated: its header alone needs ${dataStart} bytes, it has ${size}`, {
        file,
        fix: 'download the file again',
      });
    }
    const header = await readExactly(handle, file, 8, Number(headerLength), 'its header');
    return { file: real, byteLength: size, ...parseHeader(header, file, real, dataStart, size) };
  } catch (error) {
    throw fileError(error, file);
  } finally {
    await handle?.close();
  }
}

function parseHeader(
  bytes: Uint8Array,
  file: string,
  realFile: string,
  dataStart: number,
  fileSize: number,
): Pick<SafetensorsHeader, 'tensors' | 'metadata'> {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw new AttuneError('is no safetensors file: its header is not valid JSON', { file, cause: error });
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw new AttuneError('is no safetensors file: its header is not a JSON object', { file });
  }
  const { __metadata__: metadata = {}, ...entries } = json as Record<string, unknown>;
  if (typeof metadata !== 'object' || Object.values(metadata as object).some((v) => typeof v !== 'string')) {
    throw new AttuneError('its __metadata__ is not a map of texts', { file, field: '__metadata__' });
  }
  const tensors = Object.entries(entries)
    .map(([name, entry]) => parseEntry(name, entry, file, realFile, dataStart))
    .sort((a, b) => a.offset - b.offset || a.byteLength - b.byteLength);
  let end = dataStart;
  for (const tensor of tensors) {
    if (tensor.offset < end) {
      throw new AttuneError(`tensor ${tensor.name} overlaps the tensor before it`, {
        file,
        field: tensor.name,
      });
    }
    if (tensor.offset > end) {
      throw new AttuneError(`there are bytes before tensor ${tensor.name} that belong to no tensor`, {
        file,
        field: tensor.name,
      });
    }
    end += tensor.byteLength;
    if (end > fileSize) {
      throw new AttuneError(
        `is truncated: tensor ${tensor.name} ends at byte ${end}, the file at ${fileSize}`,
        {
          file,
          field: tensor.name,
          fix: 'download the file again',
        },
      );
    }
  }
  if (end !== fileSize) {
    throw new AttuneError(`has ${fileSize - end} bytes after its last tensor`, { file });
  }
  return {
    tensors: new Map(tensors.map((tensor) => [tensor.name, tensor])),
    metadata: metadata as Record<string, string>,
  };
}

function parseEntry(
  name: string,
  entry: unknown,
  file: string,
  realFile: string,
  dataStart: number,
): StoredTensor {
  const { dtype, shape, data_offsets: offsets } = (entry ?? {}) as Record<string, unknown>;
  const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
  const broken = (problem: string): AttuneError =>
    new AttuneError(`tensor ${name}: ${problem}`, { file, field: name });
  if (typeof dtype !== 'string' || !isSafetensorsType(dtype)) {
    throw broken(`the element type ${JSON.stringify(dtype)} is not supported`);
  }
  if (!Array.isArray(shape) || !shape.every(isCount)) throw broken('its shape is not a list of sizes');
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isCount)) {
    throw broken('its data_offsets are not two positions');
  }
  const [begin, end] = offsets as [number, number];
  const byteLength = storedByteLength(dtype, shape as number[]);
  if (end - begin !== byteLength) {
    throw broken(`${dtype} [${shape.join(', ')}] takes ${byteLength} bytes, the header gives ${end - begin}`);
  }
  return { name, dtype, shape: shape as number[], file: realFile, offset: dataStart + begin, byteLength };
}

/** The bytes of one stored tensor, of any type, without interpretation. */
export async function readStoredBytes(tensor: StoredTensor): Promise<Uint8Array> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(tensor.file, 'r');
    return await readExactly(handle, tensor.file, tensor.offset, tensor.byteLength, `tensor ${tensor.name}`);
  } catch (error) {
    throw fileError(error, tensor.file);
  } finally {
    await handle?.close();
  }
}

/** Reads a whole safetensors file into memory: for adapters, plans, shards and checkpoints, not for models. */
export async function readSafetensors(
  file: string,
): Promise<{ tensors: Map<string, LoadedTensor>; metadata: Record<string, string> }> {
  const header = await readSafetensorsHeader(file);
  const tensors = new Map<string, LoadedTensor>();
  for (const stored of header.tensors.values()) {
    const bytes = await readStoredBytes(stored);
    const data = new arrayTypes[stored.dtype as SafetensorsType](bytes.buffer as ArrayBuffer);
    tensors.set(stored.name, { dtype: stored.dtype, shape: stored.shape, data });
  }
  return { tensors, metadata: header.metadata };
}

/**
 * Writes a safetensors file atomically, in the order of `tensors`, one tensor in memory at a time.
 *
 * The header is padded with spaces so that the first tensor begins at a multiple of 64 bytes.
 *
 * @throws {AttuneError} on two tensors of one name, on data that does not fit type and shape, on a full disk
 */
export async function writeSafetensors(
  file: string,
  tensors: readonly TensorToWrite[],
  metadata: Record<string, string> = {},
): Promise<void> {
  const header: Record<string, unknown> = {};
  if (Object.keys(metadata).length > 0) header.__metadata__ = metadata;
  let end = 0;
  for (const { name, dtype, shape } of tensors) {
    if (Object.hasOwn(header, name)) {
      throw new AttuneError(`cannot write two tensors named ${name}`, { file, field: name });
    }
    const begin = end;
    end += storedByteLength(dtype, shape);
    header[name] = { dtype, shape, data_offsets: [begin, end] };
  }
  const json = Buffer.from(JSON.stringify(header));
  const headerLength = Math.ceil((8 + json.length) / headerAlignment) * headerAlignment - 8;
  const start = Buffer.alloc(8 + headerLength, ' ');
  start.writeBigUInt64LE(BigInt(headerLength), 0);
  json.copy(start, 8);
  await writeAtomically(file, async (write) => {
    await write(start);
    for (const tensor of tensors) {
      let written = 0;
      for await (const data of piecesOf(tensor)) {
        for (let offset = 0; offset < data.byteLength; offset += chunkBytes) {
          const length = Math.min(chunkBytes, data.byteLength - offset);
          await write(new Uint8Array(data.buffer, data.byteOffset + offset, length));
        }
        written += data.byteLength;
      }
      if (written !== storedByteLength(tensor.dtype, tensor.shape)) {
        throw new AttuneError(
          `tensor ${tensor.name}: ${written} bytes given for ${elementCount(tensor.shape)} elements of ${tensor.dtype}`,
          { file, field: tensor.name },
        );
      }
    }
  });
}

async function* piecesOf({ data }: TensorToWrite): AsyncIterable<TensorData> {
  const given = typeof data === 'function' ? data() : data;
  if (Symbol.asyncIterator in given) yield* given;
  else yield await given;
}
