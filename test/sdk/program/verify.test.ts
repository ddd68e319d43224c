import {
  bytesOf,
  claimOf,
  commitProgram,
  createTrace,
  type Program,
  proveStep,
  StepProofError,
  verifyStep,
} from "@assay/sdk/program";
import {
  bytesToHex,
  EMPTY,
  type Hex,
  hexToBytes,
  leafPosition,
  type NodeKind,
  type StepProof,
  type TileOpening,
} from "@assay/sdk/protocol";
import { expect } from "chai";
import fc from "fast-check";
import { Random } from "../../helpers/random.ts";
import { positions, type Run, revealsOf, runs } from "../../helpers/runs.ts";
import { outcomeOf, proofCases } from "../../helpers/vectors.ts";

const seed = fc.integer({ min: 0, max: 2 ** 31 });
const NO_PROOF: StepProof = { descriptor: "0x", descriptorPath: [], tile: "0x", element: 0, operands: [] };

describe("verifyStep", () => {
  describe("about a right answer", () => {
    it("S-05: has no position and no element at which an honest worker is faulty", () => {
      for (const run of [runs[0]!, runs[2]!]) {
        const revealed = revealsOf(run);
        const { trace, committed } = run;
        const claim = claimOf(committed, trace.inputRoot, trace.traceRoot);
        const random = new Random(1);
        for (const position of positions(run)) {
          const place = trace.placeOf(position);
          const node = trace.node(position);
          const { traceRoot, outputRoot, passes } = trace;
          const descent = { position, traceRoot, outputRoot, passes, revealed };
          if (place.kind === "tile") {
            const type = trace.tensorOf(place.step).type;
            const count =
              place.length / (bytesOf(trace.tensorOf(place.step).data).length / elements(type.shape));
            for (const element of [0, count - 1, random.integer(0, count - 1)]) {
              const proof = proveStep(trace, descent, element);
              expect(verifyStep(claim, position, node, "tile", proof)).to.equal("correct");
              expect(() => verifyStep(claim, position, node, "unrevealed", proof)).to.throw(
                StepProofError,
                "keep descending",
              );
            }
          } else if (place.kind === "inner") {
            const proof = descriptorOf(run, place.step);
            expect(() => verifyStep(claim, position, node, "inner", proof)).to.throw(
              StepProofError,
              "keep descending",
            );
          } else {
            expect(node).to.equal(EMPTY);
            const proof = descriptorOf(run, place.step);
            expect(verifyStep(claim, position, node, "unrevealed", proof)).to.equal("correct");
          }
        }
      }
    });

    it("S-05: is never faulty by a damaged proof", () => {
      const cases = proofCases().filter(({ name }) => name.endsWith("right"));
      fc.assert(
        fc.property(fc.constantFrom(...cases), seed, (proofCase, value) => {
          const proof = damage(proofCase.proof, new Random(value));
          expect(outcomeOf({ ...proofCase, proof })).to.not.equal("faulty");
        }),
        { numRuns: 1000 },
      );
    });
  });

  describe("errors", () => {
    const [right] = proofCases().filter(({ name }) => name === "MatMulInteger, right");
    const outcome = (proof: Partial<StepProof>, kind: NodeKind = "tile"): string =>
      outcomeOf({ ...right!, kind, proof: { ...right!.proof, ...proof } });
    const [first, weights] = right!.proof.operands as [StepProof["operands"][0], StepProof["operands"][0]];
    const path = first.rootPath;

    const cases: Record<string, readonly [string, () => string]> = {
      "nothing is wrong": ["correct", () => outcome({})],
      "the node is not revealed": ["NothingToProveError", () => outcome({}, "unrevealed")],
      "the descriptor is another": ["WrongOpeningError", () => outcome({ descriptor: "0x01" })],
      "the descriptor's path is short": ["WrongPathLengthError", () => outcome({ descriptorPath: [] })],
      "the tile is another": ["WrongTileError", () => outcome({ tile: "0x00" })],
      "there is no tile": ["WrongTileError", () => outcome({ tile: "0x" })],
      "there is no such element": ["ElementOutOfRangeError", () => outcome({ element: 5 })],
      "no operand is opened": ["MissingTileError", () => outcome({ operands: [] })],
      "a tile that is read is missing": [
        "MissingTileError",
        () => outcome({ operands: [{ ...first, tiles: [] }, weights] }),
      ],
      "a tile is cut": [
        "WrongTileLengthError",
        () => outcome({ operands: [{ ...first, tiles: [{ ...first.tiles[0]!, data: "0x00" }] }, weights] }),
      ],
      "a tile does not exist": [
        "LeafOutOfTreeError",
        () => outcome({ operands: [{ ...first, tiles: [{ index: 99, data: "0x", path: [] }] }, weights] }),
      ],
      "the path to the trace root is short": [
        "WrongPathLengthError",
        () => outcome({ operands: [{ ...first, rootPath: path.slice(1) }, weights] }),
      ],
      "the path leads elsewhere": [
        "WrongOpeningError",
        () => outcome({ operands: [{ ...first, rootPath: path.toReversed() }, weights] }),
      ],
      "an operand's tile is of another tensor": [
        "WrongOpeningError",
        () =>
          outcome({
            operands: [
              {
                ...first,
                tiles: weights.tiles.map((tile) => ({
                  ...tile,
                  path: [],
                  data: first.tiles[0]!.data.replace(/^0x../, "0xff") as Hex,
                })),
              },
              weights,
            ],
          }),
      ],
    };
    for (const [name, [expected, actual]] of Object.entries(cases)) {
      it(`${expected} when ${name}`, () => {
        expect(actual()).to.equal(expected);
      });
    }

    it("WrongOpeningError when the second tile of an operand is of another tensor than the first", () => {
      const run = runs[1]!;
      const { trace, committed } = run;
      const position = { ...leafPosition(0, trace.depth), depth: trace.depth + 1, path: 0n };
      const descent = {
        position,
        traceRoot: trace.traceRoot,
        outputRoot: trace.outputRoot,
        passes: trace.passes,
        revealed: revealsOf(run),
      };
      const proof = proveStep(trace, descent, 0);
      const claim = claimOf(committed, trace.inputRoot, trace.traceRoot);
      const judge = (operands: StepProof["operands"]) =>
        verifyStep(claim, position, trace.node(position), "tile", { ...proof, operands });
      expect(judge(proof.operands)).to.equal("correct");
      proof.operands.forEach((operand, place) => {
        const [first, second] = operand.tiles as [TileOpening, TileOpening];
        const data = bytesToHex(hexToBytes(second.data).fill(0));
        const tiles = [first, { ...second, data }];
        expect(() => judge(proof.operands.with(place, { ...operand, tiles })))
          .to.throw(StepProofError)
          .with.property("name", "WrongOpeningError");
      });
    });

    it("MalformedDescriptorError when the program's own descriptor breaks a rule", () => {
      const run = runs[0]!;
      const program: Program = {
        ...run.program,
        steps: run.program.steps.map((step) =>
          step.op === "Clip" ? { ...step, attributes: [1n, 0n] } : step,
        ),
      };
      const committed = commitProgram(program);
      const trace = createTrace(committed, run.input, run.slots);
      const position = leafPosition(3, trace.depth);
      const revealed = revealsOf({ ...run, program, committed, trace });
      const { traceRoot, outputRoot, passes } = trace;
      const descent = { position, traceRoot, outputRoot, passes, revealed };
      const claim = claimOf(committed, trace.inputRoot, trace.traceRoot);
      expect(() => verifyStep(claim, position, trace.node(position), "tile", proveStep(trace, descent, 0)))
        .to.throw(StepProofError)
        .with.deep.property("args", { code: 24n });
    });
  });
});

