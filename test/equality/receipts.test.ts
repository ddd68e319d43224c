// Receipts, vouchers, session keys and the trees of epochs: TypeScript and Solidity say the same, on random ones.
import { assayTokenAbi, channelsAbi } from "@assay/sdk/abi";
import { bytesToHex, commitId, EMPTY, type Hex, TreeError } from "@assay/sdk/protocol";
import { expect } from "chai";
import { type Address, hashTypedData, recoverAddress, zeroAddress } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { channelId, channelsDomain } from "../../sdk/protocol/channelIds.ts";
import {
  encodeReceiptOpening,
  type Receipt,
  receiptId,
  receiptTerms,
  receiptTypes,
  type SessionSignature,
} from "../../sdk/protocol/receipts.ts";
import { generateSessionKey, sessionSigner, verifySessionSignature } from "../../sdk/protocol/sessionKeys.ts";
import {
  demandId,
  type EntryProof,
  type EpochReceipt,
  EpochTree,
  entryRootOf,
  receiptRootOf,
} from "../../sdk/protocol/sumTree.ts";
import { voucherHash, voucherTypedData } from "../../sdk/protocol/vouchers.ts";
import { type AnvilNetwork, createAnvilNetwork } from "../helpers/anvilNetwork.ts";
import { Random } from "../helpers/random.ts";
import { artifact } from "../helpers/verifier.ts";

const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const random = new Random(4096);
const word = (): Hex => bytesToHex(Uint8Array.from({ length: 32 }, () => random.integer(0, 255)));
const account = (): Address => `0x${word().slice(26)}`;
const most = (bits: bigint) => 2n ** bits - 1n;
const amount = () => random.bigint(0n, most(random.pick([8n, 60n]))) << random.pick([0n, 32n]);

const randomReceipt = (channel: Hex = word()): Receipt => ({
  channelId: channel,
  session: random.bigint(0n, most(63n)),
  sequence: random.bigint(0n, most(20n)),
  programId: word(),
  inputRoot: word(),
  outputRoot: word(),
  passes: random.integer(0, 2 ** 32 - 1),
  version: random.integer(0, 2 ** 16 - 1),
  isPrivate: random.pick([true, false]),
  fee: amount(),
  liability: amount(),
  issuedAt: random.bigint(0n, most(63n)),
  challengeUntil: random.bigint(0n, most(63n)),
  previous: random.pick([word(), EMPTY]),
});

