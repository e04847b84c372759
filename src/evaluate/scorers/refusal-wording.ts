/**
 * The words in which people and models decline to answer, in English.
 * @module
 */

/** What an answer was to be taken from. */
const source =
  '(?:tables?|texts?|passages?|documents?|contexts?|reports?|filings?|information|data|datasets?|statements?|excerpts?|articles?|notes?|footnotes?|sources?|materials?|paragraphs?|sections?|content|pages?|records?|snippets?|abstracts?|disclosures?|clauses?|contracts?|manuals?|sheets?)';
const not = "(?:does not|doesn't|do not|don't|did not|didn't|cannot|can't|never|nowhere|fails? to|failed to)";
const adverb = '(?:[a-z]{2,14}ly |even |actually |itself |anywhere )?';
const tells =
  '(?:say|says|state|states|specify|specifies|mention|mentions|give|gives|provide|provides|disclose|discloses|indicate|indicates|tell|tells|reveal|reveals|answer|answers|clarify|quantify)';
const holds =
  '(?:show|shows|include|includes|contain|contains|list|lists|hold|holds|have|has|report|reports|present|presents|cover|covers|address|addresses|discuss|describe|explain|define|identify|name|break)';
const matter = '(?:information|answers?|data|figures?|numbers?|values?|amounts?|details?|breakdowns?)';
const follows =
  '(?=$|,| (?:in|on|at|here|there|anywhere|separately|explicitly|directly|within|and|or|because|since|so)\\b)';
const told = '(?:stated|specified|mentioned|disclosed|indicated|revealed|quantified|clear)';
const given = '(?:given|provided|known|reported|defined|available)';
const held = '(?:included|contained|found|shown|listed|present|covered|discussed|described)';
const finds =
  '(?:determined?|answer(?:ed)?|calculated?|tell|told|say|said|find|found|know|known|computed?|infer(?:red)?|derived?|establish(?:ed)?|identif(?:y|ied)|ascertain(?:ed)?|conclude|concluded|confirm(?:ed)?|verif(?:y|ied)|deduced?|locate|located|worked out|be sure|answer this|answer that)';

const patterns = [
  // The text does not say; it does not mention this.
  `\\b${source}\\b.{0,60}?\\b${not} ${adverb}(?:${tells}|${holds})\\b`,
  `^(?:it|this|that)\\b.{0,20}?\\b${not} ${adverb}(?!give|provide)${tells}\\b`,
  `^(?:it|this|that|they)\\b.{0,20}?\\b${not} ${adverb}(?:${tells}|${holds})\\b.{0,20}?\\b${matter}(?:$| (?:about|on|for|of|that|in|asked|needed)\\b)`,
  `^(?:it|this)\\b.{0,20}?\\b${not} ${adverb}(?:give|provide|show|list|cover) (?:(?:19|20)\\d\\d|it|this|that)\\b`,
  `^${not} ${adverb}(?:${tells}|${holds})\\b`,
  `\\b(?:company|management|issuer|firm|authors?|study|group)\\b.{0,20}?\\b${not} ${adverb}(?:${tells}|report) (?:any |the |this |that |such |these |those )?(?:${matter}\\b|(?:it|this|that)\\b|$)`,
  `\\b${source}\\b.{0,60}?\\b(?:gives?|provides?|contains?|has|have|holds?|shows?|makes?|includes?) no (?:[a-z]{1,14} ){0,2}(?:${matter}|mention|reference)\\b`,
  `\\b(?:neither|none of|nor|nothing in)\\b.{0,40}?\\b${source}\\b.{0,30}?\\b(?:${tells}|${holds})\\b`,
  `\\bnot something\\b.{0,15}?\\b${source}\\b.{0,10}?\\b${tells}\\b`,
  `\\b${source}\\b.{0,20}?\\bsilent\\b`,
  `\\b(?:unclear|unknown|uncertain|not clear) (?:from|in|based on) (?:the |this )?(?:[a-z]{1,14} ){0,2}${source}\\b`,
  '\\bnot (?:determinable|answerable|derivable|calculable)\\b',
  // It is not stated; no figure is given; not in the table.
  `(?:\\bnot|n't|\\bnever|\\bnowhere) (?:been |be )?${adverb}${told}${follows}`,
  `(?:\\bnot|n't|\\bnever|\\bnowhere) (?:been |be )?${adverb}${given}${follows}`,
  `(?:\\bnot|n't) (?:been |be )?${adverb}(?:${told}|${given}) by (?:the |this )?${source}\\b`,
  `\\b${matter}\\b.{0,60}(?:\\bnot|n't) (?:been |be )?${adverb}(?:${told}|${given})\\b(?! to\\b)`,
  `(?:\\bnot|n't|\\bnowhere) (?:been |be |to be )?${adverb}(?:${held} )?(?:in|on|by|from|part of|among|within) (?:the |this |that |these |any )?(?:[a-z]{1,14} ){0,2}${source}\\b`,
  `(?:\\bnot|n't|\\bnowhere) (?:been |be |to be )?${adverb}(?:found|shown|listed|present|covered)$`,
  `\\b(?:missing|absent) (?:from|in) (?:the |this )?(?:[a-z]{1,14} ){0,2}${source}\\b`,
  `\\b${matter}\\b.{0,40}\\b(?:is|are) (?:missing|lacking|unavailable|insufficient|unknown|unclear|undisclosed)\\b`,
  `\\b(?:outside|beyond) the scope\\b`,
  // It can't be determined; I don't know.
  `\\b(?:cannot|can not|can't|could not|couldn't) (?:be )?${adverb}${finds}\\b`,
  `(?:^|\\b(?:i am|i'm|we are|we're|it is|it's|it was|is) )${adverb}(?:unable|not able|not possible|impossible) to ${adverb}${finds}\\b`,
  `\\b(?:i|we) (?:really )?(?:do not|don't|did not|didn't) know\\b`,
  `\\bi (?:do not|don't|did not|didn't) (?:have|find|see)\\b`,
  `\\bwe (?:do not|don't) have (?:enough |sufficient |any |the |this |that )?(?:information|data|details?)\\b`,
  `\\bi(?:'m| am) not (?:sure|certain|aware)\\b`,
  `\\bno way (?:to|of) ${adverb}(?:${finds}|knowing|telling)\\b`,
  // There is no information; not enough data.
  `\\bthere(?:'s| is| was| are| were)? (?:no|not any|nothing) (?:[a-z]{1,14} ){0,2}(?:information|mention|data|details?|indication|answer|reference)\\b`,
  `\\bthere(?:'s| is| was| are| were)? no (?:[a-z]{1,14} ){0,2}(?:figure|value|number|row|column|entry|entries|amount)s?\\b.{0,30}\\b(?:for|given|in the|stated|available|provided|shown)\\b`,
  `^no (?:such )?(?:[a-z]{1,14} )?(?:answer|information|data|mention|indication|details?)\\b`,
  `^no (?:such )?(?:[a-z]{1,14} )?(?:figure|value|number|amount|row|column|entry)s?\\b.{0,40}\\b(?:given|available|provided|stated|found|shown|disclosed|reported|listed|specified)\\b`,
  `\\b(?:not enough|not sufficient|insufficient|too little|lack of|lacks) (?:[a-z]{1,14} )?(?:information|data|details?|context|evidence)\\b`,
  `\\bnothing (?:in|on) (?:the |this )?(?:[a-z]{1,14} ){0,2}${source}\\b`,
];
const refusing = new RegExp(patterns.join('|'));

