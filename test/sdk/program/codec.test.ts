// Codecs between numbers and a program's integers, held against hand-computed values.
import { CodecError, decodeNumbers, encodeNumbers, roundHalfEven } from "@assay/sdk/program";
import { expect } from "chai";

describe("codec", () => {
  it("rounds half to even", () => {
    const cases = [
      [0.5, 0],
      [1.5, 2],
      [2.5, 2],
      [-0.5, 0],
      [-1.5, -2],
      [-2.5, -2],
      [0.49999999999999994, 0],
      [2.4999, 2],
      [-2.6, -3],
      [2 ** 53, 2 ** 53],
    ] as const;
    for (const [value, rounded] of cases) expect(roundHalfEven(value) + 0, String(value)).to.equal(rounded);
  });

  it("scales, rounds, shifts and clamps", () => {
    const codec = { kind: "linear", scale: 0.5, zeroPoint: 10 } as const;
    expect([...encodeNumbers(codec, "u8", [0, 0.25, 0.75, 1, -5, -6, 1000, -1000])]).to.deep.equal([
      10, 10, 12, 12, 0, 0, 255, 0,
    ]);
    expect([...encodeNumbers(codec, "i8", [1000, -1000])]).to.deep.equal([127, -128]);
    expect([...encodeNumbers(codec, "i32", [1e300, -1e300])]).to.deep.equal([2 ** 31 - 1, -(2 ** 31)]);
    expect([...encodeNumbers(codec, "i64", [1e300, -1e300])]).to.deep.equal([2n ** 63n - 1n, -(2n ** 63n)]);
    expect([...decodeNumbers(codec, Uint8Array.of(0, 10, 12))]).to.deep.equal([-5, 0, 1]);
  });

  it("returns every integer through its number", () => {
    for (const scale of [1 / 255, 0.1, 3, 1e-7, 12345.678]) {
      const codec = { kind: "linear", scale, zeroPoint: 77 } as const;
      const all = Uint8Array.from({ length: 256 }, (_, value) => value);
      expect(encodeNumbers(codec, "u8", decodeNumbers(codec, all))).to.deep.equal(all);
    }
  });

  it("passes integers on, and refuses what is none", () => {
    const codec = { kind: "integer" } as const;
    expect([...encodeNumbers(codec, "i64", [-3, 7])]).to.deep.equal([-3n, 7n]);
    expect([...decodeNumbers(codec, BigInt64Array.of(-3n, 7n))]).to.deep.equal([-3, 7]);
    expect(() => encodeNumbers(codec, "u8", [1.5])).to.throw(CodecError, "integers");
    expect(() => encodeNumbers(codec, "u8", [256])).to.throw(CodecError, "out of range");
  });

  it("refuses numbers that are not finite", () => {
    const codec = { kind: "linear", scale: 1, zeroPoint: 0 } as const;
    for (const number of [Number.NaN, Infinity, -Infinity])
      expect(() => encodeNumbers(codec, "u8", [0, number])).to.throw(CodecError, "finite");
  });
});
