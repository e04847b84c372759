/**
 * Recipe section `adapter`: what is trained; names as in PEFT's `LoraConfig` and Transformers' `BitsAndBytesConfig`.
 * @module
 */
import { z } from 'zod';

/** What is trained and how the frozen base is held. */
export const adapterSchema = z
  .strictObject({
    method: z
      .enum(['full', 'lora', 'qlora'])
      .default('lora')
      .describe(
        '`full` trains every weight, `lora` small matrices beside frozen weights, `qlora` the same over a base in 4 bits (NF4, double quantization).',
      ),
    precision: z
      .enum(['float32', 'bfloat16'])
      .default('float32')
      .describe(
        'How the base is held while `lora` trains; `bfloat16` halves its memory. `qlora` always holds NF4.',
      ),
    r: z.int().min(1).default(16).describe('Rank of the matrices; more is stronger and slower.'),
    lora_alpha: z
      .number()
      .positive()
      .default(32)
      .describe('The update is scaled by `lora_alpha / r` (by `lora_alpha / sqrt(r)` with `use_rslora`).'),
    target_modules: z
      .union([z.literal('all-linear'), z.array(z.string().min(1)).min(1)])
      .default('all-linear')
      .describe('`all-linear`, or the names of the layers that are adapted, for example `[q_proj, v_proj]`.'),
    lora_dropout: z.number().min(0).lt(1).default(0).describe("Dropout on the adapter's input."),
    bias: z
      .enum(['none', 'all', 'lora_only'])
      .default('none')
      .describe('Which bias vectors of the base are trained too.'),
    use_rslora: z.boolean().default(false).describe('Rank-stabilised scaling (arXiv 2312.03732).'),
    loraplus_lr_ratio: z
      .number()
      .min(1)
      .default(1)
      .describe('LoRA+ (arXiv 2402.12354): learning rate of B over that of A; 1 is plain LoRA.'),
    load_in_8bit: z
      .boolean()
      .default(false)
      .describe(
        'With `method: lora`: the linear layers of the base in 8 bits, a quarter of the memory of float32.',
      ),
    bnb_8bit_compute: z
      .enum(['float32', 'int8'])
      .optional()
      .describe(
        'What layers in 8 bits multiply in. `float32` (default) rounds the weights only; `int8` is the fast mode and rounds activations and gradients too.',
      ),
    load_in_4bit: z
      .boolean()
      .optional()
      .describe(
        'Follows from `method`; accepted so that a configuration can be pasted, and checked against it.',
      ),
    bnb_4bit_quant_type: z.literal('nf4').optional().describe('The only 4-bit type of `qlora`.'),
    bnb_4bit_use_double_quant: z
      .literal(true)
      .optional()
      .describe('`qlora` always quantizes the scales as well.'),
  })
  .superRefine((adapter, context) => {
    const complain = (field: string, message: string): void =>
      context.addIssue({ code: 'custom', path: [field], message });
    const quantized = adapter.method === 'qlora';
    if (adapter.load_in_4bit !== undefined && adapter.load_in_4bit !== quantized) {
      complain(
        'load_in_4bit',
        quantized
          ? '`method: qlora` loads in 4 bits'
          : `\`method: ${adapter.method}\` does not load in 4 bits; for that, set \`method: qlora\``,
      );
    }
    for (const field of ['bnb_4bit_quant_type', 'bnb_4bit_use_double_quant'] as const) {
      if (adapter[field] !== undefined && !quantized)
        complain(field, 'only `method: qlora` uses this setting');
    }
    if (adapter.load_in_8bit && adapter.method !== 'lora') {
      complain(
        'load_in_8bit',
        quantized
          ? '`method: qlora` holds the base in 4 bits; for 8 bits, set `method: lora`'
          : '`method: full` trains the weights in float32; for a base in 8 bits, set `method: lora`',
      );
    } else if (adapter.load_in_8bit && adapter.precision !== 'float32') {
      complain('precision', '`load_in_8bit` says how the base is held; leave `precision` out');
    }
    if (adapter.bnb_8bit_compute !== undefined && !adapter.load_in_8bit) {
      complain('bnb_8bit_compute', 'only `load_in_8bit: true` uses this setting');
    }
    if (adapter.method === 'full' && adapter.precision !== 'float32') {
      complain('precision', '`method: full` trains the weights in float32');
    }
  });
