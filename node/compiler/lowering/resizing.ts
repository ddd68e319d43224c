// Where each element of a resized axis is read from.
import { numbersOf, type Operation } from "../plan.ts";
import type { Lowering } from "./Lowering.ts";

/** For each element of the output along one axis: one place, or two and the weight of the second. */
export interface Interpolation {
  readonly low: readonly number[];
  readonly high: readonly number[];
  /** undefined where every element is one of the input's */
  readonly weights: readonly number[] | undefined;
}

const coordinates: Readonly<
  Record<string, (place: number, scale: number, from: number, to: number) => number>
> = {
  asymmetric: (place, scale) => place / scale,
  half_pixel: (place, scale) => (place + 0.5) / scale - 0.5,
  half_pixel_symmetric: (place, scale, from, to) => {
    const adjustment = to / (scale * from);
    return (from / 2) * (1 - adjustment) + (place + 0.5) / scale - 0.5;
  },
  pytorch_half_pixel: (place, scale, _, to) => (to > 1 ? (place + 0.5) / scale - 0.5 : 0),
  tf_half_pixel_for_nn: (place, scale) => (place + 0.5) / scale,
  align_corners: (place, _, from, to) => (to > 1 ? (place * (from - 1)) / (to - 1) : 0),
};

const nearest: Readonly<Record<string, (place: number) => number>> = {
  round_prefer_floor: (place) => Math.ceil(place - 0.5),
  round_prefer_ceil: (place) => Math.floor(place + 0.5),
  floor: Math.floor,
  ceil: Math.ceil,
};

/** The factor of each axis: as given, or what the sizes are to each other. */
function scalesOf(
  operation: Operation,
  lowering: Lowering,
  from: readonly number[],
  to: readonly number[],
): number[] {
  const { node, inputs } = operation;
  const ratios = from.map((size, axis) => to[axis]! / size);
  const given = lowering.constant(inputs[2]);
  if (!given) return ratios;
  const values = [...numbersOf(given)];
  const axes = node.attributes.ints("axes") ?? from.map((_, axis) => axis);
  axes.forEach((axis, place) => {
    ratios[axis < 0 ? axis + from.length : axis] = values[place]!;
  });
  return ratios;
}

/** One entry per axis. */
export function interpolation(operation: Operation, lowering: Lowering): Interpolation[] {
  const { node, inputs, outputs } = operation;
  const { attributes } = node;
  const mode = attributes.string("mode", "nearest");
  const way = attributes.string("coordinate_transformation_mode", "half_pixel");
  const coordinate = coordinates[way];
  const round = nearest[attributes.string("nearest_mode", "round_prefer_floor")];
  if ((mode !== "nearest" && mode !== "linear") || attributes.int("antialias", 0) !== 0)
    node.refuse(`it resizes by the mode ${mode}`, "Resize by nearest or linear, without antialias.");
  if (!coordinate || !round)
    return node.refuse(`its coordinates are ${way}`, "Resize by half_pixel or asymmetric.");
  if (attributes.string("keep_aspect_ratio_policy", "stretch") !== "stretch")
    node.refuse("it keeps the aspect ratio", "Export the model with fixed scales.");
  const from = lowering.shape(inputs[0]!);
  const to = lowering.shape(outputs[0]!);
  const scales = scalesOf(operation, lowering, from, to);
  return from.map((size, axis): Interpolation => {
    const count = to[axis]!;
    const inside = (place: number): number => Math.max(0, Math.min(size - 1, place));
    const places = Array.from({ length: count }, (_, place) =>
      count === size && scales[axis] === 1 ? place : coordinate(place, scales[axis]!, size, count),
    );
    if (mode === "nearest") {
      const low = places.map((place) => inside(round(place)));
      return { low, high: low, weights: undefined };
    }
    const low = places.map((place) => inside(Math.floor(place)));
    const high = places.map((place) => inside(Math.floor(place) + 1));
    const weights = places.map((place, index) =>
      high[index] === low[index] ? 0 : inside(place) - low[index]!,
    );
    return { low, high, weights: weights.some((weight) => weight !== 0) ? weights : undefined };
  });
}
