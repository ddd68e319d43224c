// Elements read and written at indices. Negative indices count from the end, as in ONNX.
import type { Operand, TensorData } from "@assay/sdk/program";
import type { Call, Rule } from "../Call.ts";
import { product, sequence, strides } from "../shapes.ts";

/** Most indices along the axis of one ScatterElements step. */
const MOST_UPDATES = 1024;

function checked(call: Call, data: TensorData, size: number): number[] {
  return Array.from<number | bigint, number>(data, (value) => {
    const index = Number(value);
    if (index < -size || index >= size)
      call.refuse(`its index ${index} lies outside the ${size} elements of its axis`, "Correct the indices.");
    return index < 0 ? index + size : index;
  });
}

/** Indices from 0 on: of a constant checked now, else the remainder by the size, which also bounds a stranger's input (S-03). */
function indicesOf(call: Call, at: number, size: number): Operand {
  const { shape } = call.tensor(at);
  if (call.isConstant(at)) {
    const { dtype } = call.any(at).type;
    return call.emit.constant(dtype, shape, checked(call, call.data(at), size));
  }
  return call.emit.with("Mod", call.integers(at), size);
}

function gather(call: Call): Operand {
  const axis = call.axis(0);
  return call.emit.gather(call.any(0), indicesOf(call, 1, call.shape(0)[axis]!), axis);
}

function gatherElements(call: Call): Operand {
  const axis = call.axis(0);
  const data = call.any(0);
  const indices = indicesOf(call, 1, data.type.shape[axis]!);
  return call.emit.step("GatherElements", [data, indices], data.type.dtype, indices.type.shape, [axis]);
}

/** Row numbers in a tensor whose first dimensions are one, out of index tuples. */
function rowsOf(call: Call, at: number, sizes: readonly number[]): Operand {
  const { shape } = call.tensor(at);
  const lead = shape.slice(0, -1);
  const steps = strides(sizes);
  if (call.isConstant(at)) {
    const values = call.data(at);
    const rows = sequence(product(lead)).map((row) =>
      sizes.reduce((sum, size, digit) => {
        const [index] = checked(
          call,
          values.slice(row * sizes.length + digit, row * sizes.length + digit + 1),
          size,
        );
        return sum + index! * steps[digit]!;
      }, 0),
    );
    return call.emit.constant("i64", lead, rows);
  }
  const tuples = call.integers(at);
  const zeros = new Array<number>(shape.length).fill(0);
  const digits = sizes.map((size, digit) => {
    const column = call.emit.slice(tuples, [...lead, 1], zeros.with(-1, digit));
    const index = call.emit.with("Mod", call.emit.shaped(column, lead), size);
    return steps[digit] === 1 ? index : call.emit.with("Mul", index, steps[digit]!);
  });
  return digits.reduce((a, b) => call.emit.pair("Add", a, b));
}

function gatherNd(call: Call): Operand {
  const batchAxes = call.int("batch_dims", 0);
  const [shape, tuples] = [call.shape(0), call.shape(1)];
  const depth = tuples.at(-1)!;
  const sizes = shape.slice(batchAxes, batchAxes + depth);
  const batches = product(shape.slice(0, batchAxes));
  const rest = shape.slice(batchAxes + depth);
  let rows = rowsOf(call, 1, sizes);
  if (batches > 1) {
    const lead = tuples.slice(0, -1);
    const perBatch = product(lead) / batches;
    const offsets = sequence(product(lead)).map((row) => Math.floor(row / perBatch) * product(sizes));
    rows = call.emit.pair("Add", rows, call.emit.constant(rows.type.dtype, lead, offsets));
  }
  const data = call.emit.shaped(call.any(0), [batches * product(sizes), ...rest]);
  return call.emit.gather(data, rows, 0);
}

function refuseReduction(call: Call): void {
  const reduction = call.string("reduction", "none");
  if (reduction !== "none")
    call.refuse(
      `its reduction ${reduction} has no step`,
      "Scatter with distinct indices, or write it with Add.",
    );
}

/** Rows of the data, and updates in the place of those with these numbers: known now, so that it is one Gather. */
function replaced(call: Call, rows: readonly number[], count: number, size: number): Operand {
  const source = sequence(count);
  for (const [update, row] of rows.entries()) source[row] = count + update;
  const data = call.emit.shaped(call.any(0), [count, size]);
  const updates = call.emit.shaped(call.any(2), [rows.length, size]);
  const both = call.emit.concat([data, updates], 0);
  const picked = call.emit.gather(both, call.emit.constant("i64", [count], source), 0);
  return call.emit.shaped(picked, call.out().shape);
}

function scatterNd(call: Call): Operand {
  refuseReduction(call);
  const depth = call.shape(1).at(-1)!;
  const sizes = call.shape(0).slice(0, depth);
  const size = product(call.shape(0).slice(depth));
  if (call.isConstant(1)) {
    const rows = call.emit.valuesOf(rowsOf(call, 1, sizes))!;
    return replaced(call, Array.from<number | bigint, number>(rows, Number), product(sizes), size);
  }
  if (product(call.shape(1).slice(0, -1)) > 1)
    call.refuse(
      "several of its indices depend on the inputs and may be equal",
      "Scatter one element at a time.",
    );
  const data = call.emit.shaped(call.any(0), [product(sizes), size]);
  const updates = call.emit.shaped(call.any(2), [1, size]);
  const row = call.emit.expand(call.emit.shaped(rowsOf(call, 1, sizes), [1, 1]), [1, size]);
  const written = call.emit.step(
    "ScatterElements",
    [data, row, updates],
    data.type.dtype,
    data.type.shape,
    [0],
  );
  return call.emit.shaped(written, call.out().shape);
}

function scatterElements(call: Call): Operand {
  refuseReduction(call);
  const axis = call.axis(0);
  const [shape, given] = [call.shape(0), call.shape(1)];
  if (call.isConstant(1)) {
    const steps = strides(shape);
    const own = strides(given);
    const indices = checked(call, call.data(1), shape[axis]!);
    const rows = indices.map((index, place) =>
      given.reduce((sum, size, at) => {
        const digit = at === axis ? index : Math.floor(place / own[at]!) % size;
        return sum + digit * steps[at]!;
      }, 0),
    );
    return replaced(call, rows, product(shape), 1);
  }
  if (given[axis]! > MOST_UPDATES)
    call.refuse(
      `it has more than ${MOST_UPDATES} indices along its axis`,
      "Scatter fewer elements at a time.",
    );
  const operands = [call.any(0), indicesOf(call, 1, shape[axis]!), call.any(2)];
  return call.emit.step("ScatterElements", operands, operands[0]!.type.dtype, shape, [axis]);
}

export const indexing: Readonly<Record<string, Rule>> = {
  Gather: gather,
  GatherElements: gatherElements,
  GatherND: gatherNd,
  ScatterND: scatterNd,
  ScatterElements: scatterElements,
  Scatter: scatterElements,
};
