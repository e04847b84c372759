/**
 * Step `contamination`: takes training and validation items out that hold held-out ones.
 * @module
 */
import type { ContaminationSettings } from '../../recipe/data/contamination.js';
import { type Item, itemText } from '../item.js';
import type { RemovedItem, Step } from '../step.js';
import { CandidateFinder, type Candidates, eachPosting, sameQuestion } from './candidates.js';
import type { ContaminationIndex } from './contamination-index.js';
import { FeatureKind } from './feature-table.js';
import { conversationParts, originDocument } from './held-out.js';
import { nameHashes } from './ngram-hash.js';
import {
  type AnswerMatch,
  hasOtherNumber,
  type ItemWords,
  matchAnswer,
  matchQuestion,
  type QuestionMatch,
} from './question-match.js';
import { WordKind, WordReader } from './words.js';

/** Nats that a question's words have to say for it to be known without its answer. */
const tellingQuestion = 18;
/** The same in an item with a passage of its own, which could ask the same about something else. */
const tellingElsewhere = 32;
/** The same in running text, where its answer follows. */
const tellingBeforeAnswer = 10;
/** Coverage above the setting's from which on a question of common words counts, when its answer is there. */
const wholeQuestion = 0.85;
/** The same without its answer in a longer text, whose sentences may use the same words. */
const literalQuestion = 0.95;
/** Words beside question and answer up to which an item says nothing of its own. */
const frameWords = 40;
/** Numbers beside the question up to which the same holds; a small table has more. */
const frameNumbers = 3;
/** Passages with fewer n-grams or figures than these are too short to be told apart by them. */
const fewestNgrams = 6;
const fewestFigures = 4;
/** Passages with fewer n-grams are short, and more of them has to be found. */
const shortPassage = 20;
const shortOverlap = 0.75;
/** Figures that must be found, and their least share: two may be alike by chance. */
const foundFigures = 3;
const figureOverlap = 0.5;
/** Share of a training item's n-grams that come from one held-out text, and how many, for it to be a piece of it. */
const pieceShare = 0.6;
const pieceNgrams = 30;
/** Coverage of a passage under which an item's own passage is a different one. */
const differentPassage = 0.25;

/** Why an item is removed. */
interface Finding {
  reason: 'benchmark_overlap' | 'heldout_overlap' | 'shared_context' | 'shared_group' | 'shared_source';
  detail: string;
}

/**
 * The step `contamination`. Items of the test split and items without a split pass untouched; equal items get equal
 * results whatever was worked on before.
 *
 * What is compared: whole groups; passages and texts by rare word n-grams (GPT-3 used 13-grams, Brown et al. 2020,
 * appendix C; PaLM the share of 8-grams, Chowdhery et al. 2022, section 8) and by figures; questions by alignment of
 * their words, weighted by inverse document frequency.
 */
export function createContaminationStep(index: ContaminationIndex, settings: ContaminationSettings): Step {
  const finder = new ContaminationFinder(index, settings);
  return async (items) => {
    const kept: Item[] = [];
    const removed: RemovedItem[] = [];
    for (const item of items) {
      const trained = item.split === 'train' || item.split === 'validation';
      const finding = trained ? finder.find(item) : undefined;
      if (!finding) {
        kept.push(item);
        continue;
      }
      const { id, source } = item;
      removed.push({ id, source, step: 'contamination', ...finding, excerpt: itemText(item).slice(0, 200) });
    }
    return { items: kept, removed, counts: {}, samples: [] };
  };
}

/** What stands around a question that was found. */
type Surroundings = 'same_passage' | 'other_passage' | 'frame' | 'long_prompt' | 'running_text';

/**
 * Whether a question that was found is the held-out one, and not the same question about something else: the less its
 * words say, the more of its answer and of its surroundings has to agree.
 */
