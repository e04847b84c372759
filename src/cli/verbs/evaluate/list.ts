/**
 * `attune evaluate list`: the built-in benchmarks.
 * @module
 */
import type { Command } from 'commander';
import { builtinBenchmarks } from '../../../evaluate/benchmarks/builtin.js';
import { example, type VerbRunner } from '../../command.js';

export function addList(evaluate: Command, runner: VerbRunner): void {
  const command = evaluate
    .command('list')
    .description('list the built-in benchmarks')
    .addHelpText('after', example('attune evaluate list'));
  runner.attach(command, async () => {
    const width = Math.max(...builtinBenchmarks.map(({ name }) => name.length));
    return {
      data: builtinBenchmarks.map(({ name, description, needsItems }) => ({ name, description, needsItems })),
      text: builtinBenchmarks
        .map(
          ({ name, description, needsItems }) =>
            `${name.padEnd(width)}  ${description}${needsItems ? ' (give the path of its file as `items`)' : ''}`,
        )
        .join('\n'),
      next: 'name one under evaluation.benchmarks, as `{ name: general, benchmark: general }`',
    };
  });
}
