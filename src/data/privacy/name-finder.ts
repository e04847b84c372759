/**
 * Finds names of persons with a token-classification model in ONNX form, as exported from Transformers.
 * @module
 */
import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as ort from 'onnxruntime-node';
import { Tokenizer } from 'tokenizers';
import { AttuneError } from '../../errors.js';
import { fileError, hashFile, hashJson, readJson } from '../../files.js';
import type { Finding } from './finding.js';

/** Finds names of persons in texts. */
export interface NameFinder {
  /** SHA-256 over the model's files. */
  hash: string;
  /**
   * Names by text, without overlaps.
   *
   * @param threshold least probability of a word to be part of a name; 0.5 by default
   */
  find(texts: string[], threshold?: number): Promise<Finding[][]>;
  close(): Promise<void>;
}

/** The parts of `config.json` that are looked at. */
interface Config {
  id2label?: Record<string, string>;
  model_type?: string;
  max_position_embeddings?: number;
}

/** Labels of a person's name, in the schemes BIO, BIOES, BILOU and without a scheme. */
const personLabel =
  /^(?:(?<place>[BIESLU])[-_])?(?:PER|PERS|PERSON|PERSON_?NAME|NAME|PRIVATE_PERSON|PATIENT|(?:GIVEN|SUR|FIRST|LAST|MIDDLE)_?NAME)$/i;

/** Tokens that neighbouring windows of a long text have in common. */
const overlap = 64;

/**
 * SHA-256 over a model's files, without opening it.
 *
 * @throws AttuneError when a file is missing
 */
export async function hashNameModel(folder: string): Promise<string> {
  const files = [await findModel(folder), join(folder, 'tokenizer.json'), join(folder, 'config.json')];
  return hashJson(await Promise.all(files.map(hashFile)));
}

/**
 * Opens a model.
 *
 * @param folder with `model.onnx` or `onnx/model.onnx`, `tokenizer.json` and `config.json` (`id2label`)
 * @param options.threads of the runtime; 1 by default, because texts are worked on side by side
 * @throws AttuneError when a file is missing or no label names persons
 */
export async function createNameFinder(
  folder: string,
  { threads = 1 }: { threads?: number } = {},
): Promise<NameFinder> {
  const configFile = join(folder, 'config.json');
  const config = await readJson<Config>(configFile);
  const labels = personLabels(config, configFile);
  const modelFile = await findModel(folder);
  const tokenizer = await openTokenizer(join(folder, 'tokenizer.json'));
  const hash = await hashNameModel(folder);
  let session: ort.InferenceSession;
  try {
    session = await ort.InferenceSession.create(modelFile, {
      executionProviders: ['cpu'],
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      executionMode: 'sequential',
      logSeverityLevel: 3,
    });
  } catch (error) {
    throw new AttuneError(`is no model that the runtime can open: ${(error as Error).message}`, {
      file: modelFile,
      fix: 'export the model again as ONNX for token classification',
      cause: error,
    });
  }
  const frame = await specialTokens(tokenizer);
  // The position embeddings of RoBERTa begin at 2.
  const positions =
    (config.max_position_embeddings ?? 512) - (/roberta|camembert/.test(config.model_type ?? '') ? 2 : 0);
  const room = Math.min(512, positions) - frame.before.length - frame.after.length;

  /** For each token the probability to be part of a name, and to begin one. */
  const classify = async (ids: readonly number[]): Promise<Chance[]> => {
    const chances: Chance[] = [];
    const shared = ids.length > room ? Math.min(overlap, room >> 1) : 0;
    for (let from = 0; chances.length < ids.length; from += room - shared) {
      const window = ids.slice(from, from + room);
      const found = await run(session, [...frame.before, ...window, ...frame.after], labels);
      const last = from + room >= ids.length;
      // In the shared part each window gives the half that is farther from its edge.
      const until = last ? window.length : room - (shared >> 1);
      for (let i = chances.length - from; i < until; i++) chances.push(found[frame.before.length + i]!);
    }
    return chances;
  };

  return {
    hash,
    async find(texts, threshold = 0.5) {
      const results: Finding[][] = [];
      for (const text of texts) {
        // A name has a capital letter or belongs to a script without them.
        if (!/\p{Lu}|\p{Lo}/u.test(text)) {
          results.push([]);
          continue;
        }
        const encoding = await tokenizer.encode(text, null, { addSpecialTokens: false });
        const chances = await classify(encoding.getIds());
        results.push(joinWords(text, encoding, chances, threshold));
      }
      return results;
    },
    close: () => session.release(),
  };
}

interface Chance {
  /** Probability that the token is part of a person's name. */
  person: number;
  /** Probability that it begins one. */
  begins: number;
}

interface Labels {
  count: number;
  person: readonly number[];
  /** Those of `person` that begin a name. */
  first: ReadonlySet<number>;
}

function personLabels(config: Config, file: string): Labels {
  const names = Object.entries(config.id2label ?? {}).map(([id, label]) => ({
    id: Number(id),
    match: personLabel.exec(label),
  }));
  const person = names.filter(({ match }) => match);
  if (person.length === 0) {
    throw new AttuneError('names no label for persons', {
      file,
      field: 'id2label',
      fix: 'use a model for token classification with a label such as B-PER',
    });
  }
  return {
    count: names.length,
    person: person.map(({ id }) => id),
    first: new Set(
      person.filter(({ match }) => /[BSU]/i.test(match?.groups?.place ?? '')).map(({ id }) => id),
    ),
  };
}

