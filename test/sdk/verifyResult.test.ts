// A result is verified offline, and every lie about it is caught by the check that names it.
import { type ResultFacts, type VerifyResultParameters, verifyResult } from "@assay/sdk";
import { commitProgram, encodeManifest, runProgram } from "@assay/sdk/program";
import {
  batchRootOf,
  byteRoot,
  bytesToHex,
  commitId,
  type Hex,
  manifestHash,
  programId,
  type Request,
  requestId as requestIdOf,
} from "@assay/sdk/protocol";
import { expect } from "chai";
import { zeroAddress } from "viem";
import { generator, promptOf } from "../helpers/iterated.ts";
import {
  sample,
  scorer,
  scorerId,
  scorerManifest,
  scorerManifestHash,
  scorerTrees,
} from "../helpers/scorer.ts";

const market = "0x5FC8d32690cc91D4c39d9d3abcBD16989F875707";
const worker: Hex = "0x90F79bf6EB2c4f870365E785982E1f101E93b906";
const other = `0x${"5e".repeat(32)}` as const;
const sibling = `0x${"77".repeat(32)}` as const;
const roots = { inputRoot: byteRoot(sample.input), outputRoot: byteRoot(sample.output) };
const request: Request = {
  requester: "0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC",
  salt: 3n,
  programId: scorerId,
  inputRoot: roots.inputRoot,
  inputPosted: true,
  fee: 5n,
  version: 1,
  method: "optimistic",
  level: "final",
  worker: zeroAddress,
  consumer: zeroAddress,
  callbackGas: 0,
};

/** What an honest chain would say about an answer to `asked`. */
function factsAbout(asked: Request, outputRoot: Hex, passes: number): ResultFacts {
  const chainId = 31337n;
  const requestId = requestIdOf({ chainId, market, request: asked });
  const { programId, inputRoot, version } = asked;
  const terms = { subject: requestId, programId, inputRoot, outputRoot, passes, worker, version };
  const liable = commitId({ chainId, source: market, terms });
  return {
    chainId: 31337,
    market,
    requestId,
    request: asked,
    status: "finalized",
    commitment: { commitId: liable, worker, passes, outputRoot, proof: [sibling] },
    batchRoot: batchRootOf(liable, [sibling]),
    registration: {
      header: scorerTrees.header,
      descriptorsRoot: scorerTrees.descriptorsRoot,
      constantsRoot: scorerTrees.constantsRoot,
      manifestHash: scorerManifestHash,
      status: "active",
    },
  };
}

const facts = factsAbout(request, roots.outputRoot, 1);
const right: VerifyResultParameters = {
  program: scorer,
  manifest: scorerManifest,
  programId: scorerId,
  input: sample.input,
  output: sample.output,
  facts,
};
const failed = (parameters: VerifyResultParameters) =>
  verifyResult(parameters)
    .checks.filter(({ passed }) => !passed)
    .map(({ name }) => name);
const flipped = (bytes: Uint8Array, index: number) =>
  bytes.map((byte, at) => (at === index ? byte ^ 1 : byte));

