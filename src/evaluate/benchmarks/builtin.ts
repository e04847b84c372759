/**
 * The benchmarks that come with Attune, by name.
 * @module
 */
import { fileURLToPath } from 'node:url';
import { AttuneError } from '../../errors.js';
import { nearestName } from '../../recipe/nearest.js';
import { isBenchmarkPath } from '../../recipe/paths.js';

/** A benchmark of the folder `benchmarks/`. */
export interface BuiltinBenchmark {
  /** What a recipe calls it, and the `name` in its file. */
  readonly name: string;
  /** File name in `benchmarks/`. */
  readonly file: string;
  /** Whether its items are not part of Attune and have to be named. */
  readonly needsItems: boolean;
  /** One line for people. */
  readonly description: string;
}

/** All of them, in the order in which they are shown. */
export const builtinBenchmarks: readonly BuiltinBenchmark[] = [
  builtin('general', 'general knowledge and sense, against forgetting: 580 questions'),
  builtin('general-text', 'plain English prose, for perplexity and bits per byte'),
  builtin('legal-clauses', 'eight kinds of contract clauses'),
  needing(
    'pubmedqa',
    'PubMedQA, official test split: pubmedqa_ori_pqal.json with pubmedqa_test_ground_truth.json beside it',
  ),
  needing('pubmedqa-labelled', 'PubMedQA, all labelled questions: pubmedqa_ori_pqal.json'),
  needing('pubmedqa-chat', 'PubMedQA, official test split, asked as a conversation'),
  needing('tatqa', 'TAT-QA: tatqa_dataset_dev.json'),
  needing('legalbench', 'a yes-or-no task of LegalBench: its test.tsv'),
];

/** Seen from `src/evaluate/benchmarks` as from `dist/evaluate/benchmarks`. */
const folder = new URL('../../../benchmarks/', import.meta.url);

/** The path of a built-in benchmark's file; undefined where there is none of this name. */
export function findBuiltin(name: string): string | undefined {
  const found = builtinBenchmarks.find((one) => one.name === name);
  return found && fileURLToPath(new URL(found.file, folder));
}

/**
 * The file of a benchmark that is named: a built-in one's, or the path itself.
 *
 * @param itemsPath where its items are, if that is said
 * @throws AttuneError for a built-in one whose items have to be named and are not, and for a name that is neither
 */
export function benchmarkFile(named: string, itemsPath: string | undefined): string {
  const found = builtinBenchmarks.find(({ name }) => name === named);
  if (found?.needsItems && itemsPath === undefined) {
    throw new AttuneError(`the items of ${named} do not come with Attune`, {
      field: 'items',
      fix: `name their file as \`items\`. ${found.description}`,
    });
  }
  const file = findBuiltin(named);
  if (file) return file;
  if (isBenchmarkPath(named)) return named;
  const names = builtinBenchmarks.map(({ name }) => name);
  const nearest = nearestName(named, names);
  throw new AttuneError(`there is no built-in benchmark "${named}"`, {
    field: 'benchmark',
    fix: nearest
      ? `did you mean \`${nearest}\`?`
      : `name one of ${names.join(', ')}, or a file, as ./${named}.yaml`,
  });
}

function builtin(name: string, description: string, needsItems = false): BuiltinBenchmark {
  return { name, file: `${name}.yaml`, needsItems, description };
}

function needing(name: string, description: string): BuiltinBenchmark {
  return builtin(name, description, true);
}
