/**
 * Documents become examples: passages for continued pre-training, and pairs.
 * @module
 */
import type { DocumentPairSettings } from '../../../recipe/data/document-pairs.js';
import type { DocumentsSource } from '../../../recipe/data/documents.js';
import type { Item } from '../../item.js';
import type { Step } from '../../step.js';
import { makeDocumentPairs } from './make-document-pairs.js';
import { passageItems } from './passages.js';

/** What is made, and how. */
export interface DocumentStepOptions {
  make: DocumentsSource['make'];
  settings: DocumentPairSettings;
  seed: number;
}

/**
 * Replaces every document by what is made of it; records among the documents go on as they are. `counts` holds the
 * passages and the pairs by task, and the tables that could not be read safely.
 */
export function createDocumentStep({ make, settings, seed }: DocumentStepOptions): Step {
  return async (items) => {
    const documents = items.filter(({ blocks }) => blocks !== undefined);
    const pairs = make.includes('pairs') ? makeDocumentPairs(documents, settings, seed) : undefined;
    const pairsOf = new Map<string, Item[]>(documents.map(({ id }) => [id, []]));
    // Pairs are named after their document.
    for (const pair of pairs?.items ?? []) pairsOf.get(pair.origin.file)?.push(pair);
    const passages = make.includes('text') ? documents.map((one) => passageItems(one, settings)) : [];
    const passagesOf = new Map(documents.map(({ id }, index) => [id, passages[index] ?? []]));
    const made = items.flatMap((item) =>
      item.blocks === undefined
        ? [item]
        : [
            ...passagesOf.get(item.id)!.map((passage) => noted(passage, `a passage of ${item.source}`)),
            ...pairsOf.get(item.id)!.map((pair) => noted(pair, `made by rule from ${pair.source}`)),
          ],
    );
    const texts = passages.reduce((sum, some) => sum + some.length, 0);
    return {
      items: made,
      removed: [],
      counts: {
        ...(texts > 0 ? { text: texts } : {}),
        ...pairs?.counts,
        ...(pairs && pairs.refused.length > 0 ? { tables_not_understood: pairs.refused.length } : {}),
      },
      samples: [],
    };
  };
}

const noted = (item: Item, note: string): Item => ({
  ...item,
  steps: [...item.steps, { step: 'pairs', note }],
});
