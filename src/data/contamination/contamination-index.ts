/**
 * The held-out items in a form that is small, quick to ask and shared by worker threads.
 * @module
 */
import type { OnProgress } from '../../progress.js';
import type { ContaminationSettings } from '../../recipe/data/contamination.js';
import {
  FeatureKind,
  FeatureList,
  type FeatureTable,
  isSampled,
  postingKind,
  postingOwner,
} from './feature-table.js';
import type { HeldOutItem } from './held-out.js';
import { figurePrint, firstHash, firstOfPair, nameHashes, secondHash, secondOfPair } from './ngram-hash.js';
import { WordFrequencies } from './word-weights.js';
import { WordKind, WordReader } from './words.js';

/** Held-out items for {@link createContaminationStep}; can be posted to a worker thread as it is. */
export interface ContaminationIndex {
  /** Held-out items. */
  items: number;
  /** Words of an n-gram. */
  ngram: number;
  /** Names of the benchmarks. */
  names: { name: string; kind: HeldOutItem['kind'] }[];
  /** For each item its place in `names`. */
  nameOf: Uint32Array;
  /** Ids as UTF-8, one after the other, and where each begins. */
  ids: Uint8Array;
  idStarts: Uint32Array;
  /** Words of the questions and answers: item `i`'s question begins at `parts[2 i]`, its answer at `parts[2 i + 1]`. */
  parts: Uint32Array;
  words: Uint32Array;
  /** What each of `words` says, in nats. */
  weights: Float32Array;
  /** For each item the word pairs of its question in the table. */
  questionPairs: Uint16Array;
  /** For each item 1 where other held-out items ask the same about other passages: its question is a template. */
  isTemplate: Uint8Array;
  /** For each item 1 + the number of its passage, 0 for none. */
  passageOf: Uint32Array;
  /** For each passage the first item that has it. */
  passageItem: Uint32Array;
  /** For each passage the sum of the weights of its n-grams in the table; 0 where it says nothing. */
  passageWeight: Float32Array;
  /** For each passage its figures in the table. */
  passageFigures: Uint32Array;
  /** For each passage 1 where it is the whole item and not what a question is about. */
  passageIsItem: Uint8Array;
  features: FeatureTable;
}

/** How an index is built. */
export interface BuildIndexOptions {
  onProgress?: OnProgress;
  signal?: AbortSignal;
  /** Features from which on only every second, fourth, ... n-gram of the passages is kept. Default 8 million. */
  most_features?: number;
}

/** Longest question that is compared word by word. */
const questionWords = 128;
/** Longest answer that is compared. */
const answerWords = 64;
/** Passages of fewer words are read as part of the question. */
const shortestPassage = 12;

/**
 * Builds the index in one pass over the held-out items. Passages that several items share are kept once. N-grams that
 * stand in many passages (more than 10 and more than 1 % of them) are boilerplate and left out; a passage that items of
 * three groups or a tenth of a benchmark share is an instruction and not content.
 */
export async function buildContaminationIndex(
  heldOut: AsyncIterable<HeldOutItem> | Iterable<HeldOutItem>,
  settings: Pick<ContaminationSettings, 'ngram'>,
  { onProgress, signal, most_features = 8_000_000 }: BuildIndexOptions = {},
): Promise<ContaminationIndex> {
  const builder = new IndexBuilder(settings.ngram, most_features);
  let done = 0;
  for await (const item of heldOut) {
    builder.add(item);
    if (++done % 1000 === 0) {
      signal?.throwIfAborted();
      onProgress?.({ phase: 'index held-out items', done, unit: 'items' });
    }
  }
  return builder.finish();
}

class IndexBuilder {
  private readonly features: FeatureList;
  private readonly frequencies = new WordFrequencies();
  private readonly reader = new WordReader();
  private readonly names: ContaminationIndex['names'] = [];
  private readonly nameOf: number[] = [];
  private readonly itemsOfName: number[] = [];
  private readonly ids: string[] = [];
  private readonly parts: number[] = [];
  private readonly words: number[] = [];
  private readonly kinds: number[] = [];
  private readonly passageOf: number[] = [];
  private readonly passages = new Map<number, number>();
  private readonly passageItem: number[] = [];
  private readonly passageIsItem: number[] = [];
  private readonly sharers: { items: number; groups: number; lastGroup?: string }[] = [];
  private readonly known = new Set<string>();

  constructor(
    private readonly ngram: number,
    mostFeatures: number,
  ) {
    this.features = new FeatureList(mostFeatures);
  }

