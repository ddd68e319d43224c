// What of a channel's allotment no receipt claims yet, as far as its payer knows.
import type { AssayTransportClient, DeploymentParameters } from "../actions/calls/parameters.ts";
import type { GetChannelReturnType } from "../actions/channels/getChannel.ts";
import { getRecordedCommitment } from "../actions/commitments/getRecordedCommitment.ts";
import type { ChannelBook, OpenReceipt } from "./books.ts";

/** Token units that another receipt may be liable for: the allotment less what opened and unopened receipts claim (S-12). */
export async function freeAllotment(
  client: AssayTransportClient,
  { deployment, channel, book, now }: DeploymentParameters & FreeAllotmentParameters,
): Promise<bigint> {
  const open = stillOpen(book.receipts, now);
  const { backing, reserved } = channel;
  // `reserved` already counts the receipts that somebody has opened.
  const counted = reserved === 0n ? open : await unopened(client, { deployment }, open);
  const free = counted.reduce((left, { liability }) => left - liability, backing - reserved);
  return free > 0n ? free : 0n;
}

export type FreeAllotmentParameters = {
  channel: GetChannelReturnType;
  book: ChannelBook;
  /** Unix seconds of the chain. */
  now: bigint;
};

export const stillOpen = (receipts: readonly OpenReceipt[], now: bigint): OpenReceipt[] =>
  receipts.filter(({ challengeUntil }) => challengeUntil >= now);

async function unopened(
  client: AssayTransportClient,
  { deployment }: DeploymentParameters,
  receipts: readonly OpenReceipt[],
): Promise<OpenReceipt[]> {
  const recorded = await Promise.all(
    receipts.map(({ commitId }) =>
      getRecordedCommitment(client, { deployment, source: "channels", commitId }),
    ),
  );
  return receipts.filter((_, index) => recorded[index]?.status === "none");
}
