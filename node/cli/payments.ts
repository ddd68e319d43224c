// The payer's books of the data folder.
import { createPaymentBooks, type PaymentBooks } from "@assay/sdk";
import { openPaymentStorage } from "../store/paymentStorage.ts";
import type { ChainAccess } from "./chain.ts";
import type { Context } from "./context.ts";

/** Opens them for one piece of work. */
export async function withBooks<result>(
  { config }: Pick<Context, "config">,
  { client, deployment }: Pick<ChainAccess, "client" | "deployment">,
  work: (books: PaymentBooks) => Promise<result>,
): Promise<result> {
  const { hash } = await client.getBlock({ blockNumber: deployment.startBlock });
  const storage = openPaymentStorage({ folder: config.dataDir, network: hash });
  try {
    return await work(createPaymentBooks(storage));
  } finally {
    storage.close();
  }
}
