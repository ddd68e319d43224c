import {
  allocate,
  bytesOf,
  type DType,
  dataFromBytes,
  dtypeBounds,
  elementCount,
  elementOfTile,
  INTEGERS,
  isWide,
  layoutBytes,
  layoutPosition,
  logicalIndex,
  packedOffsets,
  packInputs,
  type Tensor,
  tensorRoot,
  tensorType,
  tilesOf,
  unpackInputs,
  unpackOutputs,
  WIDTH,
  wrap,
} from "@assay/sdk/program";
import { byteRoot } from "@assay/sdk/protocol";
import { expect } from "chai";
import fc from "fast-check";
import { network, perceptron } from "../../helpers/programs.ts";
import { Random } from "../../helpers/random.ts";
import { randomType } from "../../helpers/steps.ts";

const dtypes = Object.keys(WIDTH) as DType[];
const seed = fc.integer({ min: 0, max: 2 ** 31 });

function randomTensor(value: number): Tensor {
  const random = new Random(value);
  const shape = Array.from({ length: random.integer(0, 5) }, () => random.integer(1, 5));
  const type = randomType(random, random.pick(dtypes), shape);
  return { type, data: random.data(type.dtype, elementCount(type)) };
}

/** The layout as the rules say it: mixed radix over the axes in layout order, last fastest. */
function plainPosition({ type }: Tensor, index: number): number {
  const digits: number[] = [];
  for (let axis = type.shape.length - 1, rest = index; axis >= 0; axis--) {
    digits[axis] = rest % type.shape[axis]!;
    rest = Math.floor(rest / type.shape[axis]!);
  }
  return type.layout.reduce((position, axis) => position * type.shape[axis]! + digits[axis]!, 0);
}

describe("Tensors", () => {
  it("lay their elements out in the order of their axes", () => {
    fc.assert(
      fc.property(seed, (value) => {
        const tensor = randomTensor(value);
        const width = WIDTH[tensor.type.dtype];
        const expected = new Uint8Array(tensor.data.byteLength);
        for (let index = 0; index < tensor.data.length; index++) {
          const position = plainPosition(tensor, index);
          expect(layoutPosition(tensor.type, index)).to.equal(position);
          expect(logicalIndex(tensor.type, position)).to.equal(index);
          const element = bytesOf(tensor.data).subarray(index * width, (index + 1) * width);
          expected.set(element, position * width);
        }
        expect(layoutBytes(tensor)).to.deep.equal(expected);
        expect(tensorRoot(tensor)).to.equal(byteRoot(expected));
        const random = new Random(value);
        const start = random.integer(0, tensor.data.length - 1) * width;
        const end = random.integer(start / width + 1, tensor.data.length) * width;
        expect(layoutBytes(tensor, start, end)).to.deep.equal(expected.subarray(start, end));
      }),
      { numRuns: 300 },
    );
  });

  it("have bytes in their own memory where the layout is row-major", () => {
    const data = Int32Array.of(1, 2, 3, 4);
    const row = layoutBytes({ type: tensorType("i32", [1, 4, 1], [2, 1, 0]), data });
    expect(row.buffer).to.equal(data.buffer);
  });

  it("name the elements of a tile and the tiles of elements", () => {
    const type = tensorType("i32", [4, 300], [1, 0]);
    expect(elementOfTile(type, 0, 5)).to.equal(1 * 300 + 1);
    expect(elementOfTile(type, 1, 0)).to.equal(64);
    expect(tilesOf(type, [{ start: 0, count: 300, stride: 1 }])).to.deep.equal([0, 1, 2, 3, 4]);
    expect(tilesOf(type, [{ start: 64, count: 4, stride: 300 }])).to.deep.equal([1]);
    expect(tilesOf(tensorType("u8", [8]), [{ start: 0, count: 8, stride: 1 }], 1020)).to.deep.equal([0, 1]);
  });

  it("keep little-endian bytes", () => {
    expect(bytesOf(Int32Array.of(-2))).to.deep.equal(Uint8Array.of(254, 255, 255, 255));
    expect(dataFromBytes("i64", Uint8Array.of(0, 1, 0, 0, 0, 0, 0, 128))).to.deep.equal(
      BigInt64Array.of(-(2n ** 63n) + 256n),
    );
    expect(() => dataFromBytes("i32", new Uint8Array(5))).to.throw("no whole number");
  });

  it("wrap integers as storing them does", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...INTEGERS),
        fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }),
        (dtype, value) => {
          const stored = allocate(dtype, 1);
          if (isWide(stored)) stored[0] = value;
          else stored[0] = Number(BigInt.asIntN(32, value));
          expect(wrap(value, dtype)).to.equal(BigInt(stored[0]!));
          const { min, max } = dtypeBounds(dtype);
          expect(wrap(value, dtype) >= min && wrap(value, dtype) <= max).to.equal(true);
        },
      ),
    );
  });
});

describe("Packing", () => {
  it("starts every tensor at a multiple of 8 with zero bytes between", () => {
    const types = [
      tensorType("u8", [3]),
      tensorType("i64", []),
      tensorType("i8", [5]),
      tensorType("i32", [1]),
    ];
    expect(packedOffsets(types)).to.deep.equal({
      offsets: [
        { start: 0, end: 3 },
        { start: 8, end: 16 },
        { start: 16, end: 21 },
        { start: 24, end: 28 },
      ],
      length: 28,
    });
    const program = { ...perceptron(1), inputs: types };
    const data = [Uint8Array.of(1, 2, 3), BigInt64Array.of(-1n), new Int8Array(5).fill(-1), Int32Array.of(7)];
    const bytes = packInputs(program, data);
    expect([...bytes.subarray(3, 8), ...bytes.subarray(21, 24)]).to.deep.equal(new Array(8).fill(0));
    expect(unpackInputs(program, bytes).map((tensor) => tensor.data)).to.deep.equal(data);
  });

  it("refuses inputs and outputs of the wrong number or length", () => {
    const program = network(1);
    expect(() => packInputs(program, [])).to.throw("number of inputs");
    expect(() => packInputs(program, [new Uint8Array(1)])).to.throw("wrong length");
    expect(() => unpackOutputs(program, new Uint8Array(55))).to.throw("wrong length");
  });
});
