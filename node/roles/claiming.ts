// Pays the credit of a node's own key out to it, as soon as there is enough of it.
import { getAccount } from "@assay/sdk";
import { claimCreditSend } from "./calls.ts";
import { createConduct } from "./conduct.ts";
import type { RoleContext } from "./context.ts";
import { createRole, type Role } from "./role.ts";

export type ClaimingOptions = RoleContext & {
  /** Credit from which on it is worth its gas, in token units. */
  claimAbove: bigint;
};

export function createClaiming(options: ClaimingOptions): Role {
  const { endpoints, deployment, sender, claimAbove } = options;
  const conduct = createConduct(options);
  return createRole<{ credit: bigint; block: bigint }>({
    ...options,
    name: "claiming",
    seconds: options.pollSeconds,
    plan: async () => {
      const { number: block } = await endpoints.head();
      const { credit } = await endpoints.use((client) =>
        getAccount(client, { deployment, owner: sender.address, blockNumber: block }),
      );
      return credit > 0n && credit >= claimAbove ? [{ credit, block }] : [];
    },
    act: async ({ block }, signal) => {
      const request = claimCreditSend(deployment, sender.address, block);
      await conduct.send("claimCredit", sender.address, request, signal);
    },
    keyOf: () => "claimCredit",
  });
}
