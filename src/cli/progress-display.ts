/**
 * Draws progress: one line that is redrawn on a terminal, a plain line now and then elsewhere.
 * @module
 */
import type { OnProgress, Progress } from '../progress.js';
import { formatBytes, formatSeconds, type Terminal } from './terminal.js';

/** Shortest time between two redraws of the line, in milliseconds. */
const redrawInterval = 100;
/** Shortest time between two plain lines of one phase, in milliseconds. */
const plainInterval = 20_000;

/** A phase that takes less is not mentioned in plain lines, in milliseconds. */
const shortPhase = 1000;

/** A running display. */
export interface ProgressDisplay {
  onProgress: OnProgress;
  /** Writes a line of its own above the progress. */
  note(text: string): void;
  /** Ends the current phase's line. */
  finish(): void;
}

interface Phase {
  name: string;
  startedAt: number;
  /** Units that were done before the phase was first seen, for example by an interrupted run. */
  startedWith: number;
  drawnAt: number;
  /** Units done when the line was last written; -1 before the first time. */
  drawnDone: number;
  last: Progress;
}

/** @param now clock in milliseconds; tests give their own */
export function createProgressDisplay(terminal: Terminal, now: () => number = Date.now): ProgressDisplay {
  let phase: Phase | undefined;

  const draw = (final: boolean): void => {
    if (!phase) return;
    phase.drawnAt = now();
    phase.drawnDone = phase.last.done;
    const text = describe(phase, now());
    if (terminal.interactive) {
      terminal.err(`\r\x1b[K${shorten(text, terminal.columns())}${final ? '\n' : ''}`);
    } else {
      terminal.err(`${text}\n`);
    }
  };

  const finish = (): void => {
    // in plain lines a phase of a moment, and the same line twice, are noise
    const worthALine = phase && phase.drawnDone !== phase.last.done && now() - phase.startedAt >= shortPhase;
    if (terminal.interactive || worthALine) draw(true);
    phase = undefined;
  };

  const begin = (progress: Progress): Phase => ({
    name: progress.phase,
    startedAt: now(),
    startedWith: progress.done,
    drawnAt: terminal.interactive ? Number.NEGATIVE_INFINITY : now(),
    drawnDone: -1,
    last: progress,
  });

  return {
    onProgress: (progress) => {
      const another = phase && (phase.name !== progress.phase || progress.done < phase.last.done);
      if (another) finish();
      phase ??= begin(progress);
      phase.last = progress;
      if (now() - phase.drawnAt >= (terminal.interactive ? redrawInterval : plainInterval)) draw(false);
    },
    note: (text) => {
      if (phase && isComplete(phase.last)) finish();
      if (phase && terminal.interactive) terminal.err('\r\x1b[K');
      terminal.err(`${text}\n`);
      if (phase && terminal.interactive) draw(false);
    },
    finish,
  };
}

function describe({ name, startedAt, startedWith, last }: Phase, time: number): string {
  const seconds = (time - startedAt) / 1000;
  const done = last.done - startedWith;
  // a part that knows its own pace, as training does, says so in its note
  const paced = last.note?.endsWith(' left') ?? false;
  const rate = !paced && seconds > 0.5 && done > 0 ? done / seconds : undefined;
  const parts = [name.padEnd(10)];
  if (last.total) parts.push(bar(last.done / last.total));
  parts.push(
    `${amount(last.done, last.unit)}${last.total ? ` of ${amount(last.total, last.unit)}` : ''} ${last.unit === 'bytes' ? '' : last.unit}`.trimEnd(),
  );
  if (last.note) parts.push(last.note);
  if (isComplete(last)) parts.push(`in ${formatSeconds(seconds)}`);
  else if (rate !== undefined) {
    parts.push(rateText(rate, last.unit));
    if (last.total) parts.push(`${formatSeconds((last.total - last.done) / rate)} left`);
  }
  return parts.join('  ');
}

const isComplete = ({ done, total }: Progress): boolean => total !== undefined && done >= total;

function rateText(rate: number, unit: string): string {
  if (unit === 'bytes') return `${formatBytes(rate)}/s`;
  if (rate >= 1) return `${rate >= 100 ? Math.round(rate) : rate.toFixed(1)}/s`;
  return `${(1 / rate).toFixed(1)} s each`;
}

const amount = (value: number, unit: string): string =>
  unit === 'bytes' ? formatBytes(value) : String(value);

function bar(part: number): string {
  const width = 20;
  const filled = Math.round(Math.min(1, Math.max(0, part)) * width);
  return `${'█'.repeat(filled)}${'░'.repeat(width - filled)} ${String(Math.floor(Math.min(1, part) * 100)).padStart(3)} %`;
}

const shorten = (text: string, columns: number): string =>
  text.length < columns ? text : `${text.slice(0, Math.max(0, columns - 2))}…`;
