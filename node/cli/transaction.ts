// What all commands that write share: which key signs, what a dry run shows, how much gas may cost.
import { type ContractCall, encodeCall, simulateCall, type TransactionParameters } from "@assay/sdk";
import { type Address, formatGwei, type Hex } from "viem";
import { estimateFeesPerGas, estimateGas } from "viem/actions";
import { RetryableError } from "../errors.ts";
import type { KeyRole } from "../keys/keystore.ts";
import { type ChainAccess, openChain } from "./chain.ts";
import { optional, toggle, type ValuesOf } from "./command.ts";
import type { Context } from "./context.ts";
import { describeFailure, exits } from "./failure.ts";
import { accountOf, addressOfKey, configuredKey, type KeyName, keyName, unlockKey } from "./keys.ts";
import { coinText, facts } from "./layout.ts";
import { integer } from "./values.ts";

/** Flags of every command that sends a transaction. */
export const writeFlags = {
  key: optional(keyName, "Key that signs: a role, or role/name", { placeholder: "role" }),
  nonce: optional(integer(), "Nonce of the first transaction, to replace one that is stuck"),
  dryRun: toggle("Send nothing: print calldata, gas and effect, without a password"),
};

type WriteFlags = ValuesOf<typeof writeFlags>;

export type Writer = ChainAccess & {
  /** Who signs, or would sign. */
  sender: Address;
  /** To spread into the parameters of an action: fees, nonce, signal. */
  transaction: TransactionParameters;
};

/** What a command is about to do. */
export type Intent<result> = {
  /** In order; when an earlier one has to happen first, later ones are not simulated. */
  calls: readonly ContractCall[];
  /** One sentence: what will be different. */
  effect: string;
  send(): Promise<result>;
};

export type DryRunCall = {
  to: Address;
  function: string;
  args: readonly unknown[];
  data: Hex;
  gas?: bigint;
  /** Wei, at the present price of gas. */
  cost?: bigint;
  /** Why it would fail, or why nothing is known. */
  problem?: string;
};

export type DryRun = {
  dryRun: true;
  chainId: number;
  from: Address;
  calls: DryRunCall[];
  effect: string;
  exitCode?: number;
};

/** Plans with an open chain, then sends the plan or shows it. */
export async function write<result>(
  context: Context,
  { key, nonce, dryRun }: WriteFlags,
  defaultRole: KeyRole,
  plan: (writer: Writer) => Promise<Intent<result>>,
): Promise<result | DryRun> {
  const name = key ?? configuredKey(context.config, defaultRole);
  if (dryRun) return showPlan(context, name, plan);
  const signer = await unlockKey(context, name);
  const chain = await openChain(context, signer.account);
  const transaction = { ...(await feesOf(context, chain)), nonce, signal: context.signal };
  const intent = await plan({ ...chain, sender: signer.address, transaction });
  return intent.send();
}

/** The text of a result, or of the dry run that came instead. */
export function renderWrite<result extends object>(render: (result: result) => string) {
  return (result: result | DryRun): string => ("dryRun" in result ? renderDryRun(result) : render(result));
}

async function showPlan<result>(
  context: Context,
  name: KeyName,
  plan: (writer: Writer) => Promise<Intent<result>>,
): Promise<DryRun> {
  const chain = await openChain(context);
  const from = addressOfKey(context, name) ?? accountOf(context);
  const { calls, effect } = await plan({ ...chain, sender: from, transaction: {} });
  const { maxFeePerGas } = await estimateFeesPerGas(chain.client);
  const shown: DryRunCall[] = [];
  for (const call of calls) {
    const failed = shown.find(({ gas }) => gas === undefined);
    const outcome =
      shown.length > 0 ? waitsFor(shown[0]!, failed) : await tryCall(chain, call, from, maxFeePerGas);
    const { to, data } = encodeCall(call);
    shown.push({ to, function: call.functionName, args: call.args, data, ...outcome });
  }
  const fails = shown[0]?.problem !== undefined;
  return {
    dryRun: true,
    chainId: chain.chainId,
    from,
    calls: shown,
    effect,
    ...(fails && { exitCode: exits.fatal }),
  };
}

const waitsFor = (first: DryRunCall, failed: DryRunCall | undefined) => ({
  problem: `not simulated: ${(failed ?? first).function} has to happen first`,
});

async function tryCall(
  { client }: ChainAccess,
  call: ContractCall,
  account: Address,
  gasPrice: bigint,
): Promise<Pick<DryRunCall, "gas" | "cost" | "problem">> {
  try {
    await simulateCall(client, { call, account });
    const gas = await estimateGas(client, { account, ...encodeCall(call) });
    return { gas, cost: gas * gasPrice };
  } catch (error) {
    const { name, message } = describeFailure(error);
    return { problem: `would fail: ${name}: ${message}` };
  }
}

export function renderDryRun({ chainId, from, calls, effect }: DryRun): string {
  const parts = calls.map(({ to, function: name, args, data, gas, cost, problem }, index) =>
    [
      `${index + 1}. ${name}`,
      facts(
        [
          ["to", to],
          ["arguments", args.map(argumentText).join(", ")],
          ["calldata", data],
          ["gas", gas],
          ["costs up to", cost === undefined ? undefined : coinText(cost)],
          ["problem", problem],
        ],
        "   ",
      ),
    ].join("\n"),
  );
  const head = `Dry run, nothing is sent. Chain ${chainId}, from ${from}.`;
  return [head, ...parts, `Effect: ${effect}`].join("\n\n");
}

/** Long bytes are cut: the calldata below has them whole. */
const argumentText = (value: unknown): string => {
  if (typeof value === "object" && value !== null) {
    const items = Object.entries(value).map(
      ([name, item]) => `${Array.isArray(value) ? "" : `${name}: `}${argumentText(item)}`,
    );
    return Array.isArray(value) ? `[${items.join(", ")}]` : `{ ${items.join(", ")} }`;
  }
  const text = typeof value === "string" && value === "" ? '""' : String(value);
  return text.length > 80 ? `${text.slice(0, 40)}… (${text.length / 2 - 1} bytes)` : text;
};

/** Fees per gas, never above the settings' maximum. */
async function feesOf({ config }: Context, { client }: ChainAccess) {
  const [estimate, block] = await Promise.all([estimateFeesPerGas(client), client.getBlock()]);
  const base = block.baseFeePerGas ?? 0n;
  if (base > config.maxFeePerGas)
    throw new RetryableError("Gas costs more than the settings allow.", {
      facts: { baseFee: `${formatGwei(base)} gwei`, maximum: `${formatGwei(config.maxFeePerGas)} gwei` },
      hint: "Wait until gas is cheaper, or raise --max-fee-per-gas",
    });
  const maxFeePerGas = least(estimate.maxFeePerGas, config.maxFeePerGas);
  const tip = least(estimate.maxPriorityFeePerGas, config.maxPriorityFeePerGas);
  return { maxFeePerGas, maxPriorityFeePerGas: least(tip, maxFeePerGas) };
}

const least = (a: bigint, b: bigint): bigint => (a < b ? a : b);
