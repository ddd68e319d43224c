// The node's HTTP server: liveness, readiness, metrics and blobs. Loopback unless the operator says otherwise.
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import express, { type Express, type NextFunction, type Request, type Response } from "express";
import type { Hex } from "viem";
import { day, second } from "../clock.ts";
import { FatalError } from "../errors.ts";
import type { Component } from "../lifecycle.ts";
import { manifestFile, programFile, tokenizerFile } from "../programFiles.ts";
import { type BlobStore, isBlobHash } from "../store/blobs.ts";
import type { Journal } from "../store/journal.ts";
import type { ProgramStore } from "../store/programStore.ts";
import type { Logger } from "../telemetry/logger.ts";
import type { Metrics } from "../telemetry/metrics.ts";

export type Health = { ready: boolean /** Why not, one sentence each. */; reasons: readonly string[] };

export type HttpServerOptions = {
  host: string;
  port: number;
  bodyBytes: number;
  metricsHost: string;
  /** Own port for /metrics; on the main one if not given. */
  metricsPort?: number | undefined;
  health: () => Health | Promise<Health>;
  /** Blobs that anyone may fetch. */
  blobs?: Pick<BlobStore, "pathOf">;
  /** Programs that anyone may fetch: their blobs. */
  programs?: Pick<ProgramStore, "hashesOf">;
  /** Inputs of requests, by root, that anyone may fetch: whoever pays a bond may have them put on the chain. */
  inputs?: Pick<Journal, "inputOfRoot">;
  /** Adds the routes of a role. */
  routes?: (app: Express) => void;
  logger: Logger;
  metrics: Metrics;
};

export type HttpServer = Component & {
  /** Where it listens, once started. */
  url(): string;
  metricsUrl(): string;
};

const year = 365 * day;

const limits = {
  headersTimeout: 10 * second,
  requestTimeout: 60 * second,
  keepAliveTimeout: 5 * second,
  maxHeadersCount: 100,
  maxHeaderSize: 16_384,
  /** Sockets at a time: each costs memory before its first byte. */
  maxConnections: 1_024,
};

export function createHttpServer(options: HttpServerOptions): HttpServer {
  const { host, port, metricsHost, metricsPort, logger } = options;
  const isShared = metricsPort === undefined;
  const main = listener(createApp(options, { withMetrics: isShared }), host, port, logger);
  const scraped = isShared ? main : listener(createMetricsApp(options), metricsHost, metricsPort, logger);
  const servers = isShared ? [main] : [main, scraped];
  return {
    name: "http",
    start: async () => {
      for (const server of servers) await server.open();
      logger.info("HTTP server listens", { url: main.url(), metricsUrl: scraped.url() });
    },
    stop: async () => {
      for (const server of servers) await server.close();
    },
    url: main.url,
    metricsUrl: scraped.url,
  };
}

function createApp(options: HttpServerOptions, { withMetrics }: { withMetrics: boolean }): Express {
  const { health, blobs, programs, inputs, routes, bodyBytes } = options;
  const app = bareApp(options);
  app.use(express.json({ limit: bodyBytes }));

  app.get("/healthz", (_, response) => {
    response.json({ status: "alive" });
  });
  app.get("/readyz", async (_, response) => {
    const { ready, reasons } = await health();
    options.metrics.node.ready.set({}, ready ? 1 : 0);
    response.status(ready ? 200 : 503).json({ status: ready ? "ready" : "not ready", reasons });
  });
  app.get("/blobs/:hash", (request, response) => {
    sendBlob(response, blobs, request.params.hash, "application/octet-stream");
  });
  for (const [file, part, type] of programParts)
    app.get(`/programs/:programId/${file}`, (request, response) => {
      const hashes = programs?.hashesOf(request.params.programId as Hex);
      sendBlob(response, blobs, hashes?.[part], type);
    });
  app.get("/inputs/:root", (request, response) => {
    const { root } = request.params;
    const bytes = isBlobHash(root) ? inputs?.inputOfRoot(root) : undefined;
    if (bytes === undefined) {
      response.status(404).json({ error: "There is no such input." });
      return;
    }
    response.set({ "cache-control": `public, max-age=${year / second}, immutable`, etag: `"${root}"` });
    response.type("application/octet-stream").send(Buffer.from(bytes));
  });
  if (withMetrics) app.get("/metrics", scrape(options.metrics));
  routes?.(app);
  return closed(app, options);
}