  add({ id, name, kind, question, answer, context, group, document }: HeldOutItem): void {
    const item = this.ids.length;
    this.ids.push(id);
    let place = this.names.findIndex((known) => known.name === name && known.kind === kind);
    if (place < 0) place = this.names.push({ name, kind }) - 1;
    this.nameOf.push(place);
    this.itemsOfName[place] = (this.itemsOfName[place] ?? 0) + 1;
    this.addOrigin(FeatureKind.group, item, group);
    this.addOrigin(FeatureKind.document, item, document);

    const { reader } = this;
    reader.clear();
    reader.read(context);
    const isPassage = reader.length >= shortestPassage;
    this.passageOf.push(isPassage ? this.addPassage(item, question === '', group) + 1 : 0);
    if (isPassage) reader.clear();
    reader.read(question);
    this.frequencies.nextText();
    this.addQuestion(item);
    reader.clear();
    reader.read(answer);
    this.addAnswer();
  }

  private addOrigin(kind: FeatureKind, item: number, value: string | undefined): void {
    const key = `${kind}:${value}`;
    if (value === undefined || this.known.has(key)) return;
    this.known.add(key);
    this.features.add(kind, item, ...nameHashes(value));
  }

  private addPassage(item: number, isItem: boolean, group: string | undefined): number {
    const { reader, ngram } = this;
    const { hashes, kinds, length } = reader;
    const key = firstHash(hashes, 0, length) * 2 ** 21 + (secondHash(hashes, 0, length) >>> 11);
    const found = this.passages.get(key);
    const passage = found ?? this.passageItem.push(item) - 1;
    this.sharers[passage] ??= { items: 0, groups: 0 };
    const sharer = this.sharers[passage];
    sharer.items++;
    if (group !== undefined && group !== sharer.lastGroup) sharer.groups++;
    sharer.lastGroup = group;
    if (found !== undefined) return found;
    this.passages.set(key, passage);
    this.passageIsItem.push(isItem ? 1 : 0);
    this.frequencies.nextText();
    const seen = new Set<number>();
    for (let i = 0; i < length; i++) {
      this.frequencies.add(hashes[i]!);
      if (kinds[i] === WordKind.figure && !seen.has(~hashes[i]!)) {
        seen.add(~hashes[i]!);
        this.features.add(FeatureKind.figure, passage, hashes[i]!, figurePrint(hashes[i]!));
      }
      if (i + ngram > length) continue;
      const first = firstHash(hashes, i, ngram);
      if (!isSampled(first, this.features.samplingRate) || seen.has(first | 0)) continue;
      seen.add(first | 0);
      this.features.add(FeatureKind.passage, passage, first, secondHash(hashes, i, ngram));
    }
    return passage;
  }

  private addQuestion(item: number): void {
    const { hashes, kinds } = this.reader;
    const length = Math.min(this.reader.length, questionWords);
    this.parts.push(this.words.length);
    const seen = new Set<number>();
    for (let i = 0; i < length; i++) {
      this.frequencies.add(hashes[i]!);
      this.words.push(hashes[i]!);
      this.kinds.push(kinds[i]!);
      if (i === 0) continue;
      const [left, right] = [hashes[i - 1]!, hashes[i]!];
      const first = firstOfPair(left, right);
      if (seen.has(first | 0)) continue;
      seen.add(first | 0);
      this.features.add(FeatureKind.questionPair, item, first, secondOfPair(left, right));
    }
    if (length === 0) return;
    this.features.add(
      FeatureKind.question,
      item,
      firstHash(hashes, 0, length),
      secondHash(hashes, 0, length),
    );
  }

  private addAnswer(): void {
    const { hashes, kinds } = this.reader;
    const length = Math.min(this.reader.length, answerWords);
    this.parts.push(this.words.length);
    for (let i = 0; i < length; i++) {
      this.frequencies.add(hashes[i]!);
      this.words.push(hashes[i]!);
      this.kinds.push(kinds[i]!);
    }
  }

  /** 1 for every item whose question is asked about several passages. */
  private templates(): number[] {
    const words = Uint32Array.from(this.words);
    const keys = this.ids.map((_id, item) => {
      const start = this.parts[item * 2]!;
      const length = this.parts[item * 2 + 1]! - start;
      return length === 0 ? '' : `${firstHash(words, start, length)} ${secondHash(words, start, length)}`;
    });
    const passages = new Map<string, Set<number>>();
    for (const [item, key] of keys.entries()) {
      const asked = passages.get(key) ?? new Set();
      passages.set(key, asked.add(this.passageOf[item]!));
    }
    return keys.map((key) => (key !== '' && passages.get(key)!.size > 1 ? 1 : 0));
  }

