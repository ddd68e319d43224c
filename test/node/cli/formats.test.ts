// Files that people have: arrays, images, JSON, raw numbers; and how results are laid out for them.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deflateSync } from "node:zlib";
import type { ManifestTensor } from "@assay/sdk/program";
import { expect } from "chai";
import { readExpected, readLabels, readSamples } from "../../../node/cli/calibrationData.ts";
import { imageValues, isImage, readImage } from "../../../node/cli/image.ts";
import { durationText, facts, table, timeText } from "../../../node/cli/layout.ts";
import { parseNpy } from "../../../node/cli/npy.ts";
import { readNumbers } from "../../../node/cli/numbers.ts";
import { toJson } from "../../../node/cli/output.ts";
import { createProgress } from "../../../node/cli/progress.ts";
import { duration, tokens } from "../../../node/cli/values.ts";

const folder = mkdtempSync(join(tmpdir(), "assay-formats-"));
after(() => rmSync(folder, { recursive: true }));
const file = (name: string, content: string | Uint8Array): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};

function npy(descr: string, shape: readonly number[], data: Uint8Array, version = 1): Uint8Array {
  const order = "'fortran_order': False";
  const sizes = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const header = `{'descr': '${descr}', ${order}, 'shape': (${sizes}), }`.padEnd(118);
  const length = version === 1 ? [118, 0] : [118, 0, 0, 0];
  const magic = [0x93, ...new TextEncoder().encode("NUMPY"), version, 0, ...length];
  return new Uint8Array([...magic, ...new TextEncoder().encode(header), ...data]);
}
const bytesOf = (data: ArrayBufferView) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

describe("NumPy files", () => {
  it("are read in all types that models use", () => {
    const floats = Float32Array.of(1.5, -2, 3, 4, 5, 6);
    for (const version of [1, 2]) {
      const { shape, values } = parseNpy(npy("<f4", [2, 3], bytesOf(floats), version), "x.npy");
      expect(shape).to.deep.equal([2, 3]);
      expect(Array.from(values)).to.deep.equal([1.5, -2, 3, 4, 5, 6]);
    }
    const cases: [string, ArrayBufferView, number[]][] = [
      ["<f8", Float64Array.of(0.1), [0.1]],
      ["|u1", Uint8Array.of(255), [255]],
      ["|i1", Int8Array.of(-1), [-1]],
      ["|b1", Uint8Array.of(1), [1]],
      ["<i2", Int16Array.of(-300), [-300]],
      ["<u2", Uint16Array.of(60_000), [60_000]],
      ["<i4", Int32Array.of(-70_000), [-70_000]],
      ["<u4", Uint32Array.of(4_000_000_000), [4_000_000_000]],
      ["<i8", BigInt64Array.of(-5n), [-5]],
    ];
    for (const [descr, data, expected] of cases) {
      expect(Array.from(parseNpy(npy(descr, [1], bytesOf(data)), "x.npy").values), descr).to.deep.equal(
        expected,
      );
    }
  });

  it("are refused with what is wrong", () => {
    const good = npy("<f4", [2], bytesOf(Float32Array.of(1, 2)));
    expect(() => parseNpy(good.subarray(0, 20), "x.npy")).to.throw("ends inside its header");
    expect(() => parseNpy(good.subarray(0, good.length - 1), "x.npy")).to.throw("wrong length");
    expect(() => parseNpy(npy(">f4", [2], bytesOf(Float32Array.of(1, 2))), "x.npy")).to.throw(
      "type or order",
    );
    expect(() => parseNpy(new TextEncoder().encode("hello, world"), "x.npy")).to.throw(
      "does not begin as one",
    );
  });
});

