/**
 * A list of 32-bit integers that grows and is used again without being allocated again.
 * @module
 */
export class IntegerList {
  values: Int32Array<ArrayBuffer>;
  length = 0;

  constructor(capacity = 1024) {
    this.values = new Int32Array(capacity);
  }

  push(value: number): void {
    if (this.length === this.values.length) this.reserve(this.length + 1);
    this.values[this.length++] = value;
  }

  /** Makes room for `capacity` values. */
  reserve(capacity: number): void {
    if (capacity <= this.values.length) return;
    const larger = new Int32Array(Math.max(capacity, this.values.length * 2));
    larger.set(this.values.subarray(0, this.length));
    this.values = larger;
  }
}
