import {
  allocate,
  createTrace,
  placeOf,
  type Revealed,
  type Tensor,
  type Trace,
  tensorRoot,
} from "@assay/sdk/program";
import { EMPTY, type Hex, leafPosition, tileCount, treeDepth } from "@assay/sdk/protocol";
import { expect } from "chai";
import fc from "fast-check";
import { cheatingSlots } from "../../helpers/cheat.ts";
import { type Forgery, forge, playDispute } from "../../helpers/game.ts";
import { Random } from "../../helpers/random.ts";
import { positions, type Run, runs } from "../../helpers/runs.ts";

const seed = fc.integer({ min: 0, max: 2 ** 31 });
const anyRun = fc.constantFrom(...runs);

const trace = ({ committed, input }: Run, slots: readonly Tensor[], output?: Uint8Array): Trace =>
  createTrace(committed, input, slots, output);

/** Most choices that a dispute of this program may take. */
function depthBound({ committed, trace }: Run): number {
  return trace.depth + committed.header.tensorDepth;
}

describe("Dispute", () => {
  describe("about a wrong step", () => {
    it("S-24: ends in a verdict against every flipped bit, within the depth of the trees", () => {
      fc.assert(
        fc.property(anyRun, seed, (run, value) => {
          const random = new Random(value);
          const slot = random.integer(0, run.slots.length - 1);
          const { data } = run.slots[slot]!;
          const element = random.integer(0, data.length - 1);
          const bit = random.integer(0, 8 * data.BYTES_PER_ELEMENT - 1);
          const shown = cheatingSlots(run.program, run.input, { slot, element, bit });
          const end = playDispute(run.trace, trace(run, shown));
          expect(end.result).to.equal("faulty");
          expect(end.position.section).to.equal("trace");
          expect(end.choices).to.be.at.most(depthBound(run));
        }),
        { numRuns: 150 },
      );
    });

    it("is about the first wrong element even when everything after it is wrong too", () => {
      const run = runs[2]!;
      const wrong = run.slots.map((tensor) => ({
        ...tensor,
        data: allocate(tensor.type.dtype, tensor.data.length),
      }));
      const worker = trace(run, wrong);
      const end = playDispute(run.trace, worker);
      expect(end).to.deep.include({ result: "faulty" });
      expect(end.position.path >> BigInt(4 * (end.position.depth - run.trace.depth))).to.equal(0n);
    });

    it("S-24: ends in a verdict against every flipped output byte, gap bytes included", () => {
      const run = runs[2]!;
      const { output } = run.trace;
      for (let byte = 0; byte < output.length; byte++) {
        const wrong = output.with(byte, output[byte]! ^ 0x80);
        const end = playDispute(run.trace, trace(run, run.slots, wrong));
        expect(end, `byte ${byte}`).to.deep.include({ result: "faulty" });
        expect(end.position.section).to.equal("output");
      }
    });

    it("ends in a verdict when trace and output contradict each other", () => {
      const run = runs[1]!;
      const other = trace(run, cheatingSlots(run.program, run.input, { slot: 3, element: 0 }));
      const end = playDispute(run.trace, {
        traceRoot: run.trace.traceRoot,
        outputRoot: other.outputRoot,
        passes: 1,
        reveal: (position) => (position.section === "output" ? other : run.trace).reveal(position),
      });
      expect(end).to.deep.include({ result: "faulty" });
    });
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
      });
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

  it("finds nothing to prove in a right answer", () => {
    for (const run of runs) {
      expect(playDispute(run.trace, run.trace)).to.deep.include({ result: "none", choices: 0 });
    }
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
    const full = { ...shape, slots: 4, passes: 4 };
    expect(placeOf(full, { section: "trace", depth: 1, path: 1n }).kind, "after 16 leaves").to.equal(
      "padding",
    );
    expect(kindAt(3, 6n * 16n), "below padding").to.equal("padding");
    expect(kindAt(4, 0n), "below a tile").to.equal("padding");
    expect(placeOf(shape, { section: "trace", depth: 3, path: 4n * 16n })).to.deep.include({ step: 1 });
    expect(placeOf(shape, { section: "output", depth: 1, path: 1n })).to.deep.equal({
      kind: "tile",
      step: 3,
      pass: 1,
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
