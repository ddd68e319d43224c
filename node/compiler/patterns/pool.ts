// MaxPool behind a large convolution moves before its rescaling, which then has a fraction of the elements.
import type { Convolution } from "../linear.ts";
import type { Operation, Plan } from "../plan.ts";

/** Below this many elements the pooling operator itself is as fast. */
const MIN_ELEMENTS = 1 << 14;

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

/** Rewrites pooled convolutions; to be called when clamps are in their layers. */
export function fusePool(plan: Plan): void {
  const gone = new Set<Operation>();
  plan.operations = plan.operations.flatMap((operation): Operation[] => {
    if (gone.has(operation)) return [];
    const { parameters, outputs } = operation;
    if (parameters?.kind !== "linear" || parameters.form !== "conv") return [operation];
    const [output = ""] = outputs;
    const reader = plan.soleReader(output);
    const pool = reader && tiling(reader, plan);
    const count = plan.shape(output).reduce((product, size) => product * size, 1);
    if (!pool || count < MIN_ELEMENTS) return [operation];
    gone.add(reader);
    const pooled: Convolution = { ...parameters, pool };
    return [{ ...operation, outputs: [reader.outputs[0]!], parameters: pooled }];
  });
}
