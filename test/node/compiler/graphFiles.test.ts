// Models in several files: external data is found, read in parts and never looked for outside the model's folder.
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TensorProto } from "@assay/sdk/program";
import { expect } from "chai";
import {
  FileConstant,
  GraphSession,
  type ModelSource,
  readGraph,
} from "../../../node/compiler/graph/index.ts";
import { readSlimModel } from "../../../node/compiler/graph/modelFile.ts";
import { UnsupportedModelError } from "../../../node/compiler/index.ts";
import { onnxBytes } from "../../helpers/onnxModels.ts";

const LENGTH = 1000;
const values = Float32Array.from({ length: LENGTH }, (_, index) => Math.sin(index));

/** A model x + w whose w lies in another file. */
const sumModel = (place: Record<string, string>, rest: Partial<TensorProto> = {}): Uint8Array =>
  onnxBytes({
    opset: 17,
    inputs: { x: ["f32", [1]] },
    outputs: ["y"],
    nodes: [{ op: "Add", in: ["x", "w"], out: "y" }],
    constants: {
      w: {
        dims: [BigInt(LENGTH)],
        dataType: 1,
        dataLocation: 1,
        externalData: Object.entries(place).map(([key, value]) => ({ key, value })),
        ...rest,
      },
    },
  });

async function refused(source: ModelSource): Promise<UnsupportedModelError> {
  try {
    await readGraph(source);
  } catch (error) {
    expect(error).to.be.instanceOf(UnsupportedModelError);
    return error as UnsupportedModelError;
  }
  throw new Error("The model was accepted.");
}

