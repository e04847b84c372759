/**
 * Cells of tables in five filings, read from pictures of their pages by eye: what a reader of those files must find.
 * @module
 */

/** Some rows of one table. */
export interface KeyTable {
  file: string;
  page: number;
  /** For each column of the key: words that the header above the column holds. */
  columns: string[][];
  /** Where columns have the same header: which of them is meant, from 1. */
  places?: number[];
  /** Label and figures as printed; `under` is the label of the section where the same label stands in several. */
  rows: { label: string; cells: string[]; under?: string }[];
}

const amd = 'AMD_2017_10K.pdf';
const ulta = 'ULTABEAUTY_2023Q4_EARNINGS.pdf';
const mcdonalds = 'MCDONALDS_2023Q1_EARNINGS.pdf';
const pepsico = 'PEPSICO_2023_8K_dated-2023-05-05.pdf';
const costco = 'COSTCO_2023_8K_dated-2023-08-16.pdf';

const row = (label: string, ...cells: string[]): { label: string; cells: string[] } => ({ label, cells });
const within = (
  under: string,
  label: string,
  ...cells: string[]
): { label: string; cells: string[]; under: string } => ({ label, cells, under });

/** The key, by table. */
export const filingsKey: KeyTable[] = [
  {
    file: amd,
    page: 36,
    columns: [['High'], ['Low']],
    rows: [
      row('July 1, 2017', '$14.74', '$9.85'),
      row('December 30, 2017', '$14.41', '$9.70'),
      row('June 25, 2016', '$5.52', '$2.60'),
      row('December 31, 2016', '$12.42', '$6.22'),
    ],
  },
  {
    file: amd,
    page: 38,
    columns: [['2017'], ['2016'], ['2015'], ['2014'], ['2013']],
    rows: [
      row('Net revenue', '$5,329', '$4,272', '$3,991', '$5,506', '$5,299'),
      within(
        'Earnings (loss) per common share',
        'Diluted',
        '$0.04',
        '$(0.60)',
        '$(0.84)',
        '$(0.53)',
        '$(0.11)',
      ),
      within('Shares used in per share calculation', 'Diluted', '1,039', '835', '783', '768', '754'),
    ],
  },
  {
    file: amd,
    page: 44,
    columns: [['2017'], ['2016'], ['2015']],
    rows: [
      within('Net revenue:', 'Computing and Graphics', '$3,029', '$1,967', '$1,805'),
      within('Operating income (loss):', 'Computing and Graphics', '$147', '$(238)', '$(502)'),
      row('All Other', '(97)', '(417)', '(194)'),
    ],
  },
  {
    file: amd,
    page: 53,
    columns: [['Total'], ['2018'], ['2019'], ['2020'], ['2021'], ['2022'], ['2023 and thereafter']],
    rows: [
      row('6.75% Notes', '$166', '$—', '$166', '$—', '$—', '$—', '$—'),
      row('7.50% Notes', '347', '—', '—', '—', '—', '347', '—'),
      row('Operating leases', '255', '40', '35', '31', '29', '28', '92'),
    ],
  },
  {
    file: amd,
    page: 59,
    columns: [
      ['December 30, 2017', 'Notional Amount'],
      ['December 30, 2017', 'Average Contract Rate'],
      ['December 30, 2017', 'Estimated Fair Value Gain (Loss)'],
      ['December 31, 2016', 'Notional Amount'],
      ['December 31, 2016', 'Average Contract Rate'],
      ['December 31, 2016', 'Estimated Fair Value Gain (Loss)'],
    ],
    rows: [
      row('Canadian Dollar', '$111', '1.2751', '$2', '$77', '1.3189', '$(1)'),
      row('Total', '$300', '', '$7', '$138', '', '$(2)'),
    ],
  },
  {
    file: amd,
    page: 60,
    columns: [['December 30, 2017'], ['December 31, 2016'], ['December 26, 2015']],
    rows: [
      row('Net revenue', '$5,329', '$4,272', '$3,991'),
      row('Amortization of acquired intangible assets', '—', '—', '3'),
      row('Licensing gain', '(52)', '(88)', '—'),
      row('Income (loss) before equity loss and income taxes', '69', '(448)', '(646)'),
      row('Net income (loss)', '$43', '$(497)', '$(660)'),
      within('Earnings (loss) per share', 'Basic', '$0.04', '$(0.60)', '$(0.84)'),
      within('Shares used in per share calculation', 'Basic', '952', '835', '783'),
    ],
  },
  {
    file: amd,
    page: 62,
    columns: [['December 30, 2017'], ['December 31, 2016']],
    rows: [
      row('Cash and cash equivalents', '$1,185', '$1,264'),
      row('Total current assets', '2,622', '2,530'),
      row('Short-term debt', '$70', '$—'),
      row(
        'Common stock, par value $0.01; 1,500 shares authorized on December 30, 2017 and December 31, 2016; shares issued: 979 shares on December 30, 2017 and 949 shares on December 31, 2016; shares outstanding: 967 shares on December 30, 2017 and 935 shares on December 31, 2016',
        '9',
        '9',
      ),
      row('Accumulated deficit', '(7,760)', '(7,803)'),
      row('Total liabilities and stockholders’ equity', '$3,540', '$3,321'),
    ],
  },
  {
    file: amd,
    page: 63,
    columns: [
      ['Number of shares'],
      ['Common Stock'],
      ['Additional paid-in capital'],
      ['Treasury stock'],
      ['Accumulated deficit'],
      ['Accumulated other comprehensive income (loss)'],
      ['Total stockholders’ equity (deficit)'],
    ],
    rows: [
      row('December 27, 2014', '776', '$8', '$6,949', '$(119)', '$(6,646)', '$(5)', '$187'),
      row('Issuance of common stock, net of issuance costs', '115', '1', '666', '—', '—', '—', '667'),
      row(
        'Issuance of treasury stock to partially settle the 6.75% notes and the 7.00% notes',
        '—',
        '—',
        '13',
        '24',
        '—',
        '—',
        '37',
      ),
    ],
  },
  {
    file: amd,
    page: 64,
    columns: [['December 30, 2017'], ['December 31, 2016'], ['December 26, 2015']],
    rows: [
      row('Net income (loss)', '$43', '$(497)', '$(660)'),
      within('Changes in operating assets and liabilities:', 'Inventories', '12', '(73)', '(11)'),
      within('Cash flows from investing activities:', 'Other', '(2)', '2', '—'),
      within('Cash flows from financing activities:', 'Other', '(13)', '(4)', '(2)'),
      row('Repayments of long-term debt and capital lease obligations', '(110)', '(1,113)', '(44)'),
      row('Cash and cash equivalents at end of year', '$1,185', '$1,264', '$785'),
      row('Non-cash acquisition of property and equipment', '$12', '$—', '$—'),
    ],
  },
  {
    file: amd,
    page: 91,
    columns: [['2017'], ['2016'], ['2015']],
    rows: [
      within('Net revenue:', 'Enterprise, Embedded and Semi-Custom', '2,300', '2,305', '2,186'),
      row('Total operating income (loss)', '$204', '$(372)', '$(481)'),
      row('Charge related to the Sixth Amendment to the WSA with GF', '—', '(340)', '—'),
      row('Total operating loss', '$(97)', '$(417)', '$(194)'),
    ],
  },
  {
    file: amd,
    page: 106,
    columns: [
      ['2017', 'Dec. 30'],
      ['2017', 'Sep. 30'],
      ['2017', 'July 1'],
      ['2017', 'April 1'],
      ['2016', 'Dec. 31'],
      ['2016', 'Sep. 24'],
      ['2016', 'Jun. 25'],
      ['2016', 'Mar. 26'],
    ],
    rows: [
      row('Net revenue', '$1,480', '$1,643', '$1,222', '$984', '$1,106', '$1,307', '$1,027', '$832'),
      row('Licensing gain', '—', '—', '(25)', '(27)', '(31)', '(24)', '(26)', '(7)'),
      within(
        'Earnings (loss) per share',
        'Diluted',
        '$0.06',
        '$0.07',
        '$(0.02)',
        '$(0.08)',
        '$(0.06)',
        '$(0.50)',
        '$0.08',
        '$(0.14)',
      ),
    ],
  },
  {
    file: mcdonalds,
    page: 2,
    columns: [
      ['Quarters Ended March 31,', '2023'],
      ['Quarters Ended March 31,', '2022'],
    ],
    rows: [
      row('U.S.', '12.6%', '3.5%'),
      row('International Developmental Licensed Markets & Corporate', '12.6', '14.7'),
      row('Operating income', '2,532.4', '2,312.6'),
      row('Earnings per share-diluted', '$2.45', '$1.48'),
    ],
  },
  {
    file: mcdonalds,
    page: 2,
    columns: [
      ['Net Income', '2023'],
      ['Net Income', '2022'],
      ['Net Income', 'Excluding Currency Translation'],
      ['Earnings per share - diluted', '2023'],
      ['Earnings per share - diluted', '2022'],
      ['Earnings per share - diluted', 'Excluding Currency Translation'],
    ],
    rows: [
      row('GAAP', '$1,802.3', '$1,104.4', '69%', '$2.45', '$1.48', '72%'),
      row('Tax settlement', '—', '500.0', '', '—', '0.67', ''),
    ],
  },
  {
    file: mcdonalds,
    page: 4,
    columns: [['2023'], ['2022'], ['Inc/ (Dec)'], ['Inc/ (Dec)']],
    places: [1, 1, 1, 2],
    rows: [
      row('Sales by Company-operated restaurants', '$2,224.3', '$2,302.4', '$(78.1)', '(3)%'),
      row('Other operating (income) expense, net', '128.6', '60.5', '68.1', 'n/m'),
      row('TOTAL REVENUES', '5,897.8', '5,665.6', '232.2', '4'),
      row('NET INCOME', '$1,802.3', '$1,104.4', '$697.9', '63%'),
      row('Weighted average shares outstanding-diluted', '735.5', '747.6', '(12.1)', '(2)%'),
    ],
  },
  {
    file: ulta,
    page: 6,
    columns: [
      ['13 Weeks Ended', 'January 28, 2023'],
      ['13 Weeks Ended', 'January 28, 2023'],
      ['13 Weeks Ended', 'January 29, 2022'],
      ['13 Weeks Ended', 'January 29, 2022'],
    ],
    places: [1, 2, 1, 2],
    rows: [
      row('Net sales', '$3,226,773', '100.0%', '$2,729,388', '100.0%'),
      row('Interest (income) expense, net', '(4,378)', '(0.1%)', '467', '0.1%'),
      within('Net income per common share:', 'Diluted', '$6.68', '', '$5.41', ''),
    ],
  },
  {
    file: ulta,
    page: 6,
    columns: [
      ['52 Weeks Ended', 'January 28, 2023'],
      ['52 Weeks Ended', 'January 28, 2023'],
      ['52 Weeks Ended', 'January 29, 2022'],
      ['52 Weeks Ended', 'January 29, 2022'],
    ],
    places: [1, 2, 1, 2],
    rows: [
      row('Gross profit', '4,044,510', '39.6%', '3,368,554', '39.0%'),
      row('Net income', '$1,242,408', '12.2%', '$985,837', '11.4%'),
      within('Weighted average common shares outstanding:', 'Basic', '51,403', '', '54,482', ''),
    ],
  },
  {
    file: ulta,
    page: 7,
    columns: [['January 28, 2023'], ['January 29, 2022']],
    rows: [
      row('Merchandise inventories, net', '1,603,451', '1,499,218'),
      row('Accrued income taxes', '—', '12,786'),
      row('Total liabilities and stockholders’ equity', '$5,370,411', '$4,764,379'),
    ],
  },
  {
    file: ulta,
    page: 8,
    columns: [
      ['52 Weeks Ended', 'January 28, 2023'],
      ['52 Weeks Ended', 'January 29, 2022'],
    ],
    rows: [
      row('Net income', '$1,242,408', '$985,837'),
      row('Merchandise inventories', '(104,233)', '(331,003)'),
      row('Effect of exchange rate changes on cash and cash equivalents', '—', '(56)'),
      row('Cash and cash equivalents at end of year', '$737,877', '$431,560'),
    ],
  },
  {
    file: ulta,
    page: 8,
    columns: [
      ['Total stores open at beginning of the quarter'],
      ['Number of stores opened during the quarter'],
      ['Number of stores closed during the quarter'],
      ['Total stores open at end of the quarter'],
    ],
    rows: [row('3rd Quarter', '1,325', '18', '0', '1,343')],
  },
  {
    file: ulta,
    page: 9,
    columns: [
      ['52 Weeks Ended', 'January 28, 2023'],
      ['52 Weeks Ended', 'January 29, 2022'],
    ],
    rows: [row('Cosmetics', '42%', '43%'), row('', '100%', '100%')],
  },
  {
    file: pepsico,
    page: 3,
    columns: [['For'], ['Against'], ['Abstain'], ['Broker Non-Votes']],
    rows: [
      row('Segun Agbaje', '1,005,178,935', '12,334,137', '2,634,817', '172,969,325'),
      row('David C. Page, MD', '1,003,283,751', '14,249,896', '2,614,242', '172,969,325'),
      row('Alberto Weisser', '981,592,374', '35,889,239', '2,666,276', '172,969,325'),
    ],
  },
  {
    file: pepsico,
    page: 4,
    columns: [[]],
    rows: [row('Two Years', '4,331,004'), row('Three Years', '17,603,165')],
  },
  {
    file: costco,
    page: 1,
    columns: [['Trading Symbol(s)'], ['Name of each exchange on which registered']],
    rows: [row('Common Stock, par value $.005 per share', 'COST', 'NASDAQ')],
  },
];
