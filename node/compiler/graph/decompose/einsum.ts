// Einsum of two tensors as transposes around one matrix product.
import type { GraphTensor } from "../types.ts";
import { stringOf } from "./attributes.ts";
import type { Rewriter } from "./rewriter.ts";

interface Terms {
  readonly left: string;
  readonly right: string;
  readonly out: string;
}

/** Two terms without repeated letters or ellipsis, each letter of which is in the result or in both. */
function termsOf(equation: string): Terms | undefined {
  const text = equation.replaceAll(" ", "");
  const match = /^([A-Za-z]+),([A-Za-z]+)(?:->([A-Za-z]*))?$/.exec(text);
  if (!match) return undefined;
  const [, left = "", right = ""] = match;
  const once = [...new Set(left + right)].filter(
    (letter) => !(left.includes(letter) && right.includes(letter)),
  );
  const out = match[3] ?? once.sort().join("");
  const isPlain = [left, right, out].every((term) => new Set(term).size === term.length);
  const isKept = once.every((letter) => out.includes(letter));
  return isPlain && isKept && [...out].every((letter) => (left + right).includes(letter))
    ? { left, right, out }
    : undefined;
}

const product = (sizes: readonly number[]): number => sizes.reduce((a, b) => a * b, 1);

/** The tensor with its axes in the order of `to`, by letters. */
function ordered(rewriter: Rewriter, tensor: GraphTensor, from: string, to: string): GraphTensor {
  if (from === to) return tensor;
  const perm = [...to].map((letter) => from.indexOf(letter));
  return rewriter.step(
    "Transpose",
    [tensor],
    perm.map((axis) => tensor.shape[axis]!),
    { perm },
  );
}

export function einsum(rewriter: Rewriter): boolean {
  const terms = termsOf(stringOf(rewriter.node, "equation", ""));
  const a = rewriter.input(0);
  const b = rewriter.input(1);
  if (!terms || !a || !b || rewriter.node.inputs.length !== 2) return false;
  const { left, right, out } = terms;
  const inBoth = (letter: string): boolean => left.includes(letter) && right.includes(letter);
  const batch = [...out].filter(inBoth);
  const summed = [...left].filter((letter) => inBoth(letter) && !out.includes(letter));
  const rows = [...out].filter((letter) => !right.includes(letter));
  const columns = [...out].filter((letter) => !left.includes(letter));
  const sizeOf = (letter: string): number =>
    left.includes(letter) ? a.shape[left.indexOf(letter)]! : b.shape[right.indexOf(letter)]!;
  const sizes = (letters: readonly string[]): number[] => letters.map(sizeOf);
  const [lead, depth, height, width] = [batch, summed, rows, columns].map((letters) =>
    product(sizes(letters)),
  ) as [number, number, number, number];
  const first = ordered(rewriter, a, left, [...batch, ...rows, ...summed].join(""));
  const second = ordered(rewriter, b, right, [...batch, ...summed, ...columns].join(""));
  // without a batch a constant matrix stays a matrix, so that its rows are weights
  const before = batch.length > 0 ? [lead] : [];
  const joined = rewriter.step(
    "MatMul",
    [
      rewriter.reshape(first, [...before, height, depth]),
      rewriter.reshape(second, [...before, depth, width]),
    ],
    [...before, height, width],
  );
  const order = [...batch, ...rows, ...columns].join("");
  const split = rewriter.reshape(joined, sizes([...order]));
  const perm = [...out].map((letter) => order.indexOf(letter));
  rewriter.step("Transpose", [split], rewriter.output.shape, { perm }, true);
  return true;
}
