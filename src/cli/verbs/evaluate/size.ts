/**
 * `attune evaluate size`: how many items a comparison needs, before any run.
 * @module
 */
import type { Command } from 'commander';
import { UsageError } from '../../../errors.js';
import {
  minimumDetectableEffect,
  plannedComparison,
  requiredItems,
} from '../../../evaluate/statistics/power.js';
import { example, type VerbRunner } from '../../command.js';

interface SizeOptions {
  items: number;
  difference: number;
  discordant: number;
  groupSize: number;
  alike: number;
  confidence: number;
  power: number;
}

export function addSize(evaluate: Command, runner: VerbRunner): void {
  const command = evaluate
    .command('size')
    .description('say which difference a number of items can show, and how many items a difference needs')
    .option('--items <count>', 'items that there are', Number, 500)
    .option('--difference <share>', 'difference that is to be shown, as a share of 1', Number, 0.05)
    .option('--discordant <share>', 'items that only one of the two systems will have right', Number, 0.3)
    .option('--group-size <count>', 'items of one document, company or patient', Number, 1)
    .option('--alike <correlation>', 'how alike the items of a group are, from 0 to 1', Number, 0)
    .option('--confidence <level>', 'level of the verdict', Number, 0.95)
    .option('--power <chance>', 'chance of finding the difference', Number, 0.8)
    .addHelpText('after', example('attune evaluate size --items 500 --group-size 5 --alike 0.2'));
  runner.attach<SizeOptions>(command, async (_context, _args, options) => {
    checkOptions(options);
    const { items, difference, discordant, groupSize, alike, confidence, power } = options;
    const planned = plannedComparison({ items, discordant, groupSize, intraclass: alike });
    const smallest = minimumDetectableEffect(planned, { confidence, power });
    const needed = requiredItems(difference, planned, { confidence, power });
    return {
      data: { items, groups: planned.groups, smallest_difference: smallest, difference, needed },
      text: [
        `${items} items in ${planned.groups} groups show a difference of ${points(smallest)} points or more, with a chance of ${percent(power)}.`,
        `A difference of ${points(difference)} points needs ${needed.items} items in ${needed.groups} groups.`,
      ].join('\n'),
    };
  });
}

function checkOptions({ items, groupSize, ...shares }: SizeOptions): void {
  for (const [name, value] of Object.entries({ items, 'group-size': groupSize })) {
    if (!Number.isInteger(value) || value < 1) {
      throw new UsageError(`--${name}: wanted a whole number of at least 1`, { field: `--${name}` });
    }
  }
  const { alike, ...positive } = shares;
  for (const [name, value] of Object.entries(positive)) {
    if (!(value > 0 && value < 1)) {
      throw new UsageError(`--${name}: wanted a number between 0 and 1`, { field: `--${name}` });
    }
  }
  if (!(alike >= 0 && alike <= 1)) {
    throw new UsageError('--alike: wanted a number from 0 to 1', { field: '--alike' });
  }
}

const points = (share: number): string => (100 * share).toFixed(1);
const percent = (share: number): string => `${Math.round(100 * share)} %`;
