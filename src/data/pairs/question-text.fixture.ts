/**
 * Questions as their readers understand them: patterns for what is asked, about which rows and which columns. Only names
 * that the document shows are taken for names of rows.
 * @module
 */
import { columnsOfYear, type ReadTable } from './prompt-text.fixture.js';

/** A question with what stands in its places: `row`, `place`, `from` and so on. */
export interface ReadQuestion {
  kind: string;
  parts: Record<string, string>;
}

const noun = '(?:table|section|analysis)';
/** What is asked, by task. A word in capitals is a place: a row, years, a list. */
const patterns: Record<string, Record<string, string[]>> = {
  look_up: {
    figure: ['(?:What was|How much was|What is the figure for|State) ROW PLACE[?.]'],
    growth: [
      String.raw`By how many percent did ROW VERB from FROM to TO according to the analysis\?`,
      String.raw`According to the analysis, by what percentage did ROW VERB from FROM to TO\?`,
      String.raw`Which percentage change in ROW from FROM to TO does the analysis state\?`,
      String.raw`What percentage does the analysis give for the change in ROW from FROM to TO\?`,
    ],
    measure: [
      String.raw`What was MEASURE according to the analysis\?`,
      String.raw`According to the analysis, what was MEASURE\?`,
      String.raw`Which figure does the analysis give for MEASURE\?`,
      String.raw`What does the analysis state as MEASURE\?`,
    ],
  },
  change: {
    change: [
      '(?:What was the change in|By how much did|Compute the change in) ROW (?:change )?(?:from|between) FROM (?:to|and) TO[?.]',
      String.raw`What is the difference in ROW between TO and FROM\?`,
    ],
  },
  percentage_change: {
    growth: [
      '(?:What was the percentage change in|By what percentage did|By how many percent did|Compute the percentage change of) ROW (?:change )?(?:from|between) FROM (?:to|and) TO[?.]',
    ],
  },
  total: {
    total: [
      '(?:What is the total of|Add up) LIST PLACE[?.]',
      String.raw`What do LIST add up to PLACE\?`,
      String.raw`How much are LIST together PLACE\?`,
    ],
  },
  average: {
    average: [
      '(?:What was the average of|What was the mean of|Compute the average|On average, how much was) ROW (?:over|for|across|in) YEARS[?.]',
    ],
  },
  share: {
    share: [
      String.raw`What share of OTHER was ROW PLACE\?`,
      String.raw`What percentage of OTHER did ROW make up PLACE\?`,
      String.raw`How many percent of OTHER came from ROW PLACE\?`,
      String.raw`Compute the share of ROW in OTHER PLACE\.`,
    ],
  },
  ratio: {
    ratio: [
      '(?:What was|Compute) the ratio of ROW to OTHER PLACE[?.]',
      String.raw`How many times OTHER was ROW PLACE\?`,
      String.raw`What do you get when you divide ROW by OTHER PLACE\?`,
    ],
  },
  unit_conversion: {
    conversion: [
      String.raw`What was ROW PLACE, expressed in UNIT\?`,
      String.raw`Express ROW PLACE in UNIT\.`,
      String.raw`How many UNIT was ROW PLACE\?`,
      String.raw`Convert ROW PLACE to UNIT\.`,
    ],
  },
  comparison: {
    direction: [
      String.raw`Did ROW increase or decrease from FROM to TO\?`,
      String.raw`From FROM to TO, did ROW increase or decrease\?`,
      String.raw`Has ROW increased or decreased in TO compared with FROM\?`,
      String.raw`Was there an increase or a decrease in ROW between FROM and TO\?`,
    ],
    larger: [
      String.raw`Which was larger PLACE, ROW or OTHER\?`,
      String.raw`PLACE, which was higher: ROW or OTHER\?`,
      String.raw`Was ROW or OTHER the larger amount PLACE\?`,
      String.raw`Compare ROW and OTHER PLACE: which is larger\?`,
    ],
  },
  ranking: {
    years: [
      String.raw`(?:In which year|When) was ROW the RANK\?`,
      '(?:Which year had|Name the year with) the RANK ROW[?.]',
    ],
    rows: [
      String.raw`Which of LIST was the RANK PLACE\?`,
      String.raw`Among LIST, which was the RANK PLACE\?`,
      String.raw`Name the RANK of LIST PLACE\.`,
      String.raw`PLACE, which was the RANK of LIST\?`,
    ],
  },
  statement_type: {
    type: [
      `(?:What kind of ${noun} is this:|Which of these is the ${noun}:|Classify the ${noun} as|Is this ${noun} from) OPTIONS[?.]`,
    ],
  },
  financial_ratio: {
    ratio: [`(?:What was|How high was|Compute|Work out) RATIO PLACE(?: from the ${noun})?[?.]`],
    due: [
      `(?:What was|How high was|Compute|Work out) the part of ROW due within one year as a percentage of its total(?: from the ${noun})?[?.]`,
    ],
  },
  trend_commentary: {
    trend: [
      String.raw`(?:Describe how|Comment on the trend of|Write a sentence on the development of) ROW (?:developed )?from FROM to TO\.`,
      String.raw`In one sentence, how did ROW develop between FROM and TO\?`,
    ],
  },
  risk_flags: {
    whole: [
      String.raw`(?:Which (?:rows|items)|Are there (?:rows|items) that|Name the (?:rows|items) that) MOVED by more than LIMIT% (?:from|between) FROM (?:to|and) TO(?:[?.]|\? Name them\.)`,
      String.raw`From FROM to TO, which (?:rows|items) of the ${noun} MOVED by more than LIMIT%\?`,
    ],
    moved: [
      String.raw`From FROM to TO, which of LIST MOVED by more than LIMIT%\?`,
      String.raw`Which of LIST MOVED by more than LIMIT% from FROM to TO\?`,
      String.raw`Among LIST, which MOVED by more than LIMIT% from FROM to TO\?`,
      String.raw`Name those of LIST that MOVED by more than LIMIT% between FROM and TO\.`,
    ],
    signs: [
      String.raw`Which of these warning signs does the ${noun} show for TO: SIGNS\?`,
      String.raw`Look for warning signs in TO: SIGNS\. Which are there\?`,
      String.raw`For TO, which of these does the ${noun} show: SIGNS\?`,
      String.raw`Check TO for SIGNS\. What is there\?`,
    ],
  },
  summary: {
    whole: [
      String.raw`(?:Summarise|Sum up) the ${noun} (?:in one sentence, |from )FROM to TO(?: in one sentence)?\.`,
      String.raw`(?:In one sentence, what does the ${noun} say about|What is the main message of the ${noun} for) FROM to TO\?`,
    ],
    row: [
      String.raw`(?:Summarise|Sum up) ROW (?:in one sentence, |from )FROM to TO(?: in one sentence)?\.`,
      String.raw`In one sentence, what does the ${noun} say about ROW from FROM to TO\?`,
      String.raw`What is the main message about ROW for FROM to TO\?`,
    ],
  },
  json_output: {
    unit: [
      String.raw`Give FIELDS with the unit as JSON\.`,
      String.raw`Return FIELDS as JSON with the unit\.`,
      String.raw`Write FIELDS as a JSON answer that names the unit\.`,
      String.raw`Extract FIELDS and the unit as JSON\.`,
    ],
    plain: [String.raw`(?:Give|Return|Write|Extract) FIELDS as (?:JSON|a JSON answer)\.`],
  },
  unanswerable: {
    absent: ['(?:What was|How much was|What is the figure for|State) NAME ANYWHERE[?.]'],
  },
};

