// Where the publisher puts the program's two files: an HTTP server on loopback. Whoever fetches them believes their hash only.
import { join } from "node:path";
import { createHttpServer } from "../../node/http/server.ts";
import type { ProgramFiles } from "../../node/programFiles.ts";
import { createBlobStore } from "../../node/store/blobs.ts";
import { createProgramStore } from "../../node/store/programStore.ts";
import { silentLogger } from "../../node/telemetry/logger.ts";
import { createMetrics } from "../../node/telemetry/metrics.ts";

export interface FileServer {
  /** Base URL of the program's files. */
  uri: string;
  stop(): Promise<void>;
}

export async function serveFiles(files: ProgramFiles, folder: string): Promise<FileServer> {
  const host = "127.0.0.1";
  const blobs = createBlobStore(join(folder, "blobs"));
  const programs = createProgramStore(folder, blobs);
  programs.put(files.programId, files);
  const server = createHttpServer({
    host,
    port: 0,
    metricsHost: host,
    bodyBytes: 0,
    health: () => ({ ready: true, reasons: [] }),
    blobs,
    programs,
    logger: silentLogger,
    metrics: createMetrics(),
  });
  await server.start?.(new AbortController().signal);
  return {
    uri: `${server.url()}/programs/${files.programId}`,
    stop: async () => {
      await server.stop?.();
    },
  };
}
