/**
 * The step that keeps, masks, replaces or drops personal data and secrets.
 * @module
 */
import { createHash } from 'node:crypto';
import { AttuneError } from '../../errors.js';
import {
  type PersonalDataKind,
  type PrivacyPolicy,
  type PrivacySettings,
  personalDataKinds,
} from '../../recipe/data/privacy.js';
import { type Item, mapItemTexts } from '../item.js';
import type { RemovedItem, Step, StepSample } from '../step.js';
import { findPersonalData } from './find.js';
import { type Finding, resolveOverlaps } from './finding.js';
import { itemFindings } from './item-findings.js';
import { safeLabels } from './item-labels.js';
import type { NameFinder } from './name-finder.js';
import { Pseudonyms } from './pseudonym.js';

/** What the step needs besides its settings. */
export interface PrivacyStepOptions {
  /** The recipe's seed, from which made-up values follow where no secret is set. */
  seed: number;
  /** Finds names of persons; it is used where `settings.names` is set. */
  findNames?: NameFinder;
}

/** How a kind is called in notes, for one and for several. */
const words: Record<PersonalDataKind, readonly [string, string]> = {
  email: ['e-mail address', 'e-mail addresses'],
  phone: ['phone number', 'phone numbers'],
  iban: ['IBAN', 'IBANs'],
  card: ['card number', 'card numbers'],
  national_id: ['national identity number', 'national identity numbers'],
  ip: ['IP address', 'IP addresses'],
  url_credentials: ['credential in a web address', 'credentials in web addresses'],
  secret: ['secret', 'secrets'],
  date_of_birth: ['date of birth', 'dates of birth'],
  medical_record_number: ['medical record number', 'medical record numbers'],
  passport: ['passport number', 'passport numbers'],
  driving_licence: ['driving licence number', 'driving licence numbers'],
  name: ['name', 'names'],
};

/**
 * The `privacy` step. Texts are changed in all places of an item alike. Ids, groups, sources and aspects lose the values
 * too: a keyed hash stands in their place. Nothing that it reports holds a value that it took out.
 *
 * @throws AttuneError when `secret_env` names a variable that is not set or shorter than 16 characters, or when names
 * are wanted and no finder is given
 */
export function createPrivacyStep(settings: PrivacySettings, options: PrivacyStepOptions): Step {
  const policies = policyByKind(settings);
  const active = new Set(personalDataKinds.filter((kind) => policies.get(kind) !== 'keep'));
  const pseudonyms = new Pseudonyms(secretOf(settings, options.seed));
  const finder = active.has('name') ? options.findNames : undefined;
  if (active.has('name') && !finder) {
    throw new AttuneError('names are wanted but no model for names was opened', { field: 'privacy.names' });
  }
  const replace = (kind: PersonalDataKind, value: string): string =>
    policies.get(kind) === 'pseudonym' ? pseudonyms.of(kind, value) : `[${kind.toUpperCase()}]`;

  return async (batch) => {
    const names = finder
      ? await findNamesIn(batch, finder, settings.names?.threshold)
      : new Map<string, Finding[]>();
    const find = (text: string): Finding[] => {
      const formal = findPersonalData(text, active);
      const named = names.get(text);
      return named?.length ? resolveOverlaps([...formal, ...named]) : formal;
    };
    const items: Item[] = [];
    const removed: RemovedItem[] = [];
    const samples: StepSample[] = [];
    const counts = new Map<PersonalDataKind, number>();
    for (const item of batch) {
      const { byText, counts: own, values } = itemFindings(item, find);
      const labelled = safeLabels(item, values, (label) => find(label), pseudonyms);
      const dropped = personalDataKinds.filter((kind) => own.has(kind) && policies.get(kind) === 'drop_row');
      if (dropped.length > 0) {
        const detail = dropped.map((kind) => amount(kind, own.get(kind)!)).join(', ');
        removed.push({
          id: labelled.id,
          source: labelled.source,
          step: 'privacy',
          reason: dropped[0]!,
          detail,
        });
        continue;
      }
      const changed = mapItemTexts(labelled, (text) => redact(text, byText.get(text) ?? [], replace));
      for (const [kind, times] of own) counts.set(kind, (counts.get(kind) ?? 0) + times);
      samples.push(...samplesOf(changed.id, byText, replace, samples));
      items.push(own.size === 0 ? changed : { ...changed, steps: [...changed.steps, noteOf(own, policies)] });
    }
    const ordered = personalDataKinds.filter((kind) => counts.has(kind));
    return {
      items,
      removed,
      counts: Object.fromEntries(ordered.map((kind) => [kind, counts.get(kind)!])),
      samples,
    };
  };
}

