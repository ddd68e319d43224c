// A channel between the honest requester, who pays, and mallory, who answers off the chain and signs receipts.

import type { Trace } from "@assay/sdk/program";
import {
  bytesToHex,
  EMPTY,
  EpochTree,
  encodeReceiptOpening,
  epochSeconds,
  generateSessionKey,
  type Hex,
  type Receipt,
  receiptId,
  type SessionSigner,
  sessionSigner,
  type Voucher,
  voucherTypedData,
} from "@assay/sdk/protocol";
import { type Arena, unit } from "./Arena.ts";
import type { Outcome } from "./Chain.ts";

export const escrow = 10n * unit;
export const allotment = 400n * unit;
const chainId = 31_337n;

/** A receipt with its signature. */
export interface Issued {
  receipt: Receipt;
  receiptId: Hex;
  commitId: Hex;
  signature: Awaited<ReturnType<SessionSigner["sign"]>>;
  opening: Hex;
  input: Uint8Array;
}

export class MalloryChannel {
  readonly #arena: Arena;
  readonly #signer: SessionSigner;
  readonly id: Hex;
  #sequence = 0n;

  private constructor(arena: Arena, signer: SessionSigner, id: Hex) {
    this.#arena = arena;
    this.#signer = signer;
    this.id = id;
  }

  static async open(arena: Arena): Promise<MalloryChannel> {
    const { requester, mallory } = arena.addresses;
    const key = await generateSessionKey();
    await arena.send("mallory", "channels", "setSessionKey", [mallory, key.x, key.y]);
    await arena.send("requester", "channels", "deposit", [mallory, escrow]);
    const id = (await arena.world.channels.channelIdOf(requester, mallory)) as Hex;
    await arena.send("mallory", "channels", "allot", [id, allotment]);
    return new MalloryChannel(arena, await sessionSigner(key), id);
  }

  get epochSeconds(): bigint {
    return epochSeconds(this.#arena.tier.receiptSeconds);
  }

  /** Waits until an epoch has just begun. */
  async newEpoch(): Promise<void> {
    const now = await this.#arena.now();
    await this.#arena.jump(now - (now % this.epochSeconds) + this.epochSeconds + 1n);
  }

  /** Mallory's receipt for the answer that `trace` comes to, with so much behind it. */
  async issue(trace: Trace, liability: bigint): Promise<Issued> {
    const { world, tier, programId } = this.#arena;
    const issuedAt = await this.#arena.now();
    const receipt: Receipt = {
      channelId: this.id,
      session: 1n,
      sequence: ++this.#sequence,
      programId,
      inputRoot: trace.inputRoot,
      outputRoot: trace.outputRoot,
      passes: 1,
      version: 1,
      isPrivate: false,
      fee: unit,
      liability,
      issuedAt,
      challengeUntil: issuedAt + BigInt(tier.receiptSeconds),
      previous: EMPTY,
    };
    const id = receiptId({ chainId, channels: world.channels.target as Hex, receipt });
    const signature = await this.#signer.sign(id);
    const opening = encodeReceiptOpening(receipt, signature, bytesToHex(trace.input));
    const commitId = (await world.channels.commitIdOf(receipt)) as Hex;
    return { receipt, receiptId: id, commitId, signature, opening, input: trace.input };
  }

  /** Mallory posts the epoch of these receipts, once it is over. */
  async postEpoch(issued: readonly Issued[]): Promise<{ tree: EpochTree; epoch: bigint }> {
    const epoch = issued[0]!.receipt.issuedAt / this.epochSeconds;
    const tree = new EpochTree(
      issued.map(({ receipt, receiptId: id }) => ({
        channelId: this.id,
        receiptId: id,
        liability: receipt.liability,
      })),
    );
    await this.#arena.jump((epoch + 1n) * this.epochSeconds + 1n);
    const { mallory } = this.#arena.addresses;
    const posted = await this.#arena.send("mallory", "epochs", "postEpoch", [
      mallory,
      1,
      epoch,
      tree.root,
      tree.count,
    ]);
    if (!posted.ok) throw new Error(`The epoch was refused: ${posted.error}`);
    return { tree, epoch };
  }

  /** The payer's signature over what it owes so far. */
  async voucher(total: bigint): Promise<{ voucher: Voucher; signature: string }> {
    const voucher = { channelId: this.id, total };
    const { domain, types, message } = voucherTypedData({
      chainId,
      channels: this.#arena.world.channels.target as Hex,
      voucher,
    });
    const signature = await this.#arena.world.requester.signTypedData(domain, types as never, message);
    return { voucher, signature };
  }

  /** After a slash and its airgap, whoever asks pays out what is due. */
  async settle({ commitId }: Issued): Promise<Outcome> {
    await this.#arena.pass(this.#arena.tier.airgapSeconds + 1);
    return this.#arena.send("keeper", "channels", "settle", [commitId]);
  }

  /** The payer takes its escrow home, mallory what is left of its allotment. */
  async close(): Promise<void> {
    const { world } = this.#arena;
    const left = await world.channels.getChannel(this.id);
    if (left.escrow > 0n)
      await this.#arena.send("requester", "channels", "requestEscrow", [this.id, left.escrow]);
    if (left.allotment > 0n)
      await this.#arena.send("mallory", "channels", "requestDeallot", [this.id, left.allotment]);
    await this.#arena.pass(Number(await world.parameters.unbondingSeconds()) + 1);
    if (left.escrow > 0n) await this.#arena.send("requester", "channels", "takeEscrow", [this.id]);
    if (left.allotment > 0n) await this.#arena.send("mallory", "channels", "takeAllotment", [this.id]);
  }
}

/** A question that the requester asks off the chain, answered rightly and wrongly. */
export function questionOf(arena: Arena): { right: Trace; wrong: Trace } {
  const input = arena.scene.input(arena.random);
  for (;;) {
    const wrong = arena.scene.wrong(input, arena.random);
    if (wrong !== undefined) return { right: arena.scene.right(input), wrong };
  }
}