async function findModel(folder: string): Promise<string> {
  for (const name of ['model.onnx', join('onnx', 'model.onnx')]) {
    const file = join(folder, name);
    const there = await access(file).then(
      () => true,
      () => false,
    );
    if (there) return file;
  }
  throw new AttuneError('holds no model.onnx', {
    file: folder,
    fix: 'export the model as ONNX and put it there as `model.onnx` or `onnx/model.onnx`',
  });
}

async function openTokenizer(file: string): Promise<Tokenizer> {
  const text = await readFile(file, 'utf8').catch((error) => {
    throw fileError(error, file);
  });
  try {
    return Tokenizer.fromString(JSON.stringify({ ...JSON.parse(text), truncation: null, padding: null }));
  } catch (error) {
    throw new AttuneError(`is not a tokenizer that can be read: ${(error as Error).message}`, {
      file,
      fix: 'save the tokenizer with a current version of Transformers',
      cause: error,
    });
  }
}

/** What the tokenizer puts before and behind a text. */
async function specialTokens(tokenizer: Tokenizer): Promise<{ before: number[]; after: number[] }> {
  const plain = (await tokenizer.encode('a', null, { addSpecialTokens: false })).getIds();
  const framed = (await tokenizer.encode('a', null, { addSpecialTokens: true })).getIds();
  for (let start = 0; start + plain.length <= framed.length; start++) {
    if (plain.every((id, i) => framed[start + i] === id)) {
      return { before: framed.slice(0, start), after: framed.slice(start + plain.length) };
    }
  }
  return { before: [], after: [] };
}

/** One window on its own, so that its result does not depend on what it is padded to. */
async function run(session: ort.InferenceSession, ids: number[], labels: Labels): Promise<Chance[]> {
  const dims = [1, ids.length];
  const feeds: Record<string, ort.Tensor> = {};
  for (const name of session.inputNames) {
    const values =
      name === 'input_ids' ? ids.map(BigInt) : ids.map(() => (name === 'attention_mask' ? 1n : 0n));
    feeds[name] = new ort.Tensor('int64', BigInt64Array.from(values), dims);
  }
  const output = session.outputNames.includes('logits') ? 'logits' : session.outputNames[0]!;
  const logits = (await session.run(feeds, [output]))[output]!.data as Float32Array;
  return ids.map((_, token) => {
    const row = logits.subarray(token * labels.count, (token + 1) * labels.count);
    const top = Math.max(...row);
    let all = 0;
    for (const logit of row) all += Math.exp(logit - top);
    let person = 0;
    let begins = 0;
    for (const id of labels.person) {
      const chance = Math.exp(row[id]! - top) / all;
      person += chance;
      if (labels.first.has(id)) begins += chance;
    }
    return { person, begins };
  });
}

/**
 * Words to names. The first token of a word decides about it, as such models are trained; a name goes on while the next
 * word is one, stands right behind, and begins no new name.
 */
function joinWords(
  text: string,
  encoding: { getOffsets(): number[][]; getWordIds(): (number | undefined | null)[] },
  chances: readonly Chance[],
  threshold: number,
): Finding[] {
  const offsets = unitOffsets(text, encoding.getOffsets() as [number, number][]);
  const words = encoding.getWordIds();
  const names: Finding[] = [];
  let open: Finding | undefined;
  for (let token = 0; token < offsets.length; ) {
    let last = token;
    while (last + 1 < offsets.length && words[token] != null && words[last + 1] === words[token]) last++;
    const { person, begins } = chances[token]!;
    const start = offsets[token]![0];
    const end = offsets[last]![1];
    if (person < threshold) open = undefined;
    else if (open && begins <= person - begins && /^[\s.'’-]{0,2}$/.test(text.slice(open.end, start)))
      open.end = end;
    else {
      open = { kind: 'name', start, end };
      names.push(open);
    }
    token = last + 1;
  }
  return names.flatMap(({ start, end }) => trimmed(text, start, end));
}

/** Without the spaces and signs around it; nothing where no letter is left. */
function trimmed(text: string, start: number, end: number): Finding[] {
  const value = text.slice(start, end);
  const from = value.search(/\p{L}/u);
  if (from < 0) return [];
  // The point of `Jr.` stays, that of a sentence goes.
  const rest = value.slice(from).replace(/[^\p{L}\p{N}\p{M}.]+$|(?<=\p{L}{3})\.+$/u, '');
  return [{ kind: 'name', start: start + from, end: start + from + rest.length }];
}

/** The native package counts offsets in code points; JavaScript strings in UTF-16 units. */
function unitOffsets(text: string, offsets: [number, number][]): [number, number][] {
  if (!/[\ud800-\udfff]/.test(text)) return offsets;
  const units = [0];
  for (const character of text) units.push(units.at(-1)! + character.length);
  return offsets.map(([start, end]) => [units[start]!, units[end]!]);
}
