// Puts an in-process chain behind JSON-RPC over HTTP, for what runs in other processes.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import type { EthereumProvider } from "hardhat/types/providers";

type RpcRequest = { id: number; method: string; params?: unknown[] };

/** Serves on a free port of loopback. */
export async function serveRpc(provider: EthereumProvider): Promise<{ url: string; stop(): Promise<void> }> {
  const answer = async ({ id, method, params = [] }: RpcRequest) => {
    try {
      return { jsonrpc: "2.0", id, result: await provider.request({ method, params }) };
    } catch (error) {
      const { code, message, data } = error as { code: number; message: string; data?: unknown };
      // Hardhat calls reverts internal errors, which clients take for passing trouble.
      const revert = message.includes("reverted");
      return { jsonrpc: "2.0", id, error: { code: revert ? 3 : code, message, data } };
    }
  };
  const server = createServer(async (request, response) => {
    const body = (await json(request)) as RpcRequest | RpcRequest[];
    const answers = Array.isArray(body) ? await Promise.all(body.map(answer)) : await answer(body);
    response.setHeader("content-type", "application/json").end(JSON.stringify(answers));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
