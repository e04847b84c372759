/**
 * Recipe section of the `privacy` step: what is done with personal data and secrets.
 * @module
 */
import { z } from 'zod';

/** Kinds of personal data that are found by their form; `name` takes a model. */
export const personalDataKinds = [
  'email',
  'phone',
  'iban',
  'card',
  'national_id',
  'ip',
  'url_credentials',
  'secret',
  'date_of_birth',
  'medical_record_number',
  'passport',
  'driving_licence',
  'name',
] as const;

/** One kind of personal data. */
export type PersonalDataKind = (typeof personalDataKinds)[number];

/** What can be done with a value. */
export const privacyPolicies = ['keep', 'mask', 'pseudonym', 'drop_row'] as const;

/** What is done with a value. */
export type PrivacyPolicy = (typeof privacyPolicies)[number];

const policy = (what: string) =>
  z
    .enum(privacyPolicies)
    .default('mask')
    .describe(
      `${what}: keep it, mask it with a placeholder, replace it with a made-up value that is the same wherever the value is the same, or drop every row that holds one.`,
    );

/** Settings of the `privacy` step. */
export const privacySchema = z.strictObject({
  email: policy('E-mail addresses'),
  phone: policy('Telephone and fax numbers'),
  iban: policy('International bank account numbers'),
  card: policy('Payment card numbers'),
  national_id: policy('Social security, tax and identity numbers of persons'),
  ip: policy('Public IP addresses'),
  url_credentials: policy('User names with passwords, and tokens, in web addresses'),
  secret: policy('Private keys, access tokens and passwords'),
  date_of_birth: policy('Dates of birth'),
  medical_record_number: policy('Numbers of patients and medical records'),
  passport: policy('Passport numbers'),
  driving_licence: policy('Driving licence numbers'),
  names: z
    .strictObject({
      model: z
        .string()
        .min(1)
        .describe(
          'Folder with a token-classification model as ONNX (`model.onnx` or `onnx/model.onnx`, `tokenizer.json`, `config.json`), relative to the recipe.',
        ),
      policy: policy('Names of persons'),
      threshold: z
        .number()
        .gt(0)
        .max(1)
        .default(0.5)
        .describe('Least probability at which a word counts as part of a name.'),
    })
    .optional()
    .describe('Finds names of persons with a model; without it names are not looked for.'),
  secret_env: z
    .string()
    .min(1)
    .optional()
    .describe(
      'Environment variable with the secret that made-up values are derived from; without it they follow from the seed of the recipe, and whoever knows it can test guesses.',
    ),
});

/** Settings of the `privacy` step with every default filled in. */
export type PrivacySettings = z.output<typeof privacySchema>;
