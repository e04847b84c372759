/**
 * Values of metrics as the report writes them.
 * @module
 */
import { decimal, label, percent, points, significant } from '../../page/format.js';
import type { Metric } from '../metrics/metric.js';
import type { Interval } from '../statistics/bootstrap.js';

type Unit = Metric['unit'];

/** A metric's name for people. */
export const metricLabel = ({ name, label: own }: Pick<Metric, 'name' | 'label'>): string =>
  own ?? label(name);

/** A value with its unit; a share in percent. */
export function metricValue(value: number, unit: Unit): string {
  if (!Number.isFinite(value)) return '–';
  if (unit === 'share') return percent(value);
  return unit === 'seconds' ? `${significant(value)} s` : significant(value);
}

/** A difference with its sign; of shares in percentage points. */
export function metricDifference(value: number, unit: Unit): string {
  if (!Number.isFinite(value)) return '–';
  if (unit === 'share') return points(value);
  return `${value < 0 ? '−' : '+'}${significant(Math.abs(value))}`;
}

/** An interval without its unit. */
export function metricInterval({ low, high }: Interval, unit: Unit): string {
  const end = (value: number): string => {
    if (!Number.isFinite(value)) return value < 0 ? '−∞' : '∞';
    return unit === 'share' ? decimal(value * 100, 1) : significant(value);
  };
  return `${end(low)} to ${end(high)}`;
}
