// What payer and worker agree on before anything is signed: what the worker offers, held against the chain.
import type { Address } from "viem";
import { getBlock } from "viem/actions";
import type { AssayTransportClient, DeploymentParameters } from "../actions/calls/parameters.ts";
import { getChannel } from "../actions/channels/getChannel.ts";
import { getSessionKey } from "../actions/channels/getSessionKey.ts";
import { getProgram } from "../actions/programs/getProgram.ts";
import { getTier } from "../actions/requests/getTier.ts";
import { most } from "../bigints.ts";
import { type Bytes, bytesOf } from "../bytes.ts";
import { FeeAboveMaximumError } from "../errors/clientErrors.ts";
import { ProgramNotActiveError } from "../errors/contractErrors.ts";
import {
  InputLengthError,
  NotOfferedError,
  NotPayerError,
  OtherWorkerError,
  ReceiptUncoveredError,
  SessionKeyNotAuthorisedError,
} from "../errors/receiptErrors.ts";
import type { Hex } from "../protocol/hash.ts";
import type { ProgramHeader } from "../protocol/ids.ts";
import { EMPTY } from "../protocol/merkle.ts";
import type { Tier } from "../protocol/request.ts";
import type { SessionKey } from "../protocol/sessionKeys.ts";
import { freeAllotment } from "./allotment.ts";
import type { ChannelBook } from "./books.ts";
import { getOffer, type Question, type ServerParameters } from "./workerServer.ts";

/** A question to a worker, and what it may cost. */
export type ReceiptRequest = ServerParameters & {
  /** Between the account and the worker that is asked. */
  channelId: Hex;
  programId: Hex;
  /** The input bytes of the program; `encodeInput` makes them from numbers. */
  input: Bytes;
  /** Token units offered; the worker's price when left out. */
  fee?: bigint | undefined;
  /** Token units above which nothing is signed. */
  maxFee?: bigint | undefined;
  /** Parameter version; the worker's usual one when left out. */
  version?: number | undefined;
  /** Keeps input and answer between payer and worker: nobody else can then check the answer or dispute it. */
  isPrivate?: boolean | undefined;
  /** The receipt that this one goes on from. */
  previous?: Hex | undefined;
};

export type Agreement = {
  question: Question;
  worker: Address;
  tier: Tier;
  header: ProgramHeader;
  /** Token units that the worker has to be liable for. */
  liability: bigint;
  sessionKey: SessionKey;
  channel: Awaited<ReturnType<typeof getChannel>>;
  /** Unix seconds of the chain. */
  now: bigint;
};

export async function agree(
  client: AssayTransportClient,
  {
    deployment,
    payer,
    book,
    ...asked
  }: DeploymentParameters & ReceiptRequest & { payer: Address; book: ChannelBook },
): Promise<Agreement> {
  const { url, signal, channelId, programId, maxFee, isPrivate = false, previous = EMPTY } = asked;
  const input = bytesOf(asked.input);
  const [{ timestamp: now }, channel, { header, status }, offer] = await Promise.all([
    getBlock(client),
    getChannel(client, { deployment, channelId }),
    getProgram(client, { deployment, programId }),
    getOffer({ url, signal }),
  ]);
  const { worker } = channel;
  if (!isSame(channel.payer, payer))
    throw new NotPayerError({ channelId, payer: channel.payer, account: payer });
  if (!isSame(offer.worker, worker))
    throw new OtherWorkerError({ url, given: offer.worker, expected: worker });
  if (status !== "active") throw new ProgramNotActiveError({ programId });
  if (input.length !== header.inputBytes)
    throw new InputLengthError({ given: input.length, required: header.inputBytes });
  const { programs, versions, sessionKey } = offer;
  if (!programs.includes(lower(programId)))
    throw new NotOfferedError({ what: "program", asked: programId, offered: programs });
  const version = asked.version ?? versions[0] ?? 1;
  if (!versions.includes(version))
    throw new NotOfferedError({ what: "version", asked: version, offered: versions });

  const tier = await getTier(client, { deployment, version });
  const fee = asked.fee ?? most(offer.price, tier.minFee);
  if (maxFee !== undefined && fee > maxFee) throw new FeeAboveMaximumError({ fee, maxFee });
  if (sessionKey === undefined)
    throw new SessionKeyNotAuthorisedError({ worker, x: undefined, until: "none offered" });
  await requireLive(client, { deployment, worker, sessionKey, until: now + BigInt(tier.receiptSeconds) });
  const liability = most(fee * BigInt(tier.lockPerFee), tier.minLock);
  const free = await freeAllotment(client, { deployment, channel, book, now });
  if (free < liability) throw new ReceiptUncoveredError({ channelId, liability, free });
  const question = { programId, input, channelId, version, fee, isPrivate, previous };
  return { question, worker, tier, header, liability, sessionKey, channel, now };
}

/** Refuses a key whose receipts cannot be held against its worker until that time. */
export async function requireLive(
  client: AssayTransportClient,
  {
    deployment,
    worker,
    sessionKey: { x, y },
    until,
  }: DeploymentParameters & { worker: Address; sessionKey: SessionKey; until: bigint },
): Promise<void> {
  const found = await getSessionKey(client, { deployment, worker, x, y });
  if (!found.authorised) throw new SessionKeyNotAuthorisedError({ worker, x, until: "never authorised" });
  if (found.until !== undefined && found.until < until)
    throw new SessionKeyNotAuthorisedError({ worker, x, until: found.until });
}

const lower = (hex: Hex): Hex => hex.toLowerCase() as Hex;

const isSame = (one: Address, other: Address): boolean => lower(one) === lower(other);
