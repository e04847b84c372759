/**
 * `attune evaluate human`: people judge the answers of a run, in a page on this machine.
 * @module
 */
import { existsSync } from 'node:fs';
import { type Command, Option } from 'commander';
import { UsageError } from '../../../errors.js';
import { exportRatings, importRatings } from '../../../evaluate/human/ratings.js';
import { type StudyResults, studyResults } from '../../../evaluate/human/results.js';
import { serveStudy } from '../../../evaluate/human/server.js';
import { createStudy, openStudy, type Study, studyDirectory } from '../../../evaluate/human/study.js';
import { writeReport } from '../../../evaluate/report/write-report.js';
import type { HumanStudyInput } from '../../../recipe/evaluation/human.js';
import { loadHumanStudy } from '../../../recipe/load-evaluation.js';
import { type CommandContext, type CommandResult, example, type VerbRunner } from '../../command.js';
import { describeStudy } from '../../human-text.js';
import { names, share, wholeNumber } from '../../options.js';
import { shownPath } from '../../pipeline/job.js';

interface HumanOptions {
  study: string;
  settings?: string;
  raters?: string[];
  benchmark?: string;
  systems?: string[];
  form?: 'pairwise' | 'rubric';
  items?: number;
  overlap?: number;
  seed: number;
  port?: number;
  host?: string;
  allowNetwork?: boolean;
  origin?: string;
  export?: string;
  import?: string;
  results?: boolean;
}

export function addHuman(evaluate: Command, runner: VerbRunner): void {
  const command = evaluate
    .command('human')
    .description('let people compare or grade the answers of a run, without knowing which system gave them')
    .argument('<run>', 'run folder whose answers are judged')
    .option('--study <name>', 'name of the study', 'study')
    .option('--settings <file>', 'YAML file with the settings of a new study, criteria included')
    .option('--raters <names>', 'who judges, separated by commas; each gets a link of their own', names)
    .option('--benchmark <name>', 'benchmark whose answers are judged')
    .option('--systems <names>', 'systems whose answers are judged, separated by commas', names)
    .addOption(
      new Option('--form <form>', 'two answers side by side, or one by criteria').choices([
        'pairwise',
        'rubric',
      ]),
    )
    .option('--items <count>', 'items to judge', wholeNumber(1, 1e6))
    .option('--overlap <share>', 'share of the items that every rater judges', share)
    .option('--seed <number>', 'decides items, order and sides', wholeNumber(0, 2 ** 32 - 1), 42)
    .option('--port <number>', 'port of the page', wholeNumber(0, 65_535))
    .option('--host <address>', 'address to listen on; this machine alone where absent')
    .option('--allow-network', 'lets other machines reach the page, without encryption of its own')
    .option('--origin <url>', 'how raters reach the page, where that is not host and port')
    .option('--export <file>', 'write the ratings to a CSV or JSONL file, and end')
    .option('--import <file>', 'read ratings that were made elsewhere, and end')
    .option('--results', 'print the results, and end')
    .addHelpText(
      'after',
      `\nA study that is there already goes on; its links stay the same.\n${example(
        'attune evaluate human runs/finance-demo --raters ana,ben --systems base-3-shot,tuned',
        'attune evaluate human runs/finance-demo --results',
        'attune evaluate human runs/finance-demo --export ratings.csv',
      )}`,
    );
  runner.attach<HumanOptions>(command, async (context, [run], options) => {
    const directory = studyDirectory(run!, options.study);
    const study = existsSync(directory) ? await reopened(directory, options) : await newStudy(run!, options);
    if (options.export) {
      const rows = await exportRatings(directory, options.export);
      return { data: { rows, file: options.export }, text: `Wrote ${rows} ratings to ${options.export}` };
    }
    if (options.import) {
      const imported = await importRatings(directory, options.import);
      const text = `Read ${imported.added} new ratings; ${imported.unchanged} were there already.`;
      await writeReport(run!);
      return {
        data: imported,
        text,
        next: `attune evaluate human ${run} --study ${options.study} --results`,
      };
    }
    if (!options.results) await serve(study, directory, context, options);
    return conclude(run!, directory, await resultsOf(directory));
  });
}

/** A study that is there goes on as it was drawn: what is asked for now has to be what it has. */
async function reopened(directory: string, options: HumanOptions): Promise<Study> {
  const study = await openStudy(directory);
  const listed = (values: readonly string[]): string => [...values].sort().join(',');
  const flags: [flag: string, wanted: string | undefined, kept: string][] = [
    ['--raters', options.raters && listed(options.raters), listed(study.raters.map(({ name }) => name))],
    ['--systems', options.systems && listed(options.systems), listed(study.systems)],
    ['--benchmark', options.benchmark, study.benchmark],
    ['--form', options.form, study.form],
  ];
  const changed = flags.find(([, wanted, kept]) => wanted !== undefined && wanted !== kept);
  if (!changed) return study;
  const [flag, , kept] = changed;
  throw new UsageError(`the study "${study.name}" is there already, with ${flag} ${kept}`, {
    file: shownPath(directory),
    field: flag,
    fix: `leave ${flag} out to go on with it, or begin another one with --study and a name`,
  });
}

async function newStudy(run: string, options: HumanOptions): Promise<Study> {
  const { settings: file, raters, benchmark, systems, form, items, overlap, study: name, seed } = options;
  const given = { raters, benchmark, systems, form, items, overlap };
  const flags = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const settings: Partial<HumanStudyInput> = { ...(file ? await loadHumanStudy(file) : {}), ...flags };
  if (!settings.raters) {
    throw new UsageError(`there is no study "${name}" yet, and nobody is named to judge`, {
      field: '--raters',
      fix: `attune evaluate human ${run} --raters ana,ben`,
    });
  }
  return createStudy({ runDirectory: run, name, settings: { ...settings, raters: settings.raters }, seed });
}

/** Serves the page until everybody is done or Ctrl-C. */
async function serve(
  study: Study,
  directory: string,
  { note, onProgress, signal }: CommandContext,
  { port, host, allowNetwork, origin }: HumanOptions,
): Promise<void> {
  const served = await serveStudy({ study, directory, port, host, allowNetwork, origin, onProgress });
  try {
    note('Each rater opens a link of their own; what they decide is kept at once:');
    for (const { rater, url } of served.urls) note(`  ${rater}  ${url}`);
    note('Ctrl-C ends the page; the same command opens it again with the same links.');
    await Promise.race([
      served.finished,
      new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true })),
    ]);
  } finally {
    await served.close();
  }
}

const resultsOf = (directory: string): Promise<StudyResults> =>
  studyResults(directory, { confidence: 0.95, resamples: 10_000, seed: 0 });

async function conclude(run: string, directory: string, results: StudyResults): Promise<CommandResult> {
  const report = await writeReport(run);
  return {
    data: { directory, report, results },
    text: describeStudy(results),
    next: `open ${shownPath(report)} in a browser`,
  };
}
