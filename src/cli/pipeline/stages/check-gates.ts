/**
 * Checks before the training that every gate can be measured: found out after a stage, it would have cost that stage.
 * @module
 */
import { AttuneError } from '../../../errors.js';
import { nearestName } from '../../../recipe/nearest.js';
import { openBenchmarks } from '../evaluation/benchmarks.js';
import { settingOfRun } from '../evaluation/setting.js';
import type { Inputs } from '../inputs.js';
import type { Job } from '../job.js';

/** @throws AttuneError naming the gate whose metric there is not, or that has nothing to be measured on */
export async function checkGates(job: Job, inputs: Inputs): Promise<void> {
  const { recipe } = job;
  for (const [index, { name, gate }] of (recipe.stages ?? []).entries()) {
    if (!gate) continue;
    const field = `stages.${index}.gate`;
    if (gate.benchmark !== undefined)
      await checkMetric(job, inputs, { ...gate, benchmark: gate.benchmark }, field);
    else if (!inputs.shards.validation?.rows) {
      throw new AttuneError(
        `the gate of the stage ${name} looks at eval_loss, and there are no validation examples to measure it on`,
        {
          field,
          fix: 'give the validation split a share (`data.split.validation`), or name a benchmark and its metric',
        },
      );
    }
  }
}

async function checkMetric(
  job: Job,
  inputs: Inputs,
  { metric, benchmark: name }: { metric: string; benchmark: string },
  field: string,
): Promise<void> {
  const { evaluation, output_dir } = job.recipe;
  const benchmarks = evaluation.benchmarks.filter((entry) => entry.name === name);
  const setting = settingOfRun(job, inputs, output_dir);
  const [opened] = await openBenchmarks({
    ...setting,
    evaluation: { ...evaluation, benchmarks, forgetting: null },
    // They are said when it is opened to be asked.
    note: () => undefined,
  });
  const { items, metrics } = opened!.benchmark;
  const names = metrics.map((measured) => measured.name);
  if (!names.includes(metric)) {
    const nearest = nearestName(metric, names);
    throw new AttuneError(`${name} has no metric "${metric}"`, {
      field: `${field}.metric`,
      fix: nearest ? `did you mean \`${nearest}\`?` : `choose one of ${names.join(', ')}`,
    });
  }
  if (items.length > 0) return;
  throw new AttuneError(`${name} has no items for the gate to be measured on`, {
    field: `${field}.benchmark`,
    fix: 'name a benchmark with items; plain text has no questions, so a split of text only has none',
  });
}
