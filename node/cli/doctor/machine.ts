// Checks of this machine: Node.js, disk, data folder, keys, arithmetic.
import { existsSync, mkdirSync, statfsSync, statSync } from "node:fs";
import { second } from "../../clock.ts";
import { createFastExecutor } from "../../execution/fastExecutor.ts";
import { checkKnownAnswers } from "../../execution/knownAnswers.ts";
import { createReferenceExecutor } from "../../execution/referenceExecutor.ts";
import { createThread } from "../../execution/thread.ts";
import { openDatabase } from "../../store/database.ts";
import { createMetrics } from "../../telemetry/metrics.ts";
import type { Context } from "../context.ts";
import { configuredKey, keystoreFolder, openKeystore } from "../keys.ts";
import { runningNode } from "../nodeStatus.ts";
import { isRecent } from "../runtime.ts";
import { attempt, type Check, failed, ok, skipped, warning } from "./checks.ts";

const gigabyte = 1_024 ** 3;
const littleDisk = 2 * gigabyte;
const othersMayRead = 0o077;

export async function machineChecks(context: Context): Promise<Check[]> {
  return [
    nodeVersion(),
    await attempt("disk", () => disk(context)),
    await attempt("data folder", () => dataFolder(context)),
    await attempt("keys", () => keys(context)),
    await attempt("password", () => password(context)),
    await attempt("arithmetic", () => arithmetic(context)),
  ];
}

function nodeVersion(): Check {
  const { node } = process.versions;
  return isRecent(node)
    ? ok("Node.js", node)
    : failed("Node.js", `${node} is too old`, "Install Node.js 22.14 or later");
}

function disk({ config }: Context): Check {
  mkdirSync(config.dataDir, { recursive: true, mode: 0o700 });
  const { bavail, bsize } = statfsSync(config.dataDir);
  const free = bavail * bsize;
  const found = `${(free / gigabyte).toFixed(1)} GB free`;
  if (free >= littleDisk) return ok("disk", found);
  return warning("disk", found, `Make room: ${config.dataDir} grows with every program and request`);
}

function dataFolder({ config }: Context): Check {
  const { dataDir } = config;
  const mode = statSync(dataDir).mode & 0o777;
  if (process.platform !== "win32" && (mode & othersMayRead) !== 0)
    return warning("data folder", `${dataDir} has mode 0${mode.toString(8)}`, `Run chmod 700 ${dataDir}`);
  const pid = runningNode(dataDir);
  if (pid !== undefined) return ok("data folder", `${dataDir}, used by process ${pid}`);
  if (!existsSync(`${dataDir}/journal.sqlite`)) return ok("data folder", `${dataDir}, no journal yet`);
  const database = openDatabase({ folder: dataDir, readonly: true });
  try {
    const problems = database.check();
    if (problems.length === 0) return ok("data folder", `${dataDir}, journal sound`);
    return failed(
      "data folder",
      `journal: ${problems[0]}`,
      "Stop the node and restore the journal from a backup",
    );
  } finally {
    database.close();
  }
}

function keys(context: Context): Check {
  const folder = keystoreFolder(context.config);
  const found = openKeystore(context).list();
  if (found.length === 0) return warning("keys", `none in ${folder}`, "Create them with `assay init`");
  return ok("keys", found.map(({ role, name }) => (role === name ? role : `${role}/${name}`)).join(", "));
}

/** Opens one hot key, so that a node does not fail at its first signature. */
async function password(context: Context): Promise<Check> {
  const { config } = context;
  if (config.password === undefined)
    return warning(
      "password",
      "not set",
      "Name the file that holds it with --password-file: nodes cannot ask",
    );
  const keystore = openKeystore(context);
  const roles = ["operator", "challenger", "defender", "requester", "owner"] as const;
  const key = roles.map((role) => configuredKey(config, role)).find((name) => keystore.has(name));
  if (key === undefined) return skipped("password", "there is no key to open");
  await keystore.unlock({ ...key, password: config.password });
  return ok("password", `opens the ${key.role} key`);
}

/** Known answers by both executors: what a wrong kernel or a wrong build would betray. */
async function arithmetic({ config, clock }: Context): Promise<Check> {
  const fast = createFastExecutor({ ...config, metrics: createMetrics(), clock });
  const reference = createReferenceExecutor(createThread());
  const from = clock.now();
  try {
    await checkKnownAnswers(fast);
    await checkKnownAnswers(reference);
    const seconds = ((clock.now() - from) / second).toFixed(1);
    return ok("arithmetic", `known answers come out right in both executors (${seconds} s)`);
  } finally {
    await Promise.all([fast.close(), reference.close()]);
  }
}
