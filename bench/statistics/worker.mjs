/** Simulates the settings that it is sent. */
import { parentPort, workerData } from 'node:worker_threads';
import { judge } from '../../dist/evaluate/comparison.js';
import { compareMetric, estimateMetric } from '../../dist/evaluate/statistics/metric-statistics.js';
import { randomStream } from '../../dist/random.js';
import { measure } from './simulate.mjs';

parentPort.on('message', (setting) => {
  parentPort.postMessage(
    measure(setting, workerData, { estimateMetric, compareMetric, judge, randomStream }),
  );
});
