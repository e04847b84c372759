/**
 * Examples to rows: one a row, several a row, or several with their common beginnings stored once.
 * @module
 */
import type { DataSettings } from '../recipe/data.js';
import { findSharedPrefixes, nameContext, type PrefixLeaf, type PrefixNode } from './prefix-tree.js';
import { RowsByRoom } from './rows-by-room.js';
import type { TokenizedExample } from './tokenize.js';

/** How rows are filled, once `auto` is decided. */
export type Packing = Exclude<DataSettings['packing'], 'auto'>;

/** A run of tokens in a row; its number is its place in {@link PackedRow.segments}, from 1. */
export interface PackedSegment {
  /** Number of the segment that it continues; 0 for none. */
  parent: number;
  /** Its tokens are `from` (inclusive) to `to` (exclusive) of this example (an index). */
  example: number;
  from: number;
  to: number;
  /** Whether the segment ends `example`; otherwise it is a beginning that several examples share. */
  leaf: boolean;
}

/** What stands in one row. */
export interface PackedRow {
  segments: PackedSegment[];
  /** Tokens of all segments. */
  tokens: number;
  /** Names of the contexts that its examples share with others; see {@link nameContext}. */
  contexts: string[];
}

/** How {@link packExamples} fills rows. */
export interface PackSettings {
  packing: DataSettings['packing'];
  /** Most tokens in a row; no example is longer. */
  capacity: number;
  /** Most examples of one context in a row. */
  maxExamplesPerContext: number;
}

/** `auto` shares beginnings when this part of all tokens or more is saved by it. */
export const autoSavedShare = 0.1;

/**
 * Lays examples out in rows. Deterministic; every example is the leaf of one segment.
 *
 * `best_fit` is best-fit decreasing bin packing of whole examples. `shared_prefix` packs groups of examples of
 * one context in the same way; a group costs a row only those beginnings that the row does not hold yet, and
 * goes first where it shares most. A context whose examples exceed a row or `maxExamplesPerContext` is divided
 * over several rows, each with the beginning of its own.
 */
export function packExamples(
  examples: readonly TokenizedExample[],
  settings: PackSettings,
): { packing: Packing; rows: PackedRow[] } {
  const leaves = findSharedPrefixes(examples);
  const { packing } = settings;
  if (packing === 'none') return { packing, rows: oneExamplePerRow(examples, leaves) };
  if (packing !== 'best_fit') {
    const rows = fillRows(examples, groupByContext(examples, leaves, settings), settings);
    const all = examples.reduce((sum, { ids }) => sum + ids.length, 0);
    const packed = rows.reduce((sum, row) => sum + row.tokens, 0);
    if (packing === 'shared_prefix' || packed <= (1 - autoSavedShare) * all) {
      return { packing: 'shared_prefix', rows };
    }
  }
  const alone = leaves.map(({ example, context }) => groupOf(examples, context, [{ example }]));
  return { packing: 'best_fit', rows: fillRows(examples, alone, settings) };
}

function oneExamplePerRow(examples: readonly TokenizedExample[], leaves: readonly PrefixLeaf[]): PackedRow[] {
  const rows: PackedRow[] = new Array(examples.length);
  for (const { example, context } of leaves) {
    const tokens = examples[example]!.ids.length;
    rows[example] = {
      segments: [{ parent: 0, example, from: 0, to: tokens, leaf: true }],
      tokens,
      contexts: context ? [nameContext(context, examples)] : [],
    };
  }
  return rows;
}

/** Examples that are placed into one row together. */
interface Group {
  context?: PrefixNode;
  leaves: Pick<PrefixLeaf, 'example' | 'parent'>[];
  /** Tokens of the leaves alone. */
  own: number;
  /** All shared beginnings that the leaves need. */
  nodes: Set<PrefixNode>;
  /** Tokens that the group takes in an empty row. */
  tokens: number;
}

function groupOf(
  examples: readonly TokenizedExample[],
  context: PrefixNode | undefined,
  leaves: Group['leaves'],
): Group {
  const group: Group = { context, leaves: [], own: 0, nodes: new Set(), tokens: 0 };
  for (const leaf of leaves) extend(group, leaf, examples);
  return group;
}

/** Nodes from `node` upwards that are not in `held`. A held node's ancestors are held, so the walk stops there. */
function missing(node: PrefixNode | undefined, held: { has(node: PrefixNode): boolean }): PrefixNode[] {
  const nodes: PrefixNode[] = [];
  for (let at = node; at && !held.has(at); at = at.parent) nodes.push(at);
  return nodes;
}

const tokensOf = (nodes: Iterable<PrefixNode>): number => {
  let sum = 0;
  for (const node of nodes) sum += node.to - node.from;
  return sum;
};

const ownTokens = (leaf: Group['leaves'][number], examples: readonly TokenizedExample[]): number =>
  examples[leaf.example]!.ids.length - (leaf.parent?.to ?? 0);

function extend(group: Group, leaf: Group['leaves'][number], examples: readonly TokenizedExample[]): void {
  const nodes = missing(leaf.parent, group.nodes);
  for (const node of nodes) group.nodes.add(node);
  group.leaves.push(leaf);
  const own = ownTokens(leaf, examples);
  group.own += own;
  group.tokens += own + tokensOf(nodes);
}

