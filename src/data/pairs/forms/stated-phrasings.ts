/**
 * Ways of asking for computed figures that an analysis states. They name the analysis, so that the figure is wanted as it
 * stands there and not as an expression.
 * @module
 */

/** Kinds of stated figures with their phrasings, of the form of `phrasings` in phrasings.ts. */
export const statedPhrasings = {
  stated_growth: [
    'By how many percent did {row} {verb} from {from} to {to} according to the analysis?',
    'According to the analysis, by what percentage did {row} {verb} from {from} to {to}?',
    'Which percentage change in {row} from {from} to {to} does the analysis state?',
    'What percentage does the analysis give for the change in {row} from {from} to {to}?',
    'State the percentage by which {row} changed from {from} to {to} according to the analysis.',
    'As the analysis puts it, by how many percent did {row} {verb} between {from} and {to}?',
    'Look up in the analysis by how many percent {row} changed from {from} to {to}.',
    '{row} from {from} to {to}: which percentage does the analysis state?',
  ],
  stated_figure: [
    'What was {measure} {in} according to the analysis?',
    'According to the analysis, what was {measure} {in}?',
    'Which figure does the analysis give for {measure} {in}?',
    'What does the analysis state as {measure} {in}?',
    'State {measure} {in} according to the analysis.',
    'Look up {measure} {in} in the analysis.',
    'Give {measure} {in} as the analysis states it.',
    '{measure} {in} according to the analysis?',
  ],
} as const;

/** A list of phrasings for stated figures. */
export type StatedPhrasing = keyof typeof statedPhrasings;
