// A decode step made by hand, and the same computed independently: a table of logits, less what was said before.
import { type Operand, tensorType } from "@assay/sdk/program";
import { Expressions } from "../../node/compiler/generation/expressions.ts";
import type { DecodeStep, StepOperands } from "../../node/compiler/generation/step.ts";
import type { ProgramBuilder } from "../../node/compiler/programBuilder.ts";
import { Random } from "./random.ts";

export interface ToyDecoder extends DecodeStep {
  readonly logitScale: number;
  /** The logits after these tokens, from their history alone. */
  logitsAfter(tokens: readonly number[]): number[];
}

const TIRED = 700;

/**
 * logits = table[token] + position − TIRED · (how often each token was read, at most 7). The counts are the cache.
 */
export function toyDecoder(vocabulary: number, context: number, logitScale = 2 ** -9, seed = 1): ToyDecoder {
  const random = new Random(seed);
  const table = Int32Array.from({ length: vocabulary * vocabulary }, () => random.integer(-2000, 2000));
  const type = tensorType("i32", [vocabulary]);
  const counted = (tokens: readonly number[], token: number) =>
    Math.min(7, tokens.filter((one) => one === token).length);
  return {
    vocabulary,
    context,
    logitScale,
    caches: [{ name: "counts", type, initial: new Int32Array(vocabulary) }],
    build(builder: ProgramBuilder, { token, position, caches: [counts] }: StepOperands) {
      const x = new Expressions(builder);
      const known = x.clip(counts!, 0, 7);
      const more: Operand = x.clip(x.add(x.gather(known, token), 1), 0, 7);
      const after = x.scatter(known, token, more);
      const row = x.gather(builder.constant(tensorType("i32", [vocabulary, vocabulary]), table), token);
      const logits = x.sub(x.add(row, position), x.mul(after, TIRED));
      return { logits, logitScale, caches: [after] };
    },
    logitsAfter(tokens) {
      const last = tokens.at(-1)!;
      return Array.from(
        { length: vocabulary },
        (_, token) => table[last * vocabulary + token]! + tokens.length - 1 - TIRED * counted(tokens, token),
      );
    },
  };
}
