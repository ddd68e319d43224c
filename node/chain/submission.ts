// Turns rows of the transaction journal into signed attempts: simulate, price, take the nonce, sign, store, then send.
import { decodeContractError } from "@assay/sdk";
import {
  BaseError,
  type Hex,
  keccak256,
  MethodNotFoundRpcError,
  MethodNotSupportedRpcError,
  type PublicClient,
  type TransactionSerializableEIP1559,
} from "viem";
import { type Clock, unixSeconds } from "../clock.ts";
import {
  RetryableError,
  TransactionFailedError,
  TransactionTooLargeError,
  WrongChainError,
} from "../errors.ts";
import type { Signer } from "../keys/keystore.ts";
import type { Logger } from "../telemetry/logger.ts";
import type { Metrics } from "../telemetry/metrics.ts";
import type { Endpoints } from "./endpoints.ts";
import { type FeePolicy, type Fees, feeCap, firstFees, replacementFees } from "./fees.ts";
import { isRevert, refusalOf } from "./rpcErrors.ts";
import type { Attempt, Transaction, Transactions } from "./transactions.ts";

export type SubmissionOptions = {
  signer: Signer;
  chainId: number;
  endpoints: Endpoints;
  transactions: Transactions;
  policy: FeePolicy;
  logger: Logger;
  metrics: Metrics;
  clock: Clock;
};

export type Submission = {
  /** Throws what the call would revert with now, as the SDK's typed error where the contract is ours. */
  simulate(transaction: Simulated): Promise<void>;
  /** Signs and sends a queued row; false while the network asks more than the cap. */
  submit(transaction: Transaction): Promise<boolean>;
  /** Replaces a pending row's last attempt; `cancel` uses its nonce up for nothing. False when the cap forbids it. */
  replace(transaction: Transaction, how: { cancel: boolean; cap: bigint }): Promise<boolean>;
  /** Sends an attempt again, as it was signed. */
  resend(transaction: Transaction): Promise<void>;
  /** Mines a nonce that nothing holds, so that the ones after it can be. */
  fillGap(nonce: number, cap: bigint): Promise<void>;
  /** The fee cap of a row now. */
  capOf(transaction: Transaction): bigint;
};

export type Simulated = Pick<Transaction, "to" | "data" | "value"> & { label?: string };

type Network = { baseFeePerGas: bigint; suggestedPriority: bigint };

/** What public pools take of one transaction, and what its envelope needs of it. */
const poolBytes = 131_072;
const envelopeBytes = 512;
/** EIP-7825: the most gas of one transaction. */
const mostGas = 2n ** 24n;

const transferGas = 21_000n;
/** An estimate is exact for the state it was made on; another's transaction may come first. */
const gasMargin = (estimate: bigint): bigint => estimate + estimate / 4n + 20_000n;
const fallbackPriority = 1_000_000_000n;

