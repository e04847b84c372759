import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import onnxProto from 'onnx-proto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createNameFinder } from './name-finder.js';

const { onnx } = onnxProto;
const words = [
  '[UNK]',
  '[CLS]',
  '[SEP]',
  'Anna',
  'Schmidt',
  '##sen',
  'Bob',
  'Berlin',
  'met',
  'in',
  '.',
  'hung',
  'Ida',
];
const labels = ['O', 'B-PER', 'I-PER', 'B-LOC'];
/** The label of each word of the vocabulary: a model that looks at nothing else. */
const labelOf = [0, 0, 0, 1, 2, 0, 1, 3, 0, 0, 0, 0, 1];

/** `logits = table[input_ids]`, as an ONNX model. */
function tinyModel(): Uint8Array {
  const { FLOAT, INT64 } = onnx.TensorProto.DataType;
  const table = new Float32Array(words.length * labels.length);
  labelOf.forEach((label, word) => {
    // The last word is a name with a probability of 0.4 only.
    table[word * labels.length + label] = word === words.length - 1 ? Math.log(1 / 3) : 6;
  });
  const value = (name: string, elemType: number, dims: (number | string)[]) =>
    onnx.ValueInfoProto.create({
      name,
      type: {
        tensorType: {
          elemType,
          shape: {
            dim: dims.map((dim) => (typeof dim === 'number' ? { dimValue: dim } : { dimParam: dim })),
          },
        },
      },
    });
  return onnx.ModelProto.encode({
    irVersion: 8,
    opsetImport: [{ domain: '', version: 17 }],
    graph: {
      name: 'names',
      node: [onnx.NodeProto.create({ opType: 'Gather', input: ['table', 'input_ids'], output: ['logits'] })],
      initializer: [
        onnx.TensorProto.create({
          name: 'table',
          dataType: FLOAT,
          dims: [words.length, labels.length],
          rawData: new Uint8Array(table.buffer),
        }),
      ],
      input: [value('input_ids', INT64, ['batch', 'length'])],
      output: [value('logits', FLOAT, ['batch', 'length', labels.length])],
    },
  }).finish();
}

const tokenizer = {
  version: '1.0',
  truncation: null,
  padding: null,
  added_tokens: [],
  normalizer: null,
  pre_tokenizer: { type: 'BertPreTokenizer' },
  post_processor: { type: 'BertProcessing', sep: ['[SEP]', 2], cls: ['[CLS]', 1] },
  decoder: null,
  model: {
    type: 'WordPiece',
    unk_token: '[UNK]',
    continuing_subword_prefix: '##',
    max_input_chars_per_word: 100,
    vocab: Object.fromEntries(words.map((word, id) => [word, id])),
  },
};

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'attune-names-'));
  await mkdir(join(folder, 'onnx'));
  await writeFile(join(folder, 'onnx', 'model.onnx'), tinyModel());
  await writeFile(join(folder, 'tokenizer.json'), JSON.stringify(tokenizer));
  await writeFile(
    join(folder, 'config.json'),
    JSON.stringify({ id2label: Object.fromEntries(labels.entries()), max_position_embeddings: 16 }),
  );
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function names(texts: string[], threshold?: number): Promise<string[][]> {
  const finder = await createNameFinder(folder);
  const found = await finder.find(texts, threshold);
  await finder.close();
  return found.map((findings, i) => findings.map(({ start, end }) => texts[i]!.slice(start, end)));
}

describe('createNameFinder', () => {
  it('joins the tokens of words and the words of names, and nothing else', async () => {
    expect(
      await names([
        'Anna Schmidtsen met Bob in Berlin.',
        'met in',
        'Anna Bob met. Schmidt',
        'Anna (Schmidt)',
      ]),
    ).toEqual([['Anna Schmidtsen', 'Bob'], [], ['Anna', 'Bob', 'Schmidt'], ['Anna', 'Schmidt']]);
  });

  it('gives places in UTF-16 units', async () => {
    expect(await names(['😀😀 Bob met 😀 Anna Schmidt'])).toEqual([['Bob', 'Anna Schmidt']]);
  });

  it('reads texts that are longer than the model in windows', async () => {
    for (const before of [5, 6, 7, 10, 11, 12, 13, 14, 15, 40, 100]) {
      const text = `${'met in '.repeat(before)}Anna Schmidt met Bob ${'in met '.repeat(30)}Bob`;
      expect(await names([text]), String(before)).toEqual([['Anna Schmidt', 'Bob', 'Bob']]);
    }
  });

  it('takes a word from the threshold on', async () => {
    expect(await names(['Ida met Bob'])).toEqual([['Bob']]);
    expect(await names(['Ida met Bob'], 0.35)).toEqual([['Ida', 'Bob']]);
  });

  it('has a hash that follows from its files', async () => {
    const finder = await createNameFinder(folder);
    expect(finder.hash).toMatch(/^[0-9a-f]{64}$/);
    const again = await createNameFinder(folder);
    expect(again.hash).toBe(finder.hash);
    await finder.close();
    await again.close();
  });

  it('says what is missing', async () => {
    const other = await mkdtemp(join(tmpdir(), 'attune-names-'));
    try {
      await writeFile(join(other, 'config.json'), JSON.stringify({ id2label: { 0: 'O', 1: 'B-LOC' } }));
      await expect(createNameFinder(other)).rejects.toThrow(/no label for persons/);
      await writeFile(join(other, 'config.json'), JSON.stringify({ id2label: { 0: 'O', 1: 'PERSON' } }));
      await expect(createNameFinder(other)).rejects.toThrow(/holds no model.onnx/);
      await writeFile(join(other, 'model.onnx'), 'no model');
      await writeFile(join(other, 'tokenizer.json'), '{}');
      await expect(createNameFinder(other)).rejects.toThrow(/not a tokenizer/);
      await writeFile(join(other, 'tokenizer.json'), JSON.stringify(tokenizer));
      await expect(createNameFinder(other)).rejects.toThrow(/no model that the runtime can open/);
    } finally {
      await rm(other, { recursive: true, force: true });
    }
  });
});
