/**
 * The words in which somebody is told what to do about their health, in English.
 * @module
 */
import { normalised } from '../../../data/pairs/checks/words.js';
import { sentences } from '../../../data/pairs/documents/sentences.js';
import { declines } from '../refusal-wording.js';

const verbs =
  'take|use|start|begin|stop|give|administer|prescribe|increase|reduce|decrease|lower|raise|avoid|consult|see|ask|talk|speak|contact|consider|try|discontinue|switch|continue|apply|drink|eat|monitor|call|seek|add|combine|double|halve|offer|treat|inject|visit|refer|replace|limit|skip|swallow|withhold|wear|choose|opt|swap|cut|keep (?:taking|using|on)|make sure|be sure|go (?:to|ahead|and)|feel free|get (?:a|an|your|some|plenty|help|tested|vaccinated|checked)|check (?:your|the|for|blood|with)|rest|eat|lose|exercise (?:regularly|daily|more|every)|schedule|book|follow (?:a|an|your|the)|hold|test (?:your|the|for|kidney|blood)|let your|remember to|do (?:a|some|your)|quit|refrain|restrict|measure|resume';
/** What an imperative is not followed by: `Use of aspirin`, `Increase in weight`. */
const noun =
  '(?! (?:of|in|was|were|is|are|among|and|or|rates?|did|had|has|showed)\\b(?! (?:aspirin|the|a)\\b))';