export function createSubmission(options: SubmissionOptions): Submission {
  const { signer, chainId, endpoints, transactions, policy, logger, metrics, clock } = options;
  const sender = { sender: signer.address };
  const nonces = createMutex();

  async function simulate({ to, data, value, label }: Simulated): Promise<void> {
    try {
      await endpoints.use((client) => client.call({ account: signer.address, to, data, value }));
    } catch (error) {
      throw explain(error, label);
    }
  }

  function explain(error: unknown, label: string | undefined): unknown {
    const decoded = decodeContractError(error);
    if (decoded) return decoded;
    const facts = { label, sender: signer.address };
    if (isRevert(error))
      return new TransactionFailedError("The transaction would revert.", { facts, cause: error });
    return refusalOf(error) === "funds" ? cannotPay(error) : error;
  }

  const cannotPay = (cause?: unknown) =>
    new RetryableError("The key cannot pay for gas.", {
      facts: { key: signer.address },
      hint: `Send coins to ${signer.address}`,
      cause,
    });

  /** Before signing: a transaction that the pool refuses for its costs would hold its nonce and all later ones. */
  async function assertFunded(cost: bigint): Promise<void> {
    const balance = await endpoints.use((client) => client.getBalance({ address: signer.address }));
    if (balance < cost) throw cannotPay();
  }

  async function network(): Promise<Network> {
    const { baseFeePerGas } = await endpoints.head();
    if (baseFeePerGas === null) throw new WrongChainError("The chain has no base fee (EIP-1559).");
    const suggestedPriority = await endpoints.use(suggestPriority);
    return { baseFeePerGas, suggestedPriority };
  }

  const capOf = (transaction: Transaction) => {
    const { urgent, deadline, created } = transaction;
    return feeCap(policy, { urgent, deadline, askedAt: Math.floor(created / 1_000) }, unixSeconds(clock));
  };

  async function sign(
    call: Pick<TransactionSerializableEIP1559, "to" | "data" | "value" | "gas">,
    nonce: number,
    fees: Fees,
    cancels: boolean,
  ): Promise<Attempt> {
    const raw = await signer.account.signTransaction({ type: "eip1559", chainId, nonce, ...call, ...fees });
    return { hash: keccak256(raw), nonce, raw, ...fees, cancels, signed: clock.now() };
  }

  /** A lost broadcast is not a lost transaction: it is stored, and the tracker sends it again. */
  async function send(transaction: Transaction, attempt: Attempt): Promise<void> {
    const fields = { label: transaction.label, hash: attempt.hash, nonce: attempt.nonce };
    try {
      await endpoints.broadcast(attempt.raw);
      logger.debug("Transaction sent", fields);
    } catch (error) {
      const refusal = refusalOf(error);
      if (refusal === "nonceUsed") return; // the tracker finds out by whom
      metrics.sender.errors.add({ ...sender, code: refusal });
      logger.warn("Transaction was not taken and is sent again later", { ...fields, refusal, error });
    }
  }

  async function gasFor({ gas, to, data, value, label }: Transaction): Promise<bigint> {
    const bytes = (data.length - 2) / 2;
    if (bytes > poolBytes - envelopeBytes) throw tooLarge(label, { bytes, limit: poolBytes - envelopeBytes });
    const needed = gas ?? (await estimate({ to, data, value, label }));
    if (needed > mostGas) throw tooLarge(label, { gas: needed, limit: mostGas });
    const asked = gas ?? gasMargin(needed);
    return asked < mostGas ? asked : mostGas;
  }

  const tooLarge = (label: string, facts: Record<string, unknown>) =>
    new TransactionTooLargeError("The transaction is too large to be mined.", {
      facts: { label, ...facts },
    });

  async function estimate({ to, data, value, label }: Simulated): Promise<bigint> {
    try {
      return await endpoints.use((client) =>
        client.estimateGas({ account: signer.address, to, data, value }),
      );
    } catch (error) {
      throw explain(error, label);
    }
  }

  /** One after another: a nonce is taken only together with the signed bytes that use it. */
  async function nextNonce(): Promise<number> {
    const [latest, pending] = await endpoints.use((client) =>
      Promise.all((["latest", "pending"] as const).map((blockTag) => countOf(client, blockTag))),
    );
    const own = Math.max(-1, ...transactions.noncesFrom(latest!)) + 1;
    return Math.max(latest!, pending!, own);
  }

  const countOf = (client: PublicClient, blockTag: "latest" | "pending") =>
    client.getTransactionCount({ address: signer.address, blockTag });

  async function submit(transaction: Transaction): Promise<boolean> {
    const gas = await gasFor(transaction);
    const fees = firstFees(policy, await network(), capOf(transaction));
    if (fees === undefined) return false;
    const { to, data, value } = transaction;
    await assertFunded(value + gas * fees.maxFeePerGas);
    await nonces.run(async () => {
      if (transactions.get(transaction.id).state !== "queued") return;
      const attempt = await sign({ to, data, value, gas }, await nextNonce(), fees, false);
      transactions.addAttempt(transaction.id, attempt);
      await send(transaction, attempt);
    });
    return true;
  }

  async function replace(
    transaction: Transaction,
    { cancel, cap }: { cancel: boolean; cap: bigint },
  ): Promise<boolean> {
    const [last] = transactions.attempts(transaction.id);
    if (last === undefined || transaction.nonce === undefined) return false;
    const fees = replacementFees(last, firstFees(policy, await network(), cap), cap);
    if (fees === undefined) return false;
    const { to, data, value, nonce, label } = transaction;
    const call = cancel
      ? { to: signer.address, value: 0n, gas: transferGas }
      : { to, data, value, gas: await gasFor(transaction) };
    const attempt = await sign(call, nonce, fees, cancel);
    transactions.addAttempt(transaction.id, attempt);
    metrics.sender.replacements.add(sender);
    logger.info(cancel ? "Transaction is cancelled" : "Transaction is replaced with higher fees", {
      label,
      nonce,
      hash: attempt.hash,
      maxFeePerGas: fees.maxFeePerGas,
    });
    await send(transaction, attempt);
    return true;
  }

  async function resend(transaction: Transaction): Promise<void> {
    const [last] = transactions.attempts(transaction.id);
    if (last !== undefined) await send(transaction, last);
  }

  async function fillGap(nonce: number, cap: bigint): Promise<void> {
    const fees = firstFees(policy, await network(), cap);
    if (fees === undefined) return;
    const call = { to: signer.address, data: "0x" as Hex, value: 0n, gas: transferGas };
    const asked = {
      key: `gap:${nonce}:${clock.now()}`,
      label: "fill a nonce gap",
      deadline: undefined,
      urgent: false,
    };
    const attempt = await sign(call, nonce, fees, true);
    const row = transactions.queue({ ...asked, ...call });
    transactions.addAttempt(row.id, attempt);
    metrics.sender.repairs.add(sender);
    logger.warn("Nonce gap is filled", { nonce, hash: attempt.hash });
    await send(row, attempt);
  }

  return { simulate, submit, replace, resend, fillGap, capOf };
}

async function suggestPriority(client: PublicClient): Promise<bigint> {
  try {
    return BigInt(await client.request({ method: "eth_maxPriorityFeePerGas" }));
  } catch (error) {
    const isUnknown = (one: unknown) =>
      one instanceof MethodNotFoundRpcError || one instanceof MethodNotSupportedRpcError;
    if (error instanceof BaseError && error.walk(isUnknown) !== null) return fallbackPriority;
    throw error;
  }
}

type Mutex = { run<T>(work: () => Promise<T>): Promise<T> };

function createMutex(): Mutex {
  let tail: Promise<unknown> = Promise.resolve();
  return {
    run: (work) => {
      const result = tail.then(work, work);
      tail = result.catch(() => {});
      return result;
    },
  };
}
