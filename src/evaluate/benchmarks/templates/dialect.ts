/**
 * The two ways in which templates are read: Attune's own and that of lm-evaluation-harness.
 * @module
 */

/** How the text of templates is read. */
export interface Dialect {
  /** Leaves out the line break behind a block and the blanks before one that begins its line, as chat templates do. */
  trimBlocks: boolean;
  /** Keeps the line break at the end of the text. */
  keepTrailingNewline: boolean;
  /** Whether `tojson` keeps the order of keys and all characters; Jinja itself sorts and escapes for HTML. */
  plainJson: boolean;
  /** Whether writing null is an error; Jinja writes `None`. */
  refuseNull: boolean;
}

/** Attune's own files: blocks leave no empty lines behind. */
export const ownDialect: Dialect = {
  trimBlocks: true,
  keepTrailingNewline: false,
  plainJson: true,
  refuseNull: true,
};
/** The environment of lm-evaluation-harness (`lm_eval/utils.py`). */
export const harnessDialect: Dialect = {
  trimBlocks: false,
  keepTrailingNewline: true,
  plainJson: false,
  refuseNull: false,
};
