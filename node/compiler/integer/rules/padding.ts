// Pad, and pictures enlarged by whole neighbours: elements picked by constant indices.
import type { Operand } from "@assay/sdk/program";
import type { Call, Rule } from "../Call.ts";
import { sequence } from "../shapes.ts";

/** Along each axis the places that the result's elements come from. */
function pickAlong(call: Call, axis: number, a: Operand, places: readonly number[]): Operand {
  const size = a.type.shape[axis]!;
  if (places.length === size && places.every((place, index) => place === index)) return a;
  return call.emit.gather(a, call.emit.constant("i64", [places.length], places), axis);
}

const modulo = (value: number, size: number): number => ((value % size) + size) % size;

/** Where an element at `place`, which may lie outside, is taken from. */
const sources: Readonly<Record<string, (place: number, size: number) => number>> = {
  edge: (place, size) => Math.min(Math.max(place, 0), size - 1),
  wrap: modulo,
  reflect(place, size) {
    const period = 2 * (size - 1);
    if (period === 0) return 0;
    const within = modulo(place, period);
    return within < size ? within : period - within;
  },
};

interface Border {
  readonly begin: number;
  readonly end: number;
}

function bordersOf(call: Call, rank: number): Border[] {
  const pads = call.numbers(1) ?? [];
  const axes = (call.numbers(3) ?? sequence(rank)).map((axis) => call.checkAxis(axis, rank));
  const borders = sequence(rank).map(() => ({ begin: 0, end: 0 }));
  for (const [index, axis] of axes.entries())
    borders[axis] = { begin: pads[index]!, end: pads[axes.length + index]! };
  return borders;
}

/** Borders below zero cut. */
function cut(call: Call, a: Operand, borders: readonly Border[]): Operand {
  if (borders.every(({ begin, end }) => begin >= 0 && end >= 0)) return a;
  const shape = a.type.shape.map(
    (size, axis) => size + Math.min(borders[axis]!.begin, 0) + Math.min(borders[axis]!.end, 0),
  );
  if (shape.some((size) => size < 1))
    call.refuse("it cuts everything away", "Pad by less than the tensor's size.");
  return call.emit.slice(
    a,
    shape,
    borders.map(({ begin }) => Math.max(-begin, 0)),
  );
}

function pad(call: Call): Operand {
  const mode = call.string("mode", "constant");
  const rank = call.shape(0).length;
  const borders = bordersOf(call, rank);
  const { shape } = call.out();
  const from = sources[mode];
  if (from) {
    const places = (axis: number) =>
      sequence(shape[axis]!).map((at) => from(at - borders[axis]!.begin, call.shape(0)[axis]!));
    return sequence(rank).reduce((a, axis) => pickAlong(call, axis, a, places(axis)), call.any(0));
  }
  if (mode !== "constant") call.refuse(`its mode ${mode} is not known`, "Export the model again.");
  const value = call.has(2) ? BigInt(call.data(2)[0]!) : 0n;
  const inner = cut(call, call.integers(0), borders);
  const begins = borders.map(({ begin }) => Math.max(begin, 0));
  const grows = inner.type.shape.some((size, axis) => size !== shape[axis]);
  return grows ? call.emit.pad(inner, shape, begins, value) : inner;
}

const roundings: Readonly<Record<string, (value: number) => number>> = {
  floor: Math.floor,
  ceil: Math.ceil,
  round_prefer_floor: (value) => Math.ceil(value - 0.5),
  round_prefer_ceil: (value) => Math.floor(value + 0.5),
};

type Coordinate = (place: number, scale: number, from: number, to: number) => number;

const coordinates: Readonly<Record<string, Coordinate>> = {
  asymmetric: (place, scale) => place / scale,
  half_pixel: (place, scale) => (place + 0.5) / scale - 0.5,
  pytorch_half_pixel: (place, scale, _, to) => (to > 1 ? (place + 0.5) / scale - 0.5 : 0),
  align_corners: (place, _, from, to) => (to === 1 ? 0 : (place * (from - 1)) / (to - 1)),
};

/** Sizes that are whole multiples: what a rounding at the border of a float could change is refused. */
function resize(call: Call): Operand {
  const mode = call.string("mode", "nearest");
  const transformation = call.string("coordinate_transformation_mode", "half_pixel");
  const rounding = call.string("nearest_mode", "round_prefer_floor");
  const coordinate = coordinates[transformation];
  const round = roundings[rounding];
  if (mode !== "nearest" || !coordinate || !round)
    call.refuse(
      `its mode ${mode}, ${transformation}, ${rounding} computes new values`,
      "Resize by nearest neighbours.",
    );
  const shape = call.shape(0);
  const { shape: wanted } = call.out();
  const result = shape.reduce((a, size, axis) => {
    const scale = wanted[axis]! / size;
    if (scale === 1) return a;
    if (!Number.isInteger(scale))
      call.refuse(`it enlarges by ${scale}, not by a whole number`, "Resize by whole numbers.");
    const places = sequence(wanted[axis]!).map((place) =>
      Math.min(Math.max(round(coordinate(place, scale, size, wanted[axis]!)), 0), size - 1),
    );
    return pickAlong(call, axis, a, places);
  }, call.any(0));
  return result;
}

export const padding: Readonly<Record<string, Rule>> = { Pad: pad, Resize: resize };
