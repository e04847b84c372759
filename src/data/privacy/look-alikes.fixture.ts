/**
 * What looks like personal data and is none: figures, dates, numbers of things, values with wrong check digits.
 * @module
 */
import type { RandomStream } from '../../random.js';
import { nationalIds } from './national-ids.fixture.js';
import { card, digits, luhnHolds, type Maker, pattern, validIban } from './values.fixture.js';

const shapes =
  (...list: string[]): Maker =>
  (random) =>
    pattern(random, random.pick(list));

/** The value with one digit changed, so that its check digit is wrong. */
function spoiled(random: RandomStream, value: string): string {
  const places = [...value].flatMap((character, i) => (/\d/.test(character) ? [i] : []));
  // Not the last place of all: some numbers end in one that is not checked.
  const place = places[Math.floor(places.length / 2)]!;
  return (
    value.slice(0, place) +
    String((Number(value[place]) + 1 + random.integer(8)) % 10) +
    value.slice(place + 1)
  );
}

const amount: Maker = (random) =>
  `${1 + random.integer(999)},${digits(random, 3)}${random.pick(['', `,${digits(random, 3)}`, '.25'])}`;
/** A figure of `count` digits: it does not begin with zero. */
const figure = (random: RandomStream, count: number): string =>
  1 + random.integer(9) + digits(random, count - 1);
const row = (random: RandomStream, cells: number): string =>
  Array.from({ length: cells }, () => amount(random)).join(random.pick([' | ', '  ', ' ', '\t', '    ']));

