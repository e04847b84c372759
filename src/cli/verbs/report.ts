/**
 * `attune report`: write a run's report anew.
 * @module
 */
import type { Command } from 'commander';
import { writeReport } from '../../evaluate/report/write-report.js';
import { example, type VerbRunner } from '../command.js';
import { shownPath } from '../pipeline/job.js';

export function addReport(program: Command, runner: VerbRunner): void {
  const command = program
    .command('report')
    .description('write report.html from what a run folder holds, also while the run goes on')
    .argument('<run>', 'run folder')
    .addHelpText('after', example('attune report runs/finance-demo'));
  runner.attach(command, async (_context, [run]) => {
    const report = await writeReport(run!);
    return { data: { report }, text: `Wrote ${shownPath(report)}`, next: 'open it in a browser' };
  });
}
