// Redeems a voucher again and again, twice in one call, and for more than it says.
import { unit } from "./Arena.ts";
import type { Actor } from "./actor.ts";
import { MalloryChannel } from "./channel.ts";

export const actor: Actor = {
  name: "VoucherReplayer",
  async play(arena) {
    const channel = await MalloryChannel.open(arena);
    const before = ((await arena.world.channels.getChannel(channel.id)).paid as bigint) ?? 0n;
    const owed = 3n * unit;
    const { voucher, signature } = await channel.voucher(before + owed);
    arena.allow("requester", owed);
    const redeem = (vouchers: unknown[], signatures: string[]) =>
      arena.send("mallory", "channels", "redeem", [vouchers, signatures, arena.addresses.mallory]);
    await redeem([voucher, voucher], [signature, signature]);
    if ((await redeem([voucher], [signature])).ok) throw new Error("A voucher was paid twice");
    if ((await redeem([{ ...voucher, total: voucher.total + unit }], [signature])).ok)
      throw new Error("A voucher was paid for more than it says");
    await channel.close();
  },
};