function isTelling(
  { coverage, weight, telling }: QuestionMatch,
  answer: AnswerMatch,
  surroundings: Surroundings,
  hasPassage: boolean,
): boolean {
  const whole = coverage >= wholeQuestion;
  if (surroundings === 'other_passage') return whole && answer.found && answer.figure;
  const alone = surroundings === 'frame' || surroundings === 'same_passage';
  // Questions of one family differ in a word or two, and then their answers differ: only the literal one is the same.
  if (surroundings === 'frame' && answer.other) return coverage >= literalQuestion;
  if (alone && telling >= (hasPassage ? tellingElsewhere : tellingQuestion)) return true;
  if (!answer.found) return coverage >= literalQuestion && telling >= tellingElsewhere;
  if (alone) return whole || weight + answer.weight >= tellingQuestion;
  if (surroundings === 'running_text') return whole && weight >= tellingBeforeAnswer;
  return whole && (answer.figure || telling + answer.telling >= tellingElsewhere);
}

class ContaminationFinder {
  private readonly reader = new WordReader();
  private readonly questionReader = new WordReader();
  private readonly candidates: CandidateFinder;
  private readonly decoder = new TextDecoder();

  constructor(
    private readonly index: ContaminationIndex,
    private readonly settings: ContaminationSettings,
  ) {
    this.candidates = new CandidateFinder(index);
  }

  find(item: Item): Finding | undefined {
    const origin = this.sharedOrigin(item);
    if (origin) return origin;
    const parts = item.messages ? conversationParts(item) : undefined;
    const { reader } = this;
    reader.clear();
    reader.read(parts ? `${parts.context}\n\n${parts.question}` : itemText(item));
    const answerStart = reader.length;
    if (parts) reader.read(parts.answer);
    const words: ItemWords = { reader, answerStart: parts ? answerStart : reader.length };
    const candidates = this.candidates.find(reader);
    const ownContext = item.context !== undefined && parts !== undefined;
    if (parts) this.addAskedAlike(parts.question, candidates, answerStart);
    return this.bestQuestion(candidates, words, ownContext) ?? this.bestPassage(candidates);
  }

  /** Makes candidates of the held-out items that ask exactly this. */
  private addAskedAlike(question: string, candidates: Candidates, answerStart: number): void {
    this.questionReader.clear();
    this.questionReader.read(question);
    const positions = [answerStart - this.questionReader.length];
    for (const same of sameQuestion(this.index, this.questionReader)) {
      if (!candidates.questions.has(same)) candidates.questions.set(same, { item: same, positions });
    }
  }

  private sharedOrigin(item: Item): Finding | undefined {
    const group = this.firstOwner(FeatureKind.group, item.group);
    if (group !== undefined) {
      return { reason: 'shared_group', detail: `group ${item.group} of ${this.describe(group)}` };
    }
    const file = this.settings.shared_source ? originDocument(item) : undefined;
    const document = file === undefined ? undefined : this.firstOwner(FeatureKind.document, file);
    if (document === undefined) return undefined;
    return { reason: 'shared_source', detail: `document ${file} of ${this.describe(document)}` };
  }

  private firstOwner(kind: FeatureKind, value: string): number | undefined {
    let owner: number | undefined;
    eachPosting(this.index.features, ...nameHashes(value), kind, (found) => {
      owner ??= found;
    });
    return owner;
  }

  private bestQuestion(candidates: Candidates, words: ItemWords, ownContext: boolean): Finding | undefined {
    let best: { item: number; coverage: number; answer: boolean } | undefined;
    for (const [item, hits] of candidates.questions) {
      const least = Math.max(this.settings.question_overlap, best?.coverage ?? 0);
      const match = matchQuestion(this.index, hits, words, least);
      if (!match || match.coverage === best?.coverage) continue;
      const answer = matchAnswer(this.index, item, match, words);
      if (!answer.found && hasOtherNumber(this.index, item, match, words)) continue;
      const surroundings = this.surroundingsOf(candidates, item, match, words, ownContext);
      // Only what a template is asked about, and what is answered, tells its questions apart.
      const sameCase = surroundings === 'same_passage' && !answer.other;
      if (this.index.isTemplate[item] === 1 && !sameCase) continue;
      if (!isTelling(match, answer, surroundings, this.index.passageOf[item]! > 0)) continue;
      best = { item, coverage: match.coverage, answer: answer.found };
    }
    if (!best) return undefined;
    const share = `${best.coverage.toFixed(2)} of the question`;
    return {
      reason: this.reasonOf(best.item),
      detail: `${share}${best.answer ? ', and the answer,' : ''} of ${this.describe(best.item)}`,
    };
  }

