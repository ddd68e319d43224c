// What receipts cost on the chain as whole transactions: an epoch of 4,096, vouchers by the dozen, and answers to demands
// on chains with and without the precompile for P-256.
import {
  assayTokenAbi,
  channelsAbi,
  disputeGameAbi,
  epochsAbi,
  programRegistryAbi,
  stakeVaultAbi,
} from "@assay/sdk/abi";
import {
  byteRoot,
  bytesToHex,
  channelId,
  commitId,
  EMPTY,
  EpochTree,
  encodeReceiptOpening,
  epochSeconds,
  generateSessionKey,
  type Hex,
  type Receipt,
  receiptId,
  receiptTerms,
  type SessionSigner,
  sessionSigner,
  voucherTypedData,
} from "@assay/sdk/protocol";
import { expect } from "chai";
import {
  type Abi,
  type Address,
  encodeFunctionData,
  http,
  keccak256,
  maxUint256,
  numberToHex,
  parseEther,
} from "viem";
import { type PrivateKeyAccount, privateKeyToAccount } from "viem/accounts";
import { parameterSet } from "../../deploy/parameters.ts";
import { deployContracts } from "../../node/devnet/deployContracts.ts";
import { startAnvil } from "../helpers/anvil.ts";
import { accountOf, type Network, openNetwork } from "../helpers/people.ts";

const chainId = 31_337n;
const receiptsPerEpoch = 4096;
const channelCount = 64;
const input = bytesToHex(new TextEncoder().encode("12345678"));
const header = {
  operatorSet: 1,
  slots: 16,
  constants: 0,
  maxPasses: 1,
  inputBytes: 8,
  outputBytes: 16,
  tensorDepth: 0,
};
const encode = (abi: unknown, functionName: string, args: unknown[]): Hex =>
  encodeFunctionData({ abi: abi as Abi, functionName, args });
const hashOf = (label: string): Hex => keccak256(bytesToHex(new TextEncoder().encode(label)));

