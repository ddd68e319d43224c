// The fast form of a program: emit and parse are inverse, and nothing but what emit writes is accepted.
import { BaseError } from "@assay/sdk";
import {
  commitProgram,
  emitOnnx,
  type ModelProto,
  NotFastFormError,
  parseOnnx,
  readFastForm,
  readOnnxModel,
  writeOnnxModel,
} from "@assay/sdk/program";
import { expect } from "chai";
import { network, perceptron } from "../../../helpers/programs.ts";

const programs = {
  "a perceptron": perceptron(1),
  "a perceptron with another seed": perceptron(2, { rows: 1, inner: 9, columns: 3 }),
  "a convolutional network": network(3),
  "a network with one channel": network(4, { channels: 1, size: 8, filters: 4, classes: 10 }),
};

describe("fast form", () => {
  for (const [name, program] of Object.entries(programs))
    it(`${name}: parse(emit(program)) is the program, emit(parse(file)) the file`, () => {
      const file = emitOnnx(program);
      const parsed = parseOnnx(file);
      expect(parsed).to.deep.equal(program);
      expect(emitOnnx(parsed)).to.deep.equal(file);
      expect(readFastForm(file)).to.deep.equal(program);
      expect(commitProgram(parsed).programRoot).to.equal(commitProgram(program).programRoot);
    });

  it("names tensors canonically and says what ONNX cannot", () => {
    const { graph, metadataProps, irVersion, opsetImport } = readOnnxModel(emitOnnx(network(3)));
    expect(graph?.input?.map(({ name }) => name)).to.deep.equal(["x0"]);
    expect(graph?.output?.map(({ name }) => name)).to.deep.equal(["t8", "t9"]);
    expect(graph?.node?.[0]).to.deep.include({
      input: ["x0", "c0", "a0.0", "a0.1"],
      output: ["t0"],
      name: "t0",
    });
    expect([irVersion, opsetImport]).to.deep.equal([10n, [{ domain: "", version: 21n }]]);
    expect(metadataProps).to.deep.equal([
      { key: "assay.form", value: "fast" },
      {
        key: "assay.layouts",
        value: "t0:0.2.3.1 t1:0.2.3.1 t2:0.2.3.1 t3:0.2.3.1 t4:0.2.3.1 c0:0.2.3.1 c3:1.0",
      },
      { key: "assay.operator_set", value: "1" },
    ]);
  });

  it("gives every slot as an output in the trace form, which is no program file", () => {
    const program = perceptron(1);
    const file = emitOnnx(program, { form: "trace" });
    expect(readOnnxModel(file).graph?.output?.map(({ name }) => name)).to.deep.equal([
      "t0",
      "t1",
      "t2",
      "t3",
    ]);
    expect(() => readFastForm(file)).to.throw(BaseError);
  });

  it("refuses to write what has no ONNX form", () => {
    const program = perceptron(1);
    const outputs = [3, 3];
    expect(() => emitOnnx({ ...program, outputs })).to.throw(NotFastFormError, "twice");
    const [first, ...rest] = program.steps;
    const steps = [{ ...first!, attributes: [300n, 0n] }, ...rest];
    expect(() => emitOnnx({ ...program, steps })).to.throw(NotFastFormError, "does not fit");
    const fewer = [{ ...first!, attributes: [1n] }, ...rest];
    expect(() => emitOnnx({ ...program, steps: fewer })).to.throw(NotFastFormError, "too few attributes");
  });
});

