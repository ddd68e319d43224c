// assay withdraw: pays out stake that has unbonded.
import { getAccount, withdraw, withdrawCall } from "@assay/sdk";
import type { Address, Hash } from "viem";
import { defineCommand } from "../cli/command.ts";
import { facts, tokenText } from "../cli/layout.ts";
import { renderWrite, write, writeFlags } from "../cli/transaction.ts";

type Withdrawn = { hash: Hash; account: Address; withdrawn: bigint };

export const withdrawCommand = defineCommand({
  name: "withdraw",
  group: "Stake",
  summary: "Pay out stake that has finished unbonding",
  scopes: ["chain", "keys", "send"],
  flags: writeFlags,
  run: (context, flags) =>
    write<Withdrawn>(context, flags, "owner", async ({ client, deployment, sender, transaction }) => {
      const { unbonding } = await getAccount(client, { deployment, owner: sender });
      return {
        calls: [withdrawCall({ deployment })],
        effect: `Of ${tokenText(unbonding)} that are unbonding, what is available goes to ${sender}.`,
        send: async () => {
          const { hash, amount } = await withdraw(client, { deployment, ...transaction });
          return { hash, account: sender, withdrawn: amount };
        },
      };
    }),
  render: renderWrite<Withdrawn>(({ hash, account, withdrawn }) =>
    facts([
      ["withdrawn", tokenText(withdrawn)],
      ["to", account],
      ["transaction", hash],
    ]),
  ),
});
