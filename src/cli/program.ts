/**
 * All verbs together.
 * @module
 */
import { Command } from 'commander';
import { softwareVersions } from '../train/machine.js';
import { example, type Outcome, VerbRunner } from './command.js';
import type { Terminal } from './terminal.js';
import { addCompare } from './verbs/compare.js';
import { addData } from './verbs/data/data.js';
import { addDoctor } from './verbs/doctor/doctor.js';
import { addEvaluate } from './verbs/evaluate/evaluate.js';
import { addHelp } from './verbs/help.js';
import { addInit } from './verbs/init/init.js';
import { addModels } from './verbs/models.js';
import { addPlan } from './verbs/plan.js';
import { addReport } from './verbs/report.js';
import { addRun } from './verbs/run.js';
import { addTrain } from './verbs/train.js';

/** In the order in which `attune --help` lists them: the way of the work. */
const verbs = [
  addInit,
  addRun,
  addData,
  addPlan,
  addTrain,
  addEvaluate,
  addCompare,
  addReport,
  addModels,
  addDoctor,
  addHelp,
];

/**
 * The command line, ready to parse.
 *
 * @param args what the user typed after `attune`
 */
export function createProgram(
  terminal: Terminal,
  args: readonly string[],
): { program: Command; outcome: Outcome } {
  const json = args.includes('--json');
  const program = new Command('attune')
    .description('Turns a general language model into a domain expert, and proves whether it became one.')
    .version(softwareVersions().attune!, '-V, --version', 'print the version')
    .showSuggestionAfterError()
    .helpCommand(false)
    // Each verb reads its own options: those behind `evaluate human` are not those of `evaluate`.
    .enablePositionalOptions()
    .addHelpText('after', example('attune init my-domain', 'attune run examples/finance/demo.yaml'))
    .configureOutput({
      writeOut: (text) => terminal.out(text),
      // with --json the error goes to stdout as JSON, and only there
      writeErr: (text) => {
        if (!json) terminal.err(text);
      },
    })
    .exitOverride();
  const runner = new VerbRunner(terminal, `attune ${args.map(quote).join(' ')}`);
  for (const add of verbs) add(program, runner);
  return { program, outcome: runner.outcome };
}

const quote = (argument: string): string =>
  /^[\w@%+=:,./-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", "'\\''")}'`;