describe("equality: receipts, vouchers, session keys and epochs", function () {
  this.timeout(120_000);
  const chainId = 31_337n;
  const { abi: harnessAbi, bytecode } = artifact("mocks/SumTreeHarness");
  let network: AnvilNetwork;
  let channels: Address;
  let harness: Address;

  const ask = (functionName: string, args: readonly unknown[]) =>
    network.anvil.client.readContract({ address: channels, abi: channelsAbi, functionName, args } as never);
  const harnessed = (functionName: string, args: readonly unknown[]) =>
    network.anvil.client.readContract({ address: harness, abi: harnessAbi, functionName, args });
  const refusedBy = async (promise: Promise<unknown>): Promise<boolean> =>
    promise.then(
      () => false,
      () => true,
    );

  before(async () => {
    network = await createAnvilNetwork("devnet");
    channels = network.deployment.channels;
    const { client } = network.anvil;
    const [sender] = await client.getAddresses();
    const hash = await client.deployContract({
      abi: harnessAbi,
      bytecode,
      account: sender!,
      chain: null,
    });
    harness = (await client.waitForTransactionReceipt({ hash })).contractAddress!;
  });
  after(async () => {
    await network?.close();
  });

  it("I-54: hashes 300 receipts as the contract does, under its chain and address", async () => {
    for (let round = 0; round < 300; round++) {
      const receipt = randomReceipt();
      const id = receiptId({ chainId, channels, receipt });
      expect(id).to.equal(await ask("receiptIdOf", [receipt]));
      const terms = receiptTerms(id, receipt, zeroAddress); // of a channel that does not exist
      expect(commitId({ chainId, source: channels, terms })).to.equal(await ask("commitIdOf", [receipt]));
      const domain = channelsDomain({ chainId, channels });
      const typed = { domain, types: receiptTypes, primaryType: "Receipt" as const, message: receipt };
      expect(hashTypedData(typed)).to.equal(id);
      expect(receiptId({ chainId: 1n, channels, receipt })).not.to.equal(id);
      expect(receiptId({ chainId, channels: account(), receipt })).not.to.equal(id);
    }
  });

  it("I-54: hashes 300 vouchers as the contract does, and wallets sign them", async () => {
    const payer = privateKeyToAccount(word());
    for (let round = 0; round < 300; round++) {
      const voucher = { channelId: word(), total: amount() };
      const hash = voucherHash({ chainId, channels, voucher });
      expect(hash).to.equal(await ask("voucherHash", [voucher]));
      if (round % 30 > 0) continue;
      const signature = await payer.signTypedData(voucherTypedData({ chainId, channels, voucher }));
      expect(await recoverAddress({ hash, signature })).to.equal(payer.address);
    }
  });

  it("names 100 channels and demands as the contracts do", async () => {
    const { epochs } = network.deployment;
    const { abi } = artifact("Epochs");
    for (let round = 0; round < 100; round++) {
      const [payer, worker] = [account(), account()];
      expect(channelId({ chainId, channels, payer, worker })).to.equal(
        await ask("channelIdOf", [payer, worker]),
      );
      const asked = {
        version: random.integer(0, 2 ** 16 - 1),
        epoch: random.bigint(0n, most(63n)),
        channelId: word(),
        index: random.integer(0, 2 ** 32 - 1),
      };
      const args = [asked.version, asked.epoch, asked.channelId, asked.index];
      expect(demandId({ chainId, epochs, ...asked })).to.equal(
        await network.anvil.client.readContract({ address: epochs, abi, functionName: "demandIdOf", args }),
      );
    }
  });

  it("I-54: the contract accepts 100 signatures of session keys and refuses what is not one", async () => {
    const { client } = network.anvil;
    const [payer, worker] = (await client.getAddresses()) as [Address, Address];
    const { token, stakeVault } = network.deployment;
    const send = async (parameters: object) => {
      const hash = await client.writeContract({ chain: null, account: payer, ...parameters } as never);
      expect((await client.waitForTransactionReceipt({ hash })).status).to.equal("success");
    };
    const money = { address: token, abi: assayTokenAbi };
    await send({ ...money, functionName: "approve", args: [stakeVault, 1n] });
    const contract = { address: channels, abi: channelsAbi };
    await send({ ...contract, functionName: "deposit", args: [worker, 1n] });
    const id = channelId({ chainId, channels, payer, worker });

    for (let round = 0; round < 100; round++) {
      const key = await generateSessionKey();
      const signer = await sessionSigner(key);
      await send({
        ...contract,
        account: worker,
        functionName: "setSessionKey",
        args: [worker, key.x, key.y],
      });
      const receipt = randomReceipt(id);
      const subject = receiptId({ chainId, channels, receipt });
      const signature = await signer.sign(subject);
      const proves = async (made: SessionSignature): Promise<boolean> =>
        !(await refusedBy(ask("proven", [encodeReceiptOpening(receipt, made, "0x")])));

      expect(await proves(signature)).to.equal(true);
      expect(await verifySessionSignature(subject, signature)).to.equal(true);
      const [proven, terms] = (await ask("proven", [encodeReceiptOpening(receipt, signature, "0x")])) as [
        Hex,
        object,
      ];
      expect(terms).to.deep.equal(receiptTerms(subject, receipt, worker));
      expect(proven).to.equal(
        commitId({ chainId, source: channels, terms: receiptTerms(subject, receipt, worker) }),
      );
      const high: Hex = `0x${(ORDER - BigInt(signature.s)).toString(16).padStart(64, "0")}`;
      for (const wrong of [
        { ...signature, s: high },
        { ...signature, r: word() },
        { ...signature, s: EMPTY },
        { ...signature, y: signature.x },
      ]) {
        expect(await proves(wrong)).to.equal(false);
        expect(await verifySessionSignature(subject, wrong)).to.equal(false);
      }
      expect(await verifySessionSignature(word(), signature)).to.equal(false);
    }
  });

  it("S-12: places every receipt of 60 epochs as the contract does, and shows what is not there", async () => {
    let places = 0;
    for (let round = 0; round < 60; round++) {
      const ids = Array.from({ length: random.integer(1, 12) }, word);
      const receipts = Array.from(
        { length: random.integer(1, 16) },
        (): EpochReceipt => ({
          channelId: random.pick(ids),
          receiptId: word(),
          liability: amount(),
        }),
      );
      const tree = new EpochTree(receipts);
      expect(tree.count).to.equal(receipts.length);
      for (const id of [...ids, word()]) {
        const proof = tree.entryProof(id);
        expect(entryRootOf(id, proof)).to.equal(tree.root);
        expect(await harnessed("entryRoot", [id, proof])).to.equal(tree.root);
        const own = receipts.filter(({ channelId }) => channelId === id);
        expect(proof.entry.channelId === id, "present or absent").to.equal(own.length > 0);
        for (const [index, { receiptId, liability }] of own.entries()) {
          const place = tree.receiptProof(id, index);
          const { receiptsRoot, sum, count } = proof.entry;
          expect(sum).to.equal(own.reduce((all, one) => all + one.liability, 0n));
          expect(receiptRootOf({ receiptId, liability }, count, place)).to.deep.equal({
            hash: receiptsRoot,
            sum,
          });
          expect(await harnessed("receiptRoot", [receiptId, liability, count, place])).to.deep.equal([
            receiptsRoot,
            sum,
          ]);
          places++;
        }
      }
    }
    expect(places).to.be.at.least(300);
  });

  it("S-12: refuses 60 proofs that lead elsewhere, as the contract does", async () => {
    for (let round = 0; round < 60; round++) {
      const ids = Array.from({ length: 8 }, word);
      const receipts = ids.map((id) => ({ channelId: id, receiptId: word(), liability: amount() }));
      const tree = new EpochTree(receipts);
      const [id, other] = ids as [Hex, Hex];
      const proof = tree.entryProof(id);
      // Another channel's entry in the place, nothing in the place, and a path that is too short.
      const forged: EntryProof[] = [
        { ...proof, entry: tree.entryProof(other).entry },
        { ...proof, entry: { channelId: EMPTY, receiptsRoot: EMPTY, sum: 0n, count: 0 } },
        { ...proof, siblings: proof.siblings.slice(1) },
        { ...proof, entry: { ...proof.entry, sum: proof.entry.sum + 1n } },
      ];
      for (const wrong of forged) {
        const asked = harnessed("entryRoot", [id, wrong]);
        let computed: Hex | undefined;
        try {
          computed = entryRootOf(id, wrong);
        } catch (error) {
          expect(error).to.be.instanceOf(TreeError);
        }
        if (computed === undefined) expect(await refusedBy(asked)).to.equal(true);
        else
          expect(computed)
            .to.equal(await asked)
            .and.not.equal(tree.root);
      }
      const [{ receiptId, liability }] = receipts as [EpochReceipt];
      const place = { index: 0, siblings: [{ hash: EMPTY, sum: 0n }] };
      expect(() => receiptRootOf({ receiptId, liability }, 1, place)).to.throw(TreeError);
      expect(await refusedBy(harnessed("receiptRoot", [receiptId, liability, 1, place]))).to.equal(true);
    }
  });
});
