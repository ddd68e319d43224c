// A worker's server, as its payers see it: believed in nothing.
import { type Address, getAddress, isAddress, isHex } from "viem";
import type { SignedVoucher } from "../actions/channels/signVoucher.ts";
import {
  InvalidReceiptError,
  MalformedAnswerError,
  WorkerRefusedError,
  WorkerUnreachableError,
} from "../errors/receiptErrors.ts";
import { stringifyJson } from "../json.ts";
import { bytesToHex, type Hex, hexToBytes } from "../protocol/hash.ts";
import type { SessionKey } from "../protocol/sessionKeys.ts";
import { isHash, parseReceipt, type SignedReceipt } from "./parseReceipt.ts";

export type ServerParameters = {
  /** Of the worker's server, `https://worker.example` for example. */
  url: string;
  /** Milliseconds to wait for an answer. */
  timeout?: number | undefined;
  signal?: AbortSignal | undefined;
};

/** What a worker says about itself. */
export type Offer = {
  worker: Address;
  /** Undefined while the worker is not ready. */
  sessionKey: SessionKey | undefined;
  /** Ids of the programs that it runs. */
  programs: readonly Hex[];
  /** Parameter versions on offer, the usual one first. */
  versions: readonly number[];
  /** Token units of one answer, at least; a tier's minimum may be higher. */
  price: bigint;
};

export type GetOfferParameters = ServerParameters;
export type GetOfferReturnType = Offer;
export type GetOfferErrorType = WorkerUnreachableError | MalformedAnswerError | WorkerRefusedError;

const kilobyte = 1024;
const second = 1000;

/**
 * Asks a worker's server what it offers. Nothing of it is proven: `requestReceipt` holds it against the chain.
 *
 * @param parameters.url - Of the worker's server.
 * @param parameters.timeout - Milliseconds to wait; 10 000 when left out.
 * @returns Worker, session key, programs, parameter versions, price in token units.
 * @throws WorkerUnreachableError, MalformedAnswerError
 *
 * @example
 * import { getOffer } from "@assay/sdk";
 *
 * const { worker, programs, price } = await getOffer({ url: "https://worker.example" });
 */
export async function getOffer({
  url,
  timeout = 10 * second,
  signal,
}: GetOfferParameters): Promise<GetOfferReturnType> {
  const place = placeOf(url, "/v1/offer");
  const json = await ask(place, { timeout, signal, maxBytes: 256 * kilobyte });
  const refuse = malformed(place);
  const { worker, sessionKey, programs, versions, price } = fieldsOf(json, refuse);
  return {
    worker: typeof worker === "string" && isAddress(worker) ? getAddress(worker) : refuse("worker"),
    sessionKey: sessionKey === undefined || sessionKey === null ? undefined : keyOf(sessionKey, refuse),
    programs:
      listOf(programs, (one) => (isHash(one) ? (one.toLowerCase() as Hex) : undefined)) ?? refuse("programs"),
    versions: listOf(versions, (one) => numberOf(one)) ?? refuse("versions"),
    price: amountOf(price) ?? refuse("price"),
  };
}

/** What is asked of a worker. */
export type Question = {
  programId: Hex;
  input: Uint8Array;
  channelId: Hex;
  version: number;
  fee: bigint;
  isPrivate: boolean;
  previous: Hex;
};

/** What came back, with bytes instead of text; nothing of it is checked. */
export type GivenAnswer = SignedReceipt & { receiptId: Hex; output: Uint8Array };

/** @throws WorkerRefusedError, WorkerUnreachableError, MalformedAnswerError */
export async function askWorker(
  { url, timeout = 60 * second, signal }: ServerParameters,
  { input, isPrivate, ...question }: Question,
  voucher: SignedVoucher,
  outputBytes: number,
): Promise<GivenAnswer> {
  const place = placeOf(url, "/v1/inferences");
  const body = stringifyJson({ ...question, input: bytesToHex(input), private: isPrivate, voucher });
  const maxBytes = 2 * outputBytes + 16 * kilobyte;
  const json = await ask(place, { timeout, signal, maxBytes, body });
  const refuse = malformed(place);
  const { receiptId, output } = fieldsOf(json, refuse);
  if (!isHash(receiptId)) return refuse("receiptId");
  if (!isHex(output) || output.length % 2 !== 0) return refuse("output");
  return {
    ...signedReceiptOf(json, refuse),
    receiptId: receiptId.toLowerCase() as Hex,
    output: hexToBytes(output),
  };
}

