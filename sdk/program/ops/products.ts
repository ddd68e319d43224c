// Sums of products of small integers: what matrix products and convolutions spend their time on.

/**
 * Adds to `sums[c]` the sum over k of `factors[k] * rows[start + k * sums.length + c]`. Four rows go together, which halves
 * the time; their products stay below 2^53, so that truncating each sum wraps it.
 */
export function addProducts(
  sums: Int32Array,
  factors: Int32Array,
  rows: Uint8Array | Int8Array | Int16Array,
  start = 0,
): void {
  const width = sums.length;
  const whole = factors.length - (factors.length % 4);
  for (let k = 0; k < whole; k += 4) addFour(sums, factors, k, rows, start + k * width);
  for (let k = whole; k < factors.length; k++) {
    const from = start + k * width;
    for (let c = 0; c < width; c++) sums[c] = (sums[c]! + factors[k]! * rows[from + c]!) | 0;
  }
}

function addFour(
  sums: Int32Array,
  factors: Int32Array,
  k: number,
  rows: Uint8Array | Int8Array | Int16Array,
  a: number,
): void {
  const width = sums.length;
  const [b, c, d] = [a + width, a + 2 * width, a + 3 * width];
  const [f, g, h, i] = [factors[k]!, factors[k + 1]!, factors[k + 2]!, factors[k + 3]!];
  for (let at = 0; at < width; at++) {
    sums[at] =
      (sums[at]! + f * rows[a + at]! + g * rows[b + at]! + h * rows[c + at]! + i * rows[d + at]!) | 0;
  }
}
