/**
 * The steps by name, made from settings: what a worker thread is told to do with a part.
 * @module
 */
import { hashJson } from '../../files.js';
import type { AugmentSettings } from '../../recipe/data/augment.js';
import type { CleanSettings } from '../../recipe/data/clean.js';
import type { ContaminationSettings } from '../../recipe/data/contamination.js';
import type { CoverageSettings } from '../../recipe/data/coverage.js';
import type { DocumentPairSettings } from '../../recipe/data/document-pairs.js';
import type { DocumentsSource } from '../../recipe/data/documents.js';
import type { FormatSettings } from '../../recipe/data/formats.js';
import type { PrivacySettings } from '../../recipe/data/privacy.js';
import type { QualitySettings } from '../../recipe/data/quality.js';
import { createAugmenter } from '../augment/augmenter.js';
import { createCleaner } from '../clean/cleaner.js';
import type { ContaminationIndex } from '../contamination/contamination-index.js';
import { createContaminationStep } from '../contamination/contamination-step.js';
import { createAspectAssigner } from '../coverage/assigner.js';
import { createDocumentStep } from '../pairs/documents/document-step.js';
import { createFormatStep } from '../pairs/format-step.js';
import { createNameFinder } from '../privacy/name-finder.js';
import { createPrivacyStep } from '../privacy/privacy-step.js';
import { createQualityStep } from '../quality/quality-step.js';
import type { Step } from '../step.js';

/**
 * A step with all that it is made from. `shared` is memory that threads share; `key` stands for its content, `secret`
 * for that of an environment variable.
 */
export type StepSpec =
  | { name: 'format'; settings: FormatSettings }
  | { name: 'clean'; settings: CleanSettings }
  | { name: 'privacy'; settings: PrivacySettings; seed: number; secret?: string }
  | { name: 'augment'; settings: AugmentSettings; seed: number }
  | { name: 'coverage'; settings: CoverageSettings }
  | { name: 'quality'; settings: QualitySettings }
  | { name: 'pairs'; make: DocumentsSource['make']; settings: DocumentPairSettings; seed: number }
  | { name: 'contamination'; settings: ContaminationSettings; key: string; shared: ContaminationIndex };

/** Steps that were made in this thread: one is made once for all parts. */
const made = new Map<string, Promise<Step>>();
/** Steps that are kept at the same time; a long process prepares many data sets. */
const keptSteps = 16;

/** Hash of what decides a step's results. */
export function stepKey(spec: StepSpec): string {
  return hashJson(Object.fromEntries(Object.entries(spec).filter(([name]) => name !== 'shared')));
}

/** The step that a specification describes. */
export function createStep(spec: StepSpec): Promise<Step> {
  const key = stepKey(spec);
  let step = made.get(key);
  if (!step) {
    if (made.size >= keptSteps) made.delete(made.keys().next().value!);
    step = make(spec);
    made.set(key, step);
  }
  return step;
}

async function make(spec: StepSpec): Promise<Step> {
  switch (spec.name) {
    case 'format':
      return createFormatStep(spec.settings);
    case 'clean':
      return createCleaner(spec.settings);
    case 'privacy': {
      const { settings, seed } = spec;
      const findNames = settings.names && (await createNameFinder(settings.names.model));
      return createPrivacyStep(settings, { seed, findNames });
    }
    case 'augment':
      return createAugmenter(spec.settings, { seed: spec.seed });
    case 'coverage':
      return createAspectAssigner(spec.settings);
    case 'quality':
      return createQualityStep(spec.settings);
    case 'pairs':
      return createDocumentStep(spec);
    case 'contamination':
      return createContaminationStep(spec.shared, spec.settings);
  }
}
