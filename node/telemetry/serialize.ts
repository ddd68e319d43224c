// Turns values into plain ones that JSON can hold: errors, big integers, bytes.

const maximumDepth = 6;
const maximumText = 4_096;

/** Name, sentence, facts and causes of an error; `stack` only for errors that nobody foresaw. */
export function describeError(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return plain(error);
  const { shortMessage, facts } = error as { shortMessage?: unknown; facts?: unknown };
  const isForeseen = typeof shortMessage === "string";
  return {
    name: error.name,
    message: shorten(isForeseen ? shortMessage : error.message),
    ...(facts !== undefined && Object.keys(facts as object).length > 0 && { facts: plain(facts) }),
    ...(!isForeseen && error.stack && { stack: shorten(error.stack) }),
    ...(error.cause !== undefined &&
      depth < maximumDepth && { cause: describeError(error.cause, depth + 1) }),
  };
}

export function plain(value: unknown, depth = 0): unknown {
  if (typeof value === "bigint") return value.toString();
  if (typeof value === "string") return shorten(value);
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Error) return describeError(value, depth);
  if (ArrayBuffer.isView(value)) return `${value.byteLength} bytes`;
  if (value instanceof Date) return value.toISOString();
  if (depth >= maximumDepth) return "…";
  if (Array.isArray(value)) return value.map((item) => plain(item, depth + 1));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item, depth + 1)]));
}

function shorten(text: string): string {
  return text.length <= maximumText ? text : `${text.slice(0, maximumText)}… (${text.length} characters)`;
}
