/**
 * Token shards: the only form of data that an engine reads (DESIGN section 4).
 * @module
 */

/** One row of a shard; every array has the row's length. */
export interface Row {
  inputIds: Int32Array;
  /** 1 where the token is a supervised target, predicted from the token before it on its path. */
  lossMask: Uint8Array;
  positionIds: Int32Array;
  /** Segment number of each token, from 1; 0 is padding. */
  segmentIds: Int32Array;
  /** The segment that the token's segment continues; 0 for none. */
  parentIds: Int32Array;
}

/** Where an example lies. */
export interface ExampleLocation {
  id: string;
  row: number;
  /** Segment number of the example's leaf in its row. */
  segment: number;
}

/** Opened shards of one split. Rows are numbered through all shards. */
export interface ShardSet {
  readonly rows: number;
  /** Tokens in a row, padding included. */
  readonly length: number;
  /** Padding excluded. */
  readonly tokens: number;
  readonly supervisedTokens: number;
  readonly examples: readonly ExampleLocation[];
  /** Number of supervised tokens of each row. */
  readonly supervisedPerRow: Int32Array;
  /** Number of tokens of each row without the padding at its end. */
  readonly lengthPerRow: Int32Array;
  row(index: number): Row;
}