const places: Record<string, string> = {
  FROM: String.raw`(?<from>\d{4})`,
  TO: String.raw`(?<to>\d{4})`,
  YEARS: String.raw`(?<years>\d{4}(?:(?:, | and )\d{4})+)`,
  RANK: '(?<rank>(?:second )?(?:largest|highest)|smallest|lowest)',
  MOVED: '(?<moved>rose|fell)',
  LIMIT: String.raw`(?<limit>\d+)`,
  VERB: '(?<verb>increase|decrease)',
  UNIT: '(?<unit>[A-Za-z ]+)',
  NAME: '(?<name>.+?)',
  ANYWHERE: String.raw`(?<place>in \d{4}|under .+)`,
};

const literally = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
const oneOf = (names: readonly string[]): string =>
  [...new Set(names)]
    .toSorted((a, b) => b.length - a.length)
    .map(literally)
    .join('|') || '(?!)';

/** Reads questions about one table. */
export class QuestionReader {
  readonly #places: Record<string, string>;

  constructor(table: ReadTable) {
    const rows = oneOf(table.rows.flatMap(({ name, section }) => [name, `${name} (${section})`]));
    this.#places = {
      ...places,
      ROW: `(?<row>${rows})`,
      OTHER: `(?<other>${rows})`,
      PLACE: String.raw`(?<place>[Ii]n \d{4}|[Uu]nder (?:${oneOf(table.columns)}))`,
    };
  }

  /** What a question of a task asks; undefined where no pattern fits or more than one kind does. */
  read(task: string, question: string): ReadQuestion | undefined {
    const found = Object.entries(patterns[task] ?? {}).flatMap(([kind, ways]) =>
      ways.flatMap((way) => {
        const filled = way.replace(
          /\b[A-Z]{2,}\b/g,
          (word) => this.#places[word] ?? (word === 'JSON' ? word : `(?<${word.toLowerCase()}>.+)`),
        );
        const groups = new RegExp(`^${filled}$`).exec(question)?.groups;
        return groups ? [{ kind, parts: { ...groups } as Record<string, string> }] : [];
      }),
    );
    // Of a figure and a whole table, the one that is named in more words is meant.
    return found[0];
  }
}

/** Columns that `in 2019` or `under Adjustments` means. */
export function columnsAt(table: ReadTable, place: string): number[] {
  const label = place.replace(/^under /i, '');
  if (label !== place) return table.columns.flatMap((one, column) => (one === label ? [column] : []));
  return columnsOfYear(table, place.slice(-4));
}
