/**
 * Documents that tests are made with: one written by hand, and any number of drawn ones.
 * @module
 */
import { randomStream } from '../../../random.js';
import type { Block } from '../../document.js';
import type { Item } from '../../item.js';

/** A document with everything that items carry. */
export function documentOf(id: string, blocks: Block[], more: Partial<Item> = {}): Item {
  return {
    id,
    blocks,
    task: 'document',
    group: `group of ${id}`,
    source: `${id}.pdf`,
    licence: 'CC0-1.0',
    origin: { file: `${id}.pdf` },
    steps: [{ step: 'read', note: 'read' }],
    ...more,
  };
}

/** An invented earnings release with a statement table, defined terms, dated facts and sections. */
export const release = documentOf('release', [
  { type: 'heading', level: 1, text: 'Harbor Foods Reports Fiscal 2023 Results', page: 1 },
  {
    type: 'paragraph',
    page: 1,
    text: 'Harbor Foods, Inc. (NYSE: HBF) (the "Company") is headquartered in Bellevue, Washington. The results of fiscal 2023 were reported on August 16, 2023 by Maria Jensen, Chief Financial Officer, to analysts and investors.',
  },
  { type: 'heading', level: 2, text: 'Results of Operations', page: 2 },
  {
    type: 'paragraph',
    page: 2,
    text: 'Net sales increased 12.3% to $4.2 billion in fiscal 2023 compared to $3.7 billion in fiscal 2022. Our effective tax rate was 21.5% in fiscal 2023, compared with 23.0% in fiscal 2022. Interest expense was $1,204 million, $1,150 million and $998 million in fiscal 2023, 2022 and 2021, respectively. "Adjusted EBITDA" means net income before interest, taxes, depreciation and amortization.',
  },
  {
    type: 'paragraph',
    page: 2,
    text: 'The following table shows sales by region (in millions):',
  },
  {
    type: 'table',
    page: 3,
    rows: [
      ['', '2023', '2022'],
      ['North America', '$2,100.5', '$1,900.0'],
      ['Europe', '1,400.0', '1,250.5'],
      ['Asia', '699.5', '549.5'],
      ['Total sales', '$4,200.0', '$3,700.0'],
    ],
  },
  { type: 'heading', level: 2, text: 'Dividend', page: 3 },
  {
    type: 'paragraph',
    page: 3,
    text: 'The board declared a dividend of $0.45 per share, payable on September 30, 2023 to holders of record as of September 15, 2023. The common stock, par value $0.005 per share, is listed in New York. The revolving credit facility will expire on June 30, 2027.',
  },
  { type: 'heading', level: 2, text: 'Item 3. Legal Proceedings', page: 4 },
  {
    type: 'paragraph',
    page: 4,
    text: 'From time to time, claims are brought by customers, suppliers and former workers. A suit over the labelling of frozen fish was filed in a court of Oregon and is awaiting a hearing. Management believes that none of these claims will have a material effect on the financial position.',
  },
  { type: 'heading', level: 2, text: 'Glossary', page: 5 },
  {
    type: 'list',
    page: 5,
    items: [
      'Comparable stores: stores that were open during both of the periods that are compared',
      'Working capital – current assets less current liabilities at the end of the period',
    ],
  },
]);

const things = [
  'revenue',
  'operating income',
  'net sales',
  'research expense',
  'inventory',
  'free cash flow',
];
const places = ['Oslo', 'Lima', 'Turin', 'Perth', 'Quito', 'Dakar'];

/** Drawn documents of a few sections each, with figures in sentences and tables. */
export function drawnDocuments(count: number, seed: number): Item[] {
  return Array.from({ length: count }, (_, index) => {
    const random = randomStream(seed, 'documents', index);
    const blocks: Block[] = [];
    const sections = 1 + random.integer(4);
    for (let section = 0; section < sections; section++) {
      const page = section + 1;
      blocks.push({
        type: 'heading',
        level: 1 + random.integer(3),
        text: `Part ${section + 1} on ${random.pick(places)}`,
        page,
      });
      for (let paragraph = 0; paragraph <= random.integer(4); paragraph++) {
        const thing = random.pick(things);
        const place = random.pick(places);
        const [a, b] = [random.integer(9000) + 100, random.integer(9000) + 100];
        const year = 2015 + random.integer(8);
        blocks.push({
          type: 'paragraph',
          page,
          text: random.pick([
            `Our ${thing} in ${place} was $${a}.${random.integer(10)} million in ${year}, compared to $${b}.${random.integer(10)} million in ${year - 1}.`,
            `Total ${thing} of the ${place} branch was €${a}, €${b} and €${a + b} in ${year}, ${year - 1} and ${year - 2}, respectively.`,
            `The ${place} plant had a good year. "${place} Unit ${a}" means the plant at the harbour of ${place}.`,
            `The ${thing} margin increased to ${random.integer(90) + 5}.${random.integer(10)}% in ${year} from ${random.integer(90) + 5}.${random.integer(10)}% in ${year - 1}.`,
          ]),
        });
      }
      if (random.integer(2) === 0) {
        blocks.push({
          type: 'table',
          page,
          rows: [
            ['(in millions)', '2021', '2020', '2019'],
            ...random
              .shuffle(things)
              .slice(0, 3 + random.integer(3))
              .map((thing) => [
                thing,
                ...[0, 1, 2].map(() => `$${random.integer(9000) + 10}.${random.integer(10)}`),
              ]),
          ],
        });
      }
    }
    return documentOf(`drawn-${index + 1}`, blocks);
  });
}
