/**
 * Answers that outlive a run: the same question to the same system is asked once.
 * @module
 */
import { appendFile, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { fileError, hashJson } from '../../files.js';
import type {
  Answer,
  GenerationSettings,
  LikelihoodRequest,
  Likelihoods,
  Prompt,
  System,
} from '../system.js';

/** A System whose answers are kept, and how many came from where. */
export interface CachedSystem extends System {
  readonly figures: { cached: number; asked: number };
}

const answerSchema = z.strictObject({
  text: z.string(),
  stopped: z.boolean(),
  promptTokens: z.number().optional(),
  newTokens: z.number().optional(),
  logprobs: z.array(z.number()).optional(),
  seconds: z.number().optional(),
  cost: z.number().optional(),
});
const likelihoodSchema = z.strictObject({
  logLikelihood: z.number(),
  tokens: z.int(),
  greedy: z.boolean(),
});
const entrySchema = z.strictObject({
  key: z.string(),
  /** Hash of what is kept: a line that was written into by another is told by it. */
  check: z.string(),
  value: z.union([answerSchema, z.array(likelihoodSchema)]),
});

type KeptAnswer = z.output<typeof answerSchema>;
type KeptLikelihoods = z.output<typeof likelihoodSchema>[];

/**
 * Keeps what a system says in `<directory>/<hash of the system>.jsonl`, one line an answer, by the hash of prompt and
 * settings. Where nothing is drawn (temperature 0) the seed and the settings of sampling do not count; otherwise the
 * seed does, and so does the item's id, from which engines draw.
 *
 * Lines are only ever added, each with one write, so that several processes may share the folder; two of them may ask
 * the same question at the same time, and then both lines say the same. A line that is torn or broken is passed over.
 * The file holds answers and hashes: no prompt, no key of an endpoint.
 *
 * @throws AttuneError from its methods, when the file can't be read or written
 */
export function createCachedSystem(system: System, directory: string): CachedSystem {
  const file = join(directory, `${system.hash}.jsonl`);
  const figures = { cached: 0, asked: 0 };
  const { likelihoods } = system;
  return {
    name: system.name,
    hash: system.hash,
    ...(system.partial === undefined ? {} : { partial: system.partial }),
    figures,
    answer: (prompts, settings, signal) =>
      cached(
        prompts,
        (prompt) => answerKey(prompt, settings),
        (value): KeptAnswer | undefined => (Array.isArray(value) ? undefined : value),
        (id, value): Answer => ({ id, ...value }),
        ({ id: _, ...value }) => value,
        (open) => system.answer(open, settings, signal),
      ),
    ...(likelihoods
      ? {
          likelihoods: (requests: LikelihoodRequest[], signal?: AbortSignal) =>
            cached(
              requests,
              likelihoodKey,
              (value): KeptLikelihoods | undefined => (Array.isArray(value) ? value : undefined),
              (id, continuations): Likelihoods => ({ id, continuations }),
              ({ continuations }) => continuations,
              (open) => likelihoods.call(system, open, signal),
            ),
        }
      : {}),
    close: () => system.close(),
  };

  async function* cached<Q extends { id: string }, A extends { id: string }, V>(
    questions: readonly Q[],
    keyOf: (question: Q) => string,
    kindOf: (value: KeptAnswer | KeptLikelihoods) => V | undefined,
    restore: (id: string, value: V) => A,
    keep: (answer: A) => V,
    ask: (open: Q[]) => AsyncIterable<A>,
  ): AsyncGenerator<A> {
    const kept = await readEntries(file);
    const keys = new Map<string, string>();
    const open: Q[] = [];
    for (const question of questions) {
      const key = keyOf(question);
      const found = kept.get(key);
      const value = found === undefined ? undefined : kindOf(found);
      if (value === undefined) {
        keys.set(question.id, key);
        open.push(question);
      } else {
        figures.cached++;
        yield restore(question.id, value);
      }
    }
    if (open.length === 0) return;
    for await (const answer of ask(open)) {
      const key = keys.get(answer.id);
      if (key !== undefined) await append(file, directory, key, keep(answer));
      figures.asked++;
      yield answer;
    }
  }
}

function answerKey(
  { id, messages, text, stop = [] }: Prompt,
  { max_new_tokens, temperature, top_p, top_k, seed }: GenerationSettings,
): string {
  const drawn = temperature > 0 ? { temperature, top_p, top_k, seed, id } : {};
  return hashJson({ prompt: messages ?? text ?? '', stop, max_new_tokens, ...drawn });
}

function likelihoodKey({ messages, text, continuations }: LikelihoodRequest): string {
  return hashJson({ prompt: messages ?? text ?? '', continuations });
}

async function readEntries(file: string): Promise<Map<string, KeptAnswer | KeptLikelihoods>> {
  const kept = new Map<string, KeptAnswer | KeptLikelihoods>();
  const content = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw fileError(error, file);
  });
  for (const line of content.split('\n')) {
    const entry = parseEntry(line);
    if (entry) kept.set(entry.key, entry.value);
  }
  return kept;
}

function parseEntry(line: string): z.output<typeof entrySchema> | undefined {
  if (line === '') return undefined;
  try {
    const entry = entrySchema.parse(JSON.parse(line));
    return entry.check === hashJson([entry.key, entry.value]) ? entry : undefined;
  } catch {
    return undefined;
  }
}

/** A line break goes before each line too: what a killed process left unfinished does not swallow it. */
async function append(file: string, directory: string, key: string, value: unknown): Promise<void> {
  const entry = JSON.parse(JSON.stringify({ key, value })) as { key: string; value: unknown };
  const line = JSON.stringify({ ...entry, check: hashJson([key, entry.value]) });
  try {
    await mkdir(directory, { recursive: true });
    await appendFile(file, `\n${line}\n`);
  } catch (error) {
    throw fileError(error, file);
  }
}
