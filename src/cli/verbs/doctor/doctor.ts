/**
 * `attune doctor`: whether this machine can do the work, and which precisions fit a model.
 * @module
 */
import type { Command } from 'commander';
import { defaultModel, listModels } from '../../../model/catalog.js';
import { openModel } from '../../../model/open.js';
import { example, type VerbRunner } from '../../command.js';
import { formatBytes, formatTable } from '../../terminal.js';
import { allChecks, multipliesBytesFast } from './checks.js';
import { rowTokens, type TrainingFit, trainingFits } from './training-fits.js';

export function addDoctor(program: Command, runner: VerbRunner): void {
  const command = program
    .command('doctor')
    .description(
      'look at this machine: processor, memory, runtime, devices, models, and how a model can be trained',
    )
    .option('--model <name>', 'a model by name, hub id or path; the default model where it is on the disk')
    .addHelpText('after', example('attune doctor --model smollm2-360m-instruct'));
  runner.attach<{ model?: string }>(
    command,
    async ({ onProgress, signal }, _arguments, { model: wanted }) => {
      const checks = await allChecks();
      const marks = { ok: 'ok  ', note: 'note', bad: 'BAD ' };
      const lines = checks.map(
        ({ name, state, found, fix }) =>
          `${marks[state]}  ${name.padEnd(10)} ${found}${fix ? `\n      fix: ${fix}` : ''}`,
      );
      const ok = checks.every(({ state }) => state !== 'bad');
      const isThere = (await listModels()).some(
        ({ name, path }) => name === defaultModel && path !== undefined,
      );
      const name = wanted ?? (isThere ? defaultModel : undefined);
      const fits =
        name === undefined ? undefined : trainingFits(await openModel(name, { onProgress, signal }));
      const bytesAreFast = await multipliesBytesFast();
      return {
        data: {
          ok,
          checks,
          ...(fits && { model: name, training: fits, int8_is_fast: bytesAreFast ?? null }),
        },
        text: [...lines, ...(fits ? ['', describeFits(name!, fits, bytesAreFast)] : [])].join('\n'),
        next: ok ? 'attune run examples/finance/demo.yaml' : undefined,
        ok,
      };
    },
  );
}

/** The ways of training as a table, and the one to begin with. */
function describeFits(model: string, fits: readonly TrainingFit[], bytesAreFast?: boolean): string {
  const rows = fits.map(({ adapter, peak_bytes, fits: does }) => [
    Object.entries(adapter)
      .map(([key, value]) => `${key}: ${value}`)
      .join(', '),
    formatBytes(peak_bytes),
    does ? 'fits' : 'does not fit',
  ]);
  const lora = fits.find(({ adapter, fits: does }) => does && adapter.method !== 'full');
  const advice = lora
    ? `begin with: ${Object.entries(lora.adapter)
        .map(([key, value]) => `adapter.${key}=${value}`)
        .join(
          ' ',
        )}${bytesAreFast ? '; load_in_8bit with bnb_8bit_compute: int8 is faster on this processor' : ''}`
    : 'nothing fits: take a smaller model, or a smaller data.max_length with training.max_memory';
  return [
    `training ${model} on the embedded engine, one row of ${rowTokens} tokens at a time:`,
    formatTable([['adapter', 'peak memory', ''], ...rows]),
    advice,
  ].join('\n');
}
