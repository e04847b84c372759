/**
 * Passages about ports, on which the test endpoint knows right answers.
 * @module
 */
import { randomStream } from '../../random.js';
import { documentOf } from '../pairs/documents/documents.fixture.js';
import { makePassages, type Passage } from '../pairs/documents/passages.js';

const places = ['Oslo', 'Lima', 'Turin', 'Perth', 'Quito', 'Dakar', 'Osaka', 'Porto', 'Genoa', 'Malmo'];

/** One passage for each of `count` documents. */
export function portPassages(count: number): Passage[] {
  return Array.from({ length: count }, (_, index) => {
    const random = randomStream(1, 'ports', index);
    const place = places[index % places.length]!;
    const text = `The port of ${place} moved ${1000 + random.integer(8999)} tons in 2021 and ${1000 + random.integer(8999)} tons in 2020. A ton is a metric ton. The quays were repaired in spring, and ships of all kinds came and went through the whole of the year without any accident or delay that would be worth a report.`;
    return makePassages(documentOf(`port-${index + 1}`, [{ type: 'paragraph', text, page: 1 }]), {
      max_passage_characters: 1800,
    })[0]!;
  });
}
