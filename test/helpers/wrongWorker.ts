// A worker's server with somebody in front of it: passes on what it is asked, and answers what a test makes of the answers.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export type Answer = { status: number; body: Record<string, unknown> };

export interface WrongWorker {
  url: string;
  /** What is made of an answer before it goes back; undefined hangs up. The worker itself has answered by then. */
  change: (answer: Answer, path: string) => Answer | undefined | Promise<Answer | undefined>;
  /** Bodies that were posted, in order. */
  posted: Record<string, unknown>[];
  stop(): Promise<void>;
}

export async function standBefore(target: string): Promise<WrongWorker> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const isPost = request.method === "POST";
    if (isPost) worker.posted.push(JSON.parse(text) as Record<string, unknown>);
    const path = request.url ?? "/";
    const asked = await fetch(`${target}${path}`, {
      method: request.method ?? "GET",
      headers: { "content-type": "application/json" },
      ...(isPost && { body: text }),
    });
    const given: Answer = { status: asked.status, body: (await asked.json()) as Record<string, unknown> };
    const changed = await worker.change(given, path);
    if (changed === undefined) {
      request.socket.destroy();
      return;
    }
    response.writeHead(changed.status, { "content-type": "application/json" });
    response.end(JSON.stringify(changed.body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const worker: WrongWorker = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    change: (answer) => answer,
    posted: [],
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return worker;
}
