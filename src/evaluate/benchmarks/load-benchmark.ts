/**
 * Reads a benchmark from its file.
 * @module
 */
import { readYamlText } from '../../recipe/yaml-file.js';
import type { Benchmark } from './benchmark.js';
import { isHarnessTask, loadHarnessTask } from './harness/harness-task.js';
import type { LoadBenchmarkOptions } from './load-options.js';
import { ownBenchmark } from './own-benchmark.js';

/**
 * Reads a benchmark: Attune's own form, or a task of lm-evaluation-harness, told apart by their fields.
 *
 * @throws RecipeError with file, line and field of every mistake in the file; AttuneError with file and line of a
 * record that cannot be read or asked
 */
export async function loadBenchmark(file: string, options: LoadBenchmarkOptions): Promise<Benchmark> {
  const text = await readYamlText(file);
  return isHarnessTask(text) ? loadHarnessTask(file, options) : ownBenchmark(text, file, options);
}
