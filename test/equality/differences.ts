// Where the executions of one operator part: in TypeScript fast and element by element, on the chain, in onnxruntime.
import { byElements, evaluated, inOnnxruntime } from "./executions.ts";
import type { Harness } from "./harness.ts";
import type { StepCase } from "./stepCase.ts";

export interface Comparison {
  /** Which execution differs, where, and how. */
  readonly differences: readonly string[];
  /** Cases that onnxruntime was asked too. */
  readonly inOnnxruntime: number;
}

const firstDifference = (a: readonly bigint[], b: readonly bigint[]): number =>
  a.length === b.length ? a.findIndex((value, index) => value !== b[index]) : Math.min(a.length, b.length);

/** Compares all executions of each case; on the chain at most `most` elements of it. */
export async function compare(
  cases: readonly StepCase[],
  harness: Pick<Harness, "elements">,
  most?: number,
): Promise<Comparison> {
  const onChain = await harness.elements(cases, most);
  const exact = cases.filter(({ onnx }) => onnx);
  const results = (await inOnnxruntime(exact)).values();
  const differences: string[] = [];
  for (const [index, stepCase] of cases.entries()) {
    const expected = evaluated(stepCase);
    const note = (execution: string, element: number, got: bigint | undefined): void => {
      const about = `${stepCase.step.op}, ${stepCase.name}, case ${index}, element ${element}`;
      differences.push(`${about}: ${got} ${execution}, ${expected[element]} in TypeScript`);
    };
    const other = (execution: string, values: readonly bigint[]): void => {
      const at = firstDifference(values, expected);
      if (at >= 0) note(execution, at, values[at]);
    };
    other("element by element", byElements(stepCase));
    for (const [element, value] of onChain[index]!)
      if (value !== expected[element]) note("on chain", element, value);
    if (onChain[index]!.size === 0 && expected.length > 0) note("on chain", 0, undefined);
    if (stepCase.onnx) other("in onnxruntime", results.next().value!);
  }
  return { differences, inOnnxruntime: exact.length };
}
