/**
 * Settings, machine, versions and the command: what is needed to make the run again.
 * @module
 */
import { bytes, dateTime, significant } from '../../../page/format.js';
import { type Html, html } from '../../../page/html.js';
import { facts, note, section } from '../../../page/layout.js';
import type { ReportInput } from '../input.js';

/** How to make this run again. */
export function runSection(input: ReportInput): Html {
  const { manifest, recipe } = input;
  if (!manifest && !recipe) {
    return section('run', 'Make it again', '', note('The folder holds neither manifest nor recipe.'));
  }
  return section(
    'run',
    'Make it again',
    'The same recipe on the same machine gives the same bytes.',
    manifest && html`<pre class="command"><code>${manifest.command}</code></pre>`,
    html`<h3>Settings</h3>`,
    facts(settings(input)),
    manifest && html`<h3>Machine and versions</h3>`,
    manifest &&
      facts([
        ['Processor', manifest.machine?.cpu],
        ['Cores', manifest.machine?.cores?.toString()],
        ['Memory', manifest.machine?.memory_bytes ? bytes(manifest.machine.memory_bytes) : undefined],
        ['Platform', manifest.machine?.platform],
        ...Object.entries(manifest.versions ?? {}).map(([name, version]): [string, string] => [
          name,
          version,
        ]),
        ['Started', dateTime(manifest.started_at)],
        ['Finished', manifest.finished_at && dateTime(manifest.finished_at)],
        ['Resumed', manifest.resumed_at.length > 0 ? `${manifest.resumed_at.length} times` : undefined],
      ]),
    manifest && html`<h3>Fingerprints</h3>`,
    manifest &&
      facts(
        Object.entries(manifest.hashes).map(([name, hash]): [string, Html] => [
          name,
          html`<code title="${hash}">${hash.slice(0, 16)}</code>`,
        ]),
      ),
    recipe &&
      html`<details><summary>The recipe, every default written out</summary><pre class="scroll"><code>${recipe.text}</code></pre></details>`,
  );
}

function settings({ plan, recipe, manifest }: ReportInput): [string, Html | string | undefined][] {
  const engine = plan?.engine;
  const stage = plan?.stages?.[0]?.settings;
  const lora = engine?.lora;
  const seeds = Object.entries(manifest?.seeds ?? {}).map(([name, seed]) => `${name} ${seed}`);
  return [
    ['Model', textAt(recipe?.values, 'model', 'name')],
    ['Method', engine && `${engine.method}, base in ${precisions[engine.precision] ?? engine.precision}`],
    [
      'Adapter',
      lora && `r ${lora.r}, alpha ${significant(lora.lora_alpha)}, ${modules(lora.target_modules)}`,
    ],
    ['Learning rate', stage && `${significant(stage.learning_rate)}, ${stage.lr_scheduler_type}`],
    ['Batch', stage && `${stage.per_device_train_batch_size} × ${stage.gradient_accumulation_steps} rows`],
    ['Epochs', stage && significant(stage.num_train_epochs)],
    ['Row length', plan?.shards?.train && `${plan.shards.train.length} tokens`],
    ['Seeds', seeds.join(', ')],
  ];
}

/** Precisions whose names do not say enough by themselves. */
const precisions: Partial<Record<string, string>> = {
  int8: 'int8, products in float32',
  int8_compute: 'int8, products in int8',
};

function modules(target: string[] | 'all-linear'): string {
  return typeof target === 'string' ? target : target.join(', ');
}

function textAt(value: unknown, ...path: string[]): string | undefined {
  let current = value;
  for (const key of path) current = (current as Record<string, unknown> | undefined)?.[key];
  return typeof current === 'string' ? current : undefined;
}