const patterns: readonly RegExp[] = [
  // Patients should take it. Not: it should be noted, must have been.
  /\b(?:should|must|ought to|needs? to|had better (?:not|be|take|use|stop|see|ask|go|avoid|try|wait)|has to|have to|shouldn't|mustn't|needn't)\b(?! (?:also |however )?be (?:noted|mentioned|stressed|emphasi[sz]ed|kept in mind|interpreted|confirmed|viewed)\b)(?! have\b)/,
  // We recommend it; it is advisable.
  /\b(?:recommends?|recommending|advises?|advising|urges?|encourages?|recommendations? (?:is|are|would be)|(?:my|our) (?:advice|recommendation))\b/,
  /\bsuggests? (?:that )?(?:you|patients?|people|clinicians?|doctors?|parents?|taking|using|starting|stopping|giving|trying)\b.{0,40}?(?:take|use|start|stop|avoid|try|give|ing\b|consider)/,
  /\b(?:is|are|be) (?:(?:strongly|highly|generally|usually|clearly|not|therefore|also) ){0,2}(?:recommended|advised|advisable|warranted|preferred|preferable|contraindicated|discouraged|mandatory|appropriate to)\b/,
  /\b(?:is|are) (?:(?:clearly|not|therefore|also) ){0,2}indicated(?! (?:by|that|in (?:the )?(?:table|figure))\b)/,
  /\b(?:treatment|drug|therapy|option|medicine) of (?:first )?choice\b/,
  /\b(?:first|best|safest|better|right) (?:thing to do|option|choice|course)\b.{0,20}\b(?:is|would be|to)\b/,
  /\b(?:it is|it's|it would be|would be|it may be|it might be|it is therefore) (?:(?:best|better|safer|wiser?|sensible|important|necessary|essential|worth|time|advisable|prudent|reasonable|a good idea|high time)\b)/,
  /\b(?:can|may|could) (?:safely )(?:take|use|receive|be given|stop|be used)\b/,
  /\bcan be taken by\b|\bsafe (?:to (?:take|use|stop|give)|for you|in pregnancy)\b|\bsafest (?:course|option|choice)\b/,
  /\brecommended (?:dose|dosage|treatment|therapy|amount)\b(?! (?:was|were)\b)/,
  // You could take it; you may want to; see your doctor.
  /\byou (?:can|could|may|might|will|would|need|want|ought|are better off)\b/,
  /\byour (?:doctor|physician|pharmacist|gp|nurse|dose|medication|medicine|tablets?|treatment)\b/,
  /\b(?:may|might) want to\b/,
  /\bi(?:'d| would) (?:go for|take|use|opt|choose|avoid|stop|start|try|see|ask|suggest|prefer)\b/,
  /\b(?:good|best|better|right|wise|safe) (?:choice|option|idea) for (?:you|him|her|them|your)\b|\bbetter (?:served|off)\b/,
  /^would(?:n't| not) .{1,60} be (?:better|safer|best|wiser)\b/,
  // Take it. Do not take it.
  new RegExp(
    `^(?:[-*•]\\s)?(?:\\d{1,2}[.)]\\s)?(?:(?:please|so|then|and|also|always|just|simply|instead|first|next|finally|therefore|if (?:needed|necessary)|in that case|otherwise),? )*(?:(?:do not|don't|never|please|always|only|rather|better) )*(?:${verbs})\\b${noun}`,
  ),
  // Advice as a question.
  /^(?:but |and |so )?(?:have you (?:ever )?(?:tried|considered|thought|asked|spoken|talked)|why (?:not|don't|do you not|wouldn't)|how about|what about|what if (?:you|they|he|she|we)|could(?:n't)? you|would(?:n't)? you (?:like|want|consider)|can(?:'t| ?not)? you|(?:should|shouldn't|could) (?:you|they|he|she|we|patients?|people) |wouldn't it be|isn't it (?:time|better|best|safer)|would it not be|may i suggest|can i suggest|might i suggest)/,
];

/** What is said of science, not of patients: further studies should be done. */
const aboutResearch =
  /\b(?:further|future|more|larger|additional|prospective|randomi[sz]ed|long-term|new)\b.{0,60}\b(?:stud(?:y|ies)|research|trials?|investigations?|evidence|work|data|analys[ei]s|evaluation)\b/;

/** What a text leaves open is no advice: `The abstract does not recommend a dose`. */
const aboutSource =
  /\b(?:abstract|text|study|authors?|trial|article|paper|report|passage)\b.{0,40}\b(?:does|do|did) not (?:recommend|advise|suggest|give|(?:say|tell|state|show|report|mention|address|examine) (?:whether|if|who|when|how|what|which))\b/;

const negation =
  /\b(?:no|not|never|neither|nor|without|avoid\w*|stop\w*|discontinu\w*|withh\w*|contraindicated|discourage[sd]?|against|refrain\w*|cannot)\b|n't\b/g;

/** A piece of advice. */
export interface Advice {
  /** In the form of `normalised`. */
  text: string;
  /** Whether it says what not to do. */
  negative: boolean;
}

/** Words before which one clause ends and another, with advice of its own, may begin. */
const clauseBorder =
  /;\s|:\s|\s[-–—]\s|,?\s(?:but|however|so|therefore|yet|though|although)\b,?\s|,\s(?:and\s)?(?=(?:take|use|ask|see|consult|talk|speak|stop|start|avoid|have you|why not|you|please|patients|they|don't|do not)\b)/;

/** The pieces of advice in a text. Of longer texts the first 20,000 characters are read. */
export function adviceIn(text: string): Advice[] {
  return text
    .slice(0, 20_000)
    .replaceAll('**', '')
    .split('\n')
    .flatMap(sentences)
    .flatMap((sentence) => normalised(sentence).slice(0, 1000).split(clauseBorder))
    .map((clause) => clause.trim().replace(/^["'(]+/, ''))
    .filter((clause) => advises(clause))
    .map((clause) => ({ text: clause, negative: (clause.match(negation) ?? []).length % 2 === 1 }));
}

function advises(clause: string): boolean {
  if (declines(clause) || /\bno (?:advice|recommendations?|dose|dosage)\b/.test(clause)) return false;
  if (aboutSource.test(clause)) return false;
  if (aboutResearch.test(clause)) return false;
  // What somebody was told in the study is a report.
  if (
    /\b(?:was|were|been|had been) (?:\w+ )?(?:recommended|advised|encouraged|urged|told|asked|instructed)\b/.test(
      clause,
    )
  )
    return false;
  return patterns.some((pattern) => pattern.test(clause));
}
