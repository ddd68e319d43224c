// OneHot and TopK, out of comparisons and repeated maxima.
import type { Operand } from "@assay/sdk/program";
import { isFloat } from "../../graph/types.ts";
import type { Call, Rule } from "../Call.ts";
import { alongAxis, sequence } from "../shapes.ts";

const MOST_ITEMS = 64;
const LEAST = -(2n ** 63n);

/** The second value where the index, counted from either end, is the place along the new axis, else the first. */
function oneHot(call: Call): Operand {
  if (isFloat(call.tensor(0).dtype))
    call.refuse("its indices are floating-point numbers", "Use indices of integers.");
  const { shape } = call.out();
  const axis = call.axis(-1, shape.length);
  const depth = shape[axis]!;
  const indices = call.integers(0);
  const apart = call.emit.shaped(indices, shape.with(axis, 1));
  const places = (from: number): Operand =>
    call.emit.constant(
      indices.type.dtype,
      alongAxis(shape.length, axis, depth),
      sequence(depth).map((place) => place + from),
    );
  const hit = (from: number) => call.emit.asByte(call.emit.pair("Equal", apart, places(from)));
  const isHit = indices.type.dtype.startsWith("u")
    ? hit(0)
    : call.emit.pair("BitwiseOr", hit(0), hit(-depth));
  const values = call.integers(2);
  const wide = call.outType === "u8" || call.outType === "i64" ? call.outType : "i32";
  const [off, on] = [0, 1].map((at) =>
    call.emit.cast(call.emit.reshape(call.emit.slice(values, [1], [at]), []), wide),
  );
  const chosen = call.emit.where(call.emit.asCondition(isHit), on!, off!);
  return call.emit.cast(chosen, call.outType);
}

/**
 * Every element and its place make one number, so that all are distinct and of equal elements the first counts more:
 * value · size + (size - 1 - place). The greatest is taken and struck out, again and again.
 */
function topK(call: Call): (Operand | undefined)[] {
  const shape = call.shape(0);
  const axis = call.axis(-1);
  const size = shape[axis]!;
  const [count = 1] = call.numbers(1) ?? [];
  const largest = call.int("largest", 1) === 1;
  call.int("sorted", 1);
  if (count > MOST_ITEMS)
    call.refuse(
      `it takes ${count} elements, more than ${MOST_ITEMS}`,
      "Take fewer, or sort outside the model.",
    );
  const a = call.integers(0);
  const wide = call.emit.cast(a, "i64");
  const { emit } = call;
  const places = emit.constant(
    "i64",
    alongAxis(shape.length, axis, size),
    sequence(size).map((place) => size - 1 - place),
  );
  const scaled = emit.with("Mul", largest ? wide : emit.reversed(wide), size);
  let keys = emit.pair("Add", scaled, places);
  const found: Operand[] = [];
  for (let item = 0; item < count; item++) {
    const greatest = emit.reduce("ReduceMax", keys, axis);
    found.push(greatest);
    if (item + 1 < count)
      keys = emit.where(emit.pair("Equal", keys, greatest), emit.scalar("i64", LEAST), keys);
  }
  const place = emit.with("Mod", emit.concat(found, axis), size);
  const indices = emit.pair("Sub", emit.scalar("i64", size - 1), place);
  const out = shape.with(axis, count);
  const values = call.wants(0)
    ? emit.step("GatherElements", [a, indices], a.type.dtype, out, [axis])
    : undefined;
  return [values, indices];
}

export const selection: Readonly<Record<string, Rule>> = { OneHot: oneHot, TopK: topK };
