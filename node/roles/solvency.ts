// Reads the vault's money three ways at one block, and the parameters that wait to be activated.
import { getProposal } from "@assay/sdk";
import { stakeVaultAbi } from "@assay/sdk/abi";
import { type Address, erc20Abi, type Hex, type PublicClient } from "viem";
import { blockAt } from "../chain/blocks.ts";
import type { VaultLedger } from "../chain/vaultBooks.ts";
import { second } from "../clock.ts";
import { RetryableError } from "../errors.ts";
import type { Observations, Solvency } from "../strategy/findings.ts";
import type { RoleContext } from "./context.ts";

/** The last block whose events were read; undefined before the first one. */
export type ReadTo = () => { number: bigint; hash: Hex } | undefined;

export type SolvencyReader = {
  /** The vault at the block up to which its events were read. Accounts are read now and then: there may be many. */
  read(): Promise<Solvency>;
  proposal(): Promise<Observations["proposal"]>;
};

type Read = Pick<RoleContext, "endpoints" | "deployment" | "clock"> & {
  auditSeconds: number;
  readTo: ReadTo;
};

const accountsAtOnce = 50;

export function createSolvencyReader(
  { endpoints, deployment, clock, auditSeconds, readTo }: Read,
  ledger: VaultLedger,
): SolvencyReader {
  const vault = { address: deployment.stakeVault, abi: stakeVaultAbi } as const;
  let auditAt = 0;
  /** Of the last audit, with what the events said then. */
  let audited: Pick<Solvency, "byViews" | "creditByViews"> & { byEvents: bigint; creditByEvents: bigint } = {
    byViews: undefined,
    creditByViews: undefined,
    byEvents: 0n,
    creditByEvents: 0n,
  };

  async function read(): Promise<Solvency> {
    const cursor = readTo();
    if (cursor === undefined) throw new RetryableError("No block has been read yet.");
    // What was read up to the cursor, before anything else is: the poller goes on meanwhile.
    const { held, credit, modules } = ledger.books();
    const isDue = clock.now() >= auditAt;
    const accounts = isDue ? ledger.accounts() : [];
    const found = await endpoints.use(async (client) => {
      const block = await blockAt(client, cursor.number);
      if (block.hash !== cursor.hash)
        throw new RetryableError("The chain changed while it was read.", { facts: { block: cursor.number } });
      const balance = await client.readContract({
        address: deployment.token,
        abi: erc20Abi,
        functionName: "balanceOf",
        args: [deployment.stakeVault],
        blockNumber: cursor.number,
      });
      return { balance, sums: isDue ? await sum(client, accounts, modules, cursor.number) : undefined };
    });
    if (found.sums !== undefined) {
      auditAt = clock.now() + auditSeconds * second;
      audited = { ...found.sums, byEvents: held, creditByEvents: credit };
    }
    // An audit says what the accounts were off by then; what has moved since is in the events.
    const { byViews, creditByViews } = audited;
    return {
      balance: found.balance,
      byEvents: held,
      byViews: byViews === undefined ? undefined : byViews + held - audited.byEvents,
      creditByEvents: credit,
      creditByViews:
        creditByViews === undefined ? undefined : creditByViews + credit - audited.creditByEvents,
    };
  }

  async function sum(
    client: PublicClient,
    accounts: readonly Address[],
    modules: readonly Address[],
    blockNumber: bigint,
  ): Promise<{ byViews: bigint; creditByViews: bigint }> {
    let byViews = await client.readContract({ ...vault, functionName: "pendingBurn", blockNumber });
    let creditByViews = 0n;
    for (const module of modules)
      byViews += await client.readContract({ ...vault, functionName: "escrow", args: [module], blockNumber });
    for (let from = 0; from < accounts.length; from += accountsAtOnce) {
      const read = accounts
        .slice(from, from + accountsAtOnce)
        .map((one) => client.readContract({ ...vault, functionName: "account", args: [one], blockNumber }));
      for (const { free, locked, unbonding, credit } of await Promise.all(read)) {
        byViews += free + locked + unbonding + credit;
        creditByViews += credit;
      }
    }
    return { byViews, creditByViews };
  }

  return {
    read,
    proposal: async () => {
      const found = await endpoints.use((client) => getProposal(client, { deployment }));
      return found && { version: found.version, activeFrom: found.activeFrom };
    },
  };
}