  private surroundingsOf(
    candidates: Candidates,
    item: number,
    { start, end }: QuestionMatch,
    { reader, answerStart }: ItemWords,
    ownContext: boolean,
  ): Surroundings {
    const passage = this.index.passageOf[item]! - 1;
    if (passage >= 0 && this.coverageOf(candidates, passage).share >= differentPassage) return 'same_passage';
    if (passage >= 0 && ownContext) return 'other_passage';
    let numbers = 0;
    for (let i = 0; i < answerStart; i++) {
      if (reader.kinds[i]! >= WordKind.shortNumber && (i < start || i > end)) numbers++;
    }
    if (answerStart - (end + 1 - start) <= frameWords && numbers <= frameNumbers) return 'frame';
    if (answerStart === reader.length) return 'running_text';
    return passage >= 0 && numbers > frameNumbers ? 'other_passage' : 'long_prompt';
  }

  /** The larger share of a passage's n-grams and figures that were found. */
  private coverageOf({ passages }: Candidates, passage: number): { share: number; byFigures: boolean } {
    const hits = passages.get(passage);
    const total = this.index.passageWeight[passage]!;
    const figures = this.index.passageFigures[passage]!;
    if (!hits) return { share: 0, byFigures: false };
    const rate = this.index.features.samplingRate;
    const byWords = total * rate >= fewestNgrams ? hits.weight / total : 0;
    const alike = figures >= fewestFigures && hits.figures >= foundFigures;
    const figureShare = alike ? hits.figures / figures : 0;
    // A table is told by its figures: its labels stand in the tables of others too.
    const table = figures >= fewestFigures && figures * 5 >= total * rate;
    const byFigures = table || (figureShare >= figureOverlap && figureShare > byWords);
    return { share: byFigures ? figureShare : byWords, byFigures };
  }

  private bestPassage(candidates: Candidates): Finding | undefined {
    let best: { passage: number; share: number; what: string } | undefined;
    const { passageWeight, ngram } = this.index;
    for (const [passage, hits] of candidates.passages) {
      if (passageWeight[passage] === 0) continue;
      const { share, byFigures } = this.coverageOf(candidates, passage);
      const least = this.leastOverlap(passage, byFigures);
      const piece = hits.ngrams / Math.max(candidates.ngrams, pieceNgrams / this.index.features.samplingRate);
      const isPiece = piece >= pieceShare;
      if (share < least && !isPiece) continue;
      if (Math.max(share, isPiece ? piece : 0) <= (best?.share ?? 0)) continue;
      const measure = byFigures ? 'figures' : `rare ${ngram}-grams`;
      best =
        share >= least
          ? { passage, share, what: `of the ${measure}` }
          : { passage, share: piece, what: `of this item's ${ngram}-grams come from a part` };
    }
    if (!best) return undefined;
    const item = this.index.passageItem[best.passage]!;
    const isItem = this.index.passageIsItem[best.passage] === 1;
    return {
      reason: isItem ? this.reasonOf(item) : 'shared_context',
      detail: `${best.share.toFixed(2)} ${best.what} of ${isItem ? '' : 'the context of '}${this.describe(item)}`,
    };
  }

  /** Share of a passage that has to be found: short ones are alike in their turns of phrase. */
  private leastOverlap(passage: number, byFigures: boolean): number {
    const { context_overlap } = this.settings;
    if (byFigures) return Math.max(figureOverlap, context_overlap);
    const ngrams = this.index.passageWeight[passage]! * this.index.features.samplingRate;
    return ngrams < shortPassage ? Math.max(shortOverlap, context_overlap) : context_overlap;
  }

  private reasonOf(item: number): 'benchmark_overlap' | 'heldout_overlap' {
    return this.index.names[this.index.nameOf[item]!]!.kind === 'benchmark'
      ? 'benchmark_overlap'
      : 'heldout_overlap';
  }

  /** `17 (tatqa)`: id and name of a held-out item. */
  private describe(item: number): string {
    const { ids, idStarts, names, nameOf } = this.index;
    const bytes = ids.slice(idStarts[item]!, idStarts[item + 1]!);
    return `${this.decoder.decode(bytes)} (${names[nameOf[item]!]!.name})`;
  }
}
