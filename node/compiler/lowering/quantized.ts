// Lowers QuantizeLinear and DequantizeLinear at the border of a model: integers of 8 bits go in or come out.
import type { Operation } from "../plan.ts";
import type { Quantization } from "../quantization/activation.ts";
import type { Lowering } from "./Lowering.ts";
import type { Definitions } from "./registry.ts";

const SIGN_OFFSET = 128;

/** The scale of unsigned bytes that a node of 8 bits means. */
function quantizationOf({ node, inputs }: Operation, lowering: Lowering, isSigned: boolean): Quantization {
  const [, scale = "", zero = ""] = inputs;
  const factor = lowering.plan.number(scale);
  const zeroPoint = zero === "" ? 0 : lowering.plan.number(zero);
  if (factor === undefined || zeroPoint === undefined)
    return node.refuse("it has several scales, or scales that are not constant", "Quantize with one scale.");
  return { scale: factor, zeroPoint: zeroPoint + (isSigned ? SIGN_OFFSET : 0) };
}

/** Whether a quantized tensor is signed; refused if it has not 8 bits. */
function isSigned({ node }: Operation, name: string, lowering: Lowering): boolean {
  const { dtype } = lowering.plan.tensor(name);
  if (dtype === "i8" || dtype === "u8") return dtype === "i8";
  return node.refuse(`its integers are ${dtype}`, "Quantize what goes in and comes out to 8 bits.");
}

function lowerDequantize(operation: Operation, lowering: Lowering): void {
  const { emit } = lowering;
  const [input = ""] = operation.inputs;
  const [output = ""] = operation.outputs;
  const signed = isSigned(operation, input, lowering);
  const quantization = quantizationOf(operation, lowering, signed);
  const { operand } = lowering.integer(input);
  const bytes = signed ? emit.cast(emit.addNumber(emit.cast(operand, "i32"), SIGN_OFFSET), "u8") : operand;
  lowering.set(output, { kind: "u8", operand: bytes, ...quantization });
}

function lowerQuantize(operation: Operation, lowering: Lowering): void {
  const { emit } = lowering;
  const [input = ""] = operation.inputs;
  const [output = ""] = operation.outputs;
  const signed = isSigned(operation, output, lowering);
  const { operand } = lowering.u8(input, quantizationOf(operation, lowering, signed));
  const integers = signed
    ? emit.cast(emit.addNumber(emit.cast(operand, "i32"), -SIGN_OFFSET), "i8")
    : operand;
  lowering.set(output, { kind: "integer", operand: integers });
}

export const quantizedDefinitions: Definitions = {
  DequantizeLinear: { demand: () => "integer", lower: lowerDequantize },
  QuantizeLinear: { demand: () => "u8", lower: lowerQuantize },
};
