// assay status: chain, stake, keys, tiers and the running node at a glance.
import { getAccount, getTier, type VaultAccount } from "@assay/sdk";
import { parametersAbi } from "@assay/sdk/abi";
import type { Tier } from "@assay/sdk/protocol";
import { type Address, hexToString } from "viem";
import { type ChainAccess, openChain } from "../cli/chain.ts";
import { defineCommand } from "../cli/command.ts";
import type { Context } from "../cli/context.ts";
import { accountOf, openKeystore } from "../cli/keys.ts";
import { coinText, durationText, facts, table, timeText, tokenText } from "../cli/layout.ts";
import { type NodeStatus, readNodeStatus } from "../cli/nodeStatus.ts";
import { mayAct, type VaultRole, vaultRoles } from "../cli/readiness.ts";
import { tokenBalance } from "../cli/tokens.ts";
import { unbondingSeconds } from "../cli/unbonding.ts";

type KeyStatus = {
  role: string;
  name: string;
  address: Address;
  coins: bigint;
  tokens: bigint;
  /** What the account lets the key do. */
  mayAct: string[];
};

type TierStatus = Omit<Tier, "name"> & { version: number; name: string };

type Status = {
  chainId: number;
  block: bigint;
  headAgeSeconds: number;
  market: Address;
  account: ({ address: Address } & VaultAccount) | null;
  keys: KeyStatus[];
  tiers: TierStatus[];
  unbondingSeconds: number;
  node: NodeStatus;
  now: number;
};

export const statusCommand = defineCommand({
  name: "status",
  group: "Stake",
  summary: "Show chain, stake, keys, tiers and whether the node runs",
  scopes: ["chain", "keys", "http"],
  run: async (context): Promise<Status> => {
    const chain = await openChain(context);
    const now = Math.floor(context.clock.now() / 1_000);
    const account = knownAccount(context);
    const [block, keys, tiers, unbonding, node] = await Promise.all([
      chain.client.getBlock(),
      keyStatuses(context, chain, account),
      readTiers(chain),
      unbondingSeconds(chain),
      readNodeStatus(context),
    ]);
    const { client, deployment, chainId } = chain;
    return {
      chainId,
      block: block.number,
      headAgeSeconds: Math.max(0, now - Number(block.timestamp)),
      market: deployment.inferenceMarket,
      account:
        account === undefined
          ? null
          : { address: account, ...(await getAccount(client, { deployment, owner: account })) },
      keys,
      tiers,
      unbondingSeconds: unbonding,
      node,
      now,
    };
  },
  render: (status) =>
    [
      facts([
        ["chain", status.chainId],
        ["block", `${status.block}, ${durationText(status.headAgeSeconds)} old`],
        ["market", status.market],
        ["node", nodeText(status.node)],
      ]),
      accountText(status),
      table(
        ["key", "address", "coins", "tokens", "may"],
        status.keys.map((key) => [
          key.role === key.name ? key.role : `${key.role}/${key.name}`,
          key.address,
          coinText(key.coins),
          tokenText(key.tokens),
          key.mayAct.join(", "),
        ]),
        "There are no keys: assay keys create owner.",
      ),
      table(
        ["tier", "name", "fee from", "lock from", "window", "clocks", "challenge bond"],
        status.tiers.map((tier) => [
          tier.version,
          tier.name,
          tokenText(tier.minFee),
          tokenText(tier.minLock),
          durationText(tier.windowSeconds),
          `${durationText(tier.workerSeconds)} / ${durationText(tier.challengerSeconds)}`,
          tokenText(tier.challengeBond),
        ]),
        "The deployment has no tiers.",
      ),
    ].join("\n\n"),
});

function knownAccount(context: Context): Address | undefined {
  try {
    return accountOf(context);
  } catch {
    return undefined;
  }
}

function accountText({ account, now, unbondingSeconds: seconds }: Status): string {
  if (account === null) return "No account is named, and there is no owner key.";
  const tranches = account.tranches.map(
    ({ amount, availableAt }) => [" of it", `${tokenText(amount)}, ${timeText(availableAt, now)}`] as const,
  );
  return facts([
    ["account", account.address],
    ["free stake", tokenText(account.free)],
    ["locked", tokenText(account.locked)],
    ["unbonding", `${tokenText(account.unbonding)} (takes ${durationText(seconds)})`],
    ...tranches,
    ["credit", tokenText(account.credit)],
  ]);
}

const nodeText = (node: NodeStatus): string => {
  if (!node.running) return "does not run";
  return node.ready ? `ready at ${node.url}` : `not ready: ${node.reasons.join(" ")}`;
};

function keyStatuses(
  context: Context,
  chain: ChainAccess,
  account: Address | undefined,
): Promise<KeyStatus[]> {
  const entries = openKeystore(context).list();
  return Promise.all(
    entries.map(async ({ role, name, address }) => {
      const [coins, tokens, mayAct] = await Promise.all([
        chain.client.getBalance({ address }),
        tokenBalance(chain, address),
        rolesOf(chain, account, address),
      ]);
      return { role, name, address, coins, tokens, mayAct };
    }),
  );
}

/** What `account` lets `key` do. */
async function rolesOf(chain: ChainAccess, account: Address | undefined, key: Address): Promise<string[]> {
  if (account === undefined) return [];
  const names = Object.keys(vaultRoles) as VaultRole[];
  const granted = await Promise.all(names.map((name) => mayAct(chain, account, key, name)));
  return names.filter((_, index) => granted[index]);
}

async function readTiers({ client, deployment }: ChainAccess): Promise<TierStatus[]> {
  const count = await client.readContract({
    address: deployment.parameters,
    abi: parametersAbi,
    functionName: "versions",
  });
  const versions = Array.from({ length: count }, (_, index) => index + 1);
  return Promise.all(
    versions.map(async (version) => {
      const tier = await getTier(client, { deployment, version });
      return { ...tier, version, name: hexToString(tier.name, { size: 32 }) };
    }),
  );
}
