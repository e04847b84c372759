/**
 * Ids, groups, sources and aspects without personal data.
 * @module
 */
import type { PersonalDataKind } from '../../recipe/data/privacy.js';
import type { Item } from '../item.js';
import type { Finding } from './finding.js';
import type { Pseudonyms } from './pseudonym.js';

/** Shorter values stand in ids by chance. */
const leastLength = 5;

/**
 * The item with every value that stands in its id, group, source, file name, parent or aspects replaced by a keyed hash
 * of the value: what is found in the label itself, and what is found in the item's texts. A group is changed only by
 * what stands in it: its items have different texts, and must keep one group.
 */
export function safeLabels(
  item: Item,
  values: ReadonlyMap<string, PersonalDataKind>,
  find: (label: string) => Finding[],
  pseudonyms: Pseudonyms,
): Item {
  const known = [...values]
    .flatMap(([value, kind]): [string, PersonalDataKind][] => {
      const bare = value.replace(/[^\p{L}\p{N}]/gu, '');
      return bare === value || /[@\n]/.test(value)
        ? [[value, kind]]
        : [
            [value, kind],
            [bare, kind],
          ];
    })
    .filter(([value]) => value.length >= leastLength)
    .sort(([a], [b]) => b.length - a.length || (a < b ? -1 : 1));
  const own = (label: string): string => {
    let result = label;
    for (const { kind, start, end } of find(label).reverse()) {
      result = result.slice(0, start) + pseudonyms.sign(kind, label.slice(start, end)) + result.slice(end);
    }
    return result;
  };
  const both = (label: string): string =>
    known.reduce(
      (safe, [value, kind]) =>
        safe.includes(value) ? safe.replaceAll(value, pseudonyms.sign(kind, value)) : safe,
      own(label),
    );
  return {
    ...item,
    id: both(item.id),
    group: groupOf(own(item.group), pseudonyms),
    source: both(item.source),
    origin: { ...item.origin, file: both(item.origin.file) },
    ...(item.parent === undefined ? {} : { parent: both(item.parent) }),
    ...(item.aspects ? { aspects: item.aspects.map(both) } : {}),
  };
}

/**
 * Every number of five digits or more becomes a hash: whether it is a person's cannot depend on what the texts of single
 * items say, and a group's name serves for nothing but to tell groups apart.
 */
function groupOf(group: string, pseudonyms: Pseudonyms): string {
  // The name of a group that follows from its prompt is a hash already.
  if (/^prompt-[0-9a-f]{16}$/.test(group)) return group;
  return group.replace(/\d(?:[ .-]?\d){4,40}/g, (number) => pseudonyms.sign('number', number));
}
