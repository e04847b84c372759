/**
 * A prepared data set on the disk.
 * @module
 */
import { join } from 'node:path';
import { z } from 'zod';
import { AttuneError } from '../errors.js';
import { readJson } from '../files.js';
import type { DatasetCard } from './card.js';
import type { Example, Split } from './example.js';
import { readExamples } from './parquet.js';

/** A prepared data set, opened. */
export interface Dataset {
  readonly directory: string;
  /** Hex digest of sources and settings. */
  readonly hash: string;
  /** Examples in each split. */
  readonly counts: Readonly<Record<Split, number>>;
  readonly card: DatasetCard;
  /** The examples of a split, in the order of the data set. */
  examples(split: Split): Promise<Example[]>;
}

/** Name of the card's file; it is there when the whole data set is. */
export const cardFile = 'card.json';

const count = z.int().min(0);
const cardSchema = z.looseObject({
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  counts: z.strictObject({ train: count, validation: count, test: count }),
});

/**
 * Opens a folder that `data prepare` made.
 *
 * @throws AttuneError that names the file, when the folder holds no data set; reading a split throws when its file does
 * not hold what the card says
 */
export async function openDataset(directory: string): Promise<Dataset> {
  const file = join(directory, cardFile);
  const content = await readJson(file).catch((error: AttuneError) => {
    throw new AttuneError(error.message, { ...error, fix: 'name a folder that `attune data prepare` made' });
  });
  const parsed = cardSchema.safeParse(content);
  if (!parsed.success) {
    throw new AttuneError('is not the card of a data set', {
      file,
      fix: 'run `attune data prepare` again',
      cause: parsed.error,
    });
  }
  const card = content as DatasetCard;
  return {
    directory,
    hash: card.hash,
    counts: card.counts,
    card,
    async examples(split) {
      const parquet = join(directory, `${split}.parquet`);
      const examples = await readExamples(parquet, split);
      if (examples.length !== card.counts[split]) {
        throw new AttuneError(`holds ${examples.length} examples, the card says ${card.counts[split]}`, {
          file: parquet,
          fix: 'delete the folder and run `attune data prepare` again',
        });
      }
      return examples;
    },
  };
}
