/**
 * `attune evaluate size`: how many items a comparison needs, before any run.
 * @module
 */
import type { Command } from 'commander';
import {
  minimumDetectableEffect,
  plannedComparison,
  requiredItems,
} from '../../../evaluate/statistics/power.js';
import { example, type VerbRunner } from '../../command.js';
import { share, shareWithin, wholeNumber } from '../../options.js';

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
    .option('--items <count>', 'items that there are', wholeNumber(1), 500)
    .option('--difference <share>', 'difference that is to be shown, as a share of 1', shareWithin, 0.05)
    .option(
      '--discordant <share>',
      'items that only one of the two systems will have right',
      shareWithin,
      0.3,
    )
    .option('--group-size <count>', 'items of one document, company or patient', wholeNumber(1), 1)
    .option('--alike <correlation>', 'how alike the items of a group are, from 0 to 1', share, 0)
    .option('--confidence <level>', 'level of the verdict', shareWithin, 0.95)
    .option('--power <chance>', 'chance of finding the difference', shareWithin, 0.8)
    .addHelpText('after', example('attune evaluate size --items 500 --group-size 5 --alike 0.2'));
  runner.attach<SizeOptions>(command, async (_context, _args, options) => {
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

const points = (share: number): string => (100 * share).toFixed(1);
const percent = (share: number): string => `${Math.round(100 * share)} %`;