  finish(): ContaminationIndex {
    const items = this.ids.length;
    const passages = this.passageItem.length;
    this.parts.push(this.words.length);
    const features = this.features.toTable((kind) => {
      if (kind === FeatureKind.passage || kind === FeatureKind.figure) return Math.max(10, passages / 100);
      if (kind === FeatureKind.questionPair) return Math.max(64, items / 50);
      return kind === FeatureKind.question ? 64 : Number.POSITIVE_INFINITY;
    });
    const passageWeight = shared(Float32Array, passages);
    const passageFigures = shared(Uint32Array, passages);
    const questionPairs = shared(Uint16Array, items);
    weighFeatures(features, { questionPairs, passageWeight, passageFigures });
    const isInstruction = this.sharers.map(({ items: sharing, groups }, passage) => {
      const ofName = this.itemsOfName[this.nameOf[this.passageItem[passage]!]!]!;
      return groups > 2 || sharing > Math.max(50, ofName / 10);
    });
    for (const [passage, empty] of isInstruction.entries()) {
      if (!empty) continue;
      passageWeight[passage] = 0;
      passageFigures[passage] = 0;
    }
    const idBytes = Buffer.from(this.ids.join(''));
    const idStarts = shared(Uint32Array, items + 1);
    for (const [i, id] of this.ids.entries()) idStarts[i + 1] = idStarts[i]! + Buffer.byteLength(id);
    const weigh = (word: number, i: number): number =>
      this.frequencies.weight(word, this.kinds[i]! as WordKind);
    return {
      items,
      ngram: this.ngram,
      names: this.names,
      nameOf: shared(Uint32Array, this.nameOf),
      ids: shared(Uint8Array, idBytes),
      idStarts,
      parts: shared(Uint32Array, this.parts),
      words: shared(Uint32Array, this.words),
      weights: shared(Float32Array, this.words.map(weigh)),
      questionPairs,
      isTemplate: shared(Uint8Array, this.templates()),
      passageOf: shared(
        Uint32Array,
        this.passageOf.map((passage) => (passage > 0 && isInstruction[passage - 1] ? 0 : passage)),
      ),
      passageItem: shared(Uint32Array, this.passageItem),
      passageWeight,
      passageFigures,
      passageIsItem: shared(Uint8Array, this.passageIsItem),
      features,
    };
  }
}

/** Adds up what is in the table for every question and passage. */
function weighFeatures(
  { starts, prints, postings }: FeatureTable,
  {
    questionPairs,
    passageWeight,
    passageFigures,
  }: Pick<ContaminationIndex, 'questionPairs' | 'passageWeight' | 'passageFigures'>,
): void {
  for (let b = 0; b + 1 < starts.length; b++) {
    const end = starts[b + 1]!;
    for (let i = starts[b]!; i < end; i++) {
      const kind = postingKind(postings[i]!);
      const owner = postingOwner(postings[i]!);
      if (kind === FeatureKind.questionPair) questionPairs[owner]!++;
      if (kind === FeatureKind.figure) passageFigures[owner]!++;
      if (kind !== FeatureKind.passage) continue;
      let sharing = 0;
      for (let k = starts[b]!; k < end; k++) {
        if (prints[k] === prints[i] && postingKind(postings[k]!) === kind) sharing++;
      }
      passageWeight[owner]! += ngramWeight(sharing, passageWeight.length);
    }
  }
}

/** What an n-gram that stands in `sharing` of the passages says: 1 for one passage, less for more. */
export function ngramWeight(sharing: number, passages: number): number {
  return Math.max(0.05, 1 - Math.log(sharing) / Math.log(Math.max(passages, 50)));
}

interface SharedArray<T> {
  new (buffer: SharedArrayBuffer): T;
  BYTES_PER_ELEMENT: number;
}

function shared<T extends { set(values: ArrayLike<number>): void }>(
  type: SharedArray<T>,
  content: number | ArrayLike<number>,
): T {
  const length = typeof content === 'number' ? content : content.length;
  const array = new type(new SharedArrayBuffer(length * type.BYTES_PER_ELEMENT));
  if (typeof content !== 'number') array.set(content);
  return array;
}
