// The rarer ends of a request: delivered to a contract, or refunded because its program was malformed.
import {
  AlreadyDeliveredError,
  DescriptorWellFormedError,
  InvalidCallbackError,
  NothingToDeliverError,
  ProgramNotActiveError,
  ProgramNotRetiredError,
  ResultNotAvailableError,
} from "@assay/sdk";
import { encodeDescriptors, programHeader } from "@assay/sdk/program";
import { bytesToHex, descriptorHash, type Hex, MerkleTree, requestFlags } from "@assay/sdk/protocol";
import { expect } from "chai";
import { getAddress } from "viem";
import { sample, scorer, scorerId, scorerManifestHash, scorerTrees } from "../../helpers/scorer.ts";
import { createScorerMarket, failure, isolated, type ScorerMarket } from "../../helpers/scorerMarket.ts";

describe("delivery actions", () => {
  let market: ScorerMarket;
  before(async () => {
    market = await createScorerMarket();
  });
  isolated(() => market);

  /** A contract that consists of the given code. */
  async function consumerOf(code: Hex) {
    const consumer = getAddress(`0x${"c0".repeat(20)}`);
    await market.connection.networkHelpers.setCode(consumer, code);
    return consumer;
  }

  async function finalFor(code: Hex): Promise<Hex> {
    const wanted = { programId: scorerId, input: sample.input, consumer: await consumerOf(code) };
    const { requestId } = await market.clients.requester.requestInference({ ...wanted, callbackGas: 50_000 });
    await market.claim(requestId);
    await market.commit(requestId);
    await market.advance(61);
    await market.clients.stranger.finalizeRequest({ requestId });
    return requestId;
  }

  it("calls a consumer once", async () => {
    const requestId = await finalFor("0x00"); // stops at once
    const { stranger } = market.clients;
    expect((await stranger.deliverResult({ requestId })).success).to.equal(true);
    expect((await stranger.getRequestState({ requestId })).flags & requestFlags.delivered).to.equal(1);
    expect(await failure(stranger.deliverResult({ requestId }))).to.be.instanceOf(AlreadyDeliveredError);
  });

  it("says that the consumer refused", async () => {
    const requestId = await finalFor("0x60006000fd"); // reverts
    const { stranger } = market.clients;
    expect((await stranger.deliverResult({ requestId })).success).to.equal(false);
    expect((await stranger.deliverResult({ requestId })).success, "anyone may try again").to.equal(false);
    expect((await market.clients.stranger.getResult({ requestId })).level).to.equal("final");
  });

  it("tells a consumer that its request failed", async () => {
    const { requester, stranger } = market.clients;
    const wanted = { programId: scorerId, input: sample.input, consumer: await consumerOf("0x00") };
    const { requestId } = await requester.requestInference({ ...wanted, callbackGas: 50_000 });
    expect(await failure(stranger.deliverFailure({ requestId }))).to.be.instanceOf(NothingToDeliverError);
    expect(await failure(stranger.deliverResult({ requestId }))).to.be.instanceOf(ResultNotAvailableError);
    await requester.cancelRequest({ requestId });
    expect((await stranger.deliverFailure({ requestId })).success).to.equal(true);
    const { flags } = await stranger.getRequestState({ requestId });
    expect(flags & requestFlags.failureDelivered).to.equal(requestFlags.failureDelivered);
  });

  it("delivers a provisional result where the request asks for one", async () => {
    const { requester, stranger } = market.clients;
    const consumer = await consumerOf("0x00");
    const wanted = { programId: scorerId, input: sample.input, consumer, callbackGas: 50_000 };
    const { requestId } = await requester.requestInference({ ...wanted, level: "provisional" });
    await market.claim(requestId);
    await market.commit(requestId);
    expect((await stranger.deliverResult({ requestId })).success).to.equal(true);
  });

  it("refuses a callback without gas", async () => {
    const wanted = { programId: scorerId, input: sample.input, consumer: await consumerOf("0x00") };
    expect(await failure(market.clients.requester.requestInference(wanted))).to.be.instanceOf(
      InvalidCallbackError,
    );
  });
});

describe("actions on malformed programs", () => {
  let market: ScorerMarket;
  let descriptors: Uint8Array[];
  let tree: MerkleTree;
  let programId: Hex;

  before(async () => {
    market = await createScorerMarket();
    descriptors = encodeDescriptors(scorer);
    descriptors[1] = descriptors[1]!.with(0, 200); // no such operator
    tree = MerkleTree.fromHashes(descriptors.map(descriptorHash));
    const registration = {
      header: programHeader(scorer),
      descriptorsRoot: tree.root,
      constantsRoot: scorerTrees.constantsRoot,
      manifestHash: scorerManifestHash,
    };
    programId = (await market.clients.publisher.registerProgram(registration)).programId;
  });
  isolated(() => market);

  const proofOf = (index: number) => {
    const opened = { index, descriptor: bytesToHex(descriptors[index]!), path: tree.path(index) };
    return { ...opened, operand: 0, producer: "0x", producerPath: [] } as const;
  };

  it("retires the program, pays the prover and refunds who waits for an answer", async () => {
    const { requester, stranger, worker } = market.clients;
    const { requestId, fee } = await requester.requestInference({ programId, input: sample.input });
    await worker.claimRequest({ requestId, worker: market.addresses.worker });
    expect(await failure(stranger.refundRetired({ requestId }))).to.be.instanceOf(ProgramNotRetiredError);

    const { bond } = await stranger.getProgram({ programId });
    const { reward, burned } = await stranger.proveMalformed({ programId, proof: proofOf(1) });
    expect(reward + burned).to.equal(bond);
    expect(reward).to.equal(bond / 2n);
    expect((await stranger.getProgram({ programId })).status).to.equal("retired");
    expect((await stranger.listPrograms()).programs.map(({ status }) => status)).to.include("retired");

    expect((await stranger.refundRetired({ requestId })).refunded).to.equal(fee);
    expect((await worker.getAccount({ owner: market.addresses.worker })).locked).to.equal(0n);
    const again = requester.requestInference({ programId, input: sample.input });
    expect(await failure(again)).to.be.instanceOf(ProgramNotActiveError);
  });

  it("keeps a program whose descriptor is sound", async () => {
    const { stranger } = market.clients;
    const error = await failure(stranger.proveMalformed({ programId, proof: proofOf(0) }));
    expect(error).to.be.instanceOf(DescriptorWellFormedError);
    expect((await stranger.getProgram({ programId })).status).to.equal("active");
  });
});