describe("images", () => {
  const input = (channels: number, size: number): ManifestTensor => ({
    name: "image",
    dtype: "u8",
    shape: [1, channels, size, size],
    codec: { kind: "linear", scale: 1 / 255, zeroPoint: 0 },
  });

  function png(
    width: number,
    height: number,
    colour: number,
    channels: number,
    pixels: number[],
    filter = 0,
  ): Uint8Array {
    const chunk = (kind: string, data: Uint8Array) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(data.length);
      return Buffer.concat([length, Buffer.from(kind), data, Buffer.alloc(4)]);
    };
    const header = Buffer.alloc(13);
    header.writeUInt32BE(width, 0);
    header.writeUInt32BE(height, 4);
    header.set([8, colour, 0, 0, 0], 8);
    const stride = width * channels;
    const lines: number[] = [];
    for (let y = 0; y < height; y++) {
      lines.push(filter);
      for (let x = 0; x < stride; x++) {
        const at = (row: number, column: number) =>
          row < 0 || column < 0 ? 0 : pixels[row * stride + column]!;
        const left = at(y, x - channels);
        const predicted = [0, left, at(y - 1, x), (left + at(y - 1, x)) >> 1][filter] ?? 0;
        lines.push((at(y, x) - predicted) & 255);
      }
    }
    const magic = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
    const data = deflateSync(Buffer.from(lines));
    return new Uint8Array(
      Buffer.concat([magic, chunk("IHDR", header), chunk("IDAT", data), chunk("IEND", Buffer.alloc(0))]),
    );
  }

  it("are read from PNG with every filter, and from PGM and PPM", () => {
    const grey = [0, 50, 100, 150, 200, 250, 10, 20, 30];
    for (const filter of [0, 1, 2, 3]) {
      const { pixels, ...size } = readImage(png(3, 3, 0, 1, grey, filter), "x.png");
      expect(size).to.deep.equal({ width: 3, height: 3, channels: 1 });
      expect(Array.from(pixels), `filter ${filter}`).to.deep.equal(grey);
    }
    const pgm = new Uint8Array([...new TextEncoder().encode("P5\n# a comment\n2 1\n255\n"), 7, 9]);
    expect(readImage(pgm, "x.pgm")).to.deep.equal({
      width: 2,
      height: 1,
      channels: 1,
      pixels: Uint8Array.of(7, 9),
    });
    const ppm = new Uint8Array([...new TextEncoder().encode("P6 1 1 255\n"), 1, 2, 3]);
    expect(readImage(ppm, "x.ppm").channels).to.equal(3);
    expect(isImage(new TextEncoder().encode("[1, 2]"))).to.equal(false);
  });

  it("are resized by averaging, inverted, and made grey or coloured as the program needs them", () => {
    const image = readImage(png(2, 2, 0, 1, [0, 255, 255, 0]), "x.png");
    expect(Array.from(imageValues(image, input(1, 1), { invert: false }))).to.deep.equal([0.5]);
    expect(Array.from(imageValues(image, input(1, 2), { invert: true }))).to.deep.equal([1, 0, 0, 1]);
    expect(Array.from(imageValues(image, input(1, 4), { invert: false })).slice(0, 4)).to.deep.equal([
      0, 0, 1, 1,
    ]);
    expect(imageValues(image, input(3, 2), { invert: false })).to.have.length(12);
    const red = readImage(png(1, 1, 2, 3, [255, 0, 0]), "x.png");
    expect(imageValues(red, input(1, 1), { invert: false })[0]).to.be.closeTo(0.299, 1e-9);
    expect(Array.from(imageValues(red, input(3, 1), { invert: false, range: [-1, 1] }))).to.deep.equal([
      1, -1, -1,
    ]);
    const clear = readImage(png(1, 1, 6, 4, [0, 0, 0, 0]), "x.png");
    expect(
      Array.from(imageValues(clear, input(1, 1), { invert: false })),
      "paper shows through",
    ).to.deep.equal([1]);
  });

  it("are refused with what is wrong", () => {
    const good = png(2, 2, 0, 1, [1, 2, 3, 4]);
    expect(() => readImage(good.subarray(0, 40), "x.png")).to.throw("lacks its header or its data");
    expect(() => readImage(png(2, 2, 3, 1, [0, 0, 0, 0]), "x.png")).to.throw("of a kind that is not read");
    const bomb = png(1, 1, 0, 1, [0]);
    new DataView(bomb.buffer).setUint32(16, 100_000);
    new DataView(bomb.buffer).setUint32(20, 100_000);
    expect(() => readImage(bomb, "x.png")).to.throw("too large");
    expect(() => readImage(new TextEncoder().encode("P5 2 2 255\nab"), "x.pgm")).to.throw("ends too early");
    expect(() => readImage(Uint8Array.of(0xff, 0xd8), "x.jpg")).to.throw("not PNG, PGM or PPM");
    const image = readImage(good, "x.png");
    expect(() => imageValues(image, { ...input(1, 2), shape: [1, 10] }, { invert: false })).to.throw(
      "not an image",
    );
  });
});

