/**
 * Which kind of statement or note a text is, by the words in it.
 * @module
 */

const words: Record<string, RegExp> = {
  'an income statement':
    /\b(?:revenues?|sales|turnover|gross (?:profit|margin)|operating (?:income|profit|loss|expenses?)|(?:income|loss) from operations|costs? of \w+|administrative|research and development|net (?:income|loss|earnings)|before (?:income )?tax|interest (?:expense|income))/g,
  'a balance sheet':
    /\b(?:total (?:(?:non-?)?current )?(?:assets|liabilities)|current assets|current liabilities|equity|payables?|receivables?|prepaid|cash and cash equivalents|inventor\w+|retained earnings|goodwill|total debt|working capital)/g,
  'a cash flow statement':
    /\b(?:operating activities|investing activities|financing activities|free cash flow|capital expenditures?|purchases? of property|(?:increase|decrease|change) in cash)/g,
  'a tax note':
    /\b(?:deferred (?:income )?tax\w*|tax (?:expense|benefit|provision|credits?|rate|positions?)|income tax\w*|valuation allowance|statutory|unrecognized|carry-?forwards?|net operating loss\w*|federal|foreign)/g,
  'a note on share-based payment':
    /\b(?:granted|vested|unvested|forfeited|lapsed|cancelled|exercis\w+|stock-based|share-based|volatility|dividend yield|risk-free|restricted stock|expected (?:life|term))/g,
  'a pension note':
    /\b(?:service cost|interest cost|benefit obligations?|plan assets|actuarial|benefits paid|discount rate|pension|contributions?)/g,
  'a note on leases and obligations':
    /\b(?:operating leases?|finance leases?|capital leases?|purchase (?:obligations|commitments)|lease payments|thereafter|debt obligations|lease liabilit\w+|imputed interest)/g,
  'a note on earnings per share':
    /\b(?:weighted|per (?:\w+ )?share|attributable to common|undistributed earnings|diluted|basic|dilutive|shares outstanding)/g,
  'a note on property and equipment':
    /\b(?:land|buildings?|machinery|furniture|computer|equipment|leasehold improvements|accumulated depreciation|construction|vehicles|software)/g,
  'a note on inventories': /\b(?:raw materials|work[- ]in[- ]pro\w+|finished (?:goods|products))/g,
  'a note on auditor fees': /\b(?:audit fees|audit-related fees|tax fees|all other fees)/g,
};

/** The one of some kinds that the text has most words of; undefined where two have as many. */
export function kindByWords(text: string, options: readonly string[]): string | undefined {
  const counts = options
    .map((kind) => ({ kind, count: new Set(text.toLowerCase().match(words[kind] ?? /(?!)/g)).size }))
    .toSorted((a, b) => b.count - a.count);
  const [first, second] = counts;
  return first && first.count > (second?.count ?? 0) ? first.kind : undefined;
}
