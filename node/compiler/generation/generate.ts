// Wraps a decode step into an iterated program: reads a prompt, selects tokens, and stops.
import {
  allocate,
  type DType,
  type Operand,
  type Program,
  type TensorType,
  tensorType,
} from "@assay/sdk/program";
import { arrangeLayouts } from "../layouts.ts";
import { ProgramBuilder } from "../programBuilder.ts";
import { drawn, largest, ROW, rowsOf } from "./choice.ts";
import { GenerationError } from "./errors.ts";
import { Expressions } from "./expressions.ts";
import { randomBits } from "./random.ts";
import type { DecodeStep } from "./step.ts";
import { LEAST_TEMPERATURE } from "./temperature.ts";

export interface GenerationOptions {
  /** room for the prompt, in tokens */
  readonly prompt: number;
  /** most tokens that are generated */
  readonly tokens: number;
  /** ends the text; it is written and counted. Without one, all tokens are generated. */
  readonly stopToken?: number;
  /** fills `tokens` after the end; 0 if not given */
  readonly padToken?: number;
  /** `greedy` takes the largest logit; `seeded` draws, with the inputs `seed` and `temperature` */
  readonly sampling?: "greedy" | "seeded";
  /** logits per row of the selection, for tests */
  readonly row?: number;
}

/** Names of the program's tensors, in order. */
export const generationInputs = {
  greedy: ["prompt", "length"],
  seeded: ["prompt", "length", "seed", "temperature"],
};
export const generationOutputs = ["tokens", "count"] as const;

/** How often the program runs at most: once for each token but the last one that it writes. */
export const passesOf = (
  { prompt, tokens }: GenerationOptions,
  { context }: Pick<DecodeStep, "context">,
): number => Math.min(prompt + tokens - 1, context);

/**
 * The iterated program. Inputs: `prompt` i32 [prompt]; `length` i32 [1], how many of its tokens count; with `seeded` also
 * `seed` u64 [1] and `temperature` i32 [1] in thousandths, below 50 for the largest logit. Outputs: `tokens` i32 [tokens];
 * `count` i32 [1], how many were generated, a stop token included.
 *
 * Pass t reads the token at position t: of the prompt, or the one selected in pass t - 1. The random bits of a position depend
 * on the seed and the position alone, so a prompt that is a former prompt and answer is continued as if never interrupted.
 * Inputs may hold anything: lengths are clipped to the prompt, tokens to the vocabulary.
 */
export function generationProgram(step: DecodeStep, options: GenerationOptions): Program {
  checkOptions(step, options);
  const { prompt, tokens, sampling = "greedy", padToken = 0, stopToken } = options;
  const maxPasses = passesOf(options, step);
  const scalar = (dtype: DType) => tensorType(dtype, [1]);
  const types = [tensorType("i32", [prompt]), scalar("i32")];
  if (sampling === "seeded") types.push(scalar("u64"), scalar("i32"));
  const builder = new ProgramBuilder(types);
  const x = new Expressions(builder);

  const clock = builder.carry(x.constant("i32", 0));
  const selectedBefore = builder.carry(x.constant("i32", 0));
  const written = builder.carry(filled(builder, tensorType("i32", [tokens]), padToken));
  const caches = step.caches.map(({ type, initial }) => builder.carry(builder.constant(type, initial)));

  const position = x.clip(clock, 0, maxPasses - 1);
  const length = x.clip(builder.input(1), 1, prompt);
  const given = x.gather(builder.input(0), maxPasses > prompt ? x.clip(position, 0, prompt - 1) : position);
  const token = x.clip(x.where(x.less(position, length), given, selectedBefore), 0, step.vocabulary - 1);
  const { logits, logitScale, caches: cachesAfter } = step.build(builder, { token, position, caches });

  const rows = rowsOf(x, logits, step.vocabulary, options.row ?? ROW);
  const likeliest = largest(x, rows, step.vocabulary);
  const selected = sampling === "greedy" ? likeliest : draw();

  // Tokens generated with this one; while the prompt is read, none, and the first place keeps its padding.
  const after = x.sub(x.add(position, 2), length);
  const isReading = x.less(after, 1);
  const count = x.clip(after, 0, tokens);
  const place = x.clip(x.sub(after, 1), 0, tokens - 1);
  const writtenAfter = x.scatter(written, place, x.where(isReading, x.constant("i32", padToken), selected));
  const isFull = x.cast(x.less(x.constant("i32", tokens - 1), count), "i32");
  const isEnd = stopToken === undefined ? isFull : x.max(isFull, x.cast(x.equal(selected, stopToken), "i32"));
  const stop = x.less(x.constant("i32", 0), x.where(isReading, x.constant("i32", 0), isEnd));

  builder.goOn(clock, x.add(position, 1));
  builder.goOn(selectedBefore, selected);
  builder.goOn(written, writtenAfter);
  for (const [index, cache] of caches.entries()) builder.goOn(cache, cachesAfter[index]!);
  return arrangeLayouts(builder.finish([writtenAfter, count], { maxPasses, stop }));

  function draw(): Operand {
    const temperature = builder.input(3);
    const random = randomBits(x, builder.input(2), position);
    const token = drawn(x, { rows, vocabulary: step.vocabulary, logitScale, temperature, random });
    return x.where(x.less(temperature, LEAST_TEMPERATURE), likeliest, token);
  }
}

function filled(builder: ProgramBuilder, type: TensorType, value: number): Operand {
  const data = allocate(type.dtype, type.shape[0]!) as Int32Array;
  return builder.constant(type, data.fill(value));
}

function checkOptions(step: DecodeStep, options: GenerationOptions): void {
  const { prompt, tokens, stopToken, padToken = 0 } = options;
  const { vocabulary, context } = step;
  const isCount = (value: number) => Number.isSafeInteger(value) && value > 0;
  if (!isCount(prompt) || !isCount(tokens) || prompt + tokens < 3)
    throw new GenerationError(
      "The lengths of prompt and answer are not positive integers, one of them above 1.",
      {
        facts: { prompt, tokens },
      },
    );
  if (prompt > context)
    throw new GenerationError("The prompt is longer than the model's context.", {
      facts: { prompt, context },
      hint: `Give at most prompt=${context}`,
    });
  for (const [name, token] of Object.entries({ stopToken, padToken }))
    if (token !== undefined && !(Number.isInteger(token) && token >= 0 && token < vocabulary))
      throw new GenerationError("A special token is not in the vocabulary.", {
        facts: { [name]: token, vocabulary },
      });
}
