import {
  bytesOf,
  type CommittedProgram,
  claimOf,
  commitProgram,
  createTrace,
  execute,
  executeFrom,
  type Program,
  placeOf,
  proveStep,
  type Revealed,
  StepProofError,
  type Tensor,
  type TensorData,
  type Trace,
  tensorRoot,
  verifyStep,
} from "@assay/sdk/program";
import {
  bytesToHex,
  EMPTY,
  type Hex,
  hexToBytes,
  leafPosition,
  type NodeKind,
  OUTPUT_ROOT,
  type Position,
  type StepProof,
  TRACE_ROOT,
  tileCount,
  treeDepth,
} from "@assay/sdk/protocol";
import { expect } from "chai";
import fc from "fast-check";
import { type Forgery, forge, playDispute, type WorkerTrees } from "../../helpers/game.ts";
import { network, perceptron, randomInput } from "../../helpers/programs.ts";
import { Random } from "../../helpers/random.ts";
import { outcomeOf, proofCases } from "../../helpers/vectors.ts";

interface Run {
  program: Program;
  committed: CommittedProgram;
  input: Uint8Array;
  slots: Tensor[];
  trace: Trace;
}

function runOf(program: Program, seed: number): Run {
  const committed = commitProgram(program);
  const input = randomInput(program, new Random(seed));
  const slots = execute(program, input);
  return { program, committed, input, slots, trace: createTrace(committed, input, slots) };
}

const runs: readonly Run[] = [
  runOf(perceptron(1), 1),
  runOf(perceptron(2, { rows: 20, inner: 1100, columns: 30 }), 2),
  runOf(network(3), 3),
  runOf(network(4, { channels: 1, size: 24, filters: 16, classes: 3 }), 4),
];

const seed = fc.integer({ min: 0, max: 2 ** 31 });
const anyRun = fc.constantFrom(...runs);

function flipped(data: TensorData, bit: number): TensorData {
  const copy = data.slice();
  bytesOf(copy)[bit >> 3]! ^= 1 << (bit & 7);
  return copy;
}

/** The trace of a worker that flips one bit of one slot and computes on from there. */
function cheat({ program, committed, input, slots }: Run, slot: number, bit: number): Trace {
  const wrong = { ...slots[slot]!, data: flipped(slots[slot]!.data, bit) };
  const shown = executeFrom(program, input, slots.with(slot, wrong), slot + 1);
  return createTrace(committed, input, shown);
}

/** Most choices that a dispute of this program may take. */
function depthBound({ committed, trace }: Run): number {
  return trace.depth + committed.header.tensorDepth;
}

/** Every position of a trace where a node belongs or padding does, down to the tiles. */
function positions({ trace, slots }: Run): Position[] {
  const inTrace = Array.from({ length: 16 ** trace.depth }, (_, leaf) => leafPosition(leaf, trace.depth));
  const all: Position[] = [TRACE_ROOT, OUTPUT_ROOT, ...inTrace];
  for (const root of [...inTrace.slice(0, slots.length), OUTPUT_ROOT]) {
    const depth = trace.treeOf(root.section === "output" ? slots.length : Number(root.path)).depth;
    for (let level = 1; level <= depth; level++) {
      for (let path = 0; path < 16 ** level; path++) {
        all.push({
          ...root,
          depth: root.depth + level,
          path: root.path * 16n ** BigInt(level) + BigInt(path),
        });
      }
    }
  }
  return all;
}

/** What an honest worker has revealed of everything. */
function revealsOf(run: Run): (node: Hex) => Revealed | undefined {
  const reveals = new Map<Hex, Revealed>();
  for (const position of positions(run)) {
    const content = run.trace.reveal(position);
    if (content) reveals.set(run.trace.node(position), content);
  }
  return (node) => reveals.get(node);
}

const NO_PROOF: StepProof = { descriptor: "0x", descriptorPath: [], tile: "0x", element: 0, operands: [] };