/** One receipt of an epoch, as far as its worker shows it. */
export type ListedReceipt = { receiptId: Hex; channelId: Hex; liability: bigint };

/** The receipts of an epoch in their order, as a worker lists them. */
export async function listEpoch(
  { url, timeout = 30 * second, signal }: ServerParameters,
  { version, epoch }: { version: number; epoch: bigint },
): Promise<ListedReceipt[]> {
  const place = placeOf(url, `/v1/epochs/${version}/${epoch}`);
  const json = await ask(place, { timeout, signal, maxBytes: 64 * kilobyte * kilobyte });
  const refuse = malformed(place);
  const { receipts } = fieldsOf(json, refuse);
  return listOf(receipts, listedOf) ?? refuse("receipts");
}

function listedOf(value: unknown): ListedReceipt | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { receiptId, receipt = value } = value as Record<string, unknown>;
  const { channelId, liability } = receipt as Record<string, unknown>;
  const amount = amountOf(liability);
  if (!isHash(receiptId) || !isHash(channelId) || amount === undefined) return undefined;
  return { receiptId, channelId, liability: amount };
}

type Refuse = (field: string) => never;

const malformed =
  (url: string): Refuse =>
  (field) => {
    throw new MalformedAnswerError({ url, field });
  };

function placeOf(url: string, path: string): string {
  try {
    return `${new URL(url).href.replace(/\/+$/, "")}${path}`;
  } catch (cause) {
    throw new WorkerUnreachableError({ url, cause });
  }
}

type Ask = { timeout: number; signal: AbortSignal | undefined; maxBytes: number; body?: string };

async function ask(url: string, { timeout, signal, maxBytes, body }: Ask): Promise<unknown> {
  const post = { method: "POST", headers: { "content-type": "application/json" }, body };
  const clock = AbortSignal.timeout(timeout);
  let status: number;
  let text: string;
  try {
    const init = { redirect: "error", signal: signal ? AbortSignal.any([signal, clock]) : clock } as const;
    const response = await fetch(url, body === undefined ? init : { ...post, ...init });
    status = response.status;
    text = await readText(response, maxBytes);
  } catch (cause) {
    signal?.throwIfAborted();
    throw new WorkerUnreachableError({ url, cause });
  }
  const json = jsonOf(text);
  if (status === 200) return json;
  const { reason, error, facts } = (json ?? {}) as Record<string, unknown>;
  const details = typeof facts === "object" && facts !== null ? (facts as Record<string, unknown>) : {};
  const [name, explanation] = [reason ?? "none", error ?? ""].map((one) => String(one).slice(0, 200));
  throw new WorkerRefusedError({ url, status, reason: name!, explanation: explanation!, details });
}

/** Stops reading where a server sends more than it should. */
async function readText(response: Response, maxBytes: number): Promise<string> {
  const decoder = new TextDecoder();
  let [text, length] = ["", 0];
  for (const reader = response.body?.getReader(); reader; ) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.length;
    if (length > maxBytes) {
      await reader.cancel();
      throw new RangeError(`The answer is longer than ${maxBytes} bytes.`);
    }
    text += decoder.decode(value, { stream: true });
  }
  return text + decoder.decode();
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const fieldsOf = (value: unknown, refuse: Refuse): Record<string, unknown> =>
  typeof value === "object" && value !== null ? (value as Record<string, unknown>) : refuse("body");

function keyOf(value: unknown, refuse: Refuse): SessionKey {
  const { x, y } = fieldsOf(value, refuse);
  return isHash(x) && isHash(y) ? { x, y } : refuse("sessionKey");
}

function signedReceiptOf(json: unknown, refuse: Refuse): SignedReceipt {
  try {
    return parseReceipt(json);
  } catch (error) {
    if (error instanceof InvalidReceiptError) return refuse(String(error.facts.field));
    throw error;
  }
}

function listOf<one>(value: unknown, parse: (item: unknown) => one | undefined): one[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const parsed = value.map(parse);
  return parsed.every((item) => item !== undefined) ? (parsed as one[]) : undefined;
}

const amountOf = (value: unknown): bigint | undefined =>
  /^\d{1,29}$/.test(String(value)) ? BigInt(String(value)) : undefined;

const numberOf = (value: unknown): number | undefined =>
  /^\d{1,5}$/.test(String(value)) ? Number(value) : undefined;
