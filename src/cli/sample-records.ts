/**
 * The sample records of `attune init`: maintenance notes that become one structured line. Everything in them is
 * made up here.
 * @module
 */
import { randomStream } from '../random.js';

/** A record as the data section's `records` source reads it. */
interface SampleRecord {
  id: string;
  prompt: string;
  completion: string;
  task: string;
  licence: string;
}

const assets = [
  'Pump P-12',
  'Fan F-3',
  'Compressor C-7',
  'Mixer M-2',
  'Conveyor B-9',
  'Boiler K-1',
  'Valve V-44',
];
const faults = [
  { says: 'leaks at the seal', fault: 'leak', part: 'seal' },
  { says: 'runs hot at the bearing', fault: 'heat', part: 'bearing' },
  { says: 'rattles near the coupling', fault: 'noise', part: 'coupling' },
  { says: 'shows cracks in the housing', fault: 'crack', part: 'housing' },
  { says: 'trips the motor fuse', fault: 'electrical', part: 'motor' },
  { says: 'has a loose belt', fault: 'wear', part: 'belt' },
];
const actions = [
  { says: 'we shut it down', action: 'stop' },
  { says: 'it keeps running for now', action: 'watch' },
  { says: 'please send someone today', action: 'repair' },
  { says: 'the spare is on order', action: 'wait for part' },
];
const forms = [
  (asset: string, fault: string, action: string) => `${asset} ${fault}, ${action}.`,
  (asset: string, fault: string, action: string) => `Found on the round: ${asset} ${fault}; ${action}.`,
  (asset: string, fault: string, action: string) => `Night shift: ${action}. ${asset} ${fault}.`,
];

/** 120 notes with the line that each should become; the same on every machine. */
export function sampleRecords(): SampleRecord[] {
  const notes = assets.flatMap((asset) =>
    faults.flatMap((fault) => actions.map((action) => ({ asset, fault, action }))),
  );
  const random = randomStream(1, 'init', 'records');
  return random
    .shuffle(notes)
    .slice(0, 120)
    .map(({ asset, fault, action }, index) => ({
      id: `note-${String(index + 1).padStart(3, '0')}`,
      prompt: `Write this note as one line of the log.\n\n${random.pick(forms)(asset, fault.says, action.says)}`,
      completion: `asset=${asset.split(' ')[1]} fault=${fault.fault} part=${fault.part} action=${action.action}`,
      task: 'log_line',
      licence: 'CC0-1.0',
    }));
}