const elements = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);

function descriptorOf({ committed }: Run, step: number | undefined): StepProof {
  if (step === undefined) return NO_PROOF;
  return {
    ...NO_PROOF,
    descriptor: bytesToHex(committed.descriptors[step]!),
    descriptorPath: committed.descriptorTree.path(step),
  };
}

/** One change to some part of a proof. */
function damage(proof: StepProof, random: Random): StepProof {
  const flip = (hex: Hex): Hex => {
    const bytes = hexToBytes(hex);
    if (bytes.length > 0) bytes[random.integer(0, bytes.length - 1)]! ^= 1 << random.integer(0, 7);
    return bytesToHex(bytes);
  };
  const flipOne = (path: readonly Hex[]): Hex[] => {
    const at = random.integer(0, Math.max(0, path.length - 1));
    return path.map((hash, index) => (index === at ? flip(hash) : hash));
  };
  const place = random.integer(0, proof.operands.length - 1);
  const operand = proof.operands[place]!;
  const tiles = operand.tiles.map((tile) =>
    random.pick([
      { ...tile, data: flip(tile.data) },
      { ...tile, path: flipOne(tile.path) },
      { ...tile, index: tile.index + 1 },
    ]),
  );
  return random.pick<() => StepProof>([
    () => ({ ...proof, descriptor: flip(proof.descriptor) }),
    () => ({ ...proof, descriptorPath: flipOne(proof.descriptorPath) }),
    () => ({ ...proof, tile: flip(proof.tile) }),
    () => ({ ...proof, element: random.integer(0, 2000) }),
    () => ({ ...proof, operands: proof.operands.with(place, { ...operand, tiles }) }),
    () => ({ ...proof, operands: proof.operands.with(place, { ...operand, tiles: [] }) }),
    () => ({
      ...proof,
      operands: proof.operands.with(place, { ...operand, rootPath: flipOne(operand.rootPath) }),
    }),
    () => ({ ...proof, operands: proof.operands.toReversed() }),
  ])();
}
