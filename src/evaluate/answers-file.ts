/**
 * `evaluation/<benchmark>/<system>.jsonl`: what a system answered, one line an item.
 * @module
 */
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Message } from '../data/example.js';
import { AttuneError } from '../errors.js';
import { fileError } from '../files.js';
import type { Likelihood } from './system.js';

/** One line of the file. */
export interface ScoredItem {
  /** Id of the example. */
  id: string;
  task: string;
  /** Group (document, company) that statistics treat as one draw. */
  group: string;
  /** Hash of system, prompt and generation settings: an answer with another one is asked again. */
  key: string;
  /** What was put to the system: a conversation, or plain text. */
  prompt: Message[] | string;
  /** What the system said. */
  answer: string;
  /** The number that the answer states or whose expression it gives; percentages as fractions. */
  value: number | null;
  reference: string;
  reference_value: number | null;
  /** Each from 0 to 1, by name of the scorer; a scorer that does not apply to the item is left out. */
  scores: Record<string, number>;
  /** Numbers and names of the answer that stand in no text that the system was given, where there is such a text. */
  ungrounded?: string[];
  /** Whether the answer ended by itself and not at the length limit. */
  stopped: boolean;
  prompt_tokens?: number;
  new_tokens?: number;
  /** From question to answer, where measured. */
  seconds?: number;
  /** What the answer cost, in the currency of the system's prices. */
  cost?: number;
  /** Of multiple choice: index of the picked and of the right choice, and the likelihood of each. */
  choice?: number;
  reference_choice?: number;
  likelihoods?: Likelihood[];
  /** Of perplexity: log-likelihood of the text in nats, its tokens, its bytes in UTF-8, and whether it is what greedy generation gives. */
  text_likelihood?: { nats: number; tokens: number; bytes: number; greedy: boolean };
}

/** Path of a system's answers in a run folder. */
export function answersFile(runDirectory: string, benchmark: string, system: string): string {
  return join(runDirectory, 'evaluation', benchmark, `${system}.jsonl`);
}

/**
 * Reads a file of answers.
 *
 * @param unfinished an interrupted run may have left half a line at the end, which is then left out
 * @throws AttuneError with the line that is no record
 */
export async function readAnswers(file: string, { unfinished = false } = {}): Promise<ScoredItem[]> {
  const text = await readFile(file, 'utf8').catch((error) => {
    throw fileError(error, file);
  });
  const lines = text.split('\n');
  const items: ScoredItem[] = [];
  for (const [index, line] of lines.entries()) {
    if (line === '') continue;
    const item = parseLine(line);
    if (item) items.push(item);
    else if (!unfinished || index < lines.length - 1) {
      throw new AttuneError('is not a record of an answer', {
        file,
        line: index + 1,
        fix: 'delete the file and run the evaluation again',
      });
    }
  }
  return items;
}

function parseLine(line: string): ScoredItem | undefined {
  try {
    const item = JSON.parse(line) as ScoredItem;
    const complete =
      typeof item.id === 'string' &&
      typeof item.key === 'string' &&
      typeof item.answer === 'string' &&
      typeof item.reference === 'string' &&
      typeof item.scores === 'object';
    return complete ? item : undefined;
  } catch {
    return undefined;
  }
}

/** What a run folder holds of evaluations: systems by benchmark, both in the order of their names. */
export async function listAnswers(runDirectory: string): Promise<Map<string, string[]>> {
  const root = join(runDirectory, 'evaluation');
  const found = new Map<string, string[]>();
  for (const benchmark of await entries(root)) {
    const files = (await entries(join(root, benchmark))).filter((name) => name.endsWith('.jsonl'));
    if (files.length > 0) found.set(benchmark, files.map((name) => basename(name, '.jsonl')).sort());
  }
  return found;
}

async function entries(directory: string): Promise<string[]> {
  try {
    return (await readdir(directory)).sort();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return [];
    throw fileError(error, directory);
  }
}
