// JSON that keeps big integers: `{"$bigint":"12"}` stands for 12n. Bytes are kept as hex by their owners.

const tag = "$bigint";

export function encodeJson(value: unknown): string {
  return JSON.stringify(value, (_, field: unknown) =>
    typeof field === "bigint" ? { [tag]: field.toString() } : field,
  );
}

/** Reads what {@link encodeJson} wrote. `T` is trusted: only this node writes its journal. */
export function decodeJson<T>(text: string): T {
  return JSON.parse(text, (_, field: unknown) => {
    if (typeof field !== "object" || field === null || !(tag in field)) return field;
    return BigInt((field as { [tag]: string })[tag]);
  }) as T;
}
