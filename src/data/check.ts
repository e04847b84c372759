/**
 * Finds what is wrong with a recipe's data in seconds, before any model is loaded.
 * @module
 */
import type { DataSettings } from '../recipe/data.js';
import { type CollectOptions, collectExamples, type SourceReport } from './collect.js';
import { type Example, type Split, splits } from './example.js';
import type { DataProblem } from './problems.js';

/** What a check found. */
export interface DataCheck {
  /** Errors first. */
  problems: DataProblem[];
  sources: SourceReport[];
  /** Examples that the splits would hold. */
  counts: Record<Split, number>;
  /** Lengths in characters of the shortest, the middle and the longest example. */
  characters: { shortest: number; median: number; longest: number };
}

/**
 * Does everything that `prepareDataset` does, but writes nothing and goes on after problems, so that a user sees all
 * of them at once. Lengths in tokens are the tokenizer's business and are checked when token rows are built.
 */
export async function checkData(settings: DataSettings, options: CollectOptions): Promise<DataCheck> {
  const { examples, sources, problems } = await collectExamples(settings, options);
  const lengths = examples.map(charactersOf).sort((a, b) => a - b);
  return {
    problems: problems.toSorted(
      (a, b) => Number(a.severity === 'warning') - Number(b.severity === 'warning'),
    ),
    sources,
    counts: Object.fromEntries(
      splits.map((split) => [split, examples.filter((example) => example.split === split).length]),
    ) as Record<Split, number>,
    characters: {
      shortest: lengths[0] ?? 0,
      median: lengths[lengths.length >> 1] ?? 0,
      longest: lengths.at(-1) ?? 0,
    },
  };
}

function charactersOf({ messages, text }: Example): number {
  return text?.length ?? messages!.reduce((sum, { content }) => sum + content.length, 0);
}