describe("Dispute", () => {
  describe("about a wrong step", () => {
    it("S-24: ends in a verdict against every flipped bit, within the depth of the trees", () => {
      fc.assert(
        fc.property(anyRun, seed, (run, value) => {
          const random = new Random(value);
          const slot = random.integer(0, run.slots.length - 1);
          const bit = random.integer(0, 8 * run.slots[slot]!.data.byteLength - 1);
          const end = playDispute(run.trace, cheat(run, slot, bit));
          expect(end.result).to.equal("faulty");
          expect(end.position.section).to.equal("trace");
          expect(end.choices).to.be.at.most(depthBound(run));
        }),
        { numRuns: 150 },
      );
    }).timeout(30_000);

    it("is about the first wrong element even when everything after it is wrong too", () => {
      const run = runs[2]!;
      const worker = createTrace(
        run.committed,
        run.input,
        run.slots.map((tensor) => ({ ...tensor, data: flipped(tensor.data, 0) })),
      );
      const end = playDispute(run.trace, worker);
      expect(end).to.deep.include({ result: "faulty" });
      expect(end.position.path >> BigInt(4 * (end.position.depth - run.trace.depth))).to.equal(0n);
    });

    it("S-24: ends in a verdict against every flipped output byte, gap bytes included", () => {
      const run = runs[2]!;
      const { output } = run.trace;
      for (let byte = 0; byte < output.length; byte++) {
        const wrong = output.with(byte, output[byte]! ^ 0x80);
        const end = playDispute(run.trace, createTrace(run.committed, run.input, run.slots, wrong));
        expect(end, `byte ${byte}`).to.deep.include({ result: "faulty" });
        expect(end.position.section).to.equal("output");
      }
    });

    it("ends in a verdict when trace and output contradict each other", () => {
      const run = runs[1]!;
      const worker = { ...lies(run.trace), outputRoot: cheat(run, 3, 0).outputRoot };
      const other = cheat(run, 3, 0);
      const end = playDispute(run.trace, {
        ...worker,
        reveal: (position) => (position.section === "output" ? other : run.trace).reveal(position),
      });
      expect(end).to.deep.include({ result: "faulty" });
    });
  });

  const lies = (trace: Trace): WorkerTrees => ({
    traceRoot: trace.traceRoot,
    outputRoot: trace.outputRoot,
    reveal: (position) => trace.reveal(position),
  });

  describe("about trees of a wrong form", () => {
    const tile = (length: number): Revealed => ({ kind: "tile", tile: new Uint8Array(length).fill(7) });
    const inner: Revealed = { kind: "inner", children: new Array<Hex>(16).fill(`0x${"5".repeat(64)}`) };
    const forgeries: Record<string, Forgery> = {
      "an EMPTY node": { kind: "empty" },
      "an inner node": inner,
      "an inner node without children": { kind: "inner", children: new Array<Hex>(16).fill(EMPTY) },
      "a tile of 1 byte": tile(1),
      "a tile of 1024 bytes": tile(1024),
      "a tile of 1000 bytes": tile(1000),
      "a hash of nothing known": { kind: "unknown" },
    };
    for (const [name, forgery] of Object.entries(forgeries)) {
      it(`S-04: ends against ${name} at any place, padding included`, () => {
        for (const run of [runs[0]!, runs[1]!, runs[2]!]) {
          for (const position of positions(run).filter(({ depth }) => depth > 0)) {
            if (position.section === "output" && forgery.kind === "unknown") continue;
            const worker = forge(run.trace, position, forgery);
            const isHonest =
              worker.traceRoot === run.trace.traceRoot && worker.outputRoot === run.trace.outputRoot;
            const { result, choices } = playDispute(run.trace, worker);
            const expected = isHonest ? ["none"] : ["faulty", "timeout"];
            expect(expected, `${position.section} ${position.depth} ${position.path}`).to.include(result);
            expect(choices).to.be.at.most(depthBound(run));
            const isPadding = run.trace.expected(position) === "padding";
            if (isPadding && !isHonest && forgery.kind !== "unknown") expect(result).to.equal("faulty");
          }
        }
      }).timeout(30_000);
    }

    it("S-04: ends against tiles that are cut or lengthened by one element", () => {
      const run = runs[2]!;
      const root = leafPosition(8, run.trace.depth);
      const honest = run.trace.tileBytes(8, 0);
      for (const wrong of [
        honest.subarray(4),
        Uint8Array.of(...honest, 0, 0, 0, 0),
        Uint8Array.of(...honest, 0),
      ]) {
        const end = playDispute(run.trace, forge(run.trace, root, { kind: "tile", tile: wrong }));
        expect(end).to.deep.include({ result: "faulty", position: root });
      }
    });
  });

  describe("about a right answer", () => {
    it("finds nothing to prove", () => {
      for (const run of runs) {
        expect(playDispute(run.trace, lies(run.trace))).to.deep.include({ result: "none", choices: 0 });
      }
    });

    it("S-05: has no position and no element at which an honest worker is faulty", () => {
      for (const run of [runs[0]!, runs[2]!]) {
        const revealed = revealsOf(run);
        const { trace, committed } = run;
        const claim = claimOf(committed, trace.inputRoot, trace.traceRoot);
        const random = new Random(1);
        for (const position of positions(run)) {
          const place = trace.placeOf(position);
          const node = trace.node(position);
          const descent = { position, traceRoot: trace.traceRoot, outputRoot: trace.outputRoot, revealed };
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
    }).timeout(30_000);

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
      const descent = { position, traceRoot: trace.traceRoot, outputRoot: trace.outputRoot, revealed };
      const claim = claimOf(committed, trace.inputRoot, trace.traceRoot);
      expect(() => verifyStep(claim, position, trace.node(position), "tile", proveStep(trace, descent, 0)))
        .to.throw(StepProofError)
        .with.deep.property("args", { code: 24n });
    });
  });

  it("S-04: puts padding where no pass ran, in a trace tree of fixed depth", () => {
    const shape = { slots: 3, maxPasses: 20, passes: 2, byteLength: () => 2000 };
    const kindAt = (depth: number, path: bigint): string =>
      placeOf(shape, { section: "trace", depth, path }).kind;
    expect([0n, 5n, 6n, 59n, 255n].map((leaf) => kindAt(2, leaf))).to.deep.equal([
      "inner",
      "inner",
      "padding",
      "padding",
      "padding",
    ]);
    expect([kindAt(0, 0n), kindAt(1, 0n), kindAt(1, 1n)]).to.deep.equal(["inner", "inner", "padding"]);
    expect([0n, 1n, 2n].map((tile) => kindAt(3, 5n * 16n + tile))).to.deep.equal(["tile", "tile", "padding"]);
    expect(kindAt(3, 6n * 16n), "below padding").to.equal("padding");
    expect(kindAt(4, 0n), "below a tile").to.equal("padding");
    expect(placeOf(shape, { section: "trace", depth: 3, path: 4n * 16n })).to.deep.include({ step: 1 });
    expect(placeOf(shape, { section: "output", depth: 1, path: 1n })).to.deep.equal({
      kind: "tile",
      step: 3,
      tile: 1,
      length: 976,
    });
  });

  it("descends trees whose depths are those of the time formula", () => {
    for (const run of runs) {
      const depths = run.slots.map(({ data }) => treeDepth(tileCount(data.byteLength)));
      expect(Math.max(...depths, treeDepth(tileCount(run.trace.output.length)))).to.equal(
        run.committed.header.tensorDepth,
      );
      expect(run.trace.treeOf(0).root).to.equal(tensorRoot(run.slots[0]!));
    }
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
