// Philox 2×32-10 as its authors define it, in plain numbers.
const MASK = 0xffff_ffffn;

/** Two words for the counter (two words) and the key (one word). */
export function philox(counter: readonly [bigint, bigint], key: bigint): readonly [bigint, bigint] {
  let [left, right] = counter;
  for (let round = 0n; round < 10n; round++) {
    const product = left * 0xd256d193n;
    const roundKey = (key + round * 0x9e3779b9n) & MASK;
    [left, right] = [(product >> 32n) ^ roundKey ^ right, product & MASK];
  }
  return [left, right];
}
