/**
 * The worked examples of a benchmark.
 * @module
 */
import { AttuneError } from '../../errors.js';
import { randomStream } from '../../random.js';
import type { BenchmarkFile } from '../../recipe/benchmark.js';
import type { BenchmarkItem } from './item.js';
import type { ItemMaker } from './items-from-records.js';
import { keepRecords } from './keep.js';
import { type ReadRecordsOptions, readBenchmarkRecords } from './records.js';

/** Worked examples, and the items that are left to be asked. */
export interface Shots {
  fewShot: BenchmarkItem[];
  items: BenchmarkItem[];
}

/**
 * Takes the worked examples from where the file says. Those that are drawn from the items are taken out of what is asked,
 * with all others of their groups: an example about the same document would help.
 *
 * @throws AttuneError when there are too few records, or nothing is left to ask
 */
export async function takeShots(
  settings: BenchmarkFile,
  items: readonly BenchmarkItem[],
  make: ItemMaker,
  file: string,
  folder: string,
  options: ReadRecordsOptions,
): Promise<Shots> {
  const { few_shot: shots } = settings;
  if (!shots) return { fewShot: [], items: [...items] };
  if (shots.examples) {
    const written = shots.examples
      .slice(0, shots.count)
      .map((fields, index) => make({ fields, place: `few_shot.examples[${index}]`, file }));
    return { fewShot: written, items: [...items] };
  }
  const pool = shots.from === 'items' ? [...items] : await itemsOfOtherFile(settings, make, folder, options);
  const count = shots.count!;
  if (pool.length < count) {
    throw new AttuneError(
      `few_shot: ${count} worked examples are wanted, and there are ${pool.length} records`,
      {
        file,
        field: 'few_shot.count',
        fix: 'ask for fewer, or name another file',
      },
    );
  }
  const fewShot = randomStream(shots.seed, 'few-shot', settings.name).shuffle(pool).slice(0, count);
  const groups = new Set(fewShot.map(({ group }) => group));
  const ids = new Set(fewShot.map(({ id }) => id));
  const left = items.filter(({ id, group }) =>
    shots.from === 'items' ? !groups.has(group) : !(ids.has(id) && groups.has(group)),
  );
  if (left.length === 0) {
    throw new AttuneError('few_shot: nothing is left to ask', {
      file,
      field: 'few_shot',
      fix: 'take the worked examples from other groups than those that are asked: name another file, or write them',
    });
  }
  return { fewShot, items: left };
}

async function itemsOfOtherFile(
  { few_shot, rows, explode }: BenchmarkFile,
  make: ItemMaker,
  folder: string,
  options: ReadRecordsOptions,
): Promise<BenchmarkItem[]> {
  const records = await readBenchmarkRecords({ path: few_shot!.items!, folder, rows, explode }, options);
  const kept = few_shot!.keep ? await keepRecords(records, few_shot!.keep, folder) : records;
  return kept.map(make);
}