/** Divides the examples of each context evenly into groups that respect the bound and fit into a row. */
function groupByContext(
  examples: readonly TokenizedExample[],
  leaves: readonly PrefixLeaf[],
  { capacity, maxExamplesPerContext }: PackSettings,
): Group[] {
  const groups: Group[] = [];
  const byContext = new Map<PrefixNode, PrefixLeaf[]>();
  for (const leaf of leaves) {
    if (!leaf.context) groups.push(groupOf(examples, undefined, [leaf]));
    else if (byContext.has(leaf.context)) byContext.get(leaf.context)!.push(leaf);
    else byContext.set(leaf.context, [leaf]);
  }
  for (const [context, members] of byContext) {
    const parts = Math.ceil(members.length / maxExamplesPerContext);
    const most = Math.ceil(members.length / parts);
    let group = groupOf(examples, context, []);
    for (const leaf of members) {
      const added = ownTokens(leaf, examples) + tokensOf(missing(leaf.parent, group.nodes));
      if (group.leaves.length === most || group.tokens + added > capacity) {
        groups.push(group);
        group = groupOf(examples, context, []);
      }
      extend(group, leaf, examples);
    }
    groups.push(group);
  }
  return groups;
}

/** A row while it is being filled. */
interface OpenRow {
  groups: Group[];
  nodes: Set<PrefixNode>;
  tokens: number;
  perContext: Map<PrefixNode, number>;
}

function fillRows(
  examples: readonly TokenizedExample[],
  groups: readonly Group[],
  { capacity, maxExamplesPerContext }: PackSettings,
): PackedRow[] {
  const rows: OpenRow[] = [];
  const anyRow = new RowsByRoom(capacity);
  const rowsWith = new Map<PrefixNode, RowsByRoom>();
  const room = (row: number): number => capacity - rows[row]!.tokens;

  const largestFirst = [...groups].sort(
    (a, b) => b.tokens - a.tokens || a.leaves[0]!.example - b.leaves[0]!.example,
  );
  for (const group of largestFirst) {
    const welcome = (row: number): boolean =>
      !group.context ||
      (rows[row]!.perContext.get(group.context) ?? 0) + group.leaves.length <= maxExamplesPerContext;
    let chosen: number | undefined;
    // From the longest beginning that other groups may have brought to the shortest; each level needs more room.
    for (const node of [...ancestorsOf(group), undefined]) {
      const needed = group.tokens - (node?.to ?? 0);
      chosen = (node ? rowsWith.get(node) : anyRow)?.smallestFitting(needed, room, welcome);
      if (chosen !== undefined) break;
    }
    if (chosen === undefined) {
      chosen = rows.length;
      rows.push({ groups: [], nodes: new Set(), tokens: 0, perContext: new Map() });
    }
    const row = rows[chosen]!;
    let added = group.own;
    for (const node of group.nodes) {
      if (row.nodes.has(node)) continue;
      row.nodes.add(node);
      added += node.to - node.from;
    }
    row.groups.push(group);
    row.tokens += added;
    if (group.context) {
      row.perContext.set(group.context, (row.perContext.get(group.context) ?? 0) + group.leaves.length);
    }
    anyRow.add(chosen, room(chosen));
    for (const node of row.nodes) {
      if (!rowsWith.has(node)) rowsWith.set(node, new RowsByRoom(capacity));
      rowsWith.get(node)!.add(chosen, room(chosen));
    }
  }
  return rows.map((row) => layOut(row, examples));
}

/** The beginnings that every leaf of the group has, from the longest to the shortest. */
function ancestorsOf(group: Group): PrefixNode[] {
  const top = group.context ?? group.leaves[0]!.parent;
  return group.nodes.size === 0 ? [] : missing(top, new Set());
}

/**
 * Depth first: each beginning, then the answers that continue it directly, then the beginnings that do.
 * A beginning that only one example of this row has becomes part of what continues it.
 */
function layOut(row: OpenRow, examples: readonly TokenizedExample[]): PackedRow {
  const nodes = byParent(row.nodes);
  const leaves = byParent(row.groups.flatMap((group) => group.leaves));
  const segments: PackedSegment[] = [];
  const emit = (node: PrefixNode | undefined, parent: number, from: number): void => {
    for (const { example } of leaves.get(node) ?? []) {
      segments.push({ parent, example, from, to: examples[example]!.ids.length, leaf: true });
    }
    for (const below of nodes.get(node) ?? []) {
      if ((leaves.get(below)?.length ?? 0) + (nodes.get(below)?.length ?? 0) === 1) {
        emit(below, parent, from);
      } else {
        emit(
          below,
          segments.push({ parent, example: below.example, from, to: below.to, leaf: false }),
          below.to,
        );
      }
    }
  };
  emit(undefined, 0, 0);
  const contexts = [...row.perContext.keys()].map((node) => nameContext(node, examples));
  return { segments, tokens: row.tokens, contexts: contexts.sort() };
}

function byParent<T extends { parent?: PrefixNode }>(items: Iterable<T>): Map<PrefixNode | undefined, T[]> {
  const groups = new Map<PrefixNode | undefined, T[]>();
  for (const item of items) {
    const group = groups.get(item.parent);
    if (group) group.push(item);
    else groups.set(item.parent, [item]);
  }
  return groups;
}
