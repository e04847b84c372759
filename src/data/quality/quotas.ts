/**
 * Quotas of a selection: how many items of an aspect, edge cases and hard items there have to be, or may be.
 * @module
 */
import type { CoverageSettings } from '../../recipe/data/coverage.js';
import type { SelectionRow } from './selection-row.js';

/** A lower bound on how many of some rows are kept. */
interface Floor {
  name: string;
  members: number[];
  wanted: (size: number) => number;
}

/** The lower and upper bounds of the coverage settings on what is kept of a pool of rows. */
export class Quotas {
  private readonly floors: Floor[];
  /** Upper bounds of aspects, by their name, and the positions of their rows. */
  private readonly caps: { name: string; share: number; isMember: Uint8Array; count: number }[];

  constructor(
    private readonly pool: readonly SelectionRow[],
    { aspects, min_edge_share, min_hard_share, hard_from }: CoverageSettings,
  ) {
    const positions = (belongs: (row: SelectionRow) => boolean): number[] =>
      pool.flatMap((row, at) => (belongs(row) ? [at] : []));
    const ofAspect = new Map(
      aspects
        .filter(({ min_items, min_share, max_share }) => min_items > 0 || min_share > 0 || max_share < 1)
        .map(({ name }) => [name, positions((row) => row.aspects.includes(name))]),
    );
    const share = (least: number) => (size: number) => Math.ceil(least * size - 1e-9);
    this.floors = [
      ...aspects
        .filter(({ min_items, min_share }) => min_items > 0 || min_share > 0)
        .map(({ name, min_items, min_share }) => ({
          name,
          members: ofAspect.get(name)!,
          wanted: (size: number) => Math.max(min_items, share(min_share)(size)),
        })),
      {
        name: 'edge cases',
        members: positions(({ scores }) => (scores.edge ?? 0) > 0),
        wanted: share(min_edge_share),
      },
      {
        name: 'hard items',
        members: positions(({ scores }) => (scores.hardness ?? 0) >= hard_from),
        wanted: share(min_hard_share),
      },
    ];
    this.caps = aspects
      .filter(({ max_share }) => max_share < 1)
      .map(({ name, max_share }) => {
        const isMember = new Uint8Array(pool.length);
        for (const at of ofAspect.get(name)!) isMember[at] = 1;
        return { name, share: max_share, isMember, count: ofAspect.get(name)!.length };
      });
  }

  /** Whether keeping all of `size` rows would break an upper bound that can hold. */
  isExceeded(size: number): boolean {
    return this.bounds(size).some(({ count, most }) => count > most);
  }

  /** Upper bounds for a selection of `size`; a bound on what all rows belong to can't hold and is left out. */
  private bounds(size: number): { isMember: Uint8Array; count: number; most: number }[] {
    return this.caps
      .filter(({ count }) => count < this.pool.length)
      .map(({ isMember, count, share }) => ({ isMember, count, most: Math.floor(share * size + 1e-9) }));
  }

  /** The rows that are kept, in the order of the pool. */
  choose(order: readonly number[], limit: number): number[] {
    const rank = new Uint32Array(order.length);
    order.forEach((at, place) => {
      rank[at] = place;
    });
    const floors = this.floors
      .map((floor) => ({ ...floor, members: floor.members.toSorted((a, b) => rank[a]! - rank[b]!) }))
      .sort((a, b) => a.members.length - a.wanted(limit) - (b.members.length - b.wanted(limit)));
    // Fewer items in all lower the upper bounds again, so the size shrinks until it holds.
    let size = limit;
    for (;;) {
      const chosen = this.fill(order, floors, size, this.bounds(size));
      if (chosen.length >= size) return chosen.sort((a, b) => a - b);
      size = chosen.length;
      // Upper bounds that only nothing at all would keep contradict each other, and none of them counts.
      if (size === 0) return this.fill(order, floors, limit, []).sort((a, b) => a - b);
    }
  }

  private fill(
    order: readonly number[],
    floors: readonly Floor[],
    size: number,
    upper: readonly { isMember: Uint8Array; most: number }[],
  ): number[] {
    const bounds = upper.map((bound) => ({ ...bound, kept: 0 }));
    const isChosen = new Uint8Array(this.pool.length);
    const chosen: number[] = [];
    const take = (at: number): void => {
      if (isChosen[at] || chosen.length >= size) return;
      if (bounds.some(({ isMember, kept, most }) => isMember[at] && kept >= most)) return;
      isChosen[at] = 1;
      chosen.push(at);
      for (const bound of bounds) bound.kept += bound.isMember[at]!;
    };
    const missing = ({ members, wanted }: Floor): number =>
      wanted(size) - members.reduce((sum, at) => sum + isChosen[at]!, 0);
    for (const [number, floor] of floors.entries()) {
      let open = missing(floor);
      if (open <= 0) continue;
      // What serves other open floors as well comes first, or the floors would use up the places between them.
      const serves = new Uint8Array(this.pool.length);
      for (const other of floors.slice(number + 1)) {
        if (missing(other) > 0) for (const at of other.members) serves[at]!++;
      }
      for (const at of floor.members.toSorted((a, b) => serves[b]! - serves[a]!)) {
        if (open <= 0) break;
        const before = chosen.length;
        take(at);
        open -= chosen.length - before;
      }
    }
    for (const at of order) take(at);
    return chosen;
  }

  /** The bounds that a selection does not keep, in words. */
  unmet(kept: readonly number[]): string[] {
    const isKept = new Uint8Array(this.pool.length);
    for (const at of kept) isKept[at] = 1;
    const few = this.floors.flatMap(({ name, members, wanted }) => {
      const has = members.reduce((sum, at) => sum + isKept[at]!, 0);
      const wants = wanted(kept.length);
      return has < wants ? [`${name}: ${has} of ${wants} wanted; ${members.length} are there`] : [];
    });
    const many = this.caps.flatMap(({ name, share, isMember, count }) => {
      const has = kept.reduce((sum, at) => sum + isMember[at]!, 0);
      if (has <= share * kept.length + 1) return [];
      const why = count === this.pool.length ? '; every item belongs to it' : '';
      return [`${name}: ${has} of ${kept.length} items, at most ${share} of all wanted${why}`];
    });
    return [...few, ...many];
  }
}