describe("compiler: external data", () => {
  let folder: string;
  let path: string;
  const keep = (bytes: Uint8Array): { path: string } => {
    writeFileSync(path, bytes);
    return { path };
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "assay-graph-"));
    path = join(folder, "model.onnx");
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const writeAt = (name: string, offset: number): void => {
    const file = openSync(join(folder, name), "w");
    writeSync(file, new Uint8Array(values.buffer), 0, 4 * LENGTH, offset);
    closeSync(file);
  };

  for (const [name, offset] of [
    ["from its beginning", 0],
    ["at an offset that is no multiple of anything", 12_347],
  ] as const)
    it(`is read ${name}`, async () => {
      writeAt("weights.bin", offset);
      const source = keep(
        sumModel({ location: "weights.bin", offset: String(offset), length: String(4 * LENGTH) }),
      );
      const graph = await readGraph(source);
      const constant = graph.tensor("w").constant!;
      expect(constant).to.be.instanceOf(FileConstant);
      expect(constant.data).to.deep.equal(values);
      expect(constant.part(10, 13)).to.deep.equal(values.slice(10, 13));
      const session = await GraphSession.open(graph, ["y", "w", "x"]);
      const [y, w, x] = await session.run([Float32Array.of(0.5)]);
      await session.close();
      expect(y?.data).to.deep.equal(values.map((value) => value + 0.5));
      expect(w?.data).to.deep.equal(values);
      expect(x?.data).to.deep.equal(Float32Array.of(0.5));
    });

  it("is read from a folder inside the model's, with the bytes of the model given", async () => {
    mkdirSync(join(folder, "parts"));
    writeAt("parts/w", 0);
    const graph = await readGraph({ bytes: sumModel({ location: "parts/w" }), folder });
    expect(graph.tensor("w").constant?.data).to.deep.equal(values);
  });

  it("beyond 4 GiB is read in parts, without the rest of the file", async () => {
    const offset = 2 ** 32 + 4096;
    writeAt("weights.bin", offset);
    // 1.2 · 10^9 elements that nobody ever holds: the file is sparse
    truncateSync(join(folder, "weights.bin"), 2 ** 33);
    const huge: TensorProto = {
      name: "huge",
      dims: [1_200_000n, 1000n],
      dataType: 1,
      dataLocation: 1,
      externalData: [
        { key: "location", value: "weights.bin" },
        { key: "length", value: String(4.8e9) },
      ],
    };
    const bytes = onnxBytes({
      opset: 17,
      inputs: { x: ["f32", [1]] },
      outputs: ["y"],
      nodes: [{ op: "Add", in: ["x", "w"], out: "y" }],
      constants: {
        huge,
        w: {
          dims: [BigInt(LENGTH)],
          dataType: 1,
          dataLocation: 1,
          externalData: [
            { key: "location", value: "weights.bin" },
            { key: "offset", value: String(offset) },
            { key: "length", value: String(4 * LENGTH) },
          ],
        },
      },
    });
    const before = process.memoryUsage().rss;
    const graph = await readGraph(keep(bytes));
    expect(graph.tensor("w").constant?.part(998, 1000)).to.deep.equal(values.slice(998));
    expect(graph.tensors.has("huge"), "what no node reads").to.equal(false);
    const range = { path: join(folder, "weights.bin"), offset: 0, length: 4.8e9 };
    const constant = new FileConstant("f32", [1_200_000, 1000], range);
    const at = offset / 4;
    expect(constant.part(at - 1, at + LENGTH)).to.deep.equal(Float32Array.of(0, ...values));
    expect(process.memoryUsage().rss - before).to.be.lessThan(2 ** 29);
  });

  it("is what large constants of a large file become: nothing of them is held", async () => {
    const large = { dims: [2n ** 23n], dataType: 1, rawData: new Uint8Array(2 ** 25) };
    const small = Float32Array.of(1, 2, 3, 4);
    new Float32Array(large.rawData.buffer).forEach((_, index, data) => {
      data[index] = index % 1000;
    });
    const bytes = onnxBytes({
      opset: 17,
      inputs: { x: ["f32", [4]] },
      outputs: ["y", "z"],
      nodes: [
        { op: "Add", in: ["x", "small"], out: "y" },
        { op: "ReduceMax", in: ["large"], out: "most" },
        { op: "Mul", in: ["x", "most"], out: "z" },
        { op: "Gather", in: ["large", "place"], out: "w" },
      ],
      constants: {
        small: { dims: [4n], dataType: 1, rawData: new Uint8Array(small.buffer) },
        large,
        place: { dims: [1n], dataType: 7, int64Data: [3n] },
      },
    });
    const graph = await readGraph(keep(bytes));
    const same = await readGraph(bytes);
    expect(graph.nodes).to.deep.equal(same.nodes);
    expect(graph.tensor("small").constant?.data).to.deep.equal(small);
    expect(graph.tensor("most").constant?.data).to.deep.equal(Float32Array.of(999));
    const slim = readSlimModel(path, "model.onnx");
    expect(slim.length).to.be.lessThan(2000);
    const reread = await readGraph({ bytes: slim, folder });
    const session = await GraphSession.open(reread, ["y", "z"]);
    const [y, z] = await session.run([Float32Array.of(1, 1, 1, 2)]);
    await session.close();
    expect(y?.data).to.deep.equal(Float32Array.of(2, 3, 4, 6));
    expect(z?.data).to.deep.equal(Float32Array.of(999, 999, 999, 1998));
    // a file that ends early is refused, wherever it ends
    for (const length of [2 ** 24 + 5, bytes.length - 1, bytes.length - 40]) {
      truncateSync(path, length);
      await refused({ path });
    }
  });

  it("is not looked for where only bytes are given", async () => {
    writeAt("weights.bin", 0);
    expect((await refused(sumModel({ location: "weights.bin" }))).message).to.include(
      "outside the model file",
    );
  });

  it("that is missing is refused by its name", async () => {
    const { message } = await refused(keep(sumModel({ location: "weights.bin" })));
    expect(message).to.include("missing").and.to.include('"weights.bin"');
  });

  it("outside the folder is refused, whichever way it is named", async () => {
    mkdirSync(join(folder, "model"));
    path = join(folder, "model", "model.onnx");
    writeAt("secret", 0);
    symlinkSync(join(folder, "secret"), join(folder, "model", "link"));
    symlinkSync(folder, join(folder, "model", "up"));
    const outside = [
      "../secret",
      join(folder, "secret"),
      "link",
      "up/secret",
      "..\\secret",
      "a/../../secret",
      "C:secret",
      "",
    ];
    for (const location of outside) {
      const { message } = await refused(keep(sumModel({ location })));
      expect(message, location).to.include("outside the model's folder");
    }
  });

  it("that is too short, ends early or says its place twice is refused", async () => {
    writeAt("weights.bin", 0);
    const wrong: Record<string, string>[] = [
      { location: "weights.bin", length: "3996" },
      { location: "weights.bin", offset: "4" },
      { location: "weights.bin", offset: "4", length: "4000" },
      { location: "weights.bin", offset: "-4", length: "4000" },
      { location: "weights.bin", offset: "1e3" },
    ];
    for (const place of wrong) await refused(keep(sumModel(place)));
    await refused(keep(sumModel({ location: "weights.bin" }, { dims: [2n ** 62n] })));
    await refused(keep(sumModel({ location: "weights.bin" }, { dims: [-1000n] })));
    await refused(keep(sumModel({ location: "weights.bin" }, { dataLocation: 0 })));
    const twice = { externalData: ["a", "weights.bin"].map((value) => ({ key: "location", value })) };
    await refused(keep(sumModel({}, twice)));
    await readGraph(keep(sumModel({ location: "weights.bin" })));
  });

  it("of a model that is no file is refused with its path", async () => {
    const error = await refused({ path: join(folder, "none.onnx") });
    expect(error.message).to.include("none.onnx");
  });
});
