/**
 * A row that was made elsewhere, as a rating of the study.
 * @module
 */
import { AttuneError } from '../../errors.js';
import { type Choice, choices, longestComment, type Rating } from './ratings-file.js';
import { preferredSystem, type RatingRow, scoreColumn } from './ratings-table.js';
import { type Assignment, askedOf, type Study, systemsOf } from './study-file.js';

/** Where a row stands. */
interface Place {
  file: string;
  line: number;
}

/**
 * Reads a row and checks it against the study.
 *
 * @param now ISO time for rows that name none
 * @throws AttuneError with file, line, field and fix
 */
export function readRatingRow(
  study: Study,
  row: RatingRow,
  place: Place,
  now: string,
): { rater: string; rating: Rating } {
  const text = (field: string): string => String(row[field] ?? '').trim();
  const wrong = (field: string, message: string, fix: string): AttuneError =>
    new AttuneError(message, { ...place, field, fix });
  const asked = (fits: (assignment: Assignment) => boolean): Assignment => {
    const rater = study.raters.find(({ name }) => name === text('rater'));
    if (!rater) {
      const names = study.raters.map(({ name }) => name).join(', ');
      throw wrong('rater', `\`${text('rater')}\` is no rater of the study`, `name one of ${names}`);
    }
    const own = askedOf(rater).filter(({ item }) => item === text('item'));
    if (own.length === 0) {
      throw wrong('item', `${rater.name} is not asked about the item \`${text('item')}\``, 'remove the row');
    }
    const found = own.find(fits);
    if (found) return found;
    const systems = own.map((assignment) => systemsOf(assignment).join(' and ')).join('; ');
    const field = study.form === 'pairwise' ? 'left' : 'system';
    throw wrong(field, 'these systems are not compared here', `name ${systems}`);
  };
  const whole = (field: string, greatest: number): number => {
    const value = Number(text(field));
    if (text(field) !== '' && Number.isInteger(value) && value >= 1 && value <= greatest) return value;
    throw wrong(field, `\`${text(field)}\` is no score`, `write a whole number from 1 to ${greatest}`);
  };
  const rest = () => ({
    ...(text('seconds') !== '' && { seconds: readSeconds(text('seconds'), wrong) }),
    ...(text('comment') !== '' && { comment: readComment(text('comment'), wrong) }),
    when: readTime(text('when'), now, wrong),
  });

  if (study.form === 'rubric') {
    const assignment = asked((candidate) => systemsOf(candidate).includes(text('system')));
    const scores = Object.fromEntries(
      study.criteria.map(({ name, scale }) => [name, whole(scoreColumn(name), scale)]),
    );
    return {
      rater: text('rater'),
      rating: { item: assignment.item, systems: systemsOf(assignment), scores, ...rest() },
    };
  }
  const [left, right] = [text('left'), text('right')];
  const { item } = asked((candidate) => {
    const systems = systemsOf(candidate);
    return left !== right && systems.includes(left) && systems.includes(right);
  });
  const choice = text('choice').toLowerCase() as Choice;
  if (!choices.includes(choice)) {
    throw wrong('choice', `\`${text('choice')}\` is no choice`, `write one of ${choices.join(', ')}`);
  }
  const preferred = text('preferred');
  if (preferred !== '' && preferred !== preferredSystem(left, right, choice)) {
    throw wrong('preferred', `\`${preferred}\` is not what the choice says`, 'correct one of the two');
  }
  return { rater: text('rater'), rating: { item, left, right, choice, ...rest() } };
}

type Wrong = (field: string, message: string, fix: string) => AttuneError;

function readSeconds(text: string, wrong: Wrong): number {
  // Spreadsheets of many countries write a comma.
  const seconds = Number(/^\d+,\d+$/.test(text) ? text.replace(',', '.') : text);
  if (seconds >= 0 && seconds <= 1e6) return seconds;
  throw wrong(
    'seconds',
    `\`${text}\` is no number of seconds`,
    'write a number from 0 to 1000000, or nothing',
  );
}

function readComment(text: string, wrong: Wrong): string {
  if (text.length <= longestComment) return text;
  throw wrong('comment', `is longer than ${longestComment} characters`, 'shorten it');
}

/** A time without a zone is taken for UTC, so that it means the same on every machine. */
function readTime(text: string, now: string, wrong: Wrong): string {
  if (text === '') return now;
  const parts = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)(Z|[+-]\d\d:\d\d)?)?$/.exec(
    text,
  );
  const time = parts && new Date(`${parts[1]}T${parts[2] ?? '00:00'}${parts[3] ?? 'Z'}`);
  if (time && !Number.isNaN(time.getTime())) return time.toISOString();
  throw wrong(
    'when',
    `\`${text.slice(0, 80)}\` is no time`,
    'write it as 2026-03-14T09:26:53Z, or leave it empty',
  );
}
