// assay inputs ask|post|timeout: inputs that are kept off the chain, and have to be shown when somebody asks.
import {
  approveCall,
  findRequest,
  getInputRequest,
  getProgram,
  postInput,
  postInputCall,
  postRequestInputCall,
  requestInput,
  requestInputCall,
  timeoutInput,
  timeoutInputCall,
  timeoutRequestInputCall,
} from "@assay/sdk";
import { byteRoot, type InputRequest, type InputStatus, inputChunks } from "@assay/sdk/protocol";
import { type Hash, type Hex, zeroAddress } from "viem";
import { readInputBond } from "../chain/inputBond.ts";
import { defineCommand, required } from "../cli/command.ts";
import { facts, timeText, tokenText } from "../cli/layout.ts";
import { InputFormatError } from "../cli/npy.ts";
import { readInputFile } from "../cli/numbers.ts";
import { openAnswer } from "../cli/opening.ts";
import { requireTokens } from "../cli/tokens.ts";
import { renderWrite, type Writer, write, writeFlags } from "../cli/transaction.ts";
import { id, text } from "../cli/values.ts";
import { FatalError } from "../errors.ts";

/** Nobody waits for this input. */
export class InputNotAwaitedError extends FatalError {
  override name = "InputNotAwaitedError";
}

type Asked = { hash: Hash; commitId: Hex; bond: bigint; postBy: bigint; now: number };

export const inputsAskCommand = defineCommand({
  name: "inputs ask",
  group: "Use",
  summary: "Make a worker post the input of its answer, so that anybody can check it",
  about:
    "For answers whose input is kept off the chain and nowhere to be found. The bond pays the worker for posting; it comes back if the worker does not, who then loses its stake. Once per answer.",
  scopes: ["chain", "keys", "send"],
  args: { commitment: required(id, "Commitment id") },
  flags: writeFlags,
  run: (context, { commitment: commitId, ...flags }) =>
    write<Asked>(context, flags, "challenger", async (writer) => {
      const { client, deployment, sender, transaction } = writer;
      const { terms, opening } = await openAnswer(writer, commitId);
      const { programId, version } = terms;
      const { header } = await getProgram(client, { deployment, programId });
      const { inputBytes } = header;
      const bond = await readInputBond(client, { deployment, version, inputBytes });
      await requireTokens(writer, sender, bond);
      const call = requestInputCall({ deployment, commitId, opening });
      return {
        calls: [approveCall({ deployment, amount: bond }), call],
        effect: `${tokenText(bond)} of ${sender} pay for the input of ${commitId} to be posted.`,
        send: async () => {
          const asked = await requestInput(client, { deployment, commitId, bond, ...transaction });
          const { hash, postBy } = asked;
          return { hash, commitId, bond, postBy, now: Math.floor(context.clock.now() / 1_000) };
        },
      };
    }),
  render: renderWrite<Asked>(({ hash, commitId, bond, postBy, now }) =>
    facts([
      ["commitment", commitId],
      ["bond", tokenText(bond)],
      ["to be posted", timeText(postBy, now)],
      ["transaction", hash],
    ]),
  ),
});

type Posted = { hashes: Hash[]; id: Hex; bytes: number };

export const inputsPostCommand = defineCommand({
  name: "inputs post",
  group: "Use",
  summary: "Post an input that somebody asked for",
  about:
    "A requester does this when the worker cannot get the input, a worker when somebody checks its answer; nodes of workers do it by themselves. The bytes become public.",
  scopes: ["chain", "keys", "send"],
  args: { id: required(id, "Request id, or commitment id, under which the input was asked for") },
  flags: {
    raw: required(text, "File with the program's input bytes as they are", { placeholder: "file" }),
    ...writeFlags,
  },
  run: (context, { id: asked, raw, ...flags }) =>
    write<Posted>(context, flags, "requester", async (writer) => {
      const { client, deployment, transaction } = writer;
      const input = readInputFile(raw);
      const { inputRoot, source, posted } = await awaitedInput(writer, asked);
      if (byteRoot(input) !== inputRoot)
        throw new InputFormatError("The file is not the input that was asked for.", {
          facts: { file: raw, root: byteRoot(input), required: inputRoot },
        });
      const chunks = inputChunks(input, posted, 1);
      const isClaim = source === zeroAddress;
      const call = isClaim
        ? postRequestInputCall({
            deployment,
            request: await findRequest(client, { deployment, requestId: asked }),
            chunks,
          })
        : postInputCall({ deployment, commitId: asked, chunks });
      return {
        calls: [call],
        effect: `${input.length} bytes of input become public.`,
        send: async () => {
          const reference = isClaim ? { requestId: asked } : { commitId: asked };
          const { transactions } = await postInput(client, {
            deployment,
            input,
            ...reference,
            ...transaction,
          });
          return { hashes: transactions.map(({ hash }) => hash), id: asked, bytes: input.length };
        },
      };
    }),
  render: renderWrite<Posted>(({ hashes, id: asked, bytes }) =>
    facts([
      ["asked for under", asked],
      ["posted", `${bytes} bytes`],
      ["transactions", hashes.join(", ")],
    ]),
  ),
});

type Ended = { hash: Hash; id: Hex; status: InputStatus; to: Hex; paid: bigint };

export const inputsTimeoutCommand = defineCommand({
  name: "inputs timeout",
  group: "Use",
  summary: "End a request for an input that nobody posted in time",
  about:
    "The worker's stake is slashed, or the requester's fee forfeited; the bond goes back. Anybody may do this.",
  scopes: ["chain", "keys", "send"],
  args: { id: required(id, "Request id, or commitment id, under which the input was asked for") },
  flags: writeFlags,
  run: (context, { id: asked, ...flags }) =>
    write<Ended>(context, flags, "challenger", async (writer) => {
      const { client, deployment, transaction } = writer;
      const { source, bond } = await awaitedInput(writer, asked);
      const isClaim = source === zeroAddress;
      const reference = isClaim ? { requestId: asked } : { commitId: asked };
      const call = isClaim
        ? timeoutRequestInputCall({
            deployment,
            request: await findRequest(client, { deployment, requestId: asked }),
          })
        : timeoutInputCall({ deployment, commitId: asked });
      return {
        calls: [call],
        effect: `The bond of ${tokenText(bond)} goes back to whoever asked.`,
        send: async () => {
          const ended = await timeoutInput(client, { deployment, ...reference, ...transaction });
          const { hash, status, to, paid } = ended;
          return { hash, id: asked, status, to, paid };
        },
      };
    }),
  render: renderWrite<Ended>(({ hash, id: asked, status, to, paid }) =>
    facts([
      ["asked for under", asked],
      ["ended as", status],
      ["bond", `${tokenText(paid)} to ${to}`],
      ["transaction", hash],
    ]),
  ),
});

async function awaitedInput({ client, deployment }: Writer, asked: Hex): Promise<InputRequest> {
  const found = await getInputRequest(client, { deployment, id: asked });
  if (found.status === "open") return found;
  throw new InputNotAwaitedError("Nobody waits for this input.", {
    facts: { id: asked, status: found.status },
  });
}
