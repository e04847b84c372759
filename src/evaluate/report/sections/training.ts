/**
 * How the training went.
 * @module
 */

import { bytes, decimal, duration, integer, significant } from '../../../page/format.js';
import { type Html, html } from '../../../page/html.js';
import { facts, note, section } from '../../../page/layout.js';
import { isEvaluation, type StepMetrics } from '../../../train/metrics.js';
import { lossChart } from '../charts.js';
import type { ReportInput } from '../input.js';
import { lossCurves } from '../smoothing.js';

/** Loss curves, time and memory. */
export async function trainingSection({ metrics, plan, manifest }: ReportInput): Promise<Html> {
  if (metrics.length === 0) {
    return section('training', 'Training', '', note('No optimizer step is recorded in this run.'));
  }
  const steps = metrics.filter((line): line is StepMetrics => !isEvaluation(line));
  const evaluations = metrics.filter(isEvaluation);
  const seconds = total(steps, (line) => line.seconds);
  const tokens = total(steps, (line) => line.tokens);
  const best = evaluations.reduce((low, line) => Math.min(low, line.eval_loss), Number.POSITIVE_INFINITY);
  const memory = metrics.reduce((high, line) => Math.max(high, line.peak_memory_bytes ?? 0), 0);
  const last = steps.at(-1);
  const planned = plan?.totals?.steps;
  return section(
    'training',
    'Training',
    'Loss is the mean over supervised tokens, in nats. Held-out rows are never trained on.',
    html`<p class="legend"><span class="system plain">training, smoothed</span>${evaluations.length > 0 && html`<span class="system series-0">held-out</span>`}</p>`,
    html`<figure>${await lossChart(lossCurves(metrics))}</figure>`,
    facts([
      ['Steps', last && `${integer(last.step)}${planned ? ` of ${integer(planned)}` : ''}`],
      ['Epochs', last && decimal(last.epoch, 2)],
      [
        'Training loss',
        last && `${significant(steps[0]!.loss)} → ${significant(lossCurves(metrics).smoothed.at(-1)!.loss)}`,
      ],
      [
        'Held-out loss',
        evaluations.length > 0
          ? `${significant(evaluations[0]!.eval_loss)} → ${significant(evaluations.at(-1)!.eval_loss)} (best ${significant(best)})`
          : undefined,
      ],
      ['Time in steps', seconds > 0 ? duration(seconds) : undefined],
      ['Wall time', wallTime(manifest)],
      ['Speed', seconds > 0 ? `${integer(tokens / seconds)} tokens/s` : undefined],
      ['Tokens computed', integer(tokens)],
      ['Supervised tokens', integer(total(steps, (line) => line.supervised_tokens))],
      ['Peak memory', memory > 0 ? bytes(memory) : undefined],
    ]),
  );
}

function total(steps: readonly StepMetrics[], field: (line: StepMetrics) => number | undefined): number {
  return steps.reduce((sum, line) => sum + (field(line) ?? 0), 0);
}

/** From start to end, when the run was made in one go. */
function wallTime(manifest: ReportInput['manifest']): string | undefined {
  if (!manifest?.finished_at || manifest.resumed_at.length > 0) return undefined;
  const seconds = (Date.parse(manifest.finished_at) - Date.parse(manifest.started_at)) / 1000;
  return Number.isFinite(seconds) ? duration(seconds) : undefined;
}
