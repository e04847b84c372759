/**
 * Speed and time left of a running training.
 * @module
 */

/** How many of the last steps the speed is taken from: long enough to be calm, short enough to follow a change. */
const window = 20;

/** Measures as the loop goes. */
export class Pace {
  readonly #steps: { rows: number; tokens: number; seconds: number }[] = [];
  #evaluationSeconds = 0;
  #evaluations = 0;

  addStep(rows: number, tokens: number, seconds: number): void {
    this.#steps.push({ rows, tokens, seconds });
    if (this.#steps.length > window) this.#steps.shift();
  }

  addEvaluation(seconds: number): void {
    this.#evaluationSeconds += seconds;
    this.#evaluations++;
  }

  /** Tokens a second in training, without evaluations and saves. */
  tokensPerSecond(): number {
    return this.#sum('tokens') / this.#sum('seconds');
  }

  /** Seconds that the rest takes at this speed. */
  secondsLeft(rowsLeft: number, evaluationsLeft: number): number {
    const perEvaluation = this.#evaluations > 0 ? this.#evaluationSeconds / this.#evaluations : 0;
    return (this.#sum('seconds') / this.#sum('rows')) * rowsLeft + perEvaluation * evaluationsLeft;
  }

  #sum(field: 'rows' | 'tokens' | 'seconds'): number {
    return this.#steps.reduce((sum, step) => sum + step[field], 0);
  }
}

/** A duration for people, two units at most: `45 s`, `12 min`, `3 h 5 min`, `2 d 4 h`. */
export function formatDuration(seconds: number): string {
  if (seconds < 59.5) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${hours} h ${minutes % 60} min`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}
