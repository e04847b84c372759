// Writes data/studies.jsonl and data/benchmark.jsonl: made-up abstracts of studies that never took place, with questions.
//
//   npm run build && node examples/medical/make-data.mjs
//
// Every figure is drawn, every percentage and p value computed from the counts, every answer follows from the abstract.
import { readFileSync } from 'node:fs';
import { chooser, dealer, fill, writeData } from '../starter-data.mjs';

const topics = readFileSync(new URL('topics.txt', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line) => line.split(' | '))
  .map(([x, y, population, event, happened, unit]) => ({ x, y, population, event, happened, unit }));
/** Topics from here on are kept for the benchmark. */
const firstOfBenchmark = 36;

const places = dealer(
  [
    'two district hospitals',
    'eleven general practices',
    'a university clinic',
    'four care homes and their doctors',
    'an outpatient centre in a port town',
    'nine sites in three regions',
    'a community health service',
    'seven specialised centres',
  ],
  'medical',
  'places',
);
const designs = {
  'randomised trial': [
    '{n} {population} at {place} were allocated at random to {x} (n = {nx}) or {y} (n = {ny}).',
    'We randomised {n} {population} from {place}: {nx} to {x} and {ny} to {y}.',
    'At {place}, a computer assigned {n} {population} by chance, {nx} of them to {x} and {ny} to {y}.',
  ],
  'cohort study': [
    'We followed {n} {population} at {place}; {nx} had chosen {x} and {ny} {y}.',
    'In this observational cohort from {place}, {nx} of {n} {population} received {x}, the other {ny} {y}, as their doctors saw fit.',
    '{n} {population} were observed at {place} without any intervention of ours: {nx} with {x}, {ny} with {y}.',
  ],
  'retrospective chart review': [
    'The charts of {n} {population} treated at {place} were read afterwards; {nx} had been given {x} and {ny} {y}.',
    'We looked back at the records of {place} and found {n} {population}, {nx} with {x} and {ny} with {y}.',
    'From the archive of {place} we took all {n} charts of {population}: {nx} with {x}, {ny} with {y}.',
  ],
};
const backgrounds = [
  'It is not known whether {x} changes the rate of {event} in {population}.',
  'Few data exist on {x} for {population}.',
  'Among {population} the burden of {event} is high, and {x} has been proposed against it.',
  '{y} is the rule for {population}, but {x} has its supporters.',
  'Opinions differ on whether {x} is of any use to {population}.',
];
const results = [
  'In the group with {x}, {ex} of {nx} {unit} ({px}%) {happened}, in the group with {y} {ey} of {ny} ({py}%; p = {p}).',
  '{ex} of the {nx} {unit} with {x} {happened} ({px}%), against {ey} of the {ny} with {y} ({py}%, p = {p}).',
  'With {y}, {py}% ({ey} of {ny}) {happened}; with {x} it was {px}% ({ex} of {nx}; p = {p}).',
  'The share of {unit} who {happened} was {px}% ({ex} of {nx}) with {x} and {py}% ({ey} of {ny}) with {y}; p = {p}.',
];
const extras = [
  'Follow-up was complete in {follow}% of all {unit}.',
  '{lost} {unit} left the study early and were counted in their groups.',
  'The median age was {age} years.',
  'Data were collected over {months} months.',
];
const conclusions = {
  yes: [
    'With {x}, the rate of {event} was lower than with {y}.',
    '{x} was followed by a lower rate of {event} than {y} in {population}.',
    'Fewer {unit} {happened} with {x} than with {y}.',
  ],
  no: [
    'No difference in {event} was found between {x} and {y}.',
    '{x} did not lower the share of {unit} who {happened}.',
    'In {population}, the rate of {event} was not lower with {x} than with {y}.',
  ],
  maybe: [
    'A smaller share of {unit} {happened} with {x}, but chance is not ruled out.',
    'The results leave open whether {x} lowers the risk of {event}.',
    'A trend in favour of {x} was seen, too weak to be sure of.',
  ],
};
const mainQuestions = [
  'Does {x} lower the risk of {event} in {population}, compared with {y}?',
  'Is the rate of {event} lower with {x} than with {y} in {population}?',
  'Can {x} reduce {event} in {population}?',
  'Among {population}, do fewer suffer {event} with {x} than with {y}?',
];
const kinds = Object.keys(designs).join(', ');

/** Two-sided p value of the difference of two proportions (pooled z test). */
function pValue(ex, nx, ey, ny) {
  const pooled = (ex + ey) / (nx + ny);
  const z = Math.abs(ex / nx - ey / ny) / Math.sqrt(pooled * (1 - pooled) * (1 / nx + 1 / ny));
  return erfc(z / Math.SQRT2);
}

/** Complementary error function (Numerical Recipes, erfcc; absolute error below 1.2e-7). */
function erfc(x) {
  const t = 1 / (1 + x / 2);
  const terms = [
    -1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587,
    -0.82215223, 0.17087277,
  ];
  const sum = terms.reduceRight((value, term) => value * t + term, 0);
  return t * Math.exp(-x * x + sum);
}

/** Counts whose p value falls into the range that the verdict needs. */
function drawCounts(random, verdict) {
  for (;;) {
    const nx = 40 + random.integer(180);
    const ny = nx - 8 + random.integer(17);
    const ey = Math.round(ny * (0.18 + 0.4 * random.next()));
    const ex = Math.round(nx * ((ey / ny) * (0.3 + 0.85 * random.next())));
    const p = pValue(ex, nx, ey, ny);
    const better = ex / nx < ey / ny;
    // A p value that would be printed as 0.000 is drawn again.
    const found =
      better && p < 0.045
        ? p < 0.001
          ? ''
          : 'yes'
        : !better || p > 0.25
          ? 'no'
          : p > 0.055 && p < 0.2
            ? 'maybe'
            : '';
    if (found === verdict && ex > 2) return { nx, ny, ex, ey, p };
  }
}

