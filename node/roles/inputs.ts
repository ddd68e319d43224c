// The inputs of requests that are kept off the chain: fetched from wherever the operator says, believed by their root only.
import { byteRoot, type Hex } from "@assay/sdk/protocol";
import { redactUrl } from "../config.ts";
import { fetchBytes } from "../http/fetchBytes.ts";
import { withoutSlashes } from "../programPlaces.ts";
import type { Journal } from "../store/journal.ts";
import type { InputState, MissingInput } from "../strategy/inputPlan.ts";
import type { RequestView } from "../strategy/views.ts";
import type { ChainViews } from "./chainViews.ts";
import type { RoleContext } from "./context.ts";

export type InputSources = {
  /** URLs with `{root}` in them, or of nodes: `<source>/inputs/<root>`. Tried in order. */
  inputSources: readonly string[];
};

export type Inputs = {
  /** Undefined when the input is at hand. */
  missing(requestId: Hex): MissingInput | undefined;
  /** Looks for it once; what was found is kept until its request has ended. */
  fetch(requestId: Hex): Promise<void>;
};

type Tried = Pick<MissingInput, "tries" | "retryAt">;

const firstRetrySeconds = 5;
const longestRetrySeconds = 300;
const fetchSeconds = 30;

/** An input that is looked for. */
export type WantedInput = {
  inputRoot: Hex;
  programId: Hex;
  /** Where it is looked for first: at the worker whose receipt it belongs to. */
  sources?: readonly string[];
};

export function createInputs({
  journal,
  inputSources,
  now,
  logger,
  onEvent,
  wantedOf = (requestId) => journal.requests.get(requestId)?.data.request,
}: Pick<RoleContext, "journal" | "logger" | "onEvent"> &
  InputSources & {
    /** Of the newest block that was read, unix seconds. */
    now(): bigint;
    /** What is looked for under an id; the inputs of requests if not given. */
    wantedOf?: (id: Hex) => WantedInput | undefined;
  }): Inputs {
  const kept = journal.notes<Tried, "kept">("inputFetch");
  const triedOf = (requestId: Hex): Tried => kept.get(requestId)?.data ?? { tries: 0, retryAt: 0n };

  async function fetch(requestId: Hex): Promise<void> {
    const wanted = wantedOf(requestId);
    if (wanted === undefined || journal.hasInput(requestId)) return;
    const { inputRoot, programId, sources = [] } = wanted;
    const known = journal.inputOfRoot(inputRoot);
    const sized = { inputRoot, inputBytes: inputBytesOf(journal, programId) };
    const input = known ?? (await findInput([...sources, ...inputSources], sized, logger));
    if (input === undefined) {
      postpone(requestId);
      return;
    }
    journal.keepPayload(requestId, "input", input);
    kept.remove(requestId);
    logger.info("Input at hand", { requestId, bytes: input.length });
    onEvent?.({ kind: "inputFound", requestId, bytes: input.length });
  }

  function postpone(requestId: Hex): void {
    const tries = triedOf(requestId).tries + 1;
    const wait = Math.min(firstRetrySeconds * 2 ** (tries - 1), longestRetrySeconds);
    kept.put(requestId, "kept", { tries, retryAt: now() + BigInt(wait) });
  }

  return {
    missing: (requestId) => (journal.hasInput(requestId) ? undefined : triedOf(requestId)),
    fetch,
  };
}

/** The bytes with that root, from the first source that has them. */
export async function findInput(
  sources: readonly string[],
  { inputRoot, inputBytes }: { inputRoot: Hex; inputBytes: number },
  logger: Pick<RoleContext["logger"], "debug">,
): Promise<Uint8Array | undefined> {
  for (const source of sources) {
    try {
      const limits = { maxBytes: inputBytes, timeoutSeconds: fetchSeconds };
      const bytes = await fetchBytes(placeOf(source, inputRoot), limits);
      if (bytes.length === inputBytes && byteRoot(bytes) === inputRoot) return bytes;
      logger.debug("Input has another root", { from: redactUrl(source), inputRoot });
    } catch (error) {
      logger.debug("Input not found", { from: redactUrl(source), inputRoot, error });
    }
  }
  return undefined;
}

function placeOf(source: string, inputRoot: Hex): string {
  if (source.includes("{root}")) return source.replaceAll("{root}", inputRoot);
  return `${withoutSlashes(source)}/inputs/${inputRoot}`;
}

/** What the program reads; nothing longer is taken from anybody. */
export const inputBytesOf = (journal: Journal, programId: Hex): number =>
  journal.programs.get(programId)?.data.header.inputBytes ?? 0;

/** What is missing for these views, and what was asked for. */
export function inputStateOf(
  views: Pick<ChainViews, "asked">,
  inputs: Inputs,
  concerned: readonly Pick<RequestView, "requestId">[],
): InputState {
  const missing = concerned.flatMap(({ requestId }) => {
    const tried = inputs.missing(requestId);
    return tried === undefined ? [] : [[requestId, tried] as const];
  });
  return {
    missing: new Map(missing),
    asked: new Map(views.asked().map((one) => [one.id, one])),
  };
}
