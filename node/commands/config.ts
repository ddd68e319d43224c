// assay config: how the settings resolve, and from where.

import { defineCommand, toggle } from "../cli/command.ts";
import { table } from "../cli/layout.ts";
import { type ShownOption, showConfig } from "../config.ts";

type Shown = { file: string | null; settings: ShownOption[] };

export const configShowCommand = defineCommand({
  name: "config show",
  group: "Keys and settings",
  summary: "Show every setting, its value and where it came from",
  about:
    "Flags win over ASSAY_… variables, those over assay.yaml. Passwords and the private parts of URLs are masked.",
  scopes: ["chain", "follow", "send", "queue", "keys", "http", "programs", "worker", "watchtower"],
  flags: { revealUrls: toggle("Show RPC and program URLs in full") },
  run: async ({ resolved }, { revealUrls }): Promise<Shown> => {
    const masked = showConfig(resolved, { redact: true });
    const settings = masked.map((shown) =>
      revealUrls && typeof shown.value !== "undefined" && shown.value !== "***"
        ? { ...shown, value: resolved.config[shown.name] }
        : shown,
    );
    return { file: resolved.file ?? null, settings };
  },
  render: ({ file, settings }) =>
    [
      file === null ? "No assay.yaml was read." : `Read ${file}.`,
      table(
        ["setting", "value", "unit", "from"],
        settings.map(({ key, value, unit, source }) => [
          key,
          Array.isArray(value) ? value.join(", ") : value,
          unit,
          source,
        ]),
        "",
      ),
    ].join("\n\n"),
});
