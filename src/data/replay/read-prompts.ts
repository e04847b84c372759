/**
 * General prompts, those that come with Attune or the user's own.
 * @module
 */
import { fileURLToPath } from 'node:url';
import { AttuneError } from '../../errors.js';
import { type FoundFile, findFiles } from '../ingest/find-files.js';
import { rawRecords } from '../ingest/records/readers/readers.js';
import type { DataProblem } from '../problems.js';

/** A prompt with its place. */
export interface ReplayPrompt {
  /** Unique in the source. */
  id: string;
  prompt: string;
  file: string;
  /** 1-based. */
  line: number;
}

/** Seen from `src/data/replay` as from `dist/data/replay`. */
const builtinFile = fileURLToPath(new URL('../../../replay/prompts.jsonl', import.meta.url));

/** The file with the prompts that come with Attune. */
export function findBuiltinPrompts(): Promise<FoundFile[]> {
  return findFiles(builtinFile, '.');
}

/**
 * Reads prompts: records with a field `prompt`, or texts. A prompt that was there before is passed over.
 *
 * @throws AttuneError where a file cannot be read at all
 */
export async function readPrompts(
  files: readonly FoundFile[],
  signal?: AbortSignal,
): Promise<{ prompts: ReplayPrompt[]; problems: DataProblem[] }> {
  const prompts: ReplayPrompt[] = [];
  const problems: DataProblem[] = [];
  const seen = new Set<string>();
  for (const found of files) {
    for await (const raw of rawRecords(found, { signal })) {
      const { file } = found;
      const { line, place = String(line) } = raw;
      if ('flaw' in raw) {
        const { message, field, fix } = raw.flaw;
        problems.push({ severity: 'error', file, line, field, message, fix });
        continue;
      }
      const prompt = promptOf(raw.value);
      if (prompt === undefined) {
        const fix = 'write each prompt as a text, or as a record with a field `prompt`';
        problems.push({ severity: 'error', file, line, field: 'prompt', message: 'holds no prompt', fix });
      } else if (!seen.has(prompt)) {
        seen.add(prompt);
        prompts.push({ id: `${found.name}:${place}`, prompt, file: found.name, line });
      }
    }
  }
  if (prompts.length === 0 && problems.length === 0) {
    throw new AttuneError('holds no prompts', {
      file: files[0]?.file,
      fix: 'write one record with a field `prompt` a line',
    });
  }
  return { prompts, problems };
}

function promptOf(value: unknown): string | undefined {
  const held = typeof value === 'object' && value !== null && 'prompt' in value ? value.prompt : value;
  return typeof held === 'string' && held.trim() !== '' ? held.trim() : undefined;
}
