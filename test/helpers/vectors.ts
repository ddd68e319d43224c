// The contents of test/vectors: cases that TypeScript, Solidity and ONNX runtimes must answer alike.
import {
  allocate,
  bytesOf,
  claimOf,
  commitProgram,
  createTrace,
  decodeDescriptor,
  descriptorFault,
  dtypeBounds,
  elementCount,
  encodeDescriptor,
  execute,
  isWide,
  layoutBytes,
  type OpName,
  operators,
  proveStep,
  StepProofError,
  type Tensor,
  verifyStep,
} from "@assay/sdk/program";
import {
  BatchTree,
  byteRoot,
  bytesToHex,
  byteTree,
  type Claim,
  commitId,
  disputeId,
  encodeHeader,
  encodeMarketOpening,
  type Hex,
  type NodeKind,
  type Position,
  programId,
  programRoot,
  requestId,
  requestOrder,
  type StepProof,
  tileCount,
  tileHash,
  treeDepth,
} from "@assay/sdk/protocol";
import { hashTypedData, keccak256, numberToHex } from "viem";
import { mutateBytes, mutateStep } from "./mutations.ts";
import { network, perceptron, randomInput } from "./programs.ts";
import { Random } from "./random.ts";
import { type Case, opNames, randomCase } from "./steps.ts";

/** Byte i of the pattern is (31 i + 7) mod 251. */
export const pattern = (length: number): Uint8Array =>
  Uint8Array.from({ length }, (_, index) => (31 * index + 7) % 251);

function merkle() {
  const lengths = [0, 1, 8, 1023, 1024, 1025, 2048, 16384, 16385, 40000, 262144, 262145];
  return {
    pattern: "byte i = (31 i + 7) mod 251",
    tiles: [1, 2, 63, 64, 1023, 1024].map((length) => ({ length, hash: tileHash(pattern(length)) })),
    roots: lengths.map((length) => ({
      length,
      depth: treeDepth(tileCount(length)),
      root: byteRoot(pattern(length)),
    })),
    paths: [
      [1, 0],
      [2049, 2],
      [16384, 15],
      [16385, 16],
      [40000, 17],
      [262145, 255],
    ].map(([length, index]) => {
      const bytes = pattern(length!);
      const tree = byteTree(bytes);
      const leaf = tileHash(bytes.subarray(index! * 1024, (index! + 1) * 1024));
      return { length, index, depth: tree.depth, leaf, path: tree.path(index!), root: tree.root };
    }),
  };
}

function ids() {
  const hash = (digit: string): Hex => `0x${digit.repeat(64)}`;
  const address = (digit: string): Hex => `0x${digit.repeat(40)}`;
  const header = {
    operatorSet: 1,
    slots: 258,
    constants: 65537,
    maxPasses: 1,
    inputBytes: 2 ** 32 - 1,
    outputBytes: 56,
    tensorDepth: 6,
  };
  const terms = {
    subject: hash("2"),
    programId: hash("3"),
    inputRoot: hash("4"),
    outputRoot: hash("5"),
    passes: 1,
    worker: address("6"),
    version: 2,
  };
  const request = {
    requester: address("7"),
    salt: 9n,
    programId: hash("4"),
    inputRoot: hash("5"),
    inputPosted: true,
    fee: 5n,
    version: 2,
    method: "cryptoeconomic",
    level: "final",
    worker: address("6"),
    consumer: address("9"),
    callbackGas: 100_000,
  } as const;
  const chain = { chainId: 31337n, market: address("1") };
  const commitment = commitId({ chainId: chain.chainId, source: chain.market, terms });
  const root = programRoot(header, hash("a"), hash("b"));
  return {
    header,
    encodedHeader: bytesToHex(encodeHeader(header)),
    descriptorsRoot: hash("a"),
    constantsRoot: hash("b"),
    programRoot: root,
    manifestHash: hash("c"),
    programId: programId(1, root, hash("c")),
    chainId: 31337,
    market: chain.market,
    request: { ...request, salt: 9, fee: 5 },
    requestId: requestId({ ...chain, request }),
    order: hashTypedData(requestOrder({ ...chain, request, validUntil: 1_800_000_000n })),
    terms,
    commitId: commitment,
    opening: encodeMarketOpening(request, {
      passes: 1,
      outputRoot: hash("5"),
      proof: [hash("a"), hash("b")],
    }),
    dispute: { commitId: commitment, challenger: address("8"), serial: 4 },
    disputeId: disputeId(commitment, address("8"), 4),
    batches: [1, 2, 3, 5, 8, 63, 64].map((size) => {
      const leaves = Array.from({ length: size }, (_, leaf) =>
        keccak256(numberToHex(leaf + 1, { size: 32 })),
      );
      const tree = new BatchTree(leaves);
      return { size, root: tree.root, proofs: [0, size >> 1, size - 1].map((leaf) => tree.proof(leaf)) };
    }),
  };
}

function filled({ type }: Tensor, value: bigint): Tensor {
  const data = allocate(type.dtype, elementCount(type));
  if (isWide(data)) data.fill(value);
  else data.fill(Number(value));
  return { type, data };
}

type End = "min" | "max";

const atEnds = ({ tensors, ...rest }: Case, ends: readonly End[]): Case => ({
  ...rest,
  tensors: tensors.map((tensor, index) =>
    filled(tensor, dtypeBounds(tensor.type.dtype)[ends[index % ends.length]!]),
  ),
});

