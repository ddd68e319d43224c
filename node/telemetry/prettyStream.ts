// Renders the log's JSON lines for people: time, level, sentence, facts.

export type Destination = { write(text: string): unknown };

const colours: Record<string, string> = { debug: "90", info: "32", warn: "33", error: "31", fatal: "35" };

export function createPrettyStream(destination: Destination & { isTTY?: boolean | undefined }): Destination {
  const useColour = destination.isTTY === true;
  const paint = (text: string, colour: string) => (useColour ? `\u001b[${colour}m${text}\u001b[0m` : text);
  return {
    write: (line) => {
      const { level, time, msg, ...fields } = JSON.parse(line) as Record<string, unknown>;
      const clockTime = String(time).slice(11, 23);
      const label = paint(String(level).toUpperCase().padEnd(5), colours[String(level)] ?? "0");
      const facts = Object.entries(fields).map(
        ([name, value]) => `${paint(`${name}=`, "90")}${render(value)}`,
      );
      destination.write(`${[paint(clockTime, "90"), label, String(msg), ...facts].join(" ")}\n`);
    },
  };
}

function render(value: unknown): string {
  if (typeof value === "string") return /[\s"=]/.test(value) ? JSON.stringify(value) : value;
  if (typeof value !== "object" || value === null) return String(value);
  const { stack, ...rest } = value as { stack?: string };
  return stack === undefined ? JSON.stringify(value) : `${JSON.stringify(rest)}\n${stack}`;
}