describe("calibration data", () => {
  const one = [{ name: "image", shape: [1, 2] }];
  const two = [...one, { name: "mask", shape: [1, 1] }];
  const floats = (...values: number[]) => bytesOf(Float32Array.from(values));

  it("is read from .npy, .json and raw floats", () => {
    const expected = [Float32Array.of(1, 2), Float32Array.of(3, 4)];
    expect(readSamples([file("a.npy", npy("<f4", [2, 2], floats(1, 2, 3, 4)))], one)).to.deep.equal(expected);
    expect(readSamples([file("a.json", "[[[1, 2]], [[3, 4]]]")], one)).to.deep.equal(expected);
    expect(readSamples([file("a.bin", floats(1, 2, 3, 4))], one)).to.deep.equal(expected);
  });

  it("names its input where a model has several", () => {
    const files = [`image=${file("i.bin", floats(1, 2, 3, 4))}`, `mask=${file("m.bin", floats(5, 6))}`];
    const expected = [
      [Float32Array.of(1, 2), Float32Array.of(5)],
      [Float32Array.of(3, 4), Float32Array.of(6)],
    ];
    expect(readSamples(files, two)).to.deep.equal(expected);
    const objects = JSON.stringify([
      { image: [1, 2], mask: [5] },
      { image: [3, 4], mask: [6] },
    ]);
    expect(readSamples([file("o.json", objects)], two)).to.deep.equal(expected);
  });

  it("is refused with what is wrong", () => {
    expect(() => readSamples([], one)).to.throw("--calibration is needed");
    expect(() => readSamples([file("odd.bin", floats(1, 2, 3))], one)).to.throw("whole samples");
    expect(() => readSamples([file("cut.bin", new Uint8Array(5))], one)).to.throw("four bytes each");
    expect(() => readSamples([file("a.bin", floats(1, 2))], two)).to.throw("several inputs");
    expect(() => readSamples([`image=${file("b.bin", floats(1, 2))}`], two)).to.throw('the input "mask"');
    const uneven = [`image=${file("b.bin", floats(1, 2))}`, `mask=${file("c.bin", floats(1, 2))}`];
    expect(() => readSamples(uneven, two)).to.throw("different numbers of samples");
    expect(() => readSamples([file("lack.json", '[{"image": [1, 2]}]')], two)).to.throw("lacks an input");
    expect(() => readNumbers(file("bad.json", "[1,"))).to.throw("not JSON");
  });

  it("comes with labels and right answers", () => {
    expect(readLabels("cat, dog")).to.deep.equal(["cat", "dog"]);
    expect(readLabels(file("l.txt", "cat\ndog\n"))).to.deep.equal(["cat", "dog"]);
    expect(readLabels(file("l.json", '["cat"]'))).to.deep.equal(["cat"]);
    expect(() => readLabels(file("m.json", "[1]"))).to.throw("not a list of class names");
    expect(readExpected(file("e.bin", Uint8Array.of(3, 1)))).to.deep.equal([3, 1]);
    expect(readExpected(file("e.json", "[2, 0]"))).to.deep.equal([2, 0]);
  });
});

describe("what is typed and shown", () => {
  it("reads amounts and times", () => {
    expect(tokens.parse("12.5")).to.equal(12_500_000_000_000_000_000n);
    expect(tokens.safeParse("-1").success).to.equal(false);
    expect(tokens.safeParse("99999999999999999999999999999").success).to.equal(false);
    expect(["90", "90s", "1.5m", "12h", "3d"].map((text) => duration.parse(text))).to.deep.equal([
      90, 90, 90, 43_200, 259_200,
    ]);
  });

  it("lays out facts, tables and times", () => {
    expect(
      facts([
        ["a", 1],
        ["long name", ""],
        ["left out", undefined],
      ]),
    ).to.equal("a          1\nlong name  –");
    expect(table(["x", "y"], [["1", undefined]], "none")).to.equal("x  y\n1  –");
    expect(table(["x"], [], "none")).to.equal("none");
    expect([0, 59, 3_600, 93_600].map(durationText)).to.deep.equal(["0s", "59s", "1h", "1d 2h"]);
    expect(timeText(60n, 0)).to.equal("1970-01-01 00:01:00 UTC (in 1m)");
    expect(timeText(0, 60)).to.match(/\(1m ago\)$/);
  });

  it("writes JSON with exact numbers and bytes", () => {
    const value = {
      big: 2n ** 70n,
      bytes: Uint8Array.of(1, 255),
      list: Int32Array.of(-1),
      wide: BigInt64Array.of(5n),
    };
    expect(toJson(value)).to.equal(
      '{"big":"1180591620717411303424","bytes":"0x01ff","list":[-1],"wide":["5"]}',
    );
  });

  it("redraws one line at a terminal, prints now and then elsewhere, and is silent for scripts", () => {
    let now = 0;
    const clock = { now: () => now, sleep: async () => {} };
    const drawn = (isTTY: boolean, quiet: boolean) => {
      let text = "";
      now = 0;
      const stderr = { isTTY, write: (piece: string) => (text += piece) };
      const progress = createProgress("compile", { stderr, clock, quiet });
      for (now = 0; now <= 12_000; now += 1_000) progress.update("running", now / 12_000);
      progress.done();
      return text;
    };
    expect(drawn(true, false).split("\r")).to.have.length(15);
    expect(drawn(false, false).trim().split("\n")).to.deep.equal([
      "compile: 0 % running",
      "compile: 41 % running (5 s)",
      "compile: 83 % running (10 s)",
    ]);
    expect(drawn(true, true)).to.equal("");
  });
});
