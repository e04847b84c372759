/**
 * What a study found: who is preferred and how surely, whether the raters agree, and what to talk about.
 * @module
 */
import type { ResamplingSettings } from '../statistics/bootstrap.js';
import { type Agreement, agreement } from './agreement.js';
import { type Counted, countedDecisions } from './counted.js';
import { type Disagreement, disagreements } from './disagreements.js';
import { type Figures, figuresOf, type RaterHabits, raterHabits } from './figures.js';
import { askedOf, openStudy } from './study-file.js';

/** Results of one rater. */
export interface RaterResults extends Figures, RaterHabits {
  rater: string;
  /** Decisions that the rater is asked for, and those made. */
  asked: number;
  decided: number;
}

/** Results of a study, finished or not. */
export interface StudyResults {
  study: string;
  benchmark: string;
  form: 'pairwise' | 'rubric';
  systems: string[];
  /** Items with a decision that counts, and the groups they belong to. */
  items: number;
  groups: number;
  /** Decisions of all raters that are asked for, and those made. */
  asked: number;
  decided: number;
  /** Pairs of identical answers among the decisions that count; nobody was asked, and they are ties. */
  identical: number;
  /** Of all raters together; a rater with more decisions weighs more. */
  all: Figures;
  raters: RaterResults[];
  /** Of a pairwise study one entry, of a rubric one a criterion. */
  agreement: Agreement[];
  /** What raters saw most differently comes first. */
  disagreements: Disagreement[];
}

/**
 * Computes the results of the study in `directory`. Intervals draw whole groups of items, so that several raters of one
 * item, or several items of one document, don't count as independent.
 *
 * @throws AttuneError when the folder holds no study, or a file of ratings is broken
 */
export async function studyResults(directory: string, settings: ResamplingSettings): Promise<StudyResults> {
  const study = await openStudy(directory);
  const counted = await countedDecisions(study, directory);
  const isRated = ({ rating }: Counted): boolean => rating !== undefined;
  const raters = study.raters.map((rater): RaterResults => {
    const own = counted.filter((decision) => decision.rater === rater.name);
    return {
      rater: rater.name,
      asked: askedOf(rater).length,
      decided: own.filter(isRated).length,
      ...figuresOf(study, own, settings, study.systems.length > 2),
      ...raterHabits(own, settings.confidence),
    };
  });
  return {
    study: study.name,
    benchmark: study.benchmark,
    form: study.form,
    systems: study.systems,
    items: new Set(counted.map(({ item }) => item.id)).size,
    groups: new Set(counted.map(({ item }) => item.group)).size,
    asked: raters.reduce((sum, { asked }) => sum + asked, 0),
    decided: counted.filter(isRated).length,
    identical: counted.filter((decision) => !isRated(decision)).length,
    all: figuresOf(study, counted, settings, true),
    raters,
    agreement: agreement(study, counted.filter(isRated), settings),
    disagreements: disagreements(study, counted.filter(isRated)),
  };
}
