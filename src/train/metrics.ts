/**
 * `metrics.jsonl`: append-only, one JSON object a line, field names as in Transformers' `log_history`.
 * @module
 */
import { type FileHandle, open, readFile } from 'node:fs/promises';
import { AttuneError } from '../errors.js';
import { fileError, writeFileAtomically } from '../files.js';

interface MetricsCommon {
  /** Optimizer steps done; 0 is before the first. */
  step: number;
  /** Epochs done, with fractions. */
  epoch: number;
  /** Name of the stage. */
  stage: string;
  /** Wall time of this step or evaluation. */
  seconds: number;
  /** Highest resident memory of the process so far. */
  peak_memory_bytes: number;
}

/** One optimizer step. */
export interface StepMetrics extends MetricsCommon {
  /** Sum over the step's supervised tokens divided by their number. */
  loss: number;
  /** Euclidean norm of all gradients before clipping. */
  grad_norm: number;
  learning_rate: number;
  /** Tokens computed in this step, padding excluded. */
  tokens: number;
  supervised_tokens: number;
}

/** One evaluation, after the step that it names. */
export interface EvaluationMetrics extends MetricsCommon {
  eval_loss: number;
  /** Supervised tokens that the loss is the mean of. */
  supervised_tokens: number;
}

/** A line of `metrics.jsonl`. */
export type Metrics = StepMetrics | EvaluationMetrics;

/** Whether a line is an evaluation and not an optimizer step. */
export function isEvaluation(line: Metrics): line is EvaluationMetrics {
  return 'eval_loss' in line;
}

/**
 * Reads all lines. A last line that was cut off by a crash is left out; a file that does not exist has none.
 *
 * @throws {AttuneError} naming the line when another one is broken
 */
export async function readMetrics(file: string): Promise<Metrics[]> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw fileError(error, file);
  });
  // What follows the last line break was being written when the process died.
  const lines = text.split('\n').slice(0, -1);
  return lines.map((line, index) => {
    try {
      return JSON.parse(line) as Metrics;
    } catch (cause) {
      throw new AttuneError('is not valid JSON', {
        file,
        line: index + 1,
        fix: 'delete this line and those after it; a resumed run writes them again',
        cause,
      });
    }
  });
}

/** The open metrics of a run in progress. */
export class MetricsLog {
  /** Every line of the file. */
  readonly lines: Metrics[];
  readonly #file: string;
  readonly #handle: FileHandle;

  private constructor(file: string, handle: FileHandle, lines: Metrics[]) {
    this.#file = file;
    this.#handle = handle;
    this.lines = lines;
  }

  /**
   * Opens `file` for a run that goes on after optimizer step `afterStep` (-1: from nothing): later lines and
   * a half-written one are cut off, so that each step is in the file once.
   */
  static async open(file: string, afterStep: number): Promise<MetricsLog> {
    const lines = (await readMetrics(file)).filter((line) => line.step <= afterStep);
    // Rewriting what was read gives the same bytes: JSON.parse and JSON.stringify keep order and numbers.
    await writeFileAtomically(file, lines.map(serialize).join(''));
    try {
      return new MetricsLog(file, await open(file, 'a'), lines);
    } catch (error) {
      throw fileError(error, file);
    }
  }

  /** Adds one line; it reaches the disk for certain with the next {@link sync}. */
  async append(line: Metrics): Promise<void> {
    try {
      await this.#handle.appendFile(serialize(line));
    } catch (error) {
      throw fileError(error, this.#file);
    }
    this.lines.push(line);
  }

  async sync(): Promise<void> {
    try {
      await this.#handle.sync();
    } catch (error) {
      throw fileError(error, this.#file);
    }
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}

function serialize(line: Metrics): string {
  return `${JSON.stringify(line)}\n`;
}