function policyByKind({
  names,
  secret_env: _secret,
  ...kinds
}: PrivacySettings): Map<PersonalDataKind, PrivacyPolicy> {
  return new Map(
    personalDataKinds.map((kind) => [kind, kind === 'name' ? (names?.policy ?? 'keep') : kinds[kind]]),
  );
}

function secretOf({ secret_env: name }: PrivacySettings, seed: number): string | Buffer {
  if (name === undefined) return createHash('sha256').update(`attune privacy ${seed}`).digest();
  const secret = process.env[name] ?? '';
  if (secret.length < 16) {
    throw new AttuneError(
      secret === '' ? `the environment variable ${name} is not set` : `the secret in ${name} is too short`,
      { field: 'privacy.secret_env', fix: `set ${name} to 16 or more random characters` },
    );
  }
  return secret;
}

async function findNamesIn(
  batch: readonly Item[],
  finder: NameFinder,
  threshold: number | undefined,
): Promise<Map<string, Finding[]>> {
  const texts = new Set<string>();
  for (const item of batch) {
    mapItemTexts(item, (text) => {
      texts.add(text);
      return text;
    });
    for (const label of [item.id, item.group, item.source, ...(item.aspects ?? [])]) texts.add(label);
  }
  const list = [...texts];
  const findings = await finder.find(list, threshold);
  return new Map(list.map((text, index) => [text, findings[index]!]));
}

function redact(
  text: string,
  findings: readonly Finding[],
  replace: (kind: PersonalDataKind, value: string) => string,
): string {
  let result = '';
  let done = 0;
  for (const { kind, start, end } of findings) {
    result += text.slice(done, start) + replace(kind, text.slice(start, end));
    done = end;
  }
  return done === 0 ? text : result + text.slice(done);
}

function amount(kind: PersonalDataKind, times: number): string {
  return `${times} ${words[kind][times === 1 ? 0 : 1]}`;
}

function noteOf(
  counts: ReadonlyMap<PersonalDataKind, number>,
  policies: ReadonlyMap<PersonalDataKind, PrivacyPolicy>,
): { step: string; note: string } {
  const parts = personalDataKinds
    .filter((kind) => counts.has(kind))
    .map((kind) => {
      const done = policies.get(kind) === 'pseudonym' ? 'replaced' : 'masked';
      return `${amount(kind, counts.get(kind)!)} ${done}`;
    });
  return { step: 'privacy', note: parts.join(', ') };
}

/** The first of each kind that has no sample yet: the value's shape, and what stands in its place. */
function samplesOf(
  id: string,
  byText: ReadonlyMap<string, readonly Finding[]>,
  replace: (kind: PersonalDataKind, value: string) => string,
  known: readonly StepSample[],
): StepSample[] {
  const samples: StepSample[] = [];
  for (const [text, findings] of byText) {
    for (const { kind, start, end } of findings) {
      if ([...known, ...samples].some(({ rule }) => rule === kind)) continue;
      const value = text.slice(start, end);
      samples.push({ rule: kind, id, before: shapeOf(value), after: replace(kind, value) });
    }
  }
  return samples;
}

/** `••••@••••.••••`: no letter, no digit, and no length of a word. */
function shapeOf(value: string): string {
  const shape = value.slice(0, 200).replace(/[\p{L}\p{N}\p{M}]+/gu, '••••');
  return shape.length > 60 ? `${shape.slice(0, 60)}…` : shape;
}
