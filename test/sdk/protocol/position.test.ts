import {
  below,
  child,
  enumCode,
  enumName,
  lastChoice,
  leafIndex,
  leafPosition,
  MAX_DEPTH,
  parent,
  requestStatuses,
  TRACE_ROOT,
  tensorLevel,
  tileIndex,
  traceDepth,
} from "@assay/sdk/protocol";
import { expect } from "chai";
import fc from "fast-check";

describe("Positions", () => {
  it("pack choices, the first one most significant", () => {
    const position = [1, 2, 15].reduce(child, TRACE_ROOT);
    expect(position).to.deep.equal({ section: "trace", depth: 3, path: 0x12fn });
    expect(lastChoice(position)).to.equal(15);
    expect(parent(position)).to.deep.equal({ section: "trace", depth: 2, path: 0x12n });
    expect(parent(TRACE_ROOT)).to.equal(undefined);
  });

  it("split at the depth of the trace into leaf and tile", () => {
    const position = [1, 2, 3, 4].reduce(child, TRACE_ROOT);
    expect(tensorLevel(position, 2)).to.equal(2);
    expect(leafIndex(position, 2)).to.equal(0x12n);
    expect(tileIndex(position, 2)).to.equal(0x34n);
    expect(leafIndex(position, 5)).to.equal(undefined);
    expect(tileIndex(position, 5)).to.equal(undefined);
    expect(leafIndex({ ...position, section: "output" }, 2)).to.equal(undefined);
    expect(tileIndex({ ...position, section: "output" }, 2)).to.equal(0x1234n);
  });

  it("name the same node by choices and by numbers", () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(15), { minLength: 1, maxLength: 4 }),
        fc.array(fc.nat(15), { maxLength: 4 }),
        (leaf, tile) => {
          const number = (choices: number[]): number =>
            choices.reduce((path, choice) => path * 16 + choice, 0);
          const chosen = [...leaf, ...tile].reduce(child, TRACE_ROOT);
          const named = below(leafPosition(number(leaf), leaf.length), tile.length, number(tile));
          expect(chosen).to.deep.equal(named);
        },
      ),
    );
  });

  it("end where the path is full", () => {
    const deepest = Array.from({ length: MAX_DEPTH }, () => 15).reduce(child, TRACE_ROOT);
    expect(deepest.path).to.equal(2n ** 64n - 1n);
    expect(() => child(deepest, 0)).to.throw(RangeError);
    expect(() => child(TRACE_ROOT, 16)).to.throw(RangeError);
    expect(() => child(TRACE_ROOT, -1)).to.throw(RangeError);
  });

  it("S-04: lie below a trace tree of fixed depth, at least one", () => {
    expect([1, 16, 17, 256, 257].map((slots) => traceDepth(slots, 1))).to.deep.equal([1, 1, 2, 2, 3]);
    expect(traceDepth(10, 500)).to.equal(4);
  });
});

describe("Enumerations", () => {
  it("translate between names and codes", () => {
    for (const [code, name] of requestStatuses.entries()) {
      expect(enumName(requestStatuses, code)).to.equal(name);
      expect(enumCode(requestStatuses, name)).to.equal(code);
    }
    expect(() => enumName(requestStatuses, requestStatuses.length)).to.throw(RangeError);
  });
});
