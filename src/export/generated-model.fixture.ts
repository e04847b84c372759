/**
 * A model with a huge embedding table that takes no room on the disk.
 * @module
 */
import { open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { readJson, writeJson } from '../files.js';
import { readSafetensors, type TensorToWrite, writeSafetensors } from '../model/safetensors.js';
import { writeTinyModel } from '../model/tiny-model.fixture.js';

const hidden = 256;
const tableName = 'model.embed_tokens.weight';

/**
 * Writes a tiny model of hidden size 256 whose embedding table has `rows` rows, in a file of its own that is a hole:
 * reading it gives zeros.
 *
 * @returns bytes of the table
 */
export async function writeGeneratedModel(directory: string, rows: number): Promise<number> {
  await writeTinyModel(directory, { hidden_size: hidden, head_dim: 64, tie_word_embeddings: true });
  const whole = join(directory, 'model.safetensors');
  const { tensors } = await readSafetensors(whole);
  const others = [...tensors].flatMap(([name, { shape, data }]): TensorToWrite[] =>
    name === tableName ? [] : [{ name, dtype: 'F32', shape, data }],
  );
  await writeSafetensors(whole, others, { format: 'pt' });
  await rename(whole, join(directory, 'rest.safetensors'));
  const byteLength = rows * hidden * 4;
  const entry = { dtype: 'F32', shape: [rows, hidden], data_offsets: [0, byteLength] };
  const header = JSON.stringify({ [tableName]: entry }).padEnd(120);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  const table = await open(join(directory, 'table.safetensors'), 'w');
  await table.write(Buffer.concat([length, Buffer.from(header)]));
  await table.truncate(length.length + header.length + byteLength);
  await table.close();
  const places = [...tensors.keys()].map((name) => [
    name,
    `${name === tableName ? 'table' : 'rest'}.safetensors`,
  ]);
  await writeJson(join(directory, 'model.safetensors.index.json'), {
    weight_map: Object.fromEntries(places),
  });
  const config = join(directory, 'config.json');
  await writeJson(config, { ...(await readJson<object>(config)), vocab_size: rows });
  return byteLength;
}
