// Random bits as integer steps: Philox 2×32 with ten rounds, keyed by a seed and counted by the position (S-22).
import type { Operand } from "@assay/sdk/program";
import type { Expressions } from "./expressions.ts";

const ROUNDS = 10;
const MULTIPLIER = 0xd256d193;
const KEY_STEP = 0x9e3779b9n;
const MASK = 0xffff_ffffn;

/**
 * Two words of 32 bits, each u64 [1]: the block cipher's output for the counter (`position`, high half of the seed) under the
 * key (low half of the seed). The same seed and position give the same bits, whatever was drawn before.
 *
 * @param seed - u64 [1]
 * @param position - i32 [1], not negative
 */
export function randomWords(x: Expressions, seed: Operand, position: Operand): readonly [Operand, Operand] {
  const roundKeys = Array.from({ length: ROUNDS }, (_, round) => (BigInt(round) * KEY_STEP) & MASK);
  const keys = x.and(x.add(x.and(seed, MASK), x.constant("u64", ...roundKeys)), MASK);
  let first = x.cast(position, "u64");
  let second = x.shiftRight(seed, 32);
  for (let round = 0; round < ROUNDS; round++) {
    const product = x.mul(first, MULTIPLIER);
    first = x.xor(x.xor(x.shiftRight(product, 32), second), x.at(keys, round));
    second = x.and(product, MASK);
  }
  return [first, second];
}

/** 62 random bits as i64 [1]: as many as leave no product, sum or remainder out of range. */
export function randomBits(x: Expressions, seed: Operand, position: Operand): Operand {
  const [high, low] = randomWords(x, seed, position);
  return x.cast(x.add(x.mul(x.and(high, (1 << 30) - 1), 2n ** 32n), low), "i64");
}
