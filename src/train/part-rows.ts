/**
 * The rows of one part of a stage, pass after pass.
 * @module
 */

/** Hands out rows; each pass uses every row once, and the next begins when none is left. */
export class PartRows {
  readonly #order: (pass: number) => number[];
  /** What is left of the pass, the next row at the end. */
  #left: number[] = [];
  #pass = 0;

  /** @param order the rows of a pass in the order of their use; passes count from 0 */
  constructor(order: (pass: number) => number[]) {
    this.#order = order;
  }

  /** Rows left in the pass; 0 when it has just ended. */
  get left(): number {
    return this.#left.length;
  }

  /** The rows that may come next: those left in this pass, or all of a new one where it has ended. */
  *ahead(): Generator<{ row: number; ahead: number }> {
    if (this.#left.length === 0) this.#left = this.#order(this.#pass++).reverse();
    for (let ahead = 0; ahead < this.#left.length; ahead++) {
      yield { row: this.#left[this.#left.length - 1 - ahead]!, ahead };
    }
  }

  /** Takes the row that lies `ahead` rows behind the next one; those between stay. */
  take(ahead: number): void {
    this.#left.splice(this.#left.length - 1 - ahead, 1);
  }

  /** Makes a row that was taken in this pass the next one of it. */
  giveBack(row: number): void {
    this.#left.push(row);
  }
}