for (const hardfork of ["prague", "osaka"] as const) {
  const native = hardfork === "osaka";
  describe(`gas of receipts (${native ? "with" : "without"} the chain's P-256)`, function () {
    this.timeout(120_000);
    const payers = Array.from({ length: channelCount }, (_, index) =>
      privateKeyToAccount(numberToHex(0xb000 + index, { size: 32 })),
    );
    const worker = accountOf("worker").address;
    let network: Network;
    let signer: SessionSigner;
    let programId: Hex;

    const send = async (
      from: Address,
      address: Address,
      abi: unknown,
      functionName: string,
      args: unknown[],
    ) => {
      const { clients } = network;
      const person = clients.worker;
      const hash = await person.request({
        method: "eth_sendTransaction" as never,
        params: [
          { from, to: address, data: encode(abi, functionName, args), gas: numberToHex(16_000_000) },
        ] as never,
      });
      const { status, gasUsed } = await person.waitForTransactionReceipt({ hash: hash as Hex });
      expect(status, functionName).to.equal("success");
      return Number(gasUsed);
    };
    const issue = (payer: PrivateKeyAccount, sequence: number, issuedAt: bigint): Receipt => ({
      channelId: idOf(payer),
      session: 1n,
      sequence: BigInt(sequence),
      programId,
      inputRoot: byteRoot(new TextEncoder().encode("12345678")),
      outputRoot: hashOf(`output ${sequence}`),
      passes: 1,
      version: 1,
      isPrivate: false,
      fee: parseEther("0.01"),
      liability: 1n,
      issuedAt,
      challengeUntil: issuedAt + BigInt(network.tier.receiptSeconds),
      previous: EMPTY,
    });
    const idOf = ({ address }: PrivateKeyAccount) =>
      channelId({ chainId, channels: network.deployment.channels, payer: address, worker });
    const subjectOf = (receipt: Receipt) =>
      receiptId({ chainId, channels: network.deployment.channels, receipt });

    before(async () => {
      const anvil = await startAnvil("--hardfork", hardfork, "--auto-impersonate");
      const deployer = accountOf("deployer");
      const deployment = await deployContracts({ rpcUrl: anvil.url, deployer, ...parameterSet(["devnet"]) });
      network = await openNetwork({
        deployment,
        tier: "devnet",
        transport: http(anvil.url),
        close: anvil.stop,
      });
      const { token, stakeVault, channels, programRegistry } = deployment;
      const publisher = accountOf("publisher").address;
      for (const owner of [publisher, worker, accountOf("keeper").address]) {
        await send(owner, token, assayTokenAbi, "approve", [stakeVault, maxUint256]);
      }
      await send(worker, stakeVault, stakeVaultAbi, "stake", [worker, parseEther("1000")]);
      const program = [header, hashOf("descriptors"), EMPTY, hashOf("manifest"), ""];
      await send(publisher, programRegistry, programRegistryAbi, "register", program);
      const [registered] = await network.clients.worker.getContractEvents({
        address: programRegistry,
        abi: programRegistryAbi,
        eventName: "ProgramRegistered",
        fromBlock: 0n,
      });
      programId = registered!.args.programId!;
      const key = await generateSessionKey();
      signer = await sessionSigner(key);
      await send(worker, channels, channelsAbi, "setSessionKey", [worker, key.x, key.y]);
      for (const { address } of payers) {
        await network.request("anvil_setBalance", [address, numberToHex(parseEther("10"))]);
        await send(publisher, token, assayTokenAbi, "transfer", [address, parseEther("10")]);
        await send(address, token, assayTokenAbi, "approve", [stakeVault, maxUint256]);
        await send(address, channels, channelsAbi, "deposit", [worker, parseEther("5")]);
      }
      await send(worker, channels, channelsAbi, "allot", [idOf(payers[0]!), parseEther("500")]);
    });
    after(async () => {
      await network?.close();
    });

    it("I-40: redeems 64 vouchers for at most 25,000 gas each", async () => {
      const { channels } = network.deployment;
      let used = 0;
      // The second round: every slot is in use.
      for (const total of [parseEther("1"), parseEther("2")]) {
        const vouchers = payers.map((payer) => ({ channelId: idOf(payer), total }));
        const signatures = await Promise.all(
          payers.map((payer, index) =>
            payer.signTypedData(voucherTypedData({ chainId, channels, voucher: vouchers[index]! })),
          ),
        );
        used = await send(worker, channels, channelsAbi, "redeem", [vouchers, signatures, worker]);
      }
      expect(used / channelCount).to.be.at.most(25_000);
    });

    it("S-12: posts 4,096 receipts for at most 25 gas each, and answers demands within what their bond pays", async () => {
      const { channels, epochs, receiptGame } = network.deployment;
      const seconds = epochSeconds(network.tier.receiptSeconds);
      const now = await network.now();
      await network.advance(Number(seconds - (now % seconds)));
      const issuedAt = await network.now();
      const epoch = issuedAt / seconds;
      const issued = Array.from({ length: receiptsPerEpoch }, (_, index) =>
        issue(payers[index % channelCount]!, index, issuedAt),
      );
      const tree = new EpochTree(
        issued.map((receipt) => ({
          channelId: receipt.channelId,
          receiptId: subjectOf(receipt),
          liability: receipt.liability,
        })),
      );
      await network.advance(Number(seconds));
      const posted = [worker, 1, epoch, tree.root, tree.count];
      const post = await send(worker, epochs, epochsAbi, "postEpoch", posted);
      expect(post / receiptsPerEpoch).to.be.at.most(25);

      await network.advance(Number(seconds));
      const keeper = accountOf("keeper").address;
      const [first, , ...others] = issued;
      const signature = await signer.sign(subjectOf(first!));
      const place = tree.entryProof(first!.channelId);
      const ask = [first, signature, input];
      const demanded = await send(keeper, epochs, epochsAbi, "demandInclusion", ask);
      expect(demanded).to.be.at.most(native ? 390_000 : 650_000);
      const inclusion = [first, place, tree.receiptProof(first!.channelId, 0)];
      const shown = await send(worker, epochs, epochsAbi, "showInclusion", inclusion);
      expect(shown).to.be.at.most(200_000);

      await send(keeper, epochs, epochsAbi, "demandReceipt", [1, epoch, first!.channelId, 63]);
      const last = issued[63 * channelCount]!;
      const answer = [place, tree.receiptProof(last.channelId, 63), last, await signer.sign(subjectOf(last))];
      const answered = await send(worker, epochs, epochsAbi, "showReceipt", answer);
      expect(answered).to.be.at.most(native ? 170_000 : 430_000); // Epochs.ANSWER_GAS is above all answers

      const disputed = others.find((receipt) => receipt.channelId === first!.channelId)!;
      const subject = subjectOf(disputed);
      const opening = encodeReceiptOpening(disputed, await signer.sign(subject), input);
      const id = commitId({ chainId, source: channels, terms: receiptTerms(subject, disputed, worker) });
      const opened = await send(keeper, receiptGame, disputeGameAbi, "challenge", [id, opening]);
      expect(opened).to.be.at.most(native ? 460_000 : 720_000);
    });
  });
}
