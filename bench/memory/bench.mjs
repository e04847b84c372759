/**
 * Whether the memory that `attune plan` predicts is what a training takes: SmolLM2-135M, a process for each setting,
 * its highest resident memory by the kernel's account.
 * @module
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defaultModel } from '../../dist/model/catalog.js';
import { measure } from '../harness/process.mjs';
import { memorySettings } from './settings.mjs';

const child = fileURLToPath(new URL('./measure.mjs', import.meta.url));

/** Predicted over measured: never lower, and never higher than this. */
const bars = { lowest: 0.95, highest: 1.1 };

/** @type {import('../run.mjs').Bench} */
export default {
  about: 'predicted against measured peak memory of training and evaluation',
  rounds: 1,
  python: false,
  async run({ workDirectory, quick, log }) {
    const work = join(workDirectory, 'memory');
    await mkdir(work, { recursive: true });
    const all = memorySettings();
    const settings = quick ? all.filter(({ length, method }) => length <= 128 && method !== 'full') : all;
    const results = [];
    for (const setting of settings) {
      const { phases, measured } = await measure(process.execPath, [
        child,
        defaultModel,
        JSON.stringify(setting),
        join(work, 'tokens'),
      ]);
      const [train, evaluate] = ['train', 'evaluate'].map(
        (name) => phases.find(({ phase }) => phase === name).bytes,
      );
      const ratios = {
        train: train / measured.train,
        both: Math.max(train, evaluate) / measured.evaluate,
      };
      results.push({ setting, phases, measured, ratios });
      const mebibytes = (bytes) => `${Math.round(bytes / 2 ** 20)} MiB`;
      log(
        `${setting.name.padEnd(36)} train ${mebibytes(train)} predicted, ${mebibytes(measured.train)} measured (${ratios.train.toFixed(3)}); with evaluation ${ratios.both.toFixed(3)}`,
      );
    }
    const ratios = results.flatMap(({ ratios: { train, both } }) => [train, both]);
    const failures = results.flatMap(({ setting, ratios: found }) =>
      Object.entries(found).flatMap(([phase, ratio]) =>
        ratio < bars.lowest || ratio > bars.highest
          ? [`${setting.name}, ${phase}: predicted is ${ratio.toFixed(3)} of measured`]
          : [],
      ),
    );
    const [lowest, highest] = [Math.min(...ratios), Math.max(...ratios)];
    return {
      measured: { results },
      summary: `predicted / measured peak of ${results.length} settings: ${lowest.toFixed(3)} to ${highest.toFixed(3)}`,
      failures,
    };
  },
};