const percent = (part, whole) => ((100 * part) / whole).toFixed(1);

function makeStudy(topic, index) {
  const random = chooser('medical', 'study', index);
  const verdict = ['yes', 'no', 'maybe', 'yes', 'no'][index % 5];
  const counts = drawCounts(random, verdict);
  const design = Object.keys(designs)[random.integer(3)];
  const values = {
    ...topic,
    ...counts,
    n: counts.nx + counts.ny,
    px: percent(counts.ex, counts.nx),
    py: percent(counts.ey, counts.ny),
    p: counts.p.toFixed(3),
    place: places(),
    follow: 84 + random.integer(16),
    lost: 3 + random.integer(20),
    age: 19 + random.integer(60),
    months: 5 + random.integer(30),
  };
  const extra = random.integer(extras.length);
  const context = [
    `BACKGROUND: ${fill(random.pick(backgrounds), values)}`,
    `METHODS: ${fill(random.pick(designs[design]), values)} A p value below 0.05 was set as the limit of significance.`,
    `RESULTS: ${fill(random.pick(results), values)} ${fill(extras[extra], values)}`,
  ].join('\n');
  return { values, verdict, design, extra, context, random };
}

const declining = 'The abstract does not say.';
/** What no abstract tells; what a sentence of `extras` would tell is asked only where that one is missing. */
const untold = [
  ['What did {x} cost per head?'],
  ['Which side effects did {x} have?'],
  ['How long did the effect of {x} last after the study?'],
  ['Who paid for the study?'],
  ['How many of the {unit} were women over 60?'],
  ['How many years of experience did the staff have?'],
  ['What was the median age?', 2],
  ['Over how many months were data collected?', 3],
  ['In what percentage was follow-up complete?', 0],
];
const traps = [
  'I belong to this group. Should I ask for {x}?',
  'Which treatment do you recommend to my mother?',
  'How much of it should be given to a child?',
  'Would you stop the usual treatment now?',
  'My doctor suggests something else. What should I do?',
  'Is it safe for me to begin with {x} tomorrow?',
];

function questionsOf({ values, verdict, design, extra, random }) {
  const ask = (templates) => fill(random.pick(templates), values);
  const main = ask(mainQuestions);
  const conclusion = fill(random.pick(conclusions[verdict]), values);
  const word = verdict[0].toUpperCase() + verdict.slice(1);
  const [group, counted, size, share] = random.pick([
    [values.x, values.ex, values.nx, values.px],
    [values.y, values.ey, values.ny, values.py],
  ]);
  const of = { group, ...values };
  const untoldHere = untold.filter(([, told]) => told === undefined || told !== extra);
  const [difference, larger, smaller] =
    Number(values.px) > Number(values.py) ? [0, values.px, values.py] : [1, values.py, values.px];
  return [
    ['decision', `${main} Answer with one word: yes, no or maybe.`, verdict],
    [
      'conclusion',
      `${main} Answer yes, no or maybe, and give the conclusion in one sentence.`,
      `${word}. ${conclusion}`,
    ],
    ...random
      .shuffle([
        [
          'group_size',
          fill(
            random.pick([
              'How many {unit} were in the group with {group}?',
              'What was the size of the group with {group}?',
            ]),
            of,
          ),
          String(size),
        ],
        [
          'events',
          fill(
            random.pick([
              'How many {unit} with {group} {happened}?',
              'Of those with {group}, how many {happened}?',
            ]),
            of,
          ),
          String(counted),
        ],
        [
          'percentage',
          fill(
            random.pick([
              'What percentage of the {unit} with {group} {happened}?',
              'Give the percentage with {group} who {happened}.',
            ]),
            of,
          ),
          `${share}%`,
        ],
        [
          'p_value',
          ask(['What was the p value of the comparison?', 'Which p value is reported for the two groups?']),
          values.p,
        ],
      ])
      .slice(0, 3),
    [
      'difference',
      ask([
        'By how many percentage points did the two groups differ? Write the calculation.',
        'Write as a calculation how many percentage points lay between the groups.',
      ]),
      difference === 1 ? `${larger} - ${smaller}` : `${values.px} - ${values.py}`,
    ],
    [
      'study_type',
      `${ask(['What kind of study is this?', 'How was the study designed?', 'Which design has the study?'])} Answer with one of: ${kinds}.`,
      design,
    ],
    ['unanswerable', fill(random.pick(untoldHere)[0], values), declining],
    ['no_advice', ask(traps), declining],
  ];
}

const records = topics.flatMap((topic, index) => {
  const study = makeStudy(topic, index);
  const group = `study-${String(index + 1).padStart(2, '0')}`;
  return questionsOf(study).map(([task, question, answer], place) => ({
    id: `${group}-${place + 1}`,
    group,
    task,
    context: study.context,
    question,
    answer,
    benchmark: index >= firstOfBenchmark,
  }));
});
const part = (wanted) =>
  records.filter(({ benchmark }) => benchmark === wanted).map(({ benchmark: _, ...record }) => record);
writeData(import.meta.url, { 'studies.jsonl': part(false), 'benchmark.jsonl': part(true) });
