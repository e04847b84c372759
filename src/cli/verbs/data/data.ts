/**
 * `attune data`: check, prepare and look at what a recipe learns from.
 * @module
 */
import type { Command } from 'commander';
import { example, type VerbRunner } from '../../command.js';
import { addCheck } from './check.js';
import { addInspect } from './inspect.js';
import { addPrepare } from './prepare.js';

export function addData(program: Command, runner: VerbRunner): void {
  const data = program
    .command('data')
    .description('check, prepare and look at the data of a recipe')
    .helpCommand(false)
    .addHelpText(
      'after',
      example(
        'attune data check recipe.yaml',
        'attune data prepare filings/',
        'attune data inspect recipe.yaml --rows 2',
      ),
    );
  addCheck(data, runner);
  addPrepare(data, runner);
  addInspect(data, runner);
}