describe("verifyResult", () => {
  it("accepts the truth and lists what it checked", () => {
    const { valid, checks, unchecked, ...computed } = verifyResult(right);
    expect(checks.filter(({ passed }) => !passed)).to.deep.equal([]);
    expect(valid).to.equal(true);
    expect(checks.map(({ name }) => name).join(" ")).to.equal(
      "program rules execution registration requestId request inputRoot outputRoot passes commitment batch status",
    );
    expect(unchecked).to.have.length(2);
    expect(computed).to.deep.equal({ programId: scorerId, ...roots });
  });

  it("says that nobody's liability was checked when it gets no facts", () => {
    const { valid, checks, unchecked } = verifyResult({ ...right, facts: undefined });
    expect(valid).to.equal(true);
    expect(checks.map(({ name }) => name)).to.deep.equal(["program", "rules", "execution"]);
    expect(unchecked[0]).to.match(/liable/);
  });

  it("says that an open window may still overturn a provisional result", () => {
    const provisional = { ...facts, status: "committed" as const };
    const { valid, unchecked } = verifyResult({ ...right, facts: provisional });
    expect(valid).to.equal(true);
    expect(unchecked.join(" ")).to.match(/window/);
  });

  it("takes the manifest's published bytes, and hex for bytes", () => {
    const { valid } = verifyResult({
      ...right,
      manifest: encodeManifest(scorerManifest),
      input: bytesToHex(sample.input),
      output: bytesToHex(sample.output),
    });
    expect(valid).to.equal(true);
  });

  it("catches every changed byte of input and output", () => {
    for (const index of sample.output.keys()) {
      const output = flipped(sample.output, index);
      expect(failed({ ...right, output })).to.deep.equal(["execution", "outputRoot", "commitment"]);
    }
    for (const index of sample.input.keys()) {
      const input = flipped(sample.input, index);
      expect(failed({ ...right, input })).to.deep.equal(["execution", "inputRoot", "commitment"]);
    }
  });

  it("catches a wrong answer that the worker did commit to", () => {
    const output = flipped(sample.output, 0);
    const outputRoot = byteRoot(output);
    const cheated = factsAbout(request, outputRoot, 1);
    const { valid, checks } = verifyResult({ ...right, output, facts: cheated });
    expect(valid).to.equal(false);
    expect(checks.filter(({ passed }) => !passed).map(({ found }) => found)).to.deep.equal([
      "byte 0 is 81, computed 80",
    ]);
  });

  it("catches bytes of another length", () => {
    expect(failed({ ...right, output: sample.output.slice(1) })).to.include("execution");
    expect(failed({ ...right, input: sample.input.slice(1) })).to.include("execution");
  });

  it("catches another program, manifest or id", () => {
    const [weights, bias] = scorer.constants;
    const program = {
      ...scorer,
      constants: [{ ...weights!, data: Int8Array.of(1, 0, 2, -1, 3, 0, 0, 5, -2, 2, 0, 2) }, bias!],
    };
    expect(failed({ ...right, program })).to.include.members([
      "program",
      "execution",
      "registration",
      "request",
    ]);
    const manifest = { ...scorerManifest, labels: ["a"] };
    expect(failed({ ...right, manifest })).to.include.members(["program", "registration", "request"]);
    expect(failed({ ...right, programId: other })).to.deep.equal(["program"]);
  });

  it("does not run a program that breaks the rules", () => {
    const [weights, bias] = scorer.constants;
    const data = Int8Array.from(weights!.data as Int8Array, (value, index) => (index === 0 ? 127 : value));
    const program = { ...scorer, constants: [{ ...weights!, data }, bias!] };
    const { checks } = verifyResult({ ...right, program });
    expect(checks.find(({ name }) => name === "rules")?.passed).to.equal(false);
    expect(checks.find(({ name }) => name === "execution")?.found).to.match(/not run/);
  });

  it("catches every changed fact", () => {
    const { commitment, registration } = facts;
    const { header } = registration;
    const lies: [string, ResultFacts][] = [
      ["commitment", { ...facts, chainId: 1 }],
      ["commitment", { ...facts, market: worker }],
      ["requestId", { ...facts, requestId: other }],
      ["request", { ...facts, request: { ...request, programId: other } }],
      ["inputRoot", { ...facts, request: { ...request, inputRoot: other } }],
      ["requestId", { ...facts, request: { ...request, fee: 6n } }],
      ["commitment", { ...facts, request: { ...request, version: 2 } }],
      ["status", { ...facts, status: "slashed" }],
      ["commitment", { ...facts, commitment: { ...commitment, commitId: other } }],
      ["outputRoot", { ...facts, commitment: { ...commitment, outputRoot: other } }],
      ["passes", { ...facts, commitment: { ...commitment, passes: 2 } }],
      ["commitment", { ...facts, commitment: { ...commitment, worker: market } }],
      ["batch", { ...facts, commitment: { ...commitment, proof: [] } }],
      ["batch", { ...facts, batchRoot: other }],
      ["registration", { ...facts, registration: { ...registration, descriptorsRoot: other } }],
      ["registration", { ...facts, registration: { ...registration, constantsRoot: other } }],
      ["registration", { ...facts, registration: { ...registration, manifestHash: other } }],
      ["registration", { ...facts, registration: { ...registration, status: "retired" } }],
      ...Object.entries(header).map(([field, value]): [string, ResultFacts] => [
        "registration",
        { ...facts, registration: { ...registration, header: { ...header, [field]: value + 1 } } },
      ]),
    ];
    for (const [name, lie] of lies) expect(failed({ ...right, facts: lie })).to.include(name);
  });

  it("S-04: counts the passes of a generation, and catches a claim of another number", () => {
    const program = generator(6);
    const committed = commitProgram(program);
    const input = promptOf(program, [3, 7, 2]);
    const { output, passes } = runProgram(program, input);
    const manifestRoot = manifestHash(encodeManifest(scorerManifest));
    const id = programId(program.operatorSet, committed.programRoot, manifestRoot);
    const factsOf = (claimed: number): ResultFacts => {
      const asked = { ...request, programId: id, inputRoot: byteRoot(input) };
      const said = factsAbout(asked, byteRoot(output), claimed);
      return { ...said, registration: { ...said.registration, ...committed, manifestHash: manifestRoot } };
    };
    const result = { ...right, program, programId: id, input, output };
    expect(failed({ ...result, facts: factsOf(passes) })).to.deep.equal([]);
    for (const claimed of [1, passes - 1, passes + 1])
      expect(failed({ ...result, facts: factsOf(claimed) })).to.deep.equal(["passes"]);
  });
});
