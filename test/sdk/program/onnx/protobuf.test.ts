// The protobuf layer: exact round trips, and a typed refusal of everything that is not well formed.
import { BaseError } from "@assay/sdk";
import { OnnxFormatError, readOnnxModel, writeOnnxModel } from "@assay/sdk/program";
import { expect } from "chai";
import { decode, encode, many, message, one } from "../../../../sdk/program/onnx/protobuf.ts";

const inner = message("Inner", { text: one(1, "string"), values: many(2, "int64") });
const outer = message("Outer", {
  count: one(1, "int32"),
  big: one(2, "int64"),
  single: one(3, "float"),
  double: one(4, "double"),
  data: one(5, "bytes"),
  parts: many(6, inner),
  floats: many(7, "float"),
  names: many(16, "string"),
});

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);

function refusal(action: () => unknown): OnnxFormatError {
  try {
    action();
  } catch (error) {
    expect(error).to.be.instanceOf(OnnxFormatError).and.instanceOf(BaseError);
    return error as OnnxFormatError;
  }
  return expect.fail("accepted");
}

describe("protobuf", () => {
  it("returns what was written, 64-bit integers included", () => {
    const values = [
      0n,
      1n,
      -1n,
      127n,
      128n,
      2n ** 53n + 1n,
      2n ** 63n - 1n,
      -(2n ** 63n),
      -(2n ** 31n),
      2n ** 32n,
    ];
    const value = {
      count: -7,
      big: -(2n ** 62n),
      single: 0.5,
      double: 1 / 3,
      data: bytes(0, 255, 7),
      parts: [{ text: "é𝄞", values }, {}],
      floats: [1.5, -2],
      names: ["", "b"],
    };
    const written = encode(outer, value);
    expect(decode(outer, written)).to.deep.equal(value);
    expect(encode(outer, decode(outer, written))).to.deep.equal(written);
  });

  it("reads packed and unpacked numbers alike", () => {
    expect(decode(inner, bytes(0x12, 2, 3, 4))).to.deep.equal({ values: [3n, 4n] });
    expect(decode(inner, bytes(0x10, 3, 0x10, 4))).to.deep.equal({ values: [3n, 4n] });
  });

  it("reads a Buffer that lies inside another", () => {
    const whole = Buffer.from([9, 9, 0x08, 5, 9]);
    expect(decode(outer, whole.subarray(2, 4))).to.deep.equal({ count: 5 });
  });

  const malformed: Record<string, Uint8Array> = {
    "an unknown field": bytes(0x58, 1),
    "field number 0": bytes(0x00, 1),
    "a group": bytes(0x0b, 0x0c),
    "a wrong wire type": bytes(0x0d, 0, 0, 0, 0),
    "a singular field twice": bytes(0x08, 1, 0x08, 1),
    "a length beyond the end": bytes(0x2a, 5, 1),
    "a length of 4 GiB": bytes(0x2a, 0xff, 0xff, 0xff, 0xff, 0x0f),
    "a message beyond its parent": bytes(0x32, 2, 0x0a, 3, 65, 65, 65),
    "packed numbers that end in the middle": bytes(0x32, 3, 0x12, 1, 0x80),
    "a varint without end": bytes(0x08, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80),
    "a truncated varint": bytes(0x08, 0x80),
    "a truncated float": bytes(0x1d, 0, 0),
    "text that is not UTF-8": bytes(0x32, 3, 0x0a, 1, 0xff),
  };
  for (const [name, input] of Object.entries(malformed))
    it(`refuses ${name}`, () => {
      refusal(() => decode(outer, input));
    });

  it("refuses a file that is too large, or unfolds into too much", () => {
    const small = { bytes: 100, items: 10 };
    expect(refusal(() => decode(inner, new Uint8Array(101), small)).facts).to.deep.equal({
      bytes: 101,
      limit: 100,
    });
    refusal(() => decode(inner, bytes(0x12, 11, ...new Array<number>(11).fill(1)), small));
    refusal(() => decode(outer, Uint8Array.from(new Array(11).fill([0x32, 0]).flat() as number[]), small));
    expect(decode(inner, bytes(0x12, 10, ...new Array<number>(10).fill(1)), small).values).to.have.length(10);
  });

  it("keeps an ONNX model as it is", () => {
    const model = {
      irVersion: 8n,
      graph: { name: "g", node: [{ input: ["a", ""], output: ["b"], opType: "Relu" }] },
      opsetImport: [{ domain: "", version: 17n }],
    };
    expect(readOnnxModel(writeOnnxModel(model))).to.deep.equal(model);
  });
});
