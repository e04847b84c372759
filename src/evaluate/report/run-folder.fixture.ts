/**
 * A run folder as training and evaluation leave it, for tests of the report.
 * @module
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Example } from '../../data/example.js';
import { randomStream } from '../../random.js';
import { heldOutBenchmark } from '../benchmarks/held-out.js';
import { greedy, scriptedSystem } from '../evaluate.fixture.js';
import { writeParticipants } from '../participants.js';
import { evaluateSystem } from '../runner.js';
import { writeVerdict } from '../verdict.js';

const tasks = ['look_up', 'change', 'percentage_change', 'total', 'share', 'comparison', 'unanswerable'];

/** What a hostile or broken model may say; the page has to show it as text. */
const hostileAnswer =
  '</script><script>window.hacked = true</script><img src=x onerror="window.hacked = true">';

/** Writes everything that a finished run holds. */
export async function writeFinishedRun(directory: string, itemsPerTask = 12): Promise<void> {
  await writeTraining(directory);
  const items = tasks.flatMap((task) =>
    Array.from({ length: itemsPerTask }, (_, index) => makeTableItem(task, index)),
  );
  const shares = { base: 0.04, 'base-3-shot': 0.15, tuned: 0.66 };
  for (const [name, share] of Object.entries(shares)) {
    const random = randomStream(1, 'fixture', name);
    const byId = new Map(items.map((item) => [item.id, answer(item, share, random.next(), name)]));
    await evaluateSystem({
      system: scriptedSystem(name, (id) => byId.get(id)),
      benchmark: heldOutBenchmark('held-out', items),
      settings: greedy,
      directory,
    });
  }
  const systems = Object.keys(shares).map((name) => ({
    name,
    type: name === 'base-3-shot' ? 'base_few_shot' : name,
  }));
  const participants = { candidate: 'tuned', systems };
  await writeParticipants(directory, participants);
  await writeVerdict(directory, {
    participants,
    benchmarks: ['held-out'],
    metrics: new Map(),
    wantedDifference: 0.02,
    resampling: { confidence: 0.95, resamples: 1000, seed: 42 },
  });
}

/** Writes manifest, recipe, plan and metrics, without an evaluation. */
export async function writeTraining(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  const json = (name: string, value: unknown): Promise<void> =>
    writeFile(join(directory, name), JSON.stringify(value));
  const digest = (letter: string): string => letter.repeat(64);
  await json('manifest.json', {
    format: 'attune-run',
    version: 1,
    state: 'done',
    command: 'attune run examples/finance/demo.yaml',
    started_at: '2026-03-14T09:26:53.000Z',
    resumed_at: [],
    finished_at: '2026-03-14T09:33:20.000Z',
    versions: { attune: '0.1.0', node: '22.12.0', onnxruntime: '1.30.0' },
    machine: {
      cpu: 'AMD EPYC 9B14',
      cores: 2,
      memory_bytes: 8 * 2 ** 30,
      platform: 'linux-x64',
    },
    seeds: { recipe: 42 },
    hashes: { data: digest('a'), model: digest('b'), recipe: digest('c'), plan: digest('d') },
    data: {
      tasks: Object.fromEntries(
        tasks.map((task, index) => [task, { train: 820 + index * 7, validation: 40, test: 120 }]),
      ),
      groups: { train: 222, validation: 14, test: 42 },
      rows: 612,
      tokens: 148_210,
      supervised_tokens: 41_022,
      tokens_unshared: 512_400,
      sources: [{ name: 'TAT-QA development set, statement tables', licence: 'CC-BY-4.0', examples: 6900 }],
    },
  });
  await writeFile(
    join(directory, 'recipe.yaml'),
    'name: finance-demo\nseed: 42\nmodel:\n  name: smollm2-135m-instruct\n',
  );
  await json('plan.json', {
    format: 'attune-plan',
    version: 1,
    seed: 42,
    engine: {
      method: 'lora',
      precision: 'float32',
      lora: { r: 16, lora_alpha: 32, target_modules: 'all-linear' },
    },
    stages: [
      {
        name: 'main',
        first_step: 1,
        steps: 120,
        settings: {
          learning_rate: 2e-4,
          lr_scheduler_type: 'cosine',
          per_device_train_batch_size: 1,
          gradient_accumulation_steps: 8,
          num_train_epochs: 2,
        },
      },
    ],
    shards: { train: { rows: 612, length: 1024, files: [] } },
    evaluate_at_start: true,
    totals: { steps: 120, epochs: 2, rows: 960, tokens: 296_420, supervised_tokens: 82_044 },
  });
  const random = randomStream(1, 'fixture', 'metrics');
  const lines: object[] = [];
  const common = (step: number): object => ({
    step,
    epoch: step / 60,
    stage: 'main',
    seconds: 2.6,
    peak_memory_bytes: 2.9e9,
    supervised_tokens: 683,
  });
  for (let step = 0; step <= 120; step++) {
    const loss = 0.35 + 2.4 * Math.exp(-step / 22);
    if (step > 0) {
      const noisy = loss * (1 + 0.16 * random.normal());
      lines.push({ ...common(step), loss: noisy, grad_norm: 1.2, learning_rate: 1e-4, tokens: 2470 });
    }
    if (step % 20 === 0) lines.push({ ...common(step), eval_loss: loss * 1.06 });
  }
  await writeFile(
    join(directory, 'metrics.jsonl'),
    lines.map((line) => `${JSON.stringify(line)}\n`).join(''),
  );
}

function makeTableItem(task: string, index: number): Example {
  const report = index % 6;
  const now = 1202.9 + 37.1 * index;
  const references: Record<string, string> = {
    look_up: now.toFixed(1),
    percentage_change: `(${now.toFixed(1)} - 1100.4) / 1100.4 in %`,
    comparison: 'Cost of sales',
    unanswerable: 'The table does not give this.',
  };
  const table = `| $ million | 2019 | 2018 |\n|---|---|---|\n| Net sales | ${now.toFixed(1)} | 1,100.4 |\n| Cost of sales | ${(now * 0.6).toFixed(1)} | 702.2 |`;
  return {
    id: `${task}/report-${report}/${index}`,
    messages: [
      { role: 'system', content: 'Answer from the table. For a calculation, write the expression.' },
      {
        role: 'user',
        content: `${table}\n\nWhat is asked about ${task.replace('_', ' ')} in 2019, against 2018?`,
      },
      { role: 'assistant', content: references[task] ?? `${now.toFixed(1)} - 1,100.4` },
    ],
    task,
    group: `report-${report}`,
    split: 'test',
    source: 'fixture',
    licence: 'MIT',
  };
}

function answer(item: Example, share: number, chance: number, name: string): string {
  const reference = item.messages!.at(-1)!.content;
  if (chance < share) return reference;
  if (chance > 0.99) return hostileAnswer;
  if (name !== 'base') return chance > 0.7 ? 'Net sales' : '1,100.4 - 702.2';
  return `To answer this, we have to look at the table. In 2019 the figure was ${(chance * 5000).toFixed(1)}, which is higher than in the year before.`;
}
