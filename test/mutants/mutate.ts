// Takes one defence out of a contract's source: the statement below its `// GUARD: <id>` mark.

/** Where the statement that begins at `start` ends: after its semicolon, or after its block. */
export function endOfStatement(source: string, start: number): number {
  let depth = 0;
  for (let at = start; at < source.length; at++) {
    const character = source[at]!;
    if ("([{".includes(character)) depth++;
    if (")]}".includes(character)) depth--;
    if (depth === 0 && (character === ";" || character === "}")) return at + 1;
  }
  throw new Error("The statement has no end");
}

/**
 * The source without the statement below the mark.
 *
 * @param replacement What stands there instead; nothing by default.
 */
export function mutate(source: string, guard: string, replacement = ""): string {
  const marks = [...source.matchAll(/^ *\/\/ GUARD: (\S+)$/gm)].filter(([, id]) => id === guard);
  const [mark] = marks;
  if (!mark || marks.length > 1) throw new Error(`${marks.length} marks "GUARD: ${guard}"`);
  const start = mark.index + mark[0].length;
  const end = endOfStatement(source, start);
  return `${source.slice(0, start)}\n        ${replacement}${source.slice(end)}`;
}
