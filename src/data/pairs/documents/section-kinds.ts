/**
 * Kinds of sections that headings name without doubt, by the kind of document they stand in.
 * @module
 */

/** Names of sections, each with what a whole heading looks like that means it. */
const families: Record<string, Record<string, RegExp>> = {
  filing: {
    business: /^business$/,
    'risk factors': /^risk factors$/,
    properties: /^properties$/,
    'legal proceedings': /^(?:legal proceedings|litigation|legal matters)$/,
    'mine safety disclosures': /^mine safety disclosures$/,
    "management's discussion and analysis":
      /^management[’']?s discussion and analysis(?: of financial condition and results of operations)?$/,
    'market risk': /^quantitative and qualitative disclosures? about market risk$/,
    'controls and procedures': /^(?:disclosure )?controls and procedures$/,
    'executive compensation': /^(?:executive compensation|compensation of directors and executive officers)$/,
    'liquidity and capital resources': /^liquidity(?: and capital resources)?$/,
    'critical accounting estimates': /^critical accounting (?:estimates|policies|policies and estimates)$/,
    'forward-looking statements':
      /^(?:cautionary (?:note|statement)s? (?:regarding|concerning|about) )?forward[- ]looking statements$/,
    'results of operations': /^results of operations$/,
    'change of directors or officers': /^departure of directors or certain officers\b.{0,160}$/,
    'matters put to a vote': /^submission of matters to a vote of security holders$/,
    'financial exhibits': /^financial statements and exhibits$/,
    'Regulation FD disclosure': /^regulation fd disclosure$/,
    'material agreement': /^entry into a material definitive agreement$/,
  },
  note: {
    'revenue recognition': /^revenues?(?: recognition)?$/,
    leases: /^(?:operating )?leases$/,
    'income taxes': /^income tax(?:es)?$/,
    goodwill: /^goodwill(?: and (?:other )?intangible assets)?$/,
    inventories: /^inventor(?:y|ies)$/,
    'share-based payment': /^(?:stock|share)-based (?:compensation|payments?)$/,
    'earnings per share': /^(?:earnings|net income|loss) per share$/,
    'segment information': /^(?:business )?segments?(?: information| reporting)?$/,
    'commitments and contingencies': /^commitments and contingenc(?:ies|y)$/,
    'fair value': /^fair value(?: measurements?)?$/,
    debt: /^(?:long-term )?(?:debt|borrowings)$/,
    pensions: /^(?:pensions?|retirement|employee) (?:plans?|benefits?)(?: plans)?$/,
    'subsequent events':
      /^(?:subsequent events|events after the (?:reporting|balance sheet) (?:date|period))$/,
  },
  paper: {
    introduction: /^introduction$/,
    background: /^background$/,
    methods: /^(?:(?:materials|patients) and methods|methods?|methodology|study design)$/,
    results: /^(?:results|findings)$/,
    discussion: /^discussion$/,
    conclusions: /^conclusions?$/,
    limitations: /^(?:study )?limitations$/,
    'conflicts of interest': /^(?:conflicts? of interests?|competing interests)$/,
    'related work': /^related work$/,
  },
  contract: {
    definitions: /^definitions?(?: and interpretation)?$/,
    payment: /^(?:payments?|terms of payment|payment terms|fees and payment)$/,
    confidentiality: /^(?:confidentiality|non-disclosure)$/,
    termination: /^(?:term and )?termination$/,
    'governing law': /^(?:governing|applicable) law(?: and jurisdiction)?$/,
    'limitation of liability': /^limitations? (?:of|on) liability$/,
    warranties: /^(?:warrant(?:y|ies)|representations and warranties)$/,
    indemnification: /^(?:indemnification|indemnity)$/,
    'force majeure': /^force majeure$/,
    assignment: /^assignment$/,
    notices: /^notices$/,
  },
  medicine: {
    indications: /^(?:indications|therapeutic indications|indications and usage)$/,
    contraindications: /^contraindications$/,
    'side effects': /^(?:side effects|adverse (?:reactions|effects)|undesirable effects)$/,
    dosage: /^(?:dosage|dosage and administration|posology(?: and method of administration)?)$/,
    interactions: /^(?:drug )?interactions$/,
    overdose: /^overdos(?:e|age)$/,
    'warnings and precautions':
      /^(?:warnings(?: and precautions)?|special warnings and precautions for use)$/,
    storage: /^(?:storage|how supplied.{0,40}|special precautions for storage)$/,
  },
  manual: {
    installation: /^installation(?: instructions)?$/,
    safety: /^safety(?: instructions| information| precautions)?$/,
    maintenance: /^(?:maintenance|cleaning and maintenance)$/,
    troubleshooting: /^troubleshooting$/,
    'technical data': /^(?:technical (?:data|specifications)|specifications)$/,
    disposal: /^disposal$/,
    scope: /^scope$/,
    responsibilities: /^(?:roles and )?responsibilities$/,
  },
};

/** Heading without its number: `Item 1A.`, `Note 5 –`, `3.2`, `§ 4`, `(a)`. */
export function bareHeading(heading: string): string {
  return heading
    .replace(/\s+/g, ' ')
    .trim()
    .replace(
      /^(?:(?:item|note|section|article|part|chapter|annex|appendix)\s[\dIVXivx]{1,5}[A-Za-z]?(?:\.\d{1,3}){0,3}|§\s?\d{1,4}|\(?[\da-zA-Z]\)|\d{1,3}(?:\.\d{1,3}){0,4}|[IVX]{1,5}(?=\.))[.:)\s–—-]{0,6}(?=\S)/i,
      '',
    )
    .replace(/[\s.:–—-]{1,6}$/, '')
    .trim();
}

/** The kind of section that a heading names, and all kinds of its family; undefined where it is not certain. */
export function sectionKind(heading: string): { kind: string; others: string[] } | undefined {
  const text = bareHeading(heading).toLowerCase();
  if (text.length > 200) return undefined;
  const found = Object.values(families).flatMap((kinds) =>
    Object.entries(kinds)
      .filter(([, pattern]) => pattern.test(text))
      .map(([kind]) => ({ kind, others: Object.keys(kinds).filter((other) => other !== kind) })),
  );
  return found.length === 1 ? found[0] : undefined;
}
