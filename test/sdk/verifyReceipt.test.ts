// A receipt is verified offline, and every lie about it is caught by the check that names it.
import { type ReceiptFacts, type VerifyReceiptParameters, verifyReceipt } from "@assay/sdk";
import {
  byteRoot,
  generateSessionKey,
  type Receipt,
  receiptId as receiptIdOf,
  sessionSigner,
} from "@assay/sdk/protocol";
import { expect } from "chai";
import { zeroHash } from "viem";
import {
  sample,
  scorer,
  scorerId,
  scorerManifest,
  scorerManifestHash,
  scorerTrees,
} from "../helpers/scorer.ts";

const deployment = { chainId: 31337, channels: "0x5FC8d32690cc91D4c39d9d3abcBD16989F875707" } as const;
const worker = "0x90F79bf6EB2c4f870365E785982E1f101E93b906";
const other = `0x${"5e".repeat(32)}` as const;
const receipt: Receipt = {
  channelId: `0x${"c1".repeat(32)}`,
  session: 4n,
  sequence: 9n,
  programId: scorerId,
  inputRoot: byteRoot(sample.input),
  outputRoot: byteRoot(sample.output),
  passes: 1,
  version: 1,
  isPrivate: false,
  fee: 5n,
  liability: 100n,
  issuedAt: 1000n,
  challengeUntil: 1120n,
  previous: zeroHash,
};
const facts: ReceiptFacts = {
  worker,
  payer: "0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC",
  backing: 100n,
  sessionKey: { authorised: true, until: undefined },
  receiptSeconds: 120,
  status: "none",
  now: 1060n,
  registration: {
    header: scorerTrees.header,
    descriptorsRoot: scorerTrees.descriptorsRoot,
    constantsRoot: scorerTrees.constantsRoot,
    manifestHash: scorerManifestHash,
    status: "active",
  },
};

describe("verifyReceipt", () => {
  let right: VerifyReceiptParameters;
  let sign: (signed: Receipt) => Promise<VerifyReceiptParameters["signature"]>;
  before(async () => {
    const signer = await sessionSigner(await generateSessionKey());
    sign = (signed) => {
      const { chainId, channels } = deployment;
      return signer.sign(receiptIdOf({ chainId: BigInt(chainId), channels, receipt: signed }));
    };
    right = {
      ...{ deployment, receipt, signature: await sign(receipt), facts },
      ...{ program: scorer, manifest: scorerManifest, input: sample.input, output: sample.output },
    };
  });

  const failed = async (changes: Partial<VerifyReceiptParameters>) =>
    (await verifyReceipt({ ...right, ...changes })).checks
      .filter(({ passed }) => !passed)
      .map(({ name }) => name);

  it("S-12: accepts the truth and lists what it checked", async () => {
    const { valid, checks, unchecked } = await verifyReceipt(right);
    expect(checks.filter(({ passed }) => !passed)).to.deep.equal([]);
    expect(valid).to.equal(true);
    expect(checks.map(({ name }) => name).join(" ")).to.equal(
      "program rules execution signature inputRoot outputRoot passes registration sessionKey liability time status",
    );
    expect(unchecked.join(" "))
      .to.match(/epochs/)
      .and.not.match(/private/);
  });

  it("says that nobody's liability was checked when it gets no facts", async () => {
    const { valid, checks, unchecked } = await verifyReceipt({ ...right, facts: undefined });
    expect(valid).to.equal(true);
    expect(checks).to.have.length(7);
    expect(unchecked[0]).to.match(/liable/);
  });

  it("S-12: catches a signature over anything else", async () => {
    const changes: Partial<Receipt>[] = [
      { channelId: other },
      { session: 5n },
      { sequence: 10n },
      { version: 2 },
      { isPrivate: true },
      { fee: 6n },
      { liability: 99n },
      { issuedAt: 1001n },
      { challengeUntil: 1119n },
      { previous: other },
    ];
    for (const change of changes) {
      expect(await failed({ receipt: { ...receipt, ...change } })).to.deep.equal(["signature"]);
    }
    expect(await failed({ deployment: { ...deployment, chainId: 1 } })).to.deep.equal(["signature"]);
    expect(await failed({ deployment: { ...deployment, channels: worker } })).to.deep.equal(["signature"]);
    const { signature } = right;
    for (const part of ["r", "s", "x", "y"] as const) {
      expect(await failed({ signature: { ...signature, [part]: other } })).to.deep.equal(["signature"]);
    }
  });

  it("catches another input or output, and a wrong answer that was signed", async () => {
    const output = sample.output.map((byte, at) => (at === 0 ? byte ^ 1 : byte));
    const input = sample.input.map((byte, at) => (at === 0 ? byte ^ 1 : byte));
    expect(await failed({ output })).to.deep.equal(["execution", "outputRoot"]);
    expect(await failed({ input })).to.deep.equal(["execution", "inputRoot"]);
    const lie = { ...receipt, outputRoot: byteRoot(output) };
    expect(await failed({ receipt: lie, signature: await sign(lie), output })).to.deep.equal(["execution"]);
    const long = { ...receipt, passes: 2 };
    expect(await failed({ receipt: long, signature: await sign(long) })).to.deep.equal(["passes"]);
    const foreign = { ...receipt, programId: other };
    expect(await failed({ receipt: foreign, signature: await sign(foreign) })).to.deep.equal(["program"]);
  });

  it("S-12: catches a receipt that nobody can be held to", async () => {
    const lies: [string, Partial<ReceiptFacts>][] = [
      ["sessionKey", { sessionKey: { authorised: false, until: undefined } }],
      ["sessionKey", { sessionKey: { authorised: true, until: 1059n } }],
      ["liability", { backing: 99n }],
      ["time", { now: 999n }],
      ["time", { now: 1121n }],
      ["time", { receiptSeconds: 119 }],
      ["status", { status: "slashed" }],
      ["registration", { registration: { ...facts.registration, status: "retired" } }],
    ];
    for (const [name, change] of lies) {
      expect(await failed({ facts: { ...facts, ...change } })).to.deep.equal([name]);
    }
    const revoking = { ...facts, sessionKey: { authorised: true, until: 1060n } };
    expect(await failed({ facts: revoking })).to.deep.equal([]);
  });

  it("says that a private receipt is its payer's business", async () => {
    const hidden = { ...receipt, isPrivate: true };
    const { unchecked } = await verifyReceipt({ ...right, receipt: hidden, signature: await sign(hidden) });
    expect(unchecked.join(" ")).to.match(/private/);
  });
});
