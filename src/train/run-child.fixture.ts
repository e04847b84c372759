/**
 * A process that trains in the folder named by its argument, made to be killed.
 * @module
 */
import { runTraining } from './loop.js';
import { openRun } from './run-folder.js';
import { FakeEngine, fakeDescription, fakePlan } from './training.fixture.js';

const plan = fakePlan();
const run = await openRun(process.argv[2]!, fakeDescription(plan));
process.stdout.write('started\n');
await runTraining({ plan, run, engine: new FakeEngine({ delay: 12 }), evalBatchSize: 2, saveTotalLimit: 2 });
await run.close();
