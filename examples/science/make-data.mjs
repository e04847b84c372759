// Writes data/sheets.jsonl and data/benchmark.jsonl: data sheets of elements and constants (elements.txt, constants.txt; sources in
// data/SOURCE.md), with questions.
//
//   npm run build && node examples/science/make-data.mjs
//
// An element or constant stands in one sheet only, so that no figure of the benchmark is seen in training.
import { readFileSync } from 'node:fs';
import { chooser, fill, writeData } from '../starter-data.mjs';

const read = (name) =>
  readFileSync(new URL(name, import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.split('|').map((cell) => cell.trim()));

const elements = read('elements.txt').map(
  ([number, symbol, name, weight, melts, boils, density, group, period]) => ({
    number,
    symbol,
    name,
    weight,
    melts,
    boils,
    density,
    group,
    period,
  }),
);
const constants = read('constants.txt').map(([name, symbol, value, power, unit, exact]) => ({
  name,
  symbol,
  unit,
  exact,
  value: power === '' ? value : `${value} × 10^${power}`,
  plain: power === '' ? value : undefined,
}));

/** What a sheet may tell of an element. */
const properties = {
  number: { label: 'atomic number', unit: '' },
  symbol: { label: 'symbol', unit: '' },
  weight: { label: 'molar mass', unit: 'g/mol' },
  melts: { label: 'melting point', unit: '°C' },
  boils: { label: 'boiling point', unit: '°C' },
  density: { label: 'density', unit: 'g/cm3' },
  group: { label: 'group', unit: '' },
  period: { label: 'period', unit: '' },
};
const capital = (text) => text[0].toUpperCase() + text.slice(1);
const quantity = (element, key) => `${element[key]}${properties[key].unit ? ` ${properties[key].unit}` : ''}`;

/** The ways in which a sheet is laid out. */
const layouts = [
  (sheet, keys) =>
    sheet
      .map((element) =>
        [
          capital(element.name),
          ...keys(element).map((key) => `  ${properties[key].label}: ${quantity(element, key)}`),
        ].join('\n'),
      )
      .join('\n'),
  (sheet, keys) => {
    const all = Object.keys(properties).filter((key) => sheet.some((element) => keys(element).includes(key)));
    const heads = all.map(
      (key) => `${properties[key].label}${properties[key].unit ? ` (${properties[key].unit})` : ''}`,
    );
    const rows = sheet.map((element) => [
      capital(element.name),
      ...all.map((key) => (keys(element).includes(key) ? element[key] : '-')),
    ]);
    return [['element', ...heads], ...rows].map((row) => row.join(' | ')).join('\n');
  },
  (sheet, keys) =>
    sheet
      .map((element) => {
        const told = keys(element).map((key) => `${properties[key].label} ${quantity(element, key)}`);
        return `${capital(element.name)} has these values: ${told.slice(0, -1).join(', ')} and ${told.at(-1)}.`;
      })
      .join('\n'),
];

const declining = 'The sheet does not say.';
const stateAt = (element, temperature) =>
  temperature < Number(element.melts) ? 'solid' : temperature < Number(element.boils) ? 'liquid' : 'gaseous';

function elementSheet(sheet, random) {
  const hidden = random.pick(['weight', 'group', 'period', 'number', 'density', 'boils']);
  const keys = (element) => Object.keys(properties).filter((key) => key !== hidden && element[key] !== '');
  const text = `${random.pick(['Data sheet: elements', 'Elements, reference values', 'Table of properties'])}\n${random.pick(layouts)(sheet, keys)}`;
  const ask = (templates, values) => fill(random.pick(templates), values);
  const asked = [];
  for (const element of sheet) {
    const key = random.pick(keys(element));
    const { label } = properties[key];
    asked.push([
      'look_up',
      ask(
        [
          'What is the {label} of {name}?',
          '{name}: which {label} does the sheet give?',
          'Give the {label} of {name}, with its unit if it has one.',
        ],
        { label, ...element },
      ),
      quantity(element, key),
    ]);
    const point = random.pick(['melts', 'boils'].filter((one) => one !== hidden));
    asked.push([
      'unit_conversion',
      ask(
        [
          'Express the {label} of {name} in kelvin.',
          'What is the {label} of {name} in K? Write the calculation.',
          'Convert the {label} of {name} to kelvin.',
        ],
        { label: properties[point].label, ...element },
      ),
      `${element[point]} + 273.15 K`,
    ]);
  }
  const dense = sheet.filter(({ density }) => density !== '');
  if (hidden !== 'density' && dense.length > 0) {
    const element = random.pick(dense);
    const volume = 2 + random.integer(48);
    asked.push([
      'unit_conversion',
      ask(
        [
          'Express the density of {name} in kg/m3.',
          'What is the density of {name} in kilograms per cubic metre?',
        ],
        element,
      ),
      `${element.density} * 1000 kg/m3`,
    ]);
    asked.push([
      'calculation',
      ask(
        [
          'What is the mass of {volume} cm3 of {name}?',
          'How heavy are {volume} cubic centimetres of {name}? Write the calculation.',
          'Set up the mass of a piece of {name} of {volume} cm3.',
        ],
        { volume, ...element },
      ),
      `${volume} * ${element.density} g`,
    ]);
  }
  if (hidden !== 'weight') {
    const element = random.pick(sheet);
    const mass = 5 + random.integer(95);
    asked.push([
      'calculation',
      ask(
        [
          'How many moles are {mass} g of {name}?',
          'What amount of substance are {mass} g of {name} atoms? Write the calculation.',
        ],
        { mass, ...element },
      ),
      `${mass} / ${element.weight} mol`,
    ]);
  }
  if (hidden !== 'boils') {
    const element = random.pick(sheet);
    asked.push([
      'calculation',
      ask(
        [
          'Over how many kelvin is {name} liquid?',
          'How far apart are melting and boiling point of {name}, in kelvin?',
        ],
        element,
      ),
      `${element.boils} - ${minus(element.melts)} K`,
    ]);
    const one = random.pick(sheet);
    const temperature = random.pick([
      25,
      Math.round((Number(one.melts) + Number(one.boils)) / 2),
      Math.round(Number(one.boils)) + 60,
      Math.round(Number(one.melts)) - 40,
    ]);
    if (temperature > -273)
      asked.push([
        'classification',
        ask(
          [
            'Is {name} solid, liquid or gaseous at {temperature} °C?',
            'In which state is {name} at {temperature} °C? Answer solid, liquid or gaseous.',
          ],
          { temperature, ...one },
        ),
        stateAt(one, temperature),
      ]);
  }
  const [first, second] = random.shuffle(sheet);
  for (const [key, templates] of random
    .shuffle([
      [
        'melts',
        [
          'Which melts at the higher temperature, {first} or {second}?',
          'Of {first} and {second}, which has the higher melting point?',
        ],
      ],
      [
        'boils',
        [
          'Which boils at the higher temperature, {first} or {second}?',
          'Of {first} and {second}, which has the higher boiling point?',
        ],
      ],
      [
        'density',
        ['Which is denser, {first} or {second}?', 'Of {first} and {second}, which has the higher density?'],
      ],
      [
        'weight',
        [
          'Whose atoms are heavier, those of {first} or of {second}?',
          'Of {first} and {second}, which has the higher molar mass?',
        ],
      ],
    ])
    .filter(
      ([key]) => key !== hidden && first[key] !== '' && second[key] !== '' && first[key] !== second[key],
    )
    .slice(0, 2)) {
    asked.push([
      'comparison',
      ask(templates, { first: first.name, second: second.name }),
      Number(first[key]) > Number(second[key]) ? first.name : second.name,
    ]);
  }
  const stranger = random.pick(elements.filter((element) => !sheet.includes(element)));
  asked.push(
    [
      'unanswerable',
      ask(['What is the {label} of {name}?', 'Give the {label} of {name}.'], {
        label: properties[hidden].label,
        ...random.pick(sheet),
      }),
      declining,
    ],
    [
      'unanswerable',
      ask(
        [
          'What is the melting point of {name}?',
          'Give the symbol of {name}.',
          'Which boiling point has {name}?',
        ],
        stranger,
      ),
      declining,
    ],
    [
      'unanswerable',
      ask(
        [
          'How hard is {name} on the Mohs scale?',
          'What does a kilogram of {name} cost?',
          'What is the thermal conductivity of {name}?',
          'Who discovered {name}?',
          'What is the electrical resistivity of {name}?',
        ],
        random.pick(sheet),
      ),
      declining,
    ],
  );
  return { text, asked };
}

/** A negative number behind an operator stands in brackets. */
const minus = (value) => (value.startsWith('-') ? `(${value})` : value);

function constantSheet(sheet, random) {
  const text = [
    random.pick(['Constants of physics', 'Data sheet: constants', 'Reference values']),
    ...random.pick([
      () =>
        sheet.map(
          ({ name, symbol, value, unit, exact }) =>
            `${capital(name)} (${symbol}): ${value} ${unit}${exact === 'yes' ? ', exact' : ''}`,
        ),
      () => [
        'constant | symbol | value | unit | exact',
        ...sheet.map(
          ({ name, symbol, value, unit, exact }) =>
            `${capital(name)} | ${symbol} | ${value} | ${unit} | ${exact}`,
        ),
      ],
    ])(),
  ].join('\n');
  const ask = (templates, values) => fill(random.pick(templates), values);
  const asked = sheet.flatMap((constant) => [
    [
      'look_up',
      ask(
        [
          'What is the value of the {name}?',
          'Give the {name} with its unit.',
          'Which value does the sheet give for {symbol}?',
        ],
        constant,
      ),
      `${constant.value} ${constant.unit}`,
    ],
    [
      'unit',
      ask(
        [
          'In which unit is the {name} given?',
          'What is the unit of the {name}?',
          'Name the unit of {symbol}.',
        ],
        constant,
      ),
      constant.unit,
    ],
    random.pick([
      [
        'classification',
        ask(
          [
            'Is the value of the {name} exact? Answer yes or no.',
            'Is {symbol} known exactly, by definition? Answer yes or no.',
          ],
          constant,
        ),
        constant.exact,
      ],
      [
        'symbol',
        ask(['Which symbol stands for the {name}?', 'What is the symbol of the {name}?'], constant),
        constant.symbol,
      ],
    ]),
  ]);
  const scaled = { 'm/s': 'km/s', Pa: 'kPa', Hz: 'kHz', 'C/mol': 'kC/mol' };
  for (const { name, plain, unit } of sheet.filter(
    (one) => one.plain !== undefined && Object.hasOwn(scaled, one.unit),
  ))
    asked.push([
      'unit_conversion',
      ask(['Express the {name} in {to}.', 'What is the {name} in {to}? Write the calculation.'], {
        name,
        to: scaled[unit],
      }),
      `${plain} / 1000 ${scaled[unit]}`,
    ]);
  const strangers = random.shuffle(constants.filter((one) => !sheet.includes(one)));
  for (const stranger of strangers.slice(0, 2))
    asked.push([
      'unanswerable',
      ask(['What is the value of the {name}?', 'Give the {name}.'], stranger),
      declining,
    ]);
  asked.push([
    'unanswerable',
    ask(['In which year was the {name} first measured?', 'Who first measured the {name}?'], sheet[0]),
    declining,
  ]);
  return { text, asked };
}

const chunks = (list, size) =>
  Array.from({ length: Math.ceil(list.length / size) }, (_, i) => list.slice(i * size, (i + 1) * size));
const random = chooser('science', 'sheets');
const sheets = [
  ...chunks(random.shuffle(elements), 3).map((sheet, i) =>
    elementSheet(sheet, chooser('science', 'elements', i)),
  ),
  ...chunks(random.shuffle(constants), 4).map((sheet, i) =>
    constantSheet(sheet, chooser('science', 'constants', i)),
  ),
];
const inBenchmark = (index) => index % 6 === 5;

const records = sheets.map(({ text, asked }, index) => {
  const group = `sheet-${String(index + 1).padStart(2, '0')}`;
  return asked.map(([task, question, answer], place) => ({
    id: `${group}-${place + 1}`,
    group,
    task,
    context: text,
    question,
    answer,
  }));
});
writeData(import.meta.url, {
  'sheets.jsonl': records.filter((_, index) => !inBenchmark(index)).flat(),
  'benchmark.jsonl': records.filter((_, index) => inBenchmark(index)).flat(),
});
