// Convolutions that products of matrices compute, and MaxPool behind them, which moves before the rescaling.
import type { Convolution } from "../linear.ts";
import type { Operation, Plan } from "../plan.ts";

/** Convolutions with as many results are products whatever is before and behind them. */
const LARGE = 1 << 14;
/** Channels of an image whose rows are long enough for windows to be gathered from them. */
const MIN_ROW = 8;

const elements = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);

/** The window of a MaxPool that cuts its input into whole pieces. */
function tiling({ op, node, inputs, outputs }: Operation, plan: Plan): [number, number] | undefined {
  const shape = plan.shape(inputs[0]!);
  if (op !== "MaxPool" || shape.length !== 4) return undefined;
  const { attributes } = node;
  const kernel = attributes.ints("kernel_shape") ?? [];
  const strides = attributes.ints("strides") ?? [1, 1];
  const out = plan.shape(outputs[0]!);
  const fits = [0, 1].every(
    (axis) => kernel[axis] === strides[axis] && out[axis + 2]! * kernel[axis]! === shape[axis + 2],
  );
  const isPlain =
    (attributes.ints("pads") ?? []).every((pad) => pad === 0) &&
    (attributes.ints("dilations") ?? []).every((dilation) => dilation === 1);
  return fits && isPlain ? [kernel[0]!, kernel[1]!] : undefined;
}

const convolutionOf = (operation: Operation | undefined): Convolution | undefined =>
  operation?.parameters?.kind === "linear" && operation.parameters.form === "conv"
    ? operation.parameters
    : undefined;

/** Whether products of matrices are faster than a convolution. */
function isByRows({ inputs, outputs }: Operation, { group, perGroup }: Convolution, plan: Plan): boolean {
  const [input = ""] = inputs;
  const shape = plan.shape(outputs[0]!);
  if (group !== 1 || shape[0] !== 1) return false;
  if (elements(shape) >= LARGE) return true;
  return perGroup >= MIN_ROW && convolutionOf(plan.producer(input)) !== undefined;
}

/** Decides how convolutions are computed; to be called when clamps are in their layers. */
export function planConvolutions(plan: Plan): void {
  for (const operation of plan.operations) {
    const linear = convolutionOf(operation);
    if (!linear) continue;
    const [output = ""] = operation.outputs;
    const asRows = isByRows(operation, linear, plan);
    const reader = plan.soleReader(output);
    const pool =
      reader && (asRows || elements(plan.shape(output)) >= LARGE) ? tiling(reader, plan) : undefined;
    const outputs = pool ? reader!.outputs.slice(0, 1) : operation.outputs;
    const parameters: Convolution = { ...linear, asRows, ...(pool && { pool }) };
    plan.operations = plan.operations.flatMap((each): Operation[] => {
      if (each === operation) return [{ ...operation, outputs, parameters }];
      return pool && each === reader ? [] : [each];
    });
  }
}