describe("S-02: a file means what its program means, or is refused", () => {
  const program = network(3);
  const file = emitOnnx(program);

  type Change = (model: ModelProto) => ModelProto;
  const inGraph =
    (change: (graph: NonNullable<ModelProto["graph"]>) => ModelProto["graph"]): Change =>
    (model) => ({ ...model, graph: change(model.graph!)! });
  const attacks: Record<string, Change> = {
    "a second initializer with the same name, of which runtimes take the last": inGraph((graph) => {
      const weights = graph.initializer!.find(({ name }) => name === "c3")!;
      const other = { ...weights, rawData: weights.rawData!.map((value) => value ^ 1) };
      return { ...graph, initializer: [...graph.initializer!, other] };
    }),
    "a function that replaces an operator": (model) => ({
      ...model,
      functions: [
        {
          name: "Add",
          domain: "",
          input: ["a", "b"],
          output: ["c"],
          node: [{ input: ["a", "b"], output: ["c"], opType: "Sub" }],
        },
      ],
    }),
    "an unknown attribute": inGraph((graph) => {
      const [first, ...rest] = graph.node!;
      const attribute = [
        ...first!.attribute!,
        { name: "auto_pad", s: new TextEncoder().encode("VALID"), type: 3 },
      ];
      return { ...graph, node: [{ ...first, attribute }, ...rest] };
    }),
    "an attribute twice": inGraph((graph) => {
      const [first, ...rest] = graph.node!;
      return {
        ...graph,
        node: [{ ...first, attribute: [...first!.attribute!, first!.attribute![0]!] }, ...rest],
      };
    }),
    "a node of another operator domain": inGraph((graph) => {
      const [first, ...rest] = graph.node!;
      return { ...graph, node: [{ ...first, domain: "com.microsoft" }, ...rest] };
    }),
    "a node that nothing reads": inGraph((graph) => ({
      ...graph,
      node: [...graph.node!, { input: ["t8"], output: ["spare"], opType: "Identity" }],
    })),
    "two nodes in another order": inGraph((graph) => {
      const [a, b, ...rest] = graph.node!;
      return { ...graph, node: [b!, a!, ...rest] };
    }),
    "a newer opset": (model) => ({ ...model, opsetImport: [{ domain: "", version: 22n }] }),
    "a second operator set": (model) => ({
      ...model,
      opsetImport: [...model.opsetImport!, { domain: "com.microsoft", version: 1n }],
    }),
    "another producer": (model) => ({ ...model, producerName: "someone" }),
    "a comment": (model) => ({ ...model, docString: "hello" }),
    "more metadata": (model) => ({
      ...model,
      metadataProps: [...model.metadataProps!, { key: "ep.context", value: "1" }],
    }),
    "another operator set number": (model) => ({
      ...model,
      metadataProps: model.metadataProps!.map((entry) =>
        entry.key === "assay.operator_set" ? { ...entry, value: "2" } : entry,
      ),
    }),
    "a type for a tensor that does not exist": inGraph((graph) => ({
      ...graph,
      valueInfo: [...graph.valueInfo!, { ...graph.valueInfo![0], name: "t99" }],
    })),
    "a wrong type for a slot": inGraph((graph) => {
      const [first, ...rest] = graph.valueInfo!;
      const type = { tensorType: { ...first!.type!.tensorType!, elemType: 7 } };
      return { ...graph, valueInfo: [{ ...first, type }, ...rest] };
    }),
    "an open dimension": inGraph((graph) => {
      const [first] = graph.input!;
      const { tensorType } = first!.type!;
      const dim = [{ dimParam: "N" }, ...tensorType!.shape!.dim!.slice(1)];
      return { ...graph, input: [{ ...first, type: { tensorType: { ...tensorType, shape: { dim } } } }] };
    }),
    "an input that has a default": inGraph((graph) => ({
      ...graph,
      initializer: [
        ...graph.initializer!,
        { name: "x0", dataType: 2, dims: [1n], rawData: new Uint8Array(1) },
      ],
    })),
    "weights outside the file": inGraph((graph) => {
      const [first, ...rest] = graph.initializer!;
      const externalData = [{ key: "location", value: "weights.bin" }];
      return { ...graph, initializer: [{ ...first, externalData, dataLocation: 1 }, ...rest] };
    }),
    "an input as an output": inGraph((graph) => ({ ...graph, output: [...graph.output!, graph.input![0]!] })),
    "a constant as an output": inGraph((graph) => ({
      ...graph,
      output: [...graph.output!, { ...graph.output![0], name: "c1" }],
    })),
    "a sparse initializer": inGraph((graph) => ({ ...graph, sparseInitializer: [new Uint8Array(0)] })),
  };
  for (const [name, change] of Object.entries(attacks))
    it(`refuses ${name}`, () => {
      const changed = writeOnnxModel(change(readOnnxModel(file)));
      expect(changed).to.not.deep.equal(file);
      expect(() => readFastForm(changed)).to.throw(BaseError);
    });

  it("reads outputs in another order as another program", () => {
    const swap = inGraph((graph) => ({ ...graph, output: [...graph.output!].reverse() }));
    const changed = readFastForm(writeOnnxModel(swap(readOnnxModel(file))));
    expect(changed.outputs).to.deep.equal([9, 8]);
    expect(commitProgram(changed).programRoot).to.not.equal(commitProgram(program).programRoot);
  });

  it("refuses bytes before, behind and between", () => {
    const spare = new Uint8Array([0x32, 0]);
    for (const changed of [Uint8Array.of(...spare, ...file), Uint8Array.of(...file, ...spare)])
      expect(() => readFastForm(changed)).to.throw(BaseError);
    expect(() => readFastForm(new Uint8Array())).to.throw(BaseError, "no graph");
  });

  it("refuses the same message in another encoding", () => {
    // irVersion = 10 as a varint of two bytes
    expect([...file.subarray(0, 2)]).to.deep.equal([0x08, 10]);
    const longer = Uint8Array.of(0x08, 0x8a, 0x00, ...file.subarray(2));
    expect(() => readFastForm(longer)).to.throw(NotFastFormError, "not what its program emits");
  });
});
