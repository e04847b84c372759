/**
 * The language of a text, by its letter sequences (Efficient Language Detector, its smallest database).
 * @module
 */

/** The language that a text seems to be in, and the detector's score between 0 and 1. */
export interface Language {
  /** ISO 639-1. */
  code: string;
  confidence: number;
}

/** What tells the language of a text; nothing where it cannot say. */
export type DetectLanguage = (text: string) => Language | undefined;

/** Characters of a sample: enough for the detector to be sure, and its time grows with them. */
const sampleLength = 200;
const samples = 3;

/** Loads the detector; its database of 60 languages takes about a second, so only when it is needed. */
export async function languageDetector(): Promise<DetectLanguage> {
  const { eld } = await import('eld/extrasmall');
  return (text) => {
    const scores = new Map<string, number>();
    const places = sampleStarts(text.length);
    for (const start of places) {
      const result = eld.detect(text.slice(start, start + sampleLength));
      if (result.language === '' || !result.isReliable()) continue;
      const score = result.getScores()[result.language] ?? 0;
      scores.set(result.language, (scores.get(result.language) ?? 0) + score / places.length);
    }
    let best: Language | undefined;
    for (const [code, confidence] of scores) {
      if (!best || confidence > best.confidence) best = { code, confidence };
    }
    return best;
  };
}

/** Beginning, middle and end of a long text, because a title page may be in another language than the report. */
function sampleStarts(length: number): number[] {
  if (length <= sampleLength * samples * 2) return [0];
  return [0, Math.floor((length - sampleLength) / 2), length - sampleLength];
}