/** Texts by what they hold. */
export const lookAlikes: Record<string, Maker> = {
  'invoice numbers': shapes(
    'Invoice no. 2019-004711 of 12 May 2019 remains unpaid.',
    'Rechnung Nr. 0423-998877 vom 03.04.2019',
    'Invoice 123-45-6789 was cancelled.',
    'Facture n° 06 12 34 56 78 du 3 mars',
    'Order #####-#######-####### shipped',
    'PO number: 4500######',
    'Purchase order ##########, item 10',
    'Bestellnummer 030 1234567',
    'Auftragsnummer ###########',
    'Reference: 212-555-####',
    'Tracking number 1Z999AA1#########',
    'Rechnungsnummer: ##########',
    'Invoice No: INV-2020-######',
    'Account 4532-####-## closing balance',
    'our ref. ###/####/######',
  ),
  amounts: (random) =>
    random.pick([
      `Revenue rose to $${amount(random)} million from $${amount(random)} million.`,
      `Der Umsatz betrug 1.${digits(random, 3)}.${digits(random, 3)},00 EUR nach 6${digits(random, 2)} ${digits(random, 3)} ${digits(random, 3)} EUR.`,
      `Le chiffre d'affaires s'élève à 9${digits(random, 2)} ${digits(random, 3)} ${digits(random, 3)} €.`,
      `A total of ${digits(random, 9)} shares and 2${digits(random, 9)} options`,
      `${figure(random, 3)} ${digits(random, 3)} ${digits(random, 4)} units`,
      `CHF 1'${digits(random, 3)}'${digits(random, 3)}.05 per year`,
      `+1 ${digits(random, 3)} ${digits(random, 3)} tonnes, -12 ${digits(random, 3)} tonnes`,
    ]),
  'table rows': (random) =>
    `${random.pick(['Total assets', 'Net income', 'Forderungen', 'Cell culture', 'Mobile', 'Passports issued', 'Call options', 'Patients'])} ${random.pick(['', '| ', '  '])}${row(random, 2 + random.integer(4))}`,
  'rows of plain figures': (random) =>
    random.pick([
      `${pattern(random, '1### #### 7### ####')} ${digits(random, 4)}`,
      pattern(random, 'Year 2019 2018 2017 2016 2015'),
      pattern(random, '### | ### | #### | 612 | 345 | 678'),
      pattern(random, 'n = [100-999] (##.#) [100-999] (##.#) [100-999] (##.#)'),
      pattern(random, 'Group A ## ## ## ## ## ## Group B ## ## ## ##'),
      pattern(random, 'Sales 912 345 678 934 567 890'),
      pattern(random, '2,### 1,### ([100-999]) 4##.# 3##.#'),
      pattern(random, '98765 43210 12345 67890'),
      pattern(random, 'Item\t4##\t5##\t6###\nItem\t4##\t5##\t6###'),
    ]),
  dates: shapes(
    'The meeting took place on 03/04/2019 and on 2019-05-06 at 10:30.',
    'Fiscal year ended December 31, 20##',
    'vom 01.02.2019 bis 31.12.2019',
    'between 01/2000 - 12/2006',
    'le 3 mars 2019 à 14h30',
    'Date of issue: 12 March 2020',
    'filed on 2020-03-04T12:34:56.789Z',
    'admitted on 12/05/2018, discharged 19/05/2018',
    'Date of death: 3 March 2019',
    'The company was founded on 3 March 1980.',
    'Datum: 03.04.2019',
    'Maturity date 15.06.2030',
    'as of 09-30-2018 and 09-30-2017',
    'Patients born between 1 January 1950 and 31 December 1960 were eligible.',
    'infants born before 01/06/2015 were excluded',
    'born in 1954',
    '20190304 143000 UTC',
    'The birth rate fell from 03/2010 to 04/2012.',
    'admission date 2018-02-03',
    'hire date: 03/04/2010',
  ),
  versions: shapes(
    'Upgrade to version 10.4.2.1 or 81.0.4044.138.',
    'v2.14.3.7 fixes this',
    'Section 4.3.2.1 applies.',
    'see clause 12.4.1.2 and 3.2.1.1',
    'Firmware 91.12.3.4',
    '1.2.3.4 Scope of the agreement',
    'release 21.3.0.22',
    'SPSS version 22.0.0.1',
    'Python 3.11.4, Node 20.19.0',
    'Chrome/110.0.0.0 Safari/537.36',
    'paragraphs 5.1.2.3 to 5.1.2.9',
    'Kapitel 7.2.1.3',
    'EC 3.4.21.4 hydrolases',
  ),
  'private and local addresses': shapes(
    'The server at 192.168.1.## answers.',
    'listens on 127.0.0.1:8080 and ::1',
    'gateway 10.0.0.1 netmask 255.255.255.0',
    '0.0.0.0/0',
    'fe80::1ff:fe23:4567:890a',
    'host 172.16.##.1',
  ),
  'books and articles': shapes(
    'ISBN 978-3-16-148410-0',
    'ISBN 0-306-40615-2',
    'ISSN 0028-0836',
    'doi:10.1016/j.cell.2019.05.012',
    'https://doi.org/10.1038/s41586-020-2649-2',
    'PMID: ########',
    'pp. 1123-1134, 2019;380(12):1123-34',
    'ORCID 0000-0002-1825-0097',
    'arXiv:2410.20305',
    'NCT0#######',
    'ISRCTN########',
    'Lancet 2018; 392: 1736-88',
    'ISBN 9783161484100',
    'N Engl J Med 2004;351:1502-1512',
    'PMCID PMC#######',
    'vol. 12, pages 0123-0145',
  ),
  securities: shapes(
    'CUSIP 037833100',
    'CUSIP 17275R102',
    'ISIN US0378331005',
    'ISIN DE0007164600 und DE000BAY0017',
    'SEC file number 001-#####',
    'Commission File Number: 333-######',
    'Registration No. 333-2#####',
    'CIK 0000320193',
    'Accession No. 0000320193-19-000119',
    'IRS Employer Identification No. 04-2348234',
    '(I.R.S. Employer 13-4922250)',
    'WKN 716460',
    'SEDOL B0YBKJ7',
    'LEI 5493006MHB84DD0ZWV18',
    'USt-IdNr. DE123456789',
    'SIREN 552 100 554',
    'HRB 6684',
    'VAT GB 123 4567 89',
    'Form 10-K 000-#####',
    'NAICS 325412',
  ),
  statistics: shapes(
    'p < 0.001, 95% CI 1.02-1.45, OR 1.23',
    'HR 0.71 (0.59 to 0.86)',
    'r = 0.1234567',
    'χ2(12) = 345.678, p = 0.0123',
    'mean 12.3 ± 4.56 vs. 0.123456789',
    'n = 1234567',
    '(IQR 45-67) 0.05',
    'AUC 0.987 (0.912-0.999)',
    'F(2, 1234) = 5.678',
    '12/345 (3.5%) vs 23/456 (5.0%)',
    'sensitivity 98.7%, specificity 76.5%',
    'patient number 12 and patient no. 7',
    'Patients: 1234567',
    'number of patients: 12345',
    'in 2019 patients 1998 to 2003',
    'medical records from 1995 to 1999',
  ),
  coordinates: shapes(
    '48.137154, 11.576124',
    '52°31′12″N 13°24′18″E',
    '40.712776,-74.005974',
    'lat 51.507351 lon -0.127758',
    'UTM 32U 691831 5337164',
    '+48.8577+002.2950/',
  ),
  'product codes': shapes(
    'Part No. AB123456C',
    'model 030-1234567',
    'SKU 12345678Z',
    'SKU 0815-4711',
    'Serial 123-45-6789',
    'S/N: C02X1234JHD3',
    'EAN 4006381333931',
    'GTIN 04006381333931',
    'Artikel-Nr. 06 12345678',
    'UPC 036000291452',
    'catalog number 10######',
    'IMEI 490154203237518',
    'VIN 1HGCM82633A004352',
    'NDC 0002-8215-01',
    'CAS 7732-18-5',
    'CAS 1310-73-2',
    'Lot 12-345-6789',
    'batch 0171 1234567',
    'model number (212) 555-1234',
    'UN 1203, RAL 7016, DIN 18560',
  ),
  'wrong check digits': (random) => {
    const kind = random.pick([
      'UK NHS',
      'DE Steuer-ID',
      'FR NIR',
      'ES DNI',
      'NL BSN',
      'PL PESEL',
      'IN Aadhaar',
      'BR CPF',
      'CA SIN',
      'AU TFN',
      'CH AHV',
    ]);
    const name = kind.split(' ')[1]!;
    const changed = spoiled(random, nationalIds[kind]!(random));
    return random.pick([
      `IBAN ${spoiled(random, validIban(random))}`,
      // Letters that stand for numbers make weak tests weaker; a label does not mend a wrong digit.
      `${name} ${changed}`,
      `code ${changed}`,
      `card number ${spoiled(random, card(random))}`,
    ]);
  },
  'cards of nobody': (random) => {
    const plain = pattern(random, '9###############');
    return `code ${luhnHolds(plain) ? plain : pattern(random, '1###############')}`;
  },
  'invalid social security numbers': shapes(
    'SSN 000-12-3456',
    'SSN 666-12-3456',
    '123-00-4567',
    '123-45-0000',
    'SSN: 900-12-3456',
    '734-1-23456',
    '12-345-6789',
  ),
  'names and words': shapes(
    '@company_news follows 12 accounts',
    'the rate @ 5.5% p.a.',
    'icon@2x.png and logo@3x.jpg',
    'npm install left-pad@1.3.0',
    'std::vector<int> a::b',
    'time 12:30:45',
    'ratio 1:2:3',
    'MAC 00:1A:2B:3C:4D:5E',
    'git@github.com:org/repo.git',
    'meet @ 10:30',
  ),
  'talk of secrets': shapes(
    'Password: must be at least 12 characters long',
    'The token is the unit of text; token: word or part of it',
    'password = os.environ["DB_PASSWORD"]',
    'api_key: $' + '{API_KEY}',
    'secret: true',
    'password: <your password>',
    'max_tokens: 4096',
    'the key = value form',
    'https://example.com/search?key=word&page=2',
    'Password: ********',
    'password reset required: yes',
    'keyword: finance',
    'sk-learn and sk-image',
    '-----BEGIN CERTIFICATE-----',
    '-----BEGIN PUBLIC KEY-----',
    'sha256 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    'commit 1d32d8d0c44298fc1c149afbf4c8996fb92427ae',
    'uuid 123e4567-e89b-12d3-a456-426614174000',
    'tokens: 123456789',
    'Secretary: Johnson1999',
    'passport control',
    'Passport Programme 2019',
    'licence fee 12345 USD',
    'driving licence holders: 1234567 in 2019',
  ),
};
