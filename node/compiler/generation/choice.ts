// Token selection as integer steps: the largest logit, or a draw with a seed. Any vocabulary: rows keep every proof small.
import type { Operand } from "@assay/sdk/program";
import type { Expressions } from "./expressions.ts";
import { expTable, TABLE_ONE, temperatureScale } from "./temperature.ts";

/** Logits of one row: the judge goes through all of them to recompute one element. */
export const ROW = 4096;

/** Logits lie within ±2^30, so that their differences fit 32 bits. */
const LEAST = -(2 ** 30);

/** Logits in rows of at most `ROW`. Where the vocabulary does not fill them, the least logit does. */
export function rowsOf(x: Expressions, logits: Operand, vocabulary: number, row = ROW): Operand {
  const width = Math.min(row, vocabulary);
  const rows = Math.ceil(vocabulary / width);
  const flat = x.clip(x.reshape(logits, [vocabulary]), LEAST, -LEAST - 1);
  return x.reshape(x.padTo(flat, rows * width, LEAST), [rows, width]);
}

const sizesOf = ({ type }: Operand): readonly [rows: number, width: number] => {
  const [rows = 1, width = 1] = type.shape;
  return [rows, width];
};

/** i32 [1]: the first of the largest logits. */
export function largest(x: Expressions, rows: Operand, vocabulary: number): Operand {
  const [count, width] = sizesOf(rows);
  if (count === 1) return x.cast(x.argMax(rows), "i32");
  const row = x.reshape(x.argMax(x.reshape(x.reduce("ReduceMax", rows), [1, count])), [1]);
  const within = x.argMax(x.gather(rows, row));
  return x.clip(x.cast(x.add(x.mul(row, width), within), "i32"), 0, vocabulary - 1);
}

export interface Draw {
  /** [rows, width], as `rowsOf` makes them */
  readonly rows: Operand;
  readonly vocabulary: number;
  /** real units per integer step of the logits */
  readonly logitScale: number;
  /** i32 [1], in thousandths */
  readonly temperature: Operand;
  /** i64 [1], not negative, 62 bits */
  readonly random: Operand;
}

/** i32 [1]: a token drawn with the softmax probabilities at the temperature, exact but for the rounding of the weights. */
export function drawn(x: Expressions, { rows, vocabulary, logitScale, temperature, random }: Draw): Operand {
  const [count, width] = sizesOf(rows);
  const weights = weightsOf(x, rows, logitScale, temperature);
  if (count === 1) {
    const sums = x.cumSum(weights);
    const total = x.at(x.reshape(sums, [width]), width - 1);
    const rest = x.cast(remainder(x, random, total), "i32");
    return firstAbove(x, sums, rest);
  }
  const rowTotals = x.cast(x.reshape(x.reduce("ReduceSum", weights), [count]), "i64");
  const sums = x.cumSum(rowTotals);
  const rest = remainder(x, random, x.at(sums, count - 1));
  const row = firstAbove(x, x.reshape(sums, [1, count]), rest);
  const before = x.sub(x.gather(sums, row), x.gather(rowTotals, row));
  const restInRow = x.cast(x.clip(x.sub(rest, before), 0, width * TABLE_ONE), "i32");
  const within = firstAbove(x, x.cumSum(x.gather(weights, row)), restInRow);
  return x.clip(x.add(x.mul(row, width), within), 0, vocabulary - 1);
}

/** i32 like `rows`: how likely each token is, at most `TABLE_ONE`, which the likeliest has. */
function weightsOf(x: Expressions, rows: Operand, logitScale: number, temperature: Operand): Operand {
  const [count] = sizesOf(rows);
  const scale = temperatureScale(logitScale);
  const rowMax = x.reduce("ReduceMax", rows);
  const greatest = count === 1 ? rowMax : x.reduce("ReduceMax", x.reshape(rowMax, [1, count]));
  const distance = x.sub(greatest, rows);
  const units = x.clip(scale.divisor === 1 ? distance : x.div(distance, scale.divisor), 0, scale.mostUnits);
  const bounded = x.clip(temperature, scale.least, scale.greatest);
  const factor = x.cast(x.div(x.constant("i64", scale.numerator), x.cast(bounded, "i64")), "i32");
  const scaled = x.div(x.add(x.mul(units, factor), scale.one / 2), scale.one);
  const table = expTable();
  return x.gather(x.constant("i32", ...table), x.clip(scaled, 0, table.length - 1));
}

/** i64 [1]: `random` modulo a total, which is never 0 in truth. */
const remainder = (x: Expressions, random: Operand, total: Operand): Operand =>
  x.mod(random, x.max(x.cast(total, "i64"), 1));

/** i32 [1]: the first place whose running sum is above `rest`. */
function firstAbove(x: Expressions, sums: Operand, rest: Operand): Operand {
  const [, width] = sizesOf(sums);
  const below = x.reduce("ReduceSum", x.cast(x.less(sums, x.add(rest, 1)), "i32"));
  return x.clip(x.reshape(below, [1]), 0, width - 1);
}
