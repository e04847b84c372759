/**
 * A fact: said as a text, and asked in several phrasings of one question.
 * @module
 */

/** One fact of a file. */
export interface Fact {
  /** Unique in its file. */
  id: string;
  /** The fact as plain text of the domain. */
  text: string;
  /** Phrasings of one question that needs no document; the last ones are held out. */
  questions: readonly string[];
  /** The short answer to all of them. */
  answer: string;
  /** Facts of one group are not independent. */
  group?: string;
  aspects?: readonly string[];
  source?: string;
  licence?: string;
  /** 1-based line or row in its file. */
  line: number;
}

/** The phrasings of a fact that are trained on, and those that recall is measured with. */
export function dividePhrasings(
  { questions }: Fact,
  heldOut: number,
): { trained: readonly string[]; heldOut: readonly string[] } {
  const trained = questions.length - heldOut;
  return { trained: questions.slice(0, trained), heldOut: questions.slice(trained) };
}