function opCases(op: OpName, seed: number): Record<string, Case> {
  const draw = (number: number): Case => randomCase(op, new Random(1000 * seed + number));
  const cases: Record<string, Case> = {};
  for (let number = 0; number < 8; number++) cases[`random ${number}`] = draw(number);
  cases["all least"] = atEnds(draw(8), ["min"]);
  cases["all greatest"] = atEnds(draw(9), ["max"]);
  cases["least and greatest"] = atEnds(draw(10), ["min", "max"]);
  cases["greatest and least"] = atEnds(draw(11), ["max", "min"]);
  return cases;
}

function ops() {
  return opNames.flatMap((op, seed) =>
    Object.entries(opCases(op, seed)).map(([name, { step, tensors, pass }]) => ({
      op,
      name,
      descriptor: bytesToHex(encodeDescriptor(step)),
      attributes: step.attributes.map(String),
      pass,
      operands: tensors.map((tensor) => ({
        dtype: tensor.type.dtype,
        shape: tensor.type.shape,
        layout: tensor.type.layout,
        data: bytesToHex(bytesOf(tensor.data)),
        layoutBytes: bytesToHex(layoutBytes(tensor)),
      })),
      output: { dtype: step.out.dtype, shape: step.out.shape, layout: step.out.layout },
      expected: bytesToHex(bytesOf(operators[op].evaluate(step, tensors, pass))),
    })),
  );
}

function descriptors() {
  const random = new Random(5);
  const programs = [perceptron(1), network(2)].map((program) => {
    const { header, descriptors } = commitProgram(program);
    const cases = descriptors.flatMap((bytes, index) => {
      const step = decodeDescriptor(bytes);
      const mutants = Array.from({ length: 16 }, () => [
        mutateBytes(bytes, random),
        encodeDescriptor(mutateStep(step, random)),
      ]).flat();
      return [bytes, ...mutants].map((mutant) => ({
        index,
        descriptor: bytesToHex(mutant),
        fault: descriptorFault(header, index, mutant),
      }));
    });
    return { header, cases };
  });
  return programs;
}

export interface ProofCase {
  name: string;
  claim: Claim;
  position: Position;
  node: Hex;
  kind: NodeKind;
  proof: StepProof;
}

/** The verdict, or the name of the error. */
export function outcomeOf({ claim, position, node, kind, proof }: ProofCase): string {
  try {
    return verifyStep(claim, position, node, kind, proof);
  } catch (error) {
    if (error instanceof StepProofError) return error.name;
    throw error;
  }
}

/** One right and one wrong element of every step of a network, output included. */
export function proofCases(): ProofCase[] {
  const program = network(3, { channels: 2, size: 12, filters: 8, classes: 5 });
  const committed = commitProgram(program);
  const input = randomInput(program, new Random(4));
  const trace = createTrace(committed, input, execute(program, input));
  const claim = claimOf(committed, trace.inputRoot, trace.traceRoot);
  const revealed = (node: Hex) => revealedNodes.get(node);
  const revealedNodes = new Map([
    [trace.traceRoot, { kind: "inner" as const, children: trace.children(root) }],
  ]);
  const cases: ProofCase[] = [];
  for (let step = 0; step <= program.steps.length; step++) {
    const isOutput = step === program.steps.length;
    let position: Position = isOutput
      ? { section: "output", depth: 0, path: 0n }
      : { section: "trace", depth: trace.depth, path: BigInt(step) };
    if (trace.expected(position) === "inner") {
      revealedNodes.set(trace.node(position), { kind: "inner", children: trace.children(position) });
      position = { ...position, depth: position.depth + 1, path: position.path << 4n };
    }
    const node = trace.node(position);
    const descentOf = (tile: Uint8Array) => ({
      position,
      traceRoot: trace.traceRoot,
      outputRoot: trace.outputRoot,
      passes: trace.passes,
      revealed: (hash: Hex) => (hash === node ? { kind: "tile" as const, tile } : revealed(hash)),
    });
    const { op, out } = isOutput ? { op: "Collect", out: undefined } : program.steps[step]!;
    const tile = trace.tileBytes(step, 0);
    const width = out ? bytesOf(allocate(out.dtype, 1)).length : 1;
    const element = Math.min(3, tile.length / width - 1);
    const proof = proveStep(trace, descentOf(tile), element);
    cases.push({ name: `${op}, right`, claim, position, node, kind: "tile", proof });
    const wrong = tile.slice();
    wrong[element * width]! ^= 1;
    const wrongNode = tileHash(wrong);
    cases.push({
      name: `${op}, wrong`,
      claim,
      position,
      node: wrongNode,
      kind: "tile",
      proof: { ...proof, tile: bytesToHex(wrong) },
    });
  }
  return cases;
}

const root: Position = { section: "trace", depth: 0, path: 0n };

const proofs = () =>
  proofCases().map((proofCase) => ({
    ...proofCase,
    position: { ...proofCase.position, path: Number(proofCase.position.path) },
    outcome: outcomeOf(proofCase),
  }));

export const vectors: Readonly<Record<string, () => unknown>> = {
  "merkle.json": merkle,
  "ids.json": ids,
  "ops.json": ops,
  "descriptors.json": descriptors,
  "proofs.json": proofs,
};
