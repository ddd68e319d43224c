// The executions that must be equal: element by element and fast in TypeScript, on the chain, in onnxruntime.
import { readFileSync } from "node:fs";
import { InferenceSession, Tensor as OrtTensor } from "onnxruntime-node";
import type { Abi } from "viem";
import { encodeDescriptor } from "../../sdk/program/descriptor.ts";
import { wrap } from "../../sdk/program/dtype.ts";
import { emitOnnx } from "../../sdk/program/onnx/emitOnnx.ts";
import { inputName, slotName } from "../../sdk/program/onnx/types.ts";
import { operators } from "../../sdk/program/ops/index.ts";
import {
  byteLength,
  elementCount,
  layoutBytes,
  layoutPosition,
  tensorType,
} from "../../sdk/program/tensor.ts";
import type { Program, Tensor, TensorData } from "../../sdk/program/types.ts";
import { bytesToHex, type Hex, type ProgramHeader } from "../../sdk/protocol/index.ts";
import { startAnvil } from "../helpers/anvil.ts";
import type { StepCase } from "./stepCase.ts";

const toBigints = (data: TensorData): bigint[] => Array.from<bigint | number, bigint>(data, BigInt);

/** The fast reference execution. */
export const evaluated = ({ step, operands }: StepCase): bigint[] =>
  toBigints(operators[step.op].evaluate(step, operands));

/** The same, one element at a time. */
export function byElements({ step, operands }: StepCase): bigint[] {
  const read = (operand: number, index: number) => BigInt(operands[operand]!.data[index]!);
  const { element } = operators[step.op];
  return Array.from({ length: elementCount(step.out) }, (_, index) =>
    wrap(element(read, step, index), step.out.dtype),
  );
}

const artifact = new URL(
  "../../artifacts/contracts/mocks/OperatorHarness.sol/OperatorHarness.json",
  import.meta.url,
);

export interface DescriptorQuestion {
  readonly header: ProgramHeader;
  readonly index: number;
  readonly descriptor: Hex;
}

export interface OperandQuestion {
  readonly header: ProgramHeader;
  readonly index: number;
  readonly consumer: Hex;
  readonly operand: number;
  readonly producer: Hex;
}

/** The judge's operators on a chain where one call may ask for thousands of elements. */
export interface Harness {
  /** All elements of every case, in row-major order. */
  elements(cases: readonly StepCase[]): Promise<bigint[][]>;
  /** `checkDescriptor` of each. */
  faults(questions: readonly DescriptorQuestion[]): Promise<number[]>;
  /** `checkOperand` of each. */
  operandFaults(questions: readonly OperandQuestion[]): Promise<number[]>;
  stop(): Promise<void>;
}

const question = ({ step, operands }: StepCase) => ({
  descriptor: bytesToHex(encodeDescriptor(step)),
  operands: operands.map((tensor) => bytesToHex(layoutBytes(tensor, 0, byteLength(tensor.type)))),
  positions: Array.from({ length: elementCount(step.out) }, (_, index) =>
    BigInt(layoutPosition(step.out, index)),
  ),
});

export async function startHarness(): Promise<Harness> {
  const anvil = await startAnvil(
    "--hardfork",
    "prague",
    "--gas-limit",
    "10000000000",
    "--code-size-limit",
    "100000",
  );
  const { client } = anvil;
  const { abi, bytecode } = JSON.parse(readFileSync(artifact, "utf8")) as { abi: Abi; bytecode: Hex };
  const [account] = await client.getAddresses();
  const hash = await client.deployContract({
    abi,
    bytecode,
    account: account!,
    chain: null,
    gas: 100_000_000n,
  });
  const { contractAddress: address } = await client.waitForTransactionReceipt({ hash });
  const ask = (functionName: string, args: readonly unknown[]) =>
    client.readContract({ address: address!, abi, functionName, args });
  return {
    elements: async (cases) => (await ask("elements", [cases.map(question)])) as bigint[][],
    faults: async (questions) => ((await ask("faults", [questions])) as bigint[]).map(Number),
    operandFaults: async (questions) => ((await ask("operandFaults", [questions])) as bigint[]).map(Number),
    stop: anvil.stop,
  };
}

function toOrt({ data, type }: Tensor): OrtTensor {
  const dims = [...type.shape];
  if (data instanceof Uint8Array) return new OrtTensor("uint8", data, dims);
  if (data instanceof Int8Array) return new OrtTensor("int8", data, dims);
  if (data instanceof Int32Array) return new OrtTensor("int32", data, dims);
  return new OrtTensor("int64", data, dims);
}

/** The step as a model of one node in onnxruntime. */
export async function inOnnxruntime({ step, operands }: StepCase): Promise<bigint[]> {
  let offset = 0;
  const read = step.operands.map(({ type }) => {
    const source = { kind: "input", offset } as const;
    offset += Math.ceil(byteLength(type) / 8) * 8;
    return { source, type: tensorType(type.dtype, type.shape) };
  });
  const program: Program = {
    operatorSet: 1,
    maxPasses: 1,
    inputs: read.map(({ type }) => type),
    steps: [{ ...step, operands: read }],
    outputs: [0],
    constants: [],
  };
  const options = { graphOptimizationLevel: "basic", intraOpNumThreads: 1, logSeverityLevel: 3 } as const;
  const session = await InferenceSession.create(emitOnnx(program), options);
  const feeds = Object.fromEntries(operands.map((tensor, index) => [inputName(index), toOrt(tensor)]));
  const result = (await session.run(feeds))[slotName(0)]!;
  await session.release();
  return toBigints(result.data as TensorData);
}
