// Writes data/contracts.jsonl and data/benchmark.jsonl: contracts composed of clauses.txt, with made-up parties, and questions.
//
//   npm run build && node examples/legal/make-data.mjs
//
// The benchmark has contracts, parties and orders of clauses of its own. None of the clauses stands in benchmarks/legal-clauses.
import { readFileSync } from 'node:fs';
import { chooser, dealer, fill, writeData } from '../starter-data.mjs';

const read = (name) =>
  readFileSync(new URL(name, import.meta.url), 'utf8')
    .split('\n')
    .filter(Boolean);
const kinds = new Map();
for (const line of read('clauses.txt')) {
  if (line.startsWith('## ')) kinds.set(line.slice(3), []);
  else [...kinds.values()].at(-1).push(line);
}
const contracts = read('contracts.txt')
  .filter((line) => !line.startsWith('#'))
  .map((line) => line.split(' | '));
const kindList = [...kinds.keys()].join(', ');

const names =
  'Harlow Alder Brenn Castor Dovetail Eastmark Fenwick Garrod Hollin Iverson Juniper Keld Lorimer Marchbank Norrland Osprey Pellam Quarry Rowan Selby Thornby Ulver Vantry Westray Yarrow Zeller Ambrose Birk Corvid Drum Ekholm Farrier Glenmoor Hexham Inchbold Jarrow Kestrel Lindal Morven Nairn Orrin Pinnock Rusk Skelter Tarn Uldale Vellum Wharfe Aspen Bracken Cinder Dunmore Elswick Fallow Gannet Hadley Isbel Jorvik Kirn Larch Mallow Nettle Otter Plover Quill Rannoch Sorrel Teasel Umber Vetch Willow Yew Arden Bellwood Chalk Dingle Emmer Furze Gorse Heath Ivel Jessop'.split(
    ' ',
  );
const forms = ['Ltd', 'plc', 'GmbH', 'SARL', 'Inc.', 'AB', 'BV', 'LLC'];
const trades = [
  'Tools',
  'Foods',
  'Systems',
  'Marine',
  'Textiles',
  'Robotics',
  'Print',
  'Timber',
  'Glass',
  'Optics',
];
const laws = dealer(
  [
    'Norway',
    'the Province of Quebec',
    'Portugal',
    'Japan',
    'Scotland',
    'the State of Vermont',
    'Austria',
    'Kenya',
    'Chile',
    'New Zealand',
    'Estonia',
    'the Republic of Korea',
  ],
  'legal',
  'laws',
);
const fillers = {
  things: [
    'hydraulic presses',
    'garden furniture',
    'glass bottles',
    'bread ovens',
    'forklift trucks',
    'hospital beds',
    'sewing machines',
  ],
  rooms: [
    'a workshop of 240 square metres',
    'two floors of an office building',
    'a cold store by the harbour',
    'a bakery with its yard',
  ],
  subjects: ['energy saving', 'export rules', 'the choice of software', 'safety at work'],
  works: [
    'a collection of maps',
    'a booking program',
    'an archive of photographs',
    'a set of training films',
  ],
};
const currencies = ['EUR', 'GBP', 'USD', 'CHF', 'SEK'];
const months = 'January February March April May June July August September October November December'.split(
  ' ',
);
const thousands = (value) => String(value).replace(/\B(?=(?:\d{3})+$)/g, ',');

const nameOf = dealer(names, 'legal', 'names');
const clauseOf = new Map([...kinds].map(([kind, list]) => [kind, dealer(list, 'legal', kind)]));

function makeContract(index) {
  const random = chooser('legal', 'contract', index);
  const [doc, a, b, about] = contracts[index % contracts.length];
  const date = () => `${1 + random.integer(28)} ${random.pick(months)} ${2017 + random.integer(9)}`;
  const things = Object.fromEntries(Object.entries(fillers).map(([key, list]) => [key, random.pick(list)]));
  const company = () => `${nameOf()} ${random.pick(trades)} ${random.pick(forms)}`;
  const base = {
    doc,
    a,
    b,
    A: a,
    B: b,
    partyA: company(),
    partyB: company(),
    date: date(),
    about: fill(about, things),
  };
  base.about = base.about[0].toLowerCase() + base.about.slice(1);
  // Each clause has figures of its own, and none stands twice in a contract: an answer can only mean one place.
  const used = new Set();
  const once = (draw) => {
    for (;;) {
      const value = draw();
      if (!used.has(String(value)) && used.add(String(value))) return value;
    }
  };
  const chosen = random.shuffle([...kinds.keys()]).slice(0, 4 + random.integer(2));
  const clauses = chosen.map((kind) => {
    const template = clauseOf.get(kind)();
    const values = {
      days: once(() => random.pick([7, 10, 14, 15, 20, 21, 28, 30, 45, 60, 75, 90, 120])),
      years: once(() => 2 + random.integer(9)),
      months: once(() => random.pick([6, 9, 12, 18, 24, 36, 48])),
      rate: once(() => (3 + random.integer(60) / 10).toFixed(1)),
      amount: once(() => `${random.pick(currencies)} ${thousands((2 + random.integer(180)) * 500)}`),
      date2: once(date),
      law: once(() => laws()),
    };
    return { kind, template, values, text: fill(template, { ...base, ...values }) };
  });
  const head = random.pick([
    'This {doc} of {date} is made between {partyA} ({a}) and {partyB} ({b}). It is about {about}.',
    '{partyA}, below called {a}, and {partyB}, below called {b}, signed this {doc} on {date}. Its subject is {about}.',
    'On {date} the following {doc} about {about} was concluded. {A}: {partyA}. {B}: {partyB}.',
  ]);
  const title = doc.toUpperCase();
  const numbered = random.pick([
    (text, i) => `${i + 1}. ${text}`,
    (text, i) => `§ ${i + 1} ${text}`,
    (text, i) => `Clause ${i + 1}: ${text}`,
  ]);
  const context = [title, fill(head, base), ...clauses.map(({ text }, i) => numbered(text, i))].join('\n');
  return { base, clauses, context, random };
}

