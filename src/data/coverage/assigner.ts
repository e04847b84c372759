/**
 * Assigns items to the aspects of the domain.
 * @module
 */
import type { AspectSettings, CoverageSettings } from '../../recipe/data/coverage.js';
import { readContextTable } from '../augment/context-table.js';
import { type Item, itemText } from '../item.js';
import { cosine, embedTexts, normalise } from '../quality/embedding.js';
import { measureHardness } from '../quality/hardness.js';
import type { Step, StepSample } from '../step.js';
import { edgeCases } from './edge-cases.js';
import { compileGlob, compilePattern, type LinearPattern } from './linear-pattern.js';
import { PhraseFinder } from './phrases.js';

/** Makes vectors of texts, of any one length, for example with a model. */
export type Embed = (texts: readonly string[]) => Float32Array[] | Promise<Float32Array[]>;

/** An aspect, ready to be matched. */
interface Matcher {
  settings: AspectSettings;
  patterns: LinearPattern[];
  globs: LinearPattern[];
  /** Whether keywords, patterns or texts have to find an item; otherwise the narrowing rules alone do. */
  searches: boolean;
  /** Mean of the vectors of description and examples. */
  centre?: Float32Array;
}

const samplesOfEach = 2;

/**
 * The step `coverage`: adds to `aspects` of every item, in the order of the settings, and sets the scores `edge` (how
 * many rules for edge cases it meets) and `hardness`. `tasks`, `sources` and `kinds` of an aspect have to fit, as far as they are
 * given; of `keywords`, `patterns` and similarity to `description` and `examples` one has to. System messages are not
 * looked at, for they are the same everywhere.
 *
 * @param embed vectors for similarity; without it those of {@link embedTexts} without rarity of words
 * @throws AttuneError when a pattern or glob cannot be used
 */
export function createAspectAssigner(
  settings: CoverageSettings,
  embed: Embed = (texts) => embedTexts(texts),
): Step {
  const matchers = settings.aspects.map(compile);
  const finder = new PhraseFinder(settings.aspects.map(({ keywords }) => keywords));
  const byText = matchers.filter(
    ({ settings: { description, examples } }) => description || examples.length > 0,
  );
  let centres: Promise<void> | undefined;
  return async (items) => {
    centres ??= setCentres(byText, embed);
    await centres;
    const texts = items.map(searchedText);
    const vectors = byText.length > 0 ? (await embed(texts)).map((vector) => normalise(vector.slice())) : [];
    const counts: Record<string, number> = {};
    const samples: StepSample[] = [];
    const count = (rule: string): number => {
      counts[rule] = (counts[rule] ?? 0) + 1;
      return counts[rule];
    };
    const assigned = items.map((item, at): Item => {
      const phrases = finder.find(texts[at]!);
      const found = matchers.flatMap((matcher, number) =>
        belongs(matcher, item, texts[at]!, phrases.has(number), vectors[at]) ? [matcher.settings.name] : [],
      );
      const aspects = [...new Set([...(item.aspects ?? []), ...found])];
      for (const aspect of found) {
        if (count(`aspect: ${aspect}`) > samplesOfEach) continue;
        samples.push({
          rule: `aspect: ${aspect}`,
          id: item.id,
          before: texts[at]!.slice(0, 400),
          after: aspect,
        });
      }
      if (aspects.length === 0 && matchers.length > 0) count('no aspect');
      const edges = edgeCases(item, settings);
      for (const rule of edges) count(`edge: ${rule}`);
      const { hardness } = measureHardness(item);
      if (hardness >= settings.hard_from) count('hard');
      // An item may have been made with aspects, such as the form of its document; the recipe's own are added.
      const all = [...new Set([...(item.aspects ?? []), ...aspects])];
      return { ...item, aspects: all, scores: { ...item.scores, edge: edges.length, hardness } };
    });
    return { items: assigned, removed: [], counts, samples };
  };
}

function compile(settings: AspectSettings, index: number): Matcher {
  const field = `data.coverage.aspects[${index}]`;
  const { patterns, sources, keywords, description, examples } = settings;
  return {
    settings,
    patterns: patterns.map((pattern, at) => compilePattern(pattern, `${field}.patterns[${at}]`)),
    globs: sources.map((glob, at) => compileGlob(glob, `${field}.sources[${at}]`)),
    searches: keywords.length + patterns.length + examples.length > 0 || description !== undefined,
  };
}

async function setCentres(matchers: readonly Matcher[], embed: Embed): Promise<void> {
  for (const matcher of matchers) {
    const { description, examples } = matcher.settings;
    const vectors = await embed([...(description ? [description] : []), ...examples]);
    const sum = new Float32Array(vectors[0]!.length);
    for (const vector of vectors) {
      const unit = normalise(vector.slice());
      for (let at = 0; at < sum.length; at++) sum[at] = sum[at]! + unit[at]!;
    }
    matcher.centre = normalise(sum);
  }
}

function belongs(
  { settings, patterns, globs, searches, centre }: Matcher,
  item: Item,
  text: string,
  hasKeyword: boolean,
  vector: Float32Array | undefined,
): boolean {
  const { tasks, kinds, min_similarity } = settings;
  if (tasks.length > 0 && !tasks.includes(item.task)) return false;
  if (globs.length > 0 && !globs.some((fits) => fits(item.origin.file) || fits(item.source))) return false;
  if (kinds.length > 0 && !kinds.some((kind) => isOfKind(item, kind))) return false;
  if (!searches) return tasks.length + globs.length + kinds.length > 0;
  if (hasKeyword || patterns.some((fits) => fits(text))) return true;
  return centre !== undefined && vector !== undefined && cosine(centre, vector) >= min_similarity;
}

function isOfKind(item: Item, kind: AspectSettings['kinds'][number]): boolean {
  switch (kind) {
    case 'conversation':
      return item.messages !== undefined;
    case 'text':
      return item.text !== undefined;
    case 'document':
      return item.blocks !== undefined;
    case 'table':
      return item.context !== undefined && readContextTable(item.context) !== undefined;
  }
}

function searchedText(item: Item): string {
  if (!item.messages) return `${item.title ?? ''}\n${itemText(item)}`;
  return item.messages
    .filter(({ role }) => role !== 'system')
    .map(({ content }) => content)
    .join('\n');
}
