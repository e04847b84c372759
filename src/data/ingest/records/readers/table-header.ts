/**
 * The first row of a table: the names of its columns.
 * @module
 */
import { AttuneError } from '../../../../errors.js';

/**
 * Names without blanks around them; a column without a name is called by its number.
 *
 * @throws {AttuneError} when two columns have one name
 */
export function tableHeader(cells: readonly string[], file: string, line: number): string[] {
  const names = cells.map((cell, index) => cell.trim() || `column_${index + 1}`);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) {
    throw new AttuneError(`two columns are called \`${twice}\``, {
      file,
      line,
      field: twice,
      fix: 'give every column a name of its own in the first row',
    });
  }
  return names;
}