const declining = 'The contract does not say.';
/** What a clause says, by the slot that says it: question and answer. */
const facts = {
  days: [
    [
      'How many days does clause {i} give?',
      'Which number of days stands in clause {i}?',
      'What period in days does the clause on {kind} name?',
    ],
    ({ days }) => `${days} days`,
  ],
  amount: [
    [
      'Which amount does clause {i} name?',
      'What sum stands in the clause on {kind}?',
      'Give the amount in clause {i}.',
    ],
    ({ amount }) => amount,
  ],
  law: [
    [
      'The law of which country or state applies?',
      'Under which law is the contract decided?',
      'Which law governs?',
    ],
    ({ law }) => law,
  ],
  months: [
    ['For how many months does the warranty run?', 'How long, in months, is the warranty?'],
    ({ months }) => `${months} months`,
  ],
  rate: [
    ['What is the rate of interest on overdue sums?', 'At what rate do late payments bear interest?'],
    ({ rate }) => `${rate}%`,
  ],
  years: [
    ['How many years does clause {i} name?', 'Which number of years stands in the clause on {kind}?'],
    ({ years }) => `${years} years`,
  ],
  date2: [
    ['Which date does clause {i} name?', 'What day stands in the clause on {kind}?'],
    ({ date2 }) => date2,
  ],
};
const missing = [
  ['Which court hears disputes?'],
  ['Who signed for {partyA}?'],
  ['In which language is the contract to be read?'],
  ['Which insurance does {b} have to take out?'],
  ['What is the tax number of {partyB}?'],
  ['Which law governs the contract?', 'governing law'],
  ['For how long is a warranty given?', 'warranty'],
  ['When may the contract be ended?', 'termination'],
  ['May {b} transfer its rights?', 'assignment'],
];

function questionsOf({ base, clauses, random }) {
  const asked = [];
  const ask = (templates, values = {}) => fill(random.pick(templates), { ...base, ...values });
  for (const place of random.shuffle(clauses.map((_, i) => i)).slice(0, 2)) {
    asked.push([
      'clause_type',
      `${ask(['Which kind of clause is clause {i}?', 'What is clause {i} about?', 'Classify clause {i}.'], { i: place + 1 })} Answer with one of: ${kindList}.`,
      clauses[place].kind,
    ]);
  }
  asked.push([
    'parties',
    ask([
      'Who are the parties? Separate them by a semicolon.',
      'Name both parties, with a semicolon between them.',
      'Between whom was this {doc} made? Separate the names by a semicolon.',
    ]),
    `${base.partyA}; ${base.partyB}`,
  ]);
  asked.push(
    random.pick([
      ['party', ask(['Who is {a}?', 'Which company is {a}?', 'Give the name of {a}.']), base.partyA],
      ['party', ask(['Who is {b}?', 'Which company is {b}?', 'Give the name of {b}.']), base.partyB],
    ]),
    [
      'date',
      ask(['Of what date is the {doc}?', 'When was this {doc} made?', 'What is the date of the {doc}?']),
      base.date,
    ],
  );
  const told = clauses.flatMap((clause, i) =>
    Object.entries(facts).flatMap(([slot, [templates, answer]]) =>
      clause.template.includes(`{${slot}}`)
        ? [[slot, ask(templates, { i: i + 1, kind: clause.kind }), answer(clause.values)]]
        : [],
    ),
  );
  for (const [slot, question, answer] of random.shuffle(told).slice(0, 2))
    asked.push([slot === 'amount' ? 'amount' : 'term', question, answer]);
  for (const place of random.shuffle(clauses.map((_, i) => i)).slice(0, 2)) {
    asked.push([
      'quotation',
      ask(
        [
          'Quote the sentence on {kind}.',
          'Which words deal with {kind}? Quote them.',
          'Quote clause {i} word for word.',
          'Give the wording of the clause on {kind}, in quotation marks.',
        ],
        { i: place + 1, kind: clauses[place].kind },
      ),
      `"${clauses[place].text}"`,
    ]);
  }
  const open = missing.filter(
    ([, kind]) => kind === undefined || !clauses.some((clause) => clause.kind === kind),
  );
  for (const [question] of random.shuffle(open).slice(0, 2))
    asked.push(['unanswerable', fill(question, base), declining]);
  return asked;
}

const make = (from, count, name) =>
  Array.from({ length: count }, (_, i) => {
    const contract = makeContract(from + i);
    const group = `${name}-${String(i + 1).padStart(2, '0')}`;
    return questionsOf(contract).map(([task, question, answer], place) => ({
      id: `${group}-${place + 1}`,
      group,
      task,
      context: contract.context,
      question,
      answer,
    }));
  }).flat();
writeData(import.meta.url, {
  'contracts.jsonl': make(0, 34, 'contract'),
  'benchmark.jsonl': make(34, 7, 'held-out'),
});
