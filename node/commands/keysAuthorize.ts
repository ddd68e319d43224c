// assay keys authorize: lets a hot key act for the account that owns the stake.
import { setKey, setKeyCall } from "@assay/sdk";
import type { Address, Hash } from "viem";
import { defineCommand, optional, required, toggle } from "../cli/command.ts";
import { addressOfKey, configuredKey } from "../cli/keys.ts";
import { facts } from "../cli/layout.ts";
import { renderWrite, write, writeFlags } from "../cli/transaction.ts";
import { address, oneOf } from "../cli/values.ts";
import { KeyError } from "../errors.ts";

type Authorized = { hash: Hash; account: Address; authorized: Address; roles: string[] };

const duties = {
  operator: "claim, commit, bind and reveal",
  defender: "bind and reveal",
} as const;

export const keysAuthorizeCommand = defineCommand({
  name: "keys authorize",
  group: "Keys and settings",
  summary: "Let an operator or defender key act for the owner's account",
  about: "The owner signs. A key has the roles of its last authorization only; --revoke takes them all away.",
  scopes: ["chain", "keys", "send"],
  args: { role: required(oneOf("operator", "defender"), "What the key may do: operator or defender") },
  flags: {
    address: optional(address, "Address of the key; the keystore's key of that role if not given", {
      placeholder: "address",
    }),
    revoke: toggle("Take the roles away"),
    ...writeFlags,
  },
  examples: ["assay keys authorize operator", "assay keys authorize defender --address 0x… --dry-run"],
  run: (context, { role, address: named, revoke, ...flags }) =>
    write<Authorized>(context, flags, "owner", async ({ client, deployment, sender, transaction }) => {
      const authorized = named ?? addressOfKey(context, configuredKey(context.config, role));
      if (authorized === undefined)
        throw new KeyError(`The keystore holds no ${role} key.`, {
          hint: `Create one with \`assay keys create ${role}\`, or name its address with --address`,
        });
      const roles = revoke ? [] : [role];
      return {
        calls: [setKeyCall({ deployment, key: authorized, roles })],
        effect: revoke
          ? `${authorized} may do nothing for ${sender} any more.`
          : `${authorized} may ${duties[role]} for ${sender}.`,
        send: async () => {
          const { hash } = await setKey(client, { deployment, key: authorized, roles, ...transaction });
          return { hash, account: sender, authorized, roles };
        },
      };
    }),
  render: renderWrite<Authorized>(({ hash, account, authorized, roles }) =>
    facts([
      ["key", authorized],
      ["roles", roles.join(", ") || "none"],
      ["account", account],
      ["transaction", hash],
    ]),
  ),
});