const programParts = [
  [programFile, "program", "application/octet-stream"],
  [manifestFile, "manifest", "application/json"],
  [tokenizerFile, "tokenizer", "application/json"],
] as const;

function sendBlob(
  response: Response,
  blobs: Pick<BlobStore, "pathOf"> | undefined,
  hash: string | undefined,
  type: string,
) {
  const path = hash !== undefined && isBlobHash(hash) ? blobs?.pathOf(hash) : undefined;
  if (path === undefined) {
    response.status(404).json({ error: "There is no such file." });
    return;
  }
  // Named by their hash, they never change. The data folder's own name may begin with a dot.
  response.set({ "content-type": type, etag: `"${hash}"` });
  response.sendFile(path, { dotfiles: "allow", immutable: true, maxAge: year, lastModified: false });
}

function createMetricsApp(options: HttpServerOptions): Express {
  const app = bareApp(options);
  app.get("/metrics", scrape(options.metrics));
  return closed(app, options);
}

const scrape = (metrics: Metrics) => async (_: Request, response: Response) => {
  const { contentType, text } = await metrics.render();
  response.set("content-type", contentType).send(text);
};

function bareApp({ metrics }: HttpServerOptions): Express {
  const app = express();
  app.disable("x-powered-by");
  app.set("query parser", "simple");
  app.use((request, response, next) => {
    response.set({
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY",
      "referrer-policy": "no-referrer",
      "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
      "cross-origin-resource-policy": "cross-origin",
    });
    const from = performance.now();
    response.on("finish", () => {
      // The route's pattern, not the path: a label per made-up path would fill the memory.
      const route = typeof request.route?.path === "string" ? request.route.path : "none";
      metrics.node.httpRequests.add({ route, code: String(response.statusCode) });
      metrics.node.httpSeconds.observe({ route }, (performance.now() - from) / second);
    });
    next();
  });
  return app;
}

/** Ends an app with the answers to what no route took, and to what a route threw. */
function closed(app: Express, { logger }: HttpServerOptions): Express {
  app.use((_, response) => {
    response.status(404).json({ error: "There is no such resource." });
  });
  app.use((error: unknown, request: Request, response: Response, next: NextFunction) => {
    if (response.headersSent) {
      next(error);
      return;
    }
    const status = clientStatus(error);
    if (status === undefined)
      logger.error("HTTP request failed", { method: request.method, path: request.path, error });
    response
      .status(status ?? 500)
      .json({ error: status === undefined ? "The node failed." : "The request is malformed." });
  });
  return app;
}

/** The status of an error that is the client's fault, as express and its parsers mark it. */
function clientStatus(error: unknown): number | undefined {
  const { status } = (error ?? {}) as { status?: unknown };
  return typeof status === "number" && status >= 400 && status < 500 ? status : undefined;
}

type Listener = { open(): Promise<void>; close(): Promise<void>; url(): string };

function listener(app: Express, host: string, port: number, logger: Logger): Listener {
  const { maxHeaderSize, maxConnections, maxHeadersCount, ...timeouts } = limits;
  const server: Server = createServer({ maxHeaderSize, ...timeouts }, app);
  server.maxConnections = maxConnections;
  server.maxHeadersCount = maxHeadersCount;
  server.on("clientError", (_, socket) => {
    if (socket.writable) socket.end("HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n");
    else socket.destroy();
  });
  return {
    open: () =>
      new Promise((resolve, reject) => {
        const refuse = (cause: Error) =>
          reject(new FatalError("The HTTP server cannot listen.", { facts: { host, port }, cause }));
        server.once("error", refuse);
        server.listen(port, host, () => {
          server.off("error", refuse);
          server.on("error", (error) => logger.error("HTTP server met an error", { error }));
          resolve();
        });
      }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
    url: () => {
      const { address, port: bound, family } = server.address() as AddressInfo;
      return `http://${family === "IPv6" ? `[${address}]` : address}:${bound}`;
    },
  };
}
