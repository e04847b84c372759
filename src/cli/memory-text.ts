/**
 * A forecast of memory for people.
 * @module
 */
import type { PhaseMemory } from '../engine/onnx/memory/terms.js';
import { levelText, type MemoryForecast } from './pipeline/memory.js';
import { formatBytes, formatTable } from './terminal.js';

const titles: Record<PhaseMemory['phase'], string> = {
  load: 'loading',
  train: 'training',
  evaluate: 'eval_loss',
  save: 'saving',
  generate: 'answers',
};

/** Terms below this part of their phase are summed up. */
const SHOWN_SHARE = 0.01;

/** Peaks of all phases, the terms of each, whether they fit, and what would free memory. */
export function describeMemory(forecast: MemoryForecast): string {
  const { phases, machine, level, max_memory, advice } = forecast;
  const rows = phases.flatMap(({ phase, bytes, terms }) => {
    const shown = terms.filter((term) => term.bytes >= SHOWN_SHARE * bytes);
    const rest = bytes - shown.reduce((sum, term) => sum + term.bytes, 0);
    return [
      [titles[phase], formatBytes(bytes), ''],
      ...shown.map((term) => ['', formatBytes(term.bytes), term.name]),
      ...(rest > 0 ? [['', formatBytes(rest), 'the rest']] : []),
    ];
  });
  const limit = machine.limit === undefined ? '' : ' (limit of the container)';
  return [
    `predicted peak of memory: ${formatBytes(forecast.peak_bytes)}`,
    ...(level && max_memory !== undefined
      ? [`kept within max_memory ${formatBytes(max_memory)} in training: ${levelText(level)}`]
      : []),
    `this machine has ${formatBytes(machine.total)}${limit}, ${formatBytes(machine.available)} of it free: ${verdicts[forecast.fits]}`,
    '',
    formatTable([['phase', 'memory', 'what for'], ...rows]),
    ...(advice.length > 0
      ? [
          '',
          formatTable([
            ['setting', 'frees', 'peak of training then'],
            ...advice.map(({ setting, frees, bytes }) => [setting, formatBytes(frees), formatBytes(bytes)]),
          ]),
        ]
      : []),
  ].join('\n');
}

const verdicts: Record<MemoryForecast['fits'], string> = {
  yes: 'it fits',
  near: 'it is close',
  no: 'it does not fit',
};
