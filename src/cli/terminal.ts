/**
 * The two streams of a command: results go to stdout, everything else to stderr.
 * @module
 */

/** Where a command writes. */
export interface Terminal {
  /** Results; the only thing that a pipe receives. */
  out(text: string): void;
  /** Progress, notes and errors. */
  err(text: string): void;
  /** Whether stderr is watched by a person, so that a line may be redrawn. */
  interactive: boolean;
  /** Whether stdout takes colours. */
  color: boolean;
  /** Width of stderr in characters. */
  columns(): number;
}

/**
 * The terminal of this process. `NO_COLOR` switches colours off, `FORCE_COLOR` on (https://no-color.org);
 * otherwise they appear on a terminal only.
 */
export function processTerminal(): Terminal {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env;
  const wanted = FORCE_COLOR ? FORCE_COLOR !== '0' : process.stdout.isTTY && TERM !== 'dumb';
  return {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    interactive: process.stderr.isTTY === true && TERM !== 'dumb',
    color: !NO_COLOR && Boolean(wanted),
    columns: () => process.stderr.columns || 80,
  };
}

/** Rows as aligned columns; numbers to the right. The first row is the heading. */
export function formatTable(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const numeric = widths.map((_, column) =>
    rows.slice(1).every((row) => /^[-+≈]?[\d.,]+ ?(%|[kMG]i?B)?$|^-?$/.test(row[column] ?? '')),
  );
  return rows
    .map((row) =>
      row
        .map((cell, column) =>
          numeric[column]
            ? cell.padStart(widths[column]!)
            : column === row.length - 1
              ? cell
              : cell.padEnd(widths[column]!),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** Bytes for people, for example `94.1 MB`. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, bytes)) / 3)));
  return power === 0 ? `${bytes} B` : `${(bytes / 1000 ** power).toFixed(1)} ${units[power]}`;
}

/** Seconds for people, for example `4 min 07 s`. */
export function formatSeconds(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  const two = (value: number): string => String(value).padStart(2, '0');
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`;
  return `${Math.floor(whole / 3600)} h ${two(Math.floor((whole % 3600) / 60))} min`;
}