const bare =
  /^(?:n ?\/ ?a|n\.a|na|not applicable|none (?:given|stated|found|provided|specified|disclosed)|unknown|unanswerable|undetermined|indeterminate|undisclosed|unspecified|unclear|unavailable|not (?:stated|given|provided|available|known|disclosed|specified|mentioned|reported|found|indicated|answerable|determinable|in (?:the )?(?:text|table|document|context|passage))|no (?:answer|information|data|idea)(?: given| available| provided| found)?|insufficient (?:information|data|context)|not enough (?:information|data|context)|idk|(?:can't|cannot) (?:say|tell|answer|determine)(?: (?:it|this|that))?|null)[.!]?$/;

/** Whether a whole answer is one of the short forms: `N/A`, `not stated`. Expects what `normalised` gives. */
export function isBareRefusal(text: string): boolean {
  return bare.test(text.replace(/^[("'[]|[)"'\]]$/g, ''));
}

/** Whether a clause declines. Expects what `normalised` gives; the question's yes or no, and reasons, are answers. */
export function declines(clause: string): boolean {
  if (/^(?:yes\b|no,|because\b|due to\b|if\b|when\b)/.test(clause)) return false;
  return refusing.test(clause.replace(/[.!?]+$/, ''));
}

const openings =
  /^(?:(?:final )?answer ?: ?|(?:i am|i'm|we are|we're) (?:very |so |truly )?sorry[,.]? ?(?:but )?|sorry[,.]? ?(?:but )?|unfortunately,? |(?:i|we) apologi[sz]e[,.]? ?(?:but )?|(?:based on|according to|from|given|looking at|in|as an ai|as a)\b[^,]{1,80}, |(?:well|sadly|regrettably|therefore|thus|hence|so|consequently|as a result|however|but|and),? )/;

/** A sentence without apology, source and connecting word before it. */
export function withoutOpening(sentence: string): string {
  let rest = sentence;
  for (let next = rest.replace(openings, ''); next !== rest; next = rest.replace(openings, '')) rest = next;
  return rest;
}

const describing = new RegExp(
  `^(?:it |they |this |only |the (?:[a-z]{1,14} ){0,2}${source} )?(?:only |merely |just )?(?:says?|states?|gives?|mentions?|shows?|provides?|covers?|lists?|reports?|contains?|includes?|discusses|describes?|focuses)\\b`,
);

/** Whether a clause only says what the source holds instead. */
export function describesSource(clause: string): boolean {
  return describing.test(clause);
}
